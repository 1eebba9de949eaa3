//! What the node asks for.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use jitney_identity::PublicKey;
use libp2p::gossipsub::{MessageAcceptance, PublishError};
use libp2p::swarm::DialError;
use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use libp2p::{Multiaddr, PeerId};
use tokio::time::Instant;

use super::Driver;
use super::swarm_event::dial_reason;
use crate::address::{leads_through_relay, parse_multiaddr, peer_id, public_key};
use crate::behaviour::records_topic;
use crate::gate::Standing;
use crate::interface::{Channel, NetCommand, NetEvent, Verdict};
use crate::params;
use crate::traffic::{Direction, Lane};

impl Driver {
    pub(super) fn on_command(&mut self, command: NetCommand) {
        match command {
            NetCommand::Federate { federation } => self.federate(&federation),
            NetCommand::Allow { roster, members, strangers } => self.allow(&roster, &members, strangers),
            NetCommand::Relays { relays } => self.set_relays(&relays),
            NetCommand::Dial { peer, addrs } => self.dial(peer, &addrs),
            NetCommand::Disconnect { peer } => {
                let peer = peer_id(&peer);
                self.redial.remove(&peer);
                self.disconnect(peer);
            }
            NetCommand::Publish { bytes, id } => self.publish(bytes, id),
            NetCommand::Verdict { token, verdict } => self.judge(token, verdict),
            NetCommand::Request { id, peer, channel, bytes } => self.request(id, peer, channel, bytes),
            NetCommand::Respond { token, bytes } => self.respond(token, bytes),
            // The loop ends on it before it comes here.
            NetCommand::Shutdown => {}
        }
    }

    fn federate(&mut self, federation: &[u8; 32]) {
        let topic = records_topic(federation);
        let hash = topic.hash();
        let before = self.topic.get();
        if before.as_ref() == Some(&hash) {
            return;
        }
        self.topic.set(hash.clone());
        let gossip = self.swarm.behaviour_mut().gossip.inner_mut();
        if let Some(before) = before {
            gossip.unsubscribe(&libp2p::gossipsub::IdentTopic::new(before.into_string()));
        }
        if let Err(error) = gossip.set_topic_params(topic.clone(), params::topic_score()) {
            tracing::warn!(target: "jitney::net", error, "gossip is not scored");
        }
        if let Err(error) = gossip.subscribe(&topic) {
            tracing::error!(target: "jitney::net", %error, "cannot subscribe to the federation's records");
            return;
        }
        let there: HashSet<PeerId> =
            gossip.all_peers().filter(|(_, topics)| topics.contains(&&hash)).map(|(peer, _)| *peer).collect();
        let peers: Vec<PeerId> = self.peers.keys().copied().collect();
        for peer in peers {
            if let Some(state) = self.peers.get_mut(&peer) {
                state.subscribed = false;
            }
            if there.contains(&peer) { self.subscribed(peer) } else { self.watch(peer) }
        }
    }

    fn allow(&mut self, roster: &BTreeSet<PublicKey>, members: &BTreeSet<PublicKey>, strangers: bool) {
        let before: Vec<_> =
            self.peers.keys().map(|peer| (*peer, self.swarm.behaviour().gate.standing(peer))).collect();
        let roster: HashSet<PeerId> = roster.iter().map(peer_id).collect();
        let members = members.iter().map(peer_id).collect();
        let behaviour = self.swarm.behaviour_mut();
        behaviour.allow(&roster);
        behaviour.gate.allow(roster, members, strangers);
        for (peer, before) in before {
            let now = self.swarm.behaviour().gate.standing(&peer);
            match (before, now) {
                (_, Ok(Standing::Roster)) => self.watch(peer),
                // Its connection takes part in gossip: what it may still have, it gets on a new one.
                (Ok(Standing::Roster), _) => self.disconnect(peer),
                (_, Ok(_)) => {}
                (Ok(Standing::Member), Err(_)) => self.disconnect(peer),
                (_, Err(_)) => self.leaving.push_back((Instant::now() + params::FAREWELL, peer)),
            }
        }
        let gate = &self.swarm.behaviour().gate;
        self.mute.retain(|peer| gate.is_roster(peer));
        self.redial.retain(|peer| gate.is_roster(peer));
    }

    fn dial(&mut self, peer: Option<PublicKey>, addrs: &[String]) {
        let mut targets: BTreeMap<Option<PublicKey>, Vec<Multiaddr>> = BTreeMap::new();
        for text in addrs.iter().take(params::ADDRESSES_PER_PEER_MAX) {
            let failed = match parse_multiaddr(text) {
                Ok((_, Some(found))) if peer.is_some_and(|peer| peer != found) => {
                    format!("the address names another node, {found}")
                }
                Ok((addr, found)) => {
                    targets.entry(peer.or(found)).or_default().push(addr);
                    continue;
                }
                Err(error) => error.to_string(),
            };
            self.emit(NetEvent::DialFailed { peer, addr: Some(text.clone()), reason: failed });
        }
        if let Some(key) = peer.filter(|_| addrs.is_empty()) {
            targets.insert(Some(key), Vec::new());
        }
        for (key, addrs) in targets {
            match key {
                Some(key) => self.dial_peer(peer_id(&key), addrs),
                None => addrs.into_iter().for_each(|addr| self.dial_blind(addr)),
            }
        }
    }

    /// Dials a node by its key, at these addresses or where it is known to be.
    pub(super) fn dial_peer(&mut self, peer: PeerId, addrs: Vec<Multiaddr>) {
        let addrs = if addrs.is_empty() { self.known.get(&peer).cloned().unwrap_or_default() } else { addrs };
        for addr in addrs.iter().rev() {
            self.remember(peer, addr.clone());
        }
        let (relayed, direct): (Vec<_>, Vec<_>) = addrs.into_iter().partition(leads_through_relay);
        if !relayed.is_empty() && !self.swarm.is_connected(&peer) {
            let head_start = if direct.is_empty() { Duration::ZERO } else { params::DIRECT_HEAD_START };
            self.relays_later.insert(peer, (Instant::now() + head_start, relayed));
            if direct.is_empty() {
                return self.dial_through_relays(peer);
            }
        }
        self.swarm.behaviour_mut().gate.expect(peer);
        self.dial_at(peer, direct, PeerCondition::DisconnectedAndNotDialing);
    }

    /// Dials a node through relays, though a direct dial may be under way.
    pub(super) fn dial_through_relays(&mut self, peer: PeerId) {
        if let Some((_, addrs)) = self.relays_later.remove(&peer) {
            self.dial_at(peer, addrs, PeerCondition::Disconnected);
        }
    }

    fn dial_at(&mut self, peer: PeerId, addrs: Vec<Multiaddr>, condition: PeerCondition) {
        let opts = DialOpts::peer_id(peer).condition(condition).addresses(addrs).allocate_new_port().build();
        match self.swarm.dial(opts) {
            Ok(()) | Err(DialError::DialPeerConditionFalse(_)) => {}
            Err(error) => {
                let reason = dial_reason(&error);
                self.emit(NetEvent::DialFailed { peer: public_key(&peer), addr: None, reason });
            }
        }
    }

    /// Dials an address without knowing who is there.
    fn dial_blind(&mut self, addr: Multiaddr) {
        let text = addr.to_string();
        let opts = DialOpts::unknown_peer_id().address(addr).allocate_new_port().build();
        self.blind_dials.insert(opts.connection_id(), text.clone());
        let connection = opts.connection_id();
        if let Err(error) = self.swarm.dial(opts) {
            self.blind_dials.remove(&connection);
            let reason = dial_reason(&error);
            self.emit(NetEvent::DialFailed { peer: None, addr: Some(text), reason });
        }
    }

    /// Puts an address first among those of a peer.
    pub(super) fn remember(&mut self, peer: PeerId, addr: Multiaddr) {
        if self.known.len() >= params::KNOWN_PEERS_MAX && !self.known.contains_key(&peer) {
            // Whoever is neither connected nor on the roster is the least missed.
            let (peers, gate) = (&self.peers, &self.swarm.behaviour().gate);
            self.known.retain(|peer, _| peers.contains_key(peer) || gate.is_roster(peer));
            if self.known.len() >= params::KNOWN_PEERS_MAX {
                return;
            }
        }
        let addrs = self.known.entry(peer).or_default();
        addrs.retain(|known| *known != addr);
        addrs.insert(0, addr);
        addrs.truncate(params::ADDRESSES_PER_PEER_MAX);
    }

    fn publish(&mut self, bytes: Vec<u8>, id: u64) {
        let Some(topic) = self.topic.get() else {
            let reason = "this node belongs to no federation yet".to_owned();
            return self.emit(NetEvent::NotPublished { id, reason });
        };
        let copy = bytes.clone();
        match self.swarm.behaviour_mut().gossip.inner_mut().publish(topic, copy) {
            Ok(_) => {
                self.meter.saw(Lane::Gossip, Direction::Out, &bytes);
                self.emit(NetEvent::Published { id });
            }
            Err(PublishError::Duplicate) => self.emit(NetEvent::Published { id }),
            Err(error) => {
                let reason = match error {
                    PublishError::NoPeersSubscribedToTopic => {
                        "no peer of the federation is connected".to_owned()
                    }
                    PublishError::MessageTooLarge => {
                        format!("the message has {} bytes, at most {}", bytes.len(), params::GOSSIP_BYTES_MAX)
                    }
                    other => other.to_string(),
                };
                self.emit(NetEvent::NotPublished { id, reason });
            }
        }
    }

    fn judge(&mut self, token: u64, verdict: Verdict) {
        let Some((message, from)) = self.unjudged.remove(&token) else {
            return;
        };
        let acceptance = match verdict {
            Verdict::Accept => MessageAcceptance::Accept,
            Verdict::Ignore => MessageAcceptance::Ignore,
            Verdict::Reject => MessageAcceptance::Reject,
        };
        let gossip = self.swarm.behaviour_mut().gossip.inner_mut();
        if !gossip.report_message_validation_result(&message, &from, acceptance) {
            tracing::debug!(target: "jitney::net", token, "the verdict came too late to pass the message on");
        }
    }

    fn request(&mut self, id: u64, peer: PublicKey, channel: Channel, bytes: Vec<u8>) {
        let to = peer_id(&peer);
        let limit = self.limits.request_bytes_max;
        let standing = self.swarm.behaviour().gate.standing(&to);
        let refusal = if bytes.len() > limit {
            Some(format!("the request has {} bytes, at most {limit} are allowed", bytes.len()))
        } else if !self.swarm.is_connected(&to) {
            Some("the peer is not connected".to_owned())
        } else if !standing.is_ok_and(|standing| standing.may_use(channel)) {
            Some(format!("the peer has no part in {channel}"))
        } else if self.asked.len() >= params::PENDING_MAX {
            Some("too many requests wait for an answer already".to_owned())
        } else {
            None
        };
        if let Some(reason) = refusal {
            return self.emit(NetEvent::RequestFailed { id, peer, reason });
        }
        self.meter.saw(Lane::On(channel), Direction::Out, &bytes);
        let asked = self.swarm.behaviour_mut().seldom.channels.ask(&to, channel, bytes, Vec::new());
        self.asked.insert((channel, asked), id);
    }

    fn respond(&mut self, token: u64, bytes: Vec<u8>) {
        let Some((channel, to)) = self.unanswered.remove(&token) else {
            tracing::debug!(target: "jitney::net", token, "nobody waits for this response");
            return;
        };
        if bytes.len() > self.limits.response_bytes_max {
            tracing::error!(target: "jitney::net", %channel, bytes = bytes.len(), "response too large, not sent");
            return;
        }
        self.meter.saw(Lane::On(channel), Direction::Out, &bytes);
        if !self.swarm.behaviour_mut().seldom.channels.answer(channel, to, bytes) {
            tracing::debug!(target: "jitney::net", %channel, token, "the response came too late");
        }
    }
}
