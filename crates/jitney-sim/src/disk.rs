//! Disks that outlive the process: a store and a file of personal keys that a crashed node finds again.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jitney_domain::MemberId;
use jitney_node::vault::{MemoryKeys, PersonKeys};
use jitney_store::{Batch, Committed, Fate, MemStore, RowReader, Store, StoreError, TableTag, VerifyReport};

/// A store in memory that stays when the node that writes it is dropped.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    store: Arc<Mutex<MemStore>>,
    full: Arc<AtomicBool>,
    /// What a crash leaves, on a disk that acknowledges its last write and loses it.
    lossy: Arc<Mutex<Option<MemStore>>>,
}

impl Disk {
    fn store(&self) -> MutexGuard<'_, MemStore> {
        // A panic while the lock is held ends the simulation anyway.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fills the disk, or makes room on it again.
    pub fn fill(&self, full: bool) {
        self.full.store(full, Ordering::Relaxed);
    }

    /// Tells whether the disk is full.
    pub fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    fn has_room(&self) -> Result<(), StoreError> {
        if self.is_full() {
            return Err(StoreError::DiskFull { dir: PathBuf::from("simulated"), free: 0, needed: 1 });
        }
        Ok(())
    }

    /// Lets the next write fail, and says what becomes of it.
    pub fn fail_next(&self, fate: Fate) {
        self.store().fail_next(fate);
    }

    /// Makes the disk lose its last write in a crash although it acknowledged it.
    pub fn be_lossy(&self) {
        *self.lossy.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.store().clone());
    }

    /// Does to the disk what a crash does: what was not durable is gone.
    pub fn crash(&self) {
        let mut store = self.store();
        let left = self.lossy.lock().unwrap_or_else(PoisonError::into_inner).clone();
        *store = left.unwrap_or_else(|| std::mem::take(&mut *store)).survivors();
    }

    /// Returns a disk of its own with the same content.
    pub fn copy(&self) -> Disk {
        let store = Arc::new(Mutex::new(self.store().clone().survivors()));
        Disk { store, ..Disk::default() }
    }
}

impl Store for Disk {
    fn commit(&mut self, batch: &Batch) -> Result<Committed, StoreError> {
        self.has_room()?;
        if let Some(before) = self.lossy.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            *before = self.store().clone();
        }
        self.store().commit(batch)
    }
    fn get(&self, table: TableTag, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.store().get(table, key)
    }
    fn scan(&self, table: TableTag, read: &mut RowReader<'_>) -> Result<(), StoreError> {
        self.store().scan(table, read)
    }
    fn room(&self) -> Result<(), StoreError> {
        self.has_room()?;
        self.store().room()
    }
    fn head(&self) -> Committed {
        self.store().head()
    }
    fn size_on_disk(&self) -> u64 {
        self.store().size_on_disk()
    }
    fn verify(&self) -> Result<VerifyReport, StoreError> {
        self.store().verify()
    }
    fn close(self: Box<Self>) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Personal keys that stay when the node is dropped.
#[derive(Debug, Clone, Default)]
pub struct KeyFile(Arc<Mutex<MemoryKeys>>);

impl KeyFile {
    fn keys(&self) -> MutexGuard<'_, MemoryKeys> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a file of its own with the same keys.
    pub fn copy(&self) -> KeyFile {
        KeyFile(Arc::new(Mutex::new(self.keys().clone())))
    }
}

impl PersonKeys for KeyFile {
    fn put(&mut self, person: MemberId, wrapped: &[u8]) -> Result<(), String> {
        self.keys().put(person, wrapped)
    }
    fn get(&self, person: MemberId) -> Option<Vec<u8>> {
        self.keys().get(person)
    }
    fn erase(&mut self, person: MemberId) -> Result<(), String> {
        self.keys().erase(person)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jitney_store::RowChange;

    #[test]
    fn a_crash_keeps_what_was_durable_and_a_copy_goes_its_own_way() {
        let put =
            |key: &str| Batch { events: Vec::new(), changes: vec![RowChange::put(TableTag(1), key, "x")] };
        let disk = Disk::default();
        disk.clone().commit(&put("a")).unwrap();
        let copy = disk.copy();
        disk.fail_next(Fate::Absent);
        assert!(disk.clone().commit(&put("b")).is_err());
        disk.crash();
        assert_eq!(disk.get(TableTag(1), b"a").unwrap(), Some(b"x".to_vec()));
        assert_eq!(disk.get(TableTag(1), b"b").unwrap(), None);
        disk.clone().commit(&put("c")).unwrap();
        assert_eq!(copy.get(TableTag(1), b"c").unwrap(), None);
    }

    #[test]
    fn a_full_disk_refuses_until_there_is_room_again() {
        let mut disk = Disk::default();
        disk.fill(true);
        assert!(matches!(disk.room(), Err(StoreError::DiskFull { .. })));
        assert!(disk.commit(&Batch::default()).is_err());
        disk.fill(false);
        disk.room().unwrap();
        disk.commit(&Batch::default()).unwrap();
    }
}
