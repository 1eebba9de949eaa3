//! A town made from a seed: clustered homes, a few clinics, drivers among the homes; on straight lines, or on the roads of
//! an OpenStreetMap extract.
#![allow(dead_code)] // Each program uses its part.

use std::fs::File;
use std::io::BufReader;

use jitney_dispatch::{RunState, TripRequest};
use jitney_domain::{Capability, Coordinate, Load, Minutes, Mobility, Requirement, Timestamp, Window};
use jitney_geo::roads::{RoadTimes, Surveyed};
use jitney_geo::{StraightLine, Travel, TravelTimes, distance};

/// Returns minute `m` of the day.
pub fn at(m: i64) -> Timestamp {
    Timestamp(1_900_000_800_000 + m * 60_000)
}

/// Returns the number after `name`, or the usual one.
pub fn argument(args: &[String], name: &str, usual: u64) -> Result<u64, String> {
    match args.iter().position(|arg| arg == name) {
        None => Ok(usual),
        Some(k) => args
            .get(k + 1)
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| format!("{name} wants a whole number")),
    }
}

/// Returns the extract named after `--map`, read and made ready, if there is one.
pub fn map(args: &[String]) -> Result<Option<Map>, String> {
    let Some(k) = args.iter().position(|arg| arg == "--map") else { return Ok(None) };
    let path = args.get(k + 1).ok_or("--map wants an OpenStreetMap extract (.osm.pbf)")?;
    let mut extract = BufReader::new(File::open(path).map_err(|e| format!("{path}: {e}"))?);
    let surveyed = Surveyed::read(&mut extract).map_err(|e| format!("{path}: {e}"))?;
    let junctions: Vec<Coordinate> = surveyed.spots().into_iter().flatten().map(Coordinate::from).collect();
    let times = RoadTimes::new(surveyed.prepare().0, StraightLine::default());
    // Doors that can be reached from one another: parts of the map that are cut off have none.
    let hub = *junctions.get(junctions.len() / 2).ok_or("there are no roads on that map")?;
    let step = junctions.len().div_ceil(DOORS);
    let mutual = |door: &Coordinate| times.travel(hub, *door).is_some() && times.travel(*door, hub).is_some();
    let doors: Vec<Coordinate> = junctions.into_iter().step_by(step).filter(mutual).collect();
    if doors.len() < DOORS / 10 {
        return Err(format!("{path}: only {} doors can be reached from one another", doors.len()));
    }
    Ok(Some(Map { doors, times }))
}

/// Doors taken from an extract, at most.
const DOORS: usize = 20_000;
/// Of so many doors the one nearest to where somebody should live is hers.
const LOOKED_AT: i64 = 60;

/// An extract: where doors are, and what drives between them take.
pub struct Map {
    doors: Vec<Coordinate>,
    pub times: RoadTimes,
}

/// What drives take.
pub enum Ways<'a> {
    Straight(StraightLine),
    Roads(&'a RoadTimes),
}

impl<'a> Ways<'a> {
    pub fn of(map: Option<&'a Map>) -> Self {
        map.map_or(Ways::Straight(StraightLine::default()), |map| Ways::Roads(&map.times))
    }
}

impl TravelTimes for Ways<'_> {
    fn travel(&self, from: Coordinate, to: Coordinate) -> Option<Travel> {
        match self {
            Ways::Straight(line) => line.travel(from, to),
            Ways::Roads(roads) => roads.travel(from, to),
        }
    }

    fn table(&self, places: &[Coordinate]) -> Vec<Option<Travel>> {
        match self {
            Ways::Straight(line) => line.table(places),
            Ways::Roads(roads) => roads.table(places),
        }
    }
}

/// Makes people and days. Repeatable for a seed (SplitMix64).
pub struct Town {
    dice: u64,
    /// Where anybody can live; anywhere if empty.
    doors: Vec<Coordinate>,
    villages: Vec<Coordinate>,
    clinics: Vec<Coordinate>,
}

impl Town {
    pub fn new(seed: u64, map: Option<&Map>) -> Self {
        let doors = map.map(|map| map.doors.clone()).unwrap_or_default();
        let centre = Coordinate::new(48.5, 9.0).unwrap_or_else(|e| panic!("{e}"));
        let centre = middle(&doors).unwrap_or(centre);
        let mut town = Town { dice: seed, doors, villages: Vec::new(), clinics: Vec::new() };
        town.villages = (0..24).map(|_| town.near(centre, 0.16)).collect();
        town.clinics = (0..10).map(|_| town.near(centre, 0.08)).collect();
        town
    }

    /// Returns a number in `from..=to`.
    pub fn roll(&mut self, from: i64, to: i64) -> i64 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.dice;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        from + (z % (to - from + 1) as u64) as i64
    }

    fn near(&mut self, place: Coordinate, degrees: f64) -> Coordinate {
        // The sum of three is thicker in the middle.
        let mut off = || (0..3).map(|_| self.roll(-1000, 1000) as f64 / 3000.0).sum::<f64>() * degrees;
        let (north, east) = (off(), off() * 1.5);
        let wished = Coordinate::new(place.lat() + north, place.lon() + east).unwrap_or(place);
        let last = self.doors.len() as i64 - 1;
        let looked = if last < 0 { 0 } else { LOOKED_AT };
        let doors = (0..looked).map(|_| self.roll(0, last) as usize).collect::<Vec<_>>();
        let nearest = doors.into_iter().map(|door| self.doors[door]);
        nearest.min_by_key(|door| distance(wished, *door)).unwrap_or(wished)
    }

    fn home(&mut self) -> Coordinate {
        let village = self.roll(0, self.villages.len() as i64 - 1) as usize;
        self.near(self.villages[village], 0.02)
    }

    /// Makes a driver's day with nobody on it: six to nine hours from a home, some with a wheelchair space.
    pub fn run<S>(&mut self, key: u32) -> RunState<u32, S> {
        let (home, begin) = (self.home(), self.roll(7 * 60, 10 * 60));
        let wheelchairs = u8::from(self.roll(1, 4) == 1);
        RunState {
            key,
            capability: Capability {
                places: Load { seats: 3, wheelchairs },
                ramp_or_lift: wheelchairs > 0,
                ..Capability::default()
            },
            block: Window { from: at(begin), to: at(begin + self.roll(6 * 60, 9 * 60)) },
            start: home,
            end: home,
            radius: None,
            stops: Vec::new(),
            pauses: Vec::new(),
            barred: None,
            booked_today: 0,
            max_trips: None,
            knows_rider: false,
            preferred: false,
        }
    }

    /// Makes a call from anywhere.
    pub fn request<S>(&mut self, key: S) -> TripRequest<S> {
        let home = self.home();
        self.request_near(key, home)
    }

    /// Makes a call to or from a home near `place`: to a clinic or back, half an hour to be fetched in.
    pub fn request_near<S>(&mut self, key: S, place: Coordinate) -> TripRequest<S> {
        let home = self.near(place, 0.03);
        let clinic = self.roll(0, self.clinics.len() as i64 - 1) as usize;
        let clinic = self.clinics[clinic];
        let (pick_up, drop_off) = if self.roll(0, 1) == 0 { (home, clinic) } else { (clinic, home) };
        let wish = self.roll(8 * 60, 17 * 60);
        let mobility = if self.roll(1, 12) == 1 { Mobility::Wheelchair } else { Mobility::default() };
        TripRequest {
            key,
            pick_up,
            drop_off,
            pick_up_window: Window { from: at(wish - 10), to: at(wish + 20) },
            drop_off_window: Window { from: at(wish - 10), to: at(wish + 100) },
            dwell_pick_up: Minutes(4),
            dwell_drop_off: Minutes(3),
            requirement: Requirement { mobility, ..Requirement::default() },
            max_ride: Minutes(75),
            preferred_pick_up: at(wish),
            apart: Vec::new(),
        }
    }
}

/// Returns the middle of some doors: half of them are north of it, and half west.
fn middle(doors: &[Coordinate]) -> Option<Coordinate> {
    let half = |of: fn(&Coordinate) -> f64| {
        let mut all: Vec<f64> = doors.iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied()
    };
    Coordinate::new(half(Coordinate::lat)?, half(Coordinate::lon)?).ok()
}
