//! `jitney rider`: members who are carried.

use clap::{Args, Subcommand};
use jitney_domain::Role;
use jitney_node::api::Request;

use super::member;
use super::profile::ProfileArgs;
use crate::args::Pick;
use crate::context::Context;
use crate::exit::Failure;
use crate::output::Said;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Admit a rider
    Add(AddArgs),
    /// List riders
    List,
    /// Show all that is known of a rider
    Show {
        /// The rider, by number or name
        rider: Pick,
    },
    /// Find riders by a part of their name or phone number
    Find {
        /// What to look for
        text: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// Full name
    #[arg(long)]
    name: String,
    #[command(flatten)]
    profile: ProfileArgs,
}

impl Command {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        match self {
            Command::Add(args) => member::add(cx, args.name, [Role::Rider], args.profile),
            Command::List => member::list(cx, Some(Role::Rider), None),
            Command::Show { rider } => {
                cx.tell(Request::ShowMember(cx.member(&rider, Some(Role::Rider))?), "")
            }
            Command::Find { text } => member::list(cx, Some(Role::Rider), Some(text)),
        }
    }
}
