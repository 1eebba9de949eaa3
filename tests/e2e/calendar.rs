//! A driver's calendar, as the real program gives it: what changes is known by its sequence, also after a restart.

use jiff::civil::{date, time};
use jitney_domain::member::Consent;
use jitney_domain::{MemberId, Role};
use jitney_node::api::Request;
use jitney_node::person::Profile;

use crate::machine::{Asks as _, Machine, TCP, reply};
use crate::work;

fn calendar(machine: &Machine, driver: MemberId) -> String {
    reply!(machine.ask(Request::Calendar(driver)), Calendar)
}

#[test]
fn a_lift_that_is_off_stays_in_the_calendar_as_cancelled() {
    let dir = tempfile::tempdir().expect("a directory");
    let willow = Machine::founded(dir.path().join("willow"), "Willow Lifts");
    let willow = willow.with("JITNEY_NOW", "2026-03-09T08:00:00Z");
    let node = willow.up(&[TCP]);
    let rider = work::person("Marguerite Testperson", work::place("12 Mill Lane", work::point(47.38, 8.54)));
    let rider = willow.admit(rider, Role::Rider);
    let home = work::place("1 High Street", work::point(47.39, 8.54));
    let profile = Profile { language: Some("fr".to_owned()), ..work::person("Otto Chauffeur", home) };
    let driver = work::driver(&willow, profile, work::car(), Consent::Ask);
    assert!(!calendar(&willow, driver).contains("BEGIN:VEVENT"));

    let clinic = work::place("Clinic", work::point(47.40, 8.55));
    let asked = work::trip(rider, clinic, date(2026, 3, 11), time(10, 0, 0, 0));
    let trip = reply!(willow.ask(Request::BookTrip(asked)), Booked).trips[0].trip;
    willow.done(Request::AssignTrip { trip, driver: Some(driver), agreed: false });
    let asked = calendar(&willow, driver);
    assert!(asked.contains("STATUS:TENTATIVE\r\n") && asked.contains("SEQUENCE:0\r\n"), "{asked}");
    assert_eq!(asked, calendar(&willow, driver), "nothing has changed");

    willow.done(Request::UnassignTrip(trip));
    willow.done(Request::AssignTrip { trip, driver: Some(driver), agreed: true });
    let both = calendar(&willow, driver);
    assert!(both.contains("STATUS:CANCELLED\r\n") && both.contains("SEQUENCE:1\r\n"), "{both}");
    assert!(
        both.contains("STATUS:CONFIRMED\r\n") && both.contains("SUMMARY:Trajet 2\\, 1 place\r\n"),
        "{both}"
    );
    assert!(both.contains("DTSTART:20260311T09"), "ten in Zurich is nine: {both}");
    for word in ["Marguerite", "Testperson", "Mill Lane", "Clinic"] {
        assert!(!both.contains(word), "{word} is in {both}");
    }
    node.stop();

    let node = willow.up(&[TCP]);
    assert_eq!(both, calendar(&willow, driver));
    node.stop();
}
