//! A program books, reads lists a part at a time, and sends a request again.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::stage::{Got, Program, Stage, soon};

fn lift(stage: &Stage, time: &str) -> Value {
    json!({
        "rider": stage.rider.0,
        "from": "home",
        "to": { "named": "clinic" },
        "timing": { "appointment": format!("{}T{time}", soon()) },
        "home": { "will-call": soon() },
    })
}

fn booked(got: &Got) -> String {
    assert_eq!(got.status, StatusCode::CREATED, "{}", got.text);
    got.json()["trips"][0]["trip"].as_str().unwrap().to_owned()
}

fn trips(stage: &Stage, program: &Program) -> usize {
    program.get(stage, "/trips?all=true&limit=200").json()["items"].as_array().unwrap().len()
}

#[test]
fn a_rider_books_sees_and_cancels() {
    let stage = Stage::new();
    let rider = stage.rider_program();
    let trip = booked(&rider.post(&stage, "/trips", &lift(&stage, "10:00")));
    let shown = rider.get(&stage, &format!("/trips/{trip}")).json();
    assert_eq!(shown["to"]["label"], "County Clinic");
    assert_eq!(shown["carriage"]["state"], "unassigned");
    let office = stage.office_program();
    let can = office.get(&stage, &format!("/trips/{trip}/candidates")).json();
    assert_eq!(can["can"][0]["driver"], stage.driver.0);
    let given = office.post(&stage, &format!("/trips/{trip}/assign"), &json!({ "agreed": true })).json();
    assert_eq!(given["carriage"]["state"], "confirmed", "{given}");
    let over = rider.post(&stage, &format!("/trips/{trip}/cancel"), &json!({ "with_return": true })).json();
    assert_eq!(over["carriage"]["state"], "over", "{over}");
}

#[test]
fn a_booking_that_is_sent_again_is_answered_again_and_made_once() {
    let stage = Stage::new();
    let rider = stage.rider_program();
    let first = rider.under("k-1").post(&stage, "/trips", &lift(&stage, "10:00"));
    let again = rider.under("k-1").post(&stage, "/trips", &lift(&stage, "10:00"));
    assert_eq!((booked(&first), &first.text), (booked(&again), &again.text));
    assert_eq!(trips(&stage, &rider), 2, "way out and way home");
    let other = rider.under("k-1").post(&stage, "/trips", &lift(&stage, "11:00"));
    assert_eq!((other.status, other.problem().as_deref()), (StatusCode::CONFLICT, Some("conflict")));
    let keyless = rider.under(" ").post(&stage, "/trips", &lift(&stage, "10:00"));
    assert_eq!(keyless.status, StatusCode::BAD_REQUEST);
}

#[test]
fn lists_come_a_part_at_a_time_and_whole_in_the_end() {
    let stage = Stage::new();
    let office = stage.office_program();
    for n in 0..5 {
        let asked = json!({ "profile": { "name": format!("Rider {n}") }, "roles": ["rider"] });
        assert_eq!(office.post(&stage, "/members", &asked).status, StatusCode::CREATED);
    }
    let rider = stage.rider_program();
    stage.program(stage.driver, jitney_domain::Role::Driver);
    for time in ["10:00", "14:00"] {
        booked(&rider.post(&stage, "/trips", &lift(&stage, time)));
    }
    for (path, name) in [("/members?", "member"), ("/trips?", "trip"), ("/cards?", "card")] {
        let whole = office.get(&stage, &format!("{path}limit=200")).json();
        assert_eq!(whole["next"], Value::Null);
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let got = office.get(&stage, &format!("{path}limit=2{after}")).json();
            let items = got["items"].as_array().unwrap();
            assert!(!items.is_empty() && items.len() <= 2, "{got}");
            seen.extend(items.iter().map(|item| item[name].clone()));
            match got["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        let all: Vec<Value> =
            whole["items"].as_array().unwrap().iter().map(|item| item[name].clone()).collect();
        assert_eq!(seen, all, "{path}");
        assert!(all.len() > 2, "{path}");
    }
}

#[test]
fn a_drivers_report_counts_once() {
    let stage = Stage::new();
    let trip = stage.book();
    let office = stage.office_program();
    office.post(&stage, &format!("/trips/{trip}/assign"), &json!({}));
    let driver = stage.program(stage.driver, jitney_domain::Role::Driver);
    let offers = driver.get(&stage, &format!("/drivers/{}/offers", stage.driver)).json();
    let lift = offers["items"][0]["lift"].as_u64().unwrap();
    let report = json!({ "report": "0123456789abcdef0123456789abcdef", "lift": lift, "step": "accept" });
    for _ in 0..2 {
        assert_eq!(driver.post(&stage, "/reports", &report).status, StatusCode::NO_CONTENT);
    }
    let day = soon();
    let manifest = driver.get(&stage, &format!("/drivers/{}/manifest?day={day}", stage.driver)).json();
    assert_eq!(manifest["stops"].as_array().unwrap().len(), 2, "{manifest}");
}

#[test]
fn a_drivers_limit_is_taken_away_by_null_and_left_by_silence() {
    let stage = Stage::new();
    let office = stage.office_program();
    let (at, shown) = (format!("/drivers/{}/terms", stage.driver), format!("/members/{}", stage.driver));
    let limits = |asked: &Value| {
        let got = office.patch(&stage, &at, asked);
        assert_eq!(got.status, StatusCode::NO_CONTENT, "{}", got.text);
        let driver = &office.get(&stage, &shown).json()["driver"];
        (driver["radius_metres"].clone(), driver["max_trips"].clone())
    };
    assert_eq!(limits(&json!({ "radius_metres": 12_500, "max_trips": 4 })), (json!(12_500), json!(4)));
    assert_eq!(limits(&json!({ "consent": "ask" })), (json!(12_500), json!(4)));
    assert_eq!(limits(&json!({ "radius_metres": null })), (Value::Null, json!(4)));
    assert_eq!(limits(&json!({ "max_trips": null })), (Value::Null, Value::Null));
}
