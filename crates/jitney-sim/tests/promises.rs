//! Whole federations under faults drawn from a seed: no promise is ever broken, and what must sometimes
//! happen did.

use jitney_domain::Minutes;
use jitney_sim::{Outcome, Plan, Seen, run};

/// Seeds in the ordinary check; the runner takes any number.
const SEEDS: u64 = 6;

fn small(seed: u64) -> Plan {
    Plan {
        riders: 3,
        drivers: 2,
        ..Plan::new(seed, 2 + usize::from(seed.is_multiple_of(3)), Minutes(8 * 60))
    }
}

fn must_hold(seed: u64, outcome: &Outcome) {
    let plan = small(seed);
    assert!(
        outcome.violations.is_empty(),
        "{:?}\nreplay: cargo run --release -p jitney-sim -- --seeds {seed} --nodes {} --days 0.34 --riders {} \
         --drivers {} --trace",
        outcome.violations.first(),
        plan.nodes,
        plan.riders,
        plan.drivers
    );
}

#[test]
fn no_promise_is_broken_whatever_breaks() {
    let first = std::env::var("JITNEY_SIM_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(1);
    let mut seen = Seen::default();
    for seed in first..first + SEEDS {
        let outcome = run(&small(seed));
        must_hold(seed, &outcome);
        seen.add(&outcome.seen);
    }
    // A quiet world must not pass for a sound one.
    assert!(seen.trips > 0 && seen.confirmed_at_home > 0, "{seen:?}");
    assert!(seen.confirmed_by_partners > 0 && seen.crashes > 0 && seen.cuts > 0, "{seen:?}");
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let plan = Plan { length: Minutes(4 * 60), ..small(2) };
    let (once, again) = (run(&plan), run(&plan));
    assert_eq!(once.trace, again.trace);
    assert_ne!(once.trace, run(&Plan { length: Minutes(4 * 60), ..small(4) }).trace);
}
