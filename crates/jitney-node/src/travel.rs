//! How a node knows driving times: by the roads of its map, or by the straight line if it has none.

use std::sync::Arc;

use jitney_domain::Coordinate;
use jitney_geo::roads::{RoadTimes, Roads};
use jitney_geo::{StraightLine, Travel, TravelTimes};

/// Driving times of a node. A copy shares what it has found out.
#[derive(Debug, Clone)]
pub enum DrivingTimes {
    /// Nothing was imported.
    StraightLine(StraightLine),
    /// A map was.
    Roads(Arc<RoadTimes>),
}

impl DrivingTimes {
    /// Takes roads if there are any, and the straight line where they do not reach.
    pub fn new(roads: Option<Roads>, line: StraightLine) -> Self {
        match roads {
            Some(roads) => DrivingTimes::Roads(Arc::new(RoadTimes::new(roads, line))),
            None => DrivingTimes::StraightLine(line),
        }
    }
}

impl Default for DrivingTimes {
    fn default() -> Self {
        DrivingTimes::StraightLine(StraightLine::default())
    }
}

impl TravelTimes for DrivingTimes {
    fn travel(&self, from: Coordinate, to: Coordinate) -> Option<Travel> {
        match self {
            DrivingTimes::StraightLine(line) => line.travel(from, to),
            DrivingTimes::Roads(roads) => roads.travel(from, to),
        }
    }

    fn table(&self, places: &[Coordinate]) -> Vec<Option<Travel>> {
        match self {
            DrivingTimes::StraightLine(line) => line.table(places),
            DrivingTimes::Roads(roads) => roads.table(places),
        }
    }
}
