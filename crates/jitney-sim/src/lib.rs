//! Whole nodes on a simulated network, clock and disk.
//!
//! A [`World`] holds any number of cooperatives. Each runs the very core that the daemon runs, on a disk in
//! memory that survives it; between them is a network that keeps the contract of the real one and otherwise
//! delays, loses, repeats, reorders and cuts as chance has it. Time passes by hopping from one event to the
//! next. Everything follows from one seed: the same seed twice gives the same trace, whose hash says so, and
//! a seed that breaks a promise breaks it again on every machine.
//!
//! After every step that changes something the promises of the booking protocol are held against the states
//! of all nodes ([`invariants`]); what they promise is in the design, section 6. What must *sometimes* happen
//! is counted beside it, so that a quiet world does not pass for a sound one.
//!
//! Apart from all that, [`year`] answers and drives a coop's year with the planning engines alone.
//!
//! The simulator knows no socket, no file and no clock of the machine it runs on, and nothing of how a node
//! works inside beyond what a node shows.
//!
//! ```
//! use jitney_domain::Minutes;
//! use jitney_sim::{Faults, Plan, run};
//!
//! let quiet = Plan { faults: Some(Faults::none()), ..Plan::new(7, 2, Minutes(60)) };
//! let outcome = run(&quiet);
//! assert!(outcome.violations.is_empty(), "{:?}", outcome.violations);
//! assert_eq!(outcome.trace, run(&quiet).trace);
//! ```
#![warn(missing_docs)]

pub mod chaos;
pub mod crowd;
pub mod disk;
pub mod faults;
pub mod hostile;
pub mod invariants;
pub mod marker;
pub mod network;
mod newer;
pub mod node;
pub mod people;
pub mod plant;
pub mod rng;
pub mod scenario;
pub mod trace;
pub mod workload;
pub mod world;
pub mod year;

pub use chaos::Chaos;
pub use faults::Faults;
pub use invariants::{Seen, Violation};
pub use network::Weather;
pub use node::Crash;
pub use plant::Plant;
pub use rng::Chance;
pub use scenario::{Outcome, Plan, run};
pub use workload::Workload;
pub use world::World;
