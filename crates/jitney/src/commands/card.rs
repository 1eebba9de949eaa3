//! `jitney card`: cards with which members sign in on the coop's pages.

use clap::Subcommand;
use jitney_domain::Role;
use jitney_node::api::Request;

use crate::args::{Pick, ROLES, by_prefix, word};
use crate::context::{Context, ask};
use crate::exit::Failure;
use crate::output::Said;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Draw the code of a new card; it is shown this once
    Issue {
        /// For whom, by number or name
        member: Pick,
        /// As what they sign in with it
        #[arg(long, value_parser = word::<Role>(ROLES))]
        role: Role,
    },
    /// List cards that are good
    List {
        /// Of this member alone, by number or name
        member: Option<Pick>,
    },
    /// Take a card back; whoever is signed in with it no longer is
    Revoke {
        /// The card, by enough of its id
        card: String,
    },
}

impl Command {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        match self {
            Command::Issue { member, role } => {
                let member = cx.member(&member, Some(role))?;
                cx.tell(Request::IssueCard { member, role }, "")
            }
            Command::List { member } => {
                let member = member.map(|pick| cx.member(&pick, None)).transpose()?;
                cx.tell(Request::ListCards(member), "")
            }
            Command::Revoke { card } => {
                let cards = ask!(cx, Request::ListCards(None), Cards)?;
                let card = by_prefix("card", &card, cards.iter().map(|c| c.card), "see `jitney card list`")?;
                cx.tell(Request::RevokeCard(card), format!("card {} is revoked", card.short()))
            }
        }
    }
}
