//! Rules for our own tickets: the coop that owns the rider decides who carries.

use jitney_identity::PublicKey;
use rand::Rng;

use super::{Context, award, coop, offers, trips};
use crate::agreement::Rate;
use crate::booking::{
    Bid, BidPhase, BookingMessage, Disagreement, Progress, RefusalReason, Ticket, TicketBody, TicketPhase,
};
use crate::event::Event;
use crate::impossible::Hindrance;
use crate::outcome::{Outcome, Statement};
use crate::refusal::Refusal;
use crate::state::State;
use crate::time::Timestamp;
use crate::trip::Phase;
use crate::{ClaimId, TicketId, TripId};

/// Most claims that are kept on one ticket; further ones are turned down at once.
pub const CLAIMS_PER_TICKET_MAX: usize = 64;
/// Longest sealed driver's card that is kept, in base64 characters.
pub const CARD_MAX: usize = 4096;

/// Opens a ticket for a trip that has none.
pub(super) fn open_ticket<R: Rng>(
    state: &State,
    id: TripId,
    shared: bool,
    cx: &mut Context<'_, R>,
) -> Result<(TicketId, TicketBody, Event), Refusal> {
    let trip = trips::to_give(state, id)?;
    match trip.phase {
        Phase::Requested => {}
        Phase::WillCall => return Err(Refusal::NoTimeYet(id)),
        Phase::Ticketed(_) | Phase::Closed(..) => return Err(Refusal::TripTaken(id)),
    }
    let windows = trip.details.windows.ok_or(Refusal::NoTimeYet(id))?;
    if windows.pick_up.to < cx.now {
        return Err(Refusal::InThePast { when: windows.preferred });
    }
    let ticket = TicketId::fresh(cx.rng);
    let body = TicketBody::of(ticket, &trip.details, &windows, &coop(state)?.policy);
    let event = Event::TicketOpened { ticket, trip: id, body: body.clone(), shared };
    Ok((ticket, body, event))
}

/// Offers a trip to partner coops.
pub(super) fn share<R: Rng>(
    state: &State,
    id: TripId,
    cx: &mut Context<'_, R>,
) -> Result<Vec<Event>, Refusal> {
    let trip = trips::to_give(state, id)?;
    match trip.ticket().and_then(|t| state.tickets.get(&t).map(|row| (t, row))) {
        Some((_, Ticket { shared: true, .. })) => Ok(Vec::new()),
        Some((ticket, Ticket { phase: TicketPhase::Open, .. })) => Ok(vec![Event::TicketShared { ticket }]),
        Some(_) => Err(Refusal::TripTaken(id)),
        None => Ok(vec![open_ticket(state, id, true, cx)?.2]),
    }
}

/// On what terms a provider would carry.
pub(super) struct Offer {
    pub hold_until: Timestamp,
    pub pick_up_at: Timestamp,
    pub rate: Option<Rate>,
}

/// A coop, perhaps ourselves, could carry one of our tickets.
pub(super) fn claimed(
    state: &State,
    from: PublicKey,
    id: TicketId,
    claim: ClaimId,
    offer: Offer,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let coop = coop(state)?;
    let turn_down = vec![Event::Answered { to: from, message: BookingMessage::TurnDown { claim } }];
    if let Some((known, _)) = bid_of(state, from, claim)? {
        return if known == id { Ok(Vec::new()) } else { Err(Refusal::NotTheirs) };
    }
    let Some(ticket) = state.tickets.get(&id) else { return Ok(turn_down) };
    let ours = from == coop.key;
    if !ours && ticket.claims.len() >= CLAIMS_PER_TICKET_MAX {
        return Ok(turn_down);
    }
    let Offer { hold_until, pick_up_at, rate } = offer;
    let bid = Bid {
        provider: from,
        hold_until,
        pick_up_at,
        received: now,
        rate,
        phase: BidPhase::Open,
        lapsed: None,
        taken_back: None,
        boarded: None,
    };
    let mut events =
        vec![Event::TicketClaimed { ticket: id, claim, provider: from, hold_until, pick_up_at, rate }];
    let open = matches!(ticket.phase, TicketPhase::Open | TicketPhase::Awarded(_)) && !state.is_barred(&from);
    let asked = ours || ticket.shared || ticket.offered_to(&from);
    if !open || !asked || !ticket.body.pick_up.window().contains(pick_up_at) {
        // Kept, so that the same claim, should it come again, is not taken for a new one.
        events.push(Event::ClaimTurnedDown { ticket: id, claim, provider: from });
        return Ok(events);
    }
    if ticket.phase == TicketPhase::Open {
        let mut after = ticket.clone();
        after.claims.insert(claim, bid);
        events.extend(award::automatic(state, id, &after, now)?);
    }
    Ok(events)
}

/// Returns our ticket that the claim was made on, if the message comes from who made it.
fn bid_of(state: &State, from: PublicKey, claim: ClaimId) -> Result<Option<(TicketId, &Ticket)>, Refusal> {
    let Some((id, ticket)) = state.ticket_of_claim(claim) else { return Ok(None) };
    match ticket.claims.get(&claim) {
        Some(bid) if bid.provider == from => Ok(Some((id, ticket))),
        _ => Err(Refusal::NotTheirs),
    }
}

/// The provider has it in its calendar. Only the live award can be confirmed; anything else is cancelled
/// at once, so that no driver comes for nothing and no late answer overwrites a live booking.
pub(super) fn confirmed(
    state: &State,
    from: PublicKey,
    claim: ClaimId,
    pick_up_at: Timestamp,
    seal_to: PublicKey,
    card: String,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let cancel = vec![Event::Answered { to: from, message: BookingMessage::Cancel { claim } }];
    let Some((id, ticket)) = bid_of(state, from, claim)? else { return Ok(cancel) };
    if ticket.award_of(claim, from).is_none() {
        return Ok(cancel);
    }
    if !matches!(ticket.phase, TicketPhase::Awarded(_)) {
        return Ok(Vec::new());
    }
    if !ticket.body.pick_up.window().contains(pick_up_at) || card.len() > CARD_MAX {
        return turn_back(state, id, ticket, claim, from, now);
    }
    let mut events =
        vec![Event::TicketConfirmed { ticket: id, claim, provider: from, pick_up_at, seal_to, card }];
    events.extend(turn_down_others(id, ticket, Some(claim)));
    events.extend(offers::take_back(id, ticket, Some(from)));
    Ok(events)
}

/// The driver whom the provider confirms cannot show a credential that holds: as if it had refused.
pub(super) fn unfit(
    state: &State,
    from: PublicKey,
    claim: ClaimId,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let award = bid_of(state, from, claim)?.filter(|(_, ticket)| ticket.award_of(claim, from).is_some());
    match award {
        None => Ok(vec![Event::Answered { to: from, message: BookingMessage::Cancel { claim } }]),
        Some((id, ticket)) if matches!(ticket.phase, TicketPhase::Awarded(_)) => {
            turn_back(state, id, ticket, claim, from, now)
        }
        Some(_) => Ok(Vec::new()),
    }
}

/// Ends an award that cannot be confirmed as it is, and gives it to the next in line.
fn turn_back(
    state: &State,
    id: TicketId,
    ticket: &Ticket,
    claim: ClaimId,
    provider: PublicKey,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let reason = Some(RefusalReason::NoLongerQualified);
    let mut events = vec![Event::AwardEnded { ticket: id, claim, provider, reason, cancelled: true }];
    events.extend(next_awards(state, id, ticket, claim, now)?);
    Ok(events)
}

fn turn_down_others(id: TicketId, ticket: &Ticket, except: Option<ClaimId>) -> Vec<Event> {
    ticket
        .claims
        .iter()
        .filter(|(claim, bid)| Some(**claim) != except && bid.phase == BidPhase::Open)
        .map(|(claim, bid)| Event::ClaimTurnedDown { ticket: id, claim: *claim, provider: bid.provider })
        .collect()
}

/// The provider takes its claim back or gives the trip up; the next held claim gets the award.
pub(super) fn given_up(
    state: &State,
    from: PublicKey,
    claim: ClaimId,
    reason: Option<RefusalReason>,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let Some((id, ticket)) = bid_of(state, from, claim)? else { return Ok(Vec::new()) };
    if !(ticket.is_live() && ticket.award_of(claim, from).is_some()) {
        let open = ticket.claims.get(&claim).is_some_and(|bid| bid.phase == BidPhase::Open);
        return Ok(if open { vec![Event::ClaimOver { ticket: id, claim }] } else { Vec::new() });
    }
    let mut events = vec![Event::AwardEnded { ticket: id, claim, provider: from, reason, cancelled: false }];
    events.extend(next_awards(state, id, ticket, claim, now)?);
    Ok(events)
}

/// Returns the awards that follow without asking when the award of `gone` has ended.
pub(super) fn next_awards(
    state: &State,
    id: TicketId,
    ticket: &Ticket,
    gone: ClaimId,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let mut after = ticket.clone();
    after.phase = TicketPhase::Open;
    if let Some(bid) = after.claims.get_mut(&gone) {
        bid.phase = BidPhase::Over;
    }
    award::automatic(state, id, &after, now)
}

/// The trip moves on; what is older than we know changes nothing.
pub(super) fn progressed(
    state: &State,
    from: PublicKey,
    claim: ClaimId,
    progress: Progress,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let Some((id, ticket)) = bid_of(state, from, claim)? else { return Ok(Vec::new()) };
    match &ticket.phase {
        TicketPhase::Confirmed(_, known) if ticket.award_of(claim, from).is_some() => {
            let news = progress > known.progress;
            Ok(if news { vec![Event::ProgressSeen { ticket: id, progress, at }] } else { Vec::new() })
        }
        _ => {
            let bid = ticket.claims.get(&claim);
            let unknowing = bid.is_some_and(|bid| bid.taken_back.is_some() && bid.boarded.is_none());
            let boarded = unknowing && progress == Progress::OnBoard;
            Ok(if boarded { vec![Event::BoardedAnyway { ticket: id, claim, at }] } else { Vec::new() })
        }
    }
}

/// The provider says how it ended; we countersign what follows from what we know. A statement that comes
/// before its confirmation stands for both.
///
/// Nobody knows how a trip ended before its day: who says so does not mean to come, so it goes to somebody else.
pub(super) fn stated(
    state: &State,
    from: PublicKey,
    statement: Statement,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let dispute = |statement: &Statement| {
        let message = BookingMessage::Dispute { claim: statement.claim, why: Disagreement::NotConfirmed };
        vec![Event::Answered { to: from, message }]
    };
    let Some((id, ticket)) = bid_of(state, from, statement.claim)? else { return Ok(dispute(&statement)) };
    if ticket.award_of(statement.claim, from).is_none() || statement.ticket != id {
        return Ok(dispute(&statement));
    }
    match &ticket.phase {
        TicketPhase::Awarded(_) | TicketPhase::Confirmed(..) if now < state.believes_from(ticket) => {
            let reason = Some(RefusalReason::ProviderFailed);
            let mut events = given_up(state, from, statement.claim, reason, now)?;
            events.extend(dispute(&statement));
            Ok(events)
        }
        TicketPhase::Awarded(_) | TicketPhase::Confirmed(..) => {
            let mut events = turn_down_others(id, ticket, Some(statement.claim));
            events.extend(offers::take_back(id, ticket, Some(from)));
            events.push(if provider_may_state(statement.outcome) {
                Event::OutcomeAgreed { ticket: id, provider: from, statement }
            } else {
                let why = Disagreement::RiderSaysOtherwise;
                Event::OutcomeDisputed { ticket: id, provider: from, statement, why }
            });
            Ok(events)
        }
        TicketPhase::Settled(_, known) if *known == statement => {
            Ok(vec![Event::Answered { to: from, message: BookingMessage::Agree { statement } }])
        }
        TicketPhase::Settled(..) | TicketPhase::Disputed(..) => Ok(Vec::new()),
        _ => Ok(dispute(&statement)),
    }
}

fn provider_may_state(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Completed | Outcome::NoShow | Outcome::CancelledAtDoor | Outcome::MissedTrip)
}

/// Ends a ticket: the award is cancelled, open claims are turned down.
pub(super) fn close(state: &State, id: TicketId) -> Vec<Event> {
    let Some(ticket) = state.tickets.get(&id).filter(|t| t.is_live()) else { return Vec::new() };
    let mut events = Vec::new();
    if let Some(award) = ticket.award() {
        events.push(end_award(id, award.claim, award.provider));
    }
    events.extend(turn_down_others(id, ticket, None));
    events.extend(offers::take_back(id, ticket, None));
    events.push(Event::TicketClosed { ticket: id });
    events
}

fn end_award(ticket: TicketId, claim: ClaimId, provider: PublicKey) -> Event {
    Event::AwardEnded { ticket, claim, provider, reason: None, cancelled: true }
}

/// Takes a trip from whoever has it, so that it can go to somebody else.
pub(super) fn unassign(state: &State, id: TripId, now: Timestamp) -> Result<Vec<Event>, Refusal> {
    let trip = trips::open(state, id)?;
    let Some(ticket) = trip.ticket() else { return Ok(Vec::new()) };
    if trips::progress(state, trip, now) >= Progress::OnBoard {
        return Err(Refusal::RiderOnBoard(id));
    }
    if trip.locked {
        return Err(Refusal::Locked(id));
    }
    let mut events = close(state, ticket);
    events.push(Event::TripReopened { trip: id });
    Ok(events)
}

/// A dispatcher says how a trip ended that no driver can report on.
pub(super) fn state_outcome(
    state: &State,
    id: TripId,
    outcome: Outcome,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let trip = trips::open(state, id)?;
    let impossible = |why| Refusal::OutcomeImpossible { trip: id, outcome, why };
    let ticket = trip.ticket().and_then(|t| state.tickets.get(&t));
    let confirmed = ticket.is_some_and(|t| matches!(t.phase, TicketPhase::Confirmed(..)));
    let disputed = ticket.is_some_and(|t| matches!(t.phase, TicketPhase::Disputed(..)));
    match outcome {
        Outcome::Cancelled | Outcome::LateCancelled | Outcome::CancelledAtDoor => {
            return trips::cancel(state, id, false, now);
        }
        Outcome::Completed | Outcome::NoShow if disputed => {}
        Outcome::Completed | Outcome::NoShow => {
            return Err(impossible(Hindrance::DriverReports));
        }
        Outcome::MissedTrip => {
            if trip.details.windows.is_none_or(|w| now <= w.pick_up.to) {
                return Err(impossible(Hindrance::WindowNotOver));
            }
            if trips::progress(state, trip, now) >= Progress::OnBoard {
                return Err(impossible(Hindrance::OnBoard));
            }
        }
        Outcome::TurnedDown | Outcome::Unmet => {}
    }
    if confirmed && outcome != Outcome::MissedTrip {
        return Err(impossible(Hindrance::Confirmed));
    }
    if let (Outcome::Completed | Outcome::NoShow, Some(ticket), Some(row)) = (outcome, trip.ticket(), ticket)
        && let TicketPhase::Disputed(award, theirs) = &row.phase
    {
        // Two people have talked: what they came to is countersigned. A provider that said something else
        // keeps its dispute.
        let statement = Statement { outcome, ..theirs.clone() };
        return Ok(vec![Event::OutcomeAgreed { ticket, provider: award.provider, statement }]);
    }
    let mut events = trip.ticket().map(|t| close(state, t)).unwrap_or_default();
    events.push(Event::TripClosed { trip: id, outcome });
    Ok(events)
}
