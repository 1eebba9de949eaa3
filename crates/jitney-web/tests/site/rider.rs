//! A rider at their page: everything with forms and links alone.

use axum::http::StatusCode;
use jitney_domain::Actor;
use jitney_node::api::{Reply, Request, TripFilter};
use jitney_node::view::Trip;

use crate::stage::{Browser, Stage, day_in, soon};

fn trips(stage: &Stage) -> Vec<Trip> {
    let filter = TripFilter { rider: Some(stage.rider), all: true, ..TripFilter::default() };
    match stage.ask(Request::ListTrips(filter)) {
        Reply::Trips(trips) => trips,
        other => panic!("{other:?}"),
    }
}

/// Returns the value of the hidden field of that name.
fn hidden(html: &str, name: &str) -> String {
    let at = html.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
    at.split('"').next().unwrap().to_owned()
}

fn answers<'a>(day: &'a str, home: &'a str) -> [(&'a str, &'a str); 5] {
    [("to", "place:clinic"), ("day", day), ("time", "10:00"), ("home", home), ("home_time", "")]
}

#[test]
fn three_questions_and_a_look_book_a_lift_and_sending_twice_books_one() {
    let stage = Stage::new();
    let rider = stage.rider_in();
    let (path, day) = (format!("/ride/{}/book", stage.rider), soon());
    let first = rider.get(&stage, &path);
    assert!(first.text.contains("Where do you want to go?") && first.text.contains("County Clinic"));
    let second = rider.get(&stage, &format!("{path}?to=place:clinic"));
    assert!(second.text.contains("When must you be there?"));
    let third = rider.get(&stage, &format!("{path}?to=place:clinic&day={day}&time=10.00"));
    assert!(third.text.contains("And the way home?"));
    let look = rider.get(&stage, &format!("{path}?to=place:clinic&day={day}&time=10.00&home=call"));
    assert!(look.text.contains("Is everything right?") && look.text.contains("12 Mill Lane"));
    assert!(trips(&stage).is_empty(), "looking books nothing");

    let form = hidden(&look.text, "form");
    let mut fields = answers(&day, "call").to_vec();
    fields.push(("form", &form));
    let sent = rider.post(&stage, &path, &fields);
    let again = rider.post(&stage, &path, &fields);
    assert_eq!((sent.status, &sent.to), (StatusCode::SEE_OTHER, &again.to));
    assert_eq!(trips(&stage).len(), 2, "the way there and the way home");
    let shown = rider.get(&stage, &sent.to);
    assert!(shown.text.contains("It is booked.") && shown.text.contains("there by 10:00"), "{}", shown.text);
}

#[test]
fn a_time_that_is_none_is_asked_again_and_nothing_typed_is_lost() {
    let stage = Stage::new();
    let rider = stage.rider_in();
    let path = format!("/ride/{}/book?to=place:clinic&day={}&time=ten-ish", stage.rider, soon());
    let got = rider.get(&stage, &path);
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(got.text.contains("ten-ish") && got.text.contains(" checked"), "{}", got.text);
}

#[test]
fn a_place_is_offered_again_once_one_has_been_there() {
    let stage = Stage::new();
    let trip = stage.book();
    let got = stage.rider_in().get(&stage, &format!("/ride/{}/book", stage.rider));
    assert!(got.text.contains(&format!("value=\"trip:{trip}\"")), "{}", got.text);
    assert_eq!(got.text.matches("County Clinic").count(), 1, "and not twice");
}

#[test]
fn a_lift_is_called_off_after_one_question() {
    let stage = Stage::new();
    let trip = stage.book();
    let rider = stage.rider_in();
    let path = format!("/ride/{}/trip/{trip}/cancel", stage.rider);
    let asked = rider.get(&stage, &path);
    assert!(asked.text.contains("both ways"), "{}", asked.text);
    assert!(
        trips(&stage).iter().all(|trip| !matches!(trip.carriage, jitney_node::view::Carriage::Over { .. }))
    );
    let got = rider.post(&stage, &path, &[("which", "both")]);
    assert!(rider.get(&stage, &got.to).text.contains("It is called off."));
    assert!(
        trips(&stage).iter().all(|trip| matches!(trip.carriage, jitney_node::view::Carriage::Over { .. }))
    );
}

#[test]
fn who_comes_in_which_car_and_the_word_are_told_once_a_driver_has_said_yes() {
    let stage = Stage::new();
    let trip = stage.book();
    let id = trip.parse().unwrap();
    stage.ask(Request::AssignTrip { trip: id, driver: Some(stage.driver), agreed: true });
    let Reply::Trip(view) = stage.ask(Request::ShowTrip(id)) else { panic!() };
    let jitney_node::view::Carriage::Confirmed { card: Some(card), .. } = &view.carriage else {
        panic!("{:?}", view.carriage)
    };
    for path in [
        format!("/ride/{}", stage.rider),
        format!("/ride/{}/trip/{trip}", stage.rider),
        format!("/ride/{}/trip/{trip}/print", stage.rider),
    ] {
        let got = stage.rider_in().get(&stage, &path);
        let told =
            got.text.contains("Ben comes in this car: blue Toyota Yaris.") && got.text.contains(&card.word);
        assert!(told, "{path}: {}", got.text);
        assert!(!got.text.contains("Ben Tall"), "the driver's first name is enough");
    }
}

#[test]
fn the_page_speaks_french_to_who_prefers_it_and_first_pages_are_small() {
    let stage = Stage::new();
    stage.book();
    let rider = Browser { language: Some("fr-FR,fr;q=0.9"), ..stage.rider_in() };
    let got = rider.get(&stage, &format!("/ride/{}", stage.rider));
    assert!(got.text.contains("<html lang=\"fr\">") && got.text.contains("Vos trajets"));
    assert!(got.text.contains("arrivée avant 10 h 00"), "{}", got.text);
    let style = rider.get(&stage, "/assets/page.css");
    let bytes = got.text.len() + style.text.len() + rider.get(&stage, "/assets/icon.svg").text.len();
    assert!(bytes < 60 * 1024, "{bytes} bytes");
}

#[test]
fn no_page_of_a_rider_has_a_script() {
    let stage = Stage::new();
    let trip = stage.book();
    let rider = stage.rider_in();
    for path in ["", "/book", "/book?to=place:clinic", "/past", "/people", &format!("/trip/{trip}")] {
        let got = rider.get(&stage, &format!("/ride/{}{path}", stage.rider));
        assert!(got.status.is_success() && !got.text.contains("<script"), "{path}");
    }
}

#[test]
fn riders_are_told_plainly_that_something_does_not_go() {
    let stage = Stage::new();
    let rider = stage.rider_in();
    let got = rider.post(&stage, &format!("/ride/{}/book", stage.rider), &answers("2020-01-01", "none"));
    assert!(got.status.is_client_error());
    assert!(got.text.contains("This cannot be done as it was said"), "{}", got.text);
    assert!(!got.text.contains("jitney "), "no command line on a rider's page");
    let own = stage.node.ask(Actor::Operator, Request::ShowMember(stage.rider));
    assert!(own.is_ok());
}

#[test]
fn the_members_own_language_is_spoken_unless_another_was_chosen() {
    let stage = Stage::new();
    let rider = stage.rider_in();
    let home = format!("/ride/{}", stage.rider);
    assert!(rider.get(&stage, &home).text.contains("<html lang=\"en\""));
    let jitney_node::api::Reply::Member(member) = stage.ask(Request::ShowMember(stage.rider)) else {
        panic!()
    };
    let profile = jitney_node::person::Profile { language: Some("fr".to_owned()), ..member.profile.unwrap() };
    stage.ask(Request::EditMember { member: stage.rider, profile });
    assert!(rider.get(&stage, &home).text.contains("<html lang=\"fr\""));
    let cookie = format!("{}; jitney-language=en", rider.cookie.clone().unwrap());
    let chosen = crate::stage::Browser { cookie: Some(cookie), ..rider };
    assert!(chosen.get(&stage, &home).text.contains("<html lang=\"en\""));
}

/// Has a lift of that day given to the driver, and returns in what car the rider is told that somebody comes.
fn car(stage: &Stage, day: &str) -> String {
    let trip = stage.book_for(day, "10:00").parse().unwrap();
    stage.ask(Request::AssignTrip { trip, driver: Some(stage.driver), agreed: true });
    let Reply::Trip(view) = stage.ask(Request::ShowTrip(trip)) else { panic!() };
    match view.carriage {
        jitney_node::view::Carriage::Confirmed { card: Some(card), .. } => card.vehicle,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_second_vehicle_does_not_change_how_the_first_is_described_to_riders() {
    let stage = Stage::new();
    let office = stage.office();
    let at = format!("/desk/people/{}", stage.driver);
    let days: Vec<String> = (2..6).map(day_in).collect();
    let van = [("description", "white van"), ("seats", "3")];
    office.post(&stage, &format!("{at}/vehicle"), &van);
    assert_eq!(car(&stage, &days[0]), "blue Toyota Yaris", "it is what comes");
    let Reply::Member(driver) = stage.ask(Request::ShowMember(stage.driver)) else { panic!() };
    let numbers: Vec<String> = driver.vehicles.iter().map(|v| v.vehicle.to_string()).collect();
    office.post(&stage, &format!("{at}/terms"), &[("vehicle", &numbers[1])]);
    assert_eq!(car(&stage, &days[1]), "white van");

    // It is painted: the desk's form says so, and keeps what else is known of it.
    let form = office.get(&stage, &at);
    assert!(form.text.contains("value=\"blue Toyota Yaris\"") && form.text.contains("value=\"white van\""));
    office.post(
        &stage,
        &format!("{at}/vehicle"),
        &[("vehicle", &numbers[1]), ("description", "green van"), ("seats", "3")],
    );
    // Who changes the member's profile leaves the vehicles.
    office.post(
        &stage,
        &format!("{at}/profile"),
        &[("name", "Ben Tall"), ("home", "7 Oak Rd"), ("home_at", "48.80, 2.30")],
    );
    assert_eq!(car(&stage, &days[2]), "green van");

    // Where nothing was noted of the very vehicle, as before there was anything to note, the driver's car is told.
    let Reply::Member(driver) = stage.ask(Request::ShowMember(stage.driver)) else { panic!() };
    let profile =
        jitney_node::person::Profile { vehicle: Some("grey Opel".to_owned()), ..driver.profile.unwrap() };
    stage.ask(Request::EditMember { member: stage.driver, profile });
    let vehicle = driver.vehicles[1].vehicle;
    stage.ask(Request::ChangeVehicle { vehicle, capability: None, description: Some(String::new()) });
    assert_eq!(car(&stage, &days[3]), "grey Opel");
}
