//! The file around the blocks: blobs, each with a header, packed or not.

use std::io::{self, Read};

use flate2::read::ZlibDecoder;

use super::wire::Fields;
use super::{BLOB_HEADER_MAX, BLOB_MAX, Flaw, Header, ReadError};

/// What this reader knows of that an extract may need.
const FEATURES: [&[u8]; 2] = [b"OsmSchema-V0.6", b"DenseNodes"];
/// How many bytes of room to make before there is proof that they come.
const TRUST: usize = 1 << 16;

/// The blobs of an extract, one after the other; their memory is used again.
#[derive(Debug)]
pub(super) struct Blobs<R> {
    source: R,
    /// Where the next blob begins.
    at: u64,
    packed: Vec<u8>,
    unpacked: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Header,
    Data,
    Unknown,
}

impl<R: Read> Blobs<R> {
    pub(super) fn new(source: R) -> Self {
        Blobs { source, at: 0, packed: Vec::new(), unpacked: Vec::new() }
    }

    /// Reads the first blob.
    pub(super) fn header(&mut self) -> Result<Header, ReadError> {
        // Whatever else the file may be, it is no extract until its header has been read.
        let kind = self.next_blob().map_err(|error| match error {
            ReadError::Truncated { at: 0 }
            | ReadError::Corrupt { at: 0, .. }
            | ReadError::TooLarge { at: 0, .. } => ReadError::NotAnExtract,
            other => other,
        })?;
        match kind {
            Some((_, Kind::Header)) => read_header(&self.unpacked),
            _ => Err(ReadError::NotAnExtract),
        }
    }

    /// Reads on to the next block of elements. Returns where its blob begins, and the block.
    pub(super) fn next_block(&mut self) -> Result<Option<(u64, &[u8])>, ReadError> {
        loop {
            match self.next_blob()? {
                // Two extracts, one after the other, are read as one, as osmium does.
                Some((_, Kind::Header | Kind::Unknown)) => {}
                Some((at, Kind::Data)) => return Ok(Some((at, &self.unpacked))),
                None => return Ok(None),
            }
        }
    }

    fn next_blob(&mut self) -> Result<Option<(u64, Kind)>, ReadError> {
        let at = self.at;
        let mut length = [0; 4];
        let mut have = 0;
        while have < length.len() {
            match self.source.read(&mut length[have..]) {
                Ok(0) if have == 0 => return Ok(None),
                Ok(0) => return Err(ReadError::Truncated { at }),
                Ok(more) => have += more,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e.into()),
            }
        }
        let length = u32::from_be_bytes(length) as usize;
        if length > BLOB_HEADER_MAX {
            return Err(Flaw::TooLarge("the header of a block").at(at));
        }
        self.fill(at, length)?;
        let (kind, size) = read_blob_header(&self.packed).map_err(|flaw| flaw.at(at))?;
        self.fill(at, size)?;
        self.at = at.saturating_add(4).saturating_add(length as u64).saturating_add(size as u64);
        if kind != Kind::Unknown {
            unpack(&self.packed, &mut self.unpacked, at)?;
        }
        Ok(Some((at, kind)))
    }

    /// Reads so many bytes, and takes memory only for those that really come.
    fn fill(&mut self, at: u64, length: usize) -> Result<(), ReadError> {
        self.packed.clear();
        self.packed.reserve(length.min(TRUST));
        let got = self.source.by_ref().take(length as u64).read_to_end(&mut self.packed)?;
        if got < length { Err(ReadError::Truncated { at }) } else { Ok(()) }
    }
}

fn read_blob_header(bytes: &[u8]) -> Result<(Kind, usize), Flaw> {
    let (mut kind, mut size) = (None, None);
    for field in Fields(bytes) {
        match field? {
            (1, value) => {
                kind = Some(match value.bytes()? {
                    b"OSMHeader" => Kind::Header,
                    b"OSMData" => Kind::Data,
                    _ => Kind::Unknown,
                });
            }
            (3, value) => size = Some(value.number()?),
            _ => {}
        }
    }
    let (Some(kind), Some(size)) = (kind, size) else {
        return Err(Flaw::Corrupt("a block has no type or no size"));
    };
    // A negative size arrives as an enormous one.
    let size = usize::try_from(size).ok().filter(|size| *size <= BLOB_MAX);
    Ok((kind, size.ok_or(Flaw::TooLarge("a block of more than 32 MiB"))?))
}

fn unpack(blob: &[u8], into: &mut Vec<u8>, at: u64) -> Result<(), ReadError> {
    into.clear();
    let (mut size, mut zlib) = (None, None);
    for field in Fields(blob) {
        let (number, value) = field.map_err(|flaw| flaw.at(at))?;
        let flawed = |flaw: Flaw| flaw.at(at);
        match number {
            1 => {
                into.extend_from_slice(value.bytes().map_err(flawed)?);
                return Ok(());
            }
            2 => size = Some(value.number().map_err(flawed)?),
            3 => zlib = Some(value.bytes().map_err(flawed)?),
            4..=7 => {
                let name = ["LZMA", "bzip2", "LZ4", "Zstandard"][number as usize - 4];
                return Err(ReadError::Unsupported { feature: format!("{name} compression") });
            }
            _ => {}
        }
    }
    let (Some(size), Some(zlib)) = (size, zlib) else {
        return Err(Flaw::Corrupt("a block holds no data").at(at));
    };
    if size > BLOB_MAX as u64 {
        return Err(Flaw::TooLarge("a block of more than 32 MiB when unpacked").at(at));
    }
    into.reserve(TRUST.min(size as usize));
    // One byte more than it may be, so that a bomb is seen without being let off.
    let unpacked = ZlibDecoder::new(zlib).take(size + 1).read_to_end(into);
    match unpacked {
        Ok(length) if length as u64 == size => Ok(()),
        Ok(_) => Err(Flaw::Corrupt("a block unpacks to another size than it says").at(at)),
        Err(_) => Err(Flaw::Corrupt("a block cannot be unpacked").at(at)),
    }
}

fn read_header(bytes: &[u8]) -> Result<Header, ReadError> {
    let mut header = Header::default();
    for field in Fields(bytes) {
        match field.map_err(|_| ReadError::NotAnExtract)? {
            (4, value) => {
                let feature = value.bytes().map_err(|_| ReadError::NotAnExtract)?;
                if !FEATURES.contains(&feature) {
                    let feature = String::from_utf8_lossy(feature).chars().take(40).collect::<String>();
                    return Err(ReadError::Unsupported { feature: format!("{feature:?}") });
                }
            }
            (32, value) => {
                header.as_of = value.number().ok().and_then(|seconds| i64::try_from(seconds).ok());
            }
            _ => {}
        }
    }
    Ok(header)
}
