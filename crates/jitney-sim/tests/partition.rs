//! A week apart: both sides live on, and agree within two sync periods of being joined again.

#![allow(clippy::print_stderr)] // Figures, shown with --nocapture.

use jitney_domain::Minutes;
use jitney_sim::invariants::{differing_logs, disagreements};
use jitney_sim::scenario::{PEACE, federation, live, new_world};
use jitney_sim::{Chance, Chaos, Faults, Workload, World, people};

const NODES: usize = 4;
const WEEK: Minutes = Minutes(7 * 24 * 60);

fn differs(world: &World) -> bool {
    !disagreements(&world.nodes, &Default::default()).is_empty()
        || !differing_logs(&world.nodes, world.now()).is_empty()
}

/// Returns how many minutes after a partition of a week both sides agree, and how many entries they lacked.
fn minutes_to_agree(seed: u64, one_way: bool) -> (u32, usize) {
    let mut chance = Chance::new(seed);
    let mut world = new_world(seed, &mut chance);
    federation(&mut world, NODES, people::policy, &mut chance);
    for at in 0..NODES {
        people::populate(&mut world, at, 4, 2, &mut chance);
    }
    for (a, b) in [(0, 2), (0, 3), (1, 2), (1, 3)] {
        if one_way {
            world.net.cut_one_way(a, b);
        } else {
            world.net.cut(a, b);
        }
    }
    let mut chaos = Chaos::new(Faults::none(), chance.fork());
    live(&mut world, WEEK, &mut Workload::new(chance.fork()), &mut chaos);
    let lacked =
        differing_logs(&world.nodes, world.now()).iter().map(|(_, lacks, extra)| lacks + extra).sum();
    world.net.heal_all();
    let mut minutes = 0;
    while differs(&world) && minutes < 2 * PEACE.0 {
        world.run_for(Minutes(1));
        minutes += 1;
    }
    assert!(world.watch.violations.is_empty(), "{:?}", world.watch.violations.first());
    assert!(world.watch.seen.confirmed_by_partners > 0, "{:?}", world.watch.seen);
    (minutes, lacked)
}

fn must_agree_in_time(seed: u64, one_way: bool) {
    let (minutes, lacked) = minutes_to_agree(seed, one_way);
    eprintln!("seed {seed}, one way {one_way}: {lacked} entries apart, agreed after {minutes} min");
    assert!(lacked > 20, "the sides were not apart");
    assert!(minutes <= PEACE.0, "{minutes} min");
}

#[test]
fn after_a_week_apart_both_sides_agree_within_two_sync_periods() {
    must_agree_in_time(1, false);
}

#[test]
fn after_a_week_in_which_one_side_heard_nothing_both_agree_within_two_sync_periods() {
    must_agree_in_time(2, true);
}
