//! How many slips of the hand part two words: the optimal string alignment distance, which counts a letter
//! added, left out, changed or swapped with its neighbour as one (Damerau 1964, restricted).

/// Longest word that slips are forgiven in, in letters.
pub(super) const WORD_MAX: usize = 31;

/// More slips than are ever forgiven.
const FAR: u8 = 100;

/// Returns how many slips are forgiven in a word of so many letters.
pub(super) fn forgiven(letters: usize) -> u8 {
    match letters {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// One row of the alignment table: how far what has been read is from each beginning of the typed word.
///
/// Only cells within `most` of the diagonal are reckoned; all others are too far anyway.
#[derive(Clone, Copy)]
pub(super) struct Row {
    cells: [u8; WORD_MAX + 1],
    /// Letters read.
    read: usize,
}

impl Row {
    /// Returns the row before anything is read.
    pub(super) fn start() -> Row {
        let mut cells = [FAR; WORD_MAX + 1];
        for (cell, far) in cells.iter_mut().zip(0u8..) {
            *cell = far;
        }
        Row { cells, read: 0 }
    }

    /// Returns the row after reading `letter`. `before` is the row before the letter read last, and that letter.
    pub(super) fn read(&self, letter: char, before: Option<(&Row, char)>, typed: &[char], most: u8) -> Row {
        let read = self.read.saturating_add(1);
        let mut next = Row { cells: [FAR; WORD_MAX + 1], read };
        let band = usize::from(most);
        let first = read.saturating_sub(band);
        let last = read.saturating_add(band).min(typed.len());
        if first == 0 {
            next.cells[0] = u8::try_from(read).unwrap_or(FAR).min(FAR);
        }
        for at in first.max(1)..=last {
            let Some(&wanted) = typed.get(at.saturating_sub(1)) else { break };
            let same = wanted == letter;
            let changed = self.cell(at.saturating_sub(1)).saturating_add(u8::from(!same));
            let added = self.cell(at).saturating_add(1);
            let left_out = next.cell(at.saturating_sub(1)).saturating_add(1);
            let mut far = changed.min(added).min(left_out);
            if let Some((before, letter_before)) = before
                && at >= 2
                && wanted == letter_before
                && typed.get(at.saturating_sub(2)) == Some(&letter)
            {
                far = far.min(before.cell(at.saturating_sub(2)).saturating_add(1));
            }
            next.cells[at] = far.min(FAR);
        }
        next
    }

    /// Returns the distance of what has been read from the first `letters` letters of the typed word.
    pub(super) fn cell(&self, letters: usize) -> u8 {
        self.cells.get(letters).copied().unwrap_or(FAR)
    }

    /// Returns how many letters have been read.
    pub(super) fn letters(&self) -> usize {
        self.read
    }

    /// Tells whether reading on can still end within `most` slips.
    pub(super) fn hopeful(&self, most: u8) -> bool {
        let band = usize::from(most);
        let first = self.read.saturating_sub(band).min(WORD_MAX);
        let last = self.read.saturating_add(band).min(WORD_MAX);
        self.cells.get(first..=last).is_some_and(|cells| cells.iter().any(|&cell| cell <= most))
    }
}

/// How a typed word fits a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fit {
    /// Slips.
    pub(super) edits: u8,
    /// Whether the word goes on after what was typed.
    pub(super) unfinished: bool,
}

/// Returns how the typed word fits `word` within `most` slips, or as its beginning if that is asked.
pub(super) fn fit(typed: &[char], word: &str, most: u8, beginning: bool) -> Option<Fit> {
    if typed.len() > WORD_MAX {
        let same = typed.iter().copied().eq(word.chars());
        return same.then_some(Fit { edits: 0, unfinished: false });
    }
    let mut best: Option<Fit> = None;
    let mut rows: (Row, Option<(Row, char)>) = (Row::start(), None);
    let mut offer = |edits: u8, unfinished: bool| {
        let better = best.is_none_or(|b| (edits, unfinished) < (b.edits, b.unfinished));
        if edits <= most && better {
            best = Some(Fit { edits, unfinished });
        }
    };
    let mut letters = word.chars().peekable();
    while let Some(letter) = letters.next() {
        let (row, before) = &rows;
        let next = row.read(letter, before.as_ref().map(|(row, c)| (row, *c)), typed, most);
        let end = letters.peek().is_none();
        if end || beginning {
            offer(next.cell(typed.len()), !end);
        }
        if !next.hopeful(most) {
            break;
        }
        rows = (next, Some((rows.0, letter)));
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fit_of(typed: &str, word: &str, most: u8, beginning: bool) -> Option<(u8, bool)> {
        let typed: Vec<char> = typed.chars().collect();
        fit(&typed, word, most, beginning).map(|fit| (fit.edits, fit.unfinished))
    }

    /// The whole table, without a band and without giving up: slow and plain.
    fn whole_table(a: &[char], b: &[char]) -> usize {
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                table[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let changed = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let mut far = changed.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        far = far.min(table[i - 2][j - 2] + 1);
                    }
                    far
                };
            }
        }
        table[a.len()][b.len()]
    }

    #[test]
    fn one_slip_of_each_kind_is_one() {
        for typed in ["millroad", "milroad", "millrroad", "milkroad", "mlilroad"] {
            let edits = u8::from(typed != "millroad");
            assert_eq!(fit_of(typed, "millroad", 1, false), Some((edits, false)), "{typed}");
        }
        assert_eq!(fit_of("mlilrado", "millroad", 1, false), None);
    }

    #[test]
    fn a_beginning_is_unfinished() {
        assert_eq!(fit_of("mill", "millroad", 0, true), Some((0, true)));
        assert_eq!(fit_of("mlil", "millroad", 1, true), Some((1, true)));
        assert_eq!(fit_of("mill", "millroad", 0, false), None);
    }

    proptest! {
        #[test]
        fn the_band_finds_what_the_whole_table_finds(a in "[abc]{1,9}", b in "[abc]{1,9}", most in 0u8..=2) {
            let (left, right): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            let far = whole_table(&left, &right);
            let wanted = (far <= usize::from(most)).then_some((far as u8, false));
            prop_assert_eq!(fit_of(&a, &b, most, false), wanted);
        }
    }
}
