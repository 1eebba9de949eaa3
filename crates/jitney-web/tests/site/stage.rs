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
    Actor, Assistance, Capability, Coordinate, Load, MemberId, Policy, Role, TripId, VettingItem, Zone,
};
use jitney_identity::KdfParams;
use jitney_node::api::{PlaceAsked, Reply, Request, TripAsked};
use jitney_node::clock::Clock;
use jitney_node::daemon::{Node, Overrides};
use jitney_node::home::{Home, Init};
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
    _dir: tempfile::TempDir,
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

impl Stage {
    pub fn new() -> Stage {
        Stage::built(None, "Europe/Paris")
    }

    /// A site that people reach under this address.
    pub fn reached_at(public_url: &str) -> Stage {
        Stage::built(Some(public_url), "Europe/Paris")
    }

    /// A site that people reach under this address, in a coop of this time zone.
    pub fn built(public_url: Option<&str>, zone: &str) -> Stage {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::at(dir.path().join("coop"));
        let mut rng = StdRng::seed_from_u64(5);
        let init = Init {
            name: "Willow Lifts".to_owned(),
            phone: Some("+33 1 55 55 01 00".to_owned()),
            zone: Zone::named(zone).unwrap(),
            policy: Policy::default(),
            kdf: KdfParams::FAST_FOR_TESTS,
        };
        home.init_with(init, PASSPHRASE, &mut rng, &Clock::System).unwrap();
        let mut config = home.config().unwrap();
        config.store.ballast_mib = 0;
        let keys = home.keys(PASSPHRASE).unwrap();
        let (core, _) = home.open_with(&config, keys, rng, &Clock::System).unwrap();
        let listen = vec!["/ip4/127.0.0.1/tcp/0".to_owned()];
        let overrides = Overrides { listen, ..Overrides::default() };
        let node = Node::run_core(home, core, &config, &overrides, Clock::System, None).unwrap();
        let settings = Settings {
            coop: config.coop.name,
            phone: config.coop.phone,
            public_url: public_url.map(str::to_owned),
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
        let stage =
            Stage { node, site, runtime, _dir: dir, rider, other, driver, caregiver, dispatcher, operator };
        stage.equip();
        stage
    }

    /// Makes the driver ready to drive, and the clinic known.
    fn equip(&self) {
        let until = jiff::civil::date(2099, 1, 1);
        for item in [
            VettingItem::Licence,
            VettingItem::DrivingRecord,
            VettingItem::CriminalRecord,
            VettingItem::Insurance,
            VettingItem::VehicleInspection,
            VettingItem::Training,
        ] {
            self.ask(Request::Vet { member: self.driver, item, valid_until: until });
        }
        let capability = Capability { places: Load { seats: 3, wheelchairs: 0 }, ..Capability::default() };
        self.ask(Request::AddVehicle {
            owner: self.driver,
            description: "blue Toyota Yaris".to_owned(),
            capability,
        });
        self.ask(Request::SetDriverTerms {
            member: self.driver,
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
        self.ask(Request::SetWeeklyHours { member: self.driver, weekly: weekly.collect() });
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
            Got {
                status: parts.status,
                to: text(header::LOCATION).unwrap_or_default(),
                cookie: text(header::SET_COOKIE),
                text: String::from_utf8_lossy(&bytes).into_owned(),
                headers: parts.headers,
            }
        })
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
    let today = Clock::System.now().local(&Zone::named("Europe/Paris").unwrap()).date();
    today.checked_add(jiff::Span::new().days(2)).unwrap().to_string()
}
