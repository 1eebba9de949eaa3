//! A dispatcher on the phone.

use axum::http::StatusCode;
use jitney_geo::osm::write::Extract;
use jitney_node::api::{Reply, Request};
use jitney_node::person::Profile;

use crate::stage::{Browser, Stage, form, soon};

#[test]
fn a_caller_is_found_booked_read_back_and_given_to_a_driver() {
    let stage = Stage::new();
    let office = stage.office();
    for typed in ["mill", "ADA", "1001", "55 01 01"] {
        let found = office.get(&stage, &format!("/desk/find?{}", form(&[("find", typed)])));
        assert!(found.text.contains("Ada Miller"), "{typed}: {}", found.text);
    }
    let rider = stage.rider.to_string();
    let day = soon();
    let taken = [
        ("rider", &*rider),
        ("from", "home"),
        ("to", "clinic"),
        ("day", &*day),
        ("time", "0930"),
        ("by", "there"),
        ("home", "11:30"),
        ("note", "ring twice"),
        ("form", "f1"),
    ];
    let got = office.post(&stage, "/desk/book", &taken);
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    assert_eq!(office.post(&stage, "/desk/book", &taken).to, got.to, "sent twice, it is booked once");
    let shown = office.get(&stage, &got.to);
    assert!(
        shown.text.contains("Ada Miller, on ")
            && shown.text.contains("Your confirmation number is 1 0 0 0 1")
    );
    assert!(shown.text.contains("Give it to Ben Tall"), "{}", shown.text);
    let trip = got.to.split('?').next().unwrap();
    let driver = stage.driver.to_string();
    let given = office.post(&stage, &format!("{trip}/assign"), &[("driver", &driver), ("agreed", "1")]);
    let shown = office.get(&stage, &given.to);
    assert!(shown.text.contains("Ben comes in this car: blue Toyota Yaris."), "{}", shown.text);
    let board = office.get(&stage, &format!("/desk/board?day={day}"));
    assert!(board.text.contains("Ben Tall") && board.text.contains("<svg"), "{}", board.text);

    let again = office.get(&stage, &format!("/desk/book?rider={rider}&again=10001-4"));
    let fields = ["value=\"9:30\"", "value=\"11:30\"", "value=\"trip:10001-4\""];
    assert!(fields.iter().all(|field| again.text.contains(field)), "{}", again.text);
}

#[test]
fn what_is_wrong_is_said_and_what_was_typed_stays() {
    let stage = Stage::new();
    let office = stage.office();
    let rider = stage.rider.to_string();
    let wrong =
        office.post(&stage, "/desk/book", &[("rider", &rider), ("to", "clinic"), ("note", "ring twice")]);
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("Which day?") && wrong.text.contains("At what time?"), "{}", wrong.text);
    assert!(wrong.text.contains("ring twice"));
    let day = soon();
    let unknown = [("rider", &*rider), ("from", "home"), ("to", "nowhere"), ("day", &*day), ("time", "9:30")];
    let refused = office.post(&stage, "/desk/book", &unknown);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Nobody knows “nowhere”"), "{}", refused.text);
}

#[test]
fn a_card_is_drawn_once_and_works() {
    let stage = Stage::new();
    let office = stage.office();
    let path = format!("/desk/people/{}/card", stage.other);
    let shown = office.post(&stage, &path, &[("role", "rider")]);
    let code = shown.text.split("<p class=\"code\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let got = crate::stage::Browser::default().post(&stage, "/sign-in", &[("code", &code.to_lowercase())]);
    assert_eq!(got.to, "/");
    let member = office.get(&stage, &format!("/desk/people/{}", stage.other));
    assert!(member.text.contains("signed in on one device") && !member.text.contains(&code));
}

#[test]
fn a_card_has_a_picture_where_the_address_is_known() {
    let stage = Stage::reached_at("https://lifts.example.org");
    let card = stage.card(stage.dispatcher, jitney_domain::Role::Dispatcher);
    let got = crate::stage::Browser::default().post(&stage, "/sign-in", &[("code", &card.code)]);
    let cookie = got.cookie.unwrap().split(';').next().unwrap().to_owned();
    let office = crate::stage::Browser { cookie: Some(cookie), ..Default::default() };
    let path = format!("/desk/people/{}/card", stage.rider);
    let shown = office.post(&stage, &path, &[("role", "rider")]);
    assert!(shown.text.contains("class=\"qr\"") && shown.text.contains("Go to lifts.example.org"));
}

#[test]
fn a_rider_asks_to_be_called_and_the_office_takes_it_and_calls() {
    let stage = Stage::new();
    let (rider, office) = (stage.rider_in(), stage.office());
    let home = format!("/ride/{}", stage.rider);
    assert!(rider.get(&stage, &home).text.contains("Ask us to call you"));
    assert_eq!(rider.post(&stage, &format!("{home}/call"), &[]).to, home);
    assert!(rider.get(&stage, &home).text.contains("You asked us to call you"));

    let alarms = office.get(&stage, "/desk/alarms").text;
    assert!(alarms.contains("Ada Miller") && alarms.contains("+33 1 55 55 01 01"), "{alarms}");
    let alarm = alarms.split("name=\"alarm\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(office.post(&stage, "/desk/alarms/take", &[("alarm", &alarm)]).to, "/desk/alarms");
    let alarms = office.get(&stage, "/desk/alarms").text;
    assert!(alarms.contains("Dora Desk is on it") && !alarms.contains("I am on it"), "{alarms}");

    let called = [("rider", stage.rider.to_string())];
    let called: Vec<(&str, &str)> = called.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(office.post(&stage, "/desk/alarms/called", &called).to, "/desk/alarms");
    let alarms = office.get(&stage, "/desk/alarms").text;
    assert!(alarms.contains("Nothing to see to") && alarms.contains("rider asked to be called"), "{alarms}");
    assert!(rider.get(&stage, &home).text.contains("Ask us to call you"), "it can be asked again");
    let french = Browser { language: Some("fr"), ..office };
    assert!(french.get(&stage, "/desk/alarms").text.contains("passager à rappeler"));
}

#[test]
fn a_trip_that_nobody_has_stands_before_earlier_ones_that_are_driven() {
    let stage = Stage::new();
    let day = soon().parse::<jiff::civil::Date>().unwrap();
    let (early, late) = (stage.ask_for_lift(day.at(8, 0, 0, 0)), stage.ask_for_lift(day.at(15, 0, 0, 0)));
    let given = Request::AssignTrip { trip: early, driver: Some(stage.driver), agreed: true };
    stage.ask(given);
    let board = stage.office().get(&stage, &format!("/desk/board?day={day}")).text;
    let at = |trip: jitney_domain::TripId| board.find(&format!("/desk/trip/{trip}\"")).unwrap();
    assert!(at(late) < at(early), "{board}");
}

#[test]
fn the_day_travels_compressed_and_what_was_typed_does_not() {
    let stage = Stage::new();
    let mut office = stage.office();
    office.headers.push(("accept-encoding", "gzip".to_owned()));
    let encoding = |path: &str| office.get(&stage, path).headers.get("content-encoding").cloned();
    assert_eq!(encoding("/desk").unwrap(), "gzip");
    // A page that repeats what was asked would tell a listener, by its length, what else stands on it.
    for path in ["/desk/people?find=ada", "/desk/find?find=ada", "/desk/move?trip=1"] {
        assert_eq!(encoding(path), None, "{path}");
    }
}

#[test]
fn the_map_shows_runs_and_what_nobody_has_and_says_the_same_in_words() {
    let stage = Stage::new();
    let day = soon().parse::<jiff::civil::Date>().unwrap();
    let (early, _) = (stage.ask_for_lift(day.at(8, 0, 0, 0)), stage.ask_for_lift(day.at(15, 0, 0, 0)));
    stage.ask(Request::AssignTrip { trip: early, driver: Some(stage.driver), agreed: true });
    let map = stage.office().get(&stage, &format!("/desk/map?day={day}"));
    assert_eq!(map.headers["cache-control"], "no-store");
    for part in [
        "<polyline points=\"",
        "class=\"alone\"",
        "1: Ben Tall",
        "12 Mill Lane → County Clinic",
        "500 m</text>",
    ] {
        assert!(map.text.contains(part), "{part}: {}", map.text);
    }
    assert!(map.text.contains("Ada Miller, 12 Mill Lane") && map.text.contains("Ada Miller, County Clinic"));
    let empty = stage.office().get(&stage, "/desk/map?day=2031-01-01");
    assert!(empty.text.contains("No trips."), "{}", empty.text);
}

#[test]
fn a_trip_is_printed_in_large_type_in_the_riders_own_language() {
    let stage = Stage::new();
    let Reply::Member(member) = stage.ask(Request::ShowMember(stage.rider)) else { panic!() };
    let profile = Profile { language: Some("fr".to_owned()), ..member.profile.unwrap() };
    stage.ask(Request::EditMember { member: stage.rider, profile });
    let trip = stage.book();
    let office = stage.office();
    let at = format!("/desk/trip/{trip}");
    assert!(office.get(&stage, &at).text.contains(&format!("{at}/sheet")));
    let sheet = office.get(&stage, &format!("{at}/sheet"));
    assert_eq!(sheet.status, StatusCode::OK);
    assert!(sheet.text.contains("lang=\"fr\"") && sheet.text.contains("Ada Miller"), "{}", sheet.text);
    assert!(sheet.text.contains(&format!("href=\"{at}\"")) && sheet.text.contains(&trip), "{}", sheet.text);
}

#[test]
fn the_map_has_the_roads_of_ours_behind_the_runs_and_says_whose_they_are() {
    let mut extract = Extract::new();
    extract.nodes(&[(1, 48.84, 2.34), (2, 48.86, 2.34), (3, 48.88, 2.34), (4, 50.0, 2.34), (5, 50.1, 2.34)]);
    extract.way(10, &[1, 2, 3], &[("highway", "trunk"), ("maxspeed", "110")]);
    extract.way(11, &[4, 5], &[("highway", "residential")]);
    let stage = Stage::on_map(&extract.file());
    let day = soon().parse::<jiff::civil::Date>().unwrap();
    stage.ask_for_lift(day.at(8, 0, 0, 0));
    let map = stage.office().get(&stage, &format!("/desk/map?day={day}"));
    assert!(map.text.contains("<path class=\"main\" d=\"M"), "{}", map.text);
    assert!(!map.text.contains("class=\"lane\""), "what lies elsewhere is not drawn: {}", map.text);
    assert!(map.text.contains("© OpenStreetMap contributors"), "{}", map.text);
    let rider = stage.rider_in();
    assert_eq!(rider.get(&stage, "/desk/map").status, StatusCode::FORBIDDEN);
}

/// What a French desk must not show: words that are typed or read in English only.
#[test]
fn a_french_desk_has_french_words_to_type_and_takes_those_of_both_languages() {
    let stage = Stage::new();
    let french = crate::stage::Browser { language: Some("fr"), ..stage.office() };
    let shown = french.get(&stage, &format!("/desk/book?rider={}", stage.rider)).text;
    let words = |text: &str| -> Vec<String> {
        let letters = text.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase);
        letters.filter(|word| ["call", "home", "none", "the", "and"].contains(&word.as_str())).collect()
    };
    let seen: String =
        shown.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect();
    assert_eq!(words(&seen), Vec::<String>::new());
    for value in ["value=\"home\"", "value=\"call\"", "value=\"none\""] {
        assert!(!shown.contains(value), "{value}");
    }
    let (rider, day) = (stage.rider.to_string(), soon());
    for (from, home, time) in [("domicile", "appel", "9h30"), ("home", "call", "15h00")] {
        let taken = [
            ("rider", &*rider),
            ("from", from),
            ("to", "clinic"),
            ("day", &*day),
            ("time", time),
            ("by", "there"),
            ("home", home),
        ];
        let got = french.post(&stage, "/desk/book", &taken);
        assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
        let shown = french.get(&stage, &got.to).text;
        assert!(shown.contains("appelez-nous quand vous êtes prêt"), "{shown}");
        assert!(shown.contains("min de route en plus") && !shown.contains("of driving"), "{shown}");
    }
}

#[test]
fn needs_of_one_trip_and_the_days_of_a_series_are_booked_as_they_were_said() {
    let stage = Stage::new();
    let office = stage.office();
    let (rider, day) = (stage.rider.to_string(), soon());
    let weekday = day.parse::<jiff::civil::Date>().unwrap().weekday().to_monday_one_offset();
    let (on, until) = (format!("on{weekday}"), "2099-01-01");
    let mut taken = vec![
        ("rider", &*rider),
        ("from", "home"),
        ("to", "clinic"),
        ("day", &*day),
        ("time", "9:30"),
        ("mobility", "walker"),
        ("assistance", "door-to-door"),
        ("attendants", "1"),
        ("companions", "0"),
        ("dwell", "12"),
        (&*on, "1"),
        ("until", until),
    ];
    let got = office.post(&stage, "/desk/book", &taken);
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    let shown = office.get(&stage, &got.to).text;
    assert!(shown.contains("walker") && shown.contains("one attendant"), "{shown}");
    let subscriptions = stage.ask(jitney_node::api::Request::ListSubscriptions);
    assert!(format!("{subscriptions:?}").contains(";UNTIL=20990101"), "{subscriptions:?}");
    taken.push(("attendants", "many"));
    taken.remove(7);
    let wrong = office.post(&stage, "/desk/book", &taken);
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.text.contains("a number from 0 to 7") && wrong.text.contains("value=\"many\""),
        "{}",
        wrong.text
    );
}

#[test]
fn a_trip_that_nobody_can_take_is_moved_to_a_time_at_which_somebody_could() {
    let stage = Stage::new();
    let office = stage.office();
    let at = jiff::civil::time(14, 0, 0, 0);
    let afternoon = jitney_domain::availability::Hours { from: at, to: jiff::civil::time(18, 0, 0, 0) };
    let weekly = (1..=7).map(|day| jitney_domain::availability::WeeklyHours {
        day: jiff::civil::Weekday::from_monday_one_offset(day).unwrap(),
        hours: afternoon,
    });
    let weekly = weekly.collect();
    stage.ask(jitney_node::api::Request::SetWeeklyHours { member: stage.driver, weekly });
    let day: jiff::civil::Date = soon().parse().unwrap();
    let trip = stage.ask_for_lift(day.at(13, 30, 0, 0));
    let shown = office.get(&stage, &format!("/desk/trip/{trip}")).text;
    assert!(shown.contains("When could we take them?"), "{shown}");
    let page = office.get(&stage, &format!("/desk/trip/{trip}/openings")).text;
    assert!(page.contains("later: Ben Tall"), "{page}");
    let shift = page.split("name=\"shift\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let got = office.post(&stage, &format!("/desk/trip/{trip}/openings"), &[("shift", &shift)]);
    assert!(office.get(&stage, &got.to).text.contains("Give it to Ben Tall"));
}

#[test]
fn every_driver_of_the_day_has_a_sheet_to_print_and_nobody_else() {
    let stage = Stage::new();
    let tess = stage.another_driver("Tess Small");
    stage.another_driver("Idle Ian");
    let day = soon().parse::<jiff::civil::Date>().unwrap();
    for (hour, driver) in [(8, stage.driver), (15, tess)] {
        let trip = stage.ask_for_lift(day.at(hour, 0, 0, 0));
        stage.ask(Request::AssignTrip { trip, driver: Some(driver), agreed: true });
    }
    let sheets = stage.office().get(&stage, &format!("/desk/manifests?day={day}")).text;
    assert_eq!(sheets.matches("class=\"leaf\"").count(), 2, "{sheets}");
    for part in ["Ben Tall", "Tess Small", "Ada Miller", "12 Mill Lane", "+33 1 55 55 01 01"] {
        assert!(sheets.contains(part), "{part}: {sheets}");
    }
    assert!(!sheets.contains("Idle Ian"));
}
