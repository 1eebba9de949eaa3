//! How other nodes reach this one and it them: addresses that worked, relays, and what became of dials.
//!
//! A node that relays says so by an address in its record that leads through itself; one that others reach
//! through a relay lists the address through it. Nothing else in a record is about relays.

use std::collections::{BTreeMap, BTreeSet};

use jitney_domain::Timestamp;
use jitney_domain::table::RowKey;
use jitney_federation::record::MAX_ADDRESSES;
use jitney_identity::PublicKey;
use jitney_net::{NetCommand, NetEvent, Path, address_with_peer, is_relayed, relay_of};
use jitney_store::Store;
use serde::{Deserialize, Serialize};

use super::{Core, Output};

/// Addresses that are remembered of one node.
const BOOK_ADDRESSES_MAX: usize = 4;
/// An address that works is noted again after a day, not at every connection: each note is a write.
const BOOK_REFRESH_MS: i64 = 24 * 3_600_000;
/// Relays through which this node lists itself, and addresses through each.
const CIRCUITS_MAX: usize = 2;
/// Own addresses whose trials are remembered.
const TRIED_MAX: usize = 16;

/// A node's key as a row's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeKey(pub PublicKey);

impl RowKey for NodeKey {
    fn to_bytes(&self) -> Vec<u8> {
        self.0.as_bytes().to_vec()
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        PublicKey::from_bytes(bytes.try_into().ok()?).ok().map(NodeKey)
    }
}

/// An address at which a node was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worked {
    /// The address, without the node's key.
    pub address: String,
    /// When, give or take a day.
    pub at: Timestamp,
}

/// Since when a node is away, and what the last dial came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Away {
    pub(crate) since: Timestamp,
    pub(crate) why: Option<String>,
}

/// What came of a trial of one of our addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trial {
    pub(crate) reached: bool,
    pub(crate) by: PublicKey,
    pub(crate) at: Timestamp,
}

/// Everything that is not stored: it is learned anew within a minute of a start.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    /// Whether this node relays for others.
    pub(crate) relays: bool,
    /// Whether the operator has said where others reach this node.
    pub(crate) external: bool,
    pub(crate) paths: BTreeMap<PublicKey, (Path, Timestamp)>,
    pub(crate) away: BTreeMap<PublicKey, Away>,
    pub(crate) tried: BTreeMap<String, Trial>,
    /// Addresses through relays that stand in our record, or should.
    pub(crate) circuits: BTreeMap<PublicKey, Vec<String>>,
    /// Relays that keep a place for us at present.
    pub(crate) held: BTreeSet<PublicKey>,
    /// Why a relay does not.
    pub(crate) trouble: BTreeMap<PublicKey, String>,
    /// What the network was last told of relays.
    told: Option<NetCommand>,
    /// Whether the roster, our relays or the time have changed since they were looked at.
    pub(super) look: bool,
    /// Whether our record may be out of date.
    stale: bool,
}

impl Reach {
    fn reserved(&mut self, relay: PublicKey, addr: String) {
        if self.held.insert(relay) {
            // What it said before may have changed.
            self.circuits.remove(&relay);
        }
        self.trouble.remove(&relay);
        let addrs = self.circuits.entry(relay).or_default();
        if addrs.len() < CIRCUITS_MAX && !addrs.contains(&addr) {
            addrs.push(addr);
        }
        while self.circuits.len() > CIRCUITS_MAX {
            let Some(idle) = self.circuits.keys().find(|relay| !self.held.contains(*relay)).copied() else {
                break;
            };
            self.circuits.remove(&idle);
        }
        (self.look, self.stale) = (true, true);
    }

    fn tried(&mut self, addr: String, trial: Trial) {
        self.tried.insert(addr, trial);
        if self.tried.len() > TRIED_MAX {
            let oldest = self.tried.iter().min_by_key(|(_, trial)| trial.at).map(|(addr, _)| addr.clone());
            self.tried.retain(|addr, _| Some(addr) != oldest.as_ref());
        }
    }
}

impl<S: Store> Core<S> {
    /// Says where this node can be reached, whether the operator vouches for that, and whether it relays;
    /// other coops learn it when it has changed.
    pub fn reachable_at(&mut self, addresses: Vec<String>, external: bool, relays: bool) {
        self.settings.addresses = addresses;
        self.settings.addresses.truncate(MAX_ADDRESSES);
        (self.reach.external, self.reach.relays) = (external, relays);
    }

    /// Brings back which relays our record names: they are most likely to keep a place for us again.
    pub(super) fn recall_circuits(&mut self) {
        let (us, node) = (self.coop_key(), self.settings.keys.node.public());
        let record = self.federation.roster().and_then(|roster| roster.coop(&us));
        let listed = record.and_then(|record| record.nodes.iter().find(|listed| listed.cert.node == node));
        for address in listed.iter().flat_map(|listed| &listed.addresses) {
            if let Some(relay) = relay_of(address).filter(|relay| *relay != node) {
                self.reach.circuits.entry(relay).or_default().push(address.clone());
            }
        }
    }

    /// Takes what the network says of ways and addresses; gives back what is not about them.
    pub(super) fn heard_of_reach(&mut self, event: NetEvent, now: Timestamp) -> Option<NetEvent> {
        match &event {
            NetEvent::Connected { peer, addr, outbound } => {
                self.reach.away.remove(peer);
                if *outbound && self.roster_nodes.contains(peer) {
                    self.note_in_book(*peer, addr, now);
                }
                return Some(event);
            }
            NetEvent::Disconnected { peer } => {
                self.reach.paths.remove(peer);
                if self.roster_nodes.contains(peer) {
                    self.reach.away.insert(*peer, Away { since: now, why: None });
                }
                return Some(event);
            }
            NetEvent::Path { peer, path } => drop(self.reach.paths.insert(*peer, (*path, now))),
            NetEvent::Reserved { relay, addr } => self.reach.reserved(*relay, addr.clone()),
            NetEvent::Unreserved { relay, reason } => {
                self.reach.held.remove(relay);
                self.reach.trouble.insert(*relay, reason.clone());
            }
            NetEvent::Tried { addr, by, reached } => {
                self.reach.tried(addr.clone(), Trial { reached: *reached, by: *by, at: now });
            }
            NetEvent::DialFailed { peer, reason, .. } => {
                tracing::debug!(target: "jitney::net", ?peer, reason, "a node could not be reached");
                let connected = |peer: &PublicKey| self.reach.paths.contains_key(peer);
                if let Some(peer) = peer.filter(|peer| self.roster_nodes.contains(peer) && !connected(peer)) {
                    let away = self.reach.away.entry(peer).or_insert(Away { since: now, why: None });
                    away.why = Some(reason.clone());
                }
            }
            _ => return Some(event),
        }
        None
    }

    fn note_in_book(&mut self, node: PublicKey, address: &str, now: Timestamp) {
        let mut worked = self.dial_book.get(&NodeKey(node)).cloned().unwrap_or_default();
        let fresh = |known: &Worked| now.0.saturating_sub(known.at.0) < BOOK_REFRESH_MS;
        if worked.first().is_some_and(|first| first.address == address && fresh(first)) {
            return;
        }
        worked.retain(|known| known.address != address);
        worked.insert(0, Worked { address: address.to_owned(), at: now });
        worked.truncate(BOOK_ADDRESSES_MAX);
        self.dial_book.insert(NodeKey(node), worked);
    }

    /// Returns where to dial a node: where it was reached before, then where it says it is.
    pub(super) fn addresses_to_dial(&self, node: &PublicKey, told: Vec<String>) -> Vec<String> {
        let us = self.settings.keys.node.public();
        let book =
            self.dial_book.get(&NodeKey(*node)).into_iter().flatten().map(|known| known.address.clone());
        let mut addresses: Vec<String> = Vec::new();
        for address in book.chain(told) {
            // An address through the node itself only says that it relays; one through us leads back here.
            let circular = relay_of(&address).is_some_and(|relay| relay == *node || relay == us);
            if !circular && !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        addresses
    }

    /// Returns the addresses that our record should list.
    pub(crate) fn own_addresses(&self) -> Vec<String> {
        let direct = &self.settings.addresses;
        let mut through: Vec<String> = Vec::new();
        if self.reach.relays {
            let us = self.settings.keys.node.public();
            through
                .extend(direct.first().map(|first| format!("{}/p2p-circuit", address_with_peer(first, &us))));
        } else {
            through.extend(self.reach.circuits.values().flatten().cloned());
        }
        through.truncate(CIRCUITS_MAX * CIRCUITS_MAX);
        let room = MAX_ADDRESSES.saturating_sub(through.len());
        direct.iter().take(room).cloned().chain(through).collect()
    }

    /// Returns the nodes of the roster that relay, and where they are.
    pub(crate) fn roster_relays(&self) -> BTreeMap<PublicKey, Vec<String>> {
        let mut relays = BTreeMap::new();
        for listed in self.federation.roster().iter().flat_map(|roster| roster.coops()).flat_map(|c| &c.nodes)
        {
            let node = listed.cert.node;
            if self.roster_nodes.contains(&node) && listed.addresses.iter().any(|a| relay_of(a) == Some(node))
            {
                let direct = listed.addresses.iter().filter(|address| !is_relayed(address));
                relays.insert(node, direct.cloned().collect());
            }
        }
        relays
    }

    /// Forgets what no longer concerns us, tells the network of new relays, and the neighbours where we are.
    pub(super) fn update_reach(&mut self, now: Timestamp) {
        if !std::mem::take(&mut self.reach.look) {
            return;
        }
        let roster = &self.roster_nodes;
        let gone: Vec<NodeKey> =
            self.dial_book.iter().map(|(node, _)| *node).filter(|node| !roster.contains(&node.0)).collect();
        if self.federation.roster().is_some() {
            for node in gone {
                self.dial_book.remove(&node);
            }
        }
        self.reach.away.retain(|node, _| roster.contains(node));
        let all = self.roster_relays();
        self.reach.trouble.retain(|relay, _| all.contains_key(relay));
        let wanted = !(self.reach.external || self.reach.relays);
        let relays = if wanted { all } else { BTreeMap::new() };
        let before = self.reach.circuits.len();
        self.reach.circuits.retain(|relay, _| relays.contains_key(relay));
        let lost = self.reach.circuits.len() != before;
        if std::mem::take(&mut self.reach.stale) || lost {
            self.renew_record(now);
        }
        let command = NetCommand::Relays { relays };
        let nothing_yet =
            self.reach.told.is_none() && command == NetCommand::Relays { relays: BTreeMap::new() };
        if self.reach.told.as_ref() != Some(&command) && !nothing_yet {
            self.reach.told = Some(command.clone());
            self.pending.outputs.push(Output::Net(command));
        }
    }
}

#[cfg(test)]
mod tests {
    use jitney_identity::SecretKey;

    use super::*;

    fn key(seed: u8) -> PublicKey {
        SecretKey::from_seed([seed; 32]).public()
    }

    #[test]
    fn a_relay_that_keeps_a_place_drives_out_one_that_does_not() {
        let mut reach = Reach::default();
        for seed in 1..=2 {
            reach.circuits.insert(key(seed), vec![format!("/old/{seed}")]);
        }
        reach.reserved(key(2), "/new/2".to_owned());
        assert_eq!(reach.circuits[&key(2)], ["/new/2"], "what it said before is out of date");
        reach.reserved(key(3), "/new/3".to_owned());
        assert_eq!(reach.circuits.len(), CIRCUITS_MAX);
        assert!(!reach.circuits.contains_key(&key(1)));
        for more in 0..5 {
            reach.reserved(key(3), format!("/more/{more}"));
        }
        assert_eq!(reach.circuits[&key(3)].len(), CIRCUITS_MAX);
    }

    #[test]
    fn trials_of_own_addresses_are_bounded_and_the_oldest_go() {
        let mut reach = Reach::default();
        for nth in 0..40_i64 {
            reach.tried(format!("/{nth}"), Trial { reached: true, by: key(1), at: Timestamp(nth) });
        }
        assert_eq!(reach.tried.len(), TRIED_MAX);
        assert!(reach.tried.contains_key("/39") && !reach.tried.contains_key("/0"));
    }
}
