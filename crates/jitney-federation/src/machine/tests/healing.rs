//! What gossip loses, sync brings; then everything comes to rest.

use jitney_domain::Minutes;

use super::net::{Faults, Net};
use crate::machine::*;

const NAMES: [&str; 4] = ["orchard", "harbour", "mill", "ridge"];

fn all_agree(net: &Net) -> bool {
    let first = net.machine(NAMES[0]).frontier();
    NAMES.iter().all(|name| {
        let spans = |frontier: &crate::Frontier| {
            frontier.0.iter().map(|(log, span)| (*log, span.head, span.top)).collect::<Vec<_>>()
        };
        spans(&net.machine(name).frontier()) == spans(&first)
    })
}

#[test]
fn gossip_alone_brings_an_entry_within_a_second() {
    let mut net = Net::federation(31, &NAMES);
    net.append("orchard", "to the clinic", 60);
    net.run_until(jitney_domain::Timestamp(net.now.0 + 1_000));
    for name in NAMES {
        assert_eq!(net.tickets(name), ["to the clinic"], "{name}");
    }
    assert_eq!(net.machine("orchard").unpublished(), 0);
}

#[test]
fn with_gossip_mute_the_timer_brings_everything() {
    let mut net = Net::federation(32, &NAMES);
    net.faults.mute = true;
    for name in NAMES {
        net.append(name, name, 600);
    }
    net.run(Minutes(11));
    for name in NAMES {
        assert_eq!(net.tickets(name).len(), 4, "{name}");
    }
    assert!(all_agree(&net));
}

#[test]
fn an_entry_with_a_gap_before_it_brings_what_is_missing_at_once() {
    let mut net = Net::federation(33, &NAMES);
    net.faults.mute = true;
    net.append("orchard", "lost", 600);
    net.run_until(jitney_domain::Timestamp(net.now.0 + 1_000));
    net.faults.mute = false;
    net.append("orchard", "seen", 600);
    net.run_until(jitney_domain::Timestamp(net.now.0 + 5_000));
    for name in NAMES {
        assert_eq!(net.tickets(name), ["lost", "seen"], "{name}");
    }
}

#[test]
fn both_sides_of_a_partition_have_everything_after_it() {
    let mut net = Net::federation(34, &NAMES);
    net.partition(&["orchard", "harbour"], &["mill", "ridge"]);
    for round in 0..20 {
        for name in NAMES {
            net.append(name, &format!("{name} {round}"), 6_000);
        }
        net.run(Minutes(3));
    }
    assert_eq!(net.tickets("orchard").len(), 40);
    net.heal();
    net.run(Minutes(16));
    for name in NAMES {
        assert_eq!(net.tickets(name).len(), 80, "{name}");
    }
    assert!(all_agree(&net));
}

#[test]
fn it_is_enough_that_one_side_can_dial() {
    let mut net = Net::federation(35, &["orchard", "harbour"]);
    net.forbid_dialling("orchard");
    net.partition(&["orchard"], &["harbour"]);
    net.append("orchard", "from inside", 600);
    net.append("harbour", "from outside", 600);
    net.faults.mute = true;
    net.heal();
    net.run(Minutes(16));
    for name in ["orchard", "harbour"] {
        assert_eq!(net.tickets(name).len(), 2, "{name}");
    }
}

#[test]
fn an_entry_written_alone_is_published_when_somebody_listens() {
    let mut net = Net::federation(36, &["orchard", "harbour"]);
    net.crash("harbour");
    net.append("orchard", "waits", 600);
    net.run(Minutes(1));
    assert_eq!(net.machine("orchard").unpublished(), 1);
    net.crash("orchard");
    net.restart("orchard");
    assert_eq!(net.machine("orchard").unpublished(), 1, "the outbox is durable");
    net.restart("harbour");
    net.run(Minutes(1));
    assert_eq!(net.machine("orchard").unpublished(), 0);
    assert_eq!(net.tickets("harbour"), ["waits"]);
}

#[test]
fn under_loss_and_repetition_all_agree_in_the_end() {
    for seed in 0..8 {
        let mut net = Net::federation(seed, &NAMES);
        net.faults = Faults { lose_one_in: 3, repeat_one_in: 4, delay_ms: 3_000, mute: false };
        for round in 0..25 {
            match round {
                10 => net.crash("mill"),
                20 => net.restart("mill"),
                _ => {}
            }
            let writers = if (10..20).contains(&round) { &NAMES[..2] } else { &NAMES[..] };
            net.append(writers[round % writers.len()], &format!("{round:02}"), 600);
            net.run(Minutes(1));
        }
        net.faults = Faults { delay_ms: 40, ..Faults::default() };
        net.run(Minutes(40));
        assert!(all_agree(&net), "seed {seed}");
        for name in NAMES {
            assert_eq!(net.tickets(name).len(), 25, "seed {seed}, {name}");
        }
    }
}

#[test]
fn a_node_out_of_reach_is_dialled_less_and_less_often_and_found_again() {
    let mut net = Net::federation(37, &["orchard", "harbour"]);
    net.forbid_dialling("harbour");
    net.crash("harbour");
    let dials = |net: &Net| net.count("orchard", |output| matches!(output, Output::Dial { .. }));
    let before = dials(&net);
    net.run(Minutes(120));
    let tried = dials(&net) - before;
    assert!((10..=20).contains(&tried), "{tried} dials in two hours");
    net.restart("harbour");
    net.run(Minutes(16));
    assert!(net.machine("orchard").peers()[0].connected);
}

#[test]
fn a_quiet_federation_is_quiet() {
    let mut net = Net::federation(38, &NAMES);
    net.append("orchard", "one ticket", 3 * 24 * 60);
    net.run(Minutes(60));
    let before = net.messages;
    net.run(Minutes(24 * 60));
    let links = 4 * 3;
    let pulls = links * 24 * 6 * 5 / 4;
    let manifests = 24 * 20;
    let most = 3 * pulls + manifests;
    assert!(net.messages - before <= most, "{} messages a day, expected {most}", net.messages - before);
}
