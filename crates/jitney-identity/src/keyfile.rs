//! Key files: a secret key as JSON text, encrypted with a passphrase.
//!
//! ```json
//! {
//!   "jitney-key": 1,
//!   "public": "did:key:z6Mk…",
//!   "kdf": { "name": "argon2id", "m_kib": 65536, "t": 3, "p": 1, "salt": "…" },
//!   "cipher": "xchacha20poly1305",
//!   "nonce": "…",
//!   "ciphertext": "…"
//! }
//! ```
//!
//! The passphrase (its UTF-8 bytes as typed) becomes a key by Argon2id (RFC 9106, version 0x13), which
//! encrypts the 32-byte seed with XChaCha20-Poly1305; the associated data is `jitney-key/1 ` followed by
//! the public key's `did:key`. Salt (16 bytes), nonce (24) and ciphertext (48) are unpadded base64url.
//!
//! This module makes and reads the text. Where it is kept, and who may read it there, is the caller's.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::key::{PublicKey, SecretKey};

/// Format number of the key files that this module writes and reads.
pub const KEY_FILE_VERSION: u32 = 1;

/// Longest key file, in bytes, that is read.
pub const KEY_FILE_MAX_BYTES: usize = 4096;

/// Most memory, in KiB, that a key file may ask for: 1 GiB.
pub const KDF_MAX_MEMORY_KIB: u32 = 1024 * 1024;

/// Most passes over the memory that a key file may ask for.
pub const KDF_MAX_PASSES: u32 = 10;

/// Most lanes that a key file may ask for; they are computed in turn.
pub const KDF_MAX_LANES: u32 = 16;

const KDF_NAME: &str = "argon2id";
const CIPHER_NAME: &str = "xchacha20poly1305";
const SALT_BYTES: usize = 16;
const NONCE_BYTES: usize = 24;
const CIPHERTEXT_BYTES: usize = 32 + 16;

/// Says how much work it takes to try one passphrase, in the terms of Argon2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KdfParams {
    m_kib: u32,
    t: u32,
    p: u32,
}

/// Says why a key file could not be written or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The passphrase is not the one that the key was encrypted with.
    #[error("the passphrase does not open the key file of {public} (or the file was altered); try again")]
    WrongPassphrase {
        /// Key whose file it is.
        public: PublicKey,
    },
    /// A key file must have a passphrase.
    #[error("the passphrase is empty; choose one of several words")]
    EmptyPassphrase,
    /// The text is not a key file.
    #[error("not a key file: {reason}; restore it from a backup")]
    Malformed {
        /// What is wrong with it, without any of its content.
        reason: String,
    },
    /// The file is of a later format.
    #[error("the key file has format {found}, this program reads {KEY_FILE_VERSION}; use a newer program")]
    UnknownVersion {
        /// Format number in the file.
        found: u32,
    },
    /// Opening the file would take more memory or time than anyone would ask for in good faith.
    #[error(
        "the key file asks for {m_kib} KiB, {t} passes and {p} lanes; \
         at most {KDF_MAX_MEMORY_KIB} KiB, {KDF_MAX_PASSES} and {KDF_MAX_LANES} are allowed"
    )]
    KdfTooCostly {
        /// Memory asked for, in KiB.
        m_kib: u32,
        /// Passes asked for.
        t: u32,
        /// Lanes asked for.
        p: u32,
    },
    /// The parameters are below what Argon2 is defined for.
    #[error("Argon2 is not defined for {m_kib} KiB, {t} passes and {p} lanes")]
    KdfTooWeak {
        /// Memory asked for, in KiB.
        m_kib: u32,
        /// Passes asked for.
        t: u32,
        /// Lanes asked for.
        p: u32,
    },
    /// The machine does not have the memory.
    #[error("not enough memory to open the key file: {m_kib} KiB are needed; free some and try again")]
    OutOfMemory {
        /// Memory asked for, in KiB.
        m_kib: u32,
    },
}

impl KdfParams {
    /// Is the second recommended option of RFC 9106, section 4 (64 MiB, 3 passes), with one lane: about
    /// a fifth of a second on a small computer.
    pub const STANDARD: Self = Self { m_kib: 64 * 1024, t: 3, p: 1 };

    /// Is the least that Argon2 is defined for: protects nothing, and makes tests quick.
    pub const FAST_FOR_TESTS: Self = Self { m_kib: 8, t: 1, p: 1 };

    /// Takes memory in KiB, number of passes and number of lanes.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::KdfTooCostly`] beyond our limits, [`KeyFileError::KdfTooWeak`] below Argon2's.
    pub fn new(m_kib: u32, t: u32, p: u32) -> Result<Self, KeyFileError> {
        if m_kib > KDF_MAX_MEMORY_KIB || t > KDF_MAX_PASSES || p > KDF_MAX_LANES {
            return Err(KeyFileError::KdfTooCostly { m_kib, t, p });
        }
        // The limits above keep Argon2's own arithmetic from overflowing.
        Params::new(m_kib, t, p, None).map_err(|_| KeyFileError::KdfTooWeak { m_kib, t, p })?;
        Ok(Self { m_kib, t, p })
    }

    /// Returns the memory in KiB.
    pub const fn memory_kib(&self) -> u32 {
        self.m_kib
    }

    /// Derives the key of the cipher.
    fn derive(&self, passphrase: &str, salt: &[u8]) -> Result<Zeroizing<[u8; 32]>, KeyFileError> {
        let Self { m_kib, t, p } = *self;
        let params = Params::new(m_kib, t, p, None).map_err(|_| KeyFileError::KdfTooWeak { m_kib, t, p })?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), salt, key.as_mut())
            .map_err(|error| match error {
                argon2::Error::OutOfMemory => KeyFileError::OutOfMemory { m_kib },
                other => KeyFileError::Malformed { reason: other.to_string() },
            })?;
        Ok(key)
    }
}

impl Default for KdfParams {
    fn default() -> Self {
        Self::STANDARD
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    #[serde(rename = "jitney-key")]
    version: u32,
    public: PublicKey,
    kdf: Kdf,
    cipher: String,
    nonce: String,
    ciphertext: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kdf {
    name: String,
    m_kib: u32,
    t: u32,
    p: u32,
    salt: String,
}

/// Is read before the rest, so that a later format is named as such.
#[derive(Deserialize)]
struct Format {
    #[serde(rename = "jitney-key")]
    version: u32,
}

/// Returns the key file of the secret, encrypted with the passphrase.
///
/// # Errors
///
/// [`KeyFileError::EmptyPassphrase`], and [`KeyFileError::OutOfMemory`] on a machine without the memory
/// that `params` asks for.
pub fn encrypt(
    secret: &SecretKey,
    passphrase: &str,
    params: KdfParams,
    rng: &mut impl rand::CryptoRng,
) -> Result<String, KeyFileError> {
    if passphrase.is_empty() {
        return Err(KeyFileError::EmptyPassphrase);
    }
    let (mut salt, mut nonce) = ([0_u8; SALT_BYTES], [0_u8; NONCE_BYTES]);
    rng.fill_bytes(&mut salt);
    rng.fill_bytes(&mut nonce);
    let public = secret.public();
    let key = params.derive(passphrase, &salt)?;
    let seed = secret.to_seed();
    let payload = Payload { msg: seed.as_slice(), aad: &associated_data(&public) };
    let ciphertext = XChaCha20Poly1305::new((&*key).into())
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| malformed("the key could not be encrypted"))?;
    let file = KeyFile {
        version: KEY_FILE_VERSION,
        public,
        kdf: Kdf {
            name: KDF_NAME.to_owned(),
            m_kib: params.m_kib,
            t: params.t,
            p: params.p,
            salt: BASE64URL_NOPAD.encode(&salt),
        },
        cipher: CIPHER_NAME.to_owned(),
        nonce: BASE64URL_NOPAD.encode(&nonce),
        ciphertext: BASE64URL_NOPAD.encode(&ciphertext),
    };
    let mut text = serde_json::to_string_pretty(&file).map_err(|error| malformed(error.to_string()))?;
    text.push('\n');
    Ok(text)
}

/// Returns the secret key in the file.
///
/// # Errors
///
/// [`KeyFileError::WrongPassphrase`] if the passphrase does not open it; the other errors say what is
/// wrong with the file itself, before any work is spent on the passphrase.
pub fn decrypt(text: &str, passphrase: &str) -> Result<SecretKey, KeyFileError> {
    let file = parse(text)?;
    let public = file.public;
    let params = KdfParams::new(file.kdf.m_kib, file.kdf.t, file.kdf.p)?;
    let salt: [u8; SALT_BYTES] = decode("salt", &file.kdf.salt)?;
    let nonce: [u8; NONCE_BYTES] = decode("nonce", &file.nonce)?;
    let ciphertext: [u8; CIPHERTEXT_BYTES] = decode("ciphertext", &file.ciphertext)?;
    let key = params.derive(passphrase, &salt)?;
    let payload = Payload { msg: ciphertext.as_slice(), aad: &associated_data(&public) };
    let seed = XChaCha20Poly1305::new((&*key).into())
        .decrypt(&XNonce::from(nonce), payload)
        .map(Zeroizing::new)
        .map_err(|_| KeyFileError::WrongPassphrase { public })?;
    let seed: &[u8; 32] =
        seed.as_slice().try_into().map_err(|_| malformed("the key in it is not 32 bytes long"))?;
    let secret = SecretKey::from_seed(*seed);
    if secret.public() != public {
        return Err(malformed("the key in it is another than the one it names"));
    }
    Ok(secret)
}

/// Returns the public key that a key file names, without opening it.
///
/// The name is proven only by [`decrypt`].
///
/// # Errors
///
/// [`KeyFileError::Malformed`] or [`KeyFileError::UnknownVersion`].
pub fn public_key(text: &str) -> Result<PublicKey, KeyFileError> {
    parse(text).map(|file| file.public)
}

fn parse(text: &str) -> Result<KeyFile, KeyFileError> {
    if text.len() > KEY_FILE_MAX_BYTES {
        return Err(malformed(format!("longer than {KEY_FILE_MAX_BYTES} bytes")));
    }
    let json_error = |error: serde_json::Error| malformed(error.to_string());
    let Format { version } = serde_json::from_str(text).map_err(json_error)?;
    if version != KEY_FILE_VERSION {
        return Err(KeyFileError::UnknownVersion { found: version });
    }
    let file: KeyFile = serde_json::from_str(text).map_err(json_error)?;
    if file.kdf.name != KDF_NAME {
        return Err(malformed(format!("its key derivation is not {KDF_NAME}")));
    }
    if file.cipher != CIPHER_NAME {
        return Err(malformed(format!("its cipher is not {CIPHER_NAME}")));
    }
    Ok(file)
}

fn associated_data(public: &PublicKey) -> Vec<u8> {
    format!("jitney-key/{KEY_FILE_VERSION} {public}").into_bytes()
}

fn decode<const N: usize>(field: &str, text: &str) -> Result<[u8; N], KeyFileError> {
    BASE64URL_NOPAD
        .decode(text.as_bytes())
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| malformed(format!("{field} is not {N} bytes of base64url")))
}

fn malformed(reason: impl Into<String>) -> KeyFileError {
    KeyFileError::Malformed { reason: reason.into() }
}

#[cfg(test)]
mod tests;
