//! What people type into forms, read tolerantly.

use jiff::civil::{Date, Time};
use jitney_domain::TripId;
use serde::{Deserialize, Deserializer};

/// Reads a day as forms send it: `2026-12-01`.
pub(crate) fn date(text: &str) -> Option<Date> {
    text.trim().parse().ok()
}

/// Reads a time as people type it.
pub(crate) fn time(text: &str) -> Option<Time> {
    jitney_domain::spoken::time(text)
}

/// A trip in an address: its confirmation number, check digit and all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Confirmation(pub(crate) TripId);

impl<'de> Deserialize<'de> for Confirmation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Confirmation).map_err(serde::de::Error::custom)
    }
}

/// Returns the text without space around it, if any is left.
pub(crate) fn filled(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}
