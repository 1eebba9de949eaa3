//! Hours a driver gives: `9:00-13:00`, and every week: `mon-fri 9:00-13:00`.

use std::str::FromStr;

use jiff::civil::Weekday;
use jitney_domain::availability::{Hours, WeeklyHours};

use super::when::time;

const DAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// Fewest letters by which a day of the week is known.
const DAY_LETTERS_MIN: usize = 2;

/// Reads hours of one day.
pub(crate) fn hours(text: &str) -> Result<Hours, String> {
    let refused = || "write the hours as 9:00-13:00".to_owned();
    let (from, to) = text.split_once(['-', '–']).ok_or_else(refused)?;
    let (from, to) = (time(from).map_err(|_| refused())?, time(to).map_err(|_| refused())?);
    if from >= to {
        return Err("the hours end before they begin; write the earlier time first".to_owned());
    }
    Ok(Hours { from, to })
}

/// Hours that come back on some days of the week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Weekly(pub(crate) Vec<WeeklyHours>);

impl FromStr for Weekly {
    type Err = String;

    /// Reads days, then hours: `mon 9:00-13:00`, `mon-fri 9:00-13:00`, `tue,thu 14:00-18:00`.
    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || "write days and hours as \"mon 9:00-13:00\" or \"tue,thu 9:00-13:00\"".to_owned();
        let (named, rest) = text.trim().split_once(char::is_whitespace).ok_or_else(refused)?;
        let hours = hours(rest)?;
        let mut days = Vec::new();
        for part in named.split(',') {
            days.extend(days_of(part).ok_or_else(refused)?);
        }
        days.sort();
        days.dedup();
        let weekly = days.into_iter().filter_map(|at| DAYS.get(at));
        Ok(Weekly(weekly.map(|(_, day)| WeeklyHours { day: *day, hours }).collect()))
    }
}

/// Reads one day or a span of days, as places in [`DAYS`]. A span may go round the weekend.
fn days_of(text: &str) -> Option<Vec<usize>> {
    let Some((first, last)) = text.split_once('-') else {
        return day(text).map(|at| vec![at]);
    };
    let (first, last) = (day(first)?, day(last)?);
    let length = (last + DAYS.len() - first) % DAYS.len();
    Some((0..=length).map(|step| (first + step) % DAYS.len()).collect())
}

fn day(text: &str) -> Option<usize> {
    let text = text.trim().to_ascii_lowercase();
    let long_enough = text.len() >= DAY_LETTERS_MIN;
    DAYS.iter().position(|(name, _)| long_enough && name.starts_with(&text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::time;
    use proptest::prelude::*;

    fn days(text: &str) -> Vec<Weekday> {
        text.parse::<Weekly>().unwrap().0.into_iter().map(|weekly| weekly.day).collect()
    }

    #[test]
    fn hours_are_read_and_may_not_end_before_they_begin() {
        assert_eq!(hours("9:00-13.00"), Ok(Hours { from: time(9, 0, 0, 0), to: time(13, 0, 0, 0) }));
        assert_eq!(hours("9am – 1pm"), hours("0900-1300"));
        assert!(hours("13:00-9:00").is_err());
        assert!(hours("9:00").is_err());
    }

    #[test]
    fn days_are_read_one_by_one_as_a_list_and_as_a_span() {
        use Weekday::*;
        assert_eq!(days("mon 9:00-13:00"), [Monday]);
        assert_eq!(days("Thursday,tue 9:00-13:00"), [Tuesday, Thursday]);
        assert_eq!(days("mon-fri 9:00-13:00"), [Monday, Tuesday, Wednesday, Thursday, Friday]);
        assert_eq!(days("sat-mon 9:00-13:00"), [Monday, Saturday, Sunday]);
        assert!("t 9:00-13:00".parse::<Weekly>().is_err());
        assert!("9:00-13:00".parse::<Weekly>().is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_hours_or_refused(text in "\\PC{0,24}") {
            let _ = hours(&text);
            let _ = text.parse::<Weekly>();
        }

        #[test]
        fn hours_read_never_end_before_they_begin(a in 0i8..24, b in 0i8..24) {
            if let Ok(hours) = hours(&format!("{a}:00-{b}:30")) {
                prop_assert!(hours.from < hours.to);
            }
        }
    }
}
