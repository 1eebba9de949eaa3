//! Should two chains of acts ever arise, everybody ends on the same one.

use jitney_domain::Minutes;

use super::net::Net;
use crate::act::{ACT_LIFE, Change, RosterAct, SignedAct, endorse};
use crate::ids::Version;
use crate::machine::*;
use crate::record::SignedRecord;
use crate::roster::Roster;
use crate::testing::{key, record};

const NAMES: [&str; 3] = ["orchard", "harbour", "mill"];

/// An act that a majority signed behind the others' backs.
fn secret_act(roster: &Roster, newcomer: &str, net: &Net) -> SignedAct {
    let signed = SignedRecord::sign(&record(newcomer, 1), roster.federation(), &key(newcomer)).unwrap();
    let act = RosterAct {
        federation: roster.federation(),
        version: roster.version().next(),
        prev: roster.hash(),
        change: Change::Admit(signed),
        proposed_at: net.now,
        expires_at: net.now.after(ACT_LIFE),
    };
    let act = act.encode().unwrap();
    let names = roster.coops().map(|coop| coop.name.clone()).collect::<Vec<_>>();
    let signatures = names.iter().map(|name| (key(name).public(), endorse(&act.0, &key(name))));
    SignedAct { signatures: signatures.collect(), act }
}

fn extend(net: &mut Net, name: &'static str, newcomers: &[&str]) {
    for newcomer in newcomers {
        let act = secret_act(net.machine(name).roster().unwrap(), newcomer, net);
        net.sites.get_mut(name).unwrap().machine.membership.adopt(act).unwrap();
    }
}

#[test]
fn the_longer_chain_holds_for_all() {
    let mut net = Net::federation(91, &NAMES);
    net.partition(&["mill"], &["orchard", "harbour"]);
    extend(&mut net, "mill", &["ridge"]);
    extend(&mut net, "orchard", &["ford", "quay"]);
    net.heal();
    net.run(Minutes(60));
    let rosters = NAMES.map(|name| net.machine(name).roster().unwrap().clone());
    assert_eq!(rosters[0].version(), Version(4));
    assert!(rosters[0].coop(&key("quay").public()).is_some());
    assert!(rosters.iter().all(|roster| *roster == rosters[0]));
    assert_eq!(net.count("mill", |o| matches!(o, Output::RosterReplaced { .. })), 1);
    assert_eq!(net.count("orchard", |o| matches!(o, Output::RosterReplaced { .. })), 0);
}

#[test]
fn what_two_chains_share_is_not_written_again() {
    use crate::membership::Candidate;
    let mut net = Net::federation(94, &NAMES);
    let shared: Vec<SignedAct> = net.machine("mill").membership.acts.values().cloned().collect();
    extend(&mut net, "orchard", &["ford", "quay"]);
    extend(&mut net, "mill", &["ridge"]);
    let charter = net.machine("mill").membership.charter.get(&()).unwrap().clone();
    let mut chain = Candidate::begin(&charter).unwrap();
    assert!(net.machine("orchard").membership.acts.values().all(|act| chain.take(act)));
    let membership = &mut net.sites.get_mut("mill").unwrap().machine.membership;
    membership.acts.take_changed();
    assert!(membership.adopt_chain(chain));
    let changed = membership.acts.take_changed();
    assert_eq!(changed.len(), 2, "of {} acts two differ", shared.len() + 2);
}

#[test]
fn of_two_chains_of_one_length_all_choose_the_same() {
    for (seed, left, right) in [(92, "ridge", "ford"), (93, "ford", "ridge")] {
        let mut net = Net::federation(seed, &NAMES);
        net.partition(&["mill"], &["orchard", "harbour"]);
        extend(&mut net, "mill", &[left]);
        extend(&mut net, "orchard", &[right]);
        net.heal();
        net.run(Minutes(60));
        let hashes = NAMES.map(|name| net.machine(name).roster().unwrap().hash());
        assert!(hashes.iter().all(|hash| *hash == hashes[0]), "seed {seed}");
        let replaced = |name| net.count(name, |o| matches!(o, Output::RosterReplaced { .. }));
        assert_eq!(replaced("mill") + replaced("orchard"), 1, "one of the two gave way");
    }
}
