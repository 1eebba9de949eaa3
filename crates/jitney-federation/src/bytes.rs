//! Reading foreign bytes without ever running past their end.

use data_encoding::BASE64URL_NOPAD;
use jitney_domain::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A cursor over bytes that somebody else wrote; every read may find too few of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Reader { rest: bytes }
    }

    pub(crate) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    pub(crate) fn remaining(&self) -> usize {
        self.rest.len()
    }
}

/// Returns the moment as it is written on the wire; what lies before 1970 is written as 1970.
pub(crate) fn millis(moment: Timestamp) -> [u8; 8] {
    u64::try_from(moment.0).unwrap_or(0).to_be_bytes()
}

/// Reads a moment off the wire, if it is one that this program can hold.
pub(crate) fn moment(millis: u64) -> Option<Timestamp> {
    i64::try_from(millis).ok().map(Timestamp)
}

/// Returns the moment `millis` later (earlier if negative), or the last one there is.
pub(crate) fn later(moment: Timestamp, millis: i64) -> Timestamp {
    Timestamp(moment.0.saturating_add(millis))
}

/// Returns a wait that doubles with every failure, from `first` to at most `longest` milliseconds.
pub(crate) fn backoff_ms(first: i64, longest: i64, failures: u32) -> i64 {
    let doubled = 2_i64.checked_pow(failures.min(40)).unwrap_or(i64::MAX);
    first.saturating_mul(doubled).min(longest)
}

/// Bytes that travel inside JSON as unpadded base64url, exactly as they were signed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Blob(pub Vec<u8>);

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        BASE64URL_NOPAD.decode(text.as_bytes()).map(Blob).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_never_runs_past_the_end() {
        let mut reader = Reader::new(&[1, 2, 3]);
        assert_eq!(reader.u16(), Some(0x0102));
        assert_eq!(reader.u16(), None);
        assert_eq!(reader.remaining(), 1);
        assert_eq!(reader.u8(), Some(3));
        assert_eq!(reader.take(0), Some(&[][..]));
        assert_eq!(reader.u8(), None);
    }

    #[test]
    fn waits_double_and_stop_doubling() {
        let waits: Vec<i64> = [0, 1, 2, 9, 10, 63, u32::MAX].map(|n| backoff_ms(2_000, 900_000, n)).into();
        assert_eq!(waits, [2_000, 4_000, 8_000, 900_000, 900_000, 900_000, 900_000]);
    }
}
