//! The originator's side: a ticket, the claims on it, and at most one live award.

use std::collections::BTreeMap;

use jitney_identity::PublicKey;
use serde::{Deserialize, Serialize};

use crate::agreement::Rate;
use crate::gossip::{Area, dwell_step, ride_limit};
use crate::gossip_body;
use crate::needs::{Assistance, Load, Mobility, Requirement};
use crate::outcome::Statement;
use crate::policy::Policy;
use crate::time::{Minutes, Timestamp, Window};
use crate::trip::{Timing, TripDetails, Windows};
use crate::{CapacityId, ClaimId, TicketId, TripId};

use super::claim::Progress;
use super::message::RefusalReason;

/// The grain of times on the wire: a quarter of an hour.
const BUCKET_MS: i64 = 15 * 60_000;

/// A window in whole quarters of an hour, so that two tickets of one rider look like many others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Window", into = "Window")]
pub struct TimeBucket(Window);

impl TimeBucket {
    /// Widens `window` to the grain of the wire.
    pub fn around(window: Window) -> Self {
        let down = |t: Timestamp| Timestamp(t.0.saturating_sub(t.0.rem_euclid(BUCKET_MS)));
        let up = |t: Timestamp| down(Timestamp(t.0.saturating_add(BUCKET_MS - 1)));
        TimeBucket(Window { from: down(window.from), to: up(window.to) })
    }

    /// Widens the beginning of `window` to the grain of the wire and ends it early rather than late: for
    /// arrivals, where later than agreed is too late.
    pub fn ending_by(window: Window) -> Self {
        let TimeBucket(wide) = Self::around(window);
        let to = Timestamp(window.to.0.saturating_sub(window.to.0.rem_euclid(BUCKET_MS)));
        TimeBucket(Window { from: wide.from, to: to.max(wide.from) })
    }

    /// Returns the window as it travels.
    pub fn window(&self) -> Window {
        self.0
    }
}

impl TryFrom<Window> for TimeBucket {
    type Error = String;
    fn try_from(window: Window) -> Result<Self, String> {
        if window.from > window.to {
            return Err("the window ends before it begins".to_owned());
        }
        Ok(TimeBucket::around(window))
    }
}

impl From<TimeBucket> for Window {
    fn from(bucket: TimeBucket) -> Window {
        bucket.0
    }
}

gossip_body! {
    /// All that partner coops learn of a trip before the award.
    ///
    /// It has no room for a name, an address, a phone number, a diagnosis or free text: gossip cannot be
    /// recalled, so what is said in it must be safe for ever.
    #[serde(deny_unknown_fields)]
    kind 16;
    pub struct TicketBody {
        /// Fresh random name; nothing links two tickets of one rider.
        pub ticket: TicketId,
        /// Where it begins, coarsely.
        pub from: Area,
        /// Where it ends, coarsely.
        pub to: Area,
        /// When the driver may come.
        pub pick_up: TimeBucket,
        /// When the rider may be set down; never later than agreed.
        pub drop_off: TimeBucket,
        /// Longest time on board.
        pub max_ride: Minutes,
        /// Places taken, by kind.
        pub load: Load,
        /// A ramp or lift is required.
        pub ramp: bool,
        /// Something has to be stowed (walker, folded chair).
        pub stow: bool,
        /// A service animal comes along.
        pub service_animal: bool,
        /// How far the driver accompanies the rider.
        pub assistance: Assistance,
        /// The rider must be handed to a person.
        pub never_leave_alone: bool,
        /// Time to board.
        pub dwell_pick_up: Minutes,
        /// Time to alight.
        pub dwell_drop_off: Minutes,
    }
}

gossip_body! {
    /// A ticket is gone: carried, changed, called off or past.
    #[derive(Copy)]
    kind 18;
    pub struct TicketClosed {
        /// Which.
        pub ticket: TicketId,
    }
}

impl TicketBody {
    /// Says of a trip what partners may know: rounded so that many riders' trips look the same.
    pub fn of(ticket: TicketId, details: &TripDetails, windows: &Windows, policy: &Policy) -> Self {
        let requirement = &details.requirement;
        let max_ride = ride_limit(details.max_ride, &details.way, policy);
        TicketBody {
            ticket,
            from: Area::around(details.way.from),
            to: Area::around(details.way.to),
            pick_up: TimeBucket::around(windows.pick_up),
            drop_off: TimeBucket::ending_by(set_down(details, windows, max_ride)),
            max_ride,
            load: requirement.load(),
            ramp: requirement.needs_ramp(),
            stow: matches!(requirement.mobility, Mobility::Walker | Mobility::Transfer),
            service_animal: requirement.service_animal,
            assistance: requirement.assistance,
            never_leave_alone: requirement.never_leave_alone,
            dwell_pick_up: dwell_step(details.dwell.pick_up),
            dwell_drop_off: dwell_step(details.dwell.drop_off),
        }
    }

    /// Returns the requirement as a vehicle and driver must meet it.
    pub fn requirement(&self) -> Requirement {
        let mobility = match (self.ramp, self.stow) {
            (true, _) => Mobility::Wheelchair,
            (false, true) => Mobility::Walker,
            (false, false) => Mobility::Ambulatory,
        };
        let rider_seat = u8::from(!self.ramp);
        Requirement {
            mobility,
            assistance: self.assistance,
            attendants: self.load.seats.saturating_sub(rider_seat),
            companions: 0,
            service_animal: self.service_animal,
            never_leave_alone: self.never_leave_alone,
        }
    }
}

/// Returns when partners may set the rider down. After a pick-up at an agreed time both ends follow from the
/// way between two doors, to the minute; what is told follows from the pick-up and the rounded time on board.
fn set_down(details: &TripDetails, windows: &Windows, max_ride: Minutes) -> Window {
    let exact = windows.drop_off;
    if matches!(details.timing, Timing::Appointment(_)) {
        return exact;
    }
    let (from, to) = (windows.pick_up.from, windows.pick_up.to.after(max_ride));
    Window { from: from.min(exact.from), to: to.min(exact.to) }
}

/// What became of a claim on our ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BidPhase {
    /// May be awarded while it is held.
    Open,
    /// Has the award.
    Awarded,
    /// Over: withdrawn, refused, lapsed or turned down.
    Over,
}

/// A claim on our ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bid {
    /// Whose claim.
    pub provider: PublicKey,
    /// Until when the driver's time is held.
    pub hold_until: Timestamp,
    /// When the driver would come.
    pub pick_up_at: Timestamp,
    /// When we heard of it.
    pub received: Timestamp,
    /// What the provider asks for it; nothing if none.
    #[serde(default)]
    pub rate: Option<Rate>,
    /// What became of it.
    pub phase: BidPhase,
    /// When its award lapsed without a word from the provider's node, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lapsed: Option<Timestamp>,
    /// When we took its award back, if we did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_back: Option<Timestamp>,
    /// Since when the rider is on board, where the driver did not know that it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boarded: Option<Timestamp>,
}

/// The one live award of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Award {
    /// To which claim.
    pub claim: ClaimId,
    /// To whom.
    pub provider: PublicKey,
    /// By when it must be confirmed.
    pub respond_by: Timestamp,
}

/// What the provider confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// When the driver will come.
    pub pick_up_at: Timestamp,
    /// Whose key the details are sealed to.
    pub seal_to: PublicKey,
    /// The driver's card, sealed to our node, base64.
    pub card: String,
    /// How far the trip has come.
    pub progress: Progress,
    /// Since when.
    pub progress_at: Timestamp,
}

/// How far a ticket has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TicketPhase {
    /// Waiting for claims.
    Open,
    /// Awarded, not confirmed.
    Awarded(Award),
    /// In the provider's calendar.
    Confirmed(Award, Confirmation),
    /// The provider has stated the outcome and we agreed.
    Settled(Award, Statement),
    /// The provider has stated an outcome that we dispute.
    Disputed(Award, Statement),
    /// Over without being carried.
    Closed,
}

/// A trip ticket of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The trip offered.
    pub trip: TripId,
    /// What may be known of it.
    pub body: TicketBody,
    /// Partner coops may claim it.
    pub shared: bool,
    /// The one partner that was asked before all others, with until when it may answer.
    #[serde(default)]
    pub offered: Option<(PublicKey, Timestamp)>,
    /// How far it has come.
    pub phase: TicketPhase,
    /// Claims heard of.
    pub claims: BTreeMap<ClaimId, Bid>,
    /// Since when.
    pub opened: Timestamp,
    /// Who last gave it up after an award, until somebody else has confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<GivenUp>,
}

/// An award that came to nothing by the provider's doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenUp {
    /// Whose.
    pub provider: PublicKey,
    /// Why, if they said.
    pub reason: Option<RefusalReason>,
    /// The rider may have been told "confirmed".
    pub was_confirmed: bool,
    /// When we learned of it.
    pub at: Timestamp,
}

impl Ticket {
    /// Returns the live award, confirmed or not.
    pub fn award(&self) -> Option<&Award> {
        match &self.phase {
            TicketPhase::Awarded(award)
            | TicketPhase::Confirmed(award, _)
            | TicketPhase::Settled(award, _)
            | TicketPhase::Disputed(award, _) => Some(award),
            TicketPhase::Open | TicketPhase::Closed => None,
        }
    }

    /// Returns the live award if it is that of `claim` by `provider`.
    pub fn award_of(&self, claim: ClaimId, provider: PublicKey) -> Option<&Award> {
        self.award().filter(|a| a.claim == claim && a.provider == provider)
    }

    /// Tells whether the ticket was offered to `coop` in particular and it may still answer.
    pub fn offered_to(&self, coop: &PublicKey) -> bool {
        self.offered.is_some_and(|(to, _)| to == *coop)
    }

    /// Tells whether the ticket can still change.
    pub fn is_live(&self) -> bool {
        matches!(self.phase, TicketPhase::Open | TicketPhase::Awarded(_) | TicketPhase::Confirmed(..))
    }
}

/// A partner's ticket that was offered to us before all others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// Whose it is.
    pub originator: PublicKey,
    /// What is known of it.
    pub body: TicketBody,
    /// By when to claim it or to pass.
    pub until: Timestamp,
    /// The spare places of ours that it is meant for.
    pub capacity: Option<CapacityId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_hides_the_minute_and_never_shrinks_the_window() {
        let window = Window { from: Timestamp(7 * 60_000), to: Timestamp(22 * 60_000) };
        let bucket = TimeBucket::around(window).window();
        assert_eq!((bucket.from.0, bucket.to.0), (0, 30 * 60_000));
        assert_eq!(TimeBucket::around(bucket).window(), bucket);
    }

    #[test]
    fn an_arrival_bucket_never_ends_later_than_agreed() {
        let window = Window { from: Timestamp(7 * 60_000), to: Timestamp(44 * 60_000) };
        let bucket = TimeBucket::ending_by(window).window();
        assert_eq!((bucket.from.0, bucket.to.0), (0, 30 * 60_000));
        let text = serde_json::to_string(&TimeBucket::ending_by(window)).unwrap();
        assert_eq!(serde_json::from_str::<TimeBucket>(&text).unwrap().window(), bucket);
    }
}
