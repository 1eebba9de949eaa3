//! The pages in a real browser, at the size of a phone and of a desk, by keys alone, without script, without a
//! network; and before axe-core, which knows the rules of accessibility.
//!
//! Skipped, and said so, where Chromium and its driver are not installed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]
#![allow(clippy::print_stdout, reason = "a test says what it could not try")]

mod accessible;
mod chrome;
mod journeys;
#[path = "../site/stage.rs"]
#[allow(dead_code, reason = "the other tests use the rest of it")]
mod stage;
