//! The trace: one line for everything that happens, hashed. Two runs of one seed have one hash.

use std::collections::VecDeque;
use std::fmt;

use jitney_domain::Timestamp;

/// Hashes lines of (time, node, what) and remembers the last ones.
#[derive(Debug, Clone)]
pub struct Trace {
    hasher: blake3::Hasher,
    lines: u64,
    tail: VecDeque<String>,
    keep: usize,
}

impl Trace {
    /// Begins a trace that remembers the last `keep` lines for people to read.
    pub fn new(keep: usize) -> Self {
        Trace { hasher: blake3::Hasher::new(), lines: 0, tail: VecDeque::new(), keep }
    }

    /// Adds a line.
    pub fn line(&mut self, at: Timestamp, node: usize, what: fmt::Arguments<'_>) {
        let line = format!("{} {node} {what}", at.0);
        self.hasher.update(line.as_bytes());
        self.hasher.update(b"\n");
        self.lines = self.lines.saturating_add(1);
        if self.keep > 0 {
            if self.tail.len() == self.keep {
                self.tail.pop_front();
            }
            self.tail.push_back(format!("{at} {node} {what}"));
        }
    }

    /// Returns the BLAKE3 hash over all lines, hex.
    pub fn hash(&self) -> String {
        self.hasher.finalize().to_hex().to_string()
    }

    /// Returns the number of lines.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Returns the last lines, oldest first.
    pub fn tail(&self) -> impl Iterator<Item = &str> {
        self.tail.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_depends_on_every_line_and_the_tail_is_bounded() {
        let trace = |last: &str| {
            let mut trace = Trace::new(2);
            for what in ["a", "b", last] {
                trace.line(Timestamp(1), 0, format_args!("{what}"));
            }
            trace
        };
        assert_ne!(trace("c").hash(), trace("d").hash());
        assert_eq!(trace("c").hash(), trace("c").hash());
        assert_eq!(trace("c").tail().count(), 2);
        assert_eq!(trace("c").lines(), 3);
    }
}
