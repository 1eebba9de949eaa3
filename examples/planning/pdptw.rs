//! Solves a pick-up-and-delivery instance with time windows: the formats of Li & Lim (2001) and of Sartori &
//! Buriol (2020). Fewest vehicles first, then the shortest way.
//!
//! `cargo run --release --example pdptw -- INSTANCE [--seconds S] [--threads N] [--seed K] [--out FILE]`

#[allow(dead_code)]
mod common;
// Each program reads formats of its own.
#[allow(dead_code)]
mod instance;
mod verify;

fn main() -> std::process::ExitCode {
    common::run("pdptw", common::Goal::VehiclesFirst, instance::Instance::pick_up_and_delivery)
}
