//! Doors and connections: dialling, letting in, noticing that somebody is gone.

use std::collections::BTreeSet;

use jitney_identity::PublicKey;
use jitney_net::{NetEvent, params};

use super::packet::Packet;
use super::port::{Conn, Standing};
use super::{Network, address};

/// How long a dial waits for somebody who does not answer, in milliseconds.
const DIAL_PATIENCE_MS: i64 = 10_000;

/// Returns a duration of the driver's in milliseconds.
fn millis(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl Network {
    pub(super) fn standing(&self, at: usize, peer: usize) -> Option<Standing> {
        let port = &self.ports[at];
        let known = |key: &PublicKey| {
            port.roster.contains(key) || port.members.contains(key) || port.dialled.contains(key)
        };
        let guests = port.peers.keys().filter(|other| **other != peer && !known(&self.ports[**other].key));
        port.standing(&self.ports[peer].key, guests.count())
    }

    pub(super) fn dial(&mut self, at: usize, peer: Option<PublicKey>, addrs: &[String]) {
        let by_address = || (0..self.ports.len()).find(|node| addrs.contains(&address(*node)));
        let found = match &peer {
            Some(key) => self.by_key.get(key).copied(),
            None => by_address(),
        };
        let Some(to) = found.filter(|to| *to != at) else {
            return self.no_dial(at, peer, "there is nobody");
        };
        if self.ports[at].peers.contains_key(&to) || self.ports[at].dialling.contains_key(&to) {
            return;
        }
        if addrs.is_empty() && !self.ports[at].known.contains(&to) {
            return self.no_dial(at, peer, "no address is known");
        }
        self.ports[at].known.insert(to);
        let key = self.ports[to].key;
        let port = &mut self.ports[at];
        if !port.roster.contains(&key) && !port.members.contains(&key) {
            port.dialled.insert(key);
        }
        let conn = self.fresh();
        self.ports[at].dialling.insert(to, conn);
        let delay = self.weather.latency(at, to, &mut self.chance);
        self.later(delay, Packet::Dial { from: at, to, conn });
    }

    fn no_dial(&mut self, at: usize, peer: Option<PublicKey>, reason: &str) {
        self.event(at, NetEvent::DialFailed { peer, addr: None, reason: reason.to_owned() });
    }

    /// Somebody stands at the door.
    pub(super) fn knock(&mut self, from: usize, to: usize, conn: u64) {
        let fail = |reason| Packet::Failed { node: from, peer: to, conn, reason };
        if self.is_cut(from, to) || self.is_cut(to, from) || self.walls.contains(&(from, to)) {
            return self.later(DIAL_PATIENCE_MS, fail("nobody answers"));
        }
        let delay = self.weather.latency(to, from, &mut self.chance);
        if !self.ports[to].up || !self.ports[from].up {
            return self.later(delay, fail("connection refused"));
        }
        if self.standing(to, from).is_none() {
            let peer = Some(self.ports[from].key);
            self.event(to, NetEvent::Refused { peer, reason: "it is not on the roster".to_owned() });
            // The door is opened before who knocks is known, so some see it open and close.
            if self.chance.percent(50) {
                return self.later(delay, fail("turned away"));
            }
            self.opening.insert(conn, self.now.saturating_add(delay));
            self.later(delay, Packet::Accepted { from: to, to: from, conn });
            return self.later(delay.saturating_add(20), Packet::Lost { node: from, peer: to, conn });
        }
        self.opening.insert(conn, self.now.saturating_add(delay));
        self.later(delay, Packet::Accepted { from: to, to: from, conn });
        self.open(to, from, conn, false);
    }

    /// The dialler learns that the door is open.
    pub(super) fn accepted(&mut self, from: usize, to: usize, conn: u64) {
        self.opening.remove(&conn);
        let waited = self.ports[to].dialling.get(&from) == Some(&conn);
        if !waited || !self.ports[to].up {
            return;
        }
        self.ports[to].dialling.remove(&from);
        self.open(to, from, conn, true);
    }

    pub(super) fn dial_failed(&mut self, node: usize, peer: usize, conn: u64, reason: &str) {
        if self.ports[node].dialling.get(&peer) == Some(&conn) {
            self.ports[node].dialling.remove(&peer);
            let key = self.ports[peer].key;
            self.no_dial(node, Some(key), reason);
        }
    }

    /// One side has a connection now.
    fn open(&mut self, at: usize, peer: usize, conn: u64, outbound: bool) {
        self.counts.connections = self.counts.connections.saturating_add(1);
        let (key, now) = (self.ports[peer].key, self.now);
        let inside = self.ports[at].roster.contains(&key);
        let view = self.ports[at].peers.entry(peer).or_default();
        let first = view.conns.is_empty();
        let stale = millis(params::STALE_AFTER);
        let old: Vec<u64> = view
            .conns
            .iter()
            .filter(|(_, c)| now.saturating_sub(c.opened) > stale)
            .map(|(c, _)| *c)
            .collect();
        view.conns.insert(conn, Conn { opened: now, inside });
        if first {
            self.event(at, NetEvent::Connected { peer: key, addr: address(peer), outbound });
        } else if !outbound && inside {
            // It dials only when it has none, so it restarted.
            for conn in old {
                self.close_one(at, peer, conn);
            }
        }
        if inside && let Some(federation) = self.ports[at].federation {
            self.say_hello(at, peer, conn, federation);
        }
        self.watch(at, peer);
    }

    /// Closes every connection with a peer.
    pub(super) fn close(&mut self, at: usize, peer: usize) {
        let view = self.ports[at].peers.get(&peer);
        for conn in view.map(|v| v.conns.keys().copied().collect::<Vec<_>>()).unwrap_or_default() {
            self.close_one(at, peer, conn);
        }
    }

    fn close_one(&mut self, at: usize, peer: usize, conn: u64) {
        if self.forget(at, peer, conn) {
            let notice = if self.is_cut(at, peer) {
                self.chance.between(8_000, 70_000)
            } else {
                self.weather.latency(at, peer, &mut self.chance)
            };
            let opened = self.opening.get(&conn).map_or(0, |at| at.saturating_sub(self.now));
            self.later(notice.max(opened.saturating_add(1)), Packet::Lost { node: peer, peer: at, conn });
        }
    }

    /// Takes a connection out on one side; tells whether it was there.
    pub(super) fn forget(&mut self, at: usize, peer: usize, conn: u64) -> bool {
        let Some(view) = self.ports[at].peers.get_mut(&peer) else { return false };
        if view.conns.remove(&conn).is_none() {
            return false;
        }
        let gone = view.conns.is_empty();
        let port = &mut self.ports[at];
        port.unanswered.retain(|_, waiting| waiting.conn != conn);
        let lost: Vec<u64> = port.asked.iter().filter(|(_, a)| a.conn == conn).map(|(t, _)| *t).collect();
        for ticket in lost {
            self.unanswered(at, ticket, "the connection was closed");
        }
        if gone {
            self.ports[at].peers.remove(&peer);
            let key = self.ports[peer].key;
            self.event(at, NetEvent::Disconnected { peer: key });
        }
        true
    }

    pub(super) fn allow(
        &mut self,
        at: usize,
        roster: BTreeSet<PublicKey>,
        members: BTreeSet<PublicKey>,
        strangers: bool,
    ) {
        let peers: Vec<usize> = self.ports[at].peers.keys().copied().collect();
        let before: Vec<_> = peers.iter().map(|peer| (*peer, self.standing(at, *peer))).collect();
        let port = &mut self.ports[at];
        port.dialled.retain(|key| !roster.contains(key) && !members.contains(key));
        (port.roster, port.members, port.strangers) = (roster, members, strangers);
        for (peer, before) in before {
            match (before, self.standing(at, peer)) {
                (_, Some(Standing::Roster)) => self.watch(at, peer),
                (Some(Standing::Roster), _) | (Some(Standing::Member), None) => self.close(at, peer),
                (_, Some(_)) => {}
                (_, None) => self.later(millis(params::FAREWELL), Packet::Farewell { node: at, peer }),
            }
        }
    }

    pub(super) fn farewell(&mut self, at: usize, peer: usize) {
        if self.standing(at, peer).is_none() {
            self.close(at, peer);
        }
    }

    /// Begins to wait for a sign that a peer of the roster hears our gossip.
    pub(super) fn watch(&mut self, at: usize, peer: usize) {
        let key = self.ports[peer].key;
        let port = &mut self.ports[at];
        let expected = port.federation.is_some() && port.roster.contains(&key);
        let grace = millis(params::MUTE_GRACE);
        let base = if port.known.contains(&peer) { grace } else { grace.saturating_mul(2) };
        let cures = port.cures.get(&peer).copied().unwrap_or(0);
        let longest = millis(params::MUTE_BACKOFF_MAX);
        let wait = base.saturating_mul(1 << cures.saturating_sub(2).min(8)).min(longest);
        let Some(view) = port.peers.get_mut(&peer) else { return };
        if expected && !view.subscribed && !view.watched {
            view.watched = true;
            self.later(wait, Packet::Mute { node: at, peer });
        }
    }

    /// Connects anew with a peer that still hears nothing.
    pub(super) fn cure(&mut self, at: usize, peer: usize) {
        let key = self.ports[peer].key;
        let port = &mut self.ports[at];
        let Some(view) = port.peers.get_mut(&peer).filter(|view| view.watched) else { return };
        view.watched = false;
        if view.subscribed || !port.roster.contains(&key) {
            return;
        }
        let cures = port.cures.entry(peer).or_default();
        *cures = cures.saturating_add(1);
        let redial = port.known.contains(&peer);
        self.counts.muted = self.counts.muted.saturating_add(1);
        self.close(at, peer);
        if redial {
            self.dial(at, Some(key), &[]);
        }
    }
}
