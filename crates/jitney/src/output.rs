//! What a command says, and saying it: text for people or JSON for programs, on standard output.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use crate::exit::Failure;

/// What a command has to say once it is through.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// For standard output.
    text: String,
    /// It is for a program: control characters stay.
    raw: bool,
    /// What failed after all that was said had been done.
    pub(crate) failure: Option<Failure>,
}

impl Said {
    /// Says a text for people.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Said { text: text.into(), ..Said::default() }
    }

    /// Says a text that is made for a program and must not be changed.
    pub(crate) fn raw(text: String) -> Self {
        Said { text, raw: true, ..Said::default() }
    }

    /// Says a value as indented JSON.
    pub(crate) fn json(value: &impl Serialize) -> Result<Self, Failure> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|error| Failure::internal(format!("the answer cannot be written as JSON: {error}")))?;
        Ok(Said { text, ..Said::default() })
    }

    /// Adds what failed afterwards.
    pub(crate) fn but(mut self, failure: Option<Failure>) -> Self {
        self.failure = failure;
        self
    }

    /// Writes what there is to say to standard output.
    pub(crate) fn print(&self) -> Result<(), Failure> {
        if self.text.is_empty() {
            return Ok(());
        }
        if self.raw { write(&self.text) } else { line(&self.text) }
    }
}

/// Writes a text to standard output, ended by one line break, and lets it out at once.
///
/// Whoever reads may stop reading: that is not a failure.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    write(&harmless(&format!("{}\n", text.trim_end_matches('\n'))))
}

fn write(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::internal(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes one sentence to standard error.
pub(crate) fn complain(text: &str) {
    // Nobody is left to tell if this fails.
    let _ = writeln!(io::stderr().lock(), "{}", harmless(text));
}

/// Returns the text without characters that move a terminal's cursor: names come from other people.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

/// Returns what is inside the one-member object that a tagged enum becomes in JSON.
pub(crate) fn inner(value: Value) -> Value {
    match value {
        Value::Object(map) if map.len() == 1 => {
            map.into_iter().next().map_or(Value::Null, |(_, inside)| inside)
        }
        Value::String(word) => serde_json::json!({ word: true }),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_move_the_cursor() {
        assert_eq!(harmless("Ada\u{1b}[2J\rMiller\n"), "Ada\u{fffd}[2J\u{fffd}Miller\n");
    }

    #[test]
    fn json_shows_the_view_and_not_the_envelope() {
        assert_eq!(inner(serde_json::json!({ "trip": { "rider": 1 } })), serde_json::json!({ "rider": 1 }));
        assert_eq!(inner(serde_json::json!("done")), serde_json::json!({ "done": true }));
    }
}
