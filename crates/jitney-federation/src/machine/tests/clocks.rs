//! Clocks that go wrong are told to the operator, and nothing expires by them.

use jitney_domain::Minutes;

use super::net::Net;
use crate::machine::*;
use crate::testing::key;

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
    let ticket = net.append("orchard", "ticket", 60);
    net.run(Minutes(11));
    let held = |net: &Net| net.machine("mill").log().entries.values().any(|entry| entry.id() == ticket);
    net.sites.get_mut("mill").unwrap().skew_ms = 3 * 24 * 60 * 60_000;
    net.run(Minutes(30));
    assert!(net.machine("mill").clock().1 && held(&net), "the others say it is not that late");
    net.sites.get_mut("mill").unwrap().skew_ms = 0;
    net.run(Minutes(25));
    assert!(!net.machine("mill").clock().1 && held(&net));
    net.run(Minutes(30));
    assert!(!held(&net), "it expires in its time");
}

#[test]
fn an_entry_from_the_future_is_fetched_again_if_it_was_forgotten() {
    let mut net = Net::federation(86, &["orchard", "harbour"]);
    net.faults.mute = true;
    net.sites.get_mut("harbour").unwrap().skew_ms = 30 * 60_000;
    net.append("harbour", "early", 600);
    net.run(Minutes(11));
    assert!(net.machine("orchard").log().parked() > 0);
    net.crash("orchard");
    net.restart("orchard");
    net.run(Minutes(15));
    assert_eq!(net.tickets("orchard"), ["early"]);
}

#[test]
fn what_a_clock_far_ahead_dated_arrives_once_it_is_set_right() {
    let mut net = Net::federation(87, &["orchard", "harbour", "mill"]);
    net.sites.get_mut("harbour").unwrap().skew_ms = 21 * 24 * 60 * 60_000;
    net.append("harbour", "early", 600);
    net.send("harbour", "orchard", "a claim");
    net.run(Minutes(25));
    assert!(net.tickets("orchard").is_empty() && net.letters("orchard").is_empty());
    net.sites.get_mut("harbour").unwrap().skew_ms = 0;
    net.run(Minutes(25));
    assert_eq!(net.tickets("orchard"), ["early"]);
    assert_eq!(net.letters("orchard"), ["a claim"]);
    assert!(!net.machine("harbour").clock().1, "the clock is trusted again");
    for name in ["orchard", "mill"] {
        assert!(!net.machine(name).is_suspended(&key("harbour").public()));
    }
}

#[test]
fn what_is_written_before_others_say_that_the_clock_is_right_again_arrives() {
    let mut net = Net::federation(93, &["orchard", "harbour", "mill"]);
    // Gossip would bring it in any case.
    net.faults.mute = true;
    net.sites.get_mut("harbour").unwrap().skew_ms = 21 * 24 * 60 * 60_000;
    net.append("harbour", "early", 600);
    net.run(Minutes(25));
    // Nobody has told it the time yet; it asks before it is asked.
    net.sites.get_mut("harbour").unwrap().skew_ms = 0;
    net.append("harbour", "right", 600);
    net.run(Minutes(25));
    for name in ["orchard", "harbour", "mill"] {
        assert_eq!(net.tickets(name), ["early", "right"], "{name}");
    }
}

#[test]
fn what_gossip_lost_of_a_life_that_was_taken_back_in_part_is_given() {
    let mut net = Net::federation(94, &["orchard", "harbour", "mill"]);
    net.sites.get_mut("harbour").unwrap().skew_ms = 21 * 24 * 60 * 60_000;
    net.append("harbour", "early", 600);
    net.run(Minutes(25));
    net.sites.get_mut("harbour").unwrap().skew_ms = 0;
    // Of two that are written beyond what will be taken back, the others hear of the second only.
    net.faults.mute = true;
    net.append("harbour", "lost", 600);
    net.faults.mute = false;
    net.append("harbour", "right", 600);
    net.run(Minutes(25));
    for name in ["orchard", "harbour", "mill"] {
        assert_eq!(net.tickets(name), ["early", "lost", "right"], "{name}");
    }
}

/// Lets a node's clock leap ahead while nobody is there to tell it the time; tells whether it dropped what lived, and
/// sets the clock right.
fn drops_in_solitude(net: &mut Net, days: i64) -> bool {
    net.append("orchard", "ticket", 600);
    net.run(Minutes(11));
    net.partition(&["harbour"], &["orchard", "mill"]);
    net.sites.get_mut("harbour").unwrap().skew_ms = days * 24 * 60 * 60_000;
    net.run(Minutes(60));
    let entries = &net.machine("harbour").log().entries;
    let dropped = !entries.values().any(|entry| entry.body() == b"ticket");
    net.sites.get_mut("harbour").unwrap().skew_ms = 0;
    net.heal();
    net.run(Minutes(20));
    dropped
}

#[test]
fn what_a_clock_weeks_ahead_takes_for_expired_in_solitude_is_kept() {
    let mut net = Net::federation(88, &["orchard", "harbour", "mill"]);
    assert!(!drops_in_solitude(&mut net, 21));
    assert_eq!(net.tickets("harbour"), ["ticket"]);
}

#[test]
fn who_was_told_that_its_clock_is_wrong_does_not_forget_it_in_solitude() {
    let mut net = Net::federation(88, &["orchard", "harbour", "mill"]);
    net.append("harbour", "ticket", 600);
    net.run(Minutes(11));
    net.sites.get_mut("harbour").unwrap().skew_ms = 21 * 24 * 60 * 60_000;
    net.run(Minutes(12));
    assert!(net.machine("harbour").clock().1, "the others have told it");
    net.partition(&["harbour"], &["orchard", "mill"]);
    net.run(Minutes(60));
    net.sites.get_mut("harbour").unwrap().skew_ms = 0;
    net.heal();
    net.run(Minutes(20));
    for name in ["orchard", "harbour", "mill"] {
        assert_eq!(net.tickets(name), ["ticket"], "{name}");
    }
}

#[test]
fn what_a_clock_months_ahead_dropped_is_fetched_again_once_it_is_set_right() {
    let mut net = Net::federation(88, &["orchard", "harbour", "mill"]);
    assert!(drops_in_solitude(&mut net, 45), "nobody could tell it that it is not that late");
    assert_eq!(net.tickets("harbour"), ["ticket"]);
}

#[test]
fn a_letter_and_an_entry_written_while_the_clock_was_months_behind_arrive() {
    let mut net = Net::federation(89, &["orchard", "harbour", "mill"]);
    net.append("orchard", "ticket", 600);
    net.run(Minutes(11));
    // Before the certificates of all nodes begin.
    net.sites.get_mut("harbour").unwrap().skew_ms = -90 * 24 * 60 * 60_000;
    net.send("harbour", "orchard", "a claim");
    net.append("harbour", "behind", 110 * 24 * 60);
    net.run(Minutes(25));
    assert_eq!(net.letters("orchard"), ["a claim"]);
    assert_eq!(net.tickets("orchard"), ["behind", "ticket"]);
}

#[test]
fn who_asks_a_node_whose_clock_is_ahead_is_given_what_lives() {
    let mut net = Net::federation(90, &["orchard", "harbour"]);
    net.faults.mute = true;
    net.append("orchard", "ticket", 600);
    net.sites.get_mut("orchard").unwrap().skew_ms = 24 * 60 * 60_000;
    net.run(Minutes(25));
    net.sites.get_mut("orchard").unwrap().skew_ms = 0;
    net.run(Minutes(11));
    assert_eq!(net.tickets("harbour"), ["ticket"]);
}

#[test]
fn what_two_clocks_ahead_told_each_other_is_taken_back_once_one_is_right() {
    let mut net = Net::federation(91, &["orchard", "harbour", "mill"]);
    net.sites.get_mut("harbour").unwrap().skew_ms = 21 * 24 * 60 * 60_000;
    net.append("harbour", "early", 600);
    net.run(Minutes(11));
    net.partition(&["harbour", "orchard"], &["mill"]);
    net.sites.get_mut("orchard").unwrap().skew_ms = 21 * 24 * 60 * 60_000;
    net.run(Minutes(25));
    net.sites.get_mut("orchard").unwrap().skew_ms = 0;
    net.heal();
    net.partition(&["harbour"], &["orchard", "mill"]);
    net.run(Minutes(25));
    assert!(net.machine("orchard").log().newest().unwrap() <= net.now.after(crate::log::CLOCK_SKEW));
    assert!(!net.machine("orchard").clock().1, "it is trusted, and so it trusts itself");
}

#[test]
fn what_was_dated_ahead_before_a_backup_was_restored_arrives_once_the_clock_is_right() {
    let mut net = Net::federation(96, &["orchard", "harbour", "mill"]);
    // Gossip would bring it in any case.
    net.faults.mute = true;
    net.sites.get_mut("harbour").unwrap().skew_ms = 28 * 60 * 60_000;
    net.append("harbour", "early", 600);
    net.crash("harbour");
    net.restart("harbour");
    net.command("harbour", |machine, cx| {
        machine.new_incarnation(cx);
        Ok(Vec::new())
    })
    .unwrap();
    net.run(Minutes(25));
    assert!(net.tickets("orchard").is_empty());
    net.sites.get_mut("harbour").unwrap().skew_ms = 0;
    net.run(Minutes(25));
    for name in ["orchard", "harbour", "mill"] {
        assert_eq!(net.tickets(name), ["early"], "{name}");
    }
}

#[test]
fn what_an_earlier_life_dated_ahead_comes_once_also_where_it_waits_and_the_new_life_began_in_time() {
    let mut net = Net::federation(97, &["orchard", "harbour", "mill"]);
    net.sites.get_mut("harbour").unwrap().skew_ms = 60 * 60_000;
    net.append("harbour", "early", 600);
    net.run(Minutes(1));
    assert!(net.machine("orchard").log().parked() > 0, "it waits there");
    net.crash("harbour");
    net.sites.get_mut("harbour").unwrap().skew_ms = 0;
    net.restart("harbour");
    net.command("harbour", |machine, cx| {
        machine.new_incarnation(cx);
        Ok(Vec::new())
    })
    .unwrap();
    net.append("harbour", "right", 600);
    net.run(Minutes(90));
    for name in ["orchard", "harbour", "mill"] {
        assert_eq!(net.tickets(name), ["early", "right"], "{name}");
        assert_eq!(net.machine(name).log().parked(), 0, "{name}");
    }
}

#[test]
fn a_letter_dated_by_what_others_had_dated_ahead_arrives_once_that_is_taken_back() {
    let mut net = Net::federation(95, &["orchard", "harbour", "mill"]);
    net.partition(&["harbour", "orchard"], &["mill"]);
    for name in ["harbour", "orchard"] {
        net.sites.get_mut(name).unwrap().skew_ms = 21 * 24 * 60 * 60_000;
    }
    net.append("harbour", "early", 600);
    net.run(Minutes(11));
    assert_eq!(net.tickets("orchard"), ["early"]);
    // Nobody has told it yet that its clock is right.
    net.partition(&["harbour"], &["orchard"]);
    net.sites.get_mut("orchard").unwrap().skew_ms = 0;
    net.send("orchard", "mill", "a claim");
    net.heal();
    net.partition(&["harbour"], &["orchard", "mill"]);
    net.run(Minutes(25));
    assert_eq!(net.letters("mill"), ["a claim"]);
}

#[test]
fn a_clock_set_back_stops_no_timer() {
    let mut net = Net::federation(84, &["orchard", "harbour"]);
    net.run(Minutes(30));
    net.sites.get_mut("orchard").unwrap().skew_ms = -14 * 24 * 60 * 60_000;
    net.faults.mute = true;
    net.give("orchard", Input::Wake);
    net.append("harbour", "ticket", 600);
    let pulls = net.machine("orchard").counters().pulls;
    net.run(Minutes(25));
    assert!(net.machine("orchard").counters().pulls >= pulls + 2);
    net.send("orchard", "harbour", "late");
    net.sites.get_mut("orchard").unwrap().skew_ms = 0;
    net.run(Minutes(12));
    assert_eq!(net.tickets("orchard"), ["ticket"]);
}

#[test]
fn a_clock_that_was_ahead_of_all_certificates_in_solitude_lets_the_others_in_once_it_is_right() {
    let mut net = Net::federation(92, &["orchard", "harbour", "mill"]);
    net.append("harbour", "ticket", 600);
    net.run(Minutes(11));
    net.partition(&["orchard"], &["harbour", "mill"]);
    net.sites.get_mut("orchard").unwrap().skew_ms = 10 * 365 * 24 * 60 * 60_000;
    net.run(Minutes(45));
    assert!(net.machine("orchard").peers().is_empty(), "by its clock nobody is certified any more");
    net.append("orchard", "early", 600);
    net.append("mill", "meanwhile", 600);
    net.sites.get_mut("orchard").unwrap().skew_ms = 0;
    net.heal();
    net.give("orchard", Input::Wake);
    net.run(Minutes(25));
    assert_eq!(net.tickets("orchard"), ["early", "meanwhile", "ticket"]);
    assert_eq!(net.tickets("mill"), ["early", "meanwhile", "ticket"]);
}

const TEN_YEARS_BACK_MS: i64 = -10 * 365 * 24 * 60 * 60_000;

/// Returns how many nodes a node last said are to be let in.
fn let_in(net: &Net, name: &str) -> usize {
    let allowed = net.sites[name].outputs.iter().rev().find_map(|output| match output {
        Output::Allow { roster, .. } => Some(roster.len()),
        _ => None,
    });
    allowed.unwrap()
}

#[test]
fn a_clock_that_fell_back_behind_all_certificates_shuts_nobody_out() {
    let mut net = Net::federation(93, &["orchard", "harbour", "mill"]);
    net.append("harbour", "ticket", 600);
    net.run(Minutes(11));
    net.sites.get_mut("orchard").unwrap().skew_ms = TEN_YEARS_BACK_MS;
    net.give("orchard", Input::Wake);
    net.run(Minutes(25));
    assert_eq!(let_in(&net, "orchard"), 2);
    let harbour = crate::testing::node("harbour").public();
    let known = net.machine("orchard").peers().into_iter().find(|peer| peer.node == harbour);
    assert_eq!(known.unwrap().coop, Some(key("harbour").public()), "its operator sees whose node it is");
}

#[test]
fn a_node_started_with_a_clock_behind_all_certificates_shuts_nobody_out() {
    let mut net = Net::federation(94, &["orchard", "harbour", "mill"]);
    net.append("harbour", "ticket", 600);
    net.run(Minutes(11));
    net.crash("orchard");
    net.append("harbour", "meanwhile", 600);
    net.sites.get_mut("orchard").unwrap().skew_ms = TEN_YEARS_BACK_MS;
    net.restart("orchard");
    assert_eq!(let_in(&net, "orchard"), 2);
    assert!(net.machine("orchard").clock().1, "it knows that its clock is wrong");
    net.send("orchard", "mill", "a claim");
    net.run(Minutes(25));
    assert_eq!(net.letters("mill"), ["a claim"], "it is dated by what others wrote");
    net.sites.get_mut("orchard").unwrap().skew_ms = 0;
    net.run(Minutes(25));
    assert_eq!(net.tickets("orchard"), ["meanwhile", "ticket"]);
}

#[test]
fn a_roster_that_changes_while_the_clock_is_behind_all_certificates_shuts_nobody_out() {
    let mut net = Net::federation(95, &["orchard", "harbour", "mill"]);
    net.append("harbour", "ticket", 600);
    net.run(Minutes(11));
    net.sites.get_mut("orchard").unwrap().skew_ms = TEN_YEARS_BACK_MS;
    net.give("orchard", Input::Wake);
    let changes = net.count("orchard", |output| matches!(output, Output::RosterChanged { .. }));
    net.join("ridge", "harbour");
    net.run(Minutes(1));
    for name in ["harbour", "mill"] {
        net.admit(name, "ridge");
        net.run(Minutes(2));
    }
    net.run(Minutes(11));
    assert!(net.count("orchard", |output| matches!(output, Output::RosterChanged { .. })) > changes);
    assert_eq!(let_in(&net, "orchard"), 3, "the newcomer too");
}

#[test]
fn a_question_that_is_never_answered_is_given_up() {
    let mut net = Net::federation(85, &["orchard", "harbour"]);
    let pulls = net.machine("harbour").counters().pulls;
    // The network swallows the question without a word.
    net.command("harbour", |machine, cx| {
        machine.handle(Input::Subscribed { peer: crate::testing::node("orchard").public() }, cx);
        Ok(Vec::new())
    })
    .unwrap();
    assert!(net.machine("harbour").peers()[0].asking);
    net.run(Minutes(4));
    assert!(net.machine("harbour").counters().pulls > pulls);
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
