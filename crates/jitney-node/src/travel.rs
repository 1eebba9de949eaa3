//! How a node knows driving times: by a server that it asks, by the roads of its map, or by the straight line if it
//! has neither; and at which hours driving is slow.

use std::sync::Arc;

use jitney_domain::{Coordinate, Metres, Window, Zone};
use jitney_geo::roads::{RoadTimes, Roads};
use jitney_geo::{Rush, StraightLine, Travel, TravelTimes};

use crate::osrm::ServerTimes;
use crate::view::RoadLine;

/// Most points of all roads of a picture.
const LINE_POINTS_MAX: usize = 12_000;

/// Driving times of a node. A copy shares what it has found out.
#[derive(Debug, Clone)]
pub struct DrivingTimes {
    source: Source,
    rush: Option<Arc<Rush>>,
}

#[derive(Debug, Clone)]
enum Source {
    /// Nothing was imported.
    StraightLine(StraightLine),
    /// A map was.
    Roads(Arc<RoadTimes>),
    /// A server is asked.
    Server(ServerTimes),
}

impl DrivingTimes {
    /// Takes roads if there are any, and the straight line where they do not reach.
    pub fn new(roads: Option<Roads>, line: StraightLine) -> Self {
        let source = match roads {
            Some(roads) => Source::Roads(Arc::new(RoadTimes::new(roads, line))),
            None => Source::StraightLine(line),
        };
        DrivingTimes { source, rush: None }
    }

    /// Asks the server at `url` first, and these where and while it does not answer.
    #[must_use]
    pub fn behind_server(self, url: &str) -> Self {
        let rush = self.rush.clone();
        DrivingTimes { source: Source::Server(ServerTimes::new(url, self)), rush }
    }

    /// Drives more slowly at these hours.
    #[must_use]
    pub fn with_rush(self, rush: Rush) -> Self {
        DrivingTimes { rush: Some(Arc::new(rush)), ..self }
    }

    /// Reads the hours from these clocks.
    pub fn by_clocks_of(&mut self, zone: &Zone) {
        if let Some(rush) = &mut self.rush {
            *rush = Arc::new(rush.in_zone(zone.clone()));
        }
    }

    /// Tells whether they are estimated from the straight line.
    pub fn are_estimated(&self) -> bool {
        matches!(self.source, Source::StraightLine(_))
    }

    /// Returns the roads between two corners, fastest first, as far as they are worth drawing; none without a map.
    pub fn lines(&self, south_west: Coordinate, north_east: Coordinate, grain: Metres) -> Vec<RoadLine> {
        let lines = match &self.source {
            Source::Roads(times) => times.roads().lines(south_west, north_east, grain, LINE_POINTS_MAX),
            Source::Server(server) => return server.instead().lines(south_west, north_east, grain),
            Source::StraightLine(_) => Vec::new(),
        };
        let drawn = lines.into_iter().map(|line| RoadLine {
            kmh: line.kmh,
            points: line.points.into_iter().map(Into::into).collect(),
        });
        drawn.collect()
    }

    /// Takes in what has been found out elsewhere since. Between two calls no answer changes.
    pub fn look_again(&mut self) {
        if let Source::Server(server) = &mut self.source {
            server.look_again();
        }
    }

    /// Finds out the drives between these places, which may take a while; then no other will be asked for.
    pub fn fetch(&mut self, places: &[Coordinate]) {
        if let Source::Server(server) = &mut self.source {
            server.fetch(places);
        }
    }

    /// Says what is wrong, if driving times are not what the operator has asked for.
    pub fn trouble(&self) -> Option<String> {
        match &self.source {
            Source::Server(server) => server.trouble(),
            _ => None,
        }
    }
}

impl Default for DrivingTimes {
    fn default() -> Self {
        DrivingTimes::new(None, StraightLine::default())
    }
}

impl TravelTimes for DrivingTimes {
    fn travel(&self, from: Coordinate, to: Coordinate) -> Option<Travel> {
        match &self.source {
            Source::StraightLine(line) => line.travel(from, to),
            Source::Roads(roads) => roads.travel(from, to),
            Source::Server(server) => server.travel(from, to),
        }
    }

    fn table(&self, places: &[Coordinate]) -> Vec<Option<Travel>> {
        match &self.source {
            Source::StraightLine(line) => line.table(places),
            Source::Roads(roads) => roads.table(places),
            Source::Server(server) => server.table(places),
        }
    }

    fn depends_on_time(&self) -> bool {
        self.rush.is_some()
    }

    fn at_that_time(&self, drive: Travel, leave: Window, over: Window) -> Travel {
        match &self.rush {
            Some(rush) => Travel { millis: rush.longest(drive.millis, leave, over), ..drive },
            None => drive,
        }
    }
}
