//! What somebody has to see to, and who has it in hand.

use jitney_domain::{AlarmId, LiftNumber, Timestamp, TripId};
use serde::{Deserialize, Serialize};

/// All that somebody has to see to at this moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alarms {
    /// The coop's time zone.
    pub zone: String,
    /// The most urgent first.
    pub alarms: Vec<Alarm>,
}

/// Something that a dispatcher has to see to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// Its name, the same for as long as it lasts.
    pub id: AlarmId,
    /// Who has it in hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<Taken>,
    /// What is wrong, for programs.
    #[serde(flatten)]
    pub kind: jitney_domain::alarm::Kind,
    /// How soon it has to be seen to.
    pub urgency: jitney_domain::alarm::Urgency,
    /// Since when it is so, where that is recorded.
    pub since: Option<Timestamp>,
    /// Trips of our riders, the one to act on first.
    pub trips: Vec<TripId>,
    /// Lifts of our drivers, the one to act on first.
    pub lifts: Vec<LiftNumber>,
    /// What it is about, in a few words: the trip with its rider, the lift, or the coop.
    pub about: String,
    /// What is wrong, in words.
    pub says: String,
    /// Phone calls to make, in this order.
    pub calls: Vec<Call>,
    /// Commands to go on with.
    pub next: Vec<String>,
}

/// An alarm that somebody has taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Taken {
    /// What was wrong, in a word.
    pub kind: String,
    /// The trip to act on first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trip: Option<TripId>,
    /// The lift to act on first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lift: Option<LiftNumber>,
    /// Who, by name; the operator on the machine itself if none.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A phone call to make.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Which driver phones; the dispatcher if none.
    pub by: Option<String>,
    /// Whom, by name.
    pub whom: String,
    /// The number, if the coop knows it.
    pub phone: Option<String>,
    /// What to say.
    pub say: String,
}
