//! Messages to people, carried out by the real program to a real mail server, gateway and command.

mod sinks;

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::{fs, thread, time::Duration};

use jiff::civil::{date, time};
use jitney_domain::member::Consent;
use jitney_domain::{MemberId, Role, TripId};
use jitney_node::api::Request;
use jitney_node::notify::{Kind, Phase, Reach};
use jitney_node::person::Profile;
use jitney_node::view::Message;

use crate::machine::{Asks as _, Machine, TCP, reply, until};
use crate::work;
use sinks::{Answer, Sink};

/// Nine in the morning in Zurich, on a Monday.
const MORNING: &str = "2026-03-09T08:00:00Z";

/// What no log may hold.
const PERSONAL: [&str; 7] =
    ["Marguerite", "Testperson", "Otto", "Chauffeur", "+41790000001", "marguerite@example.org", "Mill Lane"];

/// How long it is watched that nothing comes twice.
const WATCHED: Duration = Duration::from_secs(2);

/// A coop whose messages go to these.
fn coop(dir: &Path, channels: &str) -> Machine {
    let machine = Machine::founded(dir.join("willow"), "Willow Lifts");
    let settings = fs::read_to_string(machine.home().join("jitney.toml")).expect("settings");
    machine.set(&(settings + channels));
    machine.ok(&["config", "check"]);
    machine
}

fn smtp(sink: &Sink) -> String {
    format!(
        "\n[messages.email]\nserver = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nfrom = \"Willow <lifts@example.org>\"\n",
        sink.port
    )
}

fn gateway(sink: &Sink, more: &str) -> String {
    format!("\n[messages.sms]\nurl = \"http://127.0.0.1:{}/send\"\n{more}\n", sink.port)
}

fn marguerite(machine: &Machine, notify: &[Reach], language: &str) -> MemberId {
    let home = work::place("12 Mill Lane", work::point(47.38, 8.54));
    let profile = Profile {
        phone: Some("+41790000001".to_owned()),
        email: Some("marguerite@example.org".to_owned()),
        notify: notify.iter().copied().collect::<BTreeSet<_>>(),
        language: Some(language.to_owned()),
        ..work::person("Marguerite Testperson", home)
    };
    machine.admit(profile, Role::Rider)
}

fn otto(machine: &Machine, notify: &[Reach]) -> MemberId {
    let home = work::place("1 High Street", work::point(47.39, 8.54));
    let profile = Profile {
        phone: Some("+41790000002".to_owned()),
        notify: notify.iter().copied().collect(),
        vehicle: Some("red Fiat".to_owned()),
        ..work::person("Otto Chauffeur", home)
    };
    work::driver(machine, profile, work::car(), Consent::Ask)
}

/// Books a trip for Wednesday at ten.
fn booked(machine: &Machine, rider: MemberId) -> TripId {
    let clinic = work::place("Clinic", work::point(47.40, 8.55));
    let asked = work::trip(rider, clinic, date(2026, 3, 11), time(10, 0, 0, 0));
    reply!(machine.ask(Request::BookTrip(asked)), Booked).trips[0].trip
}

fn messages(machine: &Machine) -> Vec<Message> {
    reply!(machine.ask(Request::ListMessages { member: None }), Messages)
}

/// Waits until the only message of a kind is in a phase that will do.
fn becomes(machine: &Machine, kind: Kind, wanted: fn(&Phase) -> bool) -> Message {
    until("the message to come that far", || {
        let of_kind: Vec<Message> = messages(machine).into_iter().filter(|m| m.kind == kind).collect();
        assert!(of_kind.len() <= 1, "{of_kind:?}");
        of_kind.into_iter().find(|m| wanted(&m.phase))
    })
}

fn is_sent(phase: &Phase) -> bool {
    matches!(phase, Phase::Sent(_))
}

fn alarms(machine: &Machine) -> Vec<&'static str> {
    let alarms = reply!(machine.ask(Request::Alarms), Alarms).alarms;
    alarms.iter().map(|alarm| alarm.kind.name()).collect()
}

fn holds_nothing_personal(log: &str) {
    assert!(log.contains("a message was handed over"), "nothing was logged at all:\n{log}");
    for word in PERSONAL {
        assert!(!log.contains(word), "{word} is in the log:\n{log}");
    }
}

#[test]
fn riders_and_drivers_are_told_by_mail_gateway_and_command_in_their_language() {
    let dir = tempfile::tempdir().expect("a directory");
    let (mail, texts) = (Sink::smtp(), Sink::http());
    let told = dir.path().join("told");
    let hook = dir.path().join("call");
    // The environment of the node must not reach the command.
    let script = format!("#!/bin/sh\ncat >> {0}\nenv >> {0}\n", told.display());
    fs::write(&hook, script).expect("a script");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).expect("it can be run");
    let voice = format!("\n[messages.voice]\ncommand = [\"{}\"]\n", hook.display());
    let token = "token_file = \"gateway.token\"";
    let willow =
        coop(dir.path(), &(smtp(&mail) + &gateway(&texts, token) + &voice)).with("JITNEY_NOW", MORNING);
    fs::write(willow.home().join("gateway.token"), "Bearer very-secret\n").expect("a token");
    let node = willow.with("JITNEY_LOG", "trace").up(&[TCP]);

    let rider = marguerite(&willow, &[Reach::Email, Reach::Voice], "fr");
    let driver = otto(&willow, &[Reach::Sms]);
    let trip = booked(&willow, rider);
    until("the mail", || (mail.taken().len() == 1).then_some(()));
    let letter = &mail.taken()[0];
    assert!(letter.raw.contains("To: marguerite@example.org"), "{}", letter.raw);
    assert!(letter.raw.contains("Subject: Votre trajet du mercredi 11 mars"), "{}", letter.raw);
    let said = until("the call", || fs::read_to_string(&told).ok().filter(|text| text.contains("PWD=")));
    assert!(said.contains("Willow Lifts : votre trajet du mercredi 11 mars est réservé"), "{said}");
    assert!(said.contains("\"to\":\"+41790000001\"") && said.contains("\"channel\":\"voice\""), "{said}");
    assert!(!said.contains("JITNEY"), "{said}");

    willow.done(Request::AssignTrip { trip, driver: Some(driver), agreed: false });
    until("the offer", || (texts.taken().len() == 1).then_some(()));
    let offer = texts.taken()[0].raw.clone();
    assert!(offer.contains("can you drive on Wednesday 11 March at 10:"), "{offer}");
    assert!(offer.to_ascii_lowercase().contains("authorization: bearer very-secret"), "{offer}");
    assert!(!offer.contains("Marguerite") && !offer.contains("Mill Lane"), "{offer}");

    willow.done(Request::CancelTrip { trip, with_return: true });
    until("the cancellations", || (mail.taken().len() == 2 && texts.taken().len() == 2).then_some(()));
    assert!(texts.taken()[1].raw.contains("does not take place"), "{:?}", texts.taken());
    until("all to be noted as sent", || messages(&willow).iter().all(|m| is_sent(&m.phase)).then_some(()));
    let kinds: Vec<Kind> = messages(&willow).iter().map(|m| m.kind).collect();
    assert_eq!(kinds.len(), 6, "{kinds:?}");
    holds_nothing_personal(&node.log());
    assert!(!node.log().contains("very-secret"));
    node.stop();
}

#[test]
fn what_may_have_left_when_the_power_went_is_not_sent_again_but_phoned_about() {
    let dir = tempfile::tempdir().expect("a directory");
    let mail = Sink::smtp();
    let willow = coop(dir.path(), &smtp(&mail)).with("JITNEY_NOW", MORNING);
    let node = willow.up(&[TCP]);
    let rider = marguerite(&willow, &[Reach::Email], "en");
    mail.will(&[Answer::Silence]);
    booked(&willow, rider);
    until("the mail", || (mail.taken().len() == 1).then_some(()));
    node.kill();

    let node = willow.up(&[TCP]);
    let unsure = becomes(&willow, Kind::Booked, |phase| matches!(phase, Phase::Unsure(_)));
    thread::sleep(WATCHED);
    assert_eq!(mail.taken().len(), 1, "it was sent twice");
    assert!(alarms(&willow).contains(&"not-told"), "{:?}", alarms(&willow));
    let told = willow.ok(&["messages", "told", &unsure.id.short()]);
    assert!(told.contains("noted as told"), "{told}");
    assert!(!alarms(&willow).contains(&"not-told"), "{:?}", alarms(&willow));
    node.stop();
}

#[test]
fn a_gateway_that_knows_ids_is_asked_again_under_the_same_one_after_a_power_cut() {
    let dir = tempfile::tempdir().expect("a directory");
    let texts = Sink::http();
    let willow = coop(dir.path(), &gateway(&texts, "knows_ids = true")).with("JITNEY_NOW", MORNING);
    let node = willow.up(&[TCP]);
    let rider = marguerite(&willow, &[Reach::Sms], "en");
    texts.will(&[Answer::Silence]);
    booked(&willow, rider);
    until("the text", || (texts.taken().len() == 1).then_some(()));
    node.kill();

    let node = willow.up(&[TCP]);
    becomes(&willow, Kind::Booked, is_sent);
    let ids: BTreeSet<String> = texts.taken().into_iter().map(|taken| taken.id).collect();
    assert_eq!((texts.taken().len(), ids.len()), (2, 1), "{ids:?}");
    assert!(!ids.contains(""));
    node.stop();

    // What was noted as sent stays so: not even a gateway that knows it is asked a third time.
    let node = willow.up(&[TCP]);
    thread::sleep(WATCHED);
    assert_eq!(texts.taken().len(), 2);
    node.stop();
}

#[test]
fn what_was_not_taken_is_tried_again_later_and_what_is_refused_is_phoned_about() {
    let dir = tempfile::tempdir().expect("a directory");
    let texts = Sink::http();
    let willow = coop(dir.path(), &gateway(&texts, ""));
    let morning = willow.with("JITNEY_NOW", MORNING);
    let node = morning.up(&[TCP]);
    let rider = marguerite(&morning, &[Reach::Sms], "en");
    texts.will(&[Answer::Status(503), Answer::Status(250), Answer::Status(400)]);
    let trip = booked(&morning, rider);
    let tried = |phase: &Phase| matches!(phase, Phase::Waiting(_));
    until("it to be tried", || (becomes(&morning, Kind::Booked, tried).tries == 1).then_some(()));
    node.stop();

    let later = willow.with("JITNEY_NOW", "2026-03-09T08:05:00Z");
    let node = later.up(&[TCP]);
    assert_eq!(becomes(&later, Kind::Booked, is_sent).tries, 2);
    assert_eq!(texts.taken()[0].id, texts.taken()[1].id);
    later.done(Request::CancelTrip { trip, with_return: true });
    becomes(&later, Kind::Cancelled, |phase| matches!(phase, Phase::Failed(..)));
    assert!(alarms(&later).contains(&"not-told"), "{:?}", alarms(&later));
    node.stop();
}

#[test]
fn nobody_is_woken_and_everybody_is_reminded_the_day_before_once() {
    let dir = tempfile::tempdir().expect("a directory");
    let texts = Sink::http();
    let willow = coop(dir.path(), &gateway(&texts, ""));
    let evening = willow.with("JITNEY_NOW", "2026-03-09T21:00:00Z");
    let node = evening.up(&[TCP]);
    let rider = marguerite(&evening, &[Reach::Sms], "en");
    let driver = otto(&evening, &[Reach::Sms]);
    let trip = booked(&evening, rider);
    evening.done(Request::AssignTrip { trip, driver: Some(driver), agreed: true });
    let confirmed = becomes(&evening, Kind::Confirmed, |phase| matches!(phase, Phase::Waiting(_)));
    let Phase::Waiting(at) = confirmed.phase else { panic!("{confirmed:?}") };
    assert_eq!(at.to_string(), "2026-03-10T07:00:00Z", "eight in the morning");
    thread::sleep(WATCHED);
    assert_eq!(texts.taken(), []);
    node.stop();

    let morning = willow.with("JITNEY_NOW", "2026-03-10T07:00:00Z");
    let node = morning.up(&[TCP]);
    becomes(&morning, Kind::Confirmed, is_sent);
    let said: String = texts.taken().iter().map(|taken| taken.raw.clone()).collect();
    assert!(said.contains("on Wednesday 11 March at 10:") && said.contains("Otto fetches you"), "{said}");
    assert!(said.contains("Car: red Fiat") && !said.contains("Chauffeur"), "{said}");
    node.stop();

    for _ in 0..2 {
        let afternoon = willow.with("JITNEY_NOW", "2026-03-10T17:30:00Z");
        let node = afternoon.up(&[TCP]);
        becomes(&afternoon, Kind::Reminder, is_sent);
        becomes(&afternoon, Kind::Manifest, is_sent);
        node.stop();
    }
    let said: Vec<String> = texts.taken().into_iter().map(|taken| taken.raw).collect();
    let times = |what: &str| said.iter().filter(|raw| raw.contains(what)).count();
    assert_eq!(
        (times("tomorrow, Wednesday 11 March, Otto"), times("you have one lift, at 10:")),
        (1, 1),
        "{said:?}"
    );
}
