//! `jitney alarms`: what somebody has to see to, who must phone whom, and who has it in hand.

use clap::{Args as ClapArgs, Subcommand};
use jitney_node::api::Request;

use crate::context::Context;
use crate::exit::Failure;
use crate::output::Said;

#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take an alarm in hand, so that nobody else needs to
    Take {
        /// The alarm, by the beginning of its name
        alarm: String,
    },
    /// List who has taken which alarm, the latest first
    Trail,
}

impl Args {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        match self.command {
            None => cx.tell(Request::Alarms, ""),
            Some(Command::Take { alarm }) => {
                let done = format!("alarm {alarm} is in your hands");
                cx.tell(Request::TakeAlarm { alarm }, done)
            }
            Some(Command::Trail) => cx.tell(Request::AlarmTrail, ""),
        }
    }
}
