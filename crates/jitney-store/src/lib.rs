//! The durable store of a node.
//!
//! It keeps *rows* in numbered tables and a *journal* of the batches that made them. A batch is kept whole or
//! not at all, and once [`Store::commit`] has returned it survives a kill, a power cut and damage to the rows.
//! The store knows nothing of trips or people: keys, values and events are opaque bytes.
//!
//! Two stores share the trait [`Store`]: [`SledStore`] on disk, and [`MemStore`], the model of it that
//! simulation and tests use. [`KeySlots`] keeps the keys of persons apart from both, because rows and journal
//! cannot forget and keys must be forgettable.
//!
//! ```
//! use jitney_store::{Batch, Options, RowChange, SledStore, Store, TableTag};
//!
//! const TRIPS: TableTag = TableTag(1);
//!
//! let dir = tempfile::tempdir()?;
//! let options = Options { ballast_bytes: 0, free_floor_bytes: 0, ..Options::default() };
//! let (mut store, report) = SledStore::open(&dir.path().join("data"), &options)?;
//! assert_eq!(report.head.seq, 0);
//!
//! let booked = Batch {
//!     events: b"trip t1 booked".to_vec(),
//!     changes: vec![RowChange::put(TRIPS, "t1", "Tuesday 9:40")],
//! };
//! let done = store.commit(&booked)?; // durable from here on
//! assert_eq!(done.seq, 1);
//! assert_eq!(store.get(TRIPS, b"t1")?, Some(b"Tuesday 9:40".to_vec()));
//!
//! store.verify()?;
//! Box::new(store).close()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What lies in the directory
//!
//! | name | what |
//! |---|---|
//! | `FORMAT` | the version of this layout |
//! | `lock` | locked while a process has the store open |
//! | `journal/00000001.log` ... | every batch, checksummed and hash-chained; the truth |
//! | `store-1` | the rows, a sled database derived from the journal |
//! | `store.damaged-1` | rows that were found damaged and replaced by `store-2` |
//! | `witness` | how far the store had come, against rollbacks |
//! | `ballast` | space to give up when the disk is full |
//! | `people.keys` | the [`KeySlots`] |
//!
//! # Why so much around sled
//!
//! sled 0.34 is fast and small, and a batch in it is atomic; but its `flush()` does not reach the disk, it
//! notices no corruption, and a damaged file makes it panic, hang or answer with old data. So: the journal
//! comes first; sled's file is synced through a descriptor of our own; each row carries a checksum and all
//! rows together a [`Digest`]; opening reads everything, on a thread that may panic or hang; and whatever
//! fails, the rows are built again from the journal.

mod ballast;
mod batch;
mod digest;
mod error;
mod files;
#[doc(hidden)]
pub mod foreign;
mod format;
mod journal;
mod key_slots;
mod lock;
mod mem;
mod options;
mod reader;
mod sled_store;
mod store;
mod witness;

pub use ballast::BallastState;
pub use batch::{Batch, MAX_BATCH_BYTES, MAX_KEY_BYTES, MAX_VALUE_BYTES, RowChange, TableTag};
pub use digest::{Digest, NotADigest};
pub use error::{StoreError, next_step};
pub use key_slots::{KeySlots, KeySlotsReport, MAX_WRAPPED_KEY_BYTES, PersonId};
pub use mem::{Fate, MemStore};
pub use options::{
    DEFAULT_BALLAST_BYTES, DEFAULT_CACHE_BYTES, DEFAULT_COMPACT_ABOVE_BYTES, DEFAULT_COMPACT_FACTOR,
    DEFAULT_FREE_FLOOR_BYTES, DEFAULT_OPEN_LIMIT, DEFAULT_SEGMENT_BYTES, DEFAULT_SEGMENT_STEP_BYTES,
    DEFAULT_WITNESS_EVERY, Options,
};
pub use sled_store::{Compacted, OPEN_HEADROOM_BYTES, OpenReport, Rebuilt, SledStore};
pub use store::{Committed, RowReader, Store, VerifyReport};
pub use witness::WitnessState;
