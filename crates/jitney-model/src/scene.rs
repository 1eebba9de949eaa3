//! What is explored: which coops, riders and drivers there are, what may go wrong how often, and which
//! moments of the day matter.

use std::sync::Arc;

use jiff::civil::{Date, Weekday, date, time};
use jitney_domain::availability::{Hours, WeeklyHours};
use jitney_domain::member::{Consent, DriverTerms};
use jitney_domain::trip::{Phase, Timing, Way};
use jitney_domain::{
    Actor, Assistance, Booking, Capability, Command, Load, MemberId, Metres, Minutes, Policy, Requirement,
    Role, Timestamp, TripId, VettingItem, Zone,
};
use jitney_identity::PublicKey;

use crate::coop::{Coop, Intake, Taken, ToldBy, key};
use crate::mail::Order;
use crate::watch::Cause;

/// The day of all trips.
const DAY: Date = date(2026, 3, 10);

/// How often what may go wrong does go wrong, and how often people change their minds, on one way through
/// the world. Each use costs one; at zero it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Left {
    /// Crashes between writing and speaking, under [`Order::AsSent`].
    pub crashes: u8,
    /// Copies of letters, under [`Order::Free`].
    pub copies: u8,
    /// Times that people decline, cancel, take back, postpone, suspend.
    pub changes: u8,
    /// Claims that each coop makes.
    pub claims: [u8; 3],
}

/// Which changes of mind there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Changes {
    /// Drivers decline, before and after a yes.
    pub decline: bool,
    /// Trips are called off.
    pub cancel: bool,
    /// Trips are taken back, and offered again.
    pub unassign: bool,
    /// Trips are postponed.
    pub postpone: bool,
    /// Drivers are suspended.
    pub suspend: bool,
    /// The dispatcher states that nobody came.
    pub missed: bool,
    /// Licences turn out to be void, vehicles lose their seats.
    pub lapse: bool,
    /// Trips are offered to one partner before all others, and partners pass.
    pub offer: bool,
}

/// When a rider wants to be brought home.
#[derive(Debug, Clone, Copy)]
pub enum Home {
    /// Not at all.
    No,
    /// At this hour.
    At(i8),
    /// When they call.
    Call,
}

/// A round trip or a way out.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Whose rider, by place.
    pub coop: u8,
    /// At which hour.
    pub hour: i8,
    /// And home.
    pub home: Home,
}

/// A configuration.
#[derive(Debug, Clone)]
pub struct Scene {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is about, in one line.
    pub about: &'static str,
    /// How many coops there are.
    pub coops: u8,
    /// In which order letters arrive.
    pub order: Order,
    /// Trips that are booked and offered to partners at the beginning.
    pub trips: Vec<Wanted>,
    /// The driver of each coop, if it has one.
    pub drivers: [Option<Consent>; 3],
    /// Own drivers take own trips too.
    pub own: bool,
    /// The dispatcher awards, and not the node.
    pub by_hand: bool,
    /// How long claims are gathered before the best is awarded.
    pub gather: Minutes,
    /// Trips are not offered to all partners at the beginning.
    pub unshared: bool,
    /// Whether drivers have the rider's details is told apart.
    pub details: bool,
    /// Drivers say when they are on the way.
    pub en_route: bool,
    /// Drivers wait in vain.
    pub no_show: bool,
    /// What people change.
    pub changes: Changes,
    /// How often.
    pub left: Left,
    /// Times of day that matter, in order; at most eight.
    pub moments: Vec<(i8, i8)>,
    /// The first of them at which drivers are under way.
    pub day_from: u8,
    /// Sometimes-properties that must be reached, by name.
    pub reaches: Vec<&'static str>,
}

#[allow(clippy::unwrap_used)] // A constant.
fn paris() -> Zone {
    Zone::named("Europe/Paris").unwrap()
}

/// Returns the moment at which clocks in Paris show this on the day of the trips.
pub fn moment((hour, minute): (i8, i8)) -> Timestamp {
    paris().moment(DAY.at(hour, minute, 0, 0)).unwrap_or_default()
}

/// A car with one place, so that two trips at one time are one too many.
const CAR: Capability = Capability {
    places: Load { seats: 1, wheelchairs: 0 },
    ramp_or_lift: false,
    service_animals: true,
    assistance: Assistance::CurbToCurb,
};

impl Scene {
    /// Returns the keys of the coops, by place.
    pub fn keys(&self) -> Vec<PublicKey> {
        (1..=self.coops).map(key).collect()
    }

    /// Builds the coops as they are before anything happens.
    ///
    /// # Panics
    /// If the domain refuses what a coop begins with.
    pub fn begin(&self, told_by: ToldBy) -> Vec<Arc<Coop>> {
        (0..self.coops).map(|place| Arc::new(self.coop(place, told_by))).collect()
    }

    fn coop(&self, place: u8, told_by: ToldBy) -> Coop {
        let now = moment(self.first());
        let mut founding = Founding { coop: Coop::new(place), keys: self.keys(), now, told_by };
        let policy = Policy {
            hold: Minutes(60),
            award_patience: Minutes(30),
            award_first_claim: !self.by_hand,
            award_wait: self.gather,
            award_wait_until: Minutes(60),
            ..Policy::default()
        };
        founding.act(Command::FoundCoop { key: key(place + 1), zone: paris(), policy });
        let rider = founding.member(Role::Rider);
        if let Some(consent) = self.drivers.get(usize::from(place)).copied().flatten() {
            founding.driver(consent);
        }
        for wanted in self.trips.iter().filter(|wanted| wanted.coop == place) {
            founding.book(rider, *wanted, !self.unshared);
        }
        founding.coop
    }

    fn first(&self) -> (i8, i8) {
        self.moments.first().copied().unwrap_or((7, 0))
    }
}

/// A coop in the making.
struct Founding {
    coop: Coop,
    keys: Vec<PublicKey>,
    now: Timestamp,
    told_by: ToldBy,
}

impl Founding {
    #[allow(clippy::panic)] // A configuration that cannot begin explores nothing.
    fn act(&mut self, command: Command) {
        let told = format!("{command:?}");
        let (actor, cause) = (Actor::Operator, Cause::People);
        let intake = Intake {
            actor,
            command,
            now: self.now,
            keys: &self.keys,
            fault: None,
            cause,
            told_by: self.told_by,
        };
        match self.coop.take(intake) {
            Taken::Step(step) => self.coop = (*step.coop).clone(),
            refused => panic!("a coop cannot begin with {told}: {refused:?}"),
        }
    }

    fn member(&mut self, role: Role) -> MemberId {
        self.act(Command::AddMember { roles: [role].into() });
        self.coop.state.members.last().map_or(MemberId(0), |(id, _)| *id)
    }

    /// Admits a driver who is vetted, has a car, and is free from eight to six.
    fn driver(&mut self, consent: Consent) {
        let member = self.member(Role::Driver);
        for item in VettingItem::ALL {
            self.act(Command::RecordVetting { member, item, valid_until: date(2026, 12, 31) });
        }
        self.act(Command::AddVehicle { owner: Some(member), capability: CAR });
        let vehicle = self.coop.state.vehicles.last().map(|(id, _)| *id);
        let terms =
            DriverTerms { consent, assistance: Assistance::DoorToDoor, vehicle, ..DriverTerms::default() };
        self.act(Command::SetDriverTerms { member, terms });
        let hours = Hours { from: time(8, 0, 0, 0), to: time(18, 0, 0, 0) };
        self.act(Command::SetWeeklyHours {
            member,
            weekly: vec![WeeklyHours { day: Weekday::Tuesday, hours }],
        });
    }

    fn book(&mut self, rider: MemberId, wanted: Wanted, share: bool) {
        let at = |hour| Timing::PickUp(DAY.at(hour, 0, 0, 0));
        let first = self.coop.state.next_trip();
        self.act(Command::BookTrip(Booking {
            rider,
            timing: at(wanted.hour),
            way: way(),
            requirement: Requirement::default(),
            dwell: None,
            home: match wanted.home {
                Home::No => None,
                Home::At(hour) => Some(at(hour)),
                Home::Call => Some(Timing::WillCall(DAY)),
            },
            repeat: None,
        }));
        let trips: Vec<TripId> = self.coop.state.trips.range(first..).map(|(id, _)| *id).collect();
        let has_time =
            |trip: &TripId| self.coop.state.trips.get(trip).is_some_and(|t| t.phase == Phase::Requested);
        for trip in trips.into_iter().filter(has_time).filter(|_| share).collect::<Vec<_>>() {
            self.act(Command::ShareTrip(trip));
        }
    }
}

#[allow(clippy::unwrap_used)] // Two constants.
fn way() -> Way {
    Way {
        from: "881f1d4887fffff".parse().unwrap(),
        to: "881f1d4885fffff".parse().unwrap(),
        direct: Minutes(20),
        by_cells: Minutes(30),
        metres: Metres(9000),
    }
}
