//! Runs many seeds and prints one line of JSON for each; a seed that breaks a promise ends with exit code 1.

#![allow(clippy::print_stdout, clippy::print_stderr)] // What a program says.

use std::ops::Range;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use jitney_domain::Minutes;
use jitney_sim::{Outcome, Plan, Seen, run};

/// Simulates whole federations, one seed after the other, and looks for broken promises.
#[derive(Debug, Parser)]
#[command(name = "jitney-sim")]
struct Args {
    /// Seeds to run, `A..B` without B, or one seed
    #[arg(long, default_value = "0..10", value_parser = seeds)]
    seeds: Range<u64>,
    /// Coops in each federation
    #[arg(long, default_value_t = 3)]
    nodes: usize,
    /// Days that people live
    #[arg(long, default_value_t = 1.0)]
    days: f64,
    /// Riders of each coop
    #[arg(long, default_value_t = 6)]
    riders: usize,
    /// Drivers of each coop
    #[arg(long, default_value_t = 3)]
    drivers: usize,
    /// Show what nodes log, as RUST_LOG has it
    #[arg(long)]
    log: bool,
    /// Show the last lines of the trace of a seed that breaks a promise
    #[arg(long)]
    trace: bool,
}

fn seeds(text: &str) -> Result<Range<u64>, String> {
    let number = |text: &str| text.trim().parse::<u64>().map_err(|_| format!("\"{text}\" is not a seed"));
    match text.split_once("..") {
        Some((from, to)) => Ok(number(from)?..number(to)?),
        None => number(text).map(|seed| seed..seed.saturating_add(1)),
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    if args.log {
        tracing_subscriber::fmt()
            .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
            .with_writer(std::io::stderr)
            .init();
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Days are few and not negative.
    let length = Minutes((args.days.max(0.0) * 24.0 * 60.0) as u32);
    let (mut seen, mut simulated, mut broken) = (Seen::default(), 0_u64, false);
    let began = Instant::now();
    for seed in args.seeds.clone() {
        let plan =
            Plan { riders: args.riders, drivers: args.drivers, ..Plan::new(seed, args.nodes.max(1), length) };
        let outcome = run(&plan);
        seen.add(&outcome.seen);
        simulated = simulated.saturating_add(u64::from(outcome.simulated.0) * 60);
        broken |= tell(&args, seed, &outcome);
    }
    let real = began.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss)] // A ratio for people.
    let speed = simulated as f64 / real.max(0.001);
    eprintln!("{simulated} s simulated in {real:.1} s, {speed:.0} to 1");
    eprintln!("{}", serde_json::to_string(&seen).unwrap_or_default());
    if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Prints a seed's line, and on failure what was found and how to see it again; tells whether it failed.
fn tell(args: &Args, seed: u64, outcome: &Outcome) -> bool {
    println!("{}", serde_json::to_string(&outcome.line(seed)).unwrap_or_default());
    let Some(first) = outcome.violations.first() else { return false };
    if args.trace {
        for line in &outcome.tail {
            eprintln!("{line}");
        }
    }
    eprintln!("{first}");
    let Args { nodes, days, riders, drivers, .. } = args;
    eprintln!(
        "replay: jitney-sim --seeds {seed} --nodes {nodes} --days {days} --riders {riders} --drivers {drivers} \
         --trace"
    );
    true
}
