//! Alarms about partner coops with whom something is booked: one phone call to their office settles all of it.

use jiff::Span;
use jitney_identity::PublicKey;

use super::{Alarm, Call, Callee, Case, Kind, UNREACHABLE_AFTER, Urgency};
use crate::time::Timestamp;

/// Something that is booked with a partner.
#[derive(Debug, Clone, Copy)]
pub(super) struct Booking {
    pub coop: PublicKey,
    pub pick_up: Timestamp,
    /// Since when there is anything to agree about, if known.
    pub since: Option<Timestamp>,
}

/// Returns what is wrong with the partner, as far as it touches this booking.
pub(super) fn alarms(case: Case<'_>, booking: Booking) -> Vec<Alarm> {
    let Booking { coop, pick_up, since } = booking;
    let mut alarms = Vec::new();
    let mut raise = |kind, urgency, since| {
        let calls = vec![Call::to(Callee::Office(coop))];
        alarms.push(Alarm { kind, urgency, since, trips: Vec::new(), lifts: Vec::new(), calls });
    };
    let by = Urgency::by(pick_up, case.now);
    if let Some(oldest) = case.partners.waiting.get(&coop) {
        let late = oldest.after(UNREACHABLE_AFTER);
        if late <= case.now && is_by_tomorrow(case, pick_up) {
            raise(Kind::PartnerUnreachable { coop }, by, Some(*oldest));
        }
    }
    if let Some(lost) = case.partners.lost.get(&coop)
        && since.is_none_or(|since| since <= *lost)
    {
        raise(Kind::MessageLost { coop }, by, Some(*lost));
    }
    if case.partners.at_odds.contains(&coop) {
        raise(Kind::PartnerAtOdds { coop }, Urgency::Today, None);
    }
    alarms
}

/// Tells whether the moment is today, tomorrow or past on the coop's calendar.
fn is_by_tomorrow(case: Case<'_>, moment: Timestamp) -> bool {
    let Some(coop) = case.state.coop() else { return false };
    let tomorrow = case.now.local(&coop.zone).date().checked_add(Span::new().days(1));
    tomorrow.is_ok_and(|tomorrow| moment.local(&coop.zone).date() <= tomorrow)
}

/// Makes one alarm of those that one call to one office settles.
pub(super) fn one_call_each(alarms: Vec<Alarm>) -> Vec<Alarm> {
    let mut merged: Vec<Alarm> = Vec::with_capacity(alarms.len());
    for alarm in alarms {
        let same = alarm.kind.coop().and_then(|_| merged.iter_mut().find(|known| known.kind == alarm.kind));
        match same {
            Some(known) => {
                known.urgency = known.urgency.min(alarm.urgency);
                known.since = known.since.min(alarm.since);
                known.trips.extend(alarm.trips);
                known.lifts.extend(alarm.lifts);
            }
            None => merged.push(alarm),
        }
    }
    merged
}
