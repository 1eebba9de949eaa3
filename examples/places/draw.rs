//! What is looked for, and how it is typed.

use jitney_domain::Coordinate;
use jitney_geo::places::Document;
use rand::RngExt as _;
use rand::rngs::StdRng;

/// Something that can be found, with all that is needed to ask for it.
#[derive(Clone)]
pub struct Entry {
    /// Name, number and locality.
    pub full: String,
    /// Name and number alone.
    pub short: String,
    /// Words that an answer's label must hold to be this entry.
    pub name: String,
    pub number: String,
    pub locality: String,
    pub at: Coordinate,
    pub focus: Coordinate,
}

/// Returns every house, street and place, of each area with its focus.
pub fn entries(areas: &[Vec<Document>], focuses: &[Coordinate]) -> Vec<Entry> {
    let mut all = Vec::new();
    for (area, &focus) in areas.iter().zip(focuses) {
        for document in area {
            let mut entry = |number: &str, at: Coordinate| {
                let short = match number {
                    "" => document.name.clone(),
                    number => format!("{} {number}", document.name),
                };
                let full = match document.locality.as_str() {
                    "" => short.clone(),
                    locality => format!("{short}, {locality}"),
                };
                let (name, number) = (document.name.clone(), number.to_owned());
                all.push(Entry { full, short, name, number, locality: document.locality.clone(), at, focus });
            };
            entry("", document.at);
            for house in &document.houses {
                entry(&house.number, house.at);
            }
        }
    }
    all
}

/// Draws entries at random, each as likely as any other.
pub fn sample(entries: &[Entry], count: usize, rng: &mut StdRng) -> Vec<Entry> {
    (0..count).map(|_| entries[rng.random_range(0..entries.len())].clone()).collect()
}

/// Which characters a typo may fall on.
#[derive(Clone, Copy)]
pub enum On {
    /// Any letter or blank.
    Text,
    /// Digits of the house number too.
    Anything,
}

/// Returns the text with one slip of the hand at a random place.
pub fn with_typo(text: &str, on: On, rng: &mut StdRng) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let able = |c: char| match on {
        On::Text => c.is_alphabetic() || c == ' ',
        On::Anything => c.is_alphanumeric() || c == ' ',
    };
    let places: Vec<usize> = (0..letters.len()).filter(|&at| able(letters[at])).collect();
    if places.is_empty() {
        return text.to_owned();
    }
    loop {
        let at = places[rng.random_range(0..places.len())];
        let letter = char::from(b'a' + rng.random_range(0..26u8));
        let before = letters.clone();
        match rng.random_range(0..4) {
            0 => letters.insert(at, letter),
            1 => drop(letters.remove(at)),
            2 => letters[at] = letter,
            _ if at + 1 < letters.len() && able(letters[at + 1]) => letters.swap(at, at + 1),
            _ => {}
        }
        if letters != before {
            return letters.into_iter().collect();
        }
    }
}

/// Returns the first two thirds of a text.
pub fn two_thirds(text: &str) -> String {
    let count = text.chars().count();
    text.chars().take((count * 2).div_ceil(3)).collect()
}
