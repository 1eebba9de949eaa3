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

/// Writes a text so that it can stand in the address of a page.
pub(crate) fn in_address(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => written.push(char::from(byte)),
            _ => written.push_str(&format!("%{byte:02X}")),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_an_address_ends_the_answer_that_it_belongs_to() {
        assert_eq!(in_address("9h30 & 10+1?#é"), "9h30%20%26%2010%2B1%3F%23%C3%A9");
    }
}
