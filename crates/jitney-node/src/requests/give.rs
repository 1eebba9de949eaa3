//! Answers about giving trips to drivers together: one to another driver, two that change places.

use std::collections::BTreeSet;

use jitney_domain::{Actor, ClaimId, MemberId, Move, Refusal, Timestamp, TripId};
use jitney_store::Store;

use crate::api::{Answer, Fault, FaultKind, Give, GiveTo, Reply};
use crate::core::Core;
use crate::planner::{Wanted, plan};
use crate::refusals::of_trip;
use crate::requests::trips::nobody;
use crate::view::{self, Fill, Told};

/// Most trips that are given at once by name, each to another driver: two change places, more are a plan for the day.
const GIVEN_MAX: usize = 2;

impl<S: Store> Core<S> {
    /// Says what it would cost to give these trips to these drivers and, if asked to, gives them: all or none.
    pub(super) fn give_trips(
        &mut self,
        actor: Actor,
        gives: &[Give],
        agreed: bool,
        apply: bool,
        now: Timestamp,
    ) -> Answer {
        let (moves, given) = self.arrange(gives, agreed, now)?;
        if apply {
            self.move_trips(actor, moves, agreed, now)?;
        }
        Ok(Reply::Given(given))
    }

    fn arrange(
        &mut self,
        gives: &[Give],
        agreed: bool,
        now: Timestamp,
    ) -> Result<(Vec<Move>, Vec<view::Given>), Fault> {
        if gives.is_empty() || gives.len() > GIVEN_MAX {
            return Err(Fault::invalid("name one trip or two, or plan the whole day")
                .told(Told::new("refusal-give-one-or-two")));
        }
        let mut wanted: Vec<(TripId, MemberId)> = Vec::new();
        for give in gives {
            if wanted.iter().any(|(trip, _)| *trip == give.trip) {
                let message = format!("trip {} is named twice; name the other one", give.trip);
                return Err(Fault::invalid(message).told(of_trip("refusal-named-twice", give.trip)));
            }
            let to = match give.to {
                GiveTo::Driver(driver) => driver,
                GiveTo::DriverOf(trip) => self.our_driver_of(trip)?.0,
            };
            if wanted.iter().any(|(_, other)| *other == to) {
                let name = self.name(to);
                return Err(Fault::invalid(format!("both would go to {name}; give one, then the other"))
                    .told(Told::new("refusal-both-to-one").with("driver", Fill::Member(to))));
            }
            wanted.push((give.trip, to));
        }
        // All of them leave their runs before any joins another: so can two change places.
        let us = self.coop_key();
        let mut leaving = BTreeSet::new();
        for (trip, to) in &wanted {
            let row = self.state.trips.get(trip).ok_or(Refusal::NoTrip(*trip))?;
            let award = row.ticket().and_then(|t| self.state.tickets.get(&t)).and_then(|t| t.award());
            if award.is_some_and(|award| award.provider != us) {
                return Err(Refusal::TripTaken(*trip).into());
            }
            let Some((driver, claim)) = self.claim_of_ours(*trip) else { continue };
            if row.locked && driver != *to {
                let message = format!("trip {trip} is locked to {}; unlock it first", self.name(driver));
                let told = of_trip("refusal-locked-to", *trip).with("driver", Fill::Member(driver));
                return Err(Fault::new(FaultKind::Conflict, message).told(told));
            }
            if driver == *to {
                let message =
                    format!("trip {trip} is with {} already; choose another driver", self.name(driver));
                let told = of_trip("refusal-already-with", *trip).with("driver", Fill::Member(driver));
                return Err(Fault::invalid(message).told(told));
            }
            leaving.insert(claim);
        }
        let mut moves = Vec::new();
        let mut given = Vec::new();
        for (trip, to) in wanted {
            let claim = ClaimId::fresh(&mut self.rng);
            let planner = self.planner(now);
            let request = Wanted { agreed, ..planner.own(trip, claim)? };
            let answer = planner.candidates_without(&request, Some(to), &leaving);
            let best = answer.candidates.first();
            let Some((best, (plan, _))) = best.and_then(|c| Some((c, plan(c, claim, request.date)?))) else {
                return Err(nobody(trip, Some(to), &answer, None));
            };
            let from = self.claim_of_ours(trip).map(|(driver, claim)| view::Comes {
                driver,
                name: self.name(driver),
                at: self.state.claims.get(&claim).map_or(best.pick_up_at, |claim| claim.pick_up_at),
                to_be_asked: false,
            });
            let shown = self.candidate_view(best);
            given.push(view::Given {
                trip,
                rider: self
                    .state
                    .trips
                    .get(&trip)
                    .map(|row| self.name(row.details.rider))
                    .unwrap_or_default(),
                from,
                to: view::Comes {
                    driver: to,
                    name: shown.name,
                    at: shown.pick_up_at,
                    to_be_asked: shown.ask,
                },
                added: shown.added,
                reasons: shown.reasons,
            });
            moves.push(Move { trip, plan });
        }
        Ok((moves, given))
    }

    /// Returns who of ours drives the trip, and under which claim.
    pub(super) fn claim_of_ours(&self, trip: TripId) -> Option<(MemberId, ClaimId)> {
        let ticket = self.state.trips.get(&trip)?.ticket()?;
        let (id, claim) = self.state.live_claims_on(ticket).next()?;
        self.state.runs.get(&claim.run).map(|run| (run.frame.driver, id))
    }

    fn our_driver_of(&self, trip: TripId) -> Result<(MemberId, ClaimId), Fault> {
        self.state.trips.get(&trip).ok_or(Refusal::NoTrip(trip))?;
        self.claim_of_ours(trip).ok_or_else(|| {
            let message =
                format!("none of our drivers has trip {trip}; give the other trip to a driver by name");
            Fault::new(FaultKind::Conflict, message).told(of_trip("refusal-not-with-us", trip))
        })
    }
}
