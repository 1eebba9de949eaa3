//! Sentences that can be said in any language.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::{Date, DateTime};
use jitney_domain::{MemberId, Timestamp};
use jitney_lang::{Args, Lang, Unit};
use serde::{Deserialize, Serialize};

/// Something to be said: its key among the sentences of every language, and what is filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Its key.
    pub key: String,
    /// What is filled in, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fill: BTreeMap<String, Fill>,
}

/// What is filled into a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fill {
    /// A number, of which the sentence chooses the plural.
    Count(u32),
    /// A distance.
    Metres(u32),
    /// So many minutes.
    Minutes(u32),
    /// Words that are the same in every language.
    Words(String),
    /// Something that is said itself.
    Told(Box<Told>),
    /// A member: by number, until it is known that whoever reads it may see the name.
    Member(MemberId),
    /// A member's name.
    Name(Name),
    /// A day.
    Day(Date),
    /// A moment: in UTC, until it is put on the coop's wall clock.
    At(Timestamp),
    /// A moment on the coop's wall clock.
    Clock {
        /// Day and time.
        at: DateTime,
        /// The day on which it is said: of a moment of the same day the time is enough.
        today: Option<Date>,
    },
}

/// A member's name. It does not show in a log by accident.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Name(pub String);

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Name(personal)")
    }
}

impl From<Told> for Fill {
    fn from(told: Told) -> Self {
        Fill::Told(Box::new(told))
    }
}

impl Fill {
    fn say(&self, lang: Lang) -> String {
        match self {
            // Numbers are filled in as such, so that the sentence can choose.
            Fill::Count(count) => count.to_string(),
            Fill::Metres(metres) => lang.distance(*metres, Unit::Kilometres),
            Fill::Minutes(minutes) => lang.duration(*minutes),
            Fill::Words(words) => words.clone(),
            Fill::Told(told) => told.say(lang),
            Fill::Member(member) => {
                lang.text("member-number", &Args::new().with("number", member.to_string()))
            }
            Fill::Name(name) => name.0.clone(),
            Fill::Day(day) => lang.day_with_year(*day),
            // Nobody is told a moment that is on no clock: what leaves the node has been put on one.
            Fill::At(at) => at.to_string(),
            Fill::Clock { at, today } => clock(lang, *at, *today),
        }
    }
}

/// Says a moment behind a word such as "until".
fn clock(lang: Lang, at: DateTime, today: Option<Date>) -> String {
    let args = Args::new().with("time", lang.time(at.time()));
    match today {
        Some(today) if today == at.date() => lang.text("told-moment-today", &args),
        Some(today) if today.year() == at.year() => {
            lang.text("told-moment-day", &args.with("day", lang.day(at.date())))
        }
        _ => lang.text("told-moment-day", &args.with("day", lang.day_with_year(at.date()))),
    }
}

impl Told {
    /// A sentence into which nothing is filled.
    pub fn new(key: &str) -> Self {
        Told { key: key.to_owned(), fill: BTreeMap::new() }
    }

    /// Fills something in.
    #[must_use]
    pub fn with(mut self, name: &str, fill: impl Into<Fill>) -> Self {
        self.fill.insert(name.to_owned(), fill.into());
        self
    }

    /// Says it.
    pub fn say(&self, lang: Lang) -> String {
        let args = self.fill.iter().fold(Args::new(), |args, (name, fill)| match fill {
            Fill::Count(count) => args.with(name, *count),
            fill => args.with(name, fill.say(lang)),
        });
        lang.text(&self.key, &args)
    }

    /// Says it as a sentence of its own, which begins with a capital whatever is filled in first.
    pub fn sentence(&self, lang: Lang) -> String {
        let said = self.say(lang);
        let mut letters = said.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    }

    /// Puts something else in place of each thing that is filled in, at any depth.
    #[must_use]
    pub(crate) fn map(mut self, change: &impl Fn(Fill) -> Fill) -> Self {
        self.fill = self
            .fill
            .into_iter()
            .map(|(name, fill)| match fill {
                Fill::Told(told) => (name, Fill::from(told.map(change))),
                fill => (name, change(fill)),
            })
            .collect();
        self
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn moments_are_said_as_the_language_says_them_and_no_longer_than_need_be() {
        let french = Lang::from_tag("fr").unwrap();
        let at = date(2026, 12, 3).at(9, 40, 0, 0);
        let said = |lang: Lang, today| Fill::Clock { at, today }.say(lang);
        assert_eq!(said(Lang::default(), Some(date(2026, 12, 3))), "9:40");
        assert_eq!(said(french, Some(date(2026, 12, 3))), "9 h 40");
        assert_eq!(said(Lang::default(), Some(date(2026, 12, 1))), "Thursday 3 December at 9:40");
        assert_eq!(said(french, Some(date(2026, 12, 1))), "le jeudi 3 décembre à 9 h 40");
        assert_eq!(said(french, None), "le jeudi 3 décembre 2026 à 9 h 40");
    }

    #[test]
    fn a_sentence_begins_with_a_capital_and_a_name_is_not_in_debug_output() {
        let told = Told::new("refusal-suspended").with("member", Fill::Member(MemberId(12)));
        assert!(told.sentence(Lang::default()).starts_with("Member 12 "), "{told:?}");
        let named = told.map(&|_| Fill::Name(Name("élodie Test".to_owned())));
        assert!(named.sentence(Lang::default()).starts_with("Élodie Test "), "{named:?}");
        assert!(!format!("{named:?}").contains("lodie"));
    }
}
