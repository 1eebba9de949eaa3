//! What must come about at least once, so that no promise is kept by nothing happening.

use jitney_domain::booking::{
    Award, Bid, BookingMessage, ClaimPhase, Ended, Progress, RefusalReason, Ticket, TicketPhase,
};
use jitney_domain::trip::{Link, Phase, Trip};
use jitney_domain::{Outcome, State, TicketId};
use stateright::Property;

use crate::coop::{Coop, Letter};
use crate::explore::Explore;
use crate::promise::{claim, claims, sometimes, ticket_of, tickets, under_way};
use crate::shown::{self, Unsettled};
use crate::world::World;

/// Names of what must come about.
pub mod named {
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
    pub const BROKEN_PROMISE: &str = "a dispatcher is alarmed that somebody who had confirmed gave it up";
    pub const UNDELIVERED: &str = "what was confirmed has ended and its end is on the way";
    pub const BY_PHONE: &str = "a rider who counts on the way out has to be phoned about the way home";
    pub const FLAGGED: &str = "a lift to come is flagged";
    pub const OFFERED: &str = "a partner is asked before all others";
    pub const PASSED: &str = "a partner has passed, and another has confirmed";
    pub const OFFER_CLAIMED: &str = "the partner that was asked has confirmed";
    pub const WILL_CALL_READY: &str = "a will-call rider has called, and somebody has confirmed";
    pub const WILL_CALL_WAITS: &str = "the way out is over and the way home waits for the call";
    pub const PASSED_OVER: &str = "the claim that came second has the award";
}

use named::*;

fn some_ticket(world: &World, fits: impl Fn(&Coop, &Ticket) -> bool) -> bool {
    tickets(world).any(|(coop, _, ticket)| fits(coop, ticket))
}

fn some_claim(world: &World, fits: impl Fn(&ClaimPhase) -> bool) -> bool {
    claims(world).any(|(_, _, claim)| fits(&claim.phase))
}

fn some_way_home(world: &World, fits: impl Fn(&Trip, &Trip) -> bool) -> bool {
    world.coops.iter().any(|coop| {
        coop.state.trips.values().any(|out| match out.link {
            Some(Link::Return(id)) => coop.state.trips.get(&id).is_some_and(|home| fits(out, home)),
            _ => false,
        })
    })
}

fn confirmed_by(ticket: &Ticket) -> Option<&Award> {
    match &ticket.phase {
        TicketPhase::Confirmed(award, _) => Some(award),
        _ => None,
    }
}

/// Returns all of them as properties.
pub(crate) fn all() -> Vec<Property<Explore>> {
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
        sometimes(FLAGGED, |_, w| {
            let confirmed = |c: &ClaimPhase| matches!(c, ClaimPhase::Confirmed { .. });
            some_claim(w, confirmed) && w.coops.iter().any(|c| shown::unfit_lifts(&c.state).next().is_some())
        }),
        sometimes(BROKEN_PROMISE, |_, w| {
            w.coops.iter().any(|coop| shown::broken_promises(&coop.state).next().is_some())
        }),
        sometimes(UNDELIVERED, |_, w| {
            tickets(w).any(|(_, _, t)| {
                confirmed_by(t).is_some_and(|a| {
                    let gives_up = |l: &Letter| matches!(&*l.message, BookingMessage::Refuse { claim, .. } if *claim == a.claim);
                    under_way(w, gives_up)
                })
            })
        }),
        sometimes(BY_PHONE, |m, w| {
            w.coops.iter().any(|coop| shown::unsettled_returns(&coop.state, m.now(w)).next().is_some())
        }),
        sometimes(OFFERED, |_, w| w.coops.iter().any(|coop| !coop.state.offered.is_empty())),
        sometimes(OFFER_CLAIMED, |_, w| {
            some_ticket(w, |_, t| !t.shared && confirmed_by(t).is_some_and(|a| t.offered_to(&a.provider)))
        }),
        sometimes(PASSED, |_, w| {
            some_ticket(w, |_, t| !t.shared && t.offered.is_none() && t.claims.is_empty())
                && some_claim(w, |p| matches!(p, ClaimPhase::Ended(Ended::Withdrawn | Ended::HoldExpired)))
        }),
        sometimes(WILL_CALL_WAITS, |_, w| {
            some_way_home(w, |out, home| {
                matches!(out.phase, Phase::Closed(Outcome::Completed, _)) && home.phase == Phase::WillCall
            })
        }),
        sometimes(WILL_CALL_READY, |_, w| {
            w.coops.iter().any(|coop| {
                coop.state.trips.values().any(|home| {
                    matches!(home.link, Some(Link::Outbound(_)))
                        && home
                            .ticket()
                            .and_then(|t| coop.state.tickets.get(&t))
                            .and_then(confirmed_by)
                            .is_some()
                })
            })
        }),
        sometimes(PASSED_OVER, |_, w| {
            some_ticket(w, |_, t| {
                let Some(award) = t.award() else { return false };
                let received = |id| t.claims.get(id).map(|bid: &Bid| bid.received);
                let first = t.claims.values().map(|bid| bid.received).min();
                received(&award.claim) > first
            })
        }),
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
        sometimes(ORPHAN, |m, w| {
            w.coops.iter().any(|coop| {
                shown::unsettled_returns(&coop.state, m.now(w)).any(|u| matches!(u, Unsettled::Nobody(_)))
            })
        }),
        sometimes(CRASHED, |_, w| w.mail.waits_for_word()),
    ]
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
