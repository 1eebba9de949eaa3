//! Which runs could still take a trip, and why not the others.
//!
//! A caller is on the phone; the dispatcher wants to know within the breath who can drive her, when he
//! would come, and what to say if nobody can. [`candidates`] tries every place in every run, keeps to every
//! hard rule exactly, ranks what is left, and gives a reason that can be read out for each run, also for
//! those that cannot.
//!
//! The rules are those of the dial-a-ride problem (Cordeau & Laporte 2003): windows of pick-ups and
//! drop-offs, places by kind over the whole route, the longest ride of each rider, the block of time the
//! driver gives, the way out from and back to base, how far the driver goes, what vehicle and driver can
//! offer, time to get in and out, the driver's pauses, riders who may not be on board together, stops already
//! made, and nothing in the past. Stops keep their order: a
//! new trip is put between them, and moves what was agreed only within its window. Whether a stop sequence
//! can be driven is decided exactly, by difference constraints: no trip is refused that could be driven,
//! none accepted that could not.
//!
//! The crate knows no names, no calendar, no clock and no disk. Leave, vetting, incompatibilities and
//! counts of trips come in as facts ([`RunState`]), travel times as a trait
//! ([`TravelTimes`](jitney_geo::TravelTimes)), the present as an argument.
//!
//! ```
//! use jitney_dispatch::{Bar, RunState, TripRequest, candidates};
//! use jitney_domain::{Capability, Coordinate, Load, Minutes, Requirement, Timestamp, Window};
//! use jitney_geo::StraightLine;
//!
//! let place = |lat, lon| Coordinate::new(lat, lon).expect("a point on the globe");
//! let at = |hour: i64, minute: i64| Timestamp::from_seconds(1_767_600_000 + (hour * 60 + minute) * 60);
//! let span = |from, to| Window { from, to };
//!
//! let base = place(48.520, 9.050);
//! let run = |key, barred| RunState::<&str, u32> {
//!     key,
//!     capability: Capability { places: Load { seats: 3, wheelchairs: 0 }, ..Capability::default() },
//!     block: span(at(8, 0), at(12, 0)),
//!     start: base,
//!     end: base,
//!     radius: None,
//!     stops: Vec::new(),
//!     pauses: Vec::new(),
//!     barred,
//!     booked_today: 0,
//!     max_trips: Some(6),
//!     knows_rider: false,
//!     preferred: false,
//! };
//! let request = TripRequest {
//!     key: 17,
//!     pick_up: place(48.530, 9.070),
//!     drop_off: place(48.500, 9.020),
//!     pick_up_window: span(at(9, 0), at(9, 30)),
//!     drop_off_window: span(at(9, 0), at(10, 0)),
//!     dwell_pick_up: Minutes(3),
//!     dwell_drop_off: Minutes(2),
//!     requirement: Requirement::default(),
//!     max_ride: Minutes(45),
//!     preferred_pick_up: at(9, 10),
//!     apart: Vec::new(),
//! };
//!
//! let runs = [run("Tuesday car", None), run("Blue van", Some(Bar::OnLeave))];
//! let ranking = candidates(&runs, &request, &StraightLine::default(), at(7, 0));
//!
//! let best = &ranking.candidates[0];
//! assert_eq!((best.run, best.pick_up_at), ("Tuesday car", at(9, 10)));
//! assert!(best.sentence().contains("picks up at the time asked for"));
//! assert_eq!(ranking.unable[0].to_string(), "on leave");
//! ```

mod ahead;
mod board;
mod chain;
pub mod day;
mod insertion;
mod model;
mod opening;
mod pauses;
pub mod plan;
mod ranking;
mod reasons;
mod schedule;

#[cfg(test)]
mod tests;

pub use board::Board;
pub use insertion::remove;
pub use model::{Candidate, Leg, Pause, PlannedStop, Ranking, RunState, TripRequest, Unable};
pub use opening::{Opening, Openings, Shift, openings};
pub use ranking::{
    COMFORTABLE_SLACK, Cost, FAIRNESS_PER_TRIP, KNOWN_RIDER, MOVED_PERCENT, PREFERENCE_PERCENT, PREFERRED,
    SLACK_PERCENT, candidates,
};
pub use reasons::{Bar, Reason, Why, contradiction};
pub use schedule::{Infeasible, expected, leaves_room_for_pauses, schedule};
