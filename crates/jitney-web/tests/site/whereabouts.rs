//! Addresses that nobody has named, found on the map.

use axum::http::StatusCode;
use jitney_domain::Role;
use jitney_geo::osm::write::Extract;
use jitney_node::api::{Reply, Request};
use jitney_node::person::Profile;
use jitney_node::view::Trip;

use crate::stage::{Browser, Stage, soon};

/// Two villages, each with a Mill Lane; a bakery in one of them only.
pub fn villages() -> Vec<u8> {
    let mut map = Extract::new();
    for (nth, village, lat) in [(0, "Brook", 48.80), (1, "Elmham", 48.90)] {
        let id = nth * 100;
        map.node(id + 1, lat, 2.30, &[("place", "village"), ("name", village)]);
        map.nodes(&[(id + 2, lat, 2.301), (id + 3, lat, 2.305)]);
        map.way(id + 4, &[id + 2, id + 3], &[("highway", "residential"), ("name", "Mill Lane")]);
        for (house, lon) in [(1, 2.302), (7, 2.304)] {
            let number = house.to_string();
            let address =
                [("addr:housenumber", number.as_str()), ("addr:street", "Mill Lane"), ("addr:city", village)];
            map.node(id + 10 + house, lat, lon, &address);
        }
    }
    map.node(500, 48.9001, 2.3035, &[("shop", "bakery"), ("name", "Crust"), ("addr:city", "Elmham")]);
    map.file()
}

fn booking<'a>(rider: &'a str, day: &'a str, to: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("rider", rider), ("from", "home"), ("to", to), ("day", day), ("time", "9:30"), ("by", "there")]
}

fn trip(stage: &Stage, at: &str) -> Trip {
    let number = at.strip_prefix("/desk/trip/").unwrap().split('?').next().unwrap();
    match stage.ask(Request::ShowTrip(number.parse().unwrap())) {
        Reply::Trip(trip) => *trip,
        other => panic!("{other:?}"),
    }
}

fn options(page: &str, select: &str) -> Vec<String> {
    let from = page.find(&format!("<select id=\"{select}\"")).expect("a choice");
    let list = page[from..].split("</select>").next().unwrap();
    list.split("<option value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[test]
fn an_address_that_can_be_no_other_is_booked_as_it_was_typed() {
    let stage = Stage::new();
    stage.import_map(&villages());
    let office = stage.office();
    let (rider, day) = (stage.rider.to_string(), soon());
    let got = office.post(&stage, "/desk/book", &booking(&rider, &day, "7 mill lane elmham"));
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    let to = trip(&stage, &got.to).places.unwrap().to;
    assert!(to.label.contains("Mill Lane") && to.label.contains("Elmham"), "{}", to.label);
    assert!((to.at.lat() - 48.90).abs() < 0.001 && (to.at.lon() - 2.304).abs() < 0.001, "{to:?}");
    let form = office.get(&stage, &format!("/desk/book?rider={rider}"));
    assert!(form.text.contains("© OpenStreetMap contributors"), "{}", form.text);
}

#[test]
fn where_two_could_be_meant_the_dispatcher_chooses_and_nothing_is_booked_on_a_guess() {
    let stage = Stage::new();
    stage.import_map(&villages());
    let office = stage.office();
    let (rider, day) = (stage.rider.to_string(), soon());
    let unsure = office.post(&stage, "/desk/book", &booking(&rider, &day, "mill lane 7"));
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unsure.text.contains("could be several places"), "{}", unsure.text);
    let choices = options(&unsure.text, "to");
    let brook = choices.iter().find(|choice| choice.contains("Brook")).expect("both are offered");
    assert!(choices.iter().any(|choice| choice.contains("Elmham")), "{choices:?}");
    assert_eq!(choices.last().map(String::as_str), Some(""), "none of these may be the answer");
    assert!(unsure.text.contains("value=\"9:30\""), "what was typed stays: {}", unsure.text);

    let got = office.post(&stage, "/desk/book", &booking(&rider, &day, brook));
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    let to = trip(&stage, &got.to).places.unwrap().to;
    assert!((to.at.lat() - 48.80).abs() < 0.001, "{to:?}");

    let nowhere = office.post(&stage, "/desk/book", &booking(&rider, &day, "qqqqq zzzzz"));
    assert_eq!(nowhere.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nowhere.text.contains("Nobody knows “qqqqq zzzzz”"), "{}", nowhere.text);
}

#[test]
fn places_are_suggested_while_they_are_typed_the_riders_own_first() {
    let stage = Stage::new();
    let office = stage.office();
    let rider = stage.rider.to_string();
    let typed = |text: &str| {
        let got = office.post(&stage, "/desk/where", &[("text", text), ("rider", &rider)]);
        assert_eq!(got.status, StatusCode::OK);
        got.text
    };
    assert!(
        typed("clin").contains("value=\"clinic, County Clinic\""),
        "without a map too: {}",
        typed("clin")
    );
    assert!(!typed("crust").contains("Crust"));
    // Imported while the node runs.
    stage.import_map(&villages());
    assert!(typed("cru").contains("Crust") && typed("cru").contains("bakery"), "{}", typed("cru"));
    let (_, day) = (&rider, soon());
    office.post(&stage, "/desk/book", &booking(&rider, &day, "crust, elmham"));
    assert!(typed("").is_empty() && typed("<script>").is_empty());
}

#[test]
fn a_home_is_found_by_its_address_and_moves_with_it() {
    let stage = Stage::new();
    stage.import_map(&villages());
    let office = stage.office();
    let home = |profile: &Profile| profile.home.clone().unwrap();
    let profile = || match stage.ask(Request::ShowMember(stage.other)) {
        Reply::Member(member) => member.profile.unwrap(),
        other => panic!("{other:?}"),
    };
    let at = format!("/desk/people/{}/profile", stage.other);
    let stood = home(&profile());
    let shown = format!("{}, {}", stood.at.lat(), stood.at.lon());
    let form = |home: &str, home_at: &str| {
        office.post(&stage, &at, &[("name", "Bertha Old"), ("home", home), ("home_at", home_at)])
    };
    assert_eq!(form(&stood.label, &shown).status, StatusCode::SEE_OTHER);
    assert_eq!(home(&profile()), stood, "unchanged, it stays as it is");

    // She has moved; the position on the form is still the old one, and not taken for the new.
    assert_eq!(form("1 Mill Lane, Brook", &shown).status, StatusCode::SEE_OTHER);
    assert!((home(&profile()).at.lat() - 48.80).abs() < 0.001, "{:?}", home(&profile()));

    // What nobody knows better is only called otherwise.
    let brook = home(&profile());
    let shown = format!("{}, {}", brook.at.lat(), brook.at.lon());
    assert_eq!(form("qqqqq zzzzz", &shown).status, StatusCode::SEE_OTHER);
    assert_eq!((home(&profile()).at, home(&profile()).label.as_str()), (brook.at, "qqqqq zzzzz"));

    let unsure = form("7 Mill Lane", &shown);
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
    let choices = options(&unsure.text, "home_at");
    assert!(choices.iter().any(|choice| choice.ends_with(&shown)), "as before: {choices:?}");
    let elmham = choices.iter().find(|choice| choice.contains("Elmham")).expect("both are offered");
    assert_eq!(form("7 Mill Lane", elmham).status, StatusCode::SEE_OTHER);
    assert!((home(&profile()).at.lat() - 48.90).abs() < 0.001, "{:?}", home(&profile()));
}

#[test]
fn where_a_lift_goes_is_told_by_the_village_and_not_by_degrees() {
    let stage = Stage::new();
    let trip = stage.book().parse().unwrap();
    stage.ask(Request::AssignTrip { trip, driver: Some(stage.driver), agreed: false });
    let driver = stage.signed_in(stage.driver, Role::Driver);
    let offered = || driver.get(&stage, "/drive").text;
    let shown = offered();
    assert!(shown.contains("near 48.8") && !shown.contains("OpenStreetMap"), "no map, no names: {shown}");

    let mut map = Extract::new();
    map.node(1, 48.851, 2.351, &[("place", "village"), ("name", "Ashford")]);
    map.nodes(&[(2, 48.8502, 2.3502), (3, 48.8504, 2.3510)]);
    map.way(4, &[2, 3], &[("highway", "residential"), ("name", "Mill Lane")]);
    stage.import_map(&map.file());
    let shown = offered();
    assert!(shown.contains("around Ashford") && shown.contains("OpenStreetMap"), "{shown}");
    assert!(!shown.contains("Mill Lane"), "a cell has no street: {shown}");

    // The office sees the same of places to spare, in its own language, and how far it is from its own places.
    let other = stage.book_for(&soon(), "16:00").parse().unwrap();
    stage.ask(Request::AssignTrip { trip: other, driver: Some(stage.driver), agreed: true });
    stage.ask(Request::PostCapacity { driver: stage.driver, day: soon().parse().unwrap() });
    let office = Browser { language: Some("fr"), ..stage.office() };
    let places = office.get(&stage, "/desk/partners/places").text;
    assert!(places.contains("secteur Ashford, à environ") && !places.contains("near 48."), "{places}");
    assert!(places.contains("du lieu « clinic »"), "{places}");
}
