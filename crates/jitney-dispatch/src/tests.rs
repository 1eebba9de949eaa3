//! Tests over the whole engine, one file a question.

mod board;
mod days;
mod exactness;
mod kinds;
mod order;
mod rules;
mod rush;
mod times;
pub(crate) mod world;
