//! Every figure, with its reason, and the gossip parameters for small federations.
//!
//! libp2p-gossipsub 0.50 no longer checks the default mesh parameters when its configuration is built, so
//! [`GossipParams::check`] does, by the relations of the gossipsub v1.1 specification.

use std::time::Duration;

use libp2p::gossipsub::{
    self, MessageId, PeerScoreParams, PeerScoreThresholds, TopicScoreParams, ValidationMode,
};

/// How the software names itself in libp2p's identify.
pub const AGENT: &str = "jitney/0.1";

/// Bytes of a gossiped message: a record has at most 4 KiB, the rest is room for later versions.
pub const GOSSIP_BYTES_MAX: usize = 16 * 1024;

/// Bytes of a request: a frontier of a hundred coops has 5 KiB, sealed details less.
pub const REQUEST_BYTES_MAX: usize = 64 * 1024;

/// Bytes of a response: one page of sync.
pub const RESPONSE_BYTES_MAX: usize = 256 * 1024;

/// How long a request may take; a page over a slow home line needs more than libp2p's 10 s.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Requests at the same time on one channel of one connection.
pub const STREAMS_MAX: usize = 16;

/// Unanswered requests of all peers, and unjudged gossip messages, that are remembered.
pub const PENDING_MAX: usize = 1024;

/// Established connections in all: some 50 roster nodes and the members' clients.
pub const CONNECTIONS_MAX: u32 = 512;

/// Connections with one peer: both dial at once, a stale one is still there after a restart, and while a
/// relayed one is made direct, up to three attempts stand beside it.
pub const CONNECTIONS_PER_PEER_MAX: u32 = 8;

/// Inbound handshakes at the same time: they cost the most and come from anybody.
pub const HANDSHAKES_MAX: u32 = 64;

/// Strangers connected at the same time while an invitation is open.
pub const STRANGERS_MAX: usize = 8;

/// How long a connection without streams is kept; libp2p's 10 s would redial all day.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(600);

/// How often a silent connection is checked; a dead TCP peer is noticed after this and 20 s.
pub const PING_INTERVAL: Duration = Duration::from_secs(45);

/// How long a roster peer may stay without gossip subscription before it is redialled.
pub const MUTE_GRACE: Duration = Duration::from_secs(5);

/// The longest time between two cures of one mute peer.
pub const MUTE_BACKOFF_MAX: Duration = Duration::from_secs(300);

/// How much older a connection must be to be taken for stale when its roster peer connects again; two
/// nodes that dial each other at once do so within less.
pub const STALE_AFTER: Duration = Duration::from_secs(2);

/// Circuits through this node at the same time, if it relays; libp2p's 16 would do for one coop.
pub const RELAY_CIRCUITS_MAX: usize = 64;

/// Circuits of one node at the same time: it may reach half of a federation through one relay.
pub const RELAY_CIRCUITS_PER_PEER_MAX: usize = 32;

/// How long a circuit may last; libp2p's 2 min would cut every gossip link all the time.
pub const RELAY_CIRCUIT_DURATION: Duration = Duration::from_secs(24 * 3600);

/// Bytes that may cross a circuit each way; libp2p's 128 KiB are less than one page of sync.
pub const RELAY_CIRCUIT_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Nodes that may be reached through this one, if it relays.
pub const RELAY_RESERVATIONS_MAX: usize = 128;

/// Connections over which one node may reserve.
pub const RELAY_RESERVATIONS_PER_PEER_MAX: usize = 4;

/// How long a reservation holds; the client renews it in time.
pub const RELAY_RESERVATION: Duration = Duration::from_secs(3600);

/// Circuits or reservations that one node may ask for at once, after a silence.
pub const RELAY_BURST: std::num::NonZeroU32 = std::num::NonZeroU32::new(256).unwrap();

/// After a burst one more circuit or reservation is granted each time this has passed.
pub const RELAY_REFILL: Duration = Duration::from_secs(10);

/// Relays on which a node reserves: one may fail.
pub const RELAYS_HELD_MAX: usize = 2;

/// How long after a failure a relay is asked again; doubles every time.
pub const RELAY_RETRY_FIRST: Duration = Duration::from_secs(5);

/// The longest time between two attempts at one relay.
pub const RELAY_RETRY_LONGEST: Duration = Duration::from_secs(300);

/// How long a direct dial may take before relays are tried beside it.
pub const DIRECT_HEAD_START: Duration = Duration::from_secs(2);

/// How long a relayed connection is kept beside a direct one, so that what is under way still arrives.
pub const RELAYED_GRACE: Duration = Duration::from_secs(10);

/// How often peers are asked whether they can reach this node at an address not tried yet.
pub const REACH_PROBE_INTERVAL: Duration = Duration::from_secs(15);

/// Addresses of this node that are tried at a time.
pub const REACH_CANDIDATES_MAX: usize = 8;

/// How long a guest stays connected after the invitation closed, so that its answer still arrives.
pub const FAREWELL: Duration = Duration::from_secs(2);

/// How long [`crate::NetHandle::shutdown`] waits for connections to close.
pub const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// How long the last packets get to leave after every connection is closed.
pub const SHUTDOWN_LINGER: Duration = Duration::from_millis(50);

/// How long listeners may take to report their addresses.
pub const LISTEN_TIMEOUT: Duration = Duration::from_secs(10);

/// Commands that wait for the network task.
pub const COMMAND_QUEUE: usize = 256;

/// Events that wait for the node before the network task stops reading from peers.
pub const EVENT_QUEUE: usize = 256;

/// Answers to commands that wait for the node before the network task stops reading commands too.
pub const ANSWER_QUEUE: usize = 4096;

/// [`crate::NetEvent::Refused`] events told in one second; the rest are only logged.
pub const REFUSALS_PER_SECOND_MAX: u32 = 8;

/// Peers whose addresses are remembered for a redial, and addresses of each.
pub const KNOWN_PEERS_MAX: usize = 1024;

/// Addresses remembered or dialled of one peer.
pub const ADDRESSES_PER_PEER_MAX: usize = 16;

/// Topics a peer may subscribe to, and in one message.
pub const TOPICS_PER_PEER_MAX: usize = 4;

/// Length in bytes of a gossip message id: the first 160 bits of BLAKE3.
pub const MESSAGE_ID_BYTES: usize = 20;

/// Holds the gossip parameters for a federation of 2 to 50 nodes and less than a message a second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GossipParams {
    /// Mesh peers wanted (D in the specification).
    pub mesh_n: usize,
    /// Mesh peers below which more are grafted (D_low).
    pub mesh_low: usize,
    /// Mesh peers above which some are pruned (D_high).
    pub mesh_high: usize,
    /// Mesh peers this node dialled itself, at least (D_out).
    pub mesh_outbound_min: usize,
    /// Peers outside the mesh told of new ids at each heartbeat (D_lazy).
    pub gossip_lazy: usize,
    /// Time between two heartbeats.
    pub heartbeat: Duration,
    /// Heartbeats for which a message can be asked for, and judged.
    pub history_length: usize,
    /// Heartbeats whose ids are told.
    pub history_gossip: usize,
    /// How long an id counts as seen.
    pub duplicate_cache: Duration,
    /// Bytes of a message.
    pub bytes_max: usize,
    /// Messages that wait for one peer.
    pub queue: usize,
}

/// Names the relation between gossip parameters that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the gossip parameters contradict each other: {0} does not hold")]
pub struct ParamsError(&'static str);

impl Default for GossipParams {
    fn default() -> Self {
        Self {
            mesh_n: 4,
            mesh_low: 2,
            mesh_high: 8,
            mesh_outbound_min: 1,
            gossip_lazy: 3,
            heartbeat: Duration::from_secs(1),
            history_length: 12,
            history_gossip: 6,
            duplicate_cache: Duration::from_secs(15 * 60),
            bytes_max: GOSSIP_BYTES_MAX,
            queue: 256,
        }
    }
}

impl GossipParams {
    /// Checks that the parameters fit together.
    ///
    /// # Errors
    ///
    /// [`ParamsError`] names the first relation that does not hold.
    pub fn check(&self) -> Result<(), ParamsError> {
        let heartbeats = u32::try_from(self.history_length).unwrap_or(u32::MAX);
        let rules = [
            (self.mesh_outbound_min < self.mesh_low, "mesh_outbound_min < mesh_low"),
            (self.mesh_outbound_min <= self.mesh_n / 2, "mesh_outbound_min <= mesh_n / 2"),
            (self.mesh_low >= 1 && self.mesh_low <= self.mesh_n, "1 <= mesh_low <= mesh_n"),
            (self.mesh_n <= self.mesh_high, "mesh_n <= mesh_high"),
            (self.gossip_lazy >= 1, "gossip_lazy >= 1"),
            (self.history_gossip >= 1, "history_gossip >= 1"),
            (self.history_gossip <= self.history_length, "history_gossip <= history_length"),
            (self.heartbeat >= Duration::from_millis(100), "heartbeat >= 100 ms"),
            (
                self.heartbeat.saturating_mul(heartbeats) < self.duplicate_cache,
                "history_length heartbeats < duplicate_cache",
            ),
            (self.bytes_max >= 4096, "bytes_max >= 4096, the size of a record"),
            (self.queue >= 16, "queue >= 16"),
        ];
        rules.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, rule)| Err(ParamsError(rule)))
    }

    /// Checks the parameters and builds gossipsub's configuration.
    pub(crate) fn config(&self) -> Result<gossipsub::Config, ParamsError> {
        self.check()?;
        gossipsub::ConfigBuilder::default()
            .validation_mode(ValidationMode::Anonymous)
            .validate_messages()
            .message_id_fn(|message| message_id(&message.data))
            .mesh_n(self.mesh_n)
            .mesh_n_low(self.mesh_low)
            .mesh_n_high(self.mesh_high)
            .mesh_outbound_min(self.mesh_outbound_min)
            .gossip_lazy(self.gossip_lazy)
            .heartbeat_interval(self.heartbeat)
            .heartbeat_initial_delay(self.heartbeat)
            .history_length(self.history_length)
            .history_gossip(self.history_gossip)
            .duplicate_cache_time(self.duplicate_cache)
            .flood_publish(true)
            .max_transmit_size(self.bytes_max)
            .connection_handler_queue_len(self.queue)
            .build()
            .map_err(|_| ParamsError("gossipsub's own validation"))
    }
}

/// Returns the id of a gossiped message: a hash of its bytes, so it is the same whoever sends it.
pub(crate) fn message_id(data: &[u8]) -> MessageId {
    let hash = blake3::hash(data);
    MessageId::from(hash.as_bytes()[..MESSAGE_ID_BYTES].to_vec())
}

/// Returns the rules by which peers lose score.
///
/// Only what proves misbehaviour counts: invalid messages (P4) and broken protocol (P7). Rewards and
/// delivery rates (P1 to P3b) punish everybody in a quiet federation; the IP colocation factor (P6)
/// punishes coops that share a router or relay.
pub(crate) fn peer_score() -> (PeerScoreParams, PeerScoreThresholds) {
    let params = PeerScoreParams {
        ip_colocation_factor_weight: 0.0,
        retain_score: Duration::from_secs(600),
        ..PeerScoreParams::default()
    };
    (params, PeerScoreThresholds::default())
}

/// Returns the rules by which peers lose score on the records topic: 3 invalid messages within minutes
/// stop gossip to a peer, 9 make its messages go unread until the score recovers.
pub(crate) fn topic_score() -> TopicScoreParams {
    TopicScoreParams {
        topic_weight: 1.0,
        time_in_mesh_weight: 0.0,
        first_message_deliveries_weight: 0.0,
        mesh_message_deliveries_weight: 0.0,
        mesh_failure_penalty_weight: 0.0,
        invalid_message_deliveries_weight: -1.2,
        // Nine fall below 0.1, which counts as none, after 10 minutes.
        invalid_message_deliveries_decay: 0.9925,
        ..TopicScoreParams::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_parameters_fit_together_and_build() {
        GossipParams::default().check().unwrap();
        let config = GossipParams::default().config().unwrap();
        assert_eq!((config.mesh_n(), config.mesh_n_low(), config.mesh_n_high()), (4, 2, 8));
        assert!(config.validate_messages() && config.flood_publish());
        assert!(matches!(config.validation_mode(), ValidationMode::Anonymous));
        assert_eq!(config.max_transmit_size(), GOSSIP_BYTES_MAX);
    }

    #[test]
    fn a_mesh_that_gossipsub_would_accept_and_never_fill_is_refused() {
        // These very figures build without complaint in libp2p-gossipsub 0.50.1.
        let wrong =
            GossipParams { mesh_n: 2, mesh_low: 9, mesh_high: 1, mesh_outbound_min: 7, ..Default::default() };
        assert!(wrong.check().is_err());
        assert_eq!(wrong.config().unwrap_err(), wrong.check().unwrap_err());
    }

    #[test]
    fn every_relation_is_checked() {
        let good = GossipParams::default();
        let wrong = [
            GossipParams { mesh_outbound_min: 2, ..good.clone() },
            GossipParams { mesh_low: 5, ..good.clone() },
            GossipParams { mesh_high: 3, ..good.clone() },
            GossipParams { gossip_lazy: 0, ..good.clone() },
            GossipParams { history_gossip: 13, ..good.clone() },
            GossipParams { history_gossip: 0, ..good.clone() },
            GossipParams { heartbeat: Duration::ZERO, ..good.clone() },
            GossipParams { duplicate_cache: Duration::from_secs(12), ..good.clone() },
            GossipParams { bytes_max: 4095, ..good.clone() },
            GossipParams { queue: 1, ..good.clone() },
        ];
        let rules: std::collections::BTreeSet<_> =
            wrong.iter().map(|params| params.check().unwrap_err().to_string()).collect();
        assert_eq!(rules.len(), wrong.len());
    }

    #[test]
    fn the_score_rules_are_valid_and_three_invalid_messages_cross_the_first_threshold() {
        let (params, thresholds) = peer_score();
        params.validate().unwrap();
        thresholds.validate().unwrap();
        let topic = topic_score();
        topic.validate().unwrap();
        let score = |invalid: f64| invalid * invalid * topic.invalid_message_deliveries_weight;
        assert!(score(2.0) > thresholds.gossip_threshold && score(3.0) < thresholds.gossip_threshold);
        assert!(score(9.0) < thresholds.graylist_threshold);
    }

    #[test]
    fn a_message_id_is_the_hash_of_the_bytes_alone() {
        assert_eq!(message_id(b"a"), message_id(b"a"));
        assert_ne!(message_id(b"a"), message_id(b"b"));
        assert_eq!(message_id(b"a").0, blake3::hash(b"a").as_bytes()[..20]);
    }
}
