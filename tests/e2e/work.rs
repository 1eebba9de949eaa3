//! What a coop needs before it can carry anybody: riders, drivers, trips to book.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::{Date, Time, Weekday, time};
use jitney_domain::availability::{Hours, WeeklyHours};
use jitney_domain::member::Consent;
use jitney_domain::trip::Timing;
use jitney_domain::{
    Assistance, Capability, Coordinate, Load, MemberId, Mobility, Requirement, Role, VettingItem,
};
use jitney_node::api::{PlaceAsked, Request, TripAsked};
use jitney_node::person::{Place, Profile};

use crate::machine::Asks;

/// Until when papers hold.
const PAPERS_UNTIL: Date = jiff::civil::date(2099, 12, 31);

/// Returns a point on the globe.
pub fn point(lat: f64, lon: f64) -> Coordinate {
    Coordinate::new(lat, lon).expect("a point on the globe")
}

/// Returns a place.
pub fn place(label: &str, at: Coordinate) -> Place {
    Place { label: label.to_owned(), at, note: String::new() }
}

/// Returns somebody who lives somewhere.
pub fn person(name: &str, home: Place) -> Profile {
    Profile { name: name.to_owned(), home: Some(home), ..Profile::default() }
}

/// Returns the day so many days from today.
pub fn day(ahead: i32) -> Date {
    let today = jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date();
    // Zurich is ahead of UTC: its today may be UTC's tomorrow.
    today.checked_add((ahead + 1).days()).expect("the calendar goes on")
}

/// Returns the request for a trip from home at a time of a day.
pub fn trip(rider: MemberId, to: Place, on: Date, at: Time) -> TripAsked {
    TripAsked {
        rider,
        from: PlaceAsked::Home,
        to: PlaceAsked::At(to),
        timing: Timing::PickUp(on.to_datetime(at)),
        home: None,
        requirement: None,
        dwell: None,
        rule: None,
        except: BTreeSet::new(),
        note: String::new(),
        offer_to: None,
    }
}

/// Returns what a rider in a wheelchair requires.
pub fn wheelchair() -> Requirement {
    Requirement { mobility: Mobility::Wheelchair, ..Requirement::default() }
}

/// Returns a car with three seats.
pub fn car() -> Capability {
    Capability {
        places: Load { seats: 3, wheelchairs: 0 },
        ramp_or_lift: false,
        service_animals: false,
        assistance: Assistance::HandToHand,
    }
}

/// Returns a van with a ramp and room for one wheelchair.
pub fn van() -> Capability {
    Capability { places: Load { seats: 3, wheelchairs: 1 }, ramp_or_lift: true, ..car() }
}

/// Admits a driver who may and would drive from six to ten on every day.
pub fn driver(coop: &dyn Asks, profile: Profile, vehicle: Capability, consent: Consent) -> MemberId {
    let description = profile.vehicle.clone().unwrap_or_else(|| "blue car".to_owned());
    let member = coop.admit(profile, Role::Driver);
    for item in [VettingItem::Licence, VettingItem::CriminalRecord, VettingItem::Insurance] {
        coop.done(Request::Vet { member, item, valid_until: PAPERS_UNTIL });
    }
    coop.done(Request::AddVehicle { owner: member, description, capability: vehicle });
    coop.done(Request::SetDriverTerms {
        member,
        radius: None,
        max_trips: None,
        consent: Some(consent),
        assistance: Some(Assistance::HandToHand),
        vehicle: None,
    });
    let hours = Hours { from: time(6, 0, 0, 0), to: time(22, 0, 0, 0) };
    let week = Weekday::Monday.cycle_forward().take(7);
    let weekly = week.map(|day| WeeklyHours { day, hours }).collect();
    coop.done(Request::SetWeeklyHours { member, weekly });
    member
}
