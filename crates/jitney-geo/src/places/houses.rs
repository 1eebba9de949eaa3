//! The houses of one street in a file.

use super::document::Kind;
use super::file::View;
use super::house::{farness, leading, plain};
use super::query::Typed;
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
    /// It has a house whose number goes on after what was typed.
    Begins(u32),
    /// It has other houses; this is one about there.
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

    /// Tells whether that number was found, if one was asked for.
    pub(super) fn is_as_asked(self) -> bool {
        self == HouseFound::NotAsked || self.is_known()
    }

    /// Returns what it costs; none if it is no answer at all.
    pub(super) fn cost(self) -> Option<u32> {
        match self {
            HouseFound::NotAsked | HouseFound::Known(_) | HouseFound::Several(_) => Some(0),
            HouseFound::Begins(_) => Some(rank::UNFINISHED),
            HouseFound::Nearest(_) => Some(rank::OTHER_HOUSE),
            HouseFound::Unknown => Some(rank::NO_HOUSE),
            HouseFound::NoStreet => None,
        }
    }
}

/// Looks for a house number among the houses of a site. A number that may go on finds those that begin so.
pub(super) fn look_up(view: &View<'_>, site: u32, asked: &str, unfinished: bool) -> HouseFound {
    let houses = Houses { view, span: view.houses_of(site) };
    if houses.span.0 >= houses.span.1 {
        let kind = view.site(site).and_then(|site| Kind::from_number(site.kind));
        return if kind == Some(Kind::Street) { HouseFound::Unknown } else { HouseFound::NoStreet };
    }
    let wanted = leading(asked);
    let first = houses.first_from(wanted);
    if let Some(known) = houses.known(asked, wanted, first) {
        return known;
    }
    let begins = if unfinished { houses.beginning(asked, wanted) } else { None };
    // Which one is nearest is looked at only for the answers that are shown.
    begins.map_or(HouseFound::Nearest(first.min(houses.span.1.saturating_sub(1))), HouseFound::Begins)
}

/// Looks for the house of a number and the letter typed after it, as in `12 a`; none if there is not just that.
pub(super) fn look_up_with_letter(
    view: &View<'_>,
    site: u32,
    number: &str,
    next: &Typed,
) -> Option<HouseFound> {
    if next.letters.len() != 1 || !next.is_letters() {
        return None;
    }
    let found = look_up(view, site, &format!("{number}{}", next.text), false);
    found.is_known().then_some(found)
}

/// Returns the house of a site whose number is nearest to the one asked for.
pub(super) fn nearest(view: &View<'_>, site: u32, asked: &str) -> Option<u32> {
    let houses = Houses { view, span: view.houses_of(site) };
    let around = houses.first_from(leading(asked));
    let (start, end) = houses.span;
    let window = around.saturating_sub(BEFORE).max(start)..around.saturating_add(AFTER).min(end);
    window.min_by_key(|&at| farness(asked, &houses.number(at)))
}

struct Houses<'a> {
    view: &'a View<'a>,
    span: (u32, u32),
}

impl Houses<'_> {
    fn number(&self, at: u32) -> String {
        self.view.house(at).map(|house| plain(self.view.texts.get(house.number))).unwrap_or_default()
    }

    /// Returns the first house whose number is `wanted` or higher.
    fn first_from(&self, wanted: u32) -> u32 {
        let (mut low, mut high) = self.span;
        while low < high {
            let middle = low.midpoint(high);
            if self.leading(middle) >= wanted {
                high = middle;
            } else {
                low = middle.saturating_add(1);
            }
        }
        low
    }

    /// Returns the house of just that number. Those with the same first run of digits stand together from
    /// `first` on.
    fn known(&self, asked: &str, wanted: u32, first: u32) -> Option<HouseFound> {
        let same = (first..self.span.1).take_while(|&at| self.leading(at) == wanted);
        let mut known = same.filter(|&at| self.number(at) == asked);
        let one = known.next()?;
        let several = known.any(|at| apart(self.view, one, at));
        Some(if several { HouseFound::Several(one) } else { HouseFound::Known(one) })
    }

    fn leading(&self, at: u32) -> u32 {
        self.view.house(at).map_or(u32::MAX, |house| leading(self.view.texts.get(house.number)))
    }

    /// Returns the first house whose number goes on after what was typed: 7350 after 735.
    fn beginning(&self, asked: &str, wanted: u32) -> Option<u32> {
        let more = [1u32, 10, 100].into_iter().filter_map(|digits| wanted.checked_mul(digits));
        let mut firsts = more.map(|wanted| self.first_from(wanted)).filter(|&at| at < self.span.1);
        firsts.find(|&at| self.number(at).starts_with(asked))
    }
}

fn apart(view: &View<'_>, a: u32, b: u32) -> bool {
    let spot = |at: u32| view.house(at).and_then(|house| house.spot());
    spot(a).zip(spot(b)).is_some_and(|(a, b)| rank::metres(a, b) > ONE_HOUSE)
}
