//! What drivers do: answer offers, drive, report, sometimes late and sometimes from their own device.

use jitney_domain::booking::{Claim, ClaimPhase, Progress};
use jitney_domain::run::Leg;
use jitney_domain::{Actor, ClaimId, LiftNumber, MemberId, Metres, ReportId, Role, State, Step, Timestamp};
use jitney_identity::Domain;
use jitney_net::Channel;
use jitney_node::api::{Answer, FaultKind, Report, Request, SignedReport};

use super::Workload;
use crate::world::World;

/// How long before a pick-up a driver leaves, in milliseconds.
const LEAVES_BEFORE_MS: i64 = 15 * 60_000;
/// How long a driver waits for a rider who does not come, in milliseconds.
const WAITS_MS: i64 = 12 * 60_000;

impl Workload {
    /// Lets the drivers of a coop answer what they are offered.
    pub(super) fn answer_offers(&mut self, world: &mut World, at: usize) {
        let awarded = |claim: &Claim| matches!(claim.phase, ClaimPhase::Awarded { .. });
        for (lift, driver) in lifts(world.state(at), awarded) {
            let step = match self.chance.below(10) {
                0..=6 => Step::Accept,
                7..=8 => Step::Decline,
                _ => continue,
            };
            self.report(world, at, driver, lift, step, world.now());
        }
    }

    /// Lets a driver give something up that was held or confirmed.
    pub(super) fn decline_something(&mut self, world: &mut World, at: usize) {
        let lifts = lifts(world.state(at), Claim::holds_time);
        if let Some((lift, driver)) = self.chance.pick(&lifts) {
            self.report(world, at, driver, lift, Step::Decline, world.now());
        }
    }

    /// Lets the drivers of a coop do what their time has come for.
    pub(super) fn drive(&mut self, world: &mut World, at: usize) {
        let confirmed = |claim: &Claim| matches!(claim.phase, ClaimPhase::Confirmed { .. });
        for (lift, driver) in lifts(world.state(at), confirmed) {
            let Some((step, when)) = self.next_step(world, at, lift) else { continue };
            // Some drivers have no network until the evening.
            if self.chance.percent(85) {
                self.report(world, at, driver, lift, step, when);
            }
        }
    }

    fn next_step(&mut self, world: &World, at: usize, lift: LiftNumber) -> Option<(Step, Timestamp)> {
        let state = world.state(at)?;
        let (id, claim) = state.claim_of_lift(lift)?;
        let ClaimPhase::Confirmed { progress, at: since } = claim.phase else { return None };
        let planned = |leg| planned(state, id, claim, leg);
        let now = world.now();
        let from = |moment: Timestamp, step| (now >= moment).then(|| (step, moment.max(since).min(now)));
        match progress {
            Progress::Booked => from(Timestamp(planned(Leg::PickUp)?.0 - LEAVES_BEFORE_MS), Step::EnRoute),
            Progress::EnRoute => from(planned(Leg::PickUp)?, Step::Arrived),
            Progress::Arrived => match self.chance.below(100) {
                0..=89 => from(planned(Leg::PickUp)?, Step::PickUp),
                90..=91 => from(since, Step::CancelledAtDoor),
                _ => from(Timestamp(since.0 + WAITS_MS), Step::NoShow),
            },
            Progress::OnBoard if self.chance.percent(30) => Some((Step::Miles(Metres(4_200)), now)),
            Progress::OnBoard => from(planned(Leg::DropOff)?, Step::DropOff),
            Progress::Done => None,
        }
    }

    /// Reports a step, from the driver's own device if there is one; sometimes the report comes twice.
    fn report(
        &mut self,
        world: &mut World,
        at: usize,
        driver: MemberId,
        lift: LiftNumber,
        step: Step,
        when: Timestamp,
    ) {
        let report = Report { report: ReportId::from_bytes(self.chance.bytes()), lift, step, at: when };
        let times = if self.chance.percent(5) { 2 } else { 1 };
        for _ in 0..times {
            self.deliver(world, at, driver, &report);
        }
    }

    fn deliver(&mut self, world: &mut World, at: usize, driver: MemberId, report: &Report) -> Option<()> {
        let Some(key) = world.nodes[at].devices.get(&driver).filter(|_| self.chance.percent(70)).cloned()
        else {
            let actor =
                if self.chance.percent(50) { Actor::Member(driver, Role::Driver) } else { Actor::Operator };
            self.ask_as(world, at, actor, Request::Report { report: report.clone() });
            return Some(());
        };
        let text = serde_json::to_string(report).ok()?;
        let signature = key.sign(Domain::REPORT, text.as_bytes());
        let request = Request::SignedReport(SignedReport { report: text, signature });
        let bytes = serde_json::to_vec(&request).ok()?;
        let answer = world.device(at, key.public(), Channel::Member, bytes)?;
        match serde_json::from_slice::<Answer>(&answer).ok()? {
            Err(fault) if fault.kind == FaultKind::Internal => world.violated(at, "answering", fault.message),
            _ => {}
        }
        Some(())
    }
}

/// Returns the lifts whose claims are wanted, with who drives them.
fn lifts(state: Option<&State>, wanted: impl Fn(&Claim) -> bool) -> Vec<(LiftNumber, MemberId)> {
    let Some(state) = state else { return Vec::new() };
    let claims = state.live_claims().filter(|(_, claim)| wanted(claim));
    claims.filter_map(|(_, c)| state.runs.get(&c.run).map(|run| (c.number, run.frame.driver))).collect()
}

fn planned(state: &State, id: ClaimId, claim: &Claim, leg: Leg) -> Option<Timestamp> {
    state.runs.get(&claim.run)?.stop(id, leg).map(|stop| stop.planned)
}
