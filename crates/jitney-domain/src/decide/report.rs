//! Rules for what drivers report, now or hours later when they have a network again.

use super::coop;
use super::provider::{phase_name, still_qualified};
use crate::booking::{Claim, ClaimPhase, Ended, Progress, RefusalReason};
use crate::command::Step;
use crate::event::Event;
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
    let wrong = |wanted| Refusal::LiftState { lift: claim.number, state: phase_name(&claim.phase), wanted };
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
                return Err(wrong("declined"));
            }
            let why = Ended::Refused(RefusalReason::ProviderFailed);
            Ok(vec![Event::LiftEnded { claim: id, why }])
        }
        (ClaimPhase::Confirmed { progress, .. }, step) => on_the_day(state, id, claim, *progress, step, at),
        (ClaimPhase::Stated { .. }, Step::Miles(metres)) => Ok(vec![Event::MilesNoted { claim: id, metres }]),
        (_, Step::Accept) => Err(wrong("accepted")),
        (_, Step::Decline) => Err(wrong("declined")),
        (_, Step::Miles(_)) => Err(wrong("given miles")),
        (_, Step::NoShow) => Err(wrong("a no-show")),
        _ => Err(wrong("driven")),
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
    let wrong = |wanted| Refusal::LiftState { lift: claim.number, state: progress_name(progress), wanted };
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
        Step::DropOff => Err(wrong("set down before being picked up")),
        Step::Miles(metres) => Ok(vec![Event::MilesNoted { claim: id, metres }]),
        Step::NoShow if progress >= Progress::OnBoard => Err(wrong("a no-show")),
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
        Step::CancelledAtDoor if progress >= Progress::OnBoard => Err(wrong("cancelled at the door")),
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

fn progress_name(progress: Progress) -> &'static str {
    match progress {
        Progress::Booked => "booked",
        Progress::EnRoute => "on the way",
        Progress::Arrived => "at the door",
        Progress::OnBoard => "on board",
        Progress::Done => "done",
    }
}
