//! The model: a store in memory that behaves as the one on disk does, for simulation and tests.

use std::collections::BTreeMap;

use crate::batch::Effective;
use crate::store::{Committed, RowReader, Store, VerifyReport};
use crate::{Batch, Digest, StoreError, TableTag};

/// What becomes of a batch whose commit fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It had reached the disk: whoever opens the store again finds it.
    Whole,
    /// It had not: whoever opens the store again finds the state before it.
    Absent,
}

/// A store in memory. Same inputs give the same rows, numbers and digests as [`SledStore`](crate::SledStore).
///
/// ```
/// use jitney_store::{Batch, Fate, MemStore, RowChange, Store, TableTag};
///
/// const TRIPS: TableTag = TableTag(1);
/// let step = Batch { events: b"booked".to_vec(), changes: vec![RowChange::put(TRIPS, "t1", "Tuesday")] };
/// let mut store = MemStore::new();
/// store.fail_next(Fate::Whole);
/// assert!(store.commit(&step).is_err());
///
/// let store = store.survivors(); // the crash, and the start after it
/// assert_eq!(store.get(TRIPS, b"t1")?, Some(b"Tuesday".to_vec()));
/// # Ok::<(), jitney_store::StoreError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct MemStore {
    rows: BTreeMap<TableTag, BTreeMap<Vec<u8>, Vec<u8>>>,
    /// How far the rows are, with a batch that failed but survives.
    written: Committed,
    acknowledged: Committed,
    fail_next: Option<Fate>,
    poisoned: Option<String>,
}

impl MemStore {
    /// Returns an empty store.
    pub fn new() -> MemStore {
        MemStore::default()
    }

    /// Lets the next commit fail as a disk would, with the given fate of its batch.
    pub fn fail_next(&mut self, fate: Fate) {
        self.fail_next = Some(fate);
    }

    /// Returns what a crash at this moment leaves: every acknowledged batch, and a failed one by its fate.
    #[must_use]
    pub fn survivors(self) -> MemStore {
        MemStore {
            rows: self.rows,
            written: self.written,
            acknowledged: self.written,
            fail_next: None,
            poisoned: None,
        }
    }

    fn apply(&mut self, changes: Effective<'_>) {
        let mut digest = self.written.digest;
        for ((table, key), new) in changes {
            let rows = self.rows.entry(table).or_default();
            let old = match new {
                Some(value) => rows.insert(key.to_vec(), value.to_vec()),
                None => rows.remove(key),
            };
            if let Some(old) = old {
                digest = digest.without(table, key, &old);
            }
            if let Some(value) = new {
                digest = digest.with(table, key, value);
            }
        }
        self.written = Committed { seq: self.written.seq.saturating_add(1), digest };
    }

    fn usable(&self) -> Result<(), StoreError> {
        self.poisoned.as_ref().map_or(Ok(()), |cause| Err(StoreError::Poisoned { cause: cause.clone() }))
    }
}

impl Store for MemStore {
    fn room(&self) -> Result<(), StoreError> {
        self.usable()
    }

    fn commit(&mut self, batch: &Batch) -> Result<Committed, StoreError> {
        self.usable()?;
        batch.encode()?;
        let fate = self.fail_next.take();
        if fate != Some(Fate::Absent) {
            self.apply(batch.effective());
        }
        if fate.is_some() {
            self.poisoned = Some("a failed write was asked for".to_owned());
            return Err(StoreError::engine("commit", "a failed write was asked for"));
        }
        self.acknowledged = self.written;
        Ok(self.written)
    }

    fn get(&self, table: TableTag, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.usable()?;
        Ok(self.rows.get(&table).and_then(|rows| rows.get(key)).cloned())
    }

    fn scan(&self, table: TableTag, read: &mut RowReader<'_>) -> Result<(), StoreError> {
        self.usable()?;
        self.rows.get(&table).into_iter().flatten().try_for_each(|(key, value)| read(key, value))
    }

    fn head(&self) -> Committed {
        self.acknowledged
    }

    fn size_on_disk(&self) -> u64 {
        0
    }

    fn verify(&self) -> Result<VerifyReport, StoreError> {
        self.usable()?;
        let all = self.rows.iter().flat_map(|(table, rows)| rows.iter().map(|(k, v)| (*table, k, v)));
        let digest = all.fold(Digest::EMPTY, |digest, (table, key, value)| digest.with(table, key, value));
        if digest != self.written.digest {
            let what = format!("its rows have state {digest}, expected {}", self.written.digest);
            return Err(StoreError::DamagedState { what });
        }
        Ok(VerifyReport { head: self.written, ..VerifyReport::default() })
    }

    fn close(self: Box<Self>) -> Result<(), StoreError> {
        self.usable()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RowChange;

    const T: TableTag = TableTag(1);

    fn put(key: &str, value: &str) -> Batch {
        Batch { events: Vec::new(), changes: vec![RowChange::put(T, key, value)] }
    }

    #[test]
    fn of_two_changes_of_one_row_the_later_counts() {
        let mut store = MemStore::new();
        let changes =
            vec![RowChange::put(T, "a", "1"), RowChange::delete(T, "a"), RowChange::put(T, "a", "3")];
        let done = store.commit(&Batch { events: Vec::new(), changes }).unwrap();
        assert_eq!(done, Committed { seq: 1, digest: Digest::EMPTY.with(T, b"a", b"3") });
        store.verify().unwrap();
    }

    #[test]
    fn a_failed_commit_is_whole_or_absent_after_the_crash_and_poisons_until_then() {
        for (fate, seq) in [(Fate::Whole, 2), (Fate::Absent, 1)] {
            let mut store = MemStore::new();
            store.commit(&put("a", "1")).unwrap();
            store.fail_next(fate);
            assert!(matches!(store.commit(&put("b", "2")), Err(StoreError::Engine { .. })));
            assert!(matches!(store.commit(&put("c", "3")), Err(StoreError::Poisoned { .. })));
            assert!(matches!(store.get(T, b"a"), Err(StoreError::Poisoned { .. })));
            assert_eq!(store.head().seq, 1, "nothing unacknowledged shows");
            let store = store.survivors();
            assert_eq!(store.head().seq, seq);
            assert_eq!(store.get(T, b"b").unwrap().is_some(), fate == Fate::Whole);
            store.verify().unwrap();
        }
    }

    #[test]
    fn a_scan_goes_in_key_order_and_stops_at_the_readers_error() {
        let mut store = MemStore::new();
        for key in ["b", "a", "c"] {
            store.commit(&put(key, key)).unwrap();
        }
        let mut seen = Vec::new();
        let ended = store.scan(T, &mut |key, _| {
            seen.push(key.to_vec());
            if key == b"b" { Err(StoreError::unreadable(T, key, "odd")) } else { Ok(()) }
        });
        assert!(matches!(ended, Err(StoreError::Unreadable { .. })));
        assert_eq!(seen, [b"a".to_vec(), b"b".to_vec()]);
    }
}
