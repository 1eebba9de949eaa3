//! The store on disk: journal first, then the rows in sled.

mod compact;
mod engine;
mod generations;
mod guard;
mod open;
mod rows;
#[cfg(test)]
mod tests;
mod verify;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::ballast::{Ballast, BallastState, free_bytes};
use crate::journal::Journal;
use crate::lock::DirLock;
use crate::store::{Committed, RowReader, Store, VerifyReport};
use crate::{Batch, MAX_BATCH_BYTES, Options, StoreError, TableTag, files, witness};
use engine::{Engine, Prepared};
pub use open::{Compacted, OPEN_HEADROOM_BYTES, OpenReport, Rebuilt};

/// sled needs about this much space merely to open, in bytes.
pub(crate) const ENGINE_HEADROOM_BYTES: u64 = 2 * 1024 * 1024;

/// A store in a directory of its own.
///
/// A commit appends the batch to the journal and syncs it, writes the rows and their digest in one sled
/// transaction, flushes sled and syncs sled's file; then it is acknowledged. See [`SledStore::open`] for what
/// happens after a crash or damage, and [`Store`] for the rest.
#[derive(Debug)]
pub struct SledStore {
    dir: PathBuf,
    journal: Journal,
    engine: Engine,
    head: Committed,
    poisoned: Option<String>,
    ballast: Ballast,
    free_floor_bytes: u64,
    witness_every: Duration,
    witnessed: Instant,
    /// Last, so that the directory is let go after everything in it is closed.
    _lock: DirLock,
}

impl SledStore {
    fn assemble(
        dir: &Path,
        options: &Options,
        lock: DirLock,
        journal: Journal,
        engine: Engine,
        ballast: Ballast,
        head: Committed,
    ) -> SledStore {
        SledStore {
            dir: dir.to_owned(),
            journal,
            engine,
            head,
            poisoned: None,
            ballast,
            free_floor_bytes: options.free_floor_bytes,
            witness_every: options.witness_every,
            witnessed: Instant::now(),
            _lock: lock,
        }
    }

    /// Passes every batch from number `from` (1 for all) on to `read`, in order, checking the chain on the way.
    ///
    /// # Errors
    /// [`StoreError::DamagedJournal`], or the first error of `read`, which ends the reading.
    pub fn history(
        &self,
        from: u64,
        read: &mut dyn FnMut(u64, &Batch) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.usable()?;
        self.journal.replay(from.max(1), read).map(drop)
    }

    /// Writes the reserve against a full disk again if it was given up and there is room now. Opening does this
    /// too; a running node may call it now and then.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the disk cannot be asked.
    pub fn restore_ballast(&self) -> Result<BallastState, StoreError> {
        self.ballast.restore(&self.dir, self.free_floor_bytes)
    }

    /// Returns the bytes this user may still write to the store's file system.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the disk cannot be asked.
    pub fn free_bytes(&self) -> Result<u64, StoreError> {
        free_bytes(&self.dir)
    }

    fn usable(&self) -> Result<(), StoreError> {
        self.poisoned.as_ref().map_or(Ok(()), |cause| Err(StoreError::Poisoned { cause: cause.clone() }))
    }

    /// Refuses work that would leave too little space.
    fn check_space(&self, payload_bytes: usize) -> Result<(), StoreError> {
        let free = free_bytes(&self.dir)?;
        let needed = self.free_floor_bytes.saturating_add(payload_bytes as u64);
        if self.free_floor_bytes > 0 && free < needed {
            return Err(StoreError::DiskFull { dir: self.dir.clone(), free, needed });
        }
        Ok(())
    }

    /// Makes a batch durable: journal, rows, in this order.
    fn write(&mut self, payload: &[u8], prepared: &Prepared<'_>) -> Result<(), StoreError> {
        let seq = self.journal.append(payload)?;
        if seq != prepared.head.seq {
            let what = format!("the journal is at batch {seq}, the rows go to {}", prepared.head.seq);
            return Err(StoreError::DamagedState { what });
        }
        self.engine.apply(prepared)?;
        self.engine.make_durable()
    }

    fn write_witness(&self) {
        // The batch is durable already. A missed witness only means that less is vouched for.
        if let Err(error) = witness::write(&self.dir, self.head) {
            tracing::warn!(target: "jitney::store", %error, "the witness could not be written; it is tried again");
        }
    }

    fn witness_now_and_then(&mut self) {
        if self.witnessed.elapsed() >= self.witness_every {
            self.write_witness();
            self.witnessed = Instant::now();
        }
    }
}

impl Store for SledStore {
    fn room(&self) -> Result<(), StoreError> {
        self.usable()?;
        self.check_space(MAX_BATCH_BYTES)
    }

    fn commit(&mut self, batch: &Batch) -> Result<Committed, StoreError> {
        self.usable()?;
        let payload = batch.encode()?;
        self.check_space(payload.len())?;
        let changes = batch.effective();
        let done = self.engine.prepare(self.head, &changes).and_then(|prepared| {
            self.write(&payload, &prepared)?;
            Ok(prepared.head)
        });
        match done {
            Ok(head) => {
                self.head = head;
                self.witness_now_and_then();
                Ok(head)
            }
            Err(error) => {
                tracing::error!(target: "jitney::store", %error, "a write failed: the store stops, the node must be started again");
                self.poisoned = Some(error.to_string());
                Err(error)
            }
        }
    }

    fn get(&self, table: TableTag, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.usable()?;
        self.engine.get(table, key)
    }

    fn scan(&self, table: TableTag, read: &mut RowReader<'_>) -> Result<(), StoreError> {
        self.usable()?;
        self.engine.scan(table, read)
    }

    fn head(&self) -> Committed {
        self.head
    }

    fn size_on_disk(&self) -> u64 {
        files::bytes_below(&self.dir)
    }

    fn verify(&self) -> Result<VerifyReport, StoreError> {
        self.usable()?;
        self.audit()
    }

    fn close(self: Box<Self>) -> Result<(), StoreError> {
        self.usable()?;
        self.engine.make_durable()?;
        witness::write(&self.dir, self.head)?;
        let SledStore { engine, _lock: lock, .. } = *self;
        engine.close()?;
        drop(lock);
        Ok(())
    }
}
