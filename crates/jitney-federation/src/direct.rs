//! The signed direct message from one coop to another.
//!
//! ```text
//! version u8 = 1 | federation [32] | from coop [32] | node [32] | to coop [32] | id [16]
//! | issued_at u64 ms | expires_at u64 ms | body_len u32 | body | signature [64]
//! ```
//!
//! Numbers are big-endian; the signature is the node key's, in the domain `jitney/direct/1`, over all bytes
//! before it. The answer to one is a [`DirectReply`] in JSON.

use jitney_domain::{Minutes, Timestamp};
use jitney_identity::{Domain, Hash, PublicKey, SecretKey, Signature};
use serde::{Deserialize, Serialize};

use crate::bytes::{Reader, millis, moment};
use crate::ids::{FederationId, MessageId};

/// Longest body of a direct message in bytes.
pub const MAX_DIRECT_BODY_BYTES: usize = 48 * 1024;
/// Bytes of a direct message that are not its body: header and signature.
pub const DIRECT_OVERHEAD_BYTES: usize = 229;
/// Longest time a direct message is tried to be delivered, 30 days.
pub const MAX_DIRECT_LIFE: Minutes = Minutes(30 * 24 * 60);
/// Layout of direct messages that this program writes and reads.
pub const DIRECT_VERSION: u8 = 1;

/// Says what is wrong with the bytes of a direct message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DirectError {
    /// There are more bytes than any direct message has.
    #[error("a direct message carries at most {MAX_DIRECT_BODY_BYTES} bytes, this one is {length} long")]
    Oversize {
        /// Bytes there were.
        length: usize,
    },
    /// The bytes end before the message does.
    #[error("the direct message is cut off after {length} bytes")]
    Truncated {
        /// Bytes there were.
        length: usize,
    },
    /// There are bytes after the signature.
    #[error("{extra} bytes follow the signature of the direct message")]
    TrailingBytes {
        /// Bytes too many.
        extra: usize,
    },
    /// The layout is of another version.
    #[error("direct messages of version {version} are not understood; upgrade this node")]
    UnknownVersion {
        /// The version given.
        version: u8,
    },
    /// A key in the header is not an ed25519 public key.
    #[error("the {which} key of the direct message is not an ed25519 public key")]
    BadKey {
        /// Which of the keys: from, node or to.
        which: &'static str,
    },
    /// It expires before it is issued, more than 30 days after, or beyond all time.
    #[error("a direct message is tried for at most 30 days")]
    BadValidity,
    /// The signature is not the node's over these bytes.
    #[error("the direct message is not signed by node {node}")]
    BadSignature {
        /// The node named in the header.
        node: PublicKey,
    },
}

/// A direct message, with the bytes that were signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectMessage {
    /// The federation.
    pub federation: FederationId,
    /// The coop that sends.
    pub from: PublicKey,
    /// The node of that coop that signs.
    pub node: PublicKey,
    /// The coop that is to receive.
    pub to: PublicKey,
    /// Name of the message, chosen by its sender.
    pub id: MessageId,
    /// When it was written, by the sender's clock.
    pub issued_at: Timestamp,
    /// Until when it is to be delivered.
    pub expires_at: Timestamp,
    bytes: Vec<u8>,
}

/// What a direct message is to say, and to whom.
#[derive(Debug, Clone, Copy)]
pub struct DirectDraft<'a> {
    /// The federation.
    pub federation: FederationId,
    /// The coop that sends.
    pub from: PublicKey,
    /// The coop that is to receive.
    pub to: PublicKey,
    /// Name of the message.
    pub id: MessageId,
    /// When it is written.
    pub issued_at: Timestamp,
    /// Until when it is to be delivered.
    pub expires_at: Timestamp,
    /// The body, opaque here.
    pub body: &'a [u8],
}

impl DirectMessage {
    /// Writes and signs a message.
    ///
    /// # Errors
    ///
    /// [`DirectError::Oversize`] for a body over [`MAX_DIRECT_BODY_BYTES`], [`DirectError::BadValidity`] for
    /// moments that nobody would accept.
    pub fn sign(draft: DirectDraft<'_>, node: &SecretKey) -> Result<Self, DirectError> {
        let length = draft.body.len().saturating_add(DIRECT_OVERHEAD_BYTES);
        let oversize = DirectError::Oversize { length };
        if draft.body.len() > MAX_DIRECT_BODY_BYTES {
            return Err(oversize);
        }
        let body_length = u32::try_from(draft.body.len()).map_err(|_| oversize)?;
        let mut bytes = Vec::with_capacity(length);
        bytes.push(DIRECT_VERSION);
        bytes.extend_from_slice(draft.federation.0.as_bytes());
        bytes.extend_from_slice(draft.from.as_bytes());
        bytes.extend_from_slice(node.public().as_bytes());
        bytes.extend_from_slice(draft.to.as_bytes());
        bytes.extend_from_slice(&draft.id.0);
        bytes.extend_from_slice(&millis(draft.issued_at));
        bytes.extend_from_slice(&millis(draft.expires_at));
        bytes.extend_from_slice(&body_length.to_be_bytes());
        bytes.extend_from_slice(draft.body);
        let signature = node.sign(Domain::DIRECT, &bytes);
        bytes.extend_from_slice(signature.as_bytes());
        Self::parse(&bytes)
    }

    /// Reads a message and verifies its signature. Whether its sender may speak, and to whom, is not asked.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, as a [`DirectError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DirectError> {
        let message = Self::parse(bytes)?;
        let refused = DirectError::BadSignature { node: message.node };
        let (signed, signature) = bytes.split_last_chunk::<64>().ok_or(refused.clone())?;
        let signature = Signature::from_bytes(*signature);
        message.node.verify(Domain::DIRECT, signed, &signature).map_err(|_| refused)?;
        Ok(message)
    }

    /// Reads a message without verifying its signature: one of our own.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, DirectError> {
        if bytes.len() > MAX_DIRECT_BODY_BYTES.saturating_add(DIRECT_OVERHEAD_BYTES) {
            return Err(DirectError::Oversize { length: bytes.len() });
        }
        let mut reader = Reader::new(bytes);
        let truncated = DirectError::Truncated { length: bytes.len() };
        match reader.u8() {
            Some(DIRECT_VERSION) => {}
            Some(version) => return Err(DirectError::UnknownVersion { version }),
            None => return Err(truncated),
        }
        let message = Self::parse_header(&mut reader, bytes).ok_or(truncated.clone())??;
        let body_length = reader.u32().and_then(|length| usize::try_from(length).ok());
        let body = body_length.and_then(|length| reader.take(length));
        body.and_then(|_| reader.array::<64>()).ok_or(truncated)?;
        if reader.remaining() > 0 {
            return Err(DirectError::TrailingBytes { extra: reader.remaining() });
        }
        let latest = message.issued_at.after(MAX_DIRECT_LIFE);
        if message.expires_at < message.issued_at || message.expires_at > latest {
            return Err(DirectError::BadValidity);
        }
        Ok(message)
    }

    fn parse_header(reader: &mut Reader<'_>, bytes: &[u8]) -> Option<Result<Self, DirectError>> {
        let federation = FederationId(Hash::from_bytes(reader.array()?));
        let (from, node, to) = (reader.array()?, reader.array()?, reader.array()?);
        let id = MessageId(reader.array()?);
        let (issued_at, expires_at) = (moment(reader.u64()?), moment(reader.u64()?));
        let key =
            |bytes: [u8; 32], which| PublicKey::from_bytes(&bytes).map_err(|_| DirectError::BadKey { which });
        let build = || {
            Ok(DirectMessage {
                federation,
                from: key(from, "from")?,
                node: key(node, "node")?,
                to: key(to, "to")?,
                id,
                issued_at: issued_at.ok_or(DirectError::BadValidity)?,
                expires_at: expires_at.ok_or(DirectError::BadValidity)?,
                bytes: bytes.to_vec(),
            })
        };
        Some(build())
    }

    /// Returns the body.
    pub fn body(&self) -> &[u8] {
        let end = self.bytes.len().saturating_sub(64);
        self.bytes.get(DIRECT_OVERHEAD_BYTES.saturating_sub(64)..end).unwrap_or_default()
    }

    /// Returns the bytes as they travel.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Says why a coop does not take a direct message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DirectRefusal {
    /// It belongs to another federation.
    WrongFederation,
    /// It is meant for another coop.
    NotForUs,
    /// The sender is not on the roster, or not yet by what the receiver knows.
    NotOnRoster,
    /// The node may not speak for the sending coop, or did not sign.
    BadSignature,
    /// It means nothing any more.
    Expired,
    /// It comes from the future; one of the two clocks is wrong.
    TooEarly,
    /// It cannot be read.
    Malformed,
    /// The receiver remembers too many messages of the sender already.
    Busy,
    /// Something that this program does not know.
    #[serde(other)]
    Unknown,
}

impl DirectRefusal {
    /// Tells whether the same message may be welcome later.
    pub fn is_passing(self) -> bool {
        matches!(self, Self::NotOnRoster | Self::TooEarly | Self::Busy | Self::Unknown)
    }
}

/// Answers a direct message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectReply {
    /// It is kept; it need not be sent again.
    Ack(MessageId),
    /// It is not taken.
    Refused(DirectRefusal),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{key, node, now};
    use proptest::prelude::*;

    fn draft(body: &[u8]) -> DirectDraft<'_> {
        DirectDraft {
            federation: FederationId(Hash::of(b"f")),
            from: key("orchard").public(),
            to: key("harbour").public(),
            id: MessageId([7; 16]),
            issued_at: now(),
            expires_at: now().after(Minutes(60)),
            body,
        }
    }

    #[test]
    fn a_message_reads_back_as_it_was_written() {
        let message = DirectMessage::sign(draft(b"claim"), &node("orchard")).unwrap();
        assert_eq!(DirectMessage::decode(message.bytes()), Ok(message.clone()));
        assert_eq!(message.body(), b"claim");
        assert_eq!(message.bytes().len(), DIRECT_OVERHEAD_BYTES + 5);
    }

    #[test]
    fn a_message_cut_off_anywhere_is_refused() {
        let message = DirectMessage::sign(draft(b"claim"), &node("orchard")).unwrap();
        for length in 0..message.bytes().len() {
            let refused = DirectMessage::decode(&message.bytes()[..length]);
            assert_eq!(refused, Err(DirectError::Truncated { length }));
        }
    }

    #[test]
    fn oversize_and_trailing_bytes_are_refused() {
        let body = vec![0; MAX_DIRECT_BODY_BYTES + 1];
        let refused = DirectMessage::sign(draft(&body), &node("orchard"));
        assert!(matches!(refused, Err(DirectError::Oversize { .. })));
        let largest = DirectMessage::sign(draft(&body[1..]), &node("orchard")).unwrap();
        let mut longer = largest.bytes().to_vec();
        longer.push(0);
        assert!(matches!(DirectMessage::decode(&longer), Err(DirectError::Oversize { .. })));
        let small = DirectMessage::sign(draft(b""), &node("orchard")).unwrap();
        let longer = [small.bytes(), b"x"].concat();
        assert_eq!(DirectMessage::decode(&longer), Err(DirectError::TrailingBytes { extra: 1 }));
    }

    #[test]
    fn a_message_is_tried_for_thirty_days_at_most() {
        let expires_at = Timestamp(now().after(MAX_DIRECT_LIFE).0 + 1);
        let refused = DirectMessage::sign(DirectDraft { expires_at, ..draft(b"") }, &node("orchard"));
        assert_eq!(refused, Err(DirectError::BadValidity));
    }

    #[test]
    fn replies_have_a_short_stable_form() {
        let ack = serde_json::to_string(&DirectReply::Ack(MessageId([1; 16]))).unwrap();
        assert_eq!(ack, r#"{"ack":"01010101010101010101010101010101"}"#);
        let refused = serde_json::to_string(&DirectReply::Refused(DirectRefusal::NotForUs)).unwrap();
        assert_eq!(refused, r#"{"refused":"not_for_us"}"#);
        let newer: DirectReply = serde_json::from_str(r#"{"refused":"closed_today"}"#).unwrap();
        assert_eq!(newer, DirectReply::Refused(DirectRefusal::Unknown));
    }

    proptest! {
        #[test]
        fn any_changed_bit_is_noticed(at in 0usize..10_000, bit in 0u8..8) {
            let message = DirectMessage::sign(draft(b"claim"), &node("orchard")).unwrap();
            let mut bytes = message.bytes().to_vec();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            prop_assert!(DirectMessage::decode(&bytes).is_err());
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let mut framed = bytes;
            if let Some(first) = framed.first_mut() { *first = 1; }
            prop_assert!(DirectMessage::decode(&framed).is_err());
        }
    }
}
