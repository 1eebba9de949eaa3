//! Every kind of constraint, one by one: what only it forbids is refused with it and driven without it, on the
//! phone and in the plan alike. Taken out of the model, its row fails.

use jitney_domain::member::Unvetted;
use jitney_domain::{Assistance, Load, Metres, Minutes, Mobility, VettingItem};

use super::world::{Request, Run, Street, car, house, min, request, window};
use crate::day::{Day, DayRun, DayTrip};
use crate::plan::Budget;
use crate::{Bar, Pause, candidates, openings};

type Change = fn(&mut Run, &mut Request);

/// A licence that nobody has seen.
const UNSEEN: Unvetted = Unvetted { item: VettingItem::Licence, expired: None };

/// What is forbidden, the change that it forbids, and the nearest that it allows.
const KINDS: [(&str, Change, Change); 25] = [
    ("ambulatory seats", |_, r| r.requirement.companions = 3, |_, r| r.requirement.companions = 2),
    ("attendants", |_, r| r.requirement.attendants = 3, |_, r| r.requirement.attendants = 2),
    ("wheelchair spaces", |run, r| chair(run, r, 0, true), |run, r| chair(run, r, 1, true)),
    ("ramp or lift", |run, r| chair(run, r, 1, false), |run, r| chair(run, r, 1, true)),
    ("scooters", |run, r| scooter(run, r, 0, true), |run, r| scooter(run, r, 1, true)),
    ("lift for a scooter", |run, r| scooter(run, r, 1, false), |run, r| scooter(run, r, 1, true)),
    ("service animals", animal, |run, r| {
        animal(run, r);
        run.capability.service_animals = true;
    }),
    ("assistance", assisted, |run, r| {
        assisted(run, r);
        run.capability.assistance = Assistance::DoorToDoor;
    }),
    ("pick-up window", |_, r| r.pick_up_window = window(0, 9), |_, r| r.pick_up_window = window(0, 10)),
    ("appointment", |_, r| r.drop_off_window = window(0, 99), |_, r| r.drop_off_window = window(0, 100)),
    ("not there too early", |_, r| early(r, 171), |_, r| early(r, 170)),
    ("time to get in", |_, r| hurry(r, 1), |_, r| hurry(r, 0)),
    ("time to get out", |run, r| linger(run, r, 21), |run, r| linger(run, r, 20)),
    ("longest ride", |_, r| r.max_ride = Minutes(9), |_, r| r.max_ride = Minutes(10)),
    ("end of hours", |run, _| run.block = window(0, 119), |run, _| run.block = window(0, 120)),
    ("beginning of hours", |run, _| run.block = window(101, 300), |run, _| run.block = window(100, 300)),
    ("where the run begins", |run, _| run.start = house(121), |run, _| run.start = house(120)),
    ("where the run ends", |run, _| run.end = house(221), |run, _| run.end = house(220)),
    ("radius", |run, _| run.radius = Some(Metres(22_000)), |run, _| run.radius = Some(Metres(23_000))),
    ("trips a day", |run, _| run.max_trips = Some(0), |run, _| run.max_trips = Some(1)),
    ("leave", |run, _| run.barred = Some(Bar::OnLeave), |run, _| run.barred = None),
    ("vetting", |run, _| run.barred = Some(Bar::VettingLapsed(UNSEEN)), |run, _| run.barred = None),
    ("a no", |run, _| run.barred = Some(Bar::Declined), |run, _| run.barred = None),
    ("pauses", |run, _| pause(run, 106, 114), |run, _| pause(run, 106, 115)),
    ("not to be put together", |run, _| run.barred = Some(Bar::Incompatible), |run, _| run.barred = None),
];

fn chair(run: &mut Run, request: &mut Request, wheelchairs: u8, ramp: bool) {
    request.requirement.mobility = Mobility::Wheelchair;
    run.capability.places = Load { seats: 3, wheelchairs };
    run.capability.ramp_or_lift = ramp;
}

fn scooter(run: &mut Run, request: &mut Request, wheelchairs: u8, ramp: bool) {
    chair(run, request, wheelchairs, ramp);
    request.requirement.mobility = Mobility::Scooter;
}

fn animal(_: &mut Run, request: &mut Request) {
    request.requirement.service_animal = true;
}

fn assisted(_: &mut Run, request: &mut Request) {
    request.requirement.assistance = Assistance::DoorToDoor;
}

/// Fetched by 110 and on board for an hour at most, she is there by 170.
fn early(request: &mut Request, from: i64) {
    request.drop_off_window = window(from, 300);
}

fn hurry(request: &mut Request, dwell: u32) {
    request.pick_up_window = window(90, 90);
    request.drop_off_window = window(0, 100);
    request.dwell_pick_up = Minutes(dwell);
}

/// Set down at 100 at the earliest, twenty minutes from home.
fn linger(run: &mut Run, request: &mut Request, dwell: u32) {
    run.block = window(0, 140);
    request.dwell_drop_off = Minutes(dwell);
}

/// Fetched from 105 to 110 and set down from 115: no pause before she is fetched nor with her on board.
fn pause(run: &mut Run, from: i64, to: i64) {
    run.start = house(10);
    run.block.from = min(105);
    run.pauses = vec![Pause { window: window(from, to), length: Minutes(30) }];
}

fn on_the_phone(run: &Run, request: &Request) -> bool {
    !candidates(std::slice::from_ref(run), request, &Street, min(0)).candidates.is_empty()
}

fn without_a_shift(run: &Run, request: &Request) -> bool {
    let answer = openings(std::slice::from_ref(run), request, &Street, min(0), Minutes(0));
    !answer.openings.is_empty()
}

fn in_the_plan(run: &Run, request: &Request) -> bool {
    let (run, trip) = (DayRun::plain(run.clone()), DayTrip::plain(request.clone()));
    let day = Day::new(vec![run], vec![trip], &Street, min(0)).unwrap();
    day.plan(Budget { work: 2_000, threads: 1, seed: 1 }, |_| 0.0).unmet.is_empty()
}

#[test]
fn every_kind_is_kept_on_the_phone_and_in_the_plan() {
    for (kind, forbidden, allowed) in KINDS {
        for (change, drives) in [(forbidden, false), (allowed, true)] {
            let (mut run, mut rider) = (car("a"), request(10, 20));
            change(&mut run, &mut rider);
            let answers =
                (on_the_phone(&run, &rider), without_a_shift(&run, &rider), in_the_plan(&run, &rider));
            assert_eq!(answers, (drives, drives, drives), "{kind}");
        }
    }
}
