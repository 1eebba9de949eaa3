//! The runs of a day, kept ready for the next call.
//!
//! [`candidates`](crate::candidates()) looks at every run anew and says something of each. While the caller
//! waits, only the best few matter: a [`Board`] keeps of each run what does not depend on the call, tests
//! each place for it by a few comparisons, orders the places by what they must cost at least, and tries
//! exactly only those that could still be among the best (best first, branch and bound). The answer is that of
//! `candidates`, cut off after so many.

mod drives;
mod places;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use jitney_domain::{Coordinate, Load, Timestamp};
use jitney_geo::{Travel, TravelTimes};

use crate::ahead::{Aboard, Ahead, Company, Heading};
use crate::insertion::{Insertion, Position};
use crate::model::{Candidate, RunState, TripRequest};
use crate::ranking::{Trial, compare, floor_of, plainly_unable};

use drives::{Drives, Known};
use places::Places;

/// Runs by their keys, each with what finding a place in it needs.
///
/// What was put stays as it was put until it is put again: a run is to be put whenever a stop is added,
/// removed or made. The passing of time alone needs nothing, unless drives depend on it: then they are kept as slow as
/// they might have been when the run was put.
#[derive(Debug, Clone)]
pub struct Board<K, S> {
    runs: BTreeMap<K, Kept<K, S>>,
    places: Places,
}

impl<K, S> Default for Board<K, S> {
    fn default() -> Self {
        Board { runs: BTreeMap::new(), places: Places::default() }
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
    /// one, as with straight lines and shortest paths. Then what is on a run already bounds it better, landmarks say
    /// what most drives take at least, and few of them are asked for. With roads that are not so, places could be
    /// missed.
    pub fn metric() -> Self {
        Board { places: Places::metric(), ..Board::default() }
    }

    /// Puts a run on the board, or replaces it. With [`Board::metric`] the drives between its places and the landmarks
    /// are asked for, and now and then those of all places, when landmarks are chosen anew.
    pub fn put(&mut self, run: RunState<K, S>, travel: &impl TravelTimes, now: Timestamp) {
        if self.places.are_too_many() {
            let points = self.runs.values_mut().flat_map(|kept| &mut kept.points);
            self.places.renew(points.map(|point| &mut point.place), travel);
        }
        let mut kept = Kept::of(run, self.places.are_metric(), travel, now);
        kept.points.iter_mut().for_each(|point| point.place.0 = self.places.number(point.place.1, travel));
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
        let mut drives = Drives::new(travel, request.pick_up, request.drop_off, &self.places);
        let mut spots = Vec::with_capacity(8 * runs.len());
        for (run, kept) in runs.iter().enumerate() {
            kept.spots(&call, run, Look::EVERYWHERE, &mut drives, |spot| spots.push(Reverse(spot)));
        }
        let mut spots = BinaryHeap::from(spots);
        let mut best = Best { most, found: Vec::new() };
        while let Some(Reverse(spot)) = spots.pop().filter(|Reverse(spot)| spot.floor <= best.limit()) {
            let kept = runs[spot.run];
            if spot.known == Known::AtLeast {
                if plainly_unable(&kept.run, request, now).is_none() {
                    let look = Look { only: Some(spot.position), known: Known::Exactly, limit: best.limit() };
                    kept.spots(&call, spot.run, look, &mut drives, |spot| spots.push(Reverse(spot)));
                }
            } else if let Some(cost) = kept.at(&call, spot.position, |trial, _| trial.cost) {
                let Spot { run, position, .. } = spot;
                best.add(Tried { total: cost.total(), drive: cost.drive, position, run });
            }
        }
        // Of equal cost the finer order of the answer decides.
        let limit = best.limit();
        let among = best.found.iter().take_while(|tried| tried.total <= limit);
        let candidate = |tried: &Tried| {
            let kept = runs[tried.run];
            kept.at(&call, tried.position, |trial, insertion| trial.candidate(&kept.run, request, insertion))
        };
        let mut answer: Vec<_> = among.filter_map(candidate).collect();
        answer.sort_by(compare);
        answer.truncate(most);
        answer
    }
}

/// What is asked.
struct Call<'a, S, T> {
    request: &'a TripRequest<S>,
    direct: Option<Travel>,
    travel: &'a T,
    now: Timestamp,
}

/// Where to look, and how closely.
#[derive(Debug, Clone, Copy)]
struct Look {
    only: Option<Position>,
    known: Known,
    /// What is too dear if it costs more.
    limit: i64,
}

impl Look {
    const EVERYWHERE: Look = Look { only: None, known: Known::AtLeast, limit: i64::MAX };
}

/// A place that the bounds do not rule out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    /// What it costs at least.
    floor: i64,
    run: usize,
    position: Position,
    /// How well the drives are known of which that was made.
    known: Known,
}

/// A place that was tried. Of equal cost in one run, that with less driving is better, then the earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Tried {
    total: i64,
    drive: i64,
    position: Position,
    run: usize,
}

/// The best place of each run tried so far, best run first.
struct Best {
    most: usize,
    found: Vec<Tried>,
}

impl Best {
    /// Returns what is too dear if it costs more. Of equal cost the order is not decided yet.
    fn limit(&self) -> i64 {
        self.found.get(self.most - 1).map_or(i64::MAX, |last| last.total)
    }

    fn add(&mut self, tried: Tried) {
        match self.found.iter().position(|other| other.run == tried.run) {
            Some(k) if self.found[k] <= tried => return,
            Some(k) => drop(self.found.remove(k)),
            None => {}
        }
        self.found.insert(self.found.partition_point(|other| *other < tried), tried);
    }
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

    /// Puts the trip at one place, the best way that the driver's pauses allow, if it fits there.
    fn at<R>(
        &self,
        call: &Call<'_, S, impl TravelTimes>,
        position: Position,
        take: impl FnOnce(Trial, &Insertion<'_, S>) -> R,
    ) -> Option<R> {
        let Call { request, direct, travel, now } = *call;
        let ahead = Ahead::with_legs(&self.run, self.legs(), now);
        let insertion = Insertion::sparse(&ahead, request, direct, position, travel, now);
        let found = insertion.at(position);
        let overfull =
            !ahead.aboard.iter().all(|a| a.leaves_room(Load::default(), self.run.capability.places));
        if found.is_empty() || overfull || !ahead.in_time(now) {
            return None;
        }
        let trials = found.into_iter().map(|found| Trial::of(&self.run, request, &ahead, found));
        Some(take(trials.min_by_key(|trial| trial.cost.total())?, &insertion))
    }

    /// Gives every place that the bounds do not rule out.
    fn spots<T: TravelTimes>(
        &self,
        call: &Call<'_, S, T>,
        run: usize,
        Look { only, known, limit }: Look,
        drives: &mut Drives<'_, T>,
        mut give: impl FnMut(Spot),
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
        for i in only.map_or(from..to, |only| only.after_in..to.min(only.after_in + 1)) {
            let aboard = points[i].aboard;
            if !aboard.leaves_room(load, places) || !company.is_met_with(aboard) || is_apart(i) {
                continue;
            }
            let Some(there) = drives.way_to_pick_up(points[i].place, known) else { continue };
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
                        Some(j) => drives.way_to_drop_off(points[j].place, known)?,
                    };
                    let begin = leave.saturating_add(there).max(get_out.from.0);
                    let over = begin.saturating_add(dwell_out);
                    if begin > get_out.to.0 || over > points[next].late || there > most {
                        return None;
                    }
                    let back = drives.way_from_drop_off(points[next].place, known)?;
                    let spare = points[next].late.saturating_sub(over).saturating_sub(back);
                    let driving = there.saturating_add(back);
                    (spare >= 0).then_some((driving, spare.min(get_out.to.0.saturating_sub(begin))))
                };
            let mut keep = |added: i64, slack: i64, after_out: usize| {
                let floor = floor_of(&self.run, added, slack, off).total();
                if floor <= limit {
                    give(Spot { floor, run, position: Position { after_in: i, after_out }, known });
                }
            };
            let looked_at = |after_out: usize| only.is_none_or(|only| only.after_out == after_out);
            if looked_at(i)
                && let Some((more, spare)) =
                    set_down(drives, leave, None, i + 1, most.saturating_sub(fetched))
            {
                keep(fetched.saturating_add(more), slack.min(spare), i);
            }
            let last = only.map_or(end, |only| end.min(only.after_out + 1));
            if i + 1 >= last || leave > points[i + 1].late {
                continue;
            }
            let Some(onward) = drives.way_from_pick_up(points[i + 1].place, known) else { continue };
            let fetched = fetched.saturating_add(onward);
            if fetched.saturating_sub(points[i].saved) > most {
                continue;
            }
            leave = leave.saturating_add(onward);
            for (j, node) in points.iter().enumerate().take(last).skip(i + 1) {
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
                if looked_at(j)
                    && company.is_met_with(node.aboard)
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
