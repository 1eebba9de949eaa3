//! A node's end of the network: who may come in, who is there, what waits for an answer.

use std::collections::{BTreeMap, BTreeSet};

use jitney_identity::PublicKey;
use jitney_net::Channel;

/// Strangers who may be connected at a time.
const STRANGERS_MAX: usize = jitney_net::params::STRANGERS_MAX;

/// As what a peer is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Roster,
    Member,
    Guest,
}

impl Standing {
    pub(super) fn may_use(self, channel: Channel) -> bool {
        match channel {
            Channel::Sync | Channel::Book => self == Standing::Roster,
            Channel::Member => self != Standing::Guest,
            Channel::Join => true,
        }
    }
}

/// A connection as one side sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Conn {
    pub opened: i64,
    /// Gossip runs over it: the peer was on the roster when it was opened.
    pub inside: bool,
}

/// A connected peer.
#[derive(Debug, Default)]
pub(super) struct View {
    pub conns: BTreeMap<u64, Conn>,
    /// To whose gossip the peer says it listens.
    pub hello: Option<[u8; 32]>,
    pub subscribed: bool,
    pub watched: bool,
}

impl View {
    /// Returns the newest connection.
    pub(super) fn newest(&self) -> Option<u64> {
        self.conns.last_key_value().map(|(conn, _)| *conn)
    }

    /// Returns the newest connection over which gossip runs.
    pub(super) fn inside(&self) -> Option<u64> {
        self.conns.iter().rev().find(|(_, conn)| conn.inside).map(|(conn, _)| *conn)
    }
}

/// A question that waits at who asked.
#[derive(Debug)]
pub(super) struct Asked {
    pub id: u64,
    pub peer: usize,
    pub conn: u64,
}

/// A question that waits at who is to answer.
#[derive(Debug)]
pub(super) struct Unanswered {
    pub from: usize,
    pub conn: u64,
    pub ticket: u64,
}

/// A node's end.
#[derive(Debug)]
pub(super) struct Port {
    pub key: PublicKey,
    pub up: bool,
    pub roster: BTreeSet<PublicKey>,
    pub members: BTreeSet<PublicKey>,
    pub strangers: bool,
    pub dialled: BTreeSet<PublicKey>,
    pub federation: Option<[u8; 32]>,
    pub peers: BTreeMap<usize, View>,
    pub dialling: BTreeMap<usize, u64>,
    /// Peers whose address is known.
    pub known: BTreeSet<usize>,
    pub cures: BTreeMap<usize, u32>,
    pub asked: BTreeMap<u64, Asked>,
    pub unanswered: BTreeMap<u64, Unanswered>,
    pub unjudged: BTreeMap<u64, (usize, Vec<u8>)>,
    /// When a message was last seen, by its hash.
    pub seen: BTreeMap<[u8; 32], i64>,
    pub next_token: u64,
}

impl Port {
    pub(super) fn new(key: PublicKey) -> Self {
        Port {
            key,
            up: false,
            roster: BTreeSet::new(),
            members: BTreeSet::new(),
            strangers: false,
            dialled: BTreeSet::new(),
            federation: None,
            peers: BTreeMap::new(),
            dialling: BTreeMap::new(),
            known: BTreeSet::new(),
            cures: BTreeMap::new(),
            asked: BTreeMap::new(),
            unanswered: BTreeMap::new(),
            unjudged: BTreeMap::new(),
            seen: BTreeMap::new(),
            next_token: 0,
        }
    }

    /// Returns as what a key is met now; nothing if it may not come in.
    pub(super) fn standing(&self, key: &PublicKey, strangers: usize) -> Option<Standing> {
        if self.roster.contains(key) {
            Some(Standing::Roster)
        } else if self.members.contains(key) {
            Some(Standing::Member)
        } else if self.dialled.contains(key) || self.strangers && strangers < STRANGERS_MAX {
            Some(Standing::Guest)
        } else {
            None
        }
    }

    pub(super) fn token(&mut self) -> u64 {
        self.next_token = self.next_token.wrapping_add(1);
        self.next_token
    }
}
