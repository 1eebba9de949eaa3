//! What libp2p reports.

use libp2p::gossipsub::{self, MessageAcceptance};
use libp2p::request_response::{Event as ChannelEvent, Message};
use libp2p::swarm::{ConnectionDenied, ConnectionId, DialError, ListenError, SwarmEvent};
use libp2p::{PeerId, identify, ping};

use super::Driver;
use crate::address::public_key;
use crate::behaviour::{BehaviourEvent, FrameEvent, SeldomEvent, never};
use crate::gate::Denied;
use crate::interface::{Channel, NetEvent};
use crate::params;
use crate::traffic::{Direction, Lane};

impl Driver {
    pub(super) fn on_swarm_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::Behaviour(event) => self.on_behaviour_event(event),
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. } => {
                self.on_open(peer_id, connection_id, &endpoint);
            }
            SwarmEvent::ConnectionClosed { peer_id, connection_id, num_established, .. } => {
                self.on_closed(peer_id, connection_id, num_established);
            }
            SwarmEvent::OutgoingConnectionError { connection_id, peer_id, error } => {
                self.on_dial_failed(connection_id, peer_id, &error);
            }
            SwarmEvent::IncomingConnectionError { peer_id, error: ListenError::Denied { cause }, .. } => {
                self.refuse(peer_id.as_ref().and_then(public_key), denied_reason(&cause));
            }
            SwarmEvent::IncomingConnectionError { error, .. } => {
                tracing::debug!(target: "jitney::net", %error, "a connection did not come about");
            }
            SwarmEvent::NewListenAddr { listener_id, address } if !self.reserved(listener_id, &address) => {
                self.emit(NetEvent::Listening { addr: address.to_string() });
            }
            SwarmEvent::ListenerClosed { listener_id, addresses, reason } => {
                let error = reason.err().map(|error| root(&error));
                if self.unreserved(listener_id, error.clone()) {
                    return;
                }
                tracing::error!(target: "jitney::net", ?addresses, error, "a listener closed; restart the node");
            }
            SwarmEvent::ListenerError { error, .. } => {
                tracing::warn!(target: "jitney::net", %error, "a listener had trouble and goes on");
            }
            _ => {}
        }
    }

    fn on_behaviour_event(&mut self, event: BehaviourEvent) {
        match event {
            BehaviourEvent::Limits(event) | BehaviourEvent::Gate(event) => never(event),
            BehaviourEvent::Gossip(event) => self.on_gossip_event(event),
            BehaviourEvent::Seldom(event) => self.on_seldom_event(event),
        }
    }

    fn on_seldom_event(&mut self, event: SeldomEvent) {
        match event {
            SeldomEvent::Channels(event) => {
                let (channel, event) = event.split();
                self.on_channel_event(channel, event);
            }
            SeldomEvent::Ping(ping::Event { connection, result: Err(ping::Failure::Timeout), .. }) => {
                tracing::debug!(target: "jitney::net", "a connection is dead, closing it");
                self.swarm.close_connection(connection);
            }
            SeldomEvent::Identify(identify::Event::Received { connection_id, peer_id, info }) => {
                self.identified(peer_id, connection_id, &info.agent_version);
            }
            SeldomEvent::Reach(event) => {
                if let Some(by) = public_key(&event.server) {
                    let (addr, reached) = (event.tested_addr.to_string(), event.result.is_ok());
                    self.emit(NetEvent::Tried { addr, by, reached });
                }
            }
            SeldomEvent::TryReach(event) => {
                if event.result.is_ok() {
                    self.tried_for(&event.client, event.tested_addr);
                }
            }
            SeldomEvent::Dcutr(event) => {
                let peer = public_key(&event.remote_peer_id).map(|key| key.short());
                match event.result {
                    Ok(_) => {
                        tracing::info!(target: "jitney::net", peer, "a relayed connection became direct")
                    }
                    Err(error) => {
                        tracing::debug!(target: "jitney::net", peer, %error, "a connection stays relayed");
                    }
                }
            }
            SeldomEvent::Relay(event) => {
                tracing::debug!(target: "jitney::net", ?event, "relaying");
            }
            SeldomEvent::Identify(_) | SeldomEvent::Ping(_) | SeldomEvent::RelayClient(_) => {}
        }
    }

    fn on_dial_failed(&mut self, connection: ConnectionId, peer: Option<PeerId>, error: &DialError) {
        let addr = self.blind_dials.remove(&connection);
        if matches!(error, DialError::DialPeerConditionFalse(_)) {
            return;
        }
        if let Some(peer) = peer {
            // Somebody waits for this dial to come about: try the other way at once.
            self.dial_through_relays(peer);
        }
        let peer = peer.as_ref().and_then(public_key);
        self.emit(NetEvent::DialFailed { peer, addr, reason: dial_reason(error) });
    }

    fn on_gossip_event(&mut self, event: gossipsub::Event) {
        match event {
            gossipsub::Event::Message { propagation_source: from, message_id, message } => {
                self.meter.saw(Lane::Gossip, Direction::In, &message.data);
                let Some(key) = public_key(&from).filter(|_| self.swarm.behaviour().gate.is_roster(&from))
                else {
                    let gossip = self.swarm.behaviour_mut().gossip.inner_mut();
                    gossip.report_message_validation_result(&message_id, &from, MessageAcceptance::Ignore);
                    return;
                };
                let token = self.token();
                self.unjudged.insert(token, (message_id, from));
                if self.unjudged.len() > params::PENDING_MAX {
                    // The oldest has left gossipsub's memory long ago.
                    self.unjudged.pop_first();
                }
                self.emit(NetEvent::Gossip { from: key, token, bytes: message.data });
            }
            gossipsub::Event::Subscribed { peer_id, topic } if self.topic.get() == Some(topic.clone()) => {
                self.subscribed(peer_id);
            }
            gossipsub::Event::Unsubscribed { peer_id, topic } if self.topic.get() == Some(topic.clone()) => {
                if let Some(peer) = self.peers.get_mut(&peer_id) {
                    peer.subscribed = false;
                }
            }
            gossipsub::Event::SlowPeer { peer_id, failed_messages } => {
                let peer = self.peers.get(&peer_id).map(|peer| peer.key.short());
                tracing::info!(target: "jitney::net", peer, ?failed_messages, "slow peer; sync will fill the gap");
            }
            _ => {}
        }
    }

    /// Notes that a peer hears our gossip, and tells the node the first time.
    pub(super) fn subscribed(&mut self, peer: PeerId) {
        self.mute.subscribed(&peer);
        if let Some(state) = self.peers.get_mut(&peer)
            && !state.subscribed
        {
            state.subscribed = true;
            let peer = state.key;
            self.emit(NetEvent::Subscribed { peer });
        }
    }

    fn on_channel_event(&mut self, channel: Channel, event: FrameEvent) {
        match event {
            ChannelEvent::Message {
                peer, message: Message::Request { request, channel: to, .. }, ..
            } => {
                self.meter.saw(Lane::On(channel), Direction::In, &request);
                let standing = self.swarm.behaviour().gate.standing(&peer);
                let key = public_key(&peer);
                let Some(from) = key.filter(|_| standing.is_ok_and(|standing| standing.may_use(channel)))
                else {
                    // Dropping the way back closes the stream: the peer sees its request fail.
                    return self.refuse(key, format!("it has no part in {channel}"));
                };
                if self.unanswered.len() >= params::PENDING_MAX {
                    self.unanswered.retain(|_, (_, to)| to.is_open());
                }
                if self.unanswered.len() >= params::PENDING_MAX {
                    return self.refuse(key, "too many requests wait for an answer".to_owned());
                }
                let token = self.token();
                self.unanswered.insert(token, (channel, to));
                self.emit(NetEvent::Request { from, channel, token, bytes: request });
            }
            ChannelEvent::Message { peer, message: Message::Response { request_id, response }, .. } => {
                self.meter.saw(Lane::On(channel), Direction::In, &response);
                if let (Some(id), Some(peer)) = (self.asked.remove(&(channel, request_id)), public_key(&peer))
                {
                    self.emit(NetEvent::Response { id, peer, bytes: response });
                }
            }
            ChannelEvent::OutboundFailure { peer, request_id, error, .. } => {
                if let (Some(id), Some(peer)) = (self.asked.remove(&(channel, request_id)), public_key(&peer))
                {
                    self.emit(NetEvent::RequestFailed { id, peer, reason: error.to_string() });
                }
            }
            ChannelEvent::InboundFailure { peer, error, .. } => {
                let peer = public_key(&peer).map(|key| key.short());
                tracing::debug!(target: "jitney::net", peer, %channel, %error, "a request came to nothing");
            }
            ChannelEvent::ResponseSent { .. } => {}
        }
    }
}

/// Says why a connection was denied, in the words of whoever denied it.
fn denied_reason(cause: &ConnectionDenied) -> String {
    match cause.downcast_ref::<Denied>() {
        Some(denied) => denied.to_string(),
        None => std::error::Error::source(cause).map_or_else(|| cause.to_string(), ToString::to_string),
    }
}

/// Says why a dial came to nothing, address by address.
pub(crate) fn dial_reason(error: &DialError) -> String {
    match error {
        DialError::LocalPeerId { address } => format!("{address} is this node itself"),
        DialError::NoAddresses => "no address is known".to_owned(),
        DialError::DialPeerConditionFalse(_) => "it is connected or being dialled".to_owned(),
        DialError::Aborted => "the dial was given up".to_owned(),
        DialError::WrongPeerId { obtained, address } => match public_key(obtained) {
            Some(key) => format!("{address} is another node, {key}"),
            None => format!("{address} is another node"),
        },
        DialError::Denied { cause } => denied_reason(cause),
        DialError::Transport(errors) => {
            let each: Vec<String> =
                errors.iter().map(|(addr, error)| format!("{addr}: {}", root(error))).collect();
            each.join("; ")
        }
    }
}

/// Returns the innermost cause of an error, which is what the system said.
fn root(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
