//! Cells of the H3 grid: making them, coarsening them, measuring between them.

pub use h3o::Resolution;
use h3o::{CellIndex, LatLng};
use jitney_domain::gossip::Area;
use jitney_domain::{Cell, Coordinate, Metres};
use thiserror::Error;

use crate::distance::{lat_lng, metres_between, whole_metres};

/// Finest resolution of the cells that open tickets name: hexagons of about 5.2 km², some 2.6 km across.
///
/// In a village such a cell still holds more doors than a neighbour could guess among, and its centre is
/// near enough to any door in it (under 2 km) for a partner to judge whether the trip is worth claiming.
pub const GOSSIP_RESOLUTION: Resolution = Resolution::Seven;
// The domain takes nothing finer into what is gossiped.
const _: () = assert!(GOSSIP_RESOLUTION as u8 == Area::FINEST);

/// Resolution at which two points count as one address: hexagons of about 300 m², one house with its yard.
pub const ADDRESS_RESOLUTION: Resolution = Resolution::Twelve;

/// Says why a cell cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GridError {
    /// The number has the shape of a cell, but the H3 grid has none of that number.
    #[error("{cell} is not a cell of the H3 grid; ask whoever sent it to send it again")]
    NotACell {
        /// What was given.
        cell: Cell,
    },
    /// A cell was to be coarsened to something finer.
    #[error("{cell} has resolution {has}; it cannot be coarsened to the finer resolution {wanted}")]
    TooFine {
        /// What was given.
        cell: Cell,
        /// Its resolution.
        has: u8,
        /// The resolution asked for.
        wanted: u8,
    },
}

/// Returns the cell of the given resolution that holds `point`.
pub fn cell_of(point: Coordinate, resolution: Resolution) -> Cell {
    to_domain(lat_lng(point).to_cell(resolution))
}

/// Returns the middle of a cell.
///
/// # Errors
/// [`GridError::NotACell`] for a number that the grid does not hold.
pub fn centre(cell: Cell) -> Result<Coordinate, GridError> {
    let middle = LatLng::from(index(cell)?);
    let lat = middle.lat().clamp(-90.0, 90.0);
    let lon = middle.lng().clamp(-180.0, 180.0);
    Coordinate::new(lat, lon).map_err(|_| GridError::NotACell { cell })
}

/// Returns the cell of a coarser (or the same) resolution that `cell` belongs to.
///
/// # Errors
/// [`GridError::NotACell`] for a number that the grid does not hold, [`GridError::TooFine`] if `resolution`
/// is finer than the cell's own.
pub fn coarser(cell: Cell, resolution: Resolution) -> Result<Cell, GridError> {
    let own = index(cell)?;
    let parent = own.parent(resolution).ok_or(GridError::TooFine {
        cell,
        has: cell.resolution(),
        wanted: resolution as u8,
    })?;
    Ok(to_domain(parent))
}

/// Returns the great-circle distance between the middles of two cells, of whatever resolutions.
///
/// # Errors
/// [`GridError::NotACell`] for a number that the grid does not hold.
pub fn cell_distance(a: Cell, b: Cell) -> Result<Metres, GridError> {
    Ok(whole_metres(metres_between(centre(a)?, centre(b)?)))
}

fn index(cell: Cell) -> Result<CellIndex, GridError> {
    CellIndex::try_from(cell.index()).map_err(|_| GridError::NotACell { cell })
}

fn to_domain(index: CellIndex) -> Cell {
    Cell::new(u64::from(index)).expect("every index of the grid has the bit layout of a cell")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(lat: f64, lon: f64) -> Coordinate {
        Coordinate::new(lat, lon).unwrap()
    }

    #[test]
    fn a_cell_known_from_the_h3_documentation_is_found() {
        let paris = at(48.864716, 2.349014);
        assert_eq!(cell_of(paris, Resolution::Five).to_string(), "851fb467fffffff");
    }

    #[test]
    fn a_number_shaped_like_a_cell_but_not_in_the_grid_is_refused() {
        // Resolution 5 whose unused digits are not all ones.
        let forged = Cell::new(0x0851_fb46_7000_0000).unwrap();
        assert_eq!(centre(forged), Err(GridError::NotACell { cell: forged }));
        assert!(coarser(forged, Resolution::Three).is_err());
        assert!(cell_distance(forged, forged).is_err());
    }

    #[test]
    fn a_cell_is_never_made_finer() {
        let cell = cell_of(at(48.5, 9.0), GOSSIP_RESOLUTION);
        assert_eq!(coarser(cell, GOSSIP_RESOLUTION), Ok(cell));
        assert_eq!(coarser(cell, Resolution::Eight), Err(GridError::TooFine { cell, has: 7, wanted: 8 }));
    }

    proptest! {
        #[test]
        fn a_cell_holds_its_own_centre(lat in -89.0f64..89.0, lon in -180.0f64..180.0, res in 0u8..=15) {
            let resolution = Resolution::try_from(res).unwrap();
            let cell = cell_of(at(lat, lon), resolution);
            prop_assert_eq!(cell.resolution(), res);
            prop_assert_eq!(cell_of(centre(cell).unwrap(), resolution), cell);
            prop_assert_eq!(cell_distance(cell, cell).unwrap(), Metres(0));
        }

        #[test]
        fn any_number_is_a_cell_or_refused(number in any::<u64>()) {
            if let Ok(cell) = Cell::new(number)
                && let Ok(middle) = centre(cell)
            {
                let resolution = Resolution::try_from(cell.resolution()).unwrap();
                prop_assert_eq!(cell_of(middle, resolution), cell);
            }
        }
    }
}
