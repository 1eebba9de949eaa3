//! The day planned at the desk.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use jitney_node::api::{Reply, Request};
use jitney_node::view::Carriage;

use crate::stage::{Browser, Got, Stage, soon};

/// Waits until the search is over and returns what it has found.
fn found(office: &Browser, stage: &Stage, path: &str) -> Got {
    let began = Instant::now();
    loop {
        // Each look drives the search, which runs beside the requests of this one browser.
        let got = office.get(stage, path);
        if !got.text.contains("Searching") {
            return got;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "the search does not end");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_day_is_planned_shown_and_only_then_carried_out() {
    let stage = Stage::new();
    let office = stage.office();
    let day = soon();
    let trip = stage.ask_for_lift(day.parse::<jiff::civil::Date>().unwrap().at(9, 0, 0, 0));
    let carriage = |stage: &Stage| match stage.ask(Request::ShowTrip(trip)) {
        Reply::Trip(trip) => trip.carriage,
        other => panic!("{other:?}"),
    };
    let began = office.post(&stage, "/desk/plan", &[("day", &day), ("after", ""), ("seconds", "1")]);
    assert!(began.to.starts_with("/desk/plan/"), "{} {}", began.status, began.text);
    let shown = found(&office, &stage, &began.to);
    assert!(shown.text.contains("0 now, 1 by the plan"), "{}", shown.text);
    assert!(shown.text.contains("Ben Tall, 9:") && shown.text.contains("Carry it out"), "{}", shown.text);
    assert!(matches!(carriage(&stage), Carriage::Unassigned), "nothing has been done yet");
    // A plan is whose it is.
    let other = stage.signed_in(stage.operator, jitney_domain::Role::Operator);
    assert_eq!(other.get(&stage, &began.to).status, StatusCode::NOT_FOUND);

    let done = office.post(&stage, &format!("{}/apply", began.to), &[("agreed", "1")]);
    assert_eq!(done.to, format!("/desk?day={day}"), "{}", done.text);
    assert!(matches!(carriage(&stage), Carriage::Confirmed { .. }));
    let again = office.post(&stage, &format!("{}/apply", began.to), &[("agreed", "1")]);
    assert!(again.status.is_client_error() || again.status == StatusCode::SEE_OTHER, "{}", again.status);
}

#[test]
fn what_went_otherwise_needs_whom_it_befell() {
    let stage = Stage::new();
    let office = stage.office();
    let day = soon();
    let asked = office.post(&stage, "/desk/plan", &[("day", &day), ("after", "ill"), ("driver", "Ben")]);
    assert!(
        asked.text.contains("That is no driver") && asked.text.contains("value=\"Ben\""),
        "{}",
        asked.text
    );
    let nobody = office.post(&stage, "/desk/plan", &[("day", &day), ("after", "ill"), ("driver", "4711")]);
    let refused = found(&office, &stage, &nobody.to);
    assert!(refused.text.contains("has no run and no hours on that day"), "{}", refused.text);
}

#[test]
fn a_search_is_ended_with_the_best_so_far_by_whoever_began_it() {
    let stage = Stage::new();
    let office = stage.office();
    let day = soon();
    let date = day.parse::<jiff::civil::Date>().unwrap();
    for hour in 8..12 {
        stage.ask_for_lift(date.at(hour, 0, 0, 0));
    }
    let began = office.post(&stage, "/desk/plan", &[("day", &day), ("after", ""), ("seconds", "600")]);
    let going = office.get(&stage, &began.to);
    assert!(
        !going.text.contains("Searching") || going.text.contains("Stop and show the best so far"),
        "{}",
        going.text
    );
    let end = format!("{}/end", began.to);
    let other = stage.signed_in(stage.operator, jitney_domain::Role::Operator);
    assert_eq!(other.post(&stage, &end, &[]).status, StatusCode::NOT_FOUND);
    let asked = Instant::now();
    let ended = office.post(&stage, &end, &[]);
    assert_eq!(ended.to, began.to);
    let shown = office.get(&stage, &ended.to);
    assert!(asked.elapsed() < Duration::from_secs(30), "nobody waits ten minutes");
    assert!(shown.text.contains("by the plan") && shown.text.contains("Carry it out"), "{}", shown.text);
    // Pressed once more, it does no harm.
    assert_eq!(office.post(&stage, &end, &[]).to, began.to);
}
