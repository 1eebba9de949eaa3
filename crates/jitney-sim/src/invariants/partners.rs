//! What coops settle with one partner in particular, counted: that nothing passes because nothing was tried.

use std::collections::BTreeSet;

use jitney_domain::booking::TicketPhase;
use jitney_domain::trip::Link;
use jitney_domain::{CapacityId, State, SubscriptionId, TicketId, TripId};
use jitney_identity::PublicKey;

use super::Seen;

/// What was counted of a coop already.
#[derive(Debug, Default)]
pub(super) struct Partners {
    offers: BTreeSet<TicketId>,
    kept: BTreeSet<TicketId>,
    series: BTreeSet<SubscriptionId>,
    places: BTreeSet<CapacityId>,
    asked_for: BTreeSet<TicketId>,
    pairs: BTreeSet<TripId>,
}

impl Partners {
    /// Takes all that a coop knows for counted.
    pub(super) fn of(state: &State) -> Self {
        let mut known = Partners::default();
        known.count(state, &mut Seen::default());
        known
    }

    /// Counts what is new.
    pub(super) fn count(&mut self, state: &State, seen: &mut Seen) {
        for (id, ticket) in state.tickets.iter() {
            let Some((to, _)) = ticket.offered else { continue };
            seen.offers += u64::from(self.offers.insert(*id));
            let confirmed = matches!(&ticket.phase, TicketPhase::Confirmed(award, _) if award.provider == to);
            seen.offers_confirmed += u64::from(confirmed && self.kept.insert(*id));
        }
        for (id, _) in state.subscriptions.iter().filter(|(_, row)| row.carried_by.is_some()) {
            seen.series += u64::from(self.series.insert(*id));
        }
        for (id, _) in state.capacities.iter() {
            seen.places_posted += u64::from(self.places.insert(*id));
        }
        for (id, _) in state.offered.iter().filter(|(_, offer)| offer.capacity.is_some()) {
            seen.places_asked_for += u64::from(self.asked_for.insert(*id));
        }
        for (id, trip) in state.open_trips() {
            let Some(Link::Return(home)) = trip.link else { continue };
            let (out, home) = (provider(state, id), provider(state, home));
            let parted = out.is_some() && home.is_some() && out != home;
            seen.pairs_parted += u64::from(parted && self.pairs.insert(id));
        }
    }
}

/// Returns the coop that has confirmed a trip.
fn provider(state: &State, trip: TripId) -> Option<PublicKey> {
    let ticket = state.tickets.get(&state.trips.get(&trip)?.ticket()?)?;
    matches!(ticket.phase, TicketPhase::Confirmed(..)).then(|| ticket.award().map(|award| award.provider))?
}
