//! One cooperative and one lift, from the phone call to the outcome, in memory: no disk, no network, no clock.
//!
//! `cargo run -p jitney-examples --example one_coop`

use std::error::Error;
use std::io::{self, Write};

use jiff::civil::{Date, Time, Weekday, date, time};
use jitney_domain::availability::{Hours, WeeklyHours};
use jitney_domain::trip::Timing;
use jitney_domain::*;
use jitney_identity::{DataKey, SecretKey};
use jitney_node::api::{Limit, PlaceAsked, Reply, Report, Request, TripAsked};
use jitney_node::core::{Core, Input, Output};
use jitney_node::person::{Place, Profile};
use jitney_node::settings::{Face, Keys, Settings};
use jitney_node::vault::MemoryKeys;
use jitney_node::view::Carriage;
use jitney_store::MemStore;
use rand::SeedableRng as _;
use rand::rngs::{StdRng, SysRng};

type Done<T> = Result<T, Box<dyn Error>>;

/// The day of the lift, a Tuesday.
const TUESDAY: Date = date(2026, 3, 10);

/// A coop's node, and what its clock shows.
struct Coop {
    core: Core<MemStore>,
    now: Timestamp,
    rng: StdRng,
}

impl Coop {
    fn found(name: &str, zone: Zone, now: Timestamp) -> Done<Coop> {
        let mut rng = StdRng::try_from_rng(&mut SysRng)?;
        let keys = Keys {
            coop: SecretKey::generate(&mut rng),
            node: SecretKey::generate(&mut rng),
            vault: DataKey::generate(&mut rng),
        };
        let face = Face { name: name.to_owned(), phone: None };
        let settings = Settings {
            face,
            keys,
            travel: Default::default(),
            messages: jitney_node::notify::Rules::default(),
            addresses: Vec::new(),
            crowd: Default::default(),
        };
        let of_node = StdRng::from_rng(&mut rng);
        let mut core = Core::open(MemStore::new(), Box::new(MemoryKeys::default()), settings, of_node, now)?;
        core.found(zone, Policy::default(), now)?;
        Ok(Coop { core, now, rng })
    }

    /// Asks the node in somebody's name; what comes back is durable.
    fn ask(&mut self, actor: Actor, request: Request) -> Done<Reply> {
        let outputs = self.core.step(vec![Input::Ask { id: 1, actor, request }], self.now)?;
        let answer = outputs.into_iter().find_map(|output| match output {
            Output::Answer { answer, .. } => Some(answer),
            Output::Net(_) | Output::Post(_) => None,
        });
        Ok(answer.ok_or("no answer")??)
    }

    fn office(&mut self, request: Request) -> Done<Reply> {
        self.ask(Actor::Operator, request)
    }

    fn add(&mut self, name: &str, home: Place, role: Role) -> Done<MemberId> {
        let profile = Profile { name: name.to_owned(), home: Some(home), ..Profile::default() };
        let reply = self.office(Request::AddMember { profile, roles: [role].into() })?;
        let Reply::Member(member) = reply else { return Err("no member".into()) };
        Ok(member.member)
    }

    /// Gives a driver what it takes to drive: papers seen, a car, and hours on Tuesday morning.
    fn make_ready(&mut self, member: MemberId) -> Done<()> {
        for item in Policy::default().required_vetting {
            self.office(Request::Vet { member, item, valid_until: date(2027, 1, 1) })?;
        }
        let capability = Capability { places: Load { seats: 3, wheelchairs: 0 }, ..Capability::default() };
        let description = "a blue estate car".to_owned();
        let reply = self.office(Request::AddVehicle { owner: member, description, capability })?;
        let Reply::Vehicle(vehicle) = reply else { return Err("no vehicle".into()) };
        let (vehicle, radius) = (Some(vehicle), Some(Limit::At(Metres(20_000))));
        let (max_trips, consent, assistance) = (None, None, Some(Assistance::DoorToDoor));
        self.office(Request::SetDriverTerms { member, radius, max_trips, consent, assistance, vehicle })?;
        let hours = Hours { from: time(8, 0, 0, 0), to: time(12, 0, 0, 0) };
        let weekly = vec![WeeklyHours { day: Weekday::Tuesday, hours }];
        self.office(Request::SetWeeklyHours { member, weekly }).map(drop)
    }

    /// Lets the driver report a step of a lift at that time of Tuesday.
    fn report(&mut self, driver: MemberId, lift: LiftNumber, step: Step, at: Time) -> Done<()> {
        let zone = self.core.state().coop().ok_or("no coop")?.zone.clone();
        self.now = zone.moment(TUESDAY.to_datetime(at))?;
        let report = Report { report: ReportId::fresh(&mut self.rng), lift, step, at: self.now };
        self.ask(Actor::Member(driver, Role::Driver), Request::Report { report }).map(drop)
    }

    fn carriage(&mut self, trip: TripId) -> Done<Carriage> {
        let Reply::Trip(trip) = self.office(Request::ShowTrip(trip))? else {
            return Err("no trip".into());
        };
        Ok(trip.carriage)
    }
}

fn main() -> Done<()> {
    one_lift(&mut io::stdout())
}

/// Tells the story of one lift.
fn one_lift(say: &mut impl Write) -> Done<()> {
    let place = |label: &str, lat, lon| -> Done<Place> {
        Ok(Place { label: label.to_owned(), at: Coordinate::new(lat, lon)?, note: String::new() })
    };
    let zone = Zone::named("Europe/Vienna")?;
    let monday = zone.moment(date(2026, 3, 9).at(9, 0, 0, 0))?;
    let mut coop = Coop::found("Linden Lifts", zone, monday)?;
    let rider = coop.add("Rosa Example", place("Lindengasse 4", 48.204, 15.626)?, Role::Rider)?;
    let driver = coop.add("Karl Example", place("Am Bach 11", 48.199, 15.611)?, Role::Driver)?;
    coop.make_ready(driver)?;

    let (from, to) = (PlaceAsked::Home, PlaceAsked::At(place("Eye clinic", 48.213, 15.652)?));
    let timing = Timing::Appointment(TUESDAY.at(10, 0, 0, 0));
    let booked = coop.office(Request::BookTrip(TripAsked::one_way(rider, from, to, timing)))?;
    let Reply::Booked(booked) = booked else { return Err("not booked".into()) };
    let trip = booked.trips.first().ok_or("no trip")?.trip;
    writeln!(say, "booked     {trip}: at the eye clinic by 10:00 on {TUESDAY}")?;

    let found = coop.office(Request::Candidates(trip))?;
    let Reply::Candidates(found) = found else { return Err("no candidates".into()) };
    for candidate in &found.can {
        writeln!(say, "could      {}: {}", candidate.name, candidate.reasons.join("; "))?;
    }
    coop.office(Request::AssignTrip { trip, driver: None, agreed: false })?;
    let offers = coop.ask(Actor::Member(driver, Role::Driver), Request::Offers { driver })?;
    let Reply::Offers(offers) = offers else { return Err("no offers".into()) };
    let lift = offers.first().ok_or("nothing was offered")?.lift;
    coop.report(driver, lift, Step::Accept, time(7, 0, 0, 0))?;
    if let Carriage::Confirmed { card: Some(card), .. } = coop.carriage(trip)? {
        writeln!(say, "confirmed  {} in {}; the word is \"{}\"", card.driver, card.vehicle, card.word)?;
    }
    coop.report(driver, lift, Step::EnRoute, time(9, 5, 0, 0))?;
    coop.report(driver, lift, Step::Arrived, time(9, 20, 0, 0))?;
    coop.report(driver, lift, Step::PickUp, time(9, 24, 0, 0))?;
    coop.report(driver, lift, Step::DropOff, time(9, 41, 0, 0))?;
    if let Carriage::Over { outcome, .. } = coop.carriage(trip)? {
        writeln!(say, "outcome    {outcome}")?;
    }
    Ok(writeln!(say, "recorded   {} steps, digest {}", coop.core.digest().seq, coop.core.digest().digest)?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_lift_is_offered_accepted_and_driven() {
        let mut said = Vec::new();
        super::one_lift(&mut said).unwrap();
        let said = String::from_utf8(said).unwrap();
        for part in
            ["booked     10001-", "could      Karl", "confirmed  Karl in a blue", "outcome    completed"]
        {
            assert!(said.contains(part), "{part} is missing in\n{said}");
        }
    }
}
