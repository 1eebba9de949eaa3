//! Runs seen along the way, for putting together anew.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::problem::Problem;
use super::route::Route;

/// Most runs remembered.
const MOST: usize = 90_000;

/// A run remembered: which stops a vehicle of a class makes, and what that costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub class: u32,
    pub cost: i64,
    pub nodes: Vec<u32>,
}

/// The cheapest order found for each set of requests on each class of vehicle.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pool {
    seen: HashMap<(u64, u32), u32, FxBuildHasher>,
    pub columns: Vec<Column>,
}

impl Pool {
    pub fn add(&mut self, problem: &Problem, route: &Route) {
        if route.len() == 0 {
            return;
        }
        self.insert(route.hash, problem.class[route.vehicle], route.cost, || route.nodes().collect());
    }

    fn insert(&mut self, hash: u64, class: u32, cost: i64, nodes: impl FnOnce() -> Vec<u32>) {
        match self.seen.get(&(hash, class)) {
            Some(k) => {
                let column = &mut self.columns[*k as usize];
                if cost < column.cost {
                    (column.cost, column.nodes) = (cost, nodes());
                }
            }
            None if self.columns.len() < MOST => {
                self.seen.insert((hash, class), self.columns.len() as u32);
                self.columns.push(Column { class, cost, nodes: nodes() });
            }
            None => {}
        }
    }

    /// Adds all of another pool.
    pub fn merge(&mut self, other: &Pool) {
        let mut keys: Vec<(&(u64, u32), &u32)> = other.seen.iter().collect();
        keys.sort_unstable_by_key(|(_, k)| **k);
        for ((hash, class), k) in keys {
            let column = &other.columns[*k as usize];
            self.insert(*hash, *class, column.cost, || column.nodes.clone());
        }
    }

    /// Forgets the columns of the highest reduced cost, if there are many.
    pub fn thin(&mut self, reduced: &[f64]) {
        if self.columns.len() * 3 < MOST * 2 {
            return;
        }
        let mut order: Vec<usize> = (0..self.columns.len()).collect();
        order.sort_by(|a, b| reduced[*a].total_cmp(&reduced[*b]).then(a.cmp(b)));
        let mut keep = vec![false; self.columns.len()];
        order.iter().take(MOST / 3).for_each(|j| keep[*j] = true);
        let mut place = vec![u32::MAX; self.columns.len()];
        let mut columns = Vec::with_capacity(MOST / 3);
        for (j, column) in std::mem::take(&mut self.columns).into_iter().enumerate() {
            if keep[j] {
                place[j] = columns.len() as u32;
                columns.push(column);
            }
        }
        self.columns = columns;
        self.seen.retain(|_, j| {
            *j = place[*j as usize];
            *j != u32::MAX
        });
    }
}
