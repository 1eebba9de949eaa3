//! Fingerprints: a key as six words that two people can compare over the phone.

use std::fmt;
use std::str::FromStr;

use bip39::Language;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::key::PublicKey;

/// Number of words in a fingerprint. Each carries 11 bits, 66 in all: making a second key with the same
/// words takes about 2^66 tries.
pub const FINGERPRINT_WORDS: usize = 6;

/// BLAKE3 key-derivation context of fingerprints; changing it changes every fingerprint.
const CONTEXT: &str = "jitney 2026-01-01 fingerprint of a public key, six words";

/// Bits of one word: its place in the BIP-39 list of 2048.
const BITS_PER_WORD: u32 = 11;

/// Is a public key shortened to six words of the English BIP-39 list, `absorb-cliff-…`.
///
/// The words are the first 66 bits, most significant first, of BLAKE3 `derive_key` over the 32 bytes of
/// the key. They are for people to compare, never for programs to look a key up by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u16; FINGERPRINT_WORDS]);

/// Says why a text is not a fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FingerprintError {
    /// There are more or fewer than six words.
    #[error("a fingerprint has {FINGERPRINT_WORDS} words, this text has {found}")]
    WordCount {
        /// Number of words that were read.
        found: usize,
    },
    /// A word is not on the list.
    #[error("word {position} is not one of the 2048 fingerprint words; have it spelled again")]
    UnknownWord {
        /// Place of the word, counted from 1.
        position: usize,
    },
}

impl Fingerprint {
    /// Returns the fingerprint of the key.
    pub fn of(key: &PublicKey) -> Self {
        let derived = blake3::derive_key(CONTEXT, key.as_bytes());
        let mut words = [0; FINGERPRINT_WORDS];
        let (mut pool, mut held, mut bytes) = (0_u32, 0_u32, derived.iter());
        for word in &mut words {
            while held < BITS_PER_WORD {
                pool = (pool << 8) | bytes.next().map_or(0, |byte| u32::from(*byte));
                held += 8;
            }
            held -= BITS_PER_WORD;
            *word = u16::try_from((pool >> held) & 0x7ff).unwrap_or_default();
            pool &= (1 << held) - 1;
        }
        Self(words)
    }

    /// Returns the six words in order.
    pub fn words(&self) -> [&'static str; FINGERPRINT_WORDS] {
        let list = Language::English.word_list();
        self.0.map(|place| list.get(usize::from(place)).copied().unwrap_or_default())
    }
}

/// Returns a word of the BIP-39 English list that follows from `bytes`, for two people to recognise each
/// other by.
pub fn word_for(bytes: &[u8]) -> &'static str {
    const WORDS: u16 = 2048;
    let hash = blake3::derive_key("jitney 2026 recognition word", bytes);
    let place = u16::from_be_bytes([hash[0], hash[1]]) % WORDS;
    Language::English.word_list().get(usize::from(place)).copied().unwrap_or_default()
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().join("-"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// Reads six words in any case, parted by hyphens, commas or white space, as people type them.
impl FromStr for Fingerprint {
    type Err = FingerprintError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_gap = |c: char| c == '-' || c == ',' || c.is_whitespace();
        let words = || text.split(is_gap).filter(|word| !word.is_empty());
        let found = words().count();
        if found != FINGERPRINT_WORDS {
            return Err(FingerprintError::WordCount { found });
        }
        let mut places = [0; FINGERPRINT_WORDS];
        for (position, (place, word)) in places.iter_mut().zip(words()).enumerate() {
            *place = Language::English
                .find_word(&word.to_lowercase())
                .ok_or(FingerprintError::UnknownWord { position: position + 1 })?;
        }
        Ok(Self(places))
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text::deserialize_str(deserializer, |text| text.parse().map_err(D::Error::custom))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SecretKey;

    fn fingerprint(seed: u8) -> Fingerprint {
        SecretKey::from_seed([seed; 32]).public().fingerprint()
    }

    #[test]
    fn the_words_of_a_key_never_change() {
        assert_eq!(fingerprint(1).to_string(), "shoulder-taste-crop-armor-kingdom-bless");
    }

    #[test]
    fn the_words_are_the_leading_bits_of_the_derived_key() {
        let key = SecretKey::from_seed([9; 32]).public();
        let derived = blake3::derive_key(CONTEXT, key.as_bytes());
        let bit = |i: usize| u16::from(derived[i / 8] >> (7 - i % 8) & 1);
        let expected: [u16; 6] =
            std::array::from_fn(|word| (0..11).fold(0, |acc, i| acc << 1 | bit(word * 11 + i)));
        assert_eq!(key.fingerprint().0, expected);
    }

    #[test]
    fn words_are_read_as_people_type_them() {
        let print = fingerprint(2);
        let spoken = print.words().join(",  ").to_uppercase();
        assert_eq!(format!("  {spoken}\n").parse(), Ok(print));
        let json = serde_json::to_string(&print).unwrap();
        assert_eq!(serde_json::from_str::<Fingerprint>(&json).unwrap(), print);
    }

    #[test]
    fn five_words_or_a_word_off_the_list_are_refused() {
        let words = fingerprint(3).words();
        assert_eq!(
            words[..5].join(" ").parse::<Fingerprint>(),
            Err(FingerprintError::WordCount { found: 5 })
        );
        let wrong = words.join(" ").replacen(words[5], "jitney", 1);
        assert!(matches!(wrong.parse::<Fingerprint>(), Err(FingerprintError::UnknownWord { .. })));
    }
}
