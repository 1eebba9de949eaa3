//! Great-circle distances.

use std::f64::consts::PI;

use h3o::{EARTH_RADIUS_KM, LatLng};
use jitney_domain::{Coordinate, Metres};

/// Returns the great-circle (haversine) distance between two points, to the nearest metre, on a sphere of
/// the authalic radius of WGS 84. Good to half a percent, far better than any guess of a road's bends.
pub fn distance(a: Coordinate, b: Coordinate) -> Metres {
    whole_metres(metres_between(a, b))
}

/// Returns the distance in metres, never negative, never not-a-number.
pub(crate) fn metres_between(a: impl Into<Coordinate>, b: impl Into<Coordinate>) -> f64 {
    let (a, b) = (a.into(), b.into());
    let metres = lat_lng(a).distance_m(lat_lng(b));
    // Rounding can push the haversine of antipodes past 1, whose arc is not a number.
    if metres.is_nan() { EARTH_RADIUS_KM * 1000.0 * PI } else { metres }
}

pub(crate) fn whole_metres(metres: f64) -> Metres {
    // A float cast saturates, and half the globe's girth fits a u32 two hundred times over.
    Metres(metres.round() as u32)
}

pub(crate) fn lat_lng(point: Coordinate) -> LatLng {
    LatLng::new(point.lat(), point.lon()).expect("a coordinate is finite by construction")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point() -> impl Strategy<Value = Coordinate> {
        (-90.0f64..=90.0, -180.0f64..=180.0).prop_map(|(lat, lon)| Coordinate::new(lat, lon).unwrap())
    }

    #[test]
    fn paris_to_lyon_is_391_and_a_half_kilometres() {
        let paris = Coordinate::new(48.8566, 2.3522).unwrap();
        let lyon = Coordinate::new(45.7640, 4.8357).unwrap();
        assert_eq!((distance(paris, lyon).km() * 10.0).round(), 3915.0);
    }

    #[test]
    fn antipodes_are_half_a_turn_apart() {
        let a = Coordinate::new(12.345678, 45.0).unwrap();
        let b = Coordinate::new(-12.345678, -135.0).unwrap();
        assert_eq!(distance(a, b).km().round(), 20015.0);
    }

    proptest! {
        #[test]
        fn distance_is_zero_to_itself_symmetric_and_bounded(a in point(), b in point()) {
            prop_assert_eq!(distance(a, a), Metres(0));
            prop_assert_eq!(distance(a, b), distance(b, a));
            prop_assert!(distance(a, b).km() <= 20_016.0);
        }

        #[test]
        fn a_way_round_is_never_shorter(a in point(), b in point(), c in point()) {
            prop_assert!(metres_between(a, c) <= metres_between(a, b) + metres_between(b, c) + 0.01);
        }
    }
}
