//! `jitney subscription`: trips that come back.

use clap::Subcommand;
use jitney_domain::SubscriptionId;
use jitney_node::api::Request;

use crate::args::Day;
use crate::context::Context;
use crate::exit::Failure;
use crate::output::Said;
use crate::show;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List subscriptions
    List,
    /// Leave out one date
    Except {
        /// Which subscription
        subscription: SubscriptionId,
        /// Which date
        date: Day,
    },
    /// End a subscription
    End {
        /// Which subscription
        subscription: SubscriptionId,
        /// The last day with trips
        #[arg(long, value_name = "DATE", default_value = "today")]
        last: Day,
    },
}

impl Command {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        match self {
            Command::List => cx.tell(Request::ListSubscriptions, ""),
            Command::Except { subscription, date } => {
                let date = cx.date(date)?;
                let done = format!("subscription {subscription} leaves out {}", show::day(date));
                cx.tell(Request::ExceptDate { subscription, date }, done)
            }
            Command::End { subscription, last } => {
                let last = cx.date(last)?;
                let done = format!("subscription {subscription} ends with {}", show::day(last));
                cx.tell(Request::EndSubscription { subscription, last }, done)
            }
        }
    }
}
