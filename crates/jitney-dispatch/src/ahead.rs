//! The part of a run that is still to be driven.

use jitney_domain::{Assistance, Coordinate, Load, Timestamp, Window};
use jitney_geo::{Travel, TravelTimes};

use crate::chain::{Chain, Ride};
use crate::model::{Leg, PlannedStop, RunState, TripRequest};
use crate::pauses::{Gaps, Rest};

/// A stop still to be made, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    pub lo: i64,
    pub hi: i64,
    pub dwell: i64,
    /// The driver leaves the vehicle.
    pub leaves_vehicle: bool,
}

/// What lies ahead: node 0 is where the vehicle is or starts, nodes `1..=n` the stops not yet made, node
/// `n + 1` the end of the run.
#[derive(Debug)]
pub(crate) struct Ahead<'a, S> {
    /// The stops made, and those before one that is made.
    pub history: &'a [PlannedStop<S>],
    /// The `n` stops not yet made.
    pub stops: &'a [PlannedStop<S>],
    /// All `n + 2` nodes.
    pub nodes: Vec<Node>,
    /// Where the nodes are.
    pub places: Vec<Coordinate>,
    /// The drives from each node to the next, `n + 1` of them.
    pub legs: Vec<Option<Travel>>,
    /// The riders who get in and out ahead.
    pub rides: Vec<Ride>,
    /// Who is on board on leaving nodes `0..=n`.
    pub aboard: Vec<Aboard>,
    /// The driver's pauses that are still to come.
    pub rests: Vec<Rest>,
}

/// People on board, counted without a ceiling.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Aboard {
    seats: u32,
    wheelchairs: u32,
    /// Those who may not be left alone in the vehicle.
    guarded: u32,
}

/// What somebody who joins asks of those on board, and they of her.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Company {
    load: Load,
    /// She may not be left alone in the vehicle.
    guarded: bool,
    /// The driver leaves the vehicle to help her.
    helped: bool,
}

impl Company {
    pub fn of<S>(request: &TripRequest<S>) -> Self {
        let requirement = &request.requirement;
        let helped = requirement.assistance > Assistance::CurbToCurb;
        Company { load: requirement.load(), guarded: requirement.never_leave_alone, helped }
    }

    /// Returns the same without anybody who may not be left alone.
    pub fn unguarded(self) -> Self {
        Company { guarded: false, helped: false, ..self }
    }

    /// Returns the places she takes.
    pub fn load(self) -> Load {
        self.load
    }

    /// Tells whether the driver can get her in or out with these on board.
    pub fn is_met_with(self, aboard: Aboard) -> bool {
        !self.helped || aboard.guarded == 0
    }

    /// Tells whether she can be on board while this stop is made.
    pub fn sits_through(self, leaves_vehicle: bool) -> bool {
        !(self.guarded && leaves_vehicle)
    }
}

impl Aboard {
    /// Tells whether there is room for `more` on top.
    pub fn leaves_room(self, more: Load, places: Load) -> bool {
        self.seats + u32::from(more.seats) <= u32::from(places.seats)
            && self.wheelchairs + u32::from(more.wheelchairs) <= u32::from(places.wheelchairs)
    }

    /// Tells whether anybody is on board.
    pub fn anybody(self) -> bool {
        self != Aboard::default()
    }

    fn after<S>(self, stop: &PlannedStop<S>) -> Aboard {
        let (seats, wheelchairs) = (u32::from(stop.load.seats), u32::from(stop.load.wheelchairs));
        let guarded = u32::from(stop.guarded);
        match stop.leg {
            Leg::PickUp => Aboard {
                guarded: self.guarded.saturating_add(guarded),
                seats: self.seats.saturating_add(seats),
                wheelchairs: self.wheelchairs.saturating_add(wheelchairs),
            },
            Leg::DropOff => Aboard {
                guarded: self.guarded.saturating_sub(guarded),
                seats: self.seats.saturating_sub(seats),
                wheelchairs: self.wheelchairs.saturating_sub(wheelchairs),
            },
        }
    }
}

/// Whether the vehicle goes where it was to go next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heading {
    /// It may be under way to its next stop since it left the last one.
    AsPlanned,
    /// It is sent elsewhere, which it can only obey from now on.
    Diverted,
}

/// Returns how many stops are history: all up to the last one done.
fn made<S>(stops: &[PlannedStop<S>]) -> usize {
    stops.iter().rposition(|stop| stop.done.is_some()).map_or(0, |last| last + 1)
}

impl<'a, S: Ord> Ahead<'a, S> {
    /// Looks at a run from `now` on.
    pub fn of<K>(run: &'a RunState<K, S>, travel: &impl TravelTimes, now: Timestamp) -> Self {
        let mut ahead = Ahead::with_legs(run, Vec::new(), now);
        let places = ahead.places.windows(2).enumerate();
        let legs = places.map(|(k, pair)| {
            let drive = travel.travel(pair[0], pair[1])?;
            Some(travel.at_that_time(drive, ahead.leaves(k), ahead.begins(k + 1)))
        });
        ahead.legs = legs.collect();
        ahead
    }

    /// Looks at a run from `now` on, whose drives are known already.
    pub fn with_legs<K>(run: &'a RunState<K, S>, legs: Vec<Option<Travel>>, now: Timestamp) -> Self {
        let (history, stops) = run.stops.split_at(made(&run.stops));
        let last = history.last();
        let left = last.and_then(|stop| stop.done).unwrap_or(run.block.from);
        let mut nodes = Vec::with_capacity(stops.len() + 2);
        let mut places = Vec::with_capacity(stops.len() + 2);
        nodes.push(Node { lo: left.0, hi: i64::MAX, dwell: 0, leaves_vehicle: false });
        places.push(last.map_or(run.start, |stop| stop.at));
        for stop in stops {
            nodes.push(Node {
                lo: stop.window.from.max(now).0,
                hi: stop.window.to.0,
                dwell: stop.dwell.millis(),
                leaves_vehicle: stop.leaves_vehicle,
            });
            places.push(stop.at);
        }
        nodes.push(Node { lo: i64::MIN, hi: run.block.to.0, dwell: 0, leaves_vehicle: false });
        places.push(run.end);

        let rides = pair_up(history, stops, &mut nodes);
        let mut on_board = history.iter().fold(Aboard::default(), Aboard::after);
        let mut aboard = vec![on_board];
        for stop in stops {
            on_board = on_board.after(stop);
            aboard.push(on_board);
        }
        let rests = run.pauses.iter().filter(|pause| pause.window.to >= now).map(Rest::of).collect();
        Ahead { history, stops, nodes, places, legs, rides, aboard, rests }
    }

    /// Returns when a node may begin.
    pub fn begins(&self, node: usize) -> Window {
        let Node { lo, hi, .. } = self.nodes[node];
        Window { from: Timestamp(lo), to: Timestamp(hi) }
    }

    /// Returns when a node may be left, after a pause if there may be one.
    pub fn leaves(&self, node: usize) -> Window {
        self.left_after(self.begins(node), self.nodes[node].dwell)
    }

    /// Returns when a stop may be left that begins within `begins` and takes so long.
    pub fn left_after(&self, begins: Window, dwell: i64) -> Window {
        let after = |at: Timestamp| Timestamp(at.0.saturating_add(dwell));
        let rested = self.rests.iter().map(|rest| rest.to.saturating_add(rest.length)).max();
        Window {
            from: after(begins.from),
            to: after(begins.to).max(rested.map_or(Timestamp(i64::MIN), Timestamp)),
        }
    }

    /// Returns where pauses may be.
    pub fn gaps(&self) -> Gaps {
        Gaps {
            dwells: self.nodes.iter().map(|node| node.dwell).collect(),
            idle: self.aboard.iter().map(|aboard| !aboard.anybody()).collect(),
        }
    }

    /// Returns on leaving which of the nodes `0..=n` one of these trips' riders is on board; nothing if there are no
    /// such trips.
    pub fn meets(&self, trips: &[S]) -> Vec<bool> {
        if trips.is_empty() {
            return Vec::new();
        }
        let theirs = |stop: &PlannedStop<S>| trips.contains(&stop.stop);
        let change = |stop: &PlannedStop<S>| match stop.leg {
            _ if !theirs(stop) => 0i64,
            Leg::PickUp => 1,
            Leg::DropOff => -1,
        };
        let mut on_board: i64 = self.history.iter().map(change).sum();
        let mut meets = vec![on_board > 0];
        for stop in self.stops {
            on_board += change(stop);
            meets.push(on_board > 0);
        }
        meets
    }

    /// Tells whether the run can still keep what it has promised.
    pub fn in_time(&self, now: Timestamp) -> bool {
        let solved = || self.chain(Heading::AsPlanned, now).is_ok_and(|chain| chain.solve().is_ok());
        self.stops.is_empty() || solved()
    }

    /// Returns the constraints of the run as it stands, or the first node that no road leads to.
    pub fn chain(&self, heading: Heading, now: Timestamp) -> Result<Chain, usize> {
        let mut chain = Chain::with_capacity(self.nodes.len());
        chain.rides.clone_from(&self.rides);
        for (k, node) in self.nodes.iter().enumerate() {
            chain.push(if k == 0 { leaving(node.lo, heading, now) } else { node.lo }, node.hi);
            if let Some(leg) = self.legs.get(k) {
                chain.push_gap(node.dwell.saturating_add(leg.ok_or(k + 1)?.millis));
            }
        }
        Ok(chain)
    }
}

/// Returns when the vehicle can leave node 0.
pub(crate) fn leaving(left: i64, heading: Heading, now: Timestamp) -> i64 {
    match heading {
        Heading::AsPlanned => left,
        Heading::Diverted => left.max(now.0),
    }
}

/// Finds the two ends of each ride; whoever is on board already must get out in time.
fn pair_up<S: Ord>(history: &[PlannedStop<S>], stops: &[PlannedStop<S>], nodes: &mut [Node]) -> Vec<Ride> {
    let mut rides = Vec::new();
    let gets_in =
        |other: &PlannedStop<S>, out: &PlannedStop<S>| other.leg == Leg::PickUp && other.stop == out.stop;
    for (k, out) in stops.iter().enumerate().filter(|(_, stop)| stop.leg == Leg::DropOff) {
        let most = out.max_ride.millis();
        if let Some(i) = stops[..k].iter().rposition(|other| gets_in(other, out)) {
            let most = most.saturating_add(stops[i].dwell.millis());
            rides.push(Ride { pick_up: i + 1, drop_off: k + 1, most });
        } else if let Some(boarded) = history.iter().rfind(|other| gets_in(other, out)) {
            let since = boarded.done.unwrap_or(boarded.planned.after(boarded.dwell));
            let node = &mut nodes[k + 1];
            node.hi = node.hi.min(since.0.saturating_add(most));
        }
    }
    rides
}
