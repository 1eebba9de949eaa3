//! What is to be planned, as numbers.
//!
//! The planner knows places by number, times and costs as whole ticks whose unit the caller chooses (a
//! coop's day is in milliseconds), loads as small vectors. [`Problem::new`] checks everything once, so that
//! the search need not.

use thiserror::Error;

/// Kinds of load that are counted side by side.
pub const KINDS: usize = 6;

/// How much of each kind. A kind is whatever must not be exceeded on its own: seats, wheelchair spaces, or
/// a sum where one place can stand in for another ("seats and stretcher together").
pub type Amounts = [i16; KINDS];

/// Times and time spans lie within ± this many ticks, so that no sum in the search can overflow.
pub const HORIZON: i64 = 1 << 52;

/// The place of a stop that is made wherever the vehicle happens to be: a driver's break.
pub const ANYWHERE: u32 = u32::MAX;

/// The leg that no road makes.
pub const NO_WAY: u32 = u32::MAX;

/// A drive from one place to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Leg {
    /// Ticks; [`NO_WAY`] if there is no road.
    pub time: u32,
    /// What it costs.
    pub cost: u32,
}

/// Where and when something begins, and how long it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// Index of the place.
    pub place: u32,
    /// Earliest begin, ticks.
    pub from: i64,
    /// Latest begin, ticks.
    pub to: i64,
    /// Ticks that getting in or out takes.
    pub dwell: i64,
    /// The driver leaves the vehicle here.
    pub leaves_vehicle: bool,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// Somebody is picked up and set down.
    Ride(Visit, Visit),
    /// Somebody who is in the vehicle already is set down. Only one vehicle may be allowed to.
    Aboard(Visit),
    /// The driver pauses, with nobody in the vehicle.
    Break(Visit),
}

/// A job with its terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What is to be done.
    pub job: Job,
    /// Places taken while on board.
    pub load: Amounts,
    /// People on board, for the cost of their time.
    pub riders: u16,
    /// Longest time on board, from the end of the pick-up to the beginning of the drop-off; `None` for as
    /// long as it takes. Who is aboard already has her latest drop-off in its window.
    pub max_ride: Option<i64>,
    /// What it costs to leave it undone.
    pub unserved: i64,
    /// May not be left alone in the vehicle.
    pub guarded: bool,
    /// The other half of a round trip: both are served, or neither.
    pub linked: Option<u32>,
}

/// A vehicle with its driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vehicle {
    /// Where it starts.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// When it may leave, ticks.
    pub from: i64,
    /// When it must be back, ticks.
    pub to: i64,
    /// Longest time from leaving to being back; `None` if only the window counts.
    pub max_duration: Option<i64>,
    /// Places, counted as the requests' loads are.
    pub places: Amounts,
    /// Most rides.
    pub max_rides: Option<u32>,
    /// What it costs to use it at all.
    pub fixed_cost: i64,
    /// Rides that the driver has that day already, for fairness.
    pub rides_before: u32,
}

/// What counts beside driving, all in the unit of the legs' costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Weights {
    /// Extra for a leg driven with nobody on board, in thousandths of its cost.
    pub deadhead_permille: u32,
    /// Cost of a rider's tick on board, in thousandths.
    pub rider_permille: u32,
    /// What each ride that a driver has already makes the next one dearer.
    pub fairness: i64,
}

/// Everything that [`Problem::new`] checks.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// Number of places.
    pub places: usize,
    /// Drives, row by row: `legs[from * places + to]`.
    pub legs: Vec<Leg>,
    /// Jobs.
    pub requests: Vec<Request>,
    /// Vehicles.
    pub vehicles: Vec<Vehicle>,
    /// Pairs of requests that may not be on board together.
    pub apart: Vec<(u32, u32)>,
    /// `(vehicle, request)` that may not be.
    pub forbidden: Vec<(u32, u32)>,
    /// `(vehicle, request, cost)`: what it costs, or is worth if negative, that this vehicle serves it.
    pub liking: Vec<(u32, u32, i64)>,
    /// The cost.
    pub weights: Weights,
}

/// Says what makes the parts no problem at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadProblem {
    /// The table of legs has not one entry for every pair of places.
    #[error("{legs} legs for {places} places")]
    Legs {
        /// Entries there are.
        legs: usize,
        /// Number of places.
        places: usize,
    },
    /// A place, request or vehicle that is not there is named.
    #[error("{what} {index} does not exist")]
    Missing {
        /// Which kind of thing.
        what: &'static str,
        /// Its number.
        index: u32,
    },
    /// A time, load or cost is outside of what the planner reckons with.
    #[error("{what} of {index} is out of range")]
    Range {
        /// Which figure.
        what: &'static str,
        /// Of the how-manieth request or vehicle.
        index: u32,
    },
}

/// One stop of the flattened problem.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    pub lo: i64,
    pub hi: i64,
    pub dwell: i64,
    pub place: u32,
    pub riders: i32,
    pub load: Amounts,
    pub leaves_vehicle: bool,
    /// Nobody may be on board.
    pub alone: bool,
}

/// What the engine looks at of a request again and again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// From the begin of the pick-up to the begin of the drop-off; `i64::MAX` if unlimited.
    pub limit: i64,
    pub unserved: i64,
    pub load: Amounts,
    pub riders: i32,
    pub guarded: bool,
    /// Has a pick-up of its own.
    pub two: bool,
    pub aboard: bool,
    /// Counts as a ride for limits and fairness.
    pub counts: bool,
}

/// A problem that has been checked.
///
/// Node `2r` is the pick-up of request `r`, node `2r + 1` its drop-off (or its only stop).
#[derive(Debug, Clone)]
pub struct Problem {
    pub(crate) places: usize,
    pub(crate) legs: Vec<Leg>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) terms: Vec<Terms>,
    pub(crate) vehicles: Vec<Vehicle>,
    /// The class of each vehicle; vehicles of a class are interchangeable.
    pub(crate) class: Vec<u32>,
    pub(crate) classes: usize,
    /// `allowed[class * requests + request]`.
    allowed: Vec<bool>,
    /// As `allowed`; empty if nobody likes anybody better.
    liking: Vec<i64>,
    /// For each request those that it may not meet.
    pub(crate) apart: Vec<Vec<u32>>,
    pub(crate) linked: Vec<Option<u32>>,
    pub(crate) weights: Weights,
    /// No way round is quicker or cheaper than the direct one.
    pub(crate) metric: bool,
    /// People in each vehicle at its start.
    pub(crate) aboard: Vec<(Amounts, i32, u32)>,
}

/// Up to this many places it is found out whether ways round are never quicker; it takes their cube.
const METRIC_PLACES: usize = 450;

fn plus(a: Amounts, b: Amounts) -> Amounts {
    let mut sum = a;
    for (x, y) in sum.iter_mut().zip(b) {
        *x = x.saturating_add(y);
    }
    sum
}

impl Problem {
    /// Checks the parts and puts them in the form the search wants.
    ///
    /// # Errors
    /// [`BadProblem`] names the first thing that is wrong.
    pub fn new(parts: Parts) -> Result<Problem, BadProblem> {
        check(&parts)?;
        let n = parts.requests.len();
        let mut nodes = Vec::with_capacity(2 * n);
        for request in &parts.requests {
            nodes.extend(nodes_of(request));
        }
        let terms: Vec<Terms> = parts.requests.iter().map(terms_of).collect();
        let (class, classes, allowed, liking) = classify(&parts);
        let mut apart = vec![Vec::new(); n];
        for &(a, b) in &parts.apart {
            apart[a as usize].push(b);
            apart[b as usize].push(a);
        }
        let linked: Vec<Option<u32>> = parts.requests.iter().map(|r| r.linked).collect();
        let mut aboard = vec![([0; KINDS], 0, 0); parts.vehicles.len()];
        for (r, terms) in terms.iter().enumerate().filter(|(_, t)| t.aboard) {
            let theirs = (0..parts.vehicles.len()).find(|v| allowed[class[*v] as usize * n + r]);
            if let Some(v) = theirs {
                let (load, riders, guarded) = aboard[v];
                aboard[v] =
                    (plus(load, terms.load), riders + terms.riders, guarded + u32::from(terms.guarded));
            }
        }
        Ok(Problem {
            metric: parts.places <= METRIC_PLACES && is_metric(&parts),
            places: parts.places,
            legs: parts.legs,
            nodes,
            terms,
            vehicles: parts.vehicles,
            class,
            classes,
            allowed,
            liking,
            apart,
            linked,
            weights: parts.weights,
            aboard,
        })
    }

    /// Tells the search that no way round is quicker or cheaper than the direct one, where the caller knows
    /// (straight lines) and finding out would take long.
    pub fn assume_metric(&mut self) {
        self.metric = true;
    }

    /// Returns the number of requests.
    pub fn requests(&self) -> usize {
        self.terms.len()
    }

    /// Returns the number of vehicles.
    pub fn vehicles(&self) -> usize {
        self.vehicles.len()
    }

    #[inline]
    pub(crate) fn leg(&self, from: u32, to: u32) -> Leg {
        if to == ANYWHERE {
            return Leg::default();
        }
        self.legs[from as usize * self.places + to as usize]
    }

    /// Tells whether a vehicle may serve a request at all.
    #[inline]
    pub fn may(&self, vehicle: usize, request: u32) -> bool {
        self.allowed[self.class[vehicle] as usize * self.terms.len() + request as usize]
    }

    /// Allows a vehicle, and those of its class, to serve a request after all.
    pub(crate) fn allow(&mut self, vehicle: usize, request: u32) {
        let at = self.class[vehicle] as usize * self.terms.len() + request as usize;
        self.allowed[at] = true;
    }

    #[inline]
    pub(crate) fn liking(&self, vehicle: usize, request: u32) -> i64 {
        if self.liking.is_empty() {
            return 0;
        }
        self.liking[self.class[vehicle] as usize * self.terms.len() + request as usize]
    }

    /// Nothing counts but the legs.
    #[inline]
    pub(crate) fn plain(&self) -> bool {
        self.weights.deadhead_permille == 0 && self.weights.rider_permille == 0
    }
}

fn nodes_of(request: &Request) -> [Node; 2] {
    let node = |visit: Visit, sign: i16, alone: bool| Node {
        lo: visit.from,
        hi: visit.to,
        dwell: visit.dwell,
        place: visit.place,
        riders: i32::from(request.riders) * i32::from(sign),
        load: request.load.map(|x| x * sign),
        leaves_vehicle: visit.leaves_vehicle,
        alone,
    };
    match request.job {
        Job::Ride(get_in, get_out) => [node(get_in, 1, false), node(get_out, -1, false)],
        Job::Aboard(get_out) => [node(get_out, 0, false), node(get_out, -1, false)],
        Job::Break(pause) => [node(pause, 0, true), node(pause, 0, true)],
    }
}

fn terms_of(request: &Request) -> Terms {
    let (two, limit) = match (request.job, request.max_ride) {
        (Job::Ride(get_in, _), Some(most)) => (true, get_in.dwell + most),
        (Job::Ride(..), None) => (true, i64::MAX),
        _ => (false, i64::MAX),
    };
    Terms {
        limit,
        unserved: request.unserved,
        load: request.load,
        riders: i32::from(request.riders),
        guarded: request.guarded,
        two,
        aboard: matches!(request.job, Job::Aboard(_)),
        counts: !matches!(request.job, Job::Break(_)),
    }
}

fn check(parts: &Parts) -> Result<(), BadProblem> {
    let places = parts.places;
    if parts.legs.len() != places * places {
        return Err(BadProblem::Legs { legs: parts.legs.len(), places });
    }
    let place = |index: u32| {
        let known = (index as usize) < places;
        if known { Ok(()) } else { Err(BadProblem::Missing { what: "place", index }) }
    };
    let time = |what, index: usize, t: i64| {
        let fits = (-HORIZON..=HORIZON).contains(&t);
        if fits { Ok(()) } else { Err(BadProblem::Range { what, index: index as u32 }) }
    };
    let some = |what, list: usize, index: u32| {
        let known = (index as usize) < list;
        if known { Ok(()) } else { Err(BadProblem::Missing { what, index }) }
    };
    if let Some(k) = (0..places).find(|k| parts.legs[k * places + k] != Leg::default()) {
        return Err(BadProblem::Range { what: "leg to itself", index: k as u32 });
    }
    let (requests, vehicles) = (parts.requests.len(), parts.vehicles.len());
    for (i, request) in parts.requests.iter().enumerate() {
        let (visits, anywhere) = match &request.job {
            Job::Ride(a, b) => ([a, b], false),
            Job::Aboard(a) => ([a, a], false),
            Job::Break(a) => ([a, a], true),
        };
        for visit in visits {
            if !(anywhere && visit.place == ANYWHERE) {
                place(visit.place)?;
            }
            time("window", i, visit.from)?;
            time("window", i, visit.to)?;
            time("dwell", i, visit.dwell)?;
            if visit.dwell < 0 {
                return Err(BadProblem::Range { what: "dwell", index: i as u32 });
            }
        }
        time("ride", i, request.max_ride.unwrap_or(0))?;
        time("cost", i, request.unserved)?;
        if request.load.iter().any(|x| !(0..=1000).contains(x)) {
            return Err(BadProblem::Range { what: "load", index: i as u32 });
        }
        request.linked.map_or(Ok(()), |other| some("request", requests, other))?;
    }
    for (i, vehicle) in parts.vehicles.iter().enumerate() {
        place(vehicle.start)?;
        place(vehicle.end)?;
        time("time", i, vehicle.from)?;
        time("time", i, vehicle.to)?;
        time("duration", i, vehicle.max_duration.unwrap_or(0))?;
        time("cost", i, vehicle.fixed_cost)?;
    }
    for &(a, b) in &parts.apart {
        some("request", requests, a)?;
        some("request", requests, b)?;
    }
    for &(v, r) in &parts.forbidden {
        some("vehicle", vehicles, v)?;
        some("request", requests, r)?;
    }
    for &(v, r, cost) in &parts.liking {
        some("vehicle", vehicles, v)?;
        some("request", requests, r)?;
        time("cost", v as usize, cost)?;
    }
    Ok(())
}

type Classes = (Vec<u32>, usize, Vec<bool>, Vec<i64>);

/// Vehicles alike in all that matters are one class: an empty one of them speaks for all.
fn classify(parts: &Parts) -> Classes {
    use std::collections::BTreeMap;
    let n = parts.requests.len();
    type Rule = (Vec<u32>, Vec<(u32, i64)>);
    let mut rules: Vec<Rule> = vec![Default::default(); parts.vehicles.len()];
    for &(v, r) in &parts.forbidden {
        rules[v as usize].0.push(r);
    }
    for &(v, r, cost) in &parts.liking {
        rules[v as usize].1.push((r, cost));
    }
    for (forbidden, liking) in &mut rules {
        forbidden.sort_unstable();
        forbidden.dedup();
        liking.sort_unstable();
    }
    let mut seen: BTreeMap<_, u32> = BTreeMap::new();
    let (mut class, mut allowed, mut liking) = (Vec::new(), Vec::new(), Vec::new());
    for (vehicle, rule) in parts.vehicles.iter().zip(&rules) {
        let key = (
            (vehicle.start, vehicle.end, vehicle.from, vehicle.to, vehicle.max_duration),
            (vehicle.places, vehicle.max_rides, vehicle.fixed_cost, vehicle.rides_before),
            rule,
        );
        let next = seen.len() as u32;
        let id = *seen.entry(key).or_insert(next);
        class.push(id);
        if id == next {
            let base = allowed.len();
            let fits = |r: &Request| r.load.iter().zip(vehicle.places).all(|(x, y)| *x <= y);
            allowed.extend(parts.requests.iter().map(fits));
            rule.0.iter().for_each(|r| allowed[base + *r as usize] = false);
            if !parts.liking.is_empty() {
                liking.resize(base + n, 0);
                rule.1.iter().for_each(|(r, cost)| liking[base + *r as usize] += cost);
            }
        }
    }
    let classes = seen.len();
    (class, classes, allowed, liking)
}

fn is_metric(parts: &Parts) -> bool {
    let n = parts.places;
    let row = |i: usize| &parts.legs[i * n..(i + 1) * n];
    (0..n).all(|i| {
        (0..n).all(|k| {
            let first = row(i)[k];
            first.time == NO_WAY
                || row(i).iter().zip(row(k)).all(|(direct, second)| {
                    second.time == NO_WAY
                        || u64::from(direct.time) <= u64::from(first.time) + u64::from(second.time)
                })
        })
    })
}
