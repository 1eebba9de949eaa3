//! Rules for what drivers report, now or hours later when they have a network again.

use super::coop;
use super::provider::{stands, still_qualified};
use crate::booking::{Claim, ClaimPhase, Ended, Progress, RefusalReason};
use crate::command::Step;
use crate::event::Event;
use crate::impossible::Wanted;
use crate::outcome::{Outcome, Statement};
use crate::refusal::Refusal;
use crate::run::Leg;
use crate::state::State;
use crate::time::{Minutes, Timestamp};
use crate::{ClaimId, LiftNumber, ReportId};

/// How much a driver's clock may be ahead of ours.
pub const CLOCK_SKEW_MAX: Minutes = Minutes(10);

/// Counts a report once; the same report again changes nothing and is no error.
pub(super) fn take(
    state: &State,
    report: ReportId,
    lift: LiftNumber,
    step: Step,
    at: Timestamp,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    if state.reports.contains(&report) {
        return Ok(Vec::new());
    }
    if at > now.after(CLOCK_SKEW_MAX) {
        return Err(Refusal::FromTheFuture { at });
    }
    let (id, claim) = state.claim_of_lift(lift).ok_or(Refusal::NoLift(lift))?;
    let mut events = step_events(state, id, claim, step, at)?;
    events.push(Event::ReportTaken { report });
    Ok(events)
}

fn step_events(
    state: &State,
    id: ClaimId,
    claim: &Claim,
    step: Step,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let wrong = |wanted| Refusal::LiftState { lift: claim.number, state: stands(&claim.phase), wanted };
    match (&claim.phase, step) {
        (ClaimPhase::Awarded { .. }, Step::Accept) => {
            still_qualified(state, claim)?;
            Ok(vec![Event::LiftConfirmed { claim: id }])
        }
        (ClaimPhase::Confirmed { .. }, Step::Accept) => Ok(Vec::new()),
        (ClaimPhase::Held { .. }, Step::Decline) => {
            Ok(vec![Event::LiftEnded { claim: id, why: Ended::Withdrawn }])
        }
        (ClaimPhase::Awarded { .. }, Step::Decline) => {
            let why = Ended::Refused(RefusalReason::DriverDeclined);
            Ok(vec![Event::LiftEnded { claim: id, why }])
        }
        (ClaimPhase::Confirmed { progress, .. }, Step::Decline) => {
            if *progress >= Progress::OnBoard {
                return Err(wrong(Wanted::Declined));
            }
            let why = Ended::Refused(RefusalReason::ProviderFailed);
            Ok(vec![Event::LiftEnded { claim: id, why }])
        }
        (ClaimPhase::Confirmed { progress, .. }, step) => on_the_day(state, id, claim, *progress, step, at),
        (ClaimPhase::Stated { .. }, Step::Miles(metres)) => Ok(vec![Event::MilesNoted { claim: id, metres }]),
        (_, Step::Accept) => Err(wrong(Wanted::Accepted)),
        (_, Step::Decline) => Err(wrong(Wanted::Declined)),
        (_, Step::Miles(_)) => Err(wrong(Wanted::Miles)),
        (_, Step::NoShow) => Err(wrong(Wanted::NoShow)),
        _ => Err(wrong(Wanted::Driven)),
    }
}

fn on_the_day(
    state: &State,
    id: ClaimId,
    claim: &Claim,
    progress: Progress,
    step: Step,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let wrong = |wanted| Refusal::LiftState { lift: claim.number, state: progress.into(), wanted };
    let planned = planned_pick_up(state, id, claim);
    let allowed_from = planned.min(claim.pick_up_at).before(coop(state)?.policy.report_early);
    if at < allowed_from && !matches!(step, Step::Accept | Step::Decline | Step::NoShow) {
        return Err(Refusal::TooEarlyForLift { lift: claim.number, planned, allowed_from });
    }
    let forward = |to: Progress| -> Vec<Event> {
        if to > progress { vec![Event::LiftProgressed { claim: id, progress: to, at }] } else { Vec::new() }
    };
    match step {
        Step::EnRoute => Ok(forward(Progress::EnRoute)),
        Step::Arrived => Ok(forward(Progress::Arrived)),
        Step::PickUp => Ok(forward(Progress::OnBoard)),
        Step::DropOff if progress == Progress::OnBoard && claim.picked_up.is_none_or(|up| up <= at) => {
            let statement = statement(id, claim, Outcome::Completed, Some(at));
            let done = Event::LiftProgressed { claim: id, progress: Progress::Done, at };
            Ok(vec![done, Event::OutcomeStated { claim: id, statement }])
        }
        Step::DropOff => Err(wrong(Wanted::SetDown)),
        Step::Miles(metres) => Ok(vec![Event::MilesNoted { claim: id, metres }]),
        Step::NoShow if progress >= Progress::OnBoard => Err(wrong(Wanted::NoShow)),
        Step::NoShow => {
            let allowed_from = no_show_from(state, claim, planned)?;
            if at < allowed_from {
                return Err(Refusal::TooEarlyForNoShow { lift: claim.number, allowed_from });
            }
            Ok(vec![Event::OutcomeStated {
                claim: id,
                statement: statement(id, claim, Outcome::NoShow, None),
            }])
        }
        Step::CancelledAtDoor if progress >= Progress::OnBoard => Err(wrong(Wanted::CancelledAtDoor)),
        Step::CancelledAtDoor => {
            let statement = statement(id, claim, Outcome::CancelledAtDoor, None);
            Ok(vec![Event::OutcomeStated { claim: id, statement }])
        }
        Step::Accept | Step::Decline => Ok(Vec::new()),
    }
}

/// Returns when the rider is to be fetched: as the run is planned now, else as was agreed.
fn planned_pick_up(state: &State, id: ClaimId, claim: &Claim) -> Timestamp {
    let run = state.runs.get(&claim.run);
    run.and_then(|run| run.stop(id, Leg::PickUp)).map_or(claim.pick_up_at, |stop| stop.planned)
}

/// Returns from when on a lift's driver may report that nobody is there; none if the lift is not to be driven.
pub fn no_show_allowed_from(state: &State, lift: ClaimId) -> Option<Timestamp> {
    let claim = state.claims.get(&lift)?;
    let waits = matches!(claim.phase, ClaimPhase::Confirmed { progress, .. } if progress < Progress::OnBoard);
    waits.then(|| no_show_from(state, claim, planned_pick_up(state, lift, claim)).ok()).flatten()
}

/// A driver waits for the coop's wait limit from the time the rider was told, or if that is later from the
/// time planned since or from arriving.
fn no_show_from(state: &State, claim: &Claim, planned: Timestamp) -> Result<Timestamp, Refusal> {
    let planned = planned.max(claim.pick_up_at);
    let from = match claim.phase {
        ClaimPhase::Confirmed { progress: Progress::Arrived, at } => at.max(planned),
        _ => planned,
    };
    Ok(from.after(coop(state)?.policy.wait_limit))
}

fn statement(id: ClaimId, claim: &Claim, outcome: Outcome, dropped_off: Option<Timestamp>) -> Statement {
    Statement {
        ticket: claim.ticket.ticket,
        claim: id,
        outcome,
        picked_up: claim.picked_up,
        dropped_off,
        metres: claim.metres,
    }
}
