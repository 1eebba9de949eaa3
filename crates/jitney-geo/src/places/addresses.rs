//! Official address lists: what a land registry or post office knows and the map does not.
//!
//! A list is text of comma-separated values (RFC 4180) with a first line that names its columns. Read are `lat`,
//! `lon`, `street`, `number`, `city` and `postcode`, in any order and in capitals or not; others are passed over.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

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
    let mut records = Records { letters: list.trim_start_matches('\u{feff}').chars().peekable(), line: 1 };
    let columns = records.next().transpose()?.map(|record| record.values).unwrap_or_default();
    let columns: Vec<String> = columns.iter().map(|c| c.trim().to_lowercase()).collect();
    let column = |names: &[&str]| columns.iter().position(|column| names.contains(&column.as_str()));
    let needed = |names: &[&'static str], name| column(names).ok_or(AddressListError::NoColumn(name));
    let (lat, lon) = (needed(&["lat", "latitude"], "lat")?, needed(&["lon", "lng", "longitude"], "lon")?);
    let (street, number) = (needed(&["street"], "street")?, needed(&["number", "housenumber"], "number")?);
    let (city, postcode) = (column(&["city"]), column(&["postcode"]));
    let mut all = Vec::new();
    for record in records {
        let Record { line, values } = record?;
        if values.iter().all(|value| value.trim().is_empty()) {
            continue;
        }
        let wrong = |what| AddressListError::Line { line, what };
        let value = |at: usize| -> String {
            // A value may have lines of its own; an address is written in one.
            let words: Vec<&str> = values.get(at).map(|v| v.split_whitespace().collect()).unwrap_or_default();
            words.join(" ").chars().take(FIELD_MAX).collect()
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

/// The values between two ends of line.
struct Record {
    /// The line on which it begins, from 1.
    line: usize,
    values: Vec<String>,
}

/// Parts a list into records. Within quotes commas and ends of line are ordinary, and two quotes are one; a quote
/// elsewhere than around a whole value is a letter.
struct Records<'a> {
    letters: Peekable<Chars<'a>>,
    /// The line that is read, from 1.
    line: usize,
}

impl Iterator for Records<'_> {
    type Item = Result<Record, AddressListError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.letters.peek()?;
        let line = self.line;
        let (mut values, mut value) = (Vec::new(), String::new());
        let (mut quoted, mut begins) = (false, true);
        while let Some(letter) = self.letters.next() {
            let first = std::mem::replace(&mut begins, false);
            self.line = self.line.saturating_add(usize::from(letter == '\n'));
            match letter {
                '"' if quoted && self.letters.next_if_eq(&'"').is_some() => value.push('"'),
                '"' if quoted || first => quoted = !quoted,
                ',' if !quoted => {
                    values.push(std::mem::take(&mut value));
                    begins = true;
                }
                '\n' if !quoted => break,
                '\r' if !quoted && self.letters.peek() == Some(&'\n') => {}
                _ => value.push(letter),
            }
        }
        values.push(value);
        let what = "a quote that begins here has no end";
        Some(if quoted { Err(AddressListError::Line { line, what }) } else { Ok(Record { line, values }) })
    }
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

    fn records(list: &str) -> Vec<(usize, Vec<String>)> {
        let records = Records { letters: list.chars().peekable(), line: 1 };
        records.map(Result::unwrap).map(|record| (record.line, record.values)).collect()
    }

    #[test]
    fn values_are_parted_as_rfc_4180_has_it() {
        let parted = |list: &str, wanted: &[(usize, &[&str])]| {
            let wanted =
                wanted.iter().map(|(line, values)| (*line, values.iter().map(ToString::to_string).collect()));
            assert_eq!(records(list), wanted.collect::<Vec<_>>(), "{list:?}");
        };
        parted("a,b\r\nc,d\r\n", &[(1, &["a", "b"]), (2, &["c", "d"])]);
        parted("a,b\nc,d", &[(1, &["a", "b"]), (2, &["c", "d"])]);
        parted("\"a\r\n1,2\",b\nc,\n", &[(1, &["a\r\n1,2", "b"]), (3, &["c", ""])]);
        parted("\"a \"\"b\"\"\",\"\",c", &[(1, &["a \"b\"", "", "c"])]);
        parted("5\" pipe,b\nc", &[(1, &["5\" pipe", "b"]), (2, &["c"])]);
        parted("a\n\nb", &[(1, &["a"]), (2, &[""]), (3, &["b"])]);
    }

    #[test]
    fn a_value_over_two_lines_is_one_and_lines_are_counted_on() {
        let head = "street,number,note,lat,lon\n\"Mill\r\nLane\",12,\"first,\nsecond\",47.1,9.5\n\n";
        let mut documents = Vec::new();
        assert_eq!(add_addresses(&mut documents, head, &Localities::default()), Ok(1));
        assert_eq!((documents[0].name.as_str(), documents[0].at.lat()), ("Mill Lane", 47.1));
        let line = |list: &str| match add_addresses(&mut Vec::new(), list, &Localities::default()) {
            Err(AddressListError::Line { line, .. }) => line,
            other => panic!("{other:?}"),
        };
        assert_eq!(line(&format!("{head}Mill Lane,14,,x,9.5\n")), 6);
        // Nothing after a quote without an end is passed over in silence.
        let open = "lat,lon,number,street\n47.1,9.5,14,\"Mill Lane\n47.1,9.5,16,Mill Lane\n";
        assert_eq!(line(open), 2);
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
