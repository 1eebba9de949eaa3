//! What goes between coops, at the desk: two whole nodes that really talk.

use axum::http::StatusCode;
use jitney_domain::{Cents, Role};
use jitney_node::api::{Reply, Request};
use jitney_node::view::{Agreement, Carriage, Trip};

use crate::stage::{Stage, soon, until};

fn agreement(stage: &Stage) -> Agreement {
    match stage.ask(Request::ListAgreements) {
        Reply::Agreements(all) => all.into_iter().next().unwrap(),
        other => panic!("{other:?}"),
    }
}

fn trip(stage: &Stage, number: &str) -> Trip {
    match stage.ask(Request::ShowTrip(number.parse().unwrap())) {
        Reply::Trip(trip) => *trip,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_agreed_with_a_partner_is_noted_shown_and_taken_back() {
    const PAGE: &str = "/desk/partners/agreements";
    let stage = Stage::new();
    let office = stage.signed_in(stage.operator, Role::Operator);
    assert!(office.get(&stage, PAGE).text.contains("There is no partner yet."));
    let _oak = stage.with_neighbour();
    let page = office.get(&stage, PAGE);
    assert!(page.text.contains("Oak Rides") && page.text.contains("A lift costs nothing."), "{}", page.text);
    assert!(page.text.contains("Its tickets are claimed without asking the office."), "{}", page.text);

    let dispatcher = stage.office();
    let seen = dispatcher.get(&stage, PAGE).text;
    assert!(seen.contains("The operator changes what was agreed.") && !seen.contains("per_trip"), "{seen}");

    let coop = agreement(&stage).coop.to_string();
    let said = [
        ("coop", coop.as_str()),
        ("rank", "3"),
        ("per_trip", "2"),
        ("per_km", "0,4"),
        ("claim", "no"),
        ("max_detour", "15"),
    ];
    assert_eq!(office.post(&stage, PAGE, &said).to, PAGE);
    let agreed = agreement(&stage).agreed.unwrap();
    assert_eq!((agreed.rank, agreed.claim, agreed.award), (Some(3), Some(false), None));
    assert_eq!(agreed.rate.map(|rate| (rate.per_trip, rate.per_km)), Some((Cents(200), Cents(40))));
    let page = office.get(&stage, PAGE);
    assert!(page.text.contains("A lift costs 2.00 a trip and 0.40 a kilometre."), "{}", page.text);
    assert!(page.text.contains("The office decides on its tickets."), "{}", page.text);
    assert!(page.text.contains("value=\"0.40\""), "the form has what was agreed: {}", page.text);

    assert_eq!(dispatcher.post(&stage, PAGE, &said).status, StatusCode::FORBIDDEN);

    let refused = office.post(&stage, PAGE, &[("coop", &coop), ("per_trip", "two")]);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Write prices such as 2.50"), "{}", refused.text);
    assert!(agreement(&stage).agreed.is_some(), "nothing is lost by what cannot be read");

    assert_eq!(office.post(&stage, PAGE, &[("coop", &coop), ("end", "1")]).to, PAGE);
    assert!(agreement(&stage).agreed.is_none());
}

#[test]
fn a_trip_is_offered_to_one_partner_who_carries_it_and_the_office_sees_it_go() {
    let stage = Stage::new();
    let office = stage.office();
    let oak = stage.with_neighbour();
    let number = stage.book();
    let page = office.get(&stage, &format!("/desk/trip/{number}"));
    assert!(page.text.contains("Ask this partner") && page.text.contains("Oak Rides"), "{}", page.text);

    let to = agreement(&stage).coop.to_string();
    let offered = office.post(&stage, &format!("/desk/trip/{number}/offer"), &[("to", &to)]);
    assert_eq!(offered.to, format!("/desk/trip/{number}"), "{}", offered.text);
    assert_eq!(trip(&stage, &number).partner.as_deref(), Some("Oak Rides"));
    let partners = office.get(&stage, "/desk/partners");
    assert!(partners.text.contains("Oak Rides is asked first"), "{}", partners.text);

    let asked = until("the ticket at the partner", || match oak.ask(Request::ListTickets) {
        Reply::Tickets(tickets) => tickets.into_iter().find(|ticket| !ticket.ours),
        other => panic!("{other:?}"),
    });
    assert!(asked.offered_until.is_some(), "it alone is asked");
    oak.ask(Request::PassTicket(asked.ticket));
    until("the trip to come back", || trip(&stage, &number).partner.is_none().then_some(()));
    let partners = office.get(&stage, "/desk/partners");
    assert!(!partners.text.contains("is asked first"), "{}", partners.text);
}

#[test]
fn places_to_spare_are_told_to_partners_seen_by_them_and_taken_back() {
    const PAGE: &str = "/desk/partners/places";
    let stage = Stage::new();
    let office = stage.office();
    let oak = stage.with_neighbour();
    let number = stage.book();
    let lift = number.parse().unwrap();
    stage.ask(Request::AssignTrip { trip: lift, driver: Some(stage.driver), agreed: true });
    assert!(matches!(trip(&stage, &number).carriage, Carriage::Confirmed { .. }));
    assert_eq!(trip(&stage, &number).partner, None, "our own driver has it");

    let told = office.post(&stage, PAGE, &[("driver", &stage.driver.to_string()), ("day", &soon())]);
    assert_eq!(told.to, PAGE, "{}", told.text);
    let page = office.get(&stage, PAGE);
    assert!(page.text.contains(&format!("Driver {}", stage.driver)), "{}", page.text);
    let heard = until("the places at the partner", || match oak.ask(Request::ListCapacity) {
        Reply::Capacity(all) => all.into_iter().next(),
        other => panic!("{other:?}"),
    });
    assert_eq!((heard.coop.as_str(), heard.driver), ("Willow Lifts", None), "who drives is not said");

    let capacity = heard.capacity.to_string();
    assert_eq!(office.post(&stage, &format!("{PAGE}/withdraw"), &[("capacity", &capacity)]).to, PAGE);
    until("the partner to hear of it", || match oak.ask(Request::ListCapacity) {
        Reply::Capacity(all) => all.is_empty().then_some(()),
        other => panic!("{other:?}"),
    });
    let nobody = stage.signed_in(stage.rider, Role::Rider);
    assert_eq!(nobody.get(&stage, PAGE).status, StatusCode::FORBIDDEN);
}

#[test]
fn a_place_that_a_partner_has_to_spare_is_asked_for_at_the_desk() {
    let stage = Stage::new();
    let office = stage.office();
    let oak = stage.with_neighbour();
    let lift = stage.book().parse().unwrap();
    stage.ask(Request::AssignTrip { trip: lift, driver: Some(stage.driver), agreed: true });
    stage.ask(Request::PostCapacity { driver: stage.driver, day: soon().parse().unwrap() });
    until("the places at the partner", || match oak.ask(Request::ListCapacity) {
        Reply::Capacity(all) => (!all.is_empty()).then_some(()),
        other => panic!("{other:?}"),
    });
    // The same places as seen at our own desk: what is ours is not asked for, and a stranger's trip is refused.
    let page = office.get(&stage, "/desk/partners/places").text;
    assert!(page.contains("No partner has told of places to spare."), "{page}");
    let nowhere = [("capacity", "00000000000000000000000000000000"), ("trip", &lift.to_string())];
    let refused = office.post(&stage, "/desk/partners/places/ask", &nowhere);
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.text);
    let no_trip = [("capacity", "00000000000000000000000000000000"), ("trip", "soon")];
    assert!(office.post(&stage, "/desk/partners/places/ask", &no_trip).status.is_client_error());
}
