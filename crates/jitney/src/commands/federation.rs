//! `jitney federation`: found or join a federation of coops.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Subcommand;
use jitney_domain::{Minutes, Timestamp};
use jitney_node::api::Request;
use jitney_node::view::Status;

use crate::args::{When, span};
use crate::context::{Context, ask};
use crate::exit::{Exit, Failure};
use crate::output::Said;

/// How long asking to join waits for the first answer of the coop that invites.
const FIRST_ANSWER: Duration = Duration::from_secs(8);
/// Between two looks whether there is one.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

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
    ///
    /// Waits a few seconds for what the coop that invites answers first. Until its coops have decided `jitney status`
    /// says how many have signed.
    Join {
        /// The link, as it was sent
        #[arg(required_unless_present = "withdraw")]
        link: Option<String>,
        /// Ask no longer: the coops there are not told, so phone them
        #[arg(long, conflicts_with = "link")]
        withdraw: bool,
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
            Command::Join { link: Some(link), .. } => join(cx, link),
            Command::Join { link: None, .. } => {
                let done = "withdrawn; the coops there are not told, so phone them";
                cx.tell(Request::WithdrawJoin, done)
            }
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

/// Asks to join, and waits a little for what the coop that invites answers first: a link that is no good is known at
/// once.
fn join(cx: &Context, link: String) -> Result<Said, Failure> {
    let reply = cx.ask(Request::JoinFederation { link })?;
    let began = Instant::now();
    loop {
        let status = ask!(cx, Request::Status, Status)?;
        let late = began.elapsed() > FIRST_ANSWER;
        if let Some(said) = first_answer(&status, late)? {
            return cx.say(&reply, said);
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}

/// Says what has become of asking to join; nothing while there is no answer yet and it is not `late`.
fn first_answer(status: &Status, late: bool) -> Result<Option<String>, Failure> {
    const NEXT: &str = "have your words ready (`jitney status`): the other coops will phone to compare them";
    if let Some(why) = &status.not_admitted {
        return Err(Failure::new(Exit::NotAllowed, format!("this coop was not admitted: {why}")));
    }
    Ok(match (&status.federation, &status.joining) {
        (Some(federation), _) => Some(format!("joined {}", federation.name)),
        (None, Some(joining)) if late || joining.signed.is_some() => {
            Some(format!("this coop {joining}; {NEXT}"))
        }
        (None, Some(_)) => None,
        (None, None) => Some("asked to join; see how it goes on with `jitney status`".to_owned()),
    })
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
