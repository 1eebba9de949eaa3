//! A coop that contradicts itself is known to all, by gossip or by sync, and stays so until cleared.

use jitney_domain::Minutes;
use jitney_identity::Hash;

use super::net::Net;
use crate::entry::{Entry, EntryHeader, Kind};
use crate::ids::Incarnation;
use crate::log::MAX_PROOFS_PER_COOP;
use crate::machine::*;
use crate::testing::{key, node};

const NAMES: [&str; 3] = ["orchard", "harbour", "mill"];

/// Two entries of one number, signed by the mill.
fn contradiction(net: &Net) -> [Entry; 2] {
    contradiction_in(net, 5)
}

/// Two entries of one number in some life of the mill's log.
fn contradiction_in(net: &Net, life: u64) -> [Entry; 2] {
    ["to the clinic", "to the market"].map(|body| {
        let header = EntryHeader {
            kind: Kind::TICKET_OPENED,
            federation: net.machine("orchard").roster().unwrap().federation(),
            origin: key("mill").public(),
            node: node("mill").public(),
            incarnation: Incarnation(life),
            seq: 1,
            prev: Hash::ZERO,
            issued_at: net.now,
            expires_at: net.now.after(Minutes(60)),
        };
        Entry::sign(header, body.as_bytes(), &node("mill")).unwrap()
    })
}

/// Tells two coops, while they cannot talk, two different things.
fn told_apart(net: &mut Net) -> [Entry; 2] {
    let [clinic, market] = contradiction(net);
    net.crash("mill");
    net.partition(&["orchard"], &["harbour"]);
    assert_eq!(net.inject("orchard", "mill", clinic.bytes()), Verdict::Accept);
    assert_eq!(net.inject("harbour", "mill", market.bytes()), Verdict::Accept);
    [clinic, market]
}

fn both_know(net: &Net) {
    let mill = key("mill").public();
    for name in ["orchard", "harbour"] {
        assert!(net.machine(name).is_suspended(&mill), "{name}");
        assert_eq!(net.count(name, |o| o == &Output::Equivocation { origin: mill }), 1, "{name}");
    }
}

#[test]
fn a_contradiction_told_to_two_coops_apart_is_found_when_they_meet() {
    let mut net = Net::federation(71, &NAMES);
    told_apart(&mut net);
    net.heal();
    net.run(Minutes(16));
    both_know(&net);
}

#[test]
fn a_contradiction_is_found_by_the_entry_that_follows_it() {
    let mut net = Net::federation(75, &NAMES);
    let [clinic, _] = told_apart(&mut net);
    let header = EntryHeader { seq: 2, prev: clinic.id().0, ..clinic.header().clone() };
    let next = Entry::sign(header, b"next", &node("mill")).unwrap();
    assert_eq!(net.inject("harbour", "mill", next.bytes()), Verdict::Accept);
    assert!(net.machine("harbour").is_suspended(&key("mill").public()));
    net.heal();
    net.run(Minutes(16));
    both_know(&net);
}

#[test]
fn a_proof_reaches_everybody_by_sync_even_who_comes_later() {
    let mut net = Net::federation(72, &NAMES);
    let mill = key("mill").public();
    let entries = contradiction(&net);
    net.crash("harbour");
    net.faults.mute = true;
    for entry in &entries {
        assert_eq!(net.inject("orchard", "mill", entry.bytes()), Verdict::Accept);
    }
    assert!(net.machine("orchard").is_suspended(&mill));
    assert_eq!(net.tickets("orchard"), ["to the clinic"], "the first entry stays");
    net.restart("harbour");
    net.run(Minutes(16));
    assert!(net.machine("harbour").is_suspended(&mill));
    net.join("ridge", "orchard");
    net.run(Minutes(1));
    for name in NAMES {
        net.admit(name, "ridge");
        net.run(Minutes(11));
    }
    net.run(Minutes(11));
    assert!(net.is_member("ridge") && net.machine("ridge").is_suspended(&mill));
}

#[test]
fn a_person_clears_a_coop_and_it_stays_cleared() {
    let mut net = Net::federation(73, &NAMES);
    let mill = key("mill").public();
    for entry in &contradiction(&net) {
        net.inject("orchard", "mill", entry.bytes());
    }
    net.run(Minutes(15));
    assert!(net.sites.get_mut("orchard").unwrap().machine.clear_equivocation(&mill));
    net.run(Minutes(60));
    assert!(!net.machine("orchard").is_suspended(&mill));
    assert!(net.machine("harbour").is_suspended(&mill), "each coop decides for itself");
}

#[test]
fn further_variants_of_a_proven_contradiction_are_not_passed_on() {
    let mut net = Net::federation(74, &NAMES);
    let entries = contradiction(&net);
    for entry in &entries {
        net.inject("orchard", "mill", entry.bytes());
    }
    let third = Entry::sign(entries[0].header().clone(), b"to the fair", &node("mill")).unwrap();
    assert_eq!(net.inject("orchard", "mill", third.bytes()), Verdict::Ignore);
    assert_eq!(net.machine("orchard").log().proofs.len(), 1);
}

#[test]
fn a_cleared_contradiction_stays_cleared_and_one_in_another_life_of_the_log_counts_anew() {
    let mut net = Net::federation(76, &NAMES);
    let mill = key("mill").public();
    let contradict = |net: &mut Net, life| {
        for entry in &contradiction_in(net, life) {
            net.inject("orchard", "mill", entry.bytes());
        }
    };
    let clear = |net: &mut Net| net.sites.get_mut("orchard").unwrap().machine.clear_equivocation(&mill);
    contradict(&mut net, 5);
    assert!(clear(&mut net) && !clear(&mut net), "there is nothing more to clear");
    contradict(&mut net, 5);
    net.run(Minutes(30));
    assert!(!net.machine("orchard").is_suspended(&mill), "harbour's proof of it does not bring it back");
    contradict(&mut net, 6);
    assert!(net.machine("orchard").is_suspended(&mill));
    assert!(clear(&mut net) && !net.machine("orchard").is_suspended(&mill));
}

#[test]
fn who_contradicts_itself_in_life_after_life_fills_no_disk_and_is_not_cleared_again() {
    let mut net = Net::federation(77, &NAMES);
    let mill = key("mill").public();
    for life in 5..15 {
        for entry in &contradiction_in(&net, life) {
            net.inject("orchard", "mill", entry.bytes());
        }
    }
    net.run(Minutes(16));
    for name in ["orchard", "harbour"] {
        assert_eq!(net.machine(name).log().proofs.len(), MAX_PROOFS_PER_COOP, "{name}");
        let told = net.count(name, |o| matches!(o, Output::Equivocation { .. }));
        assert!(told <= MAX_PROOFS_PER_COOP + 2, "{name} is not told of every single one: {told}");
    }
    assert!(!net.sites.get_mut("orchard").unwrap().machine.clear_equivocation(&mill));
    assert!(net.machine("orchard").is_suspended(&mill));
    assert!(!net.machine("orchard").may_be_cleared(&mill));
    let pulls = net.machine("harbour").counters().pulls;
    net.run(Minutes(60));
    let more = net.machine("harbour").counters().pulls - pulls;
    assert!(more < 60, "nobody pulls for proofs that it would not keep: {more}");
}
