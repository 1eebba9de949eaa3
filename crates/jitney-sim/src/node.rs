//! One simulated node: a whole core with its disk, its keys and its clock.

use std::collections::{BTreeMap, BTreeSet};

use jitney_domain::{MemberId, State, Timestamp, Zone};
use jitney_federation::{Blob, Frontier, MailKey};
use jitney_identity::secretbox::DataKey;
use jitney_identity::{PublicKey, SecretKey};
use jitney_net::NetEvent;
use jitney_node::core::{Core, tags};
use jitney_node::settings::{Face, Keys, Settings};
use jitney_store::{Digest, Store as _, TableTag};

use crate::disk::{Disk, KeyFile};
use crate::hostile::Attacker;
use crate::invariants::Cause;
use crate::rng::Chance;

/// Bytes of a claim's name, with which a receipt's begins.
const CLAIM_ID: usize = 16;

/// How a node comes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// Between two steps, in good order: peers are told.
    Stop,
    /// Between two steps, like kill -9.
    Kill,
    /// At the next write, which reaches the disk although nobody learns of it.
    AfterWrite,
    /// At the next write, which does not reach the disk.
    BeforeWrite,
    /// At the next step, when only so many of its outputs have left.
    MidOutput(usize),
}

/// A copy of a node's disk and of its file of personal keys.
#[derive(Debug, Clone)]
pub struct Backup {
    pub(crate) disk: Disk,
    pub(crate) key_file: KeyFile,
}

impl Backup {
    /// Returns a copy of its own.
    pub(crate) fn copy(&self) -> Backup {
        Backup { disk: self.disk.copy(), key_file: self.key_file.copy() }
    }
}

/// What a node that comes back must know.
#[derive(Debug, Clone)]
pub(crate) struct Expected {
    pub state: State,
    /// None when the last write was never acknowledged.
    pub digest: Option<Digest>,
    /// What waits to be delivered, in what order; when it is tried next is reckoned anew.
    pub outbox: Vec<(MailKey, u64, Blob)>,
    pub frontier: Frontier,
}

impl Expected {
    pub(crate) fn of(core: &Core<Disk>) -> Self {
        Expected {
            state: core.state().clone(),
            digest: Some(core.digest().digest),
            outbox: outbox_of(core),
            frontier: core.federation().frontier(),
        }
    }
}

fn outbox_of(core: &Core<Disk>) -> Vec<(MailKey, u64, Blob)> {
    let outbox = &core.federation().mail().outbox;
    outbox.iter().map(|(key, row)| (*key, row.number, row.bytes.clone())).collect()
}

/// One coop's node.
#[derive(Debug)]
pub struct Node {
    /// The coop's public name.
    pub name: String,
    /// The coop's zone.
    pub zone: Zone,
    /// What its clock shows more than the world's, in milliseconds.
    pub skew_ms: i64,
    /// It speaks as the next version does.
    pub newer: bool,
    /// Its coop lies about bookings: what comes to it about them is taken and not acted on, and nothing is held
    /// against it or on its behalf.
    pub lies: bool,
    /// Answers in the node's place when it likes, if the coop is out to do more harm than that.
    pub(crate) attacker: Option<Attacker>,
    /// The core, while the node is up.
    pub core: Option<Core<Disk>>,
    /// Devices of members that enrolled one.
    pub devices: BTreeMap<MemberId, SecretKey>,
    pub(crate) settings: Settings,
    pub(crate) disk: Disk,
    pub(crate) key_file: KeyFile,
    pub(crate) inbox: Vec<NetEvent>,
    pub(crate) wake_no: u64,
    pub(crate) wake_at: i64,
    /// Who spoke while the disk was full: the node hears it when there is room.
    pub(crate) held: Cause,
    pub(crate) doom: Option<Crash>,
    pub(crate) down_ms: Option<i64>,
    pub(crate) expected: Option<Expected>,
    pub(crate) spins: (i64, u32),
    chance: Chance,
}

impl Node {
    /// Sets a coop up with keys and an empty disk. It is not running yet.
    pub(crate) fn new(name: String, address: String, zone: Zone, mut chance: Chance) -> Self {
        let keys =
            Keys { coop: chance.key(), node: chance.key(), vault: DataKey::from_bytes(chance.bytes()) };
        let phone = Some("+49 7071 5550".to_owned());
        let settings = Settings {
            face: Face { name: name.clone(), phone },
            keys,
            travel: Default::default(),
            crowd: Default::default(),
            messages: jitney_node::notify::Rules::default(),
            addresses: vec![address],
        };
        Node {
            name,
            zone,
            skew_ms: 0,
            newer: false,
            lies: false,
            attacker: None,
            core: None,
            devices: BTreeMap::new(),
            settings,
            disk: Disk::default(),
            key_file: KeyFile::default(),
            inbox: Vec::new(),
            wake_no: 0,
            wake_at: i64::MAX,
            held: Cause::default(),
            doom: None,
            down_ms: None,
            expected: None,
            spins: (0, 0),
            chance,
        }
    }

    /// Returns the coop's key.
    pub fn coop(&self) -> PublicKey {
        self.settings.keys.coop.public()
    }

    /// Returns the node's key.
    pub fn key(&self) -> PublicKey {
        self.settings.keys.node.public()
    }

    /// Tells whether the node's disk is full.
    pub fn is_full(&self) -> bool {
        self.disk.is_full()
    }

    /// Returns what the node's clock shows at a moment of the world.
    pub fn clock(&self, now: Timestamp) -> Timestamp {
        Timestamp(now.0.saturating_add(self.skew_ms))
    }

    /// Returns what the coop knows, while the node is up.
    pub fn state(&self) -> Option<&State> {
        self.core.as_ref().map(Core::state)
    }

    /// Returns of how many claims its disk holds a signed word on how the trip ended, and how many words.
    pub fn receipts(&self) -> (usize, usize) {
        let (mut claims, mut words) = (BTreeSet::new(), 0);
        let read = self.disk.scan(TableTag(tags::RECEIPTS), &mut |key, _| {
            if key.len() == CLAIM_ID + 2 {
                claims.insert(key[..CLAIM_ID].to_vec());
                words += 1;
            }
            Ok(())
        });
        read.map_or((usize::MAX, usize::MAX), |()| (claims.len(), words))
    }

    /// Copies what the node has on its disk.
    pub fn back_up(&self) -> Backup {
        Backup { disk: self.disk.copy(), key_file: self.key_file.copy() }
    }

    /// Opens a core on a disk of this node.
    pub(crate) fn open(&mut self, disk: Disk, keys: KeyFile, now: Timestamp) -> Result<Core<Disk>, String> {
        let (settings, rng) = (self.settings.clone(), self.chance.for_node());
        let now = self.clock(now);
        Core::open(disk, Box::new(keys), settings, rng, now).map_err(|e| e.to_string())
    }

    /// Opens a core on a disk that holds an older copy of what the node once had.
    pub(crate) fn restore(
        &mut self,
        disk: Disk,
        keys: KeyFile,
        now: Timestamp,
    ) -> Result<Core<Disk>, String> {
        let (settings, rng) = (self.settings.clone(), self.chance.for_node());
        let now = self.clock(now);
        Core::restore(disk, Box::new(keys), settings, rng, now).map_err(|e| e.to_string())
    }

    /// Tells what a core that came back does not know as it should.
    pub(crate) fn forgotten(core: &Core<Disk>, expected: &Expected) -> Option<&'static str> {
        let heads = core.federation().frontier();
        let behind = expected.frontier.0.iter().any(|(log, span)| {
            heads.0.get(log).is_some_and(|found| found.head < span.head || found.top < span.top)
        });
        if core.state() != &expected.state {
            Some("its state is another one")
        } else if expected.digest.is_some_and(|digest| core.digest().digest != digest) {
            Some("its digest is another one")
        } else if outbox_of(core) != expected.outbox {
            Some("its outbox is another one")
        } else if behind {
            Some("it is behind in some log")
        } else {
            None
        }
    }
}
