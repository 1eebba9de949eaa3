//! What coops say to each other about one ticket. Each message is sent signed and delivered once.

use std::fmt;

use jitney_identity::PublicKey;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::agreement::Rate;
use crate::outcome::Statement;
use crate::time::Timestamp;
use crate::{CapacityId, ClaimId, TicketId};

use super::claim::Progress;
use super::ticket::TicketBody;

/// Why a provider does not carry after all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalReason {
    /// The hold had run out when the award came.
    HoldExpired,
    /// The driver said no.
    DriverDeclined,
    /// The driver did not answer in time.
    DriverSilent,
    /// The driver is ill, the car is broken, or the like.
    ProviderFailed,
    /// The provider knows no such claim.
    UnknownClaim,
    /// The driver's vetting or the vehicle no longer meets the requirement.
    NoLongerQualified,
}

impl fmt::Display for RefusalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RefusalReason::HoldExpired => "the driver's time was no longer held",
            RefusalReason::DriverDeclined => "the driver declined",
            RefusalReason::DriverSilent => "the driver did not answer",
            RefusalReason::ProviderFailed => "the driver cannot come",
            RefusalReason::UnknownClaim => "the claim is not known there",
            RefusalReason::NoLongerQualified => "driver or vehicle no longer qualify",
        })
    }
}

/// Why an originator does not countersign a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disagreement {
    /// The rider says otherwise.
    RiderSaysOtherwise,
    /// The claim was never confirmed.
    NotConfirmed,
}

/// What the rider is told of the driver, sealed to the originator: it travels, but only two coops read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The driver's first name.
    pub driver: String,
    /// The vehicle as one recognises it.
    pub vehicle: String,
    /// The word by which driver and rider recognise each other.
    pub word: String,
}

/// A message about one ticket or one claim on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum BookingMessage {
    /// Originator: would you carry this? You are asked before anybody else. It is claimed like any ticket.
    Offer {
        /// What may be known of the trip.
        ticket: Box<TicketBody>,
        /// By when to claim it or to pass.
        until: Timestamp,
        /// The spare places of yours that it is meant for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        capacity: Option<CapacityId>,
    },
    /// Originator: the offer is taken back; nothing was claimed on it.
    Rescind {
        /// The ticket.
        ticket: TicketId,
    },
    /// Provider: we cannot carry what you offered us.
    Pass {
        /// The ticket.
        ticket: TicketId,
    },
    /// Provider: we could carry this; a driver's time is held.
    Claim {
        /// The ticket claimed.
        ticket: TicketId,
        /// The provider's name for this offer.
        claim: ClaimId,
        /// Until when the time is held.
        hold_until: Timestamp,
        /// When the driver would come.
        pick_up_at: Timestamp,
        /// What the provider asks for; nothing if none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rate: Option<Rate>,
    },
    /// Provider: we no longer offer; nothing was awarded.
    Withdraw {
        /// The claim withdrawn.
        claim: ClaimId,
    },
    /// Originator: it goes to somebody else, or nowhere.
    TurnDown {
        /// The claim turned down.
        claim: ClaimId,
    },
    /// Originator: it is yours if you confirm by `respond_by`.
    Award {
        /// The ticket awarded.
        ticket: TicketId,
        /// The claim awarded.
        claim: ClaimId,
        /// By when to confirm.
        respond_by: Timestamp,
    },
    /// Provider: it stands in our driver's calendar.
    Confirm {
        /// The claim confirmed.
        claim: ClaimId,
        /// When the driver will come.
        pick_up_at: Timestamp,
        /// The driver's membership credential, if the driver has one.
        credential: Option<Value>,
        /// Whose key the rider's details are to be sealed to.
        seal_to: PublicKey,
        /// The [`Card`], sealed to the originator's node, base64.
        card: String,
    },
    /// Provider: we cannot, after all. Also after a confirmation.
    Refuse {
        /// The claim given up.
        claim: ClaimId,
        /// Why.
        reason: RefusalReason,
    },
    /// Originator: name, address, phone, needs and notes, sealed to the driver, base64.
    Details {
        /// The claim they belong to.
        claim: ClaimId,
        /// The sealed box.
        sealed: String,
    },
    /// Originator: the trip is off, or the award has lapsed.
    Cancel {
        /// The claim freed.
        claim: ClaimId,
    },
    /// Provider: how the trip is going.
    Status {
        /// The claim being carried.
        claim: ClaimId,
        /// How far.
        progress: Progress,
        /// Since when.
        at: Timestamp,
    },
    /// Provider: how the trip ended.
    State {
        /// The statement to countersign.
        statement: Statement,
    },
    /// Originator: so it was.
    Agree {
        /// The statement, word for word.
        statement: Statement,
    },
    /// Originator: it was not so. Two people have to talk.
    Dispute {
        /// The claim in question.
        claim: ClaimId,
        /// Why.
        why: Disagreement,
    },
}

impl BookingMessage {
    /// Returns the claim that the message is about, unless it comes before any.
    pub fn claim(&self) -> Option<ClaimId> {
        Some(match self {
            BookingMessage::Offer { .. } | BookingMessage::Rescind { .. } | BookingMessage::Pass { .. } => {
                return None;
            }
            BookingMessage::Claim { claim, .. }
            | BookingMessage::Withdraw { claim }
            | BookingMessage::TurnDown { claim }
            | BookingMessage::Award { claim, .. }
            | BookingMessage::Confirm { claim, .. }
            | BookingMessage::Refuse { claim, .. }
            | BookingMessage::Details { claim, .. }
            | BookingMessage::Cancel { claim }
            | BookingMessage::Status { claim, .. }
            | BookingMessage::Dispute { claim, .. } => *claim,
            BookingMessage::State { statement } | BookingMessage::Agree { statement } => statement.claim,
        })
    }
}
