//! Ed25519 signatures as values: 64 bytes, written as unpadded base64url.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64URL_NOPAD;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::Domain;
use crate::key::PublicKey;

/// Is an ed25519 signature (RFC 8032), not yet known to be a good one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature([u8; 64]);

/// Says why a signature was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The signature is not one of this key over these bytes in this domain.
    #[error("the signature is not one of {key} for {domain}; ask the sender for the record again")]
    Refused {
        /// Key that was said to have signed.
        key: PublicKey,
        /// Purpose for which it was said to have signed.
        domain: Domain,
    },
    /// The text is not a signature at all.
    #[error("a signature is 86 characters of unpadded base64url, this text of {length} bytes is not")]
    NotASignature {
        /// Length in bytes of the text that was refused.
        length: usize,
    },
}

impl Signature {
    /// Takes the 64 bytes `R || s` of RFC 8032.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// Returns the 64 bytes `R || s` of RFC 8032.
    pub const fn to_bytes(&self) -> [u8; 64] {
        self.0
    }

    /// Returns the 64 bytes `R || s` of RFC 8032 by reference.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

/// Shows the first eight hex digits, enough to tell signatures apart in a log.
impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.0;
        write!(f, "Signature({a:02x}{b:02x}{c:02x}{d:02x})")
    }
}

impl FromStr for Signature {
    type Err = SignatureError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = SignatureError::NotASignature { length: text.len() };
        if text.len() != 86 {
            return Err(refused);
        }
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| refused)?;
        Ok(Self(bytes.try_into().map_err(|_| refused)?))
    }
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::deserialize_str(deserializer, |text| text.parse().map_err(D::Error::custom))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_survives_json() {
        let signature = Signature::from_bytes(std::array::from_fn(|i| i as u8));
        let json = serde_json::to_string(&signature).unwrap();
        assert_eq!(json.len(), 88);
        assert_eq!(serde_json::from_str::<Signature>(&json).unwrap(), signature);
    }

    #[test]
    fn a_signature_has_one_spelling() {
        let text = Signature::from_bytes([0; 64]).to_string();
        // The last character carries two bits only; the other four must be zero.
        let spare_bits_set = format!("{}B", &text[..85]);
        assert!(spare_bits_set.parse::<Signature>().is_err());
        assert!(format!("{text}==").parse::<Signature>().is_err());
    }
}
