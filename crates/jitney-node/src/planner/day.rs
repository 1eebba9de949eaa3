//! A whole day as the node knows it, planned beside the node's loop.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jitney_dispatch::day::{Day, DayError, DayRun, DayTrip, Incident};
use jitney_dispatch::plan::Budget;
use jitney_dispatch::{Bar, RunState, leaves_room_for_pauses, schedule};
use jitney_domain::booking::{ClaimPhase, Progress as Way};
use jitney_domain::member::{Consent, Role, Wish};
use jitney_domain::trip::{Link, Phase};
use jitney_domain::{ClaimId, Coordinate, MemberId, Outcome, Timestamp, TripId, VehicleId, Window};

use super::{Planner, Slot};
use crate::api::{Fault, Mishap, PlanAsked};
use crate::refusals::of_trip;
use crate::travel::DrivingTimes;
use crate::view::{Fill, Told};

/// Work of the search for each trip of the day: small days are searched through, whatever the machine, and
/// end before the clock; large ones are ended by it.
const WORK_PER_TRIP: u64 = 100_000;

/// Most threads of one search.
const THREADS_MAX: usize = 64;

type Runs = Vec<DayRun<Slot, ClaimId>>;

/// A day as it stands, with all that is needed to plan it and to speak of it: it can leave the node's loop.
#[derive(Debug)]
pub struct Survey {
    pub(super) date: Date,
    pub(super) runs: Runs,
    wanted: Vec<DayTrip<Slot, ClaimId>>,
    incidents: Vec<Incident<Slot, ClaimId>>,
    pub(super) now: Timestamp,
    /// The trips that can be planned, by the names of their claims.
    pub(super) trips: BTreeMap<ClaimId, TripId>,
    /// Those whose rider was not there, and their ways home: over, whatever is planned.
    pub(super) gone: BTreeSet<ClaimId>,
    /// A claim that has ended keeps its name: under which name each trip would be claimed anew.
    pub(super) anew: BTreeMap<ClaimId, ClaimId>,
    pub(super) drivers: BTreeMap<MemberId, String>,
    /// Drivers who have to say yes to what they are given.
    pub(super) ask: BTreeSet<MemberId>,
    pub(super) travel: DrivingTimes,
    pub(super) budget: Budget,
}

impl Survey {
    /// Puts the day together, which asks for all drives between all its places: a search's work, not the loop's.
    ///
    /// # Errors
    /// A [`Fault`] if the day cannot be planned.
    pub(super) fn day(&self) -> Result<Day<Slot, ClaimId>, Fault> {
        let cannot = |e: DayError| {
            Fault::invalid(format!("the day cannot be planned: {e}"))
                .told(Told::new("refusal-day-unplannable"))
        };
        let day = Day::new(self.runs.clone(), self.wanted.clone(), &self.travel, self.now);
        self.incidents
            .iter()
            .fold(day, |day, incident| day?.after(incident, &self.travel, self.now))
            .map_err(cannot)
    }

    /// Returns every place of the day.
    pub(super) fn places(&self) -> impl Iterator<Item = Coordinate> {
        let runs = self.runs.iter().map(|run| &run.state);
        let stops = runs.flat_map(|run| run.stops.iter().map(|stop| stop.at).chain([run.start, run.end]));
        let trips = self.wanted.iter().map(|trip| &trip.request);
        stops.chain(trips.flat_map(|trip| [trip.pick_up, trip.drop_off]))
    }

    /// Tells whether something has gone otherwise: then the day cannot stay as it is.
    pub(super) fn after_mishap(&self) -> bool {
        !self.incidents.is_empty()
    }
}

impl Planner<'_> {
    /// Takes down a day, after a mishap if one is named.
    ///
    /// # Errors
    /// A [`Fault`] if the day cannot be planned or the mishap names what is not there.
    pub(crate) fn survey(
        &self,
        asked: &PlanAsked,
        mut fresh: impl FnMut() -> ClaimId,
        name: impl Fn(MemberId) -> String,
    ) -> Result<Survey, Fault> {
        let date = asked.day;
        let drivers: Vec<MemberId> = self
            .state
            .members
            .iter()
            .filter(|(_, member)| member.roles.contains(&Role::Driver))
            .map(|(driver, _)| *driver)
            .collect();
        let befallen = |run: &RunState<Slot, ClaimId>| match asked.after {
            Some(Mishap::Late { driver, .. } | Mishap::Broken { driver } | Mishap::Ill { driver }) => {
                run.key.driver == driver
            }
            _ => false,
        };
        let runs = drivers.iter().flat_map(|driver| self.driver_runs(*driver, date, None));
        // A run that is late, on which nobody has reported, or whose driver has no time left for a break, is left to
        // the dispatcher as it is.
        let (mut overdue, mut runs): (Vec<_>, Runs) = (Vec::new(), runs.map(DayRun::plain).collect());
        runs.retain(|run| {
            let stays = befallen(&run.state) || self.is_in_time(&run.state);
            if !stays {
                overdue.extend(run.state.stops.iter().map(|stop| stop.stop));
            }
            stays
        });
        one_driver_a_vehicle(&mut runs);
        let (mut trips, mut anew) = (BTreeMap::new(), BTreeMap::new());
        let mut wanted = Vec::new();
        for (trip, row) in self.state.trips_on(date).filter(|(_, trip)| !trip.is_closed()) {
            let standing = row.ticket().and_then(|t| self.state.live_claims_on(t).next());
            let under_way = standing.is_some_and(|(_, claim)| {
                matches!(claim.phase, ClaimPhase::Confirmed { progress, .. } if progress >= Way::EnRoute)
            });
            let award = row.ticket().and_then(|t| self.state.tickets.get(&t)).and_then(|t| t.award());
            // A partner drives it, its driver is on the way, or its run is late: it stays as it is.
            let late = standing.is_some_and(|(claim, _)| overdue.contains(&claim));
            if under_way || late || (award.is_some() && standing.is_none()) {
                continue;
            }
            let claim = standing.map_or_else(&mut fresh, |(claim, _)| claim);
            let Ok(this) = self.own(trip, claim) else { continue };
            if this.pick_up.to < self.now && standing.is_none() {
                continue;
            }
            trips.insert(claim, trip);
            if standing.is_some() {
                anew.insert(claim, fresh());
            }
            wanted.push((this, standing.is_some()));
        }
        let names: BTreeMap<TripId, ClaimId> = trips.iter().map(|(claim, trip)| (*trip, *claim)).collect();
        for run in &mut runs {
            let riders = self.riders_of(run.state.key.driver);
            let rider = |trip: &TripId| self.state.trips.get(trip).map(|t| t.details.rider);
            run.knows = names
                .iter()
                .filter(|(trip, _)| rider(trip).is_some_and(|rider| riders.contains(&rider)))
                .map(|(_, claim)| *claim)
                .collect();
        }
        let slots: Vec<Slot> = runs.iter().map(|run| run.state.key.clone()).collect();
        let trips_of_day: Vec<DayTrip<Slot, ClaimId>> = wanted
            .iter()
            .map(|(this, promised)| {
                let standing: Vec<&Slot> = runs
                    .iter()
                    .filter(|run| run.state.stops.iter().any(|stop| stop.stop == this.claim))
                    .map(|run| &run.state.key)
                    .collect();
                let row = this.trip.and_then(|trip| self.state.trips.get(&trip));
                let linked = match row.and_then(|row| row.link) {
                    Some(Link::Return(other) | Link::Outbound(other)) => names.get(&other).copied(),
                    None => None,
                };
                let wish = |slot: &Slot| self.wish(this.trip, slot.driver);
                // A wish does not take away who comes already: that is for a person to see to.
                let never = |slot: &Slot| wish(slot) == Some(Wish::Never) && !standing.contains(&slot);
                let barred = |slot: &&Slot| self.has_declined(slot.driver, &this.body) || never(slot);
                let preferred = |slot: &&Slot| wish(slot) == Some(Wish::Preferred);
                // Those whom nobody drives yet are called by the names under which they would be.
                let apart = row.into_iter().flat_map(|row| self.trips_apart(row));
                let mut request = this.request();
                request.apart.extend(apart.filter_map(|(trip, _)| names.get(&trip)).copied());
                DayTrip {
                    promised: *promised,
                    locked: row.filter(|row| row.locked).and(standing.first().copied().cloned()),
                    barred: slots.iter().filter(barred).cloned().collect(),
                    preferred: slots.iter().filter(preferred).cloned().collect(),
                    guarded: this.body.never_leave_alone,
                    linked,
                    ..DayTrip::plain(request)
                }
            })
            .collect();
        let asks = |driver: &MemberId| {
            let terms = self.state.members.get(driver).and_then(|member| member.driver.as_ref());
            !asked.agreed && terms.is_none_or(|driver| driver.terms.consent == Consent::Ask)
        };
        let ask = drivers.iter().copied().filter(asks).collect();
        let drivers = drivers.into_iter().map(|driver| (driver, name(driver))).collect();
        let incidents = match asked.after {
            Some(Mishap::NoShow { trip }) if self.is_no_show(trip, date) => Vec::new(),
            Some(Mishap::NoShow { trip }) if asked.apply && names.contains_key(&trip) => {
                return Err(Fault::invalid(format!(
                    "the no-show of trip {trip} is not recorded yet; report it with `jitney drive no-show`, then plan again"
                ))
                .told(of_trip("refusal-no-show-not-noted", trip)));
            }
            ref after => incidents(after.as_ref(), &slots, &names)?,
        };
        let mut gone = BTreeSet::new();
        for trip in &trips_of_day {
            let absent = |claim| incidents.contains(&Incident::NoShow { trip: claim });
            if absent(trip.request.key) || trip.linked.is_some_and(absent) {
                gone.insert(trip.request.key);
            }
        }
        let work = WORK_PER_TRIP.saturating_mul(trips.len() as u64 + 1);
        let threads = asked.threads.clamp(1, THREADS_MAX);
        let budget = Budget { work, threads, seed: asked.seed };
        Ok(Survey {
            date,
            runs,
            wanted: trips_of_day,
            incidents,
            now: self.now,
            trips,
            gone,
            anew,
            drivers,
            ask,
            travel: self.travel.clone(),
            budget,
        })
    }

    /// Tells whether everything that stands on the run can still be driven in time, breaks included.
    fn is_in_time(&self, run: &RunState<Slot, ClaimId>) -> bool {
        run.stops.iter().all(|stop| stop.done.is_some())
            || schedule(run, self.travel, self.now).is_ok()
                && leaves_room_for_pauses(run, self.travel, self.now)
    }

    /// Tells whether it is recorded that the rider was not there: then her time on the run is free already.
    fn is_no_show(&self, trip: TripId, date: Date) -> bool {
        let row = self.state.trips_on(date).find(|(id, _)| *id == trip);
        row.is_some_and(|(_, row)| matches!(row.phase, Phase::Closed(Outcome::NoShow, ..)))
    }

    /// Returns whom the driver has driven before.
    fn riders_of(&self, driver: MemberId) -> BTreeSet<MemberId> {
        let stops = self.state.runs_of(driver).flat_map(|(_, run)| &run.stops);
        let trips = stops.filter_map(|stop| self.state.ticket_of_claim(stop.claim)).map(|(_, t)| t.trip);
        trips.filter_map(|trip| self.state.trips.get(&trip)).map(|trip| trip.details.rider).collect()
    }
}

/// Leaves every vehicle to one driver at a time: to whoever drives it already, else to the first who could.
fn one_driver_a_vehicle(runs: &mut Runs) {
    let mut out: Vec<(Option<VehicleId>, Window)> = Vec::new();
    for run in runs.iter_mut().map(|run| &mut run.state).filter(|run| run.barred.is_none()) {
        let has_it =
            |(vehicle, block): &(_, Window)| *vehicle == run.key.vehicle && block.overlaps(&run.block);
        if run.stops.is_empty() && out.iter().any(has_it) {
            run.barred = Some(Bar::VehicleTaken);
        } else {
            out.push((run.key.vehicle, run.block));
        }
    }
}

/// Returns what happened in the engine's words: a driver's mishap befalls all their runs of the day.
fn incidents(
    mishap: Option<&Mishap>,
    slots: &[Slot],
    names: &BTreeMap<TripId, ClaimId>,
) -> Result<Vec<Incident<Slot, ClaimId>>, Fault> {
    let Some(mishap) = mishap else { return Ok(Vec::new()) };
    if let Mishap::NoShow { trip } = mishap {
        let claim = names.get(trip).ok_or_else(|| {
            Fault::not_found(format!("trip {trip} is not among those of that day that can still be moved"))
                .told(of_trip("refusal-not-movable", *trip))
        })?;
        return Ok(vec![Incident::NoShow { trip: *claim }]);
    }
    let (Mishap::Late { driver, .. } | Mishap::Broken { driver } | Mishap::Ill { driver }) = mishap else {
        return Ok(Vec::new());
    };
    let theirs = slots.iter().filter(|slot| slot.driver == *driver).cloned();
    let incidents: Vec<_> = theirs
        .map(|run| match mishap {
            Mishap::Late { by, .. } => Incident::Late { run, by: *by },
            Mishap::Broken { .. } => Incident::CarBroken { run },
            _ => Incident::DriverIll { run },
        })
        .collect();
    if incidents.is_empty() {
        return Err(Fault::not_found(format!("driver {driver} has no run and no hours on that day"))
            .told(Told::new("refusal-driver-not-out").with("driver", Fill::Member(*driver))));
    }
    Ok(incidents)
}
