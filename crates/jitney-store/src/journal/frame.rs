//! One frame of the journal: a batch with its number, its checksum and its place in the hash chain.
//!
//! Layout, little endian: magic, payload length, CRC-32 (each 4 bytes), number (8), hash of the chain before
//! it (32), payload. The checksum covers everything but the magic and itself, and begins with the hash at
//! the head of the segment, so that a frame of another journal inside a payload is not taken for a real one.

#![deny(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use crate::batch::MAX_BATCH_BYTES;
use crate::reader::Reader;

/// Hash of the chain of all batches up to one: `BLAKE3(hash before || number || payload)`.
pub(crate) type ChainHash = [u8; 32];

/// The chain before the first batch.
pub(crate) const GENESIS: ChainHash = [0; 32];

/// First four bytes of a frame.
pub(crate) const FRAME_MAGIC: [u8; 4] = *b"JyF1";

/// Bytes of a frame before its payload.
pub(crate) const FRAME_HEADER_BYTES: usize = 4 + 4 + 4 + 8 + 32;

/// A frame with a right checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    pub(crate) seq: u64,
    pub(crate) before: ChainHash,
    pub(crate) payload: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Reads the frame at the front of `bytes`, or says what is wrong with it.
    pub(crate) fn read(bytes: &'a [u8], salt: &ChainHash) -> Result<Frame<'a>, &'static str> {
        const CUT: &str = "the frame is cut off";
        let mut reader = Reader::new(bytes);
        if reader.take(FRAME_MAGIC.len()).ok_or(CUT)? != FRAME_MAGIC {
            return Err("no frame begins here");
        }
        let len = reader.len32().ok_or(CUT)?;
        if len > MAX_BATCH_BYTES {
            return Err("the frame announces more bytes than a batch may have");
        }
        let crc = reader.u32().ok_or(CUT)?;
        let seq = reader.u64().ok_or(CUT)?;
        let before = reader.array().ok_or(CUT)?;
        let payload = reader.take(len).ok_or(CUT)?;
        if checksum(salt, seq, &before, payload) != crc {
            return Err("the frame's checksum does not match its content");
        }
        Ok(Frame { seq, before, payload })
    }

    /// Returns the frame's bytes.
    pub(crate) fn write(&self, salt: &ChainHash) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(FRAME_HEADER_BYTES.saturating_add(self.payload.len()));
        bytes.extend_from_slice(&FRAME_MAGIC);
        bytes.extend_from_slice(&length(self.payload).to_le_bytes());
        bytes.extend_from_slice(&checksum(salt, self.seq, &self.before, self.payload).to_le_bytes());
        bytes.extend_from_slice(&self.seq.to_le_bytes());
        bytes.extend_from_slice(&self.before);
        bytes.extend_from_slice(self.payload);
        bytes
    }

    /// Returns how many bytes it takes in the segment.
    pub(crate) fn len(&self) -> usize {
        FRAME_HEADER_BYTES.saturating_add(self.payload.len())
    }

    /// Returns the hash of the chain that ends with it.
    pub(crate) fn chain(&self) -> ChainHash {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.before).update(&self.seq.to_le_bytes()).update(self.payload);
        *hasher.finalize().as_bytes()
    }
}

/// Payloads are at most [`MAX_BATCH_BYTES`]; a longer one would fail its own checksum.
fn length(payload: &[u8]) -> u32 {
    u32::try_from(payload.len()).unwrap_or(u32::MAX)
}

fn checksum(salt: &ChainHash, seq: u64, before: &ChainHash, payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(salt);
    hasher.update(&length(payload).to_le_bytes());
    hasher.update(&seq.to_le_bytes());
    hasher.update(before);
    hasher.update(payload);
    hasher.finalize()
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn frame() -> Frame<'static> {
        Frame { seq: 9, before: [3; 32], payload: b"opaque" }
    }

    #[test]
    fn a_frame_reads_back_and_leaves_what_follows_alone() {
        let mut bytes = frame().write(&GENESIS);
        assert_eq!(bytes.len(), frame().len());
        bytes.extend_from_slice(b"more");
        assert_eq!(Frame::read(&bytes, &GENESIS), Ok(frame()));
    }

    #[test]
    fn every_flipped_bit_of_a_frame_is_noticed() {
        let good = frame().write(&GENESIS);
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(Frame::read(&bad, &GENESIS).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn a_frame_of_another_segment_is_refused() {
        assert!(Frame::read(&frame().write(&[1; 32]), &GENESIS).is_err());
    }

    #[test]
    fn the_chain_depends_on_everything_before() {
        let other = Frame { before: [4; 32], ..frame() };
        assert_ne!(frame().chain(), other.chain());
        assert_ne!(frame().chain(), Frame { seq: 10, ..frame() }.chain());
    }
}
