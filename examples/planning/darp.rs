//! Solves a dial-a-ride instance of the literature.
//!
//! `cargo run --release --example darp -- INSTANCE [--seconds S] [--threads N] [--seed K] [--out FILE]`

mod common;
mod instance;
mod verify;

fn main() -> std::process::ExitCode {
    common::run("darp", |text, _| instance::Instance::dial_a_ride(text))
}
