//! Whether the constant-time test says what brute force says.

use super::checker;
use super::world::{Kind, parts};
use crate::plan::dice::Dice;
use crate::plan::insert::{Buffers, cheapest};
use crate::plan::route::{Route, Scratch};
use crate::plan::search::with;
use crate::plan::{Job, Parts, Problem};

/// A random run, grown by places that brute force says are feasible, some of them at random.
fn grown(parts: &Parts, vehicle: usize, dice: &mut Dice) -> Vec<u32> {
    // Whoever is aboard has to be set down, and a run without breaks is no run.
    let mut nodes: Vec<u32> = Vec::new();
    for r in 0..parts.requests.len() as u32 {
        if matches!(parts.requests[r as usize].job, Job::Aboard(_)) && dice.below(4) == 0 {
            continue;
        }
        if dice.below(3) == 0 {
            continue;
        }
        let all = everywhere(parts, &nodes, r);
        let good: Vec<_> = all.into_iter().filter(|t| checker::fault(parts, vehicle, t).is_none()).collect();
        if !good.is_empty() {
            nodes.clone_from(&good[dice.below(good.len())]);
        }
    }
    nodes
}

/// Every way to put a request into a run.
fn everywhere(parts: &Parts, nodes: &[u32], r: u32) -> Vec<Vec<u32>> {
    let mut all = Vec::new();
    for i in 0..=nodes.len() {
        for j in i..=nodes.len() {
            let mut trial = nodes.to_vec();
            trial.insert(j, 2 * r + 1);
            if matches!(parts.requests[r as usize].job, Job::Ride(..)) {
                trial.insert(i, 2 * r);
            } else if i != j {
                continue;
            }
            all.push(trial);
        }
    }
    all
}

#[derive(Default, Debug)]
struct Seen {
    feasible: usize,
    infeasible: usize,
    built: usize,
}

fn compare(kind: Kind, seed: u64, seen: &mut Seen) {
    let parts = parts(kind, seed);
    let problem = Problem::new(parts.clone()).unwrap();
    let (mut scratch, mut buffers) = (Scratch::new(&problem), Buffers::default());
    let mut dice = Dice::new(seed ^ 0xabc);
    for vehicle in 0..parts.vehicles.len() {
        let nodes = grown(&parts, vehicle, &mut dice);
        // More people aboard than places: nothing planned from now on can mend that.
        let overfull =
            problem.aboard[vehicle].0.iter().zip(parts.vehicles[vehicle].places).any(|(x, y)| *x > y);
        if overfull || checker::fault(&parts, vehicle, &nodes).is_some() {
            continue;
        }
        let mut route = Route::empty(&problem, vehicle, &mut scratch);
        assert!(route.build(&problem, &nodes, &mut scratch), "seed {seed}: {nodes:?} is feasible");
        assert_eq!(route.cost, checker::cost(&parts, vehicle, &nodes), "seed {seed}: {nodes:?}");
        seen.built += 1;
        for r in (0..parts.requests.len() as u32).filter(|r| !nodes.contains(&(2 * r + 1))) {
            let mut best: Option<i64> = None;
            for trial in everywhere(&parts, &nodes, r) {
                let good = checker::fault(&parts, vehicle, &trial).is_none();
                if good {
                    let delta = checker::cost(&parts, vehicle, &trial) - route.cost;
                    best = Some(best.map_or(delta, |b| b.min(delta)));
                }
                let mut other = Route::empty(&problem, vehicle, &mut scratch);
                // Building looks at times and places; who may meet whom is settled before.
                if trial.iter().all(|n| problem.apart[(n / 2) as usize].is_empty())
                    && problem.may(vehicle, r)
                    && parts.vehicles[vehicle].max_rides.is_none()
                {
                    let built = other.build(&problem, &trial, &mut scratch);
                    let fault = checker::fault(&parts, vehicle, &trial);
                    assert_eq!(built, good, "seed {seed} vehicle {vehicle}: {trial:?} {fault:?}");
                }
            }
            let mut work = 0;
            let spot = cheapest(&problem, &route, r, i64::MAX / 2, &mut buffers, None, &mut work);
            assert_eq!(spot.map(|s| s.delta), best, "seed {seed} vehicle {vehicle}: {r} into {nodes:?}");
            if let Some(spot) = spot {
                let mut trial = Vec::new();
                with(&route, r, problem.terms[r as usize].two, spot, &mut trial);
                assert_eq!(checker::fault(&parts, vehicle, &trial), None, "seed {seed}: {trial:?}");
                seen.feasible += 1;
            } else {
                seen.infeasible += 1;
            }
        }
    }
}

#[test]
fn a_place_is_found_if_and_only_if_brute_force_finds_it() {
    for (metric, rich) in [(true, false), (false, false), (true, true), (false, true)] {
        let mut seen = Seen::default();
        for seed in 0..1500 {
            let kind = Kind { requests: 5 + (seed % 3) as usize, vehicles: 2, metric, rich };
            compare(kind, seed, &mut seen);
        }
        assert!(seen.feasible > 1000 && seen.infeasible > 1000 && seen.built > 1000, "{seen:?}");
    }
}
