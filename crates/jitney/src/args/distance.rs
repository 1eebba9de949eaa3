//! Distances: `12.4km`, `7.5mi`.

use std::str::FromStr;

use jitney_domain::Metres;

/// Metres of an international mile.
const METRES_PER_MILE: f64 = 1609.344;

/// Metres of a kilometre.
const METRES_PER_KM: f64 = 1000.0;

/// Longest distance that is read, in metres: further than any lift.
pub(crate) const DISTANCE_MAX_METRES: f64 = 5_000_000.0;

/// A distance with its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Distance(pub(crate) Metres);

impl FromStr for Distance {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let lower = text.trim().to_ascii_lowercase();
        let (number, unit) = match (lower.strip_suffix("km"), lower.strip_suffix("mi")) {
            (Some(number), _) => (number, METRES_PER_KM),
            (_, Some(number)) => (number, METRES_PER_MILE),
            _ => return Err("write the distance with its unit: 12.4km or 7.5mi".to_owned()),
        };
        metres(number, unit).map(Distance)
    }
}

/// Reads a number of kilometres without unit.
pub(crate) fn kilometres(text: &str) -> Result<Metres, String> {
    metres(text, METRES_PER_KM)
}

fn metres(number: &str, unit: f64) -> Result<Metres, String> {
    let refused = || "write the distance as a number of at most 5000 km, such as 12.4".to_owned();
    let number = number.trim();
    if !number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return Err(refused());
    }
    let metres = number.parse::<f64>().map_err(|_| refused())? * unit;
    if !(0.0..=DISTANCE_MAX_METRES).contains(&metres) {
        return Err(refused());
    }
    // In range by the line above.
    Ok(Metres(metres.round() as u32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn kilometres_and_miles_are_read() {
        assert_eq!("12.4km".parse(), Ok(Distance(Metres(12_400))));
        assert_eq!("7.5 mi".parse(), Ok(Distance(Metres(12_070))));
        assert_eq!(kilometres("15"), Ok(Metres(15_000)));
    }

    #[test]
    fn a_number_without_unit_and_absurd_distances_are_refused() {
        for text in ["12.4", "km", "-3km", "nankm", "infmi", "1e9km", "6000km", "1.2.3km", "12,4km"] {
            assert!(text.parse::<Distance>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_distance_or_refused(text in "\\PC{0,12}(km|mi)?") {
            let _ = text.parse::<Distance>();
        }

        #[test]
        fn metres_are_read_back(metres in 0u32..5_000_000) {
            let text = format!("{}.{:03}km", metres / 1000, metres % 1000);
            prop_assert_eq!(text.parse(), Ok(Distance(Metres(metres))));
        }
    }
}
