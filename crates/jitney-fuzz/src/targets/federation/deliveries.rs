//! What others bring: gossip, questions and answers, good, bent or plainly false.

use std::collections::BTreeMap;

use jitney_domain::{Minutes, Timestamp};
use jitney_federation::direct::DirectDraft;
use jitney_federation::join::JoinRequest;
use jitney_federation::sync::{
    Covered, Have, Hello, RosterMark, SyncPage, SyncReply, SyncRequest, Versions, tip,
};
use jitney_federation::{
    Blob, Change, Channel, CoopRecord, DirectMessage, Entry, EntryHeader, EquivocationProof, Incarnation,
    Input, InvitationSecret, Kind, LogId, MessageId, SignedRecord, Span, Version,
};
use jitney_identity::Hash;

use super::LIAR;
use super::site::{Pen, Site};
use crate::bytes::Bytes;
use crate::fixed;

const KINDS: [Kind; 8] = [
    Kind::TICKET_OPENED,
    Kind::TICKET_CLOSED,
    Kind::MANIFEST,
    Kind::ROSTER_PROPOSED,
    Kind::ROSTER_ENDORSED,
    Kind::RECORD_RENEWED,
    Kind::STATISTICS,
    Kind(0xbeef),
];

/// Lives of entries, in minutes.
const LIVES: [u32; 5] = [1, 90, 1440, 10_080, 43_200];

fn body(site: &mut Site, kind: Kind, number: u8, bytes: &mut Bytes<'_>) -> Vec<u8> {
    if bytes.one_in(4) {
        return bytes.slice(250).to_vec();
    }
    let text = match kind {
        Kind::MANIFEST => {
            let pen = site.pens.get(&number).cloned().unwrap_or_else(|| Pen::new(0));
            let log = LogId { origin: fixed::coop(number).public(), incarnation: pen.incarnation };
            let mut census =
                serde_json::to_value(site.machine.log().census(&log, pen.seq, site.now)).unwrap();
            if bytes.byte() & 1 == 1 {
                census["count"] = bytes.byte().into();
            }
            census.to_string()
        }
        Kind::RECORD_RENEWED => serde_json::to_string(&renewal(number, bytes)).unwrap(),
        Kind::ROSTER_PROPOSED | Kind::ROSTER_ENDORSED => {
            let Some(roster) = site.machine.roster() else { return Vec::new() };
            let about = fixed::coop(1 + bytes.byte() % fixed::COOPS).public();
            let act = fixed::act(roster, Change::Expel(about), [number]);
            let signature = act.signatures.values().next().copied();
            match kind {
                Kind::ROSTER_PROPOSED => serde_json::json!({ "act": act.act, "signature": signature }),
                _ => serde_json::json!({ "act": act.id(), "signature": signature }),
            }
            .to_string()
        }
        _ => format!("{{\"n\":{}}}", bytes.byte()),
    };
    text.into_bytes()
}

fn renewal(number: u8, bytes: &mut Bytes<'_>) -> SignedRecord {
    let mut record = CoopRecord { revision: u64::from(bytes.byte()), ..fixed::record(number, 1) };
    if number == LIAR && bytes.one_in(3) {
        record.nodes = fixed::record(number, 1).nodes.into_iter().cycle().take(3).collect();
    }
    SignedRecord::sign(&record, fixed::federation(), &fixed::coop(number)).expect("a good record")
}

/// An entry of the liar with any header that it can sign.
fn lie(site: &mut Site, bytes: &mut Bytes<'_>) -> Option<Entry> {
    let kind = *bytes.of(&KINDS);
    let body = body(site, kind, LIAR, bytes);
    let signer = *bytes.of(&[LIAR, LIAR, LIAR, fixed::OUTSIDER]);
    let prev = match bytes.byte() % 3 {
        0 => Hash::ZERO,
        1 => site.pens.get(&LIAR).map_or(Hash::ZERO, |pen| pen.prev),
        _ => Hash::of(bytes.slice(8)),
    };
    let seq = match bytes.byte() {
        pick @ 0..=200 => u64::from(pick % 12),
        _ => bytes.long(),
    };
    let shift = *bytes.of(&[0, -1, 5, 11, 600, -600, -50_000]) * 60_000;
    let issued_at = Timestamp(site.now.0.saturating_add(shift));
    let header = EntryHeader {
        kind,
        federation: if bytes.one_in(16) {
            jitney_federation::FederationId(Hash::ZERO)
        } else {
            fixed::federation()
        },
        // Whom it pretends to be: itself, an honest coop, or us.
        origin: fixed::coop(*bytes.of(&[LIAR, LIAR, LIAR, 2, 1])).public(),
        node: fixed::node(signer).public(),
        incarnation: Incarnation(u64::from(bytes.byte() % 24)),
        seq,
        prev,
        issued_at,
        expires_at: issued_at.after(Minutes(*bytes.of(&LIVES))),
    };
    Entry::sign(header, &body, &fixed::node(signer)).ok()
}

/// Something like an entry: new and honest, old and honest, a lie, or bent bytes.
fn entry(site: &mut Site, bytes: &mut Bytes<'_>) -> Vec<u8> {
    match bytes.byte() % 8 {
        0..=2 => {
            let number = *bytes.of(&[2, 3]);
            let kind = *bytes.of(&KINDS);
            let body = body(site, kind, number, bytes);
            let life = Minutes(*bytes.of(&LIVES));
            if bytes.one_in(16) {
                let incarnation = u64::from(number) * 1000 + u64::from(bytes.byte());
                let new = !site.written.iter().any(|entry| entry.header().incarnation.0 == incarnation);
                if new {
                    site.pens.insert(number, Pen::new(incarnation));
                }
            }
            site.write(number, kind, &body, life).bytes().to_vec()
        }
        3 | 4 => bytes.any(site.written.iter()).map(|entry| entry.bytes().to_vec()).unwrap_or_default(),
        5 | 6 => {
            let lie = lie(site, bytes);
            site.written.extend(lie.clone());
            lie.map(|entry| entry.bytes().to_vec()).unwrap_or_default()
        }
        _ => {
            let mut bent =
                bytes.any(site.written.iter()).map(|entry| entry.bytes().to_vec()).unwrap_or_default();
            let at = usize::from(bytes.short());
            match bent.get_mut(at) {
                Some(byte) => *byte ^= bytes.byte(),
                None => bent.extend(bytes.slice(64)),
            }
            bent
        }
    }
}

/// A message by gossip.
pub(super) fn gossip(site: &mut Site, bytes: &mut Bytes<'_>) {
    let (from, token, bytes) = (site.some_node(bytes), site.next_token(), entry(site, bytes));
    site.handle(Input::Gossip { from, token, bytes });
}

fn some_log(site: &Site, bytes: &mut Bytes<'_>) -> LogId {
    let known = site.machine.log().heads.iter().map(|(log, _)| *log).collect::<Vec<_>>();
    match bytes.any(known.into_iter()) {
        Some(log) if !bytes.one_in(4) => log,
        _ => LogId {
            origin: fixed::coop(*bytes.of(&[1, 2, 3, LIAR, fixed::OUTSIDER])).public(),
            incarnation: Incarnation(u64::from(bytes.byte() % 24)),
        },
    }
}

fn some_number(bytes: &mut Bytes<'_>) -> u64 {
    match bytes.byte() {
        small @ 0..=240 => u64::from(small % 16),
        241..=250 => u64::MAX,
        _ => bytes.long(),
    }
}

fn hello(site: &Site, bytes: &mut Bytes<'_>) -> Hello {
    let mark =
        site.machine.roster().map(|roster| RosterMark { version: roster.version(), hash: roster.hash() });
    let mut roster = mark.unwrap_or(RosterMark { version: Version(0), hash: Hash::ZERO });
    if bytes.one_in(4) {
        roster = RosterMark { version: Version(u64::from(bytes.byte() % 6)), hash: Hash::of(bytes.slice(4)) };
    }
    let logs = bytes.byte() % 5;
    let have = (0..logs).map(|_| {
        let log = some_log(site, bytes);
        let (floor, head) = (some_number(bytes), some_number(bytes));
        let span = Span { floor, head, top: some_number(bytes), beyond: some_number(bytes) };
        let end = bytes.any(site.written.iter()).filter(|_| bytes.one_in(2));
        Have {
            origin: log.origin,
            incarnation: log.incarnation,
            span,
            tip: end.map(|entry| tip(&entry.id())),
        }
    });
    let have = have.collect();
    let records =
        (0..bytes.byte() % 3).map(|_| (fixed::coop(1 + bytes.byte() % 5).public(), some_number(bytes)));
    let records: BTreeMap<_, _> = records.collect();
    let proofs = (0..bytes.byte() % 3).map(|_| some_log(site, bytes)).collect();
    let versions = if bytes.one_in(32) { Versions { min: 2, max: 3 } } else { Versions::OURS };
    let skew = *bytes.of(&[0, 0, 0, 1_000, -400_000, 900_000, i64::MAX]);
    let now = Timestamp(site.now.0.saturating_add(skew));
    Hello { federation: fixed::federation(), versions, now, roster, records, have, proofs }
}

/// A sync request of some node.
pub(super) fn sync_request(site: &mut Site, bytes: &mut Bytes<'_>) {
    let (from, token) = (site.some_node(bytes), site.next_token());
    let request = SyncRequest { hello: hello(site, bytes), limit: u32::from(bytes.short()) * 4 };
    let mut message = serde_json::to_vec(&request).unwrap();
    bend(&mut message, bytes);
    site.handle(Input::Request { from, channel: Channel::Sync, token, bytes: message });
}

/// Changes one byte of a message, now and then.
fn bend(message: &mut [u8], bytes: &mut Bytes<'_>) {
    if bytes.one_in(8) {
        let at = usize::from(bytes.short());
        if let Some(byte) = message.get_mut(at) {
            *byte = bytes.byte();
        }
    }
}

/// A direct message of some coop.
pub(super) fn letter(site: &mut Site, bytes: &mut Bytes<'_>) {
    let (from, token) = (site.some_node(bytes), site.next_token());
    let sender = *bytes.of(&[2, 3, LIAR, fixed::OUTSIDER]);
    let issued_at = Timestamp(site.now.0.saturating_add(*bytes.of(&[0, -60_000, 700_000, -900_000_000])));
    let draft = DirectDraft {
        federation: fixed::federation(),
        from: fixed::coop(sender).public(),
        to: fixed::coop(*bytes.of(&[1, 1, 1, 2])).public(),
        id: MessageId([bytes.byte() % 8; 16]),
        issued_at,
        expires_at: issued_at.after(Minutes(*bytes.of(&LIVES))),
        body: bytes.slice(250),
    };
    let Ok(message) = DirectMessage::sign(draft, &fixed::node(sender)) else { return };
    let mut message = message.bytes().to_vec();
    bend(&mut message, bytes);
    site.handle(Input::Request { from, channel: Channel::Book, token, bytes: message });
}

/// A request to join of the outsider, or of a coop that belongs already.
pub(super) fn join(site: &mut Site, bytes: &mut Bytes<'_>) {
    let number = *bytes.of(&[fixed::OUTSIDER, fixed::OUTSIDER, 2]);
    let token = site.next_token();
    let secret = bytes.any(site.links.iter()).map_or(InvitationSecret([3; 16]), |link| link.secret);
    let record =
        SignedRecord::sign(&fixed::record(number, 1), fixed::federation(), &fixed::coop(number)).unwrap();
    let request = JoinRequest { federation: fixed::federation(), secret, record };
    let mut message = serde_json::to_vec(&request).unwrap();
    bend(&mut message, bytes);
    let from = fixed::node(number).public();
    site.handle(Input::Request { from, channel: Channel::Join, token, bytes: message });
}

fn page(site: &mut Site, bytes: &mut Bytes<'_>) -> SyncPage {
    let mut entries: Vec<Blob> = (0..bytes.byte() % 8).map(|_| Blob(entry(site, bytes))).collect();
    if bytes.one_in(2) {
        // All that was written, in order: what an honest node would send.
        entries.extend(site.written.iter().take(40).map(|entry| Blob(entry.bytes().to_vec())));
    }
    let acts = fixed::world().acts.iter().filter(|_| bytes.one_in(3)).cloned().collect::<Vec<_>>();
    let mut acts = acts;
    if let (Some(roster), true) = (site.machine.roster(), bytes.one_in(3)) {
        let about = fixed::coop(1 + bytes.byte() % fixed::COOPS).public();
        let signers: &[u8] = match bytes.byte() % 3 {
            0 => &[LIAR],
            1 => &[2, 3],
            _ => &[2, 3, LIAR],
        };
        acts.push(fixed::act(roster, Change::Expel(about), signers.iter().copied()));
    }
    let records = (0..bytes.byte() % 3).map(|_| renewal(*bytes.of(&[2, 3, LIAR]), bytes)).collect();
    let proofs = (0..bytes.byte() % 3).filter_map(|_| {
        let mut some = || bytes.any(site.written.iter()).map(|entry| Blob(entry.bytes().to_vec()));
        Some(EquivocationProof { first: some()?, second: some()? })
    });
    let proofs = proofs.collect();
    let covered = (0..bytes.byte() % 5).map(|_| {
        let log = some_log(site, bytes);
        Covered { origin: log.origin, incarnation: log.incarnation, upto: some_number(bytes) }
    });
    let covered = covered.collect();
    SyncPage {
        hello: hello(site, bytes),
        acts,
        records,
        proofs,
        entries,
        covered,
        more: bytes.byte() & 1 == 1,
    }
}

/// An answer to one of our questions, or that none comes.
pub(super) fn answer(site: &mut Site, bytes: &mut Bytes<'_>) {
    let Some((id, _, channel, question)) = bytes.any(site.asked.iter().cloned()) else { return };
    site.asked.retain(|(other, ..)| *other != id);
    let how = bytes.byte() % 8;
    let mut answer = match (how, channel) {
        (0, _) => return site.handle(Input::RequestFailed { id }),
        (1, _) => bytes.slice(250).to_vec(),
        (2, _) => br#"{"refused":"busy"}"#.to_vec(),
        (_, Channel::Sync) => serde_json::to_vec(&SyncReply::Page(Box::new(page(site, bytes)))).unwrap(),
        (_, Channel::Book) => {
            let id = DirectMessage::decode(&question).map_or(MessageId([0; 16]), |letter| letter.id);
            serde_json::json!({ "ack": id }).to_string().into_bytes()
        }
        (_, Channel::Join) => Vec::new(),
    };
    bend(&mut answer, bytes);
    site.handle(Input::Response { id, bytes: answer });
}
