//! The best plan that can be put together of runs seen along the way: set partitioning.
//!
//! Every request is on exactly one run or left out at its price, and no class of vehicle is used more often
//! than there are vehicles. The requests' rows are relaxed (Lagrange), the prices found by subgradient steps
//! (Held & Karp 1971, Polyak's step length), which gives a bound; runs that cannot be part of anything better
//! than the best known plan are struck out by it, and what is left is searched depth first.

use super::pool::{Column, Pool};
use super::problem::Problem;

/// Rounds; in each all columns are priced once.
const ROUNDS: usize = 6;
/// Subgradient steps in a round, over the most promising columns.
const STEPS: usize = 300;
/// Steps without a better bound after which they become shorter.
const PATIENCE: usize = 10;
/// The most promising columns.
const ACTIVE: usize = 2_500;
/// Columns that enter the depth-first search at most.
const SEARCHED: usize = 4_000;
/// Nodes of the depth-first search.
const NODES: usize = 10_000;
/// Columns looked at in it: where runs are long, a node is dear.
const LOOKS: u64 = 10_000_000;

/// What is kept from one call to the next.
#[derive(Debug, Clone, Default)]
pub(crate) struct Prices {
    row: Vec<f64>,
}

/// What was found.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Columns of a plan cheaper than the one known, if there is one.
    pub better: Option<Vec<usize>>,
    /// Reduced cost of every column.
    pub reduced: Vec<f64>,
    /// Rough count of what was looked at, in the unit of the search's budget.
    pub work: u64,
}

struct Rows<'a> {
    columns: &'a [Column],
    /// Where the rows of each column begin in `list`.
    starts: Vec<usize>,
    list: Vec<u32>,
    unserved: Vec<f64>,
    /// Vehicles of each class.
    many: Vec<usize>,
}

impl<'a> Rows<'a> {
    fn of(problem: &Problem, pool: &'a Pool) -> Self {
        let mut starts = Vec::with_capacity(pool.columns.len() + 1);
        let mut list = Vec::new();
        for column in &pool.columns {
            starts.push(list.len());
            list.extend(column.nodes.iter().filter(|n| *n % 2 == 1).map(|n| n / 2));
        }
        starts.push(list.len());
        let mut many = vec![0; problem.classes];
        problem.class.iter().for_each(|c| many[*c as usize] += 1);
        let unserved = problem.terms.iter().map(|t| t.unserved as f64).collect();
        Rows { columns: &pool.columns, starts, list, unserved, many }
    }

    fn rows(&self, j: usize) -> &[u32] {
        &self.list[self.starts[j]..self.starts[j + 1]]
    }

    fn reduced(&self, j: usize, prices: &[f64]) -> f64 {
        let paid: f64 = self.rows(j).iter().map(|r| prices[*r as usize]).sum();
        self.columns[j].cost as f64 - paid
    }

    /// Chooses, in each class, the cheapest columns among `active`, as many as there are vehicles and as pay.
    fn chosen(&self, active: &[usize], prices: &[f64], buckets: &mut [Vec<(f64, usize)>]) {
        buckets.iter_mut().for_each(Vec::clear);
        for &j in active {
            let reduced = self.reduced(j, prices);
            let class = self.columns[j].class as usize;
            let bucket = &mut buckets[class];
            if reduced >= 0.0 {
                continue;
            }
            let most = self.many[class];
            if bucket.len() < most {
                bucket.push((reduced, j));
                if bucket.len() == most {
                    bucket.sort_by(|a, b| a.0.total_cmp(&b.0));
                }
            } else if reduced < bucket[most - 1].0 {
                let at = bucket.partition_point(|x| x.0 <= reduced);
                bucket.pop();
                bucket.insert(at, (reduced, j));
            }
        }
    }
}

/// Looks for a plan cheaper than `known`.
pub(crate) fn partition(problem: &Problem, pool: &Pool, known: i64, prices: &mut Prices) -> Outcome {
    let rows = Rows::of(problem, pool);
    let (m, n) = (pool.columns.len(), problem.requests());
    if prices.row.len() != n {
        let mean = known as f64 / n.max(1) as f64;
        prices.row = vec![mean; n];
    }
    let (bound, best) = price(&rows, known as f64, &prices.row, m);
    prices.row.clone_from(&best);
    let reduced: Vec<f64> = (0..m).map(|j| rows.reduced(j, &best)).collect();
    let gap = known as f64 - bound;
    let mut kept: Vec<usize> = (0..m).filter(|j| reduced[*j] < gap).collect();
    if kept.len() > SEARCHED {
        kept.select_nth_unstable_by(SEARCHED, |a, b| reduced[*a].total_cmp(&reduced[*b]).then(a.cmp(b)));
        kept.truncate(SEARCHED);
    }
    kept.sort_unstable_by(|a, b| reduced[*a].total_cmp(&reduced[*b]).then(a.cmp(b)));
    let mut dive = Dive::new(&rows, &kept, &reduced, &best, known);
    dive.descend(0.0);
    let work = (rows.list.len() * 2 * ROUNDS / 8) as u64
        + (ACTIVE.min(m) * STEPS * ROUNDS / 4) as u64
        + (NODES - dive.nodes) as u64 * 8;
    Outcome { better: dive.best, reduced, work }
}

/// Finds prices of the rows under which the bound is high. Returns bound and prices.
///
/// Each round improves prices for the most promising columns alone, then looks at all of them: only a bound
/// over all columns is one.
fn price(rows: &Rows<'_>, known: f64, start: &[f64], m: usize) -> (f64, Vec<f64>) {
    let mut buckets: Vec<Vec<(f64, usize)>> = vec![Vec::new(); rows.many.len()];
    let all: Vec<usize> = (0..m).collect();
    let mut now = start.to_vec();
    let mut best = (f64::NEG_INFINITY, now.clone());
    for round in 0..ROUNDS {
        let mut active = all.clone();
        if m > ACTIVE {
            let reduced: Vec<f64> = all.iter().map(|j| rows.reduced(*j, &now)).collect();
            active.select_nth_unstable_by(ACTIVE, |a, b| reduced[*a].total_cmp(&reduced[*b]).then(a.cmp(b)));
            active.truncate(ACTIVE);
            active.sort_unstable();
        }
        now = climb(rows, known, &now, &active, if round == 0 { 1.0 } else { 0.4 }, &mut buckets);
        rows.chosen(&all, &now, &mut buckets);
        let value = value(&now, &buckets);
        if value > best.0 {
            best = (value, now.clone());
        }
        if m <= ACTIVE {
            break;
        }
    }
    best
}

fn value(prices: &[f64], buckets: &[Vec<(f64, usize)>]) -> f64 {
    prices.iter().sum::<f64>() + buckets.iter().flatten().map(|(reduced, _)| reduced).sum::<f64>()
}

/// Subgradient steps over some of the columns; returns the best prices met.
fn climb(
    rows: &Rows<'_>,
    known: f64,
    start: &[f64],
    active: &[usize],
    mut pace: f64,
    buckets: &mut [Vec<(f64, usize)>],
) -> Vec<f64> {
    let mut now = start.to_vec();
    let mut best = (f64::NEG_INFINITY, now.clone());
    let mut idle = 0;
    for _ in 0..STEPS {
        rows.chosen(active, &now, buckets);
        let value = value(&now, buckets);
        if value > best.0 {
            best = (value, now.clone());
            idle = 0;
        } else {
            idle += 1;
        }
        if idle >= PATIENCE {
            pace *= 0.6;
            idle = 0;
            now.clone_from(&best.1);
            rows.chosen(active, &now, buckets);
            if pace < 0.004 {
                break;
            }
        }
        let mut slope = vec![1.0f64; now.len()];
        for (_, j) in buckets.iter().flatten() {
            rows.rows(*j).iter().for_each(|r| slope[*r as usize] -= 1.0);
        }
        let norm: f64 = slope.iter().map(|g| g * g).sum();
        if norm < 0.5 {
            break;
        }
        let length = pace * (known - value).max(known * 1e-6) / norm;
        for ((price, g), most) in now.iter_mut().zip(&slope).zip(&rows.unserved) {
            *price = (*price + length * g).min(*most);
        }
    }
    best.1
}

/// Depth-first search for a partition.
struct Dive<'a> {
    /// Candidate columns by row, cheapest first, as indices into the arrays below.
    by_row: Vec<Vec<u32>>,
    masks: Vec<u64>,
    words: usize,
    ids: &'a [usize],
    class: Vec<u32>,
    reduced: Vec<f64>,
    unserved_reduced: Vec<f64>,
    covered: Vec<u64>,
    left: Vec<usize>,
    /// The most that columns with negative reduced cost can still bring.
    negative: f64,
    base: f64,
    known: f64,
    chosen: Vec<u32>,
    best: Option<Vec<usize>>,
    /// Nodes and looks that are left.
    nodes: usize,
    looks: u64,
    rows: usize,
}

impl<'a> Dive<'a> {
    fn new(rows: &Rows<'_>, kept: &'a [usize], reduced: &[f64], prices: &[f64], known: i64) -> Self {
        let n = prices.len();
        let words = n.div_ceil(64).max(1);
        let mut by_row = vec![Vec::new(); n];
        let mut masks = vec![0u64; words * kept.len()];
        for (k, &j) in kept.iter().enumerate() {
            for &r in rows.rows(j) {
                by_row[r as usize].push(k as u32);
                masks[k * words + r as usize / 64] |= 1 << (r % 64);
            }
        }
        let negatives: f64 = {
            let mut per_class: Vec<Vec<f64>> = vec![Vec::new(); rows.many.len()];
            for &j in kept {
                per_class[rows.columns[j].class as usize].push(reduced[j].min(0.0));
            }
            per_class
                .iter_mut()
                .zip(&rows.many)
                .map(|(list, most)| {
                    list.sort_by(f64::total_cmp);
                    list.iter().take(*most).sum::<f64>()
                })
                .sum()
        };
        Dive {
            by_row,
            masks,
            words,
            ids: kept,
            class: kept.iter().map(|j| rows.columns[*j].class).collect(),
            reduced: kept.iter().map(|j| reduced[*j]).collect(),
            unserved_reduced: rows.unserved.iter().zip(prices).map(|(u, p)| u - p).collect(),
            covered: vec![0; words],
            left: rows.many.clone(),
            negative: negatives,
            base: prices.iter().sum(),
            known: known as f64 - 0.5,
            chosen: Vec::new(),
            best: None,
            nodes: NODES,
            looks: LOOKS,
            rows: n,
        }
    }

    fn fits(&self, k: usize) -> bool {
        let mask = &self.masks[k * self.words..(k + 1) * self.words];
        self.left[self.class[k] as usize] > 0 && mask.iter().zip(&self.covered).all(|(a, b)| a & b == 0)
    }

    /// The uncovered row with the fewest columns left.
    fn narrowest(&mut self) -> Option<usize> {
        let mut best = None;
        let mut least = usize::MAX;
        let mut looks = 0;
        for r in 0..self.rows {
            if self.covered[r / 64] >> (r % 64) & 1 == 1 {
                continue;
            }
            let mut count = 0;
            for k in &self.by_row[r] {
                looks += 1;
                count += usize::from(self.fits(*k as usize));
                if count >= least {
                    break;
                }
            }
            if count < least {
                (least, best) = (count, Some(r));
                if count == 0 {
                    break;
                }
            }
        }
        self.looks = self.looks.saturating_sub(looks);
        best
    }

    fn is_over(&self) -> bool {
        self.nodes == 0 || self.looks == 0
    }

    /// `sum` is what the columns chosen so far cost more than their prices.
    fn descend(&mut self, sum: f64) {
        if self.is_over() || self.base + sum + self.negative.min(0.0) >= self.known {
            return;
        }
        self.nodes -= 1;
        let Some(row) = self.narrowest() else {
            let total = self.base + sum;
            if total < self.known {
                self.known = total - 0.5;
                self.best = Some(self.chosen.iter().map(|k| self.ids[*k as usize]).collect());
            }
            return;
        };
        let list = std::mem::take(&mut self.by_row[row]);
        for &k in &list {
            let k = k as usize;
            let reduced = self.reduced[k];
            if self.base + sum + reduced + self.negative - reduced.min(0.0) >= self.known {
                break;
            }
            if !self.fits(k) {
                continue;
            }
            let taken = reduced.min(0.0);
            self.flip(k);
            self.left[self.class[k] as usize] -= 1;
            self.negative -= taken;
            self.chosen.push(k as u32);
            self.descend(sum + reduced);
            self.chosen.pop();
            self.negative += taken;
            self.left[self.class[k] as usize] += 1;
            self.flip(k);
            if self.is_over() {
                break;
            }
        }
        self.by_row[row] = list;
        let without = self.unserved_reduced[row];
        if !self.is_over() && self.base + sum + without + self.negative < self.known {
            self.covered[row / 64] ^= 1 << (row % 64);
            self.descend(sum + without);
            self.covered[row / 64] ^= 1 << (row % 64);
        }
    }

    fn flip(&mut self, k: usize) {
        for w in 0..self.words {
            self.covered[w] ^= self.masks[k * self.words + w];
        }
    }
}
