//! A node's certificate is withdrawn because the machine was stolen: what it says since is void everywhere.

use jitney_domain::{Minutes, Timestamp};
use jitney_identity::{Hash, SecretKey};

use super::net::Net;
use crate::direct::{DirectDraft, DirectMessage, DirectReply};
use crate::entry::{Entry, EntryHeader, Kind};
use crate::ids::{Incarnation, MessageId};
use crate::machine::*;
use crate::record::{NodeCert, NodeRecord};
use crate::testing::{key, node, record};

const NAMES: [&str; 3] = ["orchard", "harbour", "mill"];

/// The mill's other machine.
fn laptop() -> SecretKey {
    SecretKey::from_seed([77; 32])
}

/// A federation in which the mill has two machines.
fn with_laptop(seed: u64) -> Net {
    let mut net = Net::federation(seed, &NAMES);
    let mut both = record("mill", 2);
    let cert = &both.nodes[0].cert;
    let cert = NodeCert::issue(&key("mill"), laptop().public(), cert.not_before, cert.not_after);
    both.nodes.push(NodeRecord { cert, addresses: vec!["/dns/laptop.example/tcp/4170".into()] });
    net.command("mill", |machine, cx| machine.renew(&both, cx)).unwrap();
    net.run(Minutes(1));
    net
}

fn withdraw(net: &mut Net, since: Timestamp) {
    let current = net.machine("mill").roster().unwrap().coop(&key("mill").public()).unwrap();
    let record = current.withdraw(&laptop().public(), since, &key("mill"));
    net.command("mill", |machine, cx| machine.renew(&record, cx)).unwrap();
}

/// Tells whether the orchard's network is to let the laptop in.
fn lets_in_laptop(net: &Net) -> bool {
    let allowed = net.sites["orchard"].outputs.iter().rev().find_map(|output| match output {
        Output::Allow { roster, .. } => Some(roster.contains(&laptop().public())),
        _ => None,
    });
    allowed.unwrap_or(false)
}

fn said(net: &Net, incarnation: u64, text: &str, issued_at: Timestamp) -> Entry {
    let header = EntryHeader {
        kind: Kind::TICKET_OPENED,
        federation: net.machine("orchard").roster().unwrap().federation(),
        origin: key("mill").public(),
        node: laptop().public(),
        incarnation: Incarnation(incarnation),
        seq: 1,
        prev: Hash::ZERO,
        issued_at,
        expires_at: issued_at.after(Minutes(24 * 60)),
    };
    Entry::sign(header, text.as_bytes(), &laptop()).unwrap()
}

#[test]
fn what_a_stolen_machine_said_since_is_void_everywhere_and_what_it_said_before_stands() {
    let mut net = with_laptop(81);
    let before = said(&net, 1, "before", net.now);
    assert_eq!(net.inject("orchard", "mill", before.bytes()), Verdict::Accept);
    net.run(Minutes(30));
    let stolen_at = net.now;
    net.run(Minutes(30));
    let after = said(&net, 2, "after", net.now);
    assert_eq!(net.inject("orchard", "mill", after.bytes()), Verdict::Accept, "nobody knows yet");
    net.run(Minutes(15));
    assert_eq!(net.tickets("harbour"), ["after", "before"]);
    withdraw(&mut net, stolen_at);
    net.run(Minutes(15));
    for name in NAMES {
        assert_eq!(net.tickets(name), ["before"], "{name}");
        let told =
            net.count(name, |o| matches!(o, Output::EntryVoided { entry } if entry.id() == after.id()));
        assert_eq!(told, 1, "{name} tells its domain once");
    }
    let later = said(&net, 3, "later", net.now);
    assert_eq!(net.inject("orchard", "mill", later.bytes()), Verdict::Ignore);
    net.run(Minutes(60));
    assert_eq!(net.tickets("harbour"), ["before"], "nobody brings it back");
}

#[test]
fn a_stolen_machine_is_let_in_by_nobody_and_its_messages_are_refused() {
    let mut net = with_laptop(82);
    assert!(net.machine("orchard").roster().unwrap().nodes(net.now).contains(&laptop().public()));
    let stolen_at = net.now;
    withdraw(&mut net, stolen_at);
    net.run(Minutes(1));
    let orchard = net.machine("orchard");
    assert!(orchard.peers().iter().all(|peer| peer.node != laptop().public()));
    assert!(!lets_in_laptop(&net));
    let draft = DirectDraft {
        federation: orchard.roster().unwrap().federation(),
        from: key("mill").public(),
        to: key("orchard").public(),
        id: MessageId([3; 16]),
        issued_at: net.now,
        expires_at: net.now.after(Minutes(60)),
        body: b"award",
    };
    let message = DirectMessage::sign(draft, &laptop()).unwrap();
    let answer = net.question("orchard", node("harbour").public(), Channel::Book, message.bytes().to_vec());
    let answer: DirectReply = serde_json::from_slice(&answer).unwrap();
    assert_eq!(answer, DirectReply::Refused(crate::direct::DirectRefusal::BadSignature));
    assert!(net.letters("orchard").is_empty());
}

#[test]
fn a_machine_is_let_in_until_its_certificate_ends_and_not_a_minute_longer() {
    let mut net = with_laptop(84);
    let until = net.now.after(Minutes(33));
    withdraw(&mut net, until);
    net.run(Minutes(32));
    assert!(lets_in_laptop(&net));
    net.run(Minutes(2));
    assert!(!lets_in_laptop(&net));
}

#[test]
fn who_joins_later_or_was_away_learns_of_it_too() {
    let mut net = with_laptop(83);
    net.crash("harbour");
    let stolen_at = net.now;
    withdraw(&mut net, stolen_at);
    net.run(Minutes(10 * 24 * 60));
    net.restart("harbour");
    net.run(Minutes(16));
    let late = said(&net, 4, "late", net.now);
    assert_eq!(net.inject("harbour", "mill", late.bytes()), Verdict::Ignore);
    net.join("ridge", "orchard");
    net.run(Minutes(1));
    for name in NAMES {
        net.admit(name, "ridge");
        net.run(Minutes(11));
    }
    net.run(Minutes(11));
    assert!(net.is_member("ridge"));
    assert!(!net.machine("ridge").roster().unwrap().nodes(net.now).contains(&laptop().public()));
}
