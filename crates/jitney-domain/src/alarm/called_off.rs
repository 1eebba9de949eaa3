//! Alarms about lifts that we took back from a partner, which may be driven all the same.

use super::{
    Alarm, Call, Callee, Case, Kind, LEFT_BEHIND_FOR, NOW_WITHIN, OVERDUE_AFTER, UNREACHABLE_AFTER,
    UNTOLD_NEAR, Urgency,
};
use crate::TripId;
use crate::booking::{Bid, Ticket};

/// Returns the alarms about lifts that were taken back: of one trip, or of all.
pub(super) fn alarms(case: Case<'_>, of: Option<TripId>) -> Vec<Alarm> {
    let since = case.now.before(LEFT_BEHIND_FOR);
    let tickets = case.state.taken_back_after(since);
    let tickets = tickets.filter(|ticket| of.is_none_or(|trip| trip == ticket.trip));
    let bids = tickets.flat_map(|ticket| ticket.claims.values().map(move |bid| (ticket, bid)));
    bids.filter(|(_, bid)| Some(bid.provider) != case.us())
        .filter_map(|(ticket, bid)| boarded(case, ticket, bid).or_else(|| untold(case, ticket, bid)))
        .collect()
}

/// The rider was on board before the partner knew.
fn boarded(case: Case<'_>, ticket: &Ticket, bid: &Bid) -> Option<Alarm> {
    let at = bid.boarded?;
    let trip = &case.state.trips.get(&ticket.trip)?.details;
    (case.now <= at.after(trip.max_ride)).then(|| Alarm {
        kind: Kind::BoardedAnyway { provider: bid.provider },
        urgency: Urgency::Now,
        since: Some(at),
        trips: vec![ticket.trip],
        lifts: Vec::new(),
        calls: vec![Call::to(Callee::Office(bid.provider)), Call::to(Callee::Rider(trip.rider))],
    })
}

/// Our word is still on its way to the partner's node, whose driver will come for nothing.
fn untold(case: Case<'_>, ticket: &Ticket, bid: &Bid) -> Option<Alarm> {
    let taken_back = bid.taken_back?;
    // Messages are taken in the order in which they were sent: older ones wait before it.
    let waits = case.partners.waiting.get(&bid.provider).is_some_and(|oldest| *oldest <= taken_back);
    let near = bid.pick_up_at <= case.now.after(NOW_WITHIN);
    let patience = if near { UNTOLD_NEAR } else { UNREACHABLE_AFTER };
    let to_come = case.now <= bid.pick_up_at.after(OVERDUE_AFTER);
    (waits && to_come && taken_back.after(patience) <= case.now).then(|| Alarm {
        kind: Kind::CalledOffUntold { provider: bid.provider },
        urgency: Urgency::by(bid.pick_up_at, case.now),
        since: Some(taken_back),
        trips: vec![ticket.trip],
        lifts: Vec::new(),
        calls: vec![Call::to(Callee::Office(bid.provider))],
    })
}
