//! Explores the smaller configurations to their end.

#![allow(clippy::unwrap_used)] // A scene that is missing fails the test.

use std::time::Duration;

use jitney_model::report::Verdict;
use jitney_model::{Scene, check, small};

fn scene(name: &str) -> Scene {
    small().into_iter().find(|scene| scene.name == name).unwrap()
}

/// Explores to the end or for twenty seconds, whichever is sooner.
#[track_caller]
fn holds(name: &str, least: usize) {
    let report = check(scene(name), None, 2, Duration::from_secs(20), None);
    assert!(report.is_good(), "{report}");
    assert!(report.states >= least, "only {} states: the model has lost something\n{report}", report.states);
    let reached = report.verdicts.values().filter(|v| matches!(v, Verdict::Reached(_))).count();
    assert!(!report.ended || reached == report.scene.reaches.len(), "a name that no property has\n{report}");
}

#[test]
fn one_trip_between_two_coops_keeps_every_promise() {
    holds("two-coops", 100);
}

#[test]
fn booking_is_right_without_any_order_of_letters() {
    holds("two-coops-any-order", 100);
}

#[test]
fn a_crash_between_writing_and_speaking_keeps_every_promise() {
    holds("crash", 100);
}

#[test]
fn competing_claims_keep_every_promise() {
    holds("competing", 100);
}

#[test]
fn a_round_trip_carried_by_two_coops_keeps_every_promise() {
    holds("round-trip", 100);
}

#[test]
fn one_driver_for_two_trips_keeps_every_promise() {
    holds("one-driver", 100);
}
