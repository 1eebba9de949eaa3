//! Content hashes: BLAKE3 with 32 bytes of output, shown as 64 lower-case hex digits.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Is the BLAKE3 hash of some bytes: the id of an entry, a charter, a roster version.
///
/// Its text form is exactly 64 lower-case hexadecimal digits; upper case is refused, so that one hash
/// has one spelling.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

/// Says why a text is not a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a hash is 64 lower-case hexadecimal digits, this text of {length} bytes is not")]
pub struct HashError {
    /// Length in bytes of the text that was refused.
    pub length: usize,
}

impl Hash {
    /// Is thirty-two zero bytes: what a first record names as its predecessor.
    pub const ZERO: Self = Self([0; 32]);

    /// Returns the hash of the bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// Takes 32 bytes that are known to be a hash.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the 32 bytes of the hash.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

/// Shows the first eight hex digits, enough to tell hashes apart in a log.
impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.0;
        write!(f, "Hash({a:02x}{b:02x}{c:02x}{d:02x})")
    }
}

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = HashError { length: text.len() };
        if text.len() != 64 {
            return Err(refused);
        }
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| refused)?;
        Ok(Self(bytes.try_into().map_err(|_| refused)?))
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::deserialize_str(deserializer, |text| text.parse().map_err(D::Error::custom))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_nothing_is_the_published_blake3_value() {
        assert_eq!(
            Hash::of(b"").to_string(),
            "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
        );
    }

    #[test]
    fn a_hash_survives_its_text_and_json_forms() {
        let hash = Hash::of(b"a lift to the clinic");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(serde_json::from_str::<Hash>(&json).unwrap(), hash);
        assert_eq!(format!("{hash:?}"), format!("Hash({})", &hash.to_string()[..8]));
    }

    #[test]
    fn a_hash_has_one_spelling() {
        let text = Hash::of(b"x").to_string();
        assert!(text.to_uppercase().parse::<Hash>().is_err());
        assert!(text[1..].parse::<Hash>().is_err());
        assert!(format!("{text}0").parse::<Hash>().is_err());
        assert!(format!(" {}", &text[1..]).parse::<Hash>().is_err());
    }
}
