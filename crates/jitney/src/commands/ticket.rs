//! `jitney ticket`: trips offered between partner coops.

use clap::Subcommand;
use jitney_domain::{Role, TicketId};
use jitney_node::api::{Request, TripFilter};
use jitney_node::view;

use crate::args::Pick;
use crate::context::{Context, ask};
use crate::exit::Failure;
use crate::output::Said;
use crate::show;

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
                let ticket = by_prefix("ticket", &ticket, theirs)?;
                let driver = driver.map(|pick| cx.member(&pick, Some(Role::Driver))).transpose()?;
                let done = format!("ticket {} is claimed; the driver's time is held", ticket.short());
                cx.tell(Request::ClaimTicket { ticket, driver, agreed }, done)
            }
            Command::Award { ticket, claim } => award(cx, &ticket, claim.as_deref()),
        }
    }
}

fn award(cx: &Context, ticket: &str, claim: Option<&str>) -> Result<Said, Failure> {
    let trips = ask!(cx, Request::ListTrips(TripFilter::default()), Trips)?;
    let ticketed = |trip: &view::Trip| trip.ticket;
    let ticket: TicketId = by_prefix("ticket", ticket, trips.iter().filter_map(ticketed))?;
    let claims = trips.iter().filter(|trip| trip.ticket == Some(ticket)).flat_map(|trip| &trip.claims);
    let claims = claims.map(|claim| claim.claim);
    let claim = by_prefix("claim", claim.unwrap_or(""), claims)?;
    let done = format!("ticket {} is awarded to claim {}", ticket.short(), claim.short());
    cx.tell(Request::AwardClaim { ticket, claim }, done)
}

/// Returns the one id that begins like this.
fn by_prefix<I: ToString + Copy>(
    kind: &str,
    prefix: &str,
    ids: impl Iterator<Item = I>,
) -> Result<I, Failure> {
    let prefix = prefix.trim().to_ascii_lowercase();
    let found: Vec<I> = ids.filter(|id| id.to_string().starts_with(&prefix)).collect();
    match found.as_slice() {
        [only] => Ok(*only),
        [] if prefix.is_empty() => Err(Failure::not_found(format!("there is no {kind} yet"))),
        [] => Err(Failure::not_found(format!(
            "no {kind} begins with {prefix}; see `jitney ticket list` and `jitney trip show`"
        ))),
        several => {
            let ids: Vec<String> =
                several.iter().map(|id| id.to_string().chars().take(12).collect()).collect();
            Err(Failure::conflict(format!(
                "several begin like this: {}; say more of it",
                show::listed(&ids, "and")
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    #[test]
    fn an_id_is_known_by_its_beginning_if_no_other_begins_so() {
        let ids = [TicketId::from_bytes([0xab; 16]), TicketId::from_bytes([0xac; 16])];
        let find = |prefix: &str| by_prefix("ticket", prefix, ids.into_iter());
        assert_eq!(find("AB"), Ok(ids[0]));
        assert_eq!(find("a").unwrap_err().exit, Exit::Conflict);
        assert_eq!(find("b").unwrap_err().exit, Exit::NotFound);
        assert_eq!(by_prefix("claim", "", [ids[1]].into_iter()), Ok(ids[1]));
    }
}
