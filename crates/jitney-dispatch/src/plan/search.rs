//! One search: ruin a part, recreate it, keep what is better or nearly as good.
//!
//! Slack induction by string removals (Christiaens & Vanden Berghe 2020), for pairs of stops: a string of
//! neighbouring stops is taken out of each of some neighbouring runs, and everybody is put back one after
//! the other at her cheapest place, with an eye closed now and then. Simulated annealing decides what is kept.

use super::dice::Dice;
use super::insert::{Blink, Buffers, Spot, cheapest};
use super::memo::Memo;
use super::near::Near;
use super::pool::Pool;
use super::problem::{ANYWHERE, NO_WAY, Problem};
use super::route::{Route, Scratch};
use super::solution::{NOWHERE, Solution};

/// How often a string keeps some of its stops.
const SPLIT: f64 = 0.5;
/// How often one more stop is kept.
const KEEP_ONE: f64 = 0.3;
/// What strings take out.
#[derive(Debug, Clone, Copy)]
struct Strings {
    /// Requests at a time, on average.
    removed: f64,
    /// Stops of one run at most.
    longest: f64,
}
/// What is taken out as a rule.
const SHORT: Strings = Strings { removed: 9.0, longest: 10.0 };
/// What is taken out now and then, where runs are so long that short strings leave their shape as it is.
const LONG: Strings = Strings { removed: 25.0, longest: 40.0 };
/// How often.
const LONG_SHARE: f64 = 0.25;
/// Stops of an average run from which on that is.
const LONG_RUN: f64 = 30.0;
/// How often a place is overlooked, of 2³².
const BLINK: u64 = 42_949_673;
/// Routes of plans that cost up to this many thousandths of the best are remembered.
const POOL_PERMILLE: i64 = 1030;
/// What a request left out weighs while searching, as a share of what it costs: a plan may go through worse ones.
const LEFT_OUT: f64 = 0.5;
/// How much the toll on leaving somebody out rises or falls with each iteration.
const TOLL: f64 = 1.001;
/// How many times what it was at first it may become.
const TOLL_MOST: f64 = 1000.0;
/// How often tails are exchanged.
const TAILS: f64 = 0.3;
/// Of so many ruins one is of alike requests and one of any.
const RUINS: usize = 20;

/// A price on leaving somebody out that falls while nobody is left out, and rises while somebody is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Toll {
    now: f64,
    most: f64,
}

impl Toll {
    /// Returns the toll that begins at a price.
    pub fn of(price: f64) -> Self {
        Toll { now: price, most: price * TOLL_MOST }
    }

    fn change(&mut self, nobody_left_out: bool) {
        let changed = if nobody_left_out { self.now / TOLL } else { self.now * TOLL };
        self.now = changed.clamp(1.0, self.most);
    }
}

/// A search that can be continued.
#[derive(Debug)]
pub(crate) struct Search<'a> {
    pub problem: &'a Problem,
    near: &'a Near,
    pub dice: Dice,
    pub current: Solution,
    pub best: Solution,
    pub pool: Pool,
    pub(super) scratch: Scratch,
    pub(super) buffers: Buffers,
    /// Runs as they were before this iteration.
    undo: Vec<(usize, Route)>,
    /// Spare runs whose memory is used again.
    pub(super) spare: Vec<Route>,
    touched: Vec<bool>,
    nodes: Vec<u32>,
    taken: Vec<bool>,
    /// Stops looked at so far.
    pub work: u64,
    pub iterations: u64,
    /// Longest direct way, for orders.
    direct: Vec<i64>,
    /// What was found last, for each request and run.
    memo: Vec<Memo>,
    /// How often each request was absent while vehicles were being saved.
    pub(super) missed: Vec<u64>,
    /// What each request left out weighs, where vehicles are so dear that none may be added for it.
    pub(super) toll: Option<Toll>,
    /// Iterations when a run was dissolved last.
    pub(super) dissolved: u64,
    /// Runs that may be busy at once.
    pub(super) most_busy: usize,
}

impl<'a> Search<'a> {
    pub fn new(problem: &'a Problem, near: &'a Near, start: Solution, seed: u64) -> Self {
        let direct = |r: usize| {
            let (a, b) = (&problem.nodes[2 * r], &problem.nodes[2 * r + 1]);
            if a.place == ANYWHERE || b.place == ANYWHERE {
                0
            } else {
                i64::from(problem.leg(a.place, b.place).time)
            }
        };
        Search {
            problem,
            near,
            dice: Dice::new(seed),
            best: start.clone(),
            current: start,
            pool: Pool::default(),
            scratch: Scratch::new(problem),
            buffers: Buffers::default(),
            undo: Vec::new(),
            spare: Vec::new(),
            touched: vec![false; problem.vehicles()],
            nodes: Vec::new(),
            taken: vec![false; problem.requests()],
            work: 0,
            iterations: 0,
            direct: (0..problem.requests()).map(direct).collect(),
            memo: vec![Memo::default(); problem.requests() * problem.vehicles()],
            missed: vec![0; problem.requests()],
            toll: None,
            dissolved: 0,
            most_busy: usize::MAX,
        }
    }

    /// Goes on for as much work.
    pub fn run(&mut self, work: u64, temperature: f64) {
        let until = self.work + work;
        while self.work < until {
            self.step(temperature);
            self.work += 1;
        }
    }

    /// Takes a plan over that was found elsewhere, and goes on from it if `current`.
    pub fn adopt(&mut self, found: Solution, current: bool) {
        if current {
            self.current.clone_from(&found);
        }
        self.best = found;
    }

    /// Does one iteration at a temperature, in units of cost.
    pub fn step(&mut self, temperature: f64) {
        let before_seen = self.seen(self.current.cost);
        let absent = self.current.absent.clone();
        if self.dice.unit() < TAILS {
            self.exchange_tails(temperature * 3.0);
        }
        self.ruin(LONG_SHARE);
        self.recreate();
        self.iterations += 1;
        let cost = self.current.reckon(self.problem);
        if cost < self.best.cost.saturating_mul(POOL_PERMILLE) / 1000 {
            for (v, _) in &self.undo {
                self.pool.add(self.problem, &self.current.routes[*v]);
            }
        }
        let seen = self.seen(cost);
        let bar = before_seen - temperature * self.dice.unit().max(1e-12).ln();
        if seen >= bar && seen >= before_seen {
            self.take_back(absent);
        } else {
            self.current.cost = cost;
            self.keep();
            if cost < self.best.cost {
                self.best.clone_from(&self.current);
            }
        }
        if let Some(toll) = &mut self.toll {
            toll.change(self.current.absent.is_empty());
        }
    }

    /// What a plan of this cost weighs while searching, which may go through plans that leave somebody out.
    fn seen(&self, cost: i64) -> f64 {
        let unserved = self.current.unserved(self.problem) as f64;
        match self.toll {
            Some(toll) => cost as f64 - unserved + toll.now * self.current.absent.len() as f64,
            None => cost as f64 - (1.0 - LEFT_OUT) * unserved,
        }
    }

    /// Forgets what was before.
    pub(super) fn keep(&mut self) {
        while let Some((v, old)) = self.undo.pop() {
            self.touched[v] = false;
            self.spare.push(old);
        }
    }

    /// Marks one request to be taken out.
    pub(super) fn mark(&mut self, r: u32) {
        self.taken[r as usize] = true;
    }

    pub(super) fn take_back(&mut self, absent: Vec<u32>) {
        while let Some((v, old)) = self.undo.pop() {
            self.touched[v] = false;
            for node in old.nodes() {
                self.current.on[(node / 2) as usize] = v as u32;
            }
            let new = std::mem::replace(&mut self.current.routes[v], old);
            self.spare.push(new);
        }
        for r in &absent {
            self.current.on[*r as usize] = NOWHERE;
        }
        self.current.absent = absent;
    }

    /// Keeps a copy of run `v` as it is, once an iteration.
    pub(super) fn remember(&mut self, v: usize) {
        if !std::mem::replace(&mut self.touched[v], true) {
            let mut copy = self.spare.pop().unwrap_or_default();
            copy.clone_from(&self.current.routes[v]);
            self.undo.push((v, copy));
        }
    }

    /// Takes some out who are near each other; of long runs, with this chance, more of them.
    pub(super) fn ruin(&mut self, long: f64) {
        let n = self.problem.requests();
        if n == 0 {
            return;
        }
        match self.dice.below(RUINS) {
            0 => self.ruin_alike(),
            1 => self.ruin_anywhere(),
            _ => self.ruin_strings(long),
        }
    }

    fn how_many(&mut self) -> usize {
        let most = (SHORT.removed * 2.0).min(self.problem.requests() as f64 * 0.6).max(1.0) as usize;
        1 + self.dice.below(most)
    }

    fn ruin_anywhere(&mut self) {
        let many = self.how_many();
        for _ in 0..many {
            let r = self.dice.below(self.problem.requests());
            self.take(r as u32);
        }
        self.take_out();
    }

    fn ruin_alike(&mut self) {
        let many = self.how_many();
        let seed = self.dice.below(self.problem.requests());
        self.take(seed as u32);
        let near = self.near;
        for r in near.alike[seed].iter().take(many) {
            if self.dice.below(10) > 0 {
                self.take(*r);
            }
        }
        self.take_out();
    }

    fn ruin_strings(&mut self, long: f64) {
        let problem = self.problem;
        let busy = self.current.routes.iter().filter(|r| r.len() > 0).count().max(1);
        let served = problem.requests() - self.current.absent.len();
        let average = (2 * served) as f64 / busy as f64;
        let long = long > 0.0 && average >= LONG_RUN && self.dice.unit() < long;
        let size = if long { LONG } else { SHORT };
        let longest = size.longest.min(average).max(1.0);
        let strings = (4.0 * size.removed / (1.0 + longest) - 1.0).max(1.0);
        let strings = (self.dice.unit() * strings + 1.0) as usize;
        let seed = self.dice.below(problem.requests());
        let near = self.near;
        let list = if self.dice.below(4) == 0 { &near.alike[seed] } else { &near.by_stop[seed] };
        let mut ruined = [usize::MAX; 32];
        let mut count = 0;
        for &r in std::iter::once(&(seed as u32)).chain(list) {
            if count >= strings.min(32) {
                break;
            }
            let v = self.current.on[r as usize];
            if v == NOWHERE || ruined[..count].contains(&(v as usize)) || self.taken[r as usize] {
                continue;
            }
            ruined[count] = v as usize;
            count += 1;
            self.take_string(v as usize, r, longest);
        }
        self.take_out();
    }

    /// Marks a string of stops around a stop of `r`.
    fn take_string(&mut self, v: usize, r: u32, longest: f64) {
        let len = self.current.routes[v].len();
        let most = longest.min(len as f64);
        let mut string = (self.dice.unit() * most + 1.0) as usize;
        string = string.clamp(1, len);
        let leg = u32::from(self.dice.below(2) == 0);
        let node = if self.problem.terms[r as usize].two { 2 * r + leg } else { 2 * r + 1 };
        let nodes = std::mem::take(&mut self.nodes);
        let mut nodes = {
            let mut nodes = nodes;
            nodes.clear();
            nodes.extend(self.current.routes[v].nodes());
            nodes
        };
        let at = nodes.iter().position(|x| *x == node).unwrap_or(0);
        let mut kept = 0;
        if string < len && string > 1 && self.dice.unit() < SPLIT {
            kept = 1;
            while string + kept < len && self.dice.unit() > KEEP_ONE {
                kept += 1;
            }
        }
        let span = string + kept;
        let first = at.saturating_sub(span - 1);
        let last = at.min(len - span);
        let from = first + self.dice.below(last - first + 1);
        let hole = if kept > 0 { from + 1 + self.dice.below(string.max(2) - 1) } else { len };
        for (k, node) in nodes.iter().enumerate().skip(from).take(span) {
            if k < hole || k >= hole + kept {
                self.take(node / 2);
            }
        }
        self.take(r);
        nodes.clear();
        self.nodes = nodes;
    }

    /// Marks a request to be taken out; her other way as well, now and then.
    fn take(&mut self, r: u32) {
        self.taken[r as usize] = true;
        if let Some(other) = self.problem.linked[r as usize]
            && self.dice.below(3) == 0
        {
            self.taken[other as usize] = true;
        }
    }

    /// Takes all out that are marked.
    pub(super) fn take_out(&mut self) {
        for r in 0..self.taken.len() {
            if !self.taken[r] {
                continue;
            }
            let v = self.current.on[r];
            if v == NOWHERE {
                self.taken[r] = false;
                continue;
            }
            let v = v as usize;
            self.remember(v);
            let mut nodes = std::mem::take(&mut self.nodes);
            nodes.clear();
            nodes.extend(self.current.routes[v].nodes().filter(|x| !self.taken[(x / 2) as usize]));
            let all: Vec<u32> =
                self.current.routes[v].nodes().filter(|x| x % 2 == 1).map(|x| x / 2).collect();
            let gone: Vec<u32> = all.into_iter().filter(|x| self.taken[*x as usize]).collect();
            if self.current.routes[v].build(self.problem, &nodes, &mut self.scratch) {
                for r in gone {
                    self.taken[r as usize] = false;
                    self.current.on[r as usize] = NOWHERE;
                    self.current.absent.push(r);
                }
            } else {
                // Where a way round is quicker than the direct one, a run may not do without a stop.
                gone.iter().for_each(|r| self.taken[*r as usize] = false);
                let old = self.undo.iter().find(|(u, _)| *u == v);
                if let Some((_, old)) = old {
                    self.current.routes[v].clone_from(old);
                }
            }
            self.work += self.nodes.len() as u64;
            self.nodes = nodes;
        }
    }

    pub(super) fn recreate(&mut self) {
        let mut absent = std::mem::take(&mut self.current.absent);
        self.order(&mut absent);
        let mut left = Vec::new();
        for r in absent.iter().copied() {
            let blink = if self.dice.below(8) == 0 { 0 } else { BLINK };
            match self.place_for(r, blink) {
                Some((v, spot)) => self.put(r, v, spot),
                None => left.push(r),
            }
        }
        self.current.absent = left;
    }

    fn order(&mut self, list: &mut [u32]) {
        self.dice.shuffle(list);
        let nodes = &self.problem.nodes;
        let direct = &self.direct;
        match self.dice.below(12) {
            0..=4 => {}
            5 | 6 => list.sort_by_key(|r| -direct[*r as usize]),
            7 => list.sort_by_key(|r| direct[*r as usize]),
            8 => list.sort_by_key(|r| nodes[2 * *r as usize].lo),
            9 => list.sort_by_key(|r| -nodes[2 * *r as usize + 1].hi),
            10 => list.sort_by_key(|r| {
                let (a, b) = (&nodes[2 * *r as usize], &nodes[2 * *r as usize + 1]);
                (a.hi - a.lo).min(b.hi - b.lo)
            }),
            _ => {
                let near = self.near;
                list.sort_by_key(|r| {
                    let from = &nodes[2 * *r as usize];
                    let _ = near;
                    if from.place == ANYWHERE {
                        return 0;
                    }
                    let start = self.problem.vehicles.first().map_or(from.place, |v| v.start);
                    -i64::from(self.problem.leg(start, from.place).time.min(NO_WAY / 2))
                });
            }
        }
    }

    /// The cheapest place for `r` in all runs.
    fn place_for(&mut self, r: u32, chance: u64) -> Option<(usize, Spot)> {
        let mut best: Option<(usize, Spot)> = None;
        let mut limit = self.problem.terms[r as usize].unserved;
        let mut idle_seen = u64::MAX;
        let full = self.most_busy != usize::MAX
            && self.current.routes.iter().filter(|route| route.len() > 0).count() >= self.most_busy;
        let close_look = chance > 0 && self.dice.below(8) == 0;
        let chance = if close_look { BLINK } else { 2 * chance };
        if !close_look {
            // What is known already spares most of the looking.
            let row = &self.memo[r as usize * self.problem.vehicles()..];
            for (v, route) in self.current.routes.iter().enumerate() {
                if !(full && route.len() == 0)
                    && let Some(spot) = row[v].known(route, limit)
                    && (chance == 0 || self.dice.next() >> 32 >= chance)
                {
                    limit = spot.delta;
                    best = Some((v, spot));
                }
            }
        }
        for (v, route) in self.current.routes.iter().enumerate() {
            if route.len() == 0 {
                let class = u64::from(self.problem.class[v]);
                if full || idle_seen == class {
                    continue;
                }
                idle_seen = class;
            }
            let spot = if close_look {
                let blink = Some(Blink { dice: &mut self.dice, chance });
                cheapest(self.problem, route, r, limit, &mut self.buffers, blink, &mut self.work)
            } else {
                if chance > 0 && self.dice.next() >> 32 < chance {
                    continue;
                }
                let entry = &mut self.memo[r as usize * self.problem.vehicles() + v];
                entry.cheapest(self.problem, route, r, limit, &mut self.buffers, &mut self.work)
            };
            if let Some(spot) = spot {
                limit = spot.delta;
                best = Some((v, spot));
            }
        }
        best
    }

    pub(super) fn put(&mut self, r: u32, v: usize, spot: Spot) {
        self.remember(v);
        let mut nodes = std::mem::take(&mut self.nodes);
        nodes.clear();
        with(&self.current.routes[v], r, self.problem.terms[r as usize].two, spot, &mut nodes);
        let feasible = self.current.routes[v].build(self.problem, &nodes, &mut self.scratch);
        debug_assert!(feasible, "a place found feasible is feasible");
        self.current.on[r as usize] = v as u32;
        self.work += nodes.len() as u64;
        self.nodes = nodes;
    }
}

/// Writes the stops of a run with a request at its spot.
pub(crate) fn with(route: &Route, r: u32, two: bool, spot: Spot, nodes: &mut Vec<u32>) {
    let (i, j) = (spot.after_in as usize, spot.after_out as usize);
    for k in 0..=route.len() {
        if k > 0 {
            nodes.push(route.points[k].node);
        }
        if k == i && two {
            nodes.push(2 * r);
        }
        if k == j {
            nodes.push(2 * r + 1);
        }
    }
}
