//! What the node does by itself under the coop's policy: offer what nobody at home can take, claim what a
//! neighbour cannot.

use jitney_domain::booking::TicketBody;
use jitney_domain::member::Consent;
use jitney_domain::trip::Phase;
use jitney_domain::{Actor, CapacityId, ClaimId, Command, Minutes, Timestamp, TripId};
use jitney_identity::PublicKey;
use jitney_store::Store;

use super::{Core, share_horizon};
use crate::planner::{Planner, plan};

/// After how long a partner's ticket is looked at once more although nothing is known to have changed.
const LOOK_AGAIN: Minutes = Minutes(15);

/// How soon they are looked at after a claim of ours was answered or ended, in milliseconds: a partner may answer many,
/// letter by letter, and each look is at all of them.
const LOOK_SOON_MS: i64 = 2_000;

/// A partner's ticket that we may claim.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OpenTicket {
    /// Whose.
    pub coop: PublicKey,
    /// What is known of it.
    pub body: TicketBody,
    /// Until when we alone are asked, if it is not open to all.
    pub offered_until: Option<Timestamp>,
    /// The spare places of ours that it is meant for.
    pub capacity: Option<CapacityId>,
}

/// A look at who could take a neighbour's ticket.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// When.
    at: Timestamp,
    /// How much had changed at home until then.
    revision: u64,
}

impl Look {
    /// Tells whether this look can find no more than that earlier one: time that passes makes nobody free, but a
    /// server may have found a quicker way meanwhile.
    fn finds_no_more_than(&self, earlier: &Look) -> bool {
        let soon = self.at >= earlier.at && self.at <= earlier.at.after(LOOK_AGAIN);
        soon && self.revision == earlier.revision
    }
}

impl<S: Store> Core<S> {
    /// Returns all tickets of partners that we may claim: those open to all and those offered to us.
    pub(crate) fn open_tickets(&self) -> Vec<OpenTicket> {
        let shared = self.neighbours.values().map(|n| OpenTicket {
            coop: n.coop,
            body: n.body.clone(),
            offered_until: None,
            capacity: None,
        });
        let offered = self.state.offered.values().map(|o| OpenTicket {
            coop: o.originator,
            body: o.body.clone(),
            offered_until: Some(o.until),
            capacity: o.capacity,
        });
        let gossiped = |open: &OpenTicket| self.neighbours.contains_key(&open.body.ticket);
        shared.chain(offered.filter(|open| !gossiped(open))).collect()
    }

    /// Looks at what the step has left to be looked at; tells whether anything was done.
    pub(super) fn act_by_itself(&mut self, now: Timestamp) -> bool {
        let look_at = std::mem::take(&mut self.pending.look_at);
        let mut acted = self.offer_in_time(look_at, now);
        if std::mem::take(&mut self.pending.look_soon) {
            self.look_at.get_or_insert(Timestamp(now.0.saturating_add(LOOK_SOON_MS)));
        }
        if std::mem::take(&mut self.pending.look_around) {
            let before = std::mem::take(&mut self.looked_in_vain);
            for open in self.open_tickets() {
                let ticket = open.body.ticket;
                let look = Look { at: now, revision: self.revision };
                match before.get(&ticket) {
                    Some(earlier) if look.finds_no_more_than(earlier) => {
                        self.looked_in_vain.insert(ticket, *earlier);
                    }
                    _ if self.claim_if_possible(&open, now) => acted = true,
                    _ => {}
                }
            }
        }
        acted
    }

    /// Returns a planner over what is known at present.
    pub(crate) fn planner(&self, now: Timestamp) -> Planner<'_> {
        Planner { state: &self.state, vault: &self.vault, travel: &self.settings.travel, now }
    }

    /// Claims a neighbour's ticket, gossiped or offered to us, for the best of our drivers who need not be asked.
    fn claim_if_possible(&mut self, open: &OpenTicket, now: Timestamp) -> bool {
        let ticket = open.body.ticket;
        let terms = self.state.terms_with(&open.coop);
        let notice = open.body.pick_up.window().to >= now.after(terms.least_notice);
        // Who posts spare places has said yes to whoever asks for one.
        let posted = open.capacity.and_then(|capacity| self.state.capacities.get(&capacity));
        let driver = posted.and_then(|c| self.state.runs.get(&c.run)).map(|run| run.frame.driver);
        if driver.is_none() && !(terms.claim && notice && self.state.record_of(&open.coop).may_wait(now)) {
            return false;
        }
        // Where a claim of ours has ended, another takes a person.
        if self.state.live_claims_on(ticket).next().is_some() || self.state.has_claimed(ticket) {
            return false;
        }
        if self.state.is_barred(&open.coop) {
            return false;
        }
        let claim = ClaimId::fresh(&mut self.rng);
        let planner = self.planner(now);
        let Ok(wanted) = planner.foreign(&open.body, claim) else { return false };
        // Others would have to be asked: they are not even looked at.
        let who = |asked| driver.map_or_else(|| self.has_standing_yes(asked), |driver| asked == driver);
        let answer = planner.candidates_among(&wanted, who);
        let near = |detour| terms.max_detour.is_none_or(|most| detour <= most);
        let best = answer.candidates.iter().find(|c| driver.is_some() || near(c.added_drive));
        let Some((plan, _)) = best.and_then(|c| plan(c, claim, wanted.date)) else {
            self.looked_in_vain.insert(ticket, Look { at: now, revision: self.revision });
            return false;
        };
        let command =
            Command::ClaimTicket { body: open.body.clone(), originator: open.coop, plan, agreed: false };
        self.command(Actor::System, command, now).is_ok()
    }

    /// Offers a date of a subscription to the partner that carries the series; tells whether there is one.
    pub(super) fn offer_in_series(&mut self, trip: TripId, now: Timestamp) -> Option<bool> {
        let row = self.state.trips.get(&trip)?;
        let to = self.state.subscriptions.get(&row.subscription?)?.carried_by?;
        let near =
            row.details.windows.is_some_and(|w| w.pick_up.to > now && w.pick_up.to <= share_horizon(now));
        // Asked once for each ticket; who passed or did not answer is not asked again.
        if !(row.phase == Phase::Requested && near) || self.state.is_barred(&to) {
            return None;
        }
        let command = Command::OfferTrip { trip, to, capacity: None };
        self.command(Actor::System, command, now).ok().map(|events| !events.is_empty())
    }

    fn has_standing_yes(&self, driver: jitney_domain::MemberId) -> bool {
        let member = self.state.members.get(&driver);
        member.and_then(|m| m.driver.as_ref()).is_some_and(|d| d.terms.consent == Consent::Standing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_at_in_vain_is_looked_at_again_once_something_has_changed() {
        let earlier = Look { at: Timestamp(1_000_000_000), revision: 7 };
        let look = |at, revision| Look { at, revision };
        assert!(look(earlier.at, 7).finds_no_more_than(&earlier));
        assert!(look(earlier.at.after(LOOK_AGAIN), 7).finds_no_more_than(&earlier));
        assert!(!look(earlier.at, 8).finds_no_more_than(&earlier), "somebody may be free now");
        assert!(!look(earlier.at.after(Minutes(16)), 7).finds_no_more_than(&earlier), "it was long ago");
        assert!(
            !look(Timestamp(earlier.at.0 - 1), 7).finds_no_more_than(&earlier),
            "the clock was wrong then"
        );
    }
}
