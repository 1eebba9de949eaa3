//! Runs: one driver, one vehicle, one continuous block of time, and the stops in it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::availability::Break;
use crate::needs::{Capability, Load};
use crate::time::{Minutes, Timestamp, Window};
use crate::{ClaimId, MemberId, VehicleId};

/// Which end of a trip a stop is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leg {
    /// The rider boards.
    PickUp,
    /// The rider alights.
    DropOff,
}

/// A stop on a run, in order of driving.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// The claim it serves.
    pub claim: ClaimId,
    /// Which end.
    pub leg: Leg,
    /// When the driver may arrive.
    pub window: Window,
    /// When the driver is planned to arrive.
    pub planned: Timestamp,
    /// Time to board or alight.
    pub dwell: Minutes,
    /// What boards or alights here.
    pub load: Load,
    /// Longest time between boarding and alighting of this rider.
    pub max_ride: Minutes,
    /// When it was done, by the driver's report.
    pub done: Option<Timestamp>,
}

/// The frame of a run: what is fixed before any stop is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Who drives.
    pub driver: MemberId,
    /// In which vehicle.
    pub vehicle: VehicleId,
    /// On which day.
    pub date: Date,
    /// The block of time.
    pub block: Window,
}

/// A run with its stops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Driver, vehicle, time.
    pub frame: Frame,
    /// Stops in order of driving.
    pub stops: Vec<Stop>,
}

/// Most stops of one run: fifty trips in one block of time are more than anybody drives.
pub const STOPS_MAX: usize = 100;

/// Says why a list of stops is not a possible run. Travel times are the planner's care, not this check's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RunFault {
    /// More stops than a run may have.
    #[error("a run has at most {STOPS_MAX} stops")]
    TooManyStops,
    /// A stop lies outside the driver's time.
    #[error("a stop at {planned} lies outside the driver's time")]
    OutsideBlock {
        /// When it was planned.
        planned: Timestamp,
    },
    /// A stop is planned outside its window.
    #[error("a stop at {planned} lies outside its agreed window")]
    OutsideWindow {
        /// When it was planned.
        planned: Timestamp,
    },
    /// Two stops want the driver at one time.
    #[error("the driver would still be at another stop at {planned}")]
    Overlap {
        /// When the later was planned.
        planned: Timestamp,
    },
    /// More people than places.
    #[error("the vehicle would be overfull after {planned}")]
    Overfull {
        /// After which stop.
        planned: Timestamp,
    },
    /// A trip misses one of its stops, has one twice, or alights before it boards.
    #[error("a trip's pick-up and drop-off do not belong together")]
    Unpaired,
    /// A rider would be on board longer than promised.
    #[error("a rider would be on board for {ride}, the most is {most}")]
    RideTooLong {
        /// How long it would be.
        ride: Minutes,
        /// How long it may be.
        most: Minutes,
    },
}

impl Run {
    /// Checks that the stops can all be what they say: in the block, in their windows, one after the
    /// other, never overfull, each trip boarding before it alights and not on board too long.
    ///
    /// # Errors
    /// The first [`RunFault`] in order of driving.
    pub fn check(&self, vehicle: &Capability) -> Result<(), RunFault> {
        if self.stops.len() > STOPS_MAX {
            return Err(RunFault::TooManyStops);
        }
        let mut free_from = self.frame.block.from;
        let mut on_board: Vec<&Stop> = Vec::new();
        let mut load = Load::default();
        for stop in &self.stops {
            let planned = stop.planned;
            if planned < self.frame.block.from || planned.after(stop.dwell) > self.frame.block.to {
                return Err(RunFault::OutsideBlock { planned });
            }
            if stop.done.is_none() && !stop.window.contains(planned) {
                return Err(RunFault::OutsideWindow { planned });
            }
            if stop.done.is_none() && planned < free_from {
                return Err(RunFault::Overlap { planned });
            }
            // What is done is history: who was early is free earlier, who was late breaks no plan by it.
            let over = planned.after(stop.dwell);
            free_from = stop.done.map_or(over, |done| free_from.max(done.min(over)));
            match stop.leg {
                Leg::PickUp => {
                    if self.stops.iter().filter(|s| s.claim == stop.claim).count() != 2
                        || on_board.iter().any(|s| s.claim == stop.claim)
                    {
                        return Err(RunFault::Unpaired);
                    }
                    on_board.push(stop);
                    load = load.plus(stop.load);
                    if !load.fits(vehicle.places) {
                        return Err(RunFault::Overfull { planned });
                    }
                }
                Leg::DropOff => {
                    let at = on_board.iter().position(|s| s.claim == stop.claim).ok_or(RunFault::Unpaired)?;
                    let boarded = on_board.remove(at);
                    load = load.minus(stop.load);
                    let ride = planned.minutes_since(boarded.planned.after(boarded.dwell));
                    if stop.done.is_none() && boarded.done.is_none() && ride > stop.max_ride {
                        return Err(RunFault::RideTooLong { ride, most: stop.max_ride });
                    }
                }
            }
        }
        if on_board.is_empty() { Ok(()) } else { Err(RunFault::Unpaired) }
    }

    /// Tells whether every stop of `self` that is not `except` stands unchanged in `other` but for its
    /// planned time: nobody else's agreed window may be given away for a new trip.
    pub fn keeps_promises_of(&self, other: &Run, except: ClaimId) -> bool {
        let strip = |stop: &Stop| Stop { planned: Timestamp(0), ..*stop };
        let mut theirs: Vec<Stop> = other.stops.iter().filter(|s| s.claim != except).map(strip).collect();
        let mut ours: Vec<Stop> = self.stops.iter().filter(|s| s.claim != except).map(strip).collect();
        let key = |s: &Stop| (s.claim, s.leg);
        theirs.sort_by_key(key);
        ours.sort_by_key(key);
        ours == theirs
    }

    /// Returns those who are on board together with `claim` at some time, by the order of the stops.
    pub fn rides_with(&self, claim: ClaimId) -> Vec<ClaimId> {
        let (mut with, mut on_board) = (Vec::new(), Vec::new());
        let mut riding = false;
        for stop in &self.stops {
            match (stop.leg, stop.claim == claim) {
                (Leg::PickUp, true) => {
                    riding = true;
                    with.append(&mut on_board);
                }
                (Leg::DropOff, true) => return with,
                (Leg::PickUp, false) if riding => with.push(stop.claim),
                (Leg::PickUp, false) => on_board.push(stop.claim),
                (Leg::DropOff, false) => on_board.retain(|other| *other != stop.claim),
            }
        }
        with
    }

    /// Tells whether the driver could have the break before, between or after the stops, with nobody on board. The
    /// way is not counted: travel times are the planner's care.
    pub fn leaves_room_for(&self, pause: &Break) -> bool {
        let (mut free_from, mut on_board) = (pause.begin.from, 0usize);
        for stop in &self.stops {
            let over = stop.done.unwrap_or(stop.planned.after(stop.dwell));
            let begins = over.before(stop.dwell);
            if on_board == 0 && free_from <= pause.begin.to && free_from.after(pause.length) <= begins {
                return true;
            }
            free_from = free_from.max(over);
            on_board = match stop.leg {
                Leg::PickUp => on_board.saturating_add(1),
                Leg::DropOff => on_board.saturating_sub(1),
            };
        }
        free_from <= pause.begin.to
    }

    /// Returns the stop of `claim` at its `leg`.
    pub fn stop(&self, claim: ClaimId, leg: Leg) -> Option<&Stop> {
        self.stops.iter().find(|s| s.claim == claim && s.leg == leg)
    }

    /// Returns the number of trips on the run.
    pub fn trips(&self) -> usize {
        self.stops.iter().filter(|s| s.leg == Leg::PickUp).count()
    }
}
