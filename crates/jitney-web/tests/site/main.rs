//! The site before a real node: who gets where, and what is refused.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

#[allow(dead_code, reason = "the other tests use the rest of it")]
mod stage;

mod access;
mod alarms;
mod api;
mod attack;
mod caregiver;
mod desk;
mod driver;
mod elsewhere;
mod moves;
mod partners;
mod people;
mod plan;
mod refusals;
mod rider;
mod slow;
mod whereabouts;
mod words;
