//! Where a coarse place lies, for people who know the country.
//!
//! Of a partner's rider no more is known than a cell some kilometres across. It is named by the town or village around
//! its middle, and by how far that is from a place of the coop's own that everybody there knows; never by a street.

use std::fmt;
use std::sync::Arc;

use jitney_domain::Coordinate;
use jitney_geo::places::Places;

use crate::lookup::middle;
use crate::view::NamedPlace;

/// So near, in metres, a cell is not told from the place itself.
const NEAR: u32 = 1500;

/// Where something lies, seen from somewhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // The eight directions of a compass.
pub enum Direction {
    North,
    NorthEast,
    East,
    SouthEast,
    South,
    SouthWest,
    West,
    NorthWest,
}

impl Direction {
    const ALL: [Direction; 8] = [
        Direction::North,
        Direction::NorthEast,
        Direction::East,
        Direction::SouthEast,
        Direction::South,
        Direction::SouthWest,
        Direction::West,
        Direction::NorthWest,
    ];

    /// Returns in which direction one sets out from one point to another.
    pub fn between(from: Coordinate, to: Coordinate) -> Self {
        let (a, b) = (from.lat().to_radians(), to.lat().to_radians());
        let turn = (to.lon() - from.lon()).to_radians();
        let east = turn.sin() * b.cos();
        let north = a.cos() * b.sin() - a.sin() * b.cos() * turn.cos();
        // Eighths of a turn, clockwise from the north; a cast saturates and takes no number for nought.
        let eighths = (east.atan2(north).to_degrees() / 45.0).round().rem_euclid(8.0) as usize;
        Direction::ALL[eighths % Direction::ALL.len()]
    }

    /// Returns the key of its name in the language files.
    pub fn key(self) -> &'static str {
        match self {
            Direction::North => "direction-north",
            Direction::NorthEast => "direction-north-east",
            Direction::East => "direction-east",
            Direction::SouthEast => "direction-south-east",
            Direction::South => "direction-south",
            Direction::SouthWest => "direction-south-west",
            Direction::West => "direction-west",
            Direction::NorthWest => "direction-north-west",
        }
    }
}

/// How far something is from a place that everybody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Away {
    /// The place.
    pub place: String,
    /// Whole kilometres and the direction; none if it is about there.
    pub how_far: Option<(u32, Direction)>,
}

/// What can be said of where a coarse place lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// The town or village around it, if the map has one.
    pub settlement: Option<String>,
    /// How far it is from the middle of the coop's places, if the coop keeps any.
    pub away: Option<Away>,
}

/// What people of a coop know of the country.
#[derive(Clone)]
pub struct Country {
    /// The coop's own place that lies nearest to the middle of all.
    hub: Option<(String, Coordinate)>,
    map: Option<Arc<Places<Vec<u8>>>>,
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Country").field("map", &self.map.is_some()).finish_non_exhaustive()
    }
}

impl Country {
    /// Gathers what a coop's places and its map tell.
    pub fn new(named: &[NamedPlace], map: Option<Arc<Places<Vec<u8>>>>) -> Self {
        let middle = middle(named.iter().map(|named| named.place.at));
        let nearest = middle
            .and_then(|middle| named.iter().min_by_key(|named| jitney_geo::distance(middle, named.place.at)));
        Country { hub: nearest.map(|named| (named.name.clone(), named.place.at)), map }
    }

    /// Returns where a point lies; `None` where neither the map nor a place of the coop tells.
    pub fn area(&self, at: Coordinate) -> Option<Area> {
        let settlement = self.map.as_ref().and_then(|map| map.nearest_settlement(at)).map(|near| near.label);
        let away = self.hub.as_ref().map(|(place, hub)| {
            let metres = jitney_geo::distance(*hub, at).0;
            let kilometres = metres.saturating_add(500) / 1000;
            let how_far = (metres > NEAR).then(|| (kilometres, Direction::between(*hub, at)));
            Away { place: place.clone(), how_far }
        });
        (settlement.is_some() || away.is_some()).then_some(Area { settlement, away })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::person::Place;

    fn at(lat: f64, lon: f64) -> Coordinate {
        Coordinate::new(lat, lon).unwrap()
    }

    fn named(name: &str, lat: f64) -> NamedPlace {
        let place = Place { label: name.to_owned(), at: at(lat, 2.3), note: String::new() };
        NamedPlace { name: name.to_owned(), place }
    }

    #[test]
    fn how_far_is_told_from_the_place_in_the_middle_of_the_coops() {
        let country = Country::new(&[named("Mill", 48.7), named("Clinic", 48.8), named("Pool", 48.89)], None);
        let away = |lat, lon| country.area(at(lat, lon)).unwrap().away.unwrap();
        let far = away(48.83, 2.35);
        assert_eq!((far.place.as_str(), far.how_far), ("Clinic", Some((5, Direction::NorthEast))));
        assert_eq!(away(48.70, 2.3).how_far, Some((11, Direction::South)));
        assert_eq!(away(48.805, 2.3).how_far, None, "a cell is not so exact");
    }

    #[test]
    fn who_keeps_neither_map_nor_places_says_nothing() {
        assert_eq!(Country::new(&[], None).area(at(48.8, 2.3)), None);
    }

    #[test]
    fn the_compass_is_read_everywhere() {
        let from = at(48.8, 2.3);
        let to =
            [(49.0, 2.3), (48.9, 2.45), (48.8, 2.5), (48.7, 2.45), (48.6, 2.3), (48.7, 2.15), (48.8, 2.1)];
        for (direction, (lat, lon)) in Direction::ALL.into_iter().zip(to) {
            assert_eq!(Direction::between(from, at(lat, lon)), direction);
        }
        // Across the line where a day ends.
        assert_eq!(Direction::between(at(-17.0, 179.9), at(-17.0, -179.9)), Direction::East);
    }

    proptest! {
        #[test]
        fn any_two_points_have_a_direction(a in -90.0..=90.0f64, b in -180.0..=180.0f64, c in -90.0..=90.0f64, d in -180.0..=180.0f64) {
            let _ = Direction::between(at(a, b), at(c, d));
        }
    }
}
