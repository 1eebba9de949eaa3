//! What drivers report, on the spot or hours later.

use super::fixture::*;
use crate::booking::{ClaimPhase, Progress};
use crate::member::Consent;
use crate::run::Leg;
use crate::*;

fn progress(w: &World) -> Progress {
    match w.last_claim(HOME).1.phase {
        ClaimPhase::Confirmed { progress, .. } => progress,
        ref phase => panic!("{phase:?}"),
    }
}

#[test]
fn the_same_report_counts_once() {
    let mut w = World::alone();
    let (_, _, lift) = w.confirmed();
    w.until(tue(9, 40));
    let report = report_at(1, lift, Step::EnRoute, tue(9, 40));
    assert_eq!(w.act(HOME, report.clone()).len(), 2);
    let before = w.state(HOME).clone();
    assert_eq!(w.act(HOME, report), []);
    // Even when it says something else under the same name.
    assert_eq!(w.act(HOME, report_at(1, lift, Step::PickUp, tue(9, 41))), []);
    assert_eq!(*w.state(HOME), before);
}

#[test]
fn a_step_reported_again_or_late_changes_nothing() {
    let mut w = World::alone();
    let (_, _, lift) = w.confirmed();
    w.until(tue(10, 1));
    w.act(HOME, report_at(1, lift, Step::PickUp, tue(10, 0)));
    w.act(HOME, report_at(2, lift, Step::PickUp, tue(10, 1)));
    w.act(HOME, report_at(3, lift, Step::EnRoute, tue(9, 30)));
    w.act(HOME, report_at(4, lift, Step::Accept, tue(9, 30)));
    assert_eq!(progress(&w), Progress::OnBoard);
    assert_eq!(w.last_claim(HOME).1.picked_up, Some(tue(10, 0)));
}

#[test]
fn a_day_without_network_is_told_afterwards_with_its_own_times() {
    let mut w = World::alone();
    let (trip, _, lift) = w.confirmed();
    w.until(tue(17, 0));
    w.act(HOME, report_at(1, lift, Step::PickUp, tue(10, 4)));
    w.act(HOME, report_at(2, lift, Step::DropOff, tue(10, 31)));
    w.drain();
    assert_eq!(w.outcome(HOME, trip), Outcome::Completed);
    let (_, claim) = w.last_claim(HOME);
    assert_eq!((claim.picked_up, claim.dropped_off), (Some(tue(10, 4)), Some(tue(10, 31))));
    let run = w.state(HOME).runs.get(&claim.run).unwrap();
    let done: Vec<_> = run.stops.iter().map(|s| (s.leg, s.done)).collect();
    assert_eq!(done, [(Leg::PickUp, Some(tue(10, 4))), (Leg::DropOff, Some(tue(10, 31)))]);
}

#[test]
fn nobody_is_set_down_before_being_picked_up() {
    let mut w = World::alone();
    let (_, _, lift) = w.confirmed();
    w.until(tue(10, 30));
    let early = w.refused(HOME, report_at(1, lift, Step::DropOff, tue(10, 20)));
    assert!(matches!(early, Refusal::LiftState { .. }));
    w.act(HOME, report_at(2, lift, Step::PickUp, tue(10, 5)));
    let backwards = w.refused(HOME, report_at(3, lift, Step::DropOff, tue(10, 4)));
    assert!(matches!(backwards, Refusal::LiftState { .. }));
    // A report that was refused may be made again under the same name.
    w.act(HOME, report_at(1, lift, Step::DropOff, tue(10, 20)));
}

#[test]
fn the_future_is_not_reported_beyond_what_clocks_differ() {
    let mut w = World::alone();
    let (_, _, lift) = w.confirmed();
    w.until(tue(9, 0));
    let at = tue(9, 11);
    assert_eq!(w.refused(HOME, report_at(1, lift, Step::EnRoute, at)), Refusal::FromTheFuture { at });
    w.act(HOME, report_at(1, lift, Step::EnRoute, tue(9, 10)));
}

#[test]
fn tomorrows_lift_is_not_driven_today() {
    let mut w = World::alone();
    let (_, _, lift) = w.confirmed();
    w.until(moment(MONDAY, 18, 0));
    let allowed_from = tue(7, 0);
    let planned = tue(10, 0);
    let wrong_day = Refusal::TooEarlyForLift { lift, planned, allowed_from };
    let steps = [Step::EnRoute, Step::Arrived, Step::PickUp, Step::CancelledAtDoor, Step::DropOff];
    for step in steps.into_iter().chain([Step::Miles(Metres(9000))]) {
        assert_eq!(w.refused(HOME, report_at(1, lift, step, moment(MONDAY, 18, 0))), wrong_day);
    }
    w.until(allowed_from);
    let early = report_at(1, lift, Step::EnRoute, Timestamp(allowed_from.0 - 1));
    assert_eq!(w.refused(HOME, early), wrong_day);
    w.act(HOME, report_at(1, lift, Step::EnRoute, allowed_from));
}

#[test]
fn a_no_show_waits_and_the_refusal_says_until_when() {
    let mut w = World::alone();
    let (trip, _, lift) = w.confirmed();
    w.until(tue(11, 0));
    let too_early = |allowed_from| Refusal::TooEarlyForNoShow { lift, allowed_from };
    let claim = *w.coops[HOME].state.claims.iter().next().unwrap().0;
    assert_eq!(no_show_allowed_from(&w.coops[HOME].state, claim), Some(tue(10, 10)));
    let early = report_at(1, lift, Step::NoShow, Timestamp(tue(10, 10).0 - 1));
    assert_eq!(w.refused(HOME, early), too_early(tue(10, 10)));
    // Who comes late waits from then on.
    w.act(HOME, report_at(2, lift, Step::Arrived, tue(10, 15)));
    let early = report_at(3, lift, Step::NoShow, tue(10, 24));
    assert_eq!(w.refused(HOME, early), too_early(tue(10, 25)));
    w.act(HOME, report_at(4, lift, Step::NoShow, tue(10, 25)));
    w.drain();
    assert_eq!(w.outcome(HOME, trip), Outcome::NoShow);
}

#[test]
fn who_comes_early_waits_from_the_time_the_rider_was_told() {
    let mut w = World::alone();
    let (_, claim, lift) = w.confirmed();
    // A later plan brings the driver to the door at five to; the rider was told ten.
    let willing = w.coops[HOME].willing;
    let other = w.book(HOME, 12, 0);
    let body = w.body(HOME, other);
    let mut plan = w.plan(HOME, &body, willing, tue(12, 0));
    let told = plan.stops.iter_mut().find(|s| s.claim == claim && s.leg == Leg::PickUp).unwrap();
    told.planned = tue(9, 50);
    w.act(HOME, Command::AssignTrip { trip: other, plan, agreed: false });
    w.until(tue(10, 5));
    w.act(HOME, report_at(1, lift, Step::Arrived, tue(9, 50)));
    let refused = w.refused(HOME, report_at(2, lift, Step::NoShow, tue(10, 5)));
    assert_eq!(refused, Refusal::TooEarlyForNoShow { lift, allowed_from: tue(10, 10) });
}

#[test]
fn a_rider_who_calls_it_off_at_the_door_ends_the_lift_there() {
    let mut w = World::alone();
    let (trip, _, lift) = w.confirmed();
    w.until(tue(10, 0));
    w.report(HOME, lift, Step::Arrived).unwrap();
    w.report(HOME, lift, Step::CancelledAtDoor).unwrap();
    w.drain();
    assert_eq!(w.outcome(HOME, trip), Outcome::CancelledAtDoor);
    let run = w.state(HOME).runs.get(&RunId(1)).unwrap();
    assert!(run.stops.iter().all(|s| s.done.is_some()), "the driver has been there");
}

#[test]
fn a_driver_reports_on_own_lifts_only() {
    let mut w = World::alone();
    let (_, _, lift) = w.confirmed();
    w.until(tue(9, 30));
    let (mine, other) = (w.coops[HOME].willing, w.coops[HOME].driver);
    let report = report_at(1, lift, Step::EnRoute, w.now);
    let as_driver = |member| Actor::Member(member, Role::Driver);
    let refused = w.ask(HOME, as_driver(other), report.clone());
    assert_eq!(refused, Err(Refusal::NotYourLift { lift }));
    assert!(w.ask(HOME, as_driver(mine), report).is_ok());
    let unknown = report_at(2, LiftNumber(99), Step::EnRoute, w.now);
    assert_eq!(w.refused(HOME, unknown), Refusal::NoLift(LiftNumber(99)));
}

#[test]
fn a_lift_not_agreed_to_is_not_driven_and_one_that_is_over_takes_only_miles() {
    let mut w = World::alone();
    let (trip, driver) = (w.book(HOME, 10, 0), w.new_driver(HOME, Consent::Ask, CAR));
    w.assign(HOME, trip, driver, tue(10, 0));
    let lift = w.last_claim(HOME).1.number;
    let early = [Step::EnRoute, Step::PickUp, Step::DropOff, Step::NoShow, Step::Miles(Metres(1))];
    for step in early.into_iter().chain([Step::Accept]) {
        assert!(matches!(w.report(HOME, lift, step), Err(Refusal::LiftState { .. })), "held: {step:?}");
    }
    w.drain();
    for step in early {
        assert!(matches!(w.report(HOME, lift, step), Err(Refusal::LiftState { .. })), "asked: {step:?}");
    }
    w.report(HOME, lift, Step::Accept).unwrap();
    w.drain();
    w.until(tue(10, 0));
    w.report(HOME, lift, Step::PickUp).unwrap();
    w.report(HOME, lift, Step::DropOff).unwrap();
    w.drain();
    for step in [Step::EnRoute, Step::PickUp, Step::DropOff, Step::NoShow, Step::Accept, Step::Decline] {
        assert!(matches!(w.report(HOME, lift, step), Err(Refusal::LiftState { .. })), "over: {step:?}");
    }
    w.report(HOME, lift, Step::Miles(Metres(9000))).unwrap();
    assert_eq!(w.last_claim(HOME).1.metres, Some(Metres(9000)));
}
