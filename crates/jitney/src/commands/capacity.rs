//! `jitney capacity`: places to spare on planned runs, the mirror of tickets.

use clap::Subcommand;
use jitney_domain::{CapacityId, Role, TripId};
use jitney_node::api::Request;

use crate::args::{Day, Pick, by_prefix};
use crate::context::{Context, ask};
use crate::exit::Failure;
use crate::output::Said;
use crate::show;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List places to spare, ours and those of partners
    List,
    /// Tell partners of the places to spare on a driver's run
    Post {
        /// The driver, by number or name
        driver: Pick,
        /// On this day
        #[arg(long, value_name = "DATE", default_value = "today")]
        day: Day,
    },
    /// Take back what partners were told
    Withdraw {
        /// The places, by enough of their id
        capacity: String,
    },
    /// Ask a partner for a place that it has to spare
    Ask {
        /// The trip, by its confirmation number
        trip: TripId,
        /// The places, by enough of their id
        capacity: String,
    },
}

impl Command {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        match self {
            Command::List => cx.tell(Request::ListCapacity, ""),
            Command::Post { driver, day } => {
                let driver = cx.member(&driver, Some(Role::Driver))?;
                let day = cx.date(day)?;
                let done = format!("partners hear of the places to spare on {}", show::day(day));
                cx.tell(Request::PostCapacity { driver, day }, done)
            }
            Command::Withdraw { capacity } => {
                let capacity = find(cx, &capacity, true)?;
                let done = format!("the places {} are no longer offered", capacity.short());
                cx.tell(Request::WithdrawCapacity(capacity), done)
            }
            Command::Ask { trip, capacity } => {
                let capacity = find(cx, &capacity, false)?;
                let done = format!("the partner is asked for a place for trip {trip}");
                cx.tell(Request::AskForPlace { trip, capacity }, done)
            }
        }
    }
}

/// Returns the places that begin like this, ours or a partner's.
fn find(cx: &Context, prefix: &str, ours: bool) -> Result<CapacityId, Failure> {
    let all = ask!(cx, Request::ListCapacity, Capacity)?;
    let ids = all.iter().filter(|c| c.run.is_some() == ours).map(|c| c.capacity);
    by_prefix("places to spare", prefix, ids, "see `jitney capacity list`")
}
