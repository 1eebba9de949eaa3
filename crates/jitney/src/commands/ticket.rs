//! `jitney ticket`: trips offered between partner coops.

use clap::Subcommand;
use jitney_domain::{Role, TicketId};
use jitney_node::api::{Request, TripFilter};
use jitney_node::view;

use crate::args::{Pick, by_prefix};
use crate::context::{Context, ask};
use crate::exit::Failure;
use crate::output::Said;

/// Where ids are found.
const SEE: &str = "see `jitney ticket list` and `jitney trip show`";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List tickets that are open to partners
    List,
    /// Offer to carry a partner's ticket
    Claim {
        /// The ticket, by enough of its id
        ticket: String,
        /// By this driver, by number or name; the best one if none is named
        #[arg(long, value_name = "DRIVER")]
        driver: Option<Pick>,
        /// The driver has said yes already
        #[arg(long)]
        agreed: bool,
    },
    /// Say that nobody here can carry a ticket that was offered to us alone
    Pass {
        /// The ticket, by enough of its id
        ticket: String,
    },
    /// Give one of our tickets to the partner who made this claim
    Award {
        /// The ticket, by enough of its id
        ticket: String,
        /// The claim, by enough of its id; may be left out if there is only one
        claim: Option<String>,
    },
}

impl Command {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        match self {
            Command::List => cx.tell(Request::ListTickets, ""),
            Command::Claim { ticket, driver, agreed } => {
                let tickets = ask!(cx, Request::ListTickets, Tickets)?;
                let theirs = tickets.iter().filter(|ticket| !ticket.ours).map(|ticket| ticket.ticket);
                let ticket = by_prefix("ticket", &ticket, theirs, SEE)?;
                let driver = driver.map(|pick| cx.member(&pick, Some(Role::Driver))).transpose()?;
                let done = format!(
                    "ticket {} is claimed; the driver's time is held until the other coop has decided: {SEE}",
                    ticket.short()
                );
                cx.tell(Request::ClaimTicket { ticket, driver, agreed }, done)
            }
            Command::Pass { ticket } => {
                let tickets = ask!(cx, Request::ListTickets, Tickets)?;
                let offered = tickets.iter().filter(|ticket| ticket.offered_until.is_some());
                let ticket = by_prefix("ticket", &ticket, offered.map(|ticket| ticket.ticket), SEE)?;
                cx.tell(Request::PassTicket(ticket), format!("ticket {} goes back", ticket.short()))
            }
            Command::Award { ticket, claim } => award(cx, &ticket, claim.as_deref()),
        }
    }
}

fn award(cx: &Context, ticket: &str, claim: Option<&str>) -> Result<Said, Failure> {
    let trips = ask!(cx, Request::ListTrips(TripFilter::default()), Trips)?;
    let ticketed = |trip: &view::Trip| trip.ticket;
    let ticket: TicketId = by_prefix("ticket", ticket, trips.iter().filter_map(ticketed), SEE)?;
    let claims = trips.iter().filter(|trip| trip.ticket == Some(ticket)).flat_map(|trip| &trip.claims);
    let claims = claims.map(|claim| claim.claim);
    let claim = by_prefix("claim", claim.unwrap_or(""), claims, SEE)?;
    let done = format!("ticket {} is awarded to claim {}", ticket.short(), claim.short());
    cx.tell(Request::AwardClaim { ticket, claim }, done)
}
