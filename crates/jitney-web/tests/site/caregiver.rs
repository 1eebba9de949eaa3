//! A caregiver acts for a rider within what the rider said, and no longer than that.

use axum::http::StatusCode;
use jitney_domain::access::Scope;
use jitney_domain::{MemberId, Role};
use jitney_identity::credential::delegation::{DelegatedScope, DelegationCredential};
use jitney_node::api::{Reply, Request};

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
    let people = rider.get(&stage, &format!("{home}/people")).text;
    assert!(people.contains("May see, book and call off lifts, since") && people.contains("has signed this"));
    let id = stage.caregiver.to_string();
    rider.post(&stage, &format!("{home}/people/dismiss"), &[("caregiver", &id)]);
    assert_eq!(caregiver.get(&stage, &home).status, StatusCode::FORBIDDEN);
}

#[test]
fn both_read_what_the_coop_has_signed_and_anybody_can_verify_it() {
    let stage = Stage::new();
    stage.ask(Request::Entrust { rider: stage.rider, caregiver: stage.caregiver, scope: Scope::See });
    let signed = format!("/ride/{}/people/{}", stage.rider, stage.caregiver);
    let Reply::Status(status) = stage.ask(Request::Status) else { panic!("no status") };
    for browser in [stage.rider_in(), stage.signed_in(stage.caregiver, Role::Caregiver)] {
        let page = browser.get(&stage, &signed).text;
        assert!(page.contains("Cleo Miller") && page.contains("Acts for: Ada Miller"), "{page}");
        let file = browser.get(&stage, &format!("{signed}/credential"));
        assert_eq!(file.status, StatusCode::OK);
        let credential = DelegationCredential::parse(&file.text).unwrap();
        let claims = credential.verify(&status.key, status.now.seconds()).unwrap();
        assert_eq!((MemberId(claims.rider), claims.scope), (stage.rider, DelegatedScope::See));
        assert!(page.contains(&claims.id[claims.id.len() - 4..]) && !file.text.contains("Miller"), "{page}");
    }
    let other = stage.signed_in(stage.other, Role::Rider);
    assert_eq!(other.get(&stage, &format!("{signed}/credential")).status, StatusCode::FORBIDDEN);
    assert_eq!(
        stage
            .rider_program()
            .get(&stage, &format!("/members/{}/caregivers/{}", stage.rider, stage.caregiver))
            .json()["type"][1],
        "DelegationCredential"
    );
}

#[test]
fn who_is_erased_acts_for_nobody_and_nobody_for_them() {
    let stage = Stage::new();
    stage.ask(Request::Entrust { rider: stage.rider, caregiver: stage.caregiver, scope: Scope::See });
    stage.ask(Request::Erase(stage.caregiver));
    let home = format!("/ride/{}", stage.rider);
    assert!(stage.rider_in().get(&stage, &format!("{home}/people")).text.contains("Nobody acts for you."));
}
