//! What the office knows of a member, and changes.

use axum::http::StatusCode;
use jitney_domain::member::{Consent, Wish};
use jitney_domain::{Assistance, MemberId, Metres, Mobility, Outcome, Role, TripId, VettingItem};
use jitney_node::api::{Reply, Request};
use jitney_node::notify::Reach;
use jitney_node::view::{Carriage, Member};

use crate::stage::{Stage, soon};

fn member(stage: &Stage, member: MemberId) -> Member {
    match stage.ask(Request::ShowMember(member)) {
        Reply::Member(member) => *member,
        other => panic!("{other:?}"),
    }
}

const NEWCOMER: &[(&str, &str)] = &[
    ("role", "rider"),
    ("name", "Rosa New"),
    ("phone", "+33 1 55 55 02 02"),
    ("email", "rosa@example.org"),
    ("tell_email", "1"),
    ("language", "fr"),
    ("home", "3 Oak Street"),
    ("home_at", "48.86, 2.34"),
    ("home_note", "green door"),
    ("born", "1941-05-23"),
    ("mobility", "wheelchair"),
    ("assistance", "door-to-door"),
    ("attendants", "1"),
    ("companions", ""),
];

#[test]
fn a_new_member_is_admitted_with_all_that_is_known_and_changed_later() {
    let stage = Stage::new();
    let office = stage.office();
    let got = office.post(&stage, "/desk/people/new", NEWCOMER);
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    let rosa: MemberId = got.to.rsplit('/').next().unwrap().parse().unwrap();
    let profile = member(&stage, rosa).profile.unwrap();
    assert_eq!(profile.home.as_ref().unwrap().note, "green door");
    assert_eq!(profile.language.as_deref(), Some("fr"));
    assert_eq!(profile.notify, [Reach::Email].into());
    let needs = profile.requirement.unwrap();
    assert_eq!((needs.mobility, needs.assistance), (Mobility::Wheelchair, Assistance::DoorToDoor));
    assert_eq!(needs.attendants, 1);

    let shown = office.get(&stage, &got.to).text;
    for value in ["rosa@example.org", "3 Oak Street", "48.86, 2.34", "1941-05-23"] {
        assert!(shown.contains(&format!("value=\"{value}\"")), "{value}: {shown}");
    }
    // Who has no e-mail address cannot be told by e-mail; what was typed stays.
    let fields: Vec<_> = NEWCOMER.iter().filter(|(name, _)| *name != "email").copied().collect();
    let wrong = office.post(&stage, &format!("{}/profile", got.to), &fields);
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("takes an e-mail address") && wrong.text.contains("green door"));
    let fields: Vec<_> = NEWCOMER.iter().filter(|(name, _)| !name.starts_with("home")).copied().collect();
    office.post(&stage, &format!("{}/profile", got.to), &fields);
    assert!(member(&stage, rosa).profile.unwrap().home.is_none());
}

#[test]
fn an_address_without_a_position_is_asked_for_and_not_lost() {
    let stage = Stage::new();
    let office = stage.office();
    let fields = [("role", "rider"), ("name", "Rosa New"), ("home", "3 Oak Street"), ("home_at", "")];
    let wrong = office.post(&stage, "/desk/people/new", &fields);
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("Where is this home?") && wrong.text.contains("value=\"3 Oak Street\""));
    let fields = [("role", "rider"), ("name", "Rosa New"), ("home", "Clinic"), ("home_at", "")];
    assert_eq!(office.post(&stage, "/desk/people/new", &fields).status, StatusCode::SEE_OTHER);
}

#[test]
fn what_was_seen_of_a_driver_is_noted_and_what_lapses_soon_stands_out() {
    let stage = Stage::new();
    let office = stage.office();
    let at = format!("/desk/people/{}", stage.driver);
    assert!(!office.get(&stage, &at).text.contains("lapses soon"));
    office.post(&stage, &format!("{at}/vet"), &[("item", "insurance"), ("until", &soon())]);
    let day: jiff::civil::Date = soon().parse().unwrap();
    assert_eq!(member(&stage, stage.driver).vetting[&VettingItem::Insurance], day);
    assert!(office.get(&stage, &at).text.contains("lapses soon"));
    office.post(&stage, &format!("{at}/vet"), &[("item", "insurance"), ("until", "2020-01-01")]);
    let shown = office.get(&stage, &at).text;
    assert!(shown.contains("has lapsed") && shown.contains("May not drive today"), "{shown}");
}

#[test]
fn terms_vehicles_hours_and_leave_of_a_driver_are_noted_at_the_desk() {
    let stage = Stage::new();
    let office = stage.office();
    let at = format!("/desk/people/{}", stage.driver);
    let terms =
        [("radius", "12,5"), ("max_trips", "4"), ("consent", "standing"), ("assistance", "door-to-door")];
    office.post(&stage, &format!("{at}/terms"), &terms);
    let known = member(&stage, stage.driver).terms.unwrap();
    assert_eq!((known.radius, known.max_trips), (Some(Metres(12_500)), Some(4)));
    assert_eq!((known.consent, known.assistance), (Consent::Standing, Assistance::DoorToDoor));
    let bad = office.post(&stage, &format!("{at}/terms"), &[("radius", "far")]);
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    // A form without these fields leaves the limits; one with empty fields takes them away.
    office.post(&stage, &format!("{at}/terms"), &[("consent", "ask")]);
    let known = member(&stage, stage.driver).terms.unwrap();
    assert_eq!((known.radius, known.max_trips), (Some(Metres(12_500)), Some(4)));
    office.post(&stage, &format!("{at}/terms"), &[("radius", ""), ("max_trips", " ")]);
    let known = member(&stage, stage.driver).terms.unwrap();
    assert_eq!((known.radius, known.max_trips), (None, None));
    assert_eq!((known.consent, known.assistance), (Consent::Ask, Assistance::DoorToDoor));

    let van = [("description", "white van"), ("seats", "2"), ("wheelchairs", "1"), ("ramp", "1")];
    office.post(&stage, &format!("{at}/vehicle"), &van);
    let vehicles = member(&stage, stage.driver).vehicles;
    assert_eq!(vehicles.len(), 2);
    let number = vehicles[1].vehicle.to_string();
    office.post(&stage, &format!("{at}/vehicle"), &[("vehicle", &number), ("seats", "1")]);
    let van = member(&stage, stage.driver).vehicles[1].capability;
    assert_eq!((van.places.seats, van.places.wheelchairs, van.ramp_or_lift), (1, 0, false));

    office.post(&stage, &format!("{at}/hours"), &[("d2", "9:00-12:00, 14:00-17:00")]);
    office.post(&stage, &format!("{at}/leave"), &[("from", "2098-12-30"), ("to", "2099-01-02")]);
    let Reply::Hours(hours) = stage.ask(Request::ShowHours(stage.driver)) else { panic!() };
    assert_eq!((hours.availability.weekly.len(), hours.availability.leave.len()), (2, 1));
    assert!(office.get(&stage, &at).text.contains("value=\"9:00-12:00, 14:00-17:00\""));
    let wrong = office.post(&stage, &format!("{at}/hours"), &[("d2", "mornings")]);
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[test]
fn a_driver_changes_their_own_weekly_hours_and_what_cannot_be_read_stays() {
    let stage = Stage::new();
    let driver = stage.signed_in(stage.driver, Role::Driver);
    let got = driver.post(&stage, "/drive/hours", &[("d5", "9h00-12h30")]);
    assert_eq!(got.to, "/drive/hours", "{}", got.text);
    assert!(driver.get(&stage, "/drive/hours").text.contains("value=\"9:00-12:30\""));
    let wrong = driver.post(&stage, "/drive/hours", &[("d5", "12:00-9:00")]);
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("value=\"12:00-9:00\" aria-invalid"), "{}", wrong.text);
    let Reply::Hours(hours) = stage.ask(Request::ShowHours(stage.driver)) else { panic!() };
    assert_eq!(hours.availability.weekly.len(), 1);
}

#[test]
fn wishes_roles_and_standing_are_changed_at_the_desk() {
    let stage = Stage::new();
    let office = stage.office();
    let at = format!("/desk/people/{}", stage.rider);
    let driver = stage.driver.to_string();
    office.post(&stage, &format!("{at}/wish"), &[("driver", &driver), ("wish", "never")]);
    assert_eq!(member(&stage, stage.rider).wishes, [(stage.driver, Wish::Never)]);
    assert!(office.get(&stage, &at).text.contains("never this driver"));
    office.post(&stage, &format!("{at}/wish"), &[("driver", &driver)]);
    assert!(member(&stage, stage.rider).wishes.is_empty());
    let other = stage.other.to_string();
    office.post(&stage, &format!("{at}/apart"), &[("other", &other), ("apart", "1")]);
    assert_eq!(member(&stage, stage.rider).apart, [stage.other]);
    assert!(office.get(&stage, &at).text.contains("Bertha Old"), "both are told of it");
    assert!(office.get(&stage, &format!("/desk/people/{other}")).text.contains("Ada Miller"));
    office.post(&stage, &format!("{at}/apart"), &[("other", &other)]);
    assert!(member(&stage, stage.other).apart.is_empty());
    office.post(&stage, &format!("{at}/role"), &[("role", "caregiver")]);
    assert!(member(&stage, stage.rider).roles.contains(&Role::Caregiver));
    office.post(&stage, &format!("{at}/standing"), &[("standing", "suspend")]);
    assert!(member(&stage, stage.rider).suspended);
    office.post(&stage, &format!("{at}/standing"), &[("standing", "reinstate")]);
    assert!(!member(&stage, stage.rider).suspended);
}

#[test]
fn nobody_is_erased_without_having_been_asked_once() {
    let stage = Stage::new();
    let office = stage.office();
    let at = format!("/desk/people/{}", stage.other);
    let asked = office.get(&stage, &format!("{at}/erase"));
    assert!(asked.text.contains("Erase all that is known of Bertha Old?"));
    assert_eq!(office.post(&stage, &format!("{at}/erase"), &[]).to, format!("{at}/erase"));
    assert!(member(&stage, stage.other).profile.is_some());
    office.post(&stage, &format!("{at}/erase"), &[("sure", "yes")]);
    assert!(member(&stage, stage.other).profile.is_none());
    let shown = office.get(&stage, &at);
    assert!(shown.text.contains("has been erased") && !shown.text.contains("Bertha"), "{}", shown.text);
}

#[test]
fn nobody_is_sent_to_a_rider_who_has_been_erased() {
    let stage = Stage::new();
    let office = stage.office();
    let trip: TripId = stage.book().parse().unwrap();
    let of_the_day = |stage: &Stage| match stage.ask(Request::ShowTrip(trip)) {
        Reply::Trip(trip) => trip.carriage,
        other => panic!("{other:?}"),
    };
    assert!(matches!(of_the_day(&stage), Carriage::Unassigned));
    office.post(&stage, &format!("/desk/people/{}/erase", stage.rider), &[("sure", "yes")]);
    assert!(matches!(of_the_day(&stage), Carriage::Over { outcome: Outcome::Cancelled, .. }));
}

#[test]
fn a_rider_who_is_on_board_is_not_erased_and_nothing_of_it_is_done() {
    let stage = Stage::at_noon();
    let Reply::Status(status) = stage.ask(Request::Status) else { panic!() };
    let zone = jitney_domain::Zone::named(&status.zone).unwrap();
    let trip = stage.ask_for_lift(status.now.after(jitney_domain::Minutes(60)).local(&zone));
    stage.ask(Request::AssignTrip { trip, driver: Some(stage.driver), agreed: true });
    let driver = stage.signed_in(stage.driver, Role::Driver);
    let report = |number: u8, step: &str, km: &str| {
        let report = format!("{number:032x}");
        let told = [("report", report.as_str()), ("lift", "1"), ("step", step), ("km", km)];
        assert_eq!(driver.post(&stage, "/drive/report", &told).to, "/drive", "{step}");
    };
    report(1, "pick-up", "");
    let office = stage.office();
    let erase = || office.post(&stage, &format!("/desk/people/{}/erase", stage.rider), &[("sure", "yes")]);
    assert_eq!(erase().status, StatusCode::CONFLICT);
    let rider = member(&stage, stage.rider);
    assert!(rider.profile.is_some() && !rider.suspended);
    report(2, "drop-off", "");
    report(3, "distance", "8,2");
    let shown = office.get(&stage, &format!("/desk/trip/{trip}")).text;
    assert!(shown.contains("Driven with the rider") && shown.contains("8.2 km"), "{shown}");
    erase();
    assert!(member(&stage, stage.rider).profile.is_none());
}
