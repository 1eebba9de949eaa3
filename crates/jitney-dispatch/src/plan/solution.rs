//! Who is served where.

use super::problem::Problem;
use super::route::{Route, Scratch};

/// Nobody's run.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// All runs with their stops, and who is on none.
#[derive(Debug, Clone)]
pub(crate) struct Solution {
    /// One for each vehicle, in the order of the vehicles.
    pub routes: Vec<Route>,
    /// The run that each request is on.
    pub on: Vec<u32>,
    /// Requests on no run.
    pub absent: Vec<u32>,
    /// What the runs cost and what the absent ones cost.
    pub cost: i64,
}

impl Solution {
    /// Returns the solution in which nobody goes anywhere.
    pub fn idle(problem: &Problem, scratch: &mut Scratch) -> Self {
        let routes = (0..problem.vehicles()).map(|v| Route::empty(problem, v, scratch)).collect();
        let absent: Vec<u32> = (0..problem.requests() as u32).collect();
        let mut solution = Solution { routes, on: vec![NOWHERE; problem.requests()], absent, cost: 0 };
        solution.cost = solution.reckon(problem);
        solution
    }

    /// Returns how many are left out, and how many vehicles are used.
    pub fn fleet(&self) -> (usize, usize) {
        (self.absent.len(), self.routes.iter().filter(|route| route.len() > 0).count())
    }

    /// Returns the solution with the given stops for each vehicle; `None` if one of the runs is infeasible,
    /// or a stop is named twice or alone.
    pub fn of(problem: &Problem, stops: &[Vec<u32>], scratch: &mut Scratch) -> Option<Self> {
        let mut solution = Solution::idle(problem, scratch);
        let mut seen = vec![false; 2 * problem.requests()];
        for (v, nodes) in stops.iter().enumerate().take(problem.vehicles()) {
            for (k, node) in nodes.iter().enumerate() {
                let request = node / 2;
                if std::mem::replace(seen.get_mut(*node as usize)?, true) || !problem.may(v, request) {
                    return None;
                }
                let two = problem.terms[request as usize].two;
                if node % 2 == 0 && (!two || !nodes[k..].contains(&(node + 1))) {
                    return None;
                }
                if two && node % 2 == 1 && !nodes[..k].contains(&(node - 1)) {
                    return None;
                }
                solution.on[request as usize] = v as u32;
            }
            if !nodes.is_empty() && !solution.routes[v].build(problem, nodes, scratch) {
                return None;
            }
            let most = problem.vehicles[v].max_rides;
            if most.is_some_and(|most| solution.routes[v].rides > most) || !kept_apart(problem, nodes) {
                return None;
            }
        }
        solution.absent.retain(|r| solution.on[*r as usize] == NOWHERE);
        solution.cost = solution.reckon(problem);
        Some(solution)
    }

    /// As [`Solution::of`], but runs that are not feasible as they stand are left empty.
    pub fn nearest(problem: &Problem, stops: &[Vec<u32>], scratch: &mut Scratch) -> Self {
        let alone = |v: usize, nodes: &Vec<u32>, scratch: &mut Scratch| {
            let mut only = vec![Vec::new(); v + 1];
            only[v].clone_from(nodes);
            Solution::of(problem, &only, scratch).is_some()
        };
        if let Some(whole) = Solution::of(problem, stops, scratch) {
            return whole;
        }
        let kept: Vec<Vec<u32>> = stops
            .iter()
            .enumerate()
            .map(|(v, nodes)| if alone(v, nodes, scratch) { nodes.clone() } else { Vec::new() })
            .collect();
        Solution::of(problem, &kept, scratch).unwrap_or_else(|| Solution::idle(problem, scratch))
    }

    /// Adds up what everything costs.
    pub fn reckon(&self, problem: &Problem) -> i64 {
        let driven: i64 = self.routes.iter().map(|route| route.cost).sum();
        driven + self.unserved(problem)
    }

    /// What the absent cost; a half served round trip is worse than none.
    pub fn unserved(&self, problem: &Problem) -> i64 {
        let mut cost = 0i64;
        for &r in &self.absent {
            let alone = problem.terms[r as usize].unserved;
            cost += alone;
            if let Some(other) = problem.linked[r as usize]
                && self.on[other as usize] != NOWHERE
            {
                cost += problem.terms[other as usize].unserved + alone / 4 + 1;
            }
        }
        cost
    }

    /// Returns the stops of each vehicle.
    pub fn stops(&self) -> Vec<Vec<u32>> {
        self.routes.iter().map(|route| route.nodes().collect()).collect()
    }
}

/// Tells whether nobody meets whom she may not meet.
fn kept_apart(problem: &Problem, nodes: &[u32]) -> bool {
    let span = |r: u32| {
        let out = nodes.iter().position(|n| *n == 2 * r + 1)?;
        Some((nodes.iter().position(|n| *n == 2 * r).map_or(0, |k| k + 1), out))
    };
    nodes.iter().filter(|n| *n % 2 == 1).all(|n| {
        let Some((from, to)) = span(n / 2) else { return true };
        problem.apart[(n / 2) as usize].iter().all(|other| match span(*other) {
            Some((a, b)) => to < a || b < from,
            None => true,
        })
    })
}
