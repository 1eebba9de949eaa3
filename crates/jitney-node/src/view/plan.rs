//! A planned day, for a person to agree to.

use jiff::civil::Date;
use jitney_domain::{MemberId, Minutes, Timestamp, TripId};
use serde::{Deserialize, Serialize};

/// How a day would be driven.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DayPlan {
    /// Which day.
    pub day: Date,
    /// Trips that could be planned: those under way, and those that partners drive, stay as they are.
    pub trips: usize,
    /// Of those, how many our runs carry now.
    pub served_before: usize,
    /// How many they would carry.
    pub served_after: usize,
    /// Driving still to be done, as things stand.
    pub driving_before: Minutes,
    /// Driving still to be done by the plan.
    pub driving_after: Minutes,
    /// Everything that somebody would have to be told.
    pub changes: Vec<PlanChange>,
    /// What nobody would drive.
    pub unmet: Vec<PlanUnmet>,
    /// How many trips change hands.
    pub moved: usize,
    /// It has been carried out.
    pub applied: bool,
}

/// Another driver or another time for a trip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanChange {
    /// Which trip.
    pub trip: TripId,
    /// Who was to come; nobody if none.
    pub from: Option<Comes>,
    /// Who would come; nobody as was agreed, if none.
    pub to: Option<Comes>,
}

/// Who comes, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comes {
    /// Who.
    pub driver: MemberId,
    /// The driver's name.
    pub name: String,
    /// When the pick-up begins.
    pub at: Timestamp,
    /// Only if the driver says yes: it is not agreed ahead.
    #[serde(default)]
    pub to_be_asked: bool,
}

/// A trip that changes hands, and what that costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Given {
    /// Which trip.
    pub trip: TripId,
    /// Whose: somebody has to be told.
    pub rider: String,
    /// Who was to come; nobody if none.
    pub from: Option<Comes>,
    /// Who comes.
    pub to: Comes,
    /// Further driving for who comes.
    pub added: Minutes,
    /// Why this driver, in words that can be read out.
    pub reasons: Vec<String>,
}

/// A trip that nobody would drive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanUnmet {
    /// Which trip.
    pub trip: TripId,
    /// It has been promised.
    pub promised: bool,
    /// Each of these alone would be enough.
    pub would_do: Vec<String>,
    /// The same for who says it in another language: a plan is kept, and read by several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<super::Told>,
}

/// How far a search is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PlanProgress {
    /// Share that is done, 0 to 1.
    pub done: f64,
    /// Trips that nobody drives in the best plan so far.
    pub unmet: usize,
    /// Iterations so far.
    pub iterations: u64,
}
