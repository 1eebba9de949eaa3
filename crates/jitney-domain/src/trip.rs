//! Trips: one-way movements of a rider and those travelling along.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::needs::Requirement;
use crate::outcome::Outcome;
use crate::place::{Cell, Metres};
use crate::policy::Policy;
use crate::time::{Minutes, Timestamp, Window, Zone, ZoneError};
use crate::{MemberId, SubscriptionId, TicketId, TripId};

/// What decides a trip's time, as the caller said it, on the coop's wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Timing {
    /// "Fetch me at ten": pick-up-driven.
    PickUp(DateTime),
    /// "I must be there by ten": appointment-driven.
    Appointment(DateTime),
    /// "I will call when I am ready": a return whose time is unknown.
    WillCall(Date),
}

impl Timing {
    /// Returns the day of the trip.
    pub fn date(&self) -> Date {
        match self {
            Timing::PickUp(at) | Timing::Appointment(at) => at.date(),
            Timing::WillCall(date) => *date,
        }
    }

    /// Returns the timing with a time that clocks in `zone` do show; see [`Zone::shown`].
    pub fn shown(&self, zone: &Zone) -> Timing {
        match self {
            Timing::PickUp(at) => Timing::PickUp(zone.shown(*at)),
            Timing::Appointment(at) => Timing::Appointment(zone.shown(*at)),
            Timing::WillCall(date) => Timing::WillCall(*date),
        }
    }

    /// Returns the same timing on another day.
    pub fn on(&self, date: Date) -> Timing {
        match self {
            Timing::PickUp(at) => Timing::PickUp(date.to_datetime(at.time())),
            Timing::Appointment(at) => Timing::Appointment(date.to_datetime(at.time())),
            Timing::WillCall(_) => Timing::WillCall(date),
        }
    }
}

/// The way a trip goes, as much of it as is not personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// Coarse cell of the pick-up.
    pub from: Cell,
    /// Coarse cell of the drop-off.
    pub to: Cell,
    /// Driving time without detour.
    pub direct: Minutes,
    /// Driving time from the middle of the one cell to the middle of the other: as much of the driving time
    /// as partners may learn. None in ways that older versions wrote.
    #[serde(default)]
    pub by_cells: Minutes,
    /// Length without detour.
    pub metres: Metres,
}

impl Way {
    /// Returns the way back.
    pub fn back(self) -> Way {
        Way { from: self.to, to: self.from, ..self }
    }
}

/// Time to board and to alight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dwell {
    /// At the pick-up.
    pub pick_up: Minutes,
    /// At the drop-off.
    pub drop_off: Minutes,
}

/// When driver and rider may meet and part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Windows {
    /// When the driver may arrive at the pick-up.
    pub pick_up: Window,
    /// When the driver may arrive at the drop-off.
    pub drop_off: Window,
    /// The pick-up time to aim at.
    pub preferred: Timestamp,
}

/// All that is booked of a trip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TripDetails {
    /// Whose trip.
    pub rider: MemberId,
    /// When, as the caller said it.
    pub timing: Timing,
    /// From where to where, coarsely.
    pub way: Way,
    /// What it requires.
    pub requirement: Requirement,
    /// Time to board and to alight.
    pub dwell: Dwell,
    /// Longest time on board.
    pub max_ride: Minutes,
    /// When driver and rider may meet; none while a will-call return waits for the call.
    pub windows: Option<Windows>,
}

/// The other trip of a round trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// This is the way out; that trip brings the rider home.
    Return(TripId),
    /// This is the way home; that trip was the way out.
    Outbound(TripId),
}

/// How far a trip has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Wanted; nobody has it yet.
    Requested,
    /// A return that waits for the rider's call. The home coop's dispatcher owns it.
    WillCall,
    /// A ticket says who carries it.
    Ticketed(TicketId),
    /// Over.
    Closed(Outcome, Timestamp),
}

/// A trip of one of our riders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trip {
    /// What is booked.
    pub details: TripDetails,
    /// The other half of a round trip.
    pub link: Option<Link>,
    /// The subscription it belongs to.
    pub subscription: Option<SubscriptionId>,
    /// How far it has come.
    pub phase: Phase,
    /// The ticket under which somebody last had it.
    #[serde(default)]
    pub last_ticket: Option<TicketId>,
    /// When it was booked.
    pub booked_at: Timestamp,
    /// It is not taken from whoever has it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub locked: bool,
}

impl Trip {
    /// Returns the ticket that says who carries the trip.
    pub fn ticket(&self) -> Option<TicketId> {
        match self.phase {
            Phase::Ticketed(ticket) => Some(ticket),
            _ => None,
        }
    }

    /// Tells whether the trip is over.
    pub fn is_closed(&self) -> bool {
        matches!(self.phase, Phase::Closed(..))
    }
}

/// Computes when driver and rider may meet and part under the coop's policy.
///
/// Pick-up-driven trips get a window around the agreed time; appointment-driven ones a window before
/// the appointment from which the pick-up follows. `None` for a will-call.
///
/// # Errors
/// [`ZoneError::Nonexistent`] for a local time that the clocks jump over.
pub fn windows(
    timing: &Timing,
    direct: Minutes,
    max_ride: Minutes,
    dwell: &Dwell,
    policy: &Policy,
    zone: &Zone,
) -> Result<Option<Windows>, ZoneError> {
    let span = |from: Timestamp, to: Timestamp| Window { from, to: to.max(from) };
    Ok(match timing {
        Timing::PickUp(local) => {
            let at = zone.moment(*local)?;
            let pick_up = span(at.before(policy.pick_up_early), at.after(policy.pick_up_late));
            let drop_off = span(
                pick_up.from.after(dwell.pick_up).after(direct),
                pick_up.to.after(dwell.pick_up).after(max_ride),
            );
            Some(Windows { pick_up, drop_off, preferred: at })
        }
        Timing::Appointment(local) => {
            let by = zone.moment(*local)?;
            let drop_off = span(by.before(policy.appointment_early), by.before(policy.appointment_margin));
            let pick_up = span(
                drop_off.from.before(max_ride).before(dwell.pick_up),
                drop_off.to.before(direct).before(dwell.pick_up),
            );
            let preferred = pick_up.to.before(policy.pick_up_early).max(pick_up.from);
            Some(Windows { pick_up, drop_off, preferred })
        }
        Timing::WillCall(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;

    fn paris() -> Zone {
        Zone::named("Europe/Paris").unwrap()
    }

    const DWELL: Dwell = Dwell { pick_up: Minutes(5), drop_off: Minutes(5) };

    #[test]
    fn an_appointment_puts_the_rider_there_before_it_and_not_too_early() {
        let policy = Policy::default();
        let zone = paris();
        let ten = Timing::Appointment(datetime(2026, 3, 10, 10, 0, 0, 0));
        let w = windows(&ten, Minutes(20), Minutes(40), &DWELL, &policy, &zone).unwrap().unwrap();
        let local = |t: Timestamp| t.local(&zone).time().to_string();
        assert_eq!(local(w.drop_off.from), "09:15:00");
        assert_eq!(local(w.drop_off.to), "09:55:00");
        assert_eq!(local(w.pick_up.to), "09:30:00");
        assert_eq!(local(w.pick_up.from), "08:30:00");
        assert!(w.pick_up.contains(w.preferred));
    }

    #[test]
    fn a_pick_up_in_the_missing_hour_is_refused() {
        let gap = Timing::PickUp(datetime(2026, 3, 29, 2, 15, 0, 0));
        let refused = windows(&gap, Minutes(20), Minutes(40), &DWELL, &Policy::default(), &paris());
        assert!(matches!(refused, Err(ZoneError::Nonexistent { .. })));
    }
}
