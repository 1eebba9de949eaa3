//! What dispatchers do besides booking: claim, award, look at the day, keep members and hours.

use jitney_domain::availability::{Hours, Leave};
use jitney_domain::booking::{BidPhase, TicketPhase};
use jitney_domain::trip::{Link, Phase};
use jitney_domain::{ClaimId, Outcome, Role, State, TicketId, TripId};
use jitney_node::api::{Reply, Request};

use super::Workload;
use crate::plant::Plant;
use crate::world::World;

/// A return is never orphaned: the dispatcher's board says so before the rider leaves.
const NO_ORPHAN: &str = "5 a return is never orphaned";

impl Workload {
    pub(super) fn claim_by_hand(&mut self, world: &mut World, at: usize) {
        let Some(Reply::Tickets(tickets)) = self.ask(world, at, Request::ListTickets) else { return };
        let theirs: Vec<TicketId> =
            tickets.iter().filter(|t| !t.ours && t.claimed.is_none()).map(|t| t.ticket).collect();
        let Some(ticket) = self.chance.pick(&theirs) else { return };
        let agreed = self.chance.percent(50);
        self.ask(world, at, Request::ClaimTicket { ticket, driver: None, agreed });
    }

    pub(super) fn award_by_hand(&mut self, world: &mut World, at: usize) {
        let Some(state) = world.state(at) else { return };
        let open = state.live_tickets().filter(|(_, ticket)| ticket.phase == TicketPhase::Open);
        let bids: Vec<(TicketId, ClaimId)> = open
            .flat_map(|(id, ticket)| ticket.claims.iter().map(move |(claim, bid)| (id, *claim, bid.phase)))
            .filter(|(_, _, phase)| *phase == BidPhase::Open)
            .map(|(id, claim, _)| (id, claim))
            .collect();
        if let Some((ticket, claim)) = self.chance.pick(&bids) {
            self.ask(world, at, Request::AwardClaim { ticket, claim });
        }
    }

    pub(super) fn state_outcome(&mut self, world: &mut World, at: usize) {
        let Some(trip) = self.open_trip(world, at, |_| true) else { return };
        let outcomes = [Outcome::MissedTrip, Outcome::TurnedDown, Outcome::Completed, Outcome::NoShow];
        let Some(outcome) = self.chance.pick(&outcomes) else { return };
        self.ask(world, at, Request::StateOutcome { trip, outcome });
    }

    pub(super) fn change_hours(&mut self, world: &mut World, at: usize) {
        let Some(member) = world.state(at).and_then(|state| self.member(state, Role::Driver)) else { return };
        let today = world.now().local(&world.nodes[at].zone).date();
        let Ok(date) = today.checked_add(jiff::Span::new().days(self.chance.between(0, 3))) else { return };
        let request = if self.chance.percent(60) {
            let time = |hour| jiff::civil::time(hour, 0, 0, 0);
            Request::OfferHours { member, date, hours: Hours { from: time(10), to: time(15) } }
        } else {
            Request::TakeLeave { member, leave: Leave { from: date, to: date } }
        };
        self.ask(world, at, request);
    }

    pub(super) fn suspend_or_reinstate(&mut self, world: &mut World, at: usize) {
        let Some(state) = world.state(at) else { return };
        let suspended = state.members.iter().find(|(_, m)| m.suspended).map(|(id, _)| *id);
        let request = match suspended {
            Some(member) => Request::Reinstate(member),
            None => match self.member(state, Role::Driver) {
                Some(member) => Request::Suspend(member),
                None => return,
            },
        };
        self.ask(world, at, request);
    }

    /// Looks at the day, and holds what the board shows against what it must.
    pub(super) fn look_at_board(&mut self, world: &mut World, at: usize) {
        let today = world.now().local(&world.nodes[at].zone).date();
        let Ok(day) = today.checked_add(jiff::Span::new().days(self.chance.between(0, 2))) else { return };
        let Some(Reply::Board(board)) = self.ask(world, at, Request::Board { day: Some(day) }) else {
            return;
        };
        let Some(state) = world.state(at) else { return };
        let orphans: Vec<TripId> =
            state.trips_on(day).map(|(id, _)| id).filter(|id| leaves_an_orphan(state, *id)).collect();
        for id in orphans {
            let shown = board.trips.iter().find(|trip| trip.trip == id);
            let silent = world.plant == Some(Plant::SilentBoard);
            if !silent && shown.is_some_and(|trip| !trip.attention.is_empty()) {
                world.watch.seen.orphans_flagged = world.watch.seen.orphans_flagged.saturating_add(1);
            } else {
                world.violated(at, NO_ORPHAN, format!("trip {id} and the board is silent"));
            }
        }
    }
}

/// Tells whether a trip out is still to come while nobody has been asked for the way home.
fn leaves_an_orphan(state: &State, id: TripId) -> bool {
    let Some(trip) = state.trips.get(&id).filter(|trip| !trip.is_closed()) else { return false };
    let Some(Link::Return(home)) = trip.link else { return false };
    state.trips.get(&home).is_some_and(|home| match &home.phase {
        Phase::Requested => true,
        Phase::Ticketed(ticket) => state.tickets.get(ticket).is_some_and(|t| t.award().is_none()),
        Phase::WillCall | Phase::Closed(..) => false,
    })
}
