//! Points as maps store them.

use jitney_domain::Coordinate;

/// A point in ten-millionths of a degree, about a centimetre, as OpenStreetMap stores it: eight bytes, and
/// equal if and only if it is the same point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Spot {
    lat: i32,
    lon: i32,
}

/// Parts of a degree.
const PARTS: f64 = 1e7;
const LAT_MAX: i32 = 900_000_000;
const LON_MAX: i32 = 1_800_000_000;

impl Spot {
    /// Builds a point from ten-millionths of a degree. None if it is off the globe.
    pub fn new(lat: i32, lon: i32) -> Option<Self> {
        let on_the_globe = (-LAT_MAX..=LAT_MAX).contains(&lat) && (-LON_MAX..=LON_MAX).contains(&lon);
        on_the_globe.then_some(Spot { lat, lon })
    }

    /// Returns the latitude in ten-millionths of a degree.
    pub const fn lat(self) -> i32 {
        self.lat
    }

    /// Returns the longitude in ten-millionths of a degree.
    pub const fn lon(self) -> i32 {
        self.lon
    }
}

impl From<Coordinate> for Spot {
    fn from(point: Coordinate) -> Self {
        // A coordinate is on the globe, so that its parts fit.
        Spot { lat: (point.lat() * PARTS).round() as i32, lon: (point.lon() * PARTS).round() as i32 }
    }
}

impl From<Spot> for Coordinate {
    fn from(spot: Spot) -> Self {
        Coordinate::new(f64::from(spot.lat) / PARTS, f64::from(spot.lon) / PARTS)
            .expect("a spot is on the globe by construction")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_off_the_globe_is_no_spot() {
        assert!(Spot::new(LAT_MAX, -LON_MAX).is_some());
        assert!(Spot::new(LAT_MAX + 1, 0).is_none());
        assert!(Spot::new(0, i32::MIN).is_none());
    }

    proptest! {
        #[test]
        fn a_spot_is_the_same_after_a_turn_as_coordinate(lat in -LAT_MAX..=LAT_MAX, lon in -LON_MAX..=LON_MAX) {
            let spot = Spot::new(lat, lon).unwrap();
            prop_assert_eq!(Spot::from(Coordinate::from(spot)), spot);
        }
    }
}
