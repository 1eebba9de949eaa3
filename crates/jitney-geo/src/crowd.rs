//! How large a place must be so that enough people share it.
//!
//! This is k-anonymity (Sweeney 2002) for a place: who is told of the cell cannot tell the door from `k - 1`
//! others. How many addresses a cell holds is known from an imported register, or else reckoned from a
//! stated density.

use std::collections::{BTreeMap, HashSet};

use h3o::CellIndex;
use jitney_domain::{Cell, Coordinate};
use thiserror::Error;

use crate::cell::{ADDRESS_RESOLUTION, GOSSIP_RESOLUTION, Resolution, cell_of, coarser};

/// The largest cell a place may hide in: hexagons of about 253 km², some 18 km across.
///
/// The centre of anything larger is so far from most doors in it that no partner could judge the trip.
pub const COARSEST_RESOLUTION: Resolution = Resolution::Five;
/// Most cells a register may fill: a hundred thousand square kilometres.
pub const REGISTER_CELLS_MAX: usize = 20_000;
/// The smallest hexagon of a resolution has about this share of the average one's area (H3's table of cell
/// areas has 0.596); with a margin.
const SMALLEST_SHARE: f64 = 0.55;

/// How many addresses there are in each cell of [`GOSSIP_RESOLUTION`]. Nothing finer is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressRegister(BTreeMap<Cell, u32>);

/// Says why a register cannot be read. It never repeats the line: that may be somebody's door.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RegisterError {
    /// A line is neither of the two forms.
    #[error("line {line} is neither \"latitude,longitude\" in degrees nor \"cell,count\"")]
    Malformed {
        /// Which, from 1.
        line: usize,
    },
    /// A cell is larger than the smallest that partners may be told of.
    #[error("line {line} counts the addresses of a cell larger than resolution 7; count smaller ones")]
    TooCoarse {
        /// Which, from 1.
        line: usize,
    },
    /// There is not one address.
    #[error("there is no address in it")]
    Empty,
    /// It covers too much.
    #[error("it fills {cells} cells, more than {REGISTER_CELLS_MAX}; leave out what is out of your reach")]
    TooLarge {
        /// How many it fills.
        cells: usize,
    },
}

impl AddressRegister {
    /// Adds up a register of lines `latitude,longitude` (an address each) or `cell,count`, with or without
    /// such a line of headings. Points less than a house apart count once, so that ten flats of one
    /// building do not pass for ten doors.
    ///
    /// # Errors
    /// [`RegisterError`] names the first line that is wrong.
    pub fn read(text: &str) -> Result<Self, RegisterError> {
        let mut counts = BTreeMap::<Cell, u32>::new();
        let mut houses = HashSet::new();
        for (at, text) in text.lines().enumerate() {
            let (line, text) = (at.saturating_add(1), text.trim());
            let heading = at == 0 && ["lat,lon", "latitude,longitude", "cell,count"].contains(&text);
            if text.is_empty() || heading {
                continue;
            }
            let (first, second) = text.split_once(',').ok_or(RegisterError::Malformed { line })?;
            let (first, second) = (first.trim(), second.trim());
            let (cell, count) = match (first.parse::<Cell>(), second.parse::<u32>()) {
                (Ok(cell), Ok(count)) => (cell, count),
                _ => {
                    let point: Coordinate = text.parse().map_err(|_| RegisterError::Malformed { line })?;
                    let house = cell_of(point, ADDRESS_RESOLUTION);
                    (house, u32::from(houses.insert(house)))
                }
            };
            if cell.resolution() < GOSSIP_RESOLUTION as u8 {
                return Err(RegisterError::TooCoarse { line });
            }
            let area = coarser(cell, GOSSIP_RESOLUTION).map_err(|_| RegisterError::Malformed { line })?;
            let known = counts.entry(area).or_default();
            *known = known.saturating_add(count);
        }
        Self::from_counts(counts)
    }

    /// Takes counts by cell of [`GOSSIP_RESOLUTION`].
    ///
    /// # Errors
    /// [`RegisterError`] if there is nothing in it, too much, or a cell of another size.
    pub fn from_counts(mut counts: BTreeMap<Cell, u32>) -> Result<Self, RegisterError> {
        counts.retain(|_, count| *count > 0);
        let fits = |cell: &Cell| coarser(*cell, GOSSIP_RESOLUTION) == Ok(*cell);
        match counts.keys().position(|cell| !fits(cell)) {
            Some(at) => Err(RegisterError::Malformed { line: at.saturating_add(1) }),
            None if counts.is_empty() => Err(RegisterError::Empty),
            None if counts.len() > REGISTER_CELLS_MAX => Err(RegisterError::TooLarge { cells: counts.len() }),
            None => Ok(AddressRegister(counts)),
        }
    }

    /// Returns the counts, by cell.
    pub fn counts(&self) -> &BTreeMap<Cell, u32> {
        &self.0
    }

    /// Returns how many addresses there are in all.
    pub fn total(&self) -> u64 {
        self.0.values().map(|count| u64::from(*count)).sum()
    }

    /// Returns how many addresses lie in a cell, by parentage of the small cells.
    fn inside(&self, cell: CellIndex) -> u64 {
        // The children of a cell of these sizes are 7 or 49 at most: fewer than a register has rows.
        let children = cell.children(GOSSIP_RESOLUTION);
        children
            .filter_map(|child| Cell::new(u64::from(child)).ok())
            .filter_map(|child| self.0.get(&child))
            .map(|count| u64::from(*count))
            .sum()
    }
}

/// Says that a place cannot be told of without pointing at a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "fewer than {k} addresses share even the largest area that partners can plan with, so naming it would \
     point at a door; the trip is not offered to partners, your own drivers can take it"
)]
pub struct TooFew {
    /// How many must share it.
    pub k: u32,
}

/// Says why a choice of figures makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CrowdError {
    /// One address shares nothing with others.
    #[error("at least 2 addresses must share what partners are told of")]
    NoCrowd,
    /// The density is not a number of addresses.
    #[error("addresses_per_km2 must be a number above 0")]
    NoDensity,
}

/// How many addresses must share what is told of a place, and what is known of how many there are.
#[derive(Debug, Clone, PartialEq)]
pub struct Crowd {
    k: u32,
    addresses_per_km2: f64,
    register: AddressRegister,
}

impl Crowd {
    /// How many addresses share a place unless stated otherwise.
    pub const K: u32 = 50;
    /// Addresses a square kilometre unless stated otherwise: thin villages and the fields between them.
    pub const ADDRESSES_PER_KM2: f64 = 20.0;

    /// States how many addresses must share a place, and how many there are a square kilometre where no
    /// register says so.
    ///
    /// # Errors
    /// [`CrowdError`] for figures that make no sense.
    pub fn new(k: u32, addresses_per_km2: f64) -> Result<Self, CrowdError> {
        if k < 2 {
            return Err(CrowdError::NoCrowd);
        }
        if !(addresses_per_km2.is_finite() && addresses_per_km2 > 0.0) {
            return Err(CrowdError::NoDensity);
        }
        Ok(Crowd { k, addresses_per_km2, register: AddressRegister::default() })
    }

    /// Reckons with a register.
    #[must_use]
    pub fn with(self, register: AddressRegister) -> Self {
        Crowd { register, ..self }
    }

    /// Returns how many addresses must share a place.
    pub fn k(&self) -> u32 {
        self.k
    }

    /// Returns the register; empty if none was imported.
    pub fn register(&self) -> &AddressRegister {
        &self.register
    }

    /// Returns the finest cell around `point` that at least `k` addresses share: of [`GOSSIP_RESOLUTION`]
    /// or larger, never finer.
    ///
    /// Where the register knows of nobody in even the largest cell it does not reach: the density counts.
    ///
    /// # Errors
    /// [`TooFew`] if not even the largest cell has as many.
    pub fn area(&self, point: Coordinate) -> Result<Cell, TooFew> {
        let too_few = TooFew { k: self.k };
        // By the parentage of the house, as the register counts: it counts this door too.
        let house = coarser(cell_of(point, ADDRESS_RESOLUTION), GOSSIP_RESOLUTION).map_err(|_| too_few)?;
        if self.reach(house) {
            let mut around = CellIndex::try_from(house.index()).map_err(|_| too_few)?;
            while self.register.inside(around) < u64::from(self.k) {
                let above = around.resolution().pred().filter(|up| *up >= COARSEST_RESOLUTION);
                around = above.and_then(|up| around.parent(up)).ok_or(too_few)?;
            }
            return Cell::new(u64::from(around)).map_err(|_| too_few);
        }
        let resolution = self.by_density().ok_or(too_few)?;
        coarser(cell_of(point, GOSSIP_RESOLUTION), resolution).map_err(|_| too_few)
    }

    /// Returns the largest cell around `point` that a place may hide in, whoever shares it.
    pub fn largest(&self, point: Coordinate) -> Cell {
        let smallest = cell_of(point, GOSSIP_RESOLUTION);
        coarser(smallest, COARSEST_RESOLUTION).unwrap_or(smallest)
    }

    /// Returns the resolution that follows from the density alone: even the smallest of its cells has `k`
    /// addresses. None if the largest cell allowed has not.
    pub fn by_density(&self) -> Option<Resolution> {
        let mut resolution = GOSSIP_RESOLUTION;
        while resolution.area_km2() * SMALLEST_SHARE * self.addresses_per_km2 < f64::from(self.k) {
            resolution = resolution.pred().filter(|up| *up >= COARSEST_RESOLUTION)?;
        }
        Some(resolution)
    }

    fn reach(&self, smallest: Cell) -> bool {
        let largest = coarser(smallest, COARSEST_RESOLUTION).map(|cell| CellIndex::try_from(cell.index()));
        matches!(largest, Ok(Ok(cell)) if self.register.inside(cell) > 0)
    }
}

impl Default for Crowd {
    fn default() -> Self {
        Crowd { k: Self::K, addresses_per_km2: Self::ADDRESSES_PER_KM2, register: AddressRegister::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(lat: f64, lon: f64) -> Coordinate {
        Coordinate::new(lat, lon).unwrap()
    }

    fn register(doors: &[(f64, f64)]) -> AddressRegister {
        let lines: Vec<String> = doors.iter().map(|(lat, lon)| format!("{lat},{lon}")).collect();
        AddressRegister::read(&lines.join("\n")).unwrap()
    }

    #[test]
    fn without_a_register_the_usual_density_gives_the_usual_cells() {
        let crowd = Crowd::default();
        assert_eq!(crowd.by_density(), Some(Resolution::Seven));
        assert_eq!(crowd.area(at(48.52, 9.05)).unwrap().resolution(), 7);
        let outback = Crowd::new(50, 1.0).unwrap();
        assert_eq!(outback.by_density(), Some(Resolution::Five));
        let desert = Crowd::new(50, 0.01).unwrap();
        assert_eq!(desert.area(at(-25.0, 130.0)), Err(TooFew { k: 50 }));
    }

    #[test]
    fn a_lonely_farm_hides_in_a_larger_cell_than_a_flat_in_town() {
        // Everything in the one largest cell around the town.
        let town = at(48.52, 9.05);
        let mut doors: Vec<(f64, f64)> = (0..60).map(|i| (48.52, 9.05 + f64::from(i) * 3e-4)).collect();
        let district = Crowd::default().largest(town);
        let mut around = (0..40).map(|i| at(48.44 + f64::from(i) * 4e-3, 9.08));
        let apart = |p: &Coordinate| (48.52 - p.lat()).abs() > 0.03;
        let farm = around.find(|p| Crowd::default().largest(*p) == district && apart(p)).unwrap();
        doors.push((farm.lat(), farm.lon()));
        let crowd = Crowd::new(20, 20.0).unwrap().with(register(&doors));
        assert_eq!(crowd.area(town).unwrap().resolution(), 7);
        assert!(crowd.area(farm).unwrap().resolution() < 7);
    }

    #[test]
    fn where_too_few_live_nothing_is_told() {
        let crowd = Crowd::default().with(register(&[(48.52, 9.05)]));
        let refused = crowd.area(at(48.52, 9.05)).unwrap_err();
        assert!(refused.to_string().contains("fewer than 50 addresses"), "{refused}");
        // The register does not reach the next country; there the density counts.
        assert_eq!(crowd.area(at(40.0, -3.7)).unwrap().resolution(), 7);
    }

    #[test]
    fn ten_flats_of_one_house_are_one_door() {
        assert_eq!(register(&[(48.52, 9.05); 10]).total(), 1);
    }

    #[test]
    fn a_register_of_counts_is_added_up() {
        let text = "cell,count\n\n891fb466273ffff, 12\n891fb466277ffff,30\n";
        let register = AddressRegister::read(text).unwrap();
        assert_eq!((register.counts().len(), register.total()), (1, 42));
    }

    #[test]
    fn a_wrong_line_is_named_and_not_repeated() {
        let why = AddressRegister::read("lat,lon\n48.52,9.05\nElm Street 12, Tübingen\n").unwrap_err();
        assert_eq!(why, RegisterError::Malformed { line: 3 });
        assert!(!why.to_string().contains("Elm"));
        let coarse = AddressRegister::read("851fb467fffffff,100\n");
        assert_eq!(coarse, Err(RegisterError::TooCoarse { line: 1 }));
        assert_eq!(AddressRegister::read("lat,lon\n"), Err(RegisterError::Empty));
    }

    #[test]
    fn figures_without_sense_are_refused() {
        assert_eq!(Crowd::new(1, 20.0), Err(CrowdError::NoCrowd));
        assert_eq!(Crowd::new(50, f64::NAN), Err(CrowdError::NoDensity));
        assert_eq!(Crowd::new(50, 0.0), Err(CrowdError::NoDensity));
    }

    proptest! {
        #[test]
        fn k_addresses_share_whatever_is_told_and_no_smaller_cell_would_do(
            doors in prop::collection::vec((48.0f64..48.3, 9.0f64..9.3), 1..80), k in 2u32..30,
        ) {
            let crowd = Crowd::new(k, 20.0).unwrap().with(register(&doors));
            let houses: HashSet<Cell> =
                doors.iter().map(|(lat, lon)| cell_of(at(*lat, *lon), ADDRESS_RESOLUTION)).collect();
            let share = |cell: Cell| {
                let resolution = Resolution::try_from(cell.resolution()).unwrap();
                let inside = |house: &&Cell| coarser(**house, resolution) == Ok(cell);
                u32::try_from(houses.iter().filter(inside).count()).unwrap()
            };
            let door = at(doors[0].0, doors[0].1);
            let smallest = coarser(cell_of(door, ADDRESS_RESOLUTION), GOSSIP_RESOLUTION).unwrap();
            match crowd.area(door) {
                Ok(cell) => {
                    prop_assert!((5..=7).contains(&cell.resolution()) && share(cell) >= k);
                    if cell.resolution() < 7 {
                        let finer = Resolution::try_from(cell.resolution() + 1).unwrap();
                        prop_assert!(share(coarser(smallest, finer).unwrap()) < k);
                    }
                }
                Err(TooFew { k: asked }) => {
                    prop_assert_eq!(asked, k);
                    prop_assert!(share(coarser(smallest, COARSEST_RESOLUTION).unwrap()) < k);
                }
            }
        }

        #[test]
        fn any_text_is_a_register_or_refused(text in "[0-9a-f,. \\n-]{0,80}") {
            if let Ok(register) = AddressRegister::read(&text) {
                prop_assert_eq!(AddressRegister::from_counts(register.counts().clone()), Ok(register));
            }
        }
    }
}
