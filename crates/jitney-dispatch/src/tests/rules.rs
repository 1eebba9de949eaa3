//! Every hard rule: a trip that only this rule forbids is refused for that reason, and accepted without it.

use jitney_domain::{Assistance, Load, Metres, Minutes, Mobility, Requirement};
use jitney_geo::{Travel, TravelTimes};

use super::world::{Request, Run, Street, booked, car, house, min, request, wheelchair, window, with};
use crate::{Bar, Pause, Why, candidates};

fn answer_at(run: &Run, request: &Request, now: i64) -> Result<Vec<u32>, Why> {
    let mut ranking = candidates(std::slice::from_ref(run), request, &Street, min(now));
    match ranking.candidates.pop() {
        Some(found) => Ok(found.stops.into_iter().map(|stop| stop.stop).collect()),
        None => Err(ranking.unable.remove(0).why),
    }
}

fn answer(run: &Run, request: &Request) -> Result<Vec<u32>, Why> {
    answer_at(run, request, 0)
}

#[test]
fn a_driver_on_leave_is_not_asked() {
    let mut run = car("a");
    assert!(answer(&run, &request(5, 10)).is_ok());
    run.barred = Some(Bar::OnLeave);
    assert_eq!(answer(&run, &request(5, 10)), Err(Why::Barred(Bar::OnLeave)));
}

#[test]
fn a_trip_is_not_put_on_a_run_twice() {
    let (a, b) = booked(99, 5, 10, 100, 105);
    assert_eq!(answer(&with(car("a"), [a, b]), &request(5, 10)), Err(Why::AlreadyOnThisRun));
}

#[test]
fn a_driver_who_has_enough_trips_gets_no_more() {
    let run = Run { booked_today: 4, max_trips: Some(5), ..car("a") };
    assert!(answer(&run, &request(5, 10)).is_ok());
    let run = Run { booked_today: 5, ..run };
    let why = answer(&run, &request(5, 10)).unwrap_err();
    assert_eq!(why.to_string(), "has 5 trips already, takes up to 5 a day");
}

#[test]
fn a_wheelchair_needs_its_space() {
    let rider = Request { requirement: wheelchair(), ..request(5, 10) };
    let mut run = car("a");
    assert_eq!(answer(&run, &rider).unwrap_err().to_string(), "wheelchair: no wheelchair space");
    run.capability.places.wheelchairs = 1;
    assert_eq!(answer(&run, &rider).unwrap_err().to_string(), "wheelchair: no ramp or lift");
    run.capability.ramp_or_lift = true;
    assert!(answer(&run, &rider).is_ok());
}

#[test]
fn riders_who_may_not_meet_are_driven_one_after_the_other() {
    // The other rides from 10 to 40 between 100 and 130; she would like to go along from 20 to 30.
    let (up, out) = booked(1, 10, 40, 100, 130);
    let run = with(car("a"), [up, out]);
    let rider = Request { pick_up_window: window(100, 120), ..request(20, 30) };
    assert!(answer(&run, &rider).is_ok());
    let apart = Request { apart: vec![1], ..rider.clone() };
    assert_eq!(answer(&run, &apart), Err(Why::Apart));
    assert!(answer(&run, &Request { apart: vec![2], ..rider }).is_ok());
    // With more time she goes when the other has got out.
    let later = Request { pick_up_window: window(100, 160), ..apart };
    assert_eq!(answer(&run, &later), Ok(vec![1, 1, 99, 99]));
}

#[test]
fn a_driver_has_the_break_that_was_agreed() {
    let pause = |from, to| Pause { window: window(from, to), length: Minutes(30) };
    let run = |pauses| Run { pauses, ..car("a") };
    // Fetched at 10 between 90 and 110, set down at 20, home by 300.
    assert!(answer(&run(vec![pause(80, 95)]), &request(10, 20)).is_err_and(|why| why == Why::NoBreak));
    assert!(answer(&run(vec![pause(60, 70)]), &request(10, 20)).is_ok());
    assert!(answer(&run(vec![pause(60, 70), pause(125, 125)]), &request(10, 20)).is_ok());
    assert!(answer(&run(vec![pause(60, 70), pause(109, 109)]), &request(10, 20)).is_err());
    // Not while somebody is on board, and not once its time is over.
    let long = Request { pick_up_window: window(90, 90), ..request(10, 60) };
    assert_eq!(answer(&run(vec![pause(91, 139)]), &long), Err(Why::NoBreak));
    assert!(answer(&run(vec![pause(91, 140)]), &long).is_ok());
    assert!(answer_at(&run(vec![pause(0, 69)]), &request(10, 20), 70).is_ok());
    assert_eq!(
        Why::NoBreak.to_string(),
        "would be left without the break that was agreed",
        "it can be read out"
    );
}

#[test]
fn nobody_who_may_not_be_left_alone_waits_while_the_driver_is_at_a_door() {
    let ride = |guarded, helped| {
        let (mut up, mut out) = booked(1, 5, 40, 100, 135);
        (up.guarded, out.guarded, up.leaves_vehicle, out.leaves_vehicle) = (guarded, guarded, helped, helped);
        out.window = window(0, 136);
        let mut run = with(car("a"), [up, out]);
        run.capability.assistance = Assistance::DoorToDoor;
        run
    };
    let rider = |never_leave_alone, assistance| Request {
        pick_up_window: window(104, 106),
        drop_off_window: window(114, 116),
        requirement: Requirement { never_leave_alone, assistance, ..Requirement::default() },
        ..request(10, 20)
    };
    let (curb, door) = (Assistance::CurbToCurb, Assistance::DoorToDoor);
    // She gets in and out while the other rides along.
    assert!(answer(&ride(true, true), &rider(false, curb)).is_ok());
    assert!(answer(&ride(false, true), &rider(false, door)).is_ok());
    assert_eq!(answer(&ride(true, false), &rider(false, door)), Err(Why::LeftAlone));
    // The other gets out while she rides along.
    let beyond = Request { drop_off: house(41), drop_off_window: window(136, 136), ..rider(true, curb) };
    assert!(answer(&ride(false, false), &beyond).is_ok());
    assert_eq!(answer(&ride(false, true), &beyond), Err(Why::LeftAlone));
}

#[test]
fn a_driver_goes_no_farther_than_said() {
    // House 28 is 31 km from house 0 as the crow flies.
    let run = Run { radius: Some(Metres(20_000)), ..car("a") };
    let why = answer(&run, &request(5, 28)).unwrap_err();
    assert_eq!(why.to_string(), "too far: 31 km from home, drives up to 20 km");
    assert!(matches!(answer(&run, &request(28, 5)), Err(Why::TooFar { .. })));
    assert!(answer(&Run { radius: Some(Metres(32_000)), ..run }, &request(5, 28)).is_ok());
}

#[test]
fn nothing_is_planned_in_the_past() {
    let run = car("a");
    assert_eq!(answer_at(&run, &request(5, 10), 111), Err(Why::Past));
    // At minute 104 the car at house 0 cannot be at house 7 by minute 110; at 103 it can.
    assert_eq!(answer_at(&run, &request(7, 10), 104), Err(Why::NotAvailable));
    assert!(answer_at(&run, &request(7, 10), 103).is_ok());
}

#[test]
fn windows_that_contradict_each_other_are_said_so() {
    let rider = Request { drop_off_window: window(0, 120), ..request(5, 45) };
    let why = answer(&car("a"), &rider).unwrap_err();
    assert_eq!(why, Why::WindowsContradict { needed: Minutes(40), room: Minutes(30) });
    assert!(why.to_string().contains("takes 40 minutes, they leave 30"));
    let far_apart = Request { drop_off_window: window(200, 220), ..request(5, 10) };
    let why = answer(&car("a"), &far_apart).unwrap_err();
    assert_eq!(why, Why::WindowsFarApart { ride: Minutes(90), most: Minutes(60) });
    assert!(answer(&car("a"), &Request { max_ride: Minutes(90), ..far_apart }).is_ok());
}

#[test]
fn a_direct_drive_longer_than_the_longest_ride_is_refused() {
    let rider = Request { max_ride: Minutes(45), ..request(0, 52) };
    let why = answer(&car("a"), &rider).unwrap_err();
    assert_eq!(why.to_string(), "the ride would take 52 minutes, the most is 45");
    assert!(answer(&car("a"), &Request { max_ride: Minutes(52), ..rider }).is_ok());
}

#[test]
fn where_no_road_leads_nobody_is_sent() {
    struct Island;
    impl TravelTimes for Island {
        fn travel(&self, from: jitney_domain::Coordinate, to: jitney_domain::Coordinate) -> Option<Travel> {
            (to.lon() < 0.5 || from == to).then(|| Street.travel(from, to))?
        }
    }
    let ask = |request: Request| candidates(&[car("a")], &request, &Island, min(0));
    assert_eq!(ask(request(5, 60)).unable[0].why, Why::NoWay);
    assert_eq!(ask(request(60, 61)).unable[0].why, Why::NoWay);
    // There and away again, but the driver cannot get to her.
    assert_eq!(ask(request(60, 5)).unable[0].why, Why::NotAvailable);
    assert_eq!(ask(request(5, 10)).candidates.len(), 1);
}

#[test]
fn the_block_includes_the_way_out_and_the_way_home() {
    let rider = request(10, 20);
    let run = |from, to| Run { block: window(from, to), ..car("a") };
    assert!(answer(&run(100, 140), &rider).is_ok()); // leave 100, there 110, out 120, home 140
    assert_eq!(answer(&run(101, 140), &rider), Err(Why::NotAvailable));
    assert_eq!(answer(&run(100, 139), &rider), Err(Why::NotAvailable));
    // A run that ends where the rider gets out needs no way home.
    assert!(answer(&Run { end: house(20), ..run(100, 120) }, &rider).is_ok());
    assert_eq!(answer(&Run { end: house(21), ..run(100, 120) }, &rider), Err(Why::NotAvailable));
}

#[test]
fn a_run_outside_the_drivers_time_is_not_available() {
    let run = Run { block: window(0, 80), ..car("a") };
    assert_eq!(answer(&run, &request(5, 10)).unwrap_err().to_string(), "not available at that time");
}

#[test]
fn a_run_that_breaks_its_promises_takes_nothing_more() {
    let (a, b) = booked(1, 50, 55, 20, 30);
    let run = with(car("a"), [a, b]); // house 50 by minute 30: impossible
    assert_eq!(answer(&run, &request(5, 10)), Err(Why::RunningLate));
}

#[test]
fn places_count_over_the_whole_route() {
    // One on board from minute 90 to 130 in a car with one seat; the trip would lie on the way.
    let (mut a, b) = booked(1, 5, 45, 95, 135);
    a.window = window(95, 95);
    let mut run = with(car("a"), [a, b]);
    assert!(answer(&run, &request(10, 20)).is_ok());
    run.capability.places = Load { seats: 1, wheelchairs: 0 };
    assert_eq!(answer(&run, &request(10, 20)), Err(Why::Full));
}

#[test]
fn places_count_by_kind() {
    let (mut a, mut b) = booked(1, 5, 45, 95, 135);
    a.window = window(95, 95);
    (a.load, b.load) = (Load { seats: 0, wheelchairs: 1 }, Load { seats: 0, wheelchairs: 1 });
    let mut run = with(car("a"), [a, b]);
    run.capability.places = Load { seats: 1, wheelchairs: 1 };
    run.capability.ramp_or_lift = true;
    assert!(answer(&run, &request(10, 20)).is_ok());
    let chair = Request { requirement: wheelchair(), ..request(10, 20) };
    assert_eq!(answer(&run, &chair), Err(Why::Full));
    let party = Requirement { companions: 1, mobility: Mobility::Walker, ..Requirement::default() };
    run.capability.places.seats = 2;
    assert!(answer(&run, &Request { requirement: party, ..request(10, 20) }).is_ok());
}

#[test]
fn a_rider_is_not_driven_round_for_longer_than_she_may() {
    // Her pick-up and drop-off fit only around the other trip, which goes the other way in between.
    let (mut a, mut b) = booked(1, 15, 5, 105, 115);
    (a.window, b.window) = (window(105, 105), window(115, 115));
    let run = with(car("a"), [a, b]);
    let rider =
        Request { pick_up_window: window(99, 100), drop_off_window: window(112, 300), ..request(10, 20) };
    assert_eq!(answer(&run, &rider), Ok(vec![99, 1, 1, 99]));
    let why = answer(&run, &Request { max_ride: Minutes(29), ..rider.clone() }).unwrap_err();
    assert_eq!(why.to_string(), "the ride would take 30 minutes, the most is 29");
    assert!(answer(&run, &Request { max_ride: Minutes(30), ..rider }).is_ok());
}

#[test]
fn nobody_booked_is_driven_round_for_longer_than_she_may() {
    // On the way from 0 to 40, a detour to house 45 would add ten minutes to a ride of forty.
    let (mut a, mut b) = booked(1, 0, 40, 95, 135);
    a.window = window(95, 95);
    let rider = Request { drop_off_window: window(0, 160), ..request(10, 45) };
    b.max_ride = Minutes(40);
    // The newcomer can get out after her.
    assert_eq!(answer(&with(car("a"), [a.clone(), b.clone()]), &rider), Ok(vec![1, 99, 1, 99]));
    let tight = Request { drop_off_window: window(0, 140), ..request(10, 30) };
    let there_and_back = Request { pick_up: house(10), drop_off: house(-5), ..tight };
    assert_eq!(answer(&with(car("a"), [a.clone(), b.clone()]), &there_and_back), Err(Why::OthersRideTooLong));
    b.max_ride = Minutes(70);
    assert!(answer(&with(car("a"), [a, b]), &there_and_back).is_ok());
}

#[test]
fn a_stop_agreed_keeps_its_window() {
    // The driver must be at house 40 at minute 105 sharp; house 10 around minute 100 does not go with it.
    let (mut a, b) = booked(1, 40, 45, 105, 110);
    a.window = window(105, 105);
    let why = answer(&with(car("a"), [a.clone(), b.clone()]), &request(10, 20)).unwrap_err();
    assert_eq!(why.to_string(), "busy: no room between stops at that time");
    a.window = window(95, 150);
    assert_eq!(answer(&with(car("a"), [a, b]), &request(10, 20)), Ok(vec![99, 99, 1, 1]));
}

#[test]
fn getting_in_and_out_takes_its_time() {
    // From 10 (minute 100 at the latest) by 20 to house 40 at minute 130: not a minute to spare.
    let (mut a, b) = booked(1, 40, 45, 130, 135);
    a.window = window(130, 130);
    let run = with(car("a"), [a, b]);
    let rider = Request { pick_up_window: window(100, 100), ..request(10, 20) };
    assert_eq!(answer(&run, &rider), Ok(vec![99, 99, 1, 1]));
    for slow in [
        Request { dwell_pick_up: Minutes(1), ..rider.clone() },
        Request { dwell_drop_off: Minutes(1), ..rider.clone() },
    ] {
        assert_ne!(answer(&run, &slow), Ok(vec![99, 99, 1, 1]));
    }
}

#[test]
fn what_is_made_is_history() {
    let (mut a, mut b) = booked(1, 5, 30, 80, 105);
    a.done = Some(min(80));
    // She is on board since minute 80 and may ride until 140; a long detour is more than that.
    let rider = Request { max_ride: Minutes(300), ..request(6, 29) };
    let run = with(car("a"), [a.clone(), b.clone()]);
    assert_eq!(answer_at(&run, &rider, 82), Ok(vec![1, 99, 99, 1]));
    b.max_ride = Minutes(29);
    let run = with(car("a"), [a, b]);
    // Ten minutes late at house 6 would make it 34 minutes for her, so the newcomer comes after.
    assert_ne!(answer_at(&run, &rider, 82), Ok(vec![1, 99, 99, 1]));
}

#[test]
fn a_car_sent_elsewhere_can_only_obey_from_now_on() {
    // It left house 0 at minute 60 for house 90; at minute 95 it is told to turn to house 20.
    let (mut a, mut b) = booked(1, 90, 95, 150, 155);
    (a.window, b.window) = (window(150, 250), window(150, 300));
    let mut run = with(Run { block: window(60, 400), ..car("a") }, [a, b]);
    run.end = house(95);
    let rider = Request { pick_up_window: window(90, 114), ..request(20, 25) };
    assert!(answer_at(&run, &rider, 95).is_err());
    let rider = Request { pick_up_window: window(90, 115), ..rider };
    assert_eq!(answer_at(&run, &rider, 95), Ok(vec![99, 99, 1, 1]));
}

#[test]
fn numbers_at_the_edge_of_time_are_answered_too() {
    use jitney_domain::{Timestamp, Window};
    let ever = Window { from: Timestamp(i64::MIN), to: Timestamp(i64::MAX) };
    let run = Run { block: ever, ..car("a") };
    let rider = Request {
        pick_up_window: ever,
        drop_off_window: ever,
        dwell_pick_up: Minutes(u32::MAX),
        dwell_drop_off: Minutes(u32::MAX),
        max_ride: Minutes(u32::MAX),
        preferred_pick_up: Timestamp(i64::MIN),
        ..request(5, 10)
    };
    assert!(answer(&run, &rider).is_ok());
    assert!(answer(&run, &Request { preferred_pick_up: Timestamp(i64::MAX), ..rider }).is_ok());
}
