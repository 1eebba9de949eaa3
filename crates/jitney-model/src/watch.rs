//! What can only be seen in the step from one state to the next: each rule here looks at a coop before and
//! after, and at what caused the step, and knows nothing of how the domain decided.

use jitney_domain::booking::{BookingMessage, ClaimPhase, Progress, Ticket, TicketPhase};
use jitney_domain::trip::{Link, Phase};
use jitney_domain::{ClaimId, State};
use jitney_identity::PublicKey;

/// Why a coop took a step.
#[derive(Debug, Clone)]
pub(crate) enum Cause {
    /// One of its people has decided something.
    People,
    /// Time has passed.
    Time,
    /// A message has come.
    Message(PublicKey, std::sync::Arc<BookingMessage>),
}

/// What a step has broken; it stays broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// The rider was promised somebody, and no word of theirs and no person has ended it.
    LiveBookingOverwritten,
    /// A claim that was over lives again.
    EndedClaimRevived,
    /// A lift in the calendar was dropped without anybody calling it off.
    LiftDropped,
    /// One half of a round trip was given away without anybody for the other.
    HalfAwarded,
    /// A driver who may not drive has confirmed.
    UnfitConfirmed,
    /// What is durable does not read back as what was known.
    Restart,
}

/// Returns what the step from `before` to `after` has broken.
pub(crate) fn broken(before: &State, after: &State, us: PublicKey, cause: &Cause) -> Option<Broken> {
    overwritten(before, after, us, cause)
        .or_else(|| revived(before, after))
        .or_else(|| dropped(before, after, cause))
        .or_else(|| half_awarded(before, after, us, cause))
        .or_else(|| unfit_confirmed(before, after))
}

fn overwritten(before: &State, after: &State, us: PublicKey, cause: &Cause) -> Option<Broken> {
    let ended_by = |provider: PublicKey, claim: ClaimId| match cause {
        Cause::People => true,
        Cause::Time => false,
        // What our own driver gives up reaches us as a message to ourselves, and a person is the cause.
        Cause::Message(from, message) => {
            *from == provider
                && provider != us
                && matches!(**message, BookingMessage::Refuse { claim: c, .. } | BookingMessage::Withdraw { claim: c } if c == claim)
        }
    };
    let live =
        |ticket: &Ticket| matches!(ticket.phase, TicketPhase::Confirmed(..) | TicketPhase::Settled(..));
    let mut confirmed = before.tickets.iter().filter(|(_, t)| live(t));
    let lost = confirmed.any(|(id, ticket)| {
        let Some(award) = ticket.award() else { return false };
        let now = after.tickets.get(id).and_then(Ticket::award);
        let kept = now.is_some_and(|n| (n.claim, n.provider) == (award.claim, award.provider));
        !kept && !ended_by(award.provider, award.claim)
    });
    lost.then_some(Broken::LiveBookingOverwritten)
}

fn revived(before: &State, after: &State) -> Option<Broken> {
    let mut ended = before.claims.iter().filter(|(_, c)| matches!(c.phase, ClaimPhase::Ended(_)));
    let lives = |id| !matches!(after.claims.get(id).map(|c| &c.phase), Some(ClaimPhase::Ended(_)));
    ended.any(|(id, _)| lives(id)).then_some(Broken::EndedClaimRevived)
}

fn dropped(before: &State, after: &State, cause: &Cause) -> Option<Broken> {
    let mut confirmed = before.claims.iter().filter_map(|(id, c)| match c.phase {
        ClaimPhase::Confirmed { progress, .. } => Some((id, c.originator, progress)),
        _ => None,
    });
    let lost = confirmed.any(|(id, originator, progress)| {
        let over = matches!(after.claims.get(id).map(|c| &c.phase), Some(ClaimPhase::Ended(_)) | None);
        let called_off = match cause {
            Cause::People => progress < Progress::OnBoard,
            Cause::Time => false,
            Cause::Message(from, message) => {
                *from == originator
                    && progress < Progress::OnBoard
                    && matches!(**message, BookingMessage::Cancel { claim } if claim == *id)
            }
        };
        over && !called_off
    });
    lost.then_some(Broken::LiftDropped)
}

/// Nobody but a person gives a partner one half of a round trip while nobody has the other.
fn half_awarded(before: &State, after: &State, us: PublicKey, cause: &Cause) -> Option<Broken> {
    if matches!(cause, Cause::People) {
        return None;
    }
    let had = |id| before.tickets.get(id).is_some_and(|t| t.award().is_some());
    let given = after.tickets.iter().filter(|(id, t)| {
        !had(*id) && t.award().is_some_and(|a| a.provider != us) && matches!(t.phase, TicketPhase::Awarded(_))
    });
    let alone = |ticket: &Ticket| {
        let link = after.trips.get(&ticket.trip).and_then(|t| t.link);
        let (Some(Link::Return(other)) | Some(Link::Outbound(other))) = link else { return false };
        match after.trips.get(&other).map(|t| &t.phase) {
            Some(Phase::Requested) => true,
            Some(Phase::Ticketed(id)) => after.tickets.get(id).is_none_or(|t| t.award().is_none()),
            _ => false,
        }
    };
    given.map(|(_, t)| t).any(alone).then_some(Broken::HalfAwarded)
}

fn unfit_confirmed(before: &State, after: &State) -> Option<Broken> {
    let is_confirmed = |c: &jitney_domain::booking::Claim| matches!(c.phase, ClaimPhase::Confirmed { .. });
    let mut fresh = after
        .claims
        .iter()
        .filter(|(id, c)| is_confirmed(c) && !before.claims.get(id).is_some_and(is_confirmed));
    let unfit = fresh.any(|(_, claim)| {
        let driver = after.runs.get(&claim.run).map(|run| run.frame.driver);
        driver.and_then(|driver| after.members.get(&driver)).is_none_or(|member| member.suspended)
    });
    unfit.then_some(Broken::UnfitConfirmed)
}
