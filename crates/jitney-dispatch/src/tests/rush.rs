//! Rush hours: what is promised can be driven at the speeds of the hour, reckoned minute by minute by code that knows
//! nothing of how the engine takes the drives.

use jitney_domain::{Minutes, Timestamp, Zone};
use jitney_geo::{Rush, Rushed, TravelTimes};

use super::exactness::{request as any_request, roads, scenario};
use super::world::{Dice, Request, Run, Stop, Street, Table, car, min, request};
use crate::candidates;
use crate::day::{Day, DayRun, DayTrip};
use crate::plan::Budget;

/// From the 60th to the 120th minute everything takes twice as long: one o'clock on a Thursday.
fn rush() -> Rush {
    Rush::none(Zone::named("UTC").unwrap()).with(1, 2, 200).unwrap()
}

/// Checks that who leaves each stop at once is at the next in time, by the speeds of the hour.
fn can_be_driven<T: TravelTimes>(run: &Run, stops: &[Stop], times: &Rushed<T>, left: Timestamp) -> bool {
    let made = stops.iter().rposition(|stop| stop.done.is_some()).map_or(0, |last| last + 1);
    let (mut free, mut here) = match made.checked_sub(1) {
        Some(last) => (stops[last].done.unwrap().max(left), stops[last].at),
        None => (left, run.start),
    };
    for stop in &stops[made..] {
        let drive = times.travel(here, stop.at).unwrap().millis;
        // As late as will do, or at once: who leaves earlier is never there later.
        if free.0 + times.rush.leaving(free, drive) > stop.planned.0 {
            return false;
        }
        (free, here) = (stop.planned.after(stop.dwell), stop.at);
    }
    let home = times.travel(here, run.end).unwrap().millis;
    free.0 + times.rush.leaving(free, home) <= run.block.to.0
}

#[test]
fn a_ride_that_is_short_enough_at_night_is_too_long_in_the_rush() {
    let rider = Request { max_ride: Minutes(15), ..request(10, 20) };
    let times = Rushed { times: Street, rush: rush() };
    assert!(!candidates(&[car("a")], &rider, &Street, min(0)).candidates.is_empty());
    assert!(candidates(&[car("a")], &rider, &times, min(0)).candidates.is_empty());
    let plan = |times: &Rushed<Street>, rider: &Request| {
        let (run, trip) = (DayRun::plain(car("a")), DayTrip::plain(rider.clone()));
        let day = Day::new(vec![run], vec![trip], times, min(0)).unwrap();
        day.plan(Budget { work: 2_000, threads: 1, seed: 1 }, |_| 0.0).unmet.is_empty()
    };
    assert!(!plan(&times, &rider) && plan(&times, &Request { max_ride: Minutes(21), ..rider }));
}

#[test]
fn what_is_promised_on_the_phone_can_be_driven_in_the_rush() {
    let (mut able, mut fewer) = (0, 0);
    for seed in 0..4000 {
        let mut dice = Dice(seed ^ 0x5eed);
        let Table(table) = roads(&mut dice);
        let (mut run, now) = scenario(&mut dice, 2);
        // The rush begins in the middle of it.
        let shift = dice.roll(20, 50);
        let later = |at: Timestamp| at.after(Minutes(shift as u32));
        let rider = any_request(&mut dice);
        let rider = rider.moved(crate::Shift(shift as i32));
        run.block = window_later(run.block, shift);
        run.pauses.clear();
        for stop in &mut run.stops {
            stop.window = window_later(stop.window, shift);
            stop.planned = later(stop.planned);
            stop.done = stop.done.map(later);
        }
        let now = later(now);
        let times = Rushed { times: Table(table.clone()), rush: rush() };
        let found = candidates(std::slice::from_ref(&run), &rider, &times, now).candidates;
        let calm = candidates(std::slice::from_ref(&run), &rider, &Table(table), now).candidates;
        assert!(found.is_empty() || !calm.is_empty(), "seed {seed}: the rush makes nothing possible");
        fewer += usize::from(found.is_empty() && !calm.is_empty());
        for found in found {
            let left = run.stops.iter().rfind(|s| s.done.is_some()).and_then(|s| s.done);
            let next = |stops: &[Stop]| stops.iter().find(|s| s.done.is_none()).map(|s| (s.stop, s.leg));
            let diverted = next(&found.stops) != next(&run.stops);
            let left = left.unwrap_or(run.block.from);
            let left = if diverted { left.max(now) } else { left };
            assert!(can_be_driven(&run, &found.stops, &times, left), "seed {seed}");
            able += 1;
        }
    }
    assert!(able > 200 && fewer > 50, "{able} able, {fewer} fewer: the cases are too alike");
}

fn window_later(window: jitney_domain::Window, minutes: i64) -> jitney_domain::Window {
    let later = |at: Timestamp| at.after(Minutes(minutes as u32));
    jitney_domain::Window { from: later(window.from), to: later(window.to) }
}

#[test]
fn what_is_planned_for_a_day_can_be_driven_in_the_rush() {
    let times = Rushed { times: Street, rush: rush() };
    let mut served = 0;
    for seed in 0..40 {
        let mut dice = Dice(seed);
        let trips = (0..5u32).map(|key| {
            let (from, to) = (dice.roll(0, 30) as i32, dice.roll(0, 30) as i32);
            let at = dice.roll(30, 140);
            let windows = (super::world::window(at - 10, at + 10), super::world::window(0, 300));
            DayTrip::plain(Request {
                key,
                pick_up_window: windows.0,
                drop_off_window: windows.1,
                preferred_pick_up: min(at),
                ..request(from, to)
            })
        });
        let trips: Vec<_> = trips.collect();
        let runs =
            ["a", "b"].map(|key| DayRun::plain(Run { block: super::world::window(20, 240), ..car(key) }));
        let day = Day::new(runs.to_vec(), trips, &times, min(0)).unwrap();
        let plan = day.plan(Budget { work: 3_000, threads: 1, seed: 1 }, |_| 0.0);
        for (run, planned) in runs.iter().zip(&plan.runs) {
            assert!(can_be_driven(&run.state, &planned.stops, &times, run.state.block.from), "seed {seed}");
            served += planned.stops.len() / 2;
        }
    }
    assert!(served > 80, "{served} served");
}
