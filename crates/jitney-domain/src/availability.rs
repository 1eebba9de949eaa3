//! When a driver is free: weekly hours, extra days, leave. The order of precedence is leave over
//! extra days over weekly hours.

use jiff::civil::{Date, Time, Weekday};
use serde::{Deserialize, Serialize};

use crate::time::{Timestamp, Window, Zone, ZoneError};

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
}

/// Most extra days or leaves that are kept of one driver.
pub const DAYS_MAX: usize = 400;
/// Most weekly hours that are kept of one driver.
pub const WEEKLY_MAX: usize = 50;
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
            leave: vec![],
        };
        assert_eq!(availability.hours_on(monday), [hours(9, 14), hours(18, 20)]);
        assert!(availability.hours_on(date(2026, 3, 10)).is_empty());
        availability.leave.push(Leave { from: monday, to: monday });
        assert!(availability.hours_on(monday).is_empty());
    }
}
