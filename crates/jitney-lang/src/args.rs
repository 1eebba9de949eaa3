//! What is filled into a sentence.

use fluent_bundle::{FluentArgs, FluentValue};

/// Words and numbers to fill into a sentence, by name.
#[derive(Debug, Default)]
pub struct Args<'a>(pub(crate) FluentArgs<'a>);

impl<'a> Args<'a> {
    /// Nothing to fill in.
    pub fn new() -> Self {
        Args::default()
    }

    /// Adds a word or a number; of numbers sentences choose the plural.
    #[must_use]
    pub fn with(mut self, name: &'a str, value: impl Into<FluentValue<'a>>) -> Self {
        self.0.set(name, value);
        self
    }
}
