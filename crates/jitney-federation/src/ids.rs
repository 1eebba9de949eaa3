//! Names of the things that coops exchange: hashes of their bytes, or random numbers.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use jitney_domain::table::RowKey;
use jitney_identity::{Hash, HashError, PublicKey};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::bytes::Reader;

macro_rules! hash_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Hash);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), &self.short())
            }
        }

        impl FromStr for $name {
            type Err = HashError;
            fn from_str(text: &str) -> Result<Self, HashError> {
                text.parse().map($name)
            }
        }

        impl $name {
            /// Returns the first eight hexadecimal digits, for logs and screens.
            pub fn short(&self) -> String {
                let [a, b, c, d, ..] = *self.0.as_bytes();
                format!("{a:02x}{b:02x}{c:02x}{d:02x}")
            }
        }

        impl RowKey for $name {
            fn to_bytes(&self) -> Vec<u8> {
                self.0.as_bytes().to_vec()
            }
            fn from_bytes(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(|bytes| $name(Hash::from_bytes(bytes)))
            }
        }
    };
}

hash_id!(
    /// A federation: the hash of its charter's bytes.
    FederationId
);
hash_id!(
    /// An entry of a public log: the hash of all its bytes.
    EntryId
);
hash_id!(
    /// An act on the roster: the hash of its bytes without the signatures.
    ActId
);
hash_id!(
    /// The hash of an invitation's secret: what the inviter keeps in place of the secret.
    SecretHash
);

/// A direct message: sixteen random bytes chosen by its sender, shown as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub [u8; 16]);

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.0;
        write!(f, "MessageId({a:02x}{b:02x}{c:02x}{d:02x})")
    }
}

impl Serialize for MessageId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MessageId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(D::Error::custom)?;
        bytes.try_into().map(MessageId).map_err(|_| D::Error::custom("a message id is 32 hexadecimal digits"))
    }
}

/// One life of a node's log: drawn at random when a coop founds, joins, or restores from a backup, so that
/// an honest restore never writes a second entry under an old number. Shown as 16 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Incarnation(pub u64);

impl fmt::Display for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Incarnation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Incarnation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(D::Error::custom)?;
        let bytes: [u8; 8] =
            bytes.try_into().map_err(|_| D::Error::custom("an incarnation is 16 hexadecimal digits"))?;
        Ok(Incarnation(u64::from_be_bytes(bytes)))
    }
}

/// One log: whose, and which life of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LogId {
    /// The coop that writes it.
    pub origin: PublicKey,
    /// Which life of the log.
    pub incarnation: Incarnation,
}

/// The place of an entry: its log, and its number there, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EntryKey {
    /// The coop that wrote it.
    pub origin: PublicKey,
    /// Which life of the log.
    pub incarnation: Incarnation,
    /// Its number, counted from 1.
    pub seq: u64,
}

impl EntryKey {
    /// Returns the log that the entry stands in.
    pub fn log(&self) -> LogId {
        LogId { origin: self.origin, incarnation: self.incarnation }
    }
}

impl LogId {
    /// Returns the place number `seq` of this log.
    pub fn at(&self, seq: u64) -> EntryKey {
        EntryKey { origin: self.origin, incarnation: self.incarnation, seq }
    }
}

fn read_key(reader: &mut Reader<'_>) -> Option<PublicKey> {
    PublicKey::from_bytes(&reader.array()?).ok()
}

/// Returns `value` if the reader is used up.
fn whole<T>(reader: Reader<'_>, value: T) -> Option<T> {
    (reader.remaining() == 0).then_some(value)
}

impl RowKey for LogId {
    fn to_bytes(&self) -> Vec<u8> {
        [self.origin.as_bytes().as_slice(), &self.incarnation.0.to_be_bytes()].concat()
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let id = LogId { origin: read_key(&mut reader)?, incarnation: Incarnation(reader.u64()?) };
        whole(reader, id)
    }
}

impl RowKey for EntryKey {
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.log().to_bytes();
        bytes.extend_from_slice(&self.seq.to_be_bytes());
        bytes
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let origin = read_key(&mut reader)?;
        let key = EntryKey { origin, incarnation: Incarnation(reader.u64()?), seq: reader.u64()? };
        whole(reader, key)
    }
}

/// A direct message by the other coop (its receiver in the outbox, its sender among those delivered) and id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailKey {
    /// The other coop.
    pub coop: PublicKey,
    /// The message.
    pub id: MessageId,
}

impl RowKey for MailKey {
    fn to_bytes(&self) -> Vec<u8> {
        [self.coop.as_bytes().as_slice(), &self.id.0].concat()
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let key = MailKey { coop: read_key(&mut reader)?, id: MessageId(reader.array()?) };
        whole(reader, key)
    }
}

/// A coop as the key of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CoopKey(pub PublicKey);

impl RowKey for CoopKey {
    fn to_bytes(&self) -> Vec<u8> {
        self.0.as_bytes().to_vec()
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        PublicKey::from_bytes(bytes.try_into().ok()?).ok().map(CoopKey)
    }
}

/// A version of the roster: 0 is the charter alone, each act makes the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub u64);

impl Version {
    /// Returns the version after this one.
    pub fn next(self) -> Version {
        Version(self.0.saturating_add(1))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl RowKey for Version {
    fn to_bytes(&self) -> Vec<u8> {
        self.0.to_be_bytes().to_vec()
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes| Version(u64::from_be_bytes(bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jitney_identity::SecretKey;
    use proptest::prelude::*;

    fn coop(seed: u8) -> PublicKey {
        SecretKey::from_seed([seed; 32]).public()
    }

    proptest! {
        #[test]
        fn the_bytes_of_a_place_sort_as_the_place_does(
            a in (0u8..3, 0u64..3, any::<u64>()), b in (0u8..3, 0u64..3, any::<u64>())
        ) {
            let place = |(c, i, seq)| EntryKey { origin: coop(c), incarnation: Incarnation(i), seq };
            let (a, b) = (place(a), place(b));
            prop_assert_eq!(a.to_bytes().cmp(&b.to_bytes()), a.cmp(&b));
            prop_assert_eq!(EntryKey::from_bytes(&a.to_bytes()), Some(a));
            prop_assert_eq!(LogId::from_bytes(&a.to_bytes()), None);
        }
    }

    #[test]
    fn incarnations_and_message_ids_survive_json() {
        let incarnation = Incarnation(0xfeed);
        let json = serde_json::to_string(&incarnation).unwrap();
        assert_eq!(json, "\"000000000000feed\"");
        assert_eq!(serde_json::from_str::<Incarnation>(&json).unwrap(), incarnation);
        let id = MessageId([7; 16]);
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(serde_json::from_str::<MessageId>(&json).unwrap(), id);
        assert!(serde_json::from_str::<MessageId>("\"07\"").is_err());
    }
}
