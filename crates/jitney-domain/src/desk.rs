//! What the office has before it besides trips: calls that riders asked for, and who has taken which alarm.

use serde::{Deserialize, Serialize};

use crate::time::{Minutes, Timestamp};
use crate::{LiftNumber, MemberId, TripId};

/// How long somebody who asked to be called should wait at most.
pub const CALL_BACK_WITHIN: Minutes = Minutes(60);

/// Most alarms of which it is kept who took them; the oldest goes for the next.
pub const TAKEN_MAX: usize = 1000;

/// How long a taken alarm counts as in somebody's hands: whoever took it has gone home since.
pub const TAKEN_FOR: Minutes = Minutes(12 * 60);

/// A rider who asked to be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallAsked {
    /// When.
    pub at: Timestamp,
}

/// Somebody who has taken an alarm: the others need not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// What was wrong, in a word: [`crate::alarm::Kind::name`].
    pub kind: String,
    /// The trip to act on first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trip: Option<TripId>,
    /// The lift to act on first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lift: Option<LiftNumber>,
    /// Who; nobody by name if it was the operator on the machine itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<MemberId>,
    /// When.
    pub at: Timestamp,
}

impl Taken {
    /// Tells whether an alarm that is so since `since` is in these hands.
    pub fn covers(&self, since: Option<Timestamp>, now: Timestamp) -> bool {
        since.is_none_or(|since| since <= self.at) && now <= self.at.after(TAKEN_FOR)
    }
}
