//! What people type into forms, read tolerantly.

use jiff::civil::{Date, Time};

/// Reads a day as forms send it: `2026-12-01`.
pub(crate) fn date(text: &str) -> Option<Date> {
    text.trim().parse().ok()
}

/// Reads a time as people type it.
pub(crate) fn time(text: &str) -> Option<Time> {
    jitney_domain::spoken::time(text)
}

/// Returns the text without space around it, if any is left.
pub(crate) fn filled(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}
