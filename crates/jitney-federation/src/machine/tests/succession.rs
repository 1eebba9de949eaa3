//! A coop's key is lost, stolen or retired: the others decide that it signs with another, and all goes on.

use jitney_domain::Minutes;

use super::net::{Name, Net};
use crate::machine::*;
use crate::record::{CoopRecord, NodeCert, NodeRecord, SignedRecord};
use crate::testing::{key, node, record};

const NAMES: [&str; 3] = ["orchard", "harbour", "mill"];

/// The mill's record with another key to sign with; its node stays certified for what it said.
fn successor(net: &Net, key_name: &str) -> SignedRecord {
    let (mill, other) = (record("mill", 2), key(key_name));
    let cert = &mill.nodes[0].cert;
    let cert = NodeCert::issue_for(&mill.coop, &other, cert.node, cert.not_before, cert.not_after);
    let nodes = vec![NodeRecord { cert, addresses: mill.nodes[0].addresses.clone() }];
    let record = CoopRecord { key: Some(other.public()), nodes, ..mill };
    let federation = net.machine("orchard").roster().unwrap().federation();
    SignedRecord::sign(&record, federation, &other).unwrap()
}

fn succeed(net: &mut Net, by: Name, record: &SignedRecord) {
    net.command(by, |machine, cx| machine.succeed(record, cx)).unwrap();
    net.run(Minutes(1));
}

fn signing_key(net: &Net, at: Name) -> jitney_identity::PublicKey {
    net.machine(at).roster().unwrap().signing_key(&key("mill").public())
}

fn succeeded(seed: u64) -> Net {
    let mut net = Net::federation(seed, &NAMES);
    net.append("mill", "before", 24 * 60);
    net.run(Minutes(1));
    let record = successor(&net, "mill 2");
    succeed(&mut net, "orchard", &record);
    assert_eq!(signing_key(&net, "mill"), key("mill").public(), "one of two others is not more than half");
    succeed(&mut net, "harbour", &record);
    for name in NAMES {
        assert_eq!(signing_key(&net, name), key("mill 2").public(), "{name}");
    }
    net
}

#[test]
fn the_others_decide_on_another_key_and_logs_and_messages_go_on_under_the_old_name() {
    let mut net = succeeded(91);
    net.append("mill", "after", 60);
    net.send("mill", "orchard", "claim");
    net.send("orchard", "mill", "award");
    net.run(Minutes(15));
    assert_eq!(net.tickets("harbour"), ["after", "before"], "what was said before stays");
    assert_eq!(net.letters("orchard"), ["claim"]);
    assert_eq!(net.letters("mill"), ["award"]);
}

#[test]
fn the_old_key_can_do_nothing_and_the_new_one_everything() {
    let mut net = succeeded(92);
    let old = net.command("mill", |machine, cx| machine.renew(&record("mill", 3), cx));
    assert!(matches!(old, Err(CommandError::WrongCoopKey { .. })), "{old:?}");
    net.sites.get_mut("mill").unwrap().coop = key("mill 2");
    let current = net.machine("mill").roster().unwrap().coop(&key("mill").public()).unwrap().clone();
    let renewed = CoopRecord { revision: 3, name: "new name".into(), ..current };
    net.command("mill", |machine, cx| machine.renew(&renewed, cx)).unwrap();
    net.run(Minutes(15));
    let name = |at| net.machine(at).roster().unwrap().coop(&key("mill").public()).unwrap().name.clone();
    assert_eq!(name("harbour"), "new name");
    net.join("ridge", "orchard");
    net.run(Minutes(1));
    for name in ["orchard", "mill"] {
        net.admit(name, "ridge");
        net.run(Minutes(1));
    }
    net.run(Minutes(11));
    assert!(net.is_member("ridge"), "the mill's signature by its new key counts");
    assert_eq!(signing_key(&net, "ridge"), key("mill 2").public(), "who joins later learns it from the acts");
}

#[test]
fn who_was_away_and_who_starts_again_know_the_new_key() {
    let mut net = Net::federation(93, &NAMES);
    net.crash("mill");
    let record = successor(&net, "mill 2");
    for name in ["orchard", "harbour"] {
        succeed(&mut net, name, &record);
    }
    net.crash("harbour");
    net.restart("harbour");
    net.restart("mill");
    net.run(Minutes(16));
    for name in NAMES {
        assert_eq!(signing_key(&net, name), key("mill 2").public(), "{name}");
    }
}

#[test]
fn a_machine_that_the_new_record_does_not_list_is_out_and_what_it_said_is_void() {
    let mut net = Net::federation(94, &NAMES);
    net.append("mill", "of the stolen machine", 24 * 60);
    net.run(Minutes(1));
    let fresh = node("mill 2");
    let (mill, other) = (record("mill", 2), key("mill 2"));
    let cert =
        NodeCert::issue_for(&mill.coop, &other, fresh.public(), net.now, net.now.after(Minutes(99_999)));
    let nodes = vec![NodeRecord { cert, addresses: Vec::new() }];
    let record = CoopRecord { key: Some(other.public()), nodes, ..mill };
    let federation = net.machine("orchard").roster().unwrap().federation();
    let record = SignedRecord::sign(&record, federation, &other).unwrap();
    for name in ["orchard", "harbour"] {
        succeed(&mut net, name, &record);
    }
    for name in ["orchard", "harbour"] {
        assert!(net.tickets(name).is_empty(), "{name}");
        let nodes = net.machine(name).roster().unwrap().nodes(net.now);
        assert!(!nodes.contains(&node("mill").public()) && nodes.contains(&fresh.public()), "{name}");
    }
}

#[test]
fn a_proposal_to_replace_a_key_is_not_taken_for_one_to_expel() {
    let mut net = Net::federation(95, &NAMES);
    let record = successor(&net, "mill 2");
    succeed(&mut net, "orchard", &record);
    let mill = key("mill").public();
    net.command("harbour", |machine, cx| machine.expel(mill, cx)).unwrap();
    net.run(Minutes(1));
    assert_eq!(signing_key(&net, "orchard"), mill, "each proposal has one signature");
    assert_eq!(net.machine("orchard").proposals(net.now).len(), 2);
}
