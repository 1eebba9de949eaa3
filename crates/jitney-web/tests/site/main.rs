//! The site before a real node: who gets where, and what is refused.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

#[allow(dead_code, reason = "the other tests use the rest of it")]
mod stage;

mod access;
mod attack;
mod caregiver;
mod desk;
mod driver;
mod rider;
mod words;
