//! Hours that change after a run was planned in them.

#![allow(clippy::unwrap_used)] // A test ends where it fails.

use jiff::civil::{Weekday, date, time};
use jitney_domain::Coordinate;
use jitney_domain::availability::{Hours, WeeklyHours};
use jitney_domain::trip::Timing;
use jitney_domain::{Assistance, Capability, Load, MemberId, Policy, Role, Timestamp, VettingItem, Zone};
use jitney_node::api::{PlaceAsked, Reply, Request, TripAsked};
use jitney_node::person::{Place, Profile};
use jitney_sim::World;

fn place(lat: f64) -> Place {
    Place { label: "somewhere".to_owned(), at: Coordinate::new(lat, 9.05).unwrap(), note: String::new() }
}

fn done(world: &mut World, request: Request) -> Reply {
    world.operator(0, request).unwrap().unwrap()
}

fn member(world: &mut World, role: Role) -> MemberId {
    let profile = Profile { name: "Somebody".to_owned(), home: Some(place(48.50)), ..Profile::default() };
    match done(world, Request::AddMember { profile, roles: [role].into() }) {
        Reply::Member(member) => member.member,
        other => panic!("{other:?}"),
    }
}

fn free(world: &mut World, member: MemberId, from: i8, to: i8) {
    let hours = Hours { from: time(from, 0, 0, 0), to: time(to, 0, 0, 0) };
    done(
        world,
        Request::SetWeeklyHours { member, weekly: vec![WeeklyHours { day: Weekday::Tuesday, hours }] },
    );
}

#[test]
fn a_driver_who_gives_more_time_than_the_days_run_was_planned_in_can_be_given_more() {
    let mut world = World::new(1, Timestamp::from_seconds(1_773_050_000), 0); // Monday, 9 March 2026
    world.add_coop("Willow", Zone::named("Europe/Paris").unwrap(), Policy::default()).unwrap();
    let (rider, driver) = (member(&mut world, Role::Rider), member(&mut world, Role::Driver));
    let places = Load { seats: 3, wheelchairs: 0 };
    let capability =
        Capability { places, ramp_or_lift: false, service_animals: true, assistance: Assistance::DoorToDoor };
    done(&mut world, Request::AddVehicle { owner: driver, description: "car".to_owned(), capability });
    for item in VettingItem::ALL {
        done(&mut world, Request::Vet { member: driver, item, valid_until: date(2030, 1, 1) });
    }
    free(&mut world, driver, 9, 12);
    let give = |world: &mut World, hour: i8| {
        let timing = Timing::PickUp(date(2026, 3, 10).at(hour, 0, 0, 0));
        let asked = TripAsked::one_way(rider, PlaceAsked::Home, PlaceAsked::At(place(48.55)), timing);
        let Reply::Booked(booked) = done(world, Request::BookTrip(asked)) else { panic!("not booked") };
        let trip = booked.trips[0].trip;
        world.operator(0, Request::AssignTrip { trip, driver: Some(driver), agreed: true }).unwrap()
    };
    give(&mut world, 10).unwrap();
    free(&mut world, driver, 6, 18);
    give(&mut world, 11).unwrap(); // on the run that stands
    give(&mut world, 15).unwrap(); // in the time after it
    give(&mut world, 7).unwrap(); // in the time before it
    assert_eq!(world.state(0).unwrap().runs.len(), 3);
}
