//! Which of the possible times are chosen.

use jitney_domain::{Minutes, Timestamp};

use super::world::{Request, Run, Stop, Street, booked, car, house, min, request, window, with};
use crate::{Candidate, Infeasible, candidates, expected, remove, schedule};

fn best(run: Run, request: &Request) -> Candidate<&'static str, u32> {
    candidates(&[run], request, &Street, min(0)).candidates.remove(0)
}

fn minutes(stops: &[Stop]) -> Vec<(u32, i64)> {
    stops.iter().map(|stop| (stop.stop, stop.planned.0 / 60_000)).collect()
}

#[test]
fn a_rider_is_picked_up_when_she_likes_if_that_can_be() {
    let found = best(car("a"), &request(5, 10));
    assert_eq!((found.pick_up_at, found.drop_off_at), (min(100), min(105)));
    assert_eq!(found.ride, Minutes(5));
    assert_eq!(found.added_drive, Minutes(20));
    assert_eq!(found.added_metres.km(), 20.0);
}

#[test]
fn a_rider_waits_at_home_and_not_in_the_car() {
    // The clinic opens at minute 112; she could be there at 105.
    let rider = Request { drop_off_window: window(112, 130), ..request(5, 10) };
    let found = best(car("a"), &rider);
    assert_eq!((found.pick_up_at, found.drop_off_at), (min(107), min(112)));
    // It opens at 120: even the latest pick-up leaves five minutes to sit.
    let rider = Request { drop_off_window: window(120, 130), ..request(5, 10) };
    let found = best(car("a"), &rider);
    assert_eq!((found.pick_up_at, found.drop_off_at, found.ride), (min(110), min(120), Minutes(10)));
}

#[test]
fn a_time_told_stays_if_it_can() {
    let (a, b) = booked(1, 10, 20, 95, 105);
    let found = best(with(car("a"), [a, b]), &request(12, 18));
    assert_eq!(minutes(&found.stops), [(1, 95), (99, 97), (99, 103), (1, 105)]);
}

#[test]
fn a_time_told_moves_no_more_than_it_must() {
    // The newcomer gets out at minute 95 at the earliest, five houses from the next pick-up told for 98.
    let (mut a, b) = booked(1, 25, 30, 98, 103);
    a.window = window(90, 108);
    let rider = Request {
        pick_up_window: window(90, 91),
        drop_off_window: window(0, 96),
        preferred_pick_up: min(90),
        ..request(15, 20)
    };
    let found = best(with(car("a"), [a, b]), &rider);
    assert_eq!(minutes(&found.stops), [(99, 90), (99, 95), (1, 100), (1, 105)]);
    assert!(found.sentence().contains("moves 1 pick-up by 2 min"));
}

#[test]
fn times_are_whole_minutes_where_one_lies_between() {
    let mut rider = request(5, 10);
    rider.preferred_pick_up = Timestamp(min(100).0 + 20_000);
    assert_eq!(best(car("a"), &rider).pick_up_at, min(101));
    // No whole minute lies in a window of half a minute.
    rider.pick_up_window =
        jitney_domain::Window { from: Timestamp(min(100).0 + 10_000), to: Timestamp(min(100).0 + 40_000) };
    assert_eq!(best(car("a"), &rider).pick_up_at, Timestamp(min(100).0 + 20_000));
}

#[test]
fn slack_is_what_the_run_can_lose_before_a_promise_breaks() {
    // Home at minute 115 of 300, pick-up until 110: ten minutes.
    assert_eq!(best(car("a"), &request(5, 10)).slack, Minutes(10));
    let run = Run { block: window(0, 119), ..car("a") };
    assert_eq!(best(run, &request(5, 10)).slack, Minutes(4));
    let rider = Request { max_ride: Minutes(7), ..request(5, 10) };
    assert_eq!(best(car("a"), &rider).slack, Minutes(2));
}

#[test]
fn when_a_trip_leaves_the_others_keep_their_times() {
    let (a, b) = booked(1, 10, 20, 95, 111);
    let (c, d) = booked(2, 12, 15, 99, 104);
    let run = with(car("a"), [a, c, d, b]);
    assert_eq!(minutes(&remove(&run, &2, &Street, min(0))), [(1, 95), (1, 105)]);
    assert_eq!(remove(&run, &7, &Street, min(0)).len(), 4);
}

#[test]
fn a_rider_on_board_is_not_removed() {
    let (mut a, b) = booked(1, 10, 20, 95, 105);
    a.done = Some(min(95));
    let run = with(car("a"), [a, b]);
    assert_eq!(remove(&run, &1, &Street, min(96)).len(), 2);
}

#[test]
fn putting_in_and_taking_out_again_leaves_the_run_as_it_was() {
    let (a, b) = booked(1, 10, 20, 95, 105);
    let run = with(car("a"), [a, b]);
    let found = best(run.clone(), &request(12, 18));
    let fuller = Run { stops: found.stops, ..run.clone() };
    assert_eq!(remove(&fuller, &99, &Street, min(0)), run.stops);
}

#[test]
fn a_late_run_says_which_promise_breaks_and_when_it_will_come() {
    let (a, b) = booked(1, 10, 20, 95, 105);
    let run = with(Run { start: house(0), ..car("a") }, [a, b]);
    assert_eq!(schedule(&run, &Street, min(0)), Ok(vec![min(95), min(105)]));
    let late = schedule(&run, &Street, min(108));
    assert_eq!(late, Err(Infeasible::TooLate { stop: 0, by: Minutes(3) }));
    assert_eq!(expected(&run, &Street, min(108)), Some(vec![min(108), min(118)]));
    let short = Run { block: window(0, 124), ..run.clone() };
    let (mut c, d) = booked(2, 10, 20, 95, 105);
    c.window = window(105, 110);
    let short = Run { stops: vec![c, d], ..short };
    assert_eq!(schedule(&short, &Street, min(0)), Err(Infeasible::HomeTooLate { by: Minutes(11) }));
    let mut sitting = run;
    sitting.stops[1].max_ride = Minutes(9);
    assert_eq!(schedule(&sitting, &Street, min(0)), Err(Infeasible::RideTooLong { stop: 1 }));
}
