//! What a stranger, another site or a member with bad intent might try.

use axum::http::StatusCode;
use jitney_domain::Role;
use jitney_node::api::{Reply, Request};

use crate::stage::{Browser, Stage};

#[test]
fn what_another_site_makes_a_browser_send_is_refused() {
    let stage = Stage::new();
    let from = |name: &'static str, value: &str| Browser {
        headers: vec![(name, value.to_owned())],
        ..stage.office()
    };
    let book = |browser: Browser| browser.post(&stage, "/desk/book", &[]).status;
    assert_eq!(book(from("sec-fetch-site", "cross-site")), StatusCode::FORBIDDEN);
    assert_eq!(book(from("sec-fetch-site", "same-site")), StatusCode::FORBIDDEN);
    assert_eq!(book(from("origin", "https://evil.example")), StatusCode::FORBIDDEN);
    assert_eq!(book(from("origin", "null")), StatusCode::FORBIDDEN);
    assert_eq!(book(from("origin", "http://localhost")), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(book(from("sec-fetch-site", "same-origin")), StatusCode::UNPROCESSABLE_ENTITY);
}

#[test]
fn behind_a_web_server_the_public_address_is_ours() {
    let stage = Stage::reached_at("https://lifts.example.org");
    let card = stage.card(stage.dispatcher, Role::Dispatcher);
    let browser =
        Browser { headers: vec![("origin", "https://lifts.example.org".to_owned())], ..Browser::default() };
    let got = browser.post(&stage, "/sign-in", &[("code", &card.code)]);
    let cookie = got.cookie.unwrap();
    assert!(cookie.starts_with("__Host-jitney=") && cookie.contains("; Secure"), "{cookie}");
    assert_eq!(got.headers["strict-transport-security"], "max-age=31536000");
}

#[test]
fn a_session_that_somebody_else_set_is_not_taken_over_on_signing_in() {
    let stage = Stage::new();
    let card = stage.card(stage.rider, Role::Rider);
    let fixed = Browser { cookie: Some("jitney=chosen-by-the-attacker".to_owned()), ..Browser::default() };
    let got = fixed.post(&stage, "/sign-in", &[("code", &card.code)]);
    let cookie = got.cookie.unwrap();
    assert!(!cookie.contains("chosen-by-the-attacker"));
    assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax"), "{cookie}");
    assert_eq!(fixed.get(&stage, "/ride").to, "/sign-in");
}

#[test]
fn a_script_in_a_name_is_text() {
    let stage = Stage::new();
    let office = stage.office();
    let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
    let path = format!("/desk/people/{}/profile", stage.rider);
    let mut fields = vec![("home_at", "48.85, 2.35"), ("mobility", "walker"), ("assistance", "curb-to-curb")];
    fields.extend(["name", "phone", "emergency", "note", "home", "home_note"].map(|name| (name, evil)));
    let got = office.post(&stage, &path, &fields);
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    stage.book();
    for page in [
        format!("/desk/people/{}", stage.rider),
        "/desk/people".to_owned(),
        format!("/desk/book?rider={}", stage.rider),
        "/desk/book?find=%3Cscript%3Ealert(3)".to_owned(),
        "/desk/find?find=script".to_owned(),
        format!("/desk?day={}", crate::stage::soon()),
    ] {
        let got = office.get(&stage, &page);
        assert_eq!(got.status, StatusCode::OK, "{page}");
        assert!(!got.text.contains("<script>alert") && !got.text.contains("<img"), "{page}: {}", got.text);
    }
    let policy = office.get(&stage, "/desk").headers["content-security-policy"].to_str().unwrap().to_owned();
    assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"), "{policy}");
}

#[test]
fn a_wrong_code_tells_nothing_and_too_many_have_to_wait() {
    let stage = Stage::new();
    let card = stage.card(stage.rider, Role::Rider);
    let nobody = Browser::default();
    for _ in 0..10 {
        let got = nobody.post(&stage, "/sign-in", &[("code", "AAAA-BBBB-CCCC")]);
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(got.cookie.is_none());
    }
    let got = nobody.post(&stage, "/sign-in", &[("code", &card.code)]);
    assert_eq!(got.status, StatusCode::TOO_MANY_REQUESTS);
}

#[test]
fn what_is_too_long_is_not_read() {
    let stage = Stage::new();
    let got = stage.office().post_text(&stage, "/desk/book", format!("note={}", "x".repeat(100_000)));
    assert_eq!(got.status, StatusCode::PAYLOAD_TOO_LARGE);
    let got = Browser::default().post(&stage, "/sign-in", &[("code", &"A".repeat(50_000))]);
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[test]
fn no_path_leads_out_of_the_assets_and_no_language_to_another_site() {
    let stage = Stage::new();
    let nobody = Browser::default();
    for path in ["/assets/..%2f..%2fCargo.toml", "/assets/%2e%2e/site.rs", "/assets/nothing.css"] {
        assert_eq!(nobody.get(&stage, path).status, StatusCode::NOT_FOUND, "{path}");
    }
    for back in ["//evil.example", "/%5Cevil.example", "https://evil.example", "/a%0d%0aSet-Cookie:x=y", ""] {
        let got = nobody.get(&stage, &format!("/language?to=fr&back={back}"));
        assert_eq!(got.to, "/", "{back}");
    }
    assert_eq!(nobody.get(&stage, "/language?to=fr&back=/ride/1001").to, "/ride/1001");
    assert!(nobody.get(&stage, "/language?to=../../etc/passwd&back=/").cookie.is_none());
}

#[test]
fn a_dispatcher_does_not_make_an_operators_card() {
    let stage = Stage::new();
    let path = format!("/desk/people/{}/card", stage.operator);
    assert_eq!(stage.office().post(&stage, &path, &[("role", "operator")]).status, StatusCode::FORBIDDEN);
    let Reply::Cards(cards) = stage.ask(Request::ListCards(Some(stage.operator))) else { panic!() };
    assert!(cards.is_empty());
}
