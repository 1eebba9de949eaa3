//! When a run could take the trip, if not at the time asked for.

use std::fmt;

use jitney_domain::{Minutes, Timestamp};
use jitney_geo::TravelTimes;
use serde::Serialize;

use crate::ahead::Ahead;
use crate::insertion::Insertion;
use crate::model::{Candidate, RunState, TripRequest, Unable};
use crate::ranking::{best_place, enough_trips, unable_at_any_time};
use crate::reasons::{Why, contradiction};

/// Milliseconds in a minute.
const MINUTE: i64 = 60_000;

/// By how many minutes all times of a trip are moved; negative is earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
#[serde(transparent)]
pub struct Shift(pub i32);

impl Shift {
    /// Returns the shift in milliseconds.
    pub fn millis(self) -> i64 {
        i64::from(self.0) * MINUTE
    }
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes) = (self.0.unsigned_abs() / 60, self.0.unsigned_abs() % 60);
        let way = if self.0 < 0 { "earlier" } else { "later" };
        match (hours, minutes) {
            (0, 0) => write!(f, "at the time asked for"),
            (0, _) => write!(f, "{minutes} min {way}"),
            (_, 0) => write!(f, "{hours} h {way}"),
            _ => write!(f, "{hours} h {minutes} min {way}"),
        }
    }
}

/// A time at which a run could take the trip.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Opening<K, S> {
    /// By how much the rider would have to go earlier or later.
    pub shift: Shift,
    /// The run's best place for the trip then.
    pub candidate: Candidate<K, S>,
}

/// When each run could take the trip.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Openings<K, S> {
    /// Nearest to the time asked for first; of each run the nearest earlier and the nearest later, or the
    /// one that needs no shift.
    pub openings: Vec<Opening<K, S>>,
    /// The runs that could at no time within the bound, in the order of their keys.
    pub unable: Vec<Unable<K>>,
}

/// Answers "when could we take her?": for each run the smallest whole-minute shift of the trip's windows
/// and appointment, earlier and later, at which the run could take it; up to `most` either way.
///
/// Exact: no smaller shift in that direction would do, and each one given does, with every rule kept that
/// [`candidates`](crate::candidates()) keeps. Of shifts that are as near, the cheaper comes first. With rush hours each
/// shift given still does, but a smaller one may be missed: the drives are taken as slow as they are at any time.
pub fn openings<K: Clone + Ord, S: Clone + Ord>(
    runs: &[RunState<K, S>],
    request: &TripRequest<S>,
    travel: &impl TravelTimes,
    now: Timestamp,
    most: Minutes,
) -> Openings<K, S> {
    let mut answer = Openings { openings: Vec::new(), unable: Vec::new() };
    for run in runs {
        match nearest(run, request, travel, now, most) {
            Ok(shifts) => answer.openings.extend(shifts.into_iter().filter_map(|shift| {
                let candidate = best_place(run, &request.moved(shift), travel, now);
                debug_assert!(candidate.is_ok(), "a shift found is a shift that does");
                Some(Opening { shift, candidate: candidate.ok()? })
            })),
            Err(why) => answer.unable.push(Unable { run: run.key.clone(), why }),
        }
    }
    answer.openings.sort_by(|a, b| {
        let by_shift = a.shift.0.unsigned_abs().cmp(&b.shift.0.unsigned_abs());
        let by_cost = by_shift.then(a.candidate.cost.total().cmp(&b.candidate.cost.total()));
        by_cost.then_with(|| a.candidate.run.cmp(&b.candidate.run)).then(a.shift.cmp(&b.shift))
    });
    answer.unable.sort_by(|a, b| a.run.cmp(&b.run));
    answer
}

/// Returns the nearest shifts of one run: none, or the nearest on either side; or why there is none.
fn nearest<K: Clone, S: Clone + Ord>(
    run: &RunState<K, S>,
    request: &TripRequest<S>,
    travel: &impl TravelTimes,
    now: Timestamp,
    most: Minutes,
) -> Result<Vec<Shift>, Why> {
    if let Some(why) = unable_at_any_time(run, request).or_else(|| enough_trips(run)) {
        return Err(why);
    }
    let ahead = Ahead::of(run, travel, now);
    if !ahead.in_time(now) {
        return Err(Why::RunningLate);
    }
    let insertion = Insertion::whenever(&ahead, request, run.capability.places, travel, now);
    let (mut earlier, mut later) = (None::<i64>, None::<i64>);
    for (from, to) in insertion.with_room().flat_map(|p| insertion.shifts(p, most.millis())) {
        let (from, to) =
            (from.div_euclid(MINUTE) + i64::from(from.rem_euclid(MINUTE) > 0), to.div_euclid(MINUTE));
        if from > to {
            continue;
        }
        if from <= 0 && to >= 0 {
            return Ok(vec![Shift(0)]);
        }
        if to < 0 {
            earlier = Some(earlier.map_or(to, |best| best.max(to)));
        } else {
            later = Some(later.map_or(from, |best| best.min(from)));
        }
    }
    let shifts: Vec<Shift> =
        earlier.into_iter().chain(later).filter_map(|by| i32::try_from(by).ok().map(Shift)).collect();
    if shifts.is_empty() {
        // What stands in the way whenever she goes is the better reason.
        let always = contradiction(request, travel, Timestamp(i64::MIN / 2));
        return Err(always.unwrap_or(Why::NoTimeThatDay));
    }
    Ok(shifts)
}
