//! Trips that change runs together: a planned day, or a day that goes otherwise than planned.

use rand::Rng;

use super::{Context, coop, originator, provider};
use crate::command::{MOVES_MAX, Move};
use crate::event::{Event, Recorded};
use crate::refusal::Refusal;
use crate::run::Stop;
use crate::state::State;

/// Takes every trip from the run it is on, then gives each to its new one.
///
/// All is tried on a copy of the state, so that trips can swap places and the whole is refused where one part
/// of it would be. What a partner drives, or who is on board, is not moved. Every promise is held to as when a
/// single trip is given away: a stop moves only within its window.
pub(super) fn moves<R: Rng>(
    state: &State,
    moves: Vec<Move>,
    agreed: bool,
    cx: &mut Context<'_, R>,
) -> Result<Vec<Event>, Refusal> {
    if moves.len() > MOVES_MAX {
        return Err(Refusal::TooManyMoves(moves.len()));
    }
    if moves.is_empty() {
        return Ok(Vec::new());
    }
    for Move { plan, .. } in &moves {
        let missed = |stop: &&Stop| stop.claim == plan.claim && stop.done.is_none() && stop.planned < cx.now;
        if let Some(stop) = plan.stops.iter().find(missed) {
            return Err(Refusal::PlanPast { planned: stop.planned });
        }
    }
    let us = coop(state)?.key;
    let mut after = state.clone();
    let mut all = Vec::new();
    let mut happen = |after: &mut State, events: Vec<Event>| {
        for event in events {
            after.apply(&Recorded { at: cx.now, by: cx.actor, event: event.clone() });
            all.push(event);
        }
    };
    for Move { trip, .. } in &moves {
        let Some(ticket) = after.trips.get(trip).and_then(|t| t.ticket()) else { continue };
        let award = after.tickets.get(&ticket).and_then(|t| t.award());
        if award.is_some_and(|award| award.provider != us) {
            return Err(Refusal::TripTaken(*trip));
        }
        let ours: Vec<_> = after.live_claims_on(ticket).map(|(claim, _)| claim).collect();
        if ours.is_empty() {
            continue;
        }
        let events = originator::unassign(&after, *trip, cx.now)?;
        happen(&mut after, events);
        // The letter that says so is on its way; that it comes later changes nothing.
        for claim in ours {
            let events = provider::cancelled(&after, us, claim)?;
            happen(&mut after, events);
        }
    }
    for Move { trip, plan } in moves {
        let events = {
            let mut cx = Context { actor: cx.actor, now: cx.now, rng: &mut *cx.rng };
            provider::assign(&after, trip, plan, agreed, &mut cx)?
        };
        happen(&mut after, events);
    }
    Ok(all)
}
