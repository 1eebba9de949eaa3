//! Makes the seeds: one good example of every form, and a few that are nearly good.
//!
//! They lie in `seeds/`, a folder a target; a test compares. Whatever made a target fail is added there under a
//! name that says what went wrong, and stays.

mod map;

use std::collections::BTreeMap;

use data_encoding::BASE64;
use jiff::civil::date;
use jitney_domain::booking::{
    BookingMessage, CapacityBody, Card, Disagreement, Progress, RefusalReason, TicketBody,
};
use jitney_domain::{
    CapacityId, ClaimId, LiftNumber, MemberId, Metres, Minutes, Outcome, ReportId, Statement, Step,
};
use jitney_domain::{TicketId, Timestamp, VettingItem};
use jitney_federation::direct::DirectDraft;
use jitney_federation::join::{JoinProgress, JoinReply, JoinRequest};
use jitney_federation::sync::{
    Covered, Have, Hello, RosterMark, SyncPage, SyncReply, SyncRequest, Versions, tip,
};
use jitney_federation::{
    Blob, Change, DirectMessage, DirectReply, Entry, EntryHeader, EquivocationProof, Incarnation,
    InvitationKind, InvitationLink, InvitationSecret, JoinRefusal, Kind, LogId, MessageId, SignedRecord,
    Span,
};
use jitney_identity::credential::delegation::{DelegatedScope, DelegationClaims};
use jitney_identity::credential::{self, CredentialRole, MembershipClaims, VettingClaim};
use jitney_identity::{Domain, Hash, KdfParams, keyfile, sealed};
use jitney_node::api::{Call, Enrol, Report, Request, SignedReport, TripFilter};
use jitney_node::config::Config;
use jitney_node::core::{CARD_INFO, DETAILS_INFO};
use jitney_node::person::Profile;
use jitney_store::{Batch, RowChange, TableTag, foreign};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use serde::Serialize;

pub(crate) use map::{extract, roads};

use crate::{Seed, fixed};

fn named(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Seed {
    (name.into(), bytes.into())
}

fn json(name: &str, value: &impl Serialize) -> Seed {
    named(name, serde_json::to_vec(value).unwrap())
}

/// The ticket of the examples.
fn ticket() -> TicketBody {
    let text = r#"{"ticket":"11111111111111111111111111111111","from":"871fb4670ffffff","to":"871fb4662ffffff",
        "pick_up":{"from":1700000100000,"to":1700001900000},"drop_off":{"from":1700001000000,"to":1700004600000},
        "max_ride":40,"load":{"seats":1,"wheelchairs":0},"ramp":false,"stow":true,"service_animal":false,
        "assistance":"door-to-door","never_leave_alone":false,"dwell_pick_up":5,"dwell_drop_off":5}"#;
    serde_json::from_str(text).unwrap()
}

/// Spare places on the same way.
fn capacity() -> CapacityBody {
    let ticket = ticket();
    CapacityBody {
        capacity: CapacityId::from_bytes([0xca; 16]),
        from: ticket.from,
        to: ticket.to,
        leaves: ticket.pick_up,
        arrives: ticket.drop_off,
        spare: ticket.load,
        ramp: false,
        service_animals: true,
        assistance: ticket.assistance,
    }
}

fn log() -> LogId {
    LogId { origin: fixed::coop(2).public(), incarnation: Incarnation(2) }
}

/// Entries 1, 2, … of coop 2, each after the one before.
fn chain() -> Vec<Entry> {
    let ticket = serde_json::to_vec(&ticket()).unwrap();
    let closed = br#"{"ticket":"11111111111111111111111111111111"}"#.to_vec();
    let census = format!(r#"{{"head":2,"count":2,"hash":"{}"}}"#, Hash::of(b"ids")).into_bytes();
    let bodies = [
        (Kind::TICKET_OPENED, ticket),
        (Kind::TICKET_CLOSED, closed),
        (Kind::MANIFEST, census),
        (Kind(0xbeef), b"{}".to_vec()),
        (Kind::STATISTICS, vec![b' '; jitney_federation::entry::MAX_ENTRY_BODY_BYTES]),
    ];
    let mut prev = Hash::ZERO;
    let write = |(seq, (kind, body)): (u64, (Kind, Vec<u8>))| {
        let entry = sign(kind, seq, prev, &body);
        prev = entry.id().0;
        entry
    };
    (1..).zip(bodies).map(write).collect()
}

fn sign(kind: Kind, seq: u64, prev: Hash, body: &[u8]) -> Entry {
    let header = EntryHeader {
        kind,
        federation: fixed::federation(),
        origin: log().origin,
        node: fixed::node(2).public(),
        incarnation: log().incarnation,
        seq,
        prev,
        issued_at: fixed::NOW,
        expires_at: fixed::NOW.after(Minutes(120)),
    };
    Entry::sign(header, body, &fixed::node(2)).unwrap()
}

pub(crate) fn entry() -> Vec<Seed> {
    chain().iter().map(|entry| named(format!("kind-{}", entry.header().kind.0), entry.bytes())).collect()
}

pub(crate) fn direct() -> Vec<Seed> {
    let body = booking().remove(0).1;
    let draft = DirectDraft {
        federation: fixed::federation(),
        from: fixed::coop(2).public(),
        to: fixed::coop(1).public(),
        id: MessageId([7; 16]),
        issued_at: fixed::NOW,
        expires_at: fixed::NOW.after(Minutes(600)),
        body: &body,
    };
    let letter = DirectMessage::sign(draft, &fixed::node(2)).unwrap();
    let empty = DirectMessage::sign(DirectDraft { body: b"", ..draft }, &fixed::node(2)).unwrap();
    vec![
        named("letter", letter.bytes()),
        named("empty", empty.bytes()),
        json("ack", &DirectReply::Ack(MessageId([7; 16]))),
        named("refused", br#"{"refused":"too_early"}"#.as_slice()),
    ]
}

pub(crate) fn charter() -> Vec<Seed> {
    vec![json("charter", &fixed::world().charter)]
}

pub(crate) fn record() -> Vec<Seed> {
    let signed = SignedRecord::sign(&fixed::record(2, 7), fixed::federation(), &fixed::coop(2)).unwrap();
    vec![json("bare", &fixed::record(2, 1)), json("signed", &signed)]
}

pub(crate) fn act() -> Vec<Seed> {
    let roster = fixed::roster();
    let newcomer = SignedRecord::sign(&fixed::record(9, 1), roster.federation(), &fixed::coop(9)).unwrap();
    let expel = fixed::act(&roster, Change::Expel(fixed::coop(4).public()), [1, 2, 3]);
    vec![
        json("admit", &fixed::act(&roster, Change::Admit(newcomer), [1, 2, 3])),
        json("expel", &expel),
        json("too-few", &fixed::act(&roster, Change::Expel(fixed::coop(4).public()), [1, 2])),
        named("bare", expel.act.0),
    ]
}

pub(crate) fn proof() -> Vec<Seed> {
    let blob = |entry: &Entry| Blob(entry.bytes().to_vec());
    let (one, other) = (sign(Kind(1), 1, Hash::ZERO, b"{}"), sign(Kind(1), 1, Hash::ZERO, b"[]"));
    let after = sign(Kind(1), 2, Hash::of(b"another"), b"{}");
    vec![
        json("same-number", &EquivocationProof { first: blob(&one), second: blob(&other) }),
        json("other-predecessor", &EquivocationProof { first: blob(&one), second: blob(&after) }),
        json("no-contradiction", &EquivocationProof { first: blob(&one), second: blob(&one) }),
    ]
}

fn hello() -> Hello {
    let roster = fixed::roster();
    let span = Span { floor: 1, head: 3, top: 5, beyond: 0 };
    let end = tip(&chain()[2].id());
    Hello {
        federation: roster.federation(),
        versions: Versions::OURS,
        now: fixed::NOW,
        roster: RosterMark { version: roster.version(), hash: roster.hash() },
        records: BTreeMap::from([(fixed::coop(2).public(), 2)]),
        have: vec![Have { origin: log().origin, incarnation: log().incarnation, span, tip: Some(end) }],
        proofs: vec![log()],
    }
}

pub(crate) fn sync_request() -> Vec<Seed> {
    let empty = Hello { have: Vec::new(), proofs: Vec::new(), records: BTreeMap::new(), ..hello() };
    let mut holes = hello();
    holes.have.iter_mut().for_each(|have| have.span.beyond = 1);
    vec![
        json("between-holes", &SyncRequest { hello: holes, limit: 65_536 }),
        json("request", &SyncRequest { hello: hello(), limit: 106_496 }),
        json("newcomer", &SyncRequest { hello: empty, limit: 0 }),
    ]
}

pub(crate) fn sync_page() -> Vec<Seed> {
    let page = SyncPage {
        hello: hello(),
        acts: fixed::world().acts.clone(),
        records: vec![
            SignedRecord::sign(&fixed::record(2, 7), fixed::federation(), &fixed::coop(2)).unwrap(),
        ],
        proofs: Vec::new(),
        entries: chain().iter().take(3).map(|entry| Blob(entry.bytes().to_vec())).collect(),
        covered: vec![Covered { origin: log().origin, incarnation: log().incarnation, upto: 3 }],
        more: true,
    };
    vec![
        json("page", &SyncReply::Page(Box::new(page))),
        named("refused", br#"{"refused":"busy"}"#.as_slice()),
    ]
}

pub(crate) fn join_request() -> Vec<Seed> {
    let record = SignedRecord::sign(&fixed::record(9, 1), fixed::federation(), &fixed::coop(9)).unwrap();
    let secret = InvitationSecret([3; 16]);
    vec![json("request", &JoinRequest { federation: fixed::federation(), secret, record })]
}

pub(crate) fn join_reply() -> Vec<Seed> {
    let world = fixed::world();
    let progress = JoinProgress { proposal: None, signed: 1, needed: 3 };
    vec![
        json("pending", &JoinReply::Pending { charter: world.charter.clone(), progress }),
        json("admitted", &JoinReply::Admitted { charter: world.charter.clone(), acts: world.acts.clone() }),
        json("refused", &JoinReply::Refused(JoinRefusal::UsedInvitation)),
    ]
}

pub(crate) fn link() -> Vec<Seed> {
    let kinds = [
        ("coop", InvitationKind::Federation { federation: fixed::federation() }),
        ("member", InvitationKind::Member { role: "driver".into() }),
    ];
    let link = |kind| InvitationLink {
        kind,
        coop: fixed::coop(1).public(),
        node: fixed::node(1).public(),
        addresses: vec!["/dns4/coop-1.example/tcp/4170".into(), "/ip4/192.0.2.1/udp/4170/quic-v1".into()],
        secret: InvitationSecret([3; 16]),
        expires_at: fixed::NOW.after(Minutes(600)),
    };
    kinds.into_iter().map(|(name, kind)| named(name, link(kind).to_string())).collect()
}

pub(crate) fn booking() -> Vec<Seed> {
    let (ticket_id, claim) = (TicketId::from_bytes([0x11; 16]), ClaimId::from_bytes([0xc1; 16]));
    let at = Timestamp(1_700_001_000_000);
    let statement = Statement {
        ticket: ticket_id,
        claim,
        outcome: Outcome::Completed,
        picked_up: Some(at),
        dropped_off: None,
        metres: Some(Metres(8400)),
    };
    let credential = serde_json::from_slice(&self::credential().remove(0).1).ok();
    let seal_to = fixed::node(2).public();
    let boxed = sealed_base64(CARD_INFO, &card());
    let messages = [
        (
            "claim",
            BookingMessage::Claim { ticket: ticket_id, claim, hold_until: at, pick_up_at: at, rate: None },
        ),
        ("withdraw", BookingMessage::Withdraw { claim }),
        ("turn-down", BookingMessage::TurnDown { claim }),
        ("award", BookingMessage::Award { ticket: ticket_id, claim, respond_by: at }),
        (
            "confirm",
            BookingMessage::Confirm { claim, pick_up_at: at, credential, seal_to, card: boxed.clone() },
        ),
        ("refuse", BookingMessage::Refuse { claim, reason: RefusalReason::DriverDeclined }),
        ("details", BookingMessage::Details { claim, sealed: boxed }),
        ("cancel", BookingMessage::Cancel { claim }),
        ("status", BookingMessage::Status { claim, progress: Progress::EnRoute, at }),
        ("state", BookingMessage::State { statement: statement.clone() }),
        ("agree", BookingMessage::Agree { statement }),
        ("dispute", BookingMessage::Dispute { claim, why: Disagreement::NotConfirmed }),
    ];
    let mut seeds: Vec<Seed> = messages.iter().map(|(name, message)| json(name, message)).collect();
    let offer = BookingMessage::Offer { ticket: Box::new(ticket()), until: at, capacity: None };
    let ask = [("offer", offer), ("pass", BookingMessage::Pass { ticket: ticket_id })];
    seeds.extend(ask.iter().map(|(name, message)| json(name, message)));
    seeds.push(json("ticket", &ticket()));
    seeds.push(json("capacity", &capacity()));
    seeds.push(named("capacity-withdrawn", r#"{"capacity":"cacacacacacacacacacacacacacacaca"}"#));
    seeds
        .push(named("revoked", r#"{"credential":"urn:jitney:credential:0123456789abcdef0123456789abcdef"}"#));
    seeds.push(named("card-inside", card()));
    seeds.push(named("details-inside", details()));
    seeds
}

pub(crate) fn names() -> Vec<Seed> {
    let key = fixed::coop(1).public();
    vec![
        named("key", key.to_string()),
        named("key-bytes", key.as_bytes().as_slice()),
        named("fingerprint", key.fingerprint().to_string()),
        named("hash", Hash::of(b"x").to_string()),
        named("signature", fixed::coop(1).sign(Domain::REPORT, b"x").to_string()),
        named("cell", "871fb4670ffffff"),
        named("outcome", "no-show"),
        named("claim", ClaimId::from_bytes([0xc1; 16]).to_string()),
        named("address", "/dns4/coop.example/tcp/4010"),
        named("quic", "/ip6/2001:db8::1/udp/4010/quic-v1"),
    ]
}

pub(crate) fn credential() -> Vec<Seed> {
    let now = fixed::NOW.0 / 1000;
    let item = jitney_identity::credential::VettingItem::Licence;
    let claims = MembershipClaims {
        id: "urn:uuid:01234567-89ab-4def-8123-456789abcdef".into(),
        coop: fixed::coop(1).public(),
        subject: fixed::coop(9).public(),
        roles: vec![CredentialRole::Driver],
        vetting: vec![VettingClaim { item, met: true, valid_until: now + 1_000_000 }],
        valid_from: now - 1000,
        valid_until: now + 1_000_000,
    };
    let credential = credential::issue(&claims, &fixed::coop(1), now).unwrap();
    let delegation = DelegationClaims {
        id: "urn:jitney:credential:0123456789abcdef0123456789abcdef".into(),
        coop: fixed::coop(1).public(),
        caregiver: 1007,
        rider: 1001,
        scope: DelegatedScope::Book,
        valid_from: now - 1000,
        valid_until: now + 1_000_000,
    };
    let delegation = credential::issue(&delegation, &fixed::coop(1), now).unwrap();
    vec![
        named("driver", credential.to_canonical_json().unwrap()),
        named("delegation", delegation.to_canonical_json().unwrap()),
    ]
}

fn card() -> Vec<u8> {
    let card = Card { driver: "Ann".into(), vehicle: "blue car".into(), word: "sick".into() };
    serde_json::to_vec(&card).unwrap()
}

fn details() -> Vec<u8> {
    let place = serde_json::json!({ "label": "1 Mill Lane", "at": [48.5, 9.05], "note": "second door" });
    let details = serde_json::json!({
        "confirmation": "10001-8", "name": "A Rider", "phone": "+33 1", "coop": "Coop 1", "coop_phone": null,
        "places": { "from": place, "to": place, "note": "" }, "word": "sick",
    });
    serde_json::to_vec(&details).unwrap()
}

fn boxed(info: &str, plain: &[u8]) -> Vec<u8> {
    let mut rng = ChaCha12Rng::seed_from_u64(3);
    sealed::seal(&fixed::node(1).public(), info, &[0xc1; 16], plain, &mut rng).unwrap()
}

fn sealed_base64(info: &str, plain: &[u8]) -> String {
    BASE64.encode(&boxed(info, plain))
}

pub(crate) fn sealed_box() -> Vec<Seed> {
    let with_mode = |mode: u8, rest: &[u8]| [&[mode], rest].concat();
    vec![
        named("card", with_mode(0, &boxed(CARD_INFO, &card()))),
        named("details-base64", with_mode(3, sealed_base64(DETAILS_INFO, &details()).as_bytes())),
        named("to-seal-card", with_mode(4, &card())),
        named("to-seal-details", with_mode(5, &details())),
    ]
}

pub(crate) fn key_file() -> Vec<Seed> {
    let mut rng = ChaCha12Rng::seed_from_u64(4);
    let file = keyfile::encrypt(&fixed::coop(1), "passphrase", KdfParams::FAST_FOR_TESTS, &mut rng).unwrap();
    let dear = file.replace("\"m_kib\": 8", "\"m_kib\": 4294967295");
    vec![named("key", file), named("dear", dear)]
}

/// A report as it is signed.
pub(crate) fn report() -> Vec<Seed> {
    let (report, lift, at) = (ReportId::from_bytes([0x22; 16]), LiftNumber(1), fixed::NOW);
    let steps = [("pick-up", Step::PickUp), ("miles", Step::Miles(Metres(8400))), ("accept", Step::Accept)];
    steps.iter().map(|(name, step)| json(name, &Report { report, lift, step: *step, at })).collect()
}

pub(crate) fn member() -> Vec<Seed> {
    let me = MemberId(1001);
    let report = report().remove(0).1;
    let signature = fixed::coop(2).sign(Domain::REPORT, &report);
    let signed = SignedReport { report: String::from_utf8(report).unwrap(), signature };
    let hours = r#"{"set-weekly-hours":{"member":1001,"weekly":[{"day":2,"hours":{"from":"08:00:00","to":"18:00:00"}}]}}"#;
    let leave = r#"{"take-leave":{"member":1001,"leave":{"from":"2026-03-10","to":"2026-03-12"}}}"#;
    let offer =
        r#"{"offer-hours":{"member":1001,"date":"2026-03-10","hours":{"from":"08:00:00","to":"18:00:00"}}}"#;
    let profile = Profile { name: "A Name".into(), ..Profile::default() };
    vec![
        json("who-am-i", &Request::WhoAmI),
        named("weekly-hours", hours),
        named("leave", leave),
        named("hours", offer),
        json("offers", &Request::Offers { driver: me }),
        json("manifest", &Request::Manifest { driver: me, day: Some(date(2026, 3, 10)) }),
        json("credential", &Request::Credential(me)),
        json("signed-report", &Request::SignedReport(signed.clone())),
        json("bare-signed-report", &signed),
        json("vet", &Request::Vet { member: me, item: VettingItem::Licence, valid_until: date(2027, 1, 1) }),
        json("trips", &Request::ListTrips(TripFilter::default())),
        json("status", &Request::Status),
        json("call", &Call { actor: None, request: Request::Roster }),
        json("enrol", &Enrol { enrol: "00".repeat(16), profile: Some(profile) }),
    ]
}

pub(crate) fn config() -> Vec<Seed> {
    vec![
        named("example-with-rush-hours", Config::EXAMPLE),
        named("bare", "[coop]\nname = \"Willow Lifts\"\n"),
    ]
}

pub(crate) fn journal() -> Vec<Seed> {
    let batch = Batch {
        events: b"booked".to_vec(),
        changes: vec![RowChange::put(TableTag(1), "t1", "Tuesday"), RowChange::delete(TableTag(2), "t2")],
    };
    let encoded = batch.encode().unwrap();
    let (frame, _) = foreign::frame(1, &foreign::GENESIS, &encoded);
    let segment = [foreign::new_segment(1), frame, vec![0; 32]].concat();
    let witness = "jitney-witness 1\nbatch 42\nstate 0\ncheck 00000000\n";
    let with_mode = |mode: u8, rest: &[u8]| [&[mode], rest].concat();
    vec![
        named("segment", with_mode(0, &segment)),
        named("batch", with_mode(1, &encoded)),
        named("witness", with_mode(2, witness.as_bytes())),
        named("key-slot", with_mode(3, &[b"JyK1".as_slice(), &[0; 124]].concat())),
        named("three-frames-one-bent", b"\x04\x03\x04abcd\x02ef\x01g\x00\x50\x01\xff".as_slice()),
        named("three-frames-cut", b"\x04\x03\x04abcd\x02ef\x01g\x00\x80\x00".as_slice()),
    ]
}

fn as_row(table: u8, key: &[u8], value: &[u8]) -> Vec<u8> {
    let (key_length, length) = (u8::try_from(key.len()).unwrap(), u16::try_from(value.len()).unwrap());
    [&[table, key_length], key, &length.to_be_bytes(), value].concat()
}

pub(crate) fn rows() -> Vec<Seed> {
    let world = fixed::world();
    let json = |value: &dyn Fn() -> serde_json::Value| serde_json::to_vec(&value()).unwrap();
    let charter = as_row(128, &[], &serde_json::to_vec(&world.charter).unwrap());
    let act = as_row(129, &1_u64.to_be_bytes(), &serde_json::to_vec(&world.acts[0]).unwrap());
    let own = json(
        &|| serde_json::json!({"incarnation": "0000000000000001", "seq": 3, "last": Hash::ZERO, "manifest_at": 0}),
    );
    let entry = &chain()[0];
    let key = [
        entry.header().origin.as_bytes().as_slice(),
        &entry.header().incarnation.0.to_be_bytes(),
        &entry.header().seq.to_be_bytes(),
    ]
    .concat();
    let federation =
        [charter.clone(), act, as_row(138, &[], &own), as_row(136, &key, entry.bytes())].concat();
    let member =
        json(&|| serde_json::json!({"roles": ["rider"], "suspended": false, "key": null, "driver": null}));
    vec![
        named("federation", federation),
        named("charter", charter),
        named("member", as_row(2, &1001_u32.to_be_bytes(), &member)),
    ]
}

/// Bytes drawn by chance: to a stateful target any bytes mean something.
fn drawn(seed: u64, count: usize, length: usize) -> Vec<Seed> {
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    let draw = |n| {
        let mut bytes = vec![0; length];
        rng.fill_bytes(&mut bytes);
        named(format!("drawn-{n}"), bytes)
    };
    (1..=count).map(draw).collect()
}

pub(crate) fn federation() -> Vec<Seed> {
    drawn(10, 8, 400)
}

pub(crate) fn receive() -> Vec<Seed> {
    drawn(11, 8, 300)
}

pub(crate) fn node() -> Vec<Seed> {
    drawn(12, 8, 200)
}

pub(crate) fn places() -> Vec<Seed> {
    let typed = |text: &str| [&[2], text.as_bytes()].concat();
    let list = "\u{feff}LON,LAT,NUMBER,STREET,CITY\r\n9.5,47.1,12,\"Mill, Lane\",Ashford\r\n";
    let file = jitney_geo::places::build(crate::targets::town()).unwrap();
    vec![
        named("file", [&[0], file.as_slice()].concat()),
        named("bent", b"\x01\x02\x00\x40\xff\x01\x00\x07\x00mill lane".to_vec()),
        named("address", typed("12-14 M\u{fc}hleweg, 9490 Ashford")),
        named("plus-code", typed("4G22+22 Ashford")),
        named("slip", typed("mlil lnae 12 a")),
        named("list", [&[3], list.as_bytes()].concat()),
    ]
}
