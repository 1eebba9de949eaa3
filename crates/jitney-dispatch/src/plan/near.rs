//! Which requests go well together.

use super::problem::{ANYWHERE, NO_WAY, Problem};

/// Neighbours kept for each request.
const KEPT: usize = 120;

/// For each request the others, the most related first.
#[derive(Debug, Clone)]
pub(crate) struct Near {
    /// By how little driving and waiting lies between any two of their stops.
    pub by_stop: Vec<Vec<u32>>,
    /// By how alike the two rides are in place and time.
    pub alike: Vec<Vec<u32>>,
}

impl Near {
    pub fn new(problem: &Problem) -> Self {
        let n = problem.requests();
        let ranked = |measure: &dyn Fn(u32, u32) -> i64| -> Vec<Vec<u32>> {
            let row = |a: u32| {
                let mut others: Vec<(i64, u32)> =
                    (0..n as u32).filter(|b| *b != a).map(|b| (measure(a, b), b)).collect();
                let kept = KEPT.min(others.len());
                if kept < others.len() {
                    others.select_nth_unstable(kept);
                    others.truncate(kept);
                }
                others.sort_unstable();
                others.into_iter().map(|(_, b)| b).collect()
            };
            (0..n as u32).map(row).collect()
        };
        Near { by_stop: ranked(&|a, b| by_stop(problem, a, b)), alike: ranked(&|a, b| alike(problem, a, b)) }
    }
}

fn stops(problem: &Problem, r: u32) -> impl Iterator<Item = u32> {
    let first = if problem.terms[r as usize].two { 0 } else { 1 };
    (first..2).map(move |k| 2 * r + k)
}

/// How much driving, and a fifth of the waiting, lies between two stops at least.
fn between(problem: &Problem, a: u32, b: u32) -> i64 {
    let (from, to) = (&problem.nodes[a as usize], &problem.nodes[b as usize]);
    if from.place == ANYWHERE || to.place == ANYWHERE {
        return 0;
    }
    let leg = problem.leg(from.place, to.place);
    let gap = from.dwell + i64::from(leg.time);
    if leg.time == NO_WAY || from.lo + gap > to.hi {
        return i64::MAX / 4;
    }
    i64::from(leg.time) + (to.lo - (from.hi + gap)).max(0) / 5
}

fn by_stop(problem: &Problem, a: u32, b: u32) -> i64 {
    let mut least = i64::MAX / 2;
    for x in stops(problem, a) {
        for y in stops(problem, b) {
            least = least.min(between(problem, x, y)).min(between(problem, y, x));
        }
    }
    least
}

fn alike(problem: &Problem, a: u32, b: u32) -> i64 {
    let mut sum = 0;
    for (x, y) in [(2 * a, 2 * b), (2 * a + 1, 2 * b + 1)] {
        let (from, to) = (&problem.nodes[x as usize], &problem.nodes[y as usize]);
        if from.place != ANYWHERE && to.place != ANYWHERE {
            let leg = problem.leg(from.place, to.place);
            sum += i64::from(leg.time.min(NO_WAY / 2));
        }
        sum += (from.lo / 2 + from.hi / 2 - to.lo / 2 - to.hi / 2).abs() / 3;
    }
    sum
}
