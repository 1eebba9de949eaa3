//! Places: the file that is searched, what is typed, lists of addresses.

use jitney_domain::Coordinate;
use jitney_geo::places::{
    Around, Document, House, Kind, Localities, Places, PlusCode, add_addresses, build, choose, find, fold,
    seal,
};

use crate::bytes::Bytes;

/// A places file as it is, or a good one with some bytes bent and the hash made right again, and what is typed.
pub(super) fn run(bytes: &[u8]) {
    let mut bytes = Bytes::new(bytes);
    match bytes.byte() % 4 {
        0 => search(bytes.rest().to_vec(), "mill lane 12"),
        1 => bent(&mut bytes),
        2 => typed(bytes.rest()),
        _ => list(bytes.rest()),
    }
}

/// A small town.
pub(crate) fn town() -> Vec<Document> {
    let at = |lat| Coordinate::new(lat, 9.5).unwrap();
    let house = |number: &str| House { number: number.to_owned(), postcode: "9490".to_owned(), at: at(47.1) };
    let street = |name: &str| Document {
        locality: "Ashford".to_owned(),
        houses: ["1", "12", "12a", "14-18"].map(house).to_vec(),
        ..Document::new(Kind::Street, name, at(47.1))
    };
    let clinic = Document { what: "clinic".to_owned(), ..Document::new(Kind::Health, "Clinic", at(47.2)) };
    vec![Document::new(Kind::Town, "Ashford", at(47.1)), street("Mill Lane"), street("Mühleweg"), clinic]
}

fn bent(bytes: &mut Bytes<'_>) {
    let mut file = build(town()).unwrap();
    for _ in 0..bytes.byte() % 16 {
        let at = usize::from(bytes.short()) % file.len();
        file[at] = bytes.byte();
    }
    let keep = file.len() - usize::from(bytes.byte()) % 8 * file.len() / 16;
    file.truncate(keep);
    seal(&mut file);
    search(file, &String::from_utf8_lossy(bytes.rest()));
}

fn search(file: Vec<u8>, text: &str) {
    let Ok(places) = Places::open(file) else { return };
    for text in [text, "mill lane 12", "mlil", "a", "muhleweg 13"] {
        assert!(places.search(text, Coordinate::new(47.0, 9.0).ok(), 5).len() <= 5);
    }
    let _ = places.nearest(Coordinate::new(47.1, 9.5).unwrap());
}

fn typed(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let folded = fold(&text);
    assert_eq!(fold(&folded), folded, "folding twice is folding once");
    if let Some(code) = PlusCode::parse(&text) {
        assert!(code.near(Coordinate::new(47.1, 9.5).unwrap()).is_some(), "a code is somewhere");
    }
    let places = Places::open(build(town()).unwrap()).unwrap();
    let hits = find(&text, &Around { saved: &[], focus: None, limit: 5 }, Some(&places));
    assert!(hits.len() <= 5);
    let _ = choose(&hits);
}

fn list(bytes: &[u8]) {
    let mut documents = town();
    let before = documents.len();
    if let Err(why) = add_addresses(&mut documents, &String::from_utf8_lossy(bytes), &Localities::default()) {
        assert!(documents.len() == before && !why.to_string().is_empty(), "a wrong list adds nothing");
    }
}
