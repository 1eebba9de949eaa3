//! Drives between places that are asked for again and again.
//!
//! Of each place the climbs up the hierarchy are kept, there and back. A drive follows from one look through two of
//! them, and is kept as well. So a new place costs two short climbs and what is asked of it, whatever else is known;
//! rows and columns grow where they are asked for, and nothing is made again. What the newest places' climbs reached is
//! laid out by vertex besides: a caller's drives are asked one after the other, and then one look through one climb each
//! will do.

use rustc_hash::FxHashMap;

use super::cost::Cost;
use super::hierarchy::{Climb, Reached, meet};
use super::snap::OnRoad;
use super::{Roads, times};
use crate::spot::Spot;

/// Most places of which the climbs are kept, one or two kilobytes each. Once there are more, all are forgotten.
const PLACES_MAX: usize = 10_000;
/// Most drives that are kept; 26 MB then. Once there are more, all are forgotten.
const DRIVES_MAX: usize = 900_000;

/// A door as the matrix keeps it.
#[derive(Debug)]
struct Door {
    on: OnRoad,
    /// From the door to the road, or back.
    access: Cost,
    there: Box<[Reached]>,
    back: Box<[Reached]>,
}

/// Drives between places, as far as they were asked for.
#[derive(Debug)]
pub(super) struct Matrix {
    /// By place; none if it is off the map.
    doors: FxHashMap<Spot, Option<Door>>,
    drives: FxHashMap<(Spot, Spot), Cost>,
    /// The two places that became known last: where a caller is to be fetched, and where she is to be set down.
    newest: [Option<LaidOut>; 2],
    climb: Climb,
    /// Most places and drives.
    most: (usize, usize),
}

/// What a place's climbs reached, by vertex.
#[derive(Debug)]
struct LaidOut {
    place: Spot,
    there: Vec<Cost>,
    back: Vec<Cost>,
}

/// Returns the cheapest way over the vertices of a climb, when the other one is laid out.
fn over(climb: &[Reached], laid_out: &[Cost]) -> Cost {
    let ways = climb.iter().map(|(vertex, cost)| laid_out[*vertex as usize].plus(*cost));
    ways.min().unwrap_or(Cost::NONE)
}

impl Matrix {
    pub fn new(roads: &Roads) -> Self {
        Matrix::of_at_most(PLACES_MAX, DRIVES_MAX, roads)
    }

    /// Keeps so many places, at least two, and so many drives.
    pub fn of_at_most(places: usize, drives_max: usize, roads: &Roads) -> Self {
        let climb = Climb::new(roads.hierarchy());
        let (doors, drives, newest) = Default::default();
        Matrix { doors, drives, newest, climb, most: (places, drives_max) }
    }

    /// Returns of how many places the climbs are kept, and how many drives.
    #[cfg(test)]
    pub fn len(&self) -> (usize, usize) {
        (self.doors.len(), self.drives.len())
    }

    /// Returns the drive between two places, or `None` if one of them is off the map.
    pub fn drive(&mut self, roads: &Roads, from: Spot, to: Spot) -> Option<Cost> {
        if let Some(known) = self.drives.get(&(from, to)) {
            return Some(*known);
        }
        if self.doors.len() + 2 > self.most.0 {
            self.doors.clear();
            self.newest = [None, None];
        }
        for spot in [from, to] {
            if !self.doors.contains_key(&spot) {
                let door = roads.snap(spot.into()).map(|on| self.open(roads, on));
                if let Some(door) = &door {
                    self.lay_out(spot, door, roads.hierarchy().vertices() as usize);
                }
                self.doors.insert(spot, door);
            }
        }
        let (start, end) = (self.doors.get(&from)?.as_ref()?, self.doors.get(&to)?.as_ref()?);
        let laid_out = |place: Spot| self.newest.iter().flatten().find(|newest| newest.place == place);
        let around = match (laid_out(from), laid_out(to)) {
            (Some(from), _) => over(&end.back, &from.there),
            (None, Some(to)) => over(&start.there, &to.back),
            (None, None) => meet(&start.there, &end.back),
        };
        let road = around.min(roads.straight(&start.on, &end.on));
        let drive = times::from_door_to_door(road, start.access, end.access);
        if self.drives.len() >= self.most.1 {
            self.drives.clear();
        }
        self.drives.insert((from, to), drive);
        Some(drive)
    }

    fn open(&mut self, roads: &Roads, on: OnRoad) -> Door {
        let (mut there, mut back) = (Vec::new(), Vec::new());
        self.climb.forward(roads.hierarchy(), &roads.starts(&on), &mut there);
        self.climb.backward(roads.hierarchy(), &roads.ends(&on), &mut back);
        Door { on, access: times::access(on.away()), there: there.into(), back: back.into() }
    }

    /// Lays a new place out in the stead of the older of the two.
    fn lay_out(&mut self, place: Spot, door: &Door, vertices: usize) {
        self.newest.swap(0, 1);
        let mut newest = self.newest[1].take().unwrap_or_else(|| LaidOut {
            place,
            there: vec![Cost::NONE; vertices],
            back: vec![Cost::NONE; vertices],
        });
        if let Some(Some(old)) = self.doors.get(&newest.place) {
            old.there.iter().for_each(|(vertex, _)| newest.there[*vertex as usize] = Cost::NONE);
            old.back.iter().for_each(|(vertex, _)| newest.back[*vertex as usize] = Cost::NONE);
        }
        door.there.iter().for_each(|(vertex, cost)| newest.there[*vertex as usize] = *cost);
        door.back.iter().for_each(|(vertex, cost)| newest.back[*vertex as usize] = *cost);
        self.newest[1] = Some(LaidOut { place, ..newest });
    }
}
