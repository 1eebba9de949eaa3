//! What riders call for: trips, changes, cancellations, the way home.

use jiff::civil::DateTime;
use jitney_domain::trip::{Phase, Timing};
use jitney_domain::{MemberId, Role, TripId};
use jitney_node::api::{PlaceAsked, Request, TripAsked, TripChangeAsked};

use super::Workload;
use crate::marker::MARKER;
use crate::people;
use crate::world::World;

/// Hours between which trips begin.
const DAY: (i64, i64) = (7, 18);

impl Workload {
    /// Draws a time of day between an hour from now and three days ahead, on full five minutes.
    fn when(&mut self, world: &World, at: usize) -> Option<DateTime> {
        let soon = self.chance.percent(50);
        let ahead_ms = self.chance.between(3_600_000, if soon { 6 * 3_600_000 } else { 3 * 24 * 3_600_000 });
        let moment = jitney_domain::Timestamp(world.now().0.saturating_add(ahead_ms));
        let local = moment.local(&world.nodes.get(at)?.zone);
        let hour = i64::from(local.hour());
        let hour = if (DAY.0..DAY.1).contains(&hour) { hour } else { self.chance.between(DAY.0, DAY.1 - 1) };
        let minute = i8::try_from(self.chance.between(0, 11) * 5).ok()?;
        Some(local.date().at(i8::try_from(hour).ok()?, minute, 0, 0))
    }

    fn timing(&mut self, at: DateTime) -> Timing {
        if self.chance.percent(50) { Timing::Appointment(at) } else { Timing::PickUp(at) }
    }

    /// Draws the way home: two hours later, or when the rider calls.
    fn home(&mut self, out: DateTime) -> Option<Timing> {
        match self.chance.below(10) {
            0..=2 => {
                let later = out.checked_add(jiff::Span::new().hours(2)).ok()?;
                Some(Timing::PickUp(later))
            }
            3..=4 => Some(Timing::WillCall(out.date())),
            _ => None,
        }
    }

    fn destination(&mut self, at: usize) -> PlaceAsked {
        if self.chance.percent(30) {
            PlaceAsked::Named("clinic".to_owned())
        } else {
            PlaceAsked::At(people::place(at, "shop", &mut self.chance))
        }
    }

    pub(super) fn book(&mut self, world: &mut World, at: usize) {
        let Some(rider) = world.state(at).and_then(|state| self.member(state, Role::Rider)) else { return };
        let Some(out) = self.when(world, at) else { return };
        let asked = TripAsked {
            rider,
            from: PlaceAsked::Home,
            to: self.destination(at),
            timing: self.timing(out),
            home: self.home(out),
            requirement: None,
            dwell: None,
            rule: self.chance.percent(3).then(|| "FREQ=WEEKLY;COUNT=4".to_owned()),
            except: std::collections::BTreeSet::new(),
            note: format!("front door {MARKER}"),
            offer_to: None,
        };
        self.ask(world, at, Request::BookTrip(asked));
    }

    /// Draws an open trip, those in some phase only.
    pub(super) fn open_trip(
        &mut self,
        world: &World,
        at: usize,
        wanted: impl Fn(&Phase) -> bool,
    ) -> Option<TripId> {
        let state = world.state(at)?;
        let trips = state.open_trips().filter(|(_, trip)| wanted(&trip.phase));
        let trips: Vec<TripId> = trips.map(|(id, _)| id).collect();
        self.chance.pick(&trips)
    }

    pub(super) fn cancel(&mut self, world: &mut World, at: usize) {
        let Some(trip) = self.open_trip(world, at, |_| true) else { return };
        let with_return = self.chance.percent(60);
        self.ask(world, at, Request::CancelTrip { trip, with_return });
    }

    pub(super) fn change(&mut self, world: &mut World, at: usize) {
        let Some(trip) = self.open_trip(world, at, |_| true) else { return };
        let timing = match self.when(world, at) {
            Some(when) if self.chance.percent(60) => Some(self.timing(when)),
            _ => None,
        };
        let to = self.chance.percent(40).then(|| self.destination(at));
        let note = self.chance.percent(30).then(|| format!("back door {MARKER}"));
        let change = TripChangeAsked { timing, to, note, ..TripChangeAsked::default() };
        self.ask(world, at, Request::ChangeTrip { trip, change });
    }

    pub(super) fn call_ready(&mut self, world: &mut World, at: usize) {
        let Some(trip) = self.open_trip(world, at, |phase| *phase == Phase::WillCall) else { return };
        let known = world.state(at).and_then(|state| state.trips.get(&trip));
        let today = world.now().local(&world.nodes[at].zone).date();
        if known.is_some_and(|trip| trip.details.timing.date() == today) {
            self.ask(world, at, Request::ReadyTrip { trip, at: None });
        }
    }

    pub(super) fn assign(&mut self, world: &mut World, at: usize) {
        let Some(trip) = self.open_trip(world, at, |phase| *phase == Phase::Requested) else { return };
        let some = world.state(at).and_then(|state| self.member(state, Role::Driver));
        let driver: Option<MemberId> = some.filter(|_| self.chance.percent(25));
        let agreed = self.chance.percent(40);
        self.ask(world, at, Request::AssignTrip { trip, driver, agreed });
    }

    pub(super) fn unassign(&mut self, world: &mut World, at: usize) {
        let ticketed = |phase: &Phase| matches!(phase, Phase::Ticketed(_));
        let Some(trip) = self.open_trip(world, at, ticketed) else { return };
        self.ask(world, at, Request::UnassignTrip(trip));
    }

    pub(super) fn share(&mut self, world: &mut World, at: usize) {
        let Some(trip) = self.open_trip(world, at, |phase| *phase != Phase::WillCall) else { return };
        self.ask(world, at, Request::ShareTrip(trip));
    }
}
