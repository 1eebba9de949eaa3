//! What the engine is told and what it answers.

use std::fmt;

use jitney_domain::{
    Assistance, Capability, Coordinate, Load, Metres, Minutes, Requirement, Timestamp, Window,
};
use serde::Serialize;

use crate::opening::Shift;
use crate::ranking::Cost;
use crate::reasons::{Bar, Reason, Why};

pub use jitney_domain::run::Leg;

/// A stop of a run: one leg of one trip.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedStop<S> {
    /// The trip, as the caller names it; both legs of a trip have the same key.
    pub stop: S,
    /// Which end of the trip.
    pub leg: Leg,
    /// Where.
    pub at: Coordinate,
    /// When the stop may begin. A stop that was agreed with the rider keeps the window that was agreed.
    pub window: Window,
    /// How long getting in or out takes.
    pub dwell: Minutes,
    /// The places that the trip takes, the same on both legs.
    pub load: Load,
    /// The longest that the rider may ride, from the end of the pick-up to the beginning of the drop-off.
    /// What the drop-off says counts.
    pub max_ride: Minutes,
    /// The rider may not be left alone in the vehicle; the same on both legs.
    pub guarded: bool,
    /// The driver leaves the vehicle here to help.
    pub leaves_vehicle: bool,
    /// When the stop is to begin; for a pick-up the time that the rider was told.
    pub planned: Timestamp,
    /// When the stop was over, if it is.
    pub done: Option<Timestamp>,
}

/// A pause that the driver must have, where the last stop was or the run begins, with nobody on board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// When it may begin.
    pub window: Window,
    /// How long it takes.
    pub length: Minutes,
}

/// A run as it stands: one driver, one vehicle, one block of time, and the stops so far.
#[derive(Debug, Clone, PartialEq)]
pub struct RunState<K, S> {
    /// The run, as the caller names it.
    pub key: K,
    /// What vehicle and driver can offer.
    pub capability: Capability,
    /// The time the driver gives, from leaving the start to reaching the end.
    pub block: Window,
    /// Where the run begins: the driver's home base, from which the radius counts.
    pub start: Coordinate,
    /// Where the run ends.
    pub end: Coordinate,
    /// How far from the home base the driver goes, as a circle on the map; `None` for as far as it takes.
    pub radius: Option<Metres>,
    /// The stops in the order in which they are driven. Everything up to the last stop done is history.
    pub stops: Vec<PlannedStop<S>>,
    /// Pauses that the driver must have; those whose window is over are had.
    pub pauses: Vec<Pause>,
    /// Why this run cannot be asked at all, as the caller found.
    pub barred: Option<Bar>,
    /// Trips that the driver has today.
    pub booked_today: u32,
    /// Trips that the driver takes a day at most.
    pub max_trips: Option<u32>,
    /// The driver has driven this rider before.
    pub knows_rider: bool,
    /// The rider has asked for this driver.
    pub preferred: bool,
}

/// A trip that wants to be driven.
#[derive(Debug, Clone, PartialEq)]
pub struct TripRequest<S> {
    /// The trip, as the caller names it.
    pub key: S,
    /// Where the rider gets in.
    pub pick_up: Coordinate,
    /// Where the rider gets out.
    pub drop_off: Coordinate,
    /// When the pick-up may begin.
    pub pick_up_window: Window,
    /// When the drop-off may begin; its end is the appointment less the time the rider needs to the door.
    pub drop_off_window: Window,
    /// How long getting in takes.
    pub dwell_pick_up: Minutes,
    /// How long getting out takes.
    pub dwell_drop_off: Minutes,
    /// What the trip requires of vehicle and driver.
    pub requirement: Requirement,
    /// The longest that the rider may ride, from the end of the pick-up to the beginning of the drop-off.
    pub max_ride: Minutes,
    /// The pick-up time the rider would like best.
    pub preferred_pick_up: Timestamp,
    /// Trips whose riders may not be on board together with this one.
    pub apart: Vec<S>,
}

impl<S: Clone> TripRequest<S> {
    /// Returns the same trip with all its times so much later, or earlier if negative.
    pub fn moved(&self, by: Shift) -> Self {
        let at = |time: Timestamp| Timestamp(time.0.saturating_add(by.millis()));
        let window = |w: Window| Window { from: at(w.from), to: at(w.to) };
        TripRequest {
            pick_up_window: window(self.pick_up_window),
            drop_off_window: window(self.drop_off_window),
            preferred_pick_up: at(self.preferred_pick_up),
            ..self.clone()
        }
    }

    /// Returns the two stops of this trip, planned for `pick_up` and `drop_off`.
    pub(crate) fn stops(&self, pick_up: Timestamp, drop_off: Timestamp) -> (PlannedStop<S>, PlannedStop<S>) {
        let first = PlannedStop {
            stop: self.key.clone(),
            leg: Leg::PickUp,
            at: self.pick_up,
            window: self.pick_up_window,
            dwell: self.dwell_pick_up,
            load: self.requirement.load(),
            max_ride: self.max_ride,
            guarded: self.requirement.never_leave_alone,
            leaves_vehicle: self.requirement.assistance > Assistance::CurbToCurb,
            planned: pick_up,
            done: None,
        };
        let last = PlannedStop {
            leg: Leg::DropOff,
            at: self.drop_off,
            window: self.drop_off_window,
            dwell: self.dwell_drop_off,
            planned: drop_off,
            ..first.clone()
        };
        (first, last)
    }
}

/// A run that could take the trip, at its best place in that run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate<K, S> {
    /// The run.
    pub run: K,
    /// All stops of the run with the trip put in, in order, with the times as they would be.
    pub stops: Vec<PlannedStop<S>>,
    /// When the pick-up would begin.
    pub pick_up_at: Timestamp,
    /// When the drop-off would begin.
    pub drop_off_at: Timestamp,
    /// Driving on top of what the run drives now.
    pub added_drive: Minutes,
    /// Way on top of what the run drives now.
    pub added_metres: Metres,
    /// How long the rider would ride.
    pub ride: Minutes,
    /// How late the run could fall, at its most delicate stop, before a promise breaks; rounded down.
    pub slack: Minutes,
    /// What the rank comes from.
    pub cost: Cost,
    /// What speaks for and against, most important first.
    pub reasons: Vec<Reason>,
}

impl<K, S> Candidate<K, S> {
    /// Returns the reasons as one sentence that can be read out.
    pub fn sentence(&self) -> String {
        let words: Vec<String> = self.reasons.iter().map(Reason::to_string).collect();
        words.join("; ")
    }
}

/// A run that cannot take the trip.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unable<K> {
    /// The run.
    pub run: K,
    /// The reason.
    pub why: Why,
}

impl<K> fmt::Display for Unable<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.why.fmt(f)
    }
}

/// Every run asked, each either able or not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ranking<K, S> {
    /// The runs that could take the trip, best first.
    pub candidates: Vec<Candidate<K, S>>,
    /// The runs that cannot, in the order of their keys.
    pub unable: Vec<Unable<K>>,
}
