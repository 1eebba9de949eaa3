//! A member's side: ask the coop's node something, without being a node.
//!
//! A driver's or dispatcher's program on another machine asks the node of its coop on
//! [`Channel::Member`], or [`Channel::Join`] before it is known there. It listens nowhere and gossips
//! nothing.
//!
//! ```no_run
//! use std::time::Duration;
//! use jitney_identity::SecretKey;
//! use jitney_net::{Channel, client, parse_address};
//!
//! # async fn example(secret: SecretKey) -> Result<(), Box<dyn std::error::Error>> {
//! let (addr, node) = parse_address("/dns4/coop.example/tcp/4010/p2p/12D3KooWGC6TvWhfajpgX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5")?;
//! let node = node.ok_or("the address must name the node")?;
//! let manifest =
//!     client::ask(&secret, &node, &[addr], Channel::Member, b"manifest".to_vec(), Duration::from_secs(10)).await?;
//! # let _ = manifest;
//! # Ok(())
//! # }
//! ```

use std::time::Duration;

use futures::{FutureExt, StreamExt};
use jitney_identity::{PublicKey, SecretKey};
use libp2p::request_response::{
    Event as ChannelEvent, Message, OutboundFailure, OutboundRequestId, ProtocolSupport,
};
use libp2p::swarm::{NetworkBehaviour, SwarmEvent};
use libp2p::{Multiaddr, PeerId, Swarm, identify, ping};

use crate::address::{keypair, parse_multiaddr, peer_id};
use crate::behaviour::{self, Channels};
use crate::config::NetLimits;
use crate::driver::dial_reason;
use crate::error::NetError;
use crate::interface::Channel;
use crate::params;
use crate::transport;

/// Longest wait of libp2p itself; the caller's own timeout comes first.
const OUTER_TIMEOUT: Duration = Duration::from_secs(600);

/// How long closing may take.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(500);

#[derive(NetworkBehaviour)]
struct ClientBehaviour {
    channels: Channels,
    identify: identify::Behaviour,
    ping: ping::Behaviour,
}

/// Asks one node, over one connection that is opened at need and kept between requests.
pub struct Client {
    swarm: Swarm<ClientBehaviour>,
    node: PublicKey,
    peer: PeerId,
    addrs: Vec<Multiaddr>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("node", &self.node).finish_non_exhaustive()
    }
}

impl Client {
    /// Makes a client of a node; nothing is dialled before the first request.
    ///
    /// # Errors
    ///
    /// [`NetError::BadAddress`] for an address that cannot be dialled or names another node, and
    /// [`NetError::Transport`] if libp2p cannot be set up.
    pub fn new(secret: &SecretKey, node: &PublicKey, addrs: &[String]) -> Result<Self, NetError> {
        let addrs = addrs.iter().map(|text| at_node(text, node)).collect::<Result<_, _>>()?;
        let key = keypair(secret);
        let limits = NetLimits { request_timeout: OUTER_TIMEOUT, ..NetLimits::default() };
        let behaviour = ClientBehaviour {
            channels: Channels::new(&ProtocolSupport::Outbound, &limits),
            identify: behaviour::identify(&key, params::AGENT),
            ping: behaviour::ping(),
        };
        let swarm = transport::swarm(&key, behaviour)?;
        Ok(Self { swarm, node: *node, peer: peer_id(node), addrs })
    }

    /// Sends a request and waits for the answer.
    ///
    /// # Errors
    ///
    /// [`NetError::Unreachable`] if no address answers, [`NetError::Refused`] if the node closes the door or
    /// does not serve the channel to this key, [`NetError::TimedOut`] after `timeout`, and
    /// [`NetError::TooLarge`] before anything is sent.
    pub async fn ask(
        &mut self,
        channel: Channel,
        bytes: Vec<u8>,
        timeout: Duration,
    ) -> Result<Vec<u8>, NetError> {
        if bytes.len() > params::REQUEST_BYTES_MAX {
            return Err(NetError::TooLarge { bytes: bytes.len(), limit: params::REQUEST_BYTES_MAX });
        }
        // What happened since the last request, above all that the connection closed.
        while self.swarm.next().now_or_never().is_some() {}
        let channels = &mut self.swarm.behaviour_mut().channels;
        let asked = channels.ask(&self.peer, channel, bytes, self.addrs.clone());
        let node = self.node;
        tokio::time::timeout(timeout, self.answer(channel, asked))
            .await
            .unwrap_or(Err(NetError::TimedOut { node, after: timeout }))
    }

    async fn answer(&mut self, on: Channel, asked: OutboundRequestId) -> Result<Vec<u8>, NetError> {
        let node = self.node;
        let mut dial_failed = "no address was given".to_owned();
        loop {
            let event = match self.swarm.select_next_some().await {
                SwarmEvent::OutgoingConnectionError { error, .. } => {
                    dial_failed = dial_reason(&error);
                    continue;
                }
                SwarmEvent::Behaviour(ClientBehaviourEvent::Channels(event)) => event,
                _ => continue,
            };
            match event.split() {
                (
                    channel,
                    ChannelEvent::Message { message: Message::Response { request_id, response }, .. },
                ) if (channel, request_id) == (on, asked) => {
                    return Ok(response);
                }
                (channel, ChannelEvent::OutboundFailure { request_id, error, .. })
                    if (channel, request_id) == (on, asked) =>
                {
                    return Err(match error {
                        OutboundFailure::DialFailure => NetError::Unreachable { node, reason: dial_failed },
                        OutboundFailure::Timeout => NetError::TimedOut { node, after: OUTER_TIMEOUT },
                        OutboundFailure::ConnectionClosed
                        | OutboundFailure::UnsupportedProtocols
                        | OutboundFailure::Io(_) => NetError::Refused { node, reason: error.to_string() },
                    });
                }
                _ => {}
            }
        }
    }

    /// Closes the connection so that the node knows at once.
    pub async fn close(mut self) {
        // An error only says that there is no connection.
        let _ = self.swarm.disconnect_peer_id(self.peer);
        let deadline = tokio::time::Instant::now() + CLOSE_TIMEOUT;
        while self.swarm.is_connected(&self.peer) {
            if tokio::time::timeout_at(deadline, self.swarm.select_next_some()).await.is_err() {
                break;
            }
        }
    }
}

/// Reads an address at which this node is expected.
fn at_node(text: &str, node: &PublicKey) -> Result<Multiaddr, NetError> {
    match parse_multiaddr(text)? {
        (_, Some(other)) if other != *node => Err(NetError::BadAddress {
            addr: text.to_owned(),
            reason: format!("it names another node, {other}"),
        }),
        (addr, _) => Ok(addr),
    }
}

/// Asks a node one thing and closes the connection; `timeout` covers the dial and the answer.
///
/// # Errors
///
/// As [`Client::new`] and [`Client::ask`].
pub async fn ask(
    secret: &SecretKey,
    coop_node: &PublicKey,
    addrs: &[String],
    channel: Channel,
    bytes: Vec<u8>,
    timeout: Duration,
) -> Result<Vec<u8>, NetError> {
    let mut client = Client::new(secret, coop_node, addrs)?;
    let answer = client.ask(channel, bytes, timeout).await;
    client.close().await;
    answer
}
