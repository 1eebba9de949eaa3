//! What is on its way.

use jitney_net::Channel;

/// Something on its way, or the moment at which somebody loses patience. Nodes go by their index.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // Each is named as what the driver of the network does at that moment.
pub enum Packet {
    /// Somebody knocks.
    Dial { from: usize, to: usize, conn: u64 },
    /// Who knocked learns that the door is open.
    Accepted { from: usize, to: usize, conn: u64 },
    /// Who knocked learns that it is not.
    Failed { node: usize, peer: usize, conn: u64, reason: &'static str },
    /// A node notices that a connection is gone.
    Lost { node: usize, peer: usize, conn: u64 },
    /// A node says to whose gossip it listens.
    Hello { from: usize, to: usize, conn: u64, federation: [u8; 32] },
    /// Time to look whether a peer hears our gossip by now.
    Mute { node: usize, peer: usize },
    /// Time for a guest to be gone.
    Farewell { node: usize, peer: usize },
    /// Gossip passed on.
    Gossip { from: usize, to: usize, conn: u64, bytes: Vec<u8> },
    /// A question.
    Ask { from: usize, to: usize, conn: u64, ticket: u64, channel: Channel, bytes: Vec<u8> },
    /// Its answer.
    Answer { from: usize, to: usize, conn: u64, ticket: u64, bytes: Vec<u8> },
    /// No answer will come.
    NoAnswer { node: usize, ticket: u64, reason: &'static str },
}
