//! One segment file of the journal: a header, then frames, then zeros that were written in advance.

use std::path::{Path, PathBuf};

use super::frame::{ChainHash, FRAME_MAGIC, Frame};
use crate::error::IoContext;
use crate::reader::Reader;
use crate::{StoreError, files};

/// First bytes of a segment.
const SEGMENT_MAGIC: [u8; 8] = *b"JyJrnl1\n";

/// Bytes of a segment before its first frame: magic, number of the first batch, hash of the chain before
/// it, CRC-32 of these.
pub(crate) const SEGMENT_HEADER_BYTES: usize = 8 + 8 + 32 + 4;

/// Where a segment takes up the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    /// Number of the first batch in it.
    pub(crate) first: u64,
    /// Hash of the chain before that batch.
    pub(crate) before: ChainHash,
}

impl SegmentHeader {
    /// Returns the header's bytes.
    pub(crate) fn write(&self) -> [u8; SEGMENT_HEADER_BYTES] {
        let mut bytes = [0; SEGMENT_HEADER_BYTES];
        bytes[..8].copy_from_slice(&SEGMENT_MAGIC);
        bytes[8..16].copy_from_slice(&self.first.to_le_bytes());
        bytes[16..48].copy_from_slice(&self.before);
        let crc = crc32fast::hash(&bytes[..48]);
        bytes[48..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Reads the header at the front of a segment.
    pub(crate) fn read(bytes: &[u8]) -> Option<SegmentHeader> {
        let crc = crc32fast::hash(bytes.get(..48)?);
        let mut reader = Reader::new(bytes);
        let magic: [u8; 8] = reader.array()?;
        let header = SegmentHeader { first: reader.u64()?, before: reader.array()? };
        (magic == SEGMENT_MAGIC && reader.u32()? == crc).then_some(header)
    }
}

/// The place after the last good frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentEnd {
    /// Number of the last batch, which may lie in the segment before.
    pub(crate) seq: u64,
    /// Hash of the chain up to it.
    pub(crate) chain: ChainHash,
    /// Where the next frame goes, in bytes from the start of the file.
    pub(crate) offset: usize,
    /// Bytes after it up to the last that is not zero: what a crash left of an unfinished frame.
    pub(crate) torn: usize,
}

/// A frame passed to the visitor of [`Segment::walk`], with its place in the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed<'a> {
    pub(crate) frame: Frame<'a>,
    pub(crate) offset: usize,
}

/// A segment read into memory.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) path: PathBuf,
    pub(crate) header: SegmentHeader,
    bytes: Vec<u8>,
}

impl Segment {
    /// Returns the path of segment `number` (from 1) in the journal's directory.
    pub(crate) fn path(dir: &Path, number: u64) -> PathBuf {
        dir.join(format!("{number:08}.log"))
    }

    /// Reads segment `number`.
    pub(crate) fn load(dir: &Path, number: u64) -> Result<Segment, StoreError> {
        let path = Segment::path(dir, number);
        let bytes = std::fs::read(&path).doing("read", &path)?;
        Segment::of(path, bytes)
    }

    /// Takes the bytes of a segment as they were read.
    pub(crate) fn of(path: PathBuf, bytes: Vec<u8>) -> Result<Segment, StoreError> {
        match SegmentHeader::read(&bytes) {
            Some(header) => Ok(Segment { path, header, bytes }),
            None => Err(damaged(&path, 0, "its header is unreadable")),
        }
    }

    /// Returns the length of the file in bytes.
    pub(crate) fn file_len(&self) -> usize {
        self.bytes.len()
    }

    /// Passes every frame to `visit` and returns where they end. What a crash may have torn is left over as
    /// [`SegmentEnd::torn`]; anything worse is [`StoreError::DamagedJournal`].
    pub(crate) fn walk(
        &self,
        visit: &mut dyn FnMut(Placed<'_>) -> Result<(), StoreError>,
    ) -> Result<SegmentEnd, StoreError> {
        let mut end = SegmentEnd {
            seq: self.header.first.saturating_sub(1),
            chain: self.header.before,
            offset: SEGMENT_HEADER_BYTES,
            torn: 0,
        };
        // Past the last byte that is not zero there is only space written in advance.
        let written = self.bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last.saturating_add(1));
        loop {
            if end.offset >= written {
                return Ok(end);
            }
            let rest = self.bytes.get(end.offset..).unwrap_or_default();
            let frame = match Frame::read(rest, &self.header.before) {
                Ok(frame) => frame,
                Err(what) if self.good_frame_follows(rest, end.seq) => {
                    return Err(damaged(&self.path, end.offset, what));
                }
                Err(_) => return Ok(SegmentEnd { torn: written.saturating_sub(end.offset), ..end }),
            };
            if Some(frame.seq) != end.seq.checked_add(1) || frame.before != end.chain {
                return Err(damaged(&self.path, end.offset, "the frame does not continue the one before"));
            }
            visit(Placed { frame, offset: end.offset })?;
            end.offset = end.offset.saturating_add(frame.len());
            end.seq = frame.seq;
            end.chain = frame.chain();
        }
    }

    /// Returns whether a later frame of this segment is whole. Then a bad frame is not a torn tail: a frame is
    /// written only when all before it are durable.
    fn good_frame_follows(&self, rest: &[u8], seq: u64) -> bool {
        let starts = rest.windows(FRAME_MAGIC.len()).enumerate().skip(1);
        starts.filter(|(_, window)| *window == FRAME_MAGIC).any(|(at, _)| {
            let bytes = rest.get(at..).unwrap_or_default();
            Frame::read(bytes, &self.header.before).is_ok_and(|frame| frame.seq > seq)
        })
    }
}

/// Returns the numbers of the segments in the journal's directory, which must run from 1 without a gap.
pub(crate) fn count(dir: &Path) -> Result<u64, StoreError> {
    let mut count: u64 = 0;
    for name in files::names_in(dir)? {
        let Some(number) = name.strip_suffix(".log").and_then(|digits| digits.parse::<u64>().ok()) else {
            continue;
        };
        count = count.saturating_add(1);
        if number != count {
            return Err(damaged(&Segment::path(dir, count), 0, "the file is missing"));
        }
    }
    Ok(count)
}

/// Returns the error that names a place in a segment.
pub(crate) fn damaged(path: &Path, offset: usize, what: impl ToString) -> StoreError {
    StoreError::DamagedJournal { segment: path.to_owned(), offset: offset as u64, what: what.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_header_reads_back_and_every_flipped_bit_is_noticed() {
        let header = SegmentHeader { first: 77, before: [5; 32] };
        let good = header.write();
        assert_eq!(SegmentHeader::read(&good), Some(header));
        for bit in 0..good.len() * 8 {
            let mut bad = good;
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(SegmentHeader::read(&bad), None, "bit {bit}");
        }
    }

    #[test]
    fn a_missing_segment_is_named() {
        let dir = tempfile::tempdir().unwrap();
        for number in [1, 3] {
            std::fs::write(Segment::path(dir.path(), number), b"").unwrap();
        }
        let text = count(dir.path()).unwrap_err().to_string();
        assert!(text.contains("00000002.log"), "{text}");
    }
}
