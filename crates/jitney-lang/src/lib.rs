//! What Jitney says to people, in their language.
//!
//! Sentences live in [Fluent](https://projectfluent.org) files below `locales/`, a folder a language; a further
//! language is a further folder. English has everything and stands in for what another language lacks. Days, times
//! and distances are put together by sentences too, so that a language is complete with its files.

mod args;
mod format;
mod lang;
#[cfg(test)]
mod tests;

pub use args::Args;
pub use format::Unit;
pub use lang::Lang;
