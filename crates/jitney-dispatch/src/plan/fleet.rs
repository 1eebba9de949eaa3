//! Fewer vehicles, where each costs more than any way round saves.
//!
//! After Christiaens & Vanden Berghe (2020): a run is dissolved and no idle vehicle may be used; requests
//! that stay absent for long count more and more, and a plan is taken over if who is absent counts less. Where
//! that takes long, somebody absent is forced onto a run each time, and those make room who have been missed
//! least (guided ejection, after Nagata & Kobayashi, *A memetic algorithm for the pickup and delivery problem
//! with time windows*, 2010).

use super::insert::{Spot, cheapest};
use super::search::{Search, Toll};
use super::solution::Solution;

/// Iterations after a run was dissolved before anybody is forced: what comes about by itself is better.
const PATIENCE: u64 = 1000;

/// Who leaves a run so that somebody else can join it.
struct Exchange {
    vehicle: usize,
    gone: Vec<u32>,
    spot: Spot,
}

impl Search<'_> {
    /// Tries for so much work to do with fewer vehicles; goes on from the best plan afterwards.
    pub fn shrink(&mut self, work: u64, temperature: f64) {
        let until = self.work + work;
        while self.work < until {
            if self.current.absent.is_empty() {
                if self.current.cost < self.best.cost {
                    self.best.clone_from(&self.current);
                }
                if !self.dissolve() {
                    break;
                }
                self.dissolved = self.iterations;
            }
            self.attempt(temperature);
            self.work += 1;
            if self.iterations - self.dissolved > PATIENCE {
                self.force();
            }
        }
    }

    /// Puts somebody who is absent onto a run, whoever has to leave it.
    fn force(&mut self) {
        let Some(r) = self.current.absent.pop() else { return };
        self.missed[r as usize] += 1;
        match self.make_room(r) {
            Some(Exchange { vehicle, gone, spot }) => {
                gone.iter().for_each(|other| self.mark(*other));
                self.take_out();
                self.put(r, vehicle, spot);
                self.current.cost = self.current.reckon(self.problem);
            }
            None => self.current.absent.push(r),
        }
        self.keep();
    }

    /// Finds the run and the one or two on it who have been missed least, without whom `r` can join it.
    fn make_room(&mut self, r: u32) -> Option<Exchange> {
        let mut busy: Vec<usize> = (0..self.current.routes.len())
            .filter(|v| self.current.routes[*v].len() > 0 && self.problem.may(*v, r))
            .collect();
        self.dice.shuffle(&mut busy);
        let (mut best, mut bar) = (None, u64::MAX);
        for vehicle in busy {
            let riders = self.current.routes[vehicle].nodes().filter(|n| n % 2 == 1).map(|n| n / 2);
            let mut riders: Vec<(u32, u64)> =
                riders.map(|other| (other, self.missed[other as usize] + 1)).collect();
            riders.sort_by_key(|(_, weight)| *weight);
            for (one, weight) in &riders {
                if *weight >= bar {
                    break;
                }
                if let Some(spot) = self.without(vehicle, &[*one], r) {
                    (best, bar) = (Some(Exchange { vehicle, gone: vec![*one], spot }), *weight);
                    break;
                }
            }
            for (k, (one, weight)) in riders.iter().enumerate() {
                for (two, more) in &riders[k + 1..] {
                    if weight + more >= bar {
                        break;
                    }
                    if let Some(spot) = self.without(vehicle, &[*one, *two], r) {
                        (best, bar) =
                            (Some(Exchange { vehicle, gone: vec![*one, *two], spot }), weight + more);
                        break;
                    }
                }
            }
        }
        best
    }

    /// Returns the cheapest place for `r` on a run without some who are on it.
    fn without(&mut self, vehicle: usize, gone: &[u32], r: u32) -> Option<Spot> {
        let mut trial = self.spare.pop().unwrap_or_default();
        trial.vehicle = vehicle;
        let nodes: Vec<u32> =
            self.current.routes[vehicle].nodes().filter(|n| !gone.contains(&(n / 2))).collect();
        self.work += nodes.len() as u64;
        let built = trial.build(self.problem, &nodes, &mut self.scratch);
        let spot = built
            .then(|| cheapest(self.problem, &trial, r, i64::MAX / 2, &mut self.buffers, None, &mut self.work))
            .flatten();
        self.spare.push(trial);
        spot
    }

    /// Begins anew with nobody on any run, for as many vehicles as the best plan uses.
    pub fn begin_anew(&mut self) {
        self.toll = None;
        self.most_busy = self.best.fleet().1.max(1);
        self.current = Solution::idle(self.problem, &mut self.scratch);
        self.dissolved = self.iterations;
    }

    /// Tries for so much work to serve everybody with these vehicles.
    pub fn fill(&mut self, work: u64, temperature: f64) {
        let until = self.work + work;
        while self.work < until && !self.is_full() {
            self.attempt(temperature);
            self.work += 1;
            if self.iterations - self.dissolved > PATIENCE {
                self.force();
            }
        }
    }

    /// Goes on from the best plan if somebody is left out of this one.
    pub fn settle_unless_full(&mut self) {
        if !self.is_full() {
            self.settle(None);
        }
    }

    /// Tells whether everybody is served.
    pub fn is_full(&self) -> bool {
        self.current.absent.is_empty()
    }

    /// Goes on from the best plan, with no more vehicles than it uses. With a toll it may leave somebody out on the
    /// way, for as much: where runs are full, that leads to plans that no other way does.
    pub fn settle(&mut self, toll: Option<Toll>) {
        self.toll = toll;
        self.current.clone_from(&self.best);
        self.most_busy = self.current.fleet().1.max(1);
    }

    /// Tells whether fewer vehicles could still do: one at least has to.
    pub fn may_shrink(&self) -> bool {
        self.best.fleet() > (0, 1)
    }

    /// Takes everybody off the run whose requests have been missed least.
    fn dissolve(&mut self) -> bool {
        let missed = |v: &usize| {
            let nodes = self.current.routes[*v].nodes().filter(|n| n % 2 == 1);
            nodes.map(|n| self.missed[(n / 2) as usize]).sum::<u64>()
        };
        let busy: Vec<usize> =
            (0..self.current.routes.len()).filter(|v| self.current.routes[*v].len() > 0).collect();
        let Some(v) = busy.iter().copied().min_by_key(missed) else { return false };
        if busy.len() < 2 {
            return false;
        }
        self.most_busy = busy.len() - 1;
        let requests: Vec<u32> =
            self.current.routes[v].nodes().filter(|n| n % 2 == 1).map(|n| n / 2).collect();
        requests.into_iter().for_each(|r| self.mark(r));
        self.take_out();
        self.keep();
        true
    }

    /// One iteration; tells nothing, takes over what misses less.
    fn attempt(&mut self, temperature: f64) {
        let before = self.current.cost;
        let absent = self.current.absent.clone();
        let count = |list: &[u32], missed: &[u64]| list.iter().map(|r| missed[*r as usize]).sum::<u64>();
        let sum = count(&absent, &self.missed);
        self.ruin(0.0);
        self.recreate();
        self.iterations += 1;
        let cost = self.current.reckon(self.problem);
        let fewer = self.current.absent.len() < absent.len();
        let lighter = count(&self.current.absent, &self.missed) < sum;
        let bar = before as f64 - temperature * self.dice.unit().max(1e-12).ln();
        let as_many = self.current.absent.len() == absent.len();
        self.current.absent.iter().for_each(|r| self.missed[*r as usize] += 1);
        if fewer || lighter || (as_many && (cost as f64) < bar) {
            self.current.cost = cost;
            self.keep();
        } else {
            self.take_back(absent);
        }
    }
}
