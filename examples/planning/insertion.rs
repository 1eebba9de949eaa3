//! How long a caller waits: the best places for a new call among the runs of a large coop's day.
//!
//! `cargo run --release --example insertion -- [--runs 1000] [--trips 5] [--calls 2000] [--seed 1] [--map FILE]`
//! makes a day of so many runs with so many trips each (two stops a trip), clustered homes and clinics, on straight lines
//! or on the roads of an OpenStreetMap extract, and asks the board for the five best runs for each call. In the same
//! program it looks at every run by [`candidates`], which is the baseline, and checks that both say the same.

#![allow(clippy::print_stdout)] // A program for a terminal.

use std::time::{Duration, Instant};

use jitney_dispatch::{Board, RunState, candidates};
use jitney_geo::TravelTimes as _;

#[path = "town.rs"]
mod town;

use town::{Town, Ways, argument, at};

fn main() -> Result<(), String> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |name, usual| argument(&args, name, usual);
    let (count, trips) = (number("--runs", 1000)?, number("--trips", 5)?);
    let (calls, seed) = (number("--calls", 2000)?, number("--seed", 1)?);
    let map = town::map(&args)?;
    let travel = Ways::of(map.as_ref());
    let now = at(6 * 60);
    let mut town = Town::new(seed, map.as_ref());
    let mut runs: Vec<RunState<u32, u32>> = (0..count as u32).map(|key| town.run(key)).collect();
    let mut key = 0;
    for run in &mut runs {
        // Each run is filled by the calls that fit it best of a few.
        for _ in 0..trips * 20 {
            if run.stops.len() >= 2 * trips as usize {
                break;
            }
            key += 1;
            let request = town.request_near(key, run.start);
            if let Some(found) =
                candidates(std::slice::from_ref(run), &request, &travel, now).candidates.pop()
            {
                run.stops = found.stops;
            }
        }
    }
    let stops = runs.iter().map(|run| run.stops.len()).sum::<usize>();
    println!("{count} runs with {:.1} stops each, {calls} calls, seed {seed}", stops as f64 / count as f64);

    let mut board = Board::metric();
    let began = Instant::now();
    runs.iter().for_each(|run| board.put(run.clone(), &travel, now));
    println!("putting a run on the board: {:.1} us", micros(began.elapsed()) / count as f64);

    let places: Vec<_> = runs.iter().map(|run| run.start).take(500).collect();
    let pairs = (places.len() * places.len()) as f64;
    // A drive that is asked for the second time is the known one.
    for what in ["first asked for", "known"] {
        let began = Instant::now();
        let far: i64 = (places.iter().flat_map(|a| places.iter().map(move |b| (*a, *b))))
            .filter_map(|(a, b)| travel.travel(a, b))
            .map(|leg| leg.millis)
            .sum();
        let each = micros(began.elapsed()) * 1e3 / pairs;
        println!("a drive {what}: {each:.0} ns (on average {:.0} min)", far as f64 / pairs / 60e3);
    }

    let (mut with_board, mut every_place) = (Vec::new(), Vec::new());
    let mut nobody = 0;
    for call in 0..calls {
        let request = town.request(1_000_000 + call as u32);
        // Of three times the shortest: the others are what else the machine did. On roads the second answer finds its
        // drives known, as no caller's are.
        let mut best = Vec::new();
        let tries = if map.is_some() { 1 } else { 3 };
        let times = (0..tries).map(|_| {
            let began = Instant::now();
            best = board.best(&request, 5, &travel, now);
            began.elapsed()
        });
        with_board.extend(times.min());
        nobody += usize::from(best.is_empty());
        // The baseline is slow: a part of the calls says enough.
        if call % 20 == 0 {
            let began = Instant::now();
            let mut all = candidates(&runs, &request, &travel, now).candidates;
            every_place.push(began.elapsed());
            all.truncate(5);
            if all != best {
                return Err(format!("call {call}: the board's best are not the best of all"));
            }
        }
    }
    let (fast, slow) = (figures("board", &mut with_board), figures("every run", &mut every_place));
    println!("nobody could come to {nobody} of {calls} calls");
    println!("the board is {:.0} times as fast (median)", slow / fast);
    Ok(())
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Prints median, 99th percentile and most; returns the median.
fn figures(what: &str, times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    let at = |percent: usize| micros(times[(times.len() - 1) * percent / 100]);
    println!("{what:<10} p50 {:>9.1} us   p99 {:>9.1} us   most {:>9.1} us", at(50), at(99), at(100));
    at(50)
}
