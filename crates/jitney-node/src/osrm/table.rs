//! One exchange with the server: a table asked for, and its answer read with care.

use std::fmt::Write as _;
use std::io;
use std::time::Duration;

use jitney_domain::{Coordinate, Metres};
use jitney_geo::roads::SNAP_MAX_METRES;
use jitney_geo::{Spot, Travel};
use serde::Deserialize;
use thiserror::Error;
use ureq::{Agent, Error};

use super::known::Cell;
use crate::http;

/// Most places of one table, from and to together: what a server takes unless it is told otherwise
/// (`osrm-routed --max-table-size`).
pub(super) const TABLE_PLACES_MAX: usize = 100;
/// Longest answer that is read: a table of fifty by fifty takes some 50 kB.
const ANSWER_BYTES_MAX: u64 = 2 * 1024 * 1024;
/// The longest drive that is believed, in seconds: three days.
const SECONDS_MAX: f64 = 3.0 * 86_400.0;
/// The longest way that is believed, in metres.
const METRES_MAX: f64 = 10_000_000.0;

/// Why there is no answer, to be read after "the server of driving times". No place is named.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum NoTable {
    /// Nobody is there.
    #[error("cannot be reached")]
    Unreached,
    /// It takes too long.
    #[error("does not answer in time")]
    TooSlow,
    /// It says no.
    #[error("refuses with status {0}")]
    Refused(u16),
    /// It answers more than a table can hold.
    #[error("answers with more than a table can hold")]
    TooLong,
    /// It answers something else.
    #[error("answers with what is no table of driving times ({0})")]
    NoSense(&'static str),
}

/// From where to where, and what the server says of it.
pub(super) type Told = ((Spot, Spot), Cell);

/// The server, with what is kept between exchanges.
pub(super) struct Tables {
    url: String,
    agent: Agent,
}

impl Tables {
    pub fn new(url: &str, patience: Duration) -> Self {
        let url = url.trim_end_matches('/').to_owned();
        let agent = http::agent(&url, patience);
        Tables { url, agent }
    }

    /// Asks for the drives from each of the one to each of the other; blocks.
    pub fn ask(&self, from: &[Spot], to: &[Spot]) -> Result<Vec<Told>, NoTable> {
        let answer = self.agent.get(address(&self.url, from, to)).header("User-Agent", "jitney").call();
        let mut answer = answer.map_err(|error| failure(&error))?;
        let status = answer.status().as_u16();
        if status != 200 {
            return Err(NoTable::Refused(status));
        }
        let body = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        read(&body.map_err(|error| failure(&error))?, from, to)
    }
}

fn address(url: &str, from: &[Spot], to: &[Spot]) -> String {
    let mut address = format!("{url}/table/v1/driving/");
    for (k, spot) in from.iter().chain(to).enumerate() {
        let place = Coordinate::from(*spot);
        let separator = if k == 0 { "" } else { ";" };
        // Longitude comes first. Writing to a string does not fail.
        let _ = write!(address, "{separator}{:.6},{:.6}", place.lon(), place.lat());
    }
    let list = |range: std::ops::Range<usize>| range.map(|k| k.to_string()).collect::<Vec<_>>().join(";");
    let (sources, destinations) = (list(0..from.len()), list(from.len()..from.len() + to.len()));
    let _ = write!(
        address,
        "?sources={sources}&destinations={destinations}&annotations=duration,distance&generate_hints=false"
    );
    address
}

fn failure(error: &Error) -> NoTable {
    match error {
        Error::Timeout(_) => NoTable::TooSlow,
        Error::BodyExceedsLimit(_) => NoTable::TooLong,
        Error::Io(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) => {
            NoTable::TooSlow
        }
        _ => NoTable::Unreached,
    }
}

#[derive(Deserialize)]
struct Answer {
    code: String,
    #[serde(default)]
    durations: Vec<Vec<Option<f64>>>,
    #[serde(default)]
    distances: Vec<Vec<Option<f64>>>,
    #[serde(default)]
    sources: Vec<Waypoint>,
    #[serde(default)]
    destinations: Vec<Waypoint>,
}

/// Where the server has put a place on its roads.
#[derive(Deserialize)]
struct Waypoint {
    /// How far that is from the place, in metres.
    #[serde(default)]
    distance: f64,
}

/// Reads an answer to what was asked: every figure of it is checked before any is believed.
pub(super) fn read(bytes: &[u8], from: &[Spot], to: &[Spot]) -> Result<Vec<Told>, NoTable> {
    let answer: Answer = serde_json::from_slice(bytes).map_err(|_| NoTable::NoSense("it is not its JSON"))?;
    if answer.code != "Ok" {
        return Err(NoTable::NoSense("its code is not Ok"));
    }
    let whole = |rows: &[Vec<_>]| rows.len() == from.len() && rows.iter().all(|row| row.len() == to.len());
    if !whole(&answer.durations) || !whole(&answer.distances) {
        return Err(NoTable::NoSense("its rows and columns are not those asked for"));
    }
    let off =
        |points: &[Waypoint], k: usize| points.get(k).is_some_and(|point| point.distance > SNAP_MAX_METRES);
    let mut cells = Vec::with_capacity(from.len() * to.len());
    for (i, (here, (times, ways))) in
        from.iter().zip(answer.durations.iter().zip(&answer.distances)).enumerate()
    {
        for (j, (there, (time, way))) in to.iter().zip(times.iter().zip(ways)).enumerate() {
            let off_map = off(&answer.sources, i) || off(&answer.destinations, j);
            let cell = match (time, way) {
                _ if off_map => Cell::OffMap,
                (Some(time), Some(way)) => drive(*time, *way)?,
                _ => Cell::NoWay,
            };
            cells.push(((*here, *there), cell));
        }
    }
    Ok(cells)
}

fn drive(seconds: f64, metres: f64) -> Result<Cell, NoTable> {
    if !(0.0..=SECONDS_MAX).contains(&seconds) || !(0.0..=METRES_MAX).contains(&metres) {
        return Err(NoTable::NoSense("a drive in it is out of range"));
    }
    let millis = (seconds * 1000.0).ceil() as i64;
    Ok(Cell::Drive(Travel { millis, metres: Metres(metres.round() as u32) }))
}
