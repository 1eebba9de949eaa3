//! A whole node plans its day: what changes is said before it is done, and done at once or not at all.

#![allow(clippy::unwrap_used)] // A test ends where it fails.

use jiff::civil::{Date, Weekday, date, time};
use jitney_domain::availability::{Hours, WeeklyBreak, WeeklyHours};
use jitney_domain::trip::Timing;
use jitney_domain::{
    Actor, Capability, Coordinate, Load, MemberId, Minutes, Policy, ReportId, Role, Step, Timestamp, TripId,
    VettingItem, Zone,
};
use jitney_node::api::{Answer, FaultKind, Mishap, PlaceAsked, PlanAsked, Reply, Report, Request, TripAsked};
use jitney_node::person::{Place, Profile};
use jitney_node::view::{Carriage, DayPlan};
use jitney_sim::World;

const TUESDAY: Date = date(2026, 3, 10);
const ASKED: PlanAsked =
    PlanAsked { day: TUESDAY, after: None, seconds: 10, threads: 1, seed: 1, apply: false, agreed: false };

/// A coop in a valley with a driver at either end.
struct Valley {
    world: World,
    west: MemberId,
    east: MemberId,
}

fn place(east: f64) -> Place {
    Place { label: "somewhere".to_owned(), at: Coordinate::new(48.50, east).unwrap(), note: String::new() }
}

impl Valley {
    fn new() -> Self {
        let mut world = World::new(1, Timestamp::from_seconds(1_773_050_000), 0); // Monday, 9 March 2026
        world.add_coop("Willow", Zone::named("Europe/Paris").unwrap(), Policy::default()).unwrap();
        let nobody = MemberId(0);
        let mut valley = Valley { world, west: nobody, east: nobody };
        valley.west = valley.driver(9.00);
        valley.east = valley.driver(9.20);
        valley
    }

    fn ask(&mut self, request: Request) -> Answer {
        self.world.operator(0, request).unwrap()
    }

    fn member(&mut self, role: Role, at: f64) -> MemberId {
        let profile = Profile { name: "Somebody".to_owned(), home: Some(place(at)), ..Profile::default() };
        match self.ask(Request::AddMember { profile, roles: [role].into() }).unwrap() {
            Reply::Member(member) => member.member,
            other => panic!("{other:?}"),
        }
    }

    fn driver(&mut self, at: f64) -> MemberId {
        let member = self.member(Role::Driver, at);
        let places = Load { seats: 3, wheelchairs: 0 };
        let capability = Capability { places, ..Capability::default() };
        self.ask(Request::AddVehicle { owner: member, description: "car".to_owned(), capability }).unwrap();
        for item in VettingItem::ALL {
            self.ask(Request::Vet { member, item, valid_until: date(2030, 1, 1) }).unwrap();
        }
        let hours = Hours { from: time(6, 0, 0, 0), to: time(18, 0, 0, 0) };
        let weekly = vec![WeeklyHours { day: Weekday::Tuesday, hours }];
        self.ask(Request::SetWeeklyHours { member, weekly }).unwrap();
        member
    }

    fn book(&mut self, from: f64, to: f64, hour: i8) -> TripId {
        let rider = self.member(Role::Rider, 9.10);
        let timing = Timing::PickUp(TUESDAY.at(hour, 0, 0, 0));
        let asked = TripAsked::one_way(rider, PlaceAsked::At(place(from)), PlaceAsked::At(place(to)), timing);
        let Reply::Booked(booked) = self.ask(Request::BookTrip(asked)).unwrap() else { panic!("not booked") };
        booked.trips[0].trip
    }

    fn give(&mut self, trip: TripId, driver: MemberId) {
        self.ask(Request::AssignTrip { trip, driver: Some(driver), agreed: true }).unwrap();
    }

    fn plan(&mut self, asked: PlanAsked) -> DayPlan {
        match self.ask(Request::PlanDay(asked)).unwrap() {
            Reply::DayPlan(plan) => plan,
            other => panic!("{other:?}"),
        }
    }

    fn rider_of(&self, trip: TripId) -> MemberId {
        self.world.state(0).unwrap().trips.get(&trip).unwrap().details.rider
    }

    /// Returns why a driver cannot take a trip.
    fn why_not(&mut self, trip: TripId, driver: MemberId) -> Option<String> {
        let Reply::Candidates(answer) = self.ask(Request::Candidates(trip)).unwrap() else { panic!("none") };
        answer.cannot.into_iter().find(|unable| unable.driver == driver).map(|unable| unable.why)
    }

    /// Returns who drives a trip for certain, if anybody.
    fn driver_of(&mut self, trip: TripId) -> Option<MemberId> {
        let Reply::Trip(shown) = self.ask(Request::ShowTrip(trip)).unwrap() else { panic!("no trip") };
        let Carriage::Confirmed { pick_up_at, .. } = shown.carriage else { return None };
        assert!(shown.windows.unwrap().pick_up.contains(pick_up_at), "outside of what was agreed");
        let state = self.world.state(0).unwrap();
        let (_, claim) = state.live_claims_on(shown.ticket?).next()?;
        Some(state.runs.get(&claim.run)?.frame.driver)
    }
}

#[test]
fn trips_go_to_the_drivers_who_are_near_once_somebody_has_said_so() {
    let mut valley = Valley::new();
    let (west, east) = (valley.west, valley.east);
    let near_west = valley.book(9.01, 9.03, 10);
    let near_east = valley.book(9.19, 9.17, 10);
    let waiting = valley.book(9.18, 9.16, 14);
    valley.give(near_west, east);
    valley.give(near_east, west);

    let plan = valley.plan(PlanAsked { agreed: true, ..ASKED });
    assert_eq!((plan.trips, plan.served_before, plan.served_after, plan.moved), (3, 2, 3, 3));
    assert!(plan.driving_after < plan.driving_before && !plan.applied, "{plan:?}");
    assert_eq!(plan.changes.iter().map(|c| c.trip).collect::<Vec<_>>(), [near_west, near_east, waiting]);
    assert_eq!(valley.driver_of(near_west), Some(east), "asking changes nothing");

    let done = valley.plan(PlanAsked { apply: true, agreed: true, ..ASKED });
    assert!(done.applied);
    assert_eq!(done.changes, plan.changes, "the same seed gives the same plan");
    let drivers = [near_west, near_east, waiting].map(|trip| valley.driver_of(trip));
    assert_eq!(drivers, [Some(west), Some(east), Some(east)]);
    let again = valley.plan(ASKED);
    assert_eq!((again.moved, again.driving_before), (0, plan.driving_after));
}

#[test]
fn a_driver_who_must_be_asked_is_asked_and_not_taken_for_granted() {
    let mut valley = Valley::new();
    let trip = valley.book(9.01, 9.03, 10);
    valley.plan(PlanAsked { apply: true, ..ASKED });
    let Reply::Trip(shown) = valley.ask(Request::ShowTrip(trip)).unwrap() else { panic!("no trip") };
    assert!(matches!(shown.carriage, Carriage::Asked { .. }), "{:?}", shown.carriage);
}

#[test]
fn an_ill_drivers_promises_are_kept_by_another_and_what_cannot_be_kept_is_said() {
    let mut valley = Valley::new();
    let (west, east) = (valley.west, valley.east);
    let kept = valley.book(9.10, 9.12, 10);
    valley.give(kept, west);
    // She drives at eleven herself, at the other end; the other trip is at the same time.
    let (hers, broken) = (valley.book(9.40, 9.60, 12), valley.book(9.00, 8.80, 12));
    valley.give(hers, east);
    valley.give(broken, west);
    let ill = PlanAsked { after: Some(Mishap::Ill { driver: west }), ..ASKED };
    let plan = valley.plan(ill.clone());
    assert_eq!(plan.unmet.iter().map(|u| (u.trip, u.promised)).collect::<Vec<_>>(), [(broken, true)]);
    assert!(plan.changes.iter().any(|c| c.trip == broken && c.to.is_none()), "{plan:?}");
    assert!(plan.changes.iter().any(|c| c.trip == kept && c.to.as_ref().unwrap().driver == east));
    valley.plan(PlanAsked { apply: true, agreed: true, ..ill });
    assert_eq!((valley.driver_of(kept), valley.driver_of(hers)), (Some(east), Some(east)));
}

#[test]
fn what_a_late_driver_cannot_keep_goes_to_another() {
    let mut valley = Valley::new();
    let (west, east) = (valley.west, valley.east);
    let trip = valley.book(9.05, 9.07, 10);
    valley.give(trip, west);
    // Half past eight in Paris, an hour and a half before.
    valley.world.run_until(Timestamp::from_seconds(1_773_127_800));
    let late = |by| PlanAsked { after: Some(Mishap::Late { driver: west, by: Minutes(by) }), ..ASKED };
    assert_eq!(valley.plan(late(10)).moved, 0, "a driver who can still come comes");
    let plan = valley.plan(late(180));
    assert_eq!(plan.changes.iter().map(|c| c.to.as_ref().unwrap().driver).collect::<Vec<_>>(), [east]);
    valley.plan(PlanAsked { apply: true, agreed: true, ..late(180) });
    assert_eq!(valley.driver_of(trip), Some(east));
}

#[test]
fn the_office_alone_plans_and_no_mishap_befalls_who_is_not_there() {
    let mut valley = Valley::new();
    let driver = Actor::Member(valley.west, Role::Driver);
    let refused = valley.world.ask(0, driver, Request::PlanDay(ASKED)).unwrap().unwrap_err();
    assert_eq!(refused.kind, FaultKind::NotAllowed);
    let moves = Request::MoveTrips { moves: Vec::new(), agreed: true };
    assert_eq!(valley.world.ask(0, driver, moves).unwrap().unwrap_err().kind, FaultKind::NotAllowed);
    let rider = valley.member(Role::Rider, 9.10);
    let nobody = PlanAsked { after: Some(Mishap::Ill { driver: rider }), ..ASKED };
    let refused = valley.ask(Request::PlanDay(nobody)).unwrap_err();
    assert_eq!(refused.kind, FaultKind::NotFound);
    let never = PlanAsked { seconds: 0, ..ASKED };
    assert_eq!(valley.ask(Request::PlanDay(never)).unwrap_err().kind, FaultKind::Invalid);
}

#[test]
fn a_driver_who_said_no_is_not_given_the_trip_again() {
    let mut valley = Valley::new();
    let (west, east) = (valley.west, valley.east);
    let trip = valley.book(9.01, 9.03, 10);
    valley.ask(Request::AssignTrip { trip, driver: Some(west), agreed: false }).unwrap();
    let Reply::Offers(offers) = valley.ask(Request::Offers { driver: west }).unwrap() else { panic!("none") };
    let at = valley.world.now();
    let report =
        Report { report: ReportId::from_bytes([7; 16]), lift: offers[0].lift, step: Step::Decline, at };
    valley.ask(Request::Report { report }).unwrap();
    let plan = valley.plan(ASKED);
    assert_eq!(plan.changes[0].to.as_ref().unwrap().driver, east, "{plan:?}");
    let again = |agreed| Request::AssignTrip { trip, driver: Some(west), agreed };
    let refused = valley.ask(again(false)).unwrap_err();
    assert!(refused.message.contains("has said no to this trip; ask again"), "{}", refused.message);
    valley.ask(again(true)).expect("who was asked again and agrees is given it");
}

#[test]
fn who_was_not_there_is_told_nothing_and_her_driver_is_free() {
    let mut valley = Valley::new();
    let (west, east) = (valley.west, valley.east);
    let absent = valley.book(9.05, 9.10, 10);
    let other = valley.book(9.04, 9.09, 11);
    valley.give(absent, west);
    valley.give(other, east);
    let plan = valley.plan(PlanAsked { after: Some(Mishap::NoShow { trip: absent }), ..ASKED });
    assert_eq!((plan.trips, plan.served_before, plan.served_after), (1, 1, 1));
    assert_eq!(plan.changes.iter().map(|c| c.trip).collect::<Vec<_>>(), [other]);
    assert_eq!(plan.changes[0].to.as_ref().unwrap().driver, west);
    let unknown = PlanAsked { after: Some(Mishap::NoShow { trip: TripId(77) }), ..ASKED };
    assert_eq!(valley.ask(Request::PlanDay(unknown)).unwrap_err().kind, FaultKind::NotFound);
}

#[test]
fn a_no_show_is_recorded_before_its_gap_is_given_away() {
    let mut valley = Valley::new();
    let west = valley.west;
    let absent = valley.book(9.05, 9.10, 10);
    valley.give(absent, west);
    let waiting = valley.book(9.04, 9.09, 11);
    let gone = PlanAsked { after: Some(Mishap::NoShow { trip: absent }), ..ASKED };
    let apply = PlanAsked { apply: true, agreed: true, ..gone.clone() };
    let refused = valley.ask(Request::PlanDay(apply.clone())).unwrap_err();
    assert_eq!(refused.kind, FaultKind::Invalid);
    assert!(refused.message.contains("jitney drive no-show"), "{}", refused.message);
    assert_eq!(valley.driver_of(waiting), None, "nothing is moved");
    assert_eq!(valley.plan(gone).trips, 1);

    // Ten in Paris, and the wait limit over.
    valley.world.run_until(Timestamp::from_seconds(1_773_135_000));
    let state = valley.world.state(0).unwrap();
    let ticket = state.trips.get(&absent).unwrap().ticket().unwrap();
    let lift = state.live_claims_on(ticket).next().unwrap().1.number;
    let at = valley.world.now();
    let report = Report { report: ReportId::from_bytes([8; 16]), lift, step: Step::NoShow, at };
    valley.ask(Request::Report { report }).unwrap();
    assert!(valley.plan(apply).applied);
    assert_eq!(valley.driver_of(waiting), Some(west));
}

#[test]
fn a_run_that_is_overdue_stays_as_it_is_and_the_rest_of_the_day_is_planned() {
    let mut valley = Valley::new();
    let (west, east) = (valley.west, valley.east);
    let overdue = valley.book(9.01, 9.03, 10);
    valley.give(overdue, west);
    // Noon in Paris: she was fetched, and nobody has said so.
    valley.world.run_until(Timestamp::from_seconds(1_773_140_400));
    let waiting = valley.book(9.01, 9.03, 14);
    let plan = valley.plan(PlanAsked { apply: true, agreed: true, ..ASKED });
    assert_eq!((plan.trips, plan.served_after, plan.applied), (1, 1, true), "{plan:?}");
    assert_eq!((valley.driver_of(overdue), valley.driver_of(waiting)), (Some(west), Some(east)));
}

#[test]
fn one_vehicle_has_one_driver_at_a_time() {
    let mut valley = Valley::new();
    let (west, east) = (valley.west, valley.east);
    let Reply::Member(shown) = valley.ask(Request::ShowMember(west)).unwrap() else { panic!("no member") };
    let vehicle = Some(shown.vehicles[0].vehicle);
    let nothing = Request::SetDriverTerms {
        member: east,
        radius: None,
        max_trips: None,
        consent: None,
        assistance: None,
        vehicle,
    };
    valley.ask(nothing).unwrap();
    let trips = [valley.book(9.01, 9.03, 10), valley.book(9.19, 9.17, 10), valley.book(9.18, 9.16, 14)];
    let plan = valley.plan(PlanAsked { apply: true, agreed: true, ..ASKED });
    assert!(plan.applied && plan.served_after > 0, "{plan:?}");
    let drivers: Vec<MemberId> = trips.into_iter().filter_map(|trip| valley.driver_of(trip)).collect();
    assert_eq!(drivers.len(), plan.served_after);
    assert!(drivers.iter().all(|driver| *driver == drivers[0]), "{drivers:?}");
    // Whoever does not have it is told why, on the phone too.
    let later = valley.book(9.10, 9.12, 16);
    let Reply::Candidates(answer) = valley.ask(Request::Candidates(later)).unwrap() else { panic!("none") };
    assert!(
        answer.cannot.iter().any(|u| u.why == "another driver has the vehicle in those hours"),
        "{answer:?}"
    );
}

#[test]
fn who_must_be_asked_first_is_said() {
    let mut valley = Valley::new();
    valley.book(9.01, 9.03, 10);
    let asked = |plan: &DayPlan| plan.changes[0].to.as_ref().unwrap().to_be_asked;
    assert!(asked(&valley.plan(ASKED)));
    assert!(!asked(&valley.plan(PlanAsked { agreed: true, ..ASKED })));
}

#[test]
fn riders_who_are_kept_apart_go_with_different_drivers_on_the_phone_and_in_the_plan() {
    let mut valley = Valley::new();
    let (west, east) = (valley.west, valley.east);
    // The same long way at the same time: there is no time for one after the other.
    let (first, second) = (valley.book(9.00, 9.40, 10), valley.book(9.00, 9.40, 10));
    let (one, other) = (valley.rider_of(first), valley.rider_of(second));
    valley.give(first, west);
    assert_eq!(valley.why_not(second, west), None);
    let shared = valley.plan(PlanAsked { agreed: true, ..ASKED });
    assert_eq!(shared.changes[0].to.as_ref().unwrap().driver, west, "{shared:?}");

    valley.ask(Request::Apart { one, other, apart: true }).unwrap();
    let why = valley.why_not(second, west).unwrap();
    assert_eq!(why, "somebody rides then who is not to be put together with this rider");
    let refused = valley.ask(Request::AssignTrip { trip: second, driver: Some(west), agreed: true });
    assert_eq!(refused.unwrap_err().kind, FaultKind::Conflict);
    valley.plan(PlanAsked { apply: true, agreed: true, ..ASKED });
    let drivers = [first, second].map(|trip| valley.driver_of(trip).unwrap());
    assert!(drivers.contains(&west) && drivers.contains(&east), "{drivers:?}");
    // Nobody yet has either of two more: the plan knows them by their trips alone.
    let (third, fourth) = (valley.book(9.00, 9.40, 14), valley.book(9.00, 9.40, 14));
    let pair = Request::Apart { one: valley.rider_of(third), other: valley.rider_of(fourth), apart: true };
    valley.ask(pair).unwrap();
    valley.plan(PlanAsked { apply: true, agreed: true, ..ASKED });
    assert_ne!(valley.driver_of(third).unwrap(), valley.driver_of(fourth).unwrap());
    // Whoever is erased is kept apart from nobody any more.
    valley.ask(Request::Erase(one)).unwrap();
    assert!(!valley.world.state(0).unwrap().are_apart(other, one));
}

#[test]
fn a_driver_has_the_break_that_was_agreed_on_the_phone_and_in_the_plan() {
    let mut valley = Valley::new();
    let (west, east) = (valley.west, valley.east);
    let trip = valley.book(9.01, 9.03, 10);
    assert_eq!(valley.why_not(trip, west), None);
    // Away from the wheel from a quarter to ten until half past ten at least.
    let between = Hours { from: time(9, 45, 0, 0), to: time(10, 35, 0, 0) };
    let breaks = vec![WeeklyBreak { day: Weekday::Tuesday, between, length: Minutes(45) }];
    let driver = Actor::Member(west, Role::Driver);
    valley.world.ask(0, driver, Request::SetBreaks { member: west, breaks }).unwrap().unwrap();
    let why = valley.why_not(trip, west).unwrap();
    assert_eq!(why, "would be left without the break that was agreed");
    valley.plan(PlanAsked { apply: true, agreed: true, ..ASKED });
    assert_eq!(valley.driver_of(trip), Some(east));
    // A break that came too late for what stands keeps more from that run, and from no other.
    let between = Hours { from: time(9, 45, 0, 0), to: time(10, 35, 0, 0) };
    let breaks = vec![WeeklyBreak { day: Weekday::Tuesday, between, length: Minutes(45) }];
    valley.ask(Request::SetBreaks { member: east, breaks }).unwrap();
    let later = valley.book(9.19, 9.17, 14);
    let plan = valley.plan(PlanAsked { apply: true, agreed: true, ..ASKED });
    assert!(plan.applied, "{plan:?}");
    assert_eq!((valley.driver_of(trip), valley.driver_of(later)), (Some(east), Some(west)));
}

#[test]
fn a_locked_trip_stays_with_its_driver_whoever_asks_until_it_is_unlocked() {
    let mut valley = Valley::new();
    let (west, east) = (valley.west, valley.east);
    let trip = valley.book(9.19, 9.17, 10);
    valley.give(trip, west);
    valley.ask(Request::LockTrip { trip, locked: true }).unwrap();
    assert_eq!(valley.why_not(trip, east).unwrap(), "the trip is locked to another driver; unlock it first");
    let refused = valley.ask(Request::UnassignTrip(trip)).unwrap_err();
    assert!(refused.message.contains("jitney trip unlock"), "{}", refused.message);
    let ill = PlanAsked { after: Some(Mishap::Ill { driver: west }), apply: true, agreed: true, ..ASKED };
    let plan = valley.plan(ill.clone());
    assert_eq!(plan.unmet[0].would_do, ["if it is unlocked with `jitney trip unlock`"], "{plan:?}");
    assert_eq!(valley.driver_of(trip), Some(west));
    valley.ask(Request::LockTrip { trip, locked: false }).unwrap();
    assert!(valley.plan(ill).applied);
    assert_eq!(valley.driver_of(trip), Some(east));
}
