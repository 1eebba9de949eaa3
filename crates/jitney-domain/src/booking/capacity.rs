//! Open capacity: places to spare on a planned run, the mirror of a ticket.

use serde::{Deserialize, Serialize};

use crate::gossip::Area;
use crate::gossip_body;
use crate::needs::{Assistance, Load};
use crate::{CapacityId, RunId};

use super::ticket::TimeBucket;

gossip_body! {
    /// All that partner coops learn of a run: as coarse as a ticket, with no room for a name or free text.
    #[serde(deny_unknown_fields)]
    kind 24;
    pub struct CapacityBody {
        /// Fresh random name; nothing links it to driver or run.
        pub capacity: CapacityId,
        /// Where the first rider boards, coarsely.
        pub from: Area,
        /// Where the last rider alights, coarsely.
        pub to: Area,
        /// When the first rider boards.
        pub leaves: TimeBucket,
        /// When the last rider has alighted.
        pub arrives: TimeBucket,
        /// Places that stay free all the way.
        pub spare: Load,
        /// The vehicle has a ramp or lift.
        pub ramp: bool,
        /// Service animals are welcome.
        pub service_animals: bool,
        /// How far the driver accompanies riders.
        pub assistance: Assistance,
    }
}

gossip_body! {
    /// The places are not to spare any more.
    #[derive(Copy)]
    #[serde(deny_unknown_fields)]
    kind 25;
    pub struct CapacityWithdrawn {
        /// Which.
        pub capacity: CapacityId,
    }
}

/// Spare places of ours that partners know of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity {
    /// On which run.
    pub run: RunId,
    /// What partners know.
    pub body: CapacityBody,
}
