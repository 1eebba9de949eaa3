//! Making entries and messages, honest and forged.

use jitney_domain::booking::BookingMessage;
use jitney_domain::{ClaimId, Minutes, Timestamp};
use jitney_federation::direct::{DirectDraft, DirectMessage};
use jitney_federation::frontier::Span;
use jitney_federation::sync::{Covered, Have, Hello, RosterMark, SyncPage, SyncReply, SyncRequest, Versions};
use jitney_federation::{
    Blob, Entry, EntryHeader, FederationId, Incarnation, Kind, LogId, MessageId, Version,
};
use jitney_identity::credential::{CredentialRole, MembershipClaims, issue};
use jitney_identity::{Hash, PublicKey, SecretKey};
use jitney_node::settings::Keys;
use rand::rngs::StdRng;
use rand::{Rng as _, RngExt as _};

/// A kind that no program knows: entries of it are kept and passed on, and mean nothing.
const KIND: Kind = Kind(9_999);

/// A life of the log of its own, so that it does not contradict what the coop once wrote.
const LIFE: Incarnation = Incarnation(77);

/// Whoever holds a coop's keys.
pub struct Forge {
    federation: FederationId,
    coop: PublicKey,
    coop_secret: SecretKey,
    node: SecretKey,
    victim: PublicKey,
    now: Timestamp,
}

impl Forge {
    /// Takes over a coop's keys, to write to a victim.
    pub fn new(federation: Hash, keys: Keys, victim: PublicKey) -> Self {
        let now = Timestamp(jiff::Timestamp::now().as_millisecond());
        let (coop, federation) = (keys.coop.public(), FederationId(federation));
        Forge { federation, coop, coop_secret: keys.coop, node: keys.node, victim, now }
    }

    /// Returns the key by which the coop's node is known.
    pub fn node(&self) -> &SecretKey {
        &self.node
    }

    /// Returns the federation's id.
    pub fn federation(&self) -> [u8; 32] {
        *self.federation.0.as_bytes()
    }

    fn header(&self, seq: u64) -> EntryHeader {
        let prev = if seq == 1 { Hash::ZERO } else { self.entry(seq - 1).id().0 };
        EntryHeader {
            kind: KIND,
            federation: self.federation,
            origin: self.coop,
            node: self.node.public(),
            incarnation: LIFE,
            seq,
            prev,
            issued_at: self.now,
            expires_at: self.now.after(Minutes(60)),
        }
    }

    fn signed(&self, header: EntryHeader) -> Vec<u8> {
        Entry::sign(header, b"{}", &self.node).expect("an entry").bytes().to_vec()
    }

    /// Returns an honest entry, always the same for a number.
    pub fn entry(&self, seq: u64) -> Entry {
        Entry::sign(self.header(seq), b"{}", &self.node).expect("an entry")
    }

    /// Returns an entry that cannot stand beside the honest one of that number.
    pub fn rival(&self, seq: u64) -> Entry {
        Entry::sign(self.header(seq), b"{\"other\":true}", &self.node).expect("an entry")
    }

    /// Returns an entry of some kind, the only one in a life of the log.
    pub fn said(&self, life: u64, kind: Kind, body: &str) -> Entry {
        let header = EntryHeader { kind, incarnation: Incarnation(life), ..self.header(1) };
        Entry::sign(header, body.as_bytes(), &self.node).expect("an entry")
    }

    /// Returns a booking message with its number.
    pub fn booking(&self, number: u8, message: &BookingMessage) -> DirectMessage {
        let body = serde_json::to_vec(message).expect("JSON");
        let draft = DirectDraft { id: MessageId([number; 16]), ..self.draft(&body) };
        DirectMessage::sign(draft, &self.node).expect("a message")
    }

    /// Returns a sound credential of one of the coop's drivers.
    pub fn credential(&self, id: &str) -> serde_json::Value {
        let now = self.now.0 / 1000;
        let claims = MembershipClaims {
            id: id.to_owned(),
            coop: self.coop,
            subject: self.node.public(),
            roles: vec![CredentialRole::Driver],
            vetting: Vec::new(),
            valid_from: now - 3600,
            valid_until: now + 30 * 86_400,
        };
        issue(&claims, &self.coop_secret, now).expect("a credential").as_json().clone()
    }

    /// Returns entries that must all be refused, and some bytes that are none.
    pub fn entries(&self, rng: &mut StdRng) -> Vec<Vec<u8>> {
        let next = || self.header(3);
        let honest = self.signed(next());
        let stranger = SecretKey::generate(rng);
        let later = self.now.after(Minutes(90));
        let past = self.now.before(Minutes(120));
        let mut altered = honest.clone();
        let bit = rng.random_range(0..altered.len() * 8);
        altered[bit / 8] ^= 1 << (bit % 8);
        let mut noise = vec![0; rng.random_range(1..4096)];
        rng.fill_bytes(&mut noise);
        let by_stranger = Entry::sign(next(), b"{}", &stranger).expect("an entry");
        vec![
            honest[..honest.len() / 2].to_vec(),
            [&honest[..], &[0; 4096]].concat(),
            [&honest[..], &[0]].concat(),
            altered,
            noise,
            Vec::new(),
            by_stranger.bytes().to_vec(),
            self.signed(EntryHeader { federation: FederationId(Hash::of(b"another")), ..next() }),
            self.signed(EntryHeader { origin: self.victim, ..next() }),
            self.signed(EntryHeader { origin: stranger.public(), ..next() }),
            self.signed(EntryHeader { issued_at: later, expires_at: later.after(Minutes(60)), ..next() }),
            self.signed(EntryHeader { issued_at: past, expires_at: past.after(Minutes(60)), ..next() }),
        ]
    }

    fn hello(&self, upto: u64) -> Hello {
        let span = Span { floor: 1, head: upto, top: upto, beyond: 0 };
        let tip = None;
        Hello {
            federation: self.federation,
            versions: Versions::OURS,
            now: self.now,
            roster: RosterMark { version: Version(0), hash: self.federation.0 },
            records: Default::default(),
            have: vec![Have { origin: self.coop, incarnation: LIFE, span, tip }],
            proofs: Vec::new(),
        }
    }

    /// Returns a request that makes the victim ask in turn: it claims to have so many entries.
    pub fn knock(&self, upto: u64) -> Vec<u8> {
        let request = SyncRequest { hello: self.hello(upto), limit: 65_536 };
        serde_json::to_vec(&request).expect("JSON")
    }

    /// Returns an answer to the victim's request that brings these entries.
    pub fn page(&self, entries: &[Vec<u8>], upto: u64) -> Vec<u8> {
        let log = LogId { origin: self.coop, incarnation: LIFE };
        let page = SyncPage {
            hello: self.hello(upto),
            acts: Vec::new(),
            records: Vec::new(),
            proofs: Vec::new(),
            entries: entries.iter().map(|bytes| Blob(bytes.clone())).collect(),
            covered: vec![Covered { origin: log.origin, incarnation: log.incarnation, upto }],
            more: false,
        };
        serde_json::to_vec(&SyncReply::Page(Box::new(page))).expect("JSON")
    }

    fn draft<'a>(&self, body: &'a [u8]) -> DirectDraft<'a> {
        DirectDraft {
            federation: self.federation,
            from: self.coop,
            to: self.victim,
            id: MessageId([7; 16]),
            issued_at: self.now,
            expires_at: self.now.after(Minutes(60)),
            body,
        }
    }

    /// Returns a sound message: it withdraws a claim that there never was.
    pub fn letter(&self) -> DirectMessage {
        let message = BookingMessage::Withdraw { claim: ClaimId::from_bytes([9; 16]) };
        let body = serde_json::to_vec(&message).expect("JSON");
        DirectMessage::sign(self.draft(&body), &self.node).expect("a message")
    }

    /// Returns messages that must all be refused, each with what is wrong with it.
    pub fn letters(&self, rng: &mut StdRng) -> Vec<(&'static str, Vec<u8>)> {
        let draft = || DirectDraft { id: MessageId([8; 16]), ..self.draft(b"{}") };
        let signed = |draft| DirectMessage::sign(draft, &self.node).expect("a message").bytes().to_vec();
        let stranger = SecretKey::generate(rng);
        let honest = signed(draft());
        let mut altered = honest.clone();
        let bit = rng.random_range(0..altered.len() * 8);
        altered[bit / 8] ^= 1 << (bit % 8);
        let mut noise = vec![0; rng.random_range(1..4096)];
        rng.fill_bytes(&mut noise);
        let (later, past) = (self.now.after(Minutes(90)), self.now.before(Minutes(120)));
        let by_stranger = DirectMessage::sign(draft(), &stranger).expect("a message");
        vec![
            ("cut off", honest[..honest.len() - 1].to_vec()),
            ("too long", [&honest[..], &[0; 60_000]].concat()),
            ("one bit altered", altered),
            ("noise", noise),
            ("nothing", Vec::new()),
            ("signed by a stranger", by_stranger.bytes().to_vec()),
            (
                "of another federation",
                signed(DirectDraft { federation: FederationId(Hash::of(b"x")), ..draft() }),
            ),
            ("for another coop", signed(DirectDraft { to: self.coop, ..draft() })),
            ("in the victim's name", signed(DirectDraft { from: self.victim, ..draft() })),
            ("in a stranger's name", signed(DirectDraft { from: stranger.public(), ..draft() })),
            (
                "from the future",
                signed(DirectDraft { issued_at: later, expires_at: later.after(Minutes(60)), ..draft() }),
            ),
            (
                "long over",
                signed(DirectDraft { issued_at: past, expires_at: past.after(Minutes(60)), ..draft() }),
            ),
        ]
    }
}
