//! The journal: every batch in order, append-only, checksummed and hash-chained.
//!
//! It is what the store *is*; the rows in sled are derived from it. Segments `00000001.log`, `00000002.log`,
//! ... are filled one after the other. Space is written with zeros in advance, so that making a frame durable
//! does not also have to make a new file size durable.

mod frame;
mod segment;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::error::IoContext;
use crate::{Batch, StoreError, files};
pub(crate) use frame::{ChainHash, Frame, GENESIS};
use segment::{SEGMENT_HEADER_BYTES, damaged};
pub(crate) use segment::{Segment, SegmentHeader};

/// Name of the journal's directory in the store's directory.
pub(crate) const JOURNAL_DIR: &str = "journal";

/// How the journal uses the disk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JournalLimits {
    /// A segment is full at this length, in bytes.
    pub(crate) segment_bytes: u64,
    /// Zeros written in advance at once, in bytes.
    pub(crate) step_bytes: u64,
}

/// What a walk over the journal covered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Walked {
    pub(crate) batches: u64,
    pub(crate) segments: u64,
    pub(crate) bytes: u64,
}

/// The journal of one store, open for appending.
#[derive(Debug)]
pub(crate) struct Journal {
    dir: PathBuf,
    limits: JournalLimits,
    number: u64,
    path: PathBuf,
    file: File,
    header: SegmentHeader,
    /// Where the next frame goes.
    offset: u64,
    /// Length of the file; zeros from `offset` on.
    allocated: u64,
    /// Bytes of an unfinished frame after `offset`.
    torn: u64,
    seq: u64,
    chain: ChainHash,
}

impl Journal {
    /// Opens the journal of a store's directory and reads its last segment. Changes nothing there, unless
    /// there is no journal yet.
    pub(crate) fn open(store_dir: &Path, limits: JournalLimits) -> Result<Journal, StoreError> {
        let dir = store_dir.join(JOURNAL_DIR);
        files::create_private_dir(&dir)?;
        let mut number = segment::count(&dir)?;
        if number == 0 {
            number = 1;
            create_segment(&dir, number, SegmentHeader { first: 1, before: GENESIS }, limits)?;
        }
        let last = Segment::load(&dir, number)?;
        let end = last.walk(&mut |_| Ok(()))?;
        let file = files::private().open(&last.path).doing("open", &last.path)?;
        Ok(Journal {
            dir,
            limits,
            number,
            file,
            header: last.header,
            offset: end.offset as u64,
            allocated: last.file_len() as u64,
            torn: end.torn as u64,
            seq: end.seq,
            chain: end.chain,
            path: last.path,
        })
    }

    /// Returns the number of the last whole batch, 0 for none.
    pub(crate) fn seq(&self) -> u64 {
        self.seq
    }

    /// Overwrites what a crash left of an unfinished frame and returns how many bytes that were.
    pub(crate) fn cut_tail(&mut self) -> Result<u64, StoreError> {
        let torn = std::mem::take(&mut self.torn);
        if torn > 0 {
            self.write_zeros(self.offset, torn)?;
            self.file.sync_all().doing("sync", &self.path)?;
        }
        Ok(torn)
    }

    /// Appends an encoded batch and returns its number once it is durable. After an error the journal must be
    /// opened again before anything else is appended.
    pub(crate) fn append(&mut self, payload: &[u8]) -> Result<u64, StoreError> {
        let seq =
            self.seq.checked_add(1).ok_or_else(|| damaged(&self.path, 0, "batch numbers are used up"))?;
        let frame = Frame { seq, before: self.chain, payload };
        let len = frame.len() as u64;
        let begun = self.offset > SEGMENT_HEADER_BYTES as u64;
        if begun && self.offset.saturating_add(len) > self.limits.segment_bytes {
            self.roll()?;
        }
        self.reserve(len)?;
        self.file.seek(SeekFrom::Start(self.offset)).doing("write", &self.path)?;
        self.file.write_all(&frame.write(&self.header.before)).doing("write", &self.path)?;
        self.file.sync_data().doing("sync", &self.path)?;
        self.offset = self.offset.saturating_add(len);
        self.chain = frame.chain();
        self.seq = seq;
        Ok(seq)
    }

    /// Passes every batch from number `from` on to `read`, in order, and checks the whole chain on the way.
    pub(crate) fn replay(
        &self,
        from: u64,
        read: &mut dyn FnMut(u64, &Batch) -> Result<(), StoreError>,
    ) -> Result<Walked, StoreError> {
        let mut walked = Walked::default();
        if from > self.seq {
            return Ok(walked);
        }
        let (mut number, mut segment) = self.segment_with(from)?;
        loop {
            let path = &segment.path;
            let end = segment.walk(&mut |placed| {
                if placed.frame.seq < from {
                    return Ok(());
                }
                walked.batches = walked.batches.saturating_add(1);
                walked.bytes = walked.bytes.saturating_add(placed.frame.len() as u64);
                let batch = Batch::decode(placed.frame.payload)
                    .map_err(|error| damaged(path, placed.offset, error))?;
                read(placed.frame.seq, &batch)
            })?;
            walked.segments = walked.segments.saturating_add(1);
            if number == self.number {
                if end.seq != self.seq || end.chain != self.chain {
                    return Err(damaged(
                        path,
                        end.offset,
                        "the last frames changed while the store was open",
                    ));
                }
                return Ok(walked);
            }
            if end.torn > 0 {
                return Err(damaged(path, end.offset, "a frame is broken although segments follow"));
            }
            number = number.saturating_add(1);
            segment = Segment::load(&self.dir, number)?;
            if Some(segment.header.first) != end.seq.checked_add(1) || segment.header.before != end.chain {
                return Err(damaged(&segment.path, 0, "the segment does not continue the one before"));
            }
        }
    }

    /// Finds the segment that holds batch `seq`, searching from the last.
    fn segment_with(&self, seq: u64) -> Result<(u64, Segment), StoreError> {
        let mut number = self.number;
        loop {
            let segment = Segment::load(&self.dir, number)?;
            if segment.header.first <= seq {
                return Ok((number, segment));
            }
            if number <= 1 {
                return Err(damaged(&segment.path, 0, format!("the journal begins after batch {seq}")));
            }
            number = number.saturating_sub(1);
        }
    }

    /// Closes the full segment and begins the next.
    fn roll(&mut self) -> Result<(), StoreError> {
        self.file.set_len(self.offset).doing("shorten", &self.path)?;
        self.file.sync_all().doing("sync", &self.path)?;
        let header = SegmentHeader { first: self.seq.saturating_add(1), before: self.chain };
        let number = self.number.saturating_add(1);
        self.allocated = create_segment(&self.dir, number, header, self.limits)?;
        self.path = Segment::path(&self.dir, number);
        self.file = files::private().open(&self.path).doing("open", &self.path)?;
        self.number = number;
        self.header = header;
        self.offset = SEGMENT_HEADER_BYTES as u64;
        Ok(())
    }

    /// Writes zeros in advance until `len` more bytes fit.
    fn reserve(&mut self, len: u64) -> Result<(), StoreError> {
        let needed = self.offset.saturating_add(len);
        if needed <= self.allocated {
            return Ok(());
        }
        let wish = needed.saturating_add(self.limits.step_bytes);
        let target = wish.min(self.limits.segment_bytes).max(needed);
        self.write_zeros(self.allocated, target.saturating_sub(self.allocated))?;
        self.file.sync_all().doing("sync", &self.path)?;
        self.allocated = target;
        Ok(())
    }

    /// Makes every later write fail, as a broken disk would.
    #[cfg(test)]
    pub(crate) fn break_file(&mut self, read_only: File) {
        self.file = read_only;
    }

    fn write_zeros(&mut self, at: u64, len: u64) -> Result<(), StoreError> {
        self.file.seek(SeekFrom::Start(at)).doing("write", &self.path)?;
        std::io::copy(&mut std::io::Read::take(std::io::repeat(0), len), &mut self.file)
            .doing("reserve space in", &self.path)?;
        Ok(())
    }
}

/// Creates a segment so that it is there with its whole header or not at all; returns its length in bytes.
fn create_segment(
    dir: &Path,
    number: u64,
    header: SegmentHeader,
    limits: JournalLimits,
) -> Result<u64, StoreError> {
    let length = limits.step_bytes.min(limits.segment_bytes).max(SEGMENT_HEADER_BYTES as u64);
    let mut bytes = header.write().to_vec();
    bytes.resize(usize::try_from(length).unwrap_or(SEGMENT_HEADER_BYTES), 0);
    files::replace_file(&Segment::path(dir, number), &bytes)?;
    Ok(bytes.len() as u64)
}
