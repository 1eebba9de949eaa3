//! A large coop, its node, and somebody at the office's browser.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request as HttpRequest, StatusCode, header};
use jiff::ToSpan as _;
use jiff::civil::{Date, time};
use jitney_domain::availability::{Hours, WeeklyHours};
use jitney_domain::trip::Timing;
use jitney_domain::{
    Actor, Assistance, Capability, Coordinate, Load, MemberId, Policy, Role, VettingItem, Zone,
};
use jitney_identity::KdfParams;
use jitney_node::api::{PlaceAsked, Reply, Request, TripAsked};
use jitney_node::clock::Clock;
use jitney_node::core::{Core, Input, Output};
use jitney_node::daemon::{Node, Overrides};
use jitney_node::home::{Home, Init};
use jitney_node::person::{Place, Profile};
use jitney_node::settings::{Face, Keys, Settings};
use jitney_node::vault::MemoryKeys;
use jitney_store::{Options, SledStore};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tower::ServiceExt as _;

use crate::{Outcome, Size};

const FIRST: &[&str] = &[
    "Ada",
    "Béatrice",
    "Carl",
    "Dolores",
    "Émile",
    "Frieda",
    "Georg",
    "Hedwig",
    "Ines",
    "Jürgen",
    "Karla",
    "Ludwig",
    "María",
    "Nils",
    "Odile",
    "Peter",
    "Quentin",
    "Rosa",
    "Søren",
    "Teresa",
    "Ursula",
    "Viktor",
    "Wanda",
    "Xaver",
    "Yvonne",
    "Zofia",
];
const HEADS: &[&str] = &[
    "Acker", "Berg", "Clar", "Dorn", "Eber", "Felden", "Grün", "Hart", "Iser", "Jung", "Kessel", "Linden",
    "Müll", "Nord", "Ober", "Pfeif", "Quell", "Rosen", "Sommer", "Teich", "Unter", "Vogel", "Wald", "Zander",
];
const TAILS: &[&str] =
    &["mann", "bauer", "er", "hofer", "stein", "thal", "ner", "wirth", "son", "eau", "aud"];

/// The node and what is asked of it.
pub(crate) struct Coop {
    node: Node,
    site: Router,
    runtime: tokio::runtime::Runtime,
    cookie: String,
    pub(crate) day: Date,
    pub(crate) profiles: Vec<(MemberId, Profile)>,
    _dir: tempfile::TempDir,
}

/// An answer and what it took.
pub(crate) struct Got {
    pub(crate) took: Duration,
    pub(crate) body: Vec<u8>,
    pub(crate) encoding: Option<String>,
}

fn settings() -> Settings {
    let keys = Keys {
        coop: jitney_identity::SecretKey::from_seed([1; 32]),
        node: jitney_identity::SecretKey::from_seed([2; 32]),
        vault: jitney_identity::DataKey::from_bytes([3; 32]),
    };
    Settings {
        face: Face { name: "Linden Lifts".to_owned(), phone: None },
        keys,
        travel: Default::default(),
        crowd: jitney_geo::Crowd::default(),
        messages: jitney_node::notify::Rules::default(),
        addresses: Vec::new(),
    }
}

/// Returns one of some thousand doors within ten kilometres; with an offset, of as many others.
fn door(number: usize, offset: f64) -> Outcome<Place> {
    let (north, east) = ((number % 61) as f64, (number % 67) as f64);
    let at = Coordinate::new(48.15 + north * 0.002 + offset, 15.55 + east * 0.002)?;
    Ok(Place { label: format!("Lindengasse {number}, 3100 St. Pölten"), at, note: String::new() })
}

fn pick<'a>(words: &[&'a str], number: usize) -> &'a str {
    words.get(number % words.len()).copied().unwrap_or_default()
}

pub(crate) fn profile(number: usize) -> Outcome<Profile> {
    let spread = number.wrapping_mul(7919);
    let (head, tail) = (pick(HEADS, spread), pick(TAILS, spread / HEADS.len()));
    Ok(Profile {
        name: format!("{} {head}{tail}", pick(FIRST, spread / 11)),
        phone: Some(format!("+43 664 {:07}", spread % 10_000_000)),
        home: Some(door(number, 0.0)?),
        ..Profile::default()
    })
}

impl Coop {
    /// Fills a node and opens its site.
    pub(crate) fn open(size: &Size) -> Outcome<Coop> {
        let dir = tempfile::tempdir_in(std::env::var_os("JITNEY_BENCH_DIR").unwrap_or(".".into()))?;
        let home = Home::at(dir.path().join("coop"));
        let mut rng = StdRng::seed_from_u64(5);
        let zone = Zone::named("Europe/Vienna")?;
        let init = Init {
            name: "Linden Lifts".to_owned(),
            phone: None,
            zone: zone.clone(),
            policy: Policy::default(),
            kdf: KdfParams::FAST_FOR_TESTS,
        };
        home.init_with(init, "nothing secret", &mut rng, &Clock::System)?;
        let config = home.config()?;
        let now = Clock::System.now();
        let day = now.local(&zone).date().checked_add(2.days())?;
        let options = Options { ballast_bytes: 0, ..Options::default() };
        let store = SledStore::open(&dir.path().join("data"), &options)?.0;
        let mut core = Core::open(store, Box::new(MemoryKeys::default()), settings(), rng, now)?;
        core.found(zone, Policy::default(), now)?;
        let mut filling = Filling { core, day };
        let began = Instant::now();
        let profiles = filling.members(size)?;
        filling.trips(size, &profiles)?;
        println!(
            "{} members and {} trips after {:.0} s",
            size.members,
            size.trips,
            began.elapsed().as_secs_f64()
        );
        let office = filling
            .member(Profile { name: "Dora Desk".to_owned(), ..Profile::default() }, Role::Dispatcher)?;
        let core = filling.core;
        let listen = vec!["/ip4/127.0.0.1/tcp/0".to_owned()];
        let overrides = Overrides { listen, ..Overrides::default() };
        let node = Node::run_core(home, core, &config, &overrides, Clock::System, None)?;
        let site = jitney_web::site(node.handle(), &jitney_web::Settings::default())
            .layer(axum::Extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 40_000)))));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut coop = Coop { node, site, runtime, cookie: String::new(), day, profiles, _dir: dir };
        coop.sign_in(office)?;
        Ok(coop)
    }

    fn sign_in(&mut self, office: MemberId) -> Outcome<()> {
        let asked = Request::IssueCard { member: office, role: Role::Dispatcher };
        let Reply::NewCard(card) = self.ask(asked)? else { return Err("no card".into()) };
        let request = HttpRequest::post("/sign-in")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("code={}", card.code)))?;
        let site = self.site.clone();
        let response = self.runtime.block_on(site.oneshot(request))?;
        let cookie = response.headers().get(header::SET_COOKIE).ok_or("not signed in")?.to_str()?;
        self.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(())
    }

    /// Asks the node itself.
    pub(crate) fn ask(&self, request: Request) -> Outcome<Reply> {
        Ok(self.node.ask(Actor::Operator, request)?)
    }

    /// Gets a page as the office's browser does.
    pub(crate) fn get(&self, path: &str, accepts: &'static str) -> Outcome<Got> {
        let request = HttpRequest::get(path)
            .header(header::COOKIE, &self.cookie)
            .header(header::ACCEPT_ENCODING, accepts)
            .body(Body::empty())?;
        let site = self.site.clone();
        let began = Instant::now();
        let (parts, body) = self.runtime.block_on(async move {
            let (parts, body) = site.oneshot(request).await.map_err(|never| never.to_string())?.into_parts();
            Ok::<_, String>((parts, to_bytes(body, usize::MAX).await.map_err(|e| e.to_string())?))
        })?;
        let took = began.elapsed();
        if parts.status != StatusCode::OK {
            return Err(format!("{path}: {}", parts.status).into());
        }
        let encoding = parts.headers.get(header::CONTENT_ENCODING).and_then(|text| text.to_str().ok());
        Ok(Got { took, body: body.to_vec(), encoding: encoding.map(str::to_owned) })
    }
}

/// A node that is being filled.
struct Filling {
    core: Core<SledStore>,
    day: Date,
}

impl Filling {
    fn step(&mut self, requests: Vec<Request>) -> Outcome<Vec<Reply>> {
        let ask = |request| Input::Ask { id: 1, actor: Actor::Operator, request };
        let inputs = requests.into_iter().map(ask).collect();
        let mut replies = Vec::new();
        for output in self.core.step(inputs, Clock::System.now())? {
            if let Output::Answer { answer, .. } = output {
                replies.push(answer?);
            }
        }
        Ok(replies)
    }

    fn member(&mut self, profile: Profile, role: Role) -> Outcome<MemberId> {
        let asked = Request::AddMember { profile, roles: [role].into() };
        match self.step(vec![asked])?.pop() {
            Some(Reply::Member(member)) => Ok(member.member),
            _ => Err("no member".into()),
        }
    }

    fn members(&mut self, size: &Size) -> Outcome<Vec<(MemberId, Profile)>> {
        let mut all = Vec::new();
        for from in (0..size.members).step_by(500) {
            let some = (from..size.members.min(from + 500)).map(profile).collect::<Outcome<Vec<_>>>()?;
            let add = |profile: Profile| Request::AddMember { profile, roles: [Role::Rider].into() };
            for reply in self.step(some.into_iter().map(add).collect())? {
                if let Reply::Member(member) = reply {
                    all.extend(member.profile.map(|profile| (member.member, profile)));
                }
            }
        }
        Ok(all)
    }

    /// Books the trips and gives each to a driver, until one has no more room for it.
    fn trips(&mut self, size: &Size, riders: &[(MemberId, Profile)]) -> Outcome<()> {
        let mut drivers = Vec::new();
        for number in 0..size.runs {
            drivers.push(self.driver(number)?);
        }
        let (mut given, mut left) = (0, 0);
        for (number, (rider, _)) in riders.iter().take(size.trips).enumerate() {
            // Every driver has a trip every fifty minutes; some are left to nobody, as on a real day.
            let (nth, round) = (number % size.runs, number / size.runs);
            let minutes = 6 * 60 + round * 50;
            let at = time(i8::try_from(minutes / 60)?, i8::try_from(minutes % 60)?, 0, 0);
            let to = PlaceAsked::At(door(number.wrapping_mul(31), 0.001)?);
            let timing = Timing::PickUp(self.day.to_datetime(at));
            let booked =
                self.step(vec![Request::BookTrip(TripAsked::one_way(*rider, PlaceAsked::Home, to, timing))])?;
            let Some(Reply::Booked(booked)) = booked.into_iter().next() else { continue };
            let Some(trip) = booked.trips.first().map(|trip| trip.trip) else { continue };
            let driver = drivers.get(nth).copied();
            match self.step(vec![Request::AssignTrip { trip, driver, agreed: true }]) {
                Ok(_) => given += 1,
                Err(_) => left += 1,
            }
        }
        println!("{given} trips with drivers, {left} with nobody");
        Ok(())
    }

    fn driver(&mut self, number: usize) -> Outcome<MemberId> {
        let profile = Profile {
            name: format!("Driver {number}"),
            home: Some(door(number * 13, 0.0)?),
            ..Profile::default()
        };
        let member = self.member(profile, Role::Driver)?;
        let until = jiff::civil::date(2099, 1, 1);
        let items = [
            VettingItem::Licence,
            VettingItem::DrivingRecord,
            VettingItem::CriminalRecord,
            VettingItem::Insurance,
            VettingItem::VehicleInspection,
            VettingItem::Training,
        ];
        let vet = |item| Request::Vet { member, item, valid_until: until };
        let mut asked: Vec<Request> = items.into_iter().map(vet).collect();
        let capability = Capability { places: Load { seats: 3, wheelchairs: 0 }, ..Capability::default() };
        asked.push(Request::AddVehicle { owner: member, description: "blue car".to_owned(), capability });
        asked.push(Request::SetDriverTerms {
            member,
            radius: None,
            max_trips: None,
            consent: None,
            assistance: Some(Assistance::HandToHand),
            vehicle: None,
        });
        let hours = Hours { from: time(5, 0, 0, 0), to: time(23, 30, 0, 0) };
        let weekly = jiff::civil::Weekday::Monday.cycle_forward().take(7);
        let weekly = weekly.map(|day| WeeklyHours { day, hours }).collect();
        asked.push(Request::SetWeeklyHours { member, weekly });
        self.step(asked)?;
        Ok(member)
    }
}
