//! The promises of booking, each as a property of every world that can come about; and, beside them, what
//! must come about at least once, so that no promise is kept by nothing happening.
//!
//! Promises that speak of a step (nothing overwrites a live booking, no half of a round trip is given away
//! alone) are watched in [`crate::watch`] and reported here.

use jitney_domain::booking::{
    Award, Bid, BidPhase, BookingMessage, Claim, ClaimPhase, Ended, Progress, RefusalReason, Ticket,
    TicketPhase,
};
use jitney_domain::trip::{Link, Phase};
use jitney_domain::{ClaimId, Outcome, State, TicketId};
use stateright::Property;

use crate::coop::{Coop, Letter};
use crate::explore::Explore;
use crate::mail::Order;
use crate::scene::Scene;
use crate::shown;
use crate::watch::Broken;
use crate::world::World;

/// Names of the promises.
pub mod named {
    /// DESIGN: a ticket has at most one live award.
    pub const ONE_AWARD: &str = "1 a ticket has at most one live award";
    /// A driver is never held or booked for overlapping time.
    pub const NO_OVERLAP: &str = "2 no driver is held or booked for overlapping time";
    /// What the rider was told is true, or its end is on the way and the dispatcher is shown it.
    pub const CONFIRMED: &str = "3 what was confirmed is in the calendar or its end is on the way";
    /// Once messages flow again both sides agree.
    pub const AGREE: &str = "4 when all is delivered both sides agree";
    /// A return is never orphaned: no node gives away one half while nobody has the other.
    pub const RETURN: &str = "5 no half of a round trip is given away by itself";
    /// Nothing late overwrites a live booking.
    pub const NOT_OVERWRITTEN: &str = "6 nothing late overwrites a live booking";
    /// Vetting lost after the award counts at the driver's yes.
    pub const FIT: &str = "7 a driver who may not drive confirms nothing";
    /// A restart reads back the same coop, after every step.
    pub const RESTART: &str = "a restart reads back what was known";
    /// Letters between honest coops are never refused.
    pub const HEARD: &str = "no letter of an honest coop is refused";
}

use named::*;

fn always(name: &'static str, condition: fn(&Explore, &World) -> bool) -> Property<Explore> {
    Property::always(name, condition)
}

fn sometimes(name: &'static str, condition: fn(&Explore, &World) -> bool) -> Property<Explore> {
    Property::sometimes(name, condition)
}

/// Returns the properties of a scene: all promises, and what it must reach.
pub(crate) fn properties(scene: &Scene) -> Vec<Property<Explore>> {
    let mut all = vec![
        always(ONE_AWARD, |_, w| one_award(w)),
        always(NO_OVERLAP, |_, w| w.coops.iter().all(|coop| no_overlap(&coop.state))),
        always(CONFIRMED, confirmed_is_true),
        always(AGREE, |model, w| !model.is_quiet(w) || agree(model, w)),
        always(RETURN, |_, w| unbroken(w, &[Broken::HalfAwarded])),
        always(NOT_OVERWRITTEN, |_, w| unbroken(w, OVERWRITING)),
        always(FIT, |_, w| unbroken(w, &[Broken::UnfitConfirmed])),
        always(RESTART, |_, w| unbroken(w, &[Broken::Restart])),
        always(HEARD, |_, w| !w.refused),
    ];
    let reached = reachable().into_iter().filter(|property| scene.reaches.contains(&property.name));
    all.extend(reached);
    all
}

const OVERWRITING: &[Broken] =
    &[Broken::LiveBookingOverwritten, Broken::EndedClaimRevived, Broken::LiftDropped];

fn unbroken(world: &World, kinds: &[Broken]) -> bool {
    !world.coops.iter().any(|coop| coop.broken.is_some_and(|broken| kinds.contains(&broken)))
}

/// Returns every ticket with its originator.
fn tickets(world: &World) -> impl Iterator<Item = (&Coop, TicketId, &Ticket)> {
    world.coops.iter().flat_map(|coop| coop.state.tickets.iter().map(move |(id, t)| (&**coop, *id, t)))
}

/// Returns every claim with its provider.
fn claims(world: &World) -> impl Iterator<Item = (&Coop, ClaimId, &Claim)> {
    world.coops.iter().flat_map(|coop| coop.state.claims.iter().map(move |(id, c)| (&**coop, *id, c)))
}

/// Returns a claim by its name, which says whose it is.
fn claim(world: &World, id: ClaimId) -> Option<(&Coop, &Claim)> {
    world.coops.iter().find_map(|coop| coop.state.claims.get(&id).map(|claim| (&**coop, claim)))
}

/// Returns the ticket that a claim was made on.
fn ticket_of<'a>(world: &'a World, claim: &Claim) -> Option<(&'a Coop, &'a Ticket)> {
    let id = claim.ticket.ticket;
    world.coops.iter().find_map(|coop| coop.state.tickets.get(&id).map(|t| (&**coop, t)))
}

fn under_way(world: &World, fits: impl Fn(&Letter) -> bool) -> bool {
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

fn confirmed_is_true(_: &Explore, world: &World) -> bool {
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
        let ends = |l: &Letter| match &*l.message {
            BookingMessage::Refuse { claim, .. } => *claim == id,
            BookingMessage::State { statement } => statement.claim == id,
            _ => false,
        };
        carried || under_way(world, ends)
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

/// Returns the trips of a coop whose way out is confirmed, with the way home that they need.
pub(crate) fn ways_home(
    state: &State,
) -> impl Iterator<Item = (jitney_domain::TripId, jitney_domain::TripId)> {
    let confirmed = move |phase: &Phase| match phase {
        Phase::Ticketed(id) => {
            state.tickets.get(id).is_some_and(|t| matches!(t.phase, TicketPhase::Confirmed(..)))
        }
        _ => false,
    };
    state.open_trips().filter(move |(_, trip)| confirmed(&trip.phase)).filter_map(|(id, trip)| {
        match trip.link {
            Some(Link::Return(home)) => Some((id, home)),
            _ => None,
        }
    })
}

/// Names of what must come about.
pub mod reached {
    #![allow(missing_docs)] // They say what they are.
    pub const BY_PARTNER: &str = "confirmed by a partner";
    pub const BY_OWN: &str = "confirmed by an own driver";
    pub const COMPETING: &str = "two coops hold a driver for one ticket";
    pub const HOLD_EXPIRED: &str = "a hold expired";
    pub const DRIVER_SILENT: &str = "a driver was silent and the award ended";
    pub const LATE_CONFIRM: &str = "a driver said yes after the award had ended and is called off";
    pub const TOO_LATE_AWARD: &str = "an award came after the hold had ended";
    pub const RE_AWARDED: &str = "another coop confirmed after the first had failed";
    pub const AGREED: &str = "both sides agreed on how it ended";
    pub const AGREED_NO_SHOW: &str = "both sides agreed that nobody was there";
    pub const DISPUTED: &str = "an outcome is disputed";
    pub const CANCELLED: &str = "a confirmed lift was called off";
    pub const ON_BOARD: &str = "a trip was called off with the rider on board";
    pub const UNMET: &str = "nobody was found";
    pub const SECOND_TICKET: &str = "a second ticket for one trip is confirmed";
    pub const BUSY: &str = "a driver is held for one of two trips at one time";
    pub const UNFIT: &str = "a driver may not drive any more and has a lift";
    pub const PAIR_TWO_COOPS: &str = "out and back are confirmed by two coops";
    pub const ORPHAN: &str = "the way out is confirmed and nobody has the way home";
    pub const CRASHED: &str = "a letter was taken in and its sender does not know";
}

use reached::*;

fn some_ticket(world: &World, fits: impl Fn(&Coop, &Ticket) -> bool) -> bool {
    tickets(world).any(|(coop, _, ticket)| fits(coop, ticket))
}

fn some_claim(world: &World, fits: impl Fn(&ClaimPhase) -> bool) -> bool {
    claims(world).any(|(_, _, claim)| fits(&claim.phase))
}

fn confirmed_by(ticket: &Ticket) -> Option<&Award> {
    match &ticket.phase {
        TicketPhase::Confirmed(award, _) => Some(award),
        _ => None,
    }
}

fn reachable() -> Vec<Property<Explore>> {
    vec![
        sometimes(BY_PARTNER, |m, w| {
            some_ticket(w, |coop, t| {
                confirmed_by(t).is_some_and(|a| Some(&a.provider) != m.keys.get(usize::from(coop.place)))
            })
        }),
        sometimes(BY_OWN, |m, w| {
            some_ticket(w, |coop, t| {
                confirmed_by(t).is_some_and(|a| Some(&a.provider) == m.keys.get(usize::from(coop.place)))
            })
        }),
        sometimes(COMPETING, |_, w| {
            let held: Vec<TicketId> = claims(w)
                .filter(|(_, _, c)| matches!(c.phase, ClaimPhase::Held { .. }))
                .map(|(_, _, c)| c.ticket.ticket)
                .collect();
            held.iter().enumerate().any(|(n, id)| held.iter().skip(n + 1).any(|other| other == id))
        }),
        sometimes(HOLD_EXPIRED, |_, w| some_claim(w, |p| *p == ClaimPhase::Ended(Ended::HoldExpired))),
        sometimes(DRIVER_SILENT, |_, w| {
            some_claim(w, |p| *p == ClaimPhase::Ended(Ended::Refused(RefusalReason::DriverSilent)))
        }),
        sometimes(LATE_CONFIRM, |_, w| {
            claims(w).any(|(_, id, c)| {
                matches!(c.phase, ClaimPhase::Confirmed { .. })
                    && ticket_of(w, c).is_some_and(|(_, t)| t.award().is_none_or(|a| a.claim != id))
                    && under_way(w, |l| matches!(*l.message, BookingMessage::Cancel { claim } if claim == id))
            })
        }),
        sometimes(TOO_LATE_AWARD, |_, w| {
            let late = |l: &Letter| {
                matches!(*l.message, BookingMessage::Refuse { reason: RefusalReason::HoldExpired, .. })
            };
            under_way(w, late)
        }),
        sometimes(RE_AWARDED, |_, w| {
            let failed = ClaimPhase::Ended(Ended::Refused(RefusalReason::ProviderFailed));
            some_ticket(w, |_, t| {
                confirmed_by(t).is_some()
                    && t.claims.keys().any(|id| claim(w, *id).is_some_and(|(_, c)| c.phase == failed))
            })
        }),
        sometimes(AGREED, |_, w| some_claim(w, |p| matches!(p, ClaimPhase::Stated { agreed: true, .. }))),
        sometimes(AGREED_NO_SHOW, |_, w| {
            some_claim(
                w,
                |p| matches!(p, ClaimPhase::Stated { agreed: true, statement, .. } if statement.outcome == Outcome::NoShow),
            )
        }),
        sometimes(DISPUTED, |_, w| some_claim(w, |p| matches!(p, ClaimPhase::Stated { disputed: true, .. }))),
        sometimes(CANCELLED, |_, w| some_claim(w, |p| *p == ClaimPhase::Ended(Ended::Cancelled))),
        sometimes(ON_BOARD, |m, w| {
            m.is_quiet(w)
                && claims(w).any(|(_, id, c)| {
                    matches!(c.phase, ClaimPhase::Confirmed { progress, .. } if progress >= Progress::OnBoard)
                        && ticket_of(w, c).is_some_and(|(_, t)| t.award().is_none_or(|a| a.claim != id))
                })
        }),
        sometimes(UNMET, |_, w| {
            let unmet = |p: &Phase| matches!(p, Phase::Closed(Outcome::Unmet, _));
            w.coops.iter().any(|coop| coop.state.trips.values().any(|t| unmet(&t.phase)))
        }),
        sometimes(SECOND_TICKET, |_, w| {
            some_ticket(w, |coop, t| {
                let earlier = |other: &Ticket| other.trip == t.trip && other.phase == TicketPhase::Closed;
                confirmed_by(t).is_some() && coop.state.tickets.values().any(earlier)
            })
        }),
        sometimes(BUSY, |_, w| {
            let open = tickets(w).filter(|(_, _, t)| t.phase == TicketPhase::Open).count();
            open > 0 && some_claim(w, |p| matches!(p, ClaimPhase::Confirmed { .. }))
        }),
        sometimes(UNFIT, |_, w| w.coops.iter().any(|coop| shown::unfit_lifts(&coop.state).next().is_some())),
        sometimes(PAIR_TWO_COOPS, |_, w| {
            w.coops.iter().any(|coop| {
                ways_home(&coop.state).any(|(out, home)| {
                    let by = |trip| {
                        let ticket = coop.state.trips.get(&trip)?.ticket()?;
                        confirmed_by(coop.state.tickets.get(&ticket)?).map(|award| award.provider)
                    };
                    by(home).is_some_and(|home| Some(home) != by(out))
                })
            })
        }),
        sometimes(ORPHAN, |_, w| w.coops.iter().any(|coop| shown::orphans(&coop.state).next().is_some())),
        sometimes(CRASHED, |_, w| w.mail.waits_for_word()),
    ]
}
