//! Where: exact for the coop that owns the rider, coarse for everybody else.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A point on the globe, WGS 84, in degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "(f64, f64)", into = "(f64, f64)")]
pub struct Coordinate {
    lat: f64,
    lon: f64,
}

/// Says why a pair of numbers is no point on the globe.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("{lat}, {lon} is not a place: latitude goes from -90 to 90, longitude from -180 to 180")]
pub struct CoordinateError {
    lat: f64,
    lon: f64,
}

impl Coordinate {
    /// Builds a point from latitude and longitude in degrees.
    ///
    /// # Errors
    /// [`CoordinateError`] for anything off the globe, not-a-number included.
    pub fn new(lat: f64, lon: f64) -> Result<Self, CoordinateError> {
        if (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon) {
            Ok(Coordinate { lat, lon })
        } else {
            Err(CoordinateError { lat, lon })
        }
    }

    /// Returns the latitude in degrees.
    pub const fn lat(&self) -> f64 {
        self.lat
    }

    /// Returns the longitude in degrees.
    pub const fn lon(&self) -> f64 {
        self.lon
    }
}

impl TryFrom<(f64, f64)> for Coordinate {
    type Error = CoordinateError;
    fn try_from((lat, lon): (f64, f64)) -> Result<Self, CoordinateError> {
        Coordinate::new(lat, lon)
    }
}

impl From<Coordinate> for (f64, f64) {
    fn from(c: Coordinate) -> Self {
        (c.lat, c.lon)
    }
}

impl FromStr for Coordinate {
    type Err = CoordinateError;

    /// Reads "latitude,longitude" in degrees.
    fn from_str(text: &str) -> Result<Self, CoordinateError> {
        let bad = CoordinateError { lat: f64::NAN, lon: f64::NAN };
        let (lat, lon) = text.split_once(',').ok_or_else(|| bad.clone())?;
        let parse = |t: &str| t.trim().parse::<f64>().map_err(|_| bad.clone());
        Coordinate::new(parse(lat)?, parse(lon)?)
    }
}

/// A hexagonal cell of the H3 grid: all that a partner coop learns of an address before the award.
///
/// The domain only carries it; `jitney-geo` makes cells and measures between them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell(u64);

/// Says why a number is not a cell of the H3 grid.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("\"{text}\" is not an H3 cell")]
pub struct CellError {
    text: String,
}

impl Cell {
    /// Wraps an H3 index after checking its mode, resolution and base cell (H3 index bit layout).
    ///
    /// # Errors
    /// [`CellError`] if the bits are not those of a cell.
    pub fn new(index: u64) -> Result<Self, CellError> {
        let reserved_and_high = index >> 63;
        let mode = (index >> 59) & 0xf;
        let base_cell = (index >> 45) & 0x7f;
        if reserved_and_high != 0 || mode != 1 || base_cell > 121 {
            return Err(CellError { text: format!("{index:x}") });
        }
        Ok(Cell(index))
    }

    /// Returns the H3 index.
    pub const fn index(self) -> u64 {
        self.0
    }

    /// Returns the H3 resolution, 0 (continents) to 15 (a square metre).
    pub const fn resolution(self) -> u8 {
        ((self.0 >> 52) & 0xf) as u8
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cell({self})")
    }
}

impl FromStr for Cell {
    type Err = CellError;
    fn from_str(text: &str) -> Result<Self, CellError> {
        let bad = || CellError { text: text.chars().take(32).collect() };
        Cell::new(u64::from_str_radix(text, 16).map_err(|_| bad())?).map_err(|_| bad())
    }
}

impl Serialize for Cell {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A length in whole metres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Metres(pub u32);

impl Metres {
    /// Returns the length in kilometres.
    pub fn km(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_point_off_the_globe_is_refused() {
        assert!(Coordinate::new(91.0, 0.0).is_err());
        assert!(Coordinate::new(f64::NAN, 0.0).is_err());
        assert!("48.1".parse::<Coordinate>().is_err());
        assert!("48.1, 9.2".parse::<Coordinate>().is_ok());
    }

    proptest! {
        #[test]
        fn any_text_is_a_cell_or_refused(text in "\\PC*") {
            if let Ok(cell) = text.parse::<Cell>() {
                prop_assert_eq!(cell.to_string().parse(), Ok(cell));
            }
        }
    }
}
