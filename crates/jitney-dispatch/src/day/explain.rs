//! What alone would be enough to serve who is not served.

use std::fmt;

use jitney_domain::Minutes;

use super::problem::{Day, What};
use crate::plan::{Problem, cheapest_in};

/// One thing that could be asked of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relaxation<K> {
    /// The rider goes so much earlier or later.
    Windows(Minutes),
    /// The rider may be on board so much longer.
    Ride(Minutes),
    /// A driver gives so much more time, before or after.
    Block(K, Minutes),
    /// A driver takes one trip more than agreed.
    OneMoreTrip(K),
    /// A driver takes a trip that they would not otherwise: too far, or not one they are asked for.
    Exception(K),
    /// The trip is unlocked, so that another driver than it has may take it.
    Unlocked,
}

impl<K> Relaxation<K> {
    /// Returns it in words, with runs called as `name` calls them.
    pub fn words(&self, name: impl Fn(&K) -> String) -> String {
        match self {
            Relaxation::Windows(by) => format!("if the rider can go {by} earlier or later"),
            Relaxation::Ride(by) => format!("if the rider may be on board {by} longer"),
            Relaxation::Block(run, by) => format!("if {} gives {by} more", name(run)),
            Relaxation::OneMoreTrip(run) => format!("if {} takes one trip more", name(run)),
            Relaxation::Unlocked => "if it is unlocked with `jitney trip unlock`".to_owned(),
            Relaxation::Exception(run) => format!("if {} goes farther than agreed", name(run)),
        }
    }
}

impl<K: fmt::Display> fmt::Display for Relaxation<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(K::to_string))
    }
}

/// How much more is asked for, the least first.
const STEPS: [Minutes; 4] = [Minutes(15), Minutes(30), Minutes(60), Minutes(120)];

impl<K: Clone + Ord, S: Clone + Ord> Day<K, S> {
    /// Returns the single relaxations that would serve request `r` in the plan `stops`, at most one of a kind.
    pub(crate) fn would_do(&self, stops: &[Vec<u32>], r: u32) -> Vec<Relaxation<K>> {
        let serves = |change: &dyn Fn(&mut Problem), runs: &[usize]| {
            let mut problem = self.problem.clone();
            change(&mut problem);
            runs.iter().copied().find(|v| cheapest_in(&problem, *v, &stops[*v], r).is_some())
        };
        let all: Vec<usize> = (0..self.runs.len()).collect();
        let key = |v: usize| self.runs[v].state.key.clone();
        let (first, last) = (2 * r as usize, 2 * r as usize + 1);
        let mut found = Vec::new();
        for by in STEPS {
            let wider = |p: &mut Problem| {
                for node in [first, last] {
                    p.nodes[node].lo = (p.nodes[node].lo - by.millis()).max(self.now.0);
                    p.nodes[node].hi += by.millis();
                }
            };
            if serves(&wider, &all).is_some() {
                found.push(Relaxation::Windows(by));
                break;
            }
        }
        for by in STEPS {
            let longer = |p: &mut Problem| {
                let limit = &mut p.terms[r as usize].limit;
                *limit = limit.saturating_add(by.millis());
            };
            if serves(&longer, &all).is_some() {
                found.push(Relaxation::Ride(by));
                break;
            }
        }
        for by in STEPS {
            let longer = |p: &mut Problem| {
                for vehicle in &mut p.vehicles {
                    vehicle.from = (vehicle.from - by.millis()).max(self.now.0.min(vehicle.from));
                    vehicle.to += by.millis();
                    vehicle.max_duration = vehicle.max_duration.map(|most| most + 2 * by.millis());
                }
            };
            if let Some(v) = serves(&longer, &all) {
                found.push(Relaxation::Block(key(v), by));
                break;
            }
        }
        let more =
            |p: &mut Problem| p.vehicles.iter_mut().for_each(|v| v.max_rides = v.max_rides.map(|m| m + 1));
        if let Some(v) = serves(&more, &all) {
            found.push(Relaxation::OneMoreTrip(key(v)));
        }
        let locked_out: Vec<usize> = all.iter().copied().filter(|v| self.locked_only(*v, r)).collect();
        let unlocked = |p: &mut Problem| locked_out.iter().for_each(|v| p.allow(*v, r));
        if serves(&unlocked, &locked_out).is_some() {
            found.push(Relaxation::Unlocked);
        }
        let asked: Vec<usize> = all.iter().copied().filter(|v| self.too_far_only(*v, r)).collect();
        let farther = |p: &mut Problem| asked.iter().for_each(|v| p.allow(*v, r));
        if let Some(v) = serves(&farther, &asked) {
            found.push(Relaxation::Exception(key(v)));
        }
        found
    }

    /// Tells whether nothing but a lock keeps a run from a trip.
    fn locked_only(&self, v: usize, r: u32) -> bool {
        let What::Trip(k) = self.what[r as usize] else { return false };
        let mut trip = self.trips[k].clone();
        let locked = trip.locked.take().is_some();
        locked && !self.problem.may(v, r) && super::problem::may(&self.runs[v], &trip)
    }

    /// Tells whether nothing but the radius keeps a run from a trip.
    fn too_far_only(&self, v: usize, r: u32) -> bool {
        let What::Trip(k) = self.what[r as usize] else { return false };
        let mut run = self.runs[v].clone();
        run.state.radius = None;
        !self.problem.may(v, r) && super::problem::may(&run, &self.trips[k])
    }
}
