//! A directed graph, and the plain search that everything faster is measured against.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::cost::Cost;

/// A stretch of road in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arc {
    /// Where it begins.
    pub tail: u32,
    /// Where it ends.
    pub head: u32,
    /// What it costs; at least a millisecond, so that no ring is free.
    pub cost: Cost,
}

/// Vertices, numbered from 0, and the arcs between them.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    /// How many vertices there are.
    pub vertices: u32,
    /// All arcs, in any order; their ends are vertices.
    pub arcs: Vec<Arc>,
}

/// Numbers of arcs by vertex: those of vertex `v` stand at `first[v]..first[v + 1]`.
#[derive(Debug, Clone, Default)]
pub(super) struct Adjacency {
    first: Vec<u32>,
    arcs: Vec<u32>,
}

impl Adjacency {
    /// Sorts arcs by the vertex that `end` names.
    pub fn by(graph: &Graph, end: impl Fn(&Arc) -> u32) -> Self {
        let mut first = vec![0_u32; graph.vertices as usize + 1];
        graph.arcs.iter().for_each(|arc| first[end(arc) as usize + 1] += 1);
        (1..first.len()).for_each(|v| first[v] += first[v - 1]);
        let mut next = first.clone();
        let mut arcs = vec![0; graph.arcs.len()];
        for (number, arc) in (0_u32..).zip(&graph.arcs) {
            let slot = &mut next[end(arc) as usize];
            arcs[*slot as usize] = number;
            *slot += 1;
        }
        Adjacency { first, arcs }
    }

    /// Returns the numbers of the arcs at a vertex.
    pub fn of(&self, vertex: u32) -> &[u32] {
        let v = vertex as usize;
        &self.arcs[self.first[v] as usize..self.first[v + 1] as usize]
    }
}

/// The search of Dijkstra (1959): slow, simple, and the judge of the others.
#[derive(Debug)]
pub struct Dijkstra<'a> {
    graph: &'a Graph,
    leaving: Adjacency,
    reached: Vec<Cost>,
    queue: BinaryHeap<Reverse<(Cost, u32)>>,
}

impl<'a> Dijkstra<'a> {
    /// Makes a search ready.
    pub fn new(graph: &'a Graph) -> Self {
        let leaving = Adjacency::by(graph, |arc| arc.tail);
        Dijkstra { graph, leaving, reached: Vec::new(), queue: BinaryHeap::new() }
    }

    /// Returns what it costs to reach each vertex from any of the starts, each with what it costs to be there.
    pub fn from(&mut self, starts: &[(u32, Cost)]) -> &[Cost] {
        self.reached.clear();
        self.reached.resize(self.graph.vertices as usize, Cost::NONE);
        for (vertex, cost) in starts {
            let reached = &mut self.reached[*vertex as usize];
            *reached = (*reached).min(*cost);
            self.queue.push(Reverse((*cost, *vertex)));
        }
        while let Some(Reverse((cost, vertex))) = self.queue.pop() {
            if cost > self.reached[vertex as usize] {
                continue;
            }
            for arc in self.leaving.of(vertex).iter().map(|arc| &self.graph.arcs[*arc as usize]) {
                let onward = cost.plus(arc.cost);
                let reached = &mut self.reached[arc.head as usize];
                if onward < *reached {
                    *reached = onward;
                    self.queue.push(Reverse((onward, arc.head)));
                }
            }
        }
        &self.reached
    }
}
