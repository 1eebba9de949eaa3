//! The provider's side: a claim, the driver's time held for it, and what became of it.

use std::fmt;

use jitney_identity::PublicKey;
use serde::{Deserialize, Serialize};

use crate::agreement::Rate;
use crate::outcome::Statement;
use crate::place::Metres;
use crate::time::Timestamp;
use crate::{LiftNumber, RunId};

use super::message::RefusalReason;
use super::ticket::TicketBody;

/// How far a confirmed trip has come on the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// In the calendar.
    Booked,
    /// The driver is on the way to the rider.
    EnRoute,
    /// The driver is at the door.
    Arrived,
    /// The rider is in the vehicle.
    OnBoard,
    /// The rider is where they wanted to be.
    Done,
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Progress::Booked => "booked",
            Progress::EnRoute => "driver on the way",
            Progress::Arrived => "driver at the door",
            Progress::OnBoard => "on board",
            Progress::Done => "arrived",
        })
    }
}

/// Why a claim ended without being carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// Nobody awarded it while the driver's time was held.
    HoldExpired,
    /// We took it back before an award.
    Withdrawn,
    /// It went to somebody else.
    TurnedDown,
    /// We refused or gave up after the award.
    Refused(RefusalReason),
    /// The originator cancelled.
    Cancelled,
}

/// How far a claim has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimPhase {
    /// The driver's time is held.
    Held {
        /// Until when.
        until: Timestamp,
    },
    /// Awarded; the driver has been asked.
    Awarded {
        /// By when to confirm.
        respond_by: Timestamp,
    },
    /// In the driver's calendar.
    Confirmed {
        /// How far it has come.
        progress: Progress,
        /// Since when.
        at: Timestamp,
    },
    /// Carried, or the rider was not there; the outcome is stated.
    Stated {
        /// What we said.
        statement: Statement,
        /// The originator has countersigned.
        agreed: bool,
        /// The originator disputes it.
        disputed: bool,
    },
    /// Over without being carried.
    Ended(Ended),
}

/// A claim of ours on a ticket, a partner's or our own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What a driver calls it.
    pub number: LiftNumber,
    /// What is known of the trip.
    pub ticket: TicketBody,
    /// Whose ticket.
    pub originator: PublicKey,
    /// On which run the time is held.
    pub run: RunId,
    /// When the driver is to come.
    pub pick_up_at: Timestamp,
    /// What we asked for; nothing if none.
    #[serde(default)]
    pub rate: Option<Rate>,
    /// The driver agreed before the award was asked for (standing yes, or said so on the phone).
    pub agreed_ahead: bool,
    /// How far it has come.
    pub phase: ClaimPhase,
    /// When the rider came on board, by the driver's report.
    pub picked_up: Option<Timestamp>,
    /// When the rider was set down, by the driver's report.
    pub dropped_off: Option<Timestamp>,
    /// Distance with the rider, by the driver's report.
    pub metres: Option<Metres>,
    /// The rider's details, sealed to the driver, base64.
    pub details: Option<String>,
}

impl Claim {
    /// Tells whether the claim keeps a place on its run.
    pub fn holds_time(&self) -> bool {
        matches!(
            self.phase,
            ClaimPhase::Held { .. } | ClaimPhase::Awarded { .. } | ClaimPhase::Confirmed { .. }
        )
    }
}
