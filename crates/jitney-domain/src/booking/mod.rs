//! Booking: how a trip finds somebody who carries it, at home or next door, by one and the same path.
//!
//! ```text
//! ticket  --gossip-->  every coop   (or offer, originator -> one provider asked before all others)
//! claim   provider -> originator    a place on a run is held until a moment
//! award   originator -> provider    at most one is live
//! confirm provider -> originator    or refuse; only now is the rider told "confirmed"
//! details originator -> provider    sealed to the driver
//! status, outcome                   outcome is stated by one side and countersigned by the other
//! ```
//! The originator alone writes the [`Ticket`]; the provider alone writes the [`Claim`] and its driver's
//! run. A coop that serves its own rider sends these messages to itself.

mod capacity;
mod claim;
mod message;
mod ticket;

pub use capacity::{Capacity, CapacityBody, CapacityWithdrawn};
pub use claim::{Claim, ClaimPhase, Ended, Progress};
pub use message::{BookingMessage, Card, Disagreement, RefusalReason};
pub use ticket::{
    Award, Bid, BidPhase, Confirmation, GivenUp, Offered, Ticket, TicketBody, TicketClosed, TicketPhase,
    TimeBucket,
};
