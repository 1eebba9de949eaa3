//! Rules for a coop that contradicted itself: nothing new is agreed with it until a person clears it;
//! what was agreed before stands.
//!
//! While a coop is barred there is no claim of its that could be awarded and none of ours on its tickets:
//! they end when it is barred, and none is made after. So no way to an award need ask again.

use jitney_identity::PublicKey;

use super::coop;
use crate::booking::{BidPhase, ClaimPhase, Ended, TicketPhase};
use crate::event::Event;
use crate::refusal::Refusal;
use crate::state::State;

/// Longest reason for clearing a coop, in characters.
pub const WHY_MAX: usize = 200;

/// Ends what is not agreed yet: offers on either side, their open claims, our held ones.
pub(super) fn bar(state: &State, them: PublicKey) -> Result<Vec<Event>, Refusal> {
    // Whoever barred itself could not serve its own riders.
    if them == coop(state)?.key || state.is_barred(&them) {
        return Ok(Vec::new());
    }
    let mut events = vec![Event::CoopBarred { coop: them }];
    for (ticket, row) in state.live_tickets() {
        if row.phase == TicketPhase::Open && row.offered_to(&them) {
            events.push(Event::OfferEnded { ticket, tell: Some(them) });
        }
        let open = row.claims.iter().filter(|(_, bid)| bid.provider == them && bid.phase == BidPhase::Open);
        events.extend(open.map(|(claim, _)| Event::ClaimTurnedDown {
            ticket,
            claim: *claim,
            provider: them,
        }));
    }
    let asked = state.offered.iter().filter(|(_, offer)| offer.originator == them);
    events.extend(asked.map(|(ticket, _)| Event::OfferPassed { ticket: *ticket, originator: them }));
    let held = state
        .live_claims()
        .filter(|(_, claim)| claim.originator == them && matches!(claim.phase, ClaimPhase::Held { .. }));
    events.extend(held.map(|(claim, _)| Event::LiftEnded { claim, why: Ended::Withdrawn }));
    Ok(events)
}

/// Lets new agreements be made again.
pub(super) fn clear(state: &State, them: PublicKey, why: String) -> Result<Vec<Event>, Refusal> {
    if !state.is_barred(&them) {
        return Err(Refusal::NotBarred(them));
    }
    let length = why.trim().chars().count();
    if length == 0 || length > WHY_MAX || why.chars().any(char::is_control) {
        return Err(Refusal::NoReason);
    }
    Ok(vec![Event::CoopCleared { coop: them, why: why.trim().to_owned() }])
}
