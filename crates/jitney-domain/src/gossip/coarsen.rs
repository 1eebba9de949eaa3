//! Spans rounded until many riders have the same ones: exact minutes are a fingerprint.

use crate::policy::Policy;
use crate::time::Minutes;
use crate::trip::Way;

/// What the longest time on board is a multiple of where the cells do not tell it: the exact figure follows from the
/// two doors.
pub const RIDE_STEP: Minutes = Minutes(10);
/// What times to board and to alight are rounded up to; above the last one, to whole hours.
const DWELL_STEPS: [u32; 4] = [5, 15, 30, 60];

/// Returns the longest time on board that partners are told: what would be agreed for a drive that is shorter by half
/// the least detour than the one between the middles of the two cells, and so the same for everybody who goes
/// from the one cell to the other.
///
/// A rider is never on board for longer than agreed, and the direct way must fit. Both hold for all doors whose
/// drive differs by up to half the least detour; for others the agreed time is told, rounded down if the
/// direct way fits then.
pub fn ride_limit(agreed: Minutes, way: &Way, policy: &Policy) -> Minutes {
    let shorter = way.by_cells.0.saturating_sub(policy.detour_least.0 / 2);
    let by_cells = policy.max_ride(Minutes(shorter));
    let down = Minutes(agreed.0 - agreed.0 % RIDE_STEP.0);
    let fits = |told: &Minutes| (way.direct..=agreed).contains(told);
    [by_cells, down].into_iter().find(fits).unwrap_or(agreed)
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
    use crate::{Cell, Metres};
    use proptest::prelude::*;

    fn way(direct: u32, by_cells: u32) -> Way {
        let cell: Cell = "871f1d488ffffff".parse().unwrap();
        Way { from: cell, to: cell, direct: Minutes(direct), by_cells: Minutes(by_cells), metres: Metres(0) }
    }

    #[test]
    fn an_unusual_boarding_time_becomes_one_of_few() {
        let told: Vec<u32> = [0, 4, 5, 6, 12, 16, 45, 61, 120].map(|m| dwell_step(Minutes(m)).0).into();
        assert_eq!(told, [5, 5, 5, 15, 15, 30, 60, 120, 120]);
        assert_eq!(dwell_step(Minutes(u32::MAX)), Minutes(u32::MAX));
    }

    proptest! {
        #[test]
        fn nobody_rides_longer_than_agreed_and_the_direct_way_still_fits(
            direct in 0u32..600, by_cells in 0u32..600, percent in 0u32..300, detour_least in 0u32..40,
        ) {
            let policy =
                Policy { detour_percent: percent, detour_least: Minutes(detour_least), ..Policy::default() };
            let agreed = policy.max_ride(Minutes(direct));
            let told = ride_limit(agreed, &way(direct, by_cells), &policy);
            prop_assert!(told <= agreed && told >= Minutes(direct));
        }

        #[test]
        fn doors_of_the_same_cells_are_told_alike(by_cells in 0u32..300, a in 0u32..=20, b in 0u32..=20) {
            let policy = Policy::default();
            let told = |door: u32| {
                let way = way((by_cells + door).saturating_sub(10), by_cells);
                ride_limit(policy.max_ride(way.direct), &way, &policy)
            };
            prop_assert_eq!(told(a), told(b), "drives may differ by ten minutes either way");
        }

        #[test]
        fn a_way_round_is_told_in_steps(direct in 0u32..600) {
            // The cells tell nothing.
            let (way, policy) = (way(direct, 0), Policy::default());
            let told = ride_limit(policy.max_ride(way.direct), &way, &policy);
            prop_assert_eq!(told.0 % RIDE_STEP.0, 0, "under the usual policy no exact figure is told");
        }

        #[test]
        fn time_to_board_is_never_cut(dwell in any::<u32>()) {
            prop_assert!(dwell_step(Minutes(dwell)).0 >= dwell);
        }
    }
}
