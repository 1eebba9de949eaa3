//! A year of a coop, on paper: the same calls answered by hand, by insertion, and with a plan each night; and by three
//! coops alone and federated.
//!
//! ```sh
//! cargo run --release -p jitney-sim --example year
//! cargo run --release -p jitney-sim --example year -- EXTRACT.osm.pbf --seed 2 --json
//! ```
//!
//! Extracts are © OpenStreetMap contributors (ODbL).
#![allow(clippy::print_stdout, clippy::print_stderr)] // A program that reports.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use jitney_sim::year::{Region, Size, compare, table};

/// Simulates a year of a coop, answered in five ways.
#[derive(Debug, Parser)]
#[command(name = "year")]
struct Args {
    /// Extract of OpenStreetMap whose roads are driven; a made-up country town unless given
    extract: Option<PathBuf>,
    /// What the year follows from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Riders of the region
    #[arg(long, default_value_t = 370)]
    riders: usize,
    /// Volunteers who drive
    #[arg(long, default_value_t = 78)]
    drivers: usize,
    /// One-way trips asked for in 52 weeks
    #[arg(long, default_value_t = 4_300)]
    trips: usize,
    /// Weeks
    #[arg(long, default_value_t = 52, value_parser = clap::value_parser!(u8).range(1..=52))]
    weeks: u8,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let region = match &args.extract {
        None => Region::made_up(args.seed),
        Some(path) => {
            let file = File::open(path).map_err(|why| format!("{}: {why}", path.display()))?;
            Region::of_extract(&mut BufReader::new(file), args.seed)?
        }
    };
    let (riders, drivers, trips, weeks) = (args.riders, args.drivers, args.trips, args.weeks.into());
    let size = Size { riders, drivers, trips, weeks, ..Size::default() };
    let began = Instant::now();
    let answered = compare(&region, size, args.seed);
    if args.json {
        println!("{}", serde_json::to_string_pretty(&answered)?);
        return Ok(());
    }
    println!(
        "{} riders, {} drivers, {} weeks, {}, seed {}\n",
        args.riders,
        args.drivers,
        args.weeks,
        region.ways(),
        args.seed
    );
    print!("{}", table(&answered));
    println!("\n{:.1} s", began.elapsed().as_secs_f64());
    Ok(())
}
