//! Trips that change hands at the desk.

use axum::http::StatusCode;
use jitney_domain::{MemberId, TripId};
use jitney_node::api::{Reply, Request};
use jitney_node::view::{Carriage, Trip};

use crate::stage::{Browser, Stage, soon};

/// Two trips at the same time, one with each of two drivers.
fn two_trips(stage: &Stage) -> ((TripId, MemberId), (TripId, MemberId)) {
    let other = stage.another_driver("Tess Small");
    let day: jiff::civil::Date = soon().parse().unwrap();
    let (one, two) = (stage.ask_for_lift(day.at(9, 0, 0, 0)), stage.ask_for_lift(day.at(13, 0, 0, 0)));
    for (trip, driver) in [(one, stage.driver), (two, other)] {
        stage.ask(Request::AssignTrip { trip, driver: Some(driver), agreed: true });
    }
    ((one, stage.driver), (two, other))
}

fn shown(stage: &Stage, trip: TripId) -> Trip {
    match stage.ask(Request::ShowTrip(trip)) {
        Reply::Trip(trip) => *trip,
        other => panic!("{other:?}"),
    }
}

fn driver_of(stage: &Stage, trip: TripId) -> String {
    match shown(stage, trip).carriage {
        Carriage::Confirmed { provider, .. } => provider,
        other => panic!("{other:?}"),
    }
}

fn page(office: &Browser, stage: &Stage, query: &str) -> crate::stage::Got {
    office.get(stage, &format!("/desk/move?{query}"))
}

#[test]
fn a_trip_goes_to_another_driver_after_it_was_said_what_that_costs() {
    let stage = Stage::new();
    let ((one, _), (_, tess)) = two_trips(&stage);
    let office = stage.office();
    let who = page(&office, &stage, &format!("trip={one}"));
    assert!(
        who.text.contains("Give it to Tess Small") && who.text.contains("Give it to Ben Tall"),
        "{}",
        who.text
    );
    let cost = page(&office, &stage, &format!("trip={one}&to={tess}"));
    assert!(
        cost.text.contains("Ben Tall, 9:") && cost.text.contains("<strong>Tess Small, 9:"),
        "{}",
        cost.text
    );
    assert!(cost.text.contains("more driving"));
    assert!(driver_of(&stage, one).contains("Ben Tall"), "asking changes nothing");
    let fields = [("trip", &*one.to_string()), ("to", &*tess.to_string()), ("agreed", "1")];
    let done = office.post(&stage, "/desk/move", &fields);
    assert_eq!(done.to, format!("/desk/trip/{one}"), "{}", done.text);
    assert!(driver_of(&stage, one).contains("Tess Small"));
}

#[test]
fn two_trips_swap_their_drivers_or_nothing_changes() {
    let stage = Stage::new();
    let ((one, _), (two, tess)) = two_trips(&stage);
    let office = stage.office();
    let swap = [("trip", &*one.to_string()), ("with", &*two.to_string()), ("agreed", "1")];
    // Tess takes nobody who is not free to ride with her.
    let never = Some(jitney_domain::member::Wish::Never);
    stage.ask(Request::Wish { rider: stage.rider, driver: tess, wish: never });
    let before = (shown(&stage, one), shown(&stage, two));
    for refused in
        [page(&office, &stage, &format!("trip={one}&with={two}")), office.post(&stage, "/desk/move", &swap)]
    {
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.text.contains("Nothing was changed."), "{}", refused.text);
    }
    assert_eq!((shown(&stage, one), shown(&stage, two)), before);

    stage.ask(Request::Wish { rider: stage.rider, driver: tess, wish: None });
    assert_eq!(office.post(&stage, "/desk/move", &swap).status, StatusCode::SEE_OTHER);
    assert!(driver_of(&stage, one).contains("Tess Small") && driver_of(&stage, two).contains("Ben Tall"));
}

#[test]
fn a_locked_trip_stays_until_it_is_unlocked() {
    let stage = Stage::new();
    let ((one, _), (_, tess)) = two_trips(&stage);
    let office = stage.office();
    let lock = format!("/desk/trip/{one}/lock");
    office.post(&stage, &lock, &[("locked", "1")]);
    let move_it = [("trip", &*one.to_string()), ("to", &*tess.to_string()), ("agreed", "1")];
    let refused = office.post(&stage, "/desk/move", &move_it);
    assert!(refused.text.contains("stays with its driver: Ben Tall."), "{}", refused.text);
    let shown = office.get(&stage, &format!("/desk/trip/{one}"));
    assert!(shown.text.contains("Let plans move it"), "{}", shown.text);
    office.post(&stage, &lock, &[]);
    assert_eq!(office.post(&stage, "/desk/move", &move_it).status, StatusCode::SEE_OTHER);
}

#[test]
fn what_cannot_be_read_or_done_is_said_plainly() {
    let stage = Stage::new();
    let ((one, ben), (two, _)) = two_trips(&stage);
    let office = stage.office();
    let nobodys = stage.ask_for_lift(soon().parse::<jiff::civil::Date>().unwrap().at(16, 0, 0, 0));
    for (query, says) in [
        ("trip=banana".to_owned(), "That is no trip."),
        (format!("trip={one}&to=Ben"), "That is no driver"),
        (format!("trip={one}&with=x"), "That is no trip."),
        (format!("trip={one}&with={one}"), "is named twice"),
        (format!("trip={one}&to={ben}"), "is with that driver already: Ben Tall."),
        (format!("trip={one}&to={}", stage.rider), "Ada Miller cannot take trip"),
        (format!("trip={two}&with={nobodys}"), "None of our drivers has trip"),
    ] {
        let got = page(&office, &stage, &query);
        assert!(
            got.status.is_client_error() && got.text.contains(says),
            "{query}: {} {}",
            got.status,
            got.text
        );
    }
}
