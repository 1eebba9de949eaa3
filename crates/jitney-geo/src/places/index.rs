//! Builds a places file from what can be searched.

use std::collections::{BTreeMap, HashMap};

use thiserror::Error;

use super::document::Document;
use super::file::{self, HouseRecord, Site};
use super::fold::{fold, spellings};
use super::house::{leading, plain};
use super::reverse::cell_of;
use super::slot::{self, Field};
use crate::Spot;

/// Most streets and places with all their houses in one file; a country the size of Germany has half of it.
pub const ENTRIES_MAX: usize = 1 << 25;

/// Says why no file can be built.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BuildError {
    /// There is too much.
    #[error("the extract holds more places than one file can ({what}); cut out the area the coop serves")]
    TooMuch {
        /// Of what.
        what: &'static str,
    },
}

/// Returns the bytes of a places file. The same documents give the same bytes, in whatever order they come.
///
/// # Errors
/// [`BuildError`] if there is more than the layout has numbers for.
pub fn build(mut documents: Vec<Document>) -> Result<Vec<u8>, BuildError> {
    let entries = documents.iter().map(|d| d.houses.len().saturating_add(1)).sum::<usize>();
    if entries > ENTRIES_MAX {
        return Err(BuildError::TooMuch { what: "streets, places and houses" });
    }
    documents.sort_by_cached_key(|d| {
        let spot = Spot::from(d.at);
        (d.kind, fold(&d.name), fold(&d.locality), spot.lat(), spot.lon(), d.what.clone())
    });
    let mut texts = Pool::new();
    let mut words: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    // Word numbers are known only when all words are; until then a slot has its place in `order`.
    let mut order: HashMap<String, u32> = HashMap::new();
    let mut slots: Vec<u32> = Vec::new();
    let (mut sites, mut houses, mut grid) = (Vec::new(), Vec::new(), Vec::new());
    for (number, document) in (0u32..).zip(&mut documents) {
        let spot = Spot::from(document.at);
        sites.push(Site {
            name: texts.number(&document.name),
            locality: texts.number(&document.locality),
            postcode: texts.number(&document.postcode),
            address: texts.number(&document.address),
            what: texts.number(&document.what),
            kind: document.kind as u32,
            lat: spot.lat().cast_unsigned(),
            lon: spot.lon().cast_unsigned(),
            first_slot: len(&slots)?,
            first_house: len(&houses)?,
        });
        grid.push((cell_of(spot), number << 1));
        for (field, ordinal, word) in described(document) {
            let next = len32(order.len())?;
            let provisional = *order.entry(word.clone()).or_insert(next);
            let has = words.entry(word).or_default();
            if has.last() != Some(&number) {
                has.push(number);
            }
            if provisional >= slot::WORDS_LIMIT {
                return Err(BuildError::TooMuch { what: "different words" });
            }
            slots.push(slot::pack(provisional, field, ordinal));
        }
        document.houses.sort_by_cached_key(|house| (leading(&house.number), plain(&house.number)));
        for house in &document.houses {
            let spot = Spot::from(house.at);
            grid.push((cell_of(spot), (len(&houses)? << 1) | 1));
            houses.push(HouseRecord {
                number: texts.number(&house.number),
                postcode: texts.number(&house.postcode),
                lat: spot.lat().cast_unsigned(),
                lon: spot.lon().cast_unsigned(),
            });
        }
    }
    sites.push(Site { first_slot: len(&slots)?, first_house: len(&houses)?, ..sites_end() });
    let ranks: HashMap<u32, u32> = (0u32..)
        .zip(words.keys())
        .filter_map(|(rank, word)| order.get(word).map(|&provisional| (provisional, rank)))
        .collect();
    for packed in &mut slots {
        let (provisional, place) = slot::unpack(*packed);
        let rank = ranks.get(&provisional).copied().unwrap_or_default();
        *packed = slot::pack(rank, slot::field(place), place % slot::FIELD_WORDS);
    }
    grid.sort_unstable();
    let (word_starts, word_bytes) = strung(words.keys().map(String::as_str))?;
    let (text_starts, text_bytes) = strung(texts.all.iter().map(String::as_str))?;
    let (posting_starts, postings) = listed(words.values())?;
    Ok(file::write([
        text_starts,
        text_bytes,
        word_starts,
        word_bytes,
        posting_starts,
        postings,
        numbers(sites.into_iter().flat_map(Site::numbers)),
        numbers(slots),
        numbers(houses.into_iter().flat_map(HouseRecord::numbers)),
        numbers(grid.into_iter().flat_map(|(cell, item)| [cell, item])),
    ]))
}

/// Returns every word of a document in every spelling, with where it stands.
fn described(document: &Document) -> Vec<(Field, u32, String)> {
    let mut all = Vec::new();
    let mut add = |field: Field, from: u32, text: &str| {
        let mut ordinal = from;
        for spelt in spellings(text) {
            all.extend(spelt.into_iter().map(|word| (field, ordinal, word)));
            ordinal = ordinal.saturating_add(1);
        }
        ordinal
    };
    add(Field::Name, 0, &document.name);
    let mut from = 0;
    for alias in &document.aliases {
        from = add(Field::Alias, from, alias);
    }
    add(Field::Locality, 0, &document.locality);
    let mut postcodes: Vec<&str> = document.houses.iter().map(|house| house.postcode.as_str()).collect();
    postcodes.push(&document.postcode);
    postcodes.sort_unstable();
    postcodes.dedup();
    let mut from = 0;
    for postcode in postcodes {
        from = add(Field::Postcode, from, postcode);
    }
    add(Field::Address, 0, &document.address);
    add(Field::What, 0, &document.what);
    all.retain(|(_, ordinal, _)| *ordinal < slot::FIELD_WORDS);
    all
}

/// Texts, each once, by number.
struct Pool {
    numbers: HashMap<String, u32>,
    all: Vec<String>,
}

impl Pool {
    fn new() -> Self {
        let mut pool = Pool { numbers: HashMap::new(), all: Vec::new() };
        pool.number("");
        pool
    }

    fn number(&mut self, text: &str) -> u32 {
        if let Some(&known) = self.numbers.get(text) {
            return known;
        }
        // There are fewer texts than entries, which are bounded.
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.numbers.insert(text.to_owned(), number);
        self.all.push(text.to_owned());
        number
    }
}

fn sites_end() -> Site {
    Site {
        name: 0,
        locality: 0,
        postcode: 0,
        address: 0,
        what: 0,
        kind: 0,
        lat: 0,
        lon: 0,
        first_slot: 0,
        first_house: 0,
    }
}

fn len<T>(list: &[T]) -> Result<u32, BuildError> {
    len32(list.len())
}

fn len32(length: usize) -> Result<u32, BuildError> {
    u32::try_from(length).map_err(|_| BuildError::TooMuch { what: "bytes" })
}

fn numbers(numbers: impl IntoIterator<Item = u32>) -> Vec<u8> {
    numbers.into_iter().flat_map(u32::to_le_bytes).collect()
}

/// Strings texts together: where each starts and where the last ends, and their bytes.
fn strung<'a>(texts: impl Iterator<Item = &'a str>) -> Result<(Vec<u8>, Vec<u8>), BuildError> {
    let (mut starts, mut bytes) = (vec![0], Vec::new());
    for text in texts {
        bytes.extend(text.bytes());
        starts.push(len(&bytes)?);
    }
    Ok((numbers(starts), bytes))
}

fn listed<'a>(lists: impl Iterator<Item = &'a Vec<u32>>) -> Result<(Vec<u8>, Vec<u8>), BuildError> {
    let (mut starts, mut all) = (vec![0], Vec::new());
    for list in lists {
        all.extend(list);
        starts.push(len(&all)?);
    }
    Ok((numbers(starts), numbers(all)))
}
