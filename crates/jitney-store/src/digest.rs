//! The state hash: one short value that two stores share exactly when they hold the same rows.

use std::fmt;
use std::str::FromStr;

use crate::TableTag;
use crate::reader::Reader;

/// The content hash of all rows of a store.
///
/// It is the number of rows and the sum modulo 2^128 of the first 16 bytes (little endian) of
/// `BLAKE3(table || key length as u32 || key || value)` over all rows. A sum does not depend on order, so
/// one changed row costs one subtraction and one addition. It reveals damage and divergence between honest
/// copies; it is no defence against somebody who picks rows so that their hashes add up.
///
/// Shown as 48 hexadecimal digits: the sum, then the number of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Digest {
    rows: u64,
    sum: u128,
}

impl Digest {
    /// The digest of a store without rows.
    pub const EMPTY: Digest = Digest { rows: 0, sum: 0 };

    /// Length of the binary form in bytes.
    pub const BYTES: usize = 24;

    /// Returns how many rows it covers.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Returns the digest after one more row.
    #[must_use]
    pub fn with(self, table: TableTag, key: &[u8], value: &[u8]) -> Digest {
        self.plus(row_hash(table, key, value))
    }

    /// Returns the digest after the removal of one row it covers.
    #[must_use]
    pub fn without(self, table: TableTag, key: &[u8], value: &[u8]) -> Digest {
        self.minus(row_hash(table, key, value))
    }

    pub(crate) fn plus(self, row_hash: u128) -> Digest {
        Digest { rows: self.rows.wrapping_add(1), sum: self.sum.wrapping_add(row_hash) }
    }

    pub(crate) fn minus(self, row_hash: u128) -> Digest {
        Digest { rows: self.rows.wrapping_sub(1), sum: self.sum.wrapping_sub(row_hash) }
    }

    /// Returns the binary form: the sum, then the number of rows, both big endian.
    pub fn to_bytes(self) -> [u8; Digest::BYTES] {
        let mut bytes = [0; Digest::BYTES];
        bytes[..16].copy_from_slice(&self.sum.to_be_bytes());
        bytes[16..].copy_from_slice(&self.rows.to_be_bytes());
        bytes
    }

    /// Reads the binary form.
    pub fn from_bytes(bytes: &[u8; Digest::BYTES]) -> Digest {
        let mut reader = Reader::new(bytes);
        let sum = reader.array().map_or(0, u128::from_be_bytes);
        let rows = reader.array().map_or(0, u64::from_be_bytes);
        Digest { rows, sum }
    }
}

/// Returns the summand of one row.
pub(crate) fn row_hash(table: TableTag, key: &[u8], value: &[u8]) -> u128 {
    let key_len = u32::try_from(key.len()).unwrap_or(u32::MAX);
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[table.0]).update(&key_len.to_le_bytes()).update(key).update(value);
    let mut first = [0; 16];
    hasher.finalize_xof().fill(&mut first);
    u128::from_le_bytes(first)
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}{:016x}", self.sum, self.rows)
    }
}

/// A text is not a [`Digest`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a state hash has 48 hexadecimal digits, this has other characters or another length: {0:?}")]
pub struct NotADigest(String);

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            if text.len() != 2 * Digest::BYTES || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
                return None;
            }
            let sum = u128::from_str_radix(text.get(..32)?, 16).ok()?;
            let rows = u64::from_str_radix(text.get(32..)?, 16).ok()?;
            Some(Digest { rows, sum })
        };
        parse().ok_or_else(|| NotADigest(text.chars().take(60).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: TableTag = TableTag(7);

    #[test]
    fn the_digest_does_not_depend_on_the_order_of_rows() {
        let one = Digest::EMPTY.with(T, b"a", b"1").with(T, b"b", b"2");
        let two = Digest::EMPTY.with(T, b"b", b"2").with(T, b"a", b"1");
        assert_eq!(one, two);
        assert_eq!(one.rows(), 2);
    }

    #[test]
    fn removing_a_row_undoes_adding_it() {
        let one = Digest::EMPTY.with(T, b"a", b"1");
        assert_eq!(one.with(T, b"b", b"2").without(T, b"b", b"2"), one);
    }

    #[test]
    fn table_key_and_value_are_kept_apart() {
        let all = [
            Digest::EMPTY.with(T, b"ab", b"c"),
            Digest::EMPTY.with(T, b"a", b"bc"),
            Digest::EMPTY.with(TableTag(8), b"ab", b"c"),
        ];
        assert_ne!(all[0], all[1]);
        assert_ne!(all[0], all[2]);
    }

    #[test]
    fn text_and_bytes_round_trip() {
        let digest = Digest::EMPTY.with(T, b"a", b"1");
        assert_eq!(digest.to_string().len(), 48);
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert_eq!(Digest::from_bytes(&digest.to_bytes()), digest);
        assert!("+1".repeat(24).parse::<Digest>().is_err());
        assert!("é".repeat(24).parse::<Digest>().is_err());
    }

    #[test]
    fn the_digest_of_a_known_row_never_changes() {
        // Golden value: nodes compare digests with their own past, so the rule is for ever.
        let digest = Digest::EMPTY.with(TableTag(1), b"trip", b"Tuesday");
        let hash = blake3::hash(b"\x01\x04\x00\x00\x00tripTuesday");
        let sum = u128::from_le_bytes(hash.as_bytes()[..16].try_into().unwrap());
        assert_eq!(digest, Digest { rows: 1, sum });
    }
}
