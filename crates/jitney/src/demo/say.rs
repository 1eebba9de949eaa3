//! Tells the story: plain words, the time of day before them.

use std::path::Path;

use jitney_domain::{Timestamp, Zone};

use super::sample::Coop;
use super::stage::Stage;
use crate::exit::Failure;
use crate::output;

/// Width of a line in characters.
const WIDTH: usize = 100;
/// Where the text of a line begins: after the time and the coop.
const INDENT: usize = 24;

/// Where the text below an item of a list begins.
const UNDER: usize = 8;

/// The one who tells, or keeps silent where only the summary is wanted.
#[derive(Debug)]
pub(super) struct Voice {
    zone: Zone,
    silent: bool,
}

impl Voice {
    /// Builds a voice for the zone's wall clock.
    pub(super) fn new(zone: Zone, silent: bool) -> Self {
        Voice { zone, silent }
    }

    /// Returns a moment as hours and minutes on the wall clock.
    pub(super) fn clock(&self, at: Timestamp) -> String {
        at.local(&self.zone).strftime("%H:%M").to_string()
    }

    /// Returns a moment's day as people say it.
    pub(super) fn day(&self, at: Timestamp) -> String {
        at.local(&self.zone).strftime("%A %-d %B %Y").to_string()
    }

    /// Says what is about to be seen.
    pub(super) fn opening(&self, seed: u64, dir: &Path) -> Result<(), Failure> {
        self.line(&format!("Three cooperatives, one Monday (seed {seed})"))?;
        self.paragraph(
            "The people are made up and the clock is moved by hand. The rest is real: three nodes, each with \
             its own keys, its own store and its own libp2p listener, all in this process.",
        )?;
        self.paragraph(&format!("Their homes are in {}.", dir.display()))
    }

    /// Begins a chapter.
    pub(super) fn chapter(&self, at: Timestamp, title: &str) -> Result<(), Failure> {
        self.line(&format!("\n{} · {title}", self.day(at)))
    }

    /// Begins a chapter that belongs to no day.
    pub(super) fn heading(&self, title: &str) -> Result<(), Failure> {
        self.line(&format!("\n{title}"))
    }

    /// Says what happened, when and where.
    pub(super) fn tell(&self, at: Timestamp, who: &str, what: &str) -> Result<(), Failure> {
        let first = format!("  {}  {who:<15}", self.clock(at));
        self.hung(&first, what)
    }

    /// Adds to what was said last.
    pub(super) fn aside(&self, what: &str) -> Result<(), Failure> {
        self.hung("", what)
    }

    /// Says a paragraph of its own.
    pub(super) fn paragraph(&self, text: &str) -> Result<(), Failure> {
        wrapped(text, WIDTH).iter().try_for_each(|line| self.line(line))
    }

    /// Says a line that is not to be broken.
    pub(super) fn item(&self, text: &str) -> Result<(), Failure> {
        self.line(&format!("  {text}"))
    }

    /// Says more about an item of a list.
    pub(super) fn under(&self, text: &str) -> Result<(), Failure> {
        wrapped(text, WIDTH - UNDER).iter().try_for_each(|line| self.line(&format!("{:UNDER$}{line}", "")))
    }

    /// Says how to go on.
    pub(super) fn farewell(&self, stage: &Stage) -> Result<(), Failure> {
        self.heading("The three nodes keep running until Ctrl-C; their clocks go on from here. Ask them:")?;
        let home = |coop| stage.home(coop).dir().display().to_string();
        for coop in Coop::ALL {
            self.line(&format!("  jitney --home {} status", home(coop)))?;
        }
        for what in ["trip list --all", "board --day 2026-03-09", "federation roster", "ticket list"] {
            self.line(&format!("  jitney --home {} {what}", home(Coop::Linden)))?;
        }
        Ok(())
    }

    fn hung(&self, first: &str, what: &str) -> Result<(), Failure> {
        let mut first = first.to_owned();
        for line in wrapped(what, WIDTH - INDENT) {
            self.line(&format!("{first:<INDENT$}{line}"))?;
            first.clear();
        }
        Ok(())
    }

    fn line(&self, text: &str) -> Result<(), Failure> {
        if self.silent { Ok(()) } else { output::line(text) }
    }
}

/// Breaks a text at spaces into lines of at most `width` characters; a longer word stays whole.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_at_spaces_and_no_word_is_lost() {
        let text = "one two three four extraordinarily five";
        let lines = wrapped(text, 9);
        assert_eq!(lines, ["one two", "three", "four", "extraordinarily", "five"]);
        assert_eq!(lines.join(" "), text);
    }
}
