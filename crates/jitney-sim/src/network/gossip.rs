//! Gossip: subscriptions, publishing, passing on what was judged good.

use jitney_net::{NetEvent, Verdict};

use super::Network;
use super::packet::Packet;

/// How long a message is remembered as seen, in milliseconds: gossipsub's duplicate cache, a quarter of an hour.
const SEEN_MS: i64 = 15 * 60_000;
/// To how many peers a message is passed on: the size of the mesh.
const MESH: usize = 4;
/// Latest repetition of a message in milliseconds.
const REPEAT_MAX_MS: i64 = 30 * 60_000;

impl Network {
    pub(super) fn federate(&mut self, at: usize, federation: [u8; 32]) {
        if self.ports[at].federation == Some(federation) {
            return;
        }
        self.ports[at].federation = Some(federation);
        let peers: Vec<usize> = self.ports[at].peers.keys().copied().collect();
        for peer in peers {
            let Some(view) = self.ports[at].peers.get_mut(&peer) else { continue };
            view.subscribed = false;
            if let Some(conn) = view.inside() {
                self.say_hello(at, peer, conn, federation);
            }
            self.note_subscribed(at, peer);
            self.watch(at, peer);
        }
    }

    pub(super) fn say_hello(&mut self, at: usize, peer: usize, conn: u64, federation: [u8; 32]) {
        if !self.chance.per_mille(self.weather.mute_per_mille) {
            self.send(at, peer, conn, Packet::Hello { from: at, to: peer, conn, federation });
        }
    }

    pub(super) fn hello(&mut self, from: usize, to: usize, conn: u64, federation: [u8; 32]) {
        if !self.can_take(from, to, conn) {
            return;
        }
        if let Some(view) = self.ports[to].peers.get_mut(&from) {
            view.hello = Some(federation);
        }
        self.note_subscribed(to, from);
    }

    /// Passes a message to one peer alone, as no honest node does; what becomes of it is nobody's fault.
    pub(crate) fn whisper(&mut self, from: usize, to: usize, bytes: &[u8]) {
        self.liars.insert(from);
        let conn = self.listeners(from).into_iter().find(|(peer, _)| *peer == to);
        if let Some((_, conn)) = conn {
            self.pass(from, to, conn, bytes);
        }
    }

    /// Tells a node that a peer hears its gossip, once both listen to the same.
    fn note_subscribed(&mut self, at: usize, peer: usize) {
        let port = &mut self.ports[at];
        let Some(ours) = port.federation else { return };
        let Some(view) = port.peers.get_mut(&peer) else { return };
        if view.hello == Some(ours) && view.inside().is_some() && !view.subscribed {
            view.subscribed = true;
            view.watched = false;
            port.cures.remove(&peer);
            let peer = self.ports[peer].key;
            self.event(at, NetEvent::Subscribed { peer });
        }
    }

    /// Returns the peers that hear a node's gossip, with the connections over which they do.
    fn listeners(&self, at: usize) -> Vec<(usize, u64)> {
        let views = self.ports[at].peers.iter().filter(|(_, view)| view.subscribed);
        views.filter_map(|(peer, view)| view.inside().map(|conn| (*peer, conn))).collect()
    }

    pub(super) fn publish(&mut self, at: usize, bytes: Vec<u8>, id: u64) {
        let listeners = self.listeners(at);
        let refusal = if self.ports[at].federation.is_none() {
            Some("this node belongs to no federation yet")
        } else if bytes.len() > jitney_net::params::GOSSIP_BYTES_MAX {
            Some("the message is too large")
        } else if listeners.is_empty() {
            Some("no peer of the federation is connected")
        } else {
            None
        };
        if let Some(reason) = refusal {
            return self.event(at, NetEvent::NotPublished { id, reason: reason.to_owned() });
        }
        if self.is_news(at, &bytes) {
            for (peer, conn) in listeners {
                self.pass(at, peer, conn, &bytes);
            }
        }
        self.event(at, NetEvent::Published { id });
    }

    /// Tells whether a node has not seen a message for long, and notes that it has now.
    fn is_news(&mut self, at: usize, bytes: &[u8]) -> bool {
        let now = self.now;
        let seen = &mut self.ports[at].seen;
        seen.retain(|_, when| now.saturating_sub(*when) < SEEN_MS);
        seen.insert(*blake3::hash(bytes).as_bytes(), now).is_none()
    }

    /// Passes a message to one peer, if it is not lost, and perhaps again much later.
    fn pass(&mut self, from: usize, to: usize, conn: u64, bytes: &[u8]) {
        let gossip = Packet::Gossip { from, to, conn, bytes: bytes.to_vec() };
        if self.chance.per_mille(self.weather.repeat_per_mille) {
            self.counts.repeated = self.counts.repeated.saturating_add(1);
            let delay = self.chance.between(1, REPEAT_MAX_MS);
            self.later(delay, gossip.clone());
        }
        if !self.is_lost() {
            self.send(from, to, conn, gossip);
        }
    }

    pub(super) fn gossiped(&mut self, from: usize, to: usize, conn: u64, bytes: Vec<u8>) {
        let inside = |conn: Option<&super::port::Conn>| conn.is_some_and(|conn| conn.inside);
        let view = self.ports[to].peers.get(&from);
        if !self.can_take(from, to, conn) || !view.is_some_and(|view| inside(view.conns.get(&conn))) {
            return;
        }
        if !self.is_news(to, &bytes) {
            return;
        }
        self.counts.gossip = self.counts.gossip.saturating_add(1);
        let (key, port) = (self.ports[from].key, &mut self.ports[to]);
        let token = port.token();
        port.unjudged.insert(token, (from, bytes.clone()));
        self.event(to, NetEvent::Gossip { from: key, token, bytes });
    }

    pub(super) fn judge(&mut self, at: usize, token: u64, verdict: Verdict) {
        let Some((from, bytes)) = self.ports[at].unjudged.remove(&token) else { return };
        match verdict {
            Verdict::Ignore => {}
            Verdict::Reject if self.liars.contains(&from) => {}
            Verdict::Reject => self.counts.rejected = self.counts.rejected.saturating_add(1),
            Verdict::Accept => {
                let mut listeners = self.listeners(at);
                listeners.retain(|(peer, _)| *peer != from);
                for _ in 0..MESH.min(listeners.len()) {
                    let chosen = self.chance.below(listeners.len());
                    let (peer, conn) = listeners.swap_remove(chosen);
                    self.pass(at, peer, conn, &bytes);
                }
            }
        }
    }
}
