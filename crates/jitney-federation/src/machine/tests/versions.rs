//! Nodes of neighbouring versions talk; those two versions apart say so and keep what they have.

use jitney_domain::Minutes;
use serde_json::{Value, json};

use super::net::{Name, Net, Rewrite};
use crate::entry::Kind;
use crate::machine::*;
use crate::sync::{SYNC_VERSION_MAX, SyncRefusal, SyncReply, Versions};
use crate::testing::node;

const NAMES: [Name; 3] = ["orchard", "harbour", "mill"];

/// Offers other versions in a hello and adds members that nobody knows yet; leaves all other messages alone.
fn offering(bytes: &[u8], min: u16, max: u16) -> Option<Vec<u8>> {
    let mut message: Value = serde_json::from_slice(bytes).ok()?;
    let paged = message.get("page").is_some();
    let body = if paged { message.get_mut("page")? } else { &mut message };
    body.get_mut("hello")?["versions"] = json!({"min": min, "max": max, "of_later": true});
    body["hello"]["of_later"] = json!({"x": [1, null]});
    body["of_later"] = json!("y");
    serde_json::to_vec(&message).ok()
}

/// The next version, which still understands this one.
fn next(bytes: &[u8]) -> Option<Vec<u8>> {
    offering(bytes, SYNC_VERSION_MAX, SYNC_VERSION_MAX + 1)
}

/// The version after, which does not.
fn after_next(bytes: &[u8]) -> Option<Vec<u8>> {
    offering(bytes, SYNC_VERSION_MAX + 1, SYNC_VERSION_MAX + 2)
}

fn federation(seed: u64, speaks: Rewrite) -> Net {
    let mut net = Net::federation(seed, &NAMES);
    // Everything has to come by sync.
    net.faults.mute = true;
    net.sites.get_mut("mill").unwrap().speaks = Some(speaks);
    net.crash("mill");
    net.restart("mill");
    net.run(Minutes(11));
    net
}

fn write_of_a_later_kind(net: &mut Net, name: Name) {
    net.command(name, |machine, cx| {
        let until = cx.now.after(Minutes(600));
        machine.append_bytes(Kind(1999), b"{\"later\":1}", until, cx).map(|(_, out)| out)
    })
    .unwrap();
}

fn holds_the_later_kind(net: &Net, name: Name) -> bool {
    net.machine(name).live_entries(net.now).any(|entry| entry.header().kind == Kind(1999))
}

#[test]
fn a_node_of_the_next_version_and_one_of_this_serve_each_other() {
    let mut net = federation(94, next);
    net.append("mill", "new", 600);
    net.append("harbour", "old", 600);
    write_of_a_later_kind(&mut net, "mill");
    net.send("mill", "harbour", "claim");
    net.send("harbour", "mill", "award");
    net.run(Minutes(25));
    for name in NAMES {
        assert_eq!(net.tickets(name), ["new", "old"], "{name}");
        assert!(holds_the_later_kind(&net, name), "{name} keeps and passes on what it does not know");
    }
    assert_eq!((net.letters("harbour"), net.letters("mill")), (vec!["claim".into()], vec!["award".into()]));
    let mismatch = |name| net.count(name, |o| matches!(o, Output::VersionMismatch { .. }));
    assert_eq!(NAMES.map(mismatch), [0; 3]);
}

#[test]
fn a_node_two_versions_on_is_told_apart_and_bookings_still_reach_it() {
    let mut net = federation(95, after_next);
    net.append("mill", "new", 600);
    net.append("harbour", "old", 600);
    net.send("harbour", "mill", "award");
    net.run(Minutes(25));
    assert_eq!(net.tickets("harbour"), ["old"], "what it cannot read it does not take");
    assert!(
        net.count("harbour", |o| matches!(o, Output::VersionMismatch { .. })) > 0,
        "the operator is told"
    );
    assert_eq!(net.letters("mill"), ["award"], "letters have a version of their own");
    // Once it speaks a version in common again nothing is missing.
    net.sites.get_mut("mill").unwrap().speaks = Some(next);
    net.crash("mill");
    net.restart("mill");
    net.run(Minutes(60));
    for name in NAMES {
        assert_eq!(net.tickets(name), ["new", "old"], "{name}");
    }
}

#[test]
fn a_question_in_no_common_version_is_refused_by_name() {
    let mut net = Net::federation(96, &NAMES);
    net.run(Minutes(11));
    let asked = net.sites["harbour"].outputs.iter().rev().find_map(|output| match output {
        Output::Request { channel: Channel::Sync, bytes, .. } => Some(bytes.clone()),
        _ => None,
    });
    let bytes = after_next(&asked.unwrap()).unwrap();
    let answer = net.question("orchard", node("harbour").public(), Channel::Sync, bytes);
    assert_eq!(SyncReply::decode(&answer), Ok(SyncReply::Refused(SyncRefusal::Version)));
    assert_eq!(Versions::OURS.max, SYNC_VERSION_MAX);
}
