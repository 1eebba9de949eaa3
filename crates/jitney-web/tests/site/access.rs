//! Who may open which page and send which form, and nobody else.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use jitney_domain::Role;
use jitney_node::api::{Reply, Request};

use crate::stage::{Browser, Stage};

/// Method, path as the source has it, and who gets in: `O` operator, `D` dispatcher, `V` driver, `R` the rider, `r`
/// another rider, `c` a caregiver of nobody, `-` who is not signed in.
const TABLE: &[(&str, &str, &str)] = &[
    ("GET", "/", "ODVRrc"),
    ("GET", "/sign-in", "ODVRrc-"),
    ("POST", "/sign-in", "ODVRrc-"),
    ("POST", "/sign-out", "ODVRrc"),
    ("GET", "/language", "ODVRrc-"),
    ("GET", "/calendar/{secret}", "ODVRrc-"),
    ("GET", "/assets/{name}", "ODVRrc-"),
    ("GET", "/ride/", "Rrc"),
    ("GET", "/ride/{rider}", "R"),
    ("GET", "/ride/{rider}/book", "R"),
    ("POST", "/ride/{rider}/book", "R"),
    ("GET", "/ride/{rider}/past", "R"),
    ("GET", "/ride/{rider}/people", "R"),
    ("POST", "/ride/{rider}/people/dismiss", "R"),
    ("GET", "/ride/{rider}/trip/{trip}", "R"),
    ("GET", "/ride/{rider}/trip/{trip}/print", "R"),
    ("POST", "/ride/{rider}/trip/{trip}/ready", "R"),
    ("GET", "/ride/{rider}/trip/{trip}/cancel", "R"),
    ("POST", "/ride/{rider}/trip/{trip}/cancel", "R"),
    ("GET", "/drive/", "V"),
    ("GET", "/drive/hours", "V"),
    ("POST", "/drive/report", "V"),
    ("POST", "/drive/reports", "V"),
    ("GET", "/drive/print", "V"),
    ("GET", "/drive/worker.js", "ODVRrc-"),
    ("GET", "/drive/app.webmanifest", "ODVRrc-"),
    ("POST", "/drive/leave", "V"),
    ("GET", "/drive/{unknown}", "ODVRrc"),
    ("GET", "/desk/", "OD"),
    ("GET", "/desk/board", "OD"),
    ("GET", "/desk/events", "OD"),
    ("GET", "/desk/print", "OD"),
    ("GET", "/desk/find", "OD"),
    ("GET", "/desk/book", "OD"),
    ("POST", "/desk/book", "OD"),
    ("GET", "/desk/trip/{trip}", "OD"),
    ("POST", "/desk/trip/{trip}/assign", "OD"),
    ("POST", "/desk/trip/{trip}/unassign", "OD"),
    ("POST", "/desk/trip/{trip}/share", "OD"),
    ("POST", "/desk/trip/{trip}/ready", "OD"),
    ("POST", "/desk/trip/{trip}/cancel", "OD"),
    ("GET", "/desk/people", "OD"),
    ("GET", "/desk/people/{member}", "OD"),
    ("POST", "/desk/people/{member}/profile", "OD"),
    ("POST", "/desk/people/{member}/card", "OD"),
    ("POST", "/desk/people/{member}/card/revoke", "OD"),
    ("POST", "/desk/people/{member}/entrust", "OD"),
    ("POST", "/desk/people/{member}/dismiss", "OD"),
    ("GET", "/desk/alarms", "OD"),
    ("GET", "/desk/partners", "OD"),
    ("POST", "/desk/partners/claim", "OD"),
    ("POST", "/desk/partners/pass", "OD"),
    ("POST", "/desk/partners/award", "OD"),
];

/// What a form may hold, so that every one of them can be read.
const FIELDS: &[(&str, &str)] = &[
    ("code", "x"),
    ("which", "one"),
    ("caregiver", "1004"),
    ("role", "rider"),
    ("card", "00000000000000000000000000000000"),
    ("driver", "1003"),
    ("ticket", "00000000000000000000000000000000"),
    ("claim", "00000000000000000000000000000000"),
    ("report", "00000000000000000000000000000001"),
    ("lift", "1"),
    ("step", "accept"),
    ("from", "2099-01-01"),
    ("to", "2099-01-02"),
    ("name", "Ada Miller"),
    ("phone", ""),
    ("emergency", ""),
    ("note", ""),
];

fn routes_in_the_source() -> BTreeSet<String> {
    let route = path_of_a_route();
    let mut found = BTreeSet::new();
    for (file, below) in
        [("site.rs", ""), ("rider/mod.rs", "/ride"), ("driver.rs", "/drive"), ("desk/mod.rs", "/desk")]
    {
        let source = std::fs::read_to_string(format!("{}/src/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        for line in source.lines() {
            let Some(path) = route(line) else { continue };
            for method in ["get(", "post("] {
                if line.contains(method) {
                    let method = method.trim_end_matches('(').to_uppercase();
                    found.insert(format!("{method} {below}{path}"));
                }
            }
        }
    }
    found
}

/// Reads the path of a line that declares a route.
fn path_of_a_route() -> impl Fn(&str) -> Option<String> {
    |line| {
        let rest = line.trim().strip_prefix(".route(\"")?;
        Some(rest.split('"').next()?.to_owned())
    }
}

#[test]
fn every_route_is_for_these_and_for_nobody_else() {
    let listed: BTreeSet<String> = TABLE.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    assert_eq!(listed, routes_in_the_source(), "the table and the source name different routes");

    let stage = Stage::new();
    let trip = stage.book();
    let asked = trip.parse().unwrap();
    stage.ask(Request::AssignTrip { trip: asked, driver: Some(stage.driver), agreed: false });
    let browsers = |stage: &Stage| {
        vec![
            ('O', stage.signed_in(stage.operator, Role::Operator)),
            ('D', stage.office()),
            ('V', stage.signed_in(stage.driver, Role::Driver)),
            ('R', stage.rider_in()),
            ('r', stage.signed_in(stage.other, Role::Rider)),
            ('c', stage.signed_in(stage.caregiver, Role::Caregiver)),
            ('-', Browser::default()),
        ]
    };
    for (method, path, allowed) in TABLE {
        let at = path
            .replace("{rider}", &stage.rider.to_string())
            .replace("{member}", &stage.other.to_string())
            .replace("{trip}", &trip)
            .replace("{name}", "page.css")
            .replace("{secret}", "nothing-known.ics")
            .replace("{unknown}", "nowhere");
        let at = if at.len() > 1 { at.trim_end_matches('/') } else { at.as_str() };
        if at == "/desk/events" {
            continue;
        }
        for (letter, browser) in browsers(&stage) {
            let got = match *method {
                "GET" => browser.get(&stage, at),
                _ if at == "/drive/reports" => browser.post_json(
                    &stage,
                    at,
                    &serde_json::json!({"report": "00000000000000000000000000000001", "lift": 1,
                        "step": "accept", "at": 0}),
                ),
                _ => browser.post(&stage, at, FIELDS),
            };
            let turned_away = got.status == StatusCode::FORBIDDEN || got.to == "/sign-in";
            let leaves = at == "/sign-out" && letter != '-';
            assert_eq!(
                !turned_away || leaves,
                allowed.contains(letter),
                "{letter} {method} {at}: {} {}",
                got.status,
                got.to
            );
            assert!(!got.status.is_server_error(), "{letter} {method} {at}: {}", got.text);
        }
    }
}

#[test]
fn the_stream_of_changes_is_for_the_office() {
    let stage = Stage::new();
    for browser in [stage.rider_in(), stage.signed_in(stage.driver, Role::Driver)] {
        assert_eq!(browser.get(&stage, "/desk/events").status, StatusCode::FORBIDDEN);
    }
    assert_eq!(Browser::default().get(&stage, "/desk/events").to, "/sign-in");
}

#[test]
fn a_card_that_is_revoked_ends_the_session_that_it_opened() {
    let stage = Stage::new();
    let browser = stage.rider_in();
    let home = format!("/ride/{}", stage.rider);
    assert_eq!(browser.get(&stage, &home).status, StatusCode::OK);
    let Reply::Cards(cards) = stage.ask(Request::ListCards(Some(stage.rider))) else { panic!() };
    stage.ask(Request::RevokeCard(cards[0].card));
    assert_eq!(browser.get(&stage, &home).to, "/sign-in");
}

#[test]
fn signing_out_ends_the_session_for_whoever_has_its_token() {
    let stage = Stage::new();
    let browser = stage.rider_in();
    assert_eq!(browser.post(&stage, "/sign-out", &[]).to, "/sign-in");
    assert_eq!(browser.get(&stage, "/ride").to, "/sign-in");
}

#[test]
fn a_suspended_member_and_an_erased_one_are_out_at_once() {
    let stage = Stage::new();
    let (one, other) = (stage.rider_in(), stage.signed_in(stage.other, Role::Rider));
    stage.ask(Request::Suspend(stage.rider));
    stage.ask(Request::Erase(stage.other));
    assert_eq!(one.get(&stage, "/ride").to, "/sign-in");
    assert_eq!(other.get(&stage, "/ride").to, "/sign-in");
    let Reply::Cards(cards) = stage.ask(Request::ListCards(Some(stage.other))) else { panic!() };
    assert!(cards.is_empty(), "the cards of who is erased are gone too");
}

#[test]
fn everybody_is_led_to_their_own_part() {
    let stage = Stage::new();
    let to = |browser: Browser| browser.get(&stage, "/").to;
    assert_eq!(to(stage.rider_in()), "/ride");
    assert_eq!(to(stage.signed_in(stage.driver, Role::Driver)), "/drive");
    assert_eq!(to(stage.office()), "/desk");
    assert_eq!(to(Browser::default()), "/sign-in");
}
