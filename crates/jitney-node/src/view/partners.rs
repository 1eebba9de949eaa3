//! What is shown of partner coops in particular.

use jitney_domain::{CapacityId, Coordinate, Load, MemberId, Minutes, RunId, Window};
use jitney_identity::PublicKey;
use serde::{Deserialize, Serialize};

/// What was agreed with a partner coop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Whose key.
    pub coop: PublicKey,
    /// Its name.
    pub name: String,
    /// What differs from the policy; none if nothing does.
    pub agreed: Option<jitney_domain::Agreement>,
    /// What holds, policy included: place in the order of partners.
    pub rank: u16,
    /// What a lift costs.
    pub rate: jitney_domain::Rate,
    /// Its tickets are claimed without asking.
    pub claim: bool,
    /// Its claims are awarded without asking.
    pub award: bool,
    /// Longest extra driving for what is claimed without asking.
    pub max_detour: Option<Minutes>,
    /// Time before the pick-up within which a person decides.
    pub least_notice: Minutes,
}

/// Places to spare on a run, ours or a neighbour's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Capacity {
    /// Its name.
    pub capacity: CapacityId,
    /// Whose.
    pub coop: String,
    /// It is ours: on which run.
    pub run: Option<RunId>,
    /// Who drives, if it is ours.
    pub driver: Option<MemberId>,
    /// Where the first rider boards, coarsely.
    pub from: String,
    /// Where the last rider alights, coarsely.
    pub to: String,
    /// The middle of the cell where the first rider boards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_at: Option<Coordinate>,
    /// The middle of the cell where the last rider alights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_at: Option<Coordinate>,
    /// When it leaves.
    pub leaves: Window,
    /// When it arrives.
    pub arrives: Window,
    /// Places free all the way.
    pub spare: Load,
    /// The vehicle has a ramp or lift.
    pub ramp: bool,
}
