//! What must leave the node because of an event, once the event is durable.

use jitney_identity::PublicKey;

use crate::booking::{BookingMessage, CapacityBody, Ended, TicketBody, TicketPhase};
use crate::event::Event;
use crate::state::State;
use crate::{CapacityId, ClaimId, MemberId, TicketId, TripId};

/// Something to let out.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Send a message to a coop (perhaps ourselves).
    Send {
        /// To whom.
        to: PublicKey,
        /// What.
        message: BookingMessage,
    },
    /// Confirm a claim: the node adds the driver's credential and the sealed card.
    Confirm {
        /// To whom.
        to: PublicKey,
        /// Which claim.
        claim: ClaimId,
    },
    /// Seal the rider's details of a trip to the driver and send them.
    SendDetails {
        /// To whom.
        to: PublicKey,
        /// Under which claim.
        claim: ClaimId,
        /// Of which trip.
        trip: TripId,
        /// For whose eyes.
        seal_to: PublicKey,
    },
    /// Gossip a ticket.
    PublishTicket(TicketBody),
    /// Gossip that a ticket is gone.
    PublishTicketClosed(TicketId),
    /// Gossip that a run has places to spare.
    PublishCapacity(CapacityBody),
    /// Gossip that it has not any more.
    PublishCapacityWithdrawn(CapacityId),
    /// Issue a new membership credential.
    IssueCredential(MemberId),
}

/// Returns what must leave because of `event`, given the state after the decision it belongs to.
pub fn effects(state: &State, event: &Event) -> Vec<Effect> {
    let send = |to: PublicKey, message: BookingMessage| vec![Effect::Send { to, message }];
    match event {
        Event::KeyEnrolled { member, .. } => vec![Effect::IssueCredential(*member)],
        Event::VettingRecorded { member, .. } | Event::RoleAdded { member, .. } => {
            let enrolled = state.members.get(member).is_some_and(|m| m.key.is_some());
            if enrolled { vec![Effect::IssueCredential(*member)] } else { Vec::new() }
        }
        Event::TicketOpened { body, shared: true, .. } => vec![Effect::PublishTicket(body.clone())],
        Event::TicketShared { ticket } => {
            state.tickets.get(ticket).map(|t| Effect::PublishTicket(t.body.clone())).into_iter().collect()
        }
        Event::TicketClosed { ticket } | Event::OutcomeAgreed { ticket, .. } => {
            let mut out = Vec::new();
            if state.tickets.get(ticket).is_some_and(|t| t.shared) {
                out.push(Effect::PublishTicketClosed(*ticket));
            }
            if let Event::OutcomeAgreed { provider, statement, .. } = event {
                let message = BookingMessage::Agree { statement: statement.clone() };
                out.push(Effect::Send { to: *provider, message });
            }
            out
        }
        Event::ClaimTurnedDown { claim, provider, .. } => {
            send(*provider, BookingMessage::TurnDown { claim: *claim })
        }
        Event::TicketAwarded { ticket, claim, provider, respond_by } => {
            send(*provider, BookingMessage::Award { ticket: *ticket, claim: *claim, respond_by: *respond_by })
        }
        Event::AwardEnded { ticket, claim, provider, cancelled, .. } => {
            let cancel = || Effect::Send { to: *provider, message: BookingMessage::Cancel { claim: *claim } };
            cancelled.then(cancel).into_iter().chain(reopened(state, *ticket)).collect()
        }
        Event::TicketConfirmed { ticket, claim, provider, seal_to, .. } => state
            .tickets
            .get(ticket)
            .map(|t| Effect::SendDetails { to: *provider, claim: *claim, trip: t.trip, seal_to: *seal_to })
            .into_iter()
            .collect(),
        Event::OutcomeDisputed { provider, statement, why, .. } => {
            send(*provider, BookingMessage::Dispute { claim: statement.claim, why: *why })
        }
        Event::TicketOffered { ticket, to, until, capacity } => {
            let body = state.tickets.get(ticket).map(|t| Box::new(t.body.clone()));
            body.map(|ticket| Effect::Send {
                to: *to,
                message: BookingMessage::Offer { ticket, until: *until, capacity: *capacity },
            })
            .into_iter()
            .collect()
        }
        Event::OfferEnded { ticket, tell: Some(partner) } => {
            send(*partner, BookingMessage::Rescind { ticket: *ticket })
        }
        Event::OfferPassed { ticket, originator } => {
            send(*originator, BookingMessage::Pass { ticket: *ticket })
        }
        Event::CapacityPosted { body, .. } => vec![Effect::PublishCapacity(body.clone())],
        Event::CapacityWithdrawn { capacity } => vec![Effect::PublishCapacityWithdrawn(*capacity)],
        Event::HoldPlaced { claim, body, originator, until, pick_up_at, rate, .. } => send(
            *originator,
            BookingMessage::Claim {
                ticket: body.ticket,
                claim: *claim,
                hold_until: *until,
                pick_up_at: *pick_up_at,
                rate: *rate,
            },
        ),
        Event::LiftConfirmed { claim } => {
            to_originator(state, *claim, |to| Effect::Confirm { to, claim: *claim })
        }
        Event::LiftProgressed { claim, progress, at } => to_originator(state, *claim, |to| Effect::Send {
            to,
            message: BookingMessage::Status { claim: *claim, progress: *progress, at: *at },
        }),
        Event::OutcomeStated { claim, statement } => to_originator(state, *claim, |to| Effect::Send {
            to,
            message: BookingMessage::State { statement: statement.clone() },
        }),
        Event::LiftEnded { claim, why } => lift_ended(state, *claim, *why),
        Event::Answered { to, message } => send(*to, message.clone()),
        _ => Vec::new(),
    }
}

/// Partners whose claims were turned down hear of a shared ticket again when nobody has it any more.
fn reopened(state: &State, ticket: TicketId) -> Option<Effect> {
    let row = state.tickets.get(&ticket)?;
    (row.shared && row.phase == TicketPhase::Open).then(|| Effect::PublishTicket(row.body.clone()))
}

fn to_originator(state: &State, claim: ClaimId, effect: impl FnOnce(PublicKey) -> Effect) -> Vec<Effect> {
    state.claims.get(&claim).map(|c| effect(c.originator)).into_iter().collect()
}

fn lift_ended(state: &State, claim: ClaimId, why: Ended) -> Vec<Effect> {
    let message = match why {
        Ended::HoldExpired | Ended::Withdrawn => BookingMessage::Withdraw { claim },
        Ended::Refused(reason) => BookingMessage::Refuse { claim, reason },
        Ended::TurnedDown | Ended::Cancelled => return Vec::new(),
    };
    to_originator(state, claim, |to| Effect::Send { to, message })
}
