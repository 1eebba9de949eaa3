//! Direct messages: exactly once, in order, whatever happens on the way.

use jitney_domain::Minutes;

use super::net::{Faults, Net};
use crate::direct::DirectRefusal;
use crate::machine::*;
use crate::testing::key;

#[test]
fn repeated_lost_and_reordered_messages_arrive_once_and_in_order() {
    for seed in 0..6 {
        let mut net = Net::federation(seed, &["orchard", "harbour"]);
        net.faults = Faults { lose_one_in: 3, repeat_one_in: 2, delay_ms: 5_000, mute: false };
        let sent: Vec<String> = (0..20).map(|n| format!("claim {n}")).collect();
        for text in &sent {
            net.send("orchard", "harbour", text);
            net.run(Minutes(1));
        }
        net.run(Minutes(300));
        assert_eq!(net.letters("harbour"), sent, "seed {seed}");
        let delivered = net.count("orchard", |o| matches!(o, Output::DirectDelivered { .. }));
        assert_eq!(delivered, 20);
        assert_eq!(net.machine("orchard").outbox().count(), 0);
        assert!(net.machine("harbour").counters().letters_repeated > 0, "some did come twice");
    }
}

#[test]
fn a_message_waits_for_a_coop_out_of_reach_across_restarts_of_both() {
    let mut net = Net::federation(41, &["orchard", "harbour"]);
    net.crash("harbour");
    net.send("orchard", "harbour", "award");
    net.run(Minutes(30));
    net.crash("orchard");
    net.restart("orchard");
    net.restart("harbour");
    net.run(Minutes(1));
    assert_eq!(net.letters("harbour"), ["award"]);
    net.crash("harbour");
    net.restart("harbour");
    net.run(Minutes(30));
    assert_eq!(net.letters("harbour"), ["award"], "a restart forgets no delivery");
}

#[test]
fn a_message_to_oneself_takes_the_same_way_out() {
    let mut net = Net::federation(42, &["orchard", "harbour"]);
    net.send("orchard", "orchard", "claim");
    assert_eq!(net.letters("orchard"), ["claim"]);
    assert_eq!(net.count("orchard", |o| matches!(o, Output::DirectDelivered { .. })), 1);
}

#[test]
fn what_nobody_fetched_in_time_is_reported() {
    let mut net = Net::federation(43, &["orchard", "harbour"]);
    net.crash("harbour");
    net.send("orchard", "harbour", "award");
    net.run(Minutes(601));
    let failed = net.count("orchard", |output| {
        matches!(output, Output::DirectFailed { reason: DirectRefusal::Expired, .. })
    });
    assert_eq!(failed, 1);
    net.restart("harbour");
    net.run(Minutes(20));
    assert!(net.letters("harbour").is_empty());
}

#[test]
fn nothing_is_sent_to_a_coop_off_the_roster() {
    let mut net = Net::federation(44, &["orchard", "harbour"]);
    let stranger = key("stranger").public();
    let refused = net.command("orchard", |machine, cx| {
        machine.send(stranger, b"x", cx.now.after(Minutes(1)), cx).map(|(_, out)| out)
    });
    assert_eq!(refused, Err(CommandError::NotOnRoster { coop: stranger }));
}

#[test]
fn a_crash_between_writing_and_speaking_loses_nothing() {
    let mut net = Net::federation(45, &["orchard", "harbour"]);
    let until = net.now.after(Minutes(600));
    // The rows are written, the outputs never leave.
    net.command("orchard", |machine, cx| {
        machine.send(key("harbour").public(), b"award", until, cx)?;
        machine.append_bytes(crate::Kind::TICKET_CLOSED, b"closed", until, cx)?;
        Ok(Vec::new())
    })
    .unwrap();
    net.crash("orchard");
    net.restart("orchard");
    net.run(Minutes(1));
    assert_eq!(net.letters("harbour"), ["award"]);
    let closed = net.machine("harbour").live_entries(net.now).any(|entry| entry.body() == b"closed");
    assert!(closed);
}
