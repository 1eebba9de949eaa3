//! Putting a trip between the stops of a run, and taking one out.

use jitney_domain::{Load, Timestamp};
use jitney_geo::{Travel, TravelTimes};

use crate::ahead::{Aboard, Ahead, Company, Heading, Node, leaving};
use crate::chain::{Chain, Ride, Span};
use crate::model::{Leg, PlannedStop, RunState, TripRequest};
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
}

impl Rules {
    pub const ALL: Rules =
        Rules { places_on_board: true, own_ride: true, other_rides: true, never_alone: true };
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
}

impl<'a, S: Ord> Insertion<'a, S> {
    pub fn new(
        ahead: &'a Ahead<'a, S>,
        request: &'a TripRequest<S>,
        places: Load,
        travel: &impl TravelTimes,
        now: Timestamp,
    ) -> Self {
        let (get_in, get_out) = (request.pick_up, request.drop_off);
        let direct = travel.travel(get_in, get_out);
        let from = |there| ahead.places.iter().map(|here| travel.travel(*here, there)).collect();
        let onward = |here| ahead.places.iter().map(|there| travel.travel(here, *there)).collect();
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
            to_pick_up: from(get_in),
            from_pick_up: onward(get_in),
            to_drop_off: from(get_out),
            from_drop_off: onward(get_out),
            clocks,
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
        let at = |k: usize| ahead.places[k];
        let only = |k: usize, leg: Option<Travel>| {
            let mut legs = vec![None; ahead.places.len()];
            legs[k] = leg;
            legs
        };
        let Position { after_in, after_out } = position;
        let (get_in, get_out) = (request.pick_up, request.drop_off);
        Insertion {
            ahead,
            request,
            places: Load::default(),
            now,
            direct,
            to_pick_up: only(after_in, travel.travel(at(after_in), get_in)),
            from_pick_up: only(after_in + 1, travel.travel(get_in, at(after_in + 1))),
            to_drop_off: only(after_out, travel.travel(at(after_out), get_out)),
            from_drop_off: only(after_out + 1, travel.travel(get_out, at(after_out + 1))),
            clocks: Vec::new(),
        }
    }

    /// Returns the place if everything asked for can be kept there.
    pub fn at(&self, position: Position) -> Option<Found> {
        self.try_at(position, Rules::ALL)
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
            if !company.is_met_with(aboard[after_in]) {
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
                if rules.places_on_board && !on_board.leaves_room(load, self.places) {
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

    fn try_at(&self, position: Position, rules: Rules) -> Option<Found> {
        let mut chain = Chain::default();
        let (millis, metres) =
            self.push_all(&mut chain, &self.order(position), |at| self.node(at, position))?;
        chain.rides = self.rides(position, rules);
        let span = chain.solve().ok()?;
        let before = self.ahead.legs.iter().flatten();
        let (old_millis, old_metres) = before.fold((0i64, 0i64), |(time, way), leg| {
            (time.saturating_add(leg.millis), way.saturating_add(i64::from(leg.metres.0)))
        });
        Some(Found {
            position,
            chain,
            span,
            added_millis: millis.saturating_sub(old_millis),
            added_metres: metres.saturating_sub(old_metres),
        })
    }

    /// Returns by how much, in milliseconds, everything the rider asked for may be moved so that the trip
    /// fits at `position`: every shift from the first to the second, and no other up to `most` either way.
    ///
    /// The shift is one more time of the same system of differences: the pick-up lies within its window
    /// counted from the shift, and so does the drop-off. So the answer is exact.
    pub fn shifts(&self, position: Position, most: i64) -> Option<(i64, i64)> {
        let order = self.order(position);
        let free = |at: At| match at {
            At::Old(_) => self.node(at, position),
            At::PickUp | At::DropOff => Node { lo: self.now.0, hi: i64::MAX, ..self.node(at, position) },
        };
        let mut chain = Chain::default();
        chain.push(-SHIFT_ORIGIN - most, most - SHIFT_ORIGIN);
        chain.push_gap(0);
        self.push_all(&mut chain, &order, free)?;
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
        let span = chain.solve().ok()?;
        Some((span.lo[0] + SHIFT_ORIGIN, span.hi[0] + SHIFT_ORIGIN))
    }

    /// Returns every place that suits those on board and the newcomer, whatever the times.
    pub fn with_room(&self) -> impl Iterator<Item = Position> + '_ {
        let company = Company::of(self.request);
        let aboard = &self.ahead.aboard;
        let nobody_too_many = aboard.iter().all(|a| a.leaves_room(Load::default(), self.places));
        let roomy = move |a: &Aboard| nobody_too_many && a.leaves_room(company.load(), self.places);
        (0..aboard.len()).filter(move |k| company.is_met_with(aboard[*k])).flat_map(move |after_in| {
            let sits =
                move |k: usize| k == after_in || company.sits_through(self.ahead.nodes[k].leaves_vehicle);
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
