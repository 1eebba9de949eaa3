//! When a driver is free: weekly hours, extra days, leave. The order of precedence is leave over
//! extra days over weekly hours.

use jiff::civil::{Date, Time, Weekday};
use serde::{Deserialize, Serialize};

use crate::time::{Minutes, Timestamp, Window, Zone, ZoneError};

/// Hours on one day, on the coop's wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hours {
    /// From when.
    pub from: Time,
    /// Until when, later than `from`.
    pub to: Time,
}

/// Hours that come back every week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeeklyHours {
    /// On which day, 1 Monday to 7 Sunday (ISO 8601).
    #[serde(with = "iso_weekday")]
    pub day: Weekday,
    /// At which hours.
    pub hours: Hours,
}

/// A break that comes back every week: so long, at some time between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeeklyBreak {
    /// On which day, 1 Monday to 7 Sunday (ISO 8601).
    #[serde(with = "iso_weekday")]
    pub day: Weekday,
    /// It lies within these hours.
    pub between: Hours,
    /// How long it is.
    pub length: Minutes,
}

/// A break of one day, as moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Break {
    /// When it may begin.
    pub begin: Window,
    /// How long it is.
    pub length: Minutes,
}

impl Break {
    /// Tells whether somebody who drives during `block` has the break then, and not before or after it.
    pub fn lies_in(&self, block: &Window) -> bool {
        self.begin.from.after(self.length) > block.from && self.begin.to < block.to
    }
}

mod iso_weekday {
    use jiff::civil::Weekday;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(day: &Weekday, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_i8(day.to_monday_one_offset())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Weekday, D::Error> {
        Weekday::from_monday_one_offset(i8::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}

/// Days away, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leave {
    /// The first day away.
    pub from: Date,
    /// The last day away.
    pub to: Date,
}

/// All that is known of a driver's time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Availability {
    /// Every week.
    pub weekly: Vec<WeeklyHours>,
    /// On single days, in addition.
    pub days: Vec<(Date, Hours)>,
    /// Not at all.
    pub leave: Vec<Leave>,
    /// Breaks within these hours, every week.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<WeeklyBreak>,
}

/// Most extra days or leaves that are kept of one driver.
pub const DAYS_MAX: usize = 400;
/// Most weekly hours that are kept of one driver.
pub const WEEKLY_MAX: usize = 50;
/// Most weekly breaks that are kept of one driver: three a day.
pub const BREAKS_MAX: usize = 21;
/// How long a past day is remembered, in days.
const REMEMBER_DAYS: i32 = 31;

impl Availability {
    /// Drops extra days and leaves that ended more than a month before `now`.
    pub fn forget_before(&mut self, now: Timestamp) {
        let utc = jiff::Timestamp::from_millisecond(now.0).unwrap_or(jiff::Timestamp::MIN);
        let today = jiff::tz::TimeZone::UTC.to_datetime(utc).date();
        let Ok(horizon) = today.checked_sub(jiff::Span::new().days(REMEMBER_DAYS)) else { return };
        self.days.retain(|(date, _)| *date >= horizon);
        self.leave.retain(|leave| leave.to >= horizon);
    }

    /// Tells whether the driver is on leave on `date`.
    pub fn on_leave(&self, date: Date) -> bool {
        self.leave.iter().any(|l| l.from <= date && date <= l.to)
    }

    /// Returns the hours given for `date`, merged where they touch, in order.
    pub fn hours_on(&self, date: Date) -> Vec<Hours> {
        if self.on_leave(date) {
            return Vec::new();
        }
        let weekly = self.weekly.iter().filter(|w| w.day == date.weekday()).map(|w| w.hours);
        let extra = self.days.iter().filter(|(d, _)| *d == date).map(|(_, h)| *h);
        let mut all: Vec<Hours> = weekly.chain(extra).collect();
        all.sort();
        let mut merged: Vec<Hours> = Vec::with_capacity(all.len());
        for hours in all {
            match merged.last_mut() {
                Some(last) if hours.from <= last.to => last.to = last.to.max(hours.to),
                _ => merged.push(hours),
            }
        }
        merged
    }

    /// Returns the blocks of time given for `date` as moments.
    ///
    /// # Errors
    /// [`ZoneError::Nonexistent`] when hours begin or end inside a gap of the clocks.
    pub fn blocks_on(&self, date: Date, zone: &Zone) -> Result<Vec<Window>, ZoneError> {
        let mut blocks = Vec::new();
        for hours in self.hours_on(date) {
            let from = zone.moment(date.to_datetime(hours.from))?;
            let to = zone.moment(date.to_datetime(hours.to))?;
            blocks.extend(Window::new(from, to));
        }
        Ok(blocks)
    }

    /// Returns the breaks of `date` as moments, in order.
    ///
    /// # Errors
    /// [`ZoneError::Nonexistent`] when the hours of one begin or end inside a gap of the clocks.
    pub fn breaks_on(&self, date: Date, zone: &Zone) -> Result<Vec<Break>, ZoneError> {
        let mut breaks = Vec::new();
        for WeeklyBreak { between, length, .. } in self.breaks.iter().filter(|b| b.day == date.weekday()) {
            let from = zone.moment(date.to_datetime(between.from))?;
            let to = zone.moment(date.to_datetime(between.to))?;
            // On the day on which an hour is left out there may be less room than there is on others.
            breaks.push(Break { begin: Window { from, to: to.before(*length).max(from) }, length: *length });
        }
        breaks.sort_by_key(|b| b.begin.from);
        Ok(breaks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    fn hours(from: i8, to: i8) -> Hours {
        Hours { from: time(from, 0, 0, 0), to: time(to, 0, 0, 0) }
    }

    #[test]
    fn leave_beats_everything_and_touching_hours_merge() {
        let monday = date(2026, 3, 9);
        let mut availability = Availability {
            weekly: vec![WeeklyHours { day: Weekday::Monday, hours: hours(9, 12) }],
            days: vec![(monday, hours(12, 14)), (monday, hours(18, 20))],
            ..Availability::default()
        };
        assert_eq!(availability.hours_on(monday), [hours(9, 14), hours(18, 20)]);
        assert!(availability.hours_on(date(2026, 3, 10)).is_empty());
        availability.leave.push(Leave { from: monday, to: monday });
        assert!(availability.hours_on(monday).is_empty());
    }

    #[test]
    fn a_break_is_had_in_the_block_it_lies_in_unless_there_is_time_for_it_before_or_after() {
        let zone = Zone::named("Europe/Paris").unwrap();
        let monday = date(2026, 3, 9);
        let noon = WeeklyBreak { day: Weekday::Monday, between: hours(12, 14), length: Minutes(30) };
        let availability = Availability { breaks: vec![noon], ..Availability::default() };
        assert!(availability.breaks_on(date(2026, 3, 10), &zone).unwrap().is_empty());
        let breaks = availability.breaks_on(monday, &zone).unwrap();
        let at = |hour, minute| zone.moment(monday.at(hour, minute, 0, 0)).unwrap();
        assert_eq!(
            breaks,
            [Break { begin: Window { from: at(12, 0), to: at(13, 30) }, length: Minutes(30) }]
        );
        let lies_in = |from, to| breaks[0].lies_in(&Window { from, to });
        assert!(lies_in(at(8, 0), at(18, 0)) && lies_in(at(12, 29), at(13, 31)));
        assert!(!lies_in(at(8, 0), at(13, 30)), "it can begin at the end of the block");
        assert!(!lies_in(at(12, 30), at(18, 0)), "it can be over before");
    }
}
