//! Two runs exchange what is left of them at moments at which nobody is on board.
//!
//! Taking out and putting back a few requests hardly ever moves half a run; this does, in one go.

use super::label::{Open, joins};
use super::problem::NO_WAY;
use super::search::Search;

impl Search<'_> {
    /// Exchanges the tails of two runs, at places that cost little, to the `heat` near.
    pub(super) fn exchange_tails(&mut self, heat: f64) {
        let busy: Vec<usize> =
            (0..self.current.routes.len()).filter(|v| self.current.routes[*v].len() > 0).collect();
        if busy.is_empty() {
            return;
        }
        let v = busy[self.dice.below(busy.len())];
        let cuts = |v: usize| -> Vec<usize> {
            let points = &self.current.routes[v].points;
            (0..points.len() - 1)
                .filter(|k| points[*k].riders == 0 && points[*k].load.iter().all(|x| *x == 0))
                .collect()
        };
        let mine = cuts(v);
        if mine.is_empty() {
            return;
        }
        let k = mine[self.dice.below(mine.len())];
        let mut best: Option<(f64, usize, usize)> = None;
        for &w in busy.iter().filter(|w| **w != v) {
            for j in cuts(w) {
                let (a, b) = (&self.current.routes[v], &self.current.routes[w]);
                let whole = (k == 0 && j == 0) || (k + 2 == a.points.len() && j + 2 == b.points.len());
                if whole {
                    continue;
                }
                self.work += 1;
                let Some(delta) = self.spliced(v, k, w, j) else { continue };
                let value = delta as f64 - heat * self.dice.unit().max(1e-12).ln();
                if best.is_none_or(|(least, ..)| value < least) {
                    best = Some((value, w, j));
                }
            }
        }
        if let Some((_, w, j)) = best {
            self.splice(v, k, w, j);
        }
    }

    /// What the exchange costs, if both runs can be driven as far as the joint tells.
    fn spliced(&self, v: usize, k: usize, w: usize, j: usize) -> Option<i64> {
        let (a, b) = (&self.current.routes[v], &self.current.routes[w]);
        let joint = |from: &super::route::Point, to: &super::route::Point| {
            let leg = self.problem.leg(from.place, to.place);
            let gap = from.dwell + i64::from(leg.time);
            let fits =
                leg.time != NO_WAY && joins(from.label, std::iter::empty::<&Open>(), gap, to.after, &[]);
            fits.then_some(i64::from(leg.cost))
        };
        let (p, q) = (&a.points[k], &b.points[j]);
        let (s, t) = (&a.points[k + 1], &b.points[j + 1]);
        let new = joint(p, t)? + joint(q, s)?;
        let old = |from: u32, to: u32| i64::from(self.problem.leg(from, to).cost);
        Some(new - old(p.place, s.place) - old(q.place, t.place))
    }

    fn splice(&mut self, v: usize, k: usize, w: usize, j: usize) {
        let problem = self.problem;
        let (a, b): (Vec<u32>, Vec<u32>) =
            (self.current.routes[v].nodes().collect(), self.current.routes[w].nodes().collect());
        let first: Vec<u32> = a[..k].iter().chain(&b[j..]).copied().collect();
        let second: Vec<u32> = b[..j].iter().chain(&a[k..]).copied().collect();
        let allowed =
            first.iter().all(|n| problem.may(v, n / 2)) && second.iter().all(|n| problem.may(w, n / 2));
        if !allowed {
            return;
        }
        self.remember(v);
        self.remember(w);
        let both = [(v, &first, &a), (w, &second, &b)];
        let built = both.iter().all(|(u, new, _)| {
            let built = self.current.routes[*u].build(problem, new, &mut self.scratch);
            built && problem.vehicles[*u].max_rides.is_none_or(|most| self.current.routes[*u].rides <= most)
        });
        for (u, new, old) in both {
            if built {
                new.iter().for_each(|n| self.current.on[(n / 2) as usize] = u as u32);
            } else {
                self.current.routes[u].build(problem, old, &mut self.scratch);
            }
        }
        self.work += (a.len() + b.len()) as u64;
    }
}
