//! The planner: large-neighbourhood search over exact, constant-time feasibility.

mod anneal;
mod dice;
mod fleet;
mod insert;
mod label;
mod memo;
mod near;
mod partition;
mod pool;
mod problem;
mod route;
mod search;
mod solution;
mod tails;

#[cfg(test)]
mod tests;

pub(crate) use insert::cheapest_in;

pub use anneal::{Answer, Budget, Progress, plan};
pub use problem::{
    ANYWHERE, Amounts, BadProblem, HORIZON, Job, KINDS, Leg, NO_WAY, Parts, Problem, Request, Vehicle, Visit,
    Weights,
};
