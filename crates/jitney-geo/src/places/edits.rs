//! How many slips of the hand part two words: the optimal string alignment distance, which counts a letter
//! added, left out, changed or swapped with its neighbour as one (Damerau 1964, restricted).

/// Longest word that slips are forgiven in, in letters.
pub(super) const WORD_MAX: usize = 31;

/// More slips than are ever forgiven.
const FAR: u8 = 100;

/// Returns how many slips are forgiven in a word of so many letters: first one in words of four letters and
/// more, then, as `most` is 2, two in words of eight and one even in `rua`.
pub(super) fn forgiven(letters: usize, most: u8) -> u8 {
    match letters {
        0..=1 => 0,
        2..=3 => most.saturating_sub(1),
        4..=7 => most.min(1),
        _ => most,
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Returns the slips between two words, if there are at most so many.
    fn slips(typed: &str, word: &str, most: u8) -> Option<u8> {
        let typed: Vec<char> = typed.chars().collect();
        let mut row = Row::start();
        let mut before: Option<(Row, char)> = None;
        for letter in word.chars() {
            let next = row.read(letter, before.as_ref().map(|(row, c)| (row, *c)), &typed, most);
            if !next.hopeful(most) {
                return None;
            }
            before = Some((row, letter));
            row = next;
        }
        Some(row.cell(typed.len())).filter(|&slips| slips <= most)
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
            assert_eq!(slips(typed, "millroad", 1), Some(edits), "{typed}");
        }
        assert_eq!(slips("mlilraod", "millroad", 1), None);
        assert_eq!(slips("mlilraod", "millroad", 2), Some(2));
    }

    proptest! {
        #[test]
        fn the_band_finds_what_the_whole_table_finds(a in "[abc]{1,9}", b in "[abc]{1,9}", most in 0u8..=2) {
            let (left, right): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            let far = whole_table(&left, &right);
            let wanted = (far <= usize::from(most)).then_some(far as u8);
            prop_assert_eq!(slips(&a, &b, most), wanted);
        }
    }
}
