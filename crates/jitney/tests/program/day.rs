//! One day of a small coop, on the real program: a phone booking, a driver with their own device, no network
//! on the road.

use jiff::ToSpan as _;

use crate::support::Machine;

/// Returns a day that lies ahead, whenever the test runs.
fn a_day_ahead() -> String {
    let day = jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date();
    day.checked_add(2.days()).expect("the calendar goes on").to_string()
}

fn founded(office: &Machine) {
    office.ok(&[
        "coop",
        "init",
        "--name",
        "Willow Lifts",
        "--timezone",
        "Europe/Paris",
        "--phone",
        "555-0100",
    ]);
}

/// Admits a rider and a driver who may drive, and names a place.
fn staffed(office: &Machine) {
    let rider = ["rider", "add", "--name", "Ada Miller", "--address", "12 Mill Lane", "--at", "48.52,9.05"];
    office.ok(&[&rider[..], &["--mobility", "walker", "--phone", "555-0101"]].concat());
    office.ok(&[
        "member",
        "add",
        "--name",
        "Ben Carter",
        "--role",
        "driver",
        "--address",
        "7 Oak Rd",
        "--at",
        "48.50,9.04",
    ]);
    office.ok(&["driver", "vehicle", "add", "ben", "--seats", "3", "--description", "blue Toyota Yaris"]);
    let items = ["--item", "licence", "--item", "criminal-record", "--item", "insurance"];
    office.ok(&[&["member", "vet", "ben", "--until", "9000-01-31"], &items[..]].concat());
    office.ok(&["drive", "availability", "--for", "ben", "--weekly", "mon-sun 8:00-18:00"]);
    office.ok(&["place", "add", "County Clinic", "--at", "48.54,9.08"]);
}

#[test]
fn a_booking_on_the_phone_reaches_the_driver_and_comes_back_as_reports() {
    let dir = tempfile::tempdir().unwrap();
    let office = Machine::at(&dir.path().join("office"), "correct horse");
    let ben = Machine::at(&dir.path().join("ben"), "battery staple");
    let day = a_day_ahead();
    founded(&office);
    let node = office.up("/ip4/127.0.0.1/tcp/0");
    let address = node.addresses[0].clone();
    staffed(&office);

    let when = format!("{day} 10:00");
    let trip = ["trip", "book", "--rider", "ada", "--from", "home", "--to", "County Clinic", "--will-call"];
    let booked = office.ok(&[&trip[..], &["--appointment", &when, "--assign"]].concat());
    assert!(booked.contains("For the way home, call us when you are ready."), "{booked}");
    assert!(booked.contains("Your confirmation number is 1 0 0 0 1 - 4."), "{booked}");

    let invitation = office.ok(&["invite", "--role", "driver", "--member", "ben"]);
    let joined = ben.ok(&["join", invitation.lines().next().unwrap()]);
    assert!(joined.starts_with("you are member 1002 of Willow Lifts"), "{joined}");
    let offers = ben.ok(&["drive", "offers"]);
    assert!(offers.contains("walker") && !offers.contains("Mill Lane"), "{offers}");
    ben.ok(&["drive", "accept", "1"]);
    let manifest = ben.ok(&["drive", "manifest", "--day", &day]);
    assert!(manifest.contains("Ada Miller, phone 555-0101"), "{manifest}");
    // Going away does not undo a promise by itself; the driver is told what still stands.
    let away = ben.ok(&["drive", "leave", &day, &day]);
    assert!(away.contains("! lift 1 at ") && away.contains("is still the driver's"), "{away}");

    assert_eq!(node.stop(), Some(0));
    // The next day but one, on the road.
    let morning = format!("{day}T07:00:00Z");
    let (office, ben) = (office.when(&morning), ben.when(&morning));
    let kept = ben.ok(&["drive", "en-route", "1"]);
    assert!(kept.contains("no connection to Willow Lifts") && kept.contains("1 report is kept"), "{kept}");
    let unknown = ben.ok(&["drive", "en-route", "7"]);
    assert!(unknown.contains("! lift 7 is on none of the manifests kept on this device"), "{unknown}");
    let waiting = ben.run(&["drive", "sync"]);
    assert_eq!(waiting.code, 7, "{waiting:?}");
    assert!(waiting.err.contains("no connection to Willow Lifts"), "{waiting:?}");
    let no_copy = ben.run(&["drive", "manifest", "--day", "2031-01-01"]);
    assert!(no_copy.err.contains("there is no copy of Wed 2031-01-01 on this device"), "{no_copy:?}");
    let copy = ben.ok(&["drive", "manifest", "--day", &day]);
    assert!(
        copy.starts_with("! no connection; this is the copy of") && copy.contains("12 Mill Lane"),
        "{copy}"
    );
    for entry in std::fs::read_dir(ben.home().join("member/manifests")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(!text.contains("Mill Lane"), "a door lies open on the driver's device");
    }

    let node = office.up(&address);
    let synced = ben.ok(&["drive", "sync"]);
    assert!(synced.starts_with("1 report delivered\n"), "{synced}");
    assert!(synced.contains("the office refused \"lift 7: on the way\""), "{synced}");
    let board = office.ok(&["board", "--day", &day]);
    assert!(board.contains("driver on the way"), "{board}");
    assert_eq!(node.stop(), Some(0));
}

#[test]
fn the_same_answer_is_text_for_people_and_json_for_programs() {
    let dir = tempfile::tempdir().unwrap();
    let office = Machine::at(dir.path(), "correct horse");
    founded(&office);
    let node = office.up("/ip4/127.0.0.1/tcp/0");
    office.ok(&["rider", "add", "--name", "Ada Miller"]);
    assert_eq!(office.ok(&["rider", "list"]).lines().count(), 2);
    let json: serde_json::Value = serde_json::from_str(&office.ok(&["rider", "list", "--json"])).unwrap();
    assert_eq!(json[0]["profile"]["name"], "Ada Miller");
    assert_eq!(json[0]["member"], 1001);
    assert_eq!(node.stop(), Some(0));
}
