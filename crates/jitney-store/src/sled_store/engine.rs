//! The rows in sled: what sled is asked to do, and how its answers are checked.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sled::Transactional;
use sled::transaction::TransactionError;

use super::guard::{Progress, calm};
use super::rows::{StoredRow, assemble, further_parts, part_key, row_key, split_row_key};
use crate::batch::Effective;
use crate::error::IoContext;
use crate::reader::Reader;
use crate::store::{Committed, RowReader};
use crate::{Digest, StoreError, TableTag, files};

/// sled writes dirty pages in the background this often, in milliseconds. Durability does not depend on it.
const FLUSH_EVERY_MS: u64 = 500;

/// The one key of the `meta` tree: how far the rows are.
const HEAD_KEY: &[u8] = b"head";

/// How sled 0.34.7 says that somebody else holds its lock.
const SLED_LOCKED: &str = "could not acquire lock";

/// Time given to somebody else who holds sled's lock, although the store's own lock is ours.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);

/// Pause between attempts to get sled's lock.
const LOCK_NAP: Duration = Duration::from_millis(20);

/// Name of sled's data file in its directory.
const SLED_FILE: &str = "db";

/// One write of a prepared batch.
#[derive(Debug)]
struct Write<'a> {
    key: Vec<u8>,
    row: Option<StoredRow<'a>>,
    /// Entries in `parts` of the row before.
    old_parts: u8,
}

/// A batch with its effect worked out: all reading is done, nothing is written.
#[derive(Debug)]
pub(crate) struct Prepared<'a> {
    writes: Vec<Write<'a>>,
    /// How far the store is when it is written.
    pub(crate) head: Committed,
}

/// What a full reading of the rows found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Checked {
    pub(crate) head: Committed,
    /// Bytes of all keys and values.
    pub(crate) live_bytes: u64,
}

/// Reads one row of any table: table, key, value.
pub(crate) type AnyRowReader<'a> = dyn FnMut(TableTag, &[u8], &[u8]) -> Result<(), StoreError> + 'a;

/// An open sled database.
pub(crate) struct Engine {
    path: PathBuf,
    db: sled::Db,
    rows: sled::Tree,
    parts: sled::Tree,
    meta: sled::Tree,
    /// Our own descriptor of sled's data file: `flush()` of sled 0.34 does not reach the disk by itself.
    file: File,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Engine {
    /// Opens or creates the database in `path`. The caller holds the store's lock.
    pub(crate) fn open(path: &Path, cache_bytes: u64) -> Result<Engine, StoreError> {
        files::create_private_dir(path)?;
        remove_half_written_snapshots(path)?;
        calm("open", || {
            let config = sled::Config::new()
                .path(path)
                .cache_capacity(cache_bytes)
                .flush_every_ms(Some(FLUSH_EVERY_MS));
            let db = open_patiently(&config).map_err(|error| StoreError::engine("open", error))?;
            let tree = |name: &str| db.open_tree(name).map_err(|error| StoreError::engine("open", error));
            let (rows, parts, meta) = (tree("rows")?, tree("parts")?, tree("meta")?);
            let data = path.join(SLED_FILE);
            let file = OpenOptions::new().read(true).write(true).open(&data).doing("open", &data)?;
            files::make_private(&data)?;
            files::sync_dir(path)?;
            Ok(Engine { path: path.to_owned(), db, rows, parts, meta, file })
        })
    }

    /// Returns how far the rows say they are.
    pub(crate) fn head(&self) -> Result<Committed, StoreError> {
        match calm("read", || self.meta.get(HEAD_KEY).map_err(|error| StoreError::engine("read", error)))? {
            None => Ok(Committed::default()),
            Some(bytes) => read_head(&bytes).ok_or_else(|| StoreError::DamagedState {
                what: "the record of how far the rows are is unreadable".to_owned(),
            }),
        }
    }

    /// Reads every row and compares their digest with the one recorded.
    pub(crate) fn check(&self, progress: &Progress) -> Result<Checked, StoreError> {
        let head = self.head()?;
        let mut digest = Digest::EMPTY;
        let mut live_bytes: u64 = 0;
        let disagree = |digest: Digest| StoreError::DamagedState {
            what: format!("at batch {} the rows have state {digest}, recorded is {}", head.seq, head.digest),
        };
        self.read_rows(self.rows.iter(), &mut |table, key, value| {
            digest = digest.with(table, key, value);
            live_bytes = live_bytes.saturating_add(key.len() as u64).saturating_add(value.len() as u64);
            progress.step();
            // A damaged tree can be endless.
            if digest.rows() > head.digest.rows() { Err(disagree(digest)) } else { Ok(()) }
        })?;
        if digest == head.digest { Ok(Checked { head, live_bytes }) } else { Err(disagree(digest)) }
    }

    /// Returns the value of a row.
    pub(crate) fn get(&self, table: TableTag, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let row = row_key(table, key);
        let head = calm("read", || self.rows.get(&row).map_err(|error| StoreError::engine("read", error)))?;
        head.map(|head| self.value(&row, &head)).transpose()
    }

    /// Reads the rows of one table in the order of their keys.
    pub(crate) fn scan(&self, table: TableTag, read: &mut RowReader<'_>) -> Result<(), StoreError> {
        self.read_rows(self.rows.scan_prefix([table.0]), &mut |_, key, value| read(key, value))
    }

    /// Reads all rows in the order of tables and keys.
    pub(crate) fn scan_all(&self, read: &mut AnyRowReader<'_>) -> Result<(), StoreError> {
        self.read_rows(self.rows.iter(), read)
    }

    /// Works out what a batch changes, reading the rows it replaces. Writes nothing.
    pub(crate) fn prepare<'a>(
        &self,
        before: Committed,
        changes: &Effective<'a>,
    ) -> Result<Prepared<'a>, StoreError> {
        let mut digest = before.digest;
        let mut writes = Vec::with_capacity(changes.len());
        for ((table, key), new) in changes {
            let old = self.get(*table, key)?;
            if old.as_deref() == *new {
                continue;
            }
            if let Some(old) = &old {
                digest = digest.without(*table, key, old);
            }
            if let Some(value) = new {
                digest = digest.with(*table, key, value);
            }
            let physical = row_key(*table, key);
            writes.push(Write {
                row: new.map(|value| StoredRow::new(&physical, value)),
                old_parts: old.map_or(0, |old| further_parts(old.len())),
                key: physical,
            });
        }
        let seq = before
            .seq
            .checked_add(1)
            .ok_or_else(|| StoreError::engine("commit", "batch numbers are used up"))?;
        Ok(Prepared { writes, head: Committed { seq, digest } })
    }

    /// Writes a prepared batch in one transaction, not yet durable.
    pub(crate) fn apply(&self, prepared: &Prepared<'_>) -> Result<(), StoreError> {
        self.transact(&prepared.writes, Some(prepared.head))
    }

    /// Writes rows that are not there yet, without saying how far the store is; for copying.
    pub(crate) fn insert_new(&self, rows: &[(TableTag, Vec<u8>, Vec<u8>)]) -> Result<(), StoreError> {
        let writes: Vec<Write<'_>> = rows
            .iter()
            .map(|(table, key, value)| {
                let key = row_key(*table, key);
                Write { row: Some(StoredRow::new(&key, value)), old_parts: 0, key }
            })
            .collect();
        self.transact(&writes, None)
    }

    /// Records how far the rows are; for copying.
    pub(crate) fn set_head(&self, head: Committed) -> Result<(), StoreError> {
        self.transact(&[], Some(head))
    }

    /// Returns once everything applied is on the disk.
    pub(crate) fn make_durable(&self) -> Result<(), StoreError> {
        calm("flush", || self.db.flush().map_err(|error| StoreError::engine("flush", error)))?;
        self.file.sync_all().doing("sync", &self.path.join(SLED_FILE))
    }

    /// Closes the database; a panic of sled on the way out is contained.
    pub(crate) fn close(self) -> Result<(), StoreError> {
        calm("close", move || {
            drop(self);
            Ok(())
        })
    }

    /// Counts the pieces of long values.
    #[cfg(test)]
    pub(crate) fn count_parts(&self) -> usize {
        self.parts.len()
    }

    fn transact(&self, writes: &[Write<'_>], head: Option<Committed>) -> Result<(), StoreError> {
        let head = head.map(write_head);
        let result = calm("commit", || {
            // sled may run this more than once: it reads nothing and changes nothing of ours.
            Ok((&self.rows, &self.parts, &self.meta).transaction(|(rows, parts, meta)| {
                for write in writes {
                    match &write.row {
                        Some(row) => rows.insert(write.key.as_slice(), row.head.as_slice())?,
                        None => rows.remove(write.key.as_slice())?,
                    };
                    let pieces = write.row.as_ref().map_or(&[][..], |row| row.parts.as_slice());
                    let mut kept = 0_u8;
                    for piece in pieces {
                        parts.insert(part_key(&write.key, kept), *piece)?;
                        kept = kept.saturating_add(1);
                    }
                    for number in kept..write.old_parts {
                        parts.remove(part_key(&write.key, number))?;
                    }
                }
                if let Some(head) = &head {
                    meta.insert(HEAD_KEY, head.as_slice())?;
                }
                Ok(())
            }))
        })?;
        result.map_err(|error: TransactionError<()>| StoreError::engine("commit", format!("{error:?}")))
    }

    fn read_rows(&self, mut iter: sled::Iter, read: &mut AnyRowReader<'_>) -> Result<(), StoreError> {
        // Only sled's part is guarded: a panic of the reader is the reader's.
        while let Some(entry) = calm("read", || Ok(iter.next()))? {
            let (key, head) = entry.map_err(|error| StoreError::engine("read", error))?;
            let Some((table, short)) = split_row_key(&key) else {
                return Err(StoreError::DamagedState { what: "a row has no table".to_owned() });
            };
            read(table, short, &self.value(&key, &head)?)?;
        }
        Ok(())
    }

    fn value(&self, row: &[u8], head: &[u8]) -> Result<Vec<u8>, StoreError> {
        let part = |number| {
            calm("read", || self.parts.get(part_key(row, number)).map_err(|e| StoreError::engine("read", e)))
                .map(|piece| piece.map(|piece| piece.to_vec()))
        };
        assemble(row, head, part)?.map_err(|what| {
            let (table, key) = split_row_key(row).unwrap_or((TableTag(0), row));
            StoreError::damaged_row(table, key, what)
        })
    }
}

/// Opens sled, waiting a little for its lock: a process that was killed lets go of its files one by one, and a
/// child on its way to another program shares them for a moment. Neither is damage.
fn open_patiently(config: &sled::Config) -> sled::Result<sled::Db> {
    let begun = Instant::now();
    loop {
        match config.open() {
            Err(sled::Error::Io(error))
                if error.to_string().contains(SLED_LOCKED) && begun.elapsed() < LOCK_PATIENCE =>
            {
                std::thread::sleep(LOCK_NAP);
            }
            opened => return opened,
        }
    }
}

/// A kill while sled writes a snapshot leaves a file that makes every later opening fail.
fn remove_half_written_snapshots(path: &Path) -> Result<(), StoreError> {
    for name in files::names_in(path)? {
        if name.starts_with("snap.") && name.ends_with(".generating") {
            files::remove_if_there(&path.join(name))?;
        }
    }
    Ok(())
}

fn write_head(head: Committed) -> Vec<u8> {
    let mut bytes = head.seq.to_le_bytes().to_vec();
    bytes.extend_from_slice(&head.digest.to_bytes());
    let crc = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&crc.to_le_bytes());
    bytes
}

fn read_head(bytes: &[u8]) -> Option<Committed> {
    let (body, _) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
    let mut reader = Reader::new(bytes);
    let head = Committed { seq: reader.u64()?, digest: Digest::from_bytes(&reader.array()?) };
    (reader.u32()? == crc32fast::hash(body) && reader.is_empty()).then_some(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_of_how_far_the_rows_are_notices_every_flipped_bit() {
        let head = Committed { seq: 12, digest: Digest::EMPTY.with(TableTag(1), b"a", b"b") };
        let good = write_head(head);
        assert_eq!(read_head(&good), Some(head));
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(read_head(&bad), None);
        }
        assert_eq!(read_head(b""), None);
    }

    #[test]
    fn half_written_snapshots_go_and_whole_ones_stay() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["snap.0000000000000001", "snap.0000000000000002.generating", "db"] {
            std::fs::write(dir.path().join(name), b"").unwrap();
        }
        remove_half_written_snapshots(dir.path()).unwrap();
        assert_eq!(files::names_in(dir.path()).unwrap(), ["db", "snap.0000000000000001"]);
    }
}
