//! Laying what was expected beside what came: the comparison, its difference, and the rewritten page.

use std::fmt::Write;

use crate::pattern::{Bindings, Pattern};

/// Lines shown before and after a difference.
const CONTEXT_LINES: usize = 3;

/// How one line of the two sides relates to the other side; the numbers are line indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edit {
    /// An expected line fits an actual one.
    Fit { expected: usize, actual: usize },
    /// `...` stands before the lines it swallows, or swallows nothing.
    AnyLines { expected: usize },
    /// An actual line is swallowed by the `...` before it.
    Swallowed { actual: usize },
    /// An expected line did not come.
    Lacking { expected: usize },
    /// An actual line was not expected.
    Extra { actual: usize },
}

/// Expected and actual output, laid beside each other with as few differences as possible.
#[derive(Debug)]
pub(crate) struct Alignment<'a> {
    expected: &'a [String],
    actual: &'a [String],
    edits: Vec<Edit>,
}

impl<'a> Alignment<'a> {
    /// Lays the two sides beside each other; names that fit are bound.
    pub(crate) fn new(
        expected: &'a [String],
        actual: &'a [String],
        bindings: &mut Bindings,
    ) -> Result<Self, regex::Error> {
        let patterns: Vec<Pattern> =
            expected.iter().map(|line| Pattern::read(line, bindings)).collect::<Result<_, _>>()?;
        let mut edits = Vec::new();
        for edit in cheapest(&patterns, actual) {
            match edit {
                Edit::Fit { expected, actual: index }
                    if !patterns[expected].capture(&actual[index], bindings) =>
                {
                    edits.extend([Edit::Lacking { expected }, Edit::Extra { actual: index }]);
                }
                other => edits.push(other),
            }
        }
        Ok(Self { expected, actual, edits })
    }

    /// Returns whether what came is what was expected.
    pub(crate) fn agrees(&self) -> bool {
        !self.edits.iter().any(|edit| matches!(edit, Edit::Lacking { .. } | Edit::Extra { .. }))
    }

    /// Returns the lines to expect from now on: what fits stays as it is written, the rest is what came.
    pub(crate) fn rewritten(&self, bindings: &Bindings) -> Vec<String> {
        let line = |edit: &Edit| match *edit {
            Edit::Fit { expected, .. } | Edit::AnyLines { expected } => Some(self.expected[expected].clone()),
            Edit::Extra { actual } => Some(bindings.abbreviate(&self.actual[actual])),
            Edit::Swallowed { .. } | Edit::Lacking { .. } => None,
        };
        self.edits.iter().filter_map(line).collect()
    }

    /// Returns the difference in the unified format: `-` was expected, `+` came.
    pub(crate) fn diff(&self) -> String {
        let mut text = String::from("--- expected\n+++ actual\n");
        let mut shown_until = 0;
        for (at, edit) in self.edits.iter().enumerate() {
            if !matches!(edit, Edit::Lacking { .. } | Edit::Extra { .. }) || at < shown_until {
                continue;
            }
            let start = at.saturating_sub(CONTEXT_LINES).max(shown_until);
            let end = self.hunk_end(at);
            let (expected_before, actual_before) = self.lines_before(start);
            let (expected_after, actual_after) = self.lines_before(end);
            let _ = writeln!(
                text,
                "@@ -{},{} +{},{} @@",
                expected_before + 1,
                expected_after - expected_before,
                actual_before + 1,
                actual_after - actual_before
            );
            for edit in &self.edits[start..end] {
                self.show(*edit, &mut text);
            }
            shown_until = end;
        }
        text
    }

    /// Returns where the hunk that a difference opens ends: after the context of its last difference.
    fn hunk_end(&self, first: usize) -> usize {
        let mut last = first;
        for (at, edit) in self.edits.iter().enumerate().skip(first) {
            if at > last + 2 * CONTEXT_LINES {
                break;
            }
            if matches!(edit, Edit::Lacking { .. } | Edit::Extra { .. }) {
                last = at;
            }
        }
        (last + 1 + CONTEXT_LINES).min(self.edits.len())
    }

    /// Counts the expected and the actual lines before an edit.
    fn lines_before(&self, end: usize) -> (usize, usize) {
        self.edits[..end].iter().fold((0, 0), |(expected, actual), edit| match edit {
            Edit::Fit { .. } => (expected + 1, actual + 1),
            Edit::AnyLines { .. } | Edit::Lacking { .. } => (expected + 1, actual),
            Edit::Swallowed { .. } | Edit::Extra { .. } => (expected, actual + 1),
        })
    }

    fn show(&self, edit: Edit, text: &mut String) {
        let (mark, line) = match edit {
            Edit::Fit { expected, .. } | Edit::AnyLines { expected } => (' ', &self.expected[expected]),
            Edit::Swallowed { actual } => (' ', &self.actual[actual]),
            Edit::Lacking { expected } => ('-', &self.expected[expected]),
            Edit::Extra { actual } => ('+', &self.actual[actual]),
        };
        let _ = writeln!(text, "{mark}{line}");
    }
}

/// Returns the edits with the fewest differences, by dynamic programming over both sides.
fn cheapest(patterns: &[Pattern], actual: &[String]) -> Vec<Edit> {
    let (rows, columns) = (patterns.len(), actual.len());
    // `costs[row][column]`: differences needed for what remains from there on.
    let mut costs = vec![vec![0_usize; columns + 1]; rows + 1];
    let mut fits = vec![vec![false; columns]; rows];
    for (column, cost) in costs[rows].iter_mut().enumerate() {
        *cost = columns - column;
    }
    for row in (0..rows).rev() {
        for column in (0..=columns).rev() {
            let below = costs[row + 1][column];
            let right = costs[row].get(column + 1).copied();
            costs[row][column] = match &patterns[row] {
                Pattern::AnyLines => right.map_or(below, |right| right.min(below)),
                pattern => {
                    let mut best = right.map_or(below, |right| right.min(below)) + 1;
                    if column < columns && pattern.fits(&actual[column]) {
                        fits[row][column] = true;
                        best = best.min(costs[row + 1][column + 1]);
                    }
                    best
                }
            };
        }
    }
    trace(patterns, &costs, &fits)
}

/// Walks from the start along the cheapest costs.
fn trace(patterns: &[Pattern], costs: &[Vec<usize>], fits: &[Vec<bool>]) -> Vec<Edit> {
    let (rows, columns) = (patterns.len(), costs[0].len() - 1);
    let (mut row, mut column) = (0, 0);
    let mut edits = Vec::new();
    let mut swallowing = false;
    while row < rows || column < columns {
        let cost = costs[row][column];
        if row == rows {
            edits.push(Edit::Extra { actual: column });
            column += 1;
        } else if matches!(patterns[row], Pattern::AnyLines) {
            if !swallowing {
                edits.push(Edit::AnyLines { expected: row });
            }
            if costs[row + 1][column] == cost {
                row += 1;
                swallowing = false;
            } else {
                edits.push(Edit::Swallowed { actual: column });
                column += 1;
                swallowing = true;
            }
        } else if column < columns && fits[row][column] && costs[row + 1][column + 1] == cost {
            edits.push(Edit::Fit { expected: row, actual: column });
            row += 1;
            column += 1;
        } else if costs[row + 1][column] + 1 == cost {
            edits.push(Edit::Lacking { expected: row });
            row += 1;
        } else {
            edits.push(Edit::Extra { actual: column });
            column += 1;
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    fn agrees(expected: &str, actual: &str) -> bool {
        Alignment::new(&lines(expected), &lines(actual), &mut Bindings::default()).unwrap().agrees()
    }

    #[test]
    fn any_lines_may_be_none_or_many() {
        assert!(agrees("a\n...\nb", "a\nb"));
        assert!(agrees("a\n...\nb", "a\nx\ny\nb"));
        assert!(agrees("...\nb\n...", "x\nb\nb\ny"));
        assert!(!agrees("a\n...\nb", "a\nx\ny"));
    }

    #[test]
    fn a_line_too_few_or_too_many_is_a_difference() {
        assert!(!agrees("a\nb", "a"));
        assert!(!agrees("a", "a\nb"));
        assert!(!agrees("", "a"));
        assert!(!agrees("a", ""));
        assert!(agrees("", ""));
    }

    #[test]
    fn a_difference_is_shown_where_it_is() {
        let expected = lines("1\n2\n3\n4\n[..]\n6\n7");
        let actual = lines("1\n2\n3\n4\nfive\nsix\n7");
        let mut bindings = Bindings::default();
        let alignment = Alignment::new(&expected, &actual, &mut bindings).unwrap();
        assert_eq!(
            alignment.diff(),
            "--- expected\n+++ actual\n@@ -3,5 +3,5 @@\n 3\n 4\n [..]\n-6\n+six\n 7\n"
        );
    }

    #[test]
    fn distant_differences_are_shown_apart() {
        let expected: Vec<String> = (0..30).map(|number| number.to_string()).collect();
        let mut actual = expected.clone();
        actual[2] = "x".into();
        actual.push("y".into());
        let mut bindings = Bindings::default();
        let diff = Alignment::new(&expected, &actual, &mut bindings).unwrap().diff();
        assert_eq!(diff.matches("@@ -").count(), 2, "{diff}");
        assert!(diff.contains("@@ -1,6 +1,6 @@\n 0\n 1\n-2\n+x\n 3\n"), "{diff}");
        assert!(diff.ends_with("@@ -28,3 +28,4 @@\n 27\n 28\n 29\n+y\n"), "{diff}");
    }

    #[test]
    fn a_name_that_would_stand_for_two_things_is_a_difference() {
        let (expected, actual) = (lines("id [ID]\nsame [ID]"), lines("id 1\nsame 2"));
        let mut bindings = Bindings::default();
        let alignment = Alignment::new(&expected, &actual, &mut bindings).unwrap();
        assert!(!alignment.agrees());
        assert!(alignment.diff().ends_with(" id [ID]\n-same [ID]\n+same 2\n"), "{}", alignment.diff());
    }

    #[test]
    fn rewriting_keeps_what_still_fits() {
        let (expected, actual) =
            (lines("took [..] ms\nold\n...\nlast [ID]"), lines("took 3 ms\nnew\nx\nlast abcdef"));
        let mut bindings = Bindings::default();
        let alignment = Alignment::new(&expected, &actual, &mut bindings).unwrap();
        assert_eq!(alignment.rewritten(&bindings), lines("took [..] ms\n...\nlast [ID]"));
        let (expected, actual) = (lines("old"), lines("new abcdef"));
        let alignment = Alignment::new(&expected, &actual, &mut bindings).unwrap();
        assert_eq!(alignment.rewritten(&bindings), lines("new [ID]"));
    }

    proptest! {
        #[test]
        fn what_was_rewritten_agrees(
            expected in proptest::collection::vec("(a|b|a\\[\\.\\.\\]|\\.\\.\\.)", 0..8),
            actual in proptest::collection::vec("[abc]{0,2}", 0..8),
        ) {
            let mut bindings = Bindings::default();
            let rewritten = Alignment::new(&expected, &actual, &mut bindings).unwrap().rewritten(&bindings);
            prop_assert!(Alignment::new(&rewritten, &actual, &mut bindings).unwrap().agrees());
        }
    }
}
