//! The engine against enumeration of every minute, which knows nothing of chains and bounds: what can be
//! driven is found, what cannot is refused. All figures are whole minutes, so a schedule exists if and only
//! if one in whole minutes does (difference constraints are totally unimodular).

use jitney_domain::{Assistance, Capability, Coordinate, Load, Minutes, Requirement, Timestamp};
use jitney_geo::TravelTimes;

use super::world::{Dice, Request, Run, Stop, Table, car, house, min, window};
use crate::{Leg, Pause, PlannedStop, Shift, candidates, openings, remove, schedule};

const PLACES: i64 = 6;

pub fn roads(dice: &mut Dice) -> Table {
    let mut drive = |i, j| match i == j {
        true => Some(0),
        false => (!dice.once_in(40)).then(|| dice.roll(1, 12)),
    };
    Table((0..PLACES).map(|i| (0..PLACES).map(|j| drive(i, j)).collect()).collect())
}

fn stop(dice: &mut Dice, key: u32, leg: Leg, near: i64) -> Stop {
    let from = (near + dice.roll(-6, 6)).max(0);
    let width = dice.roll(0, 12);
    PlannedStop {
        stop: key,
        leg,
        at: house(dice.roll(0, PLACES - 1) as i32),
        window: window(from, from + width),
        dwell: Minutes(dice.roll(0, 2) as u32),
        load: Load { seats: 1, wheelchairs: 0 },
        max_ride: Minutes(0),
        guarded: false,
        leaves_vehicle: false,
        planned: min(from + dice.roll(0, width)),
        done: None,
    }
}

/// Makes a run with up to `trips` trips, their legs interleaved at random, some of the stops made.
pub fn scenario(dice: &mut Dice, trips: u32) -> (Run, Timestamp) {
    let mut run = car("run");
    run.capability.places.seats = dice.roll(1, 3) as u8;
    run.capability.assistance = Assistance::DoorToDoor;
    run.start = house(dice.roll(0, PLACES - 1) as i32);
    run.end = house(dice.roll(0, PLACES - 1) as i32);
    run.block = window(dice.roll(0, 5), dice.roll(30, 60));
    let mut near = 10;
    for key in 0..dice.roll(0, i64::from(trips)) as u32 {
        let (first, last) = (dice.roll(0, run.stops.len() as i64), run.stops.len());
        let mut get_in = stop(dice, key, Leg::PickUp, near);
        let mut get_out = stop(dice, key, Leg::DropOff, near + 12);
        let ride = Minutes(dice.roll(3, 25) as u32);
        (get_in.max_ride, get_out.max_ride) = (ride, ride);
        let guarded = dice.once_in(5);
        (get_in.guarded, get_out.guarded) = (guarded, guarded);
        (get_in.leaves_vehicle, get_out.leaves_vehicle) = (dice.once_in(5), dice.once_in(5));
        get_out.load = get_in.load;
        run.stops.insert(first as usize, get_in);
        let out = dice.roll(first + 1, last as i64 + 1);
        run.stops.insert(out as usize, get_out);
        near += 8;
    }
    for _ in 0..dice.roll(0, 2) {
        let from = dice.roll(0, 40);
        let length = Minutes(dice.roll(1, 8) as u32);
        run.pauses.push(Pause { window: window(from, from + dice.roll(0, 12)), length });
    }
    let mut now = min(dice.roll(0, 8));
    if dice.once_in(3) && !run.stops.is_empty() {
        let made = dice.roll(1, run.stops.len() as i64) as usize;
        let mut at = 0;
        for stop in &mut run.stops[..made] {
            at += dice.roll(1, 9);
            stop.done = Some(min(at));
        }
        now = now.max(min(at + dice.roll(0, 3)));
    }
    (run, now)
}

pub fn request(dice: &mut Dice) -> Request {
    let get_in = stop(dice, 99, Leg::PickUp, 18);
    let get_out = stop(dice, 99, Leg::DropOff, 30);
    Request {
        key: 99,
        pick_up: get_in.at,
        drop_off: get_out.at,
        pick_up_window: get_in.window,
        drop_off_window: get_out.window,
        dwell_pick_up: get_in.dwell,
        dwell_drop_off: get_out.dwell,
        requirement: Requirement {
            never_leave_alone: dice.once_in(4),
            assistance: if dice.once_in(4) { Assistance::DoorToDoor } else { Assistance::CurbToCurb },
            ..Requirement::default()
        },
        max_ride: Minutes(dice.roll(3, 25) as u32),
        preferred_pick_up: get_in.planned,
        apart: (0..3).filter(|_| dice.once_in(6)).collect(),
    }
}

/// How many stops are made, when the vehicle can leave where it stands, and where that is.
fn whereabouts(run: &Run, stops: &[Stop], now: Timestamp) -> (usize, i64, Coordinate) {
    let last = stops.iter().rposition(|s| s.done.is_some());
    let made = last.map_or(0, |last| last + 1);
    let (left, here) = match last {
        Some(last) => (stops[last].done.unwrap(), stops[last].at),
        None => (run.block.from, run.start),
    };
    let next = |stops: &[Stop]| stops.get(made).map(|s| (s.stop, s.leg));
    let left = if next(stops) == next(&run.stops) { left } else { left.max(now) };
    (made, left.0 / 60_000, here)
}

/// Tries every minute for every stop and pause that is still to come.
fn with_pauses(run: &Run, stops: &[Stop], roads: &Table, now: Timestamp) -> bool {
    let to_come = run.pauses.iter().filter(|pause| pause.window.to >= now).copied().collect();
    some_times(run, stops, roads, now, to_come)
}

/// Tries every minute for every stop.
fn some_schedule(run: &Run, stops: &[Stop], roads: &Table, now: Timestamp) -> bool {
    some_times(run, stops, roads, now, Vec::new())
}

fn some_times(run: &Run, stops: &[Stop], roads: &Table, now: Timestamp, pauses: Vec<Pause>) -> bool {
    let (made, left, here) = whereabouts(run, stops, now);
    let mut times: Vec<i64> = stops[..made].iter().map(|s| s.planned.0 / 60_000).collect();
    try_from(run, stops, roads, now.0 / 60_000, (left, here), &pauses, &mut times)
}

fn try_from(
    run: &Run,
    stops: &[Stop],
    roads: &Table,
    now: i64,
    (free, here): (i64, Coordinate),
    pauses: &[Pause],
    times: &mut Vec<i64>,
) -> bool {
    let gone = &stops[..times.len()];
    let count = |leg| gone.iter().filter(|s| s.leg == leg).count();
    if count(Leg::PickUp) == count(Leg::DropOff) {
        for (k, pause) in pauses.iter().enumerate() {
            let others: Vec<Pause> = [&pauses[..k], &pauses[k + 1..]].concat();
            for begin in free.max(pause.window.from.0 / 60_000)..=pause.window.to.0 / 60_000 {
                let over = begin + i64::from(pause.length.0);
                if try_from(run, stops, roads, now, (over, here), &others, times) {
                    return true;
                }
            }
        }
    }
    let Some(stop) = stops.get(times.len()) else {
        if !pauses.is_empty() {
            return false;
        }
        let home = roads.travel(here, run.end).map(|leg| free + leg.millis / 60_000);
        return home.is_some_and(|home| home <= run.block.to.0 / 60_000);
    };
    let Some(leg) = roads.travel(here, stop.at) else { return false };
    for time in stop.window.from.0 / 60_000..=stop.window.to.0 / 60_000 {
        if time < now || time < free + leg.millis / 60_000 || !ride_is_short(stops, stop, time, times) {
            continue;
        }
        times.push(time);
        let over = time + i64::from(stop.dwell.0);
        let done = try_from(run, stops, roads, now, (over, stop.at), pauses, times);
        times.pop();
        if done {
            return true;
        }
    }
    false
}

fn ride_is_short(stops: &[Stop], out: &Stop, time: i64, times: &[i64]) -> bool {
    let get_in = stops.iter().zip(times).find(|(s, _)| s.stop == out.stop && s.leg == Leg::PickUp);
    match get_in {
        Some((get_in, begun)) if out.leg == Leg::DropOff => {
            let boarded = get_in.done.map_or(begun + i64::from(get_in.dwell.0), |d| d.0 / 60_000);
            time - boarded <= i64::from(out.max_ride.0)
        }
        _ => true,
    }
}

fn everybody_has_a_seat(stops: &[Stop], capability: Capability) -> bool {
    let made = stops.iter().rposition(|s| s.done.is_some());
    (made.unwrap_or(0)..stops.len()).all(|i| {
        let count = |leg| stops[..=i].iter().filter(|s| s.leg == leg).count();
        count(Leg::PickUp) - count(Leg::DropOff) <= usize::from(capability.places.seats)
    })
}

/// Tells whether the newcomer neither waits in the vehicle where she may not, nor has others wait who may not.
fn nobody_is_left_alone(stops: &[Stop]) -> bool {
    let on_board = |key: u32, at: usize| {
        let gone = |leg| stops[..at].iter().any(|s| s.stop == key && s.leg == leg);
        gone(Leg::PickUp) && !gone(Leg::DropOff)
    };
    stops.iter().enumerate().filter(|(_, s)| s.leaves_vehicle && s.done.is_none()).all(|(at, stop)| {
        let waits = |s: &&Stop| s.guarded && s.stop != stop.stop && on_board(s.stop, at);
        let mut waiting = stops.iter().filter(waits);
        waiting.all(|s| s.stop != 99 && stop.stop != 99)
    })
}

/// Tells whether the newcomer sits with nobody she may not meet.
fn nobody_meets(stops: &[Stop], apart: &[u32]) -> bool {
    let place = |key: u32, leg| stops.iter().position(|s| s.stop == key && s.leg == leg);
    let (get_in, get_out) = (place(99, Leg::PickUp).unwrap(), place(99, Leg::DropOff).unwrap());
    apart.iter().all(|key| match (place(*key, Leg::PickUp), place(*key, Leg::DropOff)) {
        (Some(up), Some(out)) => out < get_in || get_out < up,
        _ => true,
    })
}

/// Tells whether the times as they are planned leave room for the pauses.
fn leaves_room_for_pauses(run: &Run, stops: &[Stop], roads: &Table, now: Timestamp) -> bool {
    let at = |s: &Stop| Stop { window: window(s.planned.0 / 60_000, s.planned.0 / 60_000), ..s.clone() };
    with_pauses(run, &stops.iter().map(at).collect::<Vec<_>>(), roads, now)
}

/// Checks planned times against every rule, one by one.
fn keeps_everything(run: &Run, stops: &[Stop], roads: &Table, now: Timestamp) -> bool {
    let (made, left, here) = whereabouts(run, stops, now);
    let (mut free, mut here) = (min(left), here);
    let times: Vec<i64> = stops.iter().map(|s| s.planned.0 / 60_000).collect();
    for (i, stop) in stops.iter().enumerate().skip(made) {
        let arrival = free.0 + roads.travel(here, stop.at).unwrap().millis;
        let in_time = stop.planned >= now && stop.window.contains(stop.planned);
        let short = ride_is_short(stops, stop, stop.planned.0 / 60_000, &times[..i]);
        if stop.planned.0 < arrival || !in_time || !short || stop.planned.0 % 60_000 != 0 {
            return false;
        }
        (free, here) = (stop.planned.after(stop.dwell), stop.at);
    }
    let home = free.0 + roads.travel(here, run.end).unwrap().millis;
    home <= run.block.to.0
}

fn planned(stops: &[Stop], times: Vec<Timestamp>) -> Vec<Stop> {
    stops.iter().zip(times).map(|(stop, planned)| Stop { planned, ..stop.clone() }).collect()
}

#[test]
fn a_schedule_is_found_if_and_only_if_there_is_one() {
    let (mut able, mut unable) = (0, 0);
    for seed in 0..6000 {
        let mut dice = Dice(seed);
        let roads = roads(&mut dice);
        let (run, now) = scenario(&mut dice, 3);
        let exists = some_schedule(&run, &run.stops, &roads, now);
        match schedule(&run, &roads, now) {
            Ok(times) => {
                assert!(exists, "seed {seed}: accepted what no schedule can keep");
                assert!(keeps_everything(&run, &planned(&run.stops, times), &roads, now), "seed {seed}");
                able += 1;
            }
            Err(broken) => {
                assert!(!exists, "seed {seed}: refused ({broken}) what can be kept");
                unable += 1;
            }
        }
    }
    assert!(able > 500 && unable > 500, "{able} able, {unable} unable: the cases are too alike");
}

#[test]
fn a_place_for_a_trip_is_found_if_and_only_if_there_is_one() {
    let (mut able, mut unable) = (0, 0);
    for seed in 0..6000 {
        let mut dice = Dice(seed ^ 0xface);
        let roads = roads(&mut dice);
        let (run, now) = scenario(&mut dice, 2);
        let request = request(&mut dice);
        let idle = run.stops.iter().all(|s| s.done.is_some());
        let on_time = idle || some_schedule(&run, &run.stops, &roads, now);
        let exists = on_time
            && places(&run, &request).iter().any(|stops| {
                everybody_has_a_seat(stops, run.capability)
                    && nobody_is_left_alone(stops)
                    && nobody_meets(stops, &request.apart)
                    && with_pauses(&run, stops, &roads, now)
            });
        let ranking = candidates(std::slice::from_ref(&run), &request, &roads, now);
        assert_eq!(ranking.candidates.len() + ranking.unable.len(), 1, "seed {seed}");
        match ranking.candidates.first() {
            Some(found) => {
                assert!(exists, "seed {seed}: accepted what cannot be driven");
                assert!(everybody_has_a_seat(&found.stops, run.capability), "seed {seed}");
                assert!(nobody_is_left_alone(&found.stops), "seed {seed}");
                assert!(nobody_meets(&found.stops, &request.apart), "seed {seed}");
                assert!(leaves_room_for_pauses(&run, &found.stops, &roads, now), "seed {seed}");
                assert!(keeps_everything(&run, &found.stops, &roads, now), "seed {seed}");
                let others = found.stops.iter().filter(|s| s.stop != 99).map(|s| (s.stop, s.leg));
                assert!(others.eq(run.stops.iter().map(|s| (s.stop, s.leg))), "seed {seed}: reordered");
                able += 1;
            }
            None => {
                assert!(!exists, "seed {seed}: refused ({}) what can be driven", ranking.unable[0]);
                unable += 1;
            }
        }
    }
    assert!(able > 500 && unable > 500, "{able} able, {unable} unable: the cases are too alike");
}

/// Every order of stops in which the new trip follows what is made.
fn places(run: &Run, request: &Request) -> Vec<Vec<Stop>> {
    let made = run.stops.iter().rposition(|s| s.done.is_some()).map_or(0, |last| last + 1);
    let (get_in, get_out) = request.stops(min(0), min(0));
    let mut orders = Vec::new();
    for i in made..=run.stops.len() {
        for j in i + 1..=run.stops.len() + 1 {
            let mut stops = run.stops.clone();
            stops.insert(i, get_in.clone());
            stops.insert(j, get_out.clone());
            orders.push(stops);
        }
    }
    orders
}

#[test]
fn a_run_from_which_a_trip_leaves_keeps_its_promises_if_it_can() {
    let mut kept = 0;
    for seed in 0..3000 {
        let mut dice = Dice(seed ^ 0xbeef);
        let roads = roads(&mut dice);
        let (run, now) = scenario(&mut dice, 3);
        let rest = remove(&run, &0, &roads, now);
        let on_board = run.stops.iter().any(|s| s.stop == 0 && s.leg == Leg::PickUp && s.done.is_some());
        assert!(on_board || rest.iter().all(|s| s.stop != 0 || s.done.is_some()), "seed {seed}");
        if some_schedule(&run, &rest, &roads, now) {
            assert!(keeps_everything(&run, &rest, &roads, now), "seed {seed}");
            let rested = with_pauses(&run, &rest, &roads, now);
            assert_eq!(rested, leaves_room_for_pauses(&run, &rest, &roads, now), "seed {seed}");
            kept += 1;
        }
    }
    assert!(kept > 300, "{kept} kept: the cases are too alike");
}

#[test]
fn the_nearest_time_at_which_she_can_be_taken_is_the_nearest_that_there_is() {
    const MOST: i32 = 14;
    let (mut now_too, mut moved, mut never) = (0, 0, 0);
    for seed in 0..700 {
        let mut dice = Dice(seed ^ 0x3e11);
        let roads = roads(&mut dice);
        let (run, now) = scenario(&mut dice, 2);
        let request = request(&mut dice);
        let idle = run.stops.iter().all(|s| s.done.is_some());
        let on_time = idle || some_schedule(&run, &run.stops, &roads, now);
        let fits = |shift: i32| {
            on_time
                && places(&run, &request.moved(Shift(shift))).iter().any(|stops| {
                    everybody_has_a_seat(stops, run.capability)
                        && nobody_is_left_alone(stops)
                        && nobody_meets(stops, &request.apart)
                        && with_pauses(&run, stops, &roads, now)
                })
        };
        let expected: Vec<i32> = if fits(0) {
            vec![0]
        } else {
            let sides = [(1..=MOST).map(|by| -by).find(|by| fits(*by)), (1..=MOST).find(|by| fits(*by))];
            sides.into_iter().flatten().collect()
        };
        let answer =
            openings(std::slice::from_ref(&run), &request, &roads, now, Minutes(MOST.unsigned_abs()));
        let mut found: Vec<i32> = answer.openings.iter().map(|o| o.shift.0).collect();
        found.sort_unstable();
        assert_eq!(found, expected, "seed {seed}");
        assert_eq!(answer.unable.len(), usize::from(expected.is_empty()), "seed {seed}");
        for opening in &answer.openings {
            assert!(keeps_everything(&run, &opening.candidate.stops, &roads, now), "seed {seed}");
            assert!(leaves_room_for_pauses(&run, &opening.candidate.stops, &roads, now), "seed {seed}");
        }
        match expected.as_slice() {
            [0] => now_too += 1,
            [] => never += 1,
            _ => moved += 1,
        }
    }
    assert!(now_too > 50 && moved > 50 && never > 50, "{now_too}, {moved}, {never}: the cases are too alike");
}
