//! Our node with its disk, the coops around it, and what must hold after every step.

use std::collections::BTreeMap;

use jitney_domain::{Minutes, Timestamp};
use jitney_federation::direct::MAX_DIRECT_BODY_BYTES;
use jitney_federation::entry::MAX_ENTRY_BYTES;
use jitney_federation::log::{MAX_LIVE_PER_COOP, MAX_LOGS_PER_COOP, MAX_PARKED, OwnRow};
use jitney_federation::sync::{MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES, SyncReply, SyncRequest};
use jitney_federation::{
    Change, Channel, CommandError, Cx, DirectMessage, Entry, EntryHeader, Federation, Incarnation, Input,
    InvitationLink, Keys, Kind, Output,
};
use jitney_identity::{Hash, PublicKey, SecretKey};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;

use super::LIAR;
use crate::bytes::Bytes;
use crate::fixed;

/// Wakes in a row without time passing after which a machine is taken to spin.
const SPIN: usize = 64;

/// The pen of a coop: where it stands in its log.
#[derive(Debug, Clone)]
pub(super) struct Pen {
    pub(super) incarnation: Incarnation,
    pub(super) seq: u64,
    pub(super) prev: Hash,
}

impl Pen {
    pub(super) fn new(incarnation: u64) -> Self {
        Pen { incarnation: Incarnation(incarnation), seq: 0, prev: Hash::ZERO }
    }
}

/// Our node and its world.
pub(super) struct Site {
    pub(super) machine: Federation,
    pub(super) now: Timestamp,
    pub(super) pens: BTreeMap<u8, Pen>,
    /// What coops wrote, in order of writing.
    pub(super) written: Vec<Entry>,
    /// Questions of ours that await an answer.
    pub(super) asked: Vec<(u64, PublicKey, Channel, Vec<u8>)>,
    pub(super) publishing: Vec<u64>,
    pub(super) links: Vec<InvitationLink>,
    disk: BTreeMap<(u8, Vec<u8>), Vec<u8>>,
    coop: SecretKey,
    node: SecretKey,
    rng: ChaCha12Rng,
    token: u64,
}

impl Site {
    pub(super) fn new() -> Self {
        let (coop, node) = (fixed::coop(1), fixed::node(1));
        let machine = Federation::new(coop.public(), node.public());
        let pens = (2..=LIAR).map(|number| (number, Pen::new(u64::from(number)))).collect();
        let mut site = Site {
            machine,
            now: fixed::NOW,
            pens,
            written: Vec::new(),
            asked: Vec::new(),
            publishing: Vec::new(),
            links: Vec::new(),
            disk: BTreeMap::new(),
            coop,
            node,
            rng: ChaCha12Rng::seed_from_u64(1),
            token: 0,
        };
        site.disk.insert((128, Vec::new()), json(&fixed::world().charter));
        for (version, act) in (1_u64..).zip(&fixed::world().acts) {
            site.disk.insert((129, version.to_be_bytes().to_vec()), json(act));
        }
        let own = OwnRow { incarnation: Incarnation(1), seq: 0, last: Hash::ZERO, manifest_at: Timestamp(0) };
        site.disk.insert((138, Vec::new()), json(&own));
        site.restart();
        assert_eq!(site.machine.roster().map(|roster| roster.version().0), Some(u64::from(fixed::COOPS) - 1));
        site
    }

    /// Begins again from what is on the disk: as a crash between two steps would.
    pub(super) fn restart(&mut self) {
        let (roster, frontier) = (self.machine.roster().cloned(), self.machine.frontier());
        let fresh = self.machine.roster().is_none();
        self.machine = Federation::new(self.coop.public(), self.node.public());
        for ((table, key), value) in &self.disk {
            self.machine.restore_row(*table, key, value).expect("what was written can be read");
        }
        self.asked.clear();
        self.publishing.clear();
        self.handle(Input::Start);
        if !fresh {
            assert_eq!(self.machine.roster(), roster.as_ref(), "the roster survives a restart");
            for (log, span) in &frontier.0 {
                let now = self.machine.frontier().0.get(log).copied();
                assert!(now.is_some_and(|now| now.head >= span.head), "a head survives a restart");
            }
        }
    }

    pub(super) fn next_token(&mut self) -> u64 {
        self.token += 1;
        self.token
    }

    pub(super) fn some_node(&self, bytes: &mut Bytes<'_>) -> PublicKey {
        fixed::node(*bytes.of(&[2, 3, LIAR, fixed::OUTSIDER])).public()
    }

    /// Gives the machine an input and checks what comes of it.
    pub(super) fn handle(&mut self, input: Input) {
        let awaited = match &input {
            Input::Gossip { token, .. } | Input::Request { token, .. } => Some(*token),
            _ => None,
        };
        self.command(|machine, cx| {
            let out = machine.handle(input, cx);
            let answers = out.iter().filter(|output| match output {
                Output::Verdict { token, .. } | Output::Respond { token, .. } => Some(*token) == awaited,
                _ => false,
            });
            assert_eq!(answers.count(), usize::from(awaited.is_some()), "each question gets one answer");
            Ok(out)
        });
    }

    /// Lets the machine do something and checks what comes of it.
    pub(super) fn command(
        &mut self,
        ask: impl FnOnce(&mut Federation, &mut Cx<'_>) -> Result<Vec<Output>, CommandError>,
    ) {
        let keys = Keys { coop: Some(&self.coop), node: &self.node };
        let mut cx = Cx { now: self.now, keys, rng: &mut self.rng };
        let mut out = ask(&mut self.machine, &mut cx).unwrap_or_default();
        let spins = (0..SPIN).take_while(|_| match self.machine.next_wake() {
            Some(at) if at <= self.now => {
                out.extend(self.machine.handle(Input::Wake, &mut cx));
                true
            }
            _ => false,
        });
        assert!(spins.count() < SPIN, "the machine wants to be woken again and again at one moment");
        for row in self.machine.drain_changes().expect("rows can be written") {
            match row.value {
                Some(value) => self.disk.insert((row.table, row.key), value),
                None => self.disk.remove(&(row.table, row.key)),
            };
        }
        for output in out {
            self.check_output(output);
        }
        self.check();
    }

    fn check_output(&mut self, output: Output) {
        let federation = fixed::federation();
        match output {
            Output::Publish { id, bytes } => {
                assert!(bytes.len() <= MAX_ENTRY_BYTES);
                let entry = Entry::decode(&bytes, federation).expect("what we publish is good");
                assert_eq!(entry.header().origin, self.coop.public());
                self.publishing.push(id);
            }
            Output::Request { id, peer, channel, bytes } => {
                match channel {
                    Channel::Sync => {
                        assert!(bytes.len() <= MAX_REQUEST_BYTES);
                        SyncRequest::decode(&bytes).expect("our requests can be read");
                    }
                    Channel::Book => {
                        DirectMessage::decode(&bytes).expect("our letters can be read");
                    }
                    Channel::Join => panic!("who is on a roster asks nobody to join"),
                }
                self.asked.push((id, peer, channel, bytes));
            }
            Output::Respond { bytes, .. } => {
                assert!(bytes.len() <= MAX_RESPONSE_BYTES);
                if bytes.starts_with(b"{\"page\"") {
                    SyncReply::decode(&bytes).expect("our pages can be read");
                }
            }
            Output::DirectReceived { body, .. } => assert!(body.len() <= MAX_DIRECT_BODY_BYTES),
            Output::Withheld { .. } | Output::Equivocation { .. } | Output::EntryAccepted { .. } => {}
            _ => {}
        }
    }

    /// What holds whatever the others do.
    fn check(&self) {
        let log = self.machine.log();
        for (proven, _) in log.proofs.iter() {
            let liar = fixed::coop(LIAR).public();
            assert_eq!(proven.origin, liar, "nobody is convicted who did not contradict themselves");
        }
        assert!(log.parked() <= MAX_PARKED);
        for number in 1..=fixed::COOPS {
            let coop = fixed::coop(number).public();
            assert!(log.held_of(&coop) <= MAX_LIVE_PER_COOP);
            let lives = log.heads.iter().filter(|(log, _)| log.origin == coop).count();
            assert!(lives <= MAX_LOGS_PER_COOP, "{lives} lives of a log");
        }
        let membership = self.machine.membership();
        assert!(membership.proposals.len() <= 64 && membership.applicants.len() <= 32);
    }

    /// Writes the next entry of a coop, which follows the one before, and returns it.
    pub(super) fn write(&mut self, number: u8, kind: Kind, body: &[u8], life: Minutes) -> Entry {
        let issued_at = self.now.max(Timestamp(0));
        let pen = self.pens.entry(number).or_insert_with(|| Pen::new(u64::from(number)));
        let header = EntryHeader {
            kind,
            federation: fixed::federation(),
            origin: fixed::coop(number).public(),
            node: fixed::node(number).public(),
            incarnation: pen.incarnation,
            seq: pen.seq + 1,
            prev: pen.prev,
            issued_at,
            expires_at: issued_at.after(Minutes(life.0.min(30 * 24 * 60))),
        };
        let entry = Entry::sign(header, body, &fixed::node(number)).expect("a good entry");
        (pen.seq, pen.prev) = (pen.seq + 1, entry.id().0);
        self.written.push(entry.clone());
        entry
    }

    /// Lets honest coops agree with an act that follows our roster, and write so.
    pub(super) fn endorsed_by_all(&mut self, change: Change, bytes: &mut Bytes<'_>) {
        let Some(roster) = self.machine.roster() else { return };
        let act = fixed::act(roster, change, [2, 3]);
        for number in [2, 3] {
            let signature = act.signatures[&fixed::coop(number).public()];
            let body = serde_json::json!({ "act": act.act, "signature": signature });
            let endorse = serde_json::json!({ "act": act.id(), "signature": signature });
            let (kind, body) = match number {
                2 => (Kind::ROSTER_PROPOSED, body),
                _ => (Kind::ROSTER_ENDORSED, endorse),
            };
            let entry = self.write(number, kind, body.to_string().as_bytes(), Minutes(7 * 24 * 60));
            if !bytes.one_in(3) {
                let (from, token) = (self.some_node(bytes), self.next_token());
                self.handle(Input::Gossip { from, token, bytes: entry.bytes().to_vec() });
            }
        }
    }
}

fn json(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("a row can be written")
}
