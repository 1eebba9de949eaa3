//! What may follow what: an expired hold, a cancelled claim or a late answer never overwrites a live booking.

use std::collections::{BTreeMap, BTreeSet};

use jitney_domain::booking::{Award, ClaimPhase, Ended, TicketPhase};
use jitney_domain::{ClaimId, Outcome, State, TicketId};
use jitney_identity::PublicKey;

use super::partners::Partners;
use super::{Broken, Cause, Seen};

/// An expired hold, a cancelled claim or a late answer never overwrites a live booking.
const NO_OVERWRITING: &str = "6 nothing overwrites a live booking";

#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    Open,
    Awarded(Award),
    Confirmed(Award),
    Over,
    Disputed,
}

impl Told {
    fn of(phase: &TicketPhase) -> Self {
        match phase {
            TicketPhase::Open => Told::Open,
            TicketPhase::Awarded(award) => Told::Awarded(*award),
            TicketPhase::Confirmed(award, _) => Told::Confirmed(*award),
            TicketPhase::Disputed(..) => Told::Disputed,
            TicketPhase::Settled(..) | TicketPhase::Closed => Told::Over,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    Held,
    Awarded,
    Confirmed,
    Stated(Outcome),
    Disputed(Outcome),
    Ended(Ended),
}

impl Kept {
    fn of(phase: &ClaimPhase) -> Self {
        match phase {
            ClaimPhase::Held { .. } => Kept::Held,
            ClaimPhase::Awarded { .. } => Kept::Awarded,
            ClaimPhase::Confirmed { .. } => Kept::Confirmed,
            ClaimPhase::Stated { statement, disputed: true, .. } => Kept::Disputed(statement.outcome),
            ClaimPhase::Stated { statement, .. } => Kept::Stated(statement.outcome),
            ClaimPhase::Ended(why) => Kept::Ended(*why),
        }
    }
}

/// What a coop's tickets and claims were when they were last looked at.
#[derive(Debug, Default)]
pub(super) struct Past {
    tickets: BTreeMap<TicketId, Told>,
    claims: BTreeMap<ClaimId, Kept>,
    /// Claims that were ever awarded, by ticket.
    awarded: BTreeMap<TicketId, BTreeSet<ClaimId>>,
    trips: usize,
    partners: Partners,
}

impl Past {
    pub(super) fn of(state: &State) -> Self {
        let awarded = state.tickets.iter().filter_map(|(id, t)| t.award().map(|a| (*id, [a.claim].into())));
        Past {
            tickets: state.tickets.iter().map(|(id, ticket)| (*id, Told::of(&ticket.phase))).collect(),
            claims: state.claims.iter().map(|(id, claim)| (*id, Kept::of(&claim.phase))).collect(),
            awarded: awarded.collect(),
            trips: state.trips.len(),
            partners: Partners::of(state),
        }
    }

    /// Compares a state with what it was, and takes it as what it is from now on.
    pub(super) fn compare(&mut self, state: &State, cause: &Cause, seen: &mut Seen, found: &mut Vec<Broken>) {
        let Some(us) = state.coop().map(|coop| coop.key) else { return };
        count(&mut seen.trips, state.trips.len().saturating_sub(self.trips));
        self.trips = state.trips.len();
        self.partners.count(state, seen);
        for (id, ticket) in state.tickets.iter() {
            let now = Told::of(&ticket.phase);
            let before = self.tickets.insert(*id, now.clone());
            if before.is_none() {
                count(&mut seen.tickets, 1);
            }
            let before = before.unwrap_or(Told::Open);
            if before != now {
                judge_ticket(*id, us, &before, &now, cause, found);
                self.count_ticket(*id, us, &now, seen);
            }
        }
        for (id, claim) in state.claims.iter() {
            let now = Kept::of(&claim.phase);
            let before = self.claims.insert(*id, now);
            if before != Some(now) {
                let theirs = claim.originator != us;
                judge_claim(*id, claim.originator, us, before, now, cause, found);
                count_claim(theirs, before, now, seen);
            }
        }
    }

    fn count_ticket(&mut self, id: TicketId, us: PublicKey, now: &Told, seen: &mut Seen) {
        match now {
            Told::Awarded(award) | Told::Confirmed(award) => {
                let awarded = self.awarded.entry(id).or_default();
                if awarded.insert(award.claim) {
                    count(&mut seen.awarded_again, usize::from(awarded.len() > 1));
                    count(&mut seen.awards_to_partners, usize::from(award.provider != us));
                }
                if matches!(now, Told::Confirmed(_)) {
                    let counter = if award.provider == us {
                        &mut seen.confirmed_at_home
                    } else {
                        &mut seen.confirmed_by_partners
                    };
                    count(counter, 1);
                }
            }
            Told::Open | Told::Over | Told::Disputed => {}
        }
    }
}

fn count(counter: &mut u64, by: usize) {
    *counter = counter.saturating_add(u64::try_from(by).unwrap_or(u64::MAX));
}

fn judge_ticket(
    id: TicketId,
    us: PublicKey,
    before: &Told,
    now: &Told,
    cause: &Cause,
    found: &mut Vec<Broken>,
) {
    let spoke = |provider: &PublicKey| cause.coops.contains(provider);
    let allowed = match (before, now) {
        (Told::Open, _) => true,
        (Told::Awarded(a), Told::Confirmed(b)) if a.claim == b.claim => {
            spoke(&a.provider) || a.provider == us
        }
        (Told::Awarded(a), _) => cause.asked || cause.woke || spoke(&a.provider),
        (Told::Confirmed(a), _) => cause.asked || spoke(&a.provider),
        (Told::Disputed, Told::Over) => cause.asked,
        (Told::Disputed | Told::Over, _) => false,
    };
    if !allowed {
        found.push((NO_OVERWRITING, format!("{id:?} went from {before:?} to {now:?} by {cause:?}")));
    }
}

fn judge_claim(
    id: ClaimId,
    originator: PublicKey,
    us: PublicKey,
    before: Option<Kept>,
    now: Kept,
    cause: &Cause,
    found: &mut Vec<Broken>,
) {
    let spoke = cause.coops.contains(&originator);
    let allowed = match (before, now) {
        (None, _) => true,
        (Some(Kept::Held), _) => cause.asked || cause.woke || spoke || originator == us,
        (Some(Kept::Awarded), Kept::Held) => false,
        (Some(Kept::Awarded), _) => cause.asked || cause.woke || spoke,
        (Some(Kept::Confirmed), Kept::Stated(_)) => cause.asked,
        (Some(Kept::Confirmed), Kept::Ended(_)) => cause.asked || spoke,
        (Some(Kept::Stated(was)), Kept::Disputed(is)) => was == is && spoke,
        (Some(_), _) => false,
    };
    if !allowed {
        found.push((NO_OVERWRITING, format!("{id:?} went from {before:?} to {now:?} by {cause:?}")));
    }
}

fn count_claim(theirs: bool, before: Option<Kept>, now: Kept, seen: &mut Seen) {
    let partners = usize::from(theirs);
    match now {
        Kept::Held if before.is_none() => count(&mut seen.claims_on_partners, partners),
        Kept::Stated(Outcome::Completed) => count(&mut seen.completed, 1),
        Kept::Stated(Outcome::NoShow) => count(&mut seen.no_shows, 1),
        Kept::Disputed(_) => count(&mut seen.disputes, 1),
        Kept::Ended(Ended::Refused(_)) => count(&mut seen.refused_by_partners, partners),
        Kept::Ended(Ended::TurnedDown) => count(&mut seen.turned_down, 1),
        Kept::Ended(Ended::HoldExpired) => count(&mut seen.holds_expired, 1),
        Kept::Ended(Ended::Cancelled) => count(&mut seen.cancelled_lifts, 1),
        _ => {}
    }
}
