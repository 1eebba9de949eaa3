//! Fewer vehicles, where each costs more than any way round saves.
//!
//! After Christiaens & Vanden Berghe (2020): a run is dissolved and no idle vehicle may be used; requests
//! that stay absent for long count more and more, and a plan is taken over if who is absent counts less.

use super::search::Search;

impl Search<'_> {
    /// Tries for so much work to do with fewer vehicles; goes on from the best plan afterwards.
    pub fn shrink(&mut self, work: u64, temperature: f64) {
        let until = self.work + work;
        if self.missed.is_empty() {
            self.missed = vec![0; self.problem.requests()];
        }
        while self.work < until {
            if self.current.absent.is_empty() {
                if self.current.cost < self.best.cost {
                    self.best.clone_from(&self.current);
                }
                if !self.dissolve() {
                    break;
                }
            }
            self.attempt(temperature);
            self.work += 1;
        }
    }

    /// Goes on from the best plan, with no more vehicles than it uses.
    pub fn settle(&mut self) {
        self.current.clone_from(&self.best);
        self.most_busy = self.busy().max(1);
    }

    fn busy(&self) -> usize {
        self.current.routes.iter().filter(|route| route.len() > 0).count()
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
        self.ruin();
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
