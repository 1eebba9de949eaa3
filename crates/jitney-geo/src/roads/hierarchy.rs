//! The hierarchy, and the search that only ever climbs it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::contract::{Contracted, Link, contract};
use super::cost::Cost;
use super::graph::Graph;

/// An arc of the hierarchy as seen from its lower end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hop {
    /// The upper end.
    pub to: u32,
    pub millis: u32,
    pub metres: u32,
}

impl Hop {
    pub fn cost(self) -> Cost {
        Cost::new(self.millis, self.metres)
    }
}

/// Hops by vertex: those of vertex `v` stand at `first[v]..first[v + 1]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Hops {
    pub first: Vec<u32>,
    pub hops: Vec<Hop>,
}

impl Hops {
    fn of(order: &[u32], rank: &[u32], links: &[Vec<Link>]) -> Self {
        let mut hops = Hops { first: vec![0], hops: Vec::new() };
        for vertex in order {
            let up = links[*vertex as usize].iter().map(|link| Hop {
                to: rank[link.to as usize],
                millis: link.cost.millis(),
                metres: link.cost.metres(),
            });
            hops.hops.extend(up);
            hops.first.push(hops.hops.len() as u32);
        }
        hops
    }

    #[inline]
    pub fn of_vertex(&self, vertex: u32) -> &[Hop] {
        let v = vertex as usize;
        &self.hops[self.first[v] as usize..self.first[v + 1] as usize]
    }
}

/// A graph made ready: vertices are numbered by importance, and shortcuts lead over the less important ones,
/// so that a shortest way exists that first only climbs and then only descends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hierarchy {
    /// Arcs that leave a vertex upward.
    pub(super) up: Hops,
    /// Arcs that come down to a vertex, from above.
    pub(super) down: Hops,
}

impl Hierarchy {
    /// Makes a graph ready. Returns also, by vertex of the graph, its number in the hierarchy.
    pub fn of(graph: &Graph) -> (Self, Vec<u32>) {
        let Contracted { order, leaving, entering } = contract(graph);
        let mut rank = vec![0; order.len()];
        (0_u32..).zip(&order).for_each(|(place, vertex)| rank[*vertex as usize] = place);
        let hierarchy =
            Hierarchy { up: Hops::of(&order, &rank, &leaving), down: Hops::of(&order, &rank, &entering) };
        (hierarchy, rank)
    }

    /// Returns how many vertices there are.
    pub fn vertices(&self) -> u32 {
        self.up.first.len().saturating_sub(1) as u32
    }

    /// Returns how many arcs there are, shortcuts included.
    pub fn arcs(&self) -> usize {
        self.up.hops.len() + self.down.hops.len()
    }

    /// Returns the cheapest way from any of the starts to any of the ends. Each is a vertex and what it costs
    /// to get on or off there.
    pub fn way(&self, climb: &mut Climb, starts: &[(u32, Cost)], ends: &[(u32, Cost)]) -> Cost {
        let (mut there, mut back) = (Vec::new(), Vec::new());
        climb.forward(self, starts, &mut there);
        climb.backward(self, ends, &mut back);
        meet(&there, &back)
    }
}

/// A vertex reached from below, and what it costs.
pub(super) type Reached = (u32, Cost);

/// Returns the cheapest sum over the vertices that both lists, sorted by vertex, hold.
pub(super) fn meet(there: &[Reached], back: &[Reached]) -> Cost {
    let (mut there, mut back) = (there.iter().peekable(), back.iter().peekable());
    let mut best = Cost::NONE;
    while let (Some((a, out)), Some((b, home))) = (there.peek(), back.peek()) {
        if a == b {
            best = best.min(out.plus(*home));
        }
        let (next_a, next_b) = (a <= b, b <= a);
        if next_a {
            there.next();
        }
        if next_b {
            back.next();
        }
    }
    best
}

/// Climbs the hierarchy; its memory is used again.
#[derive(Debug)]
pub struct Climb {
    reached: Vec<Cost>,
    touched: Vec<u32>,
    queue: BinaryHeap<Reverse<(Cost, u32)>>,
}

impl Climb {
    /// Makes ready to climb a hierarchy.
    pub fn new(hierarchy: &Hierarchy) -> Self {
        let reached = vec![Cost::NONE; hierarchy.vertices() as usize];
        Climb { reached, touched: Vec::new(), queue: BinaryHeap::new() }
    }

    /// Climbs along arcs that leave, from the starts. `into` becomes sorted by vertex.
    pub(super) fn forward(&mut self, over: &Hierarchy, starts: &[Reached], into: &mut Vec<Reached>) {
        self.climb(&over.up, &over.down, starts, into);
    }

    /// Climbs along arcs that enter, from the ends. `into` becomes sorted by vertex.
    pub(super) fn backward(&mut self, over: &Hierarchy, ends: &[Reached], into: &mut Vec<Reached>) {
        self.climb(&over.down, &over.up, ends, into);
    }

    fn climb(&mut self, along: &Hops, against: &Hops, starts: &[Reached], into: &mut Vec<Reached>) {
        into.clear();
        for (vertex, cost) in starts {
            if *cost < self.reached[*vertex as usize] {
                self.reach(*vertex, *cost);
            }
        }
        while let Some(Reverse((cost, vertex))) = self.queue.pop() {
            if cost > self.reached[vertex as usize] {
                continue;
            }
            // Stalled: a higher vertex reaches this one more cheaply, so no shortest way leads up through it.
            let comes_cheaper = |hop: &Hop| self.reached[hop.to as usize].plus(hop.cost()) < cost;
            if against.of_vertex(vertex).iter().any(comes_cheaper) {
                continue;
            }
            into.push((vertex, cost));
            for hop in along.of_vertex(vertex) {
                let onward = cost.plus(hop.cost());
                if onward < self.reached[hop.to as usize] {
                    self.reach(hop.to, onward);
                }
            }
        }
        self.touched.drain(..).for_each(|vertex| self.reached[vertex as usize] = Cost::NONE);
        into.sort_unstable_by_key(|(vertex, _)| *vertex);
    }

    #[inline]
    fn reach(&mut self, vertex: u32, cost: Cost) {
        let reached = &mut self.reached[vertex as usize];
        if *reached == Cost::NONE {
            self.touched.push(vertex);
        }
        *reached = cost;
        self.queue.push(Reverse((cost, vertex)));
    }
}
