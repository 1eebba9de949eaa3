//! The nodes of the federation: which are connected, when to dial which, when to pull from which.

use std::collections::{BTreeMap, BTreeSet};

use jitney_domain::{Minutes, Timestamp};
use jitney_identity::PublicKey;
use rand::{CryptoRng, RngExt};

use super::{Cx, Federation, Output};
use crate::bytes::{backoff_ms, later};
use crate::frontier::Frontier;
use crate::ids::LogId;
use crate::membership::Candidate;
use crate::sync::Versions;

/// Time between two pulls from a connected node when nothing happens, shortened by up to a fifth at random.
pub(crate) const PULL_INTERVAL: Minutes = Minutes(10);
/// Time before a node that could not be reached is dialled again, in milliseconds; doubles every time.
pub(crate) const DIAL_FIRST_MS: i64 = 5_000;
/// Longest time between two dials, 15 minutes in milliseconds.
pub(crate) const DIAL_LONGEST_MS: i64 = 15 * 60_000;
/// Least time between the beginnings of two pulls that a hint sets off, in milliseconds.
pub(crate) const HINT_SPACING_MS: i64 = 2_000;
/// Most strangers whose connections are remembered.
const MAX_CONNECTED: usize = 1_024;

/// What is known of a node of the federation, until the program ends.
#[derive(Debug, Default)]
pub(super) struct Peer {
    pub(super) connected: bool,
    pub(super) subscribed: bool,
    /// The pull that is under way.
    pub(super) pull: Option<u64>,
    /// Whether another is wanted right after it.
    pub(super) again: bool,
    pub(super) next_pull: Timestamp,
    pub(super) last_pull: Timestamp,
    /// Pulls in a row that failed or brought nothing although there was something.
    pub(super) fruitless: u32,
    /// What it has, as it last said.
    pub(super) have: Frontier,
    /// Up to which number of each log it said to have sent all it has; good for pulls from it alone.
    pub(super) sent_upto: BTreeMap<LogId, u64>,
    pub(super) candidate: Option<Candidate>,
    pub(super) last_sync: Option<Timestamp>,
    pub(super) offset_ms: Option<i64>,
    pub(super) versions: Option<Versions>,
    /// Where the roster says it is.
    pub(super) addresses: Vec<String>,
    pub(super) dials: u32,
    pub(super) next_dial: Timestamp,
    /// Requests it made in the minute that began then.
    pub(super) asked: (Timestamp, u32),
}

impl Federation {
    /// Tells whether a node may sync with this one: it is on the roster, or it invited this coop.
    pub(super) fn trusts(&self, node: &PublicKey) -> bool {
        self.peers.contains_key(node)
    }

    /// Returns the coop that a node speaks for at that moment.
    pub(super) fn coop_of(&self, node: &PublicKey, now: Timestamp) -> Option<PublicKey> {
        let roster = self.membership.roster()?;
        self.moments(now).into_iter().find_map(|at| roster.coop_of_node(node, at))
    }

    /// Brings the list of nodes in line with the roster.
    pub(super) fn refresh_peers(&mut self, now: Timestamp) {
        let nodes = self.nodes(now);
        self.peers.retain(|node, _| nodes.contains(node));
        self.add_peers(now);
        self.peers_until = self.membership.roster().and_then(|roster| roster.next_nodes(now));
    }

    /// Returns the nodes to speak with at that moment.
    fn nodes(&self, now: Timestamp) -> BTreeSet<PublicKey> {
        let roster = self.membership.roster();
        let certified = roster.map(|roster| self.moments(now).map(|at| roster.nodes(at)));
        let mut nodes: BTreeSet<PublicKey> = certified.into_iter().flatten().flatten().collect();
        nodes.extend(self.membership.joining.get(&()).map(|row| row.link.node));
        nodes.remove(&self.node);
        nodes
    }

    /// Adds the nodes that are missing in the list, and notes where each may be found.
    pub(super) fn add_peers(&mut self, now: Timestamp) {
        for node in self.nodes(now) {
            let connected = self.connected.contains(&node);
            let peer = self.peers.entry(node).or_insert_with(|| Peer {
                connected,
                next_pull: now,
                next_dial: now,
                ..Peer::default()
            });
            let addresses = self.membership.roster().map(|r| r.addresses(&node)).unwrap_or_default();
            if peer.addresses != addresses {
                // It can be found elsewhere: what failed before says nothing of that.
                (peer.addresses, peer.dials, peer.next_dial) = (addresses, 0, now);
            }
        }
    }

    pub(super) fn connected(&mut self, node: PublicKey, now: Timestamp) {
        if self.trusts(&node) || self.connected.len() < MAX_CONNECTED {
            self.connected.insert(node);
        }
        if let Some(peer) = self.peers.get_mut(&node) {
            peer.connected = true;
            peer.dials = 0;
            peer.fruitless = 0;
            peer.next_pull = now;
            peer.again = peer.pull.is_some();
        }
        if self.membership.joining.get(&()).is_some_and(|row| row.link.node == node) {
            self.asking.soon(now);
        }
        self.hasten_mail(&node, now);
    }

    pub(super) fn disconnected(&mut self, node: PublicKey, cx: &mut Cx<'_>) {
        self.connected.remove(&node);
        let lost: Vec<u64> = self.pending_of(&node).collect();
        for id in lost {
            self.request_failed(id, cx.now);
        }
        if let Some(peer) = self.peers.get_mut(&node) {
            peer.connected = false;
            peer.subscribed = false;
            peer.candidate = None;
            peer.sent_upto.clear();
            peer.offset_ms = None;
            peer.next_dial = later(cx.now, jitter(cx.rng, DIAL_FIRST_MS));
        }
    }

    pub(super) fn subscribed(&mut self, node: PublicKey, now: Timestamp) {
        if let Some(peer) = self.peers.get_mut(&node) {
            peer.subscribed = true;
            peer.next_pull = now;
            peer.again = peer.pull.is_some();
        }
        self.next_publish = now;
        self.hasten_mail(&node, now);
    }

    /// Sets the timers of all nodes anew, because the clock leapt.
    pub(super) fn reset_peer_timers(&mut self, now: Timestamp) {
        for peer in self.peers.values_mut() {
            peer.next_pull = now;
            peer.last_pull = peer.last_pull.min(now);
            peer.next_dial = now;
            peer.asked = (now, 0);
            // It was reckoned by another clock.
            peer.offset_ms = None;
        }
    }

    /// Notes a sign of life of a node: what waits for its coop is tried soon.
    pub(super) fn heard(&mut self, node: &PublicKey, now: Timestamp) {
        if let Some(peer) = self.peers.get_mut(node) {
            peer.dials = 0;
            self.hasten_mail(node, later(now, HINT_SPACING_MS));
        }
    }

    /// Pulls from a node soon, because it seems to have something; the less its hints bring, the later.
    pub(super) fn hint(&mut self, node: &PublicKey, now: Timestamp) {
        if let Some(peer) = self.peers.get_mut(node) {
            let spacing = backoff_ms(HINT_SPACING_MS, PULL_INTERVAL.millis(), peer.fruitless);
            let soon = later(peer.last_pull, spacing).max(now);
            peer.next_pull = peer.next_pull.min(soon);
            peer.again |= peer.pull.is_some();
        }
    }

    /// Dials the nodes that are not connected.
    pub(super) fn dial_due(&mut self, cx: &mut Cx<'_>, out: &mut Vec<Output>) {
        let roster = self.membership.roster();
        let joining = self.membership.joining.get(&());
        for (node, peer) in &mut self.peers {
            if peer.connected || peer.next_dial > cx.now {
                continue;
            }
            let wait = backoff_ms(DIAL_FIRST_MS, DIAL_LONGEST_MS, peer.dials);
            peer.dials = peer.dials.saturating_add(1);
            peer.next_dial = later(cx.now, jitter(cx.rng, wait));
            let invited = joining.filter(|row| row.link.node == *node);
            let mut addresses = roster.map(|roster| roster.addresses(node)).unwrap_or_default();
            for address in invited.map(|row| row.link.addresses.clone()).unwrap_or_default() {
                if !addresses.contains(&address) {
                    addresses.push(address);
                }
            }
            out.push(Output::Dial { peer: *node, addresses });
        }
    }

    /// Returns when the next node is to be dialled or pulled from.
    pub(super) fn next_peer_wake(&self) -> Option<Timestamp> {
        let federated = self.membership.roster().is_some();
        let next = self.peers.values().filter_map(|peer| match peer {
            Peer { connected: false, next_dial, .. } => Some(*next_dial),
            Peer { pull: None, next_pull, .. } if federated => Some(*next_pull),
            _ => None,
        });
        next.min()
    }

    /// Returns a connected node that speaks for the coop.
    pub(super) fn reach(&self, coop: &PublicKey) -> Option<PublicKey> {
        let record = self.membership.roster()?.coop(coop)?;
        let nodes = record.nodes.iter().map(|node| node.cert.node);
        nodes.into_iter().find(|node| self.peers.get(node).is_some_and(|peer| peer.connected))
    }

    fn hasten_mail(&mut self, node: &PublicKey, soonest: Timestamp) {
        if self.mail.receivers().next().is_none() {
            return;
        }
        if let Some(coop) = self.coop_of(node, soonest) {
            self.mail.hasten(&coop, soonest);
        }
    }

    fn pending_of(&self, node: &PublicKey) -> impl Iterator<Item = u64> {
        self.pending.iter().filter(move |(_, pending)| pending.peer == *node).map(|(id, _)| *id)
    }
}

/// Returns a wait shortened by up to a fifth at random, so that nodes do not all act at once.
pub(super) fn jitter(rng: &mut (impl CryptoRng + ?Sized), wait_ms: i64) -> i64 {
    let fifth = wait_ms.checked_div(5).unwrap_or(0).max(0);
    wait_ms.saturating_sub(rng.random_range(0..=fifth))
}
