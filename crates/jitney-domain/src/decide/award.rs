//! Who gets a ticket: the one that a person chooses, or the best claim by what was agreed.
//!
//! A way out and its way home are one errand: neither half is awarded by itself while nobody is there for the
//! other, so that no rider is set down where nobody fetches them. A person may always decide otherwise.

use std::collections::BTreeSet;

use jitney_identity::PublicKey;

use super::{coop, trips};
use crate::booking::{Bid, BidPhase, Ticket, TicketPhase};
use crate::event::Event;
use crate::outcome::Outcome;
use crate::refusal::Refusal;
use crate::state::{Coop, State};
use crate::time::{Minutes, Timestamp};
use crate::trip::{Link, Phase};
use crate::{ClaimId, TicketId, TripId};

/// A hold must last at least this much longer for an award to make sense.
pub const AWARD_MARGIN: Minutes = Minutes(1);

/// Awards a claim by hand.
pub(super) fn by_hand(
    state: &State,
    id: TicketId,
    claim: ClaimId,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let ticket = state.tickets.get(&id).ok_or(Refusal::NoTicket(id))?;
    if ticket.award().is_some_and(|a| a.claim == claim) {
        return Ok(Vec::new());
    }
    if ticket.phase != TicketPhase::Open {
        return Err(Refusal::TripTaken(ticket.trip));
    }
    trips::to_give(state, ticket.trip)?;
    let bid = ticket.claims.get(&claim).ok_or(Refusal::NoClaim(claim))?;
    if state.is_barred(&bid.provider) {
        return Err(Refusal::Barred(bid.provider));
    }
    if !is_held(bid, now) {
        return Err(Refusal::BidGone(claim));
    }
    Ok(vec![award_to(coop(state)?, id, ticket, claim, bid.provider, now)])
}

fn award_to(
    coop: &Coop,
    id: TicketId,
    ticket: &Ticket,
    claim: ClaimId,
    provider: PublicKey,
    now: Timestamp,
) -> Event {
    let respond_by = now.after(coop.policy.award_patience).min(ticket.body.pick_up.window().to);
    Event::TicketAwarded { ticket: id, claim, provider, respond_by }
}

/// Returns the awards that need no person, now that `ticket` stands as given: its own and, where both halves
/// of a round trip can only be given away together, that of the other half.
pub(super) fn automatic(
    state: &State,
    id: TicketId,
    ticket: &Ticket,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let coop = coop(state)?;
    let Some((claim, bid)) = best(state, coop, ticket, now) else { return Ok(Vec::new()) };
    // Who assigned the trip to a driver of ours has looked at both halves.
    let mate = if bid.provider == coop.key { Mate::Provided } else { mate(state, ticket.trip) };
    let due = |ticket: &Ticket| due_at(state, coop, ticket, now).is_some_and(|due| due <= now);
    let award = |id, ticket: &Ticket, claim, bid: &Bid| award_to(coop, id, ticket, claim, bid.provider, now);
    Ok(match mate {
        Mate::Provided if due(ticket) => vec![award(id, ticket, claim, bid)],
        Mate::Open(other_id, other) if due(ticket) || due(other) => match best(state, coop, other, now) {
            Some((theirs, their_bid)) => {
                vec![award(id, ticket, claim, bid), award(other_id, other, theirs, their_bid)]
            }
            None => Vec::new(),
        },
        Mate::Provided | Mate::Open(..) | Mate::Nobody => Vec::new(),
    })
}

/// Returns the awards that have come due on any ticket.
pub(super) fn all_due(state: &State, now: Timestamp) -> Result<Vec<Event>, Refusal> {
    let mut awarded = BTreeSet::new();
    let mut events = Vec::new();
    for (id, ticket) in state.live_tickets().filter(|(_, t)| t.phase == TicketPhase::Open) {
        for event in automatic(state, id, ticket, now)? {
            if matches!(&event, Event::TicketAwarded { ticket, .. } if awarded.insert(*ticket)) {
                events.push(event);
            }
        }
    }
    Ok(events)
}

/// Tells whether a way out has a claim that waits for somebody to bring the rider home, or the other way round.
pub fn waits_for_other_half(state: &State, ticket: &Ticket, now: Timestamp) -> bool {
    let Some(coop) = state.coop() else { return false };
    let alone = match mate(state, ticket.trip) {
        Mate::Provided => false,
        Mate::Open(_, other) => best(state, coop, other, now).is_none(),
        Mate::Nobody => true,
    };
    alone && ticket.phase == TicketPhase::Open && best(state, coop, ticket, now).is_some()
}

fn is_held(bid: &Bid, now: Timestamp) -> bool {
    bid.phase == BidPhase::Open && bid.hold_until > now.after(AWARD_MARGIN)
}

/// Returns the claims that may be awarded without asking: all of ours, and a partner's that it was offered to
/// or that lies within what was agreed with it. None while the trip is to be given to nobody.
fn eligible<'a>(
    state: &'a State,
    coop: &'a Coop,
    ticket: &'a Ticket,
    now: Timestamp,
) -> impl Iterator<Item = (ClaimId, &'a Bid)> {
    let wanted = state.trips.get(&ticket.trip).is_none_or(|trip| trips::may_be_given(state, trip));
    let allowed = move |bid: &Bid| {
        if !wanted {
            return false;
        }
        if bid.provider == coop.key {
            return true;
        }
        let terms = state.terms_with(&bid.provider);
        let asked = ticket.offered_to(&bid.provider)
            || (terms.award && ticket.body.pick_up.window().to >= now.after(terms.least_notice));
        asked && bid.rate.unwrap_or_default().within(&terms.rate)
    };
    ticket.claims.iter().filter(move |(_, bid)| is_held(bid, now) && allowed(bid)).map(|(id, bid)| (*id, bid))
}

/// Returns the best of the claims that may be awarded without asking: our own, then by the order of partners, of
/// equal ones those that have left no award to lapse before those that have, those that have carried riders of ours
/// before those that have not, then the first that came.
fn best<'a>(
    state: &'a State,
    coop: &'a Coop,
    ticket: &'a Ticket,
    now: Timestamp,
) -> Option<(ClaimId, &'a Bid)> {
    eligible(state, coop, ticket, now).min_by_key(|(claim, bid)| {
        let theirs = bid.provider != coop.key;
        let (rank, record) = (state.terms_with(&bid.provider).rank, state.record_of(&bid.provider));
        (theirs, rank, record.has_lapsed(now), !record.has_carried(), bid.received, *claim)
    })
}

/// Returns from when on the best claim is awarded: others may come while we wait, but not so long that a hold
/// runs out or the pick-up draws near.
fn due_at(state: &State, coop: &Coop, ticket: &Ticket, now: Timestamp) -> Option<Timestamp> {
    let wait = |bid: &Bid| {
        if bid.provider == coop.key || ticket.offered_to(&bid.provider) {
            return bid.received;
        }
        let held = bid.hold_until.before(AWARD_MARGIN.plus(Minutes(1)));
        bid.received.after(coop.policy.award_wait).min(held)
    };
    let first = eligible(state, coop, ticket, now).map(|(_, bid)| wait(bid)).min()?;
    let near = ticket.body.pick_up.window().from.before(coop.policy.award_wait_until);
    Some(first.min(near))
}

/// The other half of a round trip, as far as giving away this half goes.
enum Mate<'a> {
    /// There is none, or somebody has it, or the rider needs it no more, or will call.
    Provided,
    /// Its ticket is open.
    Open(TicketId, &'a Ticket),
    /// Nobody has been found for it.
    Nobody,
}

fn mate(state: &State, trip: TripId) -> Mate<'_> {
    let link = state.trips.get(&trip).and_then(|t| t.link);
    let (Some(Link::Return(other)) | Some(Link::Outbound(other))) = link else { return Mate::Provided };
    let Some(row) = state.trips.get(&other) else { return Mate::Provided };
    match &row.phase {
        Phase::WillCall => Mate::Provided,
        Phase::Requested => Mate::Nobody,
        Phase::Closed(outcome, _) => match (link, outcome) {
            // Who was not brought there need not be fetched; a person knows better.
            (Some(Link::Outbound(_)), outcome) if *outcome != Outcome::Completed => Mate::Nobody,
            _ => Mate::Provided,
        },
        Phase::Ticketed(id) => match state.tickets.get(id) {
            Some(ticket) if ticket.award().is_some() => Mate::Provided,
            Some(ticket) if ticket.phase == TicketPhase::Open => Mate::Open(*id, ticket),
            _ => Mate::Nobody,
        },
    }
}
