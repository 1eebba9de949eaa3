//! A driver's lifts as a calendar that other programs subscribe to (RFC 5545, with the refresh of RFC 7986).
//!
//! Calendars are copied to other people's clouds, so nobody's name and no address is in it: a lift has a number, a
//! time and how many seats it takes. Times are moments in UTC, which every reader shows on its own clock.

use chrono::{DateTime, Utc};
use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus, Property};
use jitney_domain::Timestamp;
use serde::{Deserialize, Serialize};

/// How often readers should look again.
const REFRESH: chrono::Duration = chrono::Duration::minutes(15);

/// How sure a lift is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sure {
    /// The driver has been asked.
    Tentative,
    /// The driver has said yes.
    Confirmed,
    /// It does not take place, or not with this driver. It stays in the calendar for a while: readers forget nothing
    /// by themselves.
    Cancelled,
}

/// A lift in the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What names it for ever.
    pub uid: String,
    /// How often it has changed.
    pub sequence: u32,
    /// When it last did.
    pub changed: Timestamp,
    /// When the driver is to be there.
    pub from: Timestamp,
    /// When the rider is there.
    pub to: Timestamp,
    /// How sure it is.
    pub sure: Sure,
    /// What it is called.
    pub summary: String,
}

/// Writes a calendar. The same entries give the same text.
pub fn write(name: &str, entries: &[Entry]) -> String {
    let mut calendar = Calendar::empty();
    calendar
        .append_property(("VERSION", "2.0"))
        .append_property(("PRODID", "-//Jitney//Driver//EN"))
        .append_property(("CALSCALE", "GREGORIAN"))
        .append_property(("METHOD", "PUBLISH"))
        // Every reader knows this one; the library does not escape the NAME that RFC 7986 put beside it.
        .append_property(Property::new("X-WR-CALNAME", name))
        .ttl(&REFRESH);
    for entry in entries {
        let mut event = Event::new();
        event
            .uid(&entry.uid)
            .sequence(entry.sequence)
            .timestamp(moment(entry.changed))
            .last_modified(moment(entry.changed))
            .starts(moment(entry.from))
            .ends(moment(entry.to))
            .summary(&entry.summary)
            .status(match entry.sure {
                Sure::Tentative => EventStatus::Tentative,
                Sure::Confirmed => EventStatus::Confirmed,
                Sure::Cancelled => EventStatus::Cancelled,
            });
        calendar.push(event.done());
    }
    calendar.to_string()
}

/// Returns a moment as the library has it, to the second; one beyond its range is the beginning of time.
fn moment(at: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp(at.seconds(), 0).unwrap_or(DateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            uid: "0123-1002@willow".to_owned(),
            sequence: 3,
            changed: Timestamp::from_seconds(1_772_000_000),
            from: Timestamp::from_seconds(1_773_220_800),
            to: Timestamp::from_seconds(1_773_222_600),
            sure: Sure::Confirmed,
            summary: "Lift 12, 2 seats; a very long line that has to be folded, because lines end at seventy-five octets, é"
                .to_owned(),
        }
    }

    #[test]
    fn a_calendar_is_what_the_standard_says() {
        let text = write("Willow, lifts", &[entry()]);
        let unfolded = text.replace("\r\n ", "");
        for line in [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "METHOD:PUBLISH",
            "X-WR-CALNAME:Willow\\, lifts",
            "UID:0123-1002@willow",
            "SEQUENCE:3",
            "DTSTAMP:20260225T061320Z",
            "DTSTART:20260311T092000Z",
            "DTEND:20260311T095000Z",
            "STATUS:CONFIRMED",
            "REFRESH-INTERVAL;VALUE=DURATION:PT900S",
            "END:VCALENDAR",
        ] {
            assert!(unfolded.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
        assert!(unfolded.contains("SUMMARY:Lift 12\\, 2 seats\\; a very"), "{text}");
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains('\n'));
        assert_eq!(text, write("Willow, lifts", &[entry()]));
    }

    #[test]
    fn what_does_not_take_place_says_so() {
        let text = write("W", &[Entry { sure: Sure::Cancelled, ..entry() }]);
        assert!(text.contains("STATUS:CANCELLED\r\n"), "{text}");
    }
}
