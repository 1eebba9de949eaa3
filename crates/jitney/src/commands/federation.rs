//! `jitney federation`: found or join a federation of coops.

use std::fs;
use std::path::PathBuf;

use clap::Subcommand;
use jitney_domain::{Minutes, Timestamp};
use jitney_node::api::Request;

use crate::args::{When, span};
use crate::context::Context;
use crate::exit::Failure;
use crate::output::Said;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Found a federation with this coop as its first
    Found {
        /// What it is called
        #[arg(long)]
        name: String,
        /// A file with the terms that its coops hold each other to
        #[arg(long, value_name = "FILE")]
        terms: Option<PathBuf>,
    },
    /// Invite another coop
    Invite {
        /// How long the link works
        #[arg(long, value_name = "SPAN", default_value = "7d", value_parser = span)]
        valid: Minutes,
    },
    /// Ask to join the federation that invites us
    Join {
        /// The link, as it was sent
        link: String,
    },
    /// Sign for a coop that wants to join, once its words were read to you over the phone
    Admit {
        /// Its fingerprint words, or its did:key
        #[arg(required = true, num_args = 1..)]
        who: Vec<String>,
    },
    /// Sign that a coop signs with another key, once its new words were read to you over the phone
    Succeed {
        /// The line that it sent, as `jitney coop key prepare` printed it
        succession: String,
        /// The words of its new key, or its did:key
        #[arg(required = true, num_args = 1..)]
        words: Vec<String>,
    },
    /// Show the coops that belong, and those that wait
    Roster,
    /// Say who is reached how, who is behind, whose clock is off, who contradicted itself, and what to do
    Doctor,
    /// Agree with a coop again that had contradicted itself, once you have talked to it
    Clear {
        /// The coop, by name, by its words or its did:key
        #[arg(required = true, num_args = 1..)]
        coop: Vec<String>,
        /// What you found out, for the record; no names of people
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
    /// The machines that speak for coops
    #[command(subcommand)]
    Node(NodeCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum NodeCommand {
    /// List the nodes of all coops
    List,
    /// Withdraw the certificate of a node of ours that was lost or stolen
    ///
    /// Nobody lets it in any more, and whatever it said since then is void at every coop; what it said before
    /// stands.
    Revoke {
        /// Its words, or its did:key
        #[arg(required = true, num_args = 1..)]
        node: Vec<String>,
        /// Since when it may have been in other hands; now if not said
        #[arg(long, value_name = "WHEN")]
        since: Option<When>,
    },
}

impl Command {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        match self {
            Command::Found { name, terms } => {
                let terms = terms.map(read_terms).transpose()?.unwrap_or_default();
                let done = format!("founded {name}; invite a coop with `jitney federation invite`");
                cx.tell(Request::FoundFederation { name, terms }, done)
            }
            Command::Invite { valid } => cx.tell(Request::InviteCoop { valid }, ""),
            Command::Join { link } => cx.tell(
                Request::JoinFederation { link },
                "asked to join; have your words ready (`jitney status`): the other coops will phone to compare them",
            ),
            Command::Admit { who } => cx.tell(Request::AdmitCoop { who: who.join(" ") }, "signed"),
            Command::Succeed { succession, words } => {
                cx.tell(Request::SucceedCoop { record: succession, words: words.join(" ") }, "signed")
            }
            Command::Roster => cx.tell(Request::Roster, ""),
            Command::Doctor => cx.tell(Request::Doctor, ""),
            Command::Clear { coop, why } => {
                let who = coop.join(" ");
                let done = format!("cleared {who}: new claims and awards with it are possible again");
                cx.tell(Request::ClearCoop { who, why }, done)
            }
            Command::Node(NodeCommand::List) => cx.tell(Request::ListNodes, ""),
            Command::Node(NodeCommand::Revoke { node, since }) => {
                let since = since.map(|when| moment(cx, when)).transpose()?;
                let done = "withdrawn; the other coops hear of it as soon as they are reached";
                cx.tell(Request::WithdrawNode { node: node.join(" "), since }, done)
            }
        }
    }
}

/// Returns the moment that words on the coop's wall clock name.
fn moment(cx: &Context, when: When) -> Result<Timestamp, Failure> {
    let local = cx.local(when)?;
    cx.zone()?.moment(local).map_err(|error| Failure::invalid(error.to_string()))
}

fn read_terms(path: PathBuf) -> Result<String, Failure> {
    fs::read_to_string(&path).map_err(|error| {
        Failure::not_found(format!(
            "the terms in {} cannot be read: {error}; name a text file with them, or leave --terms out",
            path.display()
        ))
    })
}
