//! Spans rounded until many riders have the same ones: exact minutes are a fingerprint.

use crate::time::Minutes;

/// What the longest time on board is a multiple of. The exact figure follows from the two doors.
pub const RIDE_STEP: Minutes = Minutes(10);
/// What times to board and to alight are rounded up to; above the last one, to whole hours.
const DWELL_STEPS: [u32; 4] = [5, 15, 30, 60];

/// Returns the longest time on board that partners are told: rounded down, for a rider is never on board
/// for longer than agreed, unless the direct way would not fit any more.
///
/// With the usual policy, at least twenty minutes above the direct way, it always fits.
pub fn ride_limit(max_ride: Minutes, direct: Minutes) -> Minutes {
    let down = Minutes(max_ride.0 - max_ride.0 % RIDE_STEP.0);
    if down < direct { max_ride } else { down }
}

/// Returns the time to board or to alight that partners are told: the usual five minutes, or rounded up
/// to one of few longer times.
pub fn dwell_step(dwell: Minutes) -> Minutes {
    let step = DWELL_STEPS.into_iter().find(|step| dwell.0 <= *step);
    Minutes(step.unwrap_or_else(|| dwell.0.checked_next_multiple_of(60).unwrap_or(dwell.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Policy;
    use proptest::prelude::*;

    #[test]
    fn an_unusual_boarding_time_becomes_one_of_few() {
        let told: Vec<u32> = [0, 4, 5, 6, 12, 16, 45, 61, 120].map(|m| dwell_step(Minutes(m)).0).into();
        assert_eq!(told, [5, 5, 5, 15, 15, 30, 60, 120, 120]);
        assert_eq!(dwell_step(Minutes(u32::MAX)), Minutes(u32::MAX));
    }

    proptest! {
        #[test]
        fn nobody_rides_longer_than_agreed_and_the_direct_way_still_fits(direct in 0u32..600, percent in 0u32..300) {
            let policy = Policy { detour_percent: percent, ..Policy::default() };
            let max_ride = policy.max_ride(Minutes(direct));
            let told = ride_limit(max_ride, Minutes(direct));
            prop_assert!(told <= max_ride && told >= Minutes(direct));
            prop_assert_eq!(told.0 % RIDE_STEP.0, 0, "under the usual policy no exact figure is told");
        }

        #[test]
        fn time_to_board_is_never_cut(dwell in any::<u32>()) {
            prop_assert!(dwell_step(Minutes(dwell)).0 >= dwell);
        }
    }
}
