//! Whether the search finds what enumeration proves to be best, and keeps its promises on the way.

use super::checker;
use super::world::{Kind, parts};
use crate::plan::{Answer, Budget, Job, Parts, Problem, plan};

/// The cheapest run of `vehicle` for each set of requests, by trying every order; `None` where there is none.
fn cheapest_runs(parts: &Parts, vehicle: usize) -> Vec<Option<i64>> {
    let n = parts.requests.len();
    let mut best = vec![None; 1 << n];
    let mut nodes = Vec::new();
    grow(parts, vehicle, &mut nodes, 0, &mut best);
    best
}

/// Adds every possible next stop. A prefix that is too late stays so, as no gap is negative.
fn grow(parts: &Parts, vehicle: usize, nodes: &mut Vec<u32>, open: usize, best: &mut [Option<i64>]) {
    if open == 0 && checker::fault(parts, vehicle, nodes).is_none() {
        let set = nodes.iter().fold(0usize, |set, n| set | 1 << (n / 2));
        let cost = checker::cost(parts, vehicle, nodes);
        best[set] = Some(best[set].map_or(cost, |b: i64| b.min(cost)));
    }
    for r in 0..parts.requests.len() as u32 {
        let two = matches!(parts.requests[r as usize].job, Job::Ride(..));
        let node = match (nodes.contains(&(2 * r)), nodes.contains(&(2 * r + 1))) {
            (_, true) => continue,
            (false, false) if two => 2 * r,
            _ => 2 * r + 1,
        };
        nodes.push(node);
        let opened = two && node % 2 == 0;
        let closed = two && node % 2 == 1;
        let rest: Vec<u32> = nodes.iter().copied().chain(unfinished(nodes, parts)).collect();
        if open < 4 && nodes.len() < 12 && early_enough(parts, vehicle, nodes) && rest.len() < 14 {
            grow(parts, vehicle, nodes, open + usize::from(opened) - usize::from(closed), best);
        }
        nodes.pop();
    }
}

fn unfinished<'a>(nodes: &'a [u32], parts: &'a Parts) -> impl Iterator<Item = u32> + 'a {
    let two = |n: &u32| matches!(parts.requests[(n / 2) as usize].job, Job::Ride(..));
    nodes.iter().copied().filter(move |n| n % 2 == 0 && two(n) && !nodes.contains(&(n + 1))).map(|n| n + 1)
}

/// Without rides and the way home: windows along the way.
fn early_enough(parts: &Parts, vehicle: usize, nodes: &[u32]) -> bool {
    let mut open = parts.clone();
    open.requests.iter_mut().for_each(|r| r.max_ride = None);
    open.vehicles[vehicle].max_duration = None;
    open.vehicles[vehicle].to = 1 << 40;
    checker::timed(&open, vehicle, nodes)
}

fn optimum(parts: &Parts) -> i64 {
    let n = parts.requests.len();
    let mut best: Vec<Option<i64>> = vec![None; 1 << n];
    best[0] = Some(0);
    for v in 0..parts.vehicles.len() {
        let runs = cheapest_runs(parts, v);
        let before = best.clone();
        for (set, cost) in before.iter().enumerate() {
            let Some(cost) = cost else { continue };
            let rest = !set & ((1 << n) - 1);
            let mut more = rest;
            while more > 0 {
                if let Some(run) = runs[more] {
                    let total = cost + run;
                    let both = &mut best[set | more];
                    *both = Some(both.map_or(total, |b| b.min(total)));
                }
                more = (more - 1) & rest;
            }
        }
    }
    let undone = |set: usize| -> i64 {
        (0..n).filter(|r| set >> r & 1 == 0).map(|r| parts.requests[r].unserved).sum()
    };
    best.iter().enumerate().filter_map(|(set, cost)| cost.map(|c| c + undone(set))).min().unwrap()
}

fn checked(parts: &Parts, answer: &Answer) {
    let mut cost = 0;
    for (v, nodes) in answer.stops.iter().enumerate() {
        if !nodes.is_empty() {
            assert_eq!(checker::fault(parts, v, nodes), None, "{nodes:?}");
        }
        cost += checker::cost(parts, v, nodes);
    }
    cost += answer.unserved.iter().map(|r| parts.requests[*r as usize].unserved).sum::<i64>();
    assert_eq!(cost, answer.cost);
    let served: usize = answer.stops.iter().flatten().filter(|n| *n % 2 == 1).count();
    assert_eq!(served + answer.unserved.len(), parts.requests.len());
}

#[test]
fn small_problems_are_solved_to_the_optimum_that_enumeration_proves() {
    let (mut all, mut unserved) = (0, 0);
    for seed in 0..120 {
        let kind = Kind { requests: 5, vehicles: 2, metric: true, rich: seed % 3 == 0 };
        let parts = parts(kind, seed + 10_000);
        // Whoever is aboard must be set down; the enumeration does not know whom that concerns.
        if parts.requests.iter().any(|r| matches!(r.job, Job::Aboard(_))) {
            continue;
        }
        let problem = Problem::new(parts.clone()).unwrap();
        let answer = plan(&problem, None, Budget { work: 60_000, threads: 1, seed }, |_| 0.0);
        checked(&parts, &answer);
        assert_eq!(answer.cost, optimum(&parts), "seed {seed}");
        all += 1;
        unserved += answer.unserved.len();
    }
    assert!(all > 60 && unserved > 10, "{all} problems, {unserved} requests left out");
}

#[test]
fn where_vehicles_are_dear_no_more_drive_than_enumeration_proves_to_be_needed() {
    let mut saved = 0;
    for seed in 0..60 {
        let kind = Kind { requests: 5, vehicles: 3, metric: true, rich: seed % 3 == 0 };
        let mut parts = parts(kind, seed + 20_000);
        if parts.requests.iter().any(|r| matches!(r.job, Job::Aboard(_))) {
            continue;
        }
        parts.vehicles.iter_mut().for_each(|vehicle| vehicle.fixed_cost = 1_000_000);
        parts.requests.iter_mut().for_each(|request| request.unserved = 10_000_000);
        let problem = Problem::new(parts.clone()).unwrap();
        let answer = plan(&problem, None, Budget { work: 150_000, threads: 1, seed }, |_| 0.0);
        checked(&parts, &answer);
        assert_eq!(answer.cost, optimum(&parts), "seed {seed}");
        saved += usize::from(answer.stops.iter().any(Vec::is_empty));
    }
    assert!(saved > 20, "a vehicle stays at home in {saved} of 60");
}

#[test]
fn where_one_dear_vehicle_does_from_the_beginning_it_drives_no_further_than_it_must() {
    let mut alone = 0;
    for seed in 0..40 {
        let mut parts = parts(Kind { requests: 2, vehicles: 2, metric: true, rich: false }, seed + 30_000);
        if parts.requests.iter().any(|r| matches!(r.job, Job::Aboard(_))) {
            continue;
        }
        parts.vehicles.truncate(1);
        parts.vehicles[0].fixed_cost = 1_000_000;
        parts.requests.iter_mut().for_each(|request| request.unserved = 10_000_000);
        let problem = Problem::new(parts.clone()).unwrap();
        let answer = plan(&problem, None, Budget { work: 60_000, threads: 2, seed }, |_| 0.0);
        checked(&parts, &answer);
        assert_eq!(answer.cost, optimum(&parts), "seed {seed}");
        alone += usize::from(answer.unserved.is_empty());
    }
    assert!(alone > 0, "somebody is left out of each of 40");
}

#[test]
fn the_same_seed_and_threads_give_the_same_answer() {
    let parts = parts(Kind { requests: 30, vehicles: 4, metric: true, rich: true }, 5);
    let problem = Problem::new(parts.clone()).unwrap();
    let run = |threads, seed| plan(&problem, None, Budget { work: 300_000, threads, seed }, |_| 0.0);
    let (one, two) = (run(1, 7), run(2, 7));
    checked(&parts, &one);
    checked(&parts, &two);
    assert_eq!(one, run(1, 7));
    assert_eq!(two, run(2, 7));
    assert!(two.iterations > one.iterations, "{} and {}", one.iterations, two.iterations);
    assert_ne!(run(1, 8).iterations, one.iterations, "another seed searches otherwise");
}

#[test]
fn a_plan_is_never_worse_than_the_one_it_begins_with() {
    for seed in 0..10 {
        let parts = parts(Kind { requests: 25, vehicles: 4, metric: true, rich: false }, seed + 77);
        let problem = Problem::new(parts.clone()).unwrap();
        let good = plan(&problem, None, Budget { work: 200_000, threads: 1, seed }, |_| 0.0);
        let brief = plan(&problem, Some(&good.stops), Budget { work: 500, threads: 1, seed }, |_| 0.0);
        assert!(brief.cost <= good.cost);
        let stopped = plan(&problem, Some(&good.stops), Budget { work: u64::MAX, threads: 1, seed }, |_| 1.0);
        assert!(stopped.cost <= good.cost);
    }
}

#[test]
fn progress_never_goes_back() {
    let parts = parts(Kind { requests: 25, vehicles: 4, metric: true, rich: false }, 3);
    let problem = Problem::new(parts).unwrap();
    let mut seen: Vec<(f64, i64)> = Vec::new();
    plan(&problem, None, Budget { work: 200_000, threads: 2, seed: 1 }, |p| {
        seen.push((p.done, p.cost));
        0.0
    });
    assert!(seen.len() > 50 && seen.windows(2).all(|w| w[0].0 <= w[1].0 && w[0].1 >= w[1].1));
}
