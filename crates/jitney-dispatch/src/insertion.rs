//! Putting a trip between the stops of a run, and taking one out.

use jitney_domain::{Coordinate, Load, Timestamp, Window};
use jitney_geo::{Travel, TravelTimes};

use crate::ahead::{Aboard, Ahead, Company, Heading, Node, leaving};
use crate::chain::{Chain, Ride, Span};
use crate::model::{Leg, PlannedStop, RunState, TripRequest};
use crate::pauses::{Gaps, rested};
use crate::schedule::{as_fast_as_can_be, timed};

/// What a shift is counted from in a chain, in milliseconds: so far back (36,000 years) that the shift, as
/// the first time of the chain, comes before every other.
const SHIFT_ORIGIN: i64 = 1 << 50;

/// Which rules a search keeps; all of them, unless it is to find out which one stood in the way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    pub places_on_board: bool,
    pub own_ride: bool,
    pub other_rides: bool,
    pub never_alone: bool,
    pub apart: bool,
    pub pauses: bool,
}

impl Rules {
    pub const ALL: Rules = Rules {
        places_on_board: true,
        own_ride: true,
        other_rides: true,
        never_alone: true,
        apart: true,
        pauses: true,
    };
}

/// A place for the new trip: its pick-up follows node `after_in` of the run, its drop-off node `after_out`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub after_in: usize,
    pub after_out: usize,
}

impl Position {
    /// Returns the node of the new pick-up in the new sequence.
    pub fn pick_up(self) -> usize {
        self.after_in + 1
    }

    /// Returns the node of the new drop-off in the new sequence.
    pub fn drop_off(self) -> usize {
        self.after_out + 2
    }

    /// Returns where node `k` of the run is in the new sequence.
    pub fn shifted(self, k: usize) -> usize {
        k + usize::from(k > self.after_in) + usize::from(k > self.after_out)
    }
}

/// A place at which everything asked for can be kept.
#[derive(Debug)]
pub(crate) struct Found {
    pub position: Position,
    pub chain: Chain,
    pub span: Span,
    /// Driving time on top of the run's, in milliseconds; negative where a way round is quicker.
    pub added_millis: i64,
    /// Way on top of the run's, in metres.
    pub added_metres: i64,
}

/// One stop of the new sequence.
#[derive(Debug, Clone, Copy)]
enum At {
    Old(usize),
    PickUp,
    DropOff,
}

/// The earliest that a stop can begin, by driving and windows alone, in milliseconds.
#[derive(Debug, Clone, Copy)]
struct Clock {
    begin: i64,
    dwell: i64,
}

impl Clock {
    fn at(node: Node) -> Self {
        Clock { begin: node.lo, dwell: node.dwell }
    }

    /// Returns the clock at the next stop; `None` if no road leads there or it would be too late.
    fn drive(self, leg: Option<Travel>, next: Node) -> Option<Self> {
        let gap = self.dwell.saturating_add(leg?.millis).max(0);
        let begin = next.lo.max(self.begin.saturating_add(gap));
        (begin <= next.hi).then_some(Clock { begin, dwell: next.dwell })
    }
}

/// When the newcomer's stops may begin.
#[derive(Debug, Clone, Copy)]
struct Asked {
    pick_up: Window,
    drop_off: Window,
}

impl Asked {
    const ALWAYS: Window = Window { from: Timestamp(i64::MIN), to: Timestamp(i64::MAX) };
    const ANYTIME: Asked = Asked { pick_up: Asked::ALWAYS, drop_off: Asked::ALWAYS };

    fn of<S>(request: &TripRequest<S>) -> Self {
        Asked { pick_up: request.pick_up_window, drop_off: request.drop_off_window }
    }
}

/// The drives between a run and a newcomer, each as it is at the times at which it may be.
struct Drives<'a, S, T> {
    ahead: &'a Ahead<'a, S>,
    request: &'a TripRequest<S>,
    asked: Asked,
    travel: &'a T,
}

impl<S: Ord, T: TravelTimes> Drives<'_, S, T> {
    fn drive(&self, from: Coordinate, to: Coordinate, leave: Window, over: Window) -> Option<Travel> {
        Some(self.travel.at_that_time(self.travel.travel(from, to)?, leave, over))
    }

    fn leaves_pick_up(&self) -> Window {
        self.ahead.left_after(self.asked.pick_up, self.request.dwell_pick_up.millis())
    }

    fn leaves_drop_off(&self) -> Window {
        self.ahead.left_after(self.asked.drop_off, self.request.dwell_drop_off.millis())
    }

    fn direct(&self, drive: Option<Travel>) -> Option<Travel> {
        Some(self.travel.at_that_time(drive?, self.leaves_pick_up(), self.asked.drop_off))
    }

    fn to_pick_up(&self, k: usize) -> Option<Travel> {
        self.drive(self.ahead.places[k], self.request.pick_up, self.ahead.leaves(k), self.asked.pick_up)
    }

    fn pick_up_to(&self, k: usize) -> Option<Travel> {
        self.drive(self.request.pick_up, self.ahead.places[k], self.leaves_pick_up(), self.ahead.begins(k))
    }

    fn to_drop_off(&self, k: usize) -> Option<Travel> {
        self.drive(self.ahead.places[k], self.request.drop_off, self.ahead.leaves(k), self.asked.drop_off)
    }

    fn drop_off_to(&self, k: usize) -> Option<Travel> {
        self.drive(self.request.drop_off, self.ahead.places[k], self.leaves_drop_off(), self.ahead.begins(k))
    }
}

/// A run and a request, with every drive between them asked once.
#[derive(Debug)]
pub(crate) struct Insertion<'a, S> {
    pub ahead: &'a Ahead<'a, S>,
    request: &'a TripRequest<S>,
    places: Load,
    now: Timestamp,
    pub direct: Option<Travel>,
    to_pick_up: Vec<Option<Travel>>,
    from_pick_up: Vec<Option<Travel>>,
    to_drop_off: Vec<Option<Travel>>,
    from_drop_off: Vec<Option<Travel>>,
    /// The clock at each node of the run as it stands.
    clocks: Vec<Option<Clock>>,
    /// On leaving which nodes somebody is on board whom she may not meet; empty if there is no such person.
    meets: Vec<bool>,
}

impl<'a, S: Ord> Insertion<'a, S> {
    pub fn new(
        ahead: &'a Ahead<'a, S>,
        request: &'a TripRequest<S>,
        places: Load,
        travel: &impl TravelTimes,
        now: Timestamp,
    ) -> Self {
        Insertion::of(ahead, request, Asked::of(request), places, travel, now)
    }

    /// As [`Insertion::new`], with drives that are good whenever the rider goes: for [`Insertion::shifts`].
    pub fn whenever(
        ahead: &'a Ahead<'a, S>,
        request: &'a TripRequest<S>,
        places: Load,
        travel: &impl TravelTimes,
        now: Timestamp,
    ) -> Self {
        Insertion::of(ahead, request, Asked::ANYTIME, places, travel, now)
    }

    fn of(
        ahead: &'a Ahead<'a, S>,
        request: &'a TripRequest<S>,
        asked: Asked,
        places: Load,
        travel: &impl TravelTimes,
        now: Timestamp,
    ) -> Self {
        let drives = Drives { ahead, request, asked, travel };
        let all = 0..ahead.places.len();
        let direct = drives.direct(travel.travel(request.pick_up, request.drop_off));
        let mut clocks = vec![Some(Clock::at(ahead.nodes[0]))];
        for (leg, node) in ahead.legs.iter().zip(ahead.nodes.iter().skip(1)) {
            let before = clocks.last().copied().flatten();
            clocks.push(before.and_then(|clock: Clock| clock.drive(*leg, *node)));
        }
        Insertion {
            ahead,
            request,
            places,
            now,
            direct,
            to_pick_up: all.clone().map(|k| drives.to_pick_up(k)).collect(),
            from_pick_up: all.clone().map(|k| drives.pick_up_to(k)).collect(),
            to_drop_off: all.clone().map(|k| drives.to_drop_off(k)).collect(),
            from_drop_off: all.map(|k| drives.drop_off_to(k)).collect(),
            clocks,
            meets: ahead.meets(&request.apart),
        }
    }

    /// As [`Insertion::new`], with the drives that one place alone needs: only good for [`Insertion::at`] it.
    pub fn sparse(
        ahead: &'a Ahead<'a, S>,
        request: &'a TripRequest<S>,
        direct: Option<Travel>,
        position: Position,
        travel: &impl TravelTimes,
        now: Timestamp,
    ) -> Self {
        let drives = Drives { ahead, request, asked: Asked::of(request), travel };
        let only = |k: usize, leg: Option<Travel>| {
            let mut legs = vec![None; ahead.places.len()];
            legs[k] = leg;
            legs
        };
        let Position { after_in, after_out } = position;
        Insertion {
            ahead,
            request,
            places: Load::default(),
            now,
            direct: drives.direct(direct),
            to_pick_up: only(after_in, drives.to_pick_up(after_in)),
            from_pick_up: only(after_in + 1, drives.pick_up_to(after_in + 1)),
            to_drop_off: only(after_out, drives.to_drop_off(after_out)),
            from_drop_off: only(after_out + 1, drives.drop_off_to(after_out + 1)),
            clocks: Vec::new(),
            meets: Vec::new(),
        }
    }

    /// Returns the place if the times and pauses of everybody can be kept there: once for each way of putting the
    /// pauses between the stops.
    pub fn at(&self, position: Position) -> Vec<Found> {
        self.try_at(position, Rules::ALL)
    }

    /// Tells whether she would sit with somebody she may not meet if she is on board on leaving a node.
    fn is_apart(&self, node: usize) -> bool {
        self.meets.get(node).is_some_and(|meets| *meets)
    }

    /// Returns every place that keeps the rules, in driving order.
    ///
    /// A clock that is carried along the stops, a few additions a place, strikes out the places that are
    /// reached too late in any case; only the rest are decided by the whole chain.
    pub fn search(&self, rules: Rules) -> Vec<Found> {
        let company = Company::of(self.request);
        let company = if rules.never_alone { company } else { company.unguarded() };
        let load = company.load();
        let aboard = &self.ahead.aboard;
        let mut found = Vec::new();
        if rules.places_on_board && !aboard.iter().all(|a| a.leaves_room(Load::default(), self.places)) {
            return found;
        }
        for after_in in 0..aboard.len() {
            if !company.is_met_with(aboard[after_in]) || (rules.apart && self.is_apart(after_in)) {
                continue;
            }
            let Some(mut clock) = self.at_pick_up(after_in) else { continue };
            for (after_out, on_board) in aboard.iter().enumerate().skip(after_in) {
                if after_out > after_in {
                    let leg = match after_out - after_in {
                        1 => self.from_pick_up[after_out],
                        _ => self.ahead.legs[after_out - 1],
                    };
                    let node = self.ahead.nodes[after_out];
                    let Some(next) =
                        clock.drive(leg, node).filter(|_| company.sits_through(node.leaves_vehicle))
                    else {
                        break;
                    };
                    clock = next;
                }
                // She is on board on leaving this node, and so she would be for every later drop-off.
                if rules.places_on_board && !on_board.leaves_room(load, self.places)
                    || rules.apart && self.is_apart(after_out)
                {
                    break;
                }
                let leg = if after_out == after_in { self.direct } else { self.to_drop_off[after_out] };
                let position = Position { after_in, after_out };
                let in_time = clock.drive(leg, self.node(At::DropOff, position)).is_some();
                if in_time && company.is_met_with(*on_board) {
                    found.extend(self.try_at(position, rules));
                }
            }
        }
        found
    }

    /// Returns the clock at the pick-up that follows a node, if it is not too late in any case.
    fn at_pick_up(&self, after_in: usize) -> Option<Clock> {
        let position = Position { after_in, after_out: after_in };
        let here = match after_in {
            0 => Clock::at(self.node(At::Old(0), position)),
            _ => self.clocks[after_in]?,
        };
        here.drive(self.to_pick_up[after_in], self.node(At::PickUp, position))
    }

    fn try_at(&self, position: Position, rules: Rules) -> Vec<Found> {
        let order = self.order(position);
        let mut chain = Chain::with_capacity(order.len());
        let driven = self.push_all(&mut chain, &order, |at| self.node(at, position));
        let Some((millis, metres)) = driven else { return Vec::new() };
        chain.rides = self.rides(position, rules);
        let before = self.ahead.legs.iter().flatten();
        let (old_millis, old_metres) = before.fold((0i64, 0i64), |(time, way), leg| {
            (time.saturating_add(leg.millis), way.saturating_add(i64::from(leg.metres.0)))
        });
        let rests = if rules.pauses { self.ahead.rests.as_slice() } else { &[] };
        let found = rested(chain, &self.gaps(&order, position), rests).into_iter();
        let found = found.map(|(chain, span)| Found {
            position,
            chain,
            span,
            added_millis: millis.saturating_sub(old_millis),
            added_metres: metres.saturating_sub(old_metres),
        });
        found.collect()
    }

    /// Returns where pauses may be in the new sequence.
    fn gaps(&self, order: &[At], position: Position) -> Gaps {
        if self.ahead.rests.is_empty() {
            return Gaps { dwells: Vec::new(), idle: Vec::new() };
        }
        let rides_along = |k: usize| (position.after_in + 1..=position.after_out).contains(&k);
        let nobody = |k: usize| self.ahead.aboard.get(k).is_some_and(|aboard| !aboard.anybody());
        let idle = |at: &At| match *at {
            At::Old(k) => !rides_along(k) && nobody(k),
            At::PickUp => false,
            At::DropOff => nobody(position.after_out),
        };
        Gaps {
            dwells: order.iter().map(|at| self.node(*at, position).dwell).collect(),
            idle: order.iter().map(idle).collect(),
        }
    }

    /// Returns by how much, in milliseconds, everything the rider asked for may be moved so that the trip
    /// fits at `position`: every shift from the first to the second of some pair, and no other up to `most` either
    /// way. There is one pair for each way of putting the pauses between the stops.
    ///
    /// The shift is one more time of the same system of differences: the pick-up lies within its window
    /// counted from the shift, and so does the drop-off. So the answer is exact.
    pub fn shifts(&self, position: Position, most: i64) -> Vec<(i64, i64)> {
        let order = self.order(position);
        let free = |at: At| match at {
            At::Old(_) => self.node(at, position),
            At::PickUp | At::DropOff => Node { lo: self.now.0, hi: i64::MAX, ..self.node(at, position) },
        };
        let mut chain = Chain::default();
        chain.push(-SHIFT_ORIGIN - most, most - SHIFT_ORIGIN);
        chain.push_gap(0);
        if self.push_all(&mut chain, &order, free).is_none() {
            return Vec::new();
        }
        let moved = |ride: Ride| Ride { pick_up: ride.pick_up + 1, drop_off: ride.drop_off + 1, ..ride };
        chain.rides = self.rides(position, Rules::ALL).into_iter().map(moved).collect();
        let request = self.request;
        for (node, window) in [
            (position.pick_up() + 1, request.pick_up_window),
            (position.drop_off() + 1, request.drop_off_window),
        ] {
            let most = window.to.0.saturating_add(SHIFT_ORIGIN);
            chain.rides.push(Ride { pick_up: 0, drop_off: node, most });
            let most = window.from.0.saturating_add(SHIFT_ORIGIN).saturating_neg();
            chain.rides.push(Ride { pick_up: node, drop_off: 0, most });
        }
        let mut gaps = self.gaps(&order, position);
        gaps.dwells.insert(0, 0);
        gaps.idle.insert(0, false);
        let ways = rested(chain, &gaps, &self.ahead.rests).into_iter();
        ways.map(|(_, span)| (span.lo[0] + SHIFT_ORIGIN, span.hi[0] + SHIFT_ORIGIN)).collect()
    }

    /// Returns every place that suits those on board and the newcomer, whatever the times.
    pub fn with_room(&self) -> impl Iterator<Item = Position> + '_ {
        let company = Company::of(self.request);
        let aboard = &self.ahead.aboard;
        let nobody_too_many = aboard.iter().all(|a| a.leaves_room(Load::default(), self.places));
        let roomy = move |a: &Aboard| nobody_too_many && a.leaves_room(company.load(), self.places);
        let meets = move |k: &usize| company.is_met_with(aboard[*k]) && !self.is_apart(*k);
        (0..aboard.len()).filter(meets).flat_map(move |after_in| {
            let sits = move |k: usize| {
                let stays = k == after_in || company.sits_through(self.ahead.nodes[k].leaves_vehicle);
                stays && !self.is_apart(k)
            };
            let outs = aboard.iter().enumerate().skip(after_in);
            let outs = outs.take_while(move |(k, a)| roomy(a) && sits(*k));
            outs.filter(move |(_, a)| company.is_met_with(**a))
                .map(move |(after_out, _)| Position { after_in, after_out })
        })
    }

    /// Appends the stops with the drives between them; returns driving time and way, or nothing where no
    /// road leads on.
    fn push_all(&self, chain: &mut Chain, order: &[At], node: impl Fn(At) -> Node) -> Option<(i64, i64)> {
        let (mut millis, mut metres) = (0i64, 0i64);
        for (i, at) in order.iter().enumerate() {
            let Node { lo, hi, dwell, .. } = node(*at);
            chain.push(lo, hi);
            if let Some(next) = order.get(i + 1) {
                let leg = self.leg(*at, *next)?;
                chain.push_gap(dwell.saturating_add(leg.millis));
                millis = millis.saturating_add(leg.millis);
                metres = metres.saturating_add(i64::from(leg.metres.0));
            }
        }
        Some((millis, metres))
    }

    fn order(&self, Position { after_in, after_out }: Position) -> Vec<At> {
        let mut order = Vec::with_capacity(self.ahead.nodes.len() + 2);
        for k in 0..self.ahead.nodes.len() {
            order.push(At::Old(k));
            if k == after_in {
                order.push(At::PickUp);
            }
            if k == after_out {
                order.push(At::DropOff);
            }
        }
        order
    }

    fn node(&self, at: At, position: Position) -> Node {
        let request = self.request;
        let (window, dwell) = match at {
            At::Old(k) => {
                let node = self.ahead.nodes[k];
                let diverted = k == 0 && position.after_in == 0;
                let lo = if diverted { leaving(node.lo, Heading::Diverted, self.now) } else { node.lo };
                return Node { lo, ..node };
            }
            At::PickUp => (request.pick_up_window, request.dwell_pick_up),
            At::DropOff => (request.drop_off_window, request.dwell_drop_off),
        };
        Node {
            lo: window.from.max(self.now).0,
            hi: window.to.0,
            dwell: dwell.millis(),
            leaves_vehicle: false,
        }
    }

    fn leg(&self, from: At, to: At) -> Option<Travel> {
        match (from, to) {
            (At::Old(k), At::Old(_)) => self.ahead.legs[k],
            (At::Old(k), At::PickUp) => self.to_pick_up[k],
            (At::Old(k), At::DropOff) => self.to_drop_off[k],
            (At::PickUp, At::Old(k)) => self.from_pick_up[k],
            (At::DropOff, At::Old(k)) => self.from_drop_off[k],
            _ => self.direct,
        }
    }

    fn rides(&self, position: Position, rules: Rules) -> Vec<Ride> {
        let mut rides = Vec::with_capacity(self.ahead.rides.len() + 1);
        if rules.other_rides {
            rides.extend(self.ahead.rides.iter().map(|ride| Ride {
                pick_up: position.shifted(ride.pick_up),
                drop_off: position.shifted(ride.drop_off),
                most: ride.most,
            }));
        }
        if rules.own_ride {
            rides.push(Ride {
                pick_up: position.pick_up(),
                drop_off: position.drop_off(),
                most: self.request.dwell_pick_up.millis().saturating_add(self.request.max_ride.millis()),
            });
        }
        rides
    }

    /// Returns the shortest ride of the newcomer over all places that keep the rules, in milliseconds.
    ///
    /// The later she gets in, the shorter she rides: the earliest drop-off grows no faster than the pick-up.
    pub fn shortest_ride(&self, rules: Rules) -> Option<i64> {
        let dwell = self.request.dwell_pick_up.millis();
        let rides = self.search(rules).into_iter().map(|mut found| {
            let (get_in, get_out) = (found.position.pick_up(), found.position.drop_off());
            let latest = found.span.hi[get_in];
            found.span.fix(&found.chain, get_in, latest);
            found.span.lo[get_out] - latest - dwell
        });
        rides.min()
    }
}

/// Returns the stops of the run without the trip `key`, re-timed.
///
/// Pick-ups stay at what the riders were told wherever that is possible. If the run is late beyond repair,
/// the times are those of the fastest drive ([`expected`](crate::expected)). Stops made stay. A trip whose
/// rider is on board stays as well: she has to get out somewhere.
pub fn remove<K: Clone, S: Clone + Ord>(
    run: &RunState<K, S>,
    key: &S,
    travel: &impl TravelTimes,
    now: Timestamp,
) -> Vec<PlannedStop<S>> {
    let on_board = run.stops.iter().any(|s| s.stop == *key && s.leg == Leg::PickUp && s.done.is_some());
    let leaves = |stop: &PlannedStop<S>| stop.stop == *key && stop.done.is_none() && !on_board;
    let next = run.stops.iter().find(|stop| stop.done.is_none());
    let heading = if next.is_some_and(leaves) { Heading::Diverted } else { Heading::AsPlanned };
    let mut rest = run.clone();
    rest.stops.retain(|stop| !leaves(stop));

    let ahead = Ahead::of(&rest, travel, now);
    let times = timed(&ahead, heading, now).ok().or_else(|| as_fast_as_can_be(&ahead, heading, now));
    for (stop, time) in rest.stops.iter_mut().zip(times.unwrap_or_default()) {
        stop.planned = time;
    }
    rest.stops
}
