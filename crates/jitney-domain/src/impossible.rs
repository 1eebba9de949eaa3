//! What stands in the way of a step of a lift or of a trip's outcome: words that refusals are made of.

use std::fmt;

use crate::booking::Progress;

/// Where a lift stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Its driver's time is held for a partner.
    Held,
    /// Its driver has been asked.
    Awarded,
    /// It is in the calendar.
    Confirmed,
    /// It has ended, and it is said how.
    Over,
    /// It is nobody's any more.
    GivenUp,
    /// Nothing of it has happened yet.
    Booked,
    /// Its driver is on the way to the rider.
    EnRoute,
    /// Its driver waits at the door.
    Arrived,
    /// Its rider is on board.
    OnBoard,
    /// Its rider is there.
    Done,
}

impl Standing {
    /// All of them.
    pub const ALL: [Standing; 10] = [
        Standing::Held,
        Standing::Awarded,
        Standing::Confirmed,
        Standing::Over,
        Standing::GivenUp,
        Standing::Booked,
        Standing::EnRoute,
        Standing::Arrived,
        Standing::OnBoard,
        Standing::Done,
    ];
}

impl From<Progress> for Standing {
    fn from(progress: Progress) -> Self {
        match progress {
            Progress::Booked => Standing::Booked,
            Progress::EnRoute => Standing::EnRoute,
            Progress::Arrived => Standing::Arrived,
            Progress::OnBoard => Standing::OnBoard,
            Progress::Done => Standing::Done,
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Standing::Held => "held",
            Standing::Awarded => "waiting for the driver's answer",
            Standing::Confirmed => "confirmed",
            Standing::Over => "over",
            Standing::GivenUp => "given up",
            Standing::Booked => "booked",
            Standing::EnRoute => "on the way",
            Standing::Arrived => "at the door",
            Standing::OnBoard => "on board",
            Standing::Done => "done",
        })
    }
}

/// What was to become of a lift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// Its driver says yes.
    Accepted,
    /// Its driver says no.
    Declined,
    /// Its driver fetches the rider and sets them down.
    Driven,
    /// The rider is set down.
    SetDown,
    /// Nobody was at the door.
    NoShow,
    /// It was called off at the door.
    CancelledAtDoor,
    /// So far it was driven.
    Miles,
    /// Its driver's time is held once more.
    ClaimedAgain,
}

impl Wanted {
    /// All of them.
    pub const ALL: [Wanted; 8] = [
        Wanted::Accepted,
        Wanted::Declined,
        Wanted::Driven,
        Wanted::SetDown,
        Wanted::NoShow,
        Wanted::CancelledAtDoor,
        Wanted::Miles,
        Wanted::ClaimedAgain,
    ];
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Wanted::Accepted => "accepted",
            Wanted::Declined => "declined",
            Wanted::Driven => "driven",
            Wanted::SetDown => "set down before being picked up",
            Wanted::NoShow => "a no-show",
            Wanted::CancelledAtDoor => "cancelled at the door",
            Wanted::Miles => "given miles",
            Wanted::ClaimedAgain => "claimed again",
        })
    }
}

/// Why a trip cannot end as somebody says it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hindrance {
    /// The driver says so, nobody else.
    DriverReports,
    /// The driver may still come.
    WindowNotOver,
    /// A lift that did not come has nobody on board.
    OnBoard,
    /// What is under way is not called off.
    AlreadyOnBoard,
    /// Somebody will drive it.
    Confirmed,
}

impl Hindrance {
    /// All of them.
    pub const ALL: [Hindrance; 5] = [
        Hindrance::DriverReports,
        Hindrance::WindowNotOver,
        Hindrance::OnBoard,
        Hindrance::AlreadyOnBoard,
        Hindrance::Confirmed,
    ];
}

impl fmt::Display for Hindrance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Hindrance::DriverReports => {
                "the driver reports that; on the driver's behalf: `jitney drive --for`"
            }
            Hindrance::WindowNotOver => "the pick-up window is not over",
            Hindrance::OnBoard => "the rider is on board",
            Hindrance::AlreadyOnBoard => "the rider is already on board",
            Hindrance::Confirmed => "somebody has confirmed it; unassign it first",
        })
    }
}
