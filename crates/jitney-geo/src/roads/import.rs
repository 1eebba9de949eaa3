//! From an extract to roads that are ready to answer.

use std::io::{Read, Seek};

use thiserror::Error;

use super::component::parts;
use super::edges::{Edges, NOWHERE};
use super::graph::Graph;
use super::hierarchy::Hierarchy;
use super::snap::Grid;
use super::survey::{NODES_MAX, Survey};
use super::turns::Turned;
use super::{Roads, Stretch};
use crate::osm::ReadError;
use crate::spot::Spot;

/// A part of the map takes drives if it has at least this share of the largest part's vertices: an island
/// does, a car park cut off by the border of the extract does not.
const PART_SHARE: u32 = 20;

/// Says why an extract cannot be imported.
#[derive(Debug, Error)]
pub enum ImportError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is too large.
    #[error(
        "the extract has more than {NODES_MAX} points on roads; cut out the area that you drive in, for example with: \
         osmium extract --bbox LEFT,BOTTOM,RIGHT,TOP IN -o OUT.osm.pbf"
    )]
    TooManyNodes,
    /// There is nowhere to drive.
    #[error("the extract has no roads for cars; take one that was not filtered, or filtered for roads")]
    NoRoads,
}

/// What was found in an extract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Ways that cars use.
    pub roads: usize,
    /// Of these, crossings by boat.
    pub ferries: usize,
    /// Points on them that the extract names and does not hold, as at its border.
    pub missing: usize,
    /// Turn restrictions that hold.
    pub turns: u32,
    /// Turn restrictions that name roads that are not there, or not clearly.
    pub turns_skipped: u32,
    /// Junctions and ends of roads, copies for restricted turns included.
    pub vertices: u32,
    /// Stretches between them, each direction counted.
    pub arcs: usize,
    /// Vertices that are cut off from the rest, so that no drive begins or ends there.
    pub cut_off: u32,
    /// Arcs after the preparation, shortcuts included.
    pub prepared: usize,
}

/// Roads as an extract has them, not yet prepared.
#[derive(Debug)]
pub struct Surveyed {
    pub(super) survey: Survey,
    pub(super) edges: Edges,
    pub(super) turned: Turned,
}

impl Surveyed {
    /// Reads the roads of an extract. It is read twice, from where it stands and then from its front.
    ///
    /// # Errors
    /// [`ImportError`] says what is wrong with it.
    pub fn read(extract: &mut (impl Read + Seek)) -> Result<Self, ImportError> {
        let survey = Survey::of(extract)?;
        let edges = Edges::of(&survey);
        if edges.edges.is_empty() {
            return Err(ImportError::NoRoads);
        }
        let turned = Turned::of(&survey, &edges);
        Ok(Surveyed { survey, edges, turned })
    }

    /// Returns the graph, for those who want to search it by other means.
    pub fn graph(&self) -> &Graph {
        &self.turned.graph
    }

    /// Returns where each vertex of the graph is; none for one that no arc leaves or enters.
    pub fn spots(&self) -> Vec<Option<Spot>> {
        let mut spots = vec![None; self.turned.graph.vertices as usize];
        for (arc, lane) in self.turned.graph.arcs.iter().zip(&self.turned.lane_of) {
            let points = self.edges.points_of(*lane as usize / 2);
            let (first, last) = (points.first().copied(), points.last().copied());
            let (from, to) = if lane % 2 == 0 { (first, last) } else { (last, first) };
            spots[arc.tail as usize] = from;
            spots[arc.head as usize] = to;
        }
        spots
    }

    /// Prepares the roads for fast answers. Returns also, by vertex of the graph, its number in the hierarchy.
    pub fn prepare(self) -> (Roads, Counts, Vec<u32>) {
        let Surveyed { survey, edges, turned } = self;
        let mut counts = Counts {
            roads: survey.roads.len(),
            ferries: survey.roads.iter().filter(|road| road.drivable.ferry).count(),
            missing: survey.nodes.iter().filter(|node| node.at.is_none()).count(),
            turns: turned.applied,
            turns_skipped: turned.skipped,
            vertices: turned.graph.vertices,
            arcs: turned.graph.arcs.len(),
            ..Counts::default()
        };
        let as_of = survey.header.as_of;
        drop(survey);
        let (part, sizes) = parts(&turned.graph);
        let largest = sizes.iter().copied().max().unwrap_or_default();
        let takes = |vertex: u32| sizes[part[vertex as usize] as usize] >= largest.div_ceil(PART_SHARE);
        counts.cut_off = (0..turned.graph.vertices).filter(|vertex| !takes(*vertex)).count() as u32;

        let (hierarchy, rank) = Hierarchy::of(&turned.graph);
        counts.prepared = hierarchy.arcs();
        let mut tails: Vec<Vec<u32>> = vec![Vec::new(); turned.head_of.len()];
        for (arc, lane) in turned.graph.arcs.iter().zip(&turned.lane_of) {
            let head = turned.head_of[*lane as usize];
            if head != NOWHERE && part[arc.tail as usize] == part[head as usize] && takes(head) {
                tails[*lane as usize].push(rank[arc.tail as usize]);
            }
        }
        let mut roads = Roads { hierarchy, as_of, ..Roads::default() };
        for (at, edge) in edges.edges.iter().enumerate() {
            let lanes = [2 * at, 2 * at + 1];
            if edge.ferry || lanes.iter().all(|lane| tails[*lane].is_empty()) {
                continue;
            }
            let head = |lane: usize| {
                if tails[lane].is_empty() { NOWHERE } else { rank[turned.head_of[lane] as usize] }
            };
            roads.stretches.push(Stretch {
                first_point: roads.points.len() as u32,
                metres: edge.metres,
                millis: edge.millis,
                heads: lanes.map(head),
            });
            roads.points.extend_from_slice(edges.points_of(at));
            for lane in lanes {
                roads.tails.extend_from_slice(&tails[lane]);
                roads.tails_first.push(roads.tails.len() as u32);
            }
        }
        roads.grid = Grid::of(&roads);
        (roads, counts, rank)
    }
}
