//! Explores the smaller configurations to their end.

#![allow(clippy::unwrap_used)] // A scene that is missing fails the test.

use std::time::Duration;

use jitney_model::report::Verdict;
use jitney_model::{Scene, check, small};

fn scene(name: &str) -> Scene {
    small().into_iter().find(|scene| scene.name == name).unwrap()
}

/// Explores to the end.
#[track_caller]
fn holds(name: &str, least: usize) {
    let report = check(scene(name), None, 2, Duration::from_secs(600), None);
    assert!(report.is_good() && report.ended, "{report}");
    assert!(report.states >= least, "only {} states: the model has lost something\n{report}", report.states);
    let reached = report.verdicts.values().filter(|v| matches!(v, Verdict::Reached(_))).count();
    assert!(reached == report.scene.reaches.len(), "a name that no property has\n{report}");
}

#[test]
fn one_trip_between_two_coops_keeps_every_promise() {
    holds("two-coops", 1000);
}

#[test]
fn booking_is_right_without_any_order_of_letters() {
    holds("two-coops-any-order", 1000);
}

#[test]
fn a_crash_between_writing_and_speaking_keeps_every_promise() {
    holds("crash", 500);
}

#[test]
fn competing_claims_keep_every_promise() {
    holds("competing", 10000);
}

#[test]
fn a_round_trip_carried_by_two_coops_keeps_every_promise() {
    holds("round-trip", 10000);
}

#[test]
fn a_crash_on_a_round_trip_keeps_every_promise() {
    holds("round-trip-crash", 10000);
}

#[test]
fn lost_vetting_and_capability_flag_every_lift() {
    holds("unfit", 1000);
}

#[test]
fn offers_to_one_partner_keep_every_promise() {
    holds("offers", 10000);
}

#[test]
fn one_driver_for_two_trips_keeps_every_promise() {
    holds("one-driver", 500);
}
