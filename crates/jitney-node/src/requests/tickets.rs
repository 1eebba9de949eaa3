//! Answers about tickets that are open to partners.

use jitney_domain::booking::{TicketBody, TicketPhase};
use jitney_domain::{Actor, ClaimId, Command, MemberId, TicketId, Timestamp};
use jitney_store::Store;

use crate::api::{Answer, Fault, FaultKind, Reply, Request};
use crate::core::Core;
use crate::planner::plan;
use crate::view;

impl<S: Store> Core<S> {
    pub(super) fn answer_about_tickets(&mut self, actor: Actor, request: Request, now: Timestamp) -> Answer {
        match request {
            Request::ListTickets => Ok(Reply::Tickets(self.tickets_view(now))),
            Request::ClaimTicket { ticket, driver, agreed } => {
                self.claim_ticket(actor, ticket, driver, agreed, now)
            }
            Request::AwardClaim { ticket, claim } => {
                self.done(actor, Command::AwardClaim { ticket, claim }, now)
            }
            other => Err(Fault::invalid(format!("{other:?} is not about tickets"))),
        }
    }

    fn claim_ticket(
        &mut self,
        actor: Actor,
        ticket: TicketId,
        driver: Option<MemberId>,
        agreed: bool,
        now: Timestamp,
    ) -> Answer {
        let neighbour = self.neighbours.get(&ticket).cloned().ok_or_else(|| {
            Fault::not_found(format!(
                "no neighbour has an open ticket {}; list them with `jitney ticket list`",
                ticket.short()
            ))
        })?;
        if self.federation.is_suspended(&neighbour.coop) {
            return Err(Fault::new(
                FaultKind::Conflict,
                "that coop has signed contradictory entries; agree on nothing new with it until that is cleared up",
            ));
        }
        let claim = ClaimId::fresh(&mut self.rng);
        let planner = self.planner(now);
        let wanted = planner.foreign(&neighbour.body, claim)?;
        let answer = planner.candidates(&wanted, driver);
        let found = answer.candidates.first().and_then(|c| plan(c, claim, wanted.date));
        let Some((plan, _)) = found else {
            let why =
                answer.unable.first().map_or_else(|| "there are no drivers".to_owned(), ToString::to_string);
            return Err(Fault::new(FaultKind::Conflict, format!("none of our drivers can take it: {why}")));
        };
        let command = Command::ClaimTicket { body: neighbour.body, originator: neighbour.coop, plan, agreed };
        self.done(actor, command, now)
    }

    fn tickets_view(&self, now: Timestamp) -> Vec<view::Ticket> {
        let us = self.coop_key();
        let ours = self
            .state
            .live_tickets()
            .filter(|(_, t)| t.shared && t.phase == TicketPhase::Open)
            .map(|(_, t)| (us, &t.body));
        let theirs = self.neighbours.values().map(|n| (n.coop, &n.body));
        let mut tickets: Vec<view::Ticket> =
            ours.chain(theirs).map(|(coop, body)| self.ticket_view(coop, body, now)).collect();
        tickets.sort_by_key(|t| (t.ours, t.pick_up.from, t.ticket));
        tickets
    }

    fn ticket_view(
        &self,
        coop: jitney_identity::PublicKey,
        body: &TicketBody,
        now: Timestamp,
    ) -> view::Ticket {
        let ours = coop == self.coop_key();
        let (from, to) = self.about(body);
        let claimed = self.state.live_claims_on(body.ticket).next().map(|(_, c)| c.number);
        let planner = self.planner(now);
        let wanted = if ours { None } else { planner.foreign(body, ClaimId::from_bytes([0; 16])).ok() };
        let can = match (&wanted, claimed) {
            (Some(wanted), None) => {
                let answer = planner.candidates(wanted, None);
                answer.candidates.iter().map(|c| self.candidate_view(c)).collect()
            }
            _ => Vec::new(),
        };
        view::Ticket {
            ticket: body.ticket,
            coop: self.coop_name(&coop),
            ours,
            pick_up: body.pick_up.window(),
            drop_off: body.drop_off.window(),
            from,
            to,
            metres: jitney_geo::cell_distance(body.from.cell(), body.to.cell()).unwrap_or_default(),
            requirement: body.requirement(),
            claimed,
            can,
        }
    }
}
