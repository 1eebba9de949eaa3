//! A small town with exact minutes, and builders for what happens in it.

use jitney_domain::{
    Capability, Coordinate, Load, Metres, Minutes, Mobility, Requirement, Timestamp, Window,
};
use jitney_geo::{Travel, TravelTimes};

use crate::{Leg, PlannedStop, RunState, TripRequest};

pub type Run = RunState<&'static str, u32>;
pub type Stop = PlannedStop<u32>;
pub type Request = TripRequest<u32>;

/// A town on one long street: house number `x` is at `x` hundredths of a degree east, and each house takes
/// a minute and a kilometre to pass.
pub struct Street;

pub fn house(x: i32) -> Coordinate {
    Coordinate::new(0.0, f64::from(x) / 100.0).unwrap()
}

fn number(place: Coordinate) -> i64 {
    (place.lon() * 100.0).round() as i64
}

impl TravelTimes for Street {
    fn travel(&self, from: Coordinate, to: Coordinate) -> Option<Travel> {
        let houses = (number(from) - number(to)).abs();
        Some(Travel { millis: houses * 60_000, metres: Metres(houses as u32 * 1000) })
    }
}

/// Roads as a table of minutes between houses; not symmetric, not metric, some missing.
pub struct Table(pub Vec<Vec<Option<i64>>>);

impl TravelTimes for Table {
    fn travel(&self, from: Coordinate, to: Coordinate) -> Option<Travel> {
        let minutes = self.0[number(from) as usize][number(to) as usize]?;
        Some(Travel { millis: minutes * 60_000, metres: Metres(minutes as u32 * 1000) })
    }
}

/// The minute `m` of the day.
pub fn min(m: i64) -> Timestamp {
    Timestamp(m * 60_000)
}

pub fn window(from: i64, to: i64) -> Window {
    Window { from: min(from), to: min(to) }
}

/// An idle car with three seats at house 0, from minute 0 to 300.
pub fn car(key: &'static str) -> Run {
    RunState {
        key,
        capability: Capability { places: Load { seats: 3, wheelchairs: 0 }, ..Capability::default() },
        block: window(0, 300),
        start: house(0),
        end: house(0),
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

/// A request of one ambulatory rider who would like to go at minute 100, give or take ten.
pub fn request(from: i32, to: i32) -> Request {
    TripRequest {
        key: 99,
        pick_up: house(from),
        drop_off: house(to),
        pick_up_window: window(90, 110),
        drop_off_window: window(0, 300),
        dwell_pick_up: Minutes(0),
        dwell_drop_off: Minutes(0),
        requirement: Requirement::default(),
        max_ride: Minutes(60),
        preferred_pick_up: min(100),
        apart: Vec::new(),
    }
}

pub fn wheelchair() -> Requirement {
    Requirement { mobility: Mobility::Wheelchair, ..Requirement::default() }
}

/// A trip on a run already: told to be picked up at `at`, the window ten minutes either way.
pub fn booked(key: u32, from: i32, to: i32, at: i64, out: i64) -> (Stop, Stop) {
    let pick_up = PlannedStop {
        stop: key,
        leg: Leg::PickUp,
        at: house(from),
        window: window(at - 10, at + 10),
        dwell: Minutes(0),
        load: Load { seats: 1, wheelchairs: 0 },
        max_ride: Minutes(60),
        guarded: false,
        leaves_vehicle: false,
        planned: min(at),
        done: None,
    };
    let drop_off = PlannedStop {
        leg: Leg::DropOff,
        at: house(to),
        window: window(0, 300),
        planned: min(out),
        ..pick_up.clone()
    };
    (pick_up, drop_off)
}

/// The run with these stops.
pub fn with(mut run: Run, stops: impl IntoIterator<Item = Stop>) -> Run {
    run.stops.extend(stops);
    run
}

/// A source of repeatable chance (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    /// Returns a number in `from..=to`.
    pub fn roll(&mut self, from: i64, to: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        from + (z % (to - from + 1) as u64) as i64
    }

    /// Tells whether something that happens once in `times` happens.
    pub fn once_in(&mut self, times: i64) -> bool {
        self.roll(1, times) == 1
    }
}
