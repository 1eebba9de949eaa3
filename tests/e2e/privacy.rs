//! Three coops carry somebody together, and nobody but her driver learns who she is.
//!
//! Every name, address, telephone number and date of birth bears a mark. Whatever crosses the wire, whatever
//! is logged and whatever lies on any disk is searched for the marks, as they are and as encodings would
//! show them.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::{BASE32_NOPAD, BASE64, BASE64URL_NOPAD, HEXLOWER};
use jiff::civil::{date, time};
use jitney_domain::member::Consent;
use jitney_domain::{Actor, MemberId, Outcome, Policy, ReportId, Role, Step, Timestamp, TripId, Zone};
use jitney_identity::KdfParams;
use jitney_net::Tap;
use jitney_node::api::{Answer, Report, Request};
use jitney_node::clock::Clock;
use jitney_node::daemon::{Node, Overrides};
use jitney_node::home::{Home, Init};
use jitney_node::person::{Place, Profile};
use jitney_node::view::Carriage;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::federated::federate;
use crate::machine::{Asks, PASSPHRASE, TCP, reply, seed, until};
use crate::work;

/// What every personal text bears.
const MARK: &str = "ZQXMARKZQX";

/// Fewest letters of an encoded text that do not turn up by chance.
const TELLING: usize = 8;

/// The rider's date of birth, as it is written.
const BORN: &str = "1931-07-23";

/// Where the rider lives, closer than anybody need know.
const HOME: (f64, f64) = (47.385_137, 8.545_291);

/// What must not be found anywhere.
fn marks() -> Vec<String> {
    let (lat, lon) = HOME;
    vec![MARK.to_owned(), BORN.to_owned(), lat.to_string(), lon.to_string()]
}

/// Everything that was seen somewhere, in the order in which it was seen.
#[derive(Debug, Clone, Default)]
struct Seen(Arc<Mutex<Vec<u8>>>);

impl Seen {
    fn add(&self, bytes: &[u8]) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.extend_from_slice(bytes);
        seen.push(b'\n');
    }

    fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl io::Write for Seen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns how a text shows when it stands somewhere inside an encoded one: base64 and base32 depend on
/// where it begins, so its middle is sought for every beginning.
fn disguises(text: &str) -> BTreeSet<Vec<u8>> {
    let bytes = text.as_bytes();
    let mut found = BTreeSet::from([
        bytes.to_vec(),
        text.to_lowercase().into_bytes(),
        HEXLOWER.encode(bytes).into_bytes(),
        HEXLOWER.encode(bytes).to_uppercase().into_bytes(),
        bytes.iter().flat_map(|byte| format!("{byte},").into_bytes()).collect(),
    ]);
    let utf16 = text.encode_utf16();
    found.insert(utf16.flat_map(u16::to_le_bytes).collect());
    for (encoding, group, letters) in [(&BASE64, 3, 4), (&BASE64URL_NOPAD, 3, 4), (&BASE32_NOPAD, 5, 8)] {
        for skipped in 0..group {
            let whole = (bytes.len() - skipped) / group * group;
            let middle = encoding.encode(&bytes[skipped..skipped + whole]);
            assert_eq!(middle.len(), whole / group * letters);
            // Of a short text little is left; it would be found by chance.
            if middle.len() >= TELLING {
                found.insert(middle.into_bytes());
            }
        }
    }
    found
}

/// Returns which marks show in some bytes.
fn found_in(bytes: &[u8], marks: &[String]) -> Vec<String> {
    let shows = |mark: &&String| {
        let disguises = disguises(mark);
        disguises.iter().any(|disguise| bytes.windows(disguise.len()).any(|window| window == disguise))
    };
    marks.iter().filter(shows).cloned().collect()
}

/// Returns every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found
}

/// A coop's node in this process, watched.
struct Site {
    dir: PathBuf,
    node: Node,
    wire: Seen,
}

impl Site {
    fn open(dir: PathBuf, name: &str, rng: &mut StdRng) -> Site {
        let home = Home::at(&dir);
        let init = Init {
            name: name.to_owned(),
            phone: Some("+41 44 555 00 00".to_owned()),
            zone: Zone::named("Europe/Zurich").expect("a time zone"),
            // The lift is reported on the day before it.
            policy: Policy { report_early: jitney_domain::Minutes(4320), ..Policy::default() },
            kdf: KdfParams::FAST_FOR_TESTS,
        };
        home.init_with(init, PASSPHRASE, rng, &Clock::System).expect("a coop is founded");
        let mut config = home.config().expect("settings");
        config.store.ballast_mib = 0;
        let keys = home.keys(PASSPHRASE).expect("keys");
        let (core, _) = home.open_with(&config, keys, StdRng::from_rng(rng), &Clock::System).expect("a core");
        let overrides = Overrides { listen: vec![TCP.to_owned()], ..Overrides::default() };
        let wire = Seen::default();
        let seen = wire.clone();
        let tap: Tap = Arc::new(move |_, bytes| seen.add(bytes));
        let node = Node::run_core(home, core, &config, &overrides, Clock::System, Some(tap)).expect("a node");
        Site { dir, node, wire }
    }
}

impl Asks for Site {
    fn ask(&self, request: Request) -> Answer {
        self.node.ask(Actor::Operator, request)
    }
}

/// Lets everything be logged that any part of ours would ever log, into memory.
fn listen_to_logs() -> Seen {
    let log = Seen::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter("jitney=trace,info")
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).expect("nobody else listens");
    log
}

fn marked(what: &str) -> String {
    format!("{what} {MARK}")
}

fn rider() -> Profile {
    let home =
        Place { label: marked("3 High St"), at: work::point(HOME.0, HOME.1), note: marked("ring twice") };
    Profile {
        phone: Some(marked("555-0109")),
        born: Some(date(1931, 7, 23)),
        emergency: Some(marked("her son")),
        note: marked("hard of hearing"),
        requirement: Some(work::wheelchair()),
        ..work::person(&format!("{MARK} Lind"), home)
    }
}

fn volunteer() -> Profile {
    let home = work::place(&marked("1 Elm Sq"), work::point(47.390, 8.560));
    Profile {
        phone: Some(marked("555-0301")),
        vehicle: Some(marked("green van")),
        ..work::person(&format!("{MARK} Roth"), home)
    }
}

/// Books at one coop, lets the other's driver drive, and returns the trip when both have its outcome.
fn carry_together(willow: &Site, elm: &Site, rng: &mut StdRng) -> TripId {
    let hanna = work::driver(elm, volunteer(), work::van(), Consent::Standing);
    let cora = willow.admit(rider(), Role::Rider);
    let trip = book(willow, cora);
    until("the neighbour to have it in its calendar", || {
        let trip = reply!(willow.ask(Request::ShowTrip(trip)), Trip);
        matches!(trip.carriage, Carriage::Confirmed { card: Some(_), .. }).then_some(())
    });
    let manifest = Request::Manifest { driver: hanna, day: Some(work::day(0)) };
    let stop = until("the details to arrive", || {
        let manifest = reply!(elm.ask(manifest.clone()), Manifest);
        manifest.stops.into_iter().find(|stop| stop.details.is_some())
    });
    let details = stop.details.expect("details");
    assert_eq!(details.name, format!("{MARK} Lind"), "the driver knows whom to fetch");
    assert_eq!(details.places.from.at, work::point(HOME.0, HOME.1), "and at which door");

    for step in [Step::EnRoute, Step::PickUp, Step::DropOff] {
        let at = Timestamp(jiff::Timestamp::now().as_millisecond());
        let report = Report { report: ReportId::fresh(rng), lift: stop.lift, step, at };
        elm.done(Request::Report { report });
    }
    until("both to agree how it ended", || {
        let trip = reply!(willow.ask(Request::ShowTrip(trip)), Trip);
        let completed = matches!(trip.carriage, Carriage::Over { outcome: Outcome::Completed, .. });
        let settled =
            [willow, elm].iter().all(|coop| coop.status().federation.is_some_and(|f| f.outbox == 0));
        (completed && settled).then_some(())
    });
    trip
}

fn book(willow: &Site, rider: MemberId) -> TripId {
    let clinic = work::place(&marked("Clinic"), work::point(47.400, 8.550));
    let mut asked = work::trip(rider, clinic, work::day(0), time(13, 30, 0, 0));
    asked.note = marked("she has a small dog");
    reply!(willow.ask(Request::BookTrip(asked)), Booked).trips[0].trip
}

#[test]
fn nobody_but_the_driver_learns_who_is_carried() {
    let mut rng = StdRng::seed_from_u64(seed("privacy"));
    let log = listen_to_logs();
    let dir = tempfile::tempdir().expect("a directory");
    let mut open = |name: &str| Site::open(dir.path().join(name), name, &mut rng);
    let (willow, oak, elm) = (open("Willow Lifts"), open("Oak Rides"), open("Elm Drivers"));
    federate(&[&willow, &oak, &elm]);
    carry_together(&willow, &elm, &mut rng);

    let sites = [&willow, &oak, &elm];
    for site in sites {
        let name = site.dir.display();
        let wire = site.wire.bytes();
        assert_eq!(found_in(&wire, &marks()), Vec::<String>::new(), "on the wire of {name}");
        assert_eq!(found_in(&wire, &["Willow Lifts".to_owned()]).len(), 1, "the search finds what is there");
    }
    // What Elm sealed and unsealed did cross: the wires were not silent about it.
    for word in ["details", "sealed", "confirm", "award"] {
        assert_eq!(found_in(&elm.wire.bytes(), &[word.to_owned()]).len(), 1, "{word} was on the wire");
    }
    let dirs: Vec<PathBuf> = sites.iter().map(|site| site.dir.clone()).collect();
    for site in [willow, oak, elm] {
        site.node.stop().expect("it stops in good order");
    }
    let mut searched = 0;
    for path in dirs.iter().flat_map(|dir| files(dir)) {
        let bytes = fs::read(&path).expect("a file can be read");
        assert_eq!(found_in(&bytes, &marks()), Vec::<String>::new(), "in {}", path.display());
        searched += bytes.len();
    }
    println!("{searched} bytes on disk, {} of log searched", log.bytes().len());
    assert_eq!(found_in(&log.bytes(), &marks()), Vec::<String>::new(), "in the log");
    assert!(!log.bytes().is_empty() && searched > 0);
}

#[test]
fn a_mark_is_found_however_it_is_encoded() {
    let text = format!("Frau {MARK} von nebenan");
    for before in ["", "a", "ab", "abc", "abcd"] {
        let whole = format!("{before}{text}").into_bytes();
        let json = serde_json::to_vec(&whole).expect("JSON");
        for shown in [
            whole.clone(),
            BASE64.encode(&whole).into_bytes(),
            BASE64URL_NOPAD.encode(&whole).into_bytes(),
            BASE32_NOPAD.encode(&whole).into_bytes(),
            HEXLOWER.encode(&whole).into_bytes(),
            json,
        ] {
            assert_eq!(found_in(&shown, &[MARK.to_owned()]).len(), 1, "{}", String::from_utf8_lossy(&shown));
        }
    }
    assert!(found_in(b"Frau Nachbarin von nebenan", &marks()).is_empty());
}
