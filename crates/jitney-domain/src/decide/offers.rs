//! Agreements with partners, and trips that one partner is asked for before all others: for the next date of a
//! series, on spare places that it posted, or because it comes first in the order of partners.

use jitney_identity::PublicKey;
use rand::Rng;

use super::{Context, coop, originator, trips};
use crate::agreement::Agreement;
use crate::booking::{BookingMessage, Ticket, TicketBody, TicketPhase};
use crate::event::Event;
use crate::refusal::Refusal;
use crate::state::State;
use crate::time::{Minutes, Timestamp};
use crate::{CapacityId, SubscriptionId, TicketId, TripId};

/// Most offers of one partner that await an answer; further ones are passed at once.
pub const OFFERED_MAX: usize = 512;
/// How long after its deadline an offer is still waited for: the answer may be on its way.
const OFFER_GRACE: Minutes = Minutes(5);

/// Notes what was agreed with a partner.
pub(super) fn agree(
    state: &State,
    with: PublicKey,
    agreement: Option<Agreement>,
) -> Result<Vec<Event>, Refusal> {
    if coop(state)?.key == with {
        return Err(Refusal::OurOwnCoop);
    }
    let same = state.agreements.get(&with) == agreement.as_ref();
    Ok(if same { Vec::new() } else { vec![Event::AgreementSet { with, agreement }] })
}

/// Asks one partner to carry a trip.
pub(super) fn offer<R: Rng>(
    state: &State,
    id: TripId,
    to: PublicKey,
    capacity: Option<CapacityId>,
    cx: &mut Context<'_, R>,
) -> Result<Vec<Event>, Refusal> {
    let coop = coop(state)?;
    if coop.key == to {
        return Err(Refusal::OurOwnCoop);
    }
    if state.is_barred(&to) {
        return Err(Refusal::Barred(to));
    }
    let trip = trips::to_give(state, id)?;
    let existing = trip.ticket().and_then(|t| state.tickets.get(&t).map(|row| (t, row)));
    let (ticket, body, opened) = match existing {
        Some((_, row)) if row.phase == TicketPhase::Open && row.offered_to(&to) => return Ok(Vec::new()),
        Some((ticket, row)) if row.phase == TicketPhase::Open => (ticket, row.body.clone(), None),
        Some(_) => return Err(Refusal::TripTaken(id)),
        None => {
            let (ticket, body, event) = originator::open_ticket(state, id, false, cx)?;
            (ticket, body, Some(event))
        }
    };
    let until = answer_by(body.pick_up.window().from, coop.policy.offer_patience, cx.now);
    let before = existing.and_then(|(ticket, row)| take_back(ticket, row, None));
    let offered = Event::TicketOffered { ticket, to, until, capacity };
    Ok(opened.into_iter().chain(before).chain([offered]).collect())
}

/// Takes an offer back, if there is one to anybody but `except`.
pub(super) fn take_back(ticket: TicketId, row: &Ticket, except: Option<PublicKey>) -> Option<Event> {
    let (to, _) = row.offered.filter(|(to, _)| Some(*to) != except)?;
    Some(Event::OfferEnded { ticket, tell: Some(to) })
}

/// An answer may take its time, but not more than half of what is left: somebody else must still be found.
fn answer_by(leaves: Timestamp, patience: Minutes, now: Timestamp) -> Timestamp {
    let half = Minutes(leaves.minutes_since(now).0 / 2);
    now.after(patience.min(half)).max(now.after(Minutes(1)))
}

/// Names the partner to whom each date of a subscription is offered; the node offers them one by one, so that
/// nothing but the trips' own tickets travels.
pub(super) fn series(
    state: &State,
    subscription: SubscriptionId,
    to: Option<PublicKey>,
) -> Result<Vec<Event>, Refusal> {
    let row = state.subscriptions.get(&subscription).ok_or(Refusal::NoSubscription(subscription))?;
    if to == Some(coop(state)?.key) {
        return Err(Refusal::OurOwnCoop);
    }
    if let Some(barred) = to.filter(|to| state.is_barred(to)) {
        return Err(Refusal::Barred(barred));
    }
    let same = row.carried_by == to;
    Ok(if same { Vec::new() } else { vec![Event::SeriesOffered { subscription, to }] })
}

/// A partner asks us before all others.
pub(super) fn offered(
    state: &State,
    from: PublicKey,
    body: TicketBody,
    until: Timestamp,
    capacity: Option<CapacityId>,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let ticket = body.ticket;
    if let Some(known) = state.offered.get(&ticket) {
        return if known.originator == from { Ok(Vec::new()) } else { Err(Refusal::NotTheirs) };
    }
    if state.has_claimed(ticket) {
        return Ok(Vec::new());
    }
    let waiting = state.offered.values().filter(|o| o.originator == from).count();
    if state.is_barred(&from) || waiting >= OFFERED_MAX || body.pick_up.window().to < now || until <= now {
        return Ok(vec![Event::Answered { to: from, message: BookingMessage::Pass { ticket } }]);
    }
    Ok(vec![Event::OfferTaken { originator: from, body, until, capacity }])
}

/// The partner takes its offer back; what we have claimed already is turned down or called off besides.
pub(super) fn rescinded(state: &State, from: PublicKey, ticket: TicketId) -> Vec<Event> {
    let theirs = state.offered.get(&ticket).is_some_and(|offer| offer.originator == from);
    if theirs { vec![Event::OfferGone { ticket }] } else { Vec::new() }
}

/// A dispatcher says that nobody here can carry it.
pub(super) fn pass(state: &State, ticket: TicketId) -> Result<Vec<Event>, Refusal> {
    let row = state.offered.get(&ticket).ok_or(Refusal::NoOffer(ticket))?;
    Ok(vec![Event::OfferPassed { ticket, originator: row.originator }])
}

/// The partner that was asked cannot; everybody else may be asked now.
pub(super) fn passed(state: &State, from: PublicKey, ticket: TicketId) -> Result<Vec<Event>, Refusal> {
    let row = state.tickets.get(&ticket);
    let theirs = row.is_some_and(|t| t.is_live() && t.offered_to(&from));
    Ok(if theirs { vec![Event::OfferEnded { ticket, tell: None }] } else { Vec::new() })
}

/// Returns what has come due: offers that nobody answered, on either side.
pub(super) fn lapse_due(state: &State, now: Timestamp) -> Vec<Event> {
    // Told as well, for what their clock says is not known here.
    let ours = state
        .live_tickets()
        .filter(|(_, t)| t.phase == TicketPhase::Open)
        .filter(|(_, t)| t.offered.is_some_and(|(_, until)| until.after(OFFER_GRACE) <= now))
        .filter_map(|(ticket, row)| take_back(ticket, row, None));
    let theirs = state
        .offered
        .iter()
        .filter(|(_, offer)| offer.until <= now)
        .map(|(ticket, offer)| Event::OfferPassed { ticket: *ticket, originator: offer.originator });
    ours.chain(theirs).collect()
}
