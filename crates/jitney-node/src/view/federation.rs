//! What is shown of the federation: its coops, their nodes, who waits to join.

use std::fmt;

use jitney_domain::Timestamp;
use jitney_identity::PublicKey;
use serde::{Deserialize, Serialize};

/// How the node stands in its federation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FederationStatus {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Version of the roster.
    pub roster_version: u64,
    /// Coops on the roster, ourselves included.
    pub coops: usize,
    /// Other coops connected at present.
    pub connected: usize,
    /// Live log entries of all coops.
    pub entries: usize,
    /// Messages to other coops that are not acknowledged yet.
    pub outbox: usize,
    /// Age of the oldest of them, in whole seconds.
    pub outbox_oldest_s: Option<i64>,
}

/// How far the asking to join a federation has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Joining {
    /// What it is called, once the coop that invites has answered.
    #[serde(default)]
    pub federation: Option<String>,
    /// The coop that invites, as words to read over the phone.
    pub inviter: String,
    /// Until when the invitation may be used.
    pub expires: Timestamp,
    /// Coops that have signed; none while the inviter has not answered.
    pub signed: Option<u32>,
    /// Signatures that it takes.
    pub needed: Option<u32>,
}

impl fmt::Display for Joining {
    /// Says it of the coop: "has asked to join Lake Valley and waits: 1 of 2 coops have signed".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let federation = self.federation.as_deref().unwrap_or("a federation");
        match (self.signed, self.needed) {
            (Some(signed), Some(needed)) => {
                write!(f, "has asked to join {federation} and waits: {signed} of {needed} coops have signed")
            }
            _ => write!(
                f,
                "has asked to join {federation}; the coop that invites ({}) has not answered yet",
                self.inviter
            ),
        }
    }
}

/// The federation's coops.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Roster {
    /// The federation's name.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Version of the roster.
    pub version: u64,
    /// Coops that belong.
    pub coops: Vec<RosterCoop>,
    /// Coops that wait for signatures.
    pub waiting: Vec<Waiting>,
}

/// A coop of the federation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RosterCoop {
    /// Its name.
    pub name: String,
    /// Its key.
    pub coop: PublicKey,
    /// Its key as words.
    pub fingerprint: String,
    /// Its dispatcher's phone.
    pub phone: Option<String>,
    /// Where its nodes are.
    pub addresses: Vec<String>,
    /// One of its nodes is connected.
    pub connected: bool,
    /// It is us.
    pub us: bool,
    /// It contradicted itself: nothing new is agreed with it until it is cleared.
    #[serde(default)]
    pub barred: bool,
}

/// A node that speaks for a coop of the federation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// The coop's name.
    pub coop: String,
    /// Its key.
    pub node: PublicKey,
    /// Its key as words.
    pub fingerprint: String,
    /// Since when it speaks for the coop.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Whether it does now.
    pub speaks: bool,
    /// It is connected.
    pub connected: bool,
    /// It is this one.
    pub us: bool,
    /// Where it is.
    pub addresses: Vec<String>,
}

/// A coop that wants to join.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// Its name.
    pub name: String,
    /// Its key.
    pub coop: PublicKey,
    /// Its key as words: have them read to you over the phone.
    pub fingerprint: String,
    /// Signatures so far.
    pub signed: usize,
    /// Signatures needed.
    pub needed: usize,
    /// We have signed.
    pub we_signed: bool,
}
