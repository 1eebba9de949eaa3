//! `jitney federation`: found or join a federation of coops.

use std::fs;
use std::path::PathBuf;

use clap::Subcommand;
use jitney_domain::Minutes;
use jitney_node::api::Request;

use crate::args::span;
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
    /// Show the coops that belong, and those that wait
    Roster,
    /// Say who is reached how, who is behind, whose clock is off, who contradicted itself, and what to do
    Doctor,
    /// Agree on new trips again with a coop that contradicted itself, once that is mended
    Clear {
        /// Its name, its fingerprint words, or its did:key
        #[arg(required = true, num_args = 1..)]
        coop: Vec<String>,
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
            Command::Roster => cx.tell(Request::Roster, ""),
            Command::Doctor => cx.tell(Request::Doctor, ""),
            Command::Clear { coop } => cx.tell(Request::ClearCoop { who: coop.join(" ") }, ""),
        }
    }
}

fn read_terms(path: PathBuf) -> Result<String, Failure> {
    fs::read_to_string(&path).map_err(|error| {
        Failure::not_found(format!("the terms in {} cannot be read: {error}", path.display()))
    })
}
