//! What the node does by itself under the coop's policy: offer what nobody at home can take, claim what a
//! neighbour cannot.

use jitney_domain::member::Consent;
use jitney_domain::{Actor, ClaimId, Command, TicketId, Timestamp};
use jitney_store::Store;

use super::Core;
use crate::planner::{Planner, plan};

impl<S: Store> Core<S> {
    /// Looks at what the step has left to be looked at; tells whether anything was done.
    pub(super) fn act_by_itself(&mut self, now: Timestamp) -> bool {
        let look_at = std::mem::take(&mut self.pending.look_at);
        let mut acted = self.offer_in_time(look_at, now);
        if std::mem::take(&mut self.pending.look_around) {
            let tickets: Vec<TicketId> = self.neighbours.keys().copied().collect();
            for ticket in tickets {
                acted |= self.claim_if_possible(ticket, now);
            }
        }
        acted
    }

    /// Returns a planner over what is known at present.
    pub(crate) fn planner(&self, now: Timestamp) -> Planner<'_> {
        Planner { state: &self.state, vault: &self.vault, travel: &self.settings.travel, now }
    }

    /// Claims a neighbour's ticket for the best of our drivers who has given a standing yes.
    fn claim_if_possible(&mut self, ticket: TicketId, now: Timestamp) -> bool {
        if !self.state.coop().is_some_and(|c| c.policy.claim_for_partners) {
            return false;
        }
        if self.state.live_claims_on(ticket).next().is_some() || self.was_turned_down(ticket) {
            return false;
        }
        let Some(neighbour) = self.neighbours.get(&ticket).cloned() else { return false };
        if self.federation.is_suspended(&neighbour.coop) {
            return false;
        }
        let claim = ClaimId::fresh(&mut self.rng);
        let planner = self.planner(now);
        let Ok(wanted) = planner.foreign(&neighbour.body, claim) else { return false };
        let answer = planner.candidates(&wanted, None);
        let best = answer.candidates.iter().find(|c| self.has_standing_yes(c.run.driver));
        let Some((plan, _)) = best.and_then(|c| plan(c, claim, wanted.date)) else { return false };
        let command =
            Command::ClaimTicket { body: neighbour.body, originator: neighbour.coop, plan, agreed: false };
        self.command(Actor::System, command, now).is_ok()
    }

    fn has_standing_yes(&self, driver: jitney_domain::MemberId) -> bool {
        let member = self.state.members.get(&driver);
        member.and_then(|m| m.driver.as_ref()).is_some_and(|d| d.terms.consent == Consent::Standing)
    }

    /// A ticket on which a claim of ours has ended is not claimed again without a person.
    fn was_turned_down(&self, ticket: TicketId) -> bool {
        self.state.has_claimed(ticket)
    }
}
