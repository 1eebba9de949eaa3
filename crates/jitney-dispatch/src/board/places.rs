//! The places at which the runs of a board stop, numbered, and what a drive between two of them takes at least.
//!
//! After Goldberg and Harrelson (*Computing the shortest path: A\* search meets graph theory*, 2005): of each place it is
//! known how far it is to a few landmarks and from them. No way round is quicker than the direct one, so a drive takes
//! no less than what one end is farther from a landmark than the other.

use std::collections::BTreeMap;

use jitney_domain::Coordinate;
use jitney_geo::{TravelTimes, distance};

/// So many places may be forgotten before the rest are numbered anew, and landmarks chosen among them.
const SPARE: usize = 4;
/// How many landmarks there are.
const LANDMARKS: usize = 16;
/// What rounding may make of the difference of two drives, in milliseconds: here to whole seconds, and a little where
/// the roads come from.
const ROUNDING: i64 = 1_004;
/// No road leads there, the drive is longer than nine hours, or nobody has asked.
const NONE: i16 = i16::MIN;

/// How far a place is from the landmarks, in whole seconds: in so few bytes the processor compares all at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Away {
    to: [i16; LANDMARKS],
    from: [i16; LANDMARKS],
}

impl Away {
    const UNKNOWN: Away = Away { to: [NONE; LANDMARKS], from: [NONE; LANDMARKS] };

    /// Returns what the drive from here to another place takes at least, in milliseconds.
    pub fn least_to(&self, other: &Away) -> i64 {
        let farther = |far: &[i16; LANDMARKS], near: &[i16; LANDMARKS]| {
            let pairs = far.iter().zip(near);
            let seconds = pairs.map(|(far, near)| match *far == NONE || *near == NONE {
                true => 0,
                false => far.saturating_sub(*near),
            });
            seconds.fold(0, i16::max)
        };
        let least = farther(&self.to, &other.to).max(farther(&other.from, &self.from));
        (i64::from(least) * 1_000 - ROUNDING).max(0)
    }
}

/// The numbers of places, and how far each is from the landmarks.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    numbers: BTreeMap<(u64, u64), u32>,
    /// How many there were when they were numbered last.
    lately: usize,
    /// By number; nothing where a way round may be quicker.
    away: Option<Vec<Away>>,
    landmarks: Vec<Coordinate>,
}

impl Places {
    /// Returns no places, on roads on which no way round is quicker than the direct one.
    pub fn metric() -> Self {
        Places { away: Some(Vec::new()), ..Places::default() }
    }

    /// Tells whether no way round is quicker than the direct one.
    pub fn are_metric(&self) -> bool {
        self.away.is_some()
    }

    /// Returns the number of a place.
    pub fn number(&mut self, at: Coordinate, travel: &impl TravelTimes) -> u32 {
        let key = (at.lat().to_bits(), at.lon().to_bits());
        if let Some(known) = self.numbers.get(&key) {
            return *known;
        }
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        self.numbers.insert(key, next);
        let away = self.away(at, travel);
        self.away.iter_mut().for_each(|all| all.push(away));
        next
    }

    /// Returns how many places have a number.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Returns how far a place is from the landmarks.
    pub fn away(&self, at: Coordinate, travel: &impl TravelTimes) -> Away {
        let seconds =
            |from, to| travel.travel(from, to).and_then(|leg| i16::try_from(leg.millis / 1_000).ok());
        let mut away = Away::UNKNOWN;
        for (k, landmark) in self.landmarks.iter().enumerate() {
            away.to[k] = seconds(at, *landmark).unwrap_or(NONE);
            away.from[k] = seconds(*landmark, at).unwrap_or(NONE);
        }
        away
    }

    /// Returns how far a numbered place is from the landmarks, if there are any.
    pub fn away_of(&self, number: u32) -> Option<&Away> {
        if self.landmarks.is_empty() { None } else { self.away.as_ref()?.get(number as usize) }
    }

    /// Tells whether most of the numbers may be of places at which nobody stops any more.
    pub fn are_too_many(&self) -> bool {
        self.numbers.len() > 2 * self.lately + SPARE
    }

    /// Forgets every number, gives new ones to the places that there still are, and chooses landmarks among them.
    pub fn renew<'a>(
        &mut self,
        still: impl Iterator<Item = &'a mut (u32, Coordinate)>,
        travel: &impl TravelTimes,
    ) {
        *self = if self.are_metric() { Places::metric() } else { Places::default() };
        let mut all = Vec::new();
        for (number, at) in still {
            *number = self.number(*at, travel);
            if *number as usize == all.len() {
                all.push(*at);
            }
        }
        self.lately = all.len();
        if self.are_metric() {
            self.landmarks = far_apart(&all);
            self.away = Some(all.iter().map(|at| self.away(*at, travel)).collect());
        }
    }
}

/// Returns some of the places that are far from one another: each the farthest from those before.
fn far_apart(places: &[Coordinate]) -> Vec<Coordinate> {
    let mut chosen: Vec<Coordinate> = Vec::new();
    let Some(first) = places.first() else { return chosen };
    let mut nearest: Vec<_> = places.iter().map(|at| distance(*first, *at)).collect();
    while chosen.len() < LANDMARKS {
        let farthest = (0..places.len()).max_by_key(|k| nearest[*k]).filter(|k| nearest[*k].0 > 0);
        let Some(farthest) = farthest.map(|k| places[k]) else { break };
        chosen.push(farthest);
        for (near, at) in nearest.iter_mut().zip(places) {
            *near = distance(farthest, *at).min(*near);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::world::{Street, house};

    #[test]
    fn places_that_nobody_stops_at_any_more_are_forgotten_in_time() {
        let mut places = Places::metric();
        for k in 0..1000 {
            if places.are_too_many() {
                let mut still: Vec<_> = (k - 5..k).map(|k| (u32::MAX, house(k))).collect();
                places.renew(still.iter_mut(), &Street);
                assert_eq!(still.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
            }
            places.number(house(k), &Street);
            assert_eq!(places.number(house(k), &Street) as usize, places.len() - 1);
        }
        assert!(places.len() <= 2 * 5 + SPARE + 1);
    }

    #[test]
    fn a_drive_takes_no_less_than_its_bound_and_along_a_street_just_that() {
        let mut places = Places::metric();
        let mut all: Vec<_> = [3, 9, 4, 20, 11].map(|k| (0, house(k))).into();
        places.renew(all.iter_mut(), &Street);
        for (a, from) in &all {
            for (b, to) in &all {
                let least = places.away_of(*a).unwrap().least_to(places.away_of(*b).unwrap());
                let drive = Street.travel(*from, *to).unwrap().millis;
                assert!(least <= drive && least >= drive - 2 * ROUNDING, "{least} of {drive}");
            }
        }
    }
}
