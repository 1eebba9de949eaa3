//! From places on the globe to places on a picture: a day's drives fit a few dozen kilometres, on which the globe is flat.

use jitney_domain::{Coordinate, Metres};

/// Size of the picture, in its own units.
pub(super) const WIDTH: i64 = 1000;
pub(super) const HEIGHT: i64 = 700;
/// Room around the places.
const MARGIN: f64 = 40.0;
/// Metres of a degree of latitude.
const DEGREE: f64 = 111_195.0;
/// Fewest metres that the picture shows: one door is not the whole world.
const METRES_MIN: f64 = 500.0;

/// A piece of the globe, laid flat.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plane {
    lat: f64,
    lon: f64,
    /// Metres of a degree of longitude here.
    degree: f64,
    /// Metres of one unit of the picture.
    metres: f64,
}

impl Plane {
    /// Returns the piece that shows all of these.
    pub(super) fn of(places: impl Iterator<Item = Coordinate>) -> Self {
        let (mut south, mut north, mut west, mut east) =
            (f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::NEG_INFINITY);
        for place in places {
            (south, north) = (south.min(place.lat()), north.max(place.lat()));
            (west, east) = (west.min(place.lon()), east.max(place.lon()));
        }
        if !south.is_finite() {
            (south, north, west, east) = (0.0, 0.0, 0.0, 0.0);
        }
        let (lat, lon) = ((south + north) / 2.0, (west + east) / 2.0);
        let degree = (DEGREE * lat.to_radians().cos()).max(1.0);
        let across = ((east - west) * degree).max(METRES_MIN) / (WIDTH as f64 - 2.0 * MARGIN);
        let along = ((north - south) * DEGREE).max(METRES_MIN) / (HEIGHT as f64 - 2.0 * MARGIN);
        Plane { lat, lon, degree, metres: across.max(along) }
    }

    /// Returns where a place is on the picture.
    pub(super) fn point(&self, at: Coordinate) -> (i64, i64) {
        let x = (at.lon() - self.lon) * self.degree / self.metres;
        let y = (at.lat() - self.lat) * DEGREE / self.metres;
        (WIDTH / 2 + x.round() as i64, HEIGHT / 2 - y.round() as i64)
    }

    /// Returns the south-western and the north-eastern corner of the picture; none at the edges of the globe.
    pub(super) fn corners(&self) -> Option<(Coordinate, Coordinate)> {
        let high = self.metres * HEIGHT as f64 / 2.0 / DEGREE;
        let wide = self.metres * WIDTH as f64 / 2.0 / self.degree;
        let low = Coordinate::new(self.lat - high, self.lon - wide).ok()?;
        Some((low, Coordinate::new(self.lat + high, self.lon + wide).ok()?))
    }

    /// Returns how many metres one unit of the picture is, at least one.
    pub(super) fn grain(&self) -> Metres {
        Metres(self.metres.ceil().clamp(1.0, f64::from(u32::MAX)) as u32)
    }

    /// Returns a round distance in metres that is at most a fifth of the picture.
    fn round(&self) -> u32 {
        let most = self.metres * WIDTH as f64 / 5.0;
        let steps = (0..8).rev().flat_map(|power| [5, 2, 1].map(|step| step * 10u32.pow(power)));
        steps.into_iter().find(|metres| f64::from(*metres) <= most).unwrap_or(1)
    }

    /// Returns how long the bar of the scale is, and what that is in words.
    pub(super) fn bar(&self) -> (i64, String) {
        let metres = self.round();
        let words = if metres >= 1000 { format!("{} km", metres / 1000) } else { format!("{metres} m") };
        ((f64::from(metres) / self.metres).round() as i64, words)
    }

    /// Returns where the lines of the grid are, so far apart as the bar is long.
    pub(super) fn grid(&self) -> (Vec<i64>, Vec<i64>) {
        let step = usize::try_from(self.bar().0.max(1)).unwrap_or(1);
        let lines = |to: i64| (0..=to).step_by(step).skip(1).collect();
        (lines(WIDTH), lines(HEIGHT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat: f64, lon: f64) -> Coordinate {
        Coordinate::new(lat, lon).unwrap()
    }

    #[test]
    fn everything_is_on_the_picture_north_above_and_east_to_the_right() {
        let places = [at(48.10, 2.20), at(48.95, 2.60), at(48.50, 2.40)];
        let plane = Plane::of(places.into_iter());
        for place in places {
            let (x, y) = plane.point(place);
            assert!((0..=WIDTH).contains(&x) && (0..=HEIGHT).contains(&y), "{x} {y}");
        }
        let (low, high) = plane.corners().unwrap();
        assert_eq!((plane.point(low), plane.point(high)), ((0, HEIGHT), (WIDTH, 0)));
        assert!(plane.point(places[0]).0 < plane.point(places[1]).0);
        assert!(plane.point(places[0]).1 > plane.point(places[1]).1);
    }

    #[test]
    fn the_bar_is_as_long_as_it_says() {
        // Ten kilometres from west to east at sixty degrees north, where a degree of longitude is half as long.
        let plane = Plane::of([at(60.0, 10.0), at(60.0, 10.0 + 10_000.0 / (DEGREE / 2.0))].into_iter());
        let (length, words) = plane.bar();
        assert_eq!(words, "2 km");
        assert!((183..=185).contains(&length), "a fifth of 920 units: {length}");
    }

    #[test]
    fn one_place_and_no_place_can_be_drawn() {
        assert_eq!(Plane::of([at(48.0, 2.0)].into_iter()).point(at(48.0, 2.0)), (WIDTH / 2, HEIGHT / 2));
        assert!(Plane::of(std::iter::empty()).bar().0 > 0);
    }
}
