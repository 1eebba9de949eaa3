//! Questions and answers over a connection.

use jitney_identity::PublicKey;
use jitney_net::{Channel, NetEvent, params};

use super::Network;
use super::packet::Packet;
use super::port::{Asked, Unanswered};

/// How long a question waits for its answer, in milliseconds.
const PATIENCE_MS: i64 = params::REQUEST_TIMEOUT.as_secs() as i64 * 1000;

impl Network {
    pub(super) fn ask(&mut self, at: usize, id: u64, peer: PublicKey, channel: Channel, bytes: Vec<u8>) {
        let to = self.by_key.get(&peer).copied();
        let conn = to.and_then(|to| self.ports[at].peers.get(&to)).and_then(super::port::View::newest);
        let (Some(to), Some(conn)) = (to, conn) else {
            let reason = "the peer is not connected".to_owned();
            return self.event(at, NetEvent::RequestFailed { id, peer, reason });
        };
        if !self.standing(at, to).is_some_and(|standing| standing.may_use(channel)) {
            let reason = format!("the peer has no part in {channel}");
            return self.event(at, NetEvent::RequestFailed { id, peer, reason });
        }
        if bytes.len() > params::REQUEST_BYTES_MAX {
            let reason = format!("the request has {} bytes", bytes.len());
            return self.event(at, NetEvent::RequestFailed { id, peer, reason });
        }
        let ticket = self.fresh();
        self.ports[at].asked.insert(ticket, Asked { id, peer: to, conn });
        self.later(PATIENCE_MS, Packet::NoAnswer { node: at, ticket, reason: "nobody answered in time" });
        if !self.is_lost() {
            self.send(at, to, conn, Packet::Ask { from: at, to, conn, ticket, channel, bytes });
        }
    }

    pub(super) fn asked(
        &mut self,
        from: usize,
        to: usize,
        conn: u64,
        ticket: u64,
        channel: Channel,
        bytes: Vec<u8>,
    ) {
        if !self.can_take(from, to, conn) {
            return;
        }
        let key = self.ports[from].key;
        if !self.standing(to, from).is_some_and(|standing| standing.may_use(channel)) {
            let reason = format!("it has no part in {channel}");
            self.event(to, NetEvent::Refused { peer: Some(key), reason });
            let delay = self.weather.latency(to, from, &mut self.chance);
            let dropped = Packet::NoAnswer { node: from, ticket, reason: "the question was dropped" };
            return self.later(delay, dropped);
        }
        self.counts.questions = self.counts.questions.saturating_add(1);
        let token = self.ports[to].token();
        self.ports[to].unanswered.insert(token, Unanswered { from, conn, ticket });
        self.event(to, NetEvent::Request { from: key, channel, token, bytes });
    }

    pub(super) fn respond(&mut self, at: usize, token: u64, bytes: Vec<u8>) {
        let Some(Unanswered { from, conn, ticket }) = self.ports[at].unanswered.remove(&token) else {
            return;
        };
        if bytes.len() <= params::RESPONSE_BYTES_MAX && !self.is_lost() {
            self.send(at, from, conn, Packet::Answer { from: at, to: from, conn, ticket, bytes });
        }
    }

    pub(super) fn answered(&mut self, from: usize, to: usize, conn: u64, ticket: u64, bytes: Vec<u8>) {
        if !self.can_take(from, to, conn) {
            return;
        }
        if let Some(Asked { id, .. }) = self.ports[to].asked.remove(&ticket) {
            let peer = self.ports[from].key;
            self.event(to, NetEvent::Response { id, peer, bytes });
        }
    }

    pub(super) fn unanswered(&mut self, at: usize, ticket: u64, reason: &str) {
        if let Some(Asked { id, peer, .. }) = self.ports[at].asked.remove(&ticket) {
            self.counts.timeouts = self.counts.timeouts.saturating_add(1);
            let peer = self.ports[peer].key;
            self.event(at, NetEvent::RequestFailed { id, peer, reason: reason.to_owned() });
        }
    }
}
