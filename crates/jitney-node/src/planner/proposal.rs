//! What a search found, as moves that can be decided on and words that can be read out.

use std::collections::{BTreeMap, BTreeSet};

use jitney_dispatch::day::{DayPlan, DayRun};
use jitney_dispatch::plan::Progress;
use jitney_dispatch::{PlannedStop, RunState};
use jitney_domain::run::{Frame, Leg};
use jitney_domain::{ClaimId, Coordinate, MemberId, Move, Plan, Timestamp, Window};
use jitney_geo::{Spot, TravelTimes as _};

use super::day::Survey;
use super::{Slot, domain_stops};
use crate::api::Fault;
use crate::requests::reasons;
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
    joining: BTreeSet<ClaimId>,
}

impl Survey {
    /// Finds out all drives of the day where that takes asking somebody else, so that the plan knows them. Waits.
    pub fn fetch_drives(&mut self) {
        let mut places: Vec<Coordinate> = self.places().collect();
        places.sort_by_key(|place| Spot::from(*place));
        places.dedup();
        self.travel.fetch(&places);
    }

    /// Plans the day. `progress` answers which share of the time is used up, as for
    /// [`plan`](jitney_dispatch::plan::plan()).
    ///
    /// # Errors
    /// A [`Fault`] if the day cannot be planned.
    pub fn plan(&self, progress: impl FnMut(Progress) -> f64) -> Result<Proposal, Fault> {
        let plan = self.day()?.plan(self.budget, progress);
        let as_it_is = self.runs.iter().map(|run| (run.state.stops.as_slice(), true));
        let as_it_is = self.new_runs(as_it_is.collect());
        let planned = plan.runs.iter().zip(&self.runs).map(|(plan, run)| {
            let to_come = run.state.pauses.iter().filter(|pause| pause.window.to >= self.now);
            (plan.stops.as_slice(), run.state.barred.is_some() || plan.pauses.len() >= to_come.count())
        });
        let mut new = self.new_runs(planned.collect());
        let (served_before, before) = self.worth(&as_it_is);
        let (mut served_after, mut after) = self.worth(&new);
        // What the search gained by another order on runs that keep theirs is lost again.
        let worse = (served_after, before) < (served_before, after);
        if worse && !self.after_mishap() {
            (new, served_after, after) = (as_it_is, served_before, before);
        }
        let moves: Vec<Move> = new.iter().flat_map(|new| self.moves(new)).collect();
        let minutes = |millis: i64| Timestamp(millis).minutes_since(Timestamp(0));
        Ok(Proposal {
            view: view::DayPlan {
                day: self.date,
                trips: self.trips.len().saturating_sub(self.gone.len()),
                served_before,
                served_after,
                driving_before: minutes(before),
                driving_after: minutes(after),
                changes: self.changes(&new),
                unmet: self.unmet(&plan, &new),
                moved: moves.len(),
                applied: false,
            },
            moves,
        })
    }

    fn can_be_planned(&self, claim: ClaimId) -> bool {
        self.trips.contains_key(&claim) && !self.gone.contains(&claim)
    }

    /// Returns the runs as they would be with these stops. A run that nobody joins keeps its order and times: those
    /// who stay on it are told nothing new.
    fn new_runs<'a>(&'a self, planned: Vec<(&[PlannedStop<ClaimId>], bool)>) -> Vec<NewRun<'a>> {
        let joining = self.who_joins(&planned);
        let planned: Vec<_> = planned.into_iter().map(|(stops, _)| stops).collect();
        let joined: BTreeSet<ClaimId> = joining.iter().flatten().copied().collect();
        let somewhere: BTreeSet<ClaimId> = planned.iter().flat_map(|stops| claims(stops)).collect();
        let mut new = Vec::new();
        for ((DayRun { state: run, .. }, planned), joining) in self.runs.iter().zip(planned).zip(joining) {
            let here = claims(planned);
            let stays = |stop: &&PlannedStop<ClaimId>| {
                let leaves = joined.contains(&stop.stop) || !somewhere.contains(&stop.stop);
                let over = self.gone.contains(&stop.stop) || (leaves && self.can_be_planned(stop.stop));
                stop.done.is_some() || here.contains(&stop.stop) || !over
            };
            let stops = match joining.is_empty() {
                true => run.stops.iter().filter(stays).cloned().collect(),
                false => planned.to_vec(),
            };
            new.push(NewRun { run, stops, joining });
        }
        new
    }

    /// Returns who joins each run. Nobody joins one that somebody would leave for nowhere: she still stands there,
    /// and a decision on the run would have to break her promise. Nor one whose driver is left without a break.
    fn who_joins(&self, planned: &[(&[PlannedStop<ClaimId>], bool)]) -> Vec<BTreeSet<ClaimId>> {
        let runs =
            || self.runs.iter().map(|run| &run.state).zip(planned.iter().map(|(stops, _)| claims(stops)));
        let joins = |((run, here), (_, rested)): ((&RunState<_, _>, BTreeSet<ClaimId>), &(_, bool))| {
            if *rested { &here - &claims(&run.stops) } else { BTreeSet::new() }
        };
        let mut joining: Vec<_> = runs().zip(planned).map(joins).collect();
        loop {
            let joined: BTreeSet<ClaimId> = joining.iter().flatten().copied().collect();
            let strands = |(run, here): (&RunState<Slot, ClaimId>, BTreeSet<ClaimId>)| {
                let kept =
                    |claim| here.contains(claim) || joined.contains(claim) || self.gone.contains(claim);
                run.stops.iter().any(|stop| stop.done.is_none() && !kept(&stop.stop))
            };
            let mut refused = runs().zip(&mut joining).filter(|(_, who)| !who.is_empty());
            match refused.find_map(|(run, who)| strands(run).then_some(who)) {
                Some(who) => who.clear(),
                None => break,
            }
        }
        joining
    }

    /// Returns how many of the day's trips runs carry, and the driving still to be done.
    fn worth(&self, runs: &[NewRun<'_>]) -> (usize, i64) {
        let ours = |s: &&PlannedStop<ClaimId>| s.leg == Leg::PickUp && self.can_be_planned(s.stop);
        runs.iter().fold((0, 0), |(served, driving), NewRun { run, stops, .. }| {
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
    fn moves(&self, NewRun { run, stops, joining }: &NewRun<'_>) -> Vec<Move> {
        let slot = &run.key;
        let (Some(vehicle), Some(block)) = (slot.vehicle, Window::new(slot.block.0, slot.block.1)) else {
            return Vec::new();
        };
        let frame = Frame { driver: slot.driver, vehicle, date: self.date, block };
        let mut moves = Vec::new();
        let mut waiting = joining.clone();
        // In driving order, not in that of the claims' random names.
        let pick_ups = stops.iter().filter(|s| s.leg == Leg::PickUp && joining.contains(&s.stop));
        for claim in pick_ups.map(|stop| &stop.stop) {
            waiting.remove(claim);
            let Some(trip) = self.trips.get(claim) else { continue };
            let named = |claim: &ClaimId| match joining.contains(claim) {
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
        let who = |(driver, at): (MemberId, Timestamp), to_be_asked: bool| view::Comes {
            driver,
            name: self.drivers.get(&driver).cloned().unwrap_or_default(),
            at,
            to_be_asked,
        };
        let mut changes: Vec<view::PlanChange> = self
            .trips
            .iter()
            .filter(|(claim, _)| old.get(claim) != new.get(claim))
            .map(|(claim, trip)| {
                let (from, to) = (old.get(claim).copied(), new.get(claim).copied());
                let asked =
                    |(driver, _)| self.ask.contains(&driver) && from.is_none_or(|from| from.0 != driver);
                view::PlanChange {
                    trip: *trip,
                    from: from.map(|from| who(from, false)),
                    to: to.map(|to| who(to, asked(to))),
                }
            })
            .collect();
        changes.sort_by_key(|change| change.trip);
        changes
    }

    /// Returns what nobody would drive, and what would help as far as the search has looked.
    fn unmet(&self, plan: &DayPlan<Slot, ClaimId>, new: &[NewRun<'_>]) -> Vec<view::PlanUnmet> {
        let name = |slot: &Slot| self.drivers.get(&slot.driver).cloned().unwrap_or_default();
        let carried: BTreeSet<ClaimId> = new.iter().flat_map(|new| &new.stops).map(|s| s.stop).collect();
        let alone =
            self.trips.iter().filter(|(claim, _)| self.can_be_planned(**claim) && !carried.contains(claim));
        let mut unmet: Vec<view::PlanUnmet> = alone
            .map(|(claim, trip)| {
                let looked_at = plan.unmet.iter().find(|unmet| unmet.trip == *claim);
                let would_do = looked_at.map(|unmet| unmet.would_do.as_slice()).unwrap_or_default();
                view::PlanUnmet {
                    trip: *trip,
                    promised: self.anew.contains_key(claim),
                    would_do: would_do.iter().map(|one| one.words(name)).collect(),
                    told: would_do.iter().map(|one| reasons::would_do(one, name)).collect(),
                }
            })
            .collect();
        unmet.sort_by_key(|unmet| unmet.trip);
        unmet
    }
}

fn claims(stops: &[PlannedStop<ClaimId>]) -> BTreeSet<ClaimId> {
    stops.iter().map(|stop| stop.stop).collect()
}
