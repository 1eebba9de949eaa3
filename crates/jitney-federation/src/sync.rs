//! Frontier sync: the messages by which one node asks another for what it missed.
//!
//! Both sides say what they have; the answer brings the acts of the roster, renewed records, proofs of
//! equivocation and entries that the asker lacks, as much as fits one page, and says how far each log is
//! thereby covered. To go on, the asker just asks again. Messages are JSON; unknown fields are ignored, so
//! that an older node understands a newer one.

use std::collections::BTreeMap;

use jitney_domain::Timestamp;
use jitney_identity::{Hash, PublicKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::act::SignedAct;
use crate::bytes::Blob;
use crate::frontier::{Frontier, Span};
use crate::ids::{EntryId, FederationId, Incarnation, LogId, Version};
use crate::log::EquivocationProof;
use crate::record::SignedRecord;

/// Oldest version of the sync messages that this program understands.
pub const SYNC_VERSION_MIN: u16 = 1;
/// Newest one.
pub const SYNC_VERSION_MAX: u16 = 1;
/// Longest request in bytes.
pub const MAX_REQUEST_BYTES: usize = 64 * 1024;
/// Longest response in bytes.
pub const MAX_RESPONSE_BYTES: usize = 256 * 1024;
/// Most bytes of acts, records, proofs and entries on one page, before they are encoded: with base64 and
/// the longest hello a page stays under [`MAX_RESPONSE_BYTES`].
pub const MAX_PAGE_BYTES: usize = 104 * 1024;
/// Most acts, records, proofs and entries on one page.
pub const MAX_PAGE_RECORDS: usize = 500;
/// Most logs that a frontier names, so that a request stays under [`MAX_REQUEST_BYTES`].
pub const MAX_FRONTIER_LOGS: usize = 256;
/// Hexadecimal digits of an id by which two nodes compare the ends of a log: 64 bits.
pub const TIP_CHARS: usize = 16;
/// Least bytes that an asker may ask for, so that the longest entry always fits.
pub const MIN_PAGE_BYTES: usize = 16 * 1024;

/// The versions of the sync messages that a node understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// The oldest.
    pub min: u16,
    /// The newest.
    pub max: u16,
}

impl Versions {
    /// The versions of this program.
    pub const OURS: Versions = Versions { min: SYNC_VERSION_MIN, max: SYNC_VERSION_MAX };

    /// Returns the newest version that both understand.
    pub fn common(self, other: Versions) -> Option<u16> {
        let newest = self.max.min(other.max);
        (newest >= self.min && newest >= other.min).then_some(newest)
    }
}

/// A version of the roster and its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterMark {
    /// The version.
    pub version: Version,
    /// Hash of the latest act, or of the charter.
    pub hash: Hash,
}

/// How much of one log a node has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Have {
    /// Whose log.
    pub origin: PublicKey,
    /// Which life of it.
    pub incarnation: Incarnation,
    /// How much.
    #[serde(flatten)]
    pub span: Span,
    /// The first [`TIP_CHARS`] digits of the id of the entry at the head, if it is held: two nodes whose
    /// heads agree and whose tips differ were told different things.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tip: Option<String>,
}

impl Have {
    /// Returns the log.
    pub fn log(&self) -> LogId {
        LogId { origin: self.origin, incarnation: self.incarnation }
    }
}

/// Returns an entry's id as a [`Have`] names it.
pub fn tip(id: &EntryId) -> String {
    id.to_string().chars().take(TIP_CHARS).collect()
}

/// What each side says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The federation.
    pub federation: FederationId,
    /// Understood versions of these messages.
    pub versions: Versions,
    /// The sender's clock.
    pub now: Timestamp,
    /// The sender's roster.
    pub roster: RosterMark,
    /// The revision of each coop's record that the sender has, where it is not the first.
    #[serde(default)]
    pub records: BTreeMap<PublicKey, u64>,
    /// The sender's frontier.
    pub have: Vec<Have>,
    /// Logs against which the sender has a proof of equivocation.
    #[serde(default)]
    pub proofs: Vec<LogId>,
}

impl Hello {
    /// Returns the sender's frontier.
    pub fn frontier(&self) -> Frontier {
        Frontier(self.have.iter().map(|have| (have.log(), have.span)).collect())
    }
}

/// Asks for what the sender lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncRequest {
    /// What the asker says of itself.
    pub hello: Hello,
    /// Most bytes that it wants at once.
    pub limit: u32,
}

/// How far a log is covered by a page: of everything up to there the answerer has sent what it has, and the
/// rest has expired as far as it knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covered {
    /// Whose log.
    pub origin: PublicKey,
    /// Which life of it.
    pub incarnation: Incarnation,
    /// Up to and with this number.
    pub upto: u64,
}

impl Covered {
    /// Returns the log.
    pub fn log(&self) -> LogId {
        LogId { origin: self.origin, incarnation: self.incarnation }
    }
}

/// Brings what the asker lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncPage {
    /// What the answerer says of itself.
    pub hello: Hello,
    /// Acts of the roster, in order.
    #[serde(default)]
    pub acts: Vec<SignedAct>,
    /// Renewed records.
    #[serde(default)]
    pub records: Vec<SignedRecord>,
    /// Proofs of equivocation.
    #[serde(default)]
    pub proofs: Vec<EquivocationProof>,
    /// Entries, in order within each log.
    #[serde(default)]
    pub entries: Vec<Blob>,
    /// How far each log is covered.
    #[serde(default)]
    pub covered: Vec<Covered>,
    /// Whether there is more to ask for.
    #[serde(default)]
    pub more: bool,
}

/// Says why a request is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SyncRefusal {
    /// The asker's node is not on the roster.
    NotOnRoster,
    /// The request is of another federation.
    WrongFederation,
    /// No version of the messages is understood by both.
    Version,
    /// The request cannot be read.
    Malformed,
    /// The asker asks too often.
    Busy,
    /// Something that this program does not know.
    #[serde(other)]
    Unknown,
}

/// Answers a [`SyncRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncReply {
    /// With a page.
    Page(Box<SyncPage>),
    /// Not at all.
    Refused(SyncRefusal),
}

/// Says why a message of another node cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// There are more bytes than such a message may have.
    #[error("the message has {length} bytes, at most {limit} are accepted")]
    Oversize {
        /// Bytes there were.
        length: usize,
        /// Bytes there may be.
        limit: usize,
    },
    /// It is not the JSON of such a message.
    #[error("the message cannot be read: {why}")]
    Malformed {
        /// What the reader stumbled over.
        why: String,
    },
    /// It names more logs or records than any honest node has.
    #[error("the message lists more than any node may have")]
    TooMany,
}

/// Reads a message of at most `limit` bytes.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8], limit: usize) -> Result<T, MessageError> {
    if bytes.len() > limit {
        return Err(MessageError::Oversize { length: bytes.len(), limit });
    }
    serde_json::from_slice(bytes).map_err(|e| MessageError::Malformed { why: e.to_string() })
}

/// Writes a message; ours always have a JSON form, and an empty one would be refused as malformed.
pub(crate) fn write<T: Serialize>(message: &T) -> Vec<u8> {
    serde_json::to_vec(message).unwrap_or_default()
}

impl SyncRequest {
    /// Reads a request.
    ///
    /// # Errors
    ///
    /// A [`MessageError`] for bytes that are none or too many.
    pub fn decode(bytes: &[u8]) -> Result<Self, MessageError> {
        let request: SyncRequest = read(bytes, MAX_REQUEST_BYTES)?;
        request.hello.check()?;
        Ok(request)
    }
}

impl SyncReply {
    /// Reads a reply.
    ///
    /// # Errors
    ///
    /// A [`MessageError`] for bytes that are none or too many.
    pub fn decode(bytes: &[u8]) -> Result<Self, MessageError> {
        let reply: SyncReply = read(bytes, MAX_RESPONSE_BYTES)?;
        if let SyncReply::Page(page) = &reply {
            page.hello.check()?;
            let records = [page.acts.len(), page.records.len(), page.proofs.len(), page.entries.len()];
            if records.iter().any(|count| *count > MAX_PAGE_RECORDS) || page.covered.len() > MAX_FRONTIER_LOGS
            {
                return Err(MessageError::TooMany);
            }
        }
        Ok(reply)
    }
}

impl Hello {
    fn check(&self) -> Result<(), MessageError> {
        let most = [self.have.len(), self.records.len(), self.proofs.len()];
        if most.iter().any(|count| *count > MAX_FRONTIER_LOGS) {
            return Err(MessageError::TooMany);
        }
        Ok(())
    }
}

/// What still fits on a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    bytes: usize,
    records: usize,
    full: bool,
}

impl Room {
    /// Returns the room of an empty page, of the size that the asker wants.
    pub(crate) fn new(limit: u32) -> Self {
        let wanted = usize::try_from(limit).unwrap_or(MAX_PAGE_BYTES);
        Room { bytes: wanted.clamp(MIN_PAGE_BYTES, MAX_PAGE_BYTES), records: MAX_PAGE_RECORDS, full: false }
    }

    /// Takes room for one record; once one did not fit, none does.
    pub(crate) fn take(&mut self, length: usize) -> bool {
        let left = (self.bytes.checked_sub(length), self.records.checked_sub(1));
        match left {
            (Some(bytes), Some(records)) if !self.full => {
                (self.bytes, self.records) = (bytes, records);
                true
            }
            _ => {
                self.full = true;
                false
            }
        }
    }

    /// Tells whether something did not fit.
    pub(crate) fn is_full(&self) -> bool {
        self.full
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{key, now};
    use proptest::prelude::*;

    fn hello() -> Hello {
        let federation = FederationId(Hash::of(b"f"));
        let have = Have {
            origin: key("orchard").public(),
            incarnation: Incarnation(3),
            span: Span { floor: 1, head: 4, top: 6, beyond: 1 },
            tip: None,
        };
        Hello {
            federation,
            versions: Versions::OURS,
            now: now(),
            roster: RosterMark { version: Version(0), hash: federation.0 },
            records: BTreeMap::from([(key("mill").public(), 2)]),
            have: vec![have],
            proofs: Vec::new(),
        }
    }

    #[test]
    fn a_request_reads_back_and_unknown_fields_are_ignored() {
        let request = SyncRequest { hello: hello(), limit: 70_000 };
        let bytes = write(&request);
        assert_eq!(SyncRequest::decode(&bytes), Ok(request.clone()));
        let newer = String::from_utf8(bytes).unwrap().replacen('{', "{\"since\":{\"x\":[1]},", 2);
        assert_eq!(SyncRequest::decode(newer.as_bytes()), Ok(request));
    }

    #[test]
    fn a_refusal_of_a_newer_node_is_understood_as_one() {
        let reply = SyncReply::decode(br#"{"refused":"too_dull"}"#);
        assert_eq!(reply, Ok(SyncReply::Refused(SyncRefusal::Unknown)));
    }

    #[test]
    fn neighbouring_versions_talk_and_distant_ones_do_not() {
        let span = |min, max| Versions { min, max };
        assert_eq!(span(1, 1).common(span(1, 2)), Some(1));
        assert_eq!(span(2, 3).common(span(1, 2)), Some(2));
        assert_eq!(span(1, 1).common(span(2, 3)), None);
    }

    #[test]
    fn oversize_and_overlong_messages_are_refused() {
        let large = vec![b' '; MAX_REQUEST_BYTES + 1];
        assert!(matches!(SyncRequest::decode(&large), Err(MessageError::Oversize { .. })));
        let covered = Covered { origin: key("orchard").public(), incarnation: Incarnation(1), upto: 1 };
        let page = SyncPage {
            hello: hello(),
            acts: Vec::new(),
            records: Vec::new(),
            proofs: Vec::new(),
            entries: Vec::new(),
            covered: vec![covered; MAX_FRONTIER_LOGS + 1],
            more: false,
        };
        let bytes = write(&SyncReply::Page(Box::new(page)));
        assert_eq!(SyncReply::decode(&bytes), Err(MessageError::TooMany));
    }

    #[test]
    fn a_page_takes_what_fits_and_then_nothing_more() {
        let mut room = Room::new(0);
        assert!(room.take(MIN_PAGE_BYTES));
        assert!(!room.take(1));
        assert!(room.is_full() && !room.take(0));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(SyncRequest::decode(&bytes).is_err());
            prop_assert!(SyncReply::decode(&bytes).is_err());
        }
    }
}
