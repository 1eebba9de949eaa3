//! How a day is to be planned, and what may have gone otherwise.

use jiff::civil::Date;
use jitney_domain::{MemberId, Minutes, TripId};
use serde::{Deserialize, Serialize};

/// How a day is to be planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanAsked {
    /// Which day.
    pub day: Date,
    /// What has gone otherwise than planned.
    pub after: Option<Mishap>,
    /// The longest that the search may take.
    pub seconds: u32,
    /// Threads of the search.
    pub threads: usize,
    /// Seed of the search: the same seed and threads give the same plan, unless the time ends it.
    pub seed: u64,
    /// Carry the plan out at once.
    pub apply: bool,
    /// The drivers have said yes already.
    pub agreed: bool,
}

/// What goes otherwise than planned on the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mishap {
    /// A driver can go on only so much later than now.
    Late {
        /// Who.
        driver: MemberId,
        /// How much later.
        by: Minutes,
    },
    /// A rider was not there.
    NoShow {
        /// Whose trip.
        trip: TripId,
    },
    /// A driver's vehicle has broken down.
    Broken {
        /// Whose.
        driver: MemberId,
    },
    /// A driver cannot drive.
    Ill {
        /// Who.
        driver: MemberId,
    },
}

/// A trip that is to go to another driver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Give {
    /// Which trip.
    pub trip: TripId,
    /// To whom.
    pub to: GiveTo,
}

/// Who is to have a trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GiveTo {
    /// This driver.
    Driver(MemberId),
    /// Whichever of our drivers has this trip.
    DriverOf(TripId),
}
