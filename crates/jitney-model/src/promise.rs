//! The promises of booking, each as a property of every world that can come about; and, beside them, what
//! must come about at least once, so that no promise is kept by nothing happening.
//!
//! Promises that speak of a step (nothing overwrites a live booking, no half of a round trip is given away
//! alone) are watched in [`crate::watch`] and reported here.

use jitney_domain::booking::{
    Award, Bid, BidPhase, BookingMessage, Claim, ClaimPhase, Progress, Ticket, TicketPhase,
};
use jitney_domain::{ClaimId, State, TicketId};
use stateright::Property;

use crate::coop::{Coop, Letter};
use crate::explore::Explore;
use crate::mail::Order;
use crate::reached;
use crate::scene::Scene;
use crate::shown::{self, Marks};
use crate::watch::Broken;
use crate::world::World;

/// Names of the promises.
pub mod named {
    /// DESIGN: a ticket has at most one live award.
    pub const ONE_AWARD: &str = "1 a ticket has at most one live award";
    /// A driver is never held or booked for overlapping time.
    pub const NO_OVERLAP: &str = "2 no driver is held or booked for overlapping time";
    /// What the rider was told is true, or its end is on the way and a dispatcher is shown it.
    pub const CONFIRMED: &str =
        "3 what was confirmed is in the calendar, or its end is on the way and a dispatcher is alarmed";
    /// Once messages flow again both sides agree.
    pub const AGREE: &str = "4 when all is delivered both sides agree";
    /// A return is never orphaned: no node gives away one half while nobody has the other, and if the other
    /// falls through the dispatcher is told to phone the rider.
    pub const RETURN: &str = "5 both halves of a round trip are given away together, or the rider is phoned";
    /// Nothing late overwrites a live booking.
    pub const NOT_OVERWRITTEN: &str = "6 nothing late overwrites a live booking";
    /// Vetting or capability lost after the award counts at the driver's yes, and every lift it touches is shown.
    pub const FIT: &str =
        "7 lost vetting or capability flags every lift to come, and nothing is confirmed with it";
    /// A restart reads back the same coop, after every step.
    pub const RESTART: &str = "a restart reads back what was known";
    /// Letters between honest coops are never refused.
    pub const HEARD: &str = "no letter of an honest coop is refused";
}

use named::*;

fn always(name: &'static str, condition: fn(&Explore, &World) -> bool) -> Property<Explore> {
    Property::always(name, condition)
}

pub(crate) fn sometimes(name: &'static str, condition: fn(&Explore, &World) -> bool) -> Property<Explore> {
    Property::sometimes(name, condition)
}

/// Returns the properties of a scene: all promises, and what it must reach.
pub(crate) fn properties(scene: &Scene) -> Vec<Property<Explore>> {
    let mut all = vec![
        always(ONE_AWARD, |_, w| one_award(w)),
        always(NO_OVERLAP, |_, w| w.coops.iter().all(|coop| no_overlap(&coop.state))),
        always(CONFIRMED, |m, w| {
            confirmed_is_true(m, w) && shown::nothing_is_kept_back(m, w, Marks::FAILURE)
        }),
        always(AGREE, |model, w| !model.is_quiet(w) || agree(model, w)),
        always(RETURN, |m, w| {
            unbroken(w, &[Broken::HalfAwarded]) && shown::nothing_is_kept_back(m, w, Marks::RETURN)
        }),
        always(NOT_OVERWRITTEN, |_, w| unbroken(w, OVERWRITING)),
        always(FIT, |m, w| {
            unbroken(w, &[Broken::UnfitConfirmed]) && shown::nothing_is_kept_back(m, w, Marks::UNFIT)
        }),
        always(RESTART, |_, w| unbroken(w, &[Broken::Restart])),
        always(HEARD, |_, w| !w.refused),
    ];
    let reached = reached::all().into_iter().filter(|property| scene.reaches.contains(&property.name));
    all.extend(reached);
    all
}

const OVERWRITING: &[Broken] =
    &[Broken::LiveBookingOverwritten, Broken::EndedClaimRevived, Broken::LiftDropped];

fn unbroken(world: &World, kinds: &[Broken]) -> bool {
    !world.coops.iter().any(|coop| coop.broken.is_some_and(|broken| kinds.contains(&broken)))
}

/// Returns every ticket with its originator.
pub(crate) fn tickets(world: &World) -> impl Iterator<Item = (&Coop, TicketId, &Ticket)> {
    world.coops.iter().flat_map(|coop| coop.state.tickets.iter().map(move |(id, t)| (&**coop, *id, t)))
}

/// Returns every claim with its provider.
pub(crate) fn claims(world: &World) -> impl Iterator<Item = (&Coop, ClaimId, &Claim)> {
    world.coops.iter().flat_map(|coop| coop.state.claims.iter().map(move |(id, c)| (&**coop, *id, c)))
}

/// Returns a claim by its name, which says whose it is.
pub(crate) fn claim(world: &World, id: ClaimId) -> Option<(&Coop, &Claim)> {
    world.coops.iter().find_map(|coop| coop.state.claims.get(&id).map(|claim| (&**coop, claim)))
}

/// Returns the ticket that a claim was made on.
pub(crate) fn ticket_of<'a>(world: &'a World, claim: &Claim) -> Option<(&'a Coop, &'a Ticket)> {
    let id = claim.ticket.ticket;
    world.coops.iter().find_map(|coop| coop.state.tickets.get(&id).map(|t| (&**coop, t)))
}

pub(crate) fn under_way(world: &World, fits: impl Fn(&Letter) -> bool) -> bool {
    world.mail.under_way().any(fits)
}

fn one_award(world: &World) -> bool {
    let book = tickets(world).all(|(_, _, ticket)| {
        let awarded = ticket.claims.iter().filter(|(_, bid)| bid.phase == BidPhase::Awarded);
        let awarded: Vec<ClaimId> = awarded.map(|(claim, _)| *claim).collect();
        match ticket.award() {
            Some(award) => awarded == [award.claim],
            None => awarded.is_empty(),
        }
    });
    book && claims(world).all(|(_, id, claim)| {
        let binding = match claim.phase {
            ClaimPhase::Awarded { .. } => true,
            // Who is on board is brought home, whatever happens to the award.
            ClaimPhase::Confirmed { progress, .. } => progress < Progress::OnBoard,
            _ => false,
        };
        let named = |t: &Ticket| t.award().is_some_and(|award| award.claim == id);
        !binding
            || ticket_of(world, claim).is_some_and(|(_, ticket)| named(ticket))
            || under_way(world, |l| matches!(*l.message, BookingMessage::Cancel { claim } if claim == id))
    })
}

fn no_overlap(state: &State) -> bool {
    let mut taken = Vec::new();
    for (id, claim) in state.live_claims() {
        let Some(run) = state.runs.get(&claim.run) else { return false };
        let stops: Vec<_> = run.stops.iter().filter(|stop| stop.claim == id).collect();
        let [pick_up, drop_off] = stops.as_slice() else { return false };
        taken.push((run.frame.driver, pick_up.planned, drop_off.planned.after(drop_off.dwell)));
    }
    let apart = taken.iter().enumerate().all(|(n, (driver, from, to))| {
        taken.iter().skip(n + 1).all(|(other, f, t)| driver != other || to <= f || t <= from)
    });
    let over =
        |id: &ClaimId| matches!(state.claims.get(id).map(|c| &c.phase), Some(ClaimPhase::Ended(_)) | None);
    apart && !state.runs.values().flat_map(|run| &run.stops).any(|stop| over(&stop.claim))
}

fn confirmed_is_true(model: &Explore, world: &World) -> bool {
    tickets(world).all(|(_, _, ticket)| {
        let TicketPhase::Confirmed(award, _) = &ticket.phase else { return true };
        let id = award.claim;
        let carried = claim(world, id).is_some_and(|(coop, claim)| match &claim.phase {
            ClaimPhase::Confirmed { .. } => {
                let run = coop.state.runs.get(&claim.run);
                run.is_some_and(|run| run.stops.iter().filter(|stop| stop.claim == id).count() == 2)
            }
            _ => false,
        });
        if carried {
            return true;
        }
        let stated =
            |l: &Letter| matches!(&*l.message, BookingMessage::State { statement } if statement.claim == id);
        let gives_up =
            |l: &Letter| matches!(&*l.message, BookingMessage::Refuse { claim, .. } if *claim == id);
        let told =
            || world.mail.under_way().filter(|l| gives_up(l)).any(|l| shown::undelivered(model, world, l));
        under_way(world, stated) || told()
    })
}

/// Compares both sides of every claim when nothing is on its way.
fn agree(model: &Explore, world: &World) -> bool {
    let known = claims(world).all(|(_, id, claim)| {
        let bid = ticket_of(world, claim).and_then(|(_, ticket)| ticket.claims.get(&id));
        bid.is_some() || matches!(claim.phase, ClaimPhase::Ended(_))
    });
    known
        && tickets(world).all(|(_, _, ticket)| {
            ticket.claims.iter().all(|(id, bid)| {
                claim(world, *id)
                    .is_some_and(|(_, claim)| both_sides(model.scene.order, ticket, *id, bid, claim))
            })
        })
}

fn both_sides(order: Order, ticket: &Ticket, id: ClaimId, bid: &Bid, claim: &Claim) -> bool {
    let award = |award: &Award| award.claim == id;
    match (&ticket.phase, &claim.phase) {
        (TicketPhase::Awarded(a), theirs) if award(a) => matches!(theirs, ClaimPhase::Awarded { .. }),
        (TicketPhase::Confirmed(a, ours), theirs) if award(a) => match theirs {
            // Word of progress that overtook its confirmation is lost: only a harsher transport does that.
            ClaimPhase::Confirmed { progress, .. } => {
                ours.progress == *progress || (order == Order::Free && ours.progress < *progress)
            }
            _ => false,
        },
        (TicketPhase::Settled(a, ours), theirs) if award(a) => {
            matches!(theirs, ClaimPhase::Stated { statement, agreed: true, .. } if statement == ours)
        }
        (TicketPhase::Disputed(a, _), theirs) if award(a) => {
            matches!(theirs, ClaimPhase::Stated { disputed: true, .. })
        }
        (ticket, theirs) => match (bid.phase, theirs) {
            (BidPhase::Open, ClaimPhase::Held { .. }) => {
                matches!(ticket, TicketPhase::Open | TicketPhase::Awarded(_))
            }
            // A withdrawal that overtook its claim was of nothing.
            (BidPhase::Open, ClaimPhase::Ended(_)) => order == Order::Free,
            (BidPhase::Over, ClaimPhase::Ended(_)) => true,
            // Called off when the rider was on board already: the ride goes on, and two people talk.
            (BidPhase::Over, ClaimPhase::Confirmed { progress, .. }) => *progress >= Progress::OnBoard,
            (BidPhase::Over, ClaimPhase::Stated { disputed, .. }) => *disputed,
            _ => false,
        },
    }
}
