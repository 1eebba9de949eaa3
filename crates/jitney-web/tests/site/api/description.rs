//! The description that is served is the one that follows from the handlers.

use axum::http::StatusCode;

use crate::stage::{Program, Stage};

/// Where the description lies.
pub const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");

#[test]
fn the_description_is_the_one_of_the_handlers() {
    let made = format!("{}\n", jitney_web::api_description().unwrap());
    if std::env::var_os("JITNEY_BLESS").is_some() {
        std::fs::write(FILE, &made).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(FILE).unwrap();
    assert!(kept == made, "docs/openapi.json is not what the handlers say: run this with JITNEY_BLESS=1");
}

#[test]
fn the_description_is_served_to_everybody() {
    let stage = Stage::new();
    let got = Program::default().get(&stage, "/openapi.json");
    assert_eq!(got.status, StatusCode::OK);
    assert_eq!(got.json()["openapi"], "3.1.0");
}

#[test]
fn what_is_described_names_everything_that_it_refers_to() {
    let text = std::fs::read_to_string(FILE).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let named: std::collections::BTreeSet<&str> =
        text.split("\"#/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let missing: Vec<_> =
        named.iter().filter(|name| document.pointer(&format!("/{name}")).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(named.len() > 60, "only {}", named.len());
}
