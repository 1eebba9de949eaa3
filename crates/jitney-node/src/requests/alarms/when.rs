//! Moments in the sentences of alarms, as clocks on the coop's walls show them.

use jiff::civil::{Date, DateTime, Time};
use jitney_lang::{Args, Lang};

/// A moment on the coop's wall clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct When {
    /// The day, if it is not today.
    day: Option<Date>,
    time: Time,
}

impl When {
    /// Returns that moment as it is told on the day `today`.
    pub(super) fn of(local: DateTime, today: Date) -> Self {
        When { day: Some(local.date()).filter(|day| *day != today), time: local.time() }
    }

    /// Says it behind a word such as "by" or "since".
    pub(super) fn behind_a_word(self, lang: Lang) -> String {
        self.said(lang, "alarm-deadline-today", "alarm-deadline-day")
    }

    /// Says it as it stands for itself: a language may put its own "at" before it.
    pub(super) fn alone(self, lang: Lang) -> String {
        self.said(lang, "alarm-moment-today", "alarm-moment-day")
    }

    fn said(self, lang: Lang, today: &str, another_day: &str) -> String {
        let args = Args::new().with("time", time(lang, self.time));
        match self.day {
            None => lang.text(today, &args),
            Some(day) => lang.text(another_day, &args.with("day", date(lang, day))),
        }
    }
}

/// English sentences are the command line's too, and write times as its tables do: "09:40", not "9:40".
fn time(lang: Lang, time: Time) -> String {
    if lang == Lang::default() { time.strftime("%H:%M").to_string() } else { lang.time(time) }
}

/// For the same reason English has "Tue 1 Dec" where others have the day in full.
fn date(lang: Lang, day: Date) -> String {
    if lang == Lang::default() { day.strftime("%a %-d %b").to_string() } else { lang.day(day) }
}
