//! A rider who lives where hardly anybody does.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jitney_domain::trip::Timing;
use jitney_domain::{Cell, Coordinate, Policy, Role, TripId};
use jitney_node::api::{Fault, FaultKind, PlaceAsked, Reply, Request, TripAsked};
use jitney_node::person::{Place, Profile};
use jitney_sim::scenario::{federation, new_world};
use jitney_sim::{Chance, World};

/// Founds two coops; a rider of the first lives in the hamlet and wants to go about it tomorrow.
fn rider_in_the_hamlet() -> (World, TripId) {
    let mut chance = Chance::new(5);
    let mut world = new_world(5, &mut chance);
    let by_hand = |_: &mut Chance| Policy { share_unserved: false, ..Policy::default() };
    federation(&mut world, 2, by_hand, &mut chance);
    let home = Place { label: "farm".to_owned(), at: at(48.52, 9.05), note: String::new() };
    let profile = Profile {
        name: "Rider".to_owned(),
        phone: None,
        home: Some(home.clone()),
        born: None,
        emergency: None,
        note: String::new(),
        requirement: None,
        vehicle: None,
        ..Profile::default()
    };
    let add = Request::AddMember { profile, roles: [Role::Rider].into() };
    let Some(Ok(Reply::Member(rider))) = world.operator(0, add) else { panic!("no rider") };
    let tomorrow = world.now().local(&world.nodes[0].zone).date().checked_add(1.day()).unwrap();
    let asked = TripAsked {
        rider: rider.member,
        from: PlaceAsked::Home,
        to: PlaceAsked::At(Place { at: at(48.521, 9.052), ..home }),
        timing: Timing::PickUp(tomorrow.at(10, 0, 0, 0)),
        home: None,
        requirement: None,
        dwell: None,
        rule: None,
        except: Default::default(),
        note: String::new(),
        offer_to: None,
    };
    let Some(Ok(Reply::Booked(booked))) = world.operator(0, Request::BookTrip(asked)) else {
        panic!("not booked")
    };
    let trip = booked.trips[0].trip;
    (world, trip)
}

fn at(lat: f64, lon: f64) -> Coordinate {
    Coordinate::new(lat, lon).unwrap()
}

fn count(world: &mut World, counts: &[(Cell, u32)]) {
    let counts: BTreeMap<Cell, u32> = counts.iter().copied().collect();
    world.operator(0, Request::CountAddresses { counts }).unwrap().unwrap();
}

fn share(world: &mut World, trip: TripId) -> Result<Reply, Fault> {
    world.operator(0, Request::ShareTrip(trip)).unwrap()
}

/// Returns the cell in which the ticket of a trip begins, once it has one.
fn told(world: &World, trip: TripId) -> Option<Cell> {
    let state = world.state(0)?;
    let ticket = state.trips.get(&trip)?.ticket()?;
    state.tickets.get(&ticket).filter(|t| t.shared).map(|t| t.body.from.cell())
}

#[test]
fn a_trip_between_too_few_doors_is_not_offered_and_says_why() {
    let (mut world, trip) = rider_in_the_hamlet();
    let cell: Cell = world.state(0).unwrap().trips.get(&trip).unwrap().details.way.from;
    assert_eq!(cell.resolution(), 7, "the usual density, before anybody has counted");
    count(&mut world, &[(cell, 49)]);
    let refused = share(&mut world, trip).unwrap_err();
    assert_eq!(refused.kind, FaultKind::Conflict);
    assert!(refused.message.contains("fewer than 50 addresses"), "{}", refused.message);
    assert_eq!(told(&world, trip), None);
    // It outlives a restart.
    world.crash(0, jitney_sim::Crash::Kill, None);
    world.start(0);
    assert!(share(&mut world, trip).is_err());
    count(&mut world, &[(cell, 50)]);
    share(&mut world, trip).unwrap();
    assert_eq!(told(&world, trip), Some(cell));
}

#[test]
fn a_trip_booked_before_the_count_is_told_as_coarsely_as_the_count_asks() {
    let (mut world, trip) = rider_in_the_hamlet();
    let cell: Cell = world.state(0).unwrap().trips.get(&trip).unwrap().details.way.from;
    // A neighbouring village, in the same cell one size up: only the last digit in use differs.
    let place = 3 * (15 - 7);
    let digit = (cell.index() >> place) & 7;
    let other = Cell::new(cell.index() ^ ((digit ^ ((digit + 1) % 7)) << place)).unwrap();
    count(&mut world, &[(cell, 3), (other, 60)]);
    share(&mut world, trip).unwrap();
    assert_eq!(told(&world, trip).map(Cell::resolution), Some(6));
}
