//! Days and times as they are said over the phone, on the coop's wall clock.

use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};

/// What the calendar shows: the day that "today" means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Today(pub(crate) Date);

/// A day as it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Day {
    /// So many days from today.
    FromToday(i8),
    /// By its date.
    Date(Date),
}

impl Day {
    /// Returns the date.
    pub(crate) fn on(self, today: Today) -> Date {
        match self {
            // Only the last day of the year 9999 has no morrow.
            Day::FromToday(days) => today.0.checked_add(jiff::Span::new().days(days)).unwrap_or(today.0),
            Day::Date(date) => date,
        }
    }

    /// Tells whether one must know what day it is to know the date.
    pub(crate) fn is_relative(self) -> bool {
        matches!(self, Day::FromToday(_))
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim().to_ascii_lowercase().as_str() {
            "today" => Ok(Day::FromToday(0)),
            "tomorrow" => Ok(Day::FromToday(1)),
            "yesterday" => Ok(Day::FromToday(-1)),
            other => date(other)
                .map(Day::Date)
                .ok_or_else(|| "write the day as 2026-03-09, today, tomorrow or yesterday".to_owned()),
        }
    }
}

/// Reads `2026-03-09` and nothing else.
fn date(text: &str) -> Option<Date> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if shaped { text.parse().ok() } else { None }
}

/// A moment as it is said: a time, with or without a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct When {
    /// The day, if it was said.
    pub(crate) day: Option<Day>,
    /// The time.
    pub(crate) time: Time,
}

impl When {
    /// Returns the moment on the wall clock; `otherwise` is the day meant when none was said.
    pub(crate) fn at(self, today: Today, otherwise: Date) -> DateTime {
        self.day.map_or(otherwise, |day| day.on(today)).to_datetime(self.time)
    }

    /// Tells whether one must know what day it is to know the moment.
    pub(crate) fn is_relative(self) -> bool {
        self.day.is_none_or(Day::is_relative)
    }
}

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let split = text.split_once(|c: char| c.is_whitespace() || c == 'T');
        if let Some((first, rest)) = split
            && let Ok(day) = first.parse::<Day>()
        {
            return Ok(When { day: Some(day), time: time(rest)? });
        }
        Ok(When { day: None, time: time(text)? })
    }
}

/// Reads a time of day: `9:30`, `09.30`, `0930`, `9.30pm`, `9 pm`.
pub(crate) fn time(text: &str) -> Result<Time, String> {
    jitney_domain::spoken::time(text).ok_or_else(|| {
        "write the time as 9:30, 0930 or 9.30pm, after the day if it is not today: \
         \"2026-03-09 9:30\" or \"tomorrow 9:30\""
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, datetime, time as civil};
    use proptest::prelude::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let half_past_nine = civil(9, 30, 0, 0);
        for text in ["9:30", "09:30", "9.30", "0930", "9:30am", "9.30 AM"] {
            assert_eq!(time(text), Ok(half_past_nine), "{text}");
        }
        assert_eq!(time("9.30pm"), Ok(civil(21, 30, 0, 0)));
        assert_eq!(time("9 pm"), Ok(civil(21, 0, 0, 0)));
        assert_eq!(time("12am"), Ok(civil(0, 0, 0, 0)));
        assert_eq!(time("12:15pm"), Ok(civil(12, 15, 0, 0)));
    }

    #[test]
    fn what_could_be_two_times_is_refused() {
        for text in ["9", "930", "24:00", "13pm", "0am", "9:3", "9:300", "+9:30", "9:-1", "", "noonish"] {
            assert!(time(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_may_be_said_before_the_time() {
        let today = Today(date(2026, 3, 9));
        let at = |text: &str| text.parse::<When>().map(|when| when.at(today, today.0));
        assert_eq!(at("tomorrow 9.30pm"), Ok(datetime(2026, 3, 10, 21, 30, 0, 0)));
        assert_eq!(at("2026-03-12 0930"), Ok(datetime(2026, 3, 12, 9, 30, 0, 0)));
        assert_eq!(at("2026-03-12T09:30"), Ok(datetime(2026, 3, 12, 9, 30, 0, 0)));
        assert_eq!(at("9:30 pm"), Ok(datetime(2026, 3, 9, 21, 30, 0, 0)));
        assert!(at("2026-02-30 9:30").is_err());
        assert!(at("today").is_err());
    }

    #[test]
    fn the_day_after_the_last_of_a_month_is_the_first_of_the_next() {
        let day: Day = "Tomorrow".parse().unwrap();
        assert_eq!(day.on(Today(date(2028, 2, 29))), date(2028, 3, 1));
    }

    proptest! {
        #[test]
        fn any_text_is_a_moment_or_refused(text in "\\PC{0,24}") {
            let _ = text.parse::<When>();
            let _ = text.parse::<Day>();
        }

        #[test]
        fn every_minute_of_the_day_is_read_back(hour in 0i8..24, minute in 0i8..60) {
            let expected = Ok(civil(hour, minute, 0, 0));
            prop_assert_eq!(&time(&format!("{hour}:{minute:02}")), &expected);
            prop_assert_eq!(&time(&format!("{hour:02}{minute:02}")), &expected);
            let (half, shown) = if hour < 12 { ("am", hour) } else { ("pm", hour - 12) };
            let shown = if shown == 0 { 12 } else { shown };
            prop_assert_eq!(&time(&format!("{shown}.{minute:02}{half}")), &expected);
        }
    }
}
