//! Power cuts at random moments: what was acknowledged is there, what was not is there whole or not at all.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;
use std::thread;
use std::time::Duration;

use jiff::civil::time;
use jitney_domain::booking::Progress;
use jitney_domain::member::Consent;
use jitney_domain::trip::Timing;
use jitney_domain::{LiftNumber, MemberId, Outcome, ReportId, Role, Step, Timestamp, TripId};
use jitney_node::api::{Call, Reply, Report, Request, TripFilter};
use jitney_node::control;
use jitney_node::view::{self, Carriage};
use jitney_store::{Options, SledStore, Store as _};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::machine::{Asks, Machine, TCP, reply, seed};
use crate::work;

/// How often the power is cut unless `JITNEY_KILLS` says otherwise.
const KILLS: u32 = 50;

/// How often the power of one coop is cut at most: all it has done is compared after each, and grows.
const KILLS_A_COOP: u32 = 100;

/// How long the coop works before the power is cut, in milliseconds.
const WORK_MS: RangeInclusive<u64> = 1..=500;

/// How long the node is given when the power fails again while it starts, in milliseconds.
const START_MS: RangeInclusive<u64> = 1..=250;

/// How often a trip is booked that comes back.
const DAYS_OF_RULE: usize = 3;

/// Where the riders live.
const HOME: &str = "12 Mill Lane";

/// How many dispatchers work at the same time.
const DISPATCHERS: u8 = 2;

/// How far a trip has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Booked,
    Confirmed,
    OnBoard,
    Completed,
    Cancelled,
}

/// What a dispatcher knows of a trip.
#[derive(Debug)]
struct Known {
    label: String,
    /// How far it has come for sure.
    sure: Stage,
    /// What was asked for last and not acknowledged.
    maybe: Option<Stage>,
}

/// A dispatcher who writes down what was acknowledged, and works until nobody answers.
struct Dispatcher {
    number: u8,
    rider: MemberId,
    driver: MemberId,
    rng: StdRng,
    trips: BTreeMap<TripId, Known>,
    members: Vec<MemberId>,
    /// Bookings and admissions asked for that nobody acknowledged.
    unanswered: usize,
    asked: i32,
}

/// The node does not answer any more.
struct Gone;

impl Dispatcher {
    fn ask(&mut self, home: &Path, request: Request) -> Result<Reply, Gone> {
        let call = Call { actor: None, request };
        match control::call(home, &call) {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(fault)) if fault.message.contains("the node is ending") => Err(Gone),
            Ok(Err(fault)) => panic!("{:?}: {fault}", call.request),
            Err(_) => Err(Gone),
        }
    }

    fn work(&mut self, home: &Path) {
        while self.one_thing(home).is_ok() {}
    }

    fn one_thing(&mut self, home: &Path) -> Result<(), Gone> {
        match self.rng.random_range(0..10) {
            0..4 => self.book(home),
            4 => self.admit(home),
            5..8 => self.advance(home),
            8 => self.cancel(home),
            _ => self.ask(home, Request::Board { day: None }).map(drop),
        }
    }

    /// Books what callers ask for: there, there and back, back when they call, in a wheelchair, every day.
    fn book(&mut self, home: &Path) -> Result<(), Gone> {
        let days = if self.rng.random_ratio(1, 6) { DAYS_OF_RULE } else { 1 };
        // Days of its own for every booking, so that no two stand in each other's way.
        let day = work::day(self.asked + 1);
        self.asked += i32::try_from(days).expect("few days");
        let label = format!("Stop {}-{}", self.number, self.asked);
        let to = work::place(&label, work::point(47.40, 8.55));
        let hour = self.hour();
        let mut asked = work::trip(self.rider, to, day, time(hour, 0, 0, 0));
        asked.rule = (days > 1).then(|| format!("FREQ=DAILY;COUNT={days}"));
        asked.requirement = self.rng.random_ratio(1, 4).then(work::wheelchair);
        asked.home = match self.rng.random_range(0..4) {
            0 => Some(Timing::WillCall(day)),
            1 => Some(Timing::PickUp(day.at(hour + 3, 0, 0, 0))),
            _ => None,
        };
        let ways = 1 + usize::from(asked.home.is_some());
        self.unanswered += ways * days;
        let Reply::Booked(booked) = self.ask(home, Request::BookTrip(asked))? else { panic!("no trip") };
        self.unanswered -= ways * days;
        assert_eq!(booked.trips.len(), ways * days, "every way of every day is booked");
        for (at, trip) in booked.trips.iter().enumerate() {
            let label = if at % ways == 0 { label.clone() } else { HOME.to_owned() };
            self.trips.insert(trip.trip, Known { label, sure: Stage::Booked, maybe: None });
        }
        Ok(())
    }

    fn admit(&mut self, home: &Path) -> Result<(), Gone> {
        let profile = work::person("Guest Rider", work::place("9 Elm St", work::point(47.39, 8.54)));
        self.unanswered += 1;
        let request = Request::AddMember { profile, roles: [Role::Rider].into() };
        let Reply::Member(member) = self.ask(home, request)? else { panic!("no member") };
        self.unanswered -= 1;
        self.members.push(member.member);
        Ok(())
    }

    /// The hour at which the rider's days begin.
    fn hour(&self) -> i8 {
        8 + 5 * i8::try_from(self.number).expect("few dispatchers")
    }

    /// Picks a trip that is not over.
    fn pick(&mut self) -> Option<(TripId, Stage)> {
        let over = |stage| matches!(stage, Stage::Completed | Stage::Cancelled);
        let live: Vec<_> = self.trips.iter().filter(|(_, known)| !over(known.sure)).collect();
        if live.is_empty() {
            return None;
        }
        let (trip, known) = live[self.rng.random_range(0..live.len())];
        Some((*trip, known.sure))
    }

    fn advance(&mut self, home: &Path) -> Result<(), Gone> {
        let Some((trip, stage)) = self.pick() else { return Ok(()) };
        match stage {
            Stage::Booked => {
                // Whoever said they would call does so first.
                let Reply::Trip(shown) = self.ask(home, Request::ShowTrip(trip))? else { panic!("no trip") };
                if shown.carriage == Carriage::WillCall {
                    let at = Some(time(self.hour() + 3, 0, 0, 0));
                    return self.ask(home, Request::ReadyTrip { trip, at }).map(drop);
                }
                // The way out of a later day may be under way already, and no driver can be in both days.
                if self.known(trip).label == HOME {
                    return Ok(());
                }
                let request = Request::AssignTrip { trip, driver: Some(self.driver), agreed: true };
                self.to(home, trip, Stage::Confirmed, request)
            }
            Stage::Confirmed => self.report(home, trip, Step::PickUp, Stage::OnBoard),
            _ => self.report(home, trip, Step::DropOff, Stage::Completed),
        }
    }

    fn report(&mut self, home: &Path, trip: TripId, step: Step, then: Stage) -> Result<(), Gone> {
        let lift = self.lift(home, trip)?;
        let at = Timestamp(jiff::Timestamp::now().as_millisecond());
        let report = Report { report: ReportId::fresh(&mut self.rng), lift, step, at };
        self.to(home, trip, then, Request::Report { report: report.clone() })?;
        // Saying it twice changes nothing.
        self.ask(home, Request::Report { report }).map(drop)
    }

    fn lift(&mut self, home: &Path, trip: TripId) -> Result<LiftNumber, Gone> {
        let Reply::Trip(shown) = self.ask(home, Request::ShowTrip(trip))? else { panic!("no trip") };
        let Reply::Board(board) = self.ask(home, Request::Board { day: Some(shown.date) })? else {
            panic!("no board");
        };
        let mut stops = board.runs.iter().flat_map(|run| &run.stops);
        Ok(stops.find(|stop| stop.trip == Some(trip)).expect("a confirmed trip is on a run").lift)
    }

    fn cancel(&mut self, home: &Path) -> Result<(), Gone> {
        match self.pick() {
            Some((trip, Stage::Booked | Stage::Confirmed)) => {
                self.to(home, trip, Stage::Cancelled, Request::CancelTrip { trip, with_return: false })
            }
            _ => Ok(()),
        }
    }

    /// Asks for something that brings a trip to a stage, and writes down what came of it.
    fn to(&mut self, home: &Path, trip: TripId, stage: Stage, request: Request) -> Result<(), Gone> {
        self.known(trip).maybe = Some(stage);
        self.ask(home, request)?;
        let known = self.known(trip);
        (known.sure, known.maybe) = (stage, None);
        Ok(())
    }

    fn known(&mut self, trip: TripId) -> &mut Known {
        self.trips.get_mut(&trip).expect("a trip of this dispatcher")
    }

    /// Compares what was written down with what the node says, and goes on from there.
    fn compare(&mut self, coop: &Machine, found: &BTreeMap<TripId, view::Trip>) {
        for (trip, known) in &mut self.trips {
            let there = found.get(trip).unwrap_or_else(|| panic!("trip {trip} was acknowledged and is lost"));
            let stage = stage(there);
            let allowed = stage == known.sure || Some(stage) == known.maybe;
            assert!(allowed, "trip {trip} is {stage:?}; written down is {known:?}");
            let places =
                there.places.as_ref().unwrap_or_else(|| panic!("the places of trip {trip} are lost"));
            assert_eq!((&places.to.label, there.rider), (&known.label, self.rider));
            assert!(there.rider_name.is_some(), "the name of the rider of trip {trip} is lost");
            (known.sure, known.maybe) = (stage, None);
        }
        for member in &self.members {
            let shown = reply!(coop.ask(Request::ShowMember(*member)), Member);
            assert_eq!(shown.profile.map(|profile| profile.name).as_deref(), Some("Guest Rider"));
        }
    }
}

fn stage(trip: &view::Trip) -> Stage {
    match &trip.carriage {
        Carriage::Confirmed { progress: Progress::OnBoard, .. } => Stage::OnBoard,
        Carriage::Confirmed { .. } => Stage::Confirmed,
        Carriage::Over { outcome: Outcome::Completed, .. } => Stage::Completed,
        Carriage::Over { outcome: Outcome::Cancelled, .. } => Stage::Cancelled,
        Carriage::Unassigned | Carriage::WillCall | Carriage::Offered { .. } => Stage::Booked,
        other => panic!("trip {} is {other:?}", trip.trip),
    }
}

/// Reads every row and the whole journal, with no node in between, and returns the digest of it.
pub fn audit(home: &Path) -> (u64, String) {
    let options = Options { ballast_bytes: 0, free_floor_bytes: 0, ..Options::default() };
    let (store, _) = SledStore::open(&home.join("store"), &options).expect("the store opens");
    let head = store.verify().expect("rows, journal and witness agree").head;
    Box::new(store).close().expect("it closes");
    (head.seq, head.digest.to_string())
}

fn staffed(coop: &Machine, rng: &mut StdRng) -> Vec<Dispatcher> {
    let dispatcher = |number| Dispatcher {
        number,
        rider: coop
            .admit(work::person("Ada Miller", work::place(HOME, work::point(47.38, 8.54))), Role::Rider),
        driver: work::driver(
            coop,
            work::person("Ben Carter", work::place("7 Oak Rd", work::point(47.38, 8.53))),
            work::van(),
            Consent::Ask,
        ),
        rng: StdRng::from_rng(rng),
        trips: BTreeMap::new(),
        members: Vec::new(),
        unanswered: 0,
        asked: 0,
    };
    (0..DISPATCHERS).map(dispatcher).collect()
}

#[test]
fn no_power_cut_loses_what_was_acknowledged() {
    let mut rng = StdRng::seed_from_u64(seed("crash"));
    let mut left: u32 =
        std::env::var("JITNEY_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    while left > 0 {
        let kills = left.min(KILLS_A_COOP);
        cut_the_power(kills, &mut rng);
        left -= kills;
    }
}

/// Lets one coop work through so many power cuts.
fn cut_the_power(kills: u32, rng: &mut StdRng) {
    let dir = tempfile::tempdir().expect("a directory");
    let coop = Machine::founded(dir.path(), "Willow Lifts");
    let mut node = coop.up(&[TCP]);
    // Lifts of weeks to come are driven here within seconds.
    coop.ok(&["coop", "set-policy", "report-early", "5000000"]);
    coop.ok(&["coop", "set-policy", "subscription-days", "36500"]);
    let mut dispatchers = staffed(&coop, rng);

    let staff =
        reply!(coop.ask(Request::ListMembers { role: None, find: None, after: None, limit: None }), Members)
            .len();

    let mut days_begun = 0;
    for _ in 0..kills {
        let cut_after = Duration::from_millis(rng.random_range(WORK_MS));
        thread::scope(|scope| {
            for dispatcher in &mut dispatchers {
                scope.spawn(|| dispatcher.work(coop.home()));
            }
            thread::sleep(cut_after);
            node.kill();
        });
        if rng.random_ratio(1, 3) {
            coop.false_start(Duration::from_millis(rng.random_range(START_MS)));
        }
        let (sequence, digest) = audit(coop.home());
        node = coop.up(&[TCP]);
        let opened = coop.status();
        if opened.sequence == sequence {
            assert_eq!(opened.digest, digest, "opening changes nothing");
        } else {
            // A day has begun since: what comes back is booked further ahead.
            days_begun += 1;
            assert!(opened.sequence > sequence && days_begun <= 2, "a node works only when there is work");
        }
        let all = TripFilter { all: true, ..TripFilter::default() };
        let trips = reply!(coop.ask(Request::ListTrips(all)), Trips);
        let found: BTreeMap<_, _> = trips.into_iter().map(|trip| (trip.trip, trip)).collect();
        for dispatcher in &mut dispatchers {
            dispatcher.compare(&coop, &found);
        }
        let sum = |count: fn(&Dispatcher) -> usize| dispatchers.iter().map(count).sum::<usize>();
        let members = reply!(
            coop.ask(Request::ListMembers { role: None, find: None, after: None, limit: None }),
            Members
        )
        .len();
        let whole = sum(|d| d.trips.len()) + sum(|d| d.members.len()) + staff;
        let there = found.len() + members;
        assert!(there <= whole + sum(|d| d.unanswered), "something was done twice");
    }

    let digest = coop.status().digest;
    node.stop();
    assert_eq!(audit(coop.home()).1, digest);
    let node = coop.up(&[TCP]);
    assert_eq!(coop.status().digest, digest, "reopened twice, the same");
    node.stop();
    let mut ended = BTreeMap::<String, usize>::new();
    for known in dispatchers.iter().flat_map(|d| d.trips.values()) {
        *ended.entry(format!("{:?}", known.sure)).or_default() += 1;
    }
    println!("{kills} power cuts; trips by how far they came: {ended:?}");
    assert!(ended.contains_key("Completed") && ended.contains_key("Cancelled"), "much was done: {ended:?}");
}
