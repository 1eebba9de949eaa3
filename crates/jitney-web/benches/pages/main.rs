//! What the desk's pages cost where much is to be shown: finding one of 100,000 members while their name is being
//! typed, and a day of 1,000 trips on 60 runs. Each is asked as a browser asks, through the whole site to a running
//! node and back, and compared in the same run with the least that it could take.
//!
//! Run with `cargo bench -p jitney-web --bench pages`; `JITNEY_BENCH_DIR` names the disk, the current directory
//! otherwise, `JITNEY_BENCH_SIZE` other numbers of members, trips and runs, as in `1000,100,6`.

#![allow(clippy::print_stdout)] // Its lines are its result.

mod coop;
mod day;
mod find;

use std::time::Duration;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// How much there is.
struct Size {
    members: usize,
    trips: usize,
    runs: usize,
    /// How often each thing is asked.
    rounds: usize,
}

fn main() -> Outcome<()> {
    // `cargo test --benches` passes this to see that a benchmark runs at all.
    let brief = std::env::args().any(|argument| argument == "--test");
    let size = match (brief, std::env::var("JITNEY_BENCH_SIZE")) {
        (true, _) => Size { members: 200, trips: 8, runs: 2, rounds: 2 },
        (false, Err(_)) => Size { members: 100_000, trips: 1_000, runs: 60, rounds: 100 },
        (false, Ok(text)) => {
            let numbers = text.split(',').map(str::parse).collect::<Result<Vec<usize>, _>>()?;
            let [members, trips, runs] = *numbers else { return Err("three numbers, please".into()) };
            Size { members, trips, runs, rounds: 100 }
        }
    };
    let coop = coop::Coop::open(&size)?;
    find::measure(&coop, &size)?;
    day::measure(&coop, &size)
}

/// Returns median and 99th percentile in milliseconds.
fn figures(mut times: Vec<Duration>) -> (f64, f64) {
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    (at(50).as_secs_f64() * 1000.0, at(99).as_secs_f64() * 1000.0)
}
