//! Larger maps than the extracts at hand hold, made from them.

use std::collections::HashMap;

use jitney_domain::Coordinate;
use jitney_geo::places::{Document, House, Kind};

fn count(areas: &[Vec<Document>]) -> usize {
    areas.iter().flatten().map(|document| 1 + document.houses.len()).sum()
}

/// Adds house numbers to every street until there are so many entries.
pub fn with_more_houses(mut areas: Vec<Vec<Document>>, entries: usize) -> Vec<Vec<Document>> {
    let streets = areas.iter().flatten().filter(|d| d.kind == Kind::Street).count().max(1);
    let each = entries.saturating_sub(count(&areas)).div_ceil(streets);
    for street in areas.iter_mut().flatten().filter(|d| d.kind == Kind::Street) {
        let known: Vec<String> = street.houses.iter().map(|house| house.number.clone()).collect();
        let new = (1..).map(|number: usize| number.to_string()).filter(|number| !known.contains(number));
        let (lat, lon) = (street.at.lat(), street.at.lon());
        street.houses.extend(new.take(each).enumerate().map(|(n, number)| House {
            number,
            postcode: String::new(),
            at: Coordinate::new(lat + n as f64 * 1e-5, lon).expect("on the globe"),
        }));
    }
    areas
}

/// Adds copies of all areas, each under names of its own, until there are so many entries: more towns, streets
/// and words, not only more houses.
pub fn with_more_towns(areas: Vec<Vec<Document>>, entries: usize) -> Vec<Vec<Document>> {
    let copies = entries.div_ceil(count(&areas).max(1));
    (0..copies)
        .flat_map(|copy| areas.iter().map(move |area| renamed(area, copy)).collect::<Vec<_>>())
        .collect()
}

/// Returns an area whose rarer words have other letters and that lies elsewhere; copy 0 is itself.
fn renamed(area: &[Document], copy: usize) -> Vec<Document> {
    let mut uses: HashMap<String, usize> = HashMap::new();
    for word in area.iter().flat_map(|document| document.name.split_whitespace()) {
        *uses.entry(word.to_owned()).or_default() += 1;
    }
    // Words as common as "Street" are common to all towns.
    let common = (area.len() / 200).max(10);
    let word = |word: &str| match uses.get(word) {
        Some(&uses) if uses >= common => word.to_owned(),
        _ => word.chars().map(|c| turned(c, copy)).collect(),
    };
    let text = |text: &str| text.split_whitespace().map(word).collect::<Vec<_>>().join(" ");
    let moved = |at: Coordinate| {
        let lat = (at.lat() + copy as f64 * 1.5).min(89.0);
        Coordinate::new(lat, at.lon()).expect("on the globe")
    };
    let document = |document: &Document| Document {
        name: text(&document.name),
        aliases: document.aliases.iter().map(|alias| text(alias)).collect(),
        address: text(&document.address),
        locality: text(&document.locality),
        at: moved(document.at),
        houses: document.houses.iter().map(|h| House { at: moved(h.at), ..h.clone() }).collect(),
        ..document.clone()
    };
    area.iter().map(document).collect()
}

/// Turns vowels among vowels and other letters among those, so that words stay words to the eye.
fn turned(c: char, by: usize) -> char {
    let turn = |letters: &str, by: usize| {
        let letters: Vec<char> = letters.chars().collect();
        let at = letters.iter().position(|&letter| letter == c)?;
        letters.get((at + by) % letters.len()).copied()
    };
    turn("aeiou", by)
        .or_else(|| turn("bcdfghjklmnpqrstvwxyz", by))
        .or_else(|| turn("BCDFGHJKLMNPRSTVW", by))
        .unwrap_or(c)
}
