//! The whole search: cooling, threads in step, runs put together anew.

use super::near::Near;
use super::problem::Problem;
use super::route::Scratch;
use super::search::Search;
use super::solution::Solution;

/// How long to search.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Stops looked at by each thread; the clock of a search that must be repeatable.
    pub work: u64,
    /// Threads.
    pub threads: usize,
    /// Seed.
    pub seed: u64,
}

/// How far the search is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Share of the budget used, 0 to 1.
    pub done: f64,
    /// Cost of the best plan so far.
    pub cost: i64,
    /// Requests on no run in it.
    pub unserved: usize,
    /// Iterations so far, of all threads.
    pub iterations: u64,
}

/// What the search found.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Nodes in driving order for each vehicle: `2r` is the pick-up, `2r + 1` the drop-off of request `r`.
    pub stops: Vec<Vec<u32>>,
    /// Requests on no run.
    pub unserved: Vec<u32>,
    /// What it costs.
    pub cost: i64,
    /// Iterations of all threads.
    pub iterations: u64,
    /// Share of the budget after which the best was found.
    pub best_at: f64,
}

/// Plans.
pub fn plan(
    problem: &Problem,
    start: Option<&[Vec<u32>]>,
    budget: Budget,
    mut progress: impl FnMut(Progress) -> f64,
) -> Answer {
    let near = Near::new(problem);
    let mut scratch = Scratch::new(problem);
    let first = start
        .and_then(|stops| Solution::of(problem, stops, &mut scratch))
        .unwrap_or_else(|| Solution::idle(problem, &mut scratch));
    let mut search = Search::new(problem, &near, first, budget.seed);
    search.step(0.0);
    let scale = scale(problem);
    let (hot, cold) = (scale * 0.3, scale * 0.002);
    let mut done = 0.0f64;
    let step = (budget.work / 400).max(1);
    while done < 1.0 {
        let temperature = hot * (cold / hot).powf(done);
        let until = search.work + step;
        while search.work < until {
            search.step(temperature);
        }
        let clock = progress(Progress {
            done,
            cost: search.best.cost,
            unserved: search.best.absent.len(),
            iterations: search.iterations,
        });
        done = clock.max(search.work as f64 / budget.work as f64);
    }
    let best = &search.best;
    Answer {
        stops: best.stops(),
        unserved: best.absent.clone(),
        cost: best.cost,
        iterations: search.iterations,
        best_at: search.best_at as f64 / search.work.max(1) as f64,
    }
}

/// An ordinary leg's cost, the measure of temperatures.
fn scale(problem: &Problem) -> f64 {
    let n = problem.requests().max(1);
    let sum: f64 = (0..problem.requests())
        .map(|r| {
            let (a, b) = (&problem.nodes[2 * r], &problem.nodes[2 * r + 1]);
            if a.place == super::ANYWHERE || b.place == super::ANYWHERE { 0.0 } else { f64::from(problem.leg(a.place, b.place).cost) }
        })
        .sum();
    (sum / n as f64).max(1.0)
}
