//! What goes into the machine and what comes out of it.

use std::collections::BTreeSet;

use jitney_domain::Timestamp;
use jitney_identity::{PublicKey, SecretKey};
use rand::CryptoRng;

use crate::direct::DirectRefusal;
use crate::entry::Entry;
use crate::ids::{ActId, FederationId, MessageId, Version};
use crate::join::{JoinProgress, JoinRefusal};
use crate::sync::Versions;

/// The keys of this node. The coop key may be kept offline: what needs it then is refused by name.
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    /// Signs acts, records and certificates.
    pub coop: Option<&'a SecretKey>,
    /// Signs entries and direct messages; also this node's name on the network.
    pub node: &'a SecretKey,
}

/// What the machine cannot know of itself: the time, its keys, and chance.
pub struct Cx<'a> {
    /// The wall clock.
    pub now: Timestamp,
    /// The keys.
    pub keys: Keys<'a>,
    /// The source of randomness.
    pub rng: &'a mut dyn CryptoRng,
}

impl std::fmt::Debug for Cx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cx").field("now", &self.now).field("keys", &self.keys).finish_non_exhaustive()
    }
}

/// What a request between two nodes is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Fetching what was missed.
    Sync,
    /// Direct messages.
    Book,
    /// Joining the federation; the only channel that is open to strangers.
    Join,
}

/// What is to become of a message that came by gossip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is good and is passed on.
    Accept,
    /// It is not passed on, and nobody is to blame.
    Ignore,
    /// It is not passed on, and who passed it is to blame.
    Reject,
}

/// What happens to the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The program begins; all rows are restored.
    Start,
    /// There is a connection to a node now.
    Connected {
        /// The node.
        peer: PublicKey,
    },
    /// There is none any more.
    Disconnected {
        /// The node.
        peer: PublicKey,
    },
    /// A connected node is known to take part in the federation's gossip.
    Subscribed {
        /// The node.
        peer: PublicKey,
    },
    /// A message came by gossip and awaits its verdict.
    Gossip {
        /// The node that passed it on.
        from: PublicKey,
        /// Names the message in the verdict.
        token: u64,
        /// The message.
        bytes: Vec<u8>,
    },
    /// A node asks something.
    Request {
        /// The node.
        from: PublicKey,
        /// What it is about.
        channel: Channel,
        /// Names the request in the response.
        token: u64,
        /// The question.
        bytes: Vec<u8>,
    },
    /// A node answered.
    Response {
        /// Id of [`Output::Request`].
        id: u64,
        /// The answer.
        bytes: Vec<u8>,
    },
    /// A request came to nothing.
    RequestFailed {
        /// Id of [`Output::Request`].
        id: u64,
    },
    /// Gossip took an entry.
    Published {
        /// Id of [`Output::Publish`].
        id: u64,
    },
    /// Gossip did not take it, as nobody listens or queues are full.
    NotPublished {
        /// Id of [`Output::Publish`].
        id: u64,
    },
    /// The moment of [`next_wake`](super::Federation::next_wake) has come; harmless at any other.
    Wake,
}

/// What the machine wants done.
///
/// Rows that changed (see [`drain_changes`](super::Federation::drain_changes)) must be durable before any
/// output leaves the program. What is addressed to the domain ([`Output::EntryAccepted`], [`Output::DirectReceived`] and the
/// like) must be taken up in the same durable batch: it is not repeated.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Give an entry to gossip; answered by [`Input::Published`] or [`Input::NotPublished`].
    Publish {
        /// Names it in the answer.
        id: u64,
        /// The entry.
        bytes: Vec<u8>,
    },
    /// What is to become of a message that came by gossip.
    Verdict {
        /// Names the message.
        token: u64,
        /// The verdict.
        verdict: Verdict,
    },
    /// Ask a node; answered by [`Input::Response`] or [`Input::RequestFailed`].
    Request {
        /// Names it in the answer.
        id: u64,
        /// The node.
        peer: PublicKey,
        /// What it is about.
        channel: Channel,
        /// The question.
        bytes: Vec<u8>,
    },
    /// Answer a node.
    Respond {
        /// Names the request.
        token: u64,
        /// The answer.
        bytes: Vec<u8>,
    },
    /// Try to connect to a node; without an answer, it is tried again later.
    Dial {
        /// The node.
        peer: PublicKey,
        /// Where it may be found; may be empty, for those who remember better.
        addresses: Vec<String>,
    },
    /// From now on let only these nodes connect.
    Allow {
        /// Nodes of the federation.
        roster: BTreeSet<PublicKey>,
        /// Whether others may connect as well, to ask to be admitted.
        strangers: bool,
    },
    /// This node now belongs to a federation: listen to its gossip.
    Federate {
        /// The federation.
        federation: FederationId,
    },
    /// For the domain: an entry is new here. Own entries come too.
    EntryAccepted {
        /// The entry.
        entry: Box<Entry>,
    },
    /// For the domain: an entry is gone.
    EntryExpired {
        /// The entry.
        entry: Box<Entry>,
    },
    /// For the domain: an entry never counted, because its coop has withdrawn the certificate of the node
    /// that signed it, from before it did.
    EntryVoided {
        /// The entry.
        entry: Box<Entry>,
    },
    /// For the domain: a coop wrote to this one. Comes once a message.
    DirectReceived {
        /// The coop.
        from: PublicKey,
        /// Name of the message.
        id: MessageId,
        /// When it was written, by the sender's clock.
        issued_at: Timestamp,
        /// What it says.
        body: Vec<u8>,
        /// The whole message as it was signed, to be kept as evidence.
        bytes: Vec<u8>,
    },
    /// For the domain: a message that waits was dated ahead and is signed anew.
    DirectReplaced {
        /// What it says.
        body: Vec<u8>,
        /// The whole message as it will travel.
        bytes: Vec<u8>,
    },
    /// For the domain: the other coop has the message.
    DirectDelivered {
        /// The other coop.
        to: PublicKey,
        /// The message.
        id: MessageId,
    },
    /// For the domain: the message will never arrive.
    DirectFailed {
        /// The other coop.
        to: PublicKey,
        /// The message.
        id: MessageId,
        /// Why.
        reason: DirectRefusal,
    },
    /// The roster is another now.
    RosterChanged {
        /// Its version.
        version: Version,
    },
    /// The roster was replaced by another chain of acts, which a majority had signed as well; the operator
    /// should look at who was admitted.
    RosterReplaced {
        /// Its version now.
        version: Version,
    },
    /// Stored acts of the roster were damaged and are fetched again.
    RosterDamaged {
        /// The first version that did not hold.
        version: Version,
    },
    /// This coop is on the roster now.
    Joined {
        /// The federation.
        federation: FederationId,
    },
    /// This coop's request to be admitted is being decided.
    JoinPending {
        /// How far the coops are.
        progress: JoinProgress,
    },
    /// This coop is not admitted.
    JoinRefused {
        /// Why.
        reason: JoinRefusal,
    },
    /// This coop was expelled.
    Expelled,
    /// For the operator: a coop asks to be admitted.
    ApplicantArrived {
        /// The coop.
        coop: PublicKey,
    },
    /// For the operator: an act is proposed, or a coop endorsed it.
    ProposalSeen {
        /// The act.
        act: ActId,
    },
    /// For the operator: a coop contradicted itself; no new claims and awards with it until it is cleared.
    Equivocation {
        /// The coop.
        origin: PublicKey,
    },
    /// For the operator: a node said to have sent all it has of a coop's log, but the coop's own manifest
    /// shows that something lives which was not sent; it is asked for again.
    Withheld {
        /// The coop.
        origin: PublicKey,
        /// The node.
        by: PublicKey,
    },
    /// For the operator: somebody else writes this node's log, as a copy of this node that still runs
    /// would; a new life of the log was begun.
    OwnLogAhead,
    /// For the operator: this node's clock differs from the others'; nothing expires until it agrees.
    ClockSuspect {
        /// What the others' clocks show more than this one, in milliseconds.
        offset_ms: i64,
    },
    /// For the operator: the clock agrees with the others' again.
    ClockGood,
    /// For the operator: a node speaks no version that this one understands.
    VersionMismatch {
        /// The node.
        peer: PublicKey,
        /// What it understands.
        theirs: Versions,
    },
}
