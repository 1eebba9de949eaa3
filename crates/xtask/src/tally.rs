//! Reading how many tests passed and failed from what test runners print.

use std::fmt;
use std::ops::AddAssign;

/// How many tests passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Tally {
    /// Reads one line of output; only a closing line of `cargo test` or of nextest yields a tally.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let line = without_colours(line);
        let line = line.trim_end();
        // Indented, it is what nextest quotes from a failed test, and counted in its summary already.
        if let Some(rest) = line.strip_prefix("test result: ") {
            let (_, counts) = rest.split_once(". ")?;
            return Some(Self::sum(counts.split(';')));
        }
        let rest = line.trim_start().strip_prefix("Summary [")?;
        let (_, counts) = rest.split_once("run:")?;
        Some(Self::sum(without_parentheses(counts).split(',')))
    }

    /// Adds up counts such as `3 passed`, `1 failed`, `2 timed out`; what did not run counts for nothing.
    fn sum<'a>(counts: impl Iterator<Item = &'a str>) -> Self {
        let mut tally = Self::default();
        for count in counts {
            let Some((number, what)) = count.trim().split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match what {
                "passed" => tally.passed += number,
                "failed" | "timed out" | "exec failed" => tally.failed += number,
                _ => {}
            }
        }
        tally
    }
}

/// Returns the line without the escape sequences that colour it on a terminal.
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            // A control sequence ends with a letter; `[` only opens it.
            for inner in characters.by_ref() {
                if inner.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            plain.push(character);
        }
    }
    plain
}

/// Returns the text without what stands in parentheses, such as `(1 slow, 1 flaky)`.
fn without_parentheses(text: &str) -> String {
    let mut depth = 0_u32;
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(character),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_of_cargo_test_is_read() {
        let line = "test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.31s";
        assert_eq!(Tally::read(line), Some(Tally { passed: 12, failed: 2 }));
    }

    #[test]
    fn the_closing_line_of_nextest_is_read_with_everything_that_can_go_wrong() {
        let line = "     Summary [   4.210s] 17/20 tests run: 13 passed (1 slow, 2 flaky), 2 failed, 1 timed out, 1 exec failed, 5 skipped";
        assert_eq!(Tally::read(line), Some(Tally { passed: 13, failed: 4 }));
    }

    #[test]
    fn colours_do_not_hide_the_counts() {
        let line = "\u{1b}[32;1m     Summary\u{1b}[0m [   0.010s] \u{1b}[1m5\u{1b}[0m tests run: \u{1b}[1m5\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, \u{1b}[1m0\u{1b}[0m skipped";
        assert_eq!(Tally::read(line), Some(Tally { passed: 5, failed: 0 }));
    }

    #[test]
    fn other_lines_are_not_counts() {
        for line in
            ["running 3 tests", "test a ... ok", "3 passed, 1 failed", "", "Summary of the day: 3 passed"]
        {
            assert_eq!(Tally::read(line), None, "{line}");
        }
    }
}
