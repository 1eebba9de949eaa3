//! `jitney map`: what is imported from OpenStreetMap.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use jitney_domain::Coordinate;
use jitney_geo::TravelTimes;
use jitney_geo::roads::{RoadTimes, Roads};
use jitney_node::home::Home;
use jitney_node::map::{ATTRIBUTION, Imported, Map};
use serde::Serialize;

use crate::context::Context;
use crate::exit::Failure;
use crate::output::Said;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Import the roads, addresses and places of an OpenStreetMap extract
    ///
    /// FILE ends in .osm.pbf, as Geofabrik and others offer them for regions, free of charge. Take one that
    /// covers where your drivers go. A node that runs goes on as before; from its next start on driving times
    /// are those of the roads. Import a newer extract now and then: it takes the place of the old one.
    Import(ImportArgs),
    /// Show what was imported, or how long a drive takes by it
    Show(ShowArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The extract
    file: PathBuf,
    /// Add the addresses of an official list, with columns lat, lon, street, number, city and postcode
    #[arg(long, value_name = "FILE.csv")]
    addresses: Option<PathBuf>,
    /// Write the map into this folder, in place of this home's
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Where a drive begins
    #[arg(long, value_name = "LAT,LON", value_parser = jitney_geo::parse_place, allow_hyphen_values = true, requires = "to")]
    from: Option<Coordinate>,
    /// Where it ends
    #[arg(long, value_name = "LAT,LON", value_parser = jitney_geo::parse_place, allow_hyphen_values = true, requires = "from")]
    to: Option<Coordinate>,
}

/// A map as it is shown.
#[derive(Debug, Serialize)]
struct Shown {
    dir: PathBuf,
    as_of: Option<i64>,
    km: u64,
    south_west: Option<Coordinate>,
    north_east: Option<Coordinate>,
    attribution: &'static str,
}

/// A drive as it is shown.
#[derive(Debug, Serialize)]
struct Drive {
    by_road: bool,
    minutes: Option<u32>,
    km: Option<f64>,
}

impl Command {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        let home = Home::at(&cx.home);
        match self {
            Command::Import(ImportArgs { file, addresses, out: Some(dir) }) => {
                cx.show(&Map::at(dir).import(&file, addresses.as_deref())?, |done| Ok(told(done)))
            }
            Command::Import(ImportArgs { file, addresses, out: None }) => {
                // A folder that is no coop's would never be looked at.
                home.config()?;
                let next = "driving times are those of the roads from the next start of `jitney up` on";
                cx.show(&Map::of(&home).import(&file, addresses.as_deref())?, |done| {
                    Ok(format!("{}\n{next}", told(done)))
                })
            }
            Command::Show(ShowArgs { from, to }) => {
                let map = Map::of(&home);
                let roads = map.roads()?.ok_or_else(|| {
                    Failure::not_found("no map was imported here; import one with `jitney map import`")
                })?;
                match from.zip(to) {
                    None => cx.show(&shown(&map, &roads), |shown| Ok(described(shown))),
                    Some((from, to)) => {
                        let line = home.config().ok().and_then(|config| config.travel().ok());
                        let times = RoadTimes::new(roads, line.unwrap_or_default());
                        cx.show(&drive(&times, from, to), |drive| Ok(drive_told(drive)))
                    }
                }
            }
        }
    }
}

fn told(done: &Imported) -> String {
    let Imported { dir, roads, km, ferries, turn_restrictions, as_of, bytes, streets_and_places, houses } =
        done;
    format!(
        "imported {roads} roads ({km} km), {ferries} car ferries and {turn_restrictions} turn restrictions{}\n\
         found {streets_and_places} streets and places and {houses} house numbers to search\n\
         kept in {} ({}); map data {ATTRIBUTION}",
        dated(*as_of),
        dir.display(),
        size(*bytes),
    )
}

fn size(bytes: usize) -> String {
    if bytes < 1_000_000 {
        format!("{} kB", bytes.div_ceil(1000))
    } else {
        format!("{:.1} MB", bytes as f64 / 1e6)
    }
}

/// Says from when a map is, if it says so itself.
fn dated(as_of: Option<i64>) -> String {
    let day = as_of.and_then(|seconds| Timestamp::from_second(seconds).ok());
    day.map_or_else(String::new, |day| format!(", as of {}", day.strftime("%Y-%m-%d")))
}

fn shown(map: &Map, roads: &Roads) -> Shown {
    let (south_west, north_east) =
        roads.corners().map(|(a, b)| (Coordinate::from(a), Coordinate::from(b))).unzip();
    let (dir, as_of, km) = (map.dir().to_owned(), roads.as_of(), roads.km());
    Shown { dir, as_of, km, south_west, north_east, attribution: ATTRIBUTION }
}

fn described(shown: &Shown) -> String {
    let area = shown.south_west.zip(shown.north_east).map_or_else(String::new, |(a, b)| {
        format!("\nfrom {:.4}, {:.4} to {:.4}, {:.4}", a.lat(), a.lon(), b.lat(), b.lon())
    });
    format!(
        "{} km of road{}{area}\nkept in {}; map data {}",
        shown.km,
        dated(shown.as_of),
        shown.dir.display(),
        shown.attribution
    )
}

fn drive(times: &RoadTimes, from: Coordinate, to: Coordinate) -> Drive {
    let drive = times.travel(from, to);
    Drive {
        by_road: times.on_map(from) && times.on_map(to),
        minutes: drive.map(|drive| drive.minutes().0),
        km: drive.map(|drive| drive.metres.km()),
    }
}

fn drive_told(drive: &Drive) -> String {
    let way =
        if drive.by_road { "by road" } else { "by the straight line, as the map does not reach that far" };
    match drive.minutes.zip(drive.km) {
        Some((minutes, km)) => format!("{minutes} min, {km:.1} km {way}"),
        None => "no road leads there, and no car ferry".to_owned(),
    }
}
