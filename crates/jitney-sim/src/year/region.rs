//! Where people live, where they go, and how long the ways take.

use std::io::{Read, Seek};

use jitney_domain::{Coordinate, Metres};
use jitney_geo::roads::{ImportError, RoadTimes, Surveyed};
use jitney_geo::{StraightLine, Travel, TravelTimes, distance};
use thiserror::Error;

use super::luck::{self, Of, bell};
use crate::rng::Chance;

/// Doors that are drawn of a region; people live behind some of them.
const DOORS: usize = 1_500;
/// Clinics, the largest first, and other places that people go to.
const CLINICS: usize = 6;
const SHOPS: usize = 14;
/// How far apart clinics are at least.
const APART: Metres = Metres(2_500);
/// Whoever lives within so far counts as living around a clinic.
const AROUND: Metres = Metres(1_500);
/// The fewest doors that make a region.
const FEWEST: usize = 100;

/// Places and the ways between them.
#[derive(Debug)]
pub struct Region {
    /// Doors, as dense as the streets are.
    pub doors: Vec<Coordinate>,
    /// Clinics, the one with most people around first.
    pub clinics: Vec<Coordinate>,
    /// Shops, offices, friends.
    pub shops: Vec<Coordinate>,
    ways: Ways,
}

#[derive(Debug)]
enum Ways {
    Straight(StraightLine),
    Roads(Box<RoadTimes>),
}

/// Says why an extract makes no region.
#[derive(Debug, Error)]
pub enum RegionError {
    /// It cannot be read.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// There is too little in it.
    #[error(
        "{found} doors can be reached from each other, {FEWEST} are needed; take an extract of a whole town"
    )]
    TooSmall {
        /// Doors that can.
        found: usize,
    },
}

impl Region {
    /// Makes up a country town with two smaller ones and nine villages around it, and straight roads.
    pub fn made_up(seed: u64) -> Self {
        let mut chance = luck::of(seed, Of::Region, 0, 0);
        let centre = (48.5, 9.0);
        let mut clusters = vec![(centre, 0.012, 34)];
        for k in 0..11 {
            // Kilometres away; the first two are towns.
            let (away, turn) = (6.0 + 14.0 * chance.share(), chance.share() * std::f64::consts::TAU);
            let at = (centre.0 + away / 111.2 * turn.sin(), centre.1 + away / 73.7 * turn.cos());
            clusters.push(if k < 2 { (at, 0.008, 14) } else { (at, 0.004, 4) });
        }
        let weights: Vec<u32> = clusters.iter().map(|(_, _, weight)| *weight).collect();
        let doors = (0..DOORS).filter_map(|_| {
            let ((lat, lon), spread, _) = clusters[luck::weighted(&mut chance, &weights)];
            let (north, east) = (bell(&mut chance) * spread, bell(&mut chance) * spread * 1.5);
            Coordinate::new(lat + north, lon + east).ok()
        });
        let doors = doors.collect();
        Region::around(doors, Ways::Straight(StraightLine::default()), &mut chance)
    }

    /// Takes doors and roads from an OpenStreetMap extract.
    ///
    /// # Errors
    /// [`RegionError`] if it cannot be read, or has too few roads.
    pub fn of_extract(extract: &mut (impl Read + Seek), seed: u64) -> Result<Self, RegionError> {
        let mut chance = luck::of(seed, Of::Region, 1, 0);
        let surveyed = Surveyed::read(extract)?;
        let junctions: Vec<Coordinate> =
            surveyed.spots().into_iter().flatten().map(Coordinate::from).collect();
        let (roads, _, _) = surveyed.prepare();
        let roads = RoadTimes::new(roads, StraightLine::default());
        // Somewhere that most of the others can be reached from is in the large part of the map.
        let drawn: Vec<Coordinate> = (0..DOORS).filter_map(|_| chance.pick(&junctions)).collect();
        let mutual =
            |a: Coordinate, b: Coordinate| roads.travel(a, b).is_some() && roads.travel(b, a).is_some();
        let sample = drawn.iter().step_by(50);
        let hub = drawn
            .iter()
            .take(20)
            .copied()
            .max_by_key(|hub| sample.clone().filter(|d| mutual(*hub, **d)).count());
        let doors: Vec<Coordinate> =
            drawn.iter().copied().filter(|door| hub.is_some_and(|hub| mutual(hub, *door))).collect();
        if doors.len() < FEWEST {
            return Err(RegionError::TooSmall { found: doors.len() });
        }
        Ok(Region::around(doors, Ways::Roads(Box::new(roads)), &mut chance))
    }

    /// Puts clinics where most people live, not next to each other, and shops near them and elsewhere.
    fn around(doors: Vec<Coordinate>, ways: Ways, chance: &mut Chance) -> Self {
        let near = |place: Coordinate| doors.iter().filter(|door| distance(place, **door) <= AROUND).count();
        let mut crowded: Vec<(usize, Coordinate)> =
            doors.iter().step_by(4).map(|door| (near(*door), *door)).collect();
        crowded.sort_by_key(|(people, _)| std::cmp::Reverse(*people));
        let mut clinics: Vec<Coordinate> = Vec::new();
        for (_, place) in crowded {
            if clinics.len() < CLINICS && clinics.iter().all(|clinic| distance(*clinic, place) >= APART) {
                clinics.push(place);
            }
        }
        let shops = (0..SHOPS).filter_map(|_| chance.pick(&doors)).collect();
        Region { doors, clinics, shops, ways }
    }

    /// Returns the name of what ways are reckoned by.
    pub fn ways(&self) -> &'static str {
        match &self.ways {
            Ways::Straight(_) => "straight lines",
            Ways::Roads(_) => "roads of the extract",
        }
    }
}

impl TravelTimes for Region {
    fn travel(&self, from: Coordinate, to: Coordinate) -> Option<Travel> {
        match &self.ways {
            Ways::Straight(line) => line.travel(from, to),
            Ways::Roads(roads) => roads.travel(from, to),
        }
    }
    // A day's few dozen places are asked for again and again: kept drives are quicker than a new table.
}
