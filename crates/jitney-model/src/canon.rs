//! What a coop can still be told apart by.
//!
//! Two coops that differ only in what no rule and no promise looks at any more go on alike for ever, so the
//! checker need see one of them only. Left out are: why and when what is over has ended, when it was read or
//! written, empty runs, and that a report was counted (the people of the model report nothing twice). The
//! test `a_world_and_its_image_go_on_alike` explores with and without this and compares what is found.

use jitney_domain::booking::{
    Bid, BidPhase, Claim, ClaimPhase, Ended, GivenUp, Progress, Ticket, TicketPhase,
};
use jitney_domain::state::tags;
use jitney_domain::trip::{Phase, Trip};
use jitney_domain::{Metres, Minutes, Outcome, RunId, State, Timestamp};
use serde::Serialize;

use crate::coop::{Digest, digest};

/// When what is told apart by nothing happened.
const SOME_TIME: Timestamp = Timestamp(0);

/// Tells whether the rows of the table are looked at through [`image`] instead of as they are.
fn is_seen_through(table: u8) -> bool {
    matches!(table, tags::TRIPS | tags::TICKETS | tags::CLAIMS | tags::RUNS | tags::REPORTS)
}

/// Returns a name for all coops that go on as this one does. `rows` are the state as it is stored.
pub(crate) fn image<'a>(
    state: &State,
    rows: impl Iterator<Item = (u8, &'a [u8], &'a [u8])>,
    details: bool,
) -> Digest {
    let mut parts: Vec<Vec<u8>> = Vec::new();
    for (table, key, value) in rows.filter(|(table, ..)| !is_seen_through(*table)) {
        parts.extend([vec![table], key.to_vec(), value.to_vec()]);
    }
    let wait = state.coop().map_or(Minutes(0), |coop| coop.policy.award_wait);
    parts.extend(state.trips.iter().map(|(id, row)| written(id, &trip(row))));
    parts.extend(state.tickets.iter().map(|(id, row)| written(id, &ticket(row, wait))));
    parts.extend(state.claims.iter().map(|(id, row)| written(id, &claim(row, details))));
    let driven = state.runs.iter().filter(|(_, run)| !run.stops.is_empty());
    parts.extend(driven.map(|(id, run)| {
        let mut run = run.clone();
        run.stops.iter_mut().for_each(|stop| stop.done = stop.done.map(|_| SOME_TIME));
        written(id, &run)
    }));
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    digest(&parts)
}

/// Returns what trips are told apart by: what a fresh ticket's name may depend on.
pub(crate) fn trips(state: &State) -> Vec<u8> {
    state.trips.iter().flat_map(|(id, row)| written(id, &trip(row))).collect()
}

fn written(id: impl Serialize, row: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(&(id, row)).unwrap_or_default()
}

fn trip(row: &Trip) -> Trip {
    let mut row = row.clone();
    if let Phase::Closed(outcome, at) = &mut row.phase
        && *outcome != Outcome::Unmet
    {
        *at = SOME_TIME;
    }
    row
}

fn ticket(row: &Ticket, wait: Minutes) -> Ticket {
    let mut row = row.clone();
    row.opened = SOME_TIME;
    row.failed = row.failed.filter(|_| row.phase != TicketPhase::Closed).map(|failed| GivenUp {
        provider: crate::coop::key(0),
        reason: None,
        at: SOME_TIME,
        ..failed
    });
    match &mut row.phase {
        TicketPhase::Confirmed(award, confirmation) => {
            award.respond_by = SOME_TIME;
            if confirmation.progress < Progress::OnBoard {
                confirmation.progress_at = SOME_TIME;
            }
        }
        TicketPhase::Settled(award, _) | TicketPhase::Disputed(award, _) => award.respond_by = SOME_TIME,
        TicketPhase::Open | TicketPhase::Awarded(_) | TicketPhase::Closed => {}
    }
    // Claims that are awarded at once are told apart by which came first and not by when.
    let mut received: Vec<Timestamp> =
        row.claims.values().filter(|bid| bid.phase == BidPhase::Open).map(|bid| bid.received).collect();
    received.sort_unstable();
    received.dedup();
    for bid in row.claims.values_mut() {
        let order = received.iter().position(|at| *at == bid.received).and_then(|n| i64::try_from(n).ok());
        *bid = match bid.phase {
            BidPhase::Open if wait == Minutes(0) => Bid { received: Timestamp(order.unwrap_or(0)), ..*bid },
            BidPhase::Open => *bid,
            BidPhase::Awarded | BidPhase::Over => {
                let (hold_until, pick_up_at, received) = (SOME_TIME, SOME_TIME, SOME_TIME);
                // For a month it counts that an award lapsed in silence, whenever that was.
                let lapsed = bid.lapsed.map(|_| SOME_TIME);
                // Whose award was taken back may yet say, once, that the rider is on board.
                let taken_back = bid.taken_back.filter(|_| bid.boarded.is_none()).map(|_| SOME_TIME);
                let bid = Bid { hold_until, pick_up_at, received, lapsed, taken_back, ..*bid };
                Bid { rate: None, boarded: None, ..bid }
            }
        };
    }
    row
}

fn claim(row: &Claim, details: bool) -> Claim {
    let mut row = row.clone();
    if !details {
        row.details = None;
    }
    // Asked for when the award comes, and never again.
    row.agreed_ahead &= matches!(row.phase, ClaimPhase::Held { .. });
    match &mut row.phase {
        ClaimPhase::Ended(why) => {
            // Only a claim that was given up after the award is looked at again: its partner has to hear.
            *why = match *why {
                Ended::Refused(reason) => Ended::Refused(reason),
                _ => Ended::HoldExpired,
            };
            row.run = RunId(0);
            row.rate = None;
            (row.picked_up, row.dropped_off) = (None, None);
            row.metres = None::<Metres>;
        }
        ClaimPhase::Confirmed { progress, at } if *progress < Progress::OnBoard => *at = SOME_TIME,
        _ => {}
    }
    row
}
