//! How a row lies in sled.
//!
//! `rows`: table number and key -> CRC-32 (4 bytes), length (4 bytes), the first [`PART_BYTES`] of the value.
//! `parts`: key length (2 bytes, big endian), table number, key, part number -> the further pieces.
//!
//! sled keeps up to 16 entries in a page and moves pages above 128 KiB into files that it never syncs. With
//! entries of at most 4 KiB and keys of at most 0.5 KiB no page comes near that.

use crate::TableTag;
use crate::batch::{MAX_KEY_BYTES, MAX_VALUE_BYTES};
use crate::reader::Reader;

/// Longest piece of a value in one sled entry, in bytes.
pub(crate) const PART_BYTES: usize = 4096;

const _: () = assert!(MAX_VALUE_BYTES / PART_BYTES <= u8::MAX as usize, "part numbers are one byte");
const _: () = assert!(MAX_KEY_BYTES < u16::MAX as usize, "key lengths are two bytes");

/// A row as sled entries.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct StoredRow<'a> {
    /// The entry in `rows`.
    pub(crate) head: Vec<u8>,
    /// The entries in `parts`, in order.
    pub(crate) parts: Vec<&'a [u8]>,
}

impl<'a> StoredRow<'a> {
    /// Splits a value of at most [`MAX_VALUE_BYTES`]. `key` is the physical key.
    pub(crate) fn new(key: &[u8], value: &'a [u8]) -> StoredRow<'a> {
        let len = u32::try_from(value.len()).unwrap_or(u32::MAX);
        let mut pieces = value.chunks(PART_BYTES);
        let first = pieces.next().unwrap_or_default();
        let mut head = Vec::with_capacity(first.len().saturating_add(8));
        head.extend_from_slice(&checksum(key, value).to_le_bytes());
        head.extend_from_slice(&len.to_le_bytes());
        head.extend_from_slice(first);
        StoredRow { head, parts: pieces.collect() }
    }
}

/// Returns the value of a row whose entry in `rows` is `head`, fetching further pieces with `part`; or what is
/// wrong with it. `E` is the error of fetching.
pub(crate) fn assemble<E>(
    key: &[u8],
    head: &[u8],
    mut part: impl FnMut(u8) -> Result<Option<Vec<u8>>, E>,
) -> Result<Result<Vec<u8>, &'static str>, E> {
    let mut reader = Reader::new(head);
    let (Some(crc), Some(len)) = (reader.u32(), reader.len32()) else {
        return Ok(Err("it is too short"));
    };
    if len > MAX_VALUE_BYTES {
        return Ok(Err("it announces more bytes than a row may have"));
    }
    let mut value = reader.rest().to_vec();
    for number in 0..further_parts(len) {
        match part(number)? {
            Some(piece) => value.extend_from_slice(&piece),
            None => return Ok(Err("a piece of it is missing")),
        }
    }
    let good = value.len() == len && checksum(key, &value) == crc;
    Ok(if good { Ok(value) } else { Err("its checksum does not match its content") })
}

/// Returns the entries in `parts` of a value of `len` bytes.
pub(crate) fn further_parts(len: usize) -> u8 {
    u8::try_from(len.div_ceil(PART_BYTES).saturating_sub(1)).unwrap_or(u8::MAX)
}

/// Returns the key in `rows`.
pub(crate) fn row_key(table: TableTag, key: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(key.len().saturating_add(1));
    bytes.push(table.0);
    bytes.extend_from_slice(key);
    bytes
}

/// Returns table and key of a key in `rows`.
pub(crate) fn split_row_key(key: &[u8]) -> Option<(TableTag, &[u8])> {
    key.split_first().map(|(table, rest)| (TableTag(*table), rest))
}

/// Returns the key in `parts` of a piece of the row with this key in `rows`.
pub(crate) fn part_key(row_key: &[u8], number: u8) -> Vec<u8> {
    let len = u16::try_from(row_key.len()).unwrap_or(u16::MAX);
    let mut bytes = Vec::with_capacity(row_key.len().saturating_add(3));
    bytes.extend_from_slice(&len.to_be_bytes());
    bytes.extend_from_slice(row_key);
    bytes.push(number);
    bytes
}

/// The key goes in too, so that a row that turns up under another key is noticed.
fn checksum(key: &[u8], value: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(key);
    hasher.update(value);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Never = std::convert::Infallible;

    fn read(key: &[u8], row: &StoredRow<'_>) -> Result<Vec<u8>, &'static str> {
        let part = |n: u8| Ok::<_, Never>(row.parts.get(usize::from(n)).map(|piece| piece.to_vec()));
        assemble(key, &row.head, part).unwrap()
    }

    #[test]
    fn values_of_every_critical_length_read_back() {
        for len in [0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES, MAX_VALUE_BYTES] {
            let value: Vec<u8> = (0..len).map(|i| (i % 251) as u8).collect();
            let row = StoredRow::new(b"k", &value);
            assert_eq!(row.parts.len(), usize::from(further_parts(len)), "{len}");
            assert!(row.head.len() <= PART_BYTES + 8);
            assert_eq!(read(b"k", &row), Ok(value));
        }
    }

    #[test]
    fn a_row_under_another_key_or_without_a_piece_is_damaged() {
        let value = vec![1; PART_BYTES * 2];
        let mut row = StoredRow::new(b"k", &value);
        assert!(read(b"l", &row).is_err());
        row.parts.pop();
        assert!(read(b"k", &row).is_err());
    }

    proptest! {
        #[test]
        fn a_flipped_bit_is_noticed(value in prop::collection::vec(any::<u8>(), 0..200), bit in any::<prop::sample::Index>()) {
            let mut row = StoredRow::new(b"key", &value);
            let bit = bit.index(row.head.len() * 8);
            row.head[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(read(b"key", &row).is_err());
        }
    }
}
