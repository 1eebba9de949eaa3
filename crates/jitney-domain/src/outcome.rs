//! How a trip ended, in the codes dispatchers already use.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::place::Metres;
use crate::time::Timestamp;
use crate::{ClaimId, IdError, TicketId};

/// The end of a trip (RidePilot's result codes: COMP, CANC, LTCANC, NS, MT, TD, UNMET, and at-door from TDS).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The rider was carried.
    Completed,
    /// Cancelled in good time.
    Cancelled,
    /// Cancelled too late to use the driver's time otherwise.
    LateCancelled,
    /// Cancelled when the driver stood at the door.
    CancelledAtDoor,
    /// The driver came on time to the right place; the rider did not.
    NoShow,
    /// The provider failed: nobody came, or far too late.
    MissedTrip,
    /// The coop refused the request.
    TurnedDown,
    /// Wanted, never placed.
    Unmet,
}

impl Outcome {
    /// All outcomes, in the order in which reports list them.
    pub const ALL: [Outcome; 8] = [
        Outcome::Completed,
        Outcome::Cancelled,
        Outcome::LateCancelled,
        Outcome::CancelledAtDoor,
        Outcome::NoShow,
        Outcome::MissedTrip,
        Outcome::TurnedDown,
        Outcome::Unmet,
    ];
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Outcome::Completed => "completed",
            Outcome::Cancelled => "cancelled",
            Outcome::LateCancelled => "late-cancelled",
            Outcome::CancelledAtDoor => "cancelled-at-door",
            Outcome::NoShow => "no-show",
            Outcome::MissedTrip => "missed-trip",
            Outcome::TurnedDown => "turned-down",
            Outcome::Unmet => "unmet",
        })
    }
}

impl FromStr for Outcome {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        Outcome::ALL.into_iter().find(|o| o.to_string() == text).ok_or_else(|| IdError::Malformed {
            kind: "outcome",
            text: text.to_owned(),
            expected: "completed, cancelled, late-cancelled, cancelled-at-door, no-show, missed-trip, \
                       turned-down or unmet",
        })
    }
}

/// What the provider says happened; the originator countersigns or disputes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The ticket carried.
    pub ticket: TicketId,
    /// The claim under which it was carried.
    pub claim: ClaimId,
    /// How it ended.
    pub outcome: Outcome,
    /// When the rider came on board.
    pub picked_up: Option<Timestamp>,
    /// When the rider was set down.
    pub dropped_off: Option<Timestamp>,
    /// Distance driven with the rider, if the driver noted it.
    pub metres: Option<Metres>,
}
