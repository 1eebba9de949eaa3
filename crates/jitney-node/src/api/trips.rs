//! Which trips to list, and from where on; whose receipts to show.

use jiff::civil::Date;
use jitney_domain::trip::{Timing, Windows};
use jitney_domain::{LiftNumber, MemberId, Timestamp, TripId};
use serde::{Deserialize, Serialize};

/// Which trips to list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TripFilter {
    /// On this day only.
    pub day: Option<Date>,
    /// Of this rider only.
    pub rider: Option<MemberId>,
    /// Those that are over too.
    pub all: bool,
    /// Those that stand behind this place in the list only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<TripPosition>,
    /// So many at most; all if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// Where a trip stands in a list: by day, then by time, those without a time last, then by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TripPosition {
    /// The day.
    pub date: Date,
    /// It has no time yet.
    pub open: bool,
    /// The pick-up time aimed at.
    pub at: Option<Timestamp>,
    /// Which trip.
    pub trip: TripId,
}

impl TripPosition {
    /// Returns where a trip stands.
    pub fn of(trip: TripId, timing: &Timing, windows: Option<&Windows>) -> Self {
        let at = windows.map(|windows| windows.preferred);
        TripPosition { date: timing.date(), open: at.is_none(), at, trip }
    }
}

/// Whose receipts are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReceiptsOf {
    /// Those of a trip of a rider of ours.
    Trip(TripId),
    /// Those of a lift that a driver of ours gave.
    Lift(LiftNumber),
}
