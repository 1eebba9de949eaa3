//! Promises that one coop's state can be held against by itself: one live award, no driver in two places.

use std::collections::BTreeMap;

use jitney_domain::booking::{BidPhase, ClaimPhase};
use jitney_domain::run::{Leg, Run};
use jitney_domain::{Capability, ClaimId, Load, MemberId, RunId, State, VehicleId};

use super::Broken;

/// A ticket has at most one live award.
const ONE_AWARD: &str = "1 one live award";
/// A driver is never held or booked for overlapping time.
const ONE_PLACE: &str = "2 one place at a time";

pub(super) fn check(state: &State, found: &mut Vec<Broken>) {
    one_award(state, found);
    runs(state, found);
    claims_stand_on_runs(state, found);
}

fn one_award(state: &State, found: &mut Vec<Broken>) {
    for (id, ticket) in state.tickets.iter() {
        let awarded = ticket.claims.iter().filter(|(_, bid)| bid.phase == BidPhase::Awarded);
        let awarded: Vec<ClaimId> = awarded.map(|(claim, _)| *claim).collect();
        let live: Vec<ClaimId> = ticket.award().map(|award| award.claim).into_iter().collect();
        if awarded != live {
            found.push((ONE_AWARD, format!("{id:?}: bids awarded {awarded:?}, award {live:?}")));
        }
    }
}

fn runs(state: &State, found: &mut Vec<Broken>) {
    let mut of_driver: BTreeMap<MemberId, Vec<(RunId, &Run)>> = BTreeMap::new();
    let mut of_vehicle: BTreeMap<VehicleId, Vec<(RunId, &Run)>> = BTreeMap::new();
    for (id, run) in state.runs.iter().filter(|(_, run)| !run.stops.is_empty()) {
        let vehicle = state.vehicles.get(&run.frame.vehicle).map(|v| v.capability).unwrap_or_default();
        // A vehicle that has lost its places since is no fault of the calendar: that is flagged (promise 7).
        let lost = vehicle.places == Load::default();
        let places = if lost { Load { seats: u8::MAX, wheelchairs: u8::MAX } } else { vehicle.places };
        if let Err(fault) = run.check(&Capability { places, ..vehicle }) {
            found.push((ONE_PLACE, format!("run {id}: {fault}")));
        }
        of_driver.entry(run.frame.driver).or_default().push((*id, run));
        of_vehicle.entry(run.frame.vehicle).or_default().push((*id, run));
    }
    overlapping("driver", of_driver.values(), found);
    overlapping("vehicle", of_vehicle.values(), found);
}

fn overlapping<'a>(
    who: &str,
    groups: impl Iterator<Item = &'a Vec<(RunId, &'a Run)>>,
    found: &mut Vec<Broken>,
) {
    for runs in groups {
        for (n, (id, run)) in runs.iter().enumerate() {
            for (other_id, other) in runs.iter().skip(n + 1) {
                if run.frame.block.overlaps(&other.frame.block) {
                    found.push((ONE_PLACE, format!("one {who} on runs {id} and {other_id} at once")));
                }
            }
        }
    }
}

/// Every claim that keeps time has its two stops, and every stop a claim that keeps time or was carried.
fn claims_stand_on_runs(state: &State, found: &mut Vec<Broken>) {
    for (id, claim) in state.live_claims() {
        let run = state.runs.get(&claim.run);
        let both = [Leg::PickUp, Leg::DropOff].map(|leg| run.is_some_and(|run| run.stop(id, leg).is_some()));
        if both != [true, true] {
            found.push((ONE_PLACE, format!("lift {} is not on its run", claim.number)));
        }
    }
    for (id, run) in state.runs.iter() {
        for stop in &run.stops {
            let claim = state.claims.get(&stop.claim);
            let stands = claim.is_some_and(|c| c.run == *id && !matches!(c.phase, ClaimPhase::Ended(_)));
            if !stands {
                found.push((ONE_PLACE, format!("run {id} keeps a stop of {:?}", stop.claim)));
            }
        }
    }
}
