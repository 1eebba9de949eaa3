//! How partners have kept their word, as far as it follows from our own tickets and claims. It decides who comes
//! first where nothing was agreed, and how much is risked on one of them without asking a person.

use std::collections::{BTreeMap, BTreeSet};

use jitney_identity::PublicKey;

use crate::booking::{Claim, ClaimPhase, Ended, Ticket, TicketPhase};
use crate::time::{Minutes, Timestamp};
use crate::{ClaimId, TicketId};

/// How long it counts that a partner left something unanswered: 30 days.
pub const REMEMBERED: Minutes = Minutes(30 * 24 * 60);
/// Claims of ours that wait for an award of one partner without a person having placed them, while nothing is known
/// of it.
pub const WAITING_USUAL: usize = 8;
/// The same at most, for a partner that awards what we claim.
pub const WAITING_MOST: usize = 64;

/// What is known of every partner.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Records(BTreeMap<PublicKey, Kept>);

#[derive(Debug, Clone, Default, PartialEq)]
struct Kept {
    carried: BTreeSet<TicketId>,
    lapsed: BTreeMap<ClaimId, Timestamp>,
    waiting: BTreeSet<ClaimId>,
    answered: BTreeSet<ClaimId>,
    /// Claims whose hold ran out without a word, by when the driver was to come.
    unanswered: BTreeMap<ClaimId, Timestamp>,
}

/// What is known of one partner.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a>(Option<&'a Kept>);

impl Records {
    /// What is known follows from the rows as they stand, so that a restart knows the same.
    pub fn note_ticket(&mut self, id: TicketId, ticket: &Ticket) {
        for (claim, bid) in &ticket.claims {
            self.of_mut(bid.provider, |kept| {
                kept.carried.remove(&id);
                kept.lapsed.remove(claim);
                kept.lapsed.extend(bid.lapsed.map(|at| (*claim, at)));
            });
        }
        if let TicketPhase::Settled(award, _) = &ticket.phase {
            self.of_mut(award.provider, |kept| {
                kept.carried.insert(id);
            });
        }
    }

    /// Changes what is known of a partner; nothing is kept of one of whom nothing is known.
    fn of_mut(&mut self, partner: PublicKey, change: impl FnOnce(&mut Kept)) {
        let kept = self.0.entry(partner).or_default();
        change(kept);
        if *kept == Kept::default() {
            self.0.remove(&partner);
        }
    }

    pub fn note_claim(&mut self, id: ClaimId, claim: &Claim) {
        self.of_mut(claim.originator, |kept| {
            kept.waiting.remove(&id);
            kept.answered.remove(&id);
            kept.unanswered.remove(&id);
            match claim.phase {
                ClaimPhase::Held { .. } => {
                    kept.waiting.insert(id);
                }
                ClaimPhase::Awarded { .. } | ClaimPhase::Confirmed { .. } | ClaimPhase::Stated { .. } => {
                    kept.answered.insert(id);
                }
                ClaimPhase::Ended(Ended::HoldExpired) => {
                    kept.unanswered.insert(id, claim.pick_up_at);
                }
                ClaimPhase::Ended(_) => {}
            }
        });
    }

    pub fn of(&self, partner: &PublicKey) -> Record<'_> {
        Record(self.0.get(partner))
    }
}

impl Record<'_> {
    /// Tells whether the partner has carried a rider of ours.
    pub fn has_carried(&self) -> bool {
        self.0.is_some_and(|kept| !kept.carried.is_empty())
    }

    /// Tells whether the partner's node let an award lapse within [`REMEMBERED`] and nothing was heard of it.
    pub fn has_lapsed(&self, now: Timestamp) -> bool {
        self.0.is_some_and(|kept| kept.lapsed.values().any(|at| at.after(REMEMBERED) >= now))
    }

    /// Tells whether one more driver's time may be held for the partner without asking a person: each claim that it
    /// answered allows one more, each that it left to run out within [`REMEMBERED`] one less, and one is always allowed.
    pub fn may_wait(&self, now: Timestamp) -> bool {
        let Some(kept) = self.0 else { return true };
        let unanswered = kept.unanswered.values().filter(|at| at.after(REMEMBERED) >= now).count();
        let most = WAITING_USUAL.saturating_add(kept.answered.len()).saturating_sub(unanswered);
        kept.waiting.len() < most.clamp(1, WAITING_MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn claim(n: usize) -> ClaimId {
        ClaimId::from_bytes([u8::try_from(n).unwrap(); 16])
    }

    fn may_wait(waiting: usize, answered: usize, unanswered: usize) -> bool {
        let kept = Kept {
            waiting: (0..waiting).map(claim).collect(),
            answered: (0..answered).map(claim).collect(),
            unanswered: (0..unanswered).map(|n| (claim(n), NOW.before(REMEMBERED))).collect(),
            ..Kept::default()
        };
        Record(Some(&kept)).may_wait(NOW)
    }

    #[test]
    fn a_partner_that_never_answers_has_one_driver_waiting_and_one_that_does_has_many() {
        assert!(Record(None).may_wait(NOW));
        assert!(may_wait(7, 0, 0) && !may_wait(8, 0, 0), "a stranger");
        assert!(may_wait(0, 0, 200) && !may_wait(1, 0, 200), "one that left everything to run out");
        assert!(may_wait(17, 10, 0) && !may_wait(18, 10, 0), "one that awarded ten");
        assert!(may_wait(63, 200, 0) && !may_wait(64, 200, 0));
    }

    #[test]
    fn what_was_left_unanswered_is_forgotten_after_thirty_days() {
        let long_ago = NOW.before(REMEMBERED).before(Minutes(1));
        let kept = Kept {
            waiting: [claim(1)].into(),
            lapsed: [(claim(2), long_ago)].into(),
            unanswered: (0..20).map(|n| (claim(n), long_ago)).collect(),
            ..Kept::default()
        };
        assert!(Record(Some(&kept)).may_wait(NOW) && !Record(Some(&kept)).has_lapsed(NOW));
    }
}
