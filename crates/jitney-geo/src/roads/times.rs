//! What the planner asks.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jitney_domain::Coordinate;

use super::Roads;
use super::cost::Cost;
use super::hierarchy::Climb;
use super::matrix::Matrix;
use super::snap::OnRoad;
use super::table::Targets;
use crate::spot::Spot;
use crate::travel::{StraightLine, Travel, TravelTimes};

/// Speed between a door and the road in km/h: down the drive, out of the yard, round the corner that is on no map.
pub const ACCESS_KMH: f64 = 15.0;
/// Most places between which drives are kept; their matrix takes some 40 MB then. Once there are more, all
/// are forgotten and it begins anew.
pub const PLACES_MAX: usize = 2_000;

/// Returns what it costs to get from a door to the road, so many metres away.
pub(super) fn access(metres: f64) -> Cost {
    Cost::new((metres * 3_600.0 / ACCESS_KMH).round() as u32, metres.round() as u32)
}

/// Returns what a drive costs with the way from the door to the road, and from the road to the other door.
pub(super) fn from_door_to_door(road: Cost, out: Cost, home: Cost) -> Cost {
    if road.is_way() { road.plus(out).plus(home) } else { Cost::NONE }
}

/// Travel times on roads, and by the straight line where the map does not reach.
///
/// Drives that were asked for are kept, since the planner asks for the same ones all day: a new place costs
/// two short searches, and everything between known places is looked up.
///
/// If no road of the map is within [`SNAP_MAX_METRES`](super::SNAP_MAX_METRES) of one of the two places, the answer is
/// that of the straight line; [`RoadTimes::on_map`] says which places that concerns. If both are on the map and no road
/// leads from one to the other, as to an island without a ferry, there is no drive.
#[derive(Debug)]
pub struct RoadTimes {
    roads: Roads,
    off_map: StraightLine,
    matrix: Mutex<Matrix>,
}

impl RoadTimes {
    /// Answers with these roads, and with the straight line off the map.
    pub fn new(roads: Roads, off_map: StraightLine) -> Self {
        let matrix = Mutex::new(Matrix::new(&roads));
        RoadTimes { roads, off_map, matrix }
    }

    /// Returns the roads.
    pub fn roads(&self) -> &Roads {
        &self.roads
    }

    /// Tells whether a road of the map is near enough to a place.
    pub fn on_map(&self, place: Coordinate) -> bool {
        self.roads.snap(place).is_some()
    }

    fn at(&self, door: &Option<OnRoad>, side: fn(&Roads, &OnRoad) -> Vec<(u32, Cost)>) -> Vec<(u32, Cost)> {
        door.as_ref().map(|door| side(&self.roads, door)).unwrap_or_default()
    }

    fn matrix(&self) -> MutexGuard<'_, Matrix> {
        self.matrix.lock().unwrap_or_else(|poisoned| {
            // Whoever panicked may have left half a place behind.
            let mut matrix = PoisonError::into_inner(poisoned);
            *matrix = Matrix::new(&self.roads);
            matrix
        })
    }
}

impl TravelTimes for RoadTimes {
    fn travel(&self, from: Coordinate, to: Coordinate) -> Option<Travel> {
        let (from_spot, to_spot) = (Spot::from(from), Spot::from(to));
        if from_spot == to_spot {
            return Some(Travel::default());
        }
        let mut matrix = self.matrix();
        let mut known = matrix.find(from_spot).zip(matrix.find(to_spot));
        if known.is_none() {
            if matrix.len() + 2 > PLACES_MAX {
                matrix.clear();
            }
            let mut number = |spot| matrix.find(spot).unwrap_or_else(|| matrix.add(&self.roads, spot));
            known = Some((number(from_spot), number(to_spot)));
        }
        let drive = known.and_then(|(from, to)| matrix.drive(from, to));
        match drive {
            Some(cost) => cost.travel(),
            None => self.off_map.travel(from, to),
        }
    }

    fn table(&self, places: &[Coordinate]) -> Vec<Option<Travel>> {
        let spots: Vec<Spot> = places.iter().map(|place| Spot::from(*place)).collect();
        let doors: Vec<Option<OnRoad>> = places.iter().map(|place| self.roads.snap(*place)).collect();
        let access: Vec<Cost> =
            doors.iter().map(|door| door.as_ref().map_or(Cost::NONE, |door| access(door.away()))).collect();
        let starts: Vec<_> = doors.iter().map(|door| self.at(door, Roads::starts)).collect();
        let ends: Vec<_> = doors.iter().map(|door| self.at(door, Roads::ends)).collect();
        let mut climb = Climb::new(self.roads.hierarchy());
        let targets = Targets::new(self.roads.hierarchy(), ends.iter().map(|ends| &ends[..]));
        let table = targets.drives(&mut climb, starts.iter().map(|starts| &starts[..]));
        let mut drives = Vec::with_capacity(places.len() * places.len());
        for (from, start) in doors.iter().enumerate() {
            for (to, around) in table.row(from).enumerate() {
                drives.push(match (start, &doors[to]) {
                    _ if spots[from] == spots[to] => Some(Travel::default()),
                    (Some(start), Some(end)) => {
                        let road = around.min(self.roads.straight(start, end));
                        from_door_to_door(road, access[from], access[to]).travel()
                    }
                    _ => self.off_map.travel(places[from], places[to]),
                });
            }
        }
        drives
    }
}
