//! Search on a made-up town.

use jitney_domain::Coordinate;
use proptest::prelude::*;

use super::*;

pub(super) fn at(lat: f64, lon: f64) -> Coordinate {
    Coordinate::new(lat, lon).unwrap()
}

pub(super) fn street(name: &str, locality: &str, point: Coordinate, houses: &[&str]) -> Document {
    let house = |(n, number): (usize, &&str)| House {
        number: (*number).to_owned(),
        postcode: "9490".to_owned(),
        at: at(point.lat() + n as f64 * 0.0002, point.lon()),
    };
    Document {
        locality: locality.to_owned(),
        houses: houses.iter().enumerate().map(house).collect(),
        ..Document::new(Kind::Street, name, point)
    }
}

fn documents() -> Vec<Document> {
    let ashford = at(47.10, 9.50);
    let in_ashford = |kind, name: &str| Document {
        locality: "Ashford".to_owned(),
        ..Document::new(kind, name, at(47.101, 9.501))
    };
    vec![
        Document::new(Kind::Town, "Ashford", ashford),
        Document::new(Kind::Village, "Brook", at(47.30, 9.50)),
        street("Mill Lane", "Ashford", at(47.102, 9.50), &["1", "12", "12a", "14-18", "21"]),
        street("Mill Lane", "Brook", at(47.302, 9.50), &["12"]),
        street("Mühleholzstraße", "Ashford", at(47.103, 9.50), &["3"]),
        street("Triq il-Kbira", "Ħal Balzan", at(47.104, 9.50), &[]),
        street("St. John's Street", "Brook", at(47.305, 9.50), &["7"]),
        street("Rua de Santa Catarina", "Ashford", at(47.106, 9.50), &[]),
        street("Route 140", "Ashford", at(47.107, 9.50), &["140"]),
        Document { what: "pharmacy".to_owned(), ..in_ashford(Kind::Health, "Löwen-Apotheke") },
        Document {
            aliases: vec!["Old Chapel".to_owned()],
            ..in_ashford(Kind::Venue, "Church of Saint Mary")
        },
    ]
}

pub(super) fn places() -> Places<Vec<u8>> {
    Places::open(build(documents()).unwrap()).unwrap()
}

fn labels(text: &str) -> Vec<String> {
    places().search(text, None, 5).into_iter().map(|hit| hit.label).collect()
}

fn first(text: &str) -> String {
    labels(text).into_iter().next().unwrap_or_default()
}

#[test]
fn an_address_is_found_as_it_is_written_typed_and_abbreviated() {
    let wanted = [
        ("12 Mill Lane, Ashford", "12 Mill Lane, Ashford 9490"),
        ("mill lane 12 ashford", "12 Mill Lane, Ashford 9490"),
        ("12 mill ln brook", "12 Mill Lane, Brook 9490"),
        ("muhleholzstr 3", "Mühleholzstraße 3, 9490 Ashford"),
        ("Muehleholzstrasse 3", "Mühleholzstraße 3, 9490 Ashford"),
        ("triq kbira", "Triq il-Kbira, Ħal Balzan"),
        ("hal balzan triq il kbira", "Triq il-Kbira, Ħal Balzan"),
        ("saint johns st 7", "7 St. John's Street, Brook 9490"),
        ("r. sta catarina", "Rua de Santa Catarina, Ashford"),
        ("lowen apotheke", "Löwen-Apotheke, Ashford"),
        ("pharmacy ashford", "Löwen-Apotheke, Ashford"),
        ("old chapel", "Church of Saint Mary, Ashford"),
        ("140 route 140", "140 Route 140, Ashford 9490"),
        ("mill lane 12 A, Ashford", "12a Mill Lane, Ashford 9490"),
        ("9490 mill lane 12a", "12a Mill Lane, Ashford 9490"),
    ];
    for (text, label) in wanted {
        assert_eq!(first(text), label, "{text}");
    }
}

#[test]
fn slips_blanks_and_words_too_many_are_forgiven() {
    let wanted = [
        ("12 mlil lane ashford", "12 Mill Lane, Ashford 9490"),
        ("muhlehozlstrase 3", "Mühleholzstraße 3, 9490 Ashford"),
        ("millxlane ashford 12", "12 Mill Lane, Ashford 9490"),
        ("mill lane 12,c ashford", "12 Mill Lane, Ashford 9490"),
        ("tirq kbira", "Triq il-Kbira, Ħal Balzan"),
        ("12 milllane ashford", "12 Mill Lane, Ashford 9490"),
        ("muhle holzstrasse", "Mühleholzstraße, Ashford"),
        ("rva de santa catarina", "Rua de Santa Catarina, Ashford"),
        ("12 mill lane ashford xyzzy", "12 Mill Lane, Ashford 9490"),
    ];
    for (text, label) in wanted {
        assert_eq!(first(text), label, "{text}");
        assert!(places().search(text, None, 5).iter().all(|hit| !hit.exact), "{text}");
    }
}

#[test]
fn it_is_found_as_it_is_typed() {
    for typed in ["mühl", "mühleholzs", "apo", "lowen a"] {
        assert!(!labels(typed).is_empty(), "{typed}");
    }
    assert_eq!(first("ash"), "Ashford");
    assert_eq!(first("mill l"), "Mill Lane, Ashford");
}

#[test]
fn a_house_that_is_not_known_is_said_to_be_another() {
    let hit = &places().search("15 mill lane ashford", None, 1)[0];
    assert_eq!(hit.number, Number::Nearest { asked: "15".to_owned(), known: "14-18".to_owned() });
    assert!(!hit.exact && hit.caveat().is_some());
    let hit = &places().search("rua de santa catarina 5", None, 1)[0];
    assert_eq!(hit.number, Number::Unknown { asked: "5".to_owned() });
    assert!(!hit.exact && !hit.is_door());
}

#[test]
fn what_is_just_as_typed_is_exact_even_if_there_are_two() {
    let exact = |text: &str| places().search(text, None, 5).iter().filter(|hit| hit.exact).count();
    assert_eq!(exact("12 Mill Lane, Ashford"), 1);
    assert_eq!(exact("12 Mill Lane"), 2);
    assert_eq!(exact("12 Mill Lan"), 0);
    assert_eq!(exact("12 Lane"), 0);
}

#[test]
fn one_among_more_places_than_are_gone_through_is_not_taken_for_the_only_one() {
    let named = |kind, name: &str, lat| Document::new(kind, name, at(lat, 9.5));
    let chosen = |others: u32| {
        let others = (0..others).map(|n| named(Kind::Venue, &format!("Station {n}"), 47.2));
        let doors = [named(Kind::Venue, "Station", 47.1), named(Kind::Stop, "Station", 47.3)];
        let places = Places::open(build(others.chain(doors).collect()).unwrap()).unwrap();
        let hits = places.search("Station", None, 5);
        (hits.iter().filter(|hit| hit.exact).count(), matches!(choose(&hits), Choice::Several(_)))
    };
    assert_eq!(chosen(search::ATTEMPT_MAX - 2), (2, true));
    // The stop comes last and is not looked at any more.
    assert_eq!(chosen(search::ATTEMPT_MAX - 1), (0, true));
}

#[test]
fn of_equal_answers_the_near_one_comes_first() {
    let near = |lat| places().search("12 mill lane", Some(at(lat, 9.5)), 1)[0].label.clone();
    assert_eq!(near(47.1), "12 Mill Lane, Ashford 9490");
    assert_eq!(near(47.3), "12 Mill Lane, Brook 9490");
}

#[test]
fn a_point_has_an_address() {
    let near = |lat, lon| places().nearest(at(lat, lon)).map(|near| near.words());
    assert_eq!(near(47.302, 9.5001), Some("12 Mill Lane, Brook 9490".to_owned()));
    assert_eq!(near(47.31, 9.50), Some("560 m from 7 St. John's Street, Brook 9490".to_owned()));
    assert_eq!(near(10.0, 9.5), None);
}

#[test]
fn what_is_known_coarsely_is_named_by_its_town_and_not_by_a_house() {
    let around = |lat, lon| places().nearest_settlement(at(lat, lon)).map(|near| near.label);
    let town = around(47.1001, 9.5001).expect("a town is near");
    assert!(!town.contains(|c: char| c.is_ascii_digit()) || !town.contains("Lane"), "{town}");
    assert!(documents().iter().any(|d| d.kind.is_settlement() && town.starts_with(&d.name)), "{town}");
    assert_eq!(around(10.0, 9.5), None);
}

#[test]
fn the_same_documents_give_the_same_file() {
    let mut turned = documents();
    turned.reverse();
    assert_eq!(build(turned).unwrap(), build(documents()).unwrap());
}

#[test]
fn a_file_that_is_foreign_old_cut_or_changed_is_refused() {
    let good = build(documents()).unwrap();
    let open = |bytes: &[u8]| Places::open(bytes.to_vec()).map(|_| ());
    assert_eq!(open(b"{}"), Err(PlacesFileError::Foreign));
    let mut other = good.clone();
    other[8] = 9;
    assert_eq!(open(&other), Err(PlacesFileError::OtherVersion { found: 9 }));
    for cut in [10, 40, 100, good.len() - 1] {
        assert!(matches!(open(&good[..cut]), Err(PlacesFileError::Damaged { .. })), "{cut}");
    }
    let mut changed = good.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert!(matches!(open(&changed), Err(PlacesFileError::Damaged { .. })));
}

#[test]
fn nothing_to_find_is_no_mistake() {
    let empty = Places::open(build(Vec::new()).unwrap()).unwrap();
    assert!(empty.search("mill lane", None, 5).is_empty());
    assert_eq!(empty.nearest(at(47.0, 9.0)), None);
    assert!(labels("").is_empty() && labels(" ,;- ").is_empty());
}

#[test]
fn a_long_text_is_bounded_work() {
    let places = places();
    let long = "mill lane ashford 12 ".repeat(10_000);
    assert!(places.search(&long, None, 5).iter().all(|hit| !hit.exact));
    let many = (0..1000).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
    assert!(places.search(&many, None, 5).is_empty());
    let one = "m".repeat(100_000);
    assert!(places.search(&one, None, 5).is_empty());
}

fn name() -> impl Strategy<Value = String> {
    prop::collection::vec("[a-zäöüßéħ]{4,12}", 1..4).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn every_name_finds_itself(names in prop::collection::btree_set(name(), 1..40)) {
        let all = names.iter().map(|name| Document::new(Kind::Venue, name.clone(), at(1.0, 1.0))).collect();
        let places = Places::open(build(all).unwrap()).unwrap();
        for name in &names {
            let hits = places.search(name, None, 5);
            prop_assert!(hits[0].exact, "{name}");
            prop_assert_eq!(fold(&hits[0].label), fold(name));
        }
    }

    #[test]
    fn every_name_is_found_with_one_slip(name in name(), at_letter in 0usize..40, kind in 0u8..4, letter in prop::char::range('a', 'z')) {
        let document = Document::new(Kind::Venue, name.clone(), at(1.0, 1.0));
        let places = Places::open(build(vec![document]).unwrap()).unwrap();
        let mut letters: Vec<char> = fold(&name).chars().collect();
        let place = at_letter % letters.len();
        match kind {
            0 => letters.insert(place, letter),
            1 => { letters.remove(place); }
            2 => letters[place] = letter,
            _ => { let next = (place + 1).min(letters.len() - 1); letters.swap(place, next); }
        }
        let typed: String = letters.into_iter().collect();
        prop_assert!(!places.search(&typed, None, 5).is_empty(), "{typed} for {name}");
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,80}") {
        let places = places();
        prop_assert!(places.search(&text, Some(at(0.0, 0.0)), 5).len() <= 5);
    }
}
