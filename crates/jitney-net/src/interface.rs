//! What a node says to the network task, and what it hears from it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jitney_identity::PublicKey;

/// Names a request-response protocol.
///
/// The federation is not part of the protocol name: a node may found or join one while it runs, and
/// libp2p fixes the names when it starts. Messages on [`Channel::Sync`] and [`Channel::Book`] carry the
/// federation's id themselves, and whoever reads them checks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Frontier sync of public logs, `/jitney/sync/1`; roster nodes only.
    Sync,
    /// Claims, awards and sealed details between two coops, `/jitney/book/1`; roster nodes only.
    Book,
    /// A member's client and its coop's node, `/jitney/member/1`; roster nodes and members.
    Member,
    /// Joining a federation, `/jitney/join/1`; everybody who may connect.
    Join,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 4] = [Self::Sync, Self::Book, Self::Member, Self::Join];

    /// Returns the libp2p protocol name.
    pub const fn protocol(self) -> &'static str {
        match self {
            Self::Sync => "/jitney/sync/1",
            Self::Book => "/jitney/book/1",
            Self::Member => "/jitney/member/1",
            Self::Join => "/jitney/join/1",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.protocol())
    }
}

/// Says what becomes of a gossiped message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is sound: pass it on.
    Accept,
    /// It is not for us to judge, or known already: do not pass it on, blame nobody.
    Ignore,
    /// It is invalid: do not pass it on, and lower the score of who sent it.
    Reject,
}

/// Says what a connection travels on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Path {
    /// TCP from machine to machine.
    Tcp,
    /// QUIC from machine to machine.
    Quic,
    /// A circuit through a relay, named if we know which.
    Relay(Option<PublicKey>),
}

impl Path {
    /// Tells whether nobody stands between.
    pub fn is_direct(self) -> bool {
        !matches!(self, Self::Relay(_))
    }
}

/// Tells the network task what to do.
///
/// `Debug` shows lengths, never payloads.
#[derive(Clone, PartialEq, Eq)]
pub enum NetCommand {
    /// Subscribes to the records topic of a federation; replaces the one before.
    Federate {
        /// The federation's id.
        federation: [u8; 32],
    },
    /// Says who may connect, and cuts off at once who may no longer; at first nobody may.
    Allow {
        /// Node keys of the federation's roster: everything, gossip included.
        roster: BTreeSet<PublicKey>,
        /// Keys of this coop's members: [`Channel::Member`] and [`Channel::Join`].
        members: BTreeSet<PublicKey>,
        /// Whether an invitation is open, so that unknown keys may use [`Channel::Join`].
        strangers: bool,
    },
    /// Says which nodes of the roster relay and where they are; this node reserves on up to
    /// [`crate::params::RELAYS_HELD_MAX`] of them, so that others come through to it.
    Relays {
        /// The relays, best left empty by a node that everybody reaches.
        relays: BTreeMap<PublicKey, Vec<String>>,
    },
    /// Connects to a node; nothing happens if it is connected or being dialled.
    ///
    /// A node that is neither on the roster nor a member is met as a guest, which may use
    /// [`Channel::Join`]: dialling it by key was our choice.
    Dial {
        /// The key expected there; if none, the addresses must name it or whoever answers must be allowed.
        peer: Option<PublicKey>,
        /// Multiaddresses, with or without `/p2p/…`.
        addrs: Vec<String>,
    },
    /// Closes every connection with a peer.
    Disconnect {
        /// The peer.
        peer: PublicKey,
    },
    /// Gossips a message; answered by [`NetEvent::Published`] or [`NetEvent::NotPublished`].
    Publish {
        /// The message, at most [`crate::params::GOSSIP_BYTES_MAX`] bytes.
        bytes: Vec<u8>,
        /// Chosen by the caller, returned in the answer.
        id: u64,
    },
    /// Judges the gossiped message of [`NetEvent::Gossip`]; must come within seconds.
    Verdict {
        /// The token of the event.
        token: u64,
        /// What becomes of the message.
        verdict: Verdict,
    },
    /// Asks a connected peer; answered by [`NetEvent::Response`] or [`NetEvent::RequestFailed`].
    Request {
        /// Chosen by the caller, returned in the answer.
        id: u64,
        /// Who is asked.
        peer: PublicKey,
        /// On which channel.
        channel: Channel,
        /// The request.
        bytes: Vec<u8>,
    },
    /// Answers [`NetEvent::Request`].
    Respond {
        /// The token of the event.
        token: u64,
        /// The response.
        bytes: Vec<u8>,
    },
    /// Closes every connection and ends the network task.
    Shutdown,
}

impl fmt::Debug for NetCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Federate { .. } => f.write_str("Federate"),
            Self::Allow { roster, members, strangers } => {
                write!(f, "Allow({} roster, {} members, strangers {strangers})", roster.len(), members.len())
            }
            Self::Relays { relays } => write!(f, "Relays({})", relays.len()),
            Self::Dial { peer, addrs } => write!(f, "Dial({peer:?}, {} addresses)", addrs.len()),
            Self::Disconnect { peer } => write!(f, "Disconnect({peer})"),
            Self::Publish { bytes, id } => write!(f, "Publish({id}, {} bytes)", bytes.len()),
            Self::Verdict { token, verdict } => write!(f, "Verdict({token}, {verdict:?})"),
            Self::Request { id, peer, channel, bytes } => {
                write!(f, "Request({id}, {peer}, {channel}, {} bytes)", bytes.len())
            }
            Self::Respond { token, bytes } => write!(f, "Respond({token}, {} bytes)", bytes.len()),
            Self::Shutdown => f.write_str("Shutdown"),
        }
    }
}

/// Tells the node what happened.
///
/// `Debug` shows lengths, never payloads.
#[derive(Clone, PartialEq, Eq)]
pub enum NetEvent {
    /// The node can be reached at this address (without `/p2p/…`).
    Listening {
        /// The address.
        addr: String,
    },
    /// The first connection with a peer is open.
    Connected {
        /// The peer.
        peer: PublicKey,
        /// Its address; for an inbound connection only the one it happened to come from.
        addr: String,
        /// Whether this node dialled.
        outbound: bool,
    },
    /// The last connection with a peer is closed.
    Disconnected {
        /// The peer.
        peer: PublicKey,
    },
    /// A roster peer hears our gossip from now on: the moment to publish what waits and to sync.
    Subscribed {
        /// The peer.
        peer: PublicKey,
    },
    /// A message came by gossip and waits for [`NetCommand::Verdict`].
    Gossip {
        /// Who passed it on; the author is in the message.
        from: PublicKey,
        /// Names the message in the verdict.
        token: u64,
        /// The message.
        bytes: Vec<u8>,
    },
    /// A message is on its way to at least one peer, or was before.
    Published {
        /// The id of the command.
        id: u64,
    },
    /// A message went to nobody; normal while no peer is there, so keep it and publish it again.
    NotPublished {
        /// The id of the command.
        id: u64,
        /// Why.
        reason: String,
    },
    /// A peer asks and waits for [`NetCommand::Respond`].
    Request {
        /// Who asks.
        from: PublicKey,
        /// On which channel.
        channel: Channel,
        /// Names the request in the response.
        token: u64,
        /// The request.
        bytes: Vec<u8>,
    },
    /// A peer answered.
    Response {
        /// The id of the command.
        id: u64,
        /// Who answered.
        peer: PublicKey,
        /// The response.
        bytes: Vec<u8>,
    },
    /// No answer will come; whether the peer acted on the request is unknown.
    RequestFailed {
        /// The id of the command.
        id: u64,
        /// Who was asked.
        peer: PublicKey,
        /// Why.
        reason: String,
    },
    /// A dial came to nothing.
    DialFailed {
        /// Who was dialled, if known.
        peer: Option<PublicKey>,
        /// Where, if it was one address.
        addr: Option<String>,
        /// Why.
        reason: String,
    },
    /// What a connected peer's messages travel on, at first and whenever that changes.
    Path {
        /// The peer.
        peer: PublicKey,
        /// The best way there is.
        path: Path,
    },
    /// A relay keeps a place for this node: others reach it at this address (without the last `/p2p/…`).
    Reserved {
        /// The relay.
        relay: PublicKey,
        /// The address through it.
        addr: String,
    },
    /// A relay does not, or no longer, keep a place for this node; it is asked again.
    Unreserved {
        /// The relay.
        relay: PublicKey,
        /// Why.
        reason: String,
    },
    /// A peer tried to reach this node at an address.
    Tried {
        /// The address.
        addr: String,
        /// Who tried.
        by: PublicKey,
        /// Whether the peer came through.
        reached: bool,
    },
    /// Somebody was turned away at the door or on a channel; at most a few are told each second.
    Refused {
        /// Who, if the handshake came that far.
        peer: Option<PublicKey>,
        /// Why.
        reason: String,
    },
}

impl fmt::Debug for NetEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listening { addr } => write!(f, "Listening({addr})"),
            Self::Connected { peer, outbound, .. } => write!(f, "Connected({peer}, outbound {outbound})"),
            Self::Disconnected { peer } => write!(f, "Disconnected({peer})"),
            Self::Subscribed { peer } => write!(f, "Subscribed({peer})"),
            Self::Gossip { from, token, bytes } => {
                write!(f, "Gossip({from}, {token}, {} bytes)", bytes.len())
            }
            Self::Published { id } => write!(f, "Published({id})"),
            Self::NotPublished { id, reason } => write!(f, "NotPublished({id}, {reason})"),
            Self::Request { from, channel, token, bytes } => {
                write!(f, "Request({from}, {channel}, {token}, {} bytes)", bytes.len())
            }
            Self::Response { id, peer, bytes } => write!(f, "Response({id}, {peer}, {} bytes)", bytes.len()),
            Self::RequestFailed { id, peer, reason } => write!(f, "RequestFailed({id}, {peer}, {reason})"),
            Self::DialFailed { peer, reason, .. } => write!(f, "DialFailed({peer:?}, {reason})"),
            Self::Path { peer, path } => write!(f, "Path({peer}, {path:?})"),
            Self::Reserved { relay, addr } => write!(f, "Reserved({relay}, {addr})"),
            Self::Unreserved { relay, reason } => write!(f, "Unreserved({relay}, {reason})"),
            Self::Tried { addr, by, reached } => write!(f, "Tried({addr}, {by}, {reached})"),
            Self::Refused { peer, reason } => write!(f, "Refused({peer:?}, {reason})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_payload_shows_in_a_debug_print() {
        let bytes = b"Rosa Parks, 12 Elm Street".to_vec();
        let command = NetCommand::Respond { token: 1, bytes: bytes.clone() };
        assert_eq!(format!("{command:?}"), "Respond(1, 25 bytes)");
        let peer = jitney_identity::SecretKey::from_seed([1; 32]).public();
        let event = NetEvent::Response { id: 2, peer, bytes };
        assert_eq!(format!("{event:?}"), format!("Response(2, {peer}, 25 bytes)"));
    }
}
