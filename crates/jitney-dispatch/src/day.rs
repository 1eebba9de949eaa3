//! Planning a whole day, and planning it anew when something happens.
//!
//! [`Day`] puts runs and trips before the search of [`plan`](crate::plan) and its answer back into runs
//! with times. What is on a run already is a promise: it may go to another driver, but only within the
//! windows that were agreed, and is left undone only if nothing else is possible. Nothing is decided here:
//! the answer lists every promise that would change, for a person to agree to.

mod answer;
mod explain;
mod model;
mod problem;
mod replan;

pub use answer::{Change, DayPlan, RunPlan, Unmet};
pub use explain::Relaxation;
pub use model::{Convertible, DayRun, DayTrip};
pub use problem::{Day, DayError};
pub use replan::Incident;
