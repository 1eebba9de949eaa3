//! The order in which vertices leave the graph, and the shortcuts that take their place.
//!
//! Contraction hierarchies after Geisberger, Sanders, Schultes and Vetter (*Exact routing in large road
//! networks using contraction hierarchies*, 2012): vertices are taken out one by one, the least important
//! first; where the shortest way between two neighbours led over the vertex, a shortcut keeps it. How
//! important a vertex is follows from the arcs that taking it out adds and saves, looked at again when its turn
//! comes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::cost::Cost;
use super::graph::Graph;

/// Vertices that a search for another way settles before it gives up and a shortcut is made.
const PATIENCE: usize = 500;
/// What an arc that must be added weighs against one that is saved, and each layer below the vertex. Found by trying: the
/// searches afterwards are a sixth quicker than with 2 and 1.
const ADDED_WEIGHT: i64 = 4;
const DEPTH_WEIGHT: i64 = 6;

/// An arc as seen from one of its ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    /// The other end.
    pub to: u32,
    pub cost: Cost,
}

/// A graph taken apart.
#[derive(Debug)]
pub(super) struct Contracted {
    /// Vertices in the order in which they left.
    pub order: Vec<u32>,
    /// By vertex: arcs to vertices that left later.
    pub leaving: Vec<Vec<Link>>,
    /// By vertex: arcs from vertices that left later.
    pub entering: Vec<Vec<Link>>,
}

/// Takes a graph apart, vertex by vertex.
pub(super) fn contract(graph: &Graph) -> Contracted {
    let mut core = Core::of(graph);
    let count = graph.vertices;
    let mut queue: BinaryHeap<Reverse<(i64, u32)>> = BinaryHeap::new();
    let mut shortcuts = Vec::new();
    for vertex in 0..count {
        let importance = core.look(vertex, &mut shortcuts);
        queue.push(Reverse((importance, vertex)));
    }
    let mut order = Vec::with_capacity(count as usize);
    while let Some(Reverse((_, vertex))) = queue.pop() {
        let importance = core.look(vertex, &mut shortcuts);
        if let Some(Reverse((next, _))) = queue.peek()
            && importance > *next
        {
            queue.push(Reverse((importance, vertex)));
            continue;
        }
        core.take_out(vertex, &shortcuts);
        order.push(vertex);
    }
    Contracted { order, leaving: core.leaving, entering: core.entering }
}

/// What is left of the graph. The links of a vertex taken out stay, its neighbours forget it.
struct Core {
    leaving: Vec<Vec<Link>>,
    entering: Vec<Vec<Link>>,
    /// By vertex: how many layers were taken out below it.
    depth: Vec<u32>,
    witness: Witness,
}

/// A way from one neighbour of a vertex to another that led over it.
struct Shortcut {
    tail: u32,
    head: u32,
    cost: Cost,
}

impl Core {
    fn of(graph: &Graph) -> Self {
        let count = graph.vertices as usize;
        let mut core = Core {
            leaving: vec![Vec::new(); count],
            entering: vec![Vec::new(); count],
            depth: vec![0; count],
            witness: Witness {
                reached: vec![Cost::NONE; count],
                touched: Vec::new(),
                queue: BinaryHeap::new(),
            },
        };
        for arc in graph.arcs.iter().filter(|arc| arc.tail != arc.head && arc.cost.is_way()) {
            core.link(arc.tail, arc.head, arc.cost);
        }
        core
    }

    /// Adds an arc, or makes the one there is cheaper.
    fn link(&mut self, tail: u32, head: u32, cost: Cost) {
        improve(&mut self.leaving[tail as usize], head, cost);
        improve(&mut self.entering[head as usize], tail, cost);
    }

    /// Finds the shortcuts that taking a vertex out would need, and says how important that makes it.
    fn look(&mut self, vertex: u32, shortcuts: &mut Vec<Shortcut>) -> i64 {
        shortcuts.clear();
        let leaving = &self.leaving[vertex as usize];
        let entering = &self.entering[vertex as usize];
        let farthest = leaving.iter().map(|link| link.cost).max().unwrap_or_default();
        for first in entering {
            let targets = leaving.iter().filter(|second| second.to != first.to).count();
            if targets == 0 {
                continue;
            }
            self.witness.search(&self.leaving, first.to, vertex, first.cost.plus(farthest));
            for second in leaving.iter().filter(|second| second.to != first.to) {
                let cost = first.cost.plus(second.cost);
                if cost.is_way() && self.witness.reached[second.to as usize] > cost {
                    shortcuts.push(Shortcut { tail: first.to, head: second.to, cost });
                }
            }
            self.witness.forget();
        }
        let added = shortcuts.len() as i64;
        let saved = (leaving.len() + entering.len()) as i64;
        ADDED_WEIGHT * added - saved + DEPTH_WEIGHT * i64::from(self.depth[vertex as usize])
    }

    fn take_out(&mut self, vertex: u32, shortcuts: &[Shortcut]) {
        let v = vertex as usize;
        let deeper = self.depth[v] + 1;
        for at in 0..self.leaving[v].len() {
            let neighbour = self.leaving[v][at].to as usize;
            self.entering[neighbour].retain(|link| link.to != vertex);
            self.depth[neighbour] = self.depth[neighbour].max(deeper);
        }
        for at in 0..self.entering[v].len() {
            let neighbour = self.entering[v][at].to as usize;
            self.leaving[neighbour].retain(|link| link.to != vertex);
            self.depth[neighbour] = self.depth[neighbour].max(deeper);
        }
        self.leaving[v].shrink_to_fit();
        self.entering[v].shrink_to_fit();
        for shortcut in shortcuts {
            self.link(shortcut.tail, shortcut.head, shortcut.cost);
        }
    }
}

fn improve(links: &mut Vec<Link>, to: u32, cost: Cost) {
    match links.iter_mut().find(|link| link.to == to) {
        Some(link) => link.cost = link.cost.min(cost),
        None => links.push(Link { to, cost }),
    }
}

/// A short search for a way around a vertex.
struct Witness {
    reached: Vec<Cost>,
    touched: Vec<u32>,
    queue: BinaryHeap<Reverse<(Cost, u32)>>,
}

impl Witness {
    fn search(&mut self, leaving: &[Vec<Link>], from: u32, around: u32, limit: Cost) {
        self.reach(from, Cost::default());
        let mut patience = PATIENCE;
        while let Some(Reverse((cost, vertex))) = self.queue.pop() {
            if cost > limit || patience == 0 {
                break;
            }
            if cost > self.reached[vertex as usize] {
                continue;
            }
            patience -= 1;
            for link in leaving[vertex as usize].iter().filter(|link| link.to != around) {
                let onward = cost.plus(link.cost);
                if onward <= limit && onward < self.reached[link.to as usize] {
                    self.reach(link.to, onward);
                }
            }
        }
    }

    fn reach(&mut self, vertex: u32, cost: Cost) {
        let reached = &mut self.reached[vertex as usize];
        if *reached == Cost::NONE {
            self.touched.push(vertex);
        }
        *reached = cost;
        self.queue.push(Reverse((cost, vertex)));
    }

    fn forget(&mut self) {
        self.queue.clear();
        self.touched.drain(..).for_each(|vertex| self.reached[vertex as usize] = Cost::NONE);
    }
}
