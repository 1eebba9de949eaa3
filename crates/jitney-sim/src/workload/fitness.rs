//! Drivers and vehicles that may not do any more what they were booked for: a paper runs out, a lift breaks. Whatever
//! was booked with them is shown to the dispatcher.

use jitney_domain::alarm::Kind;
use jitney_domain::booking::{Claim, ClaimPhase, Progress};
use jitney_domain::{Capability, Load, MemberId, Role, State, Timestamp, VehicleId, VettingItem};
use jitney_node::api::{Reply, Request};

use super::Workload;
use crate::people;
use crate::plant::Plant;
use crate::world::World;

/// Vetting or capability lost after the award flags every future trip that it touches.
const FLAGGED: &str = "7 what is lost after the award is flagged";

impl Workload {
    /// Lets a driver's licence run out or a vehicle lose its places, or mends what was so.
    pub(super) fn lose_or_regain(&mut self, world: &mut World, at: usize) {
        let Some(state) = world.state(at) else { return };
        let today = world.now().local(&world.nodes[at].zone).date();
        let item = VettingItem::Licence;
        let lapsed = state.members.iter().find(|(_, member)| {
            member.driver.as_ref().and_then(|d| d.vetting.get(&item)).is_some_and(|until| *until < today)
        });
        let broken = state.vehicles.iter().find(|(_, v)| v.capability.places == Load::default());
        let request = match (lapsed, broken) {
            (Some((member, _)), _) => {
                Request::Vet { member: *member, item, valid_until: people::VETTED_UNTIL }
            }
            (_, Some((vehicle, broken))) => {
                let places = people::places(broken.capability.ramp_or_lift);
                let capability = Capability { places, ..broken.capability };
                let capability = Some(capability);
                Request::ChangeVehicle { vehicle: *vehicle, capability, description: None }
            }
            _ if self.chance.percent(60) => {
                let Some(member) = self.member(state, Role::Driver) else { return };
                let Ok(valid_until) = today.yesterday() else { return };
                Request::Vet { member, item, valid_until }
            }
            _ => {
                let all: Vec<VehicleId> = state.vehicles.iter().map(|(id, _)| *id).collect();
                let Some(vehicle) = self.chance.pick(&all) else { return };
                let Some(whole) = world.state(at).and_then(|s| s.vehicles.get(&vehicle)) else { return };
                let capability = Capability { places: Load::default(), ..whole.capability };
                Request::ChangeVehicle { vehicle, capability: Some(capability), description: None }
            }
        };
        self.ask(world, at, request);
    }

    /// Looks at the alarms, and holds what they say against what was lost.
    pub(super) fn look_at_alarms(&mut self, world: &mut World, at: usize) {
        let Some(Reply::Alarms(shown)) = self.ask(world, at, Request::Alarms) else {
            return;
        };
        let Some(state) = world.state(at) else { return };
        let clock = world.nodes[at].clock(world.now());
        let touched: Vec<_> = state
            .live_claims()
            .filter(|(_, claim)| is_to_come(claim, clock) && is_lost(state, claim))
            .map(|(_, claim)| claim.number)
            .collect();
        for lift in touched {
            let about = |kind: &Kind| matches!(kind, Kind::DriverMayNot { .. });
            let flagged = shown.alarms.iter().any(|a| about(&a.kind) && a.lifts.contains(&lift));
            if flagged && world.plant != Some(Plant::BlindToLoss) {
                world.watch.seen.losses_flagged = world.watch.seen.losses_flagged.saturating_add(1);
            } else {
                world.violated(at, FLAGGED, format!("lift {lift} and no alarm says so"));
            }
        }
    }
}

/// Tells whether a claim was awarded and nobody is on board yet.
fn is_to_come(claim: &Claim, now: Timestamp) -> bool {
    let before = match claim.phase {
        ClaimPhase::Awarded { .. } => true,
        ClaimPhase::Confirmed { progress, .. } => progress < Progress::OnBoard,
        _ => false,
    };
    before && claim.pick_up_at > now
}

/// Tells whether driver or vehicle of a claim may not or cannot carry it any more. Reckoned here from the rows, without
/// the rules that raise the alarm.
fn is_lost(state: &State, claim: &Claim) -> bool {
    let (Some(coop), Some(run)) = (state.coop(), state.runs.get(&claim.run)) else { return false };
    let may_drive = |member: MemberId| {
        let member = state.members.get(&member).filter(|member| !member.suspended);
        member.and_then(|m| m.driver.as_ref()).is_some_and(|driver| {
            let held = |item| driver.vetting.get(item).is_some_and(|until| *until >= run.frame.date);
            coop.policy.required_vetting.iter().all(held)
        })
    };
    let vehicle = state.vehicles.get(&run.frame.vehicle);
    let fits = vehicle.is_some_and(|vehicle| claim.ticket.load.fits(vehicle.capability.places));
    !may_drive(run.frame.driver) || !fits
}
