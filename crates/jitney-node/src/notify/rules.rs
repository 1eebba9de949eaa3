//! What a core needs to know of a coop's messages: which channels there are, and when nobody is disturbed.

use std::collections::BTreeMap;

use jiff::civil::{Time, time};
use jitney_domain::{Minutes, Timestamp, Zone};
use jitney_lang::Lang;

use super::notice::{Notice, Reach};

/// Most messages on their way at a time.
pub const SENDING_MAX: usize = 8;
/// How often a message is tried, with twice the pause after each time: three hours in all.
pub const TRIES_MAX: u32 = 9;
/// The pause after the first try.
pub const FIRST_PAUSE_MS: i64 = 60_000;
/// The longest pause.
pub const LONGEST_PAUSE_MS: i64 = 60 * 60_000;
/// A message about a lift within so long after the quiet hours does not wait for their end.
pub const TOO_NEAR: Minutes = Minutes(120);
/// How long it is kept what became of a message.
pub const KEPT: Minutes = Minutes(60 * 24 * 60);
/// Most messages that wait; what comes beyond is logged and not sent.
pub const WAITING_MAX: usize = 20_000;

/// What a coop has said of its messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The language of people who have not said theirs.
    pub lang: Lang,
    /// When quiet hours begin; the same as [`Rules::quiet_until`] if there are none.
    pub quiet_from: Time,
    /// When they end.
    pub quiet_until: Time,
    /// From when on riders are reminded of tomorrow's lifts.
    pub reminder_at: Time,
    /// From when on drivers are told of tomorrow's manifest.
    pub manifest_at: Time,
    /// The channels there are; whether whoever takes the messages knows one again that comes twice.
    pub channels: BTreeMap<Reach, bool>,
}

impl Default for Rules {
    fn default() -> Self {
        Rules {
            lang: Lang::default(),
            quiet_from: time(20, 30, 0, 0),
            quiet_until: time(8, 0, 0, 0),
            reminder_at: time(16, 0, 0, 0),
            manifest_at: time(18, 0, 0, 0),
            channels: BTreeMap::new(),
        }
    }
}

impl Rules {
    /// Returns when the quiet hours end in which `now` lies, if it lies in any.
    pub fn quiet_at(&self, now: Timestamp, zone: &Zone) -> Option<Timestamp> {
        let local = now.local(zone);
        let (from, until, at) = (self.quiet_from, self.quiet_until, local.time());
        let over_midnight = until <= from;
        let quiet = match over_midnight {
            _ if from == until => false,
            true => at >= from || at < until,
            false => at >= from && at < until,
        };
        if !quiet {
            return None;
        }
        let day = if over_midnight && at >= from { local.date().tomorrow().ok()? } else { local.date() };
        // Where the clocks jump over that time it is the moment they jump to.
        zone.moment(zone.shown(day.to_datetime(until))).ok()
    }

    /// Returns when a message may go out at the earliest.
    pub fn earliest(&self, notice: &Notice, now: Timestamp, zone: &Zone) -> Timestamp {
        match self.quiet_at(now, zone) {
            Some(end) if !notice.kind.disturbs() && notice.until > end.after(TOO_NEAR) => end,
            _ => now,
        }
    }

    /// Returns when to try again after so many tries; none if it is enough.
    pub fn again(tries: u32, now: Timestamp) -> Option<Timestamp> {
        if tries >= TRIES_MAX {
            return None;
        }
        let doubled = FIRST_PAUSE_MS.saturating_mul(1_i64 << tries.saturating_sub(1).min(20));
        Some(Timestamp(now.0.saturating_add(doubled.min(LONGEST_PAUSE_MS))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::{About, Kind, Phase};
    use jiff::civil::datetime;
    use jitney_domain::{MemberId, TripId};

    fn paris() -> Zone {
        Zone::named("Europe/Paris").unwrap()
    }

    fn at(day: i8, hour: i8, minute: i8) -> Timestamp {
        paris().moment(datetime(2026, 12, day, hour, minute, 0, 0)).unwrap()
    }

    fn notice(kind: Kind, until: Timestamp) -> Notice {
        Notice {
            kind,
            to: MemberId(1001),
            about: About::Trip(TripId(17)),
            reach: Reach::Sms,
            cause: String::new(),
            made: at(1, 9, 0),
            until,
            tries: 0,
            phase: Phase::Waiting(at(1, 9, 0)),
        }
    }

    #[test]
    fn nobody_is_woken_for_what_can_wait_until_the_morning() {
        let rules = Rules::default();
        let booked = notice(Kind::Booked, at(3, 10, 0));
        assert_eq!(rules.earliest(&booked, at(1, 20, 29), &paris()), at(1, 20, 29));
        assert_eq!(rules.earliest(&booked, at(1, 20, 30), &paris()), at(2, 8, 0));
        assert_eq!(rules.earliest(&booked, at(2, 3, 0), &paris()), at(2, 8, 0));
        assert_eq!(rules.earliest(&booked, at(2, 8, 0), &paris()), at(2, 8, 0));
    }

    #[test]
    fn who_is_fetched_soon_after_is_told_at_night() {
        let rules = Rules::default();
        let near = notice(Kind::Cancelled, at(2, 10, 0));
        assert_eq!(rules.earliest(&near, at(2, 6, 0), &paris()), at(2, 6, 0));
        let later = notice(Kind::Cancelled, at(2, 10, 1));
        assert_eq!(rules.earliest(&later, at(2, 6, 0), &paris()), at(2, 8, 0));
        let on_the_way = notice(Kind::OnTheWay, at(9, 0, 0));
        assert_eq!(rules.earliest(&on_the_way, at(2, 6, 0), &paris()), at(2, 6, 0));
    }

    #[test]
    fn quiet_hours_may_lie_within_a_day_or_not_be_at_all() {
        let noon =
            Rules { quiet_from: time(12, 0, 0, 0), quiet_until: time(14, 0, 0, 0), ..Rules::default() };
        assert_eq!(noon.quiet_at(at(1, 13, 0), &paris()), Some(at(1, 14, 0)));
        assert_eq!(noon.quiet_at(at(1, 14, 0), &paris()), None);
        let none = Rules { quiet_from: time(8, 0, 0, 0), ..Rules::default() };
        assert_eq!(none.quiet_at(at(1, 8, 0), &paris()), None);
    }

    #[test]
    fn the_pauses_double_and_end() {
        let now = at(1, 9, 0);
        let pauses: Vec<i64> =
            (1..TRIES_MAX).map(|tries| (Rules::again(tries, now).unwrap().0 - now.0) / 60_000).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(Rules::again(TRIES_MAX, now), None);
    }
}
