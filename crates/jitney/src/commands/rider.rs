//! `jitney rider`: members who are carried.

use clap::{Args, Subcommand};
use jitney_domain::access::Scope;
use jitney_domain::{Role, Wish};
use jitney_node::api::Request;

use super::member;
use super::profile::ProfileArgs;
use crate::args::{Pick, word};
use crate::context::Context;
use crate::exit::Failure;
use crate::output::Said;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Admit a rider
    Add(Box<AddArgs>),
    /// List riders
    List,
    /// Show all that is known of a rider
    Show {
        /// The rider, by number or name
        rider: Pick,
    },
    /// Say whether a driver is to come rather than others, or never
    ///
    /// It counts for trips that are given to a driver from now on, by hand, by the node or by a plan. It takes nothing
    /// from a driver who has a trip of this rider already.
    Wish {
        /// The rider, by number or name
        rider: Pick,
        /// The driver, by number or name
        driver: Pick,
        /// What is wished
        wish: Wished,
    },
    /// Note that a rider asks to be called; it becomes an alarm
    Call {
        /// The rider, by number or name
        rider: Pick,
    },
    /// Note that a rider who asked for it has been called
    Called {
        /// The rider, by number or name
        rider: Pick,
    },
    /// Never have two riders on board together
    ///
    /// It counts for every lift given away from now on, by hand, by the node or by a plan. Who is to be on board
    /// together already stays so until you part them: `jitney alarms` says where. Why they are kept apart is not noted.
    Apart {
        /// One rider, by number or name
        rider: Pick,
        /// The other, by number or name
        other: Pick,
        /// They may be on board together again
        #[arg(long)]
        end: bool,
    },
    /// Find riders by a part of their name or phone number
    Find {
        /// What to look for
        text: String,
    },
    /// Let a caregiver see a rider's trips, or book for them too
    Entrust {
        /// The rider, by number or name
        rider: Pick,
        /// The caregiver, by number or name
        caregiver: Pick,
        /// What the caregiver may do
        #[arg(long, value_parser = word::<Scope>(SCOPES))]
        may: Scope,
    },
    /// Print what the coop has signed about a caregiver: a credential that anybody can verify
    Delegation {
        /// The rider, by number or name
        rider: Pick,
        /// The caregiver, by number or name
        caregiver: Pick,
    },
    /// Let a caregiver act for a rider no longer
    Dismiss {
        /// The rider, by number or name
        rider: Pick,
        /// The caregiver, by number or name
        caregiver: Pick,
    },
}

/// What a caregiver may do.
const SCOPES: &[&str] = &["see", "book"];

/// What a rider can wish of a driver.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Wished {
    /// This driver rather than others
    Preferred,
    /// Never this driver
    Never,
    /// Takes back what was wished
    Any,
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
            Command::Entrust { rider, caregiver, may } => {
                let rider = cx.member(&rider, Some(Role::Rider))?;
                let caregiver = cx.member(&caregiver, Some(Role::Caregiver))?;
                let done = format!("member {caregiver} may act for rider {rider}");
                cx.tell(Request::Entrust { rider, caregiver, scope: may }, done)
            }
            Command::Delegation { rider, caregiver } => {
                let rider = cx.member(&rider, Some(Role::Rider))?;
                let caregiver = cx.member(&caregiver, Some(Role::Caregiver))?;
                cx.tell(Request::Delegation { rider, caregiver }, "")
            }
            Command::Dismiss { rider, caregiver } => {
                let rider = cx.member(&rider, Some(Role::Rider))?;
                let caregiver = cx.member(&caregiver, Some(Role::Caregiver))?;
                let done = format!("member {caregiver} acts for rider {rider} no longer");
                cx.tell(Request::Dismiss { rider, caregiver }, done)
            }
            Command::Wish { rider, driver, wish } => {
                let rider = cx.member(&rider, Some(Role::Rider))?;
                let driver = cx.member(&driver, Some(Role::Driver))?;
                let (wish, said) = match wish {
                    Wished::Preferred => (Some(Wish::Preferred), "comes rather than others for"),
                    Wished::Never => (Some(Wish::Never), "is never to drive"),
                    Wished::Any => (None, "is as good as any for"),
                };
                cx.tell(
                    Request::Wish { rider, driver, wish },
                    format!("driver {driver} {said} rider {rider}"),
                )
            }
            Command::Call { rider } => {
                let rider = cx.member(&rider, Some(Role::Rider))?;
                cx.tell(Request::AskForCall(rider), format!("rider {rider} waits for a call"))
            }
            Command::Called { rider } => {
                let rider = cx.member(&rider, Some(Role::Rider))?;
                cx.tell(Request::CallMade(rider), format!("rider {rider} has been called"))
            }
            Command::Apart { rider, other, end } => {
                let one = cx.member(&rider, Some(Role::Rider))?;
                let other = cx.member(&other, Some(Role::Rider))?;
                let said = if end { "may be on board together again" } else { "are never on board together" };
                let done = format!("riders {one} and {other} {said}");
                cx.tell(Request::Apart { one, other, apart: !end }, done)
            }
            Command::Find { text } => member::list(cx, Some(Role::Rider), Some(text)),
        }
    }
}
