//! Tests of the checker: every planted bug is found, by the promise that it breaks.

#![allow(clippy::unwrap_used)] // A scene that is missing fails the test.

use std::time::Duration;

use jitney_model::promise::named::*;
use jitney_model::report::Verdict;
use jitney_model::{Fault, check, small};

#[track_caller]
fn finds(fault: Fault, scene: &str, promise: &'static str) {
    let scene = small().into_iter().find(|s| s.name == scene).unwrap();
    let report = check(scene, Some(fault), 2, Duration::from_secs(600), Some(promise));
    match report.verdicts.get(promise) {
        Some(Verdict::Broken(path)) => assert!(!path.is_empty(), "{fault:?} breaks nothing by doing nothing"),
        other => panic!("{fault:?} is not found: {other:?}\n{report}"),
    }
}

#[test]
fn the_checker_finds_two_awards() {
    finds(Fault::AwardsTwice, "competing", ONE_AWARD);
}

#[test]
fn the_checker_finds_an_award_that_lapses_in_silence() {
    finds(Fault::LapsesInSilence, "competing", ONE_AWARD);
}

#[test]
fn the_checker_finds_a_driver_held_twice() {
    finds(Fault::IgnoresOverlap, "one-driver", NO_OVERLAP);
}

#[test]
fn the_checker_finds_a_provider_that_fails_in_silence() {
    finds(Fault::FailsInSilence, "competing", CONFIRMED);
}

#[test]
fn the_checker_finds_a_confirmation_that_is_in_no_calendar() {
    finds(Fault::ConfirmsWithoutCalendar, "competing", CONFIRMED);
}

#[test]
fn the_checker_finds_what_a_crash_has_swallowed() {
    finds(Fault::CrashForgetsOutbox, "crash", AGREE);
}

#[test]
fn the_checker_finds_a_driver_whom_nobody_calls_off() {
    finds(Fault::NeverCancels, "competing", AGREE);
}

#[test]
fn the_checker_finds_an_agreement_that_one_side_does_not_know() {
    finds(Fault::AgreesInSilence, "competing", AGREE);
}

#[test]
fn the_checker_finds_half_a_round_trip_given_away() {
    finds(Fault::AwardsHalf, "round-trip", RETURN);
}

#[test]
fn the_checker_finds_a_late_answer_that_overwrites() {
    finds(Fault::LateConfirmOverwrites, "competing", NOT_OVERWRITTEN);
}

#[test]
fn the_checker_finds_an_expired_hold_that_lives_again() {
    finds(Fault::RevivesExpiredHold, "competing", NOT_OVERWRITTEN);
}

#[test]
fn the_checker_finds_a_rider_dropped_on_the_way() {
    finds(Fault::CancelsOnBoard, "competing", NOT_OVERWRITTEN);
}

#[test]
fn the_checker_finds_an_unfit_driver_who_confirms() {
    finds(Fault::IgnoresVetting, "two-coops", FIT);
}

#[test]
fn the_checker_finds_a_broken_promise_that_nobody_is_shown() {
    finds(Fault::HidesFailure, "competing", CONFIRMED);
}

#[test]
fn the_checker_finds_a_provider_who_cannot_be_heard_and_nobody_is_shown() {
    finds(Fault::HidesSilence, "competing", CONFIRMED);
}

#[test]
fn the_checker_finds_a_way_home_that_nobody_is_phoned_about() {
    finds(Fault::HidesReturn, "round-trip", RETURN);
}

#[test]
fn the_checker_finds_a_lift_with_lost_vetting_that_is_not_flagged() {
    finds(Fault::HidesUnfit, "unfit", FIT);
}
