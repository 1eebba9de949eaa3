//! Every promise is watched: a bug planted on purpose is found within a thousand seeds.

#![allow(clippy::print_stderr)] // Figures, shown with --nocapture.

use jitney_domain::Minutes;
use jitney_sim::{Faults, Plan, Plant, run};

/// Most seeds that a bug may stay hidden for.
const SEEDS_MOST: u64 = 1_000;

/// A day in which the node of each bug gets the chance to show it.
fn plan(seed: u64, plant: Plant) -> Plan {
    let faults = match plant {
        Plant::ForgottenWrite => Some(Faults::crashes(Minutes(30))),
        Plant::NoNewLife => Some(Faults { restore_every: Some(Minutes(60)), ..Faults::none() }),
        _ => Some(Faults::none()),
    };
    Plan { faults, plant: Some(plant), ..Plan::new(seed, 2, Minutes(8 * 60)) }
}

/// Returns the seed that shows the bug, with the promise that it breaks.
fn found(plant: Plant, promise: &str) -> Option<u64> {
    (0..SEEDS_MOST).find(|seed| {
        let outcome = run(&plan(*seed, plant));
        outcome.violations.iter().any(|violation| violation.promise.starts_with(promise))
    })
}

#[test]
fn every_planted_bug_is_found() {
    for (plant, promise) in Plant::ALL {
        let seed = found(plant, promise);
        eprintln!("{plant:?}: {} seeds", seed.map_or(SEEDS_MOST, |seed| seed + 1));
        assert!(seed.is_some(), "{plant:?} stays hidden");
    }
}

#[test]
fn without_the_bug_the_same_days_are_sound() {
    for (plant, _) in Plant::ALL {
        let outcome = run(&Plan { plant: None, ..plan(0, plant) });
        assert!(outcome.violations.is_empty(), "{plant:?}: {:?}", outcome.violations.first());
    }
}
