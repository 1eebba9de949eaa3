//! What a coop's rules cost above its store: bookings through `Core::step`, each step compared with the bare
//! store's durable write of the very same batch, one after the other in the same run so that other load on the
//! machine hits both; and the reopening of a node with 100,000 trips.
//!
//! Run with `cargo bench -p jitney-node --bench commands`; `JITNEY_BENCH_DIR` names the disk to measure, the
//! current directory otherwise.

#![allow(clippy::print_stdout)] // Its lines are its result.

mod coop;
mod figures;
mod reopen;
mod watched;

use std::time::{Duration, Instant};

use jitney_node::core::Core;
use jitney_store::{SledStore, Store as _};
use tempfile::TempDir;

use coop::Office;
use figures::{Figures, micros, ratio};
use watched::{Watch, Watched};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Steps measured of each group size.
const STEPS: usize = 400;
/// Trips of the node that is reopened.
const TRIPS: usize = 100_000;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some([_, dir]) =
        arguments.iter().position(|a| a == reopen::FLAG).and_then(|at| arguments.get(at..at + 2))
    {
        return reopen::measure(dir.as_ref());
    }
    // `cargo test --benches` passes this to see that a benchmark runs at all.
    let brief = arguments.iter().any(|argument| argument == "--test");
    for group in [1, 64] {
        bookings(group, if brief { 2 } else { STEPS })?;
    }
    reopen::run(if brief { 128 } else { TRIPS })
}

/// Returns a new directory on the disk to measure.
fn directory() -> Outcome<TempDir> {
    Ok(tempfile::tempdir_in(std::env::var_os("JITNEY_BENCH_DIR").unwrap_or(".".into()))?)
}

/// Measures steps of `group` bookings against the bare store's commit of the same batch.
fn bookings(group: usize, steps: usize) -> Outcome<()> {
    let dir = directory()?;
    let watch = Watch::default();
    let store = Watched::new(coop::store(&dir.path().join("node"))?, watch.clone());
    let mut office = Office::new(coop::found(store, &dir.path().join("node"))?)?;
    let mut bare = coop::store(&dir.path().join("bare"))?;
    watch.take();
    let mut times = Times::default();
    for _ in 0..steps {
        let inputs = office.bookings(group);
        let began = Instant::now();
        office.step(inputs)?;
        times.step.push(began.elapsed());
        let (batch, inside) = watch.take().ok_or("a step that wrote nothing")?;
        times.inside.push(inside);
        times.bytes += batch.encode()?.len();
        let began = Instant::now();
        bare.commit(&batch)?;
        times.bare.push(began.elapsed());
    }
    times.tell(group, steps);
    let store: SledStore = Core::into_store(office.core).into_inner();
    store.verify()?;
    Ok(())
}

#[derive(Default)]
struct Times {
    /// Of whole steps.
    step: Vec<Duration>,
    /// Of the store's part of them.
    inside: Vec<Duration>,
    /// Of the bare store's commits.
    bare: Vec<Duration>,
    bytes: usize,
}

impl Times {
    fn tell(self, group: usize, steps: usize) {
        let rules =
            self.step.iter().zip(&self.inside).map(|(all, store)| all.saturating_sub(*store)).collect();
        let (step, bare, rules) = (Figures::of(self.step), Figures::of(self.bare), Figures::of(rules));
        println!(
            "\n{group} booking(s) a step, {steps} steps, {} bytes a booking:",
            self.bytes / (steps * group)
        );
        println!("  the core      {}", step.line(group));
        println!("  bare store    {}", bare.line(group));
        println!(
            "  a durable booking takes {:.2} times the bare write at the median, {:.2} times at p99; \
             per second {:.2} times as many are done",
            ratio(step.median, bare.median),
            ratio(step.p99, bare.p99),
            ratio(bare.mean, step.mean),
        );
        println!(
            "  rules, sealing and JSON take {:.0} µs a booking at the median, {:.1} % of the step",
            micros(rules.median) / group as f64,
            100.0 * ratio(rules.median, step.median),
        );
    }
}
