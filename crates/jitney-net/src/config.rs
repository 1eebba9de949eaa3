//! How a node's network is set up.

use std::fmt;
use std::time::Duration;

use jitney_identity::SecretKey;

use crate::params;
use crate::traffic::Tap;

/// Describes a node to [`crate::start`].
#[derive(Clone)]
pub struct NetConfig {
    /// The node key, which is the libp2p identity.
    pub secret: SecretKey,
    /// Multiaddresses to listen on, TCP or QUIC; port 0 takes a free one.
    pub listen: Vec<String>,
    /// Multiaddresses under which others reach this node, told to peers.
    pub external: Vec<String>,
    /// Whether roster nodes that cannot reach each other may meet through this one; wants an external address.
    pub relay: bool,
    /// Every limit.
    pub limits: NetLimits,
    /// How the software names itself to peers.
    pub agent: String,
    /// Sees every payload, for tests.
    pub tap: Option<Tap>,
}

impl NetConfig {
    /// Makes a configuration that listens nowhere, with the default limits.
    pub fn new(secret: SecretKey) -> Self {
        Self {
            secret,
            listen: Vec::new(),
            external: Vec::new(),
            relay: false,
            limits: NetLimits::default(),
            agent: params::AGENT.to_owned(),
            tap: None,
        }
    }
}

impl fmt::Debug for NetConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetConfig")
            .field("secret", &self.secret)
            .field("listen", &self.listen)
            .field("external", &self.external)
            .field("relay", &self.relay)
            .field("limits", &self.limits)
            .field("agent", &self.agent)
            .field("tap", &self.tap.is_some())
            .finish()
    }
}

/// Bounds what a node takes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetLimits {
    /// Bytes of a request, in and out.
    pub request_bytes_max: usize,
    /// Bytes of a response, in and out.
    pub response_bytes_max: usize,
    /// How long a request may take, from sending to the full answer.
    pub request_timeout: Duration,
    /// Requests at the same time on one channel of one connection, in and out together.
    pub streams_max: usize,
    /// Established connections in all.
    pub connections_max: u32,
    /// Strangers connected at the same time while an invitation is open.
    pub strangers_max: usize,
    /// How long a roster peer may stay without gossip subscription before it is redialled.
    pub mute_grace: Duration,
}

impl Default for NetLimits {
    fn default() -> Self {
        Self {
            request_bytes_max: params::REQUEST_BYTES_MAX,
            response_bytes_max: params::RESPONSE_BYTES_MAX,
            request_timeout: params::REQUEST_TIMEOUT,
            streams_max: params::STREAMS_MAX,
            connections_max: params::CONNECTIONS_MAX,
            strangers_max: params::STRANGERS_MAX,
            mute_grace: params::MUTE_GRACE,
        }
    }
}
