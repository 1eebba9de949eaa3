//! What a node does on the network, put together from libp2p's parts and ours.

use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::{Arc, RwLock};

use data_encoding::HEXLOWER;
use libp2p::connection_limits::{self, ConnectionLimits};
use libp2p::gossipsub::{
    self, IdentTopic, IdentityTransform, MaxCountSubscriptionFilter, MessageAuthenticity, TopicHash,
    TopicSubscriptionFilter,
};
use libp2p::request_response::{self, OutboundRequestId, ProtocolSupport};
use libp2p::swarm::NetworkBehaviour;
use libp2p::swarm::behaviour::toggle::Toggle;
use libp2p::{PeerId, StreamProtocol, autonat, dcutr, identify, identity, ping, relay};

use crate::codec::FrameCodec;
use crate::config::{NetConfig, NetLimits};
use crate::error::NetError;
use crate::fence::Fence;
use crate::gate::Gate;
use crate::interface::Channel;
use crate::params::{self, GossipParams};
use crate::when_woken::WhenWoken;

/// Protocol family named in identify.
const PROTOCOL_VERSION: &str = "/jitney/1";

/// Bytes of the federation's id in its topic's name.
const FEDERATION_PREFIX: usize = 4;

pub(crate) type Gossip = gossipsub::Behaviour<IdentityTransform, MaxCountSubscriptionFilter<TopicFilter>>;
pub(crate) type Reach = autonat::v2::client::Behaviour;
type FrameBehaviour = request_response::Behaviour<FrameCodec>;
pub(crate) type FrameEvent = request_response::Event<Vec<u8>, Vec<u8>>;
pub(crate) type ResponseChannel = request_response::ResponseChannel<Vec<u8>>;

/// Is everything a node does. What can deny a connection stands first: see [`Gate`].
#[derive(NetworkBehaviour)]
pub(crate) struct Behaviour {
    limits: connection_limits::Behaviour,
    pub(crate) gate: Gate,
    pub(crate) gossip: Fence<Gossip>,
    pub(crate) seldom: WhenWoken<Seldom>,
}

/// Is everything but gossip: what a connection is seldom busy with.
#[derive(NetworkBehaviour)]
pub(crate) struct Seldom {
    pub(crate) channels: Channels,
    identify: identify::Behaviour,
    ping: ping::Behaviour,
    /// Reserves on relays, and comes and goes through them.
    relay_client: relay::client::Behaviour,
    /// Lets others meet here.
    relay: Toggle<Fence<relay::Behaviour>>,
    /// Makes relayed connections direct.
    dcutr: dcutr::Behaviour,
    /// Asks peers whether they can reach us.
    pub(crate) reach: Fence<Reach>,
    /// Tries for peers whether we can reach them.
    try_reach: Fence<autonat::v2::server::Behaviour>,
}

impl Behaviour {
    /// Makes the behaviour of a node around its gossip.
    pub(crate) fn new(
        key: &identity::Keypair,
        config: &NetConfig,
        gossip: Gossip,
        relay_client: relay::client::Behaviour,
    ) -> Self {
        let limits = &config.limits;
        Self {
            limits: connection_limits::Behaviour::new(
                ConnectionLimits::default()
                    .with_max_pending_incoming(Some(params::HANDSHAKES_MAX))
                    .with_max_established(Some(limits.connections_max))
                    .with_max_established_per_peer(Some(params::CONNECTIONS_PER_PEER_MAX)),
            ),
            gate: Gate::new(limits.strangers_max),
            gossip: Fence::new(gossip),
            seldom: WhenWoken::new(Seldom::new(key, config, relay_client)),
        }
    }

    /// Says who is on the roster: only they gossip, relay, and try addresses for each other.
    pub(crate) fn allow(&mut self, roster: &HashSet<PeerId>) {
        self.gossip.allow(roster.clone());
        self.seldom.allow(roster);
    }
}

impl Seldom {
    fn new(key: &identity::Keypair, config: &NetConfig, relay_client: relay::client::Behaviour) -> Self {
        let me = key.public().to_peer_id();
        Self {
            channels: Channels::new(&ProtocolSupport::Full, &config.limits),
            identify: identify(key, &config.agent),
            ping: ping(),
            relay_client,
            relay: config.relay.then(|| Fence::new(relay::Behaviour::new(me, relay_limits()))).into(),
            dcutr: dcutr::Behaviour::new(me),
            reach: Fence::new(Reach::new(
                rand::make_rng(),
                autonat::v2::client::Config::default()
                    .with_max_candidates(params::REACH_CANDIDATES_MAX)
                    .with_probe_interval(params::REACH_PROBE_INTERVAL),
            )),
            try_reach: Fence::new(autonat::v2::server::Behaviour::new(rand::make_rng())),
        }
    }

    fn allow(&mut self, roster: &HashSet<PeerId>) {
        if let Some(relay) = self.relay.as_mut() {
            relay.allow(roster.clone());
        }
        self.reach.allow(roster.clone());
        self.try_reach.allow(roster.clone());
    }
}

/// Returns what a relay grants to the nodes of its roster.
fn relay_limits() -> relay::Config {
    let none = relay::Config {
        max_reservations: params::RELAY_RESERVATIONS_MAX,
        max_reservations_per_peer: params::RELAY_RESERVATIONS_PER_PEER_MAX,
        reservation_duration: params::RELAY_RESERVATION,
        reservation_rate_limiters: Vec::new(),
        max_circuits: params::RELAY_CIRCUITS_MAX,
        max_circuits_per_peer: params::RELAY_CIRCUITS_PER_PEER_MAX,
        max_circuit_duration: params::RELAY_CIRCUIT_DURATION,
        max_circuit_bytes: params::RELAY_CIRCUIT_BYTES_MAX,
        circuit_src_rate_limiters: Vec::new(),
    };
    // Not by IP address: coops may share one.
    none.reservation_rate_per_peer(params::RELAY_BURST, params::RELAY_REFILL)
        .circuit_src_per_peer(params::RELAY_BURST, params::RELAY_REFILL)
}

/// Makes identify such that it tells the confirmed external addresses only, never those of the local
/// network.
pub(crate) fn identify(key: &identity::Keypair, agent: &str) -> identify::Behaviour {
    identify::Behaviour::new(
        identify::Config::new(PROTOCOL_VERSION.to_owned(), key.public())
            .with_agent_version(agent.to_owned())
            .with_hide_listen_addrs(true)
            .with_cache_size(0),
    )
}

pub(crate) fn ping() -> ping::Behaviour {
    ping::Behaviour::new(ping::Config::new().with_interval(params::PING_INTERVAL))
}

pub(crate) fn gossip() -> Result<(Gossip, OwnTopic), NetError> {
    let config = GossipParams::default().config()?;
    let wrong = |reason: String| NetError::Transport { reason };
    let topic = OwnTopic::default();
    let filter = MaxCountSubscriptionFilter {
        filter: TopicFilter(topic.clone()),
        max_subscribed_topics: params::TOPICS_PER_PEER_MAX,
        max_subscriptions_per_request: params::TOPICS_PER_PEER_MAX,
    };
    let mut gossip = Gossip::new_with_subscription_filter(MessageAuthenticity::Anonymous, config, filter)
        .map_err(|reason| wrong(reason.to_owned()))?;
    let (score, thresholds) = params::peer_score();
    gossip.with_peer_score(score, thresholds).map_err(wrong)?;
    Ok((gossip, topic))
}

/// Returns the records topic of a federation: `jitney/1/<first 8 hex digits of its id>/records`.
pub(crate) fn records_topic(federation: &[u8; 32]) -> IdentTopic {
    let prefix = HEXLOWER.encode(&federation[..FEDERATION_PREFIX]);
    IdentTopic::new(format!("jitney/1/{prefix}/records"))
}

/// Holds the topic of the federation this node belongs to, once it does.
#[derive(Debug, Clone, Default)]
pub(crate) struct OwnTopic(Arc<RwLock<Option<TopicHash>>>);

impl OwnTopic {
    pub(crate) fn set(&self, topic: TopicHash) {
        *self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(topic);
    }

    pub(crate) fn get(&self) -> Option<TopicHash> {
        self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
}

/// Remembers of peers only whether they subscribe to the topic of this node's federation.
///
/// Before this node is federated, the records topic of any federation is remembered, a few a peer: a peer
/// says once, at the start of a connection, what it subscribes to, and that may be before we know.
#[derive(Debug, Clone)]
pub(crate) struct TopicFilter(OwnTopic);

impl TopicSubscriptionFilter for TopicFilter {
    fn can_subscribe(&mut self, topic: &TopicHash) -> bool {
        match self.0.get() {
            Some(own) => own == *topic,
            None => is_records_topic(topic.as_str()),
        }
    }
}

fn is_records_topic(topic: &str) -> bool {
    topic.strip_prefix("jitney/1/").and_then(|rest| rest.strip_suffix("/records")).is_some_and(|prefix| {
        prefix.len() == 2 * FEDERATION_PREFIX && HEXLOWER.decode(prefix.as_bytes()).is_ok()
    })
}

/// Is the four request-response protocols.
#[derive(NetworkBehaviour)]
pub(crate) struct Channels {
    sync: FrameBehaviour,
    book: FrameBehaviour,
    member: FrameBehaviour,
    join: FrameBehaviour,
}

impl Channels {
    pub(crate) fn new(support: &ProtocolSupport, limits: &NetLimits) -> Self {
        let config = request_response::Config::default()
            .with_request_timeout(limits.request_timeout)
            .with_max_concurrent_streams(limits.streams_max);
        let channel = |channel: Channel| {
            let protocol = StreamProtocol::new(channel.protocol());
            FrameBehaviour::with_codec(FrameCodec::new(limits), [(protocol, support.clone())], config.clone())
        };
        Self {
            sync: channel(Channel::Sync),
            book: channel(Channel::Book),
            member: channel(Channel::Member),
            join: channel(Channel::Join),
        }
    }

    fn on(&mut self, channel: Channel) -> &mut FrameBehaviour {
        match channel {
            Channel::Sync => &mut self.sync,
            Channel::Book => &mut self.book,
            Channel::Member => &mut self.member,
            Channel::Join => &mut self.join,
        }
    }

    /// Sends a request; if the peer is not connected, it is dialled at the addresses.
    pub(crate) fn ask(
        &mut self,
        peer: &PeerId,
        channel: Channel,
        bytes: Vec<u8>,
        addrs: Vec<libp2p::Multiaddr>,
    ) -> OutboundRequestId {
        self.on(channel).send_request_with_addresses(peer, bytes, addrs)
    }

    /// Sends a response and tells whether somebody still waits for it.
    pub(crate) fn answer(&mut self, channel: Channel, to: ResponseChannel, bytes: Vec<u8>) -> bool {
        self.on(channel).send_response(to, bytes).is_ok()
    }
}

impl ChannelsEvent {
    /// Splits the event into its channel and what happened there.
    pub(crate) fn split(self) -> (Channel, FrameEvent) {
        match self {
            Self::Sync(event) => (Channel::Sync, event),
            Self::Book(event) => (Channel::Book, event),
            Self::Member(event) => (Channel::Member, event),
            Self::Join(event) => (Channel::Join, event),
        }
    }
}

/// Turns what cannot happen into anything.
pub(crate) fn never<T>(never: Infallible) -> T {
    match never {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_names_the_federation_by_eight_hex_digits() {
        let mut federation = [0; 32];
        federation[..5].copy_from_slice(&[0xab, 0xcd, 0x01, 0x23, 0x45]);
        assert_eq!(records_topic(&federation).hash().as_str(), "jitney/1/abcd0123/records");
    }

    #[test]
    fn only_records_topics_are_remembered() {
        assert!(is_records_topic("jitney/1/abcd0123/records"));
        for other in
            ["jitney/1/ABCD0123/records", "jitney/1/abcd01/records", "jitney/2/abcd0123/records", "chat", ""]
        {
            assert!(!is_records_topic(other), "{other}");
        }
    }

    #[test]
    fn once_federated_a_node_heeds_its_own_topic_only() {
        let own = OwnTopic::default();
        let mut filter = TopicFilter(own.clone());
        let (ours, theirs) = (records_topic(&[1; 32]).hash(), records_topic(&[2; 32]).hash());
        assert!(filter.can_subscribe(&ours) && filter.can_subscribe(&theirs));
        assert!(!filter.can_subscribe(&IdentTopic::new("chat").hash()));
        own.set(ours.clone());
        assert!(filter.can_subscribe(&ours) && !filter.can_subscribe(&theirs));
    }
}
