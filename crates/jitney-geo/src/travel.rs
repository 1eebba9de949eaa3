//! How long a drive takes.

use jitney_domain::{Coordinate, Metres, Minutes, Window};
use thiserror::Error;

use crate::distance::{metres_between, whole_metres};

/// One drive from a point to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Travel {
    /// Driving time in milliseconds.
    pub millis: i64,
    /// Length of the way.
    pub metres: Metres,
}

impl Travel {
    /// Returns the driving time in whole minutes, rounded up.
    pub fn minutes(&self) -> Minutes {
        jitney_domain::Timestamp(self.millis).minutes_since(jitney_domain::Timestamp(0))
    }
}

/// Answers how long drives take.
///
/// Answers must not change while a plan is made, and a drive from a point to itself takes no time. They
/// need not be symmetric (one-way streets).
pub trait TravelTimes {
    /// Returns the drive, or `None` if no road leads there.
    fn travel(&self, from: Coordinate, to: Coordinate) -> Option<Travel>;

    /// Returns the drives from each of the places to each, row by row: what a whole day's plan begins with. The
    /// same answers as [`TravelTimes::travel`] gives, for some sources much faster.
    fn table(&self, places: &[Coordinate]) -> Vec<Option<Travel>> {
        let row = |from: &Coordinate| places.iter().map(|to| self.travel(*from, *to)).collect::<Vec<_>>();
        places.iter().flat_map(row).collect()
    }

    /// Tells whether how long a drive takes depends on when it is left.
    fn depends_on_time(&self) -> bool {
        false
    }

    /// Returns the drive as it is to be reckoned with if it is left within `leave` and goes on without a stop, or is left
    /// as late as being there within `over` allows: it takes no longer whenever that is. Never less than on empty roads,
    /// which is what [`TravelTimes::travel`] tells.
    fn at_that_time(&self, drive: Travel, leave: Window, over: Window) -> Travel {
        let _ = (leave, over);
        drive
    }
}

impl<T: TravelTimes + ?Sized> TravelTimes for &T {
    fn travel(&self, from: Coordinate, to: Coordinate) -> Option<Travel> {
        (**self).travel(from, to)
    }

    fn table(&self, places: &[Coordinate]) -> Vec<Option<Travel>> {
        (**self).table(places)
    }

    fn depends_on_time(&self) -> bool {
        (**self).depends_on_time()
    }

    fn at_that_time(&self, drive: Travel, leave: Window, over: Window) -> Travel {
        (**self).at_that_time(drive, leave, over)
    }
}

/// Travel times from the straight line: it needs no map and no network, and it always arrives.
///
/// Roads bend, so the way is longer than the line by a factor. The first kilometres are driven slowly
/// (streets, junctions, parking), the rest faster. Because no later metre is slower than an earlier one, a
/// way round over a third point never comes out quicker than the direct drive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StraightLine {
    detour_factor: f64,
    near: Metres,
    near_kmh: f64,
    far_kmh: f64,
}

/// Says which figure of a speed profile makes no sense.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ProfileError {
    /// No road is shorter than the straight line.
    #[error("a detour factor of {given} is not a number from 1 to 10; 1.35 suits most places")]
    DetourFactor {
        /// What was given.
        given: f64,
    },
    /// A car stands still or flies.
    #[error("{given} km/h is not a speed from 1 to 200 km/h")]
    Speed {
        /// What was given, in km/h.
        given: f64,
    },
    /// The far stretch would be slower than the near one, and ways round would look quick.
    #[error("{far} km/h farther out is slower than {near} km/h near by; give the larger one for farther out")]
    SlowerFartherOut {
        /// Near speed in km/h.
        near: f64,
        /// Far speed in km/h.
        far: f64,
    },
}

impl StraightLine {
    /// Metres of road to a metre of straight line. Road networks of towns and countryside alike measure 1.2
    /// to 1.4 (circuity, Ballou et al. 2002); the upper part of that, because an arrival promised too early
    /// strands somebody.
    pub const DETOUR_FACTOR: f64 = 1.35;
    /// Length of straight line that is driven at the near speed: out of the side streets, into the next.
    pub const NEAR: Metres = Metres(3_000);
    /// Speed on the near stretch in km/h: what town traffic with junctions and crossings really makes.
    pub const NEAR_KMH: f64 = 30.0;
    /// Speed beyond it in km/h: country roads with villages on the way; motorways make more.
    pub const FAR_KMH: f64 = 55.0;

    /// Builds a profile of a coop's own.
    ///
    /// # Errors
    /// [`ProfileError`] names the first figure that makes no sense.
    pub fn new(detour_factor: f64, near: Metres, near_kmh: f64, far_kmh: f64) -> Result<Self, ProfileError> {
        if !(1.0..=10.0).contains(&detour_factor) {
            return Err(ProfileError::DetourFactor { given: detour_factor });
        }
        for given in [near_kmh, far_kmh] {
            if !(1.0..=200.0).contains(&given) {
                return Err(ProfileError::Speed { given });
            }
        }
        if far_kmh < near_kmh {
            return Err(ProfileError::SlowerFartherOut { near: near_kmh, far: far_kmh });
        }
        Ok(StraightLine { detour_factor, near, near_kmh, far_kmh })
    }
}

impl Default for StraightLine {
    fn default() -> Self {
        StraightLine {
            detour_factor: Self::DETOUR_FACTOR,
            near: Self::NEAR,
            near_kmh: Self::NEAR_KMH,
            far_kmh: Self::FAR_KMH,
        }
    }
}

impl TravelTimes for StraightLine {
    fn travel(&self, from: Coordinate, to: Coordinate) -> Option<Travel> {
        /// Milliseconds a metre takes at 1 km/h.
        const MILLIS_PER_METRE_AT_1_KMH: f64 = 3_600.0;
        let line = metres_between(from, to);
        let near = line.min(f64::from(self.near.0));
        let far = line - near;
        let hours_like = near / self.near_kmh + far / self.far_kmh;
        let millis = hours_like * self.detour_factor * MILLIS_PER_METRE_AT_1_KMH;
        Some(Travel { millis: millis.ceil() as i64, metres: whole_metres(line * self.detour_factor) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point() -> impl Strategy<Value = Coordinate> {
        (47.0f64..49.0, 8.0f64..10.0).prop_map(|(lat, lon)| Coordinate::new(lat, lon).unwrap())
    }

    fn drive(a: Coordinate, b: Coordinate) -> Travel {
        StraightLine::default().travel(a, b).unwrap()
    }

    #[test]
    fn two_kilometres_in_town_take_five_and_a_half_minutes() {
        let line = StraightLine::default();
        let a = Coordinate::new(48.0, 9.0).unwrap();
        let b = Coordinate::new(48.0 + 2_000.0 / 111_195.0, 9.0).unwrap();
        let seconds = line.travel(a, b).unwrap().millis / 1000;
        assert_eq!(seconds, 324); // 2.7 km of road at 30 km/h
        assert_eq!(drive(a, b).minutes(), Minutes(6));
    }

    #[test]
    fn a_profile_that_makes_no_sense_is_refused() {
        let build = StraightLine::new;
        assert!(matches!(build(0.9, Metres(0), 30.0, 50.0), Err(ProfileError::DetourFactor { .. })));
        assert!(matches!(build(f64::NAN, Metres(0), 30.0, 50.0), Err(ProfileError::DetourFactor { .. })));
        assert!(matches!(build(1.3, Metres(0), 0.0, 50.0), Err(ProfileError::Speed { .. })));
        assert!(matches!(build(1.3, Metres(0), 50.0, 30.0), Err(ProfileError::SlowerFartherOut { .. })));
        assert_eq!(build(1.35, Metres(3_000), 30.0, 55.0), Ok(StraightLine::default()));
    }

    proptest! {
        #[test]
        fn a_drive_to_where_one_is_takes_no_time(a in point()) {
            prop_assert_eq!(drive(a, a), Travel::default());
        }

        #[test]
        fn there_takes_as_long_as_back(a in point(), b in point()) {
            prop_assert_eq!(drive(a, b), drive(b, a));
        }

        #[test]
        fn farther_takes_longer(lat in 47.0f64..48.0, step in 0.0f64..0.5, more in 0.001f64..0.5) {
            let at = |lat| Coordinate::new(lat, 9.0).unwrap();
            let (near, far) = (drive(at(lat), at(lat + step)), drive(at(lat), at(lat + step + more)));
            prop_assert!(near.millis < far.millis && near.metres < far.metres);
        }

        #[test]
        fn a_way_round_is_never_quicker(a in point(), b in point(), c in point()) {
            // Two milliseconds for rounding.
            prop_assert!(drive(a, c).millis <= drive(a, b).millis + drive(b, c).millis + 2);
        }
    }
}
