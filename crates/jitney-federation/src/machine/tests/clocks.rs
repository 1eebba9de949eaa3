//! Clocks that go wrong are told to the operator, and nothing expires by them.

use jitney_domain::Minutes;

use super::net::Net;
use crate::machine::*;

#[test]
fn a_clock_that_differs_from_the_others_is_told_once_and_told_good_again() {
    let mut net = Net::federation(81, &["orchard", "harbour", "mill"]);
    net.sites.get_mut("mill").unwrap().skew_ms = 5 * 60_000;
    net.run(Minutes(25));
    let offsets: Vec<i64> = net.sites["mill"]
        .outputs
        .iter()
        .filter_map(|output| match output {
            Output::ClockSuspect { offset_ms } => Some(*offset_ms),
            _ => None,
        })
        .collect();
    assert_eq!(offsets.len(), 1);
    assert!((offsets[0] + 5 * 60_000).abs() < 1_000, "{offsets:?}");
    assert_eq!(net.count("orchard", |o| matches!(o, Output::ClockSuspect { .. })), 0, "the median is right");
    net.sites.get_mut("mill").unwrap().skew_ms = 0;
    net.run(Minutes(25));
    assert!(net.saw("mill", &Output::ClockGood));
}

#[test]
fn nothing_expires_while_the_clock_is_in_doubt() {
    let mut net = Net::federation(82, &["orchard", "harbour", "mill"]);
    net.append("orchard", "ticket", 600);
    net.run(Minutes(11));
    net.sites.get_mut("mill").unwrap().skew_ms = 3 * 24 * 60 * 60_000;
    net.give("mill", Input::Disconnected { peer: crate::testing::node("orchard").public() });
    net.run(Minutes(1));
    let held = net.machine("mill").log().entries.len();
    net.run(Minutes(30));
    assert!(net.machine("mill").clock().1);
    assert!(net.machine("mill").log().entries.len() >= held.min(1));
}

#[test]
fn a_machine_that_wakes_in_the_past_knows_it() {
    let mut net = Net::federation(83, &["orchard", "harbour"]);
    net.append("harbour", "ticket", 600);
    net.run(Minutes(5));
    net.crash("orchard");
    net.sites.get_mut("orchard").unwrap().skew_ms = -14 * 24 * 60 * 60_000;
    net.partition(&["orchard"], &["harbour"]);
    net.restart("orchard");
    assert!(net.machine("orchard").clock().1, "its own newest entry lies two weeks ahead");
}
