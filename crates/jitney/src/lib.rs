//! The command line of a mobility cooperative's node: for operator, dispatcher and driver.
//!
//! One program founds a coop, runs its node, takes bookings over the phone, and serves a driver's own
//! device. It decides nothing by itself: every command becomes one request to the node, over the control
//! socket in its home or over libp2p from a member's device, and the answer is shown as text for people or
//! as JSON for programs. It keeps nothing but what a member's device needs with no network: the key, the
//! membership credential, the driver's days, and signed reports that wait.
//!
//! - `cli`: the root of the command line; `commands`: one file a command.
//! - `args`: reading what people type; `show`: views as text.
//! - `device`: a member's own device on disk.
//! - [`exit`]: the one table of exit codes.
//!
//! Manual, shell completions and man pages come from one definition and cannot differ:
//!
//! ```
//! let manual = jitney::reference();
//! assert!(manual.contains("## jitney trip book"));
//! ```

mod args;
mod cli;
mod commands;
mod context;
mod demo;
mod device;
mod env;
pub mod exit;
mod finder;
mod output;
mod passphrase;
mod reference;
mod show;

use std::process::ExitCode;

use clap::Parser as _;

pub use reference::reference;

/// Runs the program with the arguments and environment of this process and returns how it ended.
pub fn run() -> ExitCode {
    let failure = match cli::Cli::parse().run() {
        Ok(said) => match said.print() {
            Ok(()) => said.failure,
            Err(failure) => Some(failure),
        },
        Err(failure) => Some(failure),
    };
    match failure {
        None => exit::Exit::Ok.into(),
        Some(failure) => {
            output::complain(&format!("error: {failure}"));
            failure.exit.into()
        }
    }
}
