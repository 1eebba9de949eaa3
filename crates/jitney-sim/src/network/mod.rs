//! A network that keeps the contract of `jitney-net`'s driver: doors, connections, gossip that passes on
//! what was judged good, questions and answers. What it loses, delays, repeats and cuts is up to chance.

mod gossip;
mod links;
mod packet;
mod port;
mod questions;
mod weather;

use std::collections::{BTreeMap, BTreeSet};

use jitney_domain::Timestamp;
use jitney_identity::PublicKey;
use jitney_net::{NetCommand, NetEvent};
use serde::Serialize;

use crate::marker;
use crate::rng::Chance;

pub use packet::Packet;
use port::Port;
pub use weather::Weather;

/// What the network did to messages, and what it saw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Connections made.
    pub connections: u64,
    /// Messages that were lost.
    pub lost: u64,
    /// Gossip that came again long after.
    pub repeated: u64,
    /// Messages that came very late.
    pub straggled: u64,
    /// Questions that nobody answered in time.
    pub timeouts: u64,
    /// Connections that had to be made anew because a peer heard no gossip.
    pub muted: u64,
    /// Gossip delivered.
    pub gossip: u64,
    /// Questions delivered.
    pub questions: u64,
    /// Gossip of an honest node that another one blamed it for.
    pub rejected: u64,
    /// Messages in which a marked name, address or phone number could be read.
    pub leaks: u64,
}

/// What the network wants of the world.
#[derive(Debug)]
pub enum Happens {
    /// Bring this back after so many milliseconds.
    Later(i64, Packet),
    /// Tell a node.
    Event(usize, NetEvent),
}

/// All nodes' ends and everything between them.
#[derive(Debug)]
pub struct Network {
    /// What it does to messages at present.
    pub weather: Weather,
    /// What it did.
    pub counts: Counts,
    ports: Vec<Port>,
    by_key: BTreeMap<PublicKey, usize>,
    chance: Chance,
    /// From whom nothing reaches whom.
    cuts: BTreeSet<(usize, usize)>,
    /// Who cannot dial whom.
    walls: BTreeSet<(usize, usize)>,
    /// Who gossips what their program would not.
    liars: BTreeSet<usize>,
    /// When the dialler learns of a connection: nothing on it arrives earlier.
    opening: BTreeMap<u64, i64>,
    next: u64,
    now: i64,
    out: Vec<Happens>,
}

impl Network {
    /// Returns a network without nodes, in fair weather.
    pub fn new(chance: Chance) -> Self {
        Network {
            weather: Weather::fair(),
            counts: Counts::default(),
            ports: Vec::new(),
            by_key: BTreeMap::new(),
            chance,
            cuts: BTreeSet::new(),
            walls: BTreeSet::new(),
            liars: BTreeSet::new(),
            opening: BTreeMap::new(),
            next: 0,
            now: 0,
            out: Vec::new(),
        }
    }

    /// Adds a node's end.
    pub fn add(&mut self, key: PublicKey) {
        self.by_key.insert(key, self.ports.len());
        self.ports.push(Port::new(key));
    }

    /// Says what time it is and takes what has gathered since.
    pub fn drain(&mut self) -> Vec<Happens> {
        std::mem::take(&mut self.out)
    }

    /// Says what time it is.
    pub fn clock(&mut self, now: Timestamp) {
        self.now = now.0;
    }

    /// Lets a node's process begin.
    pub fn start(&mut self, at: usize) {
        let key = self.ports[at].key;
        self.ports[at] = Port { up: true, ..Port::new(key) };
        self.event(at, NetEvent::Listening { addr: address(at) });
    }

    /// Lets a node's process end. In good order its peers learn at once, else when they notice.
    pub fn stop(&mut self, at: usize, good_order: bool) {
        let key = self.ports[at].key;
        let peers = std::mem::replace(&mut self.ports[at], Port::new(key)).peers;
        for (peer, view) in peers {
            for conn in view.conns.keys() {
                self.opening.remove(conn);
                let delay = if good_order && !self.is_cut(at, peer) {
                    self.weather.latency(at, peer, &mut self.chance)
                } else {
                    self.chance.between(50, 12_000)
                };
                self.later(delay, Packet::Lost { node: peer, peer: at, conn: *conn });
            }
        }
    }

    /// Carries out a node's command.
    pub fn command(&mut self, at: usize, command: NetCommand) {
        self.look_through(&command);
        match command {
            NetCommand::Federate { federation } => self.federate(at, federation),
            NetCommand::Allow { roster, members, strangers } => self.allow(at, roster, members, strangers),
            NetCommand::Dial { peer, addrs } => self.dial(at, peer, &addrs),
            NetCommand::Disconnect { peer } => {
                if let Some(peer) = self.by_key.get(&peer).copied() {
                    self.close(at, peer);
                }
            }
            NetCommand::Publish { bytes, id } => self.publish(at, bytes, id),
            NetCommand::Verdict { token, verdict } => self.judge(at, token, verdict),
            NetCommand::Request { id, peer, channel, bytes } => self.ask(at, id, peer, channel, bytes),
            NetCommand::Respond { token, bytes } => self.respond(at, token, bytes),
            // Everybody reaches everybody here, or nobody.
            NetCommand::Relays { .. } | NetCommand::Shutdown => {}
        }
    }

    /// Looks for marked personal data in what leaves a node.
    fn look_through(&mut self, command: &NetCommand) {
        let bytes = match command {
            NetCommand::Publish { bytes, .. }
            | NetCommand::Request { bytes, .. }
            | NetCommand::Respond { bytes, .. } => bytes,
            _ => return,
        };
        if marker::shows_in(bytes) {
            self.counts.leaks = self.counts.leaks.saturating_add(1);
        }
    }

    /// Lets something arrive where it was on its way to.
    pub fn arrive(&mut self, packet: Packet) {
        match packet {
            Packet::Dial { from, to, conn } => self.knock(from, to, conn),
            Packet::Accepted { from, to, conn } => self.accepted(from, to, conn),
            Packet::Failed { node, peer, conn, reason } => self.dial_failed(node, peer, conn, reason),
            Packet::Lost { node, peer, conn } => drop(self.forget(node, peer, conn)),
            Packet::Hello { from, to, conn, federation } => self.hello(from, to, conn, federation),
            Packet::Mute { node, peer } => self.cure(node, peer),
            Packet::Farewell { node, peer } => self.farewell(node, peer),
            Packet::Gossip { from, to, conn, bytes } => self.gossiped(from, to, conn, bytes),
            Packet::Ask { from, to, conn, ticket, channel, bytes } => {
                self.asked(from, to, conn, ticket, channel, bytes);
            }
            Packet::Answer { from, to, conn, ticket, bytes } => self.answered(from, to, conn, ticket, bytes),
            Packet::NoAnswer { node, ticket, reason } => self.unanswered(node, ticket, reason),
        }
    }

    /// Cuts all that goes between two nodes, in both directions.
    pub fn cut(&mut self, a: usize, b: usize) {
        self.cut_one_way(a, b);
        self.cut_one_way(b, a);
    }

    /// Cuts all that one node sends another, while what comes back still arrives. Nothing is acknowledged
    /// over such a line, so both notice that their connection is dead, and neither can open another.
    pub fn cut_one_way(&mut self, from: usize, to: usize) {
        if from == to || !self.cuts.insert((from, to)) {
            return;
        }
        for (node, peer) in [(from, to), (to, from)] {
            let conns: Vec<u64> = self.ports[node]
                .peers
                .get(&peer)
                .map(|v| v.conns.keys().copied().collect())
                .unwrap_or_default();
            for conn in conns {
                let delay = self.chance.between(8_000, 70_000);
                self.later(delay, Packet::Lost { node, peer, conn });
            }
        }
    }

    /// Joins two nodes again.
    pub fn heal(&mut self, a: usize, b: usize) {
        self.cuts.remove(&(a, b));
        self.cuts.remove(&(b, a));
    }

    /// Joins everything that was cut.
    pub fn heal_all(&mut self) {
        self.cuts.clear();
    }

    /// Says that one node can no longer dial another, as behind a router without a way in.
    pub fn wall(&mut self, from: usize, to: usize) {
        self.walls.insert((from, to));
    }

    /// Tells whether what one node sends does not reach another.
    pub fn is_cut(&self, from: usize, to: usize) -> bool {
        self.cuts.contains(&(from, to))
    }

    /// Returns whom a node is connected with, as far as it knows.
    pub fn peers_of(&self, at: usize) -> impl Iterator<Item = usize> {
        self.ports[at].peers.keys().copied()
    }

    /// Returns the index of the node that has a key.
    pub fn node_of(&self, key: &PublicKey) -> Option<usize> {
        self.by_key.get(key).copied()
    }

    fn event(&mut self, at: usize, event: NetEvent) {
        if self.ports[at].up {
            self.out.push(Happens::Event(at, event));
        }
    }

    fn later(&mut self, delay: i64, packet: Packet) {
        self.out.push(Happens::Later(delay.max(1), packet));
    }

    /// Draws an id that no other connection or question has.
    fn fresh(&mut self) -> u64 {
        self.next = self.next.wrapping_add(1);
        self.next
    }

    /// Sends something over a connection; it arrives after the connection has.
    fn send(&mut self, from: usize, to: usize, conn: u64, packet: Packet) {
        let (mut delay, late) = self.weather.way(from, to, &mut self.chance);
        if late {
            self.counts.straggled = self.counts.straggled.saturating_add(1);
        }
        if let Some(open_at) = self.opening.get(&conn) {
            delay = delay.max(open_at.saturating_sub(self.now).saturating_add(1));
        }
        self.later(delay, packet);
    }

    /// Tells whether a message is lost on the way, and counts it.
    fn is_lost(&mut self) -> bool {
        let lost = self.chance.per_mille(self.weather.loss_per_mille);
        if lost {
            self.counts.lost = self.counts.lost.saturating_add(1);
        }
        lost
    }

    /// Tells whether a message of this connection can be taken in at `to`.
    fn can_take(&self, from: usize, to: usize, conn: u64) -> bool {
        let held = self.ports[to].peers.get(&from).is_some_and(|view| view.conns.contains_key(&conn));
        self.ports[to].up && held && !self.is_cut(from, to)
    }
}

/// Returns the address at which a node listens; who dials it goes by its key.
pub fn address(at: usize) -> String {
    format!("/ip4/10.0.{}.{}/tcp/4001", at / 250, at % 250 + 1)
}
