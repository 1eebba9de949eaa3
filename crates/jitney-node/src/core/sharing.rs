//! When trips that nobody at home can take are offered to partners, and how coarsely.
//!
//! Two tickets of one rider name the same two places. What would link them for good is that they come
//! together: the way out with the way home, all dates of a standing order in one go. So all trips of a day are
//! offered in one evening some days before, whenever they were booked, each at a moment that depends on a secret of
//! the coop, on the trip and on nothing else, and what falls due together is offered in any order. When a ticket
//! comes then says nothing that its day does not say.

use std::collections::BTreeMap;

use jitney_domain::booking::TicketPhase;
use jitney_domain::trip::{Phase, Trip};
use jitney_domain::{Actor, ClaimId, Command, Minutes, Timestamp, TripChange, TripId};
use jitney_geo::AddressRegister;
use jitney_identity::Hash;
use jitney_store::Store;
use rand::seq::SliceRandom as _;

use super::{AreaKey, Core};
use crate::api::{Fault, FaultKind};
use crate::planner::by_cells;
use crate::refusals::erased;
use crate::view::Told;

/// How far ahead a trip is offered to partners: an entry lives thirty days at most.
const SHARE_AHEAD: Minutes = Minutes(28 * 24 * 60);
/// A trip whose day begins sooner than this is offered at once: what is booked on a Friday for the beginning
/// of the week must find the neighbours' offices still open.
pub const URGENT: Minutes = Minutes(4 * 24 * 60);
/// How long it takes to offer all other trips of a day: the six hours before their day is that near.
pub const EVENING: Minutes = Minutes(6 * 60);
/// What keeps these draws apart from all others made with the same key.
const DRAW: &[u8] = b"jitney/share-moment/1";

/// Returns the last moment for which trips are offered to partners at present.
pub(crate) fn share_horizon(now: Timestamp) -> Timestamp {
    now.after(SHARE_AHEAD)
}

impl<S: Store> Core<S> {
    /// Queues trips whose moment has come, and those near enough to be given one since the last look.
    pub(super) fn look_further(&mut self, now: Timestamp) {
        let due = self.share_moments.iter().filter(|(_, moment)| **moment <= now).map(|(trip, _)| *trip);
        self.pending.look_at.extend(due);
        let until = share_horizon(now);
        // After a start every open trip is given its moment anew: it is not written down.
        let from = self.looked_until.min(until);
        let near = |trip: &Trip| {
            (trip.phase == Phase::Requested || self.is_kept_at_home(trip))
                && trip.details.windows.is_some_and(|w| w.pick_up.to > from && w.pick_up.to <= until)
        };
        let trips: Vec<TripId> = self.state.open_trips().filter(|(_, t)| near(t)).map(|(id, _)| id).collect();
        self.pending.look_at.extend(trips);
        self.looked_until = until;
    }

    /// Offers those of `trips` whose moment has come, in any order, and gives the others one.
    pub(super) fn offer_in_time(&mut self, trips: Vec<TripId>, now: Timestamp) -> bool {
        let mut due = Vec::new();
        let mut acted = false;
        for trip in trips {
            // What one partner alone is asked links nothing for the others, so it need not wait.
            if let Some(offered) = self.offer_in_series(trip, now) {
                self.share_moments.remove(&trip);
                acted |= offered;
                continue;
            }
            let known = self.share_moments.remove(&trip);
            let moment = match known {
                Some(moment) if moment <= now => moment,
                _ => self.share_moment(trip, now),
            };
            if moment <= now {
                due.push(trip);
            } else {
                self.share_moments.insert(trip, moment);
            }
        }
        due.shuffle(&mut self.rng);
        for trip in due {
            acted |= self.share_if_unserved(trip, now);
        }
        acted
    }

    /// Returns when the next trip is to be offered.
    pub(super) fn next_share(&self) -> Option<Timestamp> {
        self.share_moments.values().min().copied()
    }

    /// Draws the moment at which a trip is offered to partners. Nobody without the coop's key can tell it
    /// from chance; drawn again, after a restart, it is the same, or later if it was missed meanwhile.
    fn share_moment(&self, trip: TripId, now: Timestamp) -> Timestamp {
        let windows = self.state.trips.get(&trip).and_then(|row| row.details.windows);
        let (Some(pick_up), Some(coop)) = (windows.map(|w| w.pick_up.to), self.state.coop()) else {
            return now;
        };
        let day = coop.zone.start_of(pick_up.local(&coop.zone).date()).unwrap_or(pick_up);
        let seed = self.settings.keys.coop.to_seed();
        let draw = Hash::of(&[DRAW, seed.as_slice(), &trip.0.to_be_bytes()].concat());
        moment(day, *draw.as_bytes(), now)
    }

    fn share_if_unserved(&mut self, trip: TripId, now: Timestamp) -> bool {
        let policy_says = self.state.coop().is_some_and(|c| c.policy.share_unserved);
        let has_partners = self.partner_count() > 0;
        let waiting = self.state.trips.get(&trip).is_some_and(|row| match row.phase {
            Phase::Requested => {
                row.details.windows.is_some_and(|w| w.pick_up.to > now && w.pick_up.to <= share_horizon(now))
            }
            Phase::Ticketed(_) => self.is_kept_at_home(row),
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
        if let Err(fault) = self.fit_to_share(Actor::System, trip, now) {
            tracing::warn!(target: "jitney::booking", %trip, why = fault.message, "a trip is not offered to partners");
            return false;
        }
        self.command(Actor::System, Command::ShareTrip(trip), now).is_ok_and(|events| !events.is_empty())
    }

    /// Tells whether the trip has an open ticket that no partner has been asked to take.
    fn is_kept_at_home(&self, trip: &Trip) -> bool {
        let ticket = trip.ticket().and_then(|ticket| self.state.tickets.get(&ticket));
        ticket.is_some_and(|t| !t.shared && t.offered.is_none() && t.phase == TicketPhase::Open)
    }

    /// Makes sure that what partners would be told of a trip's two places is shared by enough addresses as
    /// they are known today, and not only when the trip was booked.
    ///
    /// # Errors
    /// A [`Fault`] with a sentence for the dispatcher if too few share them.
    pub(crate) fn fit_to_share(&mut self, actor: Actor, trip: TripId, now: Timestamp) -> Result<(), Fault> {
        let Some(row) = self.state.trips.get(&trip) else { return Ok(()) };
        if !(row.phase == Phase::Requested || self.is_kept_at_home(row)) {
            return Ok(());
        }
        let way = row.details.way;
        let places = self.vault.places(trip);
        let places = places.ok_or_else(|| erased(trip))?;
        let area = |at| {
            self.crowd.area(at).map_err(|few| {
                Fault::new(FaultKind::Conflict, few.to_string()).told(Told::new("refusal-too-few-addresses"))
            })
        };
        let (from, to) = (area(places.from.at)?, area(places.to.at)?);
        if (way.from, way.to) != (from, to) {
            let by_cells = by_cells(&self.settings.travel, from, to);
            let way = Some(jitney_domain::trip::Way { from, to, by_cells, ..way });
            let change = TripChange { way, ..TripChange::default() };
            self.command(actor, Command::ChangeTrip { trip, change }, now)?;
        }
        Ok(())
    }

    /// Reckons from now on with the addresses counted in an area of the coop's.
    pub(crate) fn count_addresses(&mut self, register: AddressRegister) {
        let gone: Vec<AreaKey> = self
            .addresses
            .iter()
            .filter(|(key, _)| !register.counts().contains_key(&key.0))
            .map(|(key, _)| key.clone())
            .collect();
        for key in gone {
            self.addresses.remove(&key);
        }
        for (cell, count) in register.counts() {
            self.addresses.insert(AreaKey(*cell), *count);
        }
        self.crowd = self.settings.crowd.clone().with(register);
    }

    /// Takes up the register that was stored.
    pub(super) fn restore_addresses(&mut self) {
        let counts: BTreeMap<_, _> = self.addresses.iter().map(|(key, count)| (key.0, *count)).collect();
        self.crowd = match AddressRegister::from_counts(counts) {
            Ok(register) => self.settings.crowd.clone().with(register),
            Err(_) => self.settings.crowd.clone(),
        };
    }
}

/// Returns the moment that `draw` gives a trip whose day begins then: at once if that is near, else in the evening in
/// which all trips of that day are offered, or, if that moment is past, drawn from what is left of it.
fn moment(day: Timestamp, draw: [u8; 32], now: Timestamp) -> Timestamp {
    let latest = day.before(URGENT);
    if latest <= now {
        return now;
    }
    let [a, b, c, d, e, f, g, h, ..] = draw;
    let part_of = |span: i64, four: [u8; 4]| {
        let drawn = (i128::from(span) * i128::from(u32::from_be_bytes(four))) >> 32;
        i64::try_from(drawn).unwrap_or(0)
    };
    let drawn = Timestamp(latest.0.saturating_sub(part_of(EVENING.millis(), [a, b, c, d])));
    if drawn > now {
        return drawn;
    }
    Timestamp(now.0.saturating_add(part_of(latest.0.saturating_sub(now.0), [e, f, g, h])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: i64 = 3_600_000;

    proptest! {
        #[test]
        fn an_urgent_trip_is_offered_at_once_and_every_other_in_the_evening_of_its_day(
            ahead in 0i64..40 * 24 * HOUR, draw in any::<[u8; 32]>(),
        ) {
            let (now, day) = (Timestamp(1_800_000_000_000), Timestamp(1_800_000_000_000 + ahead));
            let at = moment(day, draw, now);
            if ahead <= URGENT.millis() {
                prop_assert_eq!(at, now);
            } else {
                let evening = day.before(URGENT).before(EVENING);
                prop_assert!(at >= now && at >= evening && at <= day.before(URGENT));
            }
        }

        #[test]
        fn when_a_trip_is_offered_does_not_depend_on_when_it_was_booked(
            draw in any::<[u8; 32]>(), booked in 0i64..15 * 24 * HOUR,
        ) {
            let now = Timestamp(1_800_000_000_000);
            let day = Timestamp(now.0 + 20 * 24 * HOUR);
            prop_assert_eq!(moment(day, draw, Timestamp(now.0 + booked)), moment(day, draw, now));
        }

        #[test]
        fn a_moment_that_has_not_come_outlives_a_restart(
            draw in any::<[u8; 32]>(), later in 0i64..30 * 24 * HOUR,
        ) {
            let now = Timestamp(1_800_000_000_000);
            let day = Timestamp(now.0 + 20 * 24 * HOUR);
            let first = moment(day, draw, now);
            let again = moment(day, draw, Timestamp(now.0 + later));
            prop_assert!(again == first || now.0 + later >= first.0);
        }
    }
}
