//! Drives between places that are asked for again and again.
//!
//! Of each place the climbs up the hierarchy are kept, there and back. A drive follows from one look through two of
//! them, and is kept as well. So a new place costs two short climbs and what is asked of it, whatever else is known;
//! rows and columns grow where they are asked for, and nothing is made again. Of two places it is laid out
//! by vertex besides what their climbs reached: a caller's drives are asked one after the other, and then one look through
//! one climb each will do.

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
    /// Two places that were asked for twice in a row: where a caller is to be fetched, and where she is to be set down.
    at_hand: [Option<LaidOut>; 2],
    /// The two places that were asked for last, when neither was at hand.
    lately: Option<[Spot; 2]>,
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
        let (doors, drives, at_hand, lately) = Default::default();
        Matrix { doors, drives, at_hand, lately, climb, most: (places, drives_max) }
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
            self.at_hand = [None, None];
        }
        for spot in [from, to] {
            if !self.doors.contains_key(&spot) {
                let door = roads.snap(spot.into()).map(|on| self.open(roads, on));
                self.doors.insert(spot, door);
            }
        }
        let is_at_hand = |place| self.at_hand.iter().flatten().any(|laid_out| laid_out.place == place);
        if !is_at_hand(from) && !is_at_hand(to) {
            match [from, to]
                .into_iter()
                .find(|place| self.lately.is_some_and(|lately| lately.contains(place)))
            {
                Some(again) => self.lay_out(again, roads.hierarchy().vertices() as usize),
                None => self.lately = Some([from, to]),
            }
        }
        let (start, end) = (self.doors.get(&from)?.as_ref()?, self.doors.get(&to)?.as_ref()?);
        let laid_out = |place: Spot| self.at_hand.iter().flatten().find(|laid_out| laid_out.place == place);
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

    /// Lays a place out in the stead of the older of the two.
    fn lay_out(&mut self, place: Spot, vertices: usize) {
        self.at_hand.swap(0, 1);
        let none = || vec![Cost::NONE; vertices];
        let old = self.at_hand[1].take().unwrap_or_else(|| LaidOut { place, there: none(), back: none() });
        let LaidOut { place: old, mut there, mut back } = old;
        if let Some(Some(door)) = self.doors.get(&old) {
            door.there.iter().for_each(|(vertex, _)| there[*vertex as usize] = Cost::NONE);
            door.back.iter().for_each(|(vertex, _)| back[*vertex as usize] = Cost::NONE);
        }
        if let Some(Some(door)) = self.doors.get(&place) {
            door.there.iter().for_each(|(vertex, cost)| there[*vertex as usize] = *cost);
            door.back.iter().for_each(|(vertex, cost)| back[*vertex as usize] = *cost);
        }
        self.at_hand[1] = Some(LaidOut { place, there, back });
    }
}
