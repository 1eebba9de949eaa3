//! What the planner asks.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jitney_domain::Coordinate;

use super::Roads;
use super::cost::{Cost, MILLIS_END};
use super::hierarchy::Climb;
use super::matrix::Matrix;
use super::snap::OnRoad;
use super::table::Targets;
use crate::spot::Spot;
use crate::travel::{StraightLine, Travel, TravelTimes};

/// Speed between a door and the road in km/h: down the drive, out of the yard, round the corner that is on no map.
pub const ACCESS_KMH: f64 = 15.0;

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
/// two short searches, and a drive between places that are known one look through what these found.
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

/// The pairs of doors between which the way over the hierarchy is not all there is to say: one of them is off the map,
/// or both are on one stretch of road, or they are the same.
struct Special {
    /// Stretches with their doors, sorted.
    shared: Vec<(u32, usize)>,
    /// By door: its stretch, if it is on the map.
    stretch: Vec<Option<u32>>,
    /// Doors off the map.
    off: Vec<usize>,
}

impl Special {
    fn of(doors: &[Option<OnRoad>]) -> Self {
        let stretch: Vec<Option<u32>> = doors.iter().map(|door| door.as_ref().map(OnRoad::stretch)).collect();
        let mut shared: Vec<(u32, usize)> =
            stretch.iter().enumerate().filter_map(|(door, stretch)| Some(((*stretch)?, door))).collect();
        shared.sort_unstable();
        let off = (0..doors.len()).filter(|door| doors[*door].is_none()).collect();
        Special { shared, stretch, off }
    }

    /// Returns the doors to which a drive from that one of so many is special.
    fn of_door(&self, from: usize, doors: usize) -> impl Iterator<Item = usize> {
        let on = self.stretch[from];
        let begin = on.map_or(0, |on| self.shared.partition_point(|(stretch, _)| *stretch < on));
        let same = self.shared[begin..].iter().take_while(move |(stretch, _)| Some(*stretch) == on);
        let off = self.off.iter().copied().filter(move |_| on.is_some());
        let all = if on.is_none() { 0..doors } else { 0..0 };
        same.map(|(_, door)| *door).chain(off).chain(all)
    }
}

impl TravelTimes for RoadTimes {
    fn travel(&self, from: Coordinate, to: Coordinate) -> Option<Travel> {
        let (from_spot, to_spot) = (Spot::from(from), Spot::from(to));
        if from_spot == to_spot {
            return Some(Travel::default());
        }
        let drive = self.matrix().drive(&self.roads, from_spot, to_spot);
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
        let special = Special::of(&doors);
        let mut drives = Vec::with_capacity(places.len() * places.len());
        let mut from = 0;
        targets.rows(&mut climb, starts.iter().map(|starts| &starts[..]), |millis, metres| {
            let row = drives.len();
            // As if all were on the map, and no two on one stretch of road.
            let out = access[from];
            drives.extend(millis.iter().zip(metres).zip(&access).map(|((millis, metres), home)| {
                let millis = millis.saturating_add(out.millis()).saturating_add(home.millis());
                let metres = metres.saturating_add(out.metres()).saturating_add(home.metres());
                Cost::new(millis, metres).travel()
            }));
            for to in special.of_door(from, doors.len()) {
                let around =
                    if millis[to] < MILLIS_END { Cost::new(millis[to], metres[to]) } else { Cost::NONE };
                drives[row + to] = match (&doors[from], &doors[to]) {
                    _ if spots[from] == spots[to] => Some(Travel::default()),
                    (Some(start), Some(end)) => {
                        let road = around.min(self.roads.straight(start, end));
                        from_door_to_door(road, out, access[to]).travel()
                    }
                    _ => self.off_map.travel(places[from], places[to]),
                };
            }
            from += 1;
        });
        drives
    }
}
