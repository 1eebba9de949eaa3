//! Planted bugs: each breaks one rule on the way from the decision to the state or to the wire, so that a
//! checker that does not find it is known to be blind.

use jitney_domain::alarm::Kind;
use jitney_domain::booking::{BookingMessage, ClaimPhase, Ended, RefusalReason, TicketPhase};
use jitney_domain::{Actor, Command, Context, Event, Refusal, State, decide};
use rand_chacha::ChaCha12Rng;

/// A planted bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// A claim that comes while another has the award gets it too.
    AwardsTwice,
    /// An award that lapsed is given to the next, and the first is not told.
    LapsesInSilence,
    /// A hold is placed without looking at what else is in the driver's calendar.
    IgnoresOverlap,
    /// A provider that cannot come after all does not say so.
    FailsInSilence,
    /// A lift is confirmed without being put into the calendar.
    ConfirmsWithoutCalendar,
    /// What was not yet sent when the node crashed is never sent.
    CrashForgetsOutbox,
    /// Nobody is ever called off.
    NeverCancels,
    /// A statement is agreed to and the provider is not told.
    AgreesInSilence,
    /// One half of a round trip is given away by itself.
    AwardsHalf,
    /// A late confirmation takes the trip from whoever has it.
    LateConfirmOverwrites,
    /// An award that comes after the hold ran out is taken all the same.
    RevivesExpiredHold,
    /// A cancellation drops whatever is in the calendar, also with the rider on board.
    CancelsOnBoard,
    /// Whether the driver still may drive is not looked at when they accept.
    IgnoresVetting,
    /// A dispatcher is not shown that somebody who had confirmed gave it up.
    HidesFailure,
    /// A dispatcher is not shown that the news of it does not get through.
    HidesSilence,
    /// A dispatcher is not shown that nobody brings a rider home.
    HidesReturn,
    /// A dispatcher is not shown whose driver or vehicle may not serve a lift to come.
    HidesUnfit,
}

impl Fault {
    /// All of them.
    pub const ALL: [Fault; 17] = [
        Fault::AwardsTwice,
        Fault::LapsesInSilence,
        Fault::IgnoresOverlap,
        Fault::FailsInSilence,
        Fault::ConfirmsWithoutCalendar,
        Fault::CrashForgetsOutbox,
        Fault::NeverCancels,
        Fault::AgreesInSilence,
        Fault::AwardsHalf,
        Fault::LateConfirmOverwrites,
        Fault::RevivesExpiredHold,
        Fault::CancelsOnBoard,
        Fault::IgnoresVetting,
        Fault::HidesFailure,
        Fault::HidesSilence,
        Fault::HidesReturn,
        Fault::HidesUnfit,
    ];

    /// Decides as the domain does but for the bug.
    pub(crate) fn decide(
        self,
        state: &State,
        mut command: Command,
        cx: &mut Context<'_, ChaCha12Rng>,
    ) -> Result<Vec<Event>, Refusal> {
        match self {
            Fault::IgnoresOverlap
                if matches!(command, Command::ClaimTicket { .. } | Command::AssignTrip { .. }) =>
            {
                let mut blind = state.clone();
                for (run, _) in state.runs.iter() {
                    blind.runs.remove(run);
                }
                blind.reindex();
                if let Command::ClaimTicket { plan, .. } | Command::AssignTrip { plan, .. } = &mut command {
                    let claim = plan.claim;
                    plan.stops.retain(|stop| stop.claim == claim);
                }
                let mut events = decide(&blind, command, cx)?;
                for event in &mut events {
                    if let Event::HoldPlaced { run, .. } = event {
                        *run = state.next_run();
                    }
                }
                return Ok(events);
            }
            Fault::IgnoresVetting if matches!(command, Command::Report { .. }) => {
                let mut blind = state.clone();
                for (id, member) in state.members.iter() {
                    blind
                        .members
                        .insert(*id, jitney_domain::member::Member { suspended: false, ..member.clone() });
                }
                return decide(&blind, command, cx);
            }
            _ => {}
        }
        let message = match &command {
            Command::Receive { message, .. } => Some(message.clone()),
            _ => None,
        };
        let from = cx.actor;
        let mut events = decide(state, command, cx)?;
        self.bend(state, message.as_ref(), from, &mut events);
        Ok(events)
    }

    /// Changes what was decided.
    fn bend(self, state: &State, message: Option<&BookingMessage>, from: Actor, events: &mut Vec<Event>) {
        let Actor::Partner(from) = from else {
            if self == Fault::LapsesInSilence {
                for event in events {
                    if let Event::AwardEnded {
                        reason: Some(RefusalReason::DriverSilent), cancelled, ..
                    } = event
                    {
                        *cancelled = false;
                    }
                }
            }
            return;
        };
        match (self, message) {
            (Fault::AwardsTwice, Some(BookingMessage::Claim { ticket, claim, hold_until, .. })) => {
                let taken =
                    state.tickets.get(ticket).is_some_and(|t| matches!(t.phase, TicketPhase::Awarded(_)));
                if taken && !events.is_empty() {
                    let (ticket, claim, respond_by) = (*ticket, *claim, *hold_until);
                    events.push(Event::TicketAwarded { ticket, claim, provider: from, respond_by });
                }
            }
            (Fault::AwardsHalf, Some(BookingMessage::Claim { ticket, claim, hold_until, .. })) => {
                let open = state.tickets.get(ticket).is_some_and(|t| t.phase == TicketPhase::Open);
                let kept = events.iter().any(|e| matches!(e, Event::TicketClaimed { .. }));
                if open && kept && !events.iter().any(|e| matches!(e, Event::TicketAwarded { .. })) {
                    let (ticket, claim, respond_by) = (*ticket, *claim, *hold_until);
                    events.push(Event::TicketAwarded { ticket, claim, provider: from, respond_by });
                }
            }
            (
                Fault::LateConfirmOverwrites,
                Some(BookingMessage::Confirm { claim, pick_up_at, seal_to, card, .. }),
            ) => {
                let Some((ticket, row)) = state.ticket_of_claim(*claim) else { return };
                if row.is_live() && row.award_of(*claim, from).is_none() {
                    let (provider, claim, respond_by) = (from, *claim, *pick_up_at);
                    let (pick_up_at, seal_to, card) = (*pick_up_at, *seal_to, card.clone());
                    *events = vec![
                        Event::TicketAwarded { ticket, claim, provider, respond_by },
                        Event::TicketConfirmed { ticket, claim, provider, pick_up_at, seal_to, card },
                    ];
                }
            }
            (Fault::RevivesExpiredHold, Some(BookingMessage::Award { claim, respond_by, .. })) => {
                let phase = state.claims.get(claim).map(|c| &c.phase);
                if matches!(phase, Some(ClaimPhase::Ended(Ended::HoldExpired))) {
                    *events = vec![Event::AwardTaken { claim: *claim, respond_by: *respond_by }];
                }
            }
            (Fault::CancelsOnBoard, Some(BookingMessage::Cancel { claim }))
                if events.is_empty() && state.claims.get(claim).is_some_and(|c| c.holds_time()) =>
            {
                events.push(Event::LiftEnded { claim: *claim, why: Ended::Cancelled });
            }
            _ => {}
        }
    }

    /// Tells whether a message is lost to the bug.
    pub(crate) fn swallows(self, message: &BookingMessage) -> bool {
        match self {
            Fault::FailsInSilence => {
                matches!(message, BookingMessage::Refuse { reason: RefusalReason::ProviderFailed, .. })
            }
            Fault::NeverCancels => matches!(message, BookingMessage::Cancel { .. }),
            Fault::AgreesInSilence => matches!(message, BookingMessage::Agree { .. }),
            _ => false,
        }
    }

    /// Tells whether dispatchers are not shown alarms of the kind.
    pub(crate) fn hides(self, kind: &Kind) -> bool {
        match self {
            Fault::HidesFailure => matches!(kind, Kind::ProviderFailed { .. }),
            Fault::HidesSilence => {
                matches!(kind, Kind::PartnerUnreachable { .. } | Kind::DriverOverdue { .. })
            }
            Fault::HidesReturn => matches!(kind, Kind::ReturnWithoutDriver { .. }),
            Fault::HidesUnfit => matches!(kind, Kind::DriverMayNot { .. }),
            _ => false,
        }
    }

    /// Tells whether an event is never written.
    pub(crate) fn forgets(self, event: &Event) -> bool {
        self == Fault::ConfirmsWithoutCalendar && matches!(event, Event::LiftConfirmed { .. })
    }
}

impl std::fmt::Display for Fault {
    /// Writes the bug's name as it is given on the command line.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (n, letter) in format!("{self:?}").chars().enumerate() {
            match letter.is_uppercase() && n > 0 {
                true => write!(f, "-{}", letter.to_ascii_lowercase())?,
                false => write!(f, "{}", letter.to_ascii_lowercase())?,
            }
        }
        Ok(())
    }
}
