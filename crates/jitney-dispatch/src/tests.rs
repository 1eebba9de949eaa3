//! Tests over the whole engine, one file a question.

mod board;
mod days;
mod exactness;
mod order;
mod rules;
mod times;
mod world;
