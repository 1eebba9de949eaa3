//! Days, times and distances as people of a language say them.

use jiff::civil::{Date, Time};

use crate::{Args, Lang};

/// In what distances are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Kilometres.
    Kilometres,
    /// Statute miles.
    Miles,
}

impl Unit {
    const METRES_A_MILE: f64 = 1609.344;

    fn key(self) -> &'static str {
        match self {
            Unit::Kilometres => "kilometres",
            Unit::Miles => "miles",
        }
    }

    fn of(self, metres: u32) -> f64 {
        let metres = f64::from(metres);
        match self {
            Unit::Kilometres => metres / 1000.0,
            Unit::Miles => metres / Unit::METRES_A_MILE,
        }
    }
}

impl Lang {
    /// "Tuesday 1 December", "mardi 1er décembre".
    pub fn day(self, date: Date) -> String {
        self.dated("day", date)
    }

    /// "Tuesday 1 December 2026".
    pub fn day_with_year(self, date: Date) -> String {
        self.dated("day-with-year", date)
    }

    fn dated(self, key: &str, date: Date) -> String {
        let none = Args::new();
        let args = Args::new()
            .with("weekday", self.text(&format!("weekday-{}", date.weekday().to_monday_one_offset()), &none))
            .with("month", self.text(&format!("month-{}", date.month()), &none))
            .with("day", date.day())
            .with("year", date.year().to_string());
        self.text(key, &args)
    }

    /// "9:40", "9 h 40": by the clock of twenty-four hours.
    pub fn time(self, time: Time) -> String {
        let args =
            Args::new().with("hour", time.hour().to_string()).with("minute", format!("{:02}", time.minute()));
        self.text("time", &args)
    }

    /// "45 min", "1 h 05 min".
    pub fn duration(self, minutes: u32) -> String {
        let (hours, rest) = (minutes / 60, minutes % 60);
        match hours {
            0 => self.text("duration-minutes", &Args::new().with("minutes", rest)),
            _ => {
                let args = Args::new().with("hours", hours).with("minutes", format!("{rest:02}"));
                self.text("duration-hours", &args)
            }
        }
    }

    /// "8.5 km", "5,3 miles": to a tenth below ten, whole above.
    pub fn distance(self, metres: u32, unit: Unit) -> String {
        let length = unit.of(metres);
        let digits = if length < 9.95 { format!("{length:.1}") } else { format!("{length:.0}") };
        let sign = self.text("decimal-sign", &Args::new());
        self.text(unit.key(), &Args::new().with("length", digits.replace('.', &sign)))
    }
}
