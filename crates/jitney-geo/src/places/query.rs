//! What was typed, in words.

use super::abbreviations;
use super::fold::{TEXT_MAX, words};
use super::house::is_number;

/// Most words that are looked for; those after are passed over, and the answer says it is not exact.
pub(super) const WORDS_MAX: usize = 12;

/// A word as it was typed.
#[derive(Clone)]
pub(super) struct Typed {
    pub(super) text: String,
    pub(super) letters: Vec<char>,
    /// What it may be short for.
    pub(super) long: Vec<String>,
    /// It may be a house number.
    pub(super) number: bool,
    /// It may go on: nothing was typed after it yet.
    pub(super) unfinished: bool,
}

impl Typed {
    pub(super) fn new(text: String, unfinished: bool) -> Self {
        let letters = text.chars().collect();
        let long = abbreviations::long_forms(&text);
        let number = is_number(&text);
        Typed { text, letters, long, number, unfinished }
    }

    /// Tells whether slips can be forgiven: a slip in a number is another number.
    pub(super) fn is_letters(&self) -> bool {
        !self.text.contains(|c: char| c.is_ascii_digit())
    }
}

/// Returns what was typed in words, and how many words too many there were.
pub(super) fn read(text: &str) -> (Vec<Typed>, usize) {
    let unfinished = text.chars().take(TEXT_MAX).last().is_some_and(char::is_alphanumeric);
    let all = words(text);
    let count = all.len().min(WORDS_MAX);
    let too_many = all.len().saturating_sub(count);
    let last = all.len().saturating_sub(1);
    let typed = all.into_iter().enumerate().take(count);
    (typed.map(|(at, word)| Typed::new(word, unfinished && at == last)).collect(), too_many)
}
