//! A planned run, driven: traffic, late starts, riders who are not ready, not there, or have called off.

use jiff::civil::Date;
use jitney_dispatch::{Leg, PlannedStop, RunState};
use jitney_domain::trip::Timing;
use jitney_domain::{Coordinate, Minutes, Timestamp};
use jitney_geo::{StraightLine, Travel, TravelTimes};

use super::demand::{Asked, Demand, Fate, days_of};
use super::luck::{self, Of, bell};
use super::region::Region;
use crate::rng::Chance;

/// Of a hundred runs so many begin late.
const LATE_STARTS: u32 = 8;
/// Of a hundred drives so many meet a closed road or a jam, and how much longer they take, in percent.
const JAMS: u32 = 3;
const JAM_PERCENT: f64 = 150.0;
/// What drives take of the time they are planned with, in percent: on average, and how much that varies.
const TRAFFIC_PERCENT: f64 = 104.0;
const TRAFFIC_SPREAD: f64 = 10.0;
/// What getting in and out takes of the time it is planned with, in percent, from and to.
const DWELL_PERCENT: (i64, i64) = (50, 160);

/// How a trip on a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// She was driven.
    Completed(Ride),
    /// The driver waited in vain.
    NotThere,
    /// She called off when the driver was on the way to her door.
    AtDoor,
    /// She called off before.
    CalledOff,
}

/// A ride, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ride {
    /// How much later than told the driver came; zero if he was early.
    pub late: i64,
    /// He came within the window that was agreed.
    pub in_window: bool,
    /// From having got in to being there.
    pub took: i64,
    /// What the direct drive is reckoned with.
    pub direct: i64,
    /// She was there in time for her appointment; nothing if she had none.
    pub in_time: Option<bool>,
}

/// A run as it went.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Driven {
    /// Driving, in milliseconds.
    pub drive: i64,
    /// From leaving home to coming home, in milliseconds.
    pub away: i64,
    /// Metres in all.
    pub metres: u64,
    /// Of those with no rider on board.
    pub deadhead: u64,
    /// How each trip ended.
    pub trips: Vec<(u32, End)>,
}

/// How much chance there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// Everything goes as planned, and everybody comes.
    AsPlanned,
    /// As chance has it.
    Real,
}

/// Drives a run of that day.
pub fn drive(
    region: &Region,
    demand: &Demand,
    day: Date,
    run: &RunState<u32, u32>,
    weather: Weather,
) -> Driven {
    let wheel = Wheel {
        region,
        demand,
        weather,
        at: run.start,
        now: run.block.from,
        on_board: Vec::new(),
        driven: Driven::default(),
    };
    wheel.drive(day, run)
}

struct Wheel<'a> {
    region: &'a Region,
    demand: &'a Demand,
    weather: Weather,
    at: Coordinate,
    now: Timestamp,
    /// Trips on board, since when, and how late the driver came for them.
    on_board: Vec<(u32, Timestamp, i64, bool)>,
    driven: Driven,
}

impl Wheel<'_> {
    fn drive(mut self, day: Date, run: &RunState<u32, u32>) -> Driven {
        let mut left = None;
        for stop in &run.stops {
            let asked = &self.demand.trips[stop.stop as usize];
            let place = if stop.leg == Leg::PickUp { asked.from } else { asked.to };
            if stop.leg == Leg::DropOff && self.on_board.iter().all(|(trip, ..)| *trip != stop.stop) {
                continue;
            }
            // He leaves home as the plan has it, and not before his hours.
            let leaves = stop.planned.0 - self.way(self.at, place).millis;
            let leaves = left
                .is_none()
                .then(|| Timestamp(leaves).max(run.block.from).after(self.late_start(day, run.key)));
            let from = leaves.unwrap_or(self.now);
            let end = if stop.leg == Leg::PickUp { self.before(asked, from) } else { None };
            if end == Some(End::CalledOff) {
                self.driven.trips.push((stop.stop, End::CalledOff));
                continue;
            }
            self.now = from;
            left = left.or(leaves);
            self.go(place, Some(stop));
            match (stop.leg, end) {
                (Leg::PickUp, Some(end)) => self.in_vain(stop, end),
                (Leg::PickUp, None) => self.get_in(stop),
                (Leg::DropOff, _) => self.get_out(stop),
            }
        }
        if let Some(left) = left {
            self.go(run.end, None);
            self.driven.away = self.now.0 - left.0;
        }
        self.driven
    }

    fn chance(&self, stop: &PlannedStop<u32>) -> Option<Chance> {
        let leg = u64::from(stop.leg == Leg::DropOff);
        (self.weather == Weather::Real)
            .then(|| luck::of(self.demand.seed, Of::Stop, u64::from(stop.stop), leg))
    }

    fn late_start(&self, day: Date, driver: u32) -> Minutes {
        let mut chance = luck::of(self.demand.seed, Of::Day, u64::from(driver), days_of(day));
        let late = chance.percent(LATE_STARTS) && self.weather == Weather::Real;
        Minutes(if late { u32::try_from(chance.between(5, 25)).unwrap_or(0) } else { 0 })
    }

    /// Returns what is known of a trip before the driver is at the door, if not that she comes.
    fn before(&self, asked: &Asked, leaves: Timestamp) -> Option<End> {
        let first =
            self.demand.calls[asked.call].trips.first().map(|first| &self.demand.trips[*first as usize]);
        match asked.fate {
            _ if self.weather == Weather::AsPlanned => None,
            Fate::Comes => None,
            Fate::NotThere => Some(End::NotThere),
            Fate::CalledOff(_) | Fate::NotNeeded => Some(End::CalledOff),
            Fate::CalledOffLate(notice) => {
                let said = first.map_or(leaves, |first| first.windows.preferred.before(notice));
                Some(if said <= leaves { End::CalledOff } else { End::AtDoor })
            }
        }
    }

    fn way(&self, from: Coordinate, to: Coordinate) -> Travel {
        let way = self.region.travel(from, to).or_else(|| StraightLine::default().travel(from, to));
        way.unwrap_or_default()
    }

    fn go(&mut self, place: Coordinate, stop: Option<&PlannedStop<u32>>) {
        let way = self.way(self.at, place);
        let percent = stop.and_then(|stop| self.chance(stop)).map_or(100.0, |mut chance| {
            let usual = (TRAFFIC_PERCENT + TRAFFIC_SPREAD * bell(&mut chance)).max(80.0);
            if chance.percent(JAMS) { usual * JAM_PERCENT / 100.0 } else { usual }
        });
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // Hours.
        let millis = (way.millis as f64 * percent / 100.0) as i64;
        self.now = Timestamp(self.now.0 + millis);
        self.at = place;
        self.driven.drive += millis;
        self.driven.metres += u64::from(way.metres.0);
        self.driven.deadhead += if self.on_board.is_empty() { u64::from(way.metres.0) } else { 0 };
    }

    fn dwell(&self, stop: &PlannedStop<u32>) -> i64 {
        // After what the drive has drawn.
        let drawn =
            self.chance(stop).map(|mut chance| chance.fork().between(DWELL_PERCENT.0, DWELL_PERCENT.1));
        stop.dwell.millis() * drawn.unwrap_or(100) / 100
    }

    fn in_vain(&mut self, stop: &PlannedStop<u32>, end: End) {
        if end == End::NotThere {
            self.now = self.now.max(stop.planned).after(self.demand.policy.wait_limit);
        }
        self.driven.trips.push((stop.stop, end));
    }

    fn get_in(&mut self, stop: &PlannedStop<u32>) {
        let asked = &self.demand.trips[stop.stop as usize];
        let late = (self.now.0 - stop.planned.0).max(0);
        let in_window = self.now <= asked.windows.pick_up.to;
        let ready = if self.weather == Weather::Real { asked.ready_late } else { Minutes(0) };
        self.now = Timestamp(self.now.max(stop.planned.after(ready)).0 + self.dwell(stop));
        self.on_board.push((stop.stop, self.now, late, in_window));
    }

    fn get_out(&mut self, stop: &PlannedStop<u32>) {
        let asked = &self.demand.trips[stop.stop as usize];
        let Some(k) = self.on_board.iter().position(|(trip, ..)| *trip == stop.stop) else { return };
        let (trip, since, late, in_window) = self.on_board.remove(k);
        let until = asked.windows.drop_off.to.after(self.demand.policy.appointment_margin);
        let in_time = matches!(asked.timing, Timing::Appointment(_)).then_some(self.now <= until);
        let direct = self.way(asked.from, asked.to).millis;
        let took = self.now.0 - since.0;
        self.driven.trips.push((trip, End::Completed(Ride { late, in_window, took, direct, in_time })));
        // As planned, nobody is set down before the doors are open.
        let begins = if self.weather == Weather::AsPlanned { self.now.max(stop.planned) } else { self.now };
        self.now = Timestamp(begins.0 + self.dwell(stop));
    }
}
