//! A coop with one member of every role, its node, and somebody at a browser.

use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request as HttpRequest, StatusCode, header};
use jiff::civil::time;
use jitney_domain::availability::{Hours, WeeklyHours};
use jitney_domain::trip::Timing;
use jitney_domain::{
    Actor, Assistance, Capability, Coordinate, Load, MemberId, Minutes, Policy, Role, TripId, VettingItem,
    Zone,
};
use jitney_identity::KdfParams;
use jitney_node::api::{PlaceAsked, Reply, Request, TripAsked};
use jitney_node::clock::Clock;
use jitney_node::config::Config;
use jitney_node::daemon::{Node, Overrides};
use jitney_node::home::{Home, Init};
use jitney_node::map::Map;
use jitney_node::person::{Place, Profile};
use jitney_web::Settings;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tower::ServiceExt as _;

const PASSPHRASE: &str = "correct horse";

/// A coop and its site.
pub struct Stage {
    pub node: Node,
    pub site: Router,
    runtime: tokio::runtime::Runtime,
    dir: tempfile::TempDir,
    pub rider: MemberId,
    pub other: MemberId,
    pub driver: MemberId,
    pub caregiver: MemberId,
    pub dispatcher: MemberId,
    pub operator: MemberId,
}

/// What a browser gets.
pub struct Got {
    pub status: StatusCode,
    pub to: String,
    pub cookie: Option<String>,
    pub text: String,
    pub headers: axum::http::HeaderMap,
}

/// Somebody at a browser.
#[derive(Clone, Default)]
pub struct Browser {
    pub cookie: Option<String>,
    pub language: Option<&'static str>,
    pub headers: Vec<(&'static str, String)>,
}

pub fn place(label: &str, lat: f64, lon: f64) -> Place {
    Place { label: label.to_owned(), at: Coordinate::new(lat, lon).unwrap(), note: String::new() }
}

fn person(name: &str) -> Profile {
    Profile {
        name: name.to_owned(),
        phone: Some("+33 1 55 55 01 01".to_owned()),
        home: Some(place("12 Mill Lane", 48.85, 2.35)),
        ..Profile::default()
    }
}

/// Founds a coop below this folder and starts its node.
fn founded(
    below: &std::path::Path,
    name: &str,
    zone: &str,
    seed: u64,
    extract: Option<&[u8]>,
) -> (Node, Config) {
    let home = Home::at(below.join("coop"));
    let mut rng = StdRng::seed_from_u64(seed);
    let init = Init {
        name: name.to_owned(),
        phone: Some("+33 1 55 55 01 00".to_owned()),
        zone: Zone::named(zone).unwrap(),
        policy: Policy::default(),
        kdf: KdfParams::FAST_FOR_TESTS,
    };
    home.init_with(init, PASSPHRASE, &mut rng, &Clock::System).unwrap();
    let mut config = home.config().unwrap();
    config.store.ballast_mib = 0;
    if let Some(extract) = extract {
        import(below, extract);
    }
    let keys = home.keys(PASSPHRASE).unwrap();
    let (core, _) = home.open_with(&config, keys, rng, &Clock::System).unwrap();
    let listen = vec!["/ip4/127.0.0.1/tcp/0".to_owned()];
    let overrides = Overrides { listen, ..Overrides::default() };
    let node = Node::run_core(home, core, &config, &overrides, Clock::System, None).unwrap();
    (node, config)
}

/// Imports a map for the coop below this folder.
fn import(below: &std::path::Path, extract: &[u8]) {
    let file = below.join("extract.osm.pbf");
    std::fs::write(&file, extract).unwrap();
    Map::of(&Home::at(below.join("coop"))).import(&file, None).unwrap();
}

/// A coop next door with its node and no site.
pub struct Neighbour {
    pub node: Node,
    _dir: tempfile::TempDir,
}

impl Neighbour {
    pub fn ask(&self, request: Request) -> Reply {
        self.node.ask(Actor::Operator, request).unwrap()
    }
}

/// Waits for what two nodes must first tell each other.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(std::time::Instant::now() < patience, "waited in vain for {what}");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

impl Stage {
    /// Founds a federation with a coop next door.
    pub fn with_neighbour(&self) -> Neighbour {
        let dir = tempfile::tempdir().unwrap();
        let (node, _) = founded(dir.path(), "Oak Rides", "Europe/Paris", 6, None);
        let oak = Neighbour { node, _dir: dir };
        self.ask(Request::FoundFederation { name: "Two Valleys".to_owned(), terms: String::new() });
        let Reply::Invitation(link) = self.ask(Request::InviteCoop { valid: Minutes(60) }) else { panic!() };
        oak.ask(Request::JoinFederation { link: link.link });
        let waiting = until("the newcomer's wish", || match self.ask(Request::Roster) {
            Reply::Roster(roster) => roster.waiting.first().map(|w| w.fingerprint.clone()),
            other => panic!("{other:?}"),
        });
        self.ask(Request::AdmitCoop { who: waiting });
        until("the newcomer on the roster", || match oak.ask(Request::Status) {
            Reply::Status(status) => status.federation.filter(|f| f.coops == 2 && f.connected == 1),
            other => panic!("{other:?}"),
        });
        oak
    }

    pub fn new() -> Stage {
        Stage::built(None, "Europe/Paris", None)
    }

    /// A site that people reach under this address.
    pub fn reached_at(public_url: &str) -> Stage {
        Stage::built(Some(public_url), "Europe/Paris", None)
    }

    /// A coop in whose zone it is about noon: a lift in an hour is on the same day.
    pub fn at_noon() -> Stage {
        let hour = Clock::System.now().seconds().div_euclid(3600).rem_euclid(24);
        let ahead = 12 - hour;
        // The signs of these names are the wrong way round (POSIX).
        let zone = if ahead >= 0 { format!("Etc/GMT-{ahead}") } else { format!("Etc/GMT+{}", -ahead) };
        Stage::built(None, &zone, None)
    }

    /// A coop with the roads of this extract.
    pub fn on_map(extract: &[u8]) -> Stage {
        Stage::built(None, "Europe/Paris", Some(extract))
    }

    /// A site that people reach under this address, in a coop of this time zone, with the roads of this extract.
    pub fn built(public_url: Option<&str>, zone: &str, extract: Option<&[u8]>) -> Stage {
        let dir = tempfile::tempdir().unwrap();
        let (node, config) = founded(dir.path(), "Willow Lifts", zone, 5, extract);
        let settings = Settings {
            coop: config.coop.name,
            phone: config.coop.phone,
            public_url: public_url.map(str::to_owned),
            map: Some(Map::of(&Home::at(dir.path().join("coop")))),
        };
        let site = jitney_web::site(node.handle(), &settings)
            .layer(axum::Extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 40_000)))));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let add = |name: &str, role: Role| {
            let asked = Request::AddMember { profile: person(name), roles: [role].into() };
            match node.ask(Actor::Operator, asked).unwrap() {
                Reply::Member(member) => member.member,
                other => panic!("{other:?}"),
            }
        };
        let rider = add("Ada Miller", Role::Rider);
        let other = add("Bertha Old", Role::Rider);
        let driver = add("Ben Tall", Role::Driver);
        let caregiver = add("Cleo Miller", Role::Caregiver);
        let dispatcher = add("Dora Desk", Role::Dispatcher);
        let operator = add("Otto Open", Role::Operator);
        let stage = Stage { node, site, runtime, dir, rider, other, driver, caregiver, dispatcher, operator };
        stage.equip();
        stage
    }

    /// The coop's map, whether one is imported or not.
    pub fn map(&self) -> Map {
        Map::of(&Home::at(self.dir.path().join("coop")))
    }

    /// Imports a map for who looks for an address; the node goes on by the straight line.
    pub fn import_map(&self, extract: &[u8]) {
        import(self.dir.path(), extract);
    }

    /// Makes a member ready to drive at any time.
    pub fn equip_driver(&self, member: MemberId) {
        let until = jiff::civil::date(2099, 1, 1);
        for item in [
            VettingItem::Licence,
            VettingItem::DrivingRecord,
            VettingItem::CriminalRecord,
            VettingItem::Insurance,
            VettingItem::VehicleInspection,
            VettingItem::Training,
        ] {
            self.ask(Request::Vet { member, item, valid_until: until });
        }
        let capability = Capability { places: Load { seats: 3, wheelchairs: 0 }, ..Capability::default() };
        self.ask(Request::AddVehicle {
            owner: member,
            description: "blue Toyota Yaris".to_owned(),
            capability,
        });
        self.ask(Request::SetDriverTerms {
            member,
            radius: None,
            max_trips: None,
            consent: None,
            assistance: Some(Assistance::HandToHand),
            vehicle: None,
        });
        let hours = Hours { from: time(0, 0, 0, 0), to: time(23, 59, 0, 0) };
        let weekly = (1..=7).map(|day| WeeklyHours {
            day: jiff::civil::Weekday::from_monday_one_offset(day).unwrap(),
            hours,
        });
        self.ask(Request::SetWeeklyHours { member, weekly: weekly.collect() });
    }

    /// Takes in another driver, who is ready to drive.
    pub fn another_driver(&self, name: &str) -> MemberId {
        let asked = Request::AddMember { profile: person(name), roles: [Role::Driver].into() };
        let Reply::Member(member) = self.ask(asked) else { panic!("no driver") };
        self.equip_driver(member.member);
        member.member
    }

    /// Makes the driver ready to drive, and the clinic known.
    fn equip(&self) {
        self.equip_driver(self.driver);
        self.ask(Request::AddPlace {
            name: "clinic".to_owned(),
            place: place("County Clinic", 48.87, 2.33),
            replace: false,
        });
    }

    pub fn ask(&self, request: Request) -> Reply {
        self.node.ask(Actor::Operator, request).unwrap()
    }

    /// Draws a card.
    pub fn card(&self, member: MemberId, role: Role) -> jitney_node::view::NewCard {
        match self.ask(Request::IssueCard { member, role }) {
            Reply::NewCard(card) => card,
            other => panic!("{other:?}"),
        }
    }

    /// Signs somebody in, as they would.
    pub fn signed_in(&self, member: MemberId, role: Role) -> Browser {
        let card = self.card(member, role);
        let got = Browser::default().post(self, "/sign-in", &[("code", &card.code)]);
        assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
        let cookie = got.cookie.unwrap();
        Browser { cookie: Some(cookie.split(';').next().unwrap().to_owned()), ..Browser::default() }
    }

    /// Signs a program in.
    pub fn program(&self, member: MemberId, role: Role) -> Program {
        let card = self.card(member, role);
        let got = Program::default().post(self, "/sessions", &serde_json::json!({ "code": card.code }));
        assert_eq!(got.status, StatusCode::CREATED, "{}", got.text);
        Program { token: Some(got.json()["token"].as_str().unwrap().to_owned()), ..Program::default() }
    }

    /// How somebody who has a page open already fares.
    pub fn node_is_well(&self) -> StatusCode {
        Browser::default().get(self, "/sign-in").status
    }

    pub fn office_program(&self) -> Program {
        self.program(self.dispatcher, Role::Dispatcher)
    }

    pub fn rider_program(&self) -> Program {
        self.program(self.rider, Role::Rider)
    }

    pub fn rider_in(&self) -> Browser {
        self.signed_in(self.rider, Role::Rider)
    }

    pub fn office(&self) -> Browser {
        self.signed_in(self.dispatcher, Role::Dispatcher)
    }

    /// Books a lift to the clinic and back as the rider would; returns its confirmation number.
    pub fn book(&self) -> String {
        self.book_for(&soon(), "10:00")
    }

    /// As [`Stage::book`], on this day at this time.
    pub fn book_for(&self, day: &str, time: &str) -> String {
        let at = day.parse::<jiff::civil::Date>().unwrap().to_datetime(time.parse().unwrap());
        let clinic = PlaceAsked::Named("clinic".to_owned());
        let asked = TripAsked {
            home: Some(Timing::WillCall(at.date())),
            ..TripAsked::one_way(self.rider, PlaceAsked::Home, clinic, Timing::Appointment(at))
        };
        self.booked(asked).to_string()
    }

    /// Books a lift to the clinic at this time of the coop.
    pub fn ask_for_lift(&self, at: jiff::civil::DateTime) -> TripId {
        let clinic = PlaceAsked::Named("clinic".to_owned());
        self.booked(TripAsked::one_way(self.rider, PlaceAsked::Home, clinic, Timing::PickUp(at)))
    }

    fn booked(&self, asked: TripAsked) -> TripId {
        match self.ask(Request::BookTrip(asked)) {
            Reply::Booked(booked) => booked.trips[0].trip,
            other => panic!("{other:?}"),
        }
    }

    pub fn send(&self, request: HttpRequest<Body>) -> Got {
        let site = self.site.clone();
        self.runtime.block_on(async move {
            let response = site.oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let text = |name| parts.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
            let bytes = to_bytes(body, 4 * 1024 * 1024).await.unwrap();
            let shown = String::from_utf8_lossy(&bytes).into_owned();
            all_in_one_language(&shown);
            Got {
                status: parts.status,
                to: text(header::LOCATION).unwrap_or_default(),
                cookie: text(header::SET_COOKIE),
                text: shown,
                headers: parts.headers,
            }
        })
    }
}

/// Sees to it that a French page has nothing on it that is marked as English: a sentence that the node says to the
/// command line alone is found wherever a test meets it. What the language calls itself is in that language, and whom the
/// map is from is said as they ask for it.
fn all_in_one_language(page: &str) {
    if page.contains("<html lang=\"fr\">") {
        let names = [
            "<a lang=\"en\" hreflang=\"en\"",
            "<option value=\"en\" lang=\"en\"",
            "<p class=\"hint\" lang=\"en\">©",
        ];
        let rest = names.iter().fold(page.to_owned(), |rest, name| rest.replace(name, ""));
        assert!(!rest.contains("lang=\"en\""), "English on a French page: {page}");
    }
}

/// A program with a token.
#[derive(Clone, Default)]
pub struct Program {
    pub token: Option<String>,
    pub headers: Vec<(&'static str, String)>,
}

impl Program {
    /// Asks the API; what is sent is JSON.
    pub fn call(&self, stage: &Stage, method: &str, path: &str, body: Option<&serde_json::Value>) -> Got {
        let path = format!("/api/v1{path}");
        let mut request = HttpRequest::builder().method(method).uri(path).header(header::HOST, "localhost");
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let body = body.map(|body| {
            request.headers_mut().unwrap().insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
            body.to_string()
        });
        stage.send(request.body(Body::from(body.unwrap_or_default())).unwrap())
    }

    pub fn get(&self, stage: &Stage, path: &str) -> Got {
        self.call(stage, "GET", path, None)
    }

    pub fn post(&self, stage: &Stage, path: &str, body: &serde_json::Value) -> Got {
        self.call(stage, "POST", path, Some(body))
    }

    pub fn patch(&self, stage: &Stage, path: &str, body: &serde_json::Value) -> Got {
        self.call(stage, "PATCH", path, Some(body))
    }

    /// The same under a key.
    pub fn under(&self, key: &str) -> Program {
        let mut program = self.clone();
        program.headers.push(("idempotency-key", key.to_owned()));
        program
    }
}

impl Got {
    /// What came, as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    /// Which problem it is, if it is one.
    pub fn problem(&self) -> Option<String> {
        let kind = self.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        let word = self.json().get("type")?.as_str()?.strip_prefix("urn:jitney:problem:")?.to_owned();
        (kind == "application/problem+json").then_some(word)
    }
}

/// Writes a form as browsers send it.
pub fn form(fields: &[(&str, &str)]) -> String {
    let escaped = |text: &str| -> String {
        text.bytes()
            .map(|b| match b {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(b).to_string(),
                _ => format!("%{b:02X}"),
            })
            .collect()
    };
    fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect::<Vec<_>>().join("&")
}

impl Browser {
    fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let mut request = HttpRequest::builder().method(method).uri(path).header(header::HOST, "localhost");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(language) = self.language {
            request = request.header(header::ACCEPT_LANGUAGE, language);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request
    }

    pub fn get(&self, stage: &Stage, path: &str) -> Got {
        stage.send(self.request("GET", path).body(Body::empty()).unwrap())
    }

    pub fn post(&self, stage: &Stage, path: &str, fields: &[(&str, &str)]) -> Got {
        self.post_text(stage, path, form(fields))
    }

    pub fn post_text(&self, stage: &Stage, path: &str, text: String) -> Got {
        let kind = "application/x-www-form-urlencoded";
        let request = self.request("POST", path).header(header::CONTENT_TYPE, kind);
        stage.send(request.body(Body::from(text)).unwrap())
    }

    pub fn post_json(&self, stage: &Stage, path: &str, value: &serde_json::Value) -> Got {
        let request = self.request("POST", path).header(header::CONTENT_TYPE, "application/json");
        stage.send(request.body(Body::from(value.to_string())).unwrap())
    }
}

/// The day after tomorrow, as a form has it: never too late to book.
pub fn soon() -> String {
    day_in(2)
}

/// The day that comes in so many, as a form has it.
pub fn day_in(days: i32) -> String {
    let today = Clock::System.now().local(&Zone::named("Europe/Paris").unwrap()).date();
    today.checked_add(jiff::Span::new().days(days)).unwrap().to_string()
}
