//! A coop that is out to do harm: its keys are on the roster, what it says is not true.

use jitney_domain::booking::{BookingMessage, RefusalReason};
use jitney_domain::{ClaimId, Minutes, Timestamp};
use jitney_federation::direct::DirectDraft;
use jitney_federation::frontier::Span;
use jitney_federation::log::Census;
use jitney_federation::sync::{Covered, Have, Hello, RosterMark, SyncPage, SyncReply, SyncRequest, Versions};
use jitney_federation::{
    Blob, Channel, DirectMessage, Entry, EntryHeader, EquivocationProof, FederationId, Incarnation, Kind,
    MessageId,
};
use jitney_identity::{Hash, PublicKey, SecretKey};

use crate::rng::Chance;

/// Entries that a flood by gossip consists of.
const FLOOD: usize = 260;
/// Entries that a page full of new ones brings.
const PAGE: usize = 250;
/// Entries that most attackers sign at most. Every honest node verifies each: it is time that bounds the
/// simulator, not what they could do.
const SIGNS_FEW: u64 = 200;
/// Entries that a few of them sign: more than any coop may have alive.
const SIGNS_MANY: u64 = 5_600;
/// Messages that an attacker keeps to say again.
const OVERHEARD: usize = 64;

/// What attackers did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)] // Each counts what it is named after.
pub struct Deeds {
    pub contradictions: u64,
    pub floods: u64,
    pub pages_withholding: u64,
    pub false_manifests: u64,
    pub letters: u64,
    pub replays: u64,
    pub malformed: u64,
    pub out_of_time: u64,
    pub request_floods: u64,
    pub proofs: u64,
}

impl Deeds {
    /// Returns the sum of both.
    pub fn plus(self, other: Deeds) -> Deeds {
        Deeds {
            contradictions: self.contradictions + other.contradictions,
            floods: self.floods + other.floods,
            pages_withholding: self.pages_withholding + other.pages_withholding,
            false_manifests: self.false_manifests + other.false_manifests,
            letters: self.letters + other.letters,
            replays: self.replays + other.replays,
            malformed: self.malformed + other.malformed,
            out_of_time: self.out_of_time + other.out_of_time,
            request_floods: self.request_floods + other.request_floods,
            proofs: self.proofs + other.proofs,
        }
    }
}

/// What an attacker lets loose at one moment, each on the honest node of that index.
#[derive(Debug, Default)]
pub(crate) struct Deed {
    pub gossip: Vec<(usize, Vec<u8>)>,
    pub requests: Vec<(usize, Channel, Vec<u8>)>,
}

/// Somebody on the roster who is not to be trusted.
#[derive(Debug)]
pub struct Attacker {
    /// What it did.
    pub deeds: Deeds,
    coop: PublicKey,
    node: SecretKey,
    federation: FederationId,
    mark: RosterMark,
    life: Incarnation,
    seq: u64,
    signed: u64,
    signs_most: u64,
    /// What its clock is said to be off, in milliseconds.
    lie_ms: i64,
    overheard: Vec<Vec<u8>>,
    letters: Vec<Vec<u8>>,
    chance: Chance,
}

impl Attacker {
    pub(crate) fn new(
        coop: SecretKey,
        node: SecretKey,
        federation: FederationId,
        mark: RosterMark,
        tireless: bool,
        mut chance: Chance,
    ) -> Self {
        let life = Incarnation(u64::from_le_bytes(chance.bytes()));
        let lie_ms = if chance.percent(40) { chance.between(-5, 5) * 3_600_000 } else { 0 };
        Attacker {
            deeds: Deeds::default(),
            coop: coop.public(),
            node,
            federation,
            mark,
            life,
            seq: 0,
            signed: 0,
            signs_most: if tireless { SIGNS_MANY } else { SIGNS_FEW },
            lie_ms,
            overheard: Vec::new(),
            letters: Vec::new(),
            chance,
        }
    }

    /// Returns the key by which the node is known.
    pub fn key(&self) -> PublicKey {
        self.node.public()
    }

    /// Keeps what an honest node gossiped, to say it again another day.
    pub(crate) fn overhear(&mut self, bytes: &[u8]) {
        if self.overheard.len() < OVERHEARD {
            self.overheard.push(bytes.to_vec());
        } else {
            let at = self.chance.below(OVERHEARD);
            self.overheard[at] = bytes.to_vec();
        }
    }

    fn header(&self, seq: u64, now: Timestamp) -> EntryHeader {
        EntryHeader {
            kind: Kind(9_999),
            federation: self.federation,
            origin: self.coop,
            node: self.node.public(),
            incarnation: self.life,
            seq,
            prev: if seq == 1 { Hash::ZERO } else { Hash::of(&seq.to_le_bytes()) },
            issued_at: now,
            expires_at: now.after(Minutes(30 * 24 * 60)),
        }
    }

    fn sign(&mut self, header: EntryHeader, body: &[u8]) -> Option<Vec<u8>> {
        self.signed += 1;
        let within = self.signed <= self.signs_most;
        within.then(|| Entry::sign(header, body, &self.node).ok())?.map(|entry| entry.bytes().to_vec())
    }

    /// Signs the next entry of its log. It names a predecessor that there never was.
    fn next(&mut self, now: Timestamp) -> Option<Vec<u8>> {
        self.seq += 1;
        let body = format!("{{\"noise\":\"{}\"}}", "x".repeat(self.chance.below(300)));
        self.sign(self.header(self.seq, now), body.as_bytes())
    }

    fn new_life(&mut self) {
        self.life = Incarnation(u64::from_le_bytes(self.chance.bytes()));
        self.seq = 0;
    }

    /// Does something to the honest nodes, who are the coops given.
    pub(crate) fn act(&mut self, victims: &[PublicKey], now: Timestamp) -> Deed {
        match self.chance.below(9) {
            0 => self.contradict(victims.len(), now),
            1 => self.flood(victims.len(), now),
            2 => self.false_manifest(victims.len(), now),
            3 => self.write_letters(victims, now),
            4 => self.say_again(victims.len()),
            5 => self.babble(victims.len()),
            6 => self.out_of_time(victims.len(), now),
            _ => self.ask_without_end(victims.len(), now),
        }
    }

    /// Tells one half of the others one thing and the other half another, under one number.
    fn contradict(&mut self, victims: usize, now: Timestamp) -> Deed {
        self.deeds.contradictions += 1;
        if self.chance.percent(50) {
            self.new_life();
        }
        self.seq += 1;
        let header = |attacker: &Self| attacker.header(attacker.seq, now);
        let one = self.sign(header(self), b"{\"told\":1}");
        let other = self.sign(header(self), b"{\"told\":2}");
        let told = |at: usize| if at.is_multiple_of(2) { one.clone() } else { other.clone() };
        Deed { gossip: (0..victims).filter_map(|at| Some((at, told(at)?))).collect(), ..Deed::default() }
    }

    /// Sends more than the quota allows.
    fn flood(&mut self, victims: usize, now: Timestamp) -> Deed {
        self.deeds.floods += 1;
        let to = self.chance.below(victims);
        Deed { gossip: (0..FLOOD).filter_map(|_| Some((to, self.next(now)?))).collect(), ..Deed::default() }
    }

    /// Says that more lives in its log than does, or another thing than does.
    fn false_manifest(&mut self, victims: usize, now: Timestamp) -> Deed {
        self.deeds.false_manifests += 1;
        let said = Census { head: self.seq, count: self.seq + 1_000, hash: Hash::of(b"no such entries") };
        self.seq += 1;
        let header = EntryHeader {
            kind: Kind::MANIFEST,
            expires_at: now.after(Minutes(120)),
            ..self.header(self.seq, now)
        };
        let body = serde_json::to_vec(&said).unwrap_or_default();
        let manifest = self.sign(header, &body);
        Deed {
            gossip: (0..victims).filter_map(|at| Some((at, manifest.clone()?))).collect(),
            ..Deed::default()
        }
    }

    /// Claims, confirms without an award, awards what nobody claimed, and says it all again.
    fn write_letters(&mut self, victims: &[PublicKey], now: Timestamp) -> Deed {
        let to = self.chance.below(victims.len());
        let mut requests = Vec::new();
        for _ in 0..40 {
            let claim = ClaimId::from_bytes(self.chance.bytes());
            let message = match self.chance.below(3) {
                0 => BookingMessage::Cancel { claim },
                1 => BookingMessage::Withdraw { claim },
                _ => BookingMessage::Refuse { claim, reason: RefusalReason::UnknownClaim },
            };
            let body = serde_json::to_vec(&message).unwrap_or_default();
            let draft = DirectDraft {
                federation: self.federation,
                from: self.coop,
                to: victims[to],
                id: MessageId(self.chance.bytes()),
                issued_at: now,
                expires_at: now.after(Minutes(7 * 24 * 60)),
                body: &body,
            };
            let Ok(letter) = DirectMessage::sign(draft, &self.node) else { continue };
            self.deeds.letters += 1;
            if self.letters.len() < OVERHEARD {
                self.letters.push(letter.bytes().to_vec());
            }
            requests.push((to, Channel::Book, letter.bytes().to_vec()));
        }
        requests.extend(self.letters.iter().map(|bytes| (to, Channel::Book, bytes.clone())));
        Deed { requests, ..Deed::default() }
    }

    /// Gossips again what honest nodes said long ago.
    fn say_again(&mut self, victims: usize) -> Deed {
        self.deeds.replays += 1;
        let again = self.overheard.clone();
        Deed {
            gossip: again.into_iter().map(|b| (self.chance.below(victims), b)).collect(),
            ..Deed::default()
        }
    }

    /// Sends bytes that mean nothing, on every channel.
    fn babble(&mut self, victims: usize) -> Deed {
        self.deeds.malformed += 1;
        let mut deed = Deed::default();
        for _ in 0..20 {
            let to = self.chance.below(victims);
            let noise: [u8; 512] = self.chance.bytes();
            let mut bytes = noise.repeat(1 + self.chance.below(40));
            if let Some(entry) = self.overheard.first().filter(|_| self.chance.percent(50)) {
                bytes = entry.clone();
                let at = self.chance.below(bytes.len());
                bytes[at] ^= 1 << self.chance.below(8);
            }
            deed.gossip.push((to, bytes.clone()));
            for channel in [Channel::Sync, Channel::Book, Channel::Join] {
                deed.requests.push((to, channel, bytes.clone()));
            }
        }
        deed
    }

    /// Gossips what is not yet, and what is no more.
    fn out_of_time(&mut self, victims: usize, now: Timestamp) -> Deed {
        self.deeds.out_of_time += 1;
        let mut gossip = Vec::new();
        for n in 0..24 {
            let at = if n % 3 == 0 { now.before(Minutes(600)) } else { now.after(Minutes(60 + n)) };
            let expires_at = at.after(Minutes(30));
            self.seq += 1;
            let header = EntryHeader { expires_at, ..self.header(self.seq, at) };
            let entry = self.sign(header, b"{}");
            gossip.extend(entry.map(|bytes| (self.chance.below(victims), bytes)));
        }
        Deed { gossip, ..Deed::default() }
    }

    /// Asks more often than anybody may, each time saying that it has what nobody has.
    fn ask_without_end(&mut self, victims: usize, now: Timestamp) -> Deed {
        self.deeds.request_floods += 1;
        let to = self.chance.below(victims);
        let mut hello = self.hello(now);
        for _ in 0..60 {
            let incarnation = Incarnation(u64::from_le_bytes(self.chance.bytes()));
            let span = Span { floor: 1, head: 1_000_000, top: 1_000_000, beyond: 0 };
            hello.have.push(Have { origin: self.coop, incarnation, span, tip: None });
        }
        let request = SyncRequest { hello, limit: u32::MAX };
        let bytes = serde_json::to_vec(&request).unwrap_or_default();
        Deed { requests: vec![(to, Channel::Sync, bytes); 130], ..Deed::default() }
    }

    fn hello(&self, now: Timestamp) -> Hello {
        let span = Span { floor: 1, head: self.seq, top: self.seq, beyond: 0 };
        Hello {
            federation: self.federation,
            versions: Versions::OURS,
            now: Timestamp(now.0 + self.lie_ms),
            roster: self.mark,
            records: Default::default(),
            have: vec![Have { origin: self.coop, incarnation: self.life, span, tip: None }],
            proofs: Vec::new(),
        }
    }

    /// Answers an honest node, or does not.
    pub(crate) fn answer(&mut self, channel: Channel, bytes: &[u8], now: Timestamp) -> Option<Vec<u8>> {
        match channel {
            Channel::Sync if self.chance.percent(85) => self.page(bytes, now),
            Channel::Sync | Channel::Book | Channel::Join => {
                let noise: [u8; 64] = self.chance.bytes();
                self.chance.percent(50).then(|| noise.to_vec())
            }
        }
    }

    /// Withholds everybody else's entries while saying that they are all here; brings its own in masses, and
    /// proofs against itself of ever new logs.
    fn page(&mut self, request: &[u8], now: Timestamp) -> Option<Vec<u8>> {
        let asked = SyncRequest::decode(request).ok()?;
        self.deeds.pages_withholding += 1;
        let mut entries = Vec::new();
        let tireless = self.signs_most == SIGNS_MANY;
        if !tireless && self.chance.percent(20) {
            self.new_life();
        }
        if tireless || self.chance.percent(10) {
            let number = if tireless { PAGE } else { 8 };
            entries.extend((0..number).filter_map(|_| self.next(now)).map(Blob));
        }
        let proofs = if self.chance.percent(20) { self.proofs(now) } else { Vec::new() };
        let mut hello = self.hello(now);
        for have in asked.hello.have.iter().take(255) {
            let (head, top) = (have.span.head + 1_000_000, have.span.top + 1_000_000);
            hello.have.push(Have { span: Span { head, top, ..have.span }, tip: None, ..have.clone() });
        }
        let covered =
            |have: &Have| Covered { origin: have.origin, incarnation: have.incarnation, upto: have.span.top };
        let covered = hello.have.iter().map(covered).collect();
        let more = self.chance.percent(50);
        let page = SyncPage { hello, acts: Vec::new(), records: Vec::new(), proofs, entries, covered, more };
        serde_json::to_vec(&SyncReply::Page(Box::new(page))).ok()
    }

    fn proofs(&mut self, now: Timestamp) -> Vec<EquivocationProof> {
        let mut proofs = Vec::new();
        for _ in 0..12 {
            let incarnation = Incarnation(u64::from_le_bytes(self.chance.bytes()));
            let header = EntryHeader { incarnation, ..self.header(1, now) };
            let (first, second) = (self.sign(header.clone(), b"{\"a\":1}"), self.sign(header, b"{\"a\":2}"));
            if let (Some(first), Some(second)) = (first, second) {
                self.deeds.proofs += 1;
                proofs.push(EquivocationProof { first: Blob(first), second: Blob(second) });
            }
        }
        proofs
    }
}
