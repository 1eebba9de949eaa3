//! What is on its way between coops.
//!
//! [`Order::AsSent`] is the transport of `docs/protocol.md`: for each pair of coops a durable outbox, one
//! message under way at a time, kept until acknowledged, recognised when it comes again. A message that gets
//! lost, or a receiver that crashes before it has written, leaves everything as it was: that is the deed not
//! done. [`Order::Free`] is harsher than any transport that ships: any message may overtake any other and may
//! come again without being recognised.

use std::hash::{Hash, Hasher};

use jitney_domain::ClaimId;
use jitney_domain::booking::{BidPhase, BookingMessage, ClaimPhase, Progress};

use crate::coop::{Coop, Letter};

/// In which order messages arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// As they were sent between two coops, each once.
    AsSent,
    /// Any, and some more than once.
    Free,
}

/// Tells whether a letter changes nothing at its receiver now, and can at no later time: what it speaks of is
/// over there, and what is over stays over. Unless `details` matter, the rider's details change nothing either.
pub(crate) fn is_void(letter: &Letter, receiver: &Coop, details: bool) -> bool {
    let claim = |id| receiver.state.claims.get(id).map(|claim| &claim.phase);
    let bid = |id: &ClaimId| {
        let (_, ticket) = receiver.state.ticket_of_claim(*id)?;
        ticket.claims.get(id).map(|bid| bid.phase)
    };
    match &*letter.message {
        BookingMessage::TurnDown { claim: id } => {
            claim(id).is_some_and(|phase| !matches!(phase, ClaimPhase::Held { .. }))
        }
        BookingMessage::Cancel { claim: id } => claim(id).is_some_and(|phase| match phase {
            ClaimPhase::Confirmed { progress, .. } => *progress >= Progress::OnBoard,
            ClaimPhase::Stated { .. } | ClaimPhase::Ended(_) => true,
            _ => false,
        }),
        BookingMessage::Details { claim: id, .. } => {
            let over = |phase: &ClaimPhase| matches!(phase, ClaimPhase::Stated { .. } | ClaimPhase::Ended(_));
            !details || claim(id).is_some_and(over)
        }
        BookingMessage::Withdraw { claim: id }
        | BookingMessage::Refuse { claim: id, .. }
        | BookingMessage::Status { claim: id, .. } => bid(id) == Some(BidPhase::Over),
        _ => false,
    }
}

/// A letter, and whether its receiver has taken it in while the sender does not know yet.
#[derive(Debug, Clone)]
pub struct Posted {
    /// The letter.
    pub letter: Letter,
    /// Taken in and not yet acknowledged.
    pub taken: bool,
}

/// All letters on their way; under [`Order::AsSent`] in the order of sending for each pair.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    posted: Vec<Posted>,
}

impl Mail {
    /// Puts letters into the outbox.
    pub(crate) fn post(&mut self, letters: &[Letter], order: Order) {
        self.posted.extend(letters.iter().cloned().map(|letter| Posted { letter, taken: false }));
        match order {
            // Stable: the order within a pair stays, that between pairs means nothing.
            Order::AsSent => self.posted.sort_by_key(|p| (p.letter.from, p.letter.to)),
            Order::Free => self.posted.sort_by_key(|p| p.letter.digest),
        }
    }

    /// Returns the places of letters that may arrive next, equal ones once.
    pub(crate) fn next(&self, order: Order) -> impl Iterator<Item = (usize, &Posted)> {
        self.posted.iter().enumerate().filter(move |(at, posted)| {
            let before = at.checked_sub(1).and_then(|at| self.posted.get(at));
            before.is_none_or(|before| match order {
                Order::AsSent => {
                    (before.letter.from, before.letter.to) != (posted.letter.from, posted.letter.to)
                }
                Order::Free => before.letter.digest != posted.letter.digest,
            })
        })
    }

    /// Drops letters that are not waited for.
    pub(crate) fn drop_all(&mut self, void: impl Fn(&Letter) -> bool) {
        self.posted.retain(|posted| posted.taken || !void(&posted.letter));
    }

    pub(crate) fn get(&self, at: usize) -> Option<&Posted> {
        self.posted.get(at)
    }

    pub(crate) fn remove(&mut self, at: usize) {
        self.posted.remove(at);
    }

    /// The letter has been taken in, but the sender does not learn of it.
    pub(crate) fn taken(&mut self, at: usize) {
        if let Some(posted) = self.posted.get_mut(at) {
            posted.taken = true;
        }
    }

    /// Tells whether some letter was taken in while its sender does not know.
    pub(crate) fn waits_for_word(&self) -> bool {
        self.posted.iter().any(|p| p.taken)
    }

    /// Returns letters that their receiver has not taken in.
    pub fn under_way(&self) -> impl Iterator<Item = &Letter> {
        self.posted.iter().filter(|p| !p.taken).map(|p| &p.letter)
    }
}

impl Hash for Mail {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.posted.len().hash(state);
        for posted in &self.posted {
            (posted.letter.digest, posted.taken).hash(state);
        }
    }
}

impl PartialEq for Mail {
    fn eq(&self, other: &Self) -> bool {
        self.posted.len() == other.posted.len()
            && self
                .posted
                .iter()
                .zip(&other.posted)
                .all(|(a, b)| a.letter.digest == b.letter.digest && a.taken == b.taken)
    }
}
