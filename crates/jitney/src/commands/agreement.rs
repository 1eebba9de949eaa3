//! `jitney agreement`: what was agreed with one partner coop; what is not said is as the coop's policy has it.

use clap::{Args, Subcommand};
use jitney_domain::{Agreement, Cents, Minutes, Rate};
use jitney_node::api::Request;

use crate::args::{span, yes_no};
use crate::context::Context;
use crate::exit::Failure;
use crate::output::Said;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List partner coops in the order in which they are given trips, and what holds between us
    List,
    /// Note what was agreed with a partner, in place of what was noted before
    Set(Box<SetArgs>),
    /// Take an agreement back: the coop's policy holds again
    End {
        /// The coop, by name, by its words or its did:key
        coop: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct SetArgs {
    /// The coop, by name, by its words or its did:key
    coop: String,
    /// Its place in the order of partners: the lower, the sooner; 100 is usual
    #[arg(long, value_name = "N")]
    rank: Option<u16>,
    /// What a lift costs for every trip, in hundredths of the currency
    #[arg(long, value_name = "CENTS")]
    per_trip: Option<u32>,
    /// What it costs for every kilometre with the rider on board, in hundredths
    #[arg(long, value_name = "CENTS")]
    per_km: Option<u32>,
    /// Claim its tickets without asking a dispatcher
    #[arg(long, value_name = "YES|NO", value_parser = yes_no)]
    claim: Option<bool>,
    /// Award its claims without asking a dispatcher
    #[arg(long, value_name = "YES|NO", value_parser = yes_no)]
    award: Option<bool>,
    /// Longest extra driving for one of its tickets that is claimed without asking
    #[arg(long, value_name = "SPAN", value_parser = span)]
    max_detour: Option<Minutes>,
    /// How long before the pick-up a person decides
    #[arg(long, value_name = "SPAN", value_parser = span)]
    least_notice: Option<Minutes>,
}

impl Command {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        match self {
            Command::List => cx.tell(Request::ListAgreements, ""),
            Command::Set(args) => args.run(cx),
            Command::End { coop } => {
                let done = format!("with {coop} the coop's policy holds again");
                cx.tell(Request::SetAgreement { with: coop, agreement: None }, done)
            }
        }
    }
}

impl SetArgs {
    fn run(self, cx: &Context) -> Result<Said, Failure> {
        let priced = self.per_trip.is_some() || self.per_km.is_some();
        let rate = priced.then(|| Rate {
            per_trip: Cents(self.per_trip.unwrap_or_default()),
            per_km: Cents(self.per_km.unwrap_or_default()),
        });
        let agreement = Agreement {
            rank: self.rank,
            rate,
            claim: self.claim,
            award: self.award,
            max_detour: self.max_detour,
            least_notice: self.least_notice,
        };
        let done = format!("noted what was agreed with {}", self.coop);
        cx.tell(Request::SetAgreement { with: self.coop, agreement: Some(agreement) }, done)
    }
}
