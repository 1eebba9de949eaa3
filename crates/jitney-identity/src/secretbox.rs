//! Symmetric boxes: XChaCha20-Poly1305 under a random 256-bit key.
//!
//! A box is laid out as `nonce, 24 bytes || ciphertext || tag, 16 bytes`. The nonce is random, which its
//! length makes safe for as many boxes as anyone can write. The associated data is not in the box: seal
//! the place where a box lives (a record's name, say) into it, and a box moved elsewhere does not open.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

/// Bytes of nonce at the front of a box.
const NONCE_BYTES: usize = 24;

/// Bytes that a box is longer than what it holds: nonce and tag.
pub const BOX_OVERHEAD_BYTES: usize = NONCE_BYTES + 16;

/// Associated data of a data key wrapped under another.
const WRAP_AAD: &[u8] = b"jitney/data-key/1";

/// Is a symmetric key that boxes data, such as the key of one person's record in the vault.
///
/// It is wiped from memory when dropped; destroying its last copy destroys what it boxed.
#[derive(Clone)]
pub struct DataKey(Zeroizing<[u8; 32]>);

/// Says why a box did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretBoxError {
    /// The box is too short to be one.
    #[error("a box has at least {BOX_OVERHEAD_BYTES} bytes, this one has {length}")]
    TooShort {
        /// Length in bytes of what was given.
        length: usize,
    },
    /// The box was made with another key, for another place, or has been altered.
    #[error("the box does not open: wrong key, wrong place, or altered bytes")]
    Refused,
}

impl DataKey {
    /// Makes a new key from the generator's next 32 bytes.
    pub fn generate(rng: &mut impl rand::CryptoRng) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill_bytes(key.as_mut());
        Self(key)
    }

    /// Takes the 32 bytes of a key made before.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Returns the 32 bytes, for whoever keeps the key.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Boxes the bytes for the place named by `aad`.
    ///
    /// # Panics
    ///
    /// Only beyond the cipher's limit of 256 GiB in one box.
    pub fn seal(&self, aad: &[u8], plain: &[u8], rng: &mut impl rand::CryptoRng) -> Vec<u8> {
        let mut nonce = [0_u8; NONCE_BYTES];
        rng.fill_bytes(&mut nonce);
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad })
            .expect("XChaCha20-Poly1305 takes any message up to 256 GiB");
        [&nonce[..], &sealed].concat()
    }

    /// Opens a box made by [`DataKey::seal`] with the same key and associated data.
    ///
    /// # Errors
    ///
    /// [`SecretBoxError`] if it is not one.
    pub fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SecretBoxError> {
        let too_short = SecretBoxError::TooShort { length: sealed.len() };
        if sealed.len() < BOX_OVERHEAD_BYTES {
            return Err(too_short);
        }
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(too_short)?;
        self.cipher()
            .decrypt(&XNonce::from(*nonce), Payload { msg: ciphertext, aad })
            .map(Zeroizing::new)
            .map_err(|_| SecretBoxError::Refused)
    }

    /// Boxes another key under this one, 72 bytes long.
    pub fn wrap(&self, key: &DataKey, rng: &mut impl rand::CryptoRng) -> Vec<u8> {
        self.seal(WRAP_AAD, key.as_bytes(), rng)
    }

    /// Opens a key boxed by [`DataKey::wrap`].
    ///
    /// # Errors
    ///
    /// [`SecretBoxError`] if the bytes are not a key boxed under this one.
    pub fn unwrap(&self, wrapped: &[u8]) -> Result<DataKey, SecretBoxError> {
        let opened = self.open(WRAP_AAD, wrapped)?;
        let bytes: &[u8; 32] = opened.as_slice().try_into().map_err(|_| SecretBoxError::Refused)?;
        Ok(Self::from_bytes(*bytes))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.as_bytes().into())
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    fn rng() -> ChaCha20Rng {
        ChaCha20Rng::seed_from_u64(7)
    }

    #[test]
    fn the_test_vector_of_draft_irtf_cfrg_xchacha_03_opens() {
        let hex = |text: &str| data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap();
        let key = DataKey::from_bytes(std::array::from_fn(|i| 0x80 + i as u8));
        let sealed = hex(concat!(
            "404142434445464748494a4b4c4d4e4f5051525354555657",
            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb",
            "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452",
            "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9",
            "21f9664c97637da9768812f615c68b13b52e",
            "c0875924c1c7987947deafd8780acf49",
        ));
        let plain = key.open(&hex("50515253c0c1c2c3c4c5c6c7"), &sealed).unwrap();
        assert!(plain.starts_with(b"Ladies and Gentlemen of the class of '99"));
    }

    #[test]
    fn a_box_opens_only_with_its_key_and_in_its_place() {
        let key = DataKey::generate(&mut rng());
        let sealed = key.seal(b"person/1", b"12 Elm Street", &mut rng());
        assert_eq!(sealed.len(), 13 + BOX_OVERHEAD_BYTES);
        assert_eq!(key.open(b"person/1", &sealed).unwrap().as_slice(), b"12 Elm Street");
        assert_eq!(key.open(b"person/2", &sealed).unwrap_err(), SecretBoxError::Refused);
        let other = DataKey::from_bytes([1; 32]);
        assert_eq!(other.open(b"person/1", &sealed).unwrap_err(), SecretBoxError::Refused);
        assert_eq!(key.open(b"", &[0; 39]).unwrap_err(), SecretBoxError::TooShort { length: 39 });
    }

    #[test]
    fn a_wrapped_key_comes_back_and_is_not_mistaken_for_data() {
        let (outer, inner) = (DataKey::from_bytes([1; 32]), DataKey::from_bytes([2; 32]));
        let wrapped = outer.wrap(&inner, &mut rng());
        assert_eq!(wrapped.len(), 72);
        assert_eq!(outer.unwrap(&wrapped).unwrap().as_bytes(), inner.as_bytes());
        assert!(outer.open(b"", &wrapped).is_err());
        assert!(outer.unwrap(&outer.seal(WRAP_AAD, b"short", &mut rng())).is_err());
    }

    #[test]
    fn two_boxes_of_the_same_bytes_differ() {
        let (key, mut rng) = (DataKey::from_bytes([1; 32]), rng());
        assert_ne!(key.seal(b"", b"x", &mut rng), key.seal(b"", b"x", &mut rng));
    }

    #[test]
    fn a_key_is_not_shown() {
        assert_eq!(format!("{:?}", DataKey::from_bytes([0xab; 32])), "DataKey(…)");
    }

    proptest! {
        #[test]
        fn a_box_with_any_byte_changed_is_refused(
            plain in proptest::collection::vec(any::<u8>(), 0..100),
            at in any::<prop::sample::Index>(),
            flip in 1_u8..,
        ) {
            let key = DataKey::from_bytes([3; 32]);
            let mut sealed = key.seal(b"here", &plain, &mut rng());
            let opened = key.open(b"here", &sealed).unwrap();
            prop_assert_eq!(opened.as_slice(), plain.as_slice());
            let at = at.index(sealed.len());
            sealed[at] ^= flip;
            prop_assert_eq!(key.open(b"here", &sealed), Err(SecretBoxError::Refused));
        }
    }
}
