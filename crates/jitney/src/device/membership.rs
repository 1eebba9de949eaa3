//! Whose member this device's owner is, and where the coop's node is.

use std::collections::BTreeSet;

use jitney_domain::{MemberId, Role, Zone};
use jitney_identity::PublicKey;
use serde::{Deserialize, Serialize};

use crate::context::zone_named;
use crate::exit::Failure;

/// Whose member this is, and where the coop's node is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Membership {
    /// The coop's name.
    pub(crate) coop_name: String,
    /// The coop's key.
    pub(crate) coop: PublicKey,
    /// The key of the node to ask.
    pub(crate) node: PublicKey,
    /// Where that node may be found.
    pub(crate) addresses: Vec<String>,
    /// The member's number.
    pub(crate) member: MemberId,
    /// In which roles, as last heard.
    #[serde(default)]
    pub(crate) roles: BTreeSet<Role>,
    /// The coop's time zone, once heard.
    #[serde(default)]
    pub(crate) zone: Option<String>,
}

impl Membership {
    /// Returns the coop's time zone.
    pub(crate) fn zone(&self) -> Result<Zone, Failure> {
        match &self.zone {
            Some(name) => zone_named(name),
            None => Err(Failure::conflict(
                "this device does not know the coop's time zone yet; run `jitney drive sync` with a network",
            )),
        }
    }
}
