//! Driving times on the roads of an OpenStreetMap extract.
//!
//! [`Surveyed::read`] takes from an extract what concerns cars: roads with their directions, speeds and barriers,
//! forbidden turns, ferries. [`Surveyed::prepare`] makes a contraction hierarchy of it, with which a drive is
//! found in microseconds and a table of a thousand places to a thousand in a few hundredths of a second.
//! [`Roads`] keeps both the hierarchy and where its roads lie, and can be written to a file; [`RoadTimes`] is the
//! [`TravelTimes`](crate::TravelTimes) that the planner asks.
//!
//! Times are in milliseconds and lengths in metres. Among ways that take equally long the shortest counts, so
//! that every answer is the same whichever search found it.

mod access;
mod component;
mod contract;
mod cost;
mod edges;
mod file;
mod graph;
mod hierarchy;
mod import;
mod matrix;
mod picture;
mod snap;
mod speed;
mod survey;
mod table;
mod times;
mod turns;

#[cfg(test)]
mod tests;

pub use cost::Cost;
pub use file::{FILE_VERSION, FileError};
pub use graph::{Arc, Dijkstra, Graph};
pub use hierarchy::{Climb, Hierarchy};
pub use import::{Counts, ImportError, Surveyed};
pub use picture::Line;
pub use snap::{OnRoad, SNAP_MAX_METRES};
pub use table::{Table, Targets};
pub use times::{ACCESS_KMH, RoadTimes};

use crate::spot::Spot;
use edges::NOWHERE;
use snap::Grid;

/// Roads that are ready to answer.
#[derive(Debug, Clone, Default)]
pub struct Roads {
    hierarchy: Hierarchy,
    stretches: Vec<Stretch>,
    /// Points of the stretches, one stretch after the other.
    points: Vec<Spot>,
    /// By direction of a stretch, twice its number and one more for the way back: where its tails end; they
    /// begin where those of the direction before end.
    tails_first: Vec<u32>,
    /// Vertices from which directions of stretches may be driven.
    tails: Vec<u32>,
    as_of: Option<i64>,
    grid: Grid,
}

/// A stretch of road on which a drive can begin or end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    first_point: u32,
    metres: u32,
    /// Milliseconds from its first point to its last, and back.
    millis: [u32; 2],
    /// Vertices to which its directions lead; [`NOWHERE`] if one may not be driven.
    heads: [u32; 2],
}

impl Roads {
    /// Returns the hierarchy.
    pub fn hierarchy(&self) -> &Hierarchy {
        &self.hierarchy
    }

    /// Returns when the map was taken from OpenStreetMap, in seconds since 1970, if the extract said so.
    pub fn as_of(&self) -> Option<i64> {
        self.as_of
    }

    /// Returns the length of all roads on which drives begin and end, in kilometres, each direction counted.
    pub fn km(&self) -> u64 {
        let lanes = |stretch: &Stretch| stretch.heads.iter().filter(|head| **head != NOWHERE).count() as u64;
        self.stretches.iter().map(|stretch| lanes(stretch) * u64::from(stretch.metres)).sum::<u64>() / 1000
    }

    /// Returns the south-western and the north-eastern corner of the map.
    pub fn corners(&self) -> Option<(Spot, Spot)> {
        let lats = || self.points.iter().map(|point| point.lat());
        let lons = || self.points.iter().map(|point| point.lon());
        Some((Spot::new(lats().min()?, lons().min()?)?, Spot::new(lats().max()?, lons().max()?)?))
    }

    fn points_of(&self, stretch: usize) -> &[Spot] {
        let end = self.stretches.get(stretch + 1).map_or(self.points.len(), |next| next.first_point as usize);
        &self.points[self.stretches[stretch].first_point as usize..end]
    }

    fn tails_of(&self, lane: usize) -> &[u32] {
        let begin = lane.checked_sub(1).map_or(0, |before| self.tails_first[before] as usize);
        &self.tails[begin..self.tails_first[lane] as usize]
    }
}
