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
    /// Offer every date, from now on, to one partner before all others
    ///
    /// The partner claims each date like any ticket; a date that it passes is offered to all. A date that is
    /// left out with `except` is called off there too.
    Offer {
        /// Which subscription
        subscription: SubscriptionId,
        /// The coop, by name, by its words or its did:key; nobody in particular if none is named
        #[arg(long, value_name = "COOP")]
        to: Option<String>,
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
            Command::Offer { subscription, to } => {
                let done = match &to {
                    Some(to) => format!("every date of subscription {subscription} is offered to {to}"),
                    None => format!("subscription {subscription} is offered to nobody in particular"),
                };
                cx.tell(Request::OfferSeries { subscription, to }, done)
            }
            Command::End { subscription, last } => {
                let last = cx.date(last)?;
                let done = format!("subscription {subscription} ends with {}", show::day(last));
                cx.tell(Request::EndSubscription { subscription, last }, done)
            }
        }
    }
}
