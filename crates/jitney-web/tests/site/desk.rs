//! A dispatcher on the phone.

use axum::http::StatusCode;

use crate::stage::{Stage, form, soon};

#[test]
fn a_caller_is_found_booked_read_back_and_given_to_a_driver() {
    let stage = Stage::new();
    let office = stage.office();
    for typed in ["mill", "ADA", "1001", "55 01 01"] {
        let found = office.get(&stage, &format!("/desk/find?{}", form(&[("find", typed)])));
        assert!(found.text.contains("Ada Miller"), "{typed}: {}", found.text);
    }
    let rider = stage.rider.to_string();
    let day = soon();
    let taken = [
        ("rider", &*rider),
        ("from", "home"),
        ("to", "clinic"),
        ("day", &*day),
        ("time", "0930"),
        ("by", "there"),
        ("home", "11:30"),
        ("note", "ring twice"),
        ("form", "f1"),
    ];
    let got = office.post(&stage, "/desk/book", &taken);
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    assert_eq!(office.post(&stage, "/desk/book", &taken).to, got.to, "sent twice, it is booked once");
    let shown = office.get(&stage, &got.to);
    assert!(
        shown.text.contains("Ada Miller, on ")
            && shown.text.contains("Your confirmation number is 1 0 0 0 1")
    );
    assert!(shown.text.contains("Give it to Ben Tall"), "{}", shown.text);
    let trip = got.to.split('?').next().unwrap();
    let driver = stage.driver.to_string();
    let given = office.post(&stage, &format!("{trip}/assign"), &[("driver", &driver), ("agreed", "1")]);
    let shown = office.get(&stage, &given.to);
    assert!(shown.text.contains("Ben comes in this car: blue Toyota Yaris."), "{}", shown.text);
    let board = office.get(&stage, &format!("/desk/board?day={day}"));
    assert!(board.text.contains("Ben Tall") && board.text.contains("<svg"), "{}", board.text);

    let again = office.get(&stage, &format!("/desk/book?rider={rider}&again=10001-4"));
    let fields = ["value=\"9:30\"", "value=\"11:30\"", "value=\"trip:10001-4\""];
    assert!(fields.iter().all(|field| again.text.contains(field)), "{}", again.text);
}

#[test]
fn what_is_wrong_is_said_and_what_was_typed_stays() {
    let stage = Stage::new();
    let office = stage.office();
    let rider = stage.rider.to_string();
    let wrong =
        office.post(&stage, "/desk/book", &[("rider", &rider), ("to", "clinic"), ("note", "ring twice")]);
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("Which day?") && wrong.text.contains("At what time?"), "{}", wrong.text);
    assert!(wrong.text.contains("ring twice"));
    let day = soon();
    let unknown = [("rider", &*rider), ("from", "home"), ("to", "nowhere"), ("day", &*day), ("time", "9:30")];
    let refused = office.post(&stage, "/desk/book", &unknown);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("there is no place named &#34;nowhere&#34;"), "{}", refused.text);
}

#[test]
fn a_card_is_drawn_once_and_works() {
    let stage = Stage::new();
    let office = stage.office();
    let path = format!("/desk/people/{}/card", stage.other);
    let shown = office.post(&stage, &path, &[("role", "rider")]);
    let code = shown.text.split("<p class=\"code\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let got = crate::stage::Browser::default().post(&stage, "/sign-in", &[("code", &code.to_lowercase())]);
    assert_eq!(got.to, "/");
    let member = office.get(&stage, &format!("/desk/people/{}", stage.other));
    assert!(member.text.contains("signed in on one device") && !member.text.contains(&code));
}

#[test]
fn a_card_has_a_picture_where_the_address_is_known() {
    let stage = Stage::reached_at("https://lifts.example.org");
    let card = stage.card(stage.dispatcher, jitney_domain::Role::Dispatcher);
    let got = crate::stage::Browser::default().post(&stage, "/sign-in", &[("code", &card.code)]);
    let cookie = got.cookie.unwrap().split(';').next().unwrap().to_owned();
    let office = crate::stage::Browser { cookie: Some(cookie), ..Default::default() };
    let path = format!("/desk/people/{}/card", stage.rider);
    let shown = office.post(&stage, &path, &[("role", "rider")]);
    assert!(shown.text.contains("class=\"qr\"") && shown.text.contains("Go to lifts.example.org"));
}
