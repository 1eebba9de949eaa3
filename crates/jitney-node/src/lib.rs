//! One cooperative's node: binds domain, federation, store and network.
//!
//! [`core::Core`] is the node without its surroundings: no thread, no socket, no clock. It takes inputs,
//! decides, writes one durable batch, and only then says what may leave. [`daemon`] runs a core on a real
//! store and a real network; a simulator runs the same core on others.
//!
//! Everybody asks the same way: an [`api::Request`] with an authenticated actor, whether it comes over the
//! control socket, from a member's device or from a test.

pub mod api;
pub mod clock;
pub mod config;
pub mod control;
pub mod core;
pub mod country;
pub mod daemon;
pub mod envelope;
mod finder;
pub mod home;
mod http;
pub mod ical;
pub mod lookup;
pub mod map;
pub mod notify;
pub mod osrm;
pub mod person;
mod planner;
mod refusals;
mod requests;
pub mod settings;
#[cfg(test)]
mod testing;
pub mod travel;
pub mod vault;
pub mod view;

pub use planner::{Proposal, Survey};
