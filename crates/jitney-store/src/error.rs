//! What can go wrong, with the datum that failed and the next step.

use std::io;
use std::path::{Path, PathBuf};

use crate::{Digest, TableTag};

/// Bytes of a megabyte as disks and system tools count them.
const MB: u64 = 1_000_000;

/// Everything the store can refuse or fail with.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The operating system refused a file operation.
    #[error("cannot {doing} {}: {source}; {}", path.display(), next_step(source))]
    Io {
        /// What was being done, as an infinitive.
        doing: &'static str,
        /// The file or directory it was done to.
        path: PathBuf,
        /// The system's own error.
        source: io::Error,
    },
    /// Another process has this store open.
    #[error("the store {} is in use by {}; stop that process first, or give this one its own directory", dir.display(), holder(*pid))]
    Locked {
        /// The store's directory.
        dir: PathBuf,
        /// The process id that the holder wrote, if it can be read.
        pid: Option<u32>,
    },
    /// The directory was written by another version of the store.
    #[error("{} says {found:?}, but this program reads only {expected:?}; use the program version that wrote it, or restore a backup", path.display())]
    UnknownFormat {
        /// The file that names the format.
        path: PathBuf,
        /// What it says, cut to a readable length.
        found: String,
        /// What this program writes.
        expected: &'static str,
    },
    /// The journal ends before a batch that the witness saw made durable.
    #[error("the journal in {} ends at batch {journal}, but batch {witness} had been made durable: the directory was rolled back or cut; keep it as it is and restore the newest backup", dir.display())]
    RolledBack {
        /// The store's directory.
        dir: PathBuf,
        /// The last batch of the journal.
        journal: u64,
        /// The last batch the witness saw.
        witness: u64,
    },
    /// The rows know batches that the journal does not.
    #[error("the rows in {} are at batch {rows}, but the journal ends at {journal}: journal segments were lost or damaged; keep the directory as it is and restore the newest backup", dir.display())]
    JournalLost {
        /// The store's directory.
        dir: PathBuf,
        /// The last batch of the journal.
        journal: u64,
        /// The last batch in the rows.
        rows: u64,
    },
    /// The rebuilt rows differ from what the witness saw at the same batch.
    #[error(
        "at batch {seq} the witness saw state {witness}, the journal gives {rebuilt}: journal or witness was altered; keep the directory as it is and restore the newest backup"
    )]
    WitnessDisagrees {
        /// The batch both speak of.
        seq: u64,
        /// The state hash in the witness file.
        witness: Digest,
        /// The state hash computed from the journal.
        rebuilt: Digest,
    },
    /// A journal segment is damaged in the middle, where no crash can have torn it.
    #[error("journal segment {} is damaged at byte {offset}: {what}; keep it as it is and restore the newest backup", segment.display())]
    DamagedJournal {
        /// The segment file.
        segment: PathBuf,
        /// Where the first unreadable frame begins.
        offset: u64,
        /// What is wrong there.
        what: String,
    },
    /// A row read from disk is not the row that was written.
    #[error(
        "a row of {table} with key {key} is damaged ({what}); restart the node: it rebuilds the rows from its journal"
    )]
    DamagedRow {
        /// The table the row belongs to.
        table: TableTag,
        /// The row's key in hexadecimal.
        key: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// All rows together are not the state that was written.
    #[error("the stored state is damaged: {what}; restart the node: it rebuilds the rows from its journal")]
    DamagedState {
        /// What disagrees with what.
        what: String,
    },
    /// sled failed.
    #[error(
        "the row store failed to {doing}: {reason}; stop and start the node, which repairs from the journal"
    )]
    Engine {
        /// What was being done, as an infinitive.
        doing: &'static str,
        /// sled's error, or the message of its panic.
        reason: String,
    },
    /// A key is longer than the store takes.
    #[error("a key of {table} has {len} bytes, the limit is {limit}; nothing was written")]
    KeyTooLong {
        /// The table the row is for.
        table: TableTag,
        /// Its length in bytes.
        len: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A value is longer than the store takes.
    #[error(
        "the value of key {key} in {table} has {len} bytes, the limit is {limit}; nothing was written, split the row"
    )]
    ValueTooLarge {
        /// The table the row is for.
        table: TableTag,
        /// The row's key in hexadecimal.
        key: String,
        /// Its length in bytes.
        len: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A batch is longer than one journal frame takes.
    #[error("a batch of {len} bytes is over the limit of {limit}; nothing was written, commit it in parts")]
    BatchTooLarge {
        /// Its encoded length in bytes.
        len: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The bytes are not an encoded batch.
    #[error("not a batch of this store: {what}")]
    UnreadableBatch {
        /// The first thing wrong.
        what: &'static str,
    },
    /// Too little space is left to accept new work safely.
    #[error("the disk of {} has {} MB free, {} MB are needed; nothing was written: free some space, then try again", dir.display(), free / MB, needed.div_ceil(MB))]
    DiskFull {
        /// The store's directory.
        dir: PathBuf,
        /// Bytes free for this user.
        free: u64,
        /// Bytes that must be free before the commit.
        needed: u64,
    },
    /// An earlier write failed, so this store must not be used again before it is reopened.
    #[error(
        "the store stopped after a failed write ({cause}); stop and start the node: on start it keeps the last batch whole or not at all"
    )]
    Poisoned {
        /// The failure that stopped it.
        cause: String,
    },
    /// The reader passed to a scan could not make sense of a row.
    #[error("a row of {table} with key {key} cannot be read: {reason}")]
    Unreadable {
        /// The table the row belongs to.
        table: TableTag,
        /// The row's key in hexadecimal.
        key: String,
        /// The reader's own words.
        reason: String,
    },
    /// A wrapped key does not fit its slot.
    #[error("a wrapped key has {len} bytes, a slot holds 1 to {limit}; nothing was written")]
    WrappedKeyLength {
        /// Its length in bytes.
        len: usize,
        /// The limit in bytes.
        limit: usize,
    },
}

impl StoreError {
    /// Returns the error a scan's reader gives back for a row it cannot decode.
    pub fn unreadable(table: TableTag, key: &[u8], reason: impl ToString) -> Self {
        StoreError::Unreadable { table, key: crate::reader::hex(key), reason: reason.to_string() }
    }

    pub(crate) fn damaged_row(table: TableTag, key: &[u8], what: &'static str) -> Self {
        StoreError::DamagedRow { table, key: crate::reader::hex(key), what }
    }

    pub(crate) fn engine(doing: &'static str, reason: impl ToString) -> Self {
        StoreError::Engine { doing, reason: reason.to_string() }
    }
}

/// Names what was being done to which path when an [`io::Error`] came.
pub(crate) trait IoContext<T> {
    fn doing(self, doing: &'static str, path: &Path) -> Result<T, StoreError>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn doing(self, doing: &'static str, path: &Path) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Io { doing, path: path.to_owned(), source })
    }
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}

/// Returns what to do about an error of the operating system, as the rest of a sentence that names the file.
pub fn next_step(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "free some space, then try again",
        io::ErrorKind::PermissionDenied => {
            "let this user read and write it, or use the user that it belongs to"
        }
        io::ErrorKind::ReadOnlyFilesystem => "the disk may only be read; use one that may be written",
        io::ErrorKind::NotFound => "check that the path is right, or restore it from a backup",
        io::ErrorKind::NotADirectory => "a part of the path is a file; choose another path",
        io::ErrorKind::IsADirectory => "name a file, not a directory",
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            "it is damaged; restore it from a backup"
        }
        _ => "look at the disk and at the file's owner, then try again",
    }
}
