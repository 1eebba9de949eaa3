//! From a door to the road.

use std::ops::RangeInclusive;

use jitney_domain::Coordinate;

use super::cost::Cost;
use super::edges::NOWHERE;
use super::{Roads, Stretch};
use crate::spot::Spot;

/// A door farther from every road than this, in metres, is off the map.
pub const SNAP_MAX_METRES: f64 = 1_000.0;
/// Size of a cell in ten-millionths of a degree: 100 m from south to north.
const CELL: i32 = 8_993;
/// Metres in a ten-millionth of a degree from south to north.
const METRES: f64 = 0.011_119_49;
/// Straight pieces that cross more half cells than this, some ten kilometres, take part at their ends only.
const PIECE_STEPS_MAX: f64 = 200.0;

/// A place on a road.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OnRoad {
    /// Which stretch.
    stretch: u32,
    /// How far along it, from 0 to 1.
    along: f64,
    /// How far the door is from it.
    away: f64,
}

impl OnRoad {
    /// Returns which stretch it is.
    pub(super) fn stretch(&self) -> u32 {
        self.stretch
    }

    /// Returns how far the door is from the road, in metres.
    pub fn away(&self) -> f64 {
        self.away
    }
}

/// Which straight pieces of road lie in which cell. A piece is named by its first point.
#[derive(Debug, Clone, Default)]
pub(super) struct Grid {
    /// Cells that have any, sorted.
    cells: Vec<(i32, i32)>,
    /// By cell: where its pieces begin, and at last where those of the last end.
    first: Vec<u32>,
    pieces: Vec<u32>,
}

fn cell(spot: Spot) -> (i32, i32) {
    (spot.lat().div_euclid(CELL), spot.lon().div_euclid(CELL))
}

/// Metres in a ten-millionth of a degree from west to east.
fn metres_east(lat: i32) -> f64 {
    METRES * (f64::from(lat) * 1e-7).to_radians().cos().max(0.01)
}

impl Grid {
    pub fn of(roads: &Roads) -> Self {
        let mut entries: Vec<((i32, i32), u32)> = Vec::with_capacity(roads.points.len() * 3 / 2);
        for stretch in 0..roads.stretches.len() {
            let first = roads.stretches[stretch].first_point;
            for (piece, ends) in (first..).zip(roads.points_of(stretch).windows(2)) {
                for cell in crossed(ends[0], ends[1]) {
                    if entries.last() != Some(&(cell, piece)) {
                        entries.push((cell, piece));
                    }
                }
            }
        }
        entries.sort_unstable();
        let mut grid = Grid::default();
        for (cell, piece) in entries {
            if grid.cells.last() != Some(&cell) {
                grid.cells.push(cell);
                grid.first.push(grid.pieces.len() as u32);
            }
            grid.pieces.push(piece);
        }
        grid.first.push(grid.pieces.len() as u32);
        grid
    }

    /// Returns the pieces in the cells of one row.
    fn row(&self, lat: i32, lons: RangeInclusive<i32>) -> &[u32] {
        let begin = self.cells.partition_point(|cell| *cell < (lat, *lons.start()));
        // The end is a few cells on.
        let within = self.cells[begin..].iter().take_while(|cell| **cell <= (lat, *lons.end()));
        let end = begin + within.count();
        let range = self.first.get(begin).zip(self.first.get(end));
        range.and_then(|(begin, end)| self.pieces.get(*begin as usize..*end as usize)).unwrap_or_default()
    }
}

/// Returns the cells that a piece may cross, some twice.
fn crossed(a: Spot, b: Spot) -> impl Iterator<Item = (i32, i32)> {
    let (north, east) = (f64::from(b.lat()) - f64::from(a.lat()), f64::from(b.lon()) - f64::from(a.lon()));
    // Half a cell a step.
    let steps = (north.abs().max(east.abs()) * 2.0 / f64::from(CELL)).ceil().max(1.0);
    let steps = if steps > PIECE_STEPS_MAX { 1.0 } else { steps };
    (0..=steps as u32).map(move |step| {
        let part = f64::from(step) / steps;
        let lat = f64::from(a.lat()) + part * north;
        let lon = f64::from(a.lon()) + part * east;
        ((lat as i32).div_euclid(CELL), (lon as i32).div_euclid(CELL))
    })
}

/// How far a door is from the sides of its cell, in metres: the nearer one, from south to north and from west to east.
struct Inner {
    lat: f64,
    lon: f64,
    /// What pieces may lie beyond the cells that list them: they are followed by half a cell a step, so that every
    /// point of them is within a quarter of one that was looked at.
    slack: (f64, f64),
}

impl Inner {
    fn of(door: Spot, high: f64, wide: f64) -> Self {
        let inside = |at: i32, metres: f64| {
            let part = f64::from(at.rem_euclid(CELL)) / f64::from(CELL);
            part.min(1.0 - part) * metres
        };
        Inner {
            lat: inside(door.lat(), high),
            lon: inside(door.lon(), wide),
            slack: (high / 4.0, wide / 4.0),
        }
    }

    /// Returns within how many metres every piece was looked at, when so many metres of whole cells were on each
    /// side. A hundredth is left for the earth's being round, and a metre for rounding.
    fn looked(&self, lat: f64, lon: f64) -> f64 {
        let sides = (lat + self.lat - self.slack.0).min(lon + self.lon - self.slack.1);
        (sides * 0.99 - 1.0).max(0.0)
    }
}

impl Roads {
    /// Returns the place on the nearest road, or `None` if none is within [`SNAP_MAX_METRES`].
    pub fn snap(&self, door: Coordinate) -> Option<OnRoad> {
        let door = Spot::from(door);
        let (lat, lon) = cell(door);
        let east = metres_east(door.lat());
        let (high, wide) = (f64::from(CELL) * METRES, f64::from(CELL) * east);
        let inner = Inner::of(door, high, wide);
        // Distances are compared by their squares.
        let mut best: Option<(f64, u32, f64)> = None;
        // Ever larger squares of cells, until none beyond can be nearer.
        let mut looked = 0.0;
        let mut ring = 0;
        while looked * looked < best.map_or(f64::INFINITY, |(square, ..)| square) && looked < SNAP_MAX_METRES
        {
            let reach = (f64::from(ring) * high / wide).ceil().min(10_000.0) as i32;
            for row in lat.saturating_sub(ring)..=lat.saturating_add(ring) {
                for piece in self.grid.row(row, lon.saturating_sub(reach)..=lon.saturating_add(reach)) {
                    let (square, part) = self.nearest(door, east, *piece);
                    // Among equals the first, so that the answer does not depend on the order of cells.
                    if best.is_none_or(|(least, first, _)| (square, *piece) < (least, first)) {
                        best = Some((square, *piece, part));
                    }
                }
            }
            looked = inner.looked(f64::from(ring) * high, f64::from(reach) * wide);
            ring += 1;
        }
        let (square, piece, part) = best?;
        let away = Some(square.sqrt()).filter(|away| *away <= SNAP_MAX_METRES)?;
        let stretch = self.stretches.partition_point(|stretch| stretch.first_point <= piece) - 1;
        Some(OnRoad { stretch: stretch as u32, along: self.along(stretch, piece, part), away })
    }

    /// Returns how far a door is from a piece in metres.
    #[cfg(test)]
    pub(super) fn distance(&self, door: Spot, piece: u32) -> f64 {
        self.nearest(door, metres_east(door.lat()), piece).0.sqrt()
    }

    /// Returns the square of how far a door is from a piece in metres, and how far along the piece the nearest
    /// point lies. `east` is the [`metres_east`] of the door.
    fn nearest(&self, door: Spot, east: f64, piece: u32) -> (f64, f64) {
        let flat = |spot: Spot| {
            let lat = f64::from(spot.lat()) - f64::from(door.lat());
            (lat * METRES, (f64::from(spot.lon()) - f64::from(door.lon())) * east)
        };
        let (a, b) = (flat(self.points[piece as usize]), flat(self.points[piece as usize + 1]));
        let (north, west) = (b.0 - a.0, b.1 - a.1);
        let square = north * north + west * west;
        let part = if square > 0.0 { (-(a.0 * north + a.1 * west) / square).clamp(0.0, 1.0) } else { 0.0 };
        let (up, right) = (a.0 + part * north, a.1 + part * west);
        (up * up + right * right, part)
    }

    fn along(&self, stretch: usize, piece: u32, part: f64) -> f64 {
        let before = (piece - self.stretches[stretch].first_point) as usize;
        let points = self.points_of(stretch);
        let east = points.first().map_or(METRES, |first| metres_east(first.lat()));
        let lengths = points.windows(2).map(|ends| {
            let north = (f64::from(ends[1].lat()) - f64::from(ends[0].lat())) * METRES;
            let east = (f64::from(ends[1].lon()) - f64::from(ends[0].lon())) * east;
            (north * north + east * east).sqrt()
        });
        let (mut done, mut whole) = (0.0, 0.0);
        for (at, length) in lengths.enumerate() {
            done += if at < before {
                length
            } else if at == before {
                part * length
            } else {
                0.0
            };
            whole += length;
        }
        if whole > 0.0 { done / whole } else { 0.0 }
    }

    /// Returns the vertices to which one can drive from a place on a road, with what that costs.
    pub fn starts(&self, at: &OnRoad) -> Vec<(u32, Cost)> {
        let stretch = &self.stretches[at.stretch as usize];
        let lanes = [(0, 1.0 - at.along), (1, at.along)];
        let open = lanes.into_iter().filter(|(way, _)| stretch.heads[*way] != NOWHERE);
        open.map(|(way, part)| (stretch.heads[way], stretch.share(way, part))).collect()
    }

    /// Returns the vertices from which one can drive to a place on a road, with what that costs.
    pub fn ends(&self, at: &OnRoad) -> Vec<(u32, Cost)> {
        let stretch = &self.stretches[at.stretch as usize];
        let lanes = [(0, at.along), (1, 1.0 - at.along)];
        let tails = |(way, part)| {
            let cost = stretch.share(way, part);
            self.tails_of(2 * at.stretch as usize + way).iter().map(move |tail| (*tail, cost))
        };
        lanes.into_iter().flat_map(tails).collect()
    }

    /// Returns what it costs to drive from one place to another without leaving the stretch.
    pub(super) fn straight(&self, from: &OnRoad, to: &OnRoad) -> Cost {
        if from.stretch != to.stretch {
            return Cost::NONE;
        }
        let stretch = &self.stretches[from.stretch as usize];
        let (way, part) =
            if to.along >= from.along { (0, to.along - from.along) } else { (1, from.along - to.along) };
        if stretch.heads[way] == NOWHERE && part > 0.0 { Cost::NONE } else { stretch.share(way, part) }
    }
}

impl Stretch {
    fn share(&self, way: usize, part: f64) -> Cost {
        let of = |whole: u32| (f64::from(whole) * part).round() as u32;
        Cost::new(of(self.millis[way]), of(self.metres))
    }
}
