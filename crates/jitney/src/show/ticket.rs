//! Tickets open to partners and lifts offered to a driver, as text.

use jitney_domain::{Metres, Zone};
use jitney_node::view::{Offer, Ticket, WhyNobody};

use super::need::need;
use super::time::{local_clock, window};
use super::{Table, day, moment};

/// Returns the open tickets.
pub(crate) fn tickets(tickets: &[Ticket], zone: &Zone) -> String {
    if tickets.is_empty() {
        return "no open tickets".to_owned();
    }
    let headings = ["TICKET", "COOP", "DAY", "FETCH", "FROM", "TO", "KM", "NEEDS", "WHO COULD"];
    let mut table = Table::new(&headings);
    for ticket in tickets {
        let who = match (ticket.ours, ticket.claimed, ticket.can.first()) {
            (true, ..) => "ours".to_owned(),
            (_, Some(lift), _) => format!("claimed, lift {lift}"),
            (_, None, Some(best)) => {
                format!("{} {} at {}", best.driver, best.name, local_clock(best.pick_up_at, zone))
            }
            (_, None, None) => nobody(ticket.why_nobody.as_ref()),
        };
        let who = if ticket.claimed_before { format!("our claim has ended; {who}") } else { who };
        let asked = ticket.offered_until.map(|until| format!(", to us until {}", moment(until, zone)));
        table.row([
            ticket.ticket.short(),
            format!("{}{}", ticket.coop, asked.unwrap_or_default()),
            day(ticket.pick_up.from.local(zone).date()),
            window(&ticket.pick_up, zone),
            ticket.from.clone(),
            ticket.to.clone(),
            kilometres(ticket.metres),
            need(&ticket.requirement),
            who,
        ]);
    }
    table.to_string()
}

/// Says that nobody can, and what most of them lack.
fn nobody(why: Option<&WhyNobody>) -> String {
    match why {
        None => "nobody of ours".to_owned(),
        Some(WhyNobody { why, drivers, of, .. }) if drivers == of => format!("nobody of ours: {why}"),
        Some(WhyNobody { why, drivers, of, .. }) => {
            format!("nobody of ours, {drivers} of {of} for one reason: {why}")
        }
    }
}

/// Returns a length in kilometres, below ten with a decimal.
pub(super) fn kilometres(metres: Metres) -> String {
    let km = metres.km();
    if km < 10.0 { format!("{km:.1}") } else { format!("{km:.0}") }
}

/// Returns the lifts offered to a driver.
pub(crate) fn offers(offers: &[Offer], zone: &Zone) -> String {
    if offers.is_empty() {
        return "no offers at present".to_owned();
    }
    let mut table = Table::new(&["LIFT", "FETCH", "FROM", "TO", "NEEDS", "RIDER OF", "ANSWER BY"]);
    for offer in offers {
        table.row([
            offer.lift.to_string(),
            moment(offer.pick_up_at, zone),
            offer.from.clone(),
            offer.to.clone(),
            need(&offer.requirement),
            offer.coop.clone(),
            moment(offer.respond_by, zone),
        ]);
    }
    format!("{table}Say yes with `jitney drive accept LIFT`, no with `jitney drive decline LIFT`.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_nobody_can_is_said_with_how_many_it_is_true_of() {
        let why = |drivers, of| WhyNobody { why: "no wheelchair space".to_owned(), drivers, of };
        assert_eq!(nobody(None), "nobody of ours");
        assert_eq!(nobody(Some(&why(2, 2))), "nobody of ours: no wheelchair space");
        let most = "nobody of ours, 2 of 3 for one reason: no wheelchair space";
        assert_eq!(nobody(Some(&why(2, 3))), most);
    }
}
