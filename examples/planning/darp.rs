//! Solves a dial-a-ride instance: the format of Cordeau & Laporte (2003), also of Ropke, Cordeau & Laporte
//! (2007), and the heterogeneous one of Malheiros et al. (2021). The shortest way with the vehicles there are.
//!
//! `cargo run --release --example darp -- INSTANCE [--seconds S] [--threads N] [--seed K] [--out FILE]`

#[allow(dead_code)]
mod common;
// Each program reads formats of its own.
#[allow(dead_code)]
mod instance;
mod verify;

fn main() -> std::process::ExitCode {
    common::run("darp", common::Goal::Distance, instance::Instance::dial_a_ride)
}
