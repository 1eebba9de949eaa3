//! The day goes otherwise than planned.

use jitney_domain::{Minutes, Timestamp};
use jitney_geo::TravelTimes;

use super::model::{DayRun, DayTrip};
use super::problem::{Day, DayError};
use crate::model::Leg;
use crate::reasons::Bar;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incident<K, S> {
    /// A run can go on only so much later than now.
    Late {
        /// The run.
        run: K,
        /// How much later.
        by: Minutes,
    },
    /// The rider was not there; her trip is over. A linked way home falls away as well.
    NoShow {
        /// The trip.
        trip: S,
    },
    /// A vehicle has broken down. Who is on board has to be fetched where it stands.
    CarBroken {
        /// The run.
        run: K,
    },
    /// A driver cannot go on; as a broken car.
    DriverIll {
        /// The run.
        run: K,
    },
}

/// How long whoever is stranded can wait to be fetched: as an order of urgency, not as a promise.
const STRANDED: Minutes = Minutes(120);

impl<K: Clone + Ord, S: Clone + Ord> Day<K, S> {
    /// Returns the day after an incident. Planning it tells which promises would change.
    ///
    /// # Errors
    /// As [`Day::new`].
    pub fn after(
        &self,
        incident: &Incident<K, S>,
        travel: &impl TravelTimes,
        now: Timestamp,
    ) -> Result<Self, DayError> {
        let (mut runs, mut trips) = (self.runs.clone(), self.trips.clone());
        match incident {
            Incident::Late { run, by } => {
                if let Some(run) = runs.iter_mut().find(|r| r.state.key == *run) {
                    delay(run, now.after(*by));
                }
            }
            Incident::NoShow { trip } => {
                let gone = trips.iter().find(|t| t.request.key == *trip).and_then(|t| t.linked.clone());
                let over = |key: &S| key == trip || gone.as_ref() == Some(key);
                trips.retain(|t| !over(&t.request.key));
                for run in &mut runs {
                    run.state.stops.retain(|stop| stop.done.is_some() || !over(&stop.stop));
                }
            }
            Incident::CarBroken { run } | Incident::DriverIll { run } => {
                if let Some(run) = runs.iter_mut().find(|r| r.state.key == *run) {
                    strand(run, &mut trips, now);
                }
            }
        }
        let mut day = Day::new(runs, trips, travel, now)?;
        // What was told is told, also where the run that was to come has fallen away.
        let still = |key: &S| day.trips.iter().any(|trip| trip.request.key == *key);
        let before = self.told.iter().filter(|(key, _)| still(key));
        let before: Vec<_> = before.map(|(key, told)| (key.clone(), told.clone())).collect();
        day.told.extend(before);
        Ok(day)
    }
}

/// The vehicle goes on from where it is, but not before `from`.
fn delay<K, S>(run: &mut DayRun<K, S>, from: Timestamp) {
    match run.state.stops.iter_mut().rfind(|stop| stop.done.is_some()) {
        Some(last) => last.done = last.done.max(Some(from)),
        None => run.state.block.from = run.state.block.from.max(from),
    }
}

/// Nobody is driven by this run any more; who is on board waits where the vehicle stands.
fn strand<K, S: Clone + Ord>(run: &mut DayRun<K, S>, trips: &mut [DayTrip<K, S>], now: Timestamp) {
    let here = run.state.stops.iter().rfind(|stop| stop.done.is_some()).map(|stop| stop.at);
    let on_board: Vec<S> = run
        .state
        .stops
        .iter()
        .filter(|stop| stop.leg == Leg::PickUp && stop.done.is_some())
        .filter(|stop| {
            let out = |o: &&crate::model::PlannedStop<S>| o.stop == stop.stop && o.leg == Leg::DropOff;
            run.state.stops.iter().find(out).is_some_and(|out| out.done.is_none())
        })
        .map(|stop| stop.stop.clone())
        .collect();
    for trip in trips.iter_mut() {
        if on_board.contains(&trip.request.key)
            && let Some(here) = here
        {
            let request = &mut trip.request;
            request.pick_up = here;
            request.pick_up_window = jitney_domain::Window { from: now, to: now.after(STRANDED) };
            request.preferred_pick_up = now;
            request.drop_off_window.to = request.drop_off_window.to.max(now.after(STRANDED));
        }
        if run.state.stops.iter().any(|s| s.stop == trip.request.key && s.done.is_none()) {
            trip.promised = true;
        }
    }
    let known = |key: &S| trips.iter().any(|t| t.request.key == *key);
    run.state.stops.retain(|stop| {
        let riding = on_board.contains(&stop.stop);
        (stop.done.is_some() && !riding) || (!known(&stop.stop) && stop.done.is_none())
    });
    run.state.barred = Some(Bar::Closed);
}
