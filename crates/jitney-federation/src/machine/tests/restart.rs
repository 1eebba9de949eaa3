//! A node restored from its rows is the node that wrote them.

use jitney_domain::Minutes;

use super::net::Net;
use crate::machine::*;
use crate::testing::{key, node};

#[test]
fn a_restart_from_rows_is_identical() {
    let mut net = Net::federation(61, &["orchard", "harbour", "mill"]);
    net.partition(&["orchard"], &["harbour", "mill"]);
    net.append("orchard", "unpublished", 600);
    net.send("orchard", "harbour", "waiting");
    net.join("ridge", "orchard");
    net.run(Minutes(1));
    net.admit("orchard", "ridge");
    net.run(Minutes(5));

    let site = &net.sites["orchard"];
    let mut back = Federation::new(key("orchard").public(), node("orchard").public());
    for ((table, key), value) in &site.disk {
        assert!((crate::rows::FIRST_TABLE..=crate::rows::LAST_TABLE).contains(table));
        back.restore_row(*table, key, value).unwrap();
    }
    let coop_key = key("orchard");
    let node_key = node("orchard");
    let mut rng = <rand_chacha::ChaCha12Rng as rand::SeedableRng>::seed_from_u64(1);
    let keys = Keys { coop: Some(&coop_key), node: &node_key };
    let out = back.handle(Input::Start, &mut Cx { now: net.now, keys, rng: &mut rng });
    let federation = site.machine.roster().unwrap().federation();
    assert!(out.contains(&Output::Federate { federation }));
    assert_eq!(back.drain_changes(), Ok(Vec::new()), "starting changes nothing");

    let was = &site.machine;
    assert_eq!(back.roster(), was.roster());
    assert_eq!(back.charter(), was.charter());
    assert_eq!(back.frontier(), was.frontier());
    assert_eq!(back.proposals(net.now), was.proposals(net.now));
    assert!(back.live_entries(net.now).eq(was.live_entries(net.now)));
    assert!(back.outbox().eq(was.outbox()));
    assert_eq!(back.unpublished(), was.unpublished());
    assert!(back.unpublished() > 0 && back.outbox().count() == 1 && back.proposals(net.now).len() == 1);
    assert_eq!(back.log().own, was.log().own);
    assert_eq!(back.membership().endorsed, was.membership().endorsed);
    assert_eq!(back.membership().applicants, was.membership().applicants);
    assert_eq!(back.membership().invitations, was.membership().invitations);
    assert_eq!(back.mail().outbox, was.mail().outbox);
}

#[test]
fn a_damaged_row_is_refused_by_table_and_key() {
    let mut back = Federation::new(key("orchard").public(), node("orchard").public());
    let error = back.restore_row(136, b"key", b"value").unwrap_err();
    assert_eq!((error.table, error.key.as_str()), (136, "6b6579"));
    assert!(back.restore_row(129, &[0; 8], b"{").is_err());
    assert!(back.restore_row(127, b"", b"").is_err());
}

#[test]
fn a_damaged_chain_of_acts_is_told_and_fetched_again() {
    let mut net = Net::federation(62, &["orchard", "harbour", "mill"]);
    net.crash("mill");
    let site = net.sites.get_mut("mill").unwrap();
    let first = site.disk.keys().find(|(table, _)| *table == 129).cloned().unwrap();
    let act = site.disk.remove(&first).unwrap();
    let text = String::from_utf8(act).unwrap().replacen("\"act\":\"e", "\"act\":\"f", 1);
    site.disk.insert(first, text.into_bytes());
    net.restart("mill");
    assert_eq!(net.count("mill", |o| matches!(o, Output::RosterDamaged { .. })), 1);
    net.run(Minutes(10));
    assert_eq!(net.machine("mill").roster(), net.machine("orchard").roster());
}

#[test]
fn a_restored_backup_begins_a_new_life_and_forks_nothing() {
    let mut net = Net::federation(63, &["orchard", "harbour"]);
    net.append("orchard", "before", 600);
    net.run(Minutes(1));
    let backup = net.sites["orchard"].disk.clone();
    net.append("orchard", "after the backup", 600);
    net.run(Minutes(1));
    net.crash("orchard");
    net.sites.get_mut("orchard").unwrap().disk = backup;
    net.restart("orchard");
    net.command("orchard", |machine, cx| {
        machine.new_incarnation(cx);
        Ok(Vec::new())
    })
    .unwrap();
    net.append("orchard", "new life", 600);
    net.run(Minutes(16));
    assert_eq!(net.tickets("harbour"), ["after the backup", "before", "new life"]);
    assert_eq!(net.tickets("orchard"), net.tickets("harbour"), "the neighbour gives back what was lost");
    assert!(!net.machine("harbour").is_suspended(&key("orchard").public()));
}

#[test]
fn a_copy_that_still_runs_is_noticed() {
    let mut net = Net::federation(64, &["orchard", "harbour"]);
    let backup = net.sites["orchard"].disk.clone();
    net.append("orchard", "by the other copy", 600);
    net.run(Minutes(1));
    net.crash("orchard");
    net.sites.get_mut("orchard").unwrap().disk = backup;
    net.restart("orchard");
    net.run(Minutes(1));
    assert!(net.saw("orchard", &Output::OwnLogAhead));
    net.append("orchard", "new life", 600);
    net.run(Minutes(1));
    assert!(!net.machine("harbour").is_suspended(&key("orchard").public()));
    assert_eq!(net.tickets("harbour").len(), 2);
}
