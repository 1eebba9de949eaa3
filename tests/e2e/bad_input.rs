//! What is wrong is refused in one sentence, with the right exit code, and changes nothing.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use data_encoding::HEXLOWER;
use jitney_domain::member::Consent;
use jitney_domain::{Actor, ReportId, Role, Step, Timestamp};
use jitney_federation::InvitationLink;
use jitney_identity::{Domain, SecretKey};
use jitney_net::{Channel, client};
use jitney_node::api::{
    Answer, Call, Enrol, Enrolled, Fault, FaultKind, Reply, Report, Request, SignedReport,
};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::machine::{Asks as _, Machine, PATIENCE, TCP, reply, seed};
use crate::work;

#[test]
fn what_keeps_a_node_from_starting_is_said_and_disturbs_nobody() {
    let dir = tempfile::tempdir().expect("a directory");
    let coop = Machine::founded(dir.path().join("willow"), "Willow Lifts");
    let other = Machine::founded(dir.path().join("oak"), "Oak Rides");
    let settings = std::fs::read_to_string(coop.home().join("jitney.toml")).expect("settings");
    let mut node = coop.up(&[TCP]);
    coop.ok(&["rider", "add", "--name", "Ada Miller"]);
    let digest = coop.status().digest;

    coop.with("JITNEY_PASSPHRASE", "guessed").refuses(8, "the passphrase does not open", &["up"]);
    coop.refuses(9, "in use by process", &["up"]);
    other.refuses(9, "is taken by another program", &["up", "--listen", &node.addresses[0]]);
    other.refuses(5, "is not a usable address", &["up", "--listen", "somewhere"]);
    other.refuses(5, "a relay must say where others reach it; add `--external-address", &["up", "--relay"]);
    std::fs::write(coop.home().join("jitney.toml"), b"[coop]\nname = \"Caf\xe9\"\n").expect("settings");
    coop.refuses(10, "is wrong: it is not plain text in UTF-8", &["up"]);
    for wrong in ["= = =", "", "[coop]\nname = \"Willow\"\ncolour = \"green\"\n", "[coop]\nname = 7\n"] {
        coop.set(wrong);
        coop.refuses(10, "compare with `jitney config example`", &["up"]);
    }
    coop.set(&settings);
    let nowhere = Machine::at(dir.path().join("elm"));
    let unknown = ["coop", "init", "--name", "Elm", "--timezone", "Europe/Zurick"];
    nowhere.refuses(2, "there is no time zone \"Europe/Zurick\"", &unknown);
    let init = ["coop", "init", "--name", "Elm", "--timezone", "Europe/Zurich"];
    nowhere.with("JITNEY_KDF_MEMORY_KIB", "much").refuses(10, "whole number of KiB", &init);
    assert!(!nowhere.home().exists(), "nothing is made for a coop that cannot be");
    nowhere.refuses(3, "make one with `jitney coop init`", &["up"]);

    // A key that was lost is not a coop that never was: nothing is founded over the data.
    let (key, aside) = (other.home().join("keys/coop.key"), other.home().join("coop.key"));
    std::fs::rename(&key, &aside).expect("the key can be moved");
    other.refuses(3, "bring it back from your backup", &["up"]);
    other.refuses(3, "bring it back from your backup", &init);
    std::fs::rename(&aside, &key).expect("the key can be moved back");
    // Nor is data that was lost: a disk that is not mounted must not look like a new coop.
    for (lost, says) in
        [("store", "see whether its disk is mounted"), ("jitney.toml", "with `jitney config example")]
    {
        let (there, aside) = (other.home().join(lost), other.home().join("aside"));
        std::fs::rename(&there, &aside).expect("it can be moved");
        other.refuses(3, says, &["up"]);
        other.refuses(6, "there is a coop", &init);
        assert!(!there.exists(), "nothing is made in its place");
        std::fs::rename(&aside, &there).expect("it can be moved back");
    }
    other.up(&[TCP]).stop();

    assert!(node.runs());
    assert_eq!(coop.status().digest, digest);
    node.stop();
}

#[test]
fn what_makes_no_sense_is_refused_and_nothing_is_written() {
    let dir = tempfile::tempdir().expect("a directory");
    let coop = Machine::founded(dir.path(), "Willow Lifts");
    let node = coop.up(&[TCP]);
    let home = ["--address", "12 Mill Lane", "--at", "47.38,8.54"];
    coop.ok(&[&["rider", "add", "--name", "Ada Miller"], &home[..]].concat());
    coop.ok(&[&["member", "add", "--role", "driver", "--name", "Dora Moor"], &home[..]].concat());
    coop.ok(&["drive", "availability", "--for", "dora", "--weekly", "mon-sun 6:00-22:00"]);
    coop.ok(&["driver", "vehicle", "add", "dora", "--seats", "3", "--description", "red Fiat"]);
    let book = ["trip", "book", "--rider", "ada", "--from", "home", "--to"];
    let to_clinic = [&book[..], &["Clinic @ 47.40,8.55"]].concat();
    coop.ok(&[&to_clinic[..], &["--pickup", "tomorrow 10:00"]].concat());
    coop.ok(&["place", "add", "Baths", "--at", "47.39,8.55"]);
    let digest = coop.status().digest;

    let spring = "2040-03-25 02:30";
    coop.refuses(5, "does not exist in Europe/Zurich", &[&to_clinic[..], &["--pickup", spring]].concat());
    for back in ["9:00", "10:00"] {
        let early = ["--appointment", "tomorrow 10:00", "--return", back];
        coop.refuses(5, "would begin before the rider arrives", &[&to_clinic[..], &early].concat());
    }
    let again = ["--pickup", "tomorrow 10:02"];
    coop.refuses(6, "the rider is on trip 10001-4 at that time", &[&to_clinic[..], &again].concat());
    coop.refuses(5, "are one place", &[&book[..], &["home", "--pickup", "tomorrow 12:00"]].concat());
    let swapped = ["Clinic @ 8.55,47.40", "--pickup", "tomorrow 12:00"];
    coop.refuses(5, "latitude comes first", &[&book[..], &swapped].concat());
    coop.refuses(5, "is in the past", &[&to_clinic[..], &["--pickup", "yesterday 10:00"]].concat());
    coop.refuses(2, "write the time as", &[&to_clinic[..], &["--pickup", "tomorrow 25:00"]].concat());
    coop.refuses(
        3,
        "there is no place named",
        &[&book[..], &["Klinik", "--pickup", "tomorrow 10:00"]].concat(),
    );
    let rule = ["--pickup", "tomorrow 12:00", "--repeat", "FREQ=SOMETIMES"];
    coop.refuses(5, "FREQ=SOMETIMES", &[&to_clinic[..], &rule].concat());
    coop.refuses(6, "licence has not been seen", &["trip", "assign", "10001-4", "--driver", "dora"]);
    coop.refuses(6, "there is no partner coop", &["trip", "share", "10001-4"]);
    coop.refuses(2, "a digit is wrong or two are swapped", &["trip", "show", "10001-5"]);
    coop.refuses(3, "there is no trip 10002-3", &["trip", "cancel", "10002-3"]);
    coop.refuses(3, "nobody here is called", &["rider", "show", "Zoe"]);
    coop.refuses(3, "no rider is called \"dora\": 1002 Dora Moor is none", &["rider", "show", "dora"]);
    coop.refuses(6, "member 1002 is not a dispatcher", &["--as", "1002", "board"]);
    coop.refuses(3, "there is no member 1009", &["--as", "1009", "rider", "list"]);
    let until = ["--pickup", "tomorrow 15:00", "--repeat", "FREQ=DAILY;UNTIL=soon"];
    coop.refuses(5, "UNTIL is the last day, such as", &[&to_clinic[..], &until].concat());
    coop.refuses(5, "a member needs a name", &["rider", "add", "--name", " "]);
    let long = "x".repeat(1001);
    coop.refuses(5, "is longer than 1000", &["rider", "add", "--name", &long]);
    coop.refuses(3, "lift 7", &["drive", "pickup", "7", "--for", "dora"]);
    coop.refuses(6, "say --replace", &["place", "add", "Baths", "--at", "47.30,8.55"]);

    assert_eq!(coop.status().digest, digest, "what was refused has left a trace");
    node.stop();
}

#[test]
fn an_invitation_works_once_and_not_after_its_time() {
    let dir = tempfile::tempdir().expect("a directory");
    let coop = Machine::founded(dir.path().join("coop"), "Willow Lifts");
    let device = |name: &str| Machine::at(dir.path().join(name));
    let at = |machine: &Machine, time: &str| machine.with("JITNEY_NOW", &format!("2030-01-01T{time}Z"));
    let invite = |valid: &str| {
        let said = coop.ok(&["invite", "--role", "rider", "--valid", valid]);
        said.lines().next().expect("a link").to_owned()
    };

    let node = at(&coop, "08:00:00").up(&[TCP]);
    let (short, long) = (invite("1m"), invite("1h"));
    // The node must be found again at the address that the links name.
    let address = node.addresses[0].clone();
    node.stop();
    let node = at(&coop, "08:02:00").up(&[&address]);
    let digest = coop.status().digest;
    let join = |link| ["join", link, "--name", "Eva Late"];
    at(&device("eva"), "08:05:00").refuses(5, "expired", &join(&short));
    // A device whose clock is slow must not get in either.
    at(&device("slow"), "08:00:30").refuses(6, "this invitation expired", &join(&short));
    device("cut").refuses(2, "copy the whole link again", &join(&long[..40]));
    assert_eq!(coop.status().digest, digest);

    at(&device("first"), "08:02:00").ok(&join(&long));
    let digest = coop.status().digest;
    at(&device("second"), "08:02:00").refuses(4, "it has been used already", &join(&long));
    assert_eq!(coop.status().digest, digest);
    node.stop();
}

/// A driver's device, without the program.
struct Device {
    secret: SecretKey,
    link: InvitationLink,
    runtime: tokio::runtime::Runtime,
}

impl Device {
    fn send<T: serde::de::DeserializeOwned>(&self, channel: Channel, asked: &impl serde::Serialize) -> T {
        let bytes = serde_json::to_vec(asked).expect("JSON");
        let (node, addresses) = (&self.link.node, &self.link.addresses);
        let asked = client::ask(&self.secret, node, addresses, channel, bytes, PATIENCE);
        let answer = self.runtime.block_on(asked).expect("the node answers");
        serde_json::from_slice(&answer).expect("JSON")
    }

    fn sign(&self, report: &Report) -> SignedReport {
        let report = serde_json::to_string(report).expect("JSON");
        let signature = self.secret.sign(Domain::REPORT, report.as_bytes());
        SignedReport { report, signature }
    }

    fn report(&self, signed: SignedReport) -> Answer {
        self.send(Channel::Member, &Request::SignedReport(signed))
    }
}

#[test]
fn a_report_counts_once_and_for_whoever_signed_it() {
    let mut rng = StdRng::seed_from_u64(seed("reports"));
    let dir = tempfile::tempdir().expect("a directory");
    let coop = Machine::founded(dir.path(), "Willow Lifts");
    let node = coop.up(&[TCP]);
    let home = || work::place("12 Mill Lane", work::point(47.38, 8.54));
    // The lift is tomorrow's, and reported on today.
    coop.ok(&["coop", "set-policy", "report-early", "4320"]);
    let rider = coop.admit(work::person("Ada Miller", home()), Role::Rider);
    let driver = |name| work::driver(&coop, work::person(name, home()), work::car(), Consent::Ask);
    let (ben, eve) = (driver("Ben Carter"), driver("Eve Stone"));
    let mut enrol = |member| {
        let invite =
            Request::Invite { role: Role::Driver, member: Some(member), valid: jitney_domain::Minutes(60) };
        let link = reply!(coop.ask(invite), Invitation).link;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let link: InvitationLink = link.parse().expect("a link");
        let device = Device { secret: SecretKey::generate(&mut rng), link, runtime };
        let asked = Enrol { enrol: HEXLOWER.encode(&device.link.secret.0), profile: None };
        let enrolled: Result<Enrolled, Fault> = device.send(Channel::Join, &asked);
        assert_eq!(enrolled.expect("enrolled").member, member);
        device
    };
    let (bens, eves) = (enrol(ben), enrol(eve));
    let clinic = work::place("Clinic", work::point(47.40, 8.55));
    let asked = work::trip(rider, clinic, work::day(1), jiff::civil::time(10, 0, 0, 0));
    let trip = reply!(coop.ask(Request::BookTrip(asked)), Booked).trips[0].trip;
    coop.done(Request::AssignTrip { trip, driver: Some(ben), agreed: true });
    let offers = reply!(coop.ask(Request::Board { day: Some(work::day(1)) }), Board);
    let lift = offers.runs[0].stops[0].lift;

    let at = Timestamp(jiff::Timestamp::now().as_millisecond());
    let pick_up = Report { report: ReportId::fresh(&mut rng), lift, step: Step::PickUp, at };
    let signed = bens.sign(&pick_up);
    assert_eq!(bens.report(signed.clone()), Ok(Reply::Done));
    let digest = coop.status().digest;
    assert_eq!(bens.report(signed.clone()), Ok(Reply::Done), "the same report again is no error");
    assert_eq!(coop.status().digest, digest, "and it counts once");

    let refused = |answer: Answer, kind: FaultKind, part: &str| {
        let fault = answer.expect_err("it is refused");
        assert!(fault.kind == kind && fault.message.contains(part), "{fault:?}");
    };
    refused(eves.report(signed.clone()), FaultKind::NotAllowed, "its signature does not match");
    let drop_off = Report { report: ReportId::fresh(&mut rng), step: Step::DropOff, ..pick_up };
    refused(eves.report(eves.sign(&drop_off)), FaultKind::NotAllowed, "is not yours");
    let altered = SignedReport { report: signed.report.replace("pick", "drop"), ..signed };
    refused(bens.report(altered), FaultKind::NotAllowed, "its signature does not match");
    let early = Report { report: ReportId::fresh(&mut rng), at: Timestamp(at.0 + 3_600_000), ..drop_off };
    refused(bens.report(bens.sign(&early)), FaultKind::Invalid, "still to come");
    assert_eq!(coop.status().digest, digest);
    // Who asks without end waits, and is told that it is for now; nobody else does.
    let ask = || eves.send::<Answer>(Channel::Member, &Request::WhoAmI);
    let busy = (0..400).find_map(|_| ask().err()).expect("there is an end to it");
    assert!(busy.kind == FaultKind::Busy && busy.kind.is_passing(), "{busy:?}");
    assert!(bens.send::<Answer>(Channel::Member, &Request::WhoAmI).is_ok());
    node.stop();
}

/// Sends bytes to the control socket and returns the answer, if one comes.
fn say(coop: &Machine, bytes: &[u8]) -> Option<Answer> {
    let mut stream = UnixStream::connect(coop.home().join("control.sock")).expect("the node listens");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a time-out");
    // The node stops reading when it has had enough.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).ok()?;
    if line.is_empty() { None } else { Some(serde_json::from_str(&line).expect("an answer")) }
}

#[test]
fn the_control_socket_survives_whatever_is_said_to_it() {
    let dir = tempfile::tempdir().expect("a directory");
    let coop = Machine::founded(dir.path(), "Willow Lifts");
    let mut node = coop.up(&[TCP]);
    let digest = coop.status().digest;
    let kind = |bytes: &[u8]| say(&coop, bytes).and_then(Result::err).map(|fault| fault.kind);

    let mut oversize = b"{\"request\":{\"add-member\":{\"profile\":{\"name\":\"".to_vec();
    oversize.resize(3 * 1024 * 1024, b'x');
    oversize.extend(b"\"},\"roles\":[\"rider\"]}}}\n");
    assert_eq!(kind(&oversize), Some(FaultKind::Invalid));
    let malformed: [&[u8]; 6] = [
        b"\n",
        b"hello\n",
        b"{\"request\":\"dance\"}\n",
        b"{\"request\":\"status\"",
        b"{\"request\":{\"show-member\":-1}}\n",
        b"\xff\xfe\xfd\n",
    ];
    for bytes in malformed {
        assert_eq!(kind(bytes), Some(FaultKind::Invalid), "{}", String::from_utf8_lossy(bytes));
    }
    let deep = [b"[".repeat(100_000), b"\n".to_vec()].concat();
    assert_eq!(kind(&deep), Some(FaultKind::Invalid));
    assert!(say(&coop, b"").is_none());
    for actor in [Actor::System, Actor::Partner(coop.status().key)] {
        let call = Call { actor: Some(actor), request: Request::Status };
        let line = [serde_json::to_vec(&call).expect("JSON"), b"\n".to_vec()].concat();
        assert_eq!(kind(&line), Some(FaultKind::NotAllowed), "{actor}");
    }

    assert!(node.runs());
    assert_eq!(coop.status().digest, digest);
    assert!(!node.log().contains("panicked"), "{}", node.log());
    node.stop();
}
