//! Who belongs: invitation, majority, refusal, expulsion.

use jitney_domain::Minutes;
use jitney_identity::Hash;

use super::net::Net;
use crate::act::RosterAct;
use crate::charter::Agreement;
use crate::entry::Kind;
use crate::ids::Version;
use crate::join::JoinRefusal;
use crate::machine::*;
use crate::testing::{key, node, record};

#[test]
fn three_coops_join_and_the_third_needs_both_others() {
    let mut net = Net::new(1);
    net.found("orchard");
    net.join("harbour", "orchard");
    net.run(Minutes(1));
    assert!(net.saw("orchard", &Output::ApplicantArrived { coop: key("harbour").public() }));
    assert!(!net.is_member("harbour"));
    net.admit("orchard", "harbour");
    net.run(Minutes(1));
    assert!(net.is_member("harbour"), "the founder alone is a majority of one");

    net.join("mill", "harbour");
    net.run(Minutes(1));
    net.admit("harbour", "mill");
    net.run(Minutes(1));
    assert!(!net.is_member("mill"), "one of two is not more than half");
    let pending = |output: &Output| match output {
        Output::JoinPending { progress } => (progress.signed, progress.needed) == (1, 2),
        _ => false,
    };
    assert_eq!(net.count("mill", pending), 1);
    let words = key("mill").public().fingerprint();
    net.command("orchard", |machine, cx| machine.admit(Newcomer::Fingerprint(words), cx)).unwrap();
    net.run(Minutes(2));
    for name in ["orchard", "harbour", "mill"] {
        let roster = net.machine(name).roster().unwrap();
        assert_eq!((roster.version(), roster.len()), (Version(2), 3), "{name}");
        assert!(net.machine(name).proposals(net.now).is_empty());
        assert_eq!(net.count(name, |o| matches!(o, Output::Joined { .. })), usize::from(name != "orchard"));
        let connected = net.machine(name).peers().iter().filter(|peer| peer.connected).count();
        assert_eq!(connected, 2, "{name} is connected to both others");
    }
    assert_eq!(net.machine("orchard").applicants().count(), 0);
}

#[test]
fn an_invitation_serves_one_coop_only() {
    let mut net = Net::new(2);
    net.found("orchard");
    let link = net.invite("orchard");
    for name in ["harbour", "mill"] {
        net.add(name);
        let link = link.clone();
        net.command(name, |machine, cx| machine.join(link, &record(name, 1), cx)).unwrap();
        net.run(Minutes(1));
    }
    assert!(net.saw("mill", &Output::JoinRefused { reason: JoinRefusal::UsedInvitation }));
    net.admit("orchard", "harbour");
    net.run(Minutes(1));
    assert!(net.is_member("harbour") && !net.is_member("mill"));
}

#[test]
fn an_invented_or_expired_invitation_is_refused() {
    let mut net = Net::new(3);
    net.found("orchard");
    let good = net.invite("orchard");
    let mut invented = good.clone();
    invented.secret = crate::InvitationSecret([0; 16]);
    net.add("harbour");
    net.command("harbour", |machine, cx| machine.join(invented, &record("harbour", 1), cx)).unwrap();
    net.run(Minutes(1));
    assert!(net.saw("harbour", &Output::JoinRefused { reason: JoinRefusal::UnknownInvitation }));
    assert_eq!(net.machine("orchard").applicants().count(), 0);
    net.run(Minutes(61));
    let refused = net.command("harbour", |machine, cx| machine.join(good, &record("harbour", 1), cx));
    assert!(matches!(refused, Err(CommandError::Link(crate::LinkError::Expired { .. }))));
}

#[test]
fn a_declined_coop_is_told_so() {
    let mut net = Net::new(4);
    net.found("orchard");
    net.join("harbour", "orchard");
    net.run(Minutes(1));
    let coop = Newcomer::Coop(key("harbour").public());
    net.command("orchard", |machine, cx| machine.decline(coop, cx)).unwrap();
    net.run(Minutes(1));
    assert!(net.saw("harbour", &Output::JoinRefused { reason: JoinRefusal::Declined }));
}

#[test]
fn who_waits_to_join_founds_nothing_until_it_has_withdrawn() {
    let mut net = Net::new(6);
    net.found("orchard");
    net.join("harbour", "orchard");
    net.run(Minutes(1));
    assert_eq!(net.machine("harbour").joining_name(), Some("Valley"));
    let params = || FoundParams {
        name: "Harbours".into(),
        terms: Hash::of(b"terms"),
        agreement: Agreement { currency: "EUR".into(), per_km_minor: None, per_trip_minor: None },
        record: record("harbour", 1),
    };
    let refused = net.command("harbour", |machine, cx| machine.found(params(), cx));
    assert!(matches!(refused, Err(CommandError::WaitsToJoin)));
    net.command("harbour", Federation::withdraw_join).unwrap();
    assert!(net.machine("harbour").joining().is_none());
    assert_eq!(net.machine("harbour").joining_name(), None);
    assert!(matches!(net.command("harbour", Federation::withdraw_join), Err(CommandError::NotJoining)));
    // It would be let in by now, and does not follow.
    net.admit("orchard", "harbour");
    net.run(Minutes(5));
    assert!(!net.is_member("harbour"));
    net.command("harbour", |machine, cx| machine.found(params(), cx)).unwrap();
    assert!(net.is_member("harbour"));
    assert!(matches!(net.command("harbour", Federation::withdraw_join), Err(CommandError::AlreadyMember)));
}

#[test]
fn a_join_survives_restarts_of_both_sides() {
    let mut net = Net::new(5);
    net.found("orchard");
    net.join("harbour", "orchard");
    net.run(Minutes(1));
    for name in ["orchard", "harbour"] {
        net.crash(name);
        net.restart(name);
    }
    net.run(Minutes(2));
    net.admit("orchard", "harbour");
    net.run(Minutes(5));
    assert!(net.is_member("harbour"));
}

#[test]
fn admission_needs_the_coop_key_and_waits_for_it() {
    let mut net = Net::new(6);
    net.found("orchard");
    net.join("harbour", "orchard");
    net.run(Minutes(1));
    net.sites.get_mut("orchard").unwrap().coop_key_at_hand = false;
    let coop = Newcomer::Coop(key("harbour").public());
    let refused = net.command("orchard", |machine, cx| machine.admit(coop, cx));
    assert_eq!(refused, Err(CommandError::CoopKeyOffline));
    net.sites.get_mut("orchard").unwrap().coop_key_at_hand = true;
    net.admit("orchard", "harbour");
    net.run(Minutes(1));
    assert!(net.is_member("harbour"));
}

#[test]
fn two_applicants_are_admitted_one_version_after_the_other() {
    let mut net = Net::federation(7, &["orchard", "harbour"]);
    for name in ["mill", "ridge"] {
        net.join(name, "orchard");
        net.run(Minutes(1));
        net.admit("orchard", name);
        net.run(Minutes(1));
    }
    assert_eq!(net.machine("harbour").proposals(net.now).len(), 1, "the second waits for the first");
    for name in ["mill", "ridge"] {
        net.admit("harbour", name);
        net.run(Minutes(1));
    }
    net.admit("mill", "ridge");
    net.run(Minutes(2));
    assert!(net.is_member("mill") && net.is_member("ridge"));
    assert_eq!(net.machine("harbour").roster().unwrap().version(), Version(3));
}

#[test]
fn a_coop_endorses_one_act_for_each_version() {
    let mut net = Net::federation(8, &["orchard", "harbour", "mill"]);
    let expel = |coop| move |machine: &mut Federation, cx: &mut Cx<'_>| machine.expel(coop, cx);
    net.command("orchard", expel(key("mill").public())).unwrap();
    let bound = net.command("orchard", expel(key("harbour").public()));
    assert!(matches!(bound, Err(CommandError::Bound { version: Version(3), .. })), "{bound:?}");
    net.run(Minutes(7 * 24 * 60 + 20));
    net.command("orchard", expel(key("harbour").public())).unwrap();
}

#[test]
fn an_expelled_coop_is_shut_out() {
    let mut net = Net::federation(9, &["orchard", "harbour", "mill"]);
    let mill = key("mill").public();
    for name in ["orchard", "harbour"] {
        net.command(name, |machine, cx| machine.expel(mill, cx)).unwrap();
        net.run(Minutes(1));
    }
    net.run(Minutes(15));
    for name in ["orchard", "harbour"] {
        assert!(net.machine(name).roster().unwrap().coop(&mill).is_none());
        assert!(net.machine(name).peers().iter().all(|peer| peer.node != node("mill").public()));
    }
    net.append("orchard", "after", 60);
    net.run(Minutes(15));
    assert!(net.tickets("mill").is_empty());
}

#[test]
fn a_renewed_record_reaches_everybody_at_once_or_by_sync() {
    let mut net = Net::federation(10, &["orchard", "harbour", "mill"]);
    net.partition(&["mill"], &["orchard", "harbour"]);
    let mut renewed = record("harbour", 2);
    renewed.nodes[0].addresses = vec!["/dns/new.example/tcp/4170".into()];
    net.command("harbour", |machine, cx| machine.renew(&renewed, cx)).unwrap();
    net.run(Minutes(1));
    let addresses = |net: &Net, name| {
        net.machine(name).roster().unwrap().addresses(&node("harbour").public())[0].contains("new.example")
    };
    assert!(addresses(&net, "orchard") && !addresses(&net, "mill"));
    net.run(Minutes(8 * 24 * 60));
    net.heal();
    net.run(Minutes(30));
    assert!(addresses(&net, "mill"), "the entry has expired, sync still brings the record");
    let again = net.command("harbour", |machine, cx| machine.renew(&record("harbour", 2), cx));
    assert_eq!(again, Err(CommandError::OldRevision { found: 2, current: 2 }));
}

#[test]
fn a_node_that_moved_is_dialled_at_once_however_often_it_was_missed() {
    let mut net = Net::federation(11, &["orchard", "harbour", "mill"]);
    let harbour = node("harbour").public();
    net.partition(&["orchard"], &["harbour"]);
    net.run(Minutes(60));
    let dials = |net: &Net| {
        net.count("orchard", |output| matches!(output, Output::Dial { peer, .. } if *peer == harbour))
    };
    let before = dials(&net);
    net.run_until(jitney_domain::Timestamp(net.now.0 + 3_000));
    assert_eq!(dials(&net), before, "it is missed so often that the next dial is minutes away");
    let mut renewed = record("harbour", 2);
    renewed.nodes[0].addresses = vec!["/dns/new.example/tcp/4170".into()];
    net.command("harbour", |machine, cx| machine.renew(&renewed, cx)).unwrap();
    net.run_until(jitney_domain::Timestamp(net.now.0 + 3_000));
    assert!(dials(&net) > before, "the mill has told that it moved");
}

#[test]
fn an_endorsement_that_comes_before_its_act_counts() {
    let mut net = Net::federation(12, &["orchard", "harbour", "mill"]);
    net.partition(&["mill"], &["orchard", "harbour"]);
    net.join("ridge", "orchard");
    net.run(Minutes(1));
    for name in ["orchard", "harbour"] {
        net.admit(name, "ridge");
        net.run(Minutes(1));
    }
    let latest = |net: &Net, kind| {
        let entries = net.machine("orchard").live_entries(net.now).filter(|e| e.header().kind == kind);
        entries.max_by_key(|entry| entry.header().issued_at).unwrap().bytes().to_vec()
    };
    let version = |net: &Net| net.machine("mill").roster().unwrap().version();
    assert_eq!(net.inject("mill", "orchard", &latest(&net, Kind::ROSTER_ENDORSED)), Verdict::Accept);
    assert_eq!(version(&net), Version(2));
    assert_eq!(net.inject("mill", "orchard", &latest(&net, Kind::ROSTER_PROPOSED)), Verdict::Accept);
    assert_eq!(version(&net), Version(3));
}

#[test]
fn endorsements_count_whatever_order_they_come_in() {
    let mut net = Net::federation(11, &["orchard", "harbour", "mill"]);
    net.partition(&["mill"], &["orchard", "harbour"]);
    net.join("ridge", "orchard");
    net.run(Minutes(1));
    net.admit("orchard", "ridge");
    net.run(Minutes(1));
    net.admit("harbour", "ridge");
    net.run(Minutes(1));
    assert!(net.is_member("ridge"));
    net.heal();
    net.run(Minutes(30));
    let chain = |name| {
        let acts = net.machine(name).membership().acts.values();
        acts.map(|act| RosterAct::decode(&act.act.0, net.machine("orchard").roster().unwrap().federation()))
            .collect::<Result<Vec<_>, _>>()
            .unwrap()
    };
    assert_eq!(chain("mill"), chain("orchard"));
    assert_eq!(chain("ridge"), chain("orchard"));
}
