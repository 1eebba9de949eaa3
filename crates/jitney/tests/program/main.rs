//! The real program: its commands, its files, its exit codes.

mod day;
mod exit_codes;
mod support;
