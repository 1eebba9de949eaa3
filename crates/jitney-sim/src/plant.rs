//! Planted bugs: what a broken node would do, between the node and the world or in what the watch sees of it.
//! A watch that does not notice them would not notice the real ones either.

use std::borrow::Cow;

use jitney_domain::booking::{BidPhase, BookingMessage, ClaimPhase, Progress};
use jitney_domain::{State, Timestamp};
use jitney_federation::{DirectMessage, DirectReply};
use jitney_net::{Channel, NetCommand, NetEvent};

use crate::marker::MARKER;

/// Returns what acknowledges a letter without anybody having read it.
pub(crate) fn taken(event: &NetEvent) -> Option<NetCommand> {
    let NetEvent::Request { channel: Channel::Book, token, bytes, .. } = event else { return None };
    let letter = DirectMessage::decode(bytes).ok()?;
    let bytes = serde_json::to_vec(&DirectReply::Ack(letter.id)).unwrap_or_default();
    Some(NetCommand::Respond { token: *token, bytes })
}

/// A bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plant {
    /// A second claim on a ticket is awarded beside the first.
    TwoAwards,
    /// A driver is put on a second run while out on the first.
    TwoRunsAtOnce,
    /// A letter that confirms is acknowledged and forgotten.
    SwallowedConfirmation,
    /// A letter that calls a booking off is acknowledged and forgotten.
    SwallowedCancellation,
    /// The dispatcher's board never asks for attention.
    SilentBoard,
    /// No alarm says that a driver or vehicle may not do any more what it was booked for.
    BlindToLoss,
    /// A lift whose driver is on the way is only held again.
    Overwritten,
    /// A write that was acknowledged is gone after a crash.
    ForgottenWrite,
    /// Somebody's name stands in what is gossiped.
    Leak,
    /// A node that is restored from a backup goes on with the log as it stood there.
    NoNewLife,
}

impl Plant {
    /// Every bug, with the promise that it breaks.
    pub const ALL: [(Plant, &'static str); 10] = [
        (Plant::TwoAwards, "1 "),
        (Plant::TwoRunsAtOnce, "2 "),
        (Plant::SwallowedConfirmation, "3 "),
        (Plant::SwallowedCancellation, "3 "),
        (Plant::SilentBoard, "5 "),
        (Plant::BlindToLoss, "7 "),
        (Plant::Overwritten, "6 "),
        (Plant::ForgottenWrite, "reopening"),
        (Plant::Leak, "privacy"),
        (Plant::NoNewLife, "no honest coop"),
    ];

    /// Returns what the watch sees of a node's state.
    pub(crate) fn view(self, state: &State) -> Cow<'_, State> {
        let mut seen = state.clone();
        let done = match self {
            Plant::TwoAwards => {
                let bid = seen.tickets.iter().find_map(|(id, ticket)| {
                    let open = ticket.claims.iter().find(|(_, bid)| bid.phase != BidPhase::Awarded);
                    ticket.award().and(open).map(|(claim, _)| (*id, *claim))
                });
                bid.is_some_and(|(id, claim)| {
                    seen.tickets.update(&id, |ticket| {
                        if let Some(bid) = ticket.claims.get_mut(&claim) {
                            bid.phase = BidPhase::Awarded;
                        }
                    })
                })
            }
            Plant::TwoRunsAtOnce => {
                let run = seen.runs.values().find(|run| !run.stops.is_empty()).cloned();
                let second = seen.next_run();
                run.map(|run| seen.runs.insert(second, run)).is_some()
            }
            Plant::Overwritten => {
                let on_the_way = |phase: &ClaimPhase| match phase {
                    ClaimPhase::Confirmed { progress, .. } => *progress > Progress::Booked,
                    _ => false,
                };
                let found = seen.claims.iter().find(|(_, claim)| on_the_way(&claim.phase));
                let (found, until) = (found.map(|(id, _)| *id), Timestamp(0));
                found.is_some_and(|id| {
                    seen.claims.update(&id, |claim| claim.phase = ClaimPhase::Held { until })
                })
            }
            _ => false,
        };
        if done { Cow::Owned(seen) } else { Cow::Borrowed(state) }
    }

    /// Returns the answer to a letter that the node never gets to see.
    pub(crate) fn swallows(self, event: &NetEvent) -> Option<NetCommand> {
        let NetEvent::Request { channel: Channel::Book, bytes, .. } = event else { return None };
        let letter = DirectMessage::decode(bytes).ok()?;
        let meant = match serde_json::from_slice(letter.body()).ok()? {
            BookingMessage::Confirm { .. } => self == Plant::SwallowedConfirmation,
            BookingMessage::Cancel { .. } => self == Plant::SwallowedCancellation,
            _ => false,
        };
        taken(event).filter(|_| meant)
    }

    /// Changes what a node sends.
    pub(crate) fn alter(self, command: NetCommand) -> NetCommand {
        match command {
            NetCommand::Publish { id, mut bytes } if self == Plant::Leak => {
                bytes.extend_from_slice(MARKER.as_bytes());
                NetCommand::Publish { id, bytes }
            }
            command => command,
        }
    }
}
