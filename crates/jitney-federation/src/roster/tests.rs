use std::collections::BTreeMap;

use super::*;
use crate::act::{ACT_LIFE, endorse};
use crate::record::{NodeCert, NodeRecord};
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

/// The mill's record with another key to sign with.
fn mill_with(roster: &Roster, key_name: &str, revision: u64) -> SignedRecord {
    let (mill, other) = (record("mill", revision), key(key_name));
    let cert = &mill.nodes[0].cert;
    let cert = NodeCert::issue_for(&mill.coop, &other, cert.node, cert.not_before, cert.not_after);
    let nodes = vec![NodeRecord { cert, addresses: Vec::new() }];
    let record = CoopRecord { key: Some(other.public()), nodes, ..mill };
    SignedRecord::sign(&record, roster.federation(), &other).unwrap()
}

#[test]
fn another_key_for_a_coop_is_decided_by_the_others() {
    let mut roster = three();
    let change = Change::Succeed(mill_with(&roster, "mill 2", 2));
    let one = signed(&roster, change.clone(), &["orchard", "mill"]);
    let refused = roster.apply(&one);
    assert_eq!(refused, Err(RosterError::TooFewSignatures { found: 1, needed: 2 }), "its own does not count");
    roster.apply(&signed(&roster, change, &["orchard", "harbour"])).unwrap();
    let mill = key("mill").public();
    assert_eq!(roster.signing_key(&mill), key("mill 2").public());
    assert!(roster.coop(&mill).is_some() && roster.certifies(&mill, &node("mill").public(), now()));
    assert_eq!(roster.len(), 3, "it is the same coop");
}

#[test]
fn of_two_coops_both_must_sign_and_who_is_alone_decides_itself() {
    let mut pair = founded();
    pair.apply(&admit(&pair, "mill", &["orchard"])).unwrap();
    let change = Change::Succeed(mill_with(&pair, "mill 2", 2));
    let alone = pair.apply(&signed(&pair, change.clone(), &["orchard"]));
    assert_eq!(
        alone,
        Err(RosterError::TooFewSignatures { found: 1, needed: 2 }),
        "nobody takes over the other"
    );
    pair.apply(&signed(&pair, change, &["orchard", "mill"])).unwrap();
    let mut alone = founded();
    let (orchard, other) = (record("orchard", 2), key("orchard 2"));
    let cert = &orchard.nodes[0].cert;
    let cert = NodeCert::issue_for(&orchard.coop, &other, cert.node, cert.not_before, cert.not_after);
    let nodes = vec![NodeRecord { cert, addresses: Vec::new() }];
    let record = CoopRecord { key: Some(other.public()), nodes, ..orchard };
    let record = SignedRecord::sign(&record, alone.federation(), &other).unwrap();
    alone.apply(&signed(&alone, Change::Succeed(record), &["orchard"])).unwrap();
    assert_eq!(alone.signing_key(&key("orchard").public()), other.public());
}

#[test]
fn the_key_that_was_replaced_signs_nothing_any_more_and_comes_back_never() {
    let mut roster = three();
    let change = Change::Succeed(mill_with(&roster, "mill 2", 2));
    roster.apply(&signed(&roster, change, &["orchard", "harbour"])).unwrap();
    let old = SignedRecord::sign(&record("mill", 9), roster.federation(), &key("mill")).unwrap();
    assert!(matches!(roster.renew(&old), Err(RosterError::Record(RecordError::OtherKey { .. }))));
    assert_eq!(roster.renew(&mill_with(&roster, "mill 2", 3)), Ok(true));
    let by_old_key = admit(&roster, "ridge", &["orchard", "mill"]);
    assert_eq!(roster.apply(&by_old_key), Err(RosterError::TooFewSignatures { found: 1, needed: 2 }));
    let mut by_new_key = admit(&roster, "ridge", &["orchard"]);
    let signature = endorse(&by_new_key.act.0, &key("mill 2"));
    by_new_key.signatures.insert(key("mill").public(), signature);
    roster.clone().apply(&by_new_key).unwrap();
    for (name, revision) in [("mill 2", 9), ("harbour", 9), ("mill 3", 3)] {
        let change = Change::Succeed(mill_with(&roster, name, revision));
        let refused = roster.clone().apply(&signed(&roster, change, &["orchard", "harbour"]));
        assert!(matches!(refused, Err(RosterError::NoSuccession { .. })), "{name} {revision}: {refused:?}");
    }
    let first = SignedRecord::sign(&record("mill", 9), roster.federation(), &key("mill")).unwrap();
    let act = RosterAct {
        federation: roster.federation(),
        version: roster.version().next(),
        prev: roster.hash(),
        change: Change::Succeed(first),
        proposed_at: now(),
        expires_at: now().after(ACT_LIFE),
    };
    assert!(matches!(act.encode(), Err(ActError::Record(RecordError::OtherKey { .. }))));
}

#[test]
fn nobody_is_given_a_key_that_they_do_not_hold_or_admitted_under_another() {
    let roster = three();
    let mut forged = mill_with(&roster, "mill 2", 2);
    forged.signature =
        SignedRecord::sign(&record("mill", 2), roster.federation(), &key("mill")).unwrap().signature;
    let change = Change::Succeed(forged);
    let act = RosterAct {
        federation: roster.federation(),
        version: roster.version().next(),
        prev: roster.hash(),
        change: change.clone(),
        proposed_at: now(),
        expires_at: now().after(ACT_LIFE),
    };
    assert!(matches!(act.encode(), Err(ActError::Record(RecordError::BadSignature { .. }))));
    let admitted = RosterAct { change: Change::Admit(mill_with(&roster, "mill 2", 2)), ..act };
    assert!(matches!(admitted.encode(), Err(ActError::Record(RecordError::OtherKey { .. }))));
}
