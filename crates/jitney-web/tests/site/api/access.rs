//! Who may ask for what, and nobody else.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use jitney_domain::Role;
use jitney_node::api::Request;

use super::description::FILE;
use crate::stage::{Program, Stage, soon};

/// Method, path as the description has it, a body that can be read, and who gets in: `O` operator, `D` dispatcher, `V`
/// the driver, `R` the rider, `r` another rider, `c` a caregiver of nobody, `-` who is not signed in.
const TABLE: &[(&str, &str, &str, &str)] = &[
    ("POST", "/sessions", r#"{"code":"AAAA"}"#, "ODVRrc-"),
    ("GET", "/sessions/current", "", "ODVRrc"),
    ("GET", "/cards", "", "OD"),
    ("POST", "/cards", r#"{"member":{member},"role":"rider"}"#, "OD"),
    ("DELETE", "/cards/{card}", "", "OD"),
    ("GET", "/members", "", "OD"),
    ("POST", "/members", r#"{"profile":{"name":"Eva New"},"roles":["rider"]}"#, "OD"),
    ("GET", "/members/{member}", "", "ODR"),
    ("PUT", "/members/{member}/profile", r#"{"name":"Ada Miller"}"#, "OD"),
    ("PUT", "/members/{member}/roles/{role}", "", "OD"),
    ("PUT", "/members/{member}/suspension", r#"{"suspended":false}"#, "OD"),
    ("PUT", "/members/{rider}/call", "", "ODR"),
    ("DELETE", "/members/{rider}/call", "", "OD"),
    ("PUT", "/members/{rider}/apart/{other}", "", "OD"),
    ("DELETE", "/members/{rider}/apart/{other}", "", "OD"),
    ("PUT", "/members/{member}/vetting/{item}", r#"{"valid_until":"2099-01-01"}"#, "OD"),
    ("PUT", "/members/{rider}/caregivers/{caregiver}", r#"{"scope":"see"}"#, "ODR"),
    ("GET", "/members/{rider}/caregivers/{caregiver}", "", "ODRc"),
    ("DELETE", "/members/{rider}/caregivers/{caregiver}", "", "ODR"),
    ("GET", "/trips", "", "ODRr"),
    (
        "POST",
        "/trips",
        r#"{"rider":{rider},"from":"home","to":{"named":"clinic"},"timing":{"pick-up":"{soon}T18:00"}}"#,
        "ODR",
    ),
    ("GET", "/trips/{trip}", "", "ODR"),
    ("PATCH", "/trips/{trip}", r#"{"note":"the blue door"}"#, "ODR"),
    ("POST", "/trips/{trip}/ready", "{}", "ODR"),
    ("GET", "/trips/{trip}/candidates", "", "OD"),
    ("GET", "/trips/{trip}/openings", "", "OD"),
    ("POST", "/trips/{trip}/assign", "{}", "OD"),
    ("POST", "/trips/{trip}/unassign", "", "OD"),
    ("PUT", "/trips/{trip}/lock", r#"{"locked":false}"#, "OD"),
    ("POST", "/trips/{trip}/share", "", "OD"),
    ("POST", "/trips/{trip}/offer", r#"{"to":"nobody"}"#, "OD"),
    ("POST", "/trips/{trip}/place", r#"{"capacity":"{capacity}"}"#, "OD"),
    ("POST", "/trips/give", r#"{"gives":[{"trip":"{trip}","to":{"driver":{driver}}}]}"#, "OD"),
    ("POST", "/trips/{trip}/outcome", r#"{"outcome":"unmet"}"#, "OD"),
    ("POST", "/trips/{trip}/cancel", "{}", "ODR"),
    ("GET", "/subscriptions", "", "OD"),
    ("PUT", "/subscriptions/{subscription}/exceptions/{day}", "", "OD"),
    ("POST", "/subscriptions/{subscription}/end", r#"{"last":"2099-01-01"}"#, "OD"),
    ("GET", "/board", "", "OD"),
    ("GET", "/alarms", "", "OD"),
    ("POST", "/alarms/{alarm}/take", "", "OD"),
    ("GET", "/messages", "", "OD"),
    ("POST", "/messages/{message}/told", "", "OD"),
    ("GET", "/status", "", "OD"),
    ("GET", "/events", "", "ODVRrc"),
    ("GET", "/places", "", "ODRrc"),
    ("POST", "/places/find", r#"{"text":"clinic"}"#, "ODRrc"),
    ("PUT", "/places/{name}", r#"{"label":"Town hall","lat":48.86,"lon":2.35}"#, "OD"),
    ("GET", "/tickets", "", "OD"),
    ("POST", "/capacity", r#"{"driver":{driver},"day":"2099-01-01"}"#, "OD"),
    ("DELETE", "/capacity/{capacity}", "", "OD"),
    ("PUT", "/agreements/{coop}", "{}", "O"),
    ("DELETE", "/agreements/{coop}", "", "O"),
    ("POST", "/tickets/{ticket}/claim", "{}", "OD"),
    ("POST", "/tickets/{ticket}/pass", "", "OD"),
    ("POST", "/tickets/{ticket}/award", r#"{"claim":"00000000000000000000000000000000"}"#, "OD"),
    ("GET", "/capacity", "", "OD"),
    ("GET", "/agreements", "", "OD"),
    ("GET", "/drivers/{driver}/offers", "", "ODV"),
    ("GET", "/drivers/{driver}/manifest", "", "ODV"),
    ("GET", "/drivers/{driver}/hours", "", "ODV"),
    ("PUT", "/drivers/{driver}/hours/weekly", r#"{"weekly":[]}"#, "ODV"),
    ("PUT", "/drivers/{driver}/hours/breaks", r#"{"breaks":[]}"#, "ODV"),
    (
        "POST",
        "/drivers/{driver}/hours/days",
        r#"{"day":"{soon}","hours":{"from":"08:00","to":"12:00"}}"#,
        "ODV",
    ),
    ("POST", "/drivers/{driver}/hours/leave", r#"{"from":"2027-12-24","to":"2027-12-26"}"#, "ODV"),
    ("PATCH", "/drivers/{driver}/terms", r#"{"max_trips":4}"#, "ODV"),
    ("POST", "/drivers/{driver}/vehicles", r#"{"description":"red van","seats":5}"#, "ODV"),
    ("PUT", "/vehicles/{vehicle}", r#"{"description":"red van","seats":5}"#, "ODV"),
    ("POST", "/reports", r#"{"report":"00000000000000000000000000000001","lift":1,"step":"decline"}"#, "ODV"),
    ("DELETE", "/sessions/current", "", "ODVRrc"),
];

fn described() -> BTreeSet<String> {
    let document: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    let mut found = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "put", "post", "delete", "patch"] {
            if item.get(method).is_some() {
                found.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    found
}

fn programs(stage: &Stage) -> Vec<(char, Program)> {
    vec![
        ('O', stage.program(stage.operator, Role::Operator)),
        ('D', stage.office_program()),
        ('V', stage.program(stage.driver, Role::Driver)),
        ('R', stage.rider_program()),
        ('r', stage.program(stage.other, Role::Rider)),
        ('c', stage.program(stage.caregiver, Role::Caregiver)),
        ('-', Program::default()),
    ]
}

#[test]
fn every_operation_is_for_these_and_for_nobody_else() {
    let listed: BTreeSet<String> =
        TABLE.iter().map(|(method, path, ..)| format!("{method} {path}")).collect();
    assert_eq!(listed, described(), "the table and the description name different operations");

    let stage = Stage::new();
    let trip = stage.book();
    stage.ask(Request::AssignTrip { trip: trip.parse().unwrap(), driver: Some(stage.driver), agreed: false });
    let fill = |text: &str| {
        text.replace("{member}", &stage.rider.to_string())
            .replace("{rider}", &stage.rider.to_string())
            .replace("{caregiver}", &stage.caregiver.to_string())
            .replace("{driver}", &stage.driver.to_string())
            .replace("{trip}", &trip)
            .replace("{other}", &stage.other.to_string())
            .replace("{capacity}", &"0".repeat(32))
            .replace("{coop}", "Oak%20Rides")
            .replace("{vehicle}", "1")
            .replace("{role}", "rider")
            .replace("{item}", "training")
            .replace("{name}", "town%20hall")
            .replace("{subscription}", "1")
            .replace("{day}", "2099-01-01")
            .replace("{soon}", &soon())
            .replace("{card}", &"0".repeat(32))
            .replace("{alarm}", &"0".repeat(32))
            .replace("{ticket}", &"0".repeat(32))
            .replace("{message}", &"0".repeat(32))
    };
    let programs = programs(&stage);
    for (method, path, body, allowed) in TABLE {
        if *path == "/events" {
            continue;
        }
        let body = (!body.is_empty()).then(|| serde_json::from_str(&fill(body)).unwrap());
        for (letter, program) in &programs {
            let got = program.call(&stage, method, &fill(path), body.as_ref());
            let turned_away = matches!(got.problem().as_deref(), Some("not-signed-in" | "not-allowed"));
            let told = format!("{letter} {method} {path}: {} {}", got.status, got.text);
            assert_eq!(!turned_away, allowed.contains(*letter), "{told}");
            assert!(!got.status.is_server_error(), "{told}");
            assert!(got.status.is_success() || got.problem().is_some(), "{told}");
            // What cannot be read is turned away before anybody asks who may.
            assert!(
                got.status != StatusCode::BAD_REQUEST && got.problem().as_deref() != Some("nowhere"),
                "{told}"
            );
        }
    }
}

#[test]
fn the_stream_of_changes_is_for_who_is_signed_in() {
    let stage = Stage::new();
    let got = Program::default().get(&stage, "/events");
    assert_eq!((got.status, got.problem().as_deref()), (StatusCode::UNAUTHORIZED, Some("not-signed-in")));
}

#[test]
fn a_session_that_has_ended_is_told_so() {
    let stage = Stage::new();
    let program = stage.rider_program();
    assert_eq!(program.get(&stage, "/sessions/current").json()["role"], "rider");
    assert_eq!(program.call(&stage, "DELETE", "/sessions/current", None).status, StatusCode::NO_CONTENT);
    let got = program.get(&stage, "/sessions/current");
    assert_eq!(got.status, StatusCode::UNAUTHORIZED);
    assert!(got.headers["www-authenticate"].to_str().unwrap().contains("invalid_token"));
    let got = Program::default().get(&stage, "/sessions/current");
    assert_eq!(got.headers["www-authenticate"], "Bearer realm=\"jitney\"");
}
