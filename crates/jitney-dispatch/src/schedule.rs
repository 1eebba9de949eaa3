//! Times for a stop sequence: whether there are any, and which are kind.

use jitney_domain::{Minutes, Timestamp};
use jitney_geo::TravelTimes;
use thiserror::Error;

use crate::ahead::{Ahead, Heading};
use crate::chain::{Broken, Chain, Span};
use crate::model::{Leg, RunState};
use crate::pauses::rested;

/// Says which promise of a run cannot be kept. Stops are counted from 0 over all stops of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Infeasible {
    /// No road leads to a stop, or from the last one to the end.
    #[error("no road leads to stop {stop}")]
    NoWay {
        /// The stop; the number of stops if it is the end of the run.
        stop: usize,
    },
    /// A stop would be reached after its window.
    #[error("stop {stop} would be reached {by} too late")]
    TooLate {
        /// The stop.
        stop: usize,
        /// By how much.
        by: Minutes,
    },
    /// A rider would sit longer than she may, however the stops are timed.
    #[error("whoever gets out at stop {stop} would ride too long")]
    RideTooLong {
        /// The drop-off.
        stop: usize,
    },
    /// The run would end after the driver's block of time.
    #[error("the run would end {by} too late")]
    HomeTooLate {
        /// By how much.
        by: Minutes,
    },
}

/// Returns a time for every stop of the run, in order, that keeps every window, every longest ride and the
/// driver's block; stops that are history keep the time they were planned for.
///
/// The decision is exact. Among the schedules that keep everything, pick-ups stay as near as can be to what
/// they are planned for (that is what the riders were told), and drop-offs follow as early as they can.
/// Times are whole minutes wherever one lies between what is possible. They leave room for the driver's pauses if any
/// times do. Places on board are not looked at: timing cannot change them.
///
/// # Errors
/// [`Infeasible`] names the first promise that breaks.
pub fn schedule<K, S: Ord>(
    run: &RunState<K, S>,
    travel: &impl TravelTimes,
    now: Timestamp,
) -> Result<Vec<Timestamp>, Infeasible> {
    timed(&Ahead::of(run, travel, now), Heading::AsPlanned, now)
}

/// Tells whether the driver could have every pause that is to come on the run as it stands.
pub fn leaves_room_for_pauses<K, S: Ord>(
    run: &RunState<K, S>,
    travel: &impl TravelTimes,
    now: Timestamp,
) -> bool {
    let ahead = Ahead::of(run, travel, now);
    let chain = ahead.chain(Heading::AsPlanned, now);
    chain.is_ok_and(|chain| !rested(chain, &ahead.gaps(), &ahead.rests).is_empty())
}

/// Returns when each stop of the run would begin if it is driven as fast as the roads allow, late or not:
/// what to tell the riders when [`schedule`] finds that a promise breaks. No pick-up begins before the time
/// that the rider was told. `None` if no road leads to some stop.
pub fn expected<K, S: Ord>(
    run: &RunState<K, S>,
    travel: &impl TravelTimes,
    now: Timestamp,
) -> Option<Vec<Timestamp>> {
    as_fast_as_can_be(&Ahead::of(run, travel, now), Heading::AsPlanned, now)
}

pub(crate) fn timed<S: Ord>(
    ahead: &Ahead<'_, S>,
    heading: Heading,
    now: Timestamp,
) -> Result<Vec<Timestamp>, Infeasible> {
    let made = ahead.history.len();
    let chain = ahead.chain(heading, now).map_err(|node| Infeasible::NoWay { stop: made + node - 1 })?;
    let span = chain.solve().map_err(|broken| explain(broken, made, ahead.stops.len()))?;
    let with_pauses = rested(chain.clone(), &ahead.gaps(), &ahead.rests);
    let (chain, span) = with_pauses.into_iter().next().unwrap_or((chain, span));
    let told = told(ahead, |k| k);
    Ok(with_history(ahead, &settle(&chain, span, &told, None)))
}

pub(crate) fn as_fast_as_can_be<S: Ord>(
    ahead: &Ahead<'_, S>,
    heading: Heading,
    now: Timestamp,
) -> Option<Vec<Timestamp>> {
    let chain = ahead.chain(heading, now).ok()?;
    let planned = |node: usize| {
        let stop = ahead.stops.get(node.checked_sub(1)?)?;
        (stop.leg == Leg::PickUp).then_some(stop.planned.0)
    };
    Some(with_history(ahead, &chain.regardless(planned)))
}

fn explain(broken: Broken, made: usize, stops: usize) -> Infeasible {
    match broken {
        Broken::Ride { drop_off } => Infeasible::RideTooLong { stop: made + drop_off.saturating_sub(1) },
        Broken::Bound { node, by } => {
            let by = Timestamp(by).minutes_since(Timestamp(0));
            if node > stops {
                Infeasible::HomeTooLate { by }
            } else {
                Infeasible::TooLate { stop: made + node.saturating_sub(1), by }
            }
        }
    }
}

fn with_history<S>(ahead: &Ahead<'_, S>, times: &[i64]) -> Vec<Timestamp> {
    let before = ahead.history.iter().map(|stop| stop.planned);
    let after = times.iter().skip(1).take(ahead.stops.len()).map(|t| Timestamp(*t));
    before.chain(after).collect()
}

/// A pick-up and the time it should begin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish {
    pub node: usize,
    pub at: i64,
}

/// A new trip among the stops.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Newcomer {
    /// The node of the pick-up with the rider's wish.
    pub pick_up: Wish,
    /// The node of the drop-off.
    pub drop_off: usize,
    /// Others sit in the vehicle when it comes for her.
    pub others_aboard: bool,
}

/// Returns what the riders still to be picked up were told; `node` says where node `k` of the run is in
/// the chain at hand.
pub(crate) fn told<S>(ahead: &Ahead<'_, S>, node: impl Fn(usize) -> usize) -> Vec<Wish> {
    let pick_ups = ahead.stops.iter().enumerate().filter(|(_, stop)| stop.leg == Leg::PickUp);
    pick_ups.map(|(k, stop)| Wish { node: node(k + 1), at: stop.planned.0 }).collect()
}

/// Chooses one schedule among all that keep every constraint, most important wish first:
///
/// 1. riders who were told a time keep it, or the nearest possible;
/// 2. the newcomer is picked up when she likes, unless others would sit in the vehicle and wait for that;
/// 3. from there to her drop-off everybody gets out as early as can be, and she gets in as late as that
///    allows, so that she waits at home and not in the vehicle;
/// 4. everybody else gets out as early as can be.
pub(crate) fn settle(chain: &Chain, mut span: Span, told: &[Wish], new: Option<Newcomer>) -> Vec<i64> {
    for wish in told {
        let time = span.nearest(wish.node, wish.at);
        span.fix(chain, wish.node, time);
    }
    if let Some(Newcomer { pick_up, drop_off, others_aboard }) = new {
        let node = pick_up.node;
        let wish = span.nearest(node, if others_aboard { span.lo[node] } else { pick_up.at });
        let mut as_wished = span.clone();
        as_wished.fix(chain, node, wish);
        for next in node + 1..=drop_off {
            let time = as_wished.nearest(next, as_wished.lo[next]);
            as_wished.fix(chain, next, time);
            span.fix(chain, next, time);
        }
        let get_in = span.last_whole_minute(node).unwrap_or(wish);
        span.fix(chain, node, get_in);
    }
    for node in 1..span.lo.len() {
        let time = span.nearest(node, span.lo[node]);
        span.fix(chain, node, time);
    }
    span.lo
}
