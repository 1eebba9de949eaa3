//! The root of the command line.

use std::path::PathBuf;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::args::Pick;
use crate::commands::*;
use crate::context::Context;
use crate::env::Environment;
use crate::exit::Failure;
use crate::output::Said;

/// What is said below the list of commands.
const AFTER_HELP: &str = "\
Environment:
  JITNEY_HOME            where data is kept (as --home)
  JITNEY_PASSPHRASE      the passphrase of the keys; asked for at the terminal if neither this nor
                         --passphrase-file is there
  JITNEY_KDF_MEMORY_KIB  memory that it takes to try one passphrase of a new key [default: 65536]
  JITNEY_LOG             which lines `jitney up` logs, in place of the configured level
  JITNEY_NOW             the present in a rehearsal, like 2026-03-09T08:00:00Z: `jitney up` starts its
                         clock there and lets it run, every other command takes it as it is

Exit codes: see `jitney exit-codes`.";

/// The heading of options that every command takes.
const EVERYWHERE: &str = "For every command";

/// Lifts for older people, run by their cooperatives
#[derive(Debug, Parser)]
#[command(name = "jitney", bin_name = "jitney", version, after_help = AFTER_HELP)]
pub(crate) struct Cli {
    /// Where data is kept [default: $XDG_DATA_HOME/jitney or ~/.local/share/jitney]
    #[arg(long, global = true, value_name = "DIR", help_heading = EVERYWHERE)]
    home: Option<PathBuf>,
    /// Show answers as JSON
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    json: bool,
    /// Act as this member, a dispatcher, by number or name: the record says so
    #[arg(long = "as", global = true, value_name = "MEMBER", help_heading = EVERYWHERE)]
    acting: Option<Pick>,
    /// Read the passphrase from the first line of this file
    #[arg(long, global = true, value_name = "FILE", help_heading = EVERYWHERE)]
    passphrase_file: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Found a cooperative, set its rules
    #[command(subcommand)]
    Coop(coop::Command),
    /// Run the node until it is told to stop
    Up(up::Args),
    /// Show the node's condition
    Status(status::Args),
    /// Check or explain the settings
    #[command(subcommand)]
    Config(config::Command),
    /// Keep the list of members
    #[command(subcommand)]
    Member(member::Command),
    /// Invite somebody to become a member or to enrol their device
    Invite(invite::Args),
    /// Hand out cards with which members sign in on the coop's pages
    #[command(subcommand)]
    Card(card::Command),
    /// Verify what a coop has signed about its members
    #[command(subcommand)]
    Credential(credential::Command),
    /// Keep the list of riders
    #[command(subcommand)]
    Rider(rider::Command),
    /// Agree with drivers, note their vehicles
    #[command(subcommand)]
    Driver(driver::Command),
    /// Keep the places that the coop has a name for
    #[command(subcommand)]
    Place(place::Command),
    /// Import a map, so that driving times are those of the roads
    #[command(subcommand)]
    Map(map::Command),
    /// Book trips and see who carries them
    #[command(subcommand)]
    Trip(trip::Command),
    /// See and change trips that come back
    #[command(subcommand)]
    Subscription(subscription::Command),
    /// Show the day at a glance
    Board(board::Args),
    /// Plan a day: who would best drive whom, and what each would have to be told
    ///
    /// Trips of the day that nobody drives yet are given to runs, and trips change hands where that saves
    /// driving. Nothing is changed until you say --apply. A time that a rider was told moves only within what
    /// was agreed, trips under way and those that partners drive stay as they are. After a mishap (--ill,
    /// --broken, --late, --no-show) the day is planned anew with the fewest promises broken.
    Plan(plan::Args),
    /// Show what somebody has to see to, how soon, and who must phone whom
    Alarms(alarms::Args),
    /// See what was told to riders, drivers and dispatchers, and whom a message has not reached
    #[command(subcommand)]
    Messages(messages::Command),
    /// Carry trips of partner coops, award ours to them
    #[command(subcommand)]
    Ticket(ticket::Command),
    /// Tell partners of places to spare, ask for theirs
    #[command(subcommand)]
    Capacity(capacity::Command),
    /// Note what was agreed with partner coops
    #[command(subcommand)]
    Agreement(agreement::Command),
    /// Found or join a federation of coops
    #[command(subcommand)]
    Federation(federation::Command),
    /// Become a member with this device
    Join(join::Args),
    /// Drive: your hours, offers, manifest and reports
    #[command(subcommand)]
    Drive(drive::Command),
    /// See three cooperatives help each other through a day, on this machine
    ///
    /// Starts three nodes on the loopback, founds a federation, loads a small made-up sample, takes
    /// bookings, drives a whole day on an accelerated clock, and proves that nothing personal was gossiped.
    /// Then the nodes keep running until Ctrl-C, and may be asked like any other. With --json only the
    /// summary is shown.
    Demo(crate::demo::Args),
    /// Write completions for a shell
    Completions(completions::Args),
    /// Write man pages
    Man(man::Args),
    /// Explain the exit codes
    #[command(after_long_help = crate::exit::table())]
    ExitCodes,
}

impl Cli {
    /// Carries out what was asked.
    pub(crate) fn run(self) -> Result<Said, Failure> {
        let env = Environment::read();
        // Said before anything is done, also by commands that need no clock: whoever rehearses must not act today.
        env.fixed_now()?;
        let home = match self.home {
            Some(home) => home,
            None => env.home()?,
        };
        let cx = Context::new(home, self.json, self.acting, self.passphrase_file, env);
        match self.command {
            Command::Coop(command) => command.run(&cx),
            Command::Up(args) => args.run(&cx),
            Command::Status(args) => args.run(&cx),
            Command::Config(command) => command.run(&cx),
            Command::Member(command) => command.run(&cx),
            Command::Invite(args) => args.run(&cx),
            Command::Card(command) => command.run(&cx),
            Command::Credential(command) => command.run(&cx),
            Command::Rider(command) => command.run(&cx),
            Command::Driver(command) => command.run(&cx),
            Command::Place(command) => command.run(&cx),
            Command::Map(command) => command.run(&cx),
            Command::Trip(command) => command.run(&cx),
            Command::Subscription(command) => command.run(&cx),
            Command::Board(args) => args.run(&cx),
            Command::Plan(args) => args.run(&cx),
            Command::Alarms(args) => args.run(&cx),
            Command::Messages(command) => command.run(&cx),
            Command::Ticket(command) => command.run(&cx),
            Command::Capacity(command) => command.run(&cx),
            Command::Agreement(command) => command.run(&cx),
            Command::Federation(command) => command.run(&cx),
            Command::Join(args) => args.run(&cx),
            Command::Drive(command) => command.run(&cx),
            Command::Demo(args) => crate::demo::run(args.with_json(cx.json)).map(|()| Said::default()),
            Command::Completions(args) => args.run(),
            Command::Man(args) => args.run(),
            Command::ExitCodes => {
                cx.show(&crate::exit::Exit::ALL.map(crate::exit::Code::of), |_| Ok(crate::exit::table()))
            }
        }
    }
}

/// Returns the whole command line as clap knows it.
pub(crate) fn definition() -> clap::Command {
    Cli::command()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_well_formed() {
        super::definition().debug_assert();
    }
}
