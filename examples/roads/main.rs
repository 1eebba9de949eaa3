//! Imports an OpenStreetMap extract and says what it holds, how long that took and how fast drives are found.
//!
//! ```sh
//! cargo run --release --example roads -- EXTRACT.osm.pbf
//! cargo run --release --example roads -- EXTRACT.osm.pbf HOST:PORT PID
//! ```
//!
//! With the address and the process number of an OSRM server on this machine it is asked for the same table.
//!
//! Every table is compared with Dijkstra's search and with the `cch` crate, cell by cell. Times are those of the
//! processor, the least of several runs. Extracts are © OpenStreetMap contributors (ODbL).
#![allow(clippy::print_stdout, clippy::print_stderr)] // A program that reports.

mod osrm;
mod peer;
mod watch;

use std::fs::File;
use std::io::BufReader;
use std::process::ExitCode;

use jitney_domain::Coordinate;
use jitney_geo::roads::{Climb, Cost, Dijkstra, Graph, RoadTimes, Roads, Surveyed, Table, Targets};
use jitney_geo::{StraightLine, TravelTimes};

use watch::{cpu, least, peak_mib};

/// Rows and columns of the table.
const PLACES: u32 = 1000;
/// Stops of a day that a new caller is compared with.
const STOPS: u32 = 200;

type Fault = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Fault> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (path, server) = match &words[..] {
        [path] => (path, None),
        [path, host, pid] => (path, Some((host, pid.parse()?))),
        _ => return Err("use: roads EXTRACT.osm.pbf [HOST:PORT PID]".into()),
    };
    let mut extract = BufReader::new(File::open(path).map_err(|e| format!("{path}: {e}"))?);

    let begun = cpu();
    let surveyed = Surveyed::read(&mut extract)?;
    let read = cpu() - begun;
    let graph = surveyed.graph().clone();
    let spots = surveyed.spots();
    let begun = cpu();
    let (roads, counts, rank) = surveyed.prepare();
    let prepared = cpu() - begun;
    println!(
        "{} roads, {} of them ferries; {} points not in the extract",
        counts.roads, counts.ferries, counts.missing
    );
    println!("{} turn restrictions, {} more not clear", counts.turns, counts.turns_skipped);
    println!("{} vertices, {} arcs, {} with shortcuts", counts.vertices, counts.arcs, counts.prepared);
    println!("{} vertices cut off, {} km of road", counts.cut_off, roads.km());
    println!("import       {:8.3} s", read.as_secs_f64());
    println!("preparation  {:8.3} s", prepared.as_secs_f64());
    let bytes = roads.to_bytes();
    println!("peak memory  {:8.1} MiB, the file written", peak_mib().unwrap_or(f64::NAN));
    let opening = least(5, || Roads::from_bytes(&bytes).map(drop))?;
    println!(
        "file         {:8.1} MiB, opened in {:.1} ms",
        bytes.len() as f64 / 1048576.0,
        1e3 * opening.as_secs_f64()
    );

    let sources = some(graph.vertices, PLACES, 1);
    let targets = some(graph.vertices, PLACES, 2);
    let ours = tables(&roads, &rank, &sources, &targets)?;
    against_dijkstra(&graph, &sources, &targets, &ours);
    peer::against_cch(&graph, &spots, &sources, &targets, &ours.table, ours.times)?;
    let known: Vec<Coordinate> = spots.into_iter().flatten().map(Coordinate::from).collect();
    let times = RoadTimes::new(roads, StraightLine::default());
    caller(&times, &known)?;
    if let Some((host, pid)) = server {
        let places = some(known.len() as u32, PLACES, 5);
        let places: Vec<Coordinate> = places.iter().map(|place| known[*place as usize]).collect();
        osrm::against_osrm(&times, &places, host, pid)?;
    }
    Ok(())
}

/// Chooses vertices all over the graph.
fn some(vertices: u32, count: u32, seed: u64) -> Vec<u32> {
    // The splitmix64 generator of Steele, Lea and Flood (2014).
    let mix = |n: u64| {
        let mut z = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    (0..count).map(|n| (mix(seed << 32 | u64::from(n)) % u64::from(vertices)) as u32).collect()
}

/// Our own table, and what the one of times only cost.
struct Ours {
    table: Table,
    times: std::time::Duration,
}

fn tables(roads: &Roads, rank: &[u32], sources: &[u32], targets: &[u32]) -> Result<Ours, Fault> {
    let at = |vertices: &[u32]| -> Vec<[(u32, Cost); 1]> {
        vertices.iter().map(|vertex| [(rank[*vertex as usize], Cost::default())]).collect()
    };
    let (from, to) = (at(sources), at(targets));
    let mut climb = Climb::new(roads.hierarchy());
    let mut make = |lengths: bool| {
        let targets = Targets::new(roads.hierarchy(), to.iter().map(|one| &one[..]));
        let from = from.iter().map(|one| &one[..]);
        if lengths { targets.drives(&mut climb, from) } else { targets.times(&mut climb, from) }
    };
    let times = least(9, || {
        make(false);
        Ok::<_, Fault>(())
    })?;
    let drives = least(5, || {
        make(true);
        Ok::<_, Fault>(())
    })?;
    let table = make(true);
    println!(
        "table {PLACES} x {PLACES}: times {:.1} ms, times and lengths {:.1} ms",
        1e3 * times.as_secs_f64(),
        1e3 * drives.as_secs_f64()
    );
    let pairs = from.iter().zip(&to);
    let single = least(5, || {
        for (from, to) in pairs.clone() {
            let _ = roads.hierarchy().way(&mut climb, from, to);
        }
        Ok::<_, Fault>(())
    })?;
    println!("one drive    {:8.1} us", 1e6 * single.as_secs_f64() / f64::from(PLACES));
    Ok(Ours { table, times })
}

fn against_dijkstra(graph: &Graph, sources: &[u32], targets: &[u32], ours: &Ours) {
    let begun = cpu();
    let mut search = Dijkstra::new(graph);
    let (mut different, mut reached) = (0, 0);
    for (row, source) in sources.iter().enumerate() {
        let costs = search.from(&[(*source, Cost::default())]);
        for (column, target) in targets.iter().enumerate() {
            let cost = Some(costs[*target as usize]).filter(|cost| cost.is_way());
            let cell = ours.table.millis(row, column).zip(ours.table.metres(row, column));
            different += u32::from(cell != cost.map(|cost| (cost.millis(), cost.metres())));
            reached += u32::from(cost.is_some());
        }
    }
    let took = cpu() - begun;
    println!(
        "Dijkstra     {:8.3} s, {different} of {} cells different, {reached} reached",
        took.as_secs_f64(),
        PLACES * PLACES
    );
}

/// Measures what one new caller costs: two new places, and the drives from and to all stops of a day.
fn caller(times: &RoadTimes, known: &[Coordinate]) -> Result<(), Fault> {
    let place = |place: &u32| known[*place as usize];
    let stops: Vec<Coordinate> = some(known.len() as u32, STOPS, 3).iter().map(place).collect();
    for stop in &stops {
        let _ = times.travel(stops[0], *stop);
    }
    let callers = some(known.len() as u32, 20, 4);
    let mut callers = callers.chunks(2).map(|pair| (place(&pair[0]), place(&pair[1])));
    // Each pair is new: what is measured is never a look-up.
    let took = least(10, || {
        let (from, to) = callers.next().ok_or("too few callers")?;
        for stop in &stops {
            for new in [from, to] {
                let _ = (times.travel(*stop, new), times.travel(new, *stop));
            }
        }
        Ok::<_, Fault>(())
    })?;
    println!("a caller     {:8.3} ms: 2 new places from and to {STOPS} stops", 1e3 * took.as_secs_f64());
    Ok(())
}
