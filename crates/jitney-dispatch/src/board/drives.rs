//! Drives between a board's places and the two of a call, each asked at most once: many runs stop at the
//! same clinic.

use jitney_domain::Coordinate;
use jitney_geo::{Travel, TravelTimes};

use super::places::{Away, Places};

/// Not asked yet.
const UNKNOWN: i64 = i64::MIN;
/// No road leads there.
const NO_WAY: i64 = i64::MAX;

/// How well a drive is to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Known {
    /// It takes no less than that.
    AtLeast,
    /// It takes just that.
    Exactly,
}

/// One of the two places of a call, and the drives to it and from it, in milliseconds, by the numbers of the others.
pub(super) struct Door {
    at: Coordinate,
    away: Away,
    to: Vec<i64>,
    from: Vec<i64>,
}

/// What one call has asked so far.
pub(super) struct Drives<'a, T> {
    travel: &'a T,
    places: &'a Places,
    pick_up: Door,
    drop_off: Door,
}

impl<'a, T: TravelTimes> Drives<'a, T> {
    pub fn new(travel: &'a T, pick_up: Coordinate, drop_off: Coordinate, places: &'a Places) -> Self {
        let door = |at| {
            let none = vec![UNKNOWN; places.len()];
            Door { at, away: places.away(at, travel), to: none.clone(), from: none }
        };
        Drives { travel, places, pick_up: door(pick_up), drop_off: door(drop_off) }
    }

    pub fn way_to_pick_up(&mut self, place: (u32, Coordinate), known: Known) -> Option<i64> {
        self.pick_up.way_to(place, known, self.places, self.travel)
    }

    pub fn way_from_pick_up(&mut self, place: (u32, Coordinate), known: Known) -> Option<i64> {
        self.pick_up.way_from(place, known, self.places, self.travel)
    }

    pub fn way_to_drop_off(&mut self, place: (u32, Coordinate), known: Known) -> Option<i64> {
        self.drop_off.way_to(place, known, self.places, self.travel)
    }

    pub fn way_from_drop_off(&mut self, place: (u32, Coordinate), known: Known) -> Option<i64> {
        self.drop_off.way_from(place, known, self.places, self.travel)
    }
}

impl Door {
    fn way_to(
        &mut self,
        (k, at): (u32, Coordinate),
        known: Known,
        places: &Places,
        travel: &impl TravelTimes,
    ) -> Option<i64> {
        let least = || Some(places.away_of(k)?.least_to(&self.away));
        drive(&mut self.to[k as usize], known, least, || travel.travel(at, self.at))
    }

    fn way_from(
        &mut self,
        (k, at): (u32, Coordinate),
        known: Known,
        places: &Places,
        travel: &impl TravelTimes,
    ) -> Option<i64> {
        let least = || Some(self.away.least_to(places.away_of(k)?));
        drive(&mut self.from[k as usize], known, least, || travel.travel(self.at, at))
    }
}

/// Returns a drive as well as it is to be known; asks for it where there is no bound.
fn drive(
    drive: &mut i64,
    known: Known,
    least: impl FnOnce() -> Option<i64>,
    ask: impl FnOnce() -> Option<Travel>,
) -> Option<i64> {
    if *drive == UNKNOWN {
        if known == Known::AtLeast
            && let Some(least) = least()
        {
            return Some(least);
        }
        *drive = ask().map_or(NO_WAY, |leg| leg.millis);
    }
    (*drive != NO_WAY).then_some(*drive)
}
