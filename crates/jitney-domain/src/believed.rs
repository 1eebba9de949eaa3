//! From when on a partner's word on how a trip goes is believed.

use crate::booking::{Progress, Ticket, TicketPhase};
use crate::state::State;
use crate::time::{Minutes, Timestamp};

/// How long before the earliest pick-up a partner may say how the trip goes and how it ended, at least; longer where our
/// own drivers may report earlier.
pub const SAID_EARLY: Minutes = Minutes(6 * 60);

impl State {
    /// Returns from when on a partner may say how a trip goes and how it ended.
    pub(crate) fn believes_from(&self, ticket: &Ticket) -> Timestamp {
        let early = self.coop().map_or(SAID_EARLY, |coop| coop.policy.report_early.max(SAID_EARLY));
        ticket.body.pick_up.window().from.before(early)
    }

    /// Returns how far the driver of a ticket has come, by what we have heard. Before its day no partner's driver is on
    /// the way: who said so keeps no rider from calling off, and nobody from anything else.
    pub fn progress_of(&self, ticket: &Ticket, now: Timestamp) -> Progress {
        let TicketPhase::Confirmed(award, told) = &ticket.phase else { return Progress::Booked };
        let ours = self.coop().is_some_and(|coop| coop.key == award.provider);
        if ours || now >= self.believes_from(ticket) { told.progress } else { Progress::Booked }
    }
}
