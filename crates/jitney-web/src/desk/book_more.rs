//! What is rarely said when a trip is booked: needs of this one trip, time to board, the days on which it comes back,
//! the partner to ask first.

use jiff::civil::Date;
use jitney_domain::{Minutes, Requirement};
use jitney_node::api::{Reply, Request};
use serde::Deserialize;

use super::needs::NeedsForm;
use crate::forms;
use crate::page::Page;
use crate::visitor::Visitor;

/// Longest time to board that can be typed, in minutes.
const DWELL_MAX: u32 = 120;

/// The days of the week: name of the field, and as rules write them (RFC 5545).
const DAYS: [(&str, &str); 7] =
    [("on1", "MO"), ("on2", "TU"), ("on3", "WE"), ("on4", "TH"), ("on5", "FR"), ("on6", "SA"), ("on7", "SU")];

/// The fields as they are sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct More {
    /// `weekly`, `workdays`, `mwf`, `tts` or nothing.
    pub(super) repeat: String,
    on1: String,
    on2: String,
    on3: String,
    on4: String,
    on5: String,
    on6: String,
    on7: String,
    /// The last day on which it comes back.
    pub(super) until: String,
    /// Minutes to board.
    pub(super) dwell: String,
    /// The partner to ask before all others.
    pub(super) offer: String,
}

/// The same, read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) rule: Option<String>,
    pub(super) dwell: Option<Minutes>,
    pub(super) offer_to: Option<String>,
}

impl More {
    fn ticks(&self) -> [bool; 7] {
        [&self.on1, &self.on2, &self.on3, &self.on4, &self.on5, &self.on6, &self.on7]
            .map(|tick| !tick.is_empty())
    }

    /// Every day of the week: field, name, and whether it is ticked.
    pub(super) fn days(&self, page: &Page) -> Vec<(&'static str, String, bool)> {
        let ticks = self.ticks().into_iter().zip(DAYS).enumerate();
        ticks.map(|(at, (on, (field, _)))| (field, page.say(&format!("weekday-{}", at + 1)), on)).collect()
    }

    /// Tells whether something was said here, so that it is shown.
    pub(super) fn is_said(&self) -> bool {
        let texts = [&self.until, &self.dwell, &self.offer];
        self.ticks().contains(&true) || texts.iter().any(|text| !text.is_empty())
    }

    /// Reads it, or returns the key of what is wrong.
    pub(super) fn read(&self) -> Result<Read, &'static str> {
        let dwell = match forms::filled(&self.dwell) {
            None => None,
            Some(text) => match text.parse::<u32>() {
                Ok(minutes @ 0..=DWELL_MAX) => Some(Minutes(minutes)),
                _ => return Err("desk-book-bad-dwell"),
            },
        };
        let until = match forms::filled(&self.until) {
            None => None,
            Some(text) => Some(forms::date(text).ok_or("desk-book-bad-until")?),
        };
        let rule = self.rule(until);
        if rule.is_none() && until.is_some() {
            return Err("desk-book-until-what");
        }
        Ok(Read { rule, dwell, offer_to: forms::filled(&self.offer).map(str::to_owned) })
    }

    fn rule(&self, until: Option<Date>) -> Option<String> {
        let ticked: Vec<&str> =
            self.ticks().into_iter().zip(DAYS).filter(|(on, _)| *on).map(|(_, (_, day))| day).collect();
        let mut rule = match (ticked.is_empty(), self.repeat.as_str()) {
            (false, _) => format!("FREQ=WEEKLY;BYDAY={}", ticked.join(",")),
            (_, "weekly") => "FREQ=WEEKLY".to_owned(),
            (_, "workdays") => "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR".to_owned(),
            (_, "mwf") => "FREQ=WEEKLY;BYDAY=MO,WE,FR".to_owned(),
            (_, "tts") => "FREQ=WEEKLY;BYDAY=TU,TH,SA".to_owned(),
            _ => return None,
        };
        if let Some(until) = until {
            rule.push_str(&format!(";UNTIL={}", until.strftime("%Y%m%d")));
        }
        Some(rule)
    }
}

/// What this one trip requires; none if it is the rider's usual or was not asked for.
pub(super) fn requirement(
    needs: &NeedsForm,
    usual: Option<Requirement>,
) -> Result<Option<Requirement>, &'static str> {
    if !needs.is_sent() {
        return Ok(None);
    }
    let read = needs.read().ok_or("needs-bad")?;
    Ok(Some(read).filter(|read| *read != usual.unwrap_or_default()))
}

/// Returns the names of partner coops that could be asked first; none without a federation.
pub(super) async fn partners(visitor: &Visitor) -> Vec<String> {
    match visitor.answer(Request::Roster).await {
        Ok(Reply::Roster(roster)) => {
            roster.coops.into_iter().filter(|coop| !coop.us).map(|coop| coop.name).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_are_ticked_go_before_the_list_and_until_needs_a_rule() {
        let more = More { repeat: "weekly".to_owned(), ..More::default() };
        assert_eq!(more.read().unwrap().rule.as_deref(), Some("FREQ=WEEKLY"));
        let more = More {
            on2: "1".to_owned(),
            on4: "1".to_owned(),
            until: "2027-03-01".to_owned(),
            dwell: "10".to_owned(),
            ..more
        };
        let read = more.read().unwrap();
        assert_eq!(read.rule.as_deref(), Some("FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270301"));
        assert_eq!(read.dwell, Some(Minutes(10)));
        let alone = More { until: "2027-03-01".to_owned(), ..More::default() };
        assert_eq!(alone.read(), Err("desk-book-until-what"));
        assert_eq!(More { dwell: "-5".to_owned(), ..More::default() }.read(), Err("desk-book-bad-dwell"));
    }
}
