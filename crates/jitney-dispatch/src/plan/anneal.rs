//! The whole search: cooling, threads in step, runs put together anew.
//!
//! Threads search on their own and meet after equal amounts of work, never after equal time: what they find
//! depends on the seed and their number alone, unless the caller's clock ends the search early.

use super::near::Near;
use super::partition::{Prices, partition};
use super::pool::Pool;
use super::problem::{ANYWHERE, Problem};
use super::route::Scratch;
use super::search::{Search, Toll};
use super::solution::Solution;

/// How long to search.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Stops looked at by each thread: the clock of a search that must be repeatable.
    pub work: u64,
    /// Threads, at least one.
    pub threads: usize,
    /// Seed.
    pub seed: u64,
}

/// How far the search is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Share of the budget used, 0 to 1.
    pub done: f64,
    /// Cost of the best plan so far, what is left undone included.
    pub cost: i64,
    /// Requests on no run in it.
    pub unserved: usize,
    /// Iterations so far, of all threads.
    pub iterations: u64,
}

/// What the search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Nodes in driving order for each vehicle: `2r` is the pick-up, `2r + 1` the drop-off of request `r`.
    pub stops: Vec<Vec<u32>>,
    /// Requests on no run.
    pub unserved: Vec<u32>,
    /// What it costs, what is left undone included.
    pub cost: i64,
    /// Iterations of all threads.
    pub iterations: u64,
}

/// Meetings of the threads in a whole search.
const MEETINGS: u64 = 300;
/// Work between two meetings at most, so that a caller with a clock is asked several times a second.
const LONGEST: u64 = 4_000_000;
/// Every so many meetings the runs seen are put together anew.
const ASSEMBLY: u64 = 25;
/// Share of the search in which vehicles are saved, where they are dear, at least and at most.
const SHRINKING: (f64, f64) = (0.2, 0.4);
/// Between these they are saved for so many times what it took to save the last one.
const PATIENCE: f64 = 4.0;
/// How the search is cooled, time and again, once no vehicle is to be saved any more. With few vehicles plans lie far
/// apart: one that began elsewhere may end better than the best can become.
const ROUNDS: [Round; 6] = [Round::Toll, Round::Anew, Round::Anew, Round::Anew, Round::Toll, Round::Best];
/// Share of a round in which it is tried to serve everybody anew.
const FILLING: f64 = 0.5;
/// Temperatures at the beginning and at the end, as shares of an ordinary ride's cost.
const HOT: f64 = 0.5;
const COLD: f64 = 0.002;
/// Where the search is cooled several times, it begins hotter: from where a round ends, few ways lead far.
const HOT_IN_ROUNDS: f64 = 2.0;

/// Plans, and returns the best plan found; with `start` never a worse one than that. Runs of `start` that
/// are not feasible as they stand are planned anew.
///
/// `progress` is called at every meeting and answers which share of the time is used up: 0 if only the
/// budget counts, 1 to stop. Cooling follows whichever is further, the work or the time, so a search that is
/// cut by the clock has been cooled as well.
pub fn plan(
    problem: &Problem,
    start: Option<&[Vec<u32>]>,
    budget: Budget,
    mut progress: impl FnMut(Progress) -> f64,
) -> Answer {
    let near = Near::new(problem);
    let mut scratch = Scratch::new(problem);
    let first = match start {
        Some(stops) => Solution::nearest(problem, stops, &mut scratch),
        None => Solution::idle(problem, &mut scratch),
    };
    let seed = |k: usize| budget.seed.wrapping_add((k as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut crew = Crew {
        problem,
        searches: (0..budget.threads.max(1))
            .map(|k| Search::new(problem, &near, first.clone(), seed(k)))
            .collect(),
        prices: Prices::default(),
        extra: 0,
    };
    let ordinary = ordinary_cost(problem);
    // The first plan: everybody at her cheapest place.
    crew.each(|search| search.step(0.0));
    let mut saves_vehicles = problem.vehicles.iter().all(|v| v.fixed_cost as f64 > 50.0 * ordinary);
    let each = (budget.work / MEETINGS).clamp(1, LONGEST);
    let (mut done, mut meeting) = (0.0f64, 0);
    let (mut cooling, mut rounds, mut hot) = (0.0..1.0, [].as_slice(), HOT);
    // Until when everybody is to be served anew, while that is tried.
    let mut filling = None;
    let (mut fleet, mut since) = (crew.best().fleet(), done);
    while done < 1.0 {
        let may_shrink = done < (PATIENCE * since).clamp(SHRINKING.0, SHRINKING.1)
            && crew.searches.iter().all(Search::may_shrink);
        let shrinking = saves_vehicles && may_shrink;
        if shrinking {
            crew.each(|search| search.shrink(each, ordinary * 0.1));
        } else {
            if std::mem::take(&mut saves_vehicles) {
                cooling.end = done;
                hot = HOT_IN_ROUNDS;
                // Whom nobody can serve is left out in any case.
                rounds = if crew.best().absent.is_empty() { ROUNDS.as_slice() } else { &[Round::Best] };
            }
            if done >= cooling.end {
                cooling = done..done + (1.0 - done) / rounds.len().max(1) as f64;
                let round = rounds.split_off_first().copied().unwrap_or(Round::Best);
                filling = (round == Round::Anew).then_some(done + FILLING * (cooling.end - cooling.start));
                crew.share();
                crew.each(|search| match round {
                    Round::Best => search.settle(None),
                    Round::Toll => search.settle(Some(Toll::of(ordinary))),
                    Round::Anew => search.begin_anew(),
                });
            }
            if let Some(until) = filling {
                crew.each(|search| match done < until {
                    true => search.fill(each, ordinary * 0.1),
                    false => search.settle_unless_full(),
                });
                if crew.searches.iter().all(Search::is_full) {
                    (filling, cooling.start) = (None, done);
                }
            } else {
                let cooled = (done - cooling.start) / (cooling.end - cooling.start);
                let temperature = ordinary * hot * (COLD / hot).powf(cooled);
                crew.each(|search| search.run(each, temperature));
            }
        }
        meeting += 1;
        let work = crew.searches[0].work + crew.extra;
        done = done.max(work as f64 / budget.work.max(1) as f64);
        if !shrinking && (meeting % ASSEMBLY == 0 || done >= 1.0) {
            crew.assemble(done);
        }
        done = done.max(progress(crew.progress(done.min(1.0))));
        if crew.best().fleet() < fleet {
            (fleet, since) = (crew.best().fleet(), done);
        }
    }
    crew.answer()
}

/// What the search is cooled from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Round {
    /// The best plan.
    Best,
    /// The same, with a toll on leaving somebody out on the way.
    Toll,
    /// A plan made anew with as many vehicles.
    Anew,
}

struct Crew<'a> {
    problem: &'a Problem,
    searches: Vec<Search<'a>>,
    prices: Prices,
    /// Work done by one for all.
    extra: u64,
}

impl Crew<'_> {
    /// Lets everybody do the same, each in a thread of its own.
    fn each(&mut self, task: impl Fn(&mut Search<'_>) + Sync) {
        if let [only] = self.searches.as_mut_slice() {
            return task(only);
        }
        let task = &task;
        std::thread::scope(|scope| {
            for search in &mut self.searches {
                scope.spawn(move || task(search));
            }
        });
    }

    /// Hands the best plan to everybody who has a worse one.
    fn share(&mut self) {
        let best = self.best().clone();
        for search in &mut self.searches {
            if best.cost < search.best.cost {
                search.adopt(best.clone(), true);
            }
        }
    }

    fn best(&self) -> &Solution {
        let best = self.searches.iter().map(|search| &search.best).min_by_key(|best| best.cost);
        best.unwrap_or(&self.searches[0].best)
    }

    /// Puts a plan together of the runs that anybody has seen, and hands the best to whoever is behind.
    fn assemble(&mut self, done: f64) {
        let mut pool = std::mem::take(&mut self.searches[0].pool);
        for search in self.searches.iter_mut().skip(1) {
            pool.merge(&std::mem::take(&mut search.pool));
        }
        let known = self.best().cost;
        let outcome = partition(self.problem, &pool, known, &mut self.prices);
        self.extra += outcome.work;
        if let Some(columns) = outcome.better
            && let Some(found) = self.put_together(&pool, &columns)
            && found.cost < known
        {
            self.searches[0].adopt(found, done > 0.5);
        }
        pool.thin(&outcome.reduced);
        self.searches[0].pool = pool;
        let best = self.best().clone();
        for search in self.searches.iter_mut().skip(1) {
            if best.cost < search.best.cost {
                search.adopt(best.clone(), done > 0.5);
            }
        }
    }

    fn put_together(&self, pool: &Pool, columns: &[usize]) -> Option<Solution> {
        let mut stops = vec![Vec::new(); self.problem.vehicles()];
        for column in columns.iter().map(|j| &pool.columns[*j]) {
            let free =
                (0..stops.len()).find(|v| self.problem.class[*v] == column.class && stops[*v].is_empty());
            stops[free?].clone_from(&column.nodes);
        }
        Solution::of(self.problem, &stops, &mut Scratch::new(self.problem))
    }

    fn iterations(&self) -> u64 {
        self.searches.iter().map(|search| search.iterations).sum()
    }

    fn progress(&self, done: f64) -> Progress {
        let best = self.best();
        Progress { done, cost: best.cost, unserved: best.absent.len(), iterations: self.iterations() }
    }

    fn answer(&self) -> Answer {
        let best = self.best();
        Answer {
            stops: best.stops(),
            unserved: best.absent.clone(),
            cost: best.cost,
            iterations: self.iterations(),
        }
    }
}

/// An ordinary ride's cost, the measure of temperatures.
fn ordinary_cost(problem: &Problem) -> f64 {
    let direct = |r: usize| {
        let (a, b) = (problem.nodes[2 * r].place, problem.nodes[2 * r + 1].place);
        if a == ANYWHERE || b == ANYWHERE { 0.0 } else { f64::from(problem.leg(a, b).cost) }
    };
    let sum: f64 = (0..problem.requests()).map(direct).sum();
    (sum / problem.requests().max(1) as f64).max(1.0)
}
