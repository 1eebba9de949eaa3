//! What can happen next: letters arrive, time passes, people decide.

use std::fmt;

use jitney_domain::{ClaimId, LiftNumber, MemberId, TicketId, TripId, VehicleId};

/// One step of the whole world.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Deed {
    /// A letter arrives.
    Deliver {
        /// Its place in the mail.
        at: usize,
        /// Who sent it, by place.
        from: u8,
        /// Who gets it, by place.
        to: u8,
        /// What it is, in a word.
        what: &'static str,
        /// What becomes of it.
        fate: Fate,
    },
    /// A letter that was taken in comes again and is acknowledged.
    Acknowledge {
        /// Its place in the mail.
        at: usize,
        /// Who sent it, by place.
        from: u8,
        /// Who has it, by place.
        to: u8,
    },
    /// A coop notices what time it is.
    Tick(u8),
    /// Time passes to the next moment that matters.
    Time,
    /// Somebody at a coop decides.
    Act(u8, Act),
}

/// What becomes of a letter besides being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It is acknowledged.
    Acknowledged,
    /// The receiver crashes after it has written and before it has spoken, and starts again from its rows.
    Crash,
    /// A copy stays on its way.
    Copied,
}

/// What people do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// Offer a trip to partners.
    Share(TripId),
    /// Hold a driver's time for a partner's ticket.
    Claim {
        /// Whose, by place.
        of: u8,
        /// Which.
        ticket: TicketId,
        /// For whom.
        driver: MemberId,
    },
    /// Give an own trip to an own driver.
    Assign(TripId, MemberId),
    /// Award a claim by hand.
    Award(TicketId, ClaimId),
    /// A driver reports.
    Report(LiftNumber, Word),
    /// Call a trip off.
    Cancel(TripId),
    /// Call a trip and its way home off.
    CancelBoth(TripId),
    /// Take a trip from whoever has it.
    Unassign(TripId),
    /// Fetch the rider a quarter of an hour later.
    Postpone(TripId),
    /// Nobody came.
    Missed(TripId),
    /// Keep a driver from driving.
    Suspend(MemberId),
    /// A driver's licence turns out to be void.
    Lapse(MemberId),
    /// A vehicle has no seat for a rider any more.
    Strip(VehicleId),
    /// Ask one partner, by place, before all others.
    Offer(TripId, u8),
    /// Say that nobody here can carry what was offered.
    Pass(TicketId),
    /// A will-call rider wants to be fetched.
    Ready(TripId),
}

/// What a driver says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Word {
    /// Yes.
    Accept,
    /// No, before or after a yes.
    Decline,
    /// On the way.
    EnRoute,
    /// The rider is on board.
    PickUp,
    /// The rider has arrived.
    DropOff,
    /// Nobody was there.
    NoShow,
}

fn name(place: u8) -> char {
    char::from(b'A'.saturating_add(place))
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Deed::Deliver { from, to, what, fate, .. } => {
                let (from, to) = (name(*from), name(*to));
                match fate {
                    Fate::Acknowledged => write!(f, "{to} receives {what} from {from}"),
                    Fate::Crash => {
                        write!(f, "{to} receives {what} from {from}, writes, crashes, and starts again")
                    }
                    Fate::Copied => write!(f, "{to} receives {what} from {from}; a copy is still on its way"),
                }
            }
            Deed::Acknowledge { from, to, .. } => {
                write!(f, "{} sends its letter to {} again; it is known there", name(*from), name(*to))
            }
            Deed::Tick(coop) => write!(f, "{} looks at the clock", name(*coop)),
            Deed::Time => f.write_str("time passes"),
            Deed::Act(coop, act) => write!(f, "{}: {act}", name(*coop)),
        }
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Act::Share(trip) => write!(f, "shares trip {trip}"),
            Act::Claim { of, ticket, driver } => {
                write!(f, "claims ticket {} of {} for driver {driver}", ticket.short(), name(*of))
            }
            Act::Assign(trip, driver) => write!(f, "assigns trip {trip} to driver {driver}"),
            Act::Award(ticket, claim) => write!(f, "awards ticket {} to claim {claim}", ticket.short()),
            Act::Report(lift, word) => write!(f, "the driver of lift {lift} says {word:?}"),
            Act::Cancel(trip) => write!(f, "calls trip {trip} off"),
            Act::CancelBoth(trip) => write!(f, "calls trip {trip} and the way home off"),
            Act::Unassign(trip) => write!(f, "takes trip {trip} from whoever has it"),
            Act::Postpone(trip) => write!(f, "moves trip {trip} a quarter of an hour"),
            Act::Missed(trip) => write!(f, "states that nobody came for trip {trip}"),
            Act::Suspend(driver) => write!(f, "suspends driver {driver}"),
            Act::Lapse(driver) => write!(f, "finds the licence of driver {driver} void"),
            Act::Strip(vehicle) => write!(f, "takes the seats out of vehicle {vehicle}"),
            Act::Offer(trip, to) => write!(f, "asks {} for trip {trip} before all others", name(*to)),
            Act::Pass(ticket) => write!(f, "passes on ticket {}", ticket.short()),
            Act::Ready(trip) => write!(f, "the rider of trip {trip} wants to be fetched"),
        }
    }
}
