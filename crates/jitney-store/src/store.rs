//! What every store does, whatever it is made of.

use crate::{Batch, Digest, StoreError, TableTag};

/// How far a store has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Committed {
    /// The number of the last durable batch; the first is 1, an empty store is at 0.
    pub seq: u64,
    /// The state hash of all rows after it.
    pub digest: Digest,
}

/// What [`Store::verify`] looked at and found good.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VerifyReport {
    /// How far the store has come.
    pub head: Committed,
    /// Batches whose checksum, hash chain and content were checked.
    pub batches: u64,
    /// Journal segments read.
    pub segments: u64,
    /// Bytes of journal frames read.
    pub journal_bytes: u64,
}

/// Reads one row of a scan: key, then value.
pub type RowReader<'a> = dyn FnMut(&[u8], &[u8]) -> Result<(), StoreError> + 'a;

/// A node's durable state: rows in numbered tables, changed by batches that are kept whole or not at all.
///
/// There is one writer. After an error of [`commit`](Store::commit) other than a refusal (a limit, a full
/// disk) the store answers everything with [`StoreError::Poisoned`]: drop it, exit, open it again.
pub trait Store: Send {
    /// Makes a batch durable and returns how far the store has come with it.
    ///
    /// # Errors
    /// Refusals write nothing: [`StoreError::KeyTooLong`], [`StoreError::ValueTooLarge`],
    /// [`StoreError::BatchTooLarge`], [`StoreError::DiskFull`]. After any other error the batch is found whole
    /// or not at all when the store is opened again.
    fn commit(&mut self, batch: &Batch) -> Result<Committed, StoreError>;

    /// Tells whether a batch would find room, so that whoever asks for something can be refused before
    /// anything is done.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`] when the next [`commit`](Store::commit) would be refused for want of space.
    fn room(&self) -> Result<(), StoreError>;

    /// Returns the value of a row.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`] if what is stored is not what was written.
    fn get(&self, table: TableTag, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Reads all rows of a table in the order of their keys.
    ///
    /// # Errors
    /// [`StoreError::DamagedRow`], or the first error of `read`, which ends the scan.
    fn scan(&self, table: TableTag, read: &mut RowReader<'_>) -> Result<(), StoreError>;

    /// Returns how far the store has come.
    fn head(&self) -> Committed;

    /// Returns the bytes of all files of the store.
    fn size_on_disk(&self) -> u64;

    /// Reads everything and compares it with everything else it must agree with.
    ///
    /// # Errors
    /// The first thing wrong.
    fn verify(&self) -> Result<VerifyReport, StoreError>;

    /// Makes everything durable and lets the directory go.
    ///
    /// # Errors
    /// [`StoreError::Poisoned`] if an earlier write had failed, or what fails now.
    fn close(self: Box<Self>) -> Result<(), StoreError>;
}
