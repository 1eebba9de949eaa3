//! Ed25519 keys: who everybody is, from a member to a federation.

mod decoded;
mod spelled;

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::domain::Domain;
use crate::fingerprint::Fingerprint;
use crate::signature::{Signature, SignatureError};

/// What every `did:key` begins with; `z` is the multibase letter of base58btc.
const DID_PREFIX: &str = "did:key:z";

/// The multicodec `ed25519-pub`, 0xed, as an unsigned varint.
const ED25519_PUB: [u8; 2] = [0xed, 0x01];

/// Length in bytes of every `did:key` of an ed25519 key.
pub const DID_LENGTH: usize = 56;

/// Is somebody's ed25519 public key, shown as `did:key:z6Mk…`.
///
/// A value of this type is always a canonical encoding of a point that is not of small order, so two
/// keys are the same exactly if their bytes are, and no signature verifies under one by accident.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

/// Says why something is not a public key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The text does not begin like a `did:key` in base58btc, or has another length.
    #[error(
        "an ed25519 key reads did:key:z6Mk… and has {DID_LENGTH} characters, this text has {length} bytes"
    )]
    NotADidKey {
        /// Length in bytes of the text that was refused.
        length: usize,
    },
    /// The text after `did:key:z` is not base58btc in its one canonical spelling.
    #[error("the did:key is not base58btc; copy it again, no letter may be changed")]
    NotBase58,
    /// The key is of another kind than ed25519.
    #[error("the did:key is of kind {0:02x?}, only ed25519 (ed 01) is understood")]
    OtherKind(Vec<u8>),
    /// The bytes are not the canonical encoding of a point on the curve.
    #[error("the 32 bytes are not an ed25519 public key")]
    NotAPoint,
    /// The point is of small order: signatures under it prove nothing.
    #[error("the ed25519 public key is weak (of small order) and proves nothing")]
    Weak,
}

impl PublicKey {
    /// Takes the 32 bytes of RFC 8032.
    ///
    /// # Errors
    ///
    /// [`KeyError::NotAPoint`] if the bytes are no point or not its canonical encoding, and
    /// [`KeyError::Weak`] if the point is of small order.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        if decoded::recall(bytes).is_some() {
            return Ok(Self(*bytes));
        }
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NotAPoint)?;
        if key.is_weak() {
            return Err(KeyError::Weak);
        }
        if key.to_edwards().compress().as_bytes() != bytes {
            return Err(KeyError::NotAPoint);
        }
        decoded::keep(key);
        Ok(Self(*bytes))
    }

    /// Returns the 32 bytes of RFC 8032.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the six words by which two people compare this key over the phone.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self)
    }

    /// Returns the last eight characters of the `did:key`, for logs.
    pub fn short(&self) -> String {
        self.to_string().split_off(DID_LENGTH - 8)
    }

    /// Returns the part of the `did:key` after `did:key:`, which is also the fragment that names the
    /// one verification method of its DID document.
    pub fn multibase(&self) -> String {
        let mut bytes = [0_u8; 34];
        let (kind, key) = bytes.split_at_mut(ED25519_PUB.len());
        kind.copy_from_slice(&ED25519_PUB);
        key.copy_from_slice(&self.0);
        format!("z{}", bs58::encode(bytes).into_string())
    }

    /// Checks that this key signed the message for this purpose.
    ///
    /// Uses the strict rules of ed25519-dalek's `verify_strict`, under which everybody agrees on every
    /// signature: canonical `s` and `R`, no small-order components, no cofactor.
    ///
    /// # Errors
    ///
    /// [`SignatureError::Refused`] if it did not.
    pub fn verify(&self, domain: Domain, message: &[u8], sig: &Signature) -> Result<(), SignatureError> {
        if self.verify_bytes(&domain.signed_bytes(message), sig) {
            Ok(())
        } else {
            Err(SignatureError::Refused { key: *self, domain })
        }
    }

    /// Tells whether this key signed exactly these bytes, without a domain.
    pub(crate) fn verify_bytes(&self, bytes: &[u8], sig: &Signature) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(sig.as_bytes());
        let key = decoded::recall(&self.0).or_else(|| VerifyingKey::from_bytes(&self.0).ok());
        key.is_some_and(|key| key.verify_strict(bytes, &signature).is_ok())
    }

    /// Returns the X25519 public key on the birationally equivalent curve (RFC 7748, section 4.1), or
    /// nothing if the bytes were no point, which the constructor rules out.
    pub(crate) fn to_x25519(self) -> Option<[u8; 32]> {
        VerifyingKey::from_bytes(&self.0).ok().map(|key| key.to_montgomery().to_bytes())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = spelled::text_of(self) {
            return f.write_str(std::str::from_utf8(&text).unwrap_or_default());
        }
        let text = format!("did:key:{}", self.multibase());
        spelled::keep(self, &text);
        f.write_str(&text)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The length first: base58 takes time quadratic in it.
        let Some(encoded) = text.strip_prefix(DID_PREFIX).filter(|_| text.len() == DID_LENGTH) else {
            return Err(KeyError::NotADidKey { length: text.len() });
        };
        if let Some(key) = spelled::recall(text) {
            return Ok(key);
        }
        let decoded = bs58::decode(encoded).into_vec().map_err(|_| KeyError::NotBase58)?;
        let Some(bytes) = decoded.strip_prefix(&ED25519_PUB) else {
            return Err(KeyError::OtherKind(decoded.into_iter().take(2).collect()));
        };
        let key = Self::from_bytes(bytes.try_into().map_err(|_| KeyError::NotBase58)?)?;
        if key.to_string() != text {
            return Err(KeyError::NotBase58);
        }
        spelled::keep(&key, text);
        Ok(key)
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::deserialize_str(deserializer, |text| text.parse().map_err(D::Error::custom))
    }
}

/// Is somebody's ed25519 secret key; wiped from memory when dropped and never shown.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// Takes the 32-byte secret of RFC 8032.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        let seed = Zeroizing::new(seed);
        Self(SigningKey::from_bytes(&seed))
    }

    /// Makes a new key from the generator's next 32 bytes.
    pub fn generate(rng: &mut impl rand::CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut());
        Self(SigningKey::from_bytes(&seed))
    }

    /// Returns the public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs the message for one purpose (RFC 8032: the same input gives the same signature).
    pub fn sign(&self, domain: Domain, message: &[u8]) -> Signature {
        self.sign_bytes(&domain.signed_bytes(message))
    }

    /// Returns a copy of the 32-byte secret, wiped when dropped.
    pub fn to_seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// Signs exactly these bytes, without a domain.
    pub(crate) fn sign_bytes(&self, bytes: &[u8]) -> Signature {
        Signature::from_bytes(self.0.sign(bytes).to_bytes())
    }

    /// Returns the X25519 secret: the first half of SHA-512 of the seed, clamped by its user (RFC 8032,
    /// section 5.1.5; the same key as libsodium's `crypto_sign_ed25519_sk_to_curve25519`).
    pub(crate) fn to_x25519(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_scalar_bytes())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of {})", self.public())
    }
}

#[cfg(test)]
mod tests;
