//! What an operator may tune, with defaults for a small cooperative.

use std::time::Duration;

/// Memory for sled's page cache, in bytes. The process uses about 1.6 times this, and 0.11 KB a row.
pub const DEFAULT_CACHE_BYTES: u64 = 16 * 1024 * 1024;

/// Space set aside against a full disk, in bytes.
pub const DEFAULT_BALLAST_BYTES: u64 = 64 * 1024 * 1024;

/// New batches are refused when fewer bytes than this would stay free.
pub const DEFAULT_FREE_FLOOR_BYTES: u64 = 256 * 1024 * 1024;

/// A journal segment is full at this length, in bytes.
pub const DEFAULT_SEGMENT_BYTES: u64 = 16 * 1024 * 1024;

/// Journal space written in advance at once, in bytes.
pub const DEFAULT_SEGMENT_STEP_BYTES: u64 = 1024 * 1024;

/// Opening sled is given up as hung after this time without progress.
pub const DEFAULT_OPEN_LIMIT: Duration = Duration::from_secs(120);

/// The witness is written at most once in this time, and on closing.
pub const DEFAULT_WITNESS_EVERY: Duration = Duration::from_secs(1);

/// The row store is copied into a new one on opening when its files are this many times the live bytes. sled
/// never gives space back; five to seven times is its normal state.
pub const DEFAULT_COMPACT_FACTOR: u64 = 12;

/// Row stores smaller than this, in bytes, are never worth copying.
pub const DEFAULT_COMPACT_ABOVE_BYTES: u64 = 256 * 1024 * 1024;

/// How a [`SledStore`](crate::SledStore) uses memory, disk and time.
///
/// ```
/// use jitney_store::Options;
/// // A small machine: no reserve, refuse work below 32 MiB.
/// let options = Options { ballast_bytes: 0, free_floor_bytes: 32 << 20, ..Options::default() };
/// assert_eq!(options.cache_bytes, 16 << 20);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Memory for sled's page cache, in bytes.
    pub cache_bytes: u64,
    /// Space set aside against a full disk, in bytes; 0 for none.
    pub ballast_bytes: u64,
    /// New batches are refused when fewer bytes than this would stay free.
    pub free_floor_bytes: u64,
    /// A journal segment is full at this length, in bytes.
    pub segment_bytes: u64,
    /// Journal space written in advance at once, in bytes.
    pub segment_step_bytes: u64,
    /// Opening sled is given up as hung after this time without progress.
    pub open_limit: Duration,
    /// The witness is written at most once in this time, and on closing.
    pub witness_every: Duration,
    /// The row store is copied on opening when its files are this many times the live bytes; 0 for never.
    pub compact_factor: u64,
    /// Row stores smaller than this, in bytes, are never copied.
    pub compact_above_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            cache_bytes: DEFAULT_CACHE_BYTES,
            ballast_bytes: DEFAULT_BALLAST_BYTES,
            free_floor_bytes: DEFAULT_FREE_FLOOR_BYTES,
            segment_bytes: DEFAULT_SEGMENT_BYTES,
            segment_step_bytes: DEFAULT_SEGMENT_STEP_BYTES,
            open_limit: DEFAULT_OPEN_LIMIT,
            witness_every: DEFAULT_WITNESS_EVERY,
            compact_factor: DEFAULT_COMPACT_FACTOR,
            compact_above_bytes: DEFAULT_COMPACT_ABOVE_BYTES,
        }
    }
}
