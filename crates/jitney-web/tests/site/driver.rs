//! A driver on the phone: the answer, the steps in their order, and reports that waited for a network.

use axum::http::StatusCode;
use jitney_domain::Role;
use jitney_node::api::{Reply, Request};
use jitney_node::view::Carriage;
use serde_json::json;

use crate::stage::Stage;

#[test]
fn a_driver_says_yes_and_finds_the_lift_with_name_door_and_phone() {
    let stage = Stage::new();
    let trip = stage.book().parse().unwrap();
    stage.ask(Request::AssignTrip { trip, driver: Some(stage.driver), agreed: false });
    let driver = stage.signed_in(stage.driver, Role::Driver);
    let offered = driver.get(&stage, "/drive");
    assert!(
        offered.text.contains("Offered to you") && !offered.text.contains("Ada Miller"),
        "{}",
        offered.text
    );
    let report = "000000000000000000000000000000a1";
    let yes = [("report", report), ("lift", "1"), ("step", "accept")];
    assert_eq!(driver.post(&stage, "/drive/report", &yes).to, "/drive");
    assert_eq!(driver.post(&stage, "/drive/report", &yes).to, "/drive", "sent twice, it counts once");
    let day = driver.get(&stage, &format!("/drive?day={}", crate::stage::soon()));
    assert!(day.text.contains("Ada Miller") && day.text.contains("12 Mill Lane"), "{}", day.text);
    assert!(day.text.contains("tel:+33155550101") && day.text.contains("geo:48.85,2.35"));
    let sheet = driver.get(&stage, &format!("/drive/print?day={}", crate::stage::soon()));
    assert!(sheet.text.contains("+33 1 55 55 01 01"));
}

#[test]
fn a_report_too_early_is_refused_with_when_it_becomes_allowed() {
    let stage = Stage::new();
    let trip = stage.book().parse().unwrap();
    stage.ask(Request::AssignTrip { trip, driver: Some(stage.driver), agreed: true });
    let driver = stage.signed_in(stage.driver, Role::Driver);
    let early = json!({"report": "000000000000000000000000000000a2", "lift": 1, "step": "no-show", "at": 0});
    let got = driver.post_json(&stage, "/drive/reports", &early);
    assert_eq!(got.status, StatusCode::CONFLICT, "{}", got.text);
    assert!(got.text.contains("class=\"reason\""), "the node's own sentence is shown: {}", got.text);
}

#[test]
fn at_the_door_the_page_says_from_when_a_no_show_can_be_reported() {
    let stage = Stage::at_noon();
    let Reply::Status(status) = stage.ask(Request::Status) else { panic!() };
    let zone = jitney_domain::Zone::named(&status.zone).unwrap();
    let at = status.now.after(jitney_domain::Minutes(60)).local(&zone);
    let trip = stage.ask_for_lift(at);
    stage.ask(Request::AssignTrip { trip, driver: Some(stage.driver), agreed: true });
    let driver = stage.signed_in(stage.driver, Role::Driver);
    assert!(!driver.get(&stage, "/drive").text.contains("can be reported from"), "not before the door");
    let arrived = [("report", "000000000000000000000000000000a3"), ("lift", "1"), ("step", "arrived")];
    assert_eq!(driver.post(&stage, "/drive/report", &arrived).to, "/drive");
    let page = driver.get(&stage, "/drive").text;
    // Ten minutes after the time the rider was told.
    let Reply::Trip(booked) = stage.ask(Request::ShowTrip(trip)) else { panic!() };
    let Carriage::Confirmed { pick_up_at, .. } = booked.carriage else { panic!("{:?}", booked.carriage) };
    let from = pick_up_at.after(jitney_domain::Minutes(10)).local(&zone).time();
    let hint = format!("“Nobody is there” can be reported from {}:{:02}.", from.hour(), from.minute());
    assert!(page.contains(&hint), "{hint}: {page}");
}

#[test]
fn a_report_that_makes_no_sense_is_refused() {
    let stage = Stage::new();
    let driver = stage.signed_in(stage.driver, Role::Driver);
    for bad in [
        json!({"report": "000000000000000000000000000000a2", "lift": 1, "step": "fly", "at": 0}),
        json!({"report": "x", "lift": 1, "step": "accept", "at": 0}),
        json!({"report": "000000000000000000000000000000a2", "lift": 1, "step": "distance", "km": "far", "at": 0}),
        json!(null),
    ] {
        let got = driver.post_json(&stage, "/drive/reports", &bad);
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
}

#[test]
fn leave_is_taken_and_shown() {
    let stage = Stage::new();
    let driver = stage.signed_in(stage.driver, Role::Driver);
    let got = driver.post(&stage, "/drive/leave", &[("from", "2099-12-24"), ("to", "2099-12-26")]);
    assert_eq!(got.to, "/drive/hours");
    assert!(driver.get(&stage, "/drive/hours").text.contains("24 December 2099"));
    let got = driver.post(&stage, "/drive/leave", &[("from", "soon"), ("to", "later")]);
    assert!(got.text.contains("Please say the first and the last day away."));
}

#[test]
fn a_calendar_program_reads_the_lifts_without_names_and_only_while_the_card_is_good() {
    let stage = Stage::new();
    let trip = stage.book().parse().unwrap();
    stage.ask(Request::AssignTrip { trip, driver: Some(stage.driver), agreed: true });
    let driver = stage.signed_in(stage.driver, Role::Driver);
    let page = driver.get(&stage, "/drive/hours").text;
    let address = page.split("href=\"http://localhost/calendar/").nth(1).unwrap().split('"').next().unwrap();
    let path = format!("/calendar/{address}");
    let nobody = crate::stage::Browser::default();
    let read = nobody.get(&stage, &path);
    assert_eq!(read.headers["content-type"], "text/calendar; charset=utf-8");
    assert!(read.text.contains("BEGIN:VEVENT") && read.text.contains("STATUS:CONFIRMED"), "{}", read.text);
    assert!(!read.text.contains("Ada") && !read.text.contains("Mill Lane"), "{}", read.text);
    let jitney_node::api::Reply::Cards(cards) = stage.ask(Request::ListCards(Some(stage.driver))) else {
        panic!()
    };
    stage.ask(Request::RevokeCard(cards[0].card));
    assert_eq!(nobody.get(&stage, &path).status, StatusCode::NOT_FOUND);
}
