//! Turns that are forbidden.
//!
//! Only where a turn is forbidden does it matter from where one comes. So instead of a graph whose vertices
//! are roads, which is several times as large, a junction gets a copy for those who arrive by a road from which
//! not every turn is allowed; the copy has the turns that are. All other junctions stay as they are.

use std::collections::HashMap;

use super::cost::Cost;
use super::edges::{Edges, NOWHERE};
use super::graph::{Arc, Graph};
use super::survey::{Survey, Turn, Via};

/// Junctions of more roads than this are none; a restriction there is left aside.
const ROADS_MAX: usize = 64;
/// Most stretches of a way over which a turn leads.
const VIA_MAX: usize = 64;

/// The roads as a graph in which every way is a legal drive.
#[derive(Debug)]
pub(super) struct Turned {
    pub graph: Graph,
    /// By arc of the graph: the direction of a stretch that it is. Direction `d` of edge `e` is `2 e + d`.
    pub lane_of: Vec<u32>,
    /// By direction of a stretch: the vertex to which it leads; [`NOWHERE`] if it may not be driven.
    pub head_of: Vec<u32>,
    /// How many restrictions hold.
    pub applied: u32,
    /// How many name roads that are not there or not clear.
    pub skipped: u32,
}

/// Arcs and who leaves where, while junctions are being copied.
///
/// The first arcs are the directions of the stretches; copies of an arc, which lead elsewhere, follow.
struct Junctions {
    head: Vec<u32>,
    /// By arc: the direction of a stretch that it is.
    lane: Vec<u32>,
    /// By vertex: arcs that leave it. A copied vertex shares arcs with its original.
    leaving: Vec<Vec<u32>>,
    /// By vertex: how many arcs lead to it.
    entering: Vec<u32>,
    /// Copies of a direction of a stretch, where there are any.
    copies: HashMap<u32, Vec<u32>>,
}

impl Turned {
    /// Builds the graph of the stretches and applies the restrictions of a survey.
    pub fn of(survey: &Survey, edges: &Edges) -> Self {
        let mut junctions = Junctions::of(edges);
        let (mut applied, mut skipped) = (0, 0);
        let concerned = survey.turns.iter().flat_map(|turn| {
            let via = if let Via::Way(way) = turn.via { Some(way) } else { None };
            [Some(turn.from), via, Some(turn.to)].into_iter().flatten()
        });
        let mut roads: HashMap<i64, Option<usize>> = concerned.map(|way| (way, None)).collect();
        for (at, road) in survey.roads.iter().enumerate() {
            if let Some(known) = roads.get_mut(&road.id) {
                *known = Some(at);
            }
        }
        let find = Find { survey, edges, roads };
        // First the simple ones, so that the copies made for the others have them too.
        let (simple, over_ways): (Vec<&Turn>, Vec<&Turn>) =
            survey.turns.iter().partition(|turn| matches!(turn.via, Via::Node(_)));
        for turn in simple.into_iter().chain(over_ways) {
            let clear = find.lanes(turn).is_some_and(|lanes| {
                // What nobody can drive anyway, as into a one-way street from its end, need not be forbidden.
                lanes.is_empty() || junctions.forbid(&lanes, turn.only)
            });
            *if clear { &mut applied } else { &mut skipped } += 1;
        }
        let (graph, lane_of) = junctions.graph(edges);
        let open = |(lane, head): (usize, &u32)| if millis(edges, lane) == 0 { NOWHERE } else { *head };
        let head_of = junctions.head[..2 * edges.edges.len()].iter().enumerate().map(open).collect();
        Turned { graph, lane_of, head_of, applied, skipped }
    }
}

fn millis(edges: &Edges, lane: usize) -> u32 {
    edges.edges[lane / 2].millis[lane % 2]
}

impl Junctions {
    fn of(edges: &Edges) -> Self {
        let count = edges.vertices as usize;
        let mut junctions = Junctions {
            head: Vec::with_capacity(2 * edges.edges.len()),
            lane: (0..2 * edges.edges.len() as u32).collect(),
            leaving: vec![Vec::new(); count],
            entering: vec![0; count],
            copies: HashMap::new(),
        };
        for lane in 0..2 * edges.edges.len() {
            let ends = edges.edges[lane / 2].ends;
            let (tail, head) = (ends[lane % 2], ends[1 - lane % 2]);
            junctions.head.push(head);
            if millis(edges, lane) > 0 {
                junctions.leaving[tail as usize].push(lane as u32);
                junctions.entering[head as usize] += 1;
            }
        }
        junctions
    }

    /// Forbids to drive the lanes one after the other; if `only`, to leave the last but one for any other than
    /// the last. One that allows only what an earlier one has forbidden contradicts it and is left aside.
    fn forbid(&mut self, lanes: &[u32], only: bool) -> bool {
        let Some((first, rest)) = lanes.split_first() else { return false };
        let mut arcs = vec![*first];
        arcs.extend(self.copies.get(first).into_iter().flatten());
        let mut done = false;
        let mut heads: Vec<u32> = arcs.iter().map(|arc| self.head[*arc as usize]).collect();
        heads.sort_unstable();
        heads.dedup();
        for head in heads {
            let here: Vec<u32> =
                arcs.iter().copied().filter(|arc| self.head[*arc as usize] == head).collect();
            let alone = self.entering[head as usize] as usize == here.len();
            let Some(restricted) = self.restricted(head, rest, only, alone) else { continue };
            for arc in here {
                self.entering[head as usize] -= 1;
                self.entering[restricted as usize] += 1;
                self.head[arc as usize] = restricted;
            }
            done = true;
        }
        done
    }

    /// Returns a vertex like `vertex` from which the lanes cannot be driven one after the other: a copy, or the
    /// vertex itself if nobody else comes to it. `None` if they cannot be driven from there anyway.
    fn restricted(&mut self, vertex: u32, lanes: &[u32], only: bool, alone: bool) -> Option<u32> {
        let (next, rest) = lanes.split_first()?;
        let mut leaving = self.leaving[vertex as usize].clone();
        let at = leaving.iter().position(|arc| self.lane[*arc as usize] == *next)?;
        if leaving.len() > ROADS_MAX {
            return None;
        }
        if !rest.is_empty() {
            let head = self.restricted(self.head[leaving[at] as usize], rest, only, false)?;
            let arc = self.head.len() as u32;
            self.head.push(head);
            self.lane.push(*next);
            self.entering[head as usize] += 1;
            self.copies.entry(*next).or_default().push(arc);
            leaving[at] = arc;
        } else if only {
            leaving = vec![leaving[at]];
        } else {
            leaving.remove(at);
        }
        if alone {
            self.leaving[vertex as usize] = leaving;
            return Some(vertex);
        }
        self.leaving.push(leaving);
        self.entering.push(0);
        Some(self.leaving.len() as u32 - 1)
    }

    fn graph(&self, edges: &Edges) -> (Graph, Vec<u32>) {
        let mut graph = Graph { vertices: self.leaving.len() as u32, arcs: Vec::new() };
        let mut lane_of = Vec::new();
        for (tail, leaving) in (0_u32..).zip(&self.leaving) {
            let forgotten = tail >= edges.vertices && self.entering[tail as usize] == 0;
            for arc in leaving.iter().filter(|_| !forgotten) {
                let lane = self.lane[*arc as usize];
                let cost = Cost::new(millis(edges, lane as usize), edges.edges[lane as usize / 2].metres);
                graph.arcs.push(Arc { tail, head: self.head[*arc as usize], cost });
                lane_of.push(lane);
            }
        }
        (graph, lane_of)
    }
}

/// Finds the stretches that a restriction speaks of.
struct Find<'a> {
    survey: &'a Survey,
    edges: &'a Edges,
    /// By number of a way: its place among the roads.
    roads: HashMap<i64, Option<usize>>,
}

impl Find<'_> {
    /// Returns the lanes from the first to the last; none of them if the turn cannot be driven anyway; `None` if the
    /// roads are not there or it is not clear which lanes are meant.
    fn lanes(&self, turn: &Turn) -> Option<Vec<u32>> {
        match turn.via {
            Via::Node(node) => {
                let vertex = self.vertex(node)?;
                let (from, to) = (self.arriving(turn.from, vertex), self.leaving(turn.to, vertex));
                if (from.is_empty() || to.is_empty()) && !turn.only {
                    return self.stretches(turn.from).and(self.stretches(turn.to)).map(|_| Vec::new());
                }
                if turn.from == turn.to {
                    // Turning round: back along the stretch by which one came.
                    let from = single(&from)?;
                    return Some(vec![from, from ^ 1]).filter(|lanes| to.contains(&lanes[1]));
                }
                Some(vec![single(&from)?, single(&to)?])
            }
            Via::Way(way) => {
                let over = self.stretches(way)?;
                if over.len() > VIA_MAX {
                    return None;
                }
                let there: Vec<u32> = over.clone().map(|edge| 2 * edge).collect();
                let back: Vec<u32> = over.rev().map(|edge| 2 * edge + 1).collect();
                [there, back].into_iter().find_map(|over| {
                    let from = single(&self.arriving(turn.from, self.tail(*over.first()?)))?;
                    let to = single(&self.leaving(turn.to, self.head(*over.last()?)))?;
                    Some([&[from], &over[..], &[to]].concat())
                })
            }
        }
    }

    fn vertex(&self, node: i64) -> Option<u32> {
        let place = self.survey.ids.binary_search(&node).ok()?;
        self.edges.vertex_of.get(place).copied().filter(|vertex| *vertex < self.edges.vertices)
    }

    fn stretches(&self, way: i64) -> Option<std::ops::Range<u32>> {
        let road = (*self.roads.get(&way)?)?;
        Some(self.edges.of_road[road]..self.edges.of_road[road + 1])
    }

    fn lanes_of(&self, way: i64) -> impl Iterator<Item = u32> {
        let stretches = self.stretches(way).unwrap_or_default();
        let lanes = stretches.flat_map(|edge| [2 * edge, 2 * edge + 1]);
        lanes.filter(|lane| millis(self.edges, *lane as usize) > 0)
    }

    fn arriving(&self, way: i64, vertex: u32) -> Vec<u32> {
        self.lanes_of(way).filter(|lane| self.head(*lane) == vertex).collect()
    }

    fn leaving(&self, way: i64, vertex: u32) -> Vec<u32> {
        self.lanes_of(way).filter(|lane| self.tail(*lane) == vertex).collect()
    }

    fn tail(&self, lane: u32) -> u32 {
        self.edges.edges[lane as usize / 2].ends[lane as usize % 2]
    }

    fn head(&self, lane: u32) -> u32 {
        self.tail(lane ^ 1)
    }
}

fn single(lanes: &[u32]) -> Option<u32> {
    let [one] = lanes else { return None };
    Some(*one)
}
