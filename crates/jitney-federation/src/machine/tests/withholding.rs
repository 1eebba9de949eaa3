//! A peer that says entries have expired which have not is found out by the coop's own manifest.

use jitney_domain::Minutes;

use super::net::Net;
use crate::bytes::Blob;
use crate::frontier::Span;
use crate::machine::*;
use crate::sync::{Covered, Have, SyncPage, SyncReply, SyncRequest, write};
use crate::testing::{key, node};

const NAMES: [&str; 3] = ["orchard", "harbour", "mill"];

/// Lets the mill answer the harbour's next pull with a page that covers the orchard's log without it.
fn lie(net: &mut Net) {
    let liar = node("mill").public();
    net.give("harbour", Input::Disconnected { peer: liar });
    net.give("harbour", Input::Connected { peer: liar });
    let asked = net.sites["harbour"].outputs.iter().rev().find_map(|output| match output {
        Output::Request { id, peer, channel: Channel::Sync, bytes } if *peer == liar => {
            Some((*id, SyncRequest::decode(bytes).unwrap()))
        }
        _ => None,
    });
    let (id, request) = asked.unwrap();
    let log = net.machine("orchard").log().own_log(key("orchard").public()).unwrap();
    let upto = net.machine("orchard").log().own.get(&()).unwrap().seq;
    let mut hello = request.hello;
    hello.have.retain(|have| have.log() != log);
    let (origin, incarnation, span) =
        (log.origin, log.incarnation, Span { floor: 1, head: upto, top: upto, beyond: 0 });
    hello.have.push(Have { origin, incarnation, span, tip: None });
    let page = SyncPage {
        hello,
        acts: Vec::new(),
        records: Vec::new(),
        proofs: Vec::new(),
        entries: vec![Blob(b"no entry at all".to_vec())],
        covered: vec![Covered { origin, incarnation, upto }],
        more: false,
    };
    let bytes = write(&SyncReply::Page(Box::new(page)));
    net.give("harbour", Input::Response { id, bytes });
}

#[test]
fn a_lie_hides_nothing_while_anybody_else_can_be_asked() {
    let mut net = Net::federation(101, &NAMES);
    net.faults.mute = true;
    net.append("orchard", "ticket", 600);
    let before = net.machine("harbour").frontier();
    lie(&mut net);
    assert!(net.tickets("harbour").is_empty());
    assert_eq!(net.machine("harbour").frontier(), before, "nobody else is told what a liar said");
    net.run(Minutes(11));
    assert_eq!(net.tickets("harbour"), ["ticket"]);
}

#[test]
fn what_the_only_neighbour_withheld_comes_after_the_next_manifest() {
    let mut net = Net::federation(102, &NAMES);
    net.faults.mute = true;
    net.partition(&["orchard"], &["harbour"]);
    net.append("orchard", "withheld", 600);
    lie(&mut net);
    net.run(Minutes(15));
    assert_eq!(net.tickets("mill"), ["withheld"]);
    assert!(net.tickets("harbour").is_empty(), "the lie worked so far");
    net.run(Minutes(75));
    let (origin, by) = (key("orchard").public(), node("mill").public());
    assert!(net.saw("harbour", &Output::Withheld { origin, by }));
    assert_eq!(net.tickets("harbour"), ["withheld"]);
}

#[test]
fn an_honest_federation_is_never_accused() {
    let mut net = Net::federation(103, &NAMES);
    net.faults.lose_one_in = 4;
    for round in 0..40 {
        net.append(NAMES[round % 3], &round.to_string(), 30 + 20 * (round as u32 % 7));
        net.run(Minutes(13));
    }
    for name in NAMES {
        assert_eq!(net.count(name, |o| matches!(o, Output::Withheld { .. })), 0, "{name}");
        assert_eq!(net.count(name, |o| matches!(o, Output::Equivocation { .. })), 0, "{name}");
    }
}
