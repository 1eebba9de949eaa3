//! The words of all places, sorted: found whole, by their beginning, and in spite of slips.
//!
//! A beginning is a range of a sorted list, so that all places of all its words lie side by side. Slips are
//! found by walking the list as the tree of its beginnings, with one row of the alignment table a letter, and
//! leaving a branch as soon as no word of it can be near enough.

use super::bytes::Texts;
use super::edits::{Row, WORD_MAX, forgiven};

/// Most branches looked into for one word; so many are never needed for words that people type.
const BRANCHES_MAX: u32 = 20_000;

/// Words that a typed word fits, as a range of the dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// First word.
    pub(super) start: u32,
    /// The word after the last.
    pub(super) end: u32,
    /// Slips.
    pub(super) edits: u8,
    /// Whether words go on after what was typed.
    pub(super) unfinished: bool,
}

/// The words of all places, sorted by their bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dictionary<'a>(pub(super) Texts<'a>);

impl Dictionary<'_> {
    /// Tells whether the words are in order, each once.
    pub(super) fn is_sorted(self) -> bool {
        (1..self.0.len()).all(|at| self.0.get(at.saturating_sub(1)) < self.0.get(at))
    }

    /// Returns a word's number.
    pub(super) fn find(self, word: &str) -> Option<u32> {
        let at = self.first_where(0, self.0.len(), |other| other >= word);
        (at < self.0.len() && self.0.get(at) == word).then_some(at)
    }

    /// Returns the words that begin so; the word itself among them.
    pub(super) fn beginning(self, typed: &str) -> (u32, u32) {
        let start = self.first_where(0, self.0.len(), |word| word >= typed);
        let end = self.first_where(start, self.0.len(), |word| !word.starts_with(typed));
        (start, end)
    }

    /// Appends the words that what was typed may be a slip of, or, if that is asked, the beginning of.
    ///
    /// At most `slips` are forgiven; how many goes by the longer of the two: a letter may have been left out.
    pub(super) fn near(self, typed: &[char], slips: u8, beginning: bool, found: &mut Vec<Found>) {
        let most = forgiven(typed.len().saturating_add(1), slips);
        if typed.len() > WORD_MAX || most == 0 {
            return;
        }
        let mut walk = Walk { words: self, typed, slips, most, beginning, branches: BRANCHES_MAX, found };
        walk.branch((0, self.0.len()), 0, &Row::start(), None);
    }

    /// Returns the first word from `start` on of which `test` holds; it must hold of all after that.
    fn first_where(self, start: u32, end: u32, test: impl Fn(&str) -> bool) -> u32 {
        let (mut low, mut high) = (start, end);
        while low < high {
            let middle = low.midpoint(high);
            if test(self.0.get(middle)) {
                high = middle;
            } else {
                low = middle.saturating_add(1);
            }
        }
        low
    }
}

/// A walk through the tree of beginnings.
struct Walk<'a, 'b> {
    words: Dictionary<'a>,
    typed: &'b [char],
    slips: u8,
    most: u8,
    beginning: bool,
    branches: u32,
    found: &'b mut Vec<Found>,
}

impl Walk<'_, '_> {
    /// Looks through the words `start..end`, which share their first `depth` bytes; `row` stands after those.
    fn branch(&mut self, (start, end): (u32, u32), depth: usize, row: &Row, before: Option<(&Row, char)>) {
        let mut at = start;
        while at < end && self.branches > 0 {
            self.branches = self.branches.saturating_sub(1);
            let word = self.words.0.get(at);
            let Some(letter) = word.get(depth..).and_then(|rest| rest.chars().next()) else {
                // The word ends here, as the first of its branch.
                let edits = row.cell(self.typed.len());
                if edits <= self.forgiven(row) {
                    let end = at.saturating_add(1);
                    self.found.push(Found { start: at, end, edits, unfinished: false });
                }
                at = at.saturating_add(1);
                continue;
            };
            let deeper = depth.saturating_add(letter.len_utf8());
            let shared = word.get(..deeper).unwrap_or_default();
            let branch_end = self.branch_end(at, end, shared);
            let next = row.read(letter, before, self.typed, self.most);
            let edits = next.cell(self.typed.len());
            if self.beginning && edits <= self.forgiven(&next) {
                self.found.push(Found { start: at, end: branch_end, edits, unfinished: true });
            }
            if next.hopeful(self.most) {
                self.branch((at, branch_end), deeper, &next, Some((row, letter)));
            }
            at = branch_end;
        }
    }

    fn forgiven(&self, row: &Row) -> u8 {
        forgiven(self.typed.len().max(row.letters()), self.slips)
    }

    /// Returns where the words that begin with `shared` end; `at` is the first of them.
    fn branch_end(&self, at: u32, end: u32, shared: &str) -> u32 {
        // Most branches are narrow: look near before looking far.
        let mut near = at.saturating_add(1);
        let mut step = 1u32;
        while near < end && self.words.0.get(near).starts_with(shared) {
            step = step.saturating_mul(2);
            near = near.saturating_add(step);
        }
        let from = near.saturating_sub(step).max(at);
        self.words.first_where(from, near.min(end), |word| !word.starts_with(shared))
    }
}

#[cfg(test)]
mod tests {
    use super::super::bytes::Numbers;
    use super::*;
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    fn with<T>(words: &BTreeSet<String>, test: impl FnOnce(Dictionary<'_>) -> T) -> T {
        let mut starts = vec![0u32];
        let mut bytes = Vec::new();
        for word in words {
            bytes.extend(word.bytes());
            starts.push(bytes.len() as u32);
        }
        let starts: Vec<u8> = starts.into_iter().flat_map(u32::to_le_bytes).collect();
        test(Dictionary(Texts { starts: Numbers(&starts), bytes: &bytes }))
    }

    /// The slips by recursion on the definition.
    fn slips(a: &[char], b: &[char]) -> usize {
        let (Some((x, short_a)), Some((y, short_b))) = (a.split_last(), b.split_last()) else {
            return a.len() + b.len();
        };
        let changed = slips(short_a, short_b) + usize::from(x != y);
        let mut least = changed.min(slips(short_a, b) + 1).min(slips(a, short_b) + 1);
        if let (Some((v, rest_a)), Some((w, rest_b))) = (short_a.split_last(), short_b.split_last())
            && v == y
            && w == x
        {
            least = least.min(slips(rest_a, rest_b) + 1);
        }
        least
    }

    proptest! {
        #[test]
        fn the_walk_finds_just_the_words_that_are_near(
            words in prop::collection::btree_set("[abé]{1,6}", 0..20),
            typed in "[abé]{1,6}",
        ) {
            let typed: Vec<char> = typed.chars().collect();
            let wanted: BTreeSet<(u32, u8)> = (0u32..).zip(&words).filter_map(|(at, word)| {
                let letters: Vec<char> = word.chars().collect();
                let far = slips(&typed, &letters) as u8;
                (far <= forgiven(typed.len().max(letters.len()), 2)).then_some((at, far))
            }).collect();
            let found = with(&words, |dictionary| {
                let mut found = Vec::new();
                dictionary.near(&typed, 2, false, &mut found);
                found
            });
            prop_assert!(found.iter().all(|found| found.end == found.start + 1 && !found.unfinished));
            prop_assert_eq!(found.iter().map(|f| (f.start, f.edits)).collect::<BTreeSet<_>>(), wanted);
        }

        #[test]
        fn words_and_beginnings_are_found(
            words in prop::collection::btree_set("[abé]{1,4}", 0..20),
            typed in "[abé]{1,3}",
        ) {
            let (exact, (start, end)) =
                with(&words, |dictionary| (dictionary.find(&typed), dictionary.beginning(&typed)));
            prop_assert_eq!(exact.is_some(), words.contains(&typed));
            let wanted: Vec<u32> =
                (0u32..).zip(&words).filter(|(_, word)| word.starts_with(&typed)).map(|(at, _)| at).collect();
            prop_assert_eq!((start..end).collect::<Vec<_>>(), wanted);
        }
    }
}
