//! Answers, in words.

use std::fmt;

use jitney_domain::Coordinate;

use super::abbreviations::number_stands_first;
use super::document::Kind;
use super::file::{Places, Site, View};
use super::fold::words;
use super::house::Number;
use super::houses::{HouseFound, nearest};
use super::query;
use super::search::{Fit, Scope, Scored, search};

/// Where an answer comes from, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A place of the rider's own.
    Rider,
    /// A place the coop has a name for.
    Coop,
    /// The coordinates that were typed.
    Point,
    /// The plus code that was typed.
    PlusCode,
    /// The map.
    Map(Kind),
}

/// A place that answers to what was typed.
#[derive(Clone, PartialEq)]
pub struct Hit {
    /// The place with its locality, as it is written on an envelope.
    pub label: String,
    /// What it is in a word or two, such as `pharmacy`; may be empty.
    pub what: String,
    /// Where it is.
    pub at: Coordinate,
    /// Where the answer comes from.
    pub source: Source,
    /// How the house number that was asked for was found.
    pub number: Number,
    /// It is just what was typed, in full, without a slip.
    pub exact: bool,
    /// Points of cost; of answers that are equally exact the least is the best.
    pub cost: u32,
}

/// Who looks for which place is nobody's business: logs that show an answer show only where it came from.
impl fmt::Debug for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hit").field("source", &self.source).finish_non_exhaustive()
    }
}

impl Hit {
    /// Tells whether a driver can be sent there without asking: a door, not a whole street or town, nor a number
    /// that is in several places.
    pub fn is_door(&self) -> bool {
        match self.source {
            Source::Map(kind) => kind.is_door() || matches!(self.number, Number::Known(_)),
            _ => true,
        }
    }

    /// Returns what has to be said about the house number; none if it is the one asked for.
    pub fn caveat(&self) -> Option<String> {
        match &self.number {
            Number::None | Number::Known(_) => None,
            Number::Several(known) => {
                Some(format!("the map has number {known} in several places; this is one of them"))
            }
            Number::Nearest { asked, .. } => {
                Some(format!("the map has no number {asked}; this is the nearest"))
            }
            Number::Unknown { asked } => {
                Some(format!("the map has no number {asked}; this is the middle of the street"))
            }
        }
    }
}

impl<B: AsRef<[u8]>> Places<B> {
    /// Returns the best answers to what was typed, best first, at most `limit`.
    ///
    /// The last word may be unfinished. `focus` is where one looks first. What was typed is bounded, and so
    /// is the work: text after 256 characters or 12 words is passed over.
    pub fn search(&self, text: &str, focus: Option<Coordinate>, limit: usize) -> Vec<Hit> {
        let view = self.view();
        let scope = Scope { focus: focus.map(Into::into), limit };
        let found = search(&view, text, scope);
        let asked = || query::read(text).0.into_iter().find(|word| word.number).map(|word| word.text);
        found.iter().filter_map(|scored| hit(&view, scored, asked)).collect()
    }
}

fn hit(view: &View<'_>, scored: &Scored, asked: impl Fn() -> Option<String>) -> Option<Hit> {
    let site = view.site(scored.site)?;
    let kind = Kind::from_number(site.kind)?;
    let asked = || asked().unwrap_or_default();
    let house = match scored.house {
        HouseFound::Known(at) | HouseFound::Several(at) | HouseFound::Begins(at) => view.house(at),
        HouseFound::Nearest(at) => view.house(nearest(view, scored.site, &asked()).unwrap_or(at)),
        _ => None,
    };
    let known = house.map(|house| view.texts.get(house.number).to_owned()).unwrap_or_default();
    let postcode = house.map(|house| view.texts.get(house.postcode)).filter(|code| !code.is_empty());
    let label = label(view, &site, &known, postcode);
    let number = match scored.house {
        HouseFound::NotAsked | HouseFound::NoStreet => Number::None,
        HouseFound::Known(_) | HouseFound::Begins(_) => Number::Known(known),
        HouseFound::Several(_) => Number::Several(known),
        HouseFound::Nearest(_) => Number::Nearest { asked: asked(), known },
        HouseFound::Unknown => Number::Unknown { asked: asked() },
    };
    let spot = house.and_then(|house| house.spot()).or(site.spot())?;
    Some(Hit {
        label,
        what: view.texts.get(site.what).to_owned(),
        at: spot.into(),
        source: Source::Map(kind),
        number,
        exact: scored.fit == Fit::Exact,
        cost: scored.cost,
    })
}

/// Returns a place as it is written on an envelope: `12 Mill Lane, Ashford 21136`, `Aeulestrasse 12, 9490 Vaduz`.
pub(super) fn label(view: &View<'_>, site: &Site, number: &str, postcode: Option<&str>) -> String {
    let text = |at: u32| view.texts.get(at);
    let (name, address, locality) = (text(site.name), text(site.address), text(site.locality));
    let mut label = street_with_number(name, number);
    let street = if address.is_empty() { name } else { address };
    let town = match (postcode.unwrap_or(text(site.postcode)), locality) {
        ("", town) | (town, "") => town.to_owned(),
        (postcode, town) if number_first(street) => format!("{town} {postcode}"),
        (postcode, town) => format!("{postcode} {town}"),
    };
    for part in [address, &town] {
        if !part.is_empty() {
            label.push_str(", ");
            label.push_str(part);
        }
    }
    label
}

fn number_first(street: &str) -> bool {
    number_stands_first(&words(street))
}

/// Returns a street and a house number in the order of the country; either may be empty.
pub(super) fn street_with_number(street: &str, number: &str) -> String {
    match (street, number) {
        ("", only) | (only, "") => only.to_owned(),
        (street, number) if number_first(street) => format!("{number} {street}"),
        (street, number) => format!("{street} {number}"),
    }
}
