//! A driver's week in a form: a field a day, in which `9:00-12:00, 14:00-17:00` is typed.

use jiff::civil::{Time, Weekday};
use jitney_domain::availability::{Hours, WeeklyHours};
use serde::Deserialize;

use crate::forms;
use crate::page::Page;

/// The fields as they are sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct WeekForm {
    d1: String,
    d2: String,
    d3: String,
    d4: String,
    d5: String,
    d6: String,
    d7: String,
}

/// One field, to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DayField {
    /// Name of the field.
    pub(crate) field: String,
    /// Name of the day.
    pub(crate) day: String,
    /// The hours, as they can be typed.
    pub(crate) hours: String,
    /// What was typed cannot be read.
    pub(crate) wrong: bool,
}

impl WeekForm {
    /// Returns the form of these hours.
    pub(crate) fn of(weekly: &[WeeklyHours]) -> Self {
        let on = |day: i8| {
            let theirs = weekly.iter().filter(|week| week.day.to_monday_one_offset() == day);
            theirs.map(|week| written(&week.hours)).collect::<Vec<_>>().join(", ")
        };
        WeekForm { d1: on(1), d2: on(2), d3: on(3), d4: on(4), d5: on(5), d6: on(6), d7: on(7) }
    }

    fn days(&self) -> [(i8, &str); 7] {
        [
            (1, &self.d1),
            (2, &self.d2),
            (3, &self.d3),
            (4, &self.d4),
            (5, &self.d5),
            (6, &self.d6),
            (7, &self.d7),
        ]
    }

    /// Returns the fields with what was typed, those marked that cannot be read.
    pub(crate) fn fields(&self, page: &Page) -> Vec<DayField> {
        let field = |(day, typed): (i8, &str)| DayField {
            field: format!("d{day}"),
            day: page.say(&format!("weekday-{day}")),
            hours: typed.to_owned(),
            wrong: hours(typed).is_none(),
        };
        self.days().into_iter().map(field).collect()
    }

    /// Reads the week; none if a field cannot be read.
    pub(crate) fn read(&self) -> Option<Vec<WeeklyHours>> {
        let mut weekly = Vec::new();
        for (day, typed) in self.days() {
            let day = Weekday::from_monday_one_offset(day).ok()?;
            weekly.extend(hours(typed)?.into_iter().map(|hours| WeeklyHours { day, hours }));
        }
        Some(weekly)
    }
}

/// Writes hours as they can be typed.
fn written(hours: &Hours) -> String {
    let clock = |time: Time| format!("{}:{:02}", time.hour(), time.minute());
    format!("{}-{}", clock(hours.from), clock(hours.to))
}

/// Reads the hours of one day; none if they cannot be read or end before they begin.
pub(crate) fn hours(typed: &str) -> Option<Vec<Hours>> {
    let parts = typed.split([',', ';']).filter_map(forms::filled);
    let read = |part: &str| {
        let (from, to) = part.split_once(['-', '–'])?;
        let hours = Hours { from: forms::time(from)?, to: forms::time(to)? };
        (hours.from < hours.to).then_some(hours)
    };
    parts.map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::time;

    #[test]
    fn a_week_is_read_as_it_is_written() {
        let form = WeekForm { d2: "9h00 – 12h00; 14:00-17:30".to_owned(), ..WeekForm::default() };
        let weekly = form.read().unwrap();
        assert_eq!(weekly.len(), 2);
        assert_eq!(weekly[0].day, Weekday::Tuesday);
        assert_eq!(weekly[1].hours, Hours { from: time(14, 0, 0, 0), to: time(17, 30, 0, 0) });
        assert_eq!(WeekForm::of(&weekly).d2, "9:00-12:00, 14:00-17:30");
        assert_eq!(WeekForm::of(&weekly).read(), Some(weekly));
    }

    #[test]
    fn hours_that_cannot_be_read_are_not_taken_for_none() {
        for text in ["9", "12:00-9:00", "9:00-9:00", "9:00-12:00, x", "-"] {
            assert_eq!(hours(text), None, "{text}");
        }
        assert_eq!(hours(" "), Some(Vec::new()));
    }
}
