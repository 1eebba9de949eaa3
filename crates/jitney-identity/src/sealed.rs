//! Sealed boxes: bytes that only the holder of one ed25519 key can read, from a sender without a name.
//!
//! The scheme is HPKE (RFC 9180) in base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and
//! ChaCha20-Poly1305. The recipient's X25519 key is its ed25519 key carried over to the birationally
//! equivalent curve, as libsodium's `crypto_sign_ed25519_pk_to_curve25519` does; that one key may both
//! sign and receive in this way is shown in Thormarker, "On using the same key pair for Ed25519 and an
//! X25519 based KEM" (IACR ePrint 2021/509).
//!
//! ```text
//! sealed box = encapsulated key, 32 bytes || ciphertext || tag, 16 bytes
//! plaintext  = length of the message, 2 bytes, big endian || message || zeros up to a multiple of 256
//! ```
//!
//! The padding leaves an onlooker with the length in steps of 256 bytes. A sealed box says nothing about
//! who sent it: where that matters, sign the box.

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use zeroize::Zeroizing;

use crate::key::{PublicKey, SecretKey};

/// Longest message, in bytes, that fits a sealed box.
pub const SEALED_PLAIN_MAX_BYTES: usize = 16 * 1024;

/// Step, in bytes, to which messages are padded.
pub const SEALED_PADDING_BYTES: usize = 256;

/// Longest sealed box, in bytes.
pub const SEALED_MAX_BYTES: usize = sealed_len(SEALED_PLAIN_MAX_BYTES);

/// Bytes of the encapsulated key at the front of a box.
const ENCAPPED_BYTES: usize = 32;

/// Bytes of the authentication tag at its end.
const TAG_BYTES: usize = 16;

/// Bytes of the message's length before the message.
const LENGTH_BYTES: usize = 2;

/// Says why a message could not be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The message is too long.
    #[error("a sealed message has at most {SEALED_PLAIN_MAX_BYTES} bytes, this one has {length}")]
    TooLong {
        /// Length in bytes of the message.
        length: usize,
    },
    /// The key cannot receive.
    #[error("nothing can be sealed to {to}; ask its owner for a new key")]
    UnusableKey {
        /// Key of the recipient.
        to: PublicKey,
    },
    /// The box does not open.
    #[error("the sealed box does not open: for another key or purpose, or altered on the way")]
    Refused,
    /// The box has a length that no sealed box has.
    #[error("no sealed box has {length} bytes")]
    BadLength {
        /// Length in bytes of what was given.
        length: usize,
    },
}

/// Returns the length in bytes of the sealed box of a message of that many bytes.
pub const fn sealed_len(plain_len: usize) -> usize {
    let padded = (plain_len + LENGTH_BYTES).next_multiple_of(SEALED_PADDING_BYTES);
    ENCAPPED_BYTES + padded + TAG_BYTES
}

/// Seals the message to the key.
///
/// `info` names the purpose, as a [`Domain`](crate::Domain) does for signatures, and `aad` what the box
/// belongs to; neither is in the box, and it opens only where both are the same.
///
/// # Errors
///
/// [`SealError::TooLong`] beyond [`SEALED_PLAIN_MAX_BYTES`], [`SealError::UnusableKey`] for a key that
/// cannot receive.
pub fn seal(
    to: &PublicKey,
    info: &str,
    aad: &[u8],
    plain: &[u8],
    rng: &mut impl rand::CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let unusable = SealError::UnusableKey { to: *to };
    let padded = pad(plain)?;
    let recipient = to.to_x25519().ok_or(unusable)?;
    let recipient = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(&recipient).map_err(|_| unusable)?;
    let (encapped, ciphertext) = hpke::single_shot_seal_with_rng::<
        ChaCha20Poly1305,
        HkdfSha256,
        X25519HkdfSha256,
    >(&OpModeS::Base, &recipient, info.as_bytes(), &padded, aad, rng)
    .map_err(|_| unusable)?;
    Ok([encapped.to_bytes().as_slice(), &ciphertext].concat())
}

/// Opens a box made by [`seal`] for this key, this purpose and this place.
///
/// # Errors
///
/// [`SealError::BadLength`] or [`SealError::Refused`] if it is not one.
pub fn open(
    with: &SecretKey,
    info: &str,
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let bad_length = SealError::BadLength { length: sealed.len() };
    let (encapped, ciphertext) = sealed.split_first_chunk::<ENCAPPED_BYTES>().ok_or(bad_length)?;
    let padded = ciphertext.len().checked_sub(TAG_BYTES).ok_or(bad_length)?;
    if padded == 0 || padded % SEALED_PADDING_BYTES != 0 || sealed.len() > SEALED_MAX_BYTES {
        return Err(bad_length);
    }
    let padded = open_raw(&with.to_x25519(), info.as_bytes(), aad, encapped, ciphertext)?;
    unpad(&padded).ok_or(SealError::Refused)
}

/// Opens one HPKE message of our suite with a bare X25519 secret.
fn open_raw(
    secret: &[u8; 32],
    info: &[u8],
    aad: &[u8],
    encapped: &[u8; ENCAPPED_BYTES],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let refused = |_| SealError::Refused;
    let secret = <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(secret).map_err(refused)?;
    let encapped = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapped).map_err(refused)?;
    hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &secret,
        &encapped,
        info,
        ciphertext,
        aad,
    )
    .map(Zeroizing::new)
    .map_err(refused)
}

/// Puts the length before the message and zeros behind it.
fn pad(plain: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let too_long = SealError::TooLong { length: plain.len() };
    if plain.len() > SEALED_PLAIN_MAX_BYTES {
        return Err(too_long);
    }
    let length = u16::try_from(plain.len()).map_err(|_| too_long)?;
    let size = (plain.len() + LENGTH_BYTES).next_multiple_of(SEALED_PADDING_BYTES);
    let mut padded = Zeroizing::new(Vec::with_capacity(size));
    padded.extend_from_slice(&length.to_be_bytes());
    padded.extend_from_slice(plain);
    padded.resize(size, 0);
    Ok(padded)
}

/// Takes the message out of its padding, which must be exactly what [`pad`] makes.
fn unpad(padded: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (length, rest) = padded.split_first_chunk::<LENGTH_BYTES>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    let (plain, zeros) = rest.split_at_checked(length)?;
    let shortest = zeros.len() < SEALED_PADDING_BYTES && plain.len() <= SEALED_PLAIN_MAX_BYTES;
    (shortest && zeros.iter().all(|byte| *byte == 0)).then(|| Zeroizing::new(plain.to_vec()))
}

#[cfg(test)]
mod tests;
