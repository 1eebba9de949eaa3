//! The drives that the server has told of.

use std::collections::HashMap;

use jitney_geo::{Spot, Travel};

/// What the server says of a drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    /// It takes so long.
    Drive(Travel),
    /// No road leads there.
    NoWay,
    /// One of the two is too far from any road that the server knows.
    OffMap,
}

/// Drives between places by number; rows and columns are added, none is made again.
#[derive(Debug, Default)]
pub(super) struct Known {
    numbers: HashMap<Spot, usize>,
    /// By place: what is known to each, and by which answer.
    rows: Vec<Vec<Option<(Cell, u32)>>>,
    answers: u32,
}

impl Known {
    /// Returns how many answers have come.
    pub fn answers(&self) -> u32 {
        self.answers
    }

    /// Returns the number of places.
    pub fn places(&self) -> usize {
        self.rows.len()
    }

    /// Returns what the first `seen` answers say of a drive.
    pub fn cell(&self, from: Spot, to: Spot, seen: u32) -> Option<Cell> {
        let (from, to) = (self.numbers.get(&from)?, self.numbers.get(&to)?);
        let (cell, answer) = (*self.rows.get(*from)?.get(*to)?)?;
        (answer <= seen).then_some(cell)
    }

    /// Takes in one answer. What is known stays: a plan that is under way must not see it change.
    pub fn take(&mut self, cells: impl IntoIterator<Item = ((Spot, Spot), Cell)>) {
        self.answers = self.answers.saturating_add(1);
        for ((from, to), cell) in cells {
            let (from, to) = (self.number(from), self.number(to));
            let Some(row) = self.rows.get_mut(from) else { continue };
            if row.len() <= to {
                row.resize(to + 1, None);
            }
            if let Some(known) = row.get_mut(to) {
                known.get_or_insert((cell, self.answers));
            }
        }
    }

    fn number(&mut self, spot: Spot) -> usize {
        let next = self.rows.len();
        let number = *self.numbers.entry(spot).or_insert(next);
        if number == next {
            self.rows.push(Vec::new());
        }
        number
    }
}
