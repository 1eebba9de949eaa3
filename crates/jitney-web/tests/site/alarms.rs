//! Alarms in the language of whoever reads them.

use jiff::ToSpan as _;
use jiff::civil::DateTime;
use jitney_domain::{MemberId, Role, TripId, Zone};
use jitney_node::api::{Reply, Request};
use jitney_node::clock::Clock;

use crate::stage::{Browser, Program, Stage};

/// Sentences that nobody whose desk is in French should meet.
const ENGLISH: [&str; 4] =
    ["asked to be called", "You asked us to call", "this is Willow", "nobody has it yet"];

/// In three hours, on the coop's clocks.
fn today() -> DateTime {
    let now = Clock::System.now().local(&Zone::named("Europe/Paris").unwrap());
    let at = now.checked_add(3.hours()).unwrap();
    at.date().at(at.hour(), at.minute(), 0, 0)
}

/// A rider waits for a call, and nobody has a trip of today.
fn alarming(stage: &Stage) -> TripId {
    stage.ask(Request::AskForCall(stage.rider));
    stage.ask_for_lift(today())
}

fn speaks(stage: &Stage, member: MemberId, language: &str) {
    let Reply::Member(shown) = stage.ask(Request::ShowMember(member)) else { panic!("no member") };
    let profile = jitney_node::person::Profile {
        language: Some(language.to_owned()),
        ..shown.profile.expect("a profile")
    };
    stage.ask(Request::EditMember { member, profile });
}

#[test]
fn a_dispatcher_whose_desk_is_in_french_reads_alarms_in_french() {
    let stage = Stage::new();
    let trip = alarming(&stage);
    let office = Browser { language: Some("fr"), ..stage.office() };
    let day = today().date();
    let pages = [
        (
            "/desk/alarms".to_owned(),
            "Bonjour Ada Miller, ici Willow Lifts. Vous nous avez demandé de vous appeler.",
        ),
        ("/desk/alarms".to_owned(), "qu’on l’appelle"),
        (format!("/desk?day={day}"), "personne ne l’assure encore"),
        (format!("/desk/trip/{trip}"), "personne ne l’assure encore"),
    ];
    for (path, sentence) in pages {
        let page = office.get(&stage, &path).text;
        assert!(page.contains(sentence), "{path}: {page}");
        for english in ENGLISH {
            assert!(!page.contains(english), "{path}, {english}: {page}");
        }
    }
    let english = stage.office().get(&stage, "/desk/alarms").text;
    assert!(english.contains("Ada Miller, this is Willow Lifts. You asked us to call."), "{english}");
}

#[test]
fn a_program_gets_alarms_in_the_language_it_asks_for_or_its_member_speaks() {
    let stage = Stage::new();
    let trip = alarming(&stage);
    let program = stage.office_program();
    let said = |program: &Program| {
        let alarms = program.get(&stage, "/alarms").text;
        let first = program.get(&stage, &format!("/board?day={}", today().date())).text;
        let one = program.get(&stage, &format!("/trips/{trip}")).text;
        let all = program.get(&stage, "/trips").text;
        let changed = program
            .patch(&stage, &format!("/trips/{trip}"), &serde_json::json!({"note": "the blue door"}))
            .text;
        [alarms, first, one, all, changed]
    };
    let is_french = |text: &String| text.contains("personne ne l’assure encore");
    assert!(!said(&program).iter().any(is_french));
    let asking =
        Program { headers: vec![("accept-language", "fr-CA, en;q=0.5".to_owned())], ..program.clone() };
    assert!(said(&asking).iter().all(is_french), "{:?}", said(&asking));
    speaks(&stage, stage.dispatcher, "fr");
    assert!(said(&stage.program(stage.dispatcher, Role::Dispatcher)).iter().all(is_french));
    assert!(said(&program).iter().all(is_french));
}

#[test]
fn who_took_an_alarm_and_is_erased_is_a_number_in_the_language_of_who_reads_it() {
    let stage = Stage::new();
    alarming(&stage);
    let program = stage.office_program();
    let alarm = program.get(&stage, "/alarms").json()["items"][0]["alarm"].as_str().unwrap().to_owned();
    program.post(&stage, &format!("/alarms/{alarm}/take"), &serde_json::json!({}));
    stage.ask(Request::Erase(stage.dispatcher));
    let reads = |language| {
        let operator = stage.signed_in(stage.operator, Role::Operator);
        Browser { language: Some(language), ..operator }.get(&stage, "/desk/alarms").text
    };
    let (english, french) = (format!("member {}", stage.dispatcher), format!("membre {}", stage.dispatcher));
    let (in_english, in_french) = (reads("en"), reads("fr"));
    assert!(in_english.contains(&english), "{in_english}");
    assert!(in_french.contains(&french) && !in_french.contains(&english), "{in_french}");
}
