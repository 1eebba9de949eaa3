//! What a program gets that asks wrongly, too often, or from elsewhere.

use axum::http::StatusCode;
use serde_json::json;

use crate::stage::{Browser, Program, Stage};

#[test]
fn whatever_goes_wrong_is_told_in_one_form() {
    let stage = Stage::new();
    let office = stage.office_program();
    let unknown = format!("/trips/{}", jitney_domain::TripId(99_999));
    // More than the description allows, and otherwise in order.
    let roles = json!({ "profile": { "name": "E" }, "roles": vec!["rider"; 11] });
    let notify = json!({ "profile": { "name": "E", "notify": vec!["sms"; 11] }, "roles": ["rider"] });
    let gives = json!({ "gives": vec![json!({ "trip": "10001-4", "to": { "driver": 1 } }); 101] });
    let cases = [
        ("GET", "/nowhere", None, 404, "nowhere"),
        ("PUT", "/trips", None, 405, "no-such-method"),
        ("GET", "/trips/10001-7", None, 400, "unreadable"),
        ("GET", unknown.as_str(), None, 404, "not-found"),
        ("GET", "/members?limit=0", None, 400, "unreadable"),
        ("GET", "/members?stranger=1", None, 400, "unreadable"),
        ("GET", "/members?after=x", None, 400, "unreadable"),
        ("POST", "/members", None, 415, "not-json"),
        ("POST", "/members", Some(json!({ "profile": {}, "roles": [] })), 422, "invalid"),
        (
            "POST",
            "/members",
            Some(json!({ "profile": { "name": "E" }, "roles": [], "more": 1 })),
            422,
            "invalid",
        ),
        ("POST", "/members", Some(json!([{ "name": "E" }, []])), 422, "invalid"),
        ("POST", "/members", Some(roles), 422, "invalid"),
        ("POST", "/members", Some(notify), 422, "invalid"),
        ("POST", "/trips/give", Some(gives), 422, "invalid"),
        ("POST", "/members", Some(json!({ "profile": { "name": "x".repeat(70_000) } })), 413, "too-long"),
    ];
    for (method, path, body, status, word) in cases {
        let got = office.call(&stage, method, path, body.as_ref());
        let told = format!("{method} {path}: {}", got.text);
        assert_eq!((got.status.as_u16(), got.problem().as_deref()), (status, Some(word)), "{told}");
        assert_eq!(got.json()["status"], status, "{told}");
        assert!(!got.json()["detail"].as_str().unwrap().is_empty(), "{told}");
        if status == 405 {
            assert!(got.headers["allow"].to_str().unwrap().contains("POST"), "{:?}", got.headers);
        }
    }
    let got = office.get(&stage, "/members");
    assert_eq!(got.headers["cache-control"], "no-store", "what is personal stays in no cache");
}

#[test]
fn a_cookie_reads_and_changes_nothing_unless_it_comes_from_our_own_pages() {
    let stage = Stage::new();
    let office = stage.office();
    assert_eq!(office.get(&stage, "/api/v1/members").status, StatusCode::OK);
    let asked = json!({ "profile": { "name": "Eva New" }, "roles": ["rider"] });
    let from = |headers: Vec<(&'static str, String)>| Browser { headers, ..office.clone() };
    let add = |browser: Browser| browser.post_json(&stage, "/api/v1/members", &asked);
    for headers in [
        vec![],
        vec![("origin", "https://evil.example".to_owned())],
        vec![("sec-fetch-site", "cross-site".to_owned())],
    ] {
        let got = add(from(headers));
        let told = (got.status, got.problem());
        assert_eq!(told, (StatusCode::FORBIDDEN, Some("another-site".to_owned())), "{}", got.text);
    }
    let got = add(from(vec![("sec-fetch-site", "same-origin".to_owned())]));
    assert_eq!(got.status, StatusCode::CREATED, "{}", got.text);
}

#[test]
fn a_script_and_a_query_in_a_name_stay_text() {
    let stage = Stage::new();
    let office = stage.office_program();
    for name in ["<script>alert(1)</script>", "'; DROP TABLE members; --", "../../etc/passwd", "{{7*7}}"] {
        let asked = json!({ "profile": { "name": name }, "roles": ["rider"] });
        let got = office.post(&stage, "/members", &asked);
        assert_eq!(got.json()["profile"]["name"], name);
        assert_eq!(got.headers["content-type"], "application/json");
        assert_eq!(got.headers["x-content-type-options"], "nosniff");
    }
}

#[test]
fn who_asks_too_often_is_told_how_long_to_wait() {
    let stage = Stage::new();
    let nobody = Program::default();
    let refused = (0..2_000).find_map(|_| {
        let got = nobody.get(&stage, "/sessions/current");
        (got.status == StatusCode::TOO_MANY_REQUESTS).then_some(got)
    });
    let refused = refused.expect("nobody may ask for ever");
    assert_eq!(refused.problem().as_deref(), Some("too-often"));
    assert!(refused.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    assert_eq!(stage.node_is_well(), StatusCode::OK);
}

#[test]
fn wrong_codes_are_counted_for_programs_and_pages_together() {
    let stage = Stage::new();
    let nobody = Program::default();
    for _ in 0..10 {
        let got = nobody.post(&stage, "/sessions", &json!({ "code": "AAAA-BBBB-CCCC" }));
        assert_eq!((got.status, got.problem().as_deref()), (StatusCode::UNAUTHORIZED, Some("wrong-code")));
    }
    let got = nobody.post(&stage, "/sessions", &json!({ "code": "AAAA-BBBB-CCCC" }));
    assert_eq!(got.status, StatusCode::TOO_MANY_REQUESTS);
    let got = Browser::default().post(&stage, "/sign-in", &[("code", "AAAA-BBBB-CCCC")]);
    assert_eq!(got.status, StatusCode::TOO_MANY_REQUESTS);
}
