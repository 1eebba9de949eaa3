//! Answers about tickets that are open to partners.

use jitney_dispatch::Unable;
use jitney_domain::booking::TicketPhase;
use jitney_domain::{Actor, ClaimId, Command, MemberId, Refusal, TicketId, Timestamp};
use jitney_store::Store;

use super::trips::unable_once;
use crate::api::{Answer, Fault, FaultKind, Reply, Request};
use crate::core::{Core, OpenTicket};
use crate::planner::{Slot, plan};
use crate::view::{self, Fill, Told};

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
            Request::PassTicket(ticket) => self.done(actor, Command::PassOffer(ticket), now),
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
        let open =
            self.open_tickets().into_iter().find(|open| open.body.ticket == ticket).ok_or_else(|| {
                Fault::not_found(format!(
                    "no neighbour has an open ticket {}; list them with `jitney ticket list`",
                    ticket.short()
                ))
                .told(Told::new("refusal-no-open-ticket").with("ticket", Fill::Words(ticket.short())))
            })?;
        if self.state.is_barred(&open.coop) {
            return Err(Refusal::Barred(open.coop).into());
        }
        let claim = ClaimId::fresh(&mut self.rng);
        let planner = self.planner(now);
        let wanted = planner.foreign(&open.body, claim)?;
        let answer = planner.candidates(&wanted, driver);
        let found = answer.candidates.first().and_then(|c| plan(c, claim, wanted.date));
        let Some((plan, _)) = found else {
            let (why, told) = match answer.unable.first() {
                Some(unable) => (unable.to_string(), super::reasons::why(&unable.why)),
                None => ("there are no drivers".to_owned(), Told::new("refusal-no-drivers")),
            };
            return Err(Fault::new(FaultKind::Conflict, format!("none of our drivers can take it: {why}"))
                .told(Told::new("refusal-none-of-ours-can").with("why", told)));
        };
        let command = Command::ClaimTicket { body: open.body, originator: open.coop, plan, agreed };
        self.done(actor, command, now)
    }

    fn tickets_view(&self, now: Timestamp) -> Vec<view::Ticket> {
        let us = self.coop_key();
        let ours =
            self.state.live_tickets().filter(|(_, t)| t.shared && t.phase == TicketPhase::Open).map(
                |(_, t)| OpenTicket { coop: us, body: t.body.clone(), offered_until: None, capacity: None },
            );
        let all = ours.chain(self.open_tickets());
        let mut tickets: Vec<view::Ticket> = all.map(|open| self.ticket_view(&open, now)).collect();
        tickets.sort_by_key(|t| (t.ours, t.pick_up.from, t.ticket));
        tickets
    }

    fn why_nobody(&self, unable: &[Unable<Slot>]) -> Option<view::WhyNobody> {
        let cannot: Vec<Told> = unable_once(unable).into_iter().map(|(_, why)| why).collect();
        let (why, drivers) = most_frequent(&cannot)?;
        Some(view::WhyNobody { why: why.say(self.speaks), drivers, of: cannot.len() })
    }

    fn ticket_view(&self, open: &OpenTicket, now: Timestamp) -> view::Ticket {
        let OpenTicket { coop, body, offered_until, capacity } = open;
        let ours = *coop == self.coop_key();
        let (from, to) = self.about(body);
        let claimed = self.state.live_claims_on(body.ticket).next().map(|(_, c)| c.number);
        let planner = self.planner(now);
        let wanted = if ours { None } else { planner.foreign(body, ClaimId::from_bytes([0; 16])).ok() };
        let (can, why_nobody) = match (&wanted, claimed) {
            (Some(wanted), None) => {
                let answer = planner.candidates(wanted, None);
                let can: Vec<_> = answer.candidates.iter().map(|c| self.candidate_view(c)).collect();
                let why_nobody = if can.is_empty() { self.why_nobody(&answer.unable) } else { None };
                (can, why_nobody)
            }
            _ => (Vec::new(), None),
        };
        view::Ticket {
            ticket: body.ticket,
            coop: self.coop_name(coop),
            offered_until: *offered_until,
            capacity: *capacity,
            ours,
            pick_up: body.pick_up.window(),
            drop_off: body.drop_off.window(),
            from: from.words,
            to: to.words,
            from_at: from.at,
            to_at: to.at,
            metres: jitney_geo::cell_distance(body.from.cell(), body.to.cell()).unwrap_or_default(),
            requirement: body.requirement(),
            claimed,
            claimed_before: !ours && claimed.is_none() && self.state.has_claimed(body.ticket),
            can,
            why_nobody,
        }
    }
}

/// Returns the reason of most drivers, as it was told of the first of them, and of how many it is.
fn most_frequent(cannot: &[Told]) -> Option<(&Told, usize)> {
    let drivers = |of: &Told| cannot.iter().filter(|other| other.key == of.key).count();
    // Backwards, for of equals the last one is returned.
    let first = cannot.iter().rev().max_by_key(|one| drivers(one))?;
    Some((first, drivers(first)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_reasons_the_one_of_most_drivers_is_given() {
        let all: Vec<Told> =
            ["why-no-vehicle", "why-too-far", "why-too-far", "why-busy"].map(Told::new).into();
        assert_eq!(most_frequent(&[]), None);
        assert_eq!(most_frequent(&all), Some((&all[1], 2)));
        assert_eq!(most_frequent(&all[..2]), Some((&all[0], 1)));
    }
}
