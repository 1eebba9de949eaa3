//! Drives between a board's places and the two of a call, each asked at most once: many runs stop at the
//! same clinic.

use std::collections::BTreeMap;

use jitney_domain::Coordinate;
use jitney_geo::TravelTimes;

/// So many places may be forgotten before the rest are numbered anew.
const SPARE: usize = 1024;

/// Numbers for the places at which the runs of a board stop.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers {
    known: BTreeMap<(u64, u64), u32>,
    /// Of those, how many there were when they were numbered last.
    lately: usize,
}

impl Numbers {
    pub fn number(&mut self, at: Coordinate) -> u32 {
        let next = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        *self.known.entry((at.lat().to_bits(), at.lon().to_bits())).or_insert(next)
    }

    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Tells whether most of the numbers may be of places at which nobody stops any more.
    pub fn are_too_many(&self) -> bool {
        self.known.len() > 2 * self.lately + SPARE
    }

    /// Forgets every number; `again` numbers what is still there.
    pub fn renew(&mut self, again: impl FnOnce(&mut Self)) {
        self.known.clear();
        again(self);
        self.lately = self.known.len();
    }
}

/// Not asked yet.
const UNKNOWN: i64 = i64::MIN;
/// No road leads there.
const NO_WAY: i64 = i64::MAX;

/// What one call has asked so far, in milliseconds, by the numbers of the places.
pub(super) struct Drives<'a, T> {
    travel: &'a T,
    pick_up: Coordinate,
    drop_off: Coordinate,
    to_pick_up: Vec<i64>,
    from_pick_up: Vec<i64>,
    to_drop_off: Vec<i64>,
    from_drop_off: Vec<i64>,
}

impl<'a, T: TravelTimes> Drives<'a, T> {
    pub fn new(travel: &'a T, pick_up: Coordinate, drop_off: Coordinate, places: usize) -> Self {
        let none = vec![UNKNOWN; places];
        Drives {
            travel,
            pick_up,
            drop_off,
            to_pick_up: none.clone(),
            from_pick_up: none.clone(),
            to_drop_off: none.clone(),
            from_drop_off: none,
        }
    }

    pub fn way_to_pick_up(&mut self, (k, at): (u32, Coordinate)) -> Option<i64> {
        known(&mut self.to_pick_up, k, self.travel, at, self.pick_up)
    }

    pub fn way_from_pick_up(&mut self, (k, at): (u32, Coordinate)) -> Option<i64> {
        known(&mut self.from_pick_up, k, self.travel, self.pick_up, at)
    }

    pub fn way_to_drop_off(&mut self, (k, at): (u32, Coordinate)) -> Option<i64> {
        known(&mut self.to_drop_off, k, self.travel, at, self.drop_off)
    }

    pub fn way_from_drop_off(&mut self, (k, at): (u32, Coordinate)) -> Option<i64> {
        known(&mut self.from_drop_off, k, self.travel, self.drop_off, at)
    }
}

fn known(
    drives: &mut [i64],
    k: u32,
    travel: &impl TravelTimes,
    from: Coordinate,
    to: Coordinate,
) -> Option<i64> {
    let drive = &mut drives[k as usize];
    if *drive == UNKNOWN {
        *drive = travel.travel(from, to).map_or(NO_WAY, |leg| leg.millis);
    }
    (*drive != NO_WAY).then_some(*drive)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_that_nobody_stops_at_any_more_are_forgotten_in_time() {
        let mut numbers = Numbers::default();
        let place = |k: usize| Coordinate::new(0.0, k as f64 / 100.0).unwrap();
        for k in 0..10 * SPARE {
            if numbers.are_too_many() {
                let still = (k - 5..k).map(place);
                numbers.renew(|numbers| {
                    still.for_each(|place| {
                        numbers.number(place);
                    });
                });
            }
            numbers.number(place(k));
            assert_eq!(numbers.number(place(k)), u32::try_from(numbers.len()).unwrap() - 1);
        }
        assert!(numbers.len() <= SPARE + 12);
    }
}
