//! What a search found, as moves that can be decided on and words that can be read out.

use std::collections::{BTreeMap, BTreeSet};

use jitney_dispatch::day::DayPlan;
use jitney_dispatch::plan::Progress;
use jitney_dispatch::{PlannedStop, RunState};
use jitney_domain::run::{Frame, Leg};
use jitney_domain::{ClaimId, MemberId, Move, Plan, Timestamp, Window};
use jitney_geo::TravelTimes as _;

use super::day::Survey;
use super::{Slot, domain_stops};
use crate::view;

/// A plan for a day: what to show, and what to do if it is agreed to.
#[derive(Debug)]
pub struct Proposal {
    /// For people.
    pub view: view::DayPlan,
    /// In this order.
    pub moves: Vec<Move>,
}

/// A run as it would be.
struct NewRun<'a> {
    /// As it is.
    run: &'a RunState<Slot, ClaimId>,
    /// All its stops as they would be.
    stops: Vec<PlannedStop<ClaimId>>,
    /// Who joins it.
    arriving: BTreeSet<ClaimId>,
}

impl Survey {
    /// Plans the day. `progress` answers which share of the time is used up, as for
    /// [`plan`](jitney_dispatch::plan::plan()).
    pub fn plan(&self, progress: impl FnMut(Progress) -> f64) -> Proposal {
        let plan = self.day.plan(self.budget, progress);
        let as_it_is = || self.runs.iter().map(|run| (&run.state, run.state.stops.as_slice()));
        let as_planned =
            self.runs.iter().zip(&plan.runs).map(|(run, planned)| (&run.state, planned.stops.as_slice()));
        let carry_out = |(run, stops)| self.carried_out(run, stops);
        let mut new: Vec<NewRun<'_>> = as_planned.map(carry_out).collect();
        let (served_before, before) = self.worth(as_it_is());
        let worth = |new: &[NewRun<'_>]| self.worth(new.iter().map(|new| (new.run, new.stops.as_slice())));
        let (mut served_after, mut after) = worth(&new);
        // What the search gained by another order on runs that keep theirs is lost again.
        let worse = (served_after, before) < (served_before, after);
        if worse && !self.mishap {
            new = as_it_is().map(carry_out).collect();
            (served_after, after) = worth(&new);
        }
        let moves: Vec<Move> = new.iter().flat_map(|new| self.moves(new)).collect();
        let minutes = |millis: i64| Timestamp(millis).minutes_since(Timestamp(0));
        Proposal {
            view: view::DayPlan {
                day: self.date,
                trips: self.trips.len().saturating_sub(self.gone.len()),
                served_before,
                served_after,
                driving_before: minutes(before),
                driving_after: minutes(after),
                changes: self.changes(&new),
                unmet: self.unmet(&plan),
                moved: moves.len(),
                applied: false,
            },
            moves,
        }
    }

    fn can_be_planned(&self, claim: ClaimId) -> bool {
        self.trips.contains_key(&claim) && !self.gone.contains(&claim)
    }

    /// Returns a run's stops as they would be, and who joins it. A run that nobody joins keeps its order and
    /// times: those who stay on it are told nothing new.
    fn carried_out<'a>(
        &self,
        run: &'a RunState<Slot, ClaimId>,
        planned: &[PlannedStop<ClaimId>],
    ) -> NewRun<'a> {
        let was: BTreeSet<ClaimId> = run.stops.iter().map(|stop| stop.stop).collect();
        let is: BTreeSet<ClaimId> = planned.iter().map(|stop| stop.stop).collect();
        let arriving: BTreeSet<ClaimId> = is.difference(&was).copied().collect();
        if !arriving.is_empty() {
            return NewRun { run, stops: planned.to_vec(), arriving };
        }
        let stays = |stop: &&PlannedStop<ClaimId>| {
            let over = self.gone.contains(&stop.stop);
            stop.done.is_some() || is.contains(&stop.stop) || !(over || self.can_be_planned(stop.stop))
        };
        NewRun { run, stops: run.stops.iter().filter(stays).cloned().collect(), arriving }
    }

    /// Returns how many of the day's trips runs with these stops carry, and the driving still to be done.
    fn worth<'r>(
        &self,
        runs: impl Iterator<Item = (&'r RunState<Slot, ClaimId>, &'r [PlannedStop<ClaimId>])>,
    ) -> (usize, i64) {
        let ours = |s: &&PlannedStop<ClaimId>| s.leg == Leg::PickUp && self.can_be_planned(s.stop);
        runs.fold((0, 0), |(served, driving), (run, stops)| {
            let carried = stops.iter().filter(ours).count();
            (served + carried, self.driving(run, stops).saturating_add(driving))
        })
    }

    /// Driving still to be done on a run with these stops, in milliseconds.
    fn driving(&self, run: &RunState<Slot, ClaimId>, stops: &[PlannedStop<ClaimId>]) -> i64 {
        let made = stops.iter().rposition(|stop| stop.done.is_some()).map_or(0, |last| last + 1);
        if made == stops.len() {
            return 0;
        }
        let here = made.checked_sub(1).and_then(|last| stops.get(last)).map_or(run.start, |stop| stop.at);
        let places = stops.iter().skip(made).map(|stop| stop.at).chain([run.end]);
        let (_, millis) = places.fold((here, 0i64), |(from, sum), to| {
            let leg = self.travel.travel(from, to).map_or(0, |leg| leg.millis);
            (to, sum.saturating_add(leg))
        });
        millis
    }

    /// Returns one move for each who joins the run: each plan knows those before it.
    fn moves(&self, NewRun { run, stops, arriving }: &NewRun<'_>) -> Vec<Move> {
        let slot = &run.key;
        let (Some(vehicle), Some(block)) = (slot.vehicle, Window::new(slot.block.0, slot.block.1)) else {
            return Vec::new();
        };
        let frame = Frame { driver: slot.driver, vehicle, date: self.date, block };
        let mut moves = Vec::new();
        let mut waiting = arriving.clone();
        // In driving order, not in that of the claims' random names.
        let joining = stops.iter().filter(|s| s.leg == Leg::PickUp && arriving.contains(&s.stop));
        for claim in joining.map(|stop| &stop.stop) {
            waiting.remove(claim);
            let Some(trip) = self.trips.get(claim) else { continue };
            let named = |claim: &ClaimId| match arriving.contains(claim) {
                true => self.anew.get(claim).copied().unwrap_or(*claim),
                false => *claim,
            };
            let there = stops.iter().filter(|stop| !waiting.contains(&stop.stop));
            let there: Vec<_> =
                there.map(|stop| PlannedStop { stop: named(&stop.stop), ..stop.clone() }).collect();
            let plan = Plan { claim: named(claim), frame, stops: domain_stops(&there) };
            moves.push(Move { trip: *trip, plan });
        }
        moves
    }

    /// Returns everything that somebody would have to be told.
    fn changes(&self, new: &[NewRun<'_>]) -> Vec<view::PlanChange> {
        let pick_ups = |stops: &[PlannedStop<ClaimId>], run: &RunState<Slot, ClaimId>| {
            let ours = |s: &&PlannedStop<ClaimId>| s.leg == Leg::PickUp && self.can_be_planned(s.stop);
            let driver = run.key.driver;
            stops.iter().filter(ours).map(|s| (s.stop, (driver, s.planned))).collect::<Vec<_>>()
        };
        let old: BTreeMap<ClaimId, (MemberId, Timestamp)> =
            self.runs.iter().flat_map(|run| pick_ups(&run.state.stops, &run.state)).collect();
        let new: BTreeMap<ClaimId, (MemberId, Timestamp)> =
            new.iter().flat_map(|new| pick_ups(&new.stops, new.run)).collect();
        let who = |(driver, at): (MemberId, Timestamp)| view::Comes {
            driver,
            name: self.drivers.get(&driver).cloned().unwrap_or_default(),
            at,
        };
        let mut changes: Vec<view::PlanChange> = self
            .trips
            .iter()
            .filter(|(claim, _)| old.get(claim) != new.get(claim))
            .map(|(claim, trip)| view::PlanChange {
                trip: *trip,
                from: old.get(claim).copied().map(who),
                to: new.get(claim).copied().map(who),
            })
            .collect();
        changes.sort_by_key(|change| change.trip);
        changes
    }

    fn unmet(&self, plan: &DayPlan<Slot, ClaimId>) -> Vec<view::PlanUnmet> {
        let name = |slot: &Slot| self.drivers.get(&slot.driver).cloned().unwrap_or_default();
        let unmet = plan.unmet.iter().filter_map(|unmet| {
            let would_do = unmet.would_do.iter().map(|r| r.words(name)).collect();
            Some(view::PlanUnmet { trip: *self.trips.get(&unmet.trip)?, promised: unmet.promised, would_do })
        });
        unmet.collect()
    }
}
