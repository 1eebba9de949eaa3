//! `jitney messages`: what was told to people, and whom a message has not reached.

use clap::Subcommand;
use jitney_node::api::Request;

use crate::args::{Pick, by_prefix};
use crate::context::{Context, ask};
use crate::exit::Failure;
use crate::output::Said;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the newest messages: of what kind and when, never what they said
    List {
        /// To this member alone, by number or name
        #[arg(long)]
        member: Option<Pick>,
    },
    /// Note that somebody has phoned instead of a message that did not get through
    Told {
        /// The message, by enough of its id
        message: String,
    },
}

impl Command {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        match self {
            Command::List { member } => {
                let member = member.map(|pick| cx.member(&pick, None)).transpose()?;
                cx.tell(Request::ListMessages { member }, "")
            }
            Command::Told { message } => {
                let listed = ask!(cx, Request::ListMessages { member: None }, Messages)?;
                let ids = listed.iter().map(|m| m.id);
                let id = by_prefix("message", &message, ids, "see `jitney messages list`")?;
                cx.tell(Request::MessageTold(id), format!("message {} is noted as told", id.short()))
            }
        }
    }
}
