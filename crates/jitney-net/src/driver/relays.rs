//! Places reserved on relays, so that nodes which cannot dial this one come through to it.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use jitney_identity::PublicKey;
use libp2p::core::transport::ListenerId;
use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};
use tokio::time::Instant;

use super::Driver;
use crate::address::{leads_through_relay, parse_multiaddr, peer_id, without_peer};
use crate::interface::NetEvent;
use crate::params::{ADDRESSES_PER_PEER_MAX, RELAY_RETRY_FIRST, RELAY_RETRY_LONGEST, RELAYS_HELD_MAX};

/// A relay that may be asked.
#[derive(Debug)]
struct Relay {
    peer: PeerId,
    addrs: Vec<Multiaddr>,
    /// How often in a row it failed; also which of its addresses is next.
    failures: u32,
    next: Instant,
}

/// Remembers which relays there are, which keep a place for us, and when to ask which again.
#[derive(Debug, Default)]
pub(super) struct Relays {
    /// In the order in which they are preferred.
    known: Vec<(PublicKey, Relay)>,
    held: HashMap<ListenerId, PublicKey>,
}

impl Relays {
    /// Replaces what is known; those that keep a place go on doing so.
    fn set(&mut self, me: PeerId, relays: BTreeMap<PublicKey, Vec<Multiaddr>>, now: Instant) {
        let mut before: HashMap<PublicKey, Relay> = std::mem::take(&mut self.known).into_iter().collect();
        let relay = |(key, addrs): (PublicKey, Vec<Multiaddr>)| {
            let old = before.remove(&key).filter(|old| old.addrs == addrs);
            let fresh = || Relay { peer: peer_id(&key), addrs, failures: 0, next: now };
            (key, old.unwrap_or_else(fresh))
        };
        self.known = relays.into_iter().map(relay).collect();
        self.known.sort_by_key(|(_, relay)| preference(&me, &relay.peer));
    }

    /// Returns the next relay to ask, with the address for it, if a place is wanted and one may be asked.
    fn due(&self, now: Instant) -> Option<(PublicKey, Multiaddr)> {
        let (key, relay) = self.candidates().find(|(_, relay)| relay.next <= now)?;
        let nth = usize::try_from(relay.failures).unwrap_or(0).checked_rem(relay.addrs.len())?;
        let addr = relay.addrs.get(nth)?.clone();
        Some((*key, addr.with(Protocol::P2p(relay.peer)).with(Protocol::P2pCircuit)))
    }

    /// Returns when to look again, if a place is wanted.
    pub(super) fn next(&self) -> Option<Instant> {
        self.candidates().map(|(_, relay)| relay.next).min()
    }

    fn candidates(&self) -> impl Iterator<Item = &(PublicKey, Relay)> {
        let wanted = self.held.len() < RELAYS_HELD_MAX;
        let free = move |key: &PublicKey| wanted && !self.held.values().any(|held| held == key);
        self.known.iter().filter(move |(key, relay)| !relay.addrs.is_empty() && free(key))
    }

    fn failed(&mut self, key: &PublicKey, now: Instant) {
        if let Some((_, relay)) = self.known.iter_mut().find(|(known, _)| known == key) {
            relay.next = now + wait(relay.failures);
            relay.failures = relay.failures.saturating_add(1);
        }
    }

    fn succeeded(&mut self, key: &PublicKey) {
        if let Some((_, relay)) = self.known.iter_mut().find(|(known, _)| known == key) {
            relay.failures = 0;
        }
    }
}

/// Orders relays differently for each node, and always alike for one, so that they share the load.
fn preference(me: &PeerId, relay: &PeerId) -> [u8; 32] {
    *blake3::hash(&[me.to_bytes(), relay.to_bytes()].concat()).as_bytes()
}

fn wait(failures: u32) -> Duration {
    let factor = 1_u32.checked_shl(failures).unwrap_or(u32::MAX);
    RELAY_RETRY_FIRST.saturating_mul(factor).min(RELAY_RETRY_LONGEST)
}

impl Driver {
    /// Takes which relays there are, and asks for places at once.
    pub(super) fn set_relays(&mut self, relays: &BTreeMap<PublicKey, Vec<String>>) {
        let direct = |text: &String| {
            parse_multiaddr(text).ok().map(|(addr, _)| addr).filter(|addr| !leads_through_relay(addr))
        };
        let read = |(key, addrs): (&PublicKey, &Vec<String>)| {
            (*key, addrs.iter().filter_map(direct).take(ADDRESSES_PER_PEER_MAX).collect())
        };
        let (me, now) = (*self.swarm.local_peer_id(), Instant::now());
        self.relays.set(me, relays.iter().map(read).collect(), now);
        self.reserve(now);
    }

    /// Asks relays until as many as wanted keep a place or were asked.
    pub(super) fn reserve(&mut self, now: Instant) {
        while let Some((relay, addr)) = self.relays.due(now) {
            match self.swarm.listen_on(addr) {
                Ok(listener) => drop(self.relays.held.insert(listener, relay)),
                Err(error) => {
                    self.relays.failed(&relay, now);
                    self.emit(NetEvent::Unreserved { relay, reason: error.to_string() });
                }
            }
        }
    }

    /// Notes an address through a relay; tells whether it is one.
    pub(super) fn reserved(&mut self, listener: ListenerId, addr: &Multiaddr) -> bool {
        let Some(relay) = self.relays.held.get(&listener).copied() else { return false };
        self.relays.succeeded(&relay);
        self.emit(NetEvent::Reserved { relay, addr: without_peer(addr.clone()).to_string() });
        true
    }

    /// Notes that a place is lost or was not granted; tells whether the listener was one.
    pub(super) fn unreserved(&mut self, listener: ListenerId, reason: Option<String>) -> bool {
        let Some(relay) = self.relays.held.remove(&listener) else { return false };
        self.relays.failed(&relay, Instant::now());
        let reason = reason.unwrap_or_else(|| "the connection with it ended".to_owned());
        self.emit(NetEvent::Unreserved { relay, reason });
        true
    }
}

#[cfg(test)]
mod tests {
    use jitney_identity::SecretKey;

    use super::*;

    fn key(seed: u8) -> PublicKey {
        SecretKey::from_seed([seed; 32]).public()
    }

    fn relays(me: u8, seeds: &[u8], now: Instant) -> Relays {
        let addrs = |seed: u8| {
            vec![
                format!("/ip4/192.0.2.{seed}/tcp/1").parse().unwrap(),
                "/ip4/192.0.2.99/tcp/1".parse().unwrap(),
            ]
        };
        let mut relays = Relays::default();
        relays.set(peer_id(&key(me)), seeds.iter().map(|seed| (key(*seed), addrs(*seed))).collect(), now);
        relays
    }

    #[test]
    fn nodes_spread_over_relays_and_each_is_constant() {
        let now = Instant::now();
        let first = |me| relays(me, &[1, 2, 3, 4], now).due(now).unwrap().0;
        let chosen: std::collections::BTreeSet<PublicKey> = (10..60).map(first).collect();
        assert_eq!(chosen.len(), 4, "fifty nodes use every relay");
        assert_eq!(first(10), first(10));
    }

    #[test]
    fn two_places_are_enough() {
        let now = Instant::now();
        let mut relays = relays(9, &[1, 2, 3], now);
        for _ in 0..2 {
            let (relay, _) = relays.due(now).unwrap();
            relays.held.insert(ListenerId::next(), relay);
        }
        assert_eq!((relays.due(now), relays.next()), (None, None));
    }

    #[test]
    fn a_relay_that_fails_is_asked_ever_less_often_and_at_its_other_addresses() {
        let mut now = Instant::now();
        let mut relays = relays(9, &[1], now);
        let (mut waits, mut hosts) = (Vec::new(), Vec::new());
        for _ in 0..8 {
            let (relay, addr) = relays.due(now).unwrap();
            hosts.push(addr.to_string().contains("192.0.2.99"));
            relays.failed(&relay, now);
            let next = relays.next().unwrap();
            waits.push((next - now).as_secs());
            assert_eq!(relays.due(now), None);
            now = next;
        }
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 300, 300]);
        assert_eq!(hosts, [false, true, false, true, false, true, false, true]);
        relays.succeeded(&key(1));
        relays.failed(&key(1), now);
        assert_eq!(relays.next(), Some(now + RELAY_RETRY_FIRST));
    }

    #[test]
    fn the_same_relays_told_again_forget_no_failure() {
        let now = Instant::now();
        let mut relays = relays(9, &[1], now);
        relays.failed(&key(1), now);
        let same = relays.known.iter().map(|(key, relay)| (*key, relay.addrs.clone())).collect();
        relays.set(peer_id(&key(9)), same, now);
        assert_eq!(relays.due(now), None);
    }
}
