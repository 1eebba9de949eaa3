//! What travels between coops.

use std::str::FromStr;

use jitney_domain::booking::{
    BookingMessage, CapacityBody, CapacityWithdrawn, Card, TicketBody, TicketClosed,
};
use jitney_domain::member::CredentialRevoked;
use jitney_domain::{Cell, ClaimId, Outcome, TicketId, Timestamp};
use jitney_federation::log::Census;
use jitney_federation::sync::{MAX_RESPONSE_BYTES, SyncReply, SyncRequest};
use jitney_federation::{
    CoopRecord, DirectMessage, DirectReply, Entry, EntryHeader, EquivocationProof, InvitationLink, RosterAct,
    SignedAct, SignedCharter, SignedRecord, join,
};
use jitney_identity::{Fingerprint, Hash, PublicKey, Signature};
use jitney_node::core::recognition_word;
use jitney_node::person::RiderDetails;

use super::reads_back;
use crate::fixed;

/// Writes a header by the table in the protocol, independently of the code that reads it.
fn layout(header: &EntryHeader, body: &[u8], signature: &[u8]) -> Vec<u8> {
    let mut bytes = vec![1];
    bytes.extend(header.kind.0.to_be_bytes());
    bytes.extend(header.federation.0.as_bytes());
    bytes.extend(header.origin.as_bytes());
    bytes.extend(header.node.as_bytes());
    bytes.extend(header.incarnation.0.to_be_bytes());
    bytes.extend(header.seq.to_be_bytes());
    bytes.extend(header.prev.as_bytes());
    bytes.extend(header.issued_at.0.to_be_bytes());
    bytes.extend(header.expires_at.0.to_be_bytes());
    bytes.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
    bytes.extend(body);
    bytes.extend(signature);
    bytes
}

/// An entry: what is accepted is exactly what the layout writes.
pub(super) fn entry(bytes: &[u8]) {
    let Ok(entry) = Entry::parse(bytes) else { return };
    assert!(bytes.len() <= 4096);
    let (_, signature) = bytes.split_last_chunk::<64>().unwrap();
    assert_eq!(layout(entry.header(), entry.body(), signature), bytes, "an entry has one layout");
    assert_eq!(entry.id().0, Hash::of(bytes));
    let federation = entry.header().federation;
    let verified = entry.verify().is_ok();
    assert_eq!(Entry::decode(bytes, federation).is_ok(), verified);
    let header = entry.header();
    assert!(header.seq > 0 && header.issued_at <= header.expires_at);
}

/// A direct message: what is accepted is exactly what the layout writes.
pub(super) fn direct(bytes: &[u8]) {
    if let Ok(reply) = serde_json::from_slice::<DirectReply>(bytes) {
        reads_back(&reply);
    }
    let Ok(message) = DirectMessage::decode(bytes) else { return };
    let mut written = vec![1];
    written.extend(message.federation.0.as_bytes());
    for key in [message.from, message.node, message.to] {
        written.extend(key.as_bytes());
    }
    written.extend(message.id.0);
    written.extend(message.issued_at.0.to_be_bytes());
    written.extend(message.expires_at.0.to_be_bytes());
    written.extend(u32::try_from(message.body().len()).unwrap().to_be_bytes());
    written.extend(message.body());
    assert_eq!(bytes.strip_prefix(written.as_slice()).map(<[u8]>::len), Some(64));
    assert_eq!(message.bytes(), bytes);
}

/// A charter: what opens keeps its bounds.
pub(super) fn charter(bytes: &[u8]) {
    let Ok(signed) = serde_json::from_slice::<SignedCharter>(bytes) else { return };
    reads_back(&signed);
    if let Ok(charter) = signed.open() {
        assert!(charter.name.len() <= 120 && !charter.name.trim().is_empty());
        reads_back(&charter);
    }
}

/// A record, signed and bare.
pub(super) fn record(bytes: &[u8]) {
    if let Ok(record) = serde_json::from_slice::<CoopRecord>(bytes) {
        reads_back(&record);
        if record.check().is_ok() {
            assert!((1..=8).contains(&record.nodes.len()));
        }
    }
    let Ok(signed) = serde_json::from_slice::<SignedRecord>(bytes) else { return };
    reads_back(&signed);
    if let Ok(record) = signed.open(fixed::federation()) {
        assert!(record.check().is_ok());
    }
    let _ = signed.read();
}

/// An act with its signatures, put to a roster; and an act's own bytes.
pub(super) fn act(bytes: &[u8]) {
    let _ = RosterAct::decode(bytes, fixed::federation());
    let Ok(signed) = serde_json::from_slice::<SignedAct>(bytes) else { return };
    reads_back(&signed);
    let mut roster = fixed::roster();
    let before = roster.clone();
    let majority = roster.majority();
    match roster.apply(&signed) {
        Ok(_) => assert!(roster.version() == before.version().next() && signed.signatures.len() >= majority),
        Err(_) => assert_eq!(roster, before, "what is refused changes nothing"),
    }
}

/// A proof of equivocation.
pub(super) fn proof(bytes: &[u8]) {
    let Ok(proof) = serde_json::from_slice::<EquivocationProof>(bytes) else { return };
    reads_back(&proof);
    if let Ok(Some((first, second))) = proof.open(fixed::federation()) {
        assert!(first.header().log() == second.header().log() && first.id() != second.id());
    }
}

/// A sync request.
pub(super) fn sync_request(bytes: &[u8]) {
    let Ok(request) = SyncRequest::decode(bytes) else { return };
    reads_back(&request);
    let frontier = request.hello.frontier();
    assert!(frontier.0.len() <= request.hello.have.len());
    let _ = jitney_federation::diff(&frontier, &frontier);
}

/// An answer to a sync request.
pub(super) fn sync_page(bytes: &[u8]) {
    assert!(bytes.len() <= MAX_RESPONSE_BYTES);
    let Ok(reply) = SyncReply::decode(bytes) else { return };
    reads_back(&reply);
}

/// A request to join.
pub(super) fn join_request(bytes: &[u8]) {
    let Ok(request) = join::JoinRequest::decode(bytes) else { return };
    reads_back(&request);
    let _ = request.applicant(&fixed::node(9).public());
}

/// An answer to one.
pub(super) fn join_reply(bytes: &[u8]) {
    let Ok(reply) = join::JoinReply::decode(bytes) else { return };
    reads_back(&reply);
}

/// A link: what is read is written to a link that reads the same.
pub(super) fn link(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(link) = InvitationLink::from_str(&text) else { return };
    assert_eq!(InvitationLink::from_str(&link.to_string()), Ok(link.clone()));
    let _ = link.check(Timestamp(1_700_000_000_000));
}

/// What coops say about a ticket.
pub(super) fn booking(bytes: &[u8]) {
    if let Ok(message) = serde_json::from_slice::<BookingMessage>(bytes) {
        reads_back(&message);
        let _ = message.claim().map(recognition_word);
    }
    if let Ok(body) = serde_json::from_slice::<TicketBody>(bytes) {
        reads_back(&body);
        let window = body.pick_up.window();
        assert!(window.from <= window.to);
        let _ = body.requirement();
    }
    if let Ok(body) = serde_json::from_slice::<CapacityBody>(bytes) {
        reads_back(&body);
        let (leaves, arrives) = (body.leaves.window(), body.arrives.window());
        assert!(leaves.from <= leaves.to && arrives.from <= arrives.to);
    }
    ends(bytes);
    if let Ok(card) = serde_json::from_slice::<Card>(bytes) {
        reads_back(&card);
    }
    if let Ok(details) = serde_json::from_slice::<RiderDetails>(bytes) {
        reads_back(&details);
    }
}

/// That a ticket, spare places or a credential are no more, and how many entries live.
fn ends(bytes: &[u8]) {
    if let Ok(closed) = serde_json::from_slice::<TicketClosed>(bytes) {
        reads_back(&closed);
    }
    if let Ok(gone) = serde_json::from_slice::<CapacityWithdrawn>(bytes) {
        reads_back(&gone);
    }
    if let Ok(revoked) = serde_json::from_slice::<CredentialRevoked>(bytes) {
        reads_back(&revoked);
    }
    if let Ok(census) = serde_json::from_slice::<Census>(bytes) {
        reads_back(&census);
    }
}

/// Everything that people and JSON write as one word.
pub(super) fn names(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(key) = PublicKey::from_str(&text) {
        assert_eq!(key.to_string(), text, "a key has one spelling");
    }
    if let Ok(hash) = Hash::from_str(&text) {
        assert_eq!(hash.to_string(), text, "a hash has one spelling");
    }
    if let Ok(words) = Fingerprint::from_str(&text) {
        assert_eq!(Fingerprint::from_str(&words.to_string()).ok(), Some(words));
    }
    if let Ok(signature) = Signature::from_str(&text) {
        assert_eq!(signature.to_string(), text, "a signature has one spelling");
    }
    if let Ok(cell) = Cell::from_str(&text) {
        assert_eq!(Cell::from_str(&cell.to_string()).ok(), Some(cell));
    }
    if let Ok(outcome) = Outcome::from_str(&text) {
        assert_eq!(outcome.to_string(), text);
    }
    if let Ok(claim) = ClaimId::from_str(&text) {
        assert_eq!(ClaimId::from_str(&claim.to_string()).ok(), Some(claim));
    }
    if let Ok(ticket) = TicketId::from_str(&text) {
        assert_eq!(TicketId::from_str(&ticket.to_string()).ok(), Some(ticket));
    }
    if let Ok((address, key)) = jitney_net::parse_address(&text) {
        assert_eq!(jitney_net::parse_address(&address).ok(), Some((address, key)));
    }
    if let Ok(key) = <[u8; 32]>::try_from(bytes)
        && let Ok(key) = PublicKey::from_bytes(&key)
    {
        assert_eq!(PublicKey::from_str(&key.to_string()), Ok(key));
    }
}
