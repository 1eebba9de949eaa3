//! Hours in which driving is slower than on empty roads.
//!
//! What is given for an hour is a speed, not a duration: a drive that begins in a slow hour and ends in another goes on
//! at that other's speed. So nobody who leaves later arrives earlier (Ichoua, Gendreau and Potvin, *Vehicle dispatching
//! with time-dependent travel times*, 2003).

use jitney_domain::{Coordinate, Timestamp, Window, Zone};
use thiserror::Error;

use crate::travel::{Travel, TravelTimes};

/// Milliseconds in an hour.
const HOUR: i64 = 3_600_000;
/// Into so many parts a millisecond is divided.
const PARTS: i128 = 1_000_000;
/// A span longer than this is taken to hold every hour, in milliseconds.
const A_DAY: i64 = 24 * HOUR;
/// How much slower an hour may be, in percent of the time on empty roads.
pub const PERCENT_MAX: u16 = 500;

/// How much longer driving takes by the hour of the day, on working days.
#[derive(Debug, Clone, PartialEq)]
pub struct Rush {
    zone: Zone,
    /// By hour of the local clock: percent of the time on empty roads.
    percent: [u16; 24],
    most: u16,
}

/// Says which figure of the rush hours makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RushError {
    /// The hours are no span of a day.
    #[error("rush hours from {from} to {to} are no span of a day; say whole hours such as 7 to 9")]
    Hours {
        /// From.
        from: u8,
        /// To.
        to: u8,
    },
    /// Nobody drives faster than on empty roads, nor stands still.
    #[error("a factor of {percent} % is not from 100 % to {PERCENT_MAX} %; 1.3 suits most towns")]
    Factor {
        /// What was given, in percent.
        percent: u16,
    },
}

impl Rush {
    /// Returns days on which all hours are alike, by the clocks of `zone`.
    pub fn none(zone: Zone) -> Self {
        Rush { zone, percent: [100; 24], most: 100 }
    }

    /// Makes the hours from `from` to `to` (exclusive) slower, Monday to Friday.
    ///
    /// # Errors
    /// [`RushError`] if that makes no sense.
    pub fn with(mut self, from: u8, to: u8, percent: u16) -> Result<Self, RushError> {
        if from >= to || to > 24 {
            return Err(RushError::Hours { from, to });
        }
        if !(100..=PERCENT_MAX).contains(&percent) {
            return Err(RushError::Factor { percent });
        }
        for hour in self.percent.iter_mut().take(usize::from(to)).skip(usize::from(from)) {
            *hour = percent;
        }
        self.most = self.percent.into_iter().max().unwrap_or(100);
        Ok(self)
    }

    /// Returns the same hours by other clocks.
    #[must_use]
    pub fn in_zone(&self, zone: Zone) -> Self {
        Rush { zone, ..self.clone() }
    }

    /// Returns how long a drive takes that is left at `at` and takes `millis` on empty roads.
    pub fn leaving(&self, at: Timestamp, millis: i64) -> i64 {
        // In parts so fine that what is cut off at the end of an hour never adds up to a millisecond.
        let (mut now, mut left) = (at.0, i128::from(millis) * PARTS);
        while left > 0 {
            let (percent, until) = self.hour(now);
            let percent = i128::from(percent);
            let room = i128::from(until.saturating_sub(now));
            let all =
                (left * percent).div_euclid(100 * PARTS) + i128::from((left * percent) % (100 * PARTS) > 0);
            if all <= room {
                return now.saturating_add(i64::try_from(all).unwrap_or(i64::MAX)).saturating_sub(at.0);
            }
            left -= room * PARTS * 100 / percent;
            now = until;
        }
        now.saturating_sub(at.0)
    }

    /// Returns the longest that the drive takes, whenever it is left within `leave`, if it goes on from there without
    /// a stop; or whenever it is over within `over`, if it is left as late as that allows. The shorter of the two: to
    /// reckon with either is safe.
    pub fn longest(&self, millis: i64, leave: Window, over: Window) -> i64 {
        if self.most == 100 || millis <= 0 {
            return millis;
        }
        // Who has arrived within `over` has left within it, or before by no more than the drive at its slowest.
        let slowest = at_the_most(millis, self.most);
        let left = Window { from: Timestamp(over.from.0.saturating_sub(slowest)), to: over.to };
        self.longest_within(millis, leave, slowest).min(self.longest_within(millis, left, slowest))
    }

    /// The longest of all drives that are left within a span.
    fn longest_within(&self, millis: i64, span: Window, slowest: i64) -> i64 {
        if span.to.0.saturating_sub(span.from.0) >= A_DAY {
            return slowest;
        }
        // No drive is slower than its slowest hour.
        let (mut now, end) = (span.from.0, span.to.0.saturating_add(slowest));
        let mut percent = 100;
        while now <= end {
            let (here, until) = self.hour(now);
            percent = percent.max(here);
            now = until;
        }
        at_the_most(millis, percent)
    }

    /// Returns how slow it is at a moment, and when the next hour begins.
    fn hour(&self, at: i64) -> (u16, i64) {
        let local = Timestamp(at).local(&self.zone);
        let into =
            i64::from(local.minute()) * 60_000 + i64::from(local.second()) * 1000 + at.rem_euclid(1000);
        let until = at.saturating_sub(into).saturating_add(HOUR);
        let working = local.date().weekday().to_monday_one_offset() <= 5;
        let percent = usize::try_from(local.hour()).ok().and_then(|hour| self.percent.get(hour)).copied();
        (percent.filter(|_| working).unwrap_or(100), until.max(at.saturating_add(1)))
    }
}

/// A drive in hours that are no slower than so, with a millisecond of rounding for each hour that may begin on the way.
fn at_the_most(millis: i64, percent: u16) -> i64 {
    let all = stretched(millis, percent);
    if percent == 100 { all } else { all.saturating_add(all / HOUR + 1) }
}

/// Travel times with rush hours.
#[derive(Debug, Clone)]
pub struct Rushed<T> {
    /// On empty roads.
    pub times: T,
    /// When they are not.
    pub rush: Rush,
}

impl<T: TravelTimes> TravelTimes for Rushed<T> {
    fn travel(&self, from: Coordinate, to: Coordinate) -> Option<Travel> {
        self.times.travel(from, to)
    }

    fn table(&self, places: &[Coordinate]) -> Vec<Option<Travel>> {
        self.times.table(places)
    }

    fn depends_on_time(&self) -> bool {
        true
    }

    fn at_that_time(&self, drive: Travel, leave: Window, over: Window) -> Travel {
        Travel { millis: self.rush.longest(drive.millis, leave, over), ..drive }
    }
}

/// Rounded up.
fn stretched(millis: i64, percent: u16) -> i64 {
    millis.saturating_mul(i64::from(percent)).saturating_add(99) / 100
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{Date, date};
    use jitney_domain::Minutes;
    use proptest::prelude::*;

    const MONDAY: Date = date(2026, 3, 9);

    fn paris() -> Zone {
        Zone::named("Europe/Paris").unwrap()
    }

    fn morning() -> Rush {
        Rush::none(paris()).with(7, 9, 150).unwrap()
    }

    fn at(day: Date, hour: i8, minute: i8) -> Timestamp {
        paris().moment(day.at(hour, minute, 0, 0)).unwrap()
    }

    fn minutes(rush: &Rush, from: Timestamp, millis: u32) -> i64 {
        rush.leaving(from, i64::from(millis) * 60_000) / 60_000
    }

    #[test]
    fn a_drive_into_the_rush_is_slow_from_there_on_and_out_of_it_fast_again() {
        let rush = morning();
        assert_eq!(minutes(&rush, at(MONDAY, 6, 0), 20), 20);
        assert_eq!(minutes(&rush, at(MONDAY, 7, 30), 20), 30);
        assert_eq!(minutes(&rush, at(MONDAY, 6, 50), 20), 25, "ten minutes before and ten that take fifteen");
        assert_eq!(minutes(&rush, at(MONDAY, 8, 45), 20), 25, "fifteen that are worth ten, and ten");
        assert_eq!(minutes(&rush, at(MONDAY, 6, 50), 120), 160, "through all of it");
        assert_eq!(minutes(&rush, at(date(2026, 3, 14), 7, 30), 20), 20, "on a Saturday");
    }

    #[test]
    fn hours_and_factors_that_make_no_sense_are_refused() {
        let with = |from, to, percent| Rush::none(paris()).with(from, to, percent);
        assert_eq!(with(9, 9, 120), Err(RushError::Hours { from: 9, to: 9 }));
        assert_eq!(with(20, 25, 120), Err(RushError::Hours { from: 20, to: 25 }));
        assert_eq!(with(7, 9, 99), Err(RushError::Factor { percent: 99 }));
        assert_eq!(with(7, 9, 501), Err(RushError::Factor { percent: 501 }));
    }

    #[test]
    fn away_from_the_rush_the_longest_drive_is_the_one_on_empty_roads() {
        let rush = morning();
        let span = |from, to| Window { from, to };
        let (noon, any) =
            (span(at(MONDAY, 12, 0), at(MONDAY, 12, 30)), span(Timestamp(0), Timestamp(i64::MAX)));
        assert_eq!(rush.longest(600_000, noon, any), 600_000);
        assert_eq!(rush.longest(600_000, any, noon), 600_000);
        assert_eq!(rush.longest(600_000, any, any), 900_001, "a millisecond for rounding");
    }

    proptest! {
        #[test]
        fn who_leaves_later_arrives_no_earlier(start in 0i64..24 * 60, wait in 0i64..300, millis in 0i64..7_200_000) {
            let rush = morning().with(16, 18, 220).unwrap();
            let first = at(MONDAY, 0, 0).after(Minutes(u32::try_from(start).unwrap()));
            let later = first.after(Minutes(u32::try_from(wait).unwrap()));
            let arrival = |from: Timestamp| from.0 + rush.leaving(from, millis);
            prop_assert!(arrival(first) <= arrival(later));
        }

        #[test]
        fn to_reckon_with_the_longest_drive_is_safe(
            start in 0i64..24 * 60, width in 0i64..90, left in 0i64..90, millis in 0i64..3_600_000
        ) {
            let rush = morning().with(16, 18, 220).unwrap();
            let minute = |m: i64| at(MONDAY, 0, 0).after(Minutes(u32::try_from(m).unwrap()));
            let leave = Window { from: minute(start), to: minute(start + width) };
            let all = Window { from: Timestamp(0), to: Timestamp(i64::MAX) };
            // Left at some moment of the span.
            let moment = minute(start + left.min(width));
            prop_assert!(rush.leaving(moment, millis) <= rush.longest(millis, leave, all));
            // Over at some moment of the span: who left so much earlier is there.
            let before = Timestamp(moment.0 - rush.longest(millis, all, leave));
            prop_assert!(before.0 + rush.leaving(before, millis) <= moment.0);
        }
    }
}
