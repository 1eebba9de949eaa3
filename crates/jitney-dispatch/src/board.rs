//! The runs of a day, kept ready for the next call.
//!
//! [`candidates`](crate::candidates()) looks at every run anew and says something of each. While the caller
//! waits, only the best few matter: a [`Board`] keeps of each run what does not depend on the call, tests
//! each place for it by a few comparisons, orders the runs by what they must cost at least, and tries
//! exactly only those that could still be among the best (branch and bound). The answer is that of
//! `candidates`, cut off after so many.

mod drives;

use std::collections::BTreeMap;

use jitney_domain::{Coordinate, Load, Timestamp};
use jitney_geo::{Travel, TravelTimes};

use crate::ahead::{Aboard, Ahead, Company, Heading};
use crate::insertion::{Insertion, Position};
use crate::model::{Candidate, RunState, TripRequest};
use crate::ranking::{Trial, best_place, compare, enough_trips, floor_of, unable_at_any_time};

use drives::{Drives, Numbers};

/// Runs by their keys, each with what finding a place in it needs.
///
/// What was put stays as it was put until it is put again: a run is to be put whenever a stop is added,
/// removed or made. The passing of time alone needs nothing, unless drives depend on it: then they are kept as slow as
/// they might have been when the run was put.
#[derive(Debug, Clone)]
pub struct Board<K, S> {
    runs: BTreeMap<K, Kept<K, S>>,
    numbers: Numbers,
    /// No way round is quicker than the direct one.
    metric: bool,
}

impl<K, S> Default for Board<K, S> {
    fn default() -> Self {
        Board { runs: BTreeMap::new(), numbers: Numbers::default(), metric: false }
    }
}

/// A run and the bounds of its nodes. They hold for every later moment.
#[derive(Debug, Clone)]
struct Kept<K, S> {
    run: RunState<K, S>,
    points: Vec<Point>,
}

/// A node, in milliseconds; all of a run side by side, as they are looked at.
#[derive(Debug, Clone, Copy)]
struct Point {
    /// When it can be left at the earliest, given what comes before. Never falls along the run.
    early: i64,
    /// When it must begin at the latest, given the windows and dwells of what follows. Never falls.
    late: i64,
    /// Where, with the number of the place on the board.
    place: (u32, Coordinate),
    /// The drive to the next node, if there is one.
    leg: Option<Travel>,
    lo: i64,
    dwell: i64,
    /// The longest drive after that: the most that a drop-off behind the next node can save.
    saved: i64,
    /// The driver leaves the vehicle.
    leaves_vehicle: bool,
    /// Who is on board on leaving.
    aboard: Aboard,
}

impl Point {
    fn leg(&self) -> i64 {
        self.leg.map_or(0, |leg| leg.millis)
    }
}

impl<K: Clone + Ord, S: Clone + Ord> Board<K, S> {
    /// Returns an empty board for roads on which no way round over a third place is quicker than the direct
    /// one, as with straight lines and shortest paths. Then what is on a run already bounds it better, and
    /// fewer places need a look. With roads that are not so, places could be missed.
    pub fn metric() -> Self {
        Board { metric: true, ..Board::default() }
    }

    /// Puts a run on the board, or replaces it.
    pub fn put(&mut self, run: RunState<K, S>, travel: &impl TravelTimes, now: Timestamp) {
        if self.numbers.are_too_many() {
            let points = self.runs.values_mut().flat_map(|kept| &mut kept.points);
            self.numbers
                .renew(|numbers| points.for_each(|point| point.place.0 = numbers.number(point.place.1)));
        }
        let mut kept = Kept::of(run, self.metric, travel, now);
        kept.points.iter_mut().for_each(|point| point.place.0 = self.numbers.number(point.place.1));
        self.runs.insert(kept.run.key.clone(), kept);
    }

    /// Takes a run off the board.
    pub fn remove(&mut self, key: &K) {
        self.runs.remove(key);
    }

    /// Returns how many runs are on the board.
    pub fn len(&self) -> usize {
        self.runs.len()
    }

    /// Tells whether no run is on the board.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Returns the `most` best runs for the trip: the first that [`candidates`](crate::candidates()) would give.
    pub fn best(
        &self,
        request: &TripRequest<S>,
        most: usize,
        travel: &impl TravelTimes,
        now: Timestamp,
    ) -> Vec<Candidate<K, S>> {
        if request.pick_up_window.to < now || most == 0 {
            return Vec::new();
        }
        // Where no road leads there directly, one may lead there over other stops.
        let direct = travel.travel(request.pick_up, request.drop_off);
        let call = Call { request, direct, travel, now };
        let runs: Vec<&Kept<K, S>> = self.runs.values().collect();
        let mut best = Best { most, found: Vec::new() };
        let mut drives = Drives::new(travel, request.pick_up, request.drop_off, self.numbers.len());
        // What is found in some runs limits what is worth looking at in the next.
        let mut spots: Vec<Spot> = Vec::new();
        for (first, some) in runs.chunks(AT_A_TIME).enumerate().map(|(k, some)| (k * AT_A_TIME, some)) {
            for (kept, run) in some.iter().zip(first..) {
                let before = spots.len();
                kept.spots(&call, run, best.limit(), &mut drives, &mut spots);
                let unable = || enough_trips(&kept.run).or_else(|| unable_at_any_time(&kept.run, request));
                if spots.len() > before && unable().is_some() {
                    spots.truncate(before);
                }
            }
            spots.sort_unstable();
            for spot in spots.drain(..) {
                if spot.floor > best.limit() {
                    break;
                }
                if let Some(total) = runs[spot.run].cost_at(&call, spot.position) {
                    best.add(total, spot);
                }
            }
        }
        // Of equal cost the finer order of the answer decides.
        let limit = best.limit();
        let among = best.found.iter().take_while(|(total, ..)| *total <= limit);
        let mut answer: Vec<_> = among
            .filter_map(|(_, _, spot)| best_place(&runs[spot.run].run, request, travel, now).ok())
            .collect();
        answer.sort_by(compare);
        answer.truncate(most);
        answer
    }
}

/// So many runs are looked at before the most promising places in them are tried.
const AT_A_TIME: usize = 25;

/// What is asked.
struct Call<'a, S, T> {
    request: &'a TripRequest<S>,
    direct: Option<Travel>,
    travel: &'a T,
    now: Timestamp,
}

/// The best place of each run tried so far, best run first.
struct Best {
    most: usize,
    /// Total cost, added driving, place.
    found: Vec<(i64, i64, Spot)>,
}

impl Best {
    /// Returns what is too dear if it costs more. Of equal cost the order is not decided yet.
    fn limit(&self) -> i64 {
        self.found.get(self.most - 1).map_or(i64::MAX, |last| last.0)
    }

    fn add(&mut self, total: i64, spot: Spot) {
        let found = (total, spot.added, spot);
        match self.found.iter().position(|(_, _, other)| other.run == spot.run) {
            Some(k) if self.found[k] <= found => return,
            Some(k) => drop(self.found.remove(k)),
            None => {}
        }
        self.found.insert(self.found.partition_point(|other| *other < found), found);
    }
}

/// A place that the bounds do not rule out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    /// What it costs at least.
    floor: i64,
    run: usize,
    /// Driving on top of the run's, in milliseconds.
    added: i64,
    position: Position,
}

impl<K: Clone + Ord, S: Clone + Ord> Kept<K, S> {
    fn of(run: RunState<K, S>, metric: bool, travel: &impl TravelTimes, now: Timestamp) -> Self {
        let ahead = Ahead::of(&run, travel, now);
        let mut points: Vec<Point> = Vec::with_capacity(ahead.nodes.len());
        for (k, (node, place)) in ahead.nodes.iter().zip(&ahead.places).enumerate() {
            // Where no road leads on now, one may lead over the new stops.
            let free = points.last().map_or(i64::MIN, |last| last.early.saturating_add(last.leg()));
            points.push(Point {
                early: node.lo.max(free).saturating_add(node.dwell),
                late: node.hi,
                place: (0, *place),
                leg: ahead.legs.get(k).copied().flatten(),
                lo: node.lo,
                dwell: node.dwell,
                saved: 0,
                leaves_vehicle: node.leaves_vehicle,
                aboard: ahead.aboard.get(k).copied().unwrap_or_default(),
            });
        }
        let (mut latest, mut longest) = (i64::MAX, 0);
        for point in points.iter_mut().rev() {
            latest = point.late.min(latest.saturating_sub(point.dwell));
            (point.late, point.saved) = (latest, longest);
            longest = longest.max(point.leg());
        }
        // Whatever the new trip, the run as it would be is a schedule of the run as it is.
        let as_it_is = || ahead.chain(Heading::AsPlanned, now).ok()?.solve().ok();
        if let Some(span) = metric.then(as_it_is).flatten() {
            for (point, (lo, hi)) in points.iter_mut().zip(span.lo.into_iter().zip(span.hi)) {
                (point.lo, point.early) = (lo, lo.saturating_add(point.dwell));
                (point.late, point.saved) = (hi, 0);
            }
        }
        Kept { run, points }
    }

    fn legs(&self) -> Vec<Option<Travel>> {
        self.points.iter().map(|point| point.leg).take(self.points.len() - 1).collect()
    }

    /// Returns what the trip costs at one place, if it fits there.
    fn cost_at(&self, call: &Call<'_, S, impl TravelTimes>, position: Position) -> Option<i64> {
        let Call { request, direct, travel, now } = *call;
        let ahead = Ahead::with_legs(&self.run, self.legs(), now);
        let found = Insertion::sparse(&ahead, request, direct, position, travel, now).at(position);
        let overfull =
            !ahead.aboard.iter().all(|a| a.leaves_room(Load::default(), self.run.capability.places));
        if found.is_empty() || overfull || !ahead.in_time(now) {
            return None;
        }
        found.into_iter().map(|found| Trial::of(&self.run, request, &ahead, found).cost.total()).min()
    }

    /// Adds every place that the bounds do not rule out and that may cost no more than `limit`.
    fn spots<T: TravelTimes>(
        &self,
        call: &Call<'_, S, T>,
        run: usize,
        limit: i64,
        drives: &mut Drives<'_, T>,
        spots: &mut Vec<Spot>,
    ) {
        let Call { request, direct, now, .. } = *call;
        let direct = direct.map(|leg| leg.millis);
        let (get_in, get_out) = (request.pick_up_window, request.drop_off_window);
        let (dwell_in, dwell_out) = (request.dwell_pick_up.millis(), request.dwell_drop_off.millis());
        let company = Company::of(request);
        let load = company.load();
        let places = self.run.capability.places;
        let soonest = get_in.from.max(now).0;
        let points = self.points.as_slice();
        let end = points.len() - 1;
        let meets = match request.apart.is_empty() {
            true => Vec::new(),
            false => Ahead::with_legs(&self.run, Vec::new(), now).meets(&request.apart),
        };
        let is_apart = |k: usize| meets.get(k).is_some_and(|meets| *meets);
        // Whoever leaves after the window, or has to be at the next stop before it, cannot fetch her between.
        let to = points[..end].partition_point(|point| point.early <= get_in.to.0);
        let from = points[1..].partition_point(|next| next.late < soonest.saturating_add(dwell_in));
        for i in from..to {
            let aboard = points[i].aboard;
            if !aboard.leaves_room(load, places) || !company.is_met_with(aboard) || is_apart(i) {
                continue;
            }
            let Some(there) = drives.way_to_pick_up(points[i].place) else { continue };
            let begin = points[i].early.saturating_add(there).max(soonest);
            if begin > get_in.to.0 {
                continue;
            }
            // The clock carried along: when the vehicle can leave the last stop at the earliest.
            let mut leave = begin.saturating_add(dwell_in);
            let fetched = there.saturating_sub(points[i].leg());
            let mut slack = get_in.to.0.saturating_sub(begin);
            let off = begin.saturating_sub(request.preferred_pick_up.0).max(0);
            // Returns driving and slack; asks for a way only where the windows alone do not rule it out.
            let most = limit.saturating_sub(floor_of(&self.run, 0, slack, off).total());
            if fetched.saturating_sub(points[i].saved) > most {
                continue;
            }
            let set_down =
                |drives: &mut Drives<'_, T>, leave: i64, after: Option<usize>, next: usize, most: i64| {
                    let over = get_out.from.0.max(leave).saturating_add(dwell_out);
                    if leave > get_out.to.0 || over > points[next].late {
                        return None;
                    }
                    let there = match after {
                        None => direct?,
                        Some(j) => drives.way_to_drop_off(points[j].place)?,
                    };
                    let begin = leave.saturating_add(there).max(get_out.from.0);
                    let over = begin.saturating_add(dwell_out);
                    if begin > get_out.to.0 || over > points[next].late || there > most {
                        return None;
                    }
                    let back = drives.way_from_drop_off(points[next].place)?;
                    let spare = points[next].late.saturating_sub(over).saturating_sub(back);
                    let driving = there.saturating_add(back);
                    (spare >= 0).then_some((driving, spare.min(get_out.to.0.saturating_sub(begin))))
                };
            let mut keep = |added: i64, slack: i64, after_out: usize| {
                let floor = floor_of(&self.run, added, slack, off).total();
                if floor > limit {
                    return;
                }
                spots.push(Spot { floor, run, added, position: Position { after_in: i, after_out } });
            };
            if let Some((more, spare)) = set_down(drives, leave, None, i + 1, most.saturating_sub(fetched)) {
                keep(fetched.saturating_add(more), slack.min(spare), i);
            }
            if i + 1 >= end || leave > points[i + 1].late {
                continue;
            }
            let Some(onward) = drives.way_from_pick_up(points[i + 1].place) else { continue };
            let fetched = fetched.saturating_add(onward);
            if fetched.saturating_sub(points[i].saved) > most {
                continue;
            }
            leave = leave.saturating_add(onward);
            for (j, node) in points.iter().enumerate().take(end).skip(i + 1) {
                let fits = node.aboard.leaves_room(load, places)
                    && company.sits_through(node.leaves_vehicle)
                    && !is_apart(j);
                if leave > node.late || !fits {
                    break;
                }
                slack = slack.min(node.late.saturating_sub(leave.max(node.lo)));
                leave = leave.max(node.lo).saturating_add(node.dwell);
                if leave > get_out.to.0 {
                    break;
                }
                if company.is_met_with(node.aboard)
                    && let Some((more, spare)) = set_down(
                        drives,
                        leave,
                        Some(j),
                        j + 1,
                        most.saturating_add(points[j].leg()).saturating_sub(fetched),
                    )
                {
                    keep(fetched.saturating_add(more).saturating_sub(points[j].leg()), slack.min(spare), j);
                }
                leave = leave.saturating_add(points[j].leg());
            }
        }
    }
}
