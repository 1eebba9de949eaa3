//! Plus codes (Open Location Code): addresses where there are none.
//!
//! After the published specification, <https://github.com/google/open-location-code>; tested with its published
//! vectors. Codes are read, and shortened codes recovered near a point, as `CWC8+R9 Mountain View`.

use jitney_domain::Coordinate;

const DIGITS: &[u8; 20] = b"23456789CFGHJMPQRVWX";
/// Digits before the plus sign of a full code.
const BEFORE_PLUS: usize = 8;
/// Digits that halve the square by pairs; those after them divide it into 4 by 5.
const PAIRS: usize = 10;
/// Further digits are valid and say nothing: 15 digits part millimetres.
const DIGITS_MAX: usize = 15;

/// A valid plus code, full or shortened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlusCode {
    /// Digits before the plus sign, without padding.
    before: Vec<u8>,
    /// Digits after the plus sign.
    after: Vec<u8>,
    /// Digits before the plus sign with padding: fewer than eight if the code is short.
    places: usize,
}

/// The square of a full code, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Square {
    south: f64,
    west: f64,
    height: f64,
    width: f64,
}

impl PlusCode {
    /// Reads a code; none if the text is not a valid one.
    pub fn parse(text: &str) -> Option<PlusCode> {
        let (before, after) = text.split_once('+')?;
        let places = before.len();
        if places > BEFORE_PLUS || places % 2 == 1 || after.len() == 1 {
            return None;
        }
        let padded = before.find('0');
        let (digits, zeros) = before.split_at(padded.unwrap_or(places));
        if padded.is_some() {
            // Padding fills up a full code, by pairs, and nothing follows it.
            let whole = places == BEFORE_PLUS && zeros.bytes().all(|c| c == b'0') && after.is_empty();
            if !whole || digits.is_empty() || digits.len() % 2 == 1 {
                return None;
            }
        }
        let values = |text: &str| text.bytes().map(value).collect::<Option<Vec<u8>>>();
        let (before, after) = (values(digits)?, values(after)?);
        if before.is_empty() && after.is_empty() {
            return None;
        }
        let code = PlusCode { before, after, places };
        // The first pair of a full code may lead off the globe.
        let on_globe = match (code.is_short(), code.before.as_slice()) {
            (false, [lat, lon, ..]) => usize::from(*lat) < 9 && usize::from(*lon) < 18,
            (short, _) => short,
        };
        on_globe.then_some(code)
    }

    /// Tells whether the code needs a place near which it is meant.
    pub fn is_short(&self) -> bool {
        self.places < BEFORE_PLUS
    }

    /// Returns the middle of a full code's square; none for a shortened code.
    pub fn point(&self) -> Option<Coordinate> {
        if self.is_short() {
            return None;
        }
        let digits: Vec<u8> = self.before.iter().chain(&self.after).copied().collect();
        let square = square(&digits);
        let lat = (square.south + square.height / 2.0).min(90.0);
        Coordinate::new(lat, square.west + square.width / 2.0).ok()
    }

    /// Returns the point that a code means near `reference`: the nearest square that ends in a short code, or
    /// the full code's own.
    pub fn near(&self, reference: Coordinate) -> Option<Coordinate> {
        if !self.is_short() {
            return self.point();
        }
        let missing = BEFORE_PLUS.checked_sub(self.places)?;
        // Width of the square that the missing digits would have told, in degrees.
        let resolution = 20f64.powi(2i32.checked_sub(i32::try_from(missing / 2).ok()?)?);
        let prefix = digits_of(reference, missing);
        let digits: Vec<u8> = prefix.iter().chain(&self.before).chain(&self.after).copied().collect();
        let square = square(&digits);
        let (mut lat, mut lon) = (square.south + square.height / 2.0, square.west + square.width / 2.0);
        let half = resolution / 2.0;
        if reference.lat() + half < lat && lat - resolution >= -90.0 {
            lat -= resolution;
        } else if reference.lat() - half > lat && lat + resolution <= 90.0 {
            lat += resolution;
        }
        if reference.lon() + half < lon {
            lon -= resolution;
        } else if reference.lon() - half > lon {
            lon += resolution;
        }
        let lon = if lon < -180.0 {
            lon + 360.0
        } else if lon > 180.0 {
            lon - 360.0
        } else {
            lon
        };
        Coordinate::new(lat, lon).ok()
    }
}

fn value(c: u8) -> Option<u8> {
    let c = c.to_ascii_uppercase();
    DIGITS.iter().position(|&digit| digit == c).and_then(|at| u8::try_from(at).ok())
}

/// Returns the first `count` (even, at most eight) digits of a point's code.
fn digits_of(point: Coordinate, count: usize) -> Vec<u8> {
    // A point on the north pole belongs to the square south of it.
    let mut lat = (point.lat() + 90.0).min(179.999_999);
    let mut lon = (point.lon() + 180.0).rem_euclid(360.0);
    let mut size = 20.0;
    let mut digits = Vec::with_capacity(count);
    while digits.len() < count {
        for rest in [&mut lat, &mut lon] {
            // Below 20 by construction; a rounding error past it stays in the square.
            let digit = (*rest / size).floor().clamp(0.0, 19.0);
            *rest -= digit * size;
            digits.push(digit as u8);
        }
        size /= 20.0;
    }
    digits
}

fn square(digits: &[u8]) -> Square {
    let mut square = Square { south: -90.0, west: -180.0, height: 400.0, width: 400.0 };
    let pairs = digits.len().min(PAIRS);
    for pair in digits.get(..pairs).unwrap_or_default().chunks_exact(2) {
        square.height /= 20.0;
        square.width /= 20.0;
        if let [lat, lon] = pair {
            square.south += f64::from(*lat) * square.height;
            square.west += f64::from(*lon) * square.width;
        }
    }
    for &digit in digits.iter().take(DIGITS_MAX).skip(PAIRS) {
        square.height /= 5.0;
        square.width /= 4.0;
        square.south += f64::from(digit / 4) * square.height;
        square.west += f64::from(digit % 4) * square.width;
    }
    square
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(lat: f64, lon: f64) -> Coordinate {
        Coordinate::new(lat, lon).unwrap()
    }

    fn is_at(found: Option<Coordinate>, lat: f64, lon: f64, within: f64) -> bool {
        found.is_some_and(|p| (p.lat() - lat).abs() <= within && (p.lon() - lon).abs() <= within)
    }

    #[test]
    fn published_codes_are_valid_and_published_mistakes_are_not() {
        let full = [
            "8FWC2345+G6",
            "8FWC2345+G6G",
            "8fwc2345+",
            "8FWCX400+",
            "849VGJQF+VX7QR3J",
            "849VGJQF+VX7QR3JW",
        ];
        for code in full {
            assert!(PlusCode::parse(code).is_some_and(|code| !code.is_short()), "{code}");
        }
        for code in ["WC2345+G6g", "2345+G6", "45+G6", "+G6"] {
            assert!(PlusCode::parse(code).is_some_and(|code| code.is_short()), "{code}");
        }
        let wrong = [
            "G+",
            "+",
            "8FWC2345+G",
            "8FWC2_45+G6",
            "8FWC2η45+G6",
            "8FWC2345+G6+",
            "8FWC2345G6+",
            "8FWC2300+G6",
            "WC2300+G6g",
            "WC2345+G",
            "WC2300+",
            "849VGJQF+VX7QR3U",
            "849VGJQF+VX7QR3JU",
        ];
        for code in wrong {
            assert_eq!(PlusCode::parse(code), None, "{code}");
        }
    }

    #[test]
    fn published_codes_are_decoded() {
        let squares = [
            ("7FG49Q00+", 20.35, 2.75, 20.4, 2.8),
            ("7FG49QCJ+2V", 20.37, 2.782125, 20.370125, 2.78225),
            ("7FG49QCJ+2VX", 20.3701, 2.78221875, 20.370125, 2.78225),
            ("7FG49QCJ+2VXGJ", 20.370113, 2.782234375, 20.370114, 2.78223632813),
            ("8FVC2222+22", 47.0, 8.0, 47.000125, 8.000125),
            ("4VCPPQGP+Q9", -41.273125, 174.785875, -41.273, 174.786),
            ("62G20000+", 0.0, -180.0, 1.0, -179.0),
            ("22220000+", -90.0, -180.0, -89.0, -179.0),
            ("CFX3X2X2+X2", 89.9998750, 1.0, 90.0, 1.0001250),
            ("84000000+", 30.0, -140.0, 50.0, -120.0),
            ("849VGJQF+VX7QR3J7QR3J", 37.5396691200, -122.3750698242, 37.5396691600, -122.3750697021),
        ];
        for (code, south, west, north, east) in squares {
            let point = PlusCode::parse(code).unwrap().point();
            assert!(is_at(point, (south + north) / 2.0, (west + east) / 2.0, 1e-9), "{code} {point:?}");
        }
    }

    #[test]
    fn published_short_codes_are_recovered() {
        let short = [
            ("9C3W9QCJ+2VX", 51.3701125, -1.217765625, "+2VX"),
            ("9C3W9QCJ+2VX", 51.3708675, -1.217765625, "CJ+2VX"),
            ("9C3W9QCJ+2VX", 51.3693575, -1.217765625, "CJ+2VX"),
            ("9C3W9QCJ+2VX", 51.3701125, -1.218520625, "CJ+2VX"),
            ("9C3W9QCJ+2VX", 51.3852125, -1.217765625, "9QCJ+2VX"),
            ("9C3W9QCJ+2VX", 51.3701125, -1.232865625, "9QCJ+2VX"),
            ("8FJFW222+", 42.899, 9.012, "22+"),
            ("796RXG22+", 14.95125, -23.5001, "22+"),
            ("8FRCXGRF+PM", 47.00, 8.55, "XGRF+PM"),
            ("CFX22222+22", 89.6, 0.0, "2222+22"),
            ("2CXXXXXX+XX", -81.0, 0.0, "XXXXXX+XX"),
        ];
        for (full, lat, lon, short) in short {
            let wanted = PlusCode::parse(full).unwrap().point().unwrap();
            let found = PlusCode::parse(short).unwrap().near(at(lat, lon));
            assert!(is_at(found, wanted.lat(), wanted.lon(), 1e-9), "{short} is {full}, not {found:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_code_or_none(text in "[0-9A-Z+]{0,16}", lat in -90.0f64..=90.0, lon in -180.0f64..=180.0) {
            if let Some(code) = PlusCode::parse(&text) {
                prop_assert!(code.near(at(lat, lon)).is_some());
            }
        }
    }
}
