//! A day in the planner's terms.

use std::collections::{BTreeMap, BTreeSet};

use jitney_domain::{Assistance, Coordinate, Load, Minutes, Timestamp, Window};
use jitney_geo::{Travel, TravelTimes, distance};
use thiserror::Error;

use super::model::{Convertible, DayRun, DayTrip};
use crate::ahead::{Ahead, Heading, leaving};
use crate::model::{Leg as Side, PlannedStop};
use crate::plan::{
    ANYWHERE, Amounts, BadProblem, Job, KINDS, Leg, NO_WAY, Parts, Problem, Request, Vehicle, Visit, Weights,
};
use crate::ranking::{FAIRNESS_PER_TRIP, continuity};

/// What a trip undone costs, as driving: a day, so that no detour is ever spared by it.
const UNDONE: i64 = 24 * 3_600_000;
/// What a promise broken costs, in trips undone; half a trip more where a run still stands for it: nobody loses
/// her driver to one whose driver has fallen away.
const PROMISE: i64 = 50;
/// What a pause that the driver does not get costs, in promises broken: nobody pays for a promise with it.
const PAUSE: i64 = 100;
/// What it is worth, as driving, that a promised trip stays with its driver.
const STAYS: Minutes = Minutes(4);
/// Driving with nobody on board costs this much more, in thousandths.
const DEADHEAD_PERMILLE: u32 = 200;
/// A minute of a rider on board costs this much of a minute of driving, in thousandths.
const RIDER_PERMILLE: u32 = 50;
/// More than anybody carries.
const AMPLE: i16 = 10_000;

/// Says why a day cannot be planned.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DayError {
    /// Two trips, or two runs, have the same key.
    #[error("{what} number {index} stands there twice")]
    Twice {
        /// Trip or run.
        what: &'static str,
        /// Which, counted from 0.
        index: usize,
    },
    /// Figures out of range, such as times in a far century.
    #[error(transparent)]
    Problem(#[from] BadProblem),
}

/// What a request of the planner stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// The trip of this number.
    Trip(usize),
    /// A pause of this run.
    Pause(usize),
    /// A trip on a run that the caller does not describe: it stays where it is.
    Fixed(usize),
}

/// A day to be planned.
#[derive(Debug, Clone)]
pub struct Day<K, S> {
    pub(crate) runs: Vec<DayRun<K, S>>,
    pub(crate) trips: Vec<DayTrip<K, S>>,
    pub(crate) now: Timestamp,
    pub(crate) what: Vec<What>,
    /// The stops of each request but a pause: pick-up and drop-off.
    pub(crate) stops: Vec<Option<(PlannedStop<S>, PlannedStop<S>)>>,
    /// The run that each request is on now.
    pub(crate) on: Vec<Option<usize>>,
    pub(crate) problem: Problem,
    /// The stops of each run as it stands, as nodes.
    pub(crate) standing: Vec<Vec<u32>>,
    /// Who was told that which run comes when, those included whose run has fallen away since.
    pub(crate) told: BTreeMap<S, (K, Timestamp)>,
}

/// Numbers for places. Where drives depend on when they are left, a place is one for each time at which somebody is
/// there.
struct Places {
    known: BTreeMap<(u64, u64, Option<Stay>), u32>,
    list: Vec<Coordinate>,
    stays: Vec<Stay>,
    by_time: bool,
}

/// When something begins at a place, and how long it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Stay {
    from: i64,
    to: i64,
    dwell: i64,
}

impl Places {
    fn number(&mut self, at: Coordinate, stay: Stay) -> u32 {
        let next = self.list.len() as u32;
        let key = (at.lat().to_bits(), at.lon().to_bits(), self.by_time.then_some(stay));
        let number = *self.known.entry(key).or_insert(next);
        if number == next {
            self.fresh(at, stay);
        }
        number
    }

    /// A place of its own, even where another is.
    fn fresh(&mut self, at: Coordinate, stay: Stay) -> u32 {
        self.list.push(at);
        self.stays.push(stay);
        self.list.len() as u32 - 1
    }

    /// Returns the drives from each to each, as they are at the times at which they may be.
    fn drives(&self, travel: &impl TravelTimes, rested: Option<i64>) -> Vec<Option<Travel>> {
        let mut drives = travel.table(&self.list);
        if !self.by_time {
            return drives;
        }
        let span = |from, to| Window { from: Timestamp(from), to: Timestamp(to) };
        let mut row = drives.iter_mut();
        for here in &self.stays {
            // Whoever pauses first leaves later.
            let left = here.to.saturating_add(here.dwell).max(rested.unwrap_or(i64::MIN));
            let leave = span(here.from.saturating_add(here.dwell), left);
            for (there, drive) in self.stays.iter().zip(&mut row) {
                *drive = drive.map(|drive| travel.at_that_time(drive, leave, span(there.from, there.to)));
            }
        }
        drives
    }
}

/// The load in kinds that must not be exceeded one by one: seats, spaces, and seats with spaces that give
/// one or two seats when nobody uses them.
fn amounts(load: Load) -> Amounts {
    let (seats, spaces) = (i16::from(load.seats), i16::from(load.wheelchairs));
    let mut amounts = [0; KINDS];
    amounts[..4].copy_from_slice(&[seats, spaces, seats + spaces, seats + 2 * spaces]);
    amounts
}

fn places_of(load: Load, convertible: Convertible) -> Amounts {
    let (seats, spaces) = (i16::from(load.seats), i16::from(load.wheelchairs));
    let mut amounts = [AMPLE; KINDS];
    amounts[1] = spaces;
    match convertible {
        Convertible::Fixed => amounts[0] = seats,
        Convertible::OneSeat => amounts[2] = seats + spaces,
        Convertible::TwoSeats => amounts[3] = seats + 2 * spaces,
    }
    amounts
}

impl<K: Clone + Ord, S: Clone + Ord> Day<K, S> {
    /// Puts a day together. Trips on a run that are not among `trips` stay as they are.
    ///
    /// # Errors
    /// [`DayError`] if something stands there twice or is out of range.
    pub fn new(
        runs: Vec<DayRun<K, S>>,
        trips: Vec<DayTrip<K, S>>,
        travel: &impl TravelTimes,
        now: Timestamp,
    ) -> Result<Self, DayError> {
        let mut by_key = BTreeMap::new();
        for (k, trip) in trips.iter().enumerate() {
            if by_key.insert(trip.request.key.clone(), k).is_some() {
                return Err(DayError::Twice { what: "trip", index: k });
            }
        }
        let mut run_keys = BTreeSet::new();
        for (v, run) in runs.iter().enumerate() {
            if !run_keys.insert(&run.state.key) {
                return Err(DayError::Twice { what: "run", index: v });
            }
        }
        let mut building = Building {
            places: Places {
                known: BTreeMap::new(),
                list: Vec::new(),
                stays: Vec::new(),
                by_time: travel.depends_on_time(),
            },
            parts: Parts {
                weights: Weights {
                    deadhead_permille: DEADHEAD_PERMILLE,
                    rider_permille: RIDER_PERMILLE,
                    fairness: FAIRNESS_PER_TRIP.millis(),
                },
                ..Parts::default()
            },
            what: Vec::new(),
            stops: Vec::new(),
            on: Vec::new(),
            trip_at: vec![None; trips.len()],
            rebates: Vec::new(),
            now,
        };
        let mut standing = Vec::new();
        for (v, run) in runs.iter().enumerate() {
            let nodes = building.run(v, run, &by_key, &trips, travel);
            standing.push(nodes);
        }
        for (k, trip) in trips.iter().enumerate() {
            if building.trip_at[k].is_none() {
                let (get_in, get_out) =
                    trip.request.stops(trip.request.preferred_pick_up, trip.request.drop_off_window.from);
                building.ride(What::Trip(k), None, get_in, get_out, Some(trip));
            }
        }
        building.rules(&runs, &trips);
        let Building { places, mut parts, what, stops, on, rebates, .. } = building;
        parts.places = places.list.len();
        let pauses = runs.iter().flat_map(|run| &run.state.pauses);
        let rested = pauses.map(|pause| pause.window.to.after(pause.length).0).max();
        for drive in places.drives(travel, rested) {
            let time = drive.map_or(NO_WAY, |d| u32::try_from(d.millis.max(0)).unwrap_or(NO_WAY));
            parts.legs.push(Leg { time, cost: if time == NO_WAY { NO_WAY / 2 } else { time } });
        }
        for (from, to, spared) in rebates {
            let leg = &mut parts.legs[from as usize * parts.places + to as usize];
            if leg.time != NO_WAY {
                leg.time = leg.time.saturating_sub(u32::try_from(spared).unwrap_or(u32::MAX));
            }
        }
        let problem = Problem::new(parts)?;
        let mut told = BTreeMap::new();
        for (r, on) in on.iter().enumerate() {
            if let (Some(v), Some((get_in, _)), true) = (on, &stops[r], problem.terms[r].two) {
                told.insert(get_in.stop.clone(), (runs[*v].state.key.clone(), get_in.planned));
            }
        }
        Ok(Day { runs, trips, now, what, stops, on, problem, standing, told })
    }
}

struct Building<S> {
    places: Places,
    parts: Parts,
    what: Vec<What>,
    stops: Vec<Option<(PlannedStop<S>, PlannedStop<S>)>>,
    on: Vec<Option<usize>>,
    /// The request of each trip.
    trip_at: Vec<Option<u32>>,
    /// `(from, to, millis)`: part of a drive that lies behind already.
    rebates: Vec<(u32, u32, i64)>,
    now: Timestamp,
}

impl<S: Clone + Ord> Building<S> {
    fn stay(&self, stop: &PlannedStop<S>) -> Stay {
        let from = stop.window.from.max(self.now).0;
        Stay { from, to: stop.window.to.0, dwell: stop.dwell.millis() }
    }

    fn visit(&mut self, stop: &PlannedStop<S>, leaves_vehicle: bool) -> Visit {
        let Stay { from, to, dwell } = self.stay(stop);
        Visit {
            place: self.places.number(stop.at, Stay { from, to, dwell }),
            from,
            to,
            dwell,
            leaves_vehicle: leaves_vehicle || stop.leaves_vehicle,
        }
    }

    fn ride<K>(
        &mut self,
        what: What,
        on: Option<usize>,
        get_in: PlannedStop<S>,
        get_out: PlannedStop<S>,
        trip: Option<&DayTrip<K, S>>,
    ) -> u32 {
        let helps = trip.is_some_and(|t| t.request.requirement.assistance > Assistance::CurbToCurb);
        let job = Job::Ride(self.visit(&get_in, helps), self.visit(&get_out, helps));
        self.add(what, on, job, get_in, get_out, trip)
    }

    fn add<K>(
        &mut self,
        what: What,
        on: Option<usize>,
        job: Job,
        get_in: PlannedStop<S>,
        get_out: PlannedStop<S>,
        trip: Option<&DayTrip<K, S>>,
    ) -> u32 {
        let people = get_out.load.seats.saturating_add(get_out.load.wheelchairs);
        let unserved = match (on, trip) {
            (Some(_), _) => UNDONE * PROMISE + UNDONE / 2,
            (None, trip) if trip.is_none_or(|t| t.promised) => UNDONE * PROMISE,
            _ => UNDONE,
        };
        self.parts.requests.push(Request {
            job,
            load: amounts(get_out.load),
            riders: u16::from(people.max(1)),
            max_ride: Some(get_out.max_ride.millis()),
            unserved,
            guarded: get_out.guarded || trip.is_some_and(|t| t.guarded),
            linked: None,
        });
        let number = self.parts.requests.len() as u32 - 1;
        if let What::Trip(k) = what {
            self.trip_at[k] = Some(number);
        }
        self.what.push(what);
        self.stops.push(Some((get_in, get_out)));
        self.on.push(on);
        number
    }

    /// Adds a run with what is on it; returns its stops as they stand.
    fn run<K: Ord>(
        &mut self,
        v: usize,
        run: &DayRun<K, S>,
        by_key: &BTreeMap<S, usize>,
        trips: &[DayTrip<K, S>],
        travel: &impl TravelTimes,
    ) -> Vec<u32> {
        let ahead = Ahead::of(&run.state, travel, self.now);
        let left = ahead.nodes[0].lo;
        let from = leaving(left, Heading::Diverted, self.now);
        let until = run.state.block.to.0;
        let start = self.places.fresh(ahead.places[0], Stay { from: left, to: until, dwell: 0 });
        let end = self.places.number(run.state.end, Stay { from, to: until, dwell: 0 });
        let mut nodes = Vec::new();
        let mut rides = 0;
        for (k, stop) in ahead.stops.iter().enumerate() {
            if k == 0 && from > left {
                // It has been under way to its next stop since it left the last one.
                let stay = self.stay(stop);
                let to = self.places.number(stop.at, stay);
                self.rebates.push((start, to, from - left));
            }
            if stop.leg == Side::PickUp {
                let out = ahead.stops[k..].iter().find(|o| o.leg == Side::DropOff && o.stop == stop.stop);
                let Some(out) = out else { continue };
                let trip = by_key.get(&stop.stop).copied();
                let what = trip.map_or(What::Fixed(v), What::Trip);
                let terms = trip.map(|k| &trips[k]);
                let number = self.ride(what, Some(v), stop.clone(), out.clone(), terms);
                nodes.push(2 * number);
                rides += 1;
            } else if let Some(i) =
                (0..k).find(|i| ahead.stops[*i].leg == Side::PickUp && ahead.stops[*i].stop == stop.stop)
            {
                let key = &ahead.stops[i].stop;
                let at = |n: &u32| {
                    let stops = self.stops[(*n / 2) as usize].as_ref();
                    n.is_multiple_of(2) && stops.is_some_and(|(get_in, _)| get_in.stop == *key)
                };
                if let Some(n) = nodes.iter().copied().find(at) {
                    nodes.push(n + 1);
                }
            } else {
                let trip = by_key.get(&stop.stop).copied();
                let terms = trip.map(|k| &trips[k]);
                let mut visit = self.visit(stop, false);
                visit.to = ahead.nodes[k + 1].hi;
                let what = trip.map_or(What::Fixed(v), What::Trip);
                let number = self.add(what, Some(v), Job::Aboard(visit), stop.clone(), stop.clone(), terms);
                nodes.push(2 * number + 1);
                rides += 1;
            }
        }
        for (p, pause) in run.state.pauses.iter().enumerate().filter(|_| run.state.barred.is_none()) {
            let visit = Visit {
                place: ANYWHERE,
                from: pause.window.from.0,
                to: pause.window.to.0,
                dwell: pause.length.millis(),
                leaves_vehicle: false,
            };
            if pause.window.to < self.now {
                continue;
            }
            let request = Request {
                job: Job::Break(visit),
                load: [0; KINDS],
                riders: 0,
                max_ride: None,
                unserved: UNDONE * PROMISE * PAUSE,
                guarded: false,
                linked: None,
            };
            self.parts.requests.push(request);
            self.what.push(What::Pause(p));
            self.on.push(Some(v));
            self.stops.push(None);
        }
        let others = run.state.booked_today.saturating_sub(rides);
        let duration = run.max_duration.map(|most| most.millis());
        self.parts.vehicles.push(Vehicle {
            start,
            end,
            from,
            to: run.state.block.to.0,
            max_duration: duration,
            places: places_of(run.state.capability.places, run.convertible),
            max_rides: run.state.max_trips.map(|most| most.saturating_sub(others)),
            fixed_cost: 0,
            rides_before: others,
        });
        nodes
    }

    /// Adds who may not, and who had better, serve whom.
    fn rules<K: Ord>(&mut self, runs: &[DayRun<K, S>], trips: &[DayTrip<K, S>]) {
        for (r, what) in self.what.iter().enumerate() {
            let aboard = matches!(self.parts.requests[r].job, Job::Aboard(_));
            for (v, run) in runs.iter().enumerate() {
                let here = self.on[r] == Some(v);
                let barred = match what {
                    What::Pause(_) | What::Fixed(_) => !here,
                    What::Trip(_) if aboard => !here,
                    What::Trip(k) => !may(run, &trips[*k]),
                };
                if barred {
                    self.parts.forbidden.push((v as u32, r as u32));
                }
                let What::Trip(k) = what else { continue };
                let mut worth = 0;
                if here {
                    worth += STAYS.millis();
                }
                let trip = &trips[*k];
                worth += continuity(
                    run.knows.contains(&trip.request.key),
                    trip.preferred.contains(&run.state.key),
                );
                if worth > 0 {
                    self.parts.liking.push((v as u32, r as u32, -worth));
                }
            }
        }
        // Those who stay where they are have company as well.
        let numbers = self.stops.iter().zip(0..).filter_map(|(stops, r)| Some((&stops.as_ref()?.0.stop, r)));
        let numbers: BTreeMap<&S, u32> = numbers.collect();
        let number = |key: &S| numbers.get(key).copied();
        for trip in trips {
            let Some(r) = number(&trip.request.key) else { continue };
            self.parts
                .apart
                .extend(trip.request.apart.iter().filter_map(&number).filter(|o| *o != r).map(|o| (r, o)));
            let other = trip.linked.as_ref().and_then(&number);
            self.parts.requests[r as usize].linked = other;
        }
    }
}

/// Tells whether driver and vehicle can take a trip at all, whatever the times.
pub(crate) fn may<K: Ord, S: Ord>(run: &DayRun<K, S>, trip: &DayTrip<K, S>) -> bool {
    let state = &run.state;
    let request = &trip.request;
    let mut capability = state.capability;
    if run.convertible != Convertible::Fixed {
        // Which seats there are depends on the spaces in use, which is counted elsewhere.
        capability.places.seats = u8::MAX;
    }
    let far = state.radius.is_some_and(|most| {
        distance(state.start, request.pick_up).max(distance(state.start, request.drop_off)) > most
    });
    state.barred.is_none()
        && !far
        && request.requirement.unmet_by(&capability).is_none()
        && !trip.barred.contains(&state.key)
        && trip.locked.as_ref().is_none_or(|key| *key == state.key)
}
