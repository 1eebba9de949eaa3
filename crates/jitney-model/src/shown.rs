//! What dispatchers have to be shown, read from the truth of the world. That a node shows it is tested with the node.

use jitney_domain::booking::{ClaimPhase, Progress};
use jitney_domain::trip::Phase;
use jitney_domain::{LiftNumber, State, TripId};

use crate::promise::ways_home;

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
