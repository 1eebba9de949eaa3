//! Driving times from a server beside the node that speaks OSRM's HTTP interface (`/table/v1/driving`).
//!
//! The node's loop never waits for it. What is known is looked up; what is not is answered by the node's own map or
//! the straight line, and asked for by a thread of its own, in tables of up to a hundred places. So that one question
//! is answered by one set of times, whoever asks holds on to what was known when they began; [`ServerTimes::look_again`]
//! takes in what has come since. A plan, which is searched beside the loop, waits for its drives first
//! ([`ServerTimes::fetch`]).
//!
//! Places leave the node for that server alone, as bare coordinates. What the server does with them is its operator's
//! affair: the guide says to run one's own.

mod known;
mod table;
#[cfg(test)]
mod tests;
mod worker;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jitney_domain::Coordinate;
use jitney_geo::{Spot, Travel, TravelTimes};

use crate::travel::DrivingTimes;
use known::{Cell, Known};
use worker::{Shared, Worker};

/// How long a step of an exchange with the server may take.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// How long a plan waits for its drives.
pub const FETCH_PATIENCE: Duration = Duration::from_secs(20);
/// Most places between which drives are kept; beyond, all are forgotten and it begins anew. The matrix takes some
/// 48 MB then.
pub const PLACES_MAX: usize = 2_000;

/// Driving times from a server, and from `instead` where and while there are none. A copy goes on from what was known
/// when it was made.
#[derive(Debug, Clone)]
pub struct ServerTimes {
    known: Arc<RwLock<Known>>,
    /// Up to which answer of the server is taken in.
    seen: u32,
    instead: Arc<DrivingTimes>,
    worker: Arc<Worker>,
}

impl ServerTimes {
    /// Asks the server at `url`, such as `http://127.0.0.1:5000`, from now on.
    pub fn new(url: &str, instead: DrivingTimes) -> Self {
        ServerTimes::with_patience(url, instead, PATIENCE)
    }

    fn with_patience(url: &str, instead: DrivingTimes, patience: Duration) -> Self {
        let worker = Worker::start(url, patience);
        let known = worker.shared().known();
        ServerTimes { known, seen: 0, instead: Arc::new(instead), worker: Arc::new(worker) }
    }

    /// Returns what answers where the server does not.
    pub(crate) fn instead(&self) -> &DrivingTimes {
        &self.instead
    }

    /// Takes in what the server has answered since.
    pub fn look_again(&mut self) {
        self.known = self.shared().known();
        self.seen = self.known.read().unwrap_or_else(PoisonError::into_inner).answers();
    }

    /// Waits for the drives between these places, as long as a plan may and the server answers; then takes them in.
    pub fn fetch(&mut self, places: &[Coordinate]) {
        let spots: Vec<Spot> = places.iter().map(|place| Spot::from(*place)).collect();
        let all = || spots.iter().flat_map(|from| spots.iter().map(move |to| (*from, *to)));
        let until = Instant::now() + FETCH_PATIENCE;
        // More than can wait at once are asked for in turns.
        while spots.len() <= PLACES_MAX && self.shared().want(all()) && self.shared().wait(until) {}
        self.look_again();
    }

    /// Says what is wrong with the server, if it does not answer as it should.
    pub fn trouble(&self) -> Option<String> {
        let why = self.shared().trouble()?;
        let instead = match self.instead.are_estimated() {
            true => "estimated from the straight line",
            false => "those of the imported map",
        };
        Some(format!("the server of driving times {why}; meanwhile drives not known yet are {instead}"))
    }

    fn shared(&self) -> &Arc<Shared> {
        self.worker.shared()
    }

    fn lookup(&self, from: Spot, to: Spot) -> Option<Cell> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).cell(from, to, self.seen)
    }
}

/// What to do about a server that does not answer.
pub const WHAT_TO_DO: &str =
    "see that it runs and that [map] osrm in jitney.toml names it, or take that line out";

impl TravelTimes for ServerTimes {
    fn travel(&self, from: Coordinate, to: Coordinate) -> Option<Travel> {
        let (here, there) = (Spot::from(from), Spot::from(to));
        if here == there {
            return Some(Travel::default());
        }
        match self.lookup(here, there) {
            Some(Cell::Drive(drive)) => Some(drive),
            Some(Cell::NoWay) => None,
            Some(Cell::OffMap) => self.instead.travel(from, to),
            None => {
                self.shared().want([(here, there)]);
                self.instead.travel(from, to)
            }
        }
    }
}
