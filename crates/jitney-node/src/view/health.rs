//! How it stands with the federation: what `jitney federation doctor` shows.

use jitney_domain::Timestamp;
use jitney_identity::PublicKey;
use serde::{Deserialize, Serialize};

/// How it stands with every coop of the federation, and what is to be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// The federation's name.
    pub federation: String,
    /// When this was so.
    pub now: Timestamp,
    /// How others reach us.
    pub us: OwnHealth,
    /// The other coops, by name.
    pub coops: Vec<CoopHealth>,
    /// Everything that is amiss, the worst first, each with what to do.
    pub problems: Vec<Problem>,
}

/// How others reach us.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnHealth {
    /// What our record on the roster tells others.
    pub addresses: Vec<String>,
    /// Which addresses a partner's node has tried, and how that went.
    pub tried: Vec<TriedAddress>,
    /// Coops whose nodes keep a place for us, so that others come through them.
    pub relays: Vec<String>,
    /// Others may meet through us.
    pub is_relay: bool,
    /// What the others' clocks show more than ours, in milliseconds.
    pub clock_offset_ms: i64,
    /// That is so much that nothing expires for the time being.
    pub clock_suspect: bool,
    /// The oldest version of the protocol that we speak.
    pub version_min: u16,
    /// The newest.
    pub version_max: u16,
}

/// One of our addresses that was tried from outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TriedAddress {
    /// The address.
    pub address: String,
    /// It worked.
    pub reached: bool,
    /// Whose node tried.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// How it stands with a coop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CoopHealth {
    /// Its name.
    pub name: String,
    /// Its key.
    pub coop: PublicKey,
    /// Its dispatcher's phone.
    pub phone: Option<String>,
    /// Its nodes.
    pub nodes: Vec<NodeHealth>,
    /// Messages to it that it has not acknowledged.
    pub mail: usize,
    /// Age of the oldest of them, in whole seconds.
    pub mail_oldest_s: Option<i64>,
    /// Since when we know that it signed two contradicting entries.
    pub contradicted_since: Option<Timestamp>,
    /// Nothing new is agreed with it until a person clears it.
    pub suspended: bool,
}

/// How it stands with a coop's node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NodeHealth {
    /// Its key.
    pub node: PublicKey,
    /// The way to it.
    pub reach: Reach,
    /// It says that others may meet through it.
    pub is_relay: bool,
    /// Entries that it has and we lack, at most, by what it last said.
    pub we_lack: u64,
    /// Entries that we have and it lacked when it last said what it has, at most.
    pub it_lacks: u64,
    /// When it last told us what it has.
    pub last_sync: Option<Timestamp>,
    /// What its clock shows more than ours, in milliseconds.
    pub clock_offset_ms: Option<i64>,
    /// The oldest and the newest version of the protocol that it speaks.
    pub versions: Option<(u16, u16)>,
}

/// The way to a node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// From machine to machine.
    Direct {
        /// `tcp` or `quic`.
        over: String,
        /// Since when.
        since: Timestamp,
    },
    /// Through another coop's node.
    Relayed {
        /// Whose, if we know.
        through: Option<String>,
        /// Since when.
        since: Timestamp,
    },
    /// There is none.
    Away {
        /// Since when, if it was there since this node started.
        since: Option<Timestamp>,
        /// What the last dial came to.
        why: Option<String>,
    },
}

/// Something amiss.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What, in one sentence.
    pub what: String,
    /// What to do about it.
    pub next: String,
}
