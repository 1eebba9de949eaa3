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
    ("POST", "/ride/{rider}/book/where", "R"),
    ("POST", "/ride/{rider}/call", "R"),
    ("GET", "/ride/{rider}/past", "R"),
    ("GET", "/ride/{rider}/people", "R"),
    ("POST", "/ride/{rider}/people/dismiss", "R"),
    ("GET", "/ride/{rider}/people/{caregiver}", "Rc"),
    ("GET", "/ride/{rider}/people/{caregiver}/credential", "Rc"),
    ("GET", "/ride/{rider}/trip/{trip}", "R"),
    ("GET", "/ride/{rider}/trip/{trip}/print", "R"),
    ("POST", "/ride/{rider}/trip/{trip}/ready", "R"),
    ("GET", "/ride/{rider}/trip/{trip}/cancel", "R"),
    ("POST", "/ride/{rider}/trip/{trip}/cancel", "R"),
    ("GET", "/drive/", "V"),
    ("GET", "/drive/hours", "V"),
    ("POST", "/drive/hours", "V"),
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
    ("POST", "/desk/where", "OD"),
    ("GET", "/desk/book", "OD"),
    ("POST", "/desk/book", "OD"),
    ("GET", "/desk/manifests", "OD"),
    ("GET", "/desk/map", "OD"),
    ("GET", "/desk/move", "OD"),
    ("POST", "/desk/move", "OD"),
    ("GET", "/desk/plan", "OD"),
    ("POST", "/desk/plan", "OD"),
    ("GET", "/desk/plan/{plan}", "OD"),
    ("GET", "/desk/plan/{plan}/events", "OD"),
    ("POST", "/desk/plan/{plan}/end", "OD"),
    ("POST", "/desk/plan/{plan}/apply", "OD"),
    ("GET", "/desk/trip/{trip}", "OD"),
    ("GET", "/desk/trip/{trip}/sheet", "OD"),
    ("POST", "/desk/trip/{trip}/lock", "OD"),
    ("POST", "/desk/trip/{trip}/assign", "OD"),
    ("POST", "/desk/trip/{trip}/unassign", "OD"),
    ("POST", "/desk/trip/{trip}/share", "OD"),
    ("POST", "/desk/trip/{trip}/offer", "OD"),
    ("GET", "/desk/trip/{trip}/openings", "OD"),
    ("POST", "/desk/trip/{trip}/openings", "OD"),
    ("POST", "/desk/trip/{trip}/ready", "OD"),
    ("POST", "/desk/trip/{trip}/cancel", "OD"),
    ("GET", "/desk/people", "OD"),
    ("GET", "/desk/people/new", "OD"),
    ("POST", "/desk/people/new", "OD"),
    ("GET", "/desk/people/{member}", "OD"),
    ("POST", "/desk/people/{member}/role", "OD"),
    ("POST", "/desk/people/{member}/standing", "OD"),
    ("GET", "/desk/people/{member}/erase", "OD"),
    ("POST", "/desk/people/{member}/erase", "OD"),
    ("POST", "/desk/people/{member}/vet", "OD"),
    ("POST", "/desk/people/{member}/terms", "OD"),
    ("POST", "/desk/people/{member}/vehicle", "OD"),
    ("POST", "/desk/people/{member}/hours", "OD"),
    ("POST", "/desk/people/{member}/leave", "OD"),
    ("POST", "/desk/people/{member}/wish", "OD"),
    ("POST", "/desk/people/{member}/apart", "OD"),
    ("POST", "/desk/people/{member}/profile", "OD"),
    ("POST", "/desk/people/{member}/card", "OD"),
    ("POST", "/desk/people/{member}/card/revoke", "OD"),
    ("POST", "/desk/people/{member}/entrust", "OD"),
    ("POST", "/desk/people/{member}/dismiss", "OD"),
    ("GET", "/desk/alarms", "OD"),
    ("POST", "/desk/alarms/take", "OD"),
    ("POST", "/desk/alarms/called", "OD"),
    ("GET", "/desk/partners", "OD"),
    ("POST", "/desk/partners/claim", "OD"),
    ("POST", "/desk/partners/pass", "OD"),
    ("POST", "/desk/partners/award", "OD"),
    ("GET", "/desk/partners/agreements", "OD"),
    ("POST", "/desk/partners/agreements", "O"),
    ("GET", "/desk/partners/places", "OD"),
    ("POST", "/desk/partners/places", "OD"),
    ("POST", "/desk/partners/places/withdraw", "OD"),
    ("POST", "/desk/partners/places/ask", "OD"),
];

/// What a form may hold, so that every one of them can be read.
const FIELDS: &[(&str, &str)] = &[
    ("code", "x"),
    ("which", "one"),
    ("caregiver", "1004"),
    ("role", "rider"),
    ("alarm", "0000"),
    ("rider", "1001"),
    ("card", "00000000000000000000000000000000"),
    ("driver", "1003"),
    ("ticket", "00000000000000000000000000000000"),
    ("claim", "00000000000000000000000000000000"),
    ("other", "1001"),
    ("end", "1"),
    ("capacity", "00000000000000000000000000000000"),
    ("day", "2099-01-01"),
    ("report", "00000000000000000000000000000001"),
    ("lift", "1"),
    ("step", "accept"),
    ("from", "2099-01-01"),
    ("to", "2099-01-02"),
    ("name", "Ada Miller"),
    ("phone", ""),
    ("seconds", "1"),
    ("emergency", ""),
    ("note", ""),
    // Not `sure`: nobody is erased by the table.
    ("standing", "reinstate"),
    ("shift", "0"),
    ("item", "licence"),
    ("until", "2099-01-01"),
    ("text", "12 Mill Lane"),
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
            .replace("{caregiver}", &stage.caregiver.to_string())
            .replace("{trip}", &trip)
            .replace("{name}", "page.css")
            .replace("{secret}", "nothing-known.ics")
            .replace("{plan}", "none")
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

/// What somebody may type where something else is expected.
const ODD: &[&str] = &[
    "",
    "-1",
    "0",
    "255",
    "256",
    "-2147483648",
    "2147483647",
    "4294967295",
    "9223372036854775807",
    "-9223372036854775808",
    "1e308",
    "NaN",
    "-9999-01-01",
    "9999-12-31",
    "0000-00-00",
    "23:59:60",
    "24:00-24:00",
    "0:00-23:59",
    "90,180",
    "-91, 999",
    "\u{0}\u{202e}é𝄞",
    "FREQ=SECONDLY",
];

/// Returns the names of all fields of all forms.
fn fields() -> Vec<String> {
    fn below(folder: &std::path::Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                below(&path, found);
            } else {
                let text = std::fs::read_to_string(path).unwrap();
                let names = text.split(" name=\"").skip(1).filter_map(|rest| rest.split('"').next());
                found.extend(names.filter(|name| !name.contains('{')).map(str::to_owned));
            }
        }
    }
    let mut found: BTreeSet<String> = (1..=7).map(|day| format!("d{day}")).collect();
    below(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), &mut found);
    found.into_iter().collect()
}

/// A panic would end a node: see docs/decisions/0021.
#[test]
fn nothing_that_can_be_typed_into_a_form_brings_the_node_down() {
    const TIMES: usize = 20;
    let stage = Stage::new();
    let trip = stage.book();
    let (rider, driver) = (stage.rider.to_string(), stage.driver.to_string());
    let (day, names) = (crate::stage::soon(), fields());
    assert!(names.len() > 50, "{names:?}");
    let sensible: &[(&str, &str)] = &[
        ("rider", &rider),
        ("driver", &driver),
        ("trip", &trip),
        ("day", &day),
        ("from", "home"),
        ("to", "clinic"),
        ("time", "10:00"),
        ("by", "there"),
        ("after", "late"),
        ("mobility", "walker"),
        ("assistance", "door-to-door"),
        ("home", "Mill Lane"),
        ("name", "Bertha Old"),
        ("caregiver", "1004"),
        ("role", "rider"),
        ("item", "licence"),
    ];
    let (office, wheel, own) =
        (stage.office(), stage.signed_in(stage.driver, Role::Driver), stage.rider_in());
    let mut state: u64 = 21;
    let mut drawn = |below: usize| {
        // Of Knuth's linear congruences: the same each time.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let mut understood = 0;
    for (_, path, _) in
        TABLE.iter().filter(|(method, path, _)| *method == "POST" && !path.ends_with("/erase"))
    {
        let browser = match path.get(..5) {
            Some("/desk") => &office,
            Some("/driv") => &wheel,
            Some("/ride") => &own,
            _ => continue,
        };
        let at = path
            .replace("{rider}", &rider)
            .replace("{member}", if path.contains("/hours") { &driver } else { &rider })
            .replace("{trip}", &trip)
            .replace("{name}", "nothing");
        for _ in 0..TIMES {
            let mut typed: Vec<(&str, &str)> = Vec::new();
            for name in &names {
                let usual = sensible.iter().find(|(known, _)| known == name).map(|(_, value)| *value);
                match (drawn(4), usual) {
                    (0, _) => typed.push((name, ODD[drawn(ODD.len())])),
                    (_, Some(value)) => typed.push((name, value)),
                    (1, None) => typed.push((name, ODD[drawn(ODD.len())])),
                    _ => {}
                }
            }
            let got = browser.post(&stage, &at, &typed);
            assert!(!got.status.is_server_error(), "{at} {typed:?}: {} {}", got.status, got.text);
            understood += usize::from(got.status == StatusCode::SEE_OTHER);
        }
    }
    assert!(understood > TIMES, "of all that was typed only {understood} forms were understood");
    stage.ask(Request::Status);
}
