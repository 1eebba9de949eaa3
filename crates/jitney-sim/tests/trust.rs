//! A driver is suspended after a neighbour was promised them: the neighbour's dispatcher is told.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // The helpers of tests may fail like the tests themselves.

use jiff::civil::time;
use jitney_domain::booking::TicketPhase;
use jitney_domain::member::Consent;
use jitney_domain::trip::Timing;
use jitney_domain::{Capability, Load, MemberId, Minutes, Policy, Timestamp, TripId};
use jitney_federation::Kind;
use jitney_node::api::{PlaceAsked, Reply, Request, TripAsked};
use jitney_sim::{Chance, Crash, World, people, scenario};

const HOME: usize = 0;
const NEXT: usize = 1;

/// Two coops: riders at home, next door drivers with a device of their own who agree in this way.
fn two_coops(seed: u64, consent: Consent) -> (World, Chance, MemberId) {
    let mut chance = Chance::new(seed);
    let mut world = scenario::new_world(seed, &mut chance);
    scenario::federation(&mut world, 2, |_| Policy::default(), &mut chance);
    let rider = people::add_rider(&mut world, HOME, 1, &mut chance).unwrap();
    for number in 0..12 {
        people::add_driver(&mut world, NEXT, number, &mut chance).unwrap();
    }
    let drivers = world.state(NEXT).unwrap().members.iter();
    let agrees_so =
        |m: &jitney_domain::member::Member| m.driver.as_ref().is_some_and(|d| d.terms.consent == consent);
    let others = drivers.filter(|(_, m)| m.key.is_none() || !agrees_so(m)).map(|(id, _)| *id);
    for member in others.collect::<Vec<_>>() {
        world.operator(NEXT, Request::Suspend(member)).unwrap().unwrap();
    }
    (world, chance, rider)
}

/// Books trips at home until one is confirmed next door; returns it and its driver there.
fn confirmed_next_door(world: &mut World, chance: &mut Chance, rider: MemberId) -> (TripId, MemberId) {
    let zone = scenario::zone().unwrap();
    for ahead in 1..6_i64 {
        let day = world.now().local(&zone).date().checked_add(jiff::Span::new().days(ahead)).unwrap();
        let to = PlaceAsked::At(people::place(HOME, "market", chance));
        let from = PlaceAsked::At(people::place(HOME, "house", chance));
        let asked = TripAsked::one_way(rider, from, to, Timing::PickUp(day.to_datetime(time(10, 0, 0, 0))));
        let Ok(Reply::Booked(_)) = world.operator(HOME, Request::BookTrip(asked)).unwrap() else { continue };
        world.run_for(Minutes(10));
        let state = world.state(HOME).unwrap();
        let confirmed = state.live_tickets().find_map(|(_, t)| match &t.phase {
            TicketPhase::Confirmed(award, _) => Some((t.trip, award.claim)),
            _ => None,
        });
        if let Some((trip, claim)) = confirmed {
            let theirs = world.state(NEXT).unwrap();
            let run = theirs.claims.get(&claim).unwrap().run;
            return (trip, theirs.runs.get(&run).unwrap().frame.driver);
        }
    }
    panic!("nobody next door could take any trip");
}

/// Books seven trips at home for tomorrow.
fn book_a_day(world: &mut World, chance: &mut Chance, rider: MemberId) {
    let day = world.now().local(&scenario::zone().unwrap()).date().tomorrow().unwrap();
    let (from, to) = (people::place(HOME, "house", chance), people::place(HOME, "market", chance));
    for hour in 9..16 {
        let timing = Timing::PickUp(day.to_datetime(time(hour, 0, 0, 0)));
        let asked =
            TripAsked::one_way(rider, PlaceAsked::At(from.clone()), PlaceAsked::At(to.clone()), timing);
        world.operator(HOME, Request::BookTrip(asked)).unwrap().unwrap();
    }
}

fn is_flagged(world: &mut World, trip: TripId) -> bool {
    let Reply::Trip(trip) = world.operator(HOME, Request::ShowTrip(trip)).unwrap().unwrap() else { panic!() };
    trip.attention.iter().any(|note| note.contains("has withdrawn this driver's credential"))
}

#[test]
fn a_driver_suspended_after_the_confirmation_is_flagged_next_door_and_stays_so_after_a_restart() {
    let (mut world, mut chance, rider) = two_coops(5, Consent::Standing);
    let (trip, driver) = confirmed_next_door(&mut world, &mut chance, rider);
    world.run_for(Minutes(15));
    assert!(!is_flagged(&mut world, trip));
    world.operator(NEXT, Request::Suspend(driver)).unwrap().unwrap();
    assert!(world.operator(NEXT, Request::Credential(driver)).unwrap().is_err(), "it is taken from them");
    world.run_for(Minutes(15));
    assert!(is_flagged(&mut world, trip));
    world.crash(HOME, Crash::Kill, Some(1000));
    world.run_for(Minutes(5));
    assert!(is_flagged(&mut world, trip), "what was shown and what was revoked is durable");
    assert!(world.watch.violations.is_empty(), "{:?}", world.watch.violations);
}

#[test]
fn a_neighbours_ticket_is_claimed_as_soon_as_a_vehicle_serves_it() {
    let (mut world, mut chance, rider) = two_coops(5, Consent::Standing);
    let vehicles: Vec<_> =
        world.state(NEXT).unwrap().vehicles.iter().map(|(id, v)| (*id, v.capability)).collect();
    let change = |world: &mut World, vehicle, capability| {
        let change = Request::ChangeVehicle { vehicle, capability: Some(capability), description: None };
        world.operator(NEXT, change).unwrap().unwrap();
        world.state(NEXT).unwrap().live_claims().count()
    };
    for (vehicle, capability) in &vehicles {
        change(&mut world, *vehicle, Capability { places: Load::default(), ..*capability });
    }
    book_a_day(&mut world, &mut chance, rider);
    world.run_for(Minutes(10));
    let claims = world.state(NEXT).unwrap().live_claims().count();
    assert_eq!(claims, 0, "nothing can be driven without a vehicle");
    // At once, and not when the node next looks up by itself.
    let claims = vehicles.iter().map(|(vehicle, capability)| change(&mut world, *vehicle, *capability)).max();
    assert!(claims > Some(0));
}

#[test]
fn who_is_awarded_what_they_wait_for_claims_the_rest_at_once() {
    let (mut world, mut chance, rider) = two_coops(5, Consent::Standing);
    world.crash(NEXT, Crash::Kill, Some(60_000));
    book_a_day(&mut world, &mut chance, rider);
    for number in 2..5 {
        let another = people::add_rider(&mut world, HOME, number, &mut chance).unwrap();
        book_a_day(&mut world, &mut chance, another);
    }
    let claims = |world: &World| world.state(NEXT).map_or(0, |state| state.claims.iter().count());
    let latest = world.now().after(Minutes(10));
    while claims(&world) == 0 && world.now() < latest {
        world.run_until(Timestamp(world.now().0 + 1_000));
    }
    // Eight may wait for a stranger's answer, and the answers come within this time: long before the next minute.
    world.run_until(Timestamp(world.now().0 + 10_000));
    let soon = claims(&world);
    assert!(soon > 8, "{soon}");
    world.run_for(Minutes(10));
    assert_eq!(claims(&world), soon);
}

#[test]
fn nobody_who_must_be_asked_is_promised_to_a_neighbour_by_the_node_itself() {
    let (mut world, mut chance, rider) = two_coops(5, Consent::Ask);
    book_a_day(&mut world, &mut chance, rider);
    world.run_for(Minutes(30));
    let theirs = world.state(NEXT).unwrap();
    let drivers = theirs.members.values().filter(|m| m.driver.is_some() && !m.suspended).count();
    assert!(drivers > 0, "somebody could be asked");
    assert_eq!(theirs.live_claims().count(), 0);
}

#[test]
fn what_is_told_of_a_revocation_names_nobody_and_who_returns_gets_a_new_credential() {
    let (mut world, mut chance, rider) = two_coops(6, Consent::Standing);
    let (trip, driver) = confirmed_next_door(&mut world, &mut chance, rider);
    let credential = |world: &mut World| match world.operator(NEXT, Request::Credential(driver)).unwrap() {
        Ok(Reply::Credential(value)) => value["id"].as_str().unwrap().to_owned(),
        other => panic!("{other:?}"),
    };
    let before = credential(&mut world);
    world.operator(NEXT, Request::Suspend(driver)).unwrap().unwrap();
    world.run_for(Minutes(15));
    let core = world.nodes[HOME].core.as_ref().unwrap();
    let told =
        core.federation().live_entries(world.now()).filter(|e| e.header().kind == Kind::CREDENTIAL_REVOKED);
    let bodies: Vec<String> = told.map(|e| String::from_utf8(e.body().to_vec()).unwrap()).collect();
    assert!(bodies.contains(&format!("{{\"credential\":\"{before}\"}}")), "{bodies:?}");
    world.operator(NEXT, Request::Reinstate(driver)).unwrap().unwrap();
    assert_ne!(credential(&mut world), before);
    world.run_for(Minutes(15));
    assert!(is_flagged(&mut world, trip), "what was shown for the trip stays withdrawn");
}
