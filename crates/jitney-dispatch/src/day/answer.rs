//! The plan in the day's terms.

use std::collections::BTreeMap;
use std::fmt;

use jitney_domain::{Minutes, Timestamp};

use super::explain::Relaxation;
use super::problem::{Day, What};
use crate::chain::{Chain, Ride};
use crate::model::PlannedStop;
use crate::plan::{ANYWHERE, Budget, Progress, plan};
use crate::schedule::{Wish, settle};

/// A run as it would be.
#[derive(Debug, Clone, PartialEq)]
pub struct RunPlan<K, S> {
    /// The run.
    pub run: K,
    /// All its stops with their times, those made included.
    pub stops: Vec<PlannedStop<S>>,
    /// When its pauses begin.
    pub pauses: Vec<Timestamp>,
    /// Driving still to be done.
    pub drive: Minutes,
    /// Of that, with nobody on board.
    pub deadhead: Minutes,
}

/// A promise that would change: who comes, when, or that nobody comes.
#[derive(Debug, Clone, PartialEq)]
pub struct Change<K, S> {
    /// The trip.
    pub trip: S,
    /// The run it was on.
    pub from: K,
    /// The run it would be on; `None` if nobody can come as was agreed.
    pub to: Option<K>,
    /// The pick-up that the rider was told.
    pub told: Timestamp,
    /// The pick-up as it would be.
    pub pick_up: Option<Timestamp>,
}

impl<K: fmt::Display + PartialEq, S: fmt::Display> fmt::Display for Change<K, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Change { trip, from, to, told, pick_up } = self;
        match (to, pick_up) {
            (Some(to), Some(at)) => {
                write!(f, "trip {trip}: ")?;
                if to == from {
                    write!(f, "still {from}")?
                } else {
                    write!(f, "{to} instead of {from}")?
                }
                match at.cmp(told) {
                    std::cmp::Ordering::Equal => write!(f, ", at the time told"),
                    std::cmp::Ordering::Less => write!(f, ", {} earlier than told", told.minutes_since(*at)),
                    std::cmp::Ordering::Greater => write!(f, ", {} later than told", at.minutes_since(*told)),
                }
            }
            _ => write!(f, "trip {trip}: nobody can come as was agreed"),
        }
    }
}

/// A trip that nobody would drive.
#[derive(Debug, Clone, PartialEq)]
pub struct Unmet<K, S> {
    /// The trip.
    pub trip: S,
    /// It had been promised.
    pub promised: bool,
    /// What alone would be enough to serve it, the smallest first; empty if no single thing is.
    pub would_do: Vec<Relaxation<K>>,
}

/// A planned day, for a person to agree to. Nothing of it holds before.
#[derive(Debug, Clone, PartialEq)]
pub struct DayPlan<K, S> {
    /// The runs, in the order in which they were given.
    pub runs: Vec<RunPlan<K, S>>,
    /// What nobody would drive.
    pub unmet: Vec<Unmet<K, S>>,
    /// Promises that would change.
    pub changes: Vec<Change<K, S>>,
    /// Cost as reckoned, in milliseconds of driving.
    pub cost: i64,
    /// Iterations of the search.
    pub iterations: u64,
}

impl<K: Clone + Ord, S: Clone + Ord> Day<K, S> {
    /// Plans the day. What stands is where the search begins, and the answer is never worse than it.
    ///
    /// `progress` as in [`plan`](crate::plan::plan()).
    pub fn plan(&self, budget: Budget, progress: impl FnMut(Progress) -> f64) -> DayPlan<K, S> {
        let mut answer = plan(&self.problem, Some(&self.standing), budget, progress);
        self.part_no_pairs(&mut answer.stops, &mut answer.unserved);
        self.answer(&answer.stops, &answer.unserved, answer.cost, answer.iterations)
    }

    /// Takes out whoever would get out but not home, or the other way round, unless she was promised.
    fn part_no_pairs(&self, stops: &mut [Vec<u32>], unserved: &mut Vec<u32>) {
        let alone: Vec<u32> = unserved
            .iter()
            .filter_map(|r| self.problem.linked[*r as usize])
            .filter(|o| !unserved.contains(o) && self.on[*o as usize].is_none())
            .collect();
        for r in alone {
            stops.iter_mut().for_each(|nodes| nodes.retain(|n| n / 2 != r));
            unserved.push(r);
        }
        unserved.sort_unstable();
    }

    fn answer(&self, stops: &[Vec<u32>], unserved: &[u32], cost: i64, iterations: u64) -> DayPlan<K, S> {
        let timed: Vec<_> = stops.iter().enumerate().map(|(v, nodes)| self.run_plan(v, nodes)).collect();
        let mut now_at = vec![None; self.what.len()];
        for (v, (_, times)) in timed.iter().enumerate() {
            times.iter().for_each(|(node, at)| {
                if node % 2 == 0 {
                    now_at[(node / 2) as usize] = Some((v, Timestamp(*at)));
                }
            });
        }
        let requests =
            self.stops.iter().enumerate().filter_map(|(r, stops)| Some((&stops.as_ref()?.0.stop, r)));
        let requests: BTreeMap<&S, usize> = requests.collect();
        let mut changes = Vec::new();
        for (trip, (from, told)) in &self.told {
            // Who is on board already is not told anew when she is fetched.
            let Some(r) = requests.get(trip).filter(|r| self.has_pick_up(**r)) else { continue };
            let to = now_at[*r].map(|(w, _)| self.runs[w].state.key.clone());
            let pick_up = now_at[*r].map(|(_, at)| at);
            if to.as_ref() != Some(from) || pick_up != Some(*told) {
                changes.push(Change { trip: trip.clone(), from: from.clone(), to, told: *told, pick_up });
            }
        }
        let unmet = unserved
            .iter()
            .filter_map(|r| {
                let (get_in, _) = self.stops[*r as usize].as_ref()?;
                let promised = self.on[*r as usize].is_some() || self.is_promised(*r);
                Some(Unmet { trip: get_in.stop.clone(), promised, would_do: self.would_do(stops, *r) })
            })
            .collect();
        DayPlan { runs: timed.into_iter().map(|(run, _)| run).collect(), unmet, changes, cost, iterations }
    }

    fn has_pick_up(&self, r: usize) -> bool {
        self.problem.terms[r].two
    }

    fn is_promised(&self, r: u32) -> bool {
        matches!(self.what[r as usize], What::Trip(k) if self.trips[k].promised)
    }

    /// Times a run: those who were told a time keep it where that is possible.
    fn run_plan(&self, v: usize, nodes: &[u32]) -> (RunPlan<K, S>, Vec<(u32, i64)>) {
        let state = &self.runs[v].state;
        let made = state.stops.iter().rposition(|stop| stop.done.is_some()).map_or(0, |k| k + 1);
        let mut run = RunPlan {
            run: state.key.clone(),
            stops: state.stops[..made].to_vec(),
            pauses: Vec::new(),
            drive: Minutes(0),
            deadhead: Minutes(0),
        };
        let (chain, drive, deadhead) = self.chain(v, nodes);
        let Ok(span) = chain.solve() else { return (run, Vec::new()) };
        let told: Vec<Wish> = nodes
            .iter()
            .enumerate()
            .filter(|(_, n)| *n % 2 == 0)
            .filter_map(|(k, n)| {
                let (get_in, _) = self.stops[(n / 2) as usize].as_ref()?;
                Some(Wish { node: k + 1, at: get_in.planned.0 })
            })
            .collect();
        let times = settle(&chain, span, &told, None);
        if !nodes.is_empty() {
            run.drive = Timestamp(drive).minutes_since(Timestamp(0));
            run.deadhead = Timestamp(deadhead).minutes_since(Timestamp(0));
        }
        let mut at = Vec::new();
        for (node, time) in nodes.iter().zip(times.iter().skip(1)) {
            at.push((*node, *time));
            match &self.stops[(node / 2) as usize] {
                Some((get_in, get_out)) => {
                    let stop = if node % 2 == 0 { get_in } else { get_out };
                    run.stops.push(PlannedStop { planned: Timestamp(*time), ..stop.clone() });
                }
                None => run.pauses.push(Timestamp(*time)),
            }
        }
        (run, at)
    }

    /// The constraints of a run, its driving, and its driving with nobody on board, in milliseconds.
    fn chain(&self, v: usize, nodes: &[u32]) -> (Chain, i64, i64) {
        let problem = &self.problem;
        let vehicle = &problem.vehicles[v];
        let mut chain = Chain::default();
        chain.push(vehicle.from, vehicle.to);
        let (mut place, mut dwell, mut riders) = (vehicle.start, 0, problem.aboard[v].1);
        let (mut drive, mut deadhead) = (0, 0);
        let mut step = |to: u32, chain: &mut Chain, dwell: i64, riders: i32| {
            let time = i64::from(problem.leg(place, to).time);
            chain.push_gap(dwell + time);
            drive += time;
            deadhead += if riders == 0 { time } else { 0 };
            place = if to == ANYWHERE { place } else { to };
        };
        for node in nodes {
            let stop = &problem.nodes[*node as usize];
            step(stop.place, &mut chain, dwell, riders);
            chain.push(stop.lo, stop.hi);
            dwell = stop.dwell;
            riders += stop.riders;
        }
        step(vehicle.end, &mut chain, dwell, riders);
        chain.push(vehicle.from, vehicle.to);
        for (i, node) in nodes.iter().enumerate().filter(|(_, n)| *n % 2 == 0) {
            let most = problem.terms[(node / 2) as usize].limit;
            if let Some(j) = nodes.iter().position(|n| *n == node + 1).filter(|_| most != i64::MAX) {
                chain.rides.push(Ride { pick_up: i + 1, drop_off: j + 1, most });
            }
        }
        if let Some(most) = vehicle.max_duration {
            chain.rides.push(Ride { pick_up: 0, drop_off: nodes.len() + 1, most });
        }
        (chain, drive, deadhead)
    }
}
