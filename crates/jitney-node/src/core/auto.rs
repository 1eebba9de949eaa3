//! What the node does by itself under the coop's policy: offer what nobody at home can take, claim what a
//! neighbour cannot.

use jitney_domain::member::Consent;
use jitney_domain::trip::Phase;
use jitney_domain::{Actor, ClaimId, Command, Minutes, TicketId, Timestamp, TripId};
use jitney_store::Store;

use super::Core;
use crate::planner::{Planner, plan};

/// How far ahead a trip is offered to partners: an entry lives thirty days at most.
const SHARE_AHEAD: Minutes = Minutes(28 * 24 * 60);

/// Returns the last moment for which trips are offered to partners at present.
pub(crate) fn share_horizon(now: Timestamp) -> Timestamp {
    now.after(SHARE_AHEAD)
}

impl<S: Store> Core<S> {
    /// Looks at what the step has left to be looked at; tells whether anything was done.
    pub(super) fn act_by_itself(&mut self, now: Timestamp) -> bool {
        let mut acted = false;
        for trip in std::mem::take(&mut self.pending.look_at) {
            acted |= self.share_if_unserved(trip, now);
        }
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

    /// Queues trips that have come near enough to be offered to partners since the last look.
    pub(super) fn look_further(&mut self, now: Timestamp) {
        let until = share_horizon(now);
        // After a start, what came near while the node was down is looked at too.
        let from = self.looked_until.min(until);
        let near = |trip: &jitney_domain::trip::Trip| {
            trip.phase == Phase::Requested
                && trip.details.windows.is_some_and(|w| w.pick_up.to > from && w.pick_up.to <= until)
        };
        let trips: Vec<TripId> = self.state.open_trips().filter(|(_, t)| near(t)).map(|(id, _)| id).collect();
        self.pending.look_at.extend(trips);
        self.looked_until = until;
    }

    fn share_if_unserved(&mut self, trip: TripId, now: Timestamp) -> bool {
        let policy_says = self.state.coop().is_some_and(|c| c.policy.share_unserved);
        let has_partners = self.partner_count() > 0;
        let waiting = self.state.trips.get(&trip).is_some_and(|row| match row.phase {
            Phase::Requested => {
                row.details.windows.is_some_and(|w| w.pick_up.to > now && w.pick_up.to <= share_horizon(now))
            }
            Phase::Ticketed(ticket) => self
                .state
                .tickets
                .get(&ticket)
                .is_some_and(|t| !t.shared && t.phase == jitney_domain::booking::TicketPhase::Open),
            _ => false,
        });
        if !(policy_says && has_partners && waiting) {
            return false;
        }
        let planner = self.planner(now);
        let Ok(wanted) = planner.own(trip, ClaimId::from_bytes([0; 16])) else { return false };
        if !planner.candidates(&wanted, None).candidates.is_empty() {
            return false;
        }
        self.command(Actor::System, Command::ShareTrip(trip), now).is_ok_and(|events| !events.is_empty())
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
