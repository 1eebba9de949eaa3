//! The sample: who lives where, who drives what, and what they need, drawn from the seed.
//!
//! Shape and roles are the same for every seed, so that every story has a trip that only one neighbour can
//! carry and one that nobody can; names, doors, birthdays and minutes differ.

mod cast;

use std::ops::Range;

use jiff::civil::Date;
use jitney_domain::member::Consent;
use jitney_domain::{Assistance, Capability, Coordinate, Load, Metres, Requirement};
use jitney_geo::distance;
use jitney_node::person::{Place, Profile};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::people::{Name, Names};
use crate::exit::Failure;

pub(super) use cast::{Back, Caller, DriverPlan, RiderPlan, When};

/// Keeps the people's randomness apart from that of keys.
const PEOPLE: u64 = 0x6a69_746e_6579;
/// Kilometres from one degree of latitude to the next.
const KM_PER_DEGREE: f64 = 111.195;
/// How far from the village riders live, in kilometres.
const RIDER_KM: Range<f64> = 1.0..5.0;
/// How far from where they want to go riders live at least, in kilometres.
const TRIP_KM: f64 = 3.5;
/// How far from the village drivers live, in kilometres.
const DRIVER_KM: Range<f64> = 0.5..2.5;

/// One of the three cooperatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Coop {
    Linden,
    Auwald,
    Seetal,
}

impl Coop {
    pub(super) const ALL: [Coop; 3] = [Coop::Linden, Coop::Auwald, Coop::Seetal];

    /// Returns the coop's public name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Coop::Linden => "Linden Lifts",
            Coop::Auwald => "Auwald Rides",
            Coop::Seetal => "Seetal Wheels",
        }
    }

    /// Returns the village where most of its members live.
    pub(super) fn village(self) -> &'static str {
        match self {
            Coop::Linden => "Lindenau",
            Coop::Auwald => "Auwald",
            Coop::Seetal => "Seetal",
        }
    }

    /// Returns the name of its home directory.
    pub(super) fn folder(self) -> &'static str {
        match self {
            Coop::Linden => "linden",
            Coop::Auwald => "auwald",
            Coop::Seetal => "seetal",
        }
    }

    /// Returns the dispatcher's phone, which is public.
    pub(super) fn phone(self) -> &'static str {
        match self {
            Coop::Linden => "+41 00 100 10 10",
            Coop::Auwald => "+41 00 200 20 20",
            Coop::Seetal => "+41 00 300 30 30",
        }
    }

    /// Returns the middle of the village: latitude and longitude in degrees.
    fn middle(self) -> (f64, f64) {
        match self {
            Coop::Linden => (47.20, 8.90),
            Coop::Auwald => (47.20, 9.06),
            Coop::Seetal => (47.12, 8.98),
        }
    }

    /// Returns the coops next door.
    pub(super) fn neighbours(self) -> impl Iterator<Item = Coop> {
        Coop::ALL.into_iter().filter(move |coop| *coop != self)
    }

    /// Returns the coop of that name.
    pub(super) fn named(name: &str) -> Option<Coop> {
        Coop::ALL.into_iter().find(|coop| coop.name() == name)
    }
}

/// One thing for each coop.
#[derive(Debug)]
pub(super) struct Trio<T>([T; 3]);

impl<T> Trio<T> {
    /// Makes one for each coop.
    pub(super) fn from_fn(mut make: impl FnMut(Coop) -> T) -> Self {
        Trio(Coop::ALL.map(&mut make))
    }

    /// Makes one for each coop, or fails at the first that cannot be made.
    pub(super) fn try_from_fn<E>(mut make: impl FnMut(Coop) -> Result<T, E>) -> Result<Self, E> {
        Ok(Trio([make(Coop::Linden)?, make(Coop::Auwald)?, make(Coop::Seetal)?]))
    }

    /// Returns the coop's own.
    pub(super) fn of(&self, coop: Coop) -> &T {
        let [linden, auwald, seetal] = &self.0;
        match coop {
            Coop::Linden => linden,
            Coop::Auwald => auwald,
            Coop::Seetal => seetal,
        }
    }

    /// Returns the coop's own, to be changed.
    pub(super) fn of_mut(&mut self, coop: Coop) -> &mut T {
        let [linden, auwald, seetal] = &mut self.0;
        match coop {
            Coop::Linden => linden,
            Coop::Auwald => auwald,
            Coop::Seetal => seetal,
        }
    }

    /// Takes the three apart.
    pub(super) fn into_parts(self) -> [T; 3] {
        self.0
    }
}

/// A person of the sample.
#[derive(Debug)]
pub(super) struct Person {
    /// Whose member.
    pub(super) coop: Coop,
    /// Name.
    pub(super) name: Name,
    /// Street and number.
    pub(super) street: String,
    /// Phone as it is dialled.
    pub(super) phone: String,
    /// Birthday.
    pub(super) born: Date,
    /// The door.
    pub(super) door: Coordinate,
}

impl Person {
    fn draw(
        coop: Coop,
        woman: bool,
        years: Range<i16>,
        door: Coordinate,
        draw: &mut Draw,
    ) -> Result<Self, Failure> {
        let spent = || Failure::internal("the sample has run out of names");
        let rng = &mut draw.rng;
        let street = draw.names.street().ok_or_else(spent)?;
        let digits = |rng: &mut StdRng, from: u32, to: u32| rng.random_range(from..to);
        let phone =
            format!("+41 00 {} {:02} {:02}", digits(rng, 400, 999), digits(rng, 0, 99), digits(rng, 11, 99));
        let born = Date::new(rng.random_range(years), rng.random_range(1..=12), rng.random_range(1..=28))
            .map_err(|error| Failure::internal(error.to_string()))?;
        let house = rng.random_range(2..60_u32);
        let name = draw.names.next(woman).ok_or_else(spent)?;
        Ok(Person { coop, name, street: format!("{street} {house}"), phone, born, door })
    }

    /// Returns what the coop's vault holds of the person.
    pub(super) fn profile(&self) -> Profile {
        Profile {
            name: self.name.full(),
            phone: Some(self.phone.clone()),
            home: Some(Place {
                label: format!("{}, {}", self.street, self.coop.village()),
                at: self.door,
                note: String::new(),
            }),
            born: Some(self.born),
            ..Profile::default()
        }
    }
}

/// A rider, and what they call about.
#[derive(Debug)]
pub(super) struct Rider {
    /// Who.
    pub(super) person: Person,
    /// What for.
    pub(super) plan: RiderPlan,
    /// Minutes by which this seed moves the times of the plan.
    pub(super) shift: i32,
}

impl Rider {
    /// Returns what the rider's trips require.
    pub(super) fn requirement(&self) -> Requirement {
        self.plan.need
    }

    /// Returns where the trip leads.
    pub(super) fn destination(&self) -> Result<Place, Failure> {
        let plan = &self.plan;
        Ok(Place {
            label: format!("{}, {}", plan.label, plan.town),
            at: point(plan.at.0, plan.at.1)?,
            note: String::new(),
        })
    }
}

/// A driver and the car.
#[derive(Debug)]
pub(super) struct Driver {
    /// Who.
    pub(super) person: Person,
    /// What was agreed.
    pub(super) plan: DriverPlan,
}

impl Driver {
    /// Returns what the car can carry.
    pub(super) fn capability(&self) -> Capability {
        let plan = &self.plan;
        Capability {
            places: Load { seats: plan.seats, wheelchairs: plan.wheelchairs },
            ramp_or_lift: plan.wheelchairs > 0,
            service_animals: plan.animals,
            assistance: Assistance::DoorThroughDoor,
        }
    }

    /// Returns how far from home the driver goes.
    pub(super) fn radius(&self) -> Metres {
        Metres(self.plan.radius_km.saturating_mul(1000))
    }

    /// Tells whether the driver has said yes once for all given hours.
    pub(super) fn standing(&self) -> bool {
        self.plan.consent == Consent::Standing
    }
}

/// Everybody.
#[derive(Debug)]
pub(super) struct Sample {
    /// Those who are carried.
    pub(super) riders: Vec<Rider>,
    /// Those who carry.
    pub(super) drivers: Vec<Driver>,
}

struct Draw {
    rng: StdRng,
    names: Names,
}

impl Draw {
    /// Draws a door so many kilometres from the village.
    fn door(&mut self, coop: Coop, km: Range<f64>) -> Result<Coordinate, Failure> {
        near(coop, self.rng.random_range(km), self.rng.random_range(0.0..std::f64::consts::TAU))
    }
}

impl Sample {
    /// Draws the people of a seed.
    pub(super) fn draw(seed: u64) -> Result<Self, Failure> {
        let mut rng = StdRng::seed_from_u64(seed ^ PEOPLE);
        let names = Names::shuffled(&mut rng);
        let mut draw = Draw { rng, names };
        let mut riders = Vec::new();
        for plan in cast::riders() {
            let coop = plan.caller.coop();
            let to = point(plan.at.0, plan.at.1)?;
            let door = loop {
                let door = draw.door(coop, RIDER_KM)?;
                if distance(door, to).km() >= TRIP_KM {
                    break door;
                }
            };
            let person = Person::draw(coop, plan.woman, 1931..1948, door, &mut draw)?;
            let shift = draw.rng.random_range(-2..=2) * 5;
            riders.push(Rider { person, plan, shift });
        }
        let mut drivers = Vec::new();
        for plan in cast::drivers() {
            let door = draw.door(plan.coop, DRIVER_KM)?;
            let person = Person::draw(plan.coop, plan.woman, 1955..1985, door, &mut draw)?;
            drivers.push(Driver { person, plan });
        }
        Ok(Sample { riders, drivers })
    }

    /// Returns the rider who calls about this.
    pub(super) fn rider(&self, caller: Caller) -> Result<&Rider, Failure> {
        let found = self.riders.iter().find(|rider| rider.plan.caller == caller);
        found.ok_or_else(|| Failure::internal("the sample lacks a rider"))
    }

    /// Returns the riders of a coop, in order.
    pub(super) fn riders_of(&self, coop: Coop) -> impl Iterator<Item = &Rider> {
        self.riders.iter().filter(move |rider| rider.person.coop == coop)
    }

    /// Returns the drivers of a coop, in order.
    pub(super) fn drivers_of(&self, coop: Coop) -> impl Iterator<Item = &Driver> {
        self.drivers.iter().filter(move |driver| driver.person.coop == coop)
    }

    /// Returns everybody.
    pub(super) fn people(&self) -> impl Iterator<Item = &Person> {
        self.riders.iter().map(|r| &r.person).chain(self.drivers.iter().map(|d| &d.person))
    }
}

/// Returns the point so many kilometres from a village in a direction in radians.
fn near(coop: Coop, km: f64, direction: f64) -> Result<Coordinate, Failure> {
    let (lat, lon) = coop.middle();
    let north = km * direction.cos() / KM_PER_DEGREE;
    let east = km * direction.sin() / (KM_PER_DEGREE * lat.to_radians().cos());
    point(metre_exact(lat + north), metre_exact(lon + east))
}

/// Rounds degrees to five places, about a metre, of which the last is even and not zero: always as long as
/// written, and never the number of a public place, which is odd.
fn metre_exact(degrees: f64) -> f64 {
    let even = (degrees * 1e5 / 2.0).round() * 2.0;
    let even = if even % 10.0 == 0.0 { even + 2.0 } else { even };
    even / 1e5
}

fn point(lat: f64, lon: f64) -> Result<Coordinate, Failure> {
    Coordinate::new(lat, lon).map_err(|error| Failure::internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_draws_the_same_people_every_time_and_another_seed_others() {
        let names = |seed| -> Vec<String> {
            Sample::draw(seed)
                .unwrap()
                .people()
                .map(|p| format!("{}{}{}", p.name.full(), p.street, p.phone))
                .collect()
        };
        assert_eq!(names(7), names(7));
        assert_ne!(names(7), names(8));
    }

    /// The last digit that is written of a number.
    fn last_digit(degrees: f64) -> u32 {
        degrees.to_string().chars().last().and_then(|c| c.to_digit(10)).unwrap()
    }

    #[test]
    fn no_door_can_be_taken_for_a_public_place() {
        let places = cast::riders().map(|plan| plan.at);
        assert!(places.iter().all(|(lat, lon)| last_digit(*lat) % 2 == 1 && last_digit(*lon) % 2 == 1));
        for person in Sample::draw(3).unwrap().people() {
            assert_eq!((last_digit(person.door.lat()) % 2, last_digit(person.door.lon()) % 2), (0, 0));
        }
    }

    #[test]
    fn everybody_lives_in_their_valley_behind_a_door_that_is_written_out_in_full() {
        for seed in 0..50 {
            for person in Sample::draw(seed).unwrap().people() {
                let (lat, lon) = person.coop.middle();
                let middle = Coordinate::new(lat, lon).unwrap();
                let away = jitney_geo::distance(middle, person.door).km();
                assert!((0.4..5.2).contains(&away), "{away} km");
                assert!(person.door.lat().to_string().len() >= 8, "{}", person.door.lat());
            }
        }
    }
}
