//! Every run asked, and the able ones put in order.
//!
//! What speaks against a candidate is added up in driving time, the one currency in which a volunteer, a
//! funder and a rider all pay. The constants below are the exchange rates: a minute of driving is worth
//! more than a minute of missing slack, that more than a minute off the rider's wish, and an evenly shared
//! day or a familiar face is worth a detour of some minutes, not of half an hour.

use std::cmp::Ordering;

use jitney_domain::{Metres, Minutes, Timestamp};
use jitney_geo::{TravelTimes, distance};
use serde::Serialize;

use crate::ahead::Ahead;
use crate::insertion::{Found, Insertion, Rules};
use crate::model::{Candidate, Ranking, RunState, TripRequest, Unable};
use crate::reasons::{Reason, Why, contradiction};
use crate::schedule::{Newcomer, Wish, settle, told};

/// Slack from which on more of it is worth nothing: what a lost key or a level crossing takes.
pub const COMFORTABLE_SLACK: Minutes = Minutes(10);

/// What a missing minute of slack costs, in percent of a minute of driving.
pub const SLACK_PERCENT: i64 = 50;

/// What a minute between the rider's preferred pick-up and the planned one costs, in percent of a minute
/// of driving.
pub const PREFERENCE_PERCENT: i64 = 25;

/// What it costs to move by a minute a pick-up that a rider was told, in percent of a minute of driving.
pub const MOVED_PERCENT: i64 = 50;

/// What each trip that the driver has today already costs, as driving time: the next trip goes to another
/// volunteer unless that is a longer detour.
pub const FAIRNESS_PER_TRIP: Minutes = Minutes(3);

/// What it is worth, as driving time, that the driver has driven this rider before.
pub const KNOWN_RIDER: Minutes = Minutes(5);

/// What it is worth, as driving time, that the driver is the one whom the rider has asked for.
pub const PREFERRED: Minutes = Minutes(10);

/// What speaks against a candidate, in milliseconds of driving time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Cost {
    /// The added driving itself.
    pub drive: i64,
    /// Slack missing to [`COMFORTABLE_SLACK`].
    pub risk: i64,
    /// Trips the driver has today already.
    pub fairness: i64,
    /// Negative if the driver knows the rider, or is the one whom she has asked for.
    pub continuity: i64,
    /// Distance in time from the pick-up the rider would like best.
    pub preference: i64,
    /// Pick-ups moved that others were told.
    pub moved: i64,
}

impl Cost {
    /// Returns the sum.
    pub fn total(&self) -> i64 {
        let parts = [self.risk, self.fairness, self.continuity, self.preference, self.moved];
        parts.iter().fold(self.drive, |sum, part| sum.saturating_add(*part))
    }
}

/// Returns every run, able or not: the able ones best first with their best place for the trip, the others
/// with the reason why not.
///
/// The answer depends on nothing but the arguments. Of equal cost, less added driving comes first, then
/// more slack, then the smaller key. A run that can no longer keep what it has promised takes no more trips.
pub fn candidates<K: Clone + Ord, S: Clone + Ord>(
    runs: &[RunState<K, S>],
    request: &TripRequest<S>,
    travel: &impl TravelTimes,
    now: Timestamp,
) -> Ranking<K, S> {
    let mut ranking = Ranking { candidates: Vec::new(), unable: Vec::new() };
    for run in runs {
        match best_place(run, request, travel, now) {
            Ok(candidate) => ranking.candidates.push(candidate),
            Err(why) => ranking.unable.push(Unable { run: run.key.clone(), why }),
        }
    }
    ranking.candidates.sort_by(compare);
    ranking.unable.sort_by(|a, b| a.run.cmp(&b.run));
    ranking
}

/// Puts candidates in the order in which they are given.
pub(crate) fn compare<K: Ord, S>(a: &Candidate<K, S>, b: &Candidate<K, S>) -> Ordering {
    let by_cost = a.cost.total().cmp(&b.cost.total()).then(a.cost.drive.cmp(&b.cost.drive));
    by_cost.then(b.slack.cmp(&a.slack)).then_with(|| a.run.cmp(&b.run))
}

pub(crate) fn best_place<K: Clone, S: Clone + Ord>(
    run: &RunState<K, S>,
    request: &TripRequest<S>,
    travel: &impl TravelTimes,
    now: Timestamp,
) -> Result<Candidate<K, S>, Why> {
    plainly_unable(run, request, now).map_or(Ok(()), Err)?;
    let ahead = Ahead::of(run, travel, now);
    if !ahead.in_time(now) {
        return Err(Why::RunningLate);
    }
    let insertion = Insertion::new(&ahead, request, run.capability.places, travel, now);
    let mut found = insertion.search(Rules::ALL);
    found.sort_by_key(|place| (place.added_millis, place.position));
    let mut best: Option<Trial> = None;
    for place in found {
        // What remains adds at least this much driving, and nothing else can make up for it.
        if best.as_ref().is_some_and(|best| best.cost.total() <= floor(run, place.added_millis).total()) {
            break;
        }
        let trial = Trial::of(run, request, &ahead, place);
        if best.as_ref().is_none_or(|best| trial.cost.total() < best.cost.total()) {
            best = Some(trial);
        }
    }
    match best {
        Some(trial) => Ok(trial.candidate(run, request, &insertion)),
        None => Err(diagnose(run, request, &insertion, travel, now)),
    }
}

/// Returns what rules the run out without looking at the way.
pub(crate) fn plainly_unable<K, S: Ord>(
    run: &RunState<K, S>,
    request: &TripRequest<S>,
    now: Timestamp,
) -> Option<Why> {
    let get_in = request.pick_up_window;
    let at_that_time = || {
        if get_in.to < now {
            return Some(Why::Past);
        }
        let outside = get_in.to < run.block.from || get_in.from > run.block.to || run.block.to < now;
        outside.then_some(Why::NotAvailable)
    };
    unable_at_any_time(run, request).or_else(at_that_time).or_else(|| enough_trips(run))
}

/// Returns what rules the run out whatever the times.
pub(crate) fn unable_at_any_time<K, S: Ord>(run: &RunState<K, S>, request: &TripRequest<S>) -> Option<Why> {
    if let Some(bar) = &run.barred {
        return Some(bar.clone().into());
    }
    if run.stops.iter().any(|stop| stop.stop == request.key) {
        return Some(Why::AlreadyOnThisRun);
    }
    if let Some(missing) = request.requirement.unmet_by(&run.capability) {
        return Some(Why::CannotCarry { mobility: request.requirement.mobility, missing });
    }
    let most = run.radius?;
    let away = distance(run.start, request.pick_up).max(distance(run.start, request.drop_off));
    (away > most).then_some(Why::TooFar { away, most })
}

/// Returns whether the driver has trips enough that day.
pub(crate) fn enough_trips<K, S>(run: &RunState<K, S>) -> Option<Why> {
    let booked = run.booked_today;
    run.max_trips.filter(|most| booked >= *most).map(|most| Why::EnoughTrips { booked, most })
}

/// Finds out which rule stands in the way, by trying without it.
fn diagnose<K: Clone, S: Clone + Ord>(
    run: &RunState<K, S>,
    request: &TripRequest<S>,
    insertion: &Insertion<'_, S>,
    travel: &impl TravelTimes,
    now: Timestamp,
) -> Why {
    if let Some(why) = contradiction(request, travel, now) {
        return why;
    }
    let mut idle = run.clone();
    idle.stops.retain(|stop| stop.done.is_some());
    let ahead = Ahead::of(&idle, travel, now);
    let alone = Insertion::new(&ahead, request, run.capability.places, travel, now);
    if alone.search(Rules { places_on_board: false, ..Rules::ALL }).is_empty() {
        let unrested = Rules { places_on_board: false, pauses: false, ..Rules::ALL };
        return if alone.search(unrested).is_empty() { Why::NotAvailable } else { Why::NoBreak };
    }
    if !insertion.search(Rules { places_on_board: false, ..Rules::ALL }).is_empty() {
        return Why::Full;
    }
    if !insertion.search(Rules { never_alone: false, ..Rules::ALL }).is_empty() {
        return Why::LeftAlone;
    }
    if !insertion.search(Rules { apart: false, ..Rules::ALL }).is_empty() {
        return Why::Apart;
    }
    if !insertion.search(Rules { pauses: false, ..Rules::ALL }).is_empty() {
        return Why::NoBreak;
    }
    if let Some(ride) = insertion.shortest_ride(Rules { own_ride: false, ..Rules::ALL }) {
        return Why::RideTooLong { ride: minutes(ride), most: request.max_ride };
    }
    if !insertion.search(Rules { other_rides: false, ..Rules::ALL }).is_empty() {
        return Why::OthersRideTooLong;
    }
    Why::Busy
}

/// Returns what a place costs at least that adds so many milliseconds of driving.
fn floor<K, S>(run: &RunState<K, S>, added_millis: i64) -> Cost {
    floor_of(run, added_millis, i64::MAX, 0)
}

/// Returns what a place costs at least that adds `drive` driving, leaves at most `slack`, and whose pick-up
/// lies at least `off` from the rider's wish; all in milliseconds.
pub(crate) fn floor_of<K, S>(run: &RunState<K, S>, drive: i64, slack: i64, off: i64) -> Cost {
    Cost { drive, risk: risk(slack), preference: percent(off, PREFERENCE_PERCENT), ..run_cost(run) }
}

fn risk(slack: i64) -> i64 {
    percent(COMFORTABLE_SLACK.millis().saturating_sub(slack).max(0), SLACK_PERCENT)
}

/// Returns what it is worth that rider and driver know each other and that she asked for the driver, in
/// milliseconds of driving time.
pub(crate) fn continuity(knows: bool, preferred: bool) -> i64 {
    let worth = |holds: bool, worth: Minutes| if holds { worth.millis() } else { 0 };
    worth(knows, KNOWN_RIDER) + worth(preferred, PREFERRED)
}

/// The part of the cost that is the same wherever in the run the trip is put.
fn run_cost<K, S>(run: &RunState<K, S>) -> Cost {
    Cost {
        fairness: FAIRNESS_PER_TRIP.millis() * i64::from(run.booked_today),
        continuity: -continuity(run.knows_rider, run.preferred),
        ..Cost::default()
    }
}

fn percent(of: i64, percent: i64) -> i64 {
    of.saturating_mul(percent) / 100
}

/// Whole minutes, rounded up.
fn minutes(millis: i64) -> Minutes {
    Timestamp(millis).minutes_since(Timestamp(0))
}

/// Whole minutes, rounded down.
fn whole_minutes(millis: i64) -> Minutes {
    Minutes(u32::try_from((millis / 60_000).max(0)).unwrap_or(u32::MAX))
}

fn metres(metres: i64) -> Metres {
    Metres(u32::try_from(metres.max(0)).unwrap_or(u32::MAX))
}

fn apart(a: i64, b: i64) -> i64 {
    i64::try_from(a.abs_diff(b)).unwrap_or(i64::MAX)
}

/// A place with its times chosen and its cost added up.
pub(crate) struct Trial {
    place: Found,
    /// When each node begins, in milliseconds.
    times: Vec<i64>,
    /// Milliseconds.
    slack: i64,
    /// Pick-ups moved, and the largest shift in milliseconds.
    moved: (u32, i64),
    pub cost: Cost,
}

impl Trial {
    pub fn of<K, S: Ord>(
        run: &RunState<K, S>,
        request: &TripRequest<S>,
        ahead: &Ahead<'_, S>,
        place: Found,
    ) -> Self {
        let position = place.position;
        let told = told(ahead, |k| position.shifted(k));
        let wish = request.preferred_pick_up.0;
        let get_in = Wish { node: position.pick_up(), at: wish };
        let newcomer = Newcomer {
            pick_up: get_in,
            drop_off: position.drop_off(),
            others_aboard: ahead.aboard[position.after_in].anybody(),
        };
        let times = settle(&place.chain, place.span.clone(), &told, Some(newcomer));
        let slack = slack(&place, &times);
        let shifts: Vec<i64> = told.iter().map(|wish| apart(times[wish.node], wish.at)).collect();
        let off = apart(times[position.pick_up()], wish);
        let cost = Cost {
            drive: place.added_millis,
            risk: risk(slack),
            preference: percent(off, PREFERENCE_PERCENT),
            moved: percent(shifts.iter().fold(0, |a: i64, b| a.saturating_add(*b)), MOVED_PERCENT),
            ..run_cost(run)
        };
        let count = shifts.iter().filter(|shift| **shift > 0).count();
        let moved = (u32::try_from(count).unwrap_or(u32::MAX), shifts.into_iter().max().unwrap_or(0));
        Trial { place, times, slack, moved, cost }
    }

    pub fn candidate<K: Clone, S: Clone + Ord>(
        self,
        run: &RunState<K, S>,
        request: &TripRequest<S>,
        insertion: &Insertion<'_, S>,
    ) -> Candidate<K, S> {
        let position = self.place.position;
        let pick_up_at = Timestamp(self.times[position.pick_up()]);
        let drop_off_at = Timestamp(self.times[position.drop_off()]);
        let (first, last) = request.stops(pick_up_at, drop_off_at);
        let made = insertion.ahead.history.len();
        let mut stops = run.stops.clone();
        for (k, stop) in stops.iter_mut().skip(made).enumerate() {
            stop.planned = Timestamp(self.times[position.shifted(k + 1)]);
        }
        stops.insert(made + position.after_out, last);
        stops.insert(made + position.after_in, first);
        let ride = drop_off_at.minutes_since(pick_up_at.after(request.dwell_pick_up));
        Candidate {
            run: run.key.clone(),
            stops,
            pick_up_at,
            drop_off_at,
            added_drive: minutes(self.place.added_millis),
            added_metres: metres(self.place.added_metres),
            ride,
            slack: whole_minutes(self.slack),
            cost: self.cost,
            reasons: self.reasons(run, request, insertion, ride),
        }
    }

    fn reasons<K, S>(
        &self,
        run: &RunState<K, S>,
        request: &TripRequest<S>,
        insertion: &Insertion<'_, S>,
        ride: Minutes,
    ) -> Vec<Reason> {
        let drive = minutes(self.place.added_millis);
        let way = metres(self.place.added_metres);
        let mut reasons =
            vec![if drive.0 == 0 { Reason::OnTheWay } else { Reason::AddedDriving { drive, way } }];
        let (planned, asked) =
            (Timestamp(self.times[self.place.position.pick_up()]), request.preferred_pick_up);
        reasons.push(match planned.cmp(&asked) {
            Ordering::Equal => Reason::AsAsked,
            Ordering::Less => Reason::Earlier { by: asked.minutes_since(planned) },
            Ordering::Greater => Reason::Later { by: planned.minutes_since(asked) },
        });
        let direct = insertion.direct.map_or(ride, |leg| leg.minutes());
        if ride > direct {
            reasons.push(Reason::LongerRide { ride, by: Minutes(ride.0 - direct.0) });
        }
        if let (pick_ups @ 1.., by) = self.moved {
            reasons.push(Reason::MovesPickUps { pick_ups, by: minutes(by) });
        }
        reasons.push(Reason::Slack { spare: whole_minutes(self.slack) });
        reasons.push(Reason::TripsToday { trips: run.booked_today });
        if run.preferred {
            reasons.push(Reason::Preferred);
        }
        if run.knows_rider {
            reasons.push(Reason::KnowsRider);
        }
        reasons
    }
}

/// Returns how late the run could fall at its most delicate node before a promise breaks, in milliseconds.
/// Later stops give way as far as they can, but a rider's ride is counted from her planned pick-up.
fn slack(place: &Found, times: &[i64]) -> i64 {
    let mut latest = place.span.hi.clone();
    for ride in &place.chain.rides {
        latest[ride.drop_off] = latest[ride.drop_off].min(times[ride.pick_up].saturating_add(ride.most));
    }
    let to_spare = latest.iter().zip(times).skip(1).map(|(latest, time)| latest - time);
    to_spare.min().unwrap_or(0)
}
