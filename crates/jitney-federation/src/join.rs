//! Joining a federation: what an invited coop and its inviter say to each other.
//!
//! The newcomer asks with its own signed record and the invitation's secret, and asks again until the
//! coops have decided. Messages are JSON.

use jitney_identity::PublicKey;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::act::SignedAct;
use crate::charter::SignedCharter;
use crate::ids::{ActId, FederationId};
use crate::invitation::InvitationSecret;
use crate::record::SignedRecord;
use crate::sync::{MAX_RESPONSE_BYTES, MessageError, read};

/// Longest request to join in bytes.
pub const MAX_JOIN_REQUEST_BYTES: usize = 8 * 1024;
/// Time between two requests while the coops decide, in milliseconds.
pub const ASK_AGAIN_MS: i64 = 5_000;
/// Number of requests after which the newcomer asks less and less often.
pub const ASK_OFTEN: u32 = 24;
/// Longest time between two requests, one minute in milliseconds.
pub const ASK_LONGEST_MS: i64 = 60_000;
/// Most acts that the answer to an admitted coop carries; it fetches the others by sync.
pub const MAX_JOIN_ACTS: usize = 32;

/// Asks to be admitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRequest {
    /// The federation.
    pub federation: FederationId,
    /// What proves the invitation.
    pub secret: InvitationSecret,
    /// The newcomer's record, signed for this federation.
    pub record: SignedRecord,
}

/// How far the coops are with deciding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinProgress {
    /// The act that would admit the newcomer, once somebody proposed it.
    pub proposal: Option<ActId>,
    /// Coops that signed it.
    pub signed: u32,
    /// Coops that must sign it.
    pub needed: u32,
}

/// Says why a coop is not admitted, and what its operator does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum JoinRefusal {
    /// The inviter knows no such invitation.
    #[error("the coop that invites knows no such invitation; ask it for a new one")]
    UnknownInvitation,
    /// The invitation was used by another coop.
    #[error("this invitation was used by another coop; ask for one of your own")]
    UsedInvitation,
    /// The invitation is past its time.
    #[error("the invitation is past its time; ask for a new one")]
    ExpiredInvitation,
    /// The inviter belongs to another federation, or to none.
    #[error("the coop that invites belongs to another federation now; ask it for a new invitation")]
    WrongFederation,
    /// The record is not signed by its coop, or its node is not the one that asks.
    #[error(
        "what this node says of its coop is not signed as it must be; check it with `jitney federation node list`"
    )]
    BadRecord,
    /// The inviter's operator declined.
    #[error("the coop that invites has declined; phone it")]
    Declined,
    /// Too many coops wait to be admitted.
    #[error("too many coops wait to be admitted; it will be asked again")]
    Busy,
    /// The request cannot be read.
    #[error("the coop that invites cannot read what this one sends; one of the two must update its program")]
    Malformed,
    /// Something that this program does not know.
    #[error("for a reason that this program does not know; update it")]
    #[serde(other)]
    Unknown,
}

impl JoinRefusal {
    /// Tells whether it is worth asking again.
    pub fn is_passing(self) -> bool {
        matches!(self, Self::Busy | Self::Unknown)
    }
}

/// Answers a [`JoinRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinReply {
    /// The coops have not decided yet.
    Pending {
        /// The charter of the federation, for the newcomer to read.
        charter: SignedCharter,
        /// How far they are.
        progress: JoinProgress,
    },
    /// The newcomer is on the roster.
    Admitted {
        /// The charter.
        charter: SignedCharter,
        /// The first acts of the roster.
        acts: Vec<SignedAct>,
    },
    /// The newcomer is not admitted.
    Refused(JoinRefusal),
}

impl JoinRequest {
    /// Reads a request.
    ///
    /// # Errors
    ///
    /// A [`MessageError`] for bytes that are none or too many.
    pub fn decode(bytes: &[u8]) -> Result<Self, MessageError> {
        read(bytes, MAX_JOIN_REQUEST_BYTES)
    }

    /// Returns the coop that asks and whether that node may ask for it.
    pub fn applicant(&self, asker: &PublicKey) -> Option<PublicKey> {
        let record = self.record.open(self.federation).ok()?;
        record.nodes.iter().any(|node| node.cert.node == *asker).then_some(record.coop)
    }
}

impl JoinReply {
    /// Reads a reply.
    ///
    /// # Errors
    ///
    /// A [`MessageError`] for bytes that are none or too many.
    pub fn decode(bytes: &[u8]) -> Result<Self, MessageError> {
        read(bytes, MAX_RESPONSE_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::write;
    use crate::testing::{charter, key, node, record};

    fn request() -> JoinRequest {
        let federation = SignedCharter::sign(&charter("orchard"), &key("orchard")).unwrap().federation();
        let record = SignedRecord::sign(&record("harbour", 1), federation, &key("harbour")).unwrap();
        JoinRequest { federation, secret: InvitationSecret([1; 16]), record }
    }

    #[test]
    fn a_request_reads_back_and_names_who_asks() {
        let request = request();
        assert_eq!(JoinRequest::decode(&write(&request)), Ok(request.clone()));
        assert_eq!(request.applicant(&node("harbour").public()), Some(key("harbour").public()));
        assert_eq!(request.applicant(&node("mill").public()), None);
    }

    #[test]
    fn a_refusal_of_a_newer_node_is_understood_as_one() {
        let reply = JoinReply::decode(br#"{"refused":"on_tuesdays"}"#);
        assert_eq!(reply, Ok(JoinReply::Refused(JoinRefusal::Unknown)));
    }

    #[test]
    fn an_oversize_request_is_refused() {
        let large = vec![b'{'; MAX_JOIN_REQUEST_BYTES + 1];
        assert!(matches!(JoinRequest::decode(&large), Err(MessageError::Oversize { .. })));
    }
}
