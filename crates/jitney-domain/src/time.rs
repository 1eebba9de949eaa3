//! Moments and spans. Unix milliseconds for moments, whole minutes for spans; the coop's wall clock
//! only where people speak of it.

use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// A span of time in whole minutes, as dispatchers speak of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Minutes(pub u32);

impl Minutes {
    /// Returns the span in milliseconds.
    pub const fn millis(self) -> i64 {
        self.0 as i64 * 60_000
    }

    /// Returns the sum, or the longest span there is.
    pub const fn plus(self, other: Minutes) -> Minutes {
        Minutes(self.0.saturating_add(other.0))
    }
}

impl fmt::Display for Minutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} min", self.0)
    }
}

impl fmt::Debug for Minutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} min", self.0)
    }
}

impl Timestamp {
    /// Wraps whole seconds since 1970.
    pub const fn from_seconds(seconds: i64) -> Self {
        Timestamp(seconds.saturating_mul(1000))
    }

    /// Returns whole seconds since 1970, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Returns the moment `span` later.
    pub const fn after(self, span: Minutes) -> Self {
        Timestamp(self.0.saturating_add(span.millis()))
    }

    /// Returns the moment `span` earlier.
    pub const fn before(self, span: Minutes) -> Self {
        Timestamp(self.0.saturating_sub(span.millis()))
    }

    /// Returns the whole minutes from `earlier` to this moment, rounded up; zero if it is not later.
    pub const fn minutes_since(self, earlier: Timestamp) -> Minutes {
        let span = self.0.saturating_sub(earlier.0);
        if span <= 0 {
            return Minutes(0);
        }
        let minutes = span / 60_000 + if span % 60_000 == 0 { 0 } else { 1 };
        if minutes > u32::MAX as i64 { Minutes(u32::MAX) } else { Minutes(minutes as u32) }
    }

    /// Returns this moment on the wall clock of `zone`.
    pub fn local(self, zone: &Zone) -> DateTime {
        let clamped = jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::MAX);
        zone.tz.to_datetime(clamped)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(moment) => write!(f, "{moment}"),
            Err(_) => write!(f, "{} ms since 1970", self.0),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A span between two moments, both included.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Window {
    /// The first moment inside.
    pub from: Timestamp,
    /// The last moment inside.
    pub to: Timestamp,
}

impl Window {
    /// Builds a window; `None` if it would end before it begins.
    pub fn new(from: Timestamp, to: Timestamp) -> Option<Self> {
        (from <= to).then_some(Window { from, to })
    }

    /// Tells whether `moment` lies inside.
    pub fn contains(&self, moment: Timestamp) -> bool {
        self.from <= moment && moment <= self.to
    }

    /// Tells whether the two share more than one touching moment.
    pub fn overlaps(&self, other: &Window) -> bool {
        self.from < other.to && other.from < self.to
    }

    /// Tells whether `other` lies wholly inside.
    pub fn covers(&self, other: &Window) -> bool {
        self.from <= other.from && other.to <= self.to
    }

    /// Returns what both have in common.
    pub fn intersect(&self, other: &Window) -> Option<Window> {
        Window::new(self.from.max(other.from), self.to.min(other.to))
    }
}

impl fmt::Debug for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.from, self.to)
    }
}

/// The coop's time zone, by its name in the IANA database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    name: String,
    tz: TimeZone,
}

/// Which of the two moments at which clocks show one time in the night in which they are set back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Showing {
    /// Before they are set back.
    First,
    /// After they have been set back.
    Second,
}

/// Says why a local time names no moment.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ZoneError {
    /// The IANA database has no such zone.
    #[error("there is no time zone \"{name}\"; use a name such as Europe/Paris or Australia/Sydney")]
    Unknown {
        /// What was given.
        name: String,
    },
    /// The clocks jump over this time.
    #[error(
        "{} does not exist in {zone}: the clocks go forward then; \
         choose a time before or after the missing hour",
        local.strftime("%Y-%m-%d %H:%M")
    )]
    Nonexistent {
        /// The wall-clock time.
        local: DateTime,
        /// The zone's name.
        zone: String,
    },
    /// The moment is beyond the calendar's range.
    #[error("{local} is out of range")]
    OutOfRange {
        /// The wall-clock time.
        local: DateTime,
    },
}

impl Zone {
    /// Looks a zone up in the database that is compiled in.
    ///
    /// # Errors
    /// [`ZoneError::Unknown`] for a name that the database does not hold.
    pub fn named(name: &str) -> Result<Self, ZoneError> {
        let tz = TimeZone::get(name).map_err(|_| ZoneError::Unknown { name: name.to_owned() })?;
        Ok(Zone { name: tz.iana_name().unwrap_or(name).to_owned(), tz })
    }

    /// Returns the IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the moment at which clocks in this zone show `local`. Of a time that comes twice (the
    /// clocks go back) the first is meant.
    ///
    /// # Errors
    /// [`ZoneError::Nonexistent`] for a time that the clocks jump over.
    pub fn moment(&self, local: DateTime) -> Result<Timestamp, ZoneError> {
        let ambiguous = self.tz.to_ambiguous_timestamp(local);
        if let AmbiguousOffset::Gap { .. } = ambiguous.offset() {
            return Err(ZoneError::Nonexistent { local, zone: self.name.clone() });
        }
        let moment = ambiguous.earlier().map_err(|_| ZoneError::OutOfRange { local })?;
        Ok(Timestamp(moment.as_millisecond()))
    }

    /// Tells which of two is meant when clocks in this zone show `local` at `at`; none if they show it once only.
    pub fn showing(&self, at: Timestamp) -> Option<Showing> {
        let local = at.local(self);
        let ambiguous = self.tz.to_ambiguous_timestamp(local);
        let AmbiguousOffset::Fold { before, .. } = ambiguous.offset() else { return None };
        let stands = jiff::Timestamp::from_millisecond(at.0).ok()?;
        Some(if self.tz.to_offset(stands) == before { Showing::First } else { Showing::Second })
    }

    /// Returns the time that clocks in this zone do show: `local` itself, or as much later as the clocks jump
    /// if they jump over it. RFC 5545, section 3.3.5, reads a recurring time so.
    pub fn shown(&self, local: DateTime) -> DateTime {
        let ambiguous = self.tz.to_ambiguous_timestamp(local);
        match (ambiguous.offset(), ambiguous.compatible()) {
            (AmbiguousOffset::Gap { .. }, Ok(moment)) => self.tz.to_datetime(moment),
            _ => local,
        }
    }

    /// Returns the wall-clock time here of a moment that a calendar gives in UTC.
    pub(crate) fn wall_clock(&self, utc: DateTime) -> Option<DateTime> {
        let moment = TimeZone::UTC.to_timestamp(utc).ok()?;
        Some(self.tz.to_datetime(moment))
    }

    /// Returns the first moment of `date` in this zone, also where the clocks jump over midnight.
    ///
    /// # Errors
    /// [`ZoneError::OutOfRange`] at the ends of the calendar.
    pub fn start_of(&self, date: Date) -> Result<Timestamp, ZoneError> {
        let midnight = date.at(0, 0, 0, 0);
        let first = self.tz.to_ambiguous_timestamp(midnight).compatible();
        first
            .map(|moment| Timestamp(moment.as_millisecond()))
            .map_err(|_| ZoneError::OutOfRange { local: midnight })
    }
}

impl Serialize for Zone {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.name)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Zone::named(&String::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;
    use proptest::prelude::*;

    #[test]
    fn a_time_the_clocks_jump_over_is_refused() {
        let paris = Zone::named("Europe/Paris").unwrap();
        let gap = datetime(2026, 3, 29, 2, 30, 0, 0);
        assert!(matches!(paris.moment(gap), Err(ZoneError::Nonexistent { .. })));
    }

    #[test]
    fn of_a_time_that_comes_twice_it_is_known_which_one_a_moment_is() {
        let paris = Zone::named("Europe/Paris").unwrap();
        let first = paris.moment(datetime(2026, 10, 25, 2, 30, 0, 0)).unwrap();
        let hour = Minutes(60);
        assert_eq!(first.after(hour).local(&paris), first.local(&paris));
        assert_eq!(paris.showing(first), Some(Showing::First));
        assert_eq!(paris.showing(first.after(hour)), Some(Showing::Second));
        assert_eq!(paris.showing(first.before(hour)), None);
        assert_eq!(paris.showing(first.after(hour).after(hour)), None);
    }

    #[test]
    fn a_recurring_time_that_the_clocks_jump_over_is_shown_an_hour_later() {
        let paris = Zone::named("Europe/Paris").unwrap();
        let gap = datetime(2026, 3, 29, 2, 30, 0, 0);
        assert_eq!(paris.shown(gap), datetime(2026, 3, 29, 3, 30, 0, 0));
        let plain = datetime(2026, 3, 30, 2, 30, 0, 0);
        assert_eq!(paris.shown(plain), plain);
    }

    #[test]
    fn of_a_time_that_comes_twice_the_first_is_meant() {
        let paris = Zone::named("Europe/Paris").unwrap();
        let twice = paris.moment(datetime(2026, 10, 25, 2, 30, 0, 0)).unwrap();
        assert_eq!(twice.to_string(), "2026-10-25T00:30:00Z");
    }

    #[test]
    fn nine_in_the_morning_stays_nine_across_the_change() {
        let sydney = Zone::named("Australia/Sydney").unwrap();
        let before = sydney.moment(datetime(2026, 4, 4, 9, 0, 0, 0)).unwrap();
        let after = sydney.moment(datetime(2026, 4, 6, 9, 0, 0, 0)).unwrap();
        assert_eq!(after.minutes_since(before), Minutes(49 * 60));
    }

    #[test]
    fn a_day_begins_also_where_the_clocks_jump_over_midnight() {
        let beirut = Zone::named("Asia/Beirut").unwrap();
        let start = beirut.start_of(jiff::civil::date(2026, 3, 29)).unwrap();
        assert_eq!(start.local(&beirut), datetime(2026, 3, 29, 1, 0, 0, 0));
    }

    #[test]
    fn an_unknown_zone_is_refused() {
        assert!(matches!(Zone::named("Mars/Olympus"), Err(ZoneError::Unknown { .. })));
    }

    proptest! {
        #[test]
        fn a_moment_shown_locally_leads_back(ms in 0i64..4_000_000_000_000) {
            let zone = Zone::named("Europe/Paris").unwrap();
            let minute = Timestamp(ms - ms % 60_000);
            let back = zone.moment(minute.local(&zone)).unwrap();
            // The second of two equal local times leads to the first, an hour earlier.
            prop_assert!(back == minute || back.after(Minutes(60)) == minute);
        }

        #[test]
        fn windows_overlap_as_intervals_do(a in 0i64..50, b in 0i64..50, c in 0i64..50, d in 0i64..50) {
            let x = Window { from: Timestamp(a.min(b)), to: Timestamp(a.max(b)) };
            let y = Window { from: Timestamp(c.min(d)), to: Timestamp(c.max(d)) };
            let shared = (0..50).filter(|t| {
                let inside = |w: &Window| w.from.0 <= *t && *t < w.to.0;
                inside(&x) && inside(&y)
            }).count();
            prop_assert_eq!(x.overlaps(&y) && x.from < x.to && y.from < y.to, shared > 0);
            prop_assert_eq!(x.overlaps(&y), y.overlaps(&x));
        }
    }
}
