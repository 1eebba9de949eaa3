//! Rules about who rides together, and about the driver's break between them.

use super::coop;
use crate::refusal::Refusal;
use crate::run::Run;
use crate::state::State;
use crate::time::Timestamp;
use crate::{ClaimId, MemberId};

/// Refuses a run on which the rider of `claim` would be on board together with somebody from whom she is kept
/// apart. Partners' riders are unknown here, and so meet whoever rides.
pub(super) fn refuse_meeting(
    state: &State,
    run: &Run,
    claim: ClaimId,
    rider: Option<MemberId>,
) -> Result<(), Refusal> {
    let Some(rider) = rider else { return Ok(()) };
    match met(state, run, claim, rider) {
        Some(other) => Err(Refusal::RidersApart { rider, other }),
        None => Ok(()),
    }
}

/// Returns somebody from whom the rider of `claim` is kept apart and who is on board with her.
pub(crate) fn met(state: &State, run: &Run, claim: ClaimId, rider: MemberId) -> Option<MemberId> {
    let others = run.rides_with(claim).into_iter().filter_map(|other| state.rider_of_lift(other));
    others.into_iter().find(|other| state.are_apart(rider, *other))
}

/// Refuses a run on which there is no room for a break that its driver is to have.
pub(super) fn refuse_no_break(state: &State, run: &Run, now: Timestamp) -> Result<(), Refusal> {
    let zone = &coop(state)?.zone;
    let (driver, date) = (run.frame.driver, run.frame.date);
    let breaks = match state.availability.get(&driver) {
        Some(availability) => availability.breaks_on(date, zone)?,
        None => Vec::new(),
    };
    // A break that can begin no more has been had.
    let to_come = breaks.iter().filter(|b| b.begin.to >= now && b.lies_in(&run.frame.block));
    match to_come.into_iter().all(|b| run.leaves_room_for(b)) {
        true => Ok(()),
        false => Err(Refusal::NoBreak { driver, date }),
    }
}

/// Tells whether the driver of a run can have every break that is still to come.
pub(crate) fn has_break(state: &State, run: &Run, now: Timestamp) -> bool {
    !matches!(refuse_no_break(state, run, now), Err(Refusal::NoBreak { .. }))
}
