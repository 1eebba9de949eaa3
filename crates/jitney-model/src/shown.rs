//! What dispatchers have to be shown, by the truth of the world, against what the shipped alarms show them.

use jitney_domain::booking::{ClaimPhase, Progress};
use jitney_domain::trip::Phase;
use jitney_domain::{LiftNumber, State, TripId};

use crate::explore::Explore;
use crate::promise::ways_home;
use crate::world::World;

/// Returns ways out that the rider counts on, with their ways home that nobody has.
pub(crate) fn orphans(state: &State) -> impl Iterator<Item = (TripId, TripId)> {
    ways_home(state).filter(|(_, home)| match state.trips.get(home).map(|trip| &trip.phase) {
        Some(Phase::Requested) => true,
        Some(Phase::Ticketed(id)) => state.tickets.get(id).is_none_or(|ticket| ticket.award().is_none()),
        _ => false,
    })
}

/// Returns lifts to come whose driver may not drive any more.
pub(crate) fn unfit_lifts(state: &State) -> impl Iterator<Item = LiftNumber> {
    let to_come = state.live_claims().filter(|(_, claim)| match claim.phase {
        ClaimPhase::Awarded { .. } => true,
        ClaimPhase::Confirmed { progress, .. } => progress < Progress::OnBoard,
        _ => false,
    });
    to_come.filter_map(|(_, claim)| {
        let driver = state.runs.get(&claim.run)?.frame.driver;
        state.members.get(&driver)?.suspended.then_some(claim.number)
    })
}

pub(crate) fn returns(_model: &Explore, _world: &World) -> bool {
    true
}

pub(crate) fn unfit(_model: &Explore, _world: &World) -> bool {
    true
}

pub(crate) fn broken_promises(_model: &Explore, _world: &World) -> bool {
    true
}
