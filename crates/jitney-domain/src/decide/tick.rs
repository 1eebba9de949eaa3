//! What happens by the mere passing of time.

use rand::Rng;

use super::{Context, award, capacity, coop, offers, originator, subscriptions};
use crate::booking::{Claim, ClaimPhase, Ended, RefusalReason, Ticket, TicketPhase};
use crate::event::Event;
use crate::outcome::Outcome;
use crate::refusal::Refusal;
use crate::state::State;
use crate::time::{Minutes, Timestamp};
use crate::trip::{Phase, Trip};

/// How long after its deadline an award is still waited for: the confirmation may be on its way.
pub const AWARD_GRACE: Minutes = Minutes(5);

/// Returns what has come due: holds run out, awards lapse, tickets nobody claimed, subscriptions to extend.
pub(super) fn tick<R: Rng>(state: &State, cx: &mut Context<'_, R>) -> Result<Vec<Event>, Refusal> {
    let now = cx.now;
    let mut events = Vec::new();
    for (id, claim) in state.live_claims() {
        if claim_deadline(claim).is_some_and(|due| due <= now) {
            let why = match claim.phase {
                ClaimPhase::Awarded { .. } => Ended::Refused(RefusalReason::DriverSilent),
                _ => Ended::HoldExpired,
            };
            events.push(Event::LiftEnded { claim: id, why });
        }
    }
    for (id, ticket) in state.live_tickets() {
        if ticket_deadline(ticket).is_some_and(|due| due <= now) {
            events.extend(ticket_due(state, id, ticket, now)?);
        }
    }
    let today = now.local(&coop(state)?.zone).date();
    for (id, trip) in state.open_trips() {
        if trip.phase == Phase::WillCall && trip.details.timing.date() < today {
            events.push(Event::TripClosed { trip: id, outcome: Outcome::Cancelled });
        } else if trip_deadline(trip).is_some_and(|due| due <= now) {
            events.push(Event::TripClosed { trip: id, outcome: Outcome::Unmet });
        }
    }
    events.extend(award::all_due(state, now)?);
    events.extend(offers::lapse_due(state, now));
    events.extend(capacity::review(state, cx)?);
    events.extend(subscriptions::extend_all(state, now)?);
    Ok(events)
}

fn ticket_due(
    state: &State,
    id: crate::TicketId,
    ticket: &Ticket,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let mut events = Vec::new();
    let past = ticket.body.pick_up.window().to < now;
    match &ticket.phase {
        TicketPhase::Open if past => {
            events.extend(originator::close(state, id));
            events.push(Event::TripClosed { trip: ticket.trip, outcome: Outcome::Unmet });
        }
        TicketPhase::Awarded(award) => {
            events.push(Event::AwardEnded {
                ticket: id,
                claim: award.claim,
                provider: award.provider,
                reason: Some(RefusalReason::DriverSilent),
                cancelled: true,
            });
            if !past {
                events.extend(originator::next_awards(state, id, ticket, award.claim, now)?);
            }
        }
        _ => {}
    }
    Ok(events)
}

/// Returns when a claim ends by itself if nothing happens.
pub(crate) fn claim_deadline(claim: &Claim) -> Option<Timestamp> {
    match claim.phase {
        ClaimPhase::Held { until } => Some(until),
        ClaimPhase::Awarded { respond_by } => Some(respond_by),
        _ => None,
    }
}

/// Returns when a ticket changes by itself if nothing happens.
pub(crate) fn ticket_deadline(ticket: &Ticket) -> Option<Timestamp> {
    match &ticket.phase {
        TicketPhase::Open => Some(just_after(ticket.body.pick_up.window().to)),
        TicketPhase::Awarded(award) => Some(award.respond_by.after(AWARD_GRACE)),
        _ => None,
    }
}

/// Returns when a trip that nobody has is unmet.
pub(crate) fn trip_deadline(trip: &Trip) -> Option<Timestamp> {
    match (&trip.phase, &trip.details.windows) {
        (Phase::Requested, Some(windows)) => Some(just_after(windows.pick_up.to)),
        _ => None,
    }
}

fn just_after(moment: Timestamp) -> Timestamp {
    Timestamp(moment.0.saturating_add(1))
}
