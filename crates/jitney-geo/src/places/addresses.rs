//! Official address lists: what a land registry or post office knows and the map does not.
//!
//! A list is text of comma-separated values (RFC 4180) with a first line that names its columns. Read are `lat`,
//! `lon`, `street`, `number`, `city` and `postcode`, in any order and in capitals or not; others are passed over.
//! OpenAddresses writes such lists.

use std::collections::BTreeMap;

use jitney_domain::Coordinate;
use thiserror::Error;

use super::document::{Document, House, Kind};
use super::fold::words;
use super::locality::Localities;

/// Two entries of one house number no farther apart than this, in metres, are one house.
const ONE_HOUSE: u32 = 150;
/// Longest text of one column, in characters.
const FIELD_MAX: usize = 120;

/// Says why a list of addresses cannot be read. It never repeats an address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddressListError {
    /// A column is missing.
    #[error(
        "the list of addresses has no column \"{0}\"; its first line must name lat, lon, street and number"
    )]
    NoColumn(&'static str),
    /// A line makes no sense.
    #[error("line {line} of the list of addresses is wrong: {what}; mend it or take it out")]
    Line {
        /// Which line, from 1.
        line: usize,
        /// What is wrong.
        what: &'static str,
    },
}

/// Adds a list of addresses to documents: houses of streets that are known there, and streets that are not.
///
/// An address that does not name its town is in the one that `localities` has for its point.
///
/// # Errors
/// [`AddressListError`] says which line to mend; then nothing has been added.
pub fn add_addresses(
    documents: &mut Vec<Document>,
    list: &str,
    localities: &Localities,
) -> Result<usize, AddressListError> {
    let addresses = read(list)?;
    let count = addresses.len();
    // A street is known by its name and town; of several parts of it the first is as good as any.
    let key = |street: &str, town: &str| (words(street), words(town));
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    for (at, document) in documents.iter().enumerate().filter(|(_, d)| d.kind == Kind::Street) {
        known.entry(key(&document.name, &document.locality)).or_insert(at);
    }
    let mut added: BTreeMap<usize, Vec<House>> = BTreeMap::new();
    for Address { street, city, house } in addresses {
        let city = if city.is_empty() { localities.of(house.at.into()).to_owned() } else { city };
        let at = *known.entry(key(&street, &city)).or_insert_with(|| {
            documents.push(Document { locality: city, ..Document::new(Kind::Street, street, house.at) });
            documents.len().saturating_sub(1)
        });
        added.entry(at).or_default().push(house);
    }
    for (at, added) in added {
        if let Some(document) = documents.get_mut(at) {
            put_in(&mut document.houses, added);
        }
    }
    Ok(count)
}

/// Puts official houses among those of a street, in place of those that they are.
fn put_in(houses: &mut Vec<House>, official: Vec<House>) {
    let mut by_number: BTreeMap<String, Vec<House>> = BTreeMap::new();
    for house in houses.drain(..) {
        by_number.entry(house.number.clone()).or_default().push(house);
    }
    for house in official {
        let same = by_number.entry(house.number.clone()).or_default();
        // The official point of a house is better than the map's.
        same.retain(|other| crate::distance(other.at, house.at).0 > ONE_HOUSE);
        same.push(house);
    }
    houses.extend(by_number.into_values().flatten());
}

struct Address {
    street: String,
    city: String,
    house: House,
}

fn read(list: &str) -> Result<Vec<Address>, AddressListError> {
    let mut lines = (1..).zip(list.trim_start_matches('\u{feff}').lines());
    let columns: Vec<String> = lines
        .next()
        .map(|(_, line)| values(line))
        .unwrap_or_default()
        .iter()
        .map(|c| c.trim().to_lowercase())
        .collect();
    let column = |names: &[&str]| columns.iter().position(|column| names.contains(&column.as_str()));
    let needed = |names: &[&'static str], name| column(names).ok_or(AddressListError::NoColumn(name));
    let (lat, lon) = (needed(&["lat", "latitude"], "lat")?, needed(&["lon", "lng", "longitude"], "lon")?);
    let (street, number) = (needed(&["street"], "street")?, needed(&["number", "housenumber"], "number")?);
    let (city, postcode) = (column(&["city"]), column(&["postcode"]));
    let mut all = Vec::new();
    for (line, text) in lines.filter(|(_, text)| !text.trim().is_empty()) {
        let wrong = |what| AddressListError::Line { line, what };
        let values = values(text);
        let value = |at: usize| -> String {
            values.get(at).map(|value| value.trim().chars().take(FIELD_MAX).collect()).unwrap_or_default()
        };
        let degrees =
            |at: usize| value(at).parse::<f64>().map_err(|_| wrong("lat and lon must be numbers of degrees"));
        let at =
            Coordinate::new(degrees(lat)?, degrees(lon)?).map_err(|_| wrong("the point is off the globe"))?;
        let (street, number) = (value(street), value(number));
        // Registries list plots without a house, too.
        if !words(&street).is_empty() && !words(&number).is_empty() {
            let postcode = postcode.map(value).unwrap_or_default();
            all.push(Address {
                street,
                city: city.map(value).unwrap_or_default(),
                house: House { number, postcode, at },
            });
        }
    }
    Ok(all)
}

/// Parts a line at its commas; within quotes a comma is one and two quotes are one.
fn values(line: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                values.last_mut().into_iter().for_each(|value| value.push('"'));
            }
            '"' => quoted = !quoted,
            ',' if !quoted => values.push(String::new()),
            _ => values.last_mut().into_iter().for_each(|value| value.push(letter)),
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::super::{Around, Choice, Number, Places, Saved, Source, build, choose, find};
    use super::*;
    use proptest::prelude::*;

    const LIST: &str = "\u{feff}LON,LAT,NUMBER,STREET,CITY,POSTCODE,REGION\r\n\
        9.5,47.1,12,Mill Lane,Ashford,9490,x\r\n\
        9.5,47.2,\"7\",\"King, the \"\"Old\"\" Rd\",Ashford,,\r\n\
        9.5,47.2,,Mill Lane,Ashford,,\r\n";

    #[test]
    fn houses_join_their_street_and_new_streets_are_made() {
        let at = Coordinate::new(47.1, 9.5).unwrap();
        let mut street =
            Document { locality: "Ashford".to_owned(), ..Document::new(Kind::Street, "Mill Lane", at) };
        street.houses.push(House { number: "12".to_owned(), postcode: String::new(), at });
        let mut documents = vec![street];
        assert_eq!(add_addresses(&mut documents, LIST, &Localities::default()), Ok(2));
        assert_eq!((documents.len(), documents[0].houses.len()), (2, 1));
        assert_eq!(documents[0].houses[0].postcode, "9490");
        assert_eq!(documents[1].name, "King, the \"Old\" Rd");
    }

    #[test]
    fn an_official_house_takes_the_place_of_the_one_that_it_is() {
        let house = |lat: f64, postcode: &str| House {
            number: "12".to_owned(),
            postcode: postcode.to_owned(),
            at: Coordinate::new(lat, 9.5).unwrap(),
        };
        // About 110 m off, and 1.1 km.
        let mut houses = vec![house(47.101, ""), house(47.11, "")];
        put_in(&mut houses, vec![house(47.1, "9490")]);
        assert_eq!(houses, [house(47.11, ""), house(47.1, "9490")]);
    }

    #[test]
    fn a_wrong_list_is_refused_with_the_line() {
        let add = |list: &str| add_addresses(&mut Vec::new(), list, &Localities::default());
        assert_eq!(add("lat,lon,street\n"), Err(AddressListError::NoColumn("number")));
        assert!(matches!(
            add("lat,lon,street,number\n1,2,A,1\nx,2,A,1"),
            Err(AddressListError::Line { line: 3, .. })
        ));
        assert!(matches!(
            add("lat,lon,street,number\n91,2,A,1"),
            Err(AddressListError::Line { line: 2, .. })
        ));
    }

    /// Number 12 in five towns, some 10 km apart, and two numbers 14.
    const FIVE_TOWNS: &str = "lat,lon,street,number\n47.1,9.5,Mill Lane,12\n47.2,9.5,Mill Lane,12\n\
        47.3,9.5,Mill Lane,12\n47.4,9.5,Mill Lane,12\n47.5,9.5,Mill Lane,12\n\
        47.1,9.501,Mill Lane,14\n47.1001,9.501,Mill Lane,14\n";

    fn with_five_towns(localities: &Localities) -> Places<Vec<u8>> {
        let mut documents = Vec::new();
        assert_eq!(add_addresses(&mut documents, FIVE_TOWNS, localities), Ok(7));
        Places::open(build(documents).unwrap()).unwrap()
    }

    #[test]
    fn a_number_in_several_places_is_said_to_be_and_is_no_door() {
        let places = with_five_towns(&Localities::default());
        let ask = |text, saved: &[Saved]| {
            find(text, &Around { saved, focus: Coordinate::new(47.1, 9.5).ok(), limit: 5 }, Some(&places))
        };
        let hits = ask("12 Mill Lane", &[]);
        assert_eq!((hits.len(), &hits[0].number), (1, &Number::Several("12".to_owned())));
        assert!(!hits[0].is_door() && hits[0].caveat().unwrap().contains("in several places"));
        assert_eq!(choose(&hits), Choice::Several(&hits));
        // Nor does a kept place at one of them speak for the others.
        let kept = Saved {
            name: "12 Mill Lane".to_owned(),
            address: String::new(),
            at: hits[0].at,
            source: Source::Coop,
        };
        let hits = ask("12 Mill Lane", &[kept]);
        assert_eq!((hits.len(), choose(&hits)), (2, Choice::Several(&hits)));
        // Nor is a single one in a town that is known the one that was meant.
        let point = Coordinate::new(47.6, 9.5).unwrap();
        let house = House { number: "12".to_owned(), postcode: String::new(), at: point };
        let known = Document {
            locality: "Farm".to_owned(),
            houses: vec![house],
            ..Document::new(Kind::Street, "Mill Lane", point)
        };
        let mut documents = vec![known];
        add_addresses(&mut documents, FIVE_TOWNS, &Localities::default()).unwrap();
        let both = Places::open(build(documents).unwrap()).unwrap().search("12 Mill Lane", None, 5);
        assert_eq!((both.len(), choose(&both)), (2, Choice::Several(&both)));
        // Two entries of one house are one.
        assert!(matches!(choose(&ask("14 Mill Lane", &[])), Choice::One(hit) if hit.caveat().is_none()));
    }

    #[test]
    fn an_address_without_a_town_is_in_the_one_around_it() {
        let mut localities = Localities::default();
        for (n, town) in (1i32..).zip(["Ashford", "Brook", "Croft", "Dale", "Elm"]) {
            let at = Coordinate::new(47.0 + f64::from(n) / 10.0, 9.5).unwrap();
            localities.settle(at.into(), Kind::Village, town.to_owned());
        }
        let places = with_five_towns(&localities);
        let hits = places.search("12 Mill Lane Croft", None, 5);
        assert!(matches!(choose(&hits), Choice::One(hit) if hit.label == "12 Mill Lane, Croft"));
        assert_eq!(places.search("12 Mill Lane", None, 9).iter().filter(|hit| hit.exact).count(), 5);
    }

    proptest! {
        #[test]
        fn any_text_is_a_list_or_refused(text in "(lat,lon,street,number\n)?[\\PC\n]{0,80}") {
            let _ = add_addresses(&mut Vec::new(), &text, &Localities::default());
        }
    }
}
