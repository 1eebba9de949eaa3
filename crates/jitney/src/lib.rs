//! The command line of a mobility cooperative's node: for operator, dispatcher and driver.
//!
//! One program founds a coop, runs its node, takes bookings over the phone, and serves a driver's own
//! device. It decides nothing by itself: every command becomes one request to the node, over the control
//! socket in its home or over libp2p from a member's device, and the answer is shown as text for people or
//! as JSON for programs. It keeps nothing but what a member's device needs with no network: the key, the
//! membership credential, the driver's days, and signed reports that wait.
//!
//! - `cli`: the root of the command line; `commands`: one file a command.
//! - `args`: reading what people type; `usage`: what they typed wrong; `show`: views as text.
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
mod interrupt;
mod output;
mod passphrase;
mod reference;
mod show;
mod usage;

use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

pub use reference::reference;

/// Runs the program with the arguments and environment of this process and returns how it ended.
pub fn run() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        // Help and version are no errors, nor is help shown to who named no command.
        Err(error)
            if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand =>
        {
            error.exit()
        }
        Err(error) => {
            output::complain(&format!("error: {}", usage::sentence(&error)));
            return exit::Exit::Usage.into();
        }
    };
    let failure = match cli.run() {
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
