//! Whole federations under faults drawn from a seed: no promise is ever broken, and what must sometimes
//! happen did.

use jitney_domain::Minutes;
use jitney_sim::{Outcome, Plan, Seen, run};

/// Seeds in the ordinary check; the runner takes any number.
const SEEDS: u64 = 8;

fn small(seed: u64) -> Plan {
    let nodes = 2 + usize::from(seed.is_multiple_of(3));
    Plan { riders: 3, drivers: 2, ..Plan::new(seed, nodes, Minutes(8 * 60)) }
}

fn must_hold(plan: &Plan, outcome: &Outcome) {
    let first = outcome.violations.first();
    assert!(first.is_none(), "{first:?}\nreplay: cargo run --release -p jitney-sim -- {plan} --trace");
}

#[test]
fn no_promise_is_broken_whatever_breaks() {
    let first = std::env::var("JITNEY_SIM_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(1);
    let mut seen = Seen::default();
    for seed in first..first + SEEDS {
        let plan = small(seed);
        let outcome = run(&plan);
        must_hold(&plan, &outcome);
        seen.add(&outcome.seen);
    }
    // A quiet world must not pass for a sound one.
    assert!(seen.trips > 0 && seen.confirmed_at_home > 0, "{seen:?}");
    assert!(seen.confirmed_by_partners > 0 && seen.crashes > 0 && seen.cuts > 0, "{seen:?}");
}

#[test]
fn seeds_that_once_broke_a_promise_break_none_any_more() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/seeds");
    let mut replayed = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let line = text.lines().find(|line| !line.starts_with('#')).unwrap();
        let plan: Plan = line.parse().unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        must_hold(&plan, &run(&plan));
        replayed += 1;
    }
    assert!(replayed > 0);
}

#[test]
fn a_plan_reads_back_from_the_line_that_replays_it() {
    let plan = small(41);
    let again: Plan = plan.to_string().parse().unwrap();
    assert_eq!(again.to_string(), plan.to_string());
    assert!("--seeds".parse::<Plan>().is_err() && "--speed 3".parse::<Plan>().is_err());
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let plan = Plan { length: Minutes(4 * 60), ..small(2) };
    let (once, again) = (run(&plan), run(&plan));
    assert_eq!(once.trace, again.trace);
    assert_ne!(once.trace, run(&Plan { length: Minutes(4 * 60), ..small(4) }).trace);
}
