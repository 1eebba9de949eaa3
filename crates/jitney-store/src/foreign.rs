//! The readers of foreign bytes, laid open for the project's fuzz targets; no part of the interface.

use std::path::Path;

use crate::journal::{self, ChainHash, Frame, Segment, SegmentHeader};
use crate::{Committed, StoreError, key_slots, witness};

/// The chain before the first batch.
pub const GENESIS: [u8; 32] = journal::GENESIS;

/// Reads a segment and returns the payloads of its frames.
///
/// # Errors
/// [`StoreError::DamagedJournal`] for all but a torn end.
pub fn segment(bytes: &[u8]) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut payloads = Vec::new();
    Segment::of(Path::new("segment").to_owned(), bytes.to_vec())?.walk(&mut |placed| {
        payloads.push(placed.frame.payload.to_vec());
        Ok(())
    })?;
    Ok(payloads)
}

/// Returns the bytes of a segment without frames that begins at the first batch.
pub fn new_segment(first: u64) -> Vec<u8> {
    SegmentHeader { first, before: GENESIS }.write().to_vec()
}

/// Returns a frame of such a segment and the hash of the chain that ends with it.
pub fn frame(seq: u64, before: &ChainHash, payload: &[u8]) -> (Vec<u8>, ChainHash) {
    let frame = Frame { seq, before: *before, payload };
    (frame.write(&GENESIS), frame.chain())
}

/// Reads a witness file.
pub fn witness(bytes: &[u8]) -> Option<Committed> {
    witness::parse(bytes)
}

/// Reads a slot of the key file.
pub fn key_slot(bytes: &[u8]) {
    key_slots::read(bytes);
}
