//! Whole days: who is put where, what each rule costs, and what changes when something happens.

use jitney_domain::{Assistance, Capability, Load, Minutes, Timestamp};

use super::world::{Request, Run, Stop, Street, booked, car, house, min, request, wheelchair, window, with};
use crate::day::{Change, Convertible, Day, DayPlan, DayRun, DayTrip, Incident, Relaxation};
use crate::plan::Budget;
use crate::{Bar, Leg, Pause, RunState};

type Plan = DayPlan<&'static str, u32>;
type TheDay = Day<&'static str, u32>;

const BUDGET: Budget = Budget { work: 100_000, threads: 1, seed: 7 };

fn day(runs: Vec<DayRun<&'static str, u32>>, trips: Vec<DayTrip<&'static str, u32>>) -> TheDay {
    Day::new(runs, trips, &Street, min(0)).unwrap()
}

fn planned(day: &TheDay) -> Plan {
    let plan = day.plan(BUDGET, |_| 0.0);
    plan.runs.iter().for_each(|run| check_times(&run.stops));
    plan
}

/// Checks a run against the street alone: windows, driving between stops, time on board.
fn check_times(stops: &[Stop]) {
    for stop in stops {
        assert!(stop.window.contains(stop.planned) || stop.done.is_some(), "{stop:?}");
    }
    for pair in stops.windows(2) {
        let houses = ((pair[0].at.lon() - pair[1].at.lon()).abs() * 100.0).round() as u32;
        let free = pair[0].planned.after(pair[0].dwell).after(Minutes(houses));
        assert!(free <= pair[1].planned, "{pair:?}");
    }
    for out in stops.iter().filter(|stop| stop.leg == Leg::DropOff) {
        let up = stops.iter().find(|stop| stop.stop == out.stop && stop.leg == Leg::PickUp).unwrap();
        assert!(up.planned <= out.planned && out.planned <= up.planned.after(up.dwell).after(up.max_ride));
    }
}

fn trip(key: u32, request: Request) -> DayTrip<&'static str, u32> {
    DayTrip::plain(Request { key, ..request })
}

/// Returns a trip that stands on a run, with its two stops.
fn promised(key: u32, from: i32, to: i32, at: i64) -> (DayTrip<&'static str, u32>, [Stop; 2]) {
    let (up, out) = booked(key, from, to, at, at + i64::from((to - from).abs()));
    let wanted = Request {
        pick_up_window: up.window,
        drop_off_window: out.window,
        preferred_pick_up: min(at),
        ..request(from, to)
    };
    (DayTrip { promised: true, ..trip(key, wanted) }, [up, out])
}

fn on(plan: &Plan, key: u32) -> Option<&'static str> {
    plan.runs.iter().find(|run| run.stops.iter().any(|stop| stop.stop == key)).map(|run| run.run)
}

fn pick_up(plan: &Plan, key: u32) -> Timestamp {
    let mut stops = plan.runs.iter().flat_map(|run| &run.stops);
    stops.find(|stop| stop.stop == key && stop.leg == Leg::PickUp).unwrap().planned
}

fn at(key: &'static str, house_number: i32) -> Run {
    RunState { start: house(house_number), end: house(house_number), ..car(key) }
}

#[test]
fn everybody_is_fetched_by_the_driver_who_is_near() {
    let runs = vec![DayRun::plain(at("west", 0)), DayRun::plain(at("east", 100))];
    let trips = vec![trip(1, request(5, 20)), trip(2, request(95, 80)), trip(3, request(6, 21))];
    let plan = planned(&day(runs, trips));
    assert_eq!((on(&plan, 1), on(&plan, 2), on(&plan, 3)), (Some("west"), Some("east"), Some("west")));
    assert!(plan.unmet.is_empty() && plan.changes.is_empty());
    assert_eq!(plan.runs.iter().map(|run| run.drive).collect::<Vec<_>>(), [Minutes(42), Minutes(40)]);
}

/// One car, one rider: whether she is served, with whatever `change` does to either.
fn served(change: impl FnOnce(&mut DayRun<&'static str, u32>, &mut DayTrip<&'static str, u32>)) -> bool {
    let (mut run, mut rider) = (DayRun::plain(car("a")), trip(1, request(10, 20)));
    change(&mut run, &mut rider);
    planned(&day(vec![run], vec![rider])).unmet.is_empty()
}

#[test]
fn every_rule_keeps_somebody_at_home_and_is_the_only_one_that_does() {
    assert!(served(|_, _| {}));
    assert!(!served(|run, _| run.state.block = window(0, 119)), "the block ends");
    assert!(served(|run, _| run.state.block = window(0, 131)));
    assert!(!served(|run, _| run.max_duration = Some(Minutes(39))), "the run lasts too long");
    assert!(served(|run, _| run.max_duration = Some(Minutes(40))));
    assert!(!served(|run, _| run.state.barred = Some(Bar::OnLeave)), "on leave");
    assert!(!served(|run, _| run.state.max_trips = Some(0)), "no trip more");
    assert!(!served(|_, rider| rider.request.requirement = wheelchair()), "no space for a wheelchair");
    assert!(!served(|_, rider| rider.request.requirement.companions = 3), "no seat for a third companion");
    assert!(!served(|_, rider| rider.request.max_ride = Minutes(9)), "on board too long");
    assert!(!served(|_, rider| rider.request.drop_off_window = window(0, 99)), "there too late");
    assert!(!served(|_, rider| rider.barred = vec!["a"]), "they do not get on");
    assert!(!served(|_, rider| rider.locked = Some("b")), "another's to drive");
    let pause = Pause { window: window(85, 95), length: Minutes(30) };
    assert!(!served(|run, _| run.state.pauses = vec![pause]), "the driver eats");
    let early = Pause { window: window(20, 60), length: Minutes(30) };
    assert!(served(|run, _| run.state.pauses = vec![early]));
}

#[test]
fn a_space_that_nobody_uses_gives_seats_where_they_fold_down() {
    let places = Load { seats: 1, wheelchairs: 1 };
    let capability = Capability { places, ramp_or_lift: true, ..Capability::default() };
    let with_companion = |convertible| {
        served(|run, rider| {
            (run.state.capability, run.convertible) = (capability, convertible);
            rider.request.requirement.companions = 1;
        })
    };
    assert!(!with_companion(Convertible::Fixed) && with_companion(Convertible::OneSeat));
}

#[test]
fn who_must_not_meet_is_never_on_board_together() {
    // Two riders of one hour and one way: together they take one car, apart two or one after the other.
    let narrow = |key| trip(key, Request { pick_up_window: window(99, 101), ..request(10, 40) });
    let together = planned(&day(vec![DayRun::plain(car("a"))], vec![narrow(1), narrow(2)]));
    assert!(together.unmet.is_empty());
    let mut apart = narrow(1);
    apart.request.apart = vec![2];
    let plan = planned(&day(vec![DayRun::plain(car("a"))], vec![apart, narrow(2)]));
    assert_eq!(plan.unmet.len(), 1);
}

#[test]
fn the_driver_whom_she_likes_best_comes_if_that_is_no_great_detour() {
    for liked in ["a", "b"] {
        let rider = DayTrip { preferred: vec![liked], ..trip(1, request(10, 20)) };
        let runs = vec![DayRun::plain(car("a")), DayRun::plain(car("b"))];
        assert_eq!(on(&planned(&day(runs, vec![rider])), 1), Some(liked));
    }
}

#[test]
fn who_must_not_meet_somebody_that_stays_where_she_is_does_not() {
    // The caller does not describe trip 2: it stays on its run.
    let (up, out) = booked(2, 10, 40, 100, 130);
    let run = || vec![DayRun::plain(with(car("a"), [up.clone(), out.clone()]))];
    let narrow = trip(1, Request { pick_up_window: window(99, 101), ..request(10, 40) });
    assert!(planned(&day(run(), vec![narrow.clone()])).unmet.is_empty());
    let mut apart = narrow;
    apart.request.apart = vec![2];
    assert_eq!(planned(&day(run(), vec![apart])).unmet.len(), 1);
}

#[test]
fn a_locked_trip_is_not_given_to_another_when_its_driver_falls_ill_but_it_is_said_what_would_help() {
    let (promised, stops) = promised(1, 10, 20, 100);
    let after = |locked| {
        let trips = vec![DayTrip { locked, ..promised.clone() }];
        let runs = vec![DayRun::plain(with(car("a"), stops.clone())), DayRun::plain(car("b"))];
        let ill = Incident::DriverIll { run: "a" };
        planned(&day(runs, trips).after(&ill, &Street, min(0)).unwrap())
    };
    assert!(after(None).unmet.is_empty(), "another drives");
    let unmet = after(Some("a")).unmet;
    assert_eq!(unmet[0].would_do, [Relaxation::Unlocked]);
}

#[test]
fn who_may_not_be_left_alone_does_not_wait_while_the_driver_is_at_a_door() {
    let unmet = |guarded| {
        let mut run = car("a");
        run.capability.assistance = Assistance::DoorToDoor;
        let narrow = |from, to, at| Request {
            pick_up_window: window(at, at + 1),
            drop_off_window: window(0, at + i64::from(to - from) + 1),
            ..request(from, to)
        };
        let mut helped = narrow(20, 30, 110);
        helped.requirement.assistance = Assistance::DoorToDoor;
        let trips = vec![DayTrip { guarded, ..trip(1, narrow(10, 40, 100)) }, trip(2, helped)];
        planned(&day(vec![DayRun::plain(run)], trips)).unmet.len()
    };
    assert_eq!((unmet(false), unmet(true)), (0, 1));
}

#[test]
fn both_halves_of_a_round_trip_are_driven_or_neither() {
    let home = Request { pick_up_window: window(250, 260), ..request(20, 10) };
    let halves = || {
        vec![
            DayTrip { linked: Some(2), ..trip(1, request(10, 20)) },
            DayTrip { linked: Some(1), ..trip(2, home.clone()) },
        ]
    };
    let until = |to| vec![DayRun::plain(RunState { block: window(0, to), ..car("a") })];
    assert!(planned(&day(until(300), halves())).unmet.is_empty());
    let plan = planned(&day(until(200), halves()));
    assert_eq!(plan.unmet.iter().map(|u| u.trip).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn what_was_promised_goes_before_what_was_not_and_stays_within_its_window() {
    let (first, stops) = promised(1, 10, 20, 100);
    let rival = trip(2, Request { pick_up_window: window(95, 105), ..request(60, 80) });
    let plan = planned(&day(vec![DayRun::plain(with(car("a"), stops))], vec![first, rival]));
    assert_eq!((on(&plan, 1), on(&plan, 2)), (Some("a"), None));
    assert!(window(90, 110).contains(pick_up(&plan, 1)));
    assert!(!plan.unmet[0].promised);
}

#[test]
fn an_ill_drivers_riders_go_to_another_and_each_change_is_said() {
    let (first, stops) = promised(1, 10, 20, 100);
    let runs = vec![DayRun::plain(with(car("a"), stops)), DayRun::plain(at("b", 5))];
    let ill = day(runs, vec![first]).after(&Incident::DriverIll { run: "a" }, &Street, min(50)).unwrap();
    let plan = planned(&ill);
    assert_eq!(on(&plan, 1), Some("b"));
    let [change] = plan.changes.as_slice() else { panic!("{:?}", plan.changes) };
    assert_eq!((change.trip, change.from, change.to, change.told), (1, "a", Some("b"), min(100)));
    assert!(change.to_string().starts_with("trip 1: b instead of a, "), "{change}");
}

#[test]
fn with_nobody_else_a_broken_promise_is_said_with_what_would_mend_it() {
    let (first, stops) = promised(1, 10, 20, 100);
    let late = RunState { block: window(150, 300), ..car("b") };
    let runs = vec![DayRun::plain(with(car("a"), stops)), DayRun::plain(late)];
    let broken = day(runs, vec![first]).after(&Incident::CarBroken { run: "a" }, &Street, min(50)).unwrap();
    let plan = planned(&broken);
    assert_eq!(plan.unmet.iter().map(|u| (u.trip, u.promised)).collect::<Vec<_>>(), [(1, true)]);
    // Fetched at 160 she would go fifty minutes late; driver b would have to begin at 100.
    assert!(plan.unmet[0].would_do.contains(&Relaxation::Windows(Minutes(60))), "{:?}", plan.unmet);
    let nobody = |c: &Change<_, _>| c.trip == 1 && c.to.is_none() && c.pick_up.is_none();
    assert!(plan.changes.iter().any(nobody), "{:?}", plan.changes);
}

#[test]
fn a_driver_who_is_late_keeps_what_can_be_kept() {
    let (first, early) = promised(1, 10, 20, 100);
    let (second, later) = promised(2, 30, 40, 200);
    let late = |by| {
        let runs = vec![DayRun::plain(with(car("a"), early.clone().into_iter().chain(later.clone())))];
        let day = day(runs, vec![first.clone(), second.clone()]);
        planned(&day.after(&Incident::Late { run: "a", by }, &Street, min(80)).unwrap())
    };
    let plan = late(Minutes(18));
    assert!(plan.unmet.is_empty() && pick_up(&plan, 1) == min(108), "{:?}", pick_up(&plan, 1));
    assert_eq!(plan.changes.len(), 1);
    let plan = late(Minutes(60));
    assert_eq!(plan.unmet.iter().map(|u| u.trip).collect::<Vec<_>>(), [1]);
    assert_eq!(on(&plan, 2), Some("a"));
}

#[test]
fn who_was_not_there_is_not_driven_home_either() {
    let (out, stops) = promised(1, 10, 20, 100);
    let (home, back) = promised(2, 20, 10, 200);
    let (out, home) = (DayTrip { linked: Some(2), ..out }, DayTrip { linked: Some(1), ..home });
    let runs = vec![DayRun::plain(with(car("a"), stops.into_iter().chain(back)))];
    let after = day(runs, vec![out, home]).after(&Incident::NoShow { trip: 1 }, &Street, min(110)).unwrap();
    let plan = planned(&after);
    assert_eq!((on(&plan, 1), on(&plan, 2), plan.unmet.len()), (None, None, 0));
}
