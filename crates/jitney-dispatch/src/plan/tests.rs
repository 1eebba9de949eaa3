//! Tests over the planner, one file a question.

mod checker;
mod exact;
mod optimal;
mod world;
