//! Riders and volunteers of a region, and the coops they belong to.

use jiff::Span;
use jiff::civil::{Date, Time, Weekday, time};
use jitney_domain::availability::{Availability, Hours, Leave, WeeklyHours};
use jitney_domain::{Assistance, Capability, Coordinate, Load, Metres, Mobility, Requirement};
use jitney_geo::distance;

use super::Size;
use super::luck::{self, Of, weighted};
use super::region::Region;
use crate::rng::Chance;

/// Weekdays on which volunteers give time, Monday to Saturday, by weight.
const DAYS: [(Weekday, u32); 6] = [
    (Weekday::Monday, 19),
    (Weekday::Tuesday, 21),
    (Weekday::Wednesday, 20),
    (Weekday::Thursday, 21),
    (Weekday::Friday, 16),
    (Weekday::Saturday, 8),
];

/// Somebody who is driven.
#[derive(Debug, Clone)]
pub struct Rider {
    /// Where she lives.
    pub home: Coordinate,
    /// Her coop.
    pub coop: usize,
    /// What she requires of vehicle and driver.
    pub requirement: Requirement,
    /// How often she goes out, against others.
    pub weight: u32,
}

/// Somebody who drives.
#[derive(Debug, Clone)]
pub struct Driver {
    /// Where the run begins and ends.
    pub home: Coordinate,
    /// The coop.
    pub coop: usize,
    /// What driver and vehicle can offer.
    pub capability: Capability,
    /// How far from home.
    pub radius: Metres,
    /// Trips a day at most.
    pub max_trips: u32,
    /// When.
    pub availability: Availability,
}

/// Everybody.
#[derive(Debug, Clone)]
pub struct People {
    /// Riders.
    pub riders: Vec<Rider>,
    /// Volunteers, in the order in which a list has them.
    pub drivers: Vec<Driver>,
}

impl People {
    /// Draws people; those who live near each other share one of so many coops.
    pub fn new(region: &Region, size: Size, coops: usize, seed: u64, from: Date, to: Date) -> Self {
        let chance = &mut luck::of(seed, Of::People, 0, 0);
        let door = |chance: &mut Chance| chance.pick(&region.doors).unwrap_or(region.doors[0]);
        let mut riders: Vec<Rider> = (0..size.riders)
            .map(|_| {
                let (home, requirement) = (door(chance), requirement(chance));
                // A few go out every week, most now and then.
                let weight = [1, 2, 4, 10][weighted(chance, &[40, 30, 20, 10])];
                Rider { home, coop: 0, requirement, weight }
            })
            .collect();
        let mut drivers: Vec<Driver> = (0..size.drivers)
            .map(|_| Driver {
                home: door(chance),
                coop: 0,
                capability: capability(chance),
                radius: Metres([10_000, 15_000, 25_000, 40_000][weighted(chance, &[5, 25, 40, 30])]),
                max_trips: [2, 4, 6][weighted(chance, &[30, 50, 20])],
                availability: availability(chance, from, to),
            })
            .collect();
        let homes: Vec<Coordinate> = riders.iter().map(|rider| rider.home).collect();
        let offices = offices(&homes, coops);
        riders.iter_mut().for_each(|rider| rider.coop = nearest(&offices, rider.home));
        drivers.iter_mut().for_each(|driver| driver.coop = nearest(&offices, driver.home));
        People { riders, drivers }
    }
}

fn requirement(chance: &mut Chance) -> Requirement {
    use Assistance::{CurbToCurb, DoorThroughDoor, DoorToDoor};
    use Mobility::{Ambulatory, Scooter, Transfer, Walker, Wheelchair};
    Requirement {
        mobility: [Ambulatory, Walker, Transfer, Wheelchair, Scooter][weighted(chance, &[68, 18, 5, 8, 1])],
        assistance: [CurbToCurb, DoorToDoor, DoorThroughDoor][weighted(chance, &[35, 50, 15])],
        attendants: u8::from(chance.percent(8)),
        companions: u8::from(chance.percent(5)),
        service_animal: chance.percent(1),
        never_leave_alone: chance.percent(2),
    }
}

fn capability(chance: &mut Chance) -> Capability {
    use Assistance::{CurbToCurb, DoorThroughDoor, DoorToDoor};
    let van = chance.percent(20);
    Capability {
        places: Load { seats: if chance.percent(40) { 4 } else { 3 }, wheelchairs: u8::from(van) },
        ramp_or_lift: van,
        service_animals: chance.percent(60),
        assistance: [CurbToCurb, DoorToDoor, DoorThroughDoor][weighted(chance, &[5, 55, 40])],
    }
}

/// Two to four half days or days a week, and some weeks away. Nobody has counted this; it leaves a tenth of the calls
/// or so without a driver, as where coops keep waiting lists.
fn availability(chance: &mut Chance, from: Date, to: Date) -> Availability {
    let span = |a: (i8, i8), b: (i8, i8)| Hours { from: at(a), to: at(b) };
    let mut weekly: Vec<WeeklyHours> = Vec::new();
    let weights = DAYS.map(|(_, weight)| weight);
    for _ in 0..[2, 3, 4][weighted(chance, &[40, 40, 20])] {
        let day = DAYS[weighted(chance, &weights)].0;
        let hours =
            [span((6, 15), (12, 30)), span((8, 0), (13, 0)), span((12, 0), (18, 0)), span((8, 0), (18, 0))];
        let hours = hours[weighted(chance, &[20, 25, 25, 30])];
        if weekly.iter().all(|other| other.day != day) {
            weekly.push(WeeklyHours { day, hours });
        }
    }
    let length = from.until(to).map_or(1, |span| i64::from(span.get_days()).max(1));
    let leave = (0..chance.between(2, 4) * length / 364 + 1).map(|_| {
        let first = from.saturating_add(Span::new().days(chance.between(0, length)));
        Leave { from: first, to: first.saturating_add(Span::new().days(chance.between(4, 16))) }
    });
    Availability { leave: leave.collect(), weekly, ..Availability::default() }
}

fn at((hour, minute): (i8, i8)) -> Time {
    time(hour, minute, 0, 0)
}

/// Returns where the coops have their offices: in the middle of those who live nearest (Lloyd 1957).
fn offices(homes: &[Coordinate], coops: usize) -> Vec<Coordinate> {
    let mut offices: Vec<Coordinate> = homes.first().copied().into_iter().collect();
    while offices.len() < coops {
        // The next one is where the way to every office so far is longest.
        let away = |home: &&Coordinate| offices.iter().map(|office| distance(*office, **home)).min();
        let Some(far) = homes.iter().max_by_key(away) else { break };
        offices.push(*far);
    }
    for _ in 0..20 {
        let middle = |k: usize| {
            let own: Vec<&Coordinate> = homes.iter().filter(|home| nearest(&offices, **home) == k).collect();
            #[allow(clippy::cast_precision_loss)] // A few hundred.
            let mean = |part: fn(&Coordinate) -> f64| {
                own.iter().map(|home| part(home)).sum::<f64>() / own.len() as f64
            };
            Coordinate::new(mean(Coordinate::lat), mean(Coordinate::lon)).unwrap_or(offices[k])
        };
        offices = (0..offices.len()).map(middle).collect();
    }
    offices
}

fn nearest(offices: &[Coordinate], home: Coordinate) -> usize {
    let away = |k: &usize| distance(offices[*k], home);
    (0..offices.len()).min_by_key(away).unwrap_or(0)
}
