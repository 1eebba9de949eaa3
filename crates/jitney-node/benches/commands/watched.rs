//! A store that remembers the last batch it was given and how long it took.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jitney_store::{Batch, Committed, RowReader, SledStore, Store, StoreError, TableTag, VerifyReport};

/// Where the store leaves what it saw.
#[derive(Clone, Default)]
pub(crate) struct Watch(Arc<Mutex<Option<(Batch, Duration)>>>);

impl Watch {
    /// Takes the last batch and the time its commit took.
    pub(crate) fn take(&self) -> Option<(Batch, Duration)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The store on disk, watched.
pub(crate) struct Watched {
    store: SledStore,
    watch: Watch,
}

impl Watched {
    pub(crate) fn new(store: SledStore, watch: Watch) -> Watched {
        Watched { store, watch }
    }

    pub(crate) fn into_inner(self) -> SledStore {
        self.store
    }
}

impl Store for Watched {
    fn commit(&mut self, batch: &Batch) -> Result<Committed, StoreError> {
        let began = Instant::now();
        let done = self.store.commit(batch)?;
        let seen = Some((batch.clone(), began.elapsed()));
        *self.watch.0.lock().unwrap_or_else(PoisonError::into_inner) = seen;
        Ok(done)
    }

    fn room(&self) -> Result<(), StoreError> {
        self.store.room()
    }

    fn get(&self, table: TableTag, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.get(table, key)
    }

    fn scan(&self, table: TableTag, read: &mut RowReader<'_>) -> Result<(), StoreError> {
        self.store.scan(table, read)
    }

    fn head(&self) -> Committed {
        self.store.head()
    }

    fn size_on_disk(&self) -> u64 {
        self.store.size_on_disk()
    }

    fn verify(&self) -> Result<VerifyReport, StoreError> {
        self.store.verify()
    }

    fn close(self: Box<Self>) -> Result<(), StoreError> {
        Box::new(self.store).close()
    }
}
