//! What is refused, to people who read French: in their language, with names for the office alone, and with what to do
//! next on a page and not on a command line.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use jiff::civil::{Date, time};
use jitney_domain::availability::{Hours, WeeklyHours};
use jitney_domain::trip::Timing;
use jitney_domain::{MemberId, Role, TripId, VettingItem};
use jitney_node::api::{PlaceAsked, Reply, Request, TripAsked};

use crate::stage::{Browser, Got, Stage, place, soon};

fn french(browser: Browser) -> Browser {
    Browser { language: Some("fr"), ..browser }
}

/// Sees to it that this is refused in these words.
fn says(got: &Got, words: &str) {
    assert!(got.status.is_client_error(), "{}: {}", got.status, got.text);
    assert!(got.text.contains("<html lang=\"fr\">") && got.text.contains(words), "{words}: {}", got.text);
    assert!(!got.text.contains('`') && !got.text.contains("jitney trip"), "{}", got.text);
}

fn day() -> Date {
    soon().parse().unwrap()
}

/// Books from home to the clinic at nine.
fn at_nine(stage: &Stage, rider: MemberId) -> TripId {
    from_at_nine(stage, rider, PlaceAsked::Home)
}

fn from_at_nine(stage: &Stage, rider: MemberId, from: PlaceAsked) -> TripId {
    let to = PlaceAsked::Named("clinic".to_owned());
    let asked = TripAsked::one_way(rider, from, to, Timing::PickUp(day().at(9, 0, 0, 0)));
    match stage.ask(Request::BookTrip(asked)) {
        Reply::Booked(booked) => booked.trips[0].trip,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_driver_who_has_somebody_else_then_is_named() {
    let stage = Stage::new();
    let hospital = place("Far Hospital", 49.2, 2.9);
    stage.ask(Request::AddPlace { name: "hospital".to_owned(), place: hospital, replace: false });
    let office = french(stage.office());
    let far = PlaceAsked::Named("hospital".to_owned());
    let (one, two) = (at_nine(&stage, stage.rider), from_at_nine(&stage, stage.other, far));
    let driver = stage.driver.to_string();
    let to_ben = [("driver", &*driver), ("agreed", "1")];
    let given = office.post(&stage, &format!("/desk/trip/{one}/assign"), &to_ben);
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text);
    let refused = office.post(&stage, &format!("/desk/trip/{two}/assign"), &to_ben);
    says(&refused, &format!("Ben Tall ne peut pas assurer le trajet {two} : "));
    says(&refused, "Choisissez un autre chauffeur ou une autre heure.");
    let moved = office.get(&stage, &format!("/desk/move?trip={one}&to={driver}"));
    says(&moved, &format!("Le trajet {one} est déjà à ce chauffeur : Ben Tall."));
    says(&office.get(&stage, &format!("/desk/move?trip={one}&with={one}")), "est nommé deux fois");
    // A trip that is locked stays, and it is said with whom.
    stage.ask(Request::LockTrip { trip: one, locked: true });
    let tess = stage.another_driver("Tess Small");
    let moved = office.get(&stage, &format!("/desk/move?trip={one}&to={tess}"));
    says(&moved, &format!("Le trajet {one} reste à son chauffeur : Ben Tall."));
}

#[test]
fn members_are_named_to_the_office_and_what_to_do_is_on_a_page() {
    let stage = Stage::new();
    let office = french(stage.office());
    let (rider, other) = (stage.rider.to_string(), stage.other.to_string());
    let ada = format!("/desk/people/{rider}");
    let wish = office.post(&stage, &format!("{ada}/wish"), &[("driver", &other), ("wish", "preferred")]);
    says(&wish, "Bertha Old n’a pas ce rôle : chauffeur. Donnez-le-lui d’abord.");
    let apart = office.post(&stage, &format!("{ada}/apart"), &[("other", &rider), ("apart", "1")]);
    says(&apart, "C’est deux fois la même personne : Ada Miller.");
    let entrust = office.post(&stage, &format!("{ada}/entrust"), &[("caregiver", &rider), ("may", "see")]);
    says(&entrust, "Ada Miller n’a pas ce rôle : aidant.");
    says(&office.get(&stage, "/desk/people/4711"), "Il n’y a pas de membre 4711.");

    let day = soon();
    let fields = |rider: &str, home: &str| {
        let all = [("rider", rider), ("from", "home"), ("to", "clinic"), ("day", &*day), ("time", "9:30")];
        let all = all.into_iter().chain([("by", "fetch"), ("home", home)]);
        crate::stage::form(&all.collect::<Vec<_>>())
    };
    let back = office.post_text(&stage, "/desk/book", fields(&rider, "8:00"));
    says(&back, "Le retour, prévu pour le ");
    says(&back, "commencerait avant l’arrivée du passager");
    stage.ask(Request::Suspend(stage.other));
    let suspended = office.post_text(&stage, "/desk/book", fields(&other, ""));
    says(&suspended, "Bertha Old est en suspension. Réintégrez d’abord cette personne.");

    // What cannot be read of a form is said by the page itself.
    let terms = office.post(&stage, &format!("/desk/people/{}/terms", stage.driver), &[("radius", "far")]);
    says(&terms, "par exemple 12,5");
    let newcomer = [("role", "rider"), ("name", "Rosa New"), ("tell_email", "1")];
    says(&office.post(&stage, "/desk/people/new", &newcomer), "il faut une adresse e-mail");
}

#[test]
fn what_was_not_seen_of_a_driver_is_said_in_french() {
    let stage = Stage::new();
    let office = french(stage.office());
    let newcomer = [("role", "driver"), ("name", "Nina New"), ("home", "Clinic")];
    let page = office.post(&stage, "/desk/people/new", &newcomer).to;
    let shown = office.get(&stage, &page);
    assert!(shown.text.contains("Ne peut pas conduire aujourd’hui"), "{}", shown.text);
    assert!(shown.text.contains("Permis : pas encore vu"), "{}", shown.text);
    let nina: MemberId = page.rsplit('/').next().unwrap().parse().unwrap();
    let hours = Hours { from: time(0, 0, 0, 0), to: time(23, 59, 0, 0) };
    let weekly = (1..=7).map(|day| jiff::civil::Weekday::from_monday_one_offset(day).unwrap());
    let weekly = weekly.map(|day| WeeklyHours { day, hours }).collect();
    stage.ask(Request::SetWeeklyHours { member: nina, weekly });
    let trip = at_nine(&stage, stage.rider);
    let refused = office.post(&stage, &format!("/desk/trip/{trip}/assign"), &[("driver", &nina.to_string())]);
    says(&refused, "Nina New ne peut pas assurer le trajet");
    says(&refused, "vérifications à revoir (Permis : pas encore vu)");
}

#[test]
fn a_driver_reads_no_name_in_what_is_refused() {
    let stage = Stage::new();
    let trips = [at_nine(&stage, stage.rider), at_nine(&stage, stage.other)];
    for trip in trips {
        stage.ask(Request::AssignTrip { trip, driver: Some(stage.driver), agreed: false });
    }
    let driver = french(stage.signed_in(stage.driver, Role::Driver));
    let press = |report: &str, lift: &str, step: &str| {
        let report = format!("{report:0>32}");
        driver.post(&stage, "/drive/report", &[("report", &*report), ("lift", lift), ("step", step)])
    };
    let offered = driver.get(&stage, "/drive").text;
    assert!(offered.contains("vers 48.") && !offered.contains("near "), "{offered}");
    says(&press("a1", "99", "accept"), "La course 99 est celle d’un autre chauffeur.");
    assert_eq!(press("a2", "1", "accept").to, "/drive");
    says(&press("a3", "1", "no-show"), "Il est trop tôt pour noter que personne n’est là (course 1).");
    says(&press("a4", "1", "arrived"), "Rien ne peut y être noté avant le ");
    says(&press("a5", "2", "drop-off"), "en est à « attend la réponse du chauffeur »");

    let lapsed = jiff::civil::date(2020, 1, 31);
    stage.ask(Request::Vet { member: stage.driver, item: VettingItem::Licence, valid_until: lapsed });
    let refused = press("a6", "2", "accept");
    says(&refused, &format!("Membre {} ne peut pas conduire le ", stage.driver));
    says(&refused, "(Permis : expiré le vendredi 31 janvier 2020)");
    assert!(!refused.text.contains("Ada") && !refused.text.contains("Bertha"), "{}", refused.text);
}

/// Plans a day and waits for what comes of it.
fn planned(office: &Browser, stage: &Stage, fields: &[(&str, &str)]) -> Got {
    let began = office.post(stage, "/desk/plan", fields);
    let patience = Instant::now() + Duration::from_secs(60);
    loop {
        let got = office.get(stage, &began.to);
        if !got.text.contains("Recherche en cours") {
            return got;
        }
        assert!(Instant::now() < patience, "the search does not end");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_plan_that_cannot_be_and_what_would_help_it_are_said_in_french() {
    let stage = Stage::new();
    let office = french(stage.office());
    let day = soon();
    let ill = [("day", &*day), ("after", "ill"), ("driver", "4711"), ("seconds", "1")];
    let refused = planned(&office, &stage, &ill);
    assert!(refused.text.contains("Membre 4711 n’a ni tournée ni heures ce jour-là."), "{}", refused.text);
    // Ben begins a little too late for who wants to go at nine.
    let late = Hours { from: time(10, 0, 0, 0), to: time(17, 0, 0, 0) };
    let weekly = (1..=7).map(|day| jiff::civil::Weekday::from_monday_one_offset(day).unwrap());
    let weekly = weekly.map(|day| WeeklyHours { day, hours: late }).collect();
    stage.ask(Request::SetWeeklyHours { member: stage.driver, weekly });
    at_nine(&stage, stage.rider);
    let shown = planned(&office, &stage, &[("day", &*day), ("after", ""), ("seconds", "1")]);
    assert!(shown.text.contains("si le passager peut partir"), "{}", shown.text);
    assert!(shown.text.contains("de la part du chauffeur Ben Tall"), "{}", shown.text);
}

#[test]
fn programs_are_told_what_is_wrong_and_not_what_to_type_on_a_command_line() {
    let stage = Stage::new();
    let program = stage.office_program();
    let got = program.get(&stage, "/members/4711");
    assert_eq!(got.json()["detail"], "There is no member 4711. Look for them by name.", "{}", got.text);
    let trip = at_nine(&stage, stage.rider);
    let to = serde_json::json!({ "driver": stage.rider });
    let got = program.post(&stage, &format!("/trips/{trip}/assign"), &to);
    let detail = got.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.starts_with("Ada Miller cannot take trip ") && !detail.contains('`'), "{detail}");
}
