//! The houses of one street in a file.

use super::document::Kind;
use super::file::View;
use super::fold::fold;
use super::house::{farness, sort_key};
use super::rank;

/// Houses looked at before and after the place where a number would stand: `12a` to `12z`, and a range that
/// began before.
const BEFORE: u32 = 8;
const AFTER: u32 = 40;

/// Two houses of one number farther apart than this, in metres, are two houses.
const ONE_HOUSE: f64 = 150.0;

/// How a place answers to a house number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum HouseFound {
    /// None was asked for.
    NotAsked,
    /// It has this very house, by number in the file.
    Known(u32),
    /// It has houses of that number in several places.
    Several(u32),
    /// It has other houses; this is the nearest by number.
    Nearest(u32),
    /// It is a street of which no house is known.
    Unknown,
    /// It is no street.
    NoStreet,
}

impl HouseFound {
    pub(super) fn is_known(self) -> bool {
        matches!(self, HouseFound::Known(_) | HouseFound::Several(_))
    }

    /// Tells whether nothing is left open.
    pub(super) fn is_settled(self) -> bool {
        matches!(self, HouseFound::NotAsked | HouseFound::Known(_))
    }

    /// Returns what it costs; none if it is no answer at all.
    pub(super) fn cost(self) -> Option<u32> {
        match self {
            HouseFound::NotAsked | HouseFound::Known(_) | HouseFound::Several(_) => Some(0),
            HouseFound::Nearest(_) => Some(rank::OTHER_HOUSE),
            HouseFound::Unknown => Some(rank::NO_HOUSE),
            HouseFound::NoStreet => None,
        }
    }
}

/// Looks for a house number, folded, among the houses of a site.
pub(super) fn look_up(view: &View<'_>, site: u32, asked: &str) -> HouseFound {
    let (start, end) = view.houses_of(site);
    if start >= end {
        let kind = view.site(site).and_then(|site| Kind::from_number(site.kind));
        return if kind == Some(Kind::Street) { HouseFound::Unknown } else { HouseFound::NoStreet };
    }
    let number = |at: u32| view.house(at).map(|house| fold(view.texts.get(house.number))).unwrap_or_default();
    let wanted = sort_key(asked).0;
    let (mut low, mut high) = (start, end);
    while low < high {
        let middle = low.midpoint(high);
        if sort_key(&number(middle)).0 >= wanted {
            high = middle;
        } else {
            low = middle.saturating_add(1);
        }
    }
    let window = low.saturating_sub(BEFORE).max(start)..low.saturating_add(AFTER).min(end);
    let mut best: Option<(u32, u32)> = None;
    let mut several = false;
    for at in window {
        let far = farness(asked, &number(at));
        match best {
            Some((0, first)) if far == 0 => several |= apart(view, first, at),
            Some((least, _)) if least <= far => {}
            _ => best = Some((far, at)),
        }
    }
    match best {
        Some((0, at)) if several => HouseFound::Several(at),
        Some((0, at)) => HouseFound::Known(at),
        Some((_, at)) => HouseFound::Nearest(at),
        None => HouseFound::Unknown,
    }
}

fn apart(view: &View<'_>, a: u32, b: u32) -> bool {
    let spot = |at: u32| view.house(at).and_then(|house| house.spot());
    spot(a).zip(spot(b)).is_some_and(|(a, b)| rank::metres(a, b) > ONE_HOUSE)
}
