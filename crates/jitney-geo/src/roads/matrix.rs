//! Drives between places that are asked for again and again.
//!
//! Of each place the climbs up the hierarchy are kept, there and back. What a new place costs to and from all
//! others then follows from two short climbs and a look through the lists of the others: rows and columns are
//! added, none is made again.

use std::collections::HashMap;

use super::cost::Cost;
use super::hierarchy::{Climb, Reached};
use super::snap::OnRoad;
use super::{Roads, times};
use crate::spot::Spot;

/// A door as the matrix keeps it.
#[derive(Debug)]
struct Door {
    on: OnRoad,
    /// From the door to the road, or back.
    access: Cost,
    there: Vec<Reached>,
    back: Vec<Reached>,
}

/// Drives between all places asked for so far.
#[derive(Debug)]
pub(super) struct Matrix {
    /// By place; none if it is off the map.
    doors: Vec<Option<Door>>,
    known: HashMap<Spot, u32>,
    /// By place: what it costs to each.
    rows: Vec<Vec<Cost>>,
    climb: Climb,
    /// By vertex of the hierarchy, while a place is added: what it costs to get there.
    spread: Vec<Cost>,
}

impl Matrix {
    pub fn new(roads: &Roads) -> Self {
        Matrix {
            doors: Vec::new(),
            known: HashMap::new(),
            rows: Vec::new(),
            climb: Climb::new(roads.hierarchy()),
            spread: vec![Cost::NONE; roads.hierarchy().vertices() as usize],
        }
    }

    pub fn len(&self) -> usize {
        self.doors.len()
    }

    /// Forgets all places.
    pub fn clear(&mut self) {
        self.doors.clear();
        self.known.clear();
        self.rows.clear();
    }

    /// Returns the number of a place, if it is known.
    pub fn find(&self, spot: Spot) -> Option<u32> {
        self.known.get(&spot).copied()
    }

    /// Returns the drive between two places, or `None` if one of them is off the map.
    pub fn drive(&self, from: u32, to: u32) -> Option<Cost> {
        let (from, to) = (from as usize, to as usize);
        self.doors[from].as_ref().and(self.doors[to].as_ref())?;
        Some(self.rows[from][to])
    }

    /// Adds a place that is not known yet. Returns its number.
    pub fn add(&mut self, roads: &Roads, spot: Spot) -> u32 {
        let number = self.doors.len() as u32;
        let door = roads.snap(spot.into()).map(|on| self.open(roads, on));
        let (row, column) = match &door {
            Some(door) => self.lines(roads, door),
            None => (vec![Cost::NONE; self.doors.len()], vec![Cost::NONE; self.doors.len()]),
        };
        self.rows.iter_mut().zip(column).for_each(|(row, cost)| row.push(cost));
        self.rows.push(row);
        self.rows.last_mut().into_iter().for_each(|row| row.push(Cost::default()));
        self.doors.push(door);
        self.known.insert(spot, number);
        number
    }

    fn open(&mut self, roads: &Roads, on: OnRoad) -> Door {
        let (mut there, mut back) = (Vec::new(), Vec::new());
        self.climb.forward(roads.hierarchy(), &roads.starts(&on), &mut there);
        self.climb.backward(roads.hierarchy(), &roads.ends(&on), &mut back);
        Door { on, access: times::access(on.away()), there, back }
    }

    /// Returns what it costs from a new door to each known one, and from each to it.
    fn lines(&mut self, roads: &Roads, new: &Door) -> (Vec<Cost>, Vec<Cost>) {
        let spread = &mut self.spread;
        let mut line = |own: &[Reached], other: fn(&Door) -> &[Reached], straight: &dyn Fn(&Door) -> Cost| {
            own.iter().for_each(|(vertex, cost)| spread[*vertex as usize] = *cost);
            let cell = |door: &Option<Door>| {
                let Some(door) = door else { return Cost::NONE };
                let over = |(vertex, cost): &Reached| spread[*vertex as usize].plus(*cost);
                let road = other(door).iter().map(over).min().unwrap_or(Cost::NONE).min(straight(door));
                times::from_door_to_door(road, new.access, door.access)
            };
            let cells = self.doors.iter().map(cell).collect();
            own.iter().for_each(|(vertex, _)| spread[*vertex as usize] = Cost::NONE);
            cells
        };
        let row = line(&new.there, |door| &door.back, &|door| roads.straight(&new.on, &door.on));
        let column = line(&new.back, |door| &door.there, &|door| roads.straight(&door.on, &new.on));
        (row, column)
    }
}
