//! A caregiver acts for a rider within what the rider said, and no longer than that.

use axum::http::StatusCode;
use jitney_domain::Role;
use jitney_domain::access::Scope;
use jitney_node::api::Request;

use crate::stage::{Stage, soon};

#[test]
fn a_caregiver_sees_or_books_as_was_said_and_the_rider_takes_it_back() {
    let stage = Stage::new();
    let trip = stage.book();
    let caregiver = stage.signed_in(stage.caregiver, Role::Caregiver);
    let (home, book) = (format!("/ride/{}", stage.rider), format!("/ride/{}/book", stage.rider));
    let wish =
        [("to", "place:clinic"), ("day", &*soon()), ("time", "16:00"), ("home", "none"), ("home_time", "")];
    let entrust =
        |scope| stage.ask(Request::Entrust { rider: stage.rider, caregiver: stage.caregiver, scope });

    entrust(Scope::See);
    let seen = caregiver.get(&stage, &home);
    assert!(seen.text.contains("Lifts of Ada Miller") && !seen.text.contains("Book a lift"), "{}", seen.text);
    assert_eq!(caregiver.post(&stage, &book, &wish).status, StatusCode::FORBIDDEN);
    let cancel = format!("{home}/trip/{trip}/cancel");
    assert_eq!(caregiver.post(&stage, &cancel, &[("which", "one")]).status, StatusCode::FORBIDDEN);

    entrust(Scope::Book);
    assert!(caregiver.get(&stage, &home).text.contains("Book a lift"));
    assert_eq!(caregiver.post(&stage, &book, &wish).status, StatusCode::SEE_OTHER);
    let other = format!("/ride/{}", stage.other);
    assert_eq!(caregiver.get(&stage, &other).status, StatusCode::FORBIDDEN, "nobody else's page");

    let rider = stage.rider_in();
    assert!(rider.get(&stage, &home).text.contains("Cleo Miller"), "the rider sees who acts for them");
    let id = stage.caregiver.to_string();
    rider.post(&stage, &format!("{home}/people/dismiss"), &[("caregiver", &id)]);
    assert_eq!(caregiver.get(&stage, &home).status, StatusCode::FORBIDDEN);
}
