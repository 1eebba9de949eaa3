//! Golden vectors: the bytes, ids and signatures of everything that is signed, as every release since the
//! first writes and reads them. A vector once committed is never changed; a new form gets a new one.
//!
//! `JITNEY_BLESS=1 cargo test -p jitney-federation --test golden` writes the files that are missing.
#![allow(clippy::unwrap_used)] // The helpers of tests may fail like the tests themselves.

use std::collections::BTreeMap;
use std::path::PathBuf;

use data_encoding::HEXLOWER;
use jitney_domain::{Minutes, Timestamp};
use jitney_federation::act::{ACT_LIFE, act_id, endorse, is_endorsed};
use jitney_federation::direct::DirectDraft;
use jitney_federation::*;
use jitney_identity::{Domain, Hash, PublicKey, SecretKey, Signature};
use serde::{Deserialize, Serialize};

const NOW: Timestamp = Timestamp(1_700_000_000_000);

/// One signed thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Vector {
    /// What it is.
    name: String,
    /// Its bytes in hexadecimal: all of them where the signature is part of them, else what is signed.
    bytes: String,
    /// BLAKE3 of the bytes.
    id: Hash,
    /// Who signed.
    signer: PublicKey,
    /// The signature.
    signature: Signature,
}

fn coop() -> SecretKey {
    SecretKey::from_seed([1; 32])
}

fn node() -> SecretKey {
    SecretKey::from_seed([2; 32])
}

fn newcomer() -> SecretKey {
    SecretKey::from_seed([3; 32])
}

fn federation() -> FederationId {
    FederationId(Hash::of(b"golden federation"))
}

fn record(coop: &SecretKey) -> CoopRecord {
    let until = NOW.after(Minutes(365 * 24 * 60));
    CoopRecord {
        coop: coop.public(),
        key: None,
        name: "Orchard Lifts".into(),
        phone: Some("+33 1 23 45 67 89".into()),
        revision: 1,
        nodes: vec![NodeRecord {
            cert: NodeCert::issue(coop, node().public(), NOW, until),
            addresses: vec!["/dns/orchard.example/tcp/4170".into()],
        }],
    }
}

fn kinds() -> Vec<(&'static str, Kind)> {
    vec![
        ("ticket_opened", Kind::TICKET_OPENED),
        ("ticket_changed", Kind::TICKET_CHANGED),
        ("ticket_closed", Kind::TICKET_CLOSED),
        ("capacity_posted", Kind::CAPACITY_POSTED),
        ("capacity_withdrawn", Kind::CAPACITY_WITHDRAWN),
        ("credential_revoked", Kind::CREDENTIAL_REVOKED),
        ("statistics", Kind::STATISTICS),
        ("manifest", Kind::MANIFEST),
        ("roster_proposed", Kind::ROSTER_PROPOSED),
        ("roster_endorsed", Kind::ROSTER_ENDORSED),
        ("record_renewed", Kind::RECORD_RENEWED),
        ("unknown", Kind(0xbeef)),
    ]
}

fn entry(kind: Kind, seq: u64, prev: Hash) -> Entry {
    let header = EntryHeader {
        kind,
        federation: federation(),
        origin: coop().public(),
        node: node().public(),
        incarnation: Incarnation(0x0123_4567_89ab_cdef),
        seq,
        prev,
        issued_at: NOW,
        expires_at: NOW.after(Minutes(120)),
    };
    Entry::sign(header, format!("{{\"golden\":{}}}", kind.0).as_bytes(), &node()).unwrap()
}

fn entries() -> Vec<Vector> {
    let mut prev = Hash::ZERO;
    let mut vectors = Vec::new();
    for (number, (name, kind)) in kinds().into_iter().enumerate() {
        let entry = entry(kind, number as u64 + 1, prev);
        prev = entry.id().0;
        vectors.push(signed_at_the_end(name, entry.bytes(), &node()));
    }
    vectors
}

fn signed_at_the_end(name: &str, bytes: &[u8], signer: &SecretKey) -> Vector {
    let (_, signature) = bytes.split_last_chunk::<64>().unwrap();
    vector(name, bytes, signer, Signature::from_bytes(*signature))
}

fn vector(name: &str, bytes: &[u8], signer: &SecretKey, signature: Signature) -> Vector {
    let id = Hash::of(bytes);
    Vector { name: name.into(), bytes: HEXLOWER.encode(bytes), id, signer: signer.public(), signature }
}

fn direct() -> DirectMessage {
    let draft = DirectDraft {
        federation: federation(),
        from: coop().public(),
        to: newcomer().public(),
        id: MessageId([7; 16]),
        issued_at: NOW,
        expires_at: NOW.after(Minutes(600)),
        body: b"{\"claim\":1}",
    };
    DirectMessage::sign(draft, &node()).unwrap()
}

fn cert() -> Vector {
    let cert = record(&coop()).nodes.remove(0).cert;
    let message = NodeCert::message(&coop().public(), &cert.node, cert.not_before, cert.not_after);
    vector("node_cert", &message, &coop(), cert.signature)
}

fn acts() -> Vec<Vector> {
    let record = SignedRecord::sign(&record(&newcomer()), federation(), &newcomer()).unwrap();
    let changes = [("admit", Change::Admit(record)), ("expel", Change::Expel(newcomer().public()))];
    changes.map(|(name, change)| act(name, change)).into()
}

fn act_of(change: Change) -> RosterAct {
    RosterAct {
        federation: federation(),
        version: Version(1),
        prev: federation().0,
        change,
        proposed_at: NOW,
        expires_at: NOW.after(ACT_LIFE),
    }
}

fn act(name: &str, change: Change) -> Vector {
    let bytes = act_of(change).encode().unwrap();
    vector(name, &bytes.0, &coop(), endorse(&bytes.0, &coop()))
}

/// A coop signs with another key, whose seed is the byte 4.
fn succession() -> Vector {
    let (newcomer, key) = (newcomer(), SecretKey::from_seed([4; 32]));
    let mut record = CoopRecord { key: Some(key.public()), revision: 2, ..record(&newcomer) };
    let until = NOW.after(Minutes(365 * 24 * 60));
    record.nodes[0].cert = NodeCert::issue_for(&newcomer.public(), &key, node().public(), NOW, until);
    act("succeed", Change::Succeed(SignedRecord::sign(&record, federation(), &key).unwrap()))
}

#[test]
fn successions_are_as_they_ever_were() {
    let golden = committed("succession.json", &vec![succession()]);
    assert_eq!(golden, [succession()]);
    let act = RosterAct::decode(&bytes(&golden[0]), federation()).unwrap();
    let record = act.successor().unwrap().unwrap();
    assert_eq!(
        (record.coop, record.signing_key()),
        (newcomer().public(), SecretKey::from_seed([4; 32]).public())
    );
}

fn charter() -> SignedCharter {
    let charter = Charter {
        version: 1,
        name: "Valley".into(),
        founder: record(&coop()),
        founded_at: NOW,
        terms: Hash::of(b"terms"),
        agreement: Agreement { currency: "EUR".into(), per_km_minor: Some(30), per_trip_minor: Some(150) },
    };
    SignedCharter::sign(&charter, &coop()).unwrap()
}

fn link() -> InvitationLink {
    InvitationLink {
        kind: InvitationKind::Federation { federation: federation() },
        coop: coop().public(),
        node: node().public(),
        addresses: vec!["/dns/orchard.example/tcp/4170".into()],
        secret: InvitationSecret([9; 16]),
        expires_at: NOW,
    }
}

/// Reads a committed file; writes it first if it is missing and blessing is asked for.
fn committed<T: Serialize + for<'de> Deserialize<'de>>(file: &str, ours: &T) -> T {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    if !path.exists() && std::env::var_os("JITNEY_BLESS").is_some() {
        std::fs::write(&path, serde_json::to_string_pretty(ours).unwrap() + "\n").unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap()
}

fn bytes(vector: &Vector) -> Vec<u8> {
    let bytes = HEXLOWER.decode(vector.bytes.as_bytes()).unwrap();
    assert_eq!(Hash::of(&bytes), vector.id, "{}", vector.name);
    bytes
}

/// Sync messages of version 1 as they travel, and as a node of the next version would say them.
fn sync_messages() -> BTreeMap<String, serde_json::Value> {
    use jitney_federation::sync::{Covered, SyncPage, SyncReply, SyncRequest};
    let hello = hello();
    let entry = entry(Kind::TICKET_OPENED, 1, Hash::ZERO);
    let page = SyncPage {
        hello: hello.clone(),
        acts: Vec::new(),
        records: Vec::new(),
        proofs: Vec::new(),
        entries: vec![Blob(entry.bytes().to_vec())],
        covered: vec![Covered { origin: coop().public(), incarnation: Incarnation(7), upto: 1 }],
        more: true,
    };
    let request = serde_json::to_value(SyncRequest { hello, limit: 262_144 }).unwrap();
    let mut newer = request.clone();
    newer["hello"]["versions"] = serde_json::json!({"min": 1, "max": 2, "later": true});
    newer["later"] = serde_json::json!({"members": [1, null, "x"]});
    let refusal = |refusal| serde_json::to_value(SyncReply::Refused(refusal)).unwrap();
    let page = serde_json::to_value(SyncReply::Page(Box::new(page))).unwrap();
    use jitney_federation::sync::SyncRefusal as R;
    let refusals = [R::NotOnRoster, R::WrongFederation, R::Version, R::Malformed, R::Busy];
    let mut scattered = request.clone();
    scattered["hello"]["have"][0]["beyond"] = 1.into();
    scattered["hello"]["have"][0]["tip"] = jitney_federation::sync::tip(&entry.id()).into();
    let all = [
        ("request", request),
        ("request of the next version", newer),
        ("request with tip and entries beyond a hole", scattered),
        ("page", page),
    ];
    let all = all.into_iter().map(|(name, value)| (name.to_owned(), value));
    all.chain(refusals.into_iter().map(|r| (format!("refused {r:?}"), refusal(r)))).collect()
}

fn hello() -> jitney_federation::sync::Hello {
    use jitney_federation::sync::{Have, Hello, RosterMark, Versions};
    let span = jitney_federation::frontier::Span { floor: 1, head: 4, top: 6, beyond: 0 };
    let have = Have { origin: coop().public(), incarnation: Incarnation(7), span, tip: None };
    Hello {
        federation: federation(),
        versions: Versions { min: 1, max: 1 },
        now: NOW,
        roster: RosterMark { version: Version(3), hash: Hash::of(b"roster") },
        records: BTreeMap::from([(coop().public(), 2)]),
        have: vec![have],
        proofs: Vec::new(),
    }
}

#[test]
fn sync_messages_of_this_version_and_the_next_are_read_for_ever() {
    use jitney_federation::sync::{SyncReply, SyncRequest};
    let golden = committed("sync.json", &sync_messages());
    assert_eq!(golden, sync_messages());
    let bytes = |name: &str| serde_json::to_vec(&golden[name]).unwrap();
    let ours = SyncRequest { hello: hello(), limit: 262_144 };
    assert_eq!(SyncRequest::decode(&bytes("request")), Ok(ours.clone()));
    let newer = SyncRequest::decode(&bytes("request of the next version")).unwrap();
    assert_eq!((newer.hello.versions.max, newer.hello.have), (2, ours.hello.have));
    let Ok(SyncReply::Page(page)) = SyncReply::decode(&bytes("page")) else { panic!() };
    let entry = Entry::decode(&page.entries[0].0, federation()).unwrap();
    assert_eq!((entry.header().kind, page.more), (Kind::TICKET_OPENED, true));
    for name in golden.keys().filter(|name| name.starts_with("refused")) {
        let Ok(SyncReply::Refused(why)) = SyncReply::decode(&bytes(name)) else { panic!("{name}") };
        assert_eq!(*name, format!("refused {why:?}"));
    }
}

#[test]
fn a_request_tells_tip_and_entries_beyond_a_hole_as_it_ever_did() {
    use jitney_federation::sync::SyncRequest;
    let golden = committed("sync.json", &sync_messages());
    let bytes = serde_json::to_vec(&golden["request with tip and entries beyond a hole"]).unwrap();
    let have = SyncRequest::decode(&bytes).unwrap().hello.have.remove(0);
    assert_eq!((have.span.head, have.span.top, have.span.beyond), (4, 6, 1));
    let tip = have.tip.clone().unwrap();
    assert!(entry(Kind::TICKET_OPENED, 1, Hash::ZERO).id().to_string().starts_with(&tip));
    assert_eq!(
        serde_json::to_value(have).unwrap(),
        golden["request with tip and entries beyond a hole"]["hello"]["have"][0]
    );
}

/// What is asked and answered while a coop joins, and the answers to a direct message.
fn answers() -> BTreeMap<String, serde_json::Value> {
    use jitney_federation::join::{JoinReply, JoinRequest};
    let record = SignedRecord::sign(&record(&newcomer()), federation(), &newcomer()).unwrap();
    let bytes = act_of(Change::Admit(record.clone())).encode().unwrap();
    let signatures = BTreeMap::from([(coop().public(), endorse(&bytes.0, &coop()))]);
    let request = JoinRequest { federation: federation(), secret: InvitationSecret([9; 16]), record };
    let progress = JoinProgress { proposal: Some(act_id(&bytes.0)), signed: 1, needed: 2 };
    let nobody_yet = JoinProgress { proposal: None, signed: 0, needed: 2 };
    let pending =
        |progress| serde_json::to_value(JoinReply::Pending { charter: charter(), progress }).unwrap();
    let admitted =
        JoinReply::Admitted { charter: charter(), acts: vec![SignedAct { act: bytes, signatures }] };
    let mut all = BTreeMap::from([
        ("join".to_owned(), serde_json::to_value(request).unwrap()),
        ("join pending".to_owned(), pending(progress)),
        ("join pending, proposed by nobody".to_owned(), pending(nobody_yet)),
        ("join admitted".to_owned(), serde_json::to_value(admitted).unwrap()),
        ("direct ack".to_owned(), serde_json::to_value(DirectReply::Ack(MessageId([7; 16]))).unwrap()),
    ]);
    use JoinRefusal as J;
    let refusals = [
        J::UnknownInvitation,
        J::UsedInvitation,
        J::ExpiredInvitation,
        J::WrongFederation,
        J::BadRecord,
        J::Declined,
        J::Busy,
        J::Malformed,
    ];
    let join =
        |why| (format!("join refused {why:?}"), serde_json::to_value(JoinReply::Refused(why)).unwrap());
    all.extend(refusals.map(join));
    use DirectRefusal as D;
    let refusals = [
        D::WrongFederation,
        D::NotForUs,
        D::NotOnRoster,
        D::BadSignature,
        D::Expired,
        D::TooEarly,
        D::Malformed,
        D::Busy,
    ];
    let direct =
        |why| (format!("direct refused {why:?}"), serde_json::to_value(DirectReply::Refused(why)).unwrap());
    all.extend(refusals.map(direct));
    all
}

#[test]
fn answers_are_as_they_ever_were_and_one_of_a_later_version_is_read() {
    use jitney_federation::join::{JoinReply, JoinRequest};
    let golden = committed("answers.json", &answers());
    assert_eq!(golden, answers());
    for (name, value) in &golden {
        let bytes = serde_json::to_vec(value).unwrap();
        let again = if name == "join" {
            serde_json::to_value(JoinRequest::decode(&bytes).unwrap())
        } else if name.starts_with("join") {
            serde_json::to_value(JoinReply::decode(&bytes).unwrap())
        } else {
            serde_json::to_value(serde_json::from_slice::<DirectReply>(&bytes).unwrap())
        };
        assert_eq!(&again.unwrap(), value, "{name}");
    }
    let later = br#"{"refused":"not_on_a_sunday"}"#;
    assert_eq!(JoinReply::decode(later), Ok(JoinReply::Refused(JoinRefusal::Unknown)));
    let read = serde_json::from_slice::<DirectReply>(later).unwrap();
    assert_eq!(read, DirectReply::Refused(DirectRefusal::Unknown));
}

/// Entries of the kinds whose bodies are the federation's own, with such bodies.
fn own_bodies() -> Vec<Vector> {
    use jitney_federation::act::{Endorsed, Proposed};
    use jitney_federation::log::Census;
    let act = act_of(Change::Expel(newcomer().public())).encode().unwrap();
    let signature = endorse(&act.0, &coop());
    let signed = SignedRecord::sign(&record(&coop()), federation(), &coop()).unwrap();
    let census = Census { head: 11, count: 7, hash: Hash::of(b"ids") };
    let bodies = [
        ("manifest", Kind::MANIFEST, serde_json::to_vec(&census).unwrap()),
        (
            "roster_endorsed",
            Kind::ROSTER_ENDORSED,
            serde_json::to_vec(&Endorsed { act: act_id(&act.0), signature }).unwrap(),
        ),
        ("roster_proposed", Kind::ROSTER_PROPOSED, serde_json::to_vec(&Proposed { act, signature }).unwrap()),
        ("record_renewed", Kind::RECORD_RENEWED, serde_json::to_vec(&signed).unwrap()),
    ];
    let sign = |(name, kind, body): (&str, Kind, Vec<u8>)| {
        let header = entry(kind, 1, Hash::ZERO).header().clone();
        signed_at_the_end(name, Entry::sign(header, &body, &node()).unwrap().bytes(), &node())
    };
    bodies.map(sign).into()
}

#[test]
fn bodies_of_the_federations_own_entries_are_as_they_ever_were() {
    use jitney_federation::act::{Endorsed, Proposed};
    use jitney_federation::log::Census;
    let golden = committed("own_bodies.json", &own_bodies());
    assert_eq!(golden, own_bodies());
    let body = |at: usize| Entry::decode(&bytes(&golden[at]), federation()).unwrap().body().to_vec();
    assert!(serde_json::from_slice::<Census>(&body(0)).is_ok_and(|census| census.count == 7));
    let endorsed: Endorsed = serde_json::from_slice(&body(1)).unwrap();
    let proposed: Proposed = serde_json::from_slice(&body(2)).unwrap();
    assert_eq!(endorsed.act, act_id(&proposed.act.0));
    assert!(is_endorsed(&proposed.act.0, &coop().public(), &proposed.signature));
    let renewed: SignedRecord = serde_json::from_slice(&body(3)).unwrap();
    assert_eq!(renewed.open(federation()), Ok(record(&coop())));
}

#[test]
fn entries_of_every_kind_are_as_they_ever_were() {
    let golden = committed("entries.json", &entries());
    assert_eq!(golden, entries());
    for (vector, (name, kind)) in golden.iter().zip(kinds()) {
        let entry = Entry::decode(&bytes(vector), federation()).unwrap();
        assert_eq!((vector.name.as_str(), entry.header().kind), (name, kind));
        assert_eq!(entry.id().0, vector.id);
        assert_eq!(entry.body(), format!("{{\"golden\":{}}}", kind.0).as_bytes());
    }
    assert_eq!(golden.len(), kinds().len());
}

#[test]
fn direct_messages_are_as_they_ever_were() {
    let ours = vec![signed_at_the_end("direct", direct().bytes(), &node())];
    let golden = committed("direct.json", &ours);
    assert_eq!(golden, ours);
    assert_eq!(DirectMessage::decode(&bytes(&golden[0])), Ok(direct()));
}

#[test]
fn node_certificates_are_as_they_ever_were() {
    let golden = committed("node_cert.json", &vec![cert()]);
    assert_eq!(golden, [cert()]);
    let message = bytes(&golden[0]);
    assert!(golden[0].signer.verify(Domain::NODE_CERT, &message, &golden[0].signature).is_ok());
}

#[test]
fn acts_on_the_roster_are_as_they_ever_were() {
    let golden = committed("acts.json", &acts());
    assert_eq!(golden, acts());
    for vector in &golden {
        let act = bytes(vector);
        assert!(RosterAct::decode(&act, federation()).is_ok());
        assert_eq!(act_id(&act).0, vector.id);
        assert!(is_endorsed(&act, &vector.signer, &vector.signature));
    }
}

#[test]
fn charters_are_as_they_ever_were() {
    let ours = vec![vector("charter", &charter().charter.0, &coop(), charter().signature)];
    let golden = committed("charter.json", &ours);
    assert_eq!(golden, ours);
    let signed = SignedCharter { charter: Blob(bytes(&golden[0])), signature: golden[0].signature };
    assert_eq!(signed.federation().0, golden[0].id);
    assert_eq!(signed.open(), charter().open());
}

#[test]
fn records_are_as_they_ever_were() {
    let record = record(&newcomer());
    let signed = SignedRecord::sign(&record, federation(), &newcomer()).unwrap();
    let ours = vec![vector("record", &signed.record.0, &newcomer(), signed.signature)];
    let golden = committed("record.json", &ours);
    assert_eq!(golden, ours);
    let read = SignedRecord { record: Blob(bytes(&golden[0])), signature: golden[0].signature };
    assert_eq!(read.open(federation()), Ok(record));
}

/// The record that withdraws the certificate of the coop's older node.
fn withdrawn() -> SignedRecord {
    let mut both = record(&coop());
    let cert = NodeCert::issue(&coop(), newcomer().public(), NOW, NOW.after(Minutes(365 * 24 * 60)));
    both.nodes.push(NodeRecord { cert, addresses: Vec::new() });
    let record = both.withdraw(&node().public(), NOW.after(Minutes(60)), &coop());
    SignedRecord::sign(&record, federation(), &coop()).unwrap()
}

#[test]
fn withdrawals_of_a_node_are_as_they_ever_were() {
    let ours = vec![vector("node_withdrawn", &withdrawn().record.0, &coop(), withdrawn().signature)];
    let golden = committed("node_withdrawn.json", &ours);
    assert_eq!(golden, ours);
    let read = SignedRecord { record: Blob(bytes(&golden[0])), signature: golden[0].signature };
    let record = read.open(federation()).unwrap();
    assert!(record.certifies(&node().public(), Timestamp(NOW.after(Minutes(60)).0 - 1)));
    assert!(!record.certifies(&node().public(), NOW.after(Minutes(60))));
}

#[test]
fn revocations_of_a_credential_are_as_they_ever_were() {
    let body = br#"{"credential":"urn:jitney:credential:c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9c9"}"#;
    let golden_entry = entry(Kind::CREDENTIAL_REVOKED, 1, Hash::ZERO);
    let entry = Entry::sign(golden_entry.header().clone(), body, &node()).unwrap();
    let ours = vec![signed_at_the_end("credential_revoked", entry.bytes(), &node())];
    let golden = committed("credential_revoked.json", &ours);
    assert_eq!(golden, ours);
    assert_eq!(Entry::decode(&bytes(&golden[0]), federation()).unwrap().body(), body);
}

#[test]
fn invitation_links_are_as_they_ever_were() {
    let member = InvitationLink { kind: InvitationKind::Member { role: "driver".into() }, ..link() };
    let ours = BTreeMap::from([("federation".to_owned(), link()), ("member".to_owned(), member)]);
    let golden: BTreeMap<String, String> =
        committed("links.json", &ours.iter().map(|(name, link)| (name.clone(), link.to_string())).collect());
    for (name, link) in &ours {
        assert_eq!(golden[name], link.to_string());
        assert_eq!(golden[name].parse().as_ref(), Ok(link));
    }
}
