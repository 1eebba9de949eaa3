//! Runs many seeds and prints one line of JSON for each; a seed that breaks a promise ends with exit code 1.

#![allow(clippy::print_stdout, clippy::print_stderr)] // What a program says.

use std::ops::Range;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use clap::Parser;
use jitney_domain::Minutes;
use jitney_sim::crowd::Crowd;
use jitney_sim::{Outcome, Plan, Seen, run};

/// Simulates whole federations, one seed after the other, and looks for broken promises.
#[derive(Debug, Clone, Parser)]
#[command(name = "jitney-sim")]
struct Args {
    /// Seeds to run, `A..B` without B, or one seed
    #[arg(long, default_value = "0..10", value_parser = seeds)]
    seeds: Range<u64>,
    /// Coops in each federation
    #[arg(long, default_value_t = 3)]
    nodes: usize,
    /// Days that people live
    #[arg(long, default_value_t = 1.0, conflicts_with = "minutes")]
    days: f64,
    /// The same in minutes
    #[arg(long)]
    minutes: Option<u32>,
    /// Riders of each coop
    #[arg(long, default_value_t = 6)]
    riders: usize,
    /// Drivers of each coop
    #[arg(long, default_value_t = 3)]
    drivers: usize,
    /// Of the coops so many do harm: the federation's machine alone, without people, for half an hour unless given
    #[arg(long, default_value_t = 0)]
    hostile: usize,
    /// Let clocks go wrong by hours and weeks
    #[arg(long)]
    wild_clocks: bool,
    /// Fail if of what is counted anything never happened: for a hundred seeds and more of three coops
    #[arg(long)]
    see_all: bool,
    /// Seeds to run at a time; one for each processor unless given
    #[arg(long)]
    jobs: Option<usize>,
    /// Print only seeds that break a promise, and the sums
    #[arg(long)]
    quiet: bool,
    /// Show what nodes log, as RUST_LOG has it
    #[arg(long)]
    log: bool,
    /// Show the last lines of the trace of a seed that breaks a promise
    #[arg(long)]
    trace: bool,
}

impl Args {
    fn plan(&self, seed: u64) -> Plan {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Days are few and not negative.
        let days = (self.days.max(0.0) * 24.0 * 60.0).round() as u32;
        let length = Minutes(self.minutes.unwrap_or(days));
        let (riders, drivers, wild_clocks) = (self.riders, self.drivers, self.wild_clocks);
        Plan { riders, drivers, wild_clocks, ..Plan::new(seed, self.nodes.max(1), length) }
    }
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
    if args.hostile > 0 {
        return hostile(&args);
    }
    let began = Instant::now();
    let mut sums = Sums::default();
    for (plan, outcome) in outcomes(&args) {
        sums.add(&plan, &outcome);
        tell(&args, &plan, &outcome);
    }
    sums.print(began.elapsed().as_secs_f64());
    let never = if args.see_all { sums.seen.never() } else { Vec::new() };
    if !never.is_empty() {
        eprintln!(
            "in all of them these never happened, so that nothing is shown of them: {}",
            never.join(", ")
        );
    }
    if sums.broken > 0 || !never.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Lets honest coops live among hostile ones, and holds them to what must hold.
fn hostile(args: &Args) -> ExitCode {
    let mut sound = true;
    for seed in args.seeds.clone() {
        let honest = args.nodes.saturating_sub(args.hostile);
        let length = Minutes(args.minutes.unwrap_or(30));
        let began = Instant::now();
        let report = match Crowd::new(seed, honest, args.hostile) {
            Ok(mut crowd) => crowd.run(length),
            Err(why) => {
                eprintln!("{why}");
                return ExitCode::FAILURE;
            }
        };
        if !args.quiet {
            println!("seed {seed}: {report:#?}");
        }
        let (entries, (_, late, latest)) = (report.entries, report.took_ms);
        eprintln!(
            "seed {seed}: {entries} honest entries, 99 of 100 everywhere within {late} ms, all within {latest} ms; {:.1} s",
            began.elapsed().as_secs_f64()
        );
        for what in report.broken(args.nodes) {
            sound = false;
            eprintln!("seed {seed}: {what}");
        }
    }
    if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Carries all plans out, several at a time, and gives them back as they are done.
fn outcomes(args: &Args) -> mpsc::Receiver<(Plan, Outcome)> {
    let (done, outcomes) = mpsc::channel();
    let next = std::sync::Arc::new(AtomicU64::new(args.seeds.start));
    let jobs = args.jobs.or_else(|| thread::available_parallelism().ok().map(usize::from)).unwrap_or(1);
    for _ in 0..jobs.max(1) {
        let (args, next, done) = (args.clone(), next.clone(), done.clone());
        thread::spawn(move || {
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= args.seeds.end {
                    return;
                }
                let plan = args.plan(seed);
                let outcome = run(&plan);
                if done.send((plan, outcome)).is_err() {
                    return;
                }
            }
        });
    }
    outcomes
}

/// What all seeds came to.
#[derive(Debug, Default)]
struct Sums {
    seeds: u64,
    broken: u64,
    faults: u64,
    steps: u64,
    simulated_s: u64,
    node_hours: u64,
    seen: Seen,
}

impl Sums {
    fn add(&mut self, plan: &Plan, outcome: &Outcome) {
        let minutes = u64::from(outcome.simulated.0);
        let nodes = u64::try_from(plan.nodes).unwrap_or(0);
        self.seeds += 1;
        self.broken += u64::from(!outcome.violations.is_empty());
        self.faults += outcome.line(plan.seed).faults;
        self.steps += outcome.steps;
        self.simulated_s += minutes * 60;
        self.node_hours += minutes * nodes / 60;
        self.seen.add(&outcome.seen);
    }

    fn print(&self, took: f64) {
        #[allow(clippy::cast_precision_loss)] // Ratios for people.
        let (speed, steps) = (self.simulated_s as f64 / took.max(0.001), self.steps as f64 / took.max(0.001));
        eprintln!("{}", serde_json::to_string(&self.seen).unwrap_or_default());
        eprintln!(
            "{} seeds, {} break a promise; {} faults, {} node-hours; {} s simulated in {took:.1} s: {speed:.0} to 1, \
             {steps:.0} steps a second",
            self.seeds, self.broken, self.faults, self.node_hours, self.simulated_s
        );
    }
}

/// Prints a seed's line, and on failure what was found and how to see it again.
fn tell(args: &Args, plan: &Plan, outcome: &Outcome) {
    let first = outcome.violations.first();
    if !args.quiet || first.is_some() {
        println!("{}", serde_json::to_string(&outcome.line(plan.seed)).unwrap_or_default());
    }
    let Some(first) = first else { return };
    if args.trace {
        for line in &outcome.tail {
            eprintln!("{line}");
        }
    }
    eprintln!("{first}");
    eprintln!("replay: cargo run --release -p jitney-sim -- {plan} --trace");
}
