//! A federation of any number of coops, and nodes of it: the machines that ship, without a network.

#![allow(dead_code)] // Each benchmark uses its part.

use std::collections::BTreeSet;

use jitney_domain::{Minutes, Timestamp};
use jitney_federation::act::{ACT_LIFE, endorse};
use jitney_federation::charter::CHARTER_VERSION;
use jitney_federation::{
    Agreement, Change, Charter, CoopRecord, Cx, Entry, Federation, FederationId, Incarnation, Input, Keys,
    NodeCert, NodeRecord, Output, Roster, RosterAct, SignedAct, SignedCharter, SignedRecord,
};
use jitney_identity::{Hash, PublicKey, SecretKey};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;

/// The present, in November 2023.
pub(crate) const NOW: Timestamp = Timestamp(1_700_000_000_000);
/// Tables of the rows that are put in place.
const CHARTER: u8 = 128;
const ACTS: u8 = 129;
const ENTRIES: u8 = 136;
const HEADS: u8 = 137;
const OWN: u8 = 138;

/// A federation, as its nodes have it on their disks.
pub(crate) struct World {
    charter: SignedCharter,
    acts: Vec<SignedAct>,
    federation: FederationId,
    coops: u16,
}

fn key(kind: &str, coop: u16) -> SecretKey {
    SecretKey::from_seed(*Hash::of(format!("{kind} {coop}").as_bytes()).as_bytes())
}

impl World {
    /// Founds a federation of so many coops, each admitted by a majority of those before it.
    pub(crate) fn of(coops: u16) -> Self {
        let founder = record(0);
        let agreement = Agreement { currency: "EUR".into(), per_km_minor: Some(30), per_trip_minor: None };
        let charter = Charter {
            version: CHARTER_VERSION,
            name: "Valley lifts".into(),
            founder,
            founded_at: NOW,
            terms: Hash::of(b"terms"),
            agreement,
        };
        let charter = SignedCharter::sign(&charter, &key("coop", 0)).unwrap();
        let (mut roster, _) = Roster::found(&charter).unwrap();
        let federation = roster.federation();
        let mut acts = Vec::new();
        for coop in 1..coops {
            let newcomer = SignedRecord::sign(&record(coop), federation, &key("coop", coop)).unwrap();
            let act = RosterAct {
                federation,
                version: roster.version().next(),
                prev: roster.hash(),
                change: Change::Admit(newcomer),
                proposed_at: NOW,
                expires_at: NOW.after(ACT_LIFE),
            };
            let act = act.encode().unwrap();
            let sign = |signer| (key("coop", signer).public(), endorse(&act.0, &key("coop", signer)));
            let signatures = (0..=coop / 2).map(sign).collect();
            let signed = SignedAct { act, signatures };
            roster.apply(&signed).unwrap();
            acts.push(signed);
        }
        World { charter, acts, federation, coops }
    }

    pub(crate) fn federation(&self) -> FederationId {
        self.federation
    }

    pub(crate) fn coop_key(&self, coop: u16) -> SecretKey {
        key("coop", coop)
    }

    pub(crate) fn node_key(&self, coop: u16) -> SecretKey {
        key("node", coop)
    }

    /// Returns the node of a coop, with charter and roster on its disk; not started.
    pub(crate) fn node(&self, coop: u16) -> Node {
        assert!(coop < self.coops);
        let (coop_key, node_key) = (key("coop", coop), key("node", coop));
        let mut machine = Federation::new(coop_key.public(), node_key.public());
        let json = |value: &dyn Fn() -> serde_json::Result<Vec<u8>>| value().unwrap();
        let mut row = |table, key: &[u8], value: Vec<u8>| machine.restore_row(table, key, &value).unwrap();
        row(CHARTER, &[], json(&|| serde_json::to_vec(&self.charter)));
        for (version, act) in (1_u64..).zip(&self.acts) {
            row(ACTS, &version.to_be_bytes(), json(&|| serde_json::to_vec(act)));
        }
        let incarnation = format!("{:016x}", u64::from(coop) + 1);
        let own = serde_json::json!({
            "incarnation": incarnation, "seq": 0, "last": Hash::ZERO, "manifest_at": NOW,
        });
        row(OWN, &[], own.to_string().into_bytes());
        let rng = ChaCha12Rng::seed_from_u64(u64::from(coop));
        Node { machine, now: NOW, coop: coop_key, node: node_key, rng, rows: BTreeSet::new() }
    }
}

fn record(coop: u16) -> CoopRecord {
    let coop_key = key("coop", coop);
    let until = NOW.after(Minutes(400 * 24 * 60));
    CoopRecord {
        key: None,
        coop: coop_key.public(),
        name: format!("Coop {coop}"),
        phone: Some("+33 1 55 55 01 00".into()),
        revision: 1,
        nodes: vec![NodeRecord {
            cert: NodeCert::issue(&coop_key, key("node", coop).public(), NOW.before(Minutes(60)), until),
            addresses: vec![format!("/dns4/coop-{coop}.example/tcp/4170")],
        }],
    }
}

/// A ticket as coops write it, with an id of its own.
pub(crate) fn ticket(number: u64) -> Vec<u8> {
    format!(
        r#"{{"ticket":"{number:032x}","from":"871fb4670ffffff","to":"871fb4662ffffff","pick_up":{{"from":1700500500000,"to":1700502300000}},"drop_off":{{"from":1700501400000,"to":1700505000000}},"max_ride":40,"load":{{"seats":1,"wheelchairs":0}},"ramp":false,"stow":true,"service_animal":false,"assistance":"door-to-door","never_leave_alone":false,"dwell_pick_up":5,"dwell_drop_off":5}}"#
    )
    .into_bytes()
}

/// One node's machine.
pub(crate) struct Node {
    pub(crate) machine: Federation,
    pub(crate) now: Timestamp,
    coop: SecretKey,
    node: SecretKey,
    rng: ChaCha12Rng,
    rows: BTreeSet<u8>,
}

impl Node {
    /// Puts an entry on its disk; entries of one log in order.
    pub(crate) fn hold(&mut self, entry: &Entry) {
        let header = entry.header();
        let log = [header.origin.as_bytes().as_slice(), &header.incarnation.0.to_be_bytes()].concat();
        let place = [log.as_slice(), &header.seq.to_be_bytes()].concat();
        self.machine.restore_row(ENTRIES, &place, entry.bytes()).unwrap();
        let head = serde_json::json!({ "head": header.seq, "top": header.seq, "newest": header.issued_at });
        self.machine.restore_row(HEADS, &log, head.to_string().as_bytes()).unwrap();
    }

    /// Notes on its disk how far it has a log of which nothing lives any more.
    pub(crate) fn stand(&mut self, origin: PublicKey, incarnation: Incarnation, seq: u64) {
        let log = [origin.as_bytes().as_slice(), &incarnation.0.to_be_bytes()].concat();
        let newest = NOW.before(Minutes(29 * 24 * 60));
        let head = serde_json::json!({ "head": seq, "top": seq, "newest": newest });
        self.machine.restore_row(HEADS, &log, head.to_string().as_bytes()).unwrap();
    }

    /// Begins.
    pub(crate) fn start(&mut self) -> Vec<Output> {
        self.handle(Input::Start)
    }

    /// Gives the machine an input and drains its rows as for a store.
    pub(crate) fn handle(&mut self, input: Input) -> Vec<Output> {
        let keys = Keys { coop: Some(&self.coop), node: &self.node };
        let mut cx = Cx { now: self.now, keys, rng: &mut self.rng };
        let out = self.machine.handle(input, &mut cx);
        self.rows.extend(self.machine.drain_changes().unwrap().iter().map(|row| row.table));
        out
    }
}
