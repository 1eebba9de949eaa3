//! A place as large as partners are told of.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::place::Cell;

/// A cell of the H3 grid that is never finer than [`Area::FINEST`]: all that gossip says of a place.
///
/// Whatever cell it is made of, or read from, is replaced by the larger one it belongs to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Cell", into = "Cell")]
pub struct Area(Cell);

impl Area {
    /// The finest resolution there is: hexagons of about 5.2 km².
    pub const FINEST: u8 = 7;

    /// Returns the cell itself, or the one of resolution [`Area::FINEST`] that it belongs to.
    pub fn around(cell: Cell) -> Self {
        /// Bits of the digit of one resolution; an unused digit has all of them.
        const DIGIT_BITS: u32 = 3;
        if cell.resolution() <= Area::FINEST {
            return Area(cell);
        }
        let unused = (1_u64 << (DIGIT_BITS * (15 - u32::from(Area::FINEST)))) - 1;
        let index = cell.index() & !(0xf << 52) | u64::from(Area::FINEST) << 52 | unused;
        // Mode and base cell are untouched, so it is a cell still.
        Area(Cell::new(index).unwrap_or(cell))
    }

    /// Returns the cell.
    pub const fn cell(self) -> Cell {
        self.0
    }
}

impl From<Cell> for Area {
    fn from(cell: Cell) -> Self {
        Area::around(cell)
    }
}

impl From<Area> for Cell {
    fn from(area: Area) -> Self {
        area.0
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Area({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_fine_cell_becomes_the_large_one_it_belongs_to() {
        let house: Cell = "8a1fb46622dffff".parse().unwrap();
        assert_eq!(Area::around(house).to_string(), "871fb4662ffffff");
        let country: Cell = "851fb467fffffff".parse().unwrap();
        assert_eq!(Area::around(country).cell(), country);
    }

    proptest! {
        #[test]
        fn no_number_that_travels_makes_a_finer_area(number in any::<u64>()) {
            if let Ok(cell) = Cell::new(number) {
                let area = Area::around(cell);
                prop_assert!(area.cell().resolution() <= Area::FINEST);
                let text = serde_json::to_string(&cell).unwrap();
                prop_assert_eq!(serde_json::from_str::<Area>(&text).unwrap(), area);
            }
        }
    }
}
