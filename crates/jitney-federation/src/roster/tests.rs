use std::collections::BTreeMap;

use super::*;
use crate::act::{ACT_LIFE, endorse};
use crate::testing::{charter, key, node, now, record};

fn founded() -> Roster {
    let charter = SignedCharter::sign(&charter("orchard"), &key("orchard")).unwrap();
    Roster::found(&charter).unwrap().0
}

fn signed(roster: &Roster, change: Change, by: &[&str]) -> SignedAct {
    let act = RosterAct {
        federation: roster.federation(),
        version: roster.version().next(),
        prev: roster.hash(),
        change,
        proposed_at: now(),
        expires_at: now().after(ACT_LIFE),
    };
    let act = act.encode().unwrap();
    let signatures = by.iter().map(|name| (key(name).public(), endorse(&act.0, &key(name)))).collect();
    SignedAct { act, signatures }
}

fn admit(roster: &Roster, name: &str, by: &[&str]) -> SignedAct {
    let record = SignedRecord::sign(&record(name, 1), roster.federation(), &key(name)).unwrap();
    signed(roster, Change::Admit(record), by)
}

fn three() -> Roster {
    let mut roster = founded();
    roster.apply(&admit(&roster, "harbour", &["orchard"])).unwrap();
    roster.apply(&admit(&roster, "mill", &["orchard", "harbour"])).unwrap();
    roster
}

#[test]
fn the_founder_alone_is_a_majority() {
    let mut roster = founded();
    assert_eq!((roster.version(), roster.majority()), (Version(0), 1));
    roster.apply(&admit(&roster, "harbour", &["orchard"])).unwrap();
    assert_eq!((roster.version(), roster.majority(), roster.len()), (Version(1), 2, 2));
}

#[test]
fn half_of_the_coops_is_not_more_than_half() {
    let mut roster = founded();
    roster.apply(&admit(&roster, "harbour", &["orchard"])).unwrap();
    let before = roster.clone();
    let refused = roster.apply(&admit(&roster, "mill", &["orchard"]));
    assert_eq!(refused, Err(RosterError::TooFewSignatures { found: 1, needed: 2 }));
    assert_eq!(roster, before);
}

#[test]
fn strangers_and_forged_signatures_do_not_count() {
    let mut roster = three();
    let mut act = admit(&roster, "ridge", &["orchard", "stranger"]);
    let forged = *act.signatures.get(&key("orchard").public()).unwrap();
    act.signatures.insert(key("mill").public(), forged);
    assert_eq!(roster.apply(&act), Err(RosterError::TooFewSignatures { found: 1, needed: 2 }));
}

#[test]
fn an_expelled_coop_and_its_nodes_are_gone() {
    let mut roster = three();
    let expel = signed(&roster, Change::Expel(key("mill").public()), &["orchard", "harbour"]);
    assert!(roster.certifies(&key("mill").public(), &node("mill").public(), now()));
    roster.apply(&expel).unwrap();
    assert!(roster.coop(&key("mill").public()).is_none());
    assert!(!roster.nodes(now()).contains(&node("mill").public()));
}

#[test]
fn an_act_for_another_version_or_predecessor_is_refused() {
    let roster = three();
    let late = admit(&founded(), "ridge", &["orchard", "harbour", "mill"]);
    assert!(matches!(roster.clone().apply(&late), Err(RosterError::WrongVersion { .. })));
    let mut other = founded();
    other.apply(&admit(&other, "mill", &["orchard"])).unwrap();
    other.apply(&admit(&other, "harbour", &["orchard", "mill"])).unwrap();
    let foreign = admit(&other, "ridge", &["orchard", "harbour", "mill"]);
    assert!(matches!(roster.clone().apply(&foreign), Err(RosterError::WrongPredecessor { .. })));
}

#[test]
fn the_last_coop_cannot_be_expelled() {
    let roster = founded();
    let act = signed(&roster, Change::Expel(key("orchard").public()), &["orchard"]);
    assert!(matches!(roster.clone().apply(&act), Err(RosterError::LastCoop { .. })));
}

#[test]
fn of_two_records_the_higher_revision_holds_whatever_comes_first() {
    let renewals: Vec<SignedRecord> = [2, 3]
        .map(|revision| {
            let record = record("harbour", revision);
            SignedRecord::sign(&record, three().federation(), &key("harbour")).unwrap()
        })
        .into();
    let (mut up, mut down) = (three(), three());
    assert_eq!(renewals.iter().map(|r| up.renew(r)).collect::<Vec<_>>(), [Ok(true), Ok(true)]);
    assert_eq!(renewals.iter().rev().map(|r| down.renew(r)).collect::<Vec<_>>(), [Ok(true), Ok(false)]);
    assert_eq!(up, down);
}

#[test]
fn a_coop_off_the_roster_renews_nothing() {
    let mut roster = three();
    let record = SignedRecord::sign(&record("ridge", 5), roster.federation(), &key("ridge")).unwrap();
    assert!(matches!(roster.renew(&record), Err(RosterError::NotOnRoster { .. })));
}

#[test]
fn everybody_prefers_the_same_of_two_chains() {
    let mut left = founded();
    left.apply(&admit(&left, "harbour", &["orchard"])).unwrap();
    let mut right = founded();
    right.apply(&admit(&right, "mill", &["orchard"])).unwrap();
    assert_eq!(left.precedence(&right), right.precedence(&left).reverse());
    assert_ne!(left.precedence(&right), Ordering::Equal);
    assert_eq!(three().precedence(&right), Ordering::Greater);
    assert_eq!(left.precedence(&left), Ordering::Equal);
}

#[test]
fn the_hash_of_every_version_is_known() {
    let roster = three();
    assert_eq!(roster.hash_at(Version(0)), Some(roster.federation().0));
    assert_eq!(roster.hash_at(Version(2)), Some(roster.hash()));
    assert_eq!(roster.hash_at(Version(3)), None);
    assert_eq!(BTreeMap::from_iter(roster.coops().map(|c| (c.coop, ()))).len(), 3);
}
