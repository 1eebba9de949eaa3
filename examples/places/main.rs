//! Measures place search on real extracts: how often the right answer comes first or among five, and what a
//! keystroke costs.
//!
//! ```text
//! cargo run --release --example places -- FILE.osm.pbf... [--seed K] [--queries N] [--entries N]
//! ```
//!
//! Entries are drawn at random. An answer is right if it has the entry's label, locality and all, and lies within
//! a kilometre of it. A typo is one letter or blank added, left out, changed or swapped with the next, at a place
//! drawn at random. The focus is the middle of the extract that the entry came from, as a coop looks for places
//! in its own area first. Costs are CPU time of one thread; of each keystroke the better of two runs.

// A program for a terminal; what is measured is printed.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod draw;
mod grow;
mod report;

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::ExitCode;

use jitney_domain::Coordinate;
use jitney_geo::places::{Document, Places, build, collect};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

type Fault = Box<dyn std::error::Error>;

struct Args {
    files: Vec<PathBuf>,
    seed: u64,
    queries: usize,
    entries: usize,
}

fn parse() -> Result<Args, Fault> {
    let mut args = Args { files: Vec::new(), seed: 1, queries: 2000, entries: 500_000 };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--seed" => args.seed = value()?.parse()?,
            "--queries" => args.queries = value()?.parse()?,
            "--entries" => args.entries = value()?.parse()?,
            _ => args.files.push(PathBuf::from(word)),
        }
    }
    if args.files.is_empty() {
        return Err("use: places FILE.osm.pbf... [--seed K] [--queries N] [--entries N]".into());
    }
    Ok(args)
}

fn main() -> ExitCode {
    match parse().and_then(|args| run(&args)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Fault> {
    println!("seed {}, {} queries of each kind", args.seed, args.queries);
    let mut areas = Vec::new();
    for file in &args.files {
        let before = report::cpu();
        let collected = collect(|| File::open(file).map(BufReader::new))?;
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let took = (report::cpu() - before).as_secs_f64();
        println!("{name}: {} streets and places read in {took:.2} s of CPU", collected.documents.len());
        areas.push(collected.documents);
    }
    measure("as it is", &areas, args)?;
    if args.entries > 0 {
        measure("house numbers added", &grow::with_more_houses(areas.clone(), args.entries), args)?;
        measure("made-up towns added", &grow::with_more_towns(areas, args.entries), args)?;
    }
    println!("Map data (c) OpenStreetMap contributors, ODbL 1.0");
    Ok(())
}

fn measure(title: &str, areas: &[Vec<Document>], args: &Args) -> Result<(), Fault> {
    let focuses: Vec<Coordinate> = areas.iter().filter_map(|area| middle(area)).collect();
    let entries = draw::entries(areas, &focuses);
    let before = report::cpu();
    let file = build(areas.concat())?;
    let built = (report::cpu() - before).as_secs_f64();
    let bytes = file.len();
    let places = Places::open(file)?;
    let counts = places.counts();
    println!(
        "\n## {title}\n{} entries ({} houses, {} streets and places), {} words; file {:.1} MB; built in {built:.2} s of CPU",
        counts.entries(),
        counts.houses,
        counts.sites,
        counts.words,
        bytes as f64 / 1e6,
    );
    let mut rng = StdRng::seed_from_u64(args.seed);
    let drawn = draw::sample(&entries, args.queries, &mut rng);
    report::hits(&places, &drawn, &mut rng);
    report::keystrokes(&places, &entries, &drawn, &mut rng);
    Ok(())
}

fn middle(area: &[Document]) -> Option<Coordinate> {
    let count = area.len() as f64;
    let lat = area.iter().map(|d| d.at.lat()).sum::<f64>() / count;
    let lon = area.iter().map(|d| d.at.lon()).sum::<f64>() / count;
    Coordinate::new(lat, lon).ok()
}
