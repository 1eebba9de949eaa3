//! Stretches of road from junction to junction, with their bends.

use super::access::Point;
use super::speed::{Drivable, Pace};
use super::survey::{RoadNode, Survey};
use crate::distance::metres_between;
use crate::spot::Spot;

/// Longest straight piece of a road or a crossing, in metres. What is longer is a slip of the map.
const LEG_MAX_METRES: f64 = 100_000.0;
/// A stretch takes no longer than this, in milliseconds: a day.
const STRETCH_MAX_MILLIS: f64 = 24.0 * 3_600_000.0;
/// No vertex.
pub(super) const NOWHERE: u32 = u32::MAX;

/// A stretch of road between two vertices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edge {
    /// The vertex at its first point, and at its last.
    pub ends: [u32; 2],
    /// Where its points begin; they end where those of the next edge begin.
    pub first_point: u32,
    pub metres: u32,
    /// Milliseconds from the first point to the last, and back; 0 where that is not allowed.
    pub millis: [u32; 2],
    pub ferry: bool,
}

/// All stretches of road.
#[derive(Debug)]
pub(super) struct Edges {
    pub edges: Vec<Edge>,
    /// Their points, edge after edge; each edge has both its ends.
    pub points: Vec<Spot>,
    pub vertices: u32,
    /// By road of the survey: where its edges begin; then where those of the last end.
    pub of_road: Vec<u32>,
    /// By node of the survey: its vertex, if it is one.
    pub vertex_of: Vec<u32>,
}

/// A stretch in the making.
struct Trace {
    start: u32,
    first_point: usize,
    metres: f64,
    /// Milliseconds lost at its points, there and back.
    lost: [u32; 2],
    /// The node that it has come to.
    last: u32,
    last_spot: Spot,
}

impl Edges {
    /// Cuts the roads of a survey at junctions, at closed barriers and where nodes are missing.
    pub fn of(survey: &Survey) -> Self {
        let mut edges = Edges {
            edges: Vec::new(),
            points: Vec::new(),
            vertices: 0,
            of_road: vec![0],
            vertex_of: vec![NOWHERE; survey.nodes.len()],
        };
        for road in &survey.roads {
            let along = &survey.along[road.nodes.start as usize..road.nodes.end as usize];
            edges.add_road(along, &survey.nodes, &road.drivable);
            edges.of_road.push(edges.edges.len() as u32);
        }
        edges
    }

    /// Returns the points of an edge.
    pub fn points_of(&self, edge: usize) -> &[Spot] {
        let end = self.edges.get(edge + 1).map_or(self.points.len(), |next| next.first_point as usize);
        &self.points[self.edges[edge].first_point as usize..end]
    }

    fn add_road(&mut self, along: &[u32], nodes: &[RoadNode], drivable: &Drivable) {
        let paces = paces(drivable, along, nodes);
        let mut trace: Option<Trace> = None;
        for (at, place) in along.iter().enumerate() {
            let node = nodes[*place as usize];
            let Some(spot) = node.at else {
                // Beyond the border of the extract.
                self.finish(trace.take(), &paces, drivable.ferry);
                continue;
            };
            let Some(mut on) = trace.take() else {
                trace = Some(self.begin(*place, node, spot));
                continue;
            };
            if on.last == *place {
                trace = Some(on);
                continue;
            }
            let leg = metres_between(on.last_spot, spot);
            if leg > LEG_MAX_METRES {
                self.finish(Some(on), &paces, drivable.ferry);
                trace = Some(self.begin(*place, node, spot));
                continue;
            }
            on.metres += leg;
            on.lost[0] = on.lost[0].saturating_add(node.point.millis(true));
            (on.last, on.last_spot) = (*place, spot);
            self.points.push(spot);
            if node.uses > 1 || node.point == Point::Closed || at + 1 == along.len() {
                self.finish(Some(on), &paces, drivable.ferry);
                trace = Some(self.begin(*place, node, spot));
            } else {
                on.lost[1] = on.lost[1].saturating_add(node.point.millis(false));
                trace = Some(on);
            }
        }
        self.finish(trace, &paces, drivable.ferry);
    }

    fn begin(&mut self, place: u32, node: RoadNode, spot: Spot) -> Trace {
        let start = self.vertex(place, node.point);
        let first_point = self.points.len();
        self.points.push(spot);
        // On the way back, this is where the stretch ends.
        let lost = [0, node.point.millis(false)];
        Trace { start, first_point, metres: 0.0, lost, last: place, last_spot: spot }
    }

    /// Adds a stretch, if it leads anywhere.
    fn finish(&mut self, trace: Option<Trace>, paces: &[Option<Pace>; 2], ferry: bool) {
        let Some(trace) = trace else { return };
        if self.points.len() < trace.first_point + 2 {
            self.points.truncate(trace.first_point);
            return;
        }
        let point = if self.vertex_of[trace.last as usize] == CLOSED { Point::Closed } else { Point::Plain };
        let end = self.vertex(trace.last, point);
        let millis = [0, 1].map(|way: usize| {
            let driven = match paces[way] {
                Some(Pace::Kmh(kmh)) => trace.metres * 3_600.0 / kmh,
                Some(Pace::Millis(whole)) => f64::from(whole),
                None => return 0,
            };
            let millis = driven + f64::from(trace.lost[way]);
            millis.round().clamp(1.0, STRETCH_MAX_MILLIS) as u32
        });
        self.edges.push(Edge {
            ends: [trace.start, end],
            first_point: trace.first_point as u32,
            metres: trace.metres.round() as u32,
            millis,
            ferry,
        });
    }

    fn vertex(&mut self, place: u32, point: Point) -> u32 {
        let known = &mut self.vertex_of[place as usize];
        if point == Point::Closed {
            *known = CLOSED;
        }
        if *known == NOWHERE || *known == CLOSED {
            let new = self.vertices;
            self.vertices += 1;
            if *known == NOWHERE {
                *known = new;
            }
            return new;
        }
        *known
    }
}

/// Marks a closed barrier: every stretch that comes to it has a vertex of its own there, so that none leads on.
const CLOSED: u32 = u32::MAX - 1;

/// Returns the paces there and back. A crossing of stated duration becomes a speed over its whole length, so that
/// each of its stretches takes its share.
fn paces(drivable: &Drivable, along: &[u32], nodes: &[RoadNode]) -> [Option<Pace>; 2] {
    let share = |pace: Option<Pace>| match pace {
        Some(Pace::Millis(millis)) => {
            let spots = along.windows(2).map(|pair| (nodes[pair[0] as usize].at, nodes[pair[1] as usize].at));
            let metres: f64 = spots.filter_map(|(a, b)| Some(metres_between(a?, b?))).sum();
            Some(if metres < 1.0 {
                Pace::Millis(millis)
            } else {
                Pace::Kmh(metres * 3_600.0 / f64::from(millis))
            })
        }
        other => other,
    };
    [share(drivable.forward), share(drivable.backward)]
}
