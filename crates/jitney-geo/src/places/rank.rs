//! What makes one answer better than another, in one unit: points of cost, least first.
//!
//! A slip weighs more than everything else together, so that what was typed as it is written always comes
//! before what was not; among equals the whole name comes before a part of it, the town before the shop, the
//! near before the far. What was typed in full comes before all of this.

use super::document::Kind;
use super::slot::Field;
use crate::Spot;

/// One slip of the hand.
pub(super) const SLIP: u32 = 150;
/// A blank left out or put in, which is a slip too.
pub(super) const BLANK: u32 = SLIP;
/// A word that nothing answers to.
pub(super) const PASSED_OVER: u32 = 260;
/// A word that goes on after what was typed.
pub(super) const UNFINISHED: u32 = 4;
/// An abbreviation for what stands there.
pub(super) const SHORT: u32 = 1;
/// Another house than the one asked for.
pub(super) const OTHER_HOUSE: u32 = 30;
/// A street of which no house is known, for a house asked for.
pub(super) const NO_HOUSE: u32 = 40;

/// Returns the cost of words of the name that were not typed, up to a limit.
pub(super) fn untyped(words: u32) -> u32 {
    words.saturating_mul(6).min(30)
}

/// Returns the cost of finding a word in that part of a description.
pub(super) fn field(field: Field) -> u32 {
    match field {
        Field::Name | Field::Postcode => 0,
        Field::Locality => 1,
        Field::Alias => 2,
        Field::Address | Field::What => 3,
    }
}

/// Returns the cost of being that kind of place.
pub(super) fn kind(kind: Kind) -> u32 {
    match kind {
        Kind::City => 0,
        Kind::Town => 1,
        Kind::Village => 2,
        Kind::Neighbourhood | Kind::Health => 3,
        Kind::Street => 4,
        Kind::Venue => 5,
        Kind::Stop => 6,
    }
}

/// Returns the cost of being so far from where one looks first: nothing nearby, 24 from 63 km on.
pub(super) fn distance(metres: f64) -> u32 {
    // Between 0 and 24, so the cast is exact to the point.
    (4.0 * (1.0 + metres / 1000.0).log2()).clamp(0.0, 24.0) as u32
}

/// Returns the distance in metres as the crow flies, on a plane: good to a percent over the area of a coop.
pub(super) fn metres(a: Spot, b: Spot) -> f64 {
    const METRES_PER_PART: f64 = 0.011_131_95;
    let (south, north) = (f64::from(a.lat()), f64::from(b.lat()));
    let narrowing = ((south + north) / 2e7).to_radians().cos();
    let turn = (f64::from(a.lon()) - f64::from(b.lon())).abs();
    let east = turn.min(3.6e9 - turn) * narrowing;
    (south - north).hypot(east) * METRES_PER_PART
}

#[cfg(test)]
mod tests {
    use super::*;
    use jitney_domain::Coordinate;

    #[test]
    fn a_slip_weighs_more_than_all_that_is_not_one() {
        let most = UNFINISHED + SHORT + NO_HOUSE + untyped(99) + kind(Kind::Stop) + distance(1e9);
        assert!(most + field(Field::What) * 3 < SLIP, "{most}");
    }

    #[test]
    fn the_plane_is_near_enough_to_the_globe() {
        let (a, b) = (Coordinate::new(47.14, 9.52).unwrap(), Coordinate::new(47.25, 9.60).unwrap());
        let globe = f64::from(crate::distance(a, b).0);
        assert!((metres(a.into(), b.into()) / globe - 1.0).abs() < 0.01);
        let (west, east) = (Coordinate::new(0.0, -179.99).unwrap(), Coordinate::new(0.0, 179.99).unwrap());
        assert!(metres(west.into(), east.into()) < 3000.0);
    }
}
