//! Subscriptions: trips that come back by an iCalendar rule (RFC 5545 RRULE) with exceptions.
//!
//! The rule is expanded on the wall clock, without a zone; each date's local times become moments only
//! when its trips are booked. So nine in the morning stays nine in the morning when the clocks change.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime};
use rrule::{RRule, RRuleSet, Tz, Unvalidated};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use jitney_identity::PublicKey;

use crate::MemberId;
use crate::needs::Requirement;
use crate::time::Zone;
use crate::trip::{Dwell, Timing, Way};

/// Longest rule text that is read, in bytes.
pub const RULE_BYTES_MAX: usize = 500;
/// Most dates that one expansion returns.
pub const DATES_MAX: u16 = 1000;

/// What every trip of a subscription has in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// Whose trips.
    pub rider: MemberId,
    /// When, on the first date.
    pub timing: Timing,
    /// From where to where, coarsely.
    pub way: Way,
    /// What it requires.
    pub requirement: Requirement,
    /// Time to board and to alight.
    pub dwell: Dwell,
    /// The way home: its timing on the first date.
    pub home: Option<Timing>,
}

impl Pattern {
    /// Returns when the first trip is, on the wall clock; a will-call from the beginning of its day.
    pub fn first(&self) -> DateTime {
        match self.timing {
            Timing::PickUp(at) | Timing::Appointment(at) => at,
            Timing::WillCall(date) => date.at(0, 0, 0, 0),
        }
    }

    /// Returns when the way home of `date` is: as many days after the way out as on the first date.
    pub fn home_on(&self, date: Date) -> Option<Timing> {
        let home = self.home?;
        let nights = home.date().since(self.timing.date()).unwrap_or_default();
        Some(home.on(date.saturating_add(nights)))
    }
}

/// A standing order for trips.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// What comes back.
    pub pattern: Pattern,
    /// How often: the value of an RRULE, e.g. `FREQ=WEEKLY;BYDAY=TU,TH,SA`.
    pub rule: String,
    /// Dates left out.
    pub except: BTreeSet<Date>,
    /// Trips are booked up to and including this date.
    pub booked_until: Option<Date>,
    /// No trips after this date.
    pub ended: Option<Date>,
    /// The partner to whom every date is offered before all others.
    #[serde(default)]
    pub carried_by: Option<PublicKey>,
}

/// Says why a rule cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RuleError {
    /// The text is no RRULE.
    #[error("\"{rule}\" is not a rule such as FREQ=WEEKLY;BYDAY=TU,TH: {why}")]
    Malformed {
        /// What was given.
        rule: String,
        /// What the parser says.
        why: String,
    },
    /// The rule comes back more often than daily.
    #[error("a subscription comes back at most once a day; \"{rule}\" asks for more")]
    TooOften {
        /// What was given.
        rule: String,
    },
    /// A date that is to be left out is none of the rule's.
    #[error("the rule \"{rule}\" names no trip on {date}; leave out only days on which there would be one")]
    NothingToLeaveOut {
        /// The date.
        date: Date,
        /// The rule.
        rule: String,
    },
    /// The first date does not follow the rule.
    #[error("the first trip on {first} does not follow the rule \"{rule}\"; start on a day that does")]
    FirstDateOff {
        /// The first trip's date.
        first: Date,
        /// The rule.
        rule: String,
    },
}

/// Returns the dates of `rule`, counted from `first` on the wall clock of `zone`, that lie in `from..=to`.
///
/// # Errors
/// [`RuleError`] for a text that is no rule or one that comes back more than once a day.
pub fn dates(rule: &str, first: DateTime, from: Date, to: Date, zone: &Zone) -> Result<Vec<Date>, RuleError> {
    let set = rule_set(rule, first, zone)?;
    let (Some(after), Some(before)) = (naive_utc(from.at(0, 0, 0, 0)), naive_utc(to.at(23, 59, 59, 0)))
    else {
        return Ok(Vec::new());
    };
    let found = set.after(after).before(before).all(DATES_MAX).dates;
    let mut dates: Vec<Date> = found.iter().filter_map(civil_date).collect();
    dates.dedup();
    Ok(dates)
}

/// Checks that `rule` can be followed and that its first date is `first`.
///
/// # Errors
/// [`RuleError`] that says what to change.
pub fn check_rule(rule: &str, first: DateTime, zone: &Zone) -> Result<(), RuleError> {
    let date = first.date();
    if dates(rule, first, date, date, zone)?.is_empty() {
        return Err(RuleError::FirstDateOff { first: date, rule: rule.to_owned() });
    }
    Ok(())
}

fn rule_set(rule: &str, first: DateTime, zone: &Zone) -> Result<RRuleSet, RuleError> {
    let malformed = |why: String| RuleError::Malformed { rule: rule.chars().take(80).collect(), why };
    if rule.len() > RULE_BYTES_MAX {
        return Err(malformed(format!("it is longer than {RULE_BYTES_MAX} characters")));
    }
    let upper = rule.trim().to_ascii_uppercase();
    let value = upper.strip_prefix("RRULE:").unwrap_or(&upper);
    let parts: Option<Vec<String>> = value.split(';').map(|part| on_wall_clock(part, zone)).collect();
    let parts = parts.ok_or_else(|| {
        malformed(
            "UNTIL is the last day, such as UNTIL=20271231, or a time such as 20271231T225959Z".to_owned(),
        )
    })?;
    let parsed: RRule<Unvalidated> =
        parts.join(";").parse().map_err(|e: rrule::RRuleError| malformed(e.to_string()))?;
    let too_often = ["FREQ=HOURLY", "FREQ=MINUTELY", "FREQ=SECONDLY", "BYHOUR", "BYMINUTE", "BYSECOND"];
    if too_often.iter().any(|part| value.contains(part)) {
        return Err(RuleError::TooOften { rule: rule.to_owned() });
    }
    let start = naive_utc(first).ok_or_else(|| malformed("its first date is out of range".to_owned()))?;
    parsed.build(start).map(|set| set.limit()).map_err(|e| malformed(e.to_string()))
}

/// Returns the part of a rule as the expansion on the wall clock needs it. UNTIL may be a day, which is then
/// the last; a time on the wall clock; or a time in UTC, as calendar programs write it.
fn on_wall_clock(part: &str, zone: &Zone) -> Option<String> {
    const FORMAT: &str = "%Y%m%dT%H%M%S";
    let Some(until) = part.strip_prefix("UNTIL=") else { return Some(part.to_owned()) };
    let until = match (until.strip_suffix('Z'), until.contains('T')) {
        (Some(utc), _) => zone.wall_clock(DateTime::strptime(FORMAT, utc).ok()?)?,
        (None, true) => DateTime::strptime(FORMAT, until).ok()?,
        (None, false) => Date::strptime("%Y%m%d", until).ok()?.at(23, 59, 59, 0),
    };
    Some(format!("UNTIL={}Z", until.strftime(FORMAT)))
}

/// Carries a wall-clock time through `rrule` as if it were UTC: no zone, no change of clocks.
fn naive_utc(local: DateTime) -> Option<chrono::DateTime<Tz>> {
    use chrono::TimeZone as _;
    let date = local.date();
    let month = u32::try_from(date.month()).ok()?;
    let day = u32::try_from(date.day()).ok()?;
    let time = local.time();
    let hour = u32::try_from(time.hour()).ok()?;
    let minute = u32::try_from(time.minute()).ok()?;
    let second = u32::try_from(time.second()).ok()?;
    Tz::UTC.with_ymd_and_hms(i32::from(date.year()), month, day, hour, minute, second).single()
}

fn civil_date(at: &chrono::DateTime<Tz>) -> Option<Date> {
    use chrono::Datelike as _;
    let year = i16::try_from(at.year()).ok()?;
    Date::new(year, i8::try_from(at.month()).ok()?, i8::try_from(at.day()).ok()?).ok()
}

impl Subscription {
    /// Tells whether the rule names `date` and nothing has been said against it.
    ///
    /// # Errors
    /// [`RuleError`] if the stored rule cannot be followed any more.
    pub fn falls_on(&self, date: Date, zone: &Zone) -> Result<bool, RuleError> {
        let over = self.ended.is_some_and(|last| date > last);
        Ok(!over && !dates(&self.rule, self.pattern.first(), date, date, zone)?.is_empty())
    }

    /// Returns the first date from `today` on; none if the order is over.
    ///
    /// # Errors
    /// [`RuleError`] if the stored rule cannot be followed any more.
    pub fn next(&self, today: Date, zone: &Zone) -> Result<Option<Date>, RuleError> {
        let first = self.pattern.first();
        let to = self.ended.unwrap_or(Date::MAX);
        let all = dates(&self.rule, first, first.date().max(today), to, zone)?;
        Ok(all.into_iter().find(|date| !self.except.contains(date)))
    }

    /// Returns the dates still to be booked up to and including `horizon`.
    ///
    /// # Errors
    /// [`RuleError`] if the stored rule cannot be followed any more.
    pub fn due(&self, today: Date, horizon: Date, zone: &Zone) -> Result<Vec<Date>, RuleError> {
        let first = self.pattern.first();
        let from = match self.booked_until.and_then(|d| d.tomorrow().ok()) {
            Some(next) => next.max(first.date()),
            None => first.date(),
        };
        let to = self.ended.map_or(horizon, |end| end.min(horizon));
        if from > to {
            return Ok(Vec::new());
        }
        let all = dates(&self.rule, first, from.max(today), to, zone)?;
        Ok(all.into_iter().filter(|d| !self.except.contains(d)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, datetime};
    use proptest::prelude::*;

    fn paris() -> Zone {
        Zone::named("Europe/Paris").unwrap()
    }

    #[test]
    fn dialysis_on_three_days_a_week_crosses_the_change_of_clocks() {
        let first = datetime(2026, 3, 24, 9, 0, 0, 0);
        let found = dates("FREQ=WEEKLY;BYDAY=TU,TH,SA", first, date(2026, 3, 24), date(2026, 4, 2), &paris())
            .unwrap();
        let days: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(days, ["2026-03-24", "2026-03-26", "2026-03-28", "2026-03-31", "2026-04-02"]);
    }

    #[test]
    fn count_and_until_are_kept_to() {
        let first = datetime(2026, 3, 2, 9, 0, 0, 0);
        let far = date(2027, 1, 1);
        assert_eq!(dates("FREQ=DAILY;COUNT=3", first, first.date(), far, &paris()).unwrap().len(), 3);
        let until = dates("FREQ=WEEKLY;UNTIL=20260316T235959Z", first, first.date(), far, &paris()).unwrap();
        assert_eq!(until.len(), 3);
    }

    #[test]
    fn the_last_day_is_said_as_a_day_or_as_calendars_say_it() {
        let last = |until: &str, zone: &str| {
            let first = datetime(2026, 3, 2, 9, 0, 0, 0);
            let rule = format!("FREQ=DAILY;UNTIL={until}");
            let zone = Zone::named(zone).unwrap();
            dates(&rule, first, first.date(), date(2026, 12, 31), &zone).unwrap().pop().unwrap()
        };
        assert_eq!(last("20260315", "Europe/Paris"), date(2026, 3, 15));
        assert_eq!(last("20260315T085959", "Europe/Paris"), date(2026, 3, 14));
        assert_eq!(last("20260315T075900Z", "Europe/Paris"), date(2026, 3, 14));
        assert_eq!(last("20260315T080000Z", "Europe/Paris"), date(2026, 3, 15));
        // The last second of the 15th, in New York and in Auckland.
        assert_eq!(last("20260316T035959Z", "America/New_York"), date(2026, 3, 15));
        assert_eq!(last("20260315T105959Z", "Pacific/Auckland"), date(2026, 3, 15));
    }

    #[test]
    fn a_last_day_that_is_none_is_refused_with_an_example() {
        let monday = datetime(2026, 3, 2, 9, 0, 0, 0);
        let refused = check_rule("FREQ=WEEKLY;UNTIL=2026-12-31", monday, &paris()).unwrap_err();
        assert!(refused.to_string().contains("UNTIL=20271231"), "{refused}");
    }

    #[test]
    fn a_rule_more_than_daily_or_off_its_first_day_is_refused() {
        let monday = datetime(2026, 3, 2, 9, 0, 0, 0);
        assert!(matches!(check_rule("FREQ=HOURLY", monday, &paris()), Err(RuleError::TooOften { .. })));
        assert!(matches!(
            check_rule("FREQ=WEEKLY;BYDAY=TU", monday, &paris()),
            Err(RuleError::FirstDateOff { .. })
        ));
        assert!(matches!(check_rule("every tuesday", monday, &paris()), Err(RuleError::Malformed { .. })));
    }

    proptest! {
        #[test]
        fn any_text_is_a_rule_or_refused(text in "\\PC{0,60}") {
            let monday = datetime(2026, 3, 2, 9, 0, 0, 0);
            let _ = check_rule(&text, monday, &paris());
        }
    }
}
