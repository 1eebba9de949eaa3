//! A rider goes to a place that is none of those offered.

use axum::http::StatusCode;
use jitney_domain::Role;
use jitney_domain::access::Scope;
use jitney_node::api::{Reply, Request};

use crate::stage::{Browser, Got, Stage, soon};
use crate::whereabouts::villages;

fn stage() -> (Stage, Browser, String) {
    let stage = Stage::new();
    stage.import_map(&villages());
    let rider = stage.rider_in();
    let path = format!("/ride/{}/book", stage.rider);
    (stage, rider, path)
}

/// Types a place and goes where the answer leads.
fn look(stage: &Stage, who: &Browser, path: &str, text: &str) -> (String, Got) {
    let day = soon();
    let sent = who.post(stage, &format!("{path}/where"), &[("text", text), ("day", &day), ("time", "9h30")]);
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    (sent.to.clone(), who.get(stage, &sent.to))
}

/// Returns what each of the large buttons answers, with what is written on it.
fn buttons(page: &str) -> Vec<(String, String)> {
    let choices = page.split("<button name=\"to\" value=\"").skip(1);
    let choice = |rest: &str| {
        let (value, rest) = rest.split_once("\">").unwrap();
        (value.to_owned(), rest.split('<').next().unwrap().to_owned())
    };
    choices.map(choice).collect()
}

fn linked(page: &str, words: &str) -> String {
    let before = page.split(&format!("\">{words}</a>")).next().unwrap();
    before.rsplit("href=\"").next().unwrap().replace("&amp;", "&")
}

#[test]
fn an_address_is_typed_chosen_and_booked_and_never_stands_in_an_address_of_a_page() {
    let (stage, rider, path) = stage();
    let first = rider.get(&stage, &path);
    assert!(first.text.contains("Another place: I write it down"), "{}", first.text);
    let asked = rider.get(&stage, &format!("{path}?to=elsewhere"));
    assert!(asked.text.contains("Where is it?") && asked.text.contains("© OpenStreetMap"), "{}", asked.text);

    let (at, which) = look(&stage, &rider, &path, "mill lane 7");
    assert_eq!(which.status, StatusCode::OK);
    let choices = buttons(&which.text);
    assert_eq!(choices.len(), 2, "both villages have one, and a street is no door: {choices:?}");
    let (elmham, label) = choices.iter().find(|(_, label)| label.contains("Elmham")).unwrap();
    let when = rider.get(&stage, &format!("{path}?to={elmham}"));
    assert!(when.text.contains("When must you be there?"), "{}", when.text);
    let day = soon();
    let all = format!("{path}?to={elmham}&day={day}&time=9h30&home=call");
    let check = rider.get(&stage, &all);
    assert!(check.text.contains(label.as_str()), "what was found is shown once more: {}", check.text);
    for address in [&at, &all] {
        let told = address.to_lowercase();
        assert!(!told.contains("mill") && !told.contains("elmham") && !told.contains("48.9"), "{address}");
    }
    for page in [&asked, &which, &when, &check] {
        assert!(!page.text.contains("<script"), "{}", page.text);
    }

    let answers =
        [("to", elmham.as_str()), ("day", &day), ("time", "9h30"), ("home", "none"), ("form", "one")];
    let sent = rider.post(&stage, &path, &answers);
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let trip = sent.to.rsplit('/').next().unwrap().split('?').next().unwrap().parse().unwrap();
    let Reply::Trip(trip) = stage.ask(Request::ShowTrip(trip)) else { panic!() };
    let to = trip.places.unwrap().to;
    assert_eq!(&to.label, label);
    assert!((to.at.lat() - 48.90).abs() < 0.001 && (to.at.lon() - 2.304).abs() < 0.001, "{to:?}", to = to.at);
}

#[test]
fn going_back_loses_nothing_that_was_typed() {
    let (stage, rider, path) = stage();
    let (at, which) = look(&stage, &rider, &path, "mill lane 7");
    let (brook, _) = buttons(&which.text).remove(0);
    let looked = at.split("looked=").nth(1).unwrap().split('&').next().unwrap();
    // From the question that follows, back to the list; from there, to what was typed; from there, to all places.
    let when = rider.get(&stage, &format!("{path}?to={brook}&looked={looked}&time=9h30"));
    let list = rider.get(&stage, &linked(&when.text, "Go one step back"));
    assert_eq!(buttons(&list.text).len(), 2, "{}", list.text);
    let again = rider.get(&stage, &linked(&list.text, "None of these: I write it in another way"));
    assert!(
        again.text.contains("value=\"mill lane 7\"") && again.text.contains("value=\"9h30\""),
        "{}",
        again.text
    );
    let first = rider.get(&stage, &linked(&again.text, "Go one step back"));
    assert!(first.text.contains("County Clinic") && first.text.contains("value=\"9h30\""), "{}", first.text);
    assert!(first.text.contains(looked), "and forward again to what was found");
}

#[test]
fn what_nobody_knows_or_is_no_door_is_typed_again_or_the_office_calls() {
    let (stage, rider, path) = stage();
    let (_, nowhere) = look(&stage, &rider, &path, "qqqqq <zzzzz>");
    assert_eq!(nowhere.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        nowhere.text.contains("We do not find this place") && nowhere.text.contains("Ask us to call you")
    );
    assert!(!nowhere.text.contains("<zzzzz>") && nowhere.text.contains("qqqqq"), "{}", nowhere.text);
    let (_, street) = look(&stage, &rider, &path, "mill lane, brook");
    assert_eq!(street.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(street.text.contains("but not the house"), "{}", street.text);
    let called = rider.post(&stage, &format!("/ride/{}/call", stage.rider), &[]);
    assert!(rider.get(&stage, &called.to).text.contains("You asked us to call you"));
    let (_, nothing) = look(&stage, &rider, &path, "  ");
    assert!(nothing.text.contains("Where is it?") && !nothing.text.contains("class=\"wrong\""));
    assert!(nothing.status.is_success());
}

#[test]
fn without_a_map_the_page_is_as_it_was() {
    let stage = Stage::new();
    let rider = stage.rider_in();
    let path = format!("/ride/{}/book", stage.rider);
    for path in [path.clone(), format!("{path}?to=elsewhere")] {
        let got = rider.get(&stage, &path);
        assert!(
            got.text.contains("Where do you want to go?") && got.text.contains("Is your place not here?")
        );
        assert!(!got.text.contains("Another place"), "{}", got.text);
    }
}

#[test]
fn what_was_found_before_the_node_was_started_anew_is_asked_again_and_the_day_stays() {
    let (stage, rider, path) = stage();
    let day = soon();
    let lost = format!("to=found:AAAA&looked=AAAA&day={day}&time=9h30&home=call");
    let asked = rider.get(&stage, &format!("{path}?{lost}"));
    assert!(asked.text.contains("Where is it?") && asked.text.contains("value=\"9h30\""), "{}", asked.text);
    let sent =
        rider.post(&stage, &path, &[("to", "found:AAAA"), ("day", &day), ("time", "9h30"), ("home", "call")]);
    assert!(sent.status.is_success() && sent.text.contains("Where is it?"), "{} {}", sent.status, sent.text);
}

#[test]
fn a_caregiver_looks_for_a_place_too_and_nobody_reads_it_on_another_riders_page() {
    let (stage, _, path) = stage();
    stage.ask(Request::Entrust { rider: stage.rider, caregiver: stage.caregiver, scope: Scope::Book });
    let caregiver = stage.signed_in(stage.caregiver, Role::Caregiver);
    let (at, which) = look(&stage, &caregiver, &path, "crust, elmham");
    let (bakery, label) = buttons(&which.text).remove(0);
    assert!(label.contains("Crust"), "{label}");
    let other = stage.signed_in(stage.other, Role::Rider);
    let theirs = format!("/ride/{}/book", stage.other);
    let query = at.split('?').nth(1).unwrap();
    for query in [query.to_owned(), format!("to={bakery}&day={}&time=9h30&home=call", soon())] {
        let got = other.get(&stage, &format!("{theirs}?{query}"));
        assert!(got.text.contains("Where is it?") && !got.text.contains("rust"), "{}", got.text);
    }
    // Who may only look books nothing and looks for nothing.
    stage.ask(Request::Entrust { rider: stage.rider, caregiver: stage.caregiver, scope: Scope::See });
    assert!(!caregiver.get(&stage, &at).text.contains("Crust"));
}
