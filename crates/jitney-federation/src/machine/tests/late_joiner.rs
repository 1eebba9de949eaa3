//! Who comes late, or was away, is current soon.

use std::collections::BTreeSet;

use jitney_domain::Minutes;

use super::net::Net;
use crate::entry::Entry;
use crate::machine::*;
use crate::sync::{MAX_RESPONSE_BYTES, SyncReply, SyncRequest, write};
use crate::testing::{key, node};

#[test]
fn a_late_joiner_has_everything_that_lives() {
    let mut net = Net::federation(21, &["orchard", "harbour"]);
    for n in 0..30 {
        net.append("orchard", &format!("short {n}"), 20);
        net.append("harbour", &format!("long {n:02}"), 6_000);
    }
    net.run(Minutes(40));
    net.join("mill", "orchard");
    net.run(Minutes(1));
    net.admit("orchard", "mill");
    net.run(Minutes(1));
    net.admit("harbour", "mill");
    net.run(Minutes(1));
    assert_eq!(net.tickets("mill").len(), 30, "what has expired is not fetched");
    assert_eq!(net.tickets("mill"), net.tickets("harbour"));
    assert!(net.machine("mill").peers().iter().all(|peer| peer.behind == 0));
}

#[test]
fn more_than_fits_one_page_is_fetched_page_by_page() {
    let mut net = Net::federation(22, &["orchard", "harbour"]);
    net.partition(&["orchard"], &["harbour"]);
    for n in 0..1_200 {
        net.append("orchard", &format!("{n:04} {}", "x".repeat(n % 900)), 6_000);
    }
    net.run(Minutes(20));
    net.heal();
    net.run(Minutes(16));
    assert_eq!(net.tickets("harbour"), net.tickets("orchard"));
    assert_eq!(net.tickets("harbour").len(), 1_200);
    assert_eq!(net.machine("orchard").unpublished(), 0);
}

#[test]
fn who_was_away_a_month_is_current_within_seconds_of_connecting() {
    let mut net = Net::federation(23, &["orchard", "harbour", "mill"]);
    net.crash("mill");
    for day in 0..31 {
        for n in 0..5 {
            net.append("orchard", &format!("day {day:02} {n}"), 7 * 24 * 60);
        }
        net.run(Minutes(24 * 60));
    }
    net.restart("mill");
    net.run(Minutes(1));
    assert_eq!(net.tickets("mill"), net.tickets("orchard"));
    assert_eq!(net.tickets("mill").len(), 6 * 5);
    let expired = net.count("orchard", |output| matches!(output, Output::EntryExpired { .. }));
    assert!(expired >= 24 * 5, "the disk is bounded by what lives");
}

#[test]
fn nobody_crowds_out_the_others() {
    let mut net = Net::federation(25, &["orchard", "harbour", "mill"]);
    for n in 0..60 {
        for name in ["orchard", "mill"] {
            net.append(name, &format!("{n} {}", "x".repeat(3_500)), 600);
        }
    }
    net.run(Minutes(1));
    let mark = net.machine("harbour").roster_mark().unwrap();
    let mut hello = net.machine("harbour").hello(mark, net.now).unwrap();
    hello.have.clear();
    let request = write(&SyncRequest { hello, limit: u32::MAX });
    let mut origins = BTreeSet::new();
    for _ in 0..24 {
        let answer = net.question("orchard", node("harbour").public(), Channel::Sync, request.clone());
        assert!(answer.len() <= MAX_RESPONSE_BYTES);
        let Ok(SyncReply::Page(page)) = SyncReply::decode(&answer) else { panic!("no page") };
        assert!(page.more && page.entries.len() < 60);
        let entries = page.entries.iter().map(|blob| Entry::parse(&blob.0).unwrap());
        origins.extend(entries.map(|entry| entry.header().origin));
    }
    let both = ["orchard", "mill"].map(|name| origins.contains(&key(name).public()));
    assert_eq!(both, [true; 2], "an asker that gets nowhere with one log still gets the others");
}

#[test]
fn any_peer_serves_any_coops_entries() {
    let mut net = Net::federation(24, &["orchard", "harbour", "mill"]);
    net.partition(&["mill"], &["orchard", "harbour"]);
    net.append("orchard", "through a friend", 600);
    net.run(Minutes(1));
    net.crash("orchard");
    net.heal();
    net.run(Minutes(30));
    assert_eq!(net.tickets("mill"), ["through a friend"]);
}
