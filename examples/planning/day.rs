//! A large coop's day, planned: what the search saves on taking each trip as it is called in.
//!
//! `cargo run --release --example day -- [--trips 1000] [--drivers 200] [--seconds 60] [--seed 1] [--threads 1]
//! [--map FILE]` makes a day in a made-up town, on straight lines or on the roads of an OpenStreetMap extract, gives each
//! trip in turn to the run that drives least more for it, as on the phone, and plans the day from there.

#![allow(clippy::print_stdout)] // A program for a terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use jitney_dispatch::day::{Day, DayRun, DayTrip};
use jitney_dispatch::plan::Budget;
use jitney_dispatch::{Leg, PlannedStop, RunState, candidates};
use jitney_geo::TravelTimes;

#[path = "town.rs"]
mod town;

use town::{Town, Ways, argument, at};

type Run = RunState<u32, u32>;

fn main() -> Result<(), String> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |name, usual| argument(&args, name, usual);
    let (trips, drivers) = (number("--trips", 1000)?, number("--drivers", 200)?);
    let (seconds, seed, threads) = (number("--seconds", 60)?, number("--seed", 1)?, number("--threads", 1)?);
    let map = town::map(&args)?;
    let travel = Ways::of(map.as_ref());
    let now = at(0);
    let mut town = Town::new(seed, map.as_ref());
    let idle: BTreeMap<u32, Run> = (0..drivers as u32).map(|key| (key, town.run(key))).collect();
    let wanted: Vec<_> = (0..trips as u32).map(|key| town.request(key)).collect();

    let mut runs = idle.clone();
    for request in &wanted {
        let standing: Vec<Run> = runs.values().cloned().collect();
        let able = candidates(&standing, request, &travel, now).candidates;
        let Some(found) = able.into_iter().min_by_key(|c| (c.cost.drive, c.run)) else { continue };
        runs.entry(found.run).and_modify(|run| run.stops = found.stops);
    }
    let greedy: i64 = runs.values().map(|run| driving(run, &run.stops, &travel)).sum();
    let carried = |stops: &mut dyn Iterator<Item = &PlannedStop<u32>>| {
        stops.filter(|s| s.leg == Leg::PickUp).map(|s| s.stop).collect::<BTreeSet<_>>()
    };
    let unmet = trips as usize - carried(&mut runs.values().flat_map(|run| &run.stops)).len();
    println!("{trips} trips, {drivers} drivers, seed {seed}");
    println!("greedy insertion  {:>7.1} h driving, {unmet} unmet", hours(greedy));

    let states: Vec<Run> = runs.into_values().collect();
    let day_runs = states.iter().cloned().map(DayRun::plain).collect();
    let day_trips = wanted.iter().cloned().map(DayTrip::plain).collect();
    let day = Day::new(day_runs, day_trips, &travel, now).map_err(|e| e.to_string())?;
    let limit = Duration::from_secs(seconds);
    let began = Instant::now();
    let budget = Budget { work: u64::MAX / 2, threads: threads as usize, seed };
    let plan = day.plan(budget, |_| began.elapsed().as_secs_f64() / limit.as_secs_f64());
    let took = began.elapsed();
    let planned: i64 = states.iter().zip(&plan.runs).map(|(run, p)| driving(run, &p.stops, &travel)).sum();
    let served = carried(&mut plan.runs.iter().flat_map(|run| &run.stops)).len();
    for request in &wanted {
        // Checked by the stops alone: everybody who is fetched is fetched in her window and set down in hers.
        let stops = plan.runs.iter().flat_map(|run| &run.stops).filter(|stop| stop.stop == request.key);
        if stops.clone().any(|stop| !stop.window.contains(stop.planned)) {
            return Err(format!("trip {} is driven outside of its windows", request.key));
        }
    }
    println!(
        "planned           {:>7.1} h driving, {} unmet, in {:.1} s, {} iterations",
        hours(planned),
        trips as usize - served,
        took.as_secs_f64(),
        plan.iterations
    );
    println!("driving saved     {:>7.1} %", 100.0 * (greedy - planned) as f64 / greedy as f64);
    Ok(())
}

fn driving(run: &Run, stops: &[PlannedStop<u32>], travel: &impl TravelTimes) -> i64 {
    if stops.is_empty() {
        return 0;
    }
    let places = stops.iter().map(|stop| stop.at).chain([run.end]);
    let (_, millis) = places.fold((run.start, 0), |(from, sum), to| {
        (to, sum + travel.travel(from, to).map_or(0, |leg| leg.millis))
    });
    millis
}

fn hours(millis: i64) -> f64 {
    millis as f64 / 3_600_000.0
}
