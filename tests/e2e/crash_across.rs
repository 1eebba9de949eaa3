//! Power cuts at either of two coops while one books and the other carries: what either acknowledged is there, and once
//! both are up and have nothing left to say, they say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use jiff::civil::{Date, Time};
use jitney_domain::member::Consent;
use jitney_domain::run::Leg;
use jitney_domain::{LiftNumber, MemberId, Outcome, ReportId, Role, Step, Timestamp, TripId};
use jitney_node::api::{Call, Reply, Report, Request, TripFilter};
use jitney_node::control;
use jitney_node::view::{Carriage, Trip};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::crash::audit;
use crate::federated::{connected, federate};
use crate::machine::{Asks as _, Machine, Node, TCP, reply, seed, until};
use crate::work;

/// How often the power is cut unless `JITNEY_KILLS_ACROSS` says otherwise.
const KILLS: u32 = 50;
/// How often in one pair of coops at most: they have only so many days to book on.
const KILLS_A_PAIR: u32 = 50;
/// How long they work before a cut, in milliseconds.
const WORK_MS: RangeInclusive<u64> = 1..=600;
/// How long whoever works there takes a breath, in milliseconds.
const BREATH_MS: RangeInclusive<u64> = 5..=40;
/// How many live at the one coop, and how many drive at the other.
const PEOPLE: usize = 4;
/// Trips are booked for the next days, so that the partner hears of them at once.
const DAYS: i32 = 3;
/// How far apart a rider's trips are: time enough for a driver to come back.
const SLOT_MINUTES: i64 = 30;
/// How many a day.
const SLOTS_A_DAY: usize = 26;

/// The node does not answer any more.
struct Gone;

/// Asks a node that may be killed meanwhile; nothing if it refuses.
fn ask(home: &Path, request: Request) -> Result<Option<Reply>, Gone> {
    match control::call(home, &Call { actor: None, request }) {
        Ok(Ok(reply)) => Ok(Some(reply)),
        Ok(Err(fault)) if fault.message.contains("the node is ending") => Err(Gone),
        Ok(Err(_)) => Ok(None),
        Err(_) => Err(Gone),
    }
}

/// What the dispatcher of the riders' coop knows of a trip.
#[derive(Debug)]
struct Known {
    label: String,
    cancelled: bool,
    /// A cancellation was asked for and not acknowledged.
    maybe: bool,
}

/// Books and cancels at the riders' coop, and writes down what was acknowledged.
struct Dispatcher {
    riders: Vec<MemberId>,
    days: Vec<Date>,
    rng: StdRng,
    trips: BTreeMap<TripId, Known>,
    asked: usize,
    unanswered: usize,
}

impl Dispatcher {
    fn one_thing(&mut self, home: &Path) -> Result<(), Gone> {
        match self.rng.random_range(0..5) {
            0 => self.cancel(home),
            _ if self.asked < SLOTS_A_DAY * self.days.len() * self.riders.len() => self.book(home),
            _ => Ok(()),
        }
    }

    /// Books the next free time of the next rider.
    fn book(&mut self, home: &Path) -> Result<(), Gone> {
        let (rider, slot) = (self.asked % self.riders.len(), self.asked / self.riders.len());
        let day = self.days[slot % self.days.len()];
        let minutes = 7 * 60 + SLOT_MINUTES * (slot / self.days.len()) as i64;
        let at = Time::midnight().wrapping_add(jiff::SignedDuration::from_mins(minutes));
        let label = format!("Stop {}", self.asked);
        self.asked += 1;
        let to = work::place(&label, work::point(47.40, 8.55));
        let asked = work::trip(self.riders[rider], to, day, at);
        self.unanswered += 1;
        let Some(Reply::Booked(booked)) = ask(home, Request::BookTrip(asked))? else { panic!("not booked") };
        self.unanswered -= 1;
        self.trips.insert(booked.trips[0].trip, Known { label, cancelled: false, maybe: false });
        Ok(())
    }

    fn cancel(&mut self, home: &Path) -> Result<(), Gone> {
        let live: Vec<TripId> =
            self.trips.iter().filter(|(_, known)| !known.cancelled).map(|(id, _)| *id).collect();
        if live.is_empty() {
            return Ok(());
        }
        let trip = live[self.rng.random_range(0..live.len())];
        let known = self.trips.get_mut(&trip).expect("a trip of this dispatcher");
        known.maybe = true;
        // Who is on board, or was, is not called off any more.
        let done = ask(home, Request::CancelTrip { trip, with_return: false })?;
        (known.cancelled, known.maybe) = (done.is_some(), false);
        Ok(())
    }

    /// Compares what was acknowledged with what the node says.
    fn compare(&mut self, willow: &Machine) -> BTreeMap<TripId, Trip> {
        let all = TripFilter { all: true, ..TripFilter::default() };
        let found = reply!(willow.ask(Request::ListTrips(all)), Trips);
        let found: BTreeMap<_, _> = found.into_iter().map(|trip| (trip.trip, trip)).collect();
        for (trip, known) in &mut self.trips {
            let there = found.get(trip).unwrap_or_else(|| panic!("trip {trip} was acknowledged and is lost"));
            let cancelled = matches!(there.carriage, Carriage::Over { outcome: Outcome::Cancelled, .. });
            assert!(cancelled == known.cancelled || known.maybe, "trip {trip}: {known:?}, {there:?}");
            (known.cancelled, known.maybe) = (cancelled, false);
            assert_eq!(there.places.as_ref().map(|places| &places.to.label), Some(&known.label));
        }
        assert!(found.len() <= self.trips.len() + self.unanswered, "something was booked twice");
        found
    }
}

/// Drives at the other coop, and writes down which lifts' ends were acknowledged.
struct Driving {
    drivers: Vec<MemberId>,
    days: Vec<Date>,
    rng: StdRng,
    carried: BTreeSet<String>,
}

impl Driving {
    fn one_thing(&mut self, home: &Path) -> Result<(), Gone> {
        let driver = self.drivers[self.rng.random_range(0..self.drivers.len())];
        let day = Some(self.days[self.rng.random_range(0..self.days.len())]);
        let Some(Reply::Manifest(manifest)) = ask(home, Request::Manifest { driver, day })? else {
            return Ok(());
        };
        let stops = manifest.stops.iter().filter(|stop| stop.done.is_none());
        let known: Vec<_> = stops.filter(|stop| stop.details.is_some()).collect();
        if known.is_empty() || self.rng.random_ratio(3, 4) {
            return Ok(());
        }
        let stop = known[self.rng.random_range(0..known.len())];
        let label = stop.details.as_ref().map(|details| details.places.to.label.clone());
        if stop.leg == Leg::PickUp {
            self.report(home, stop.lift, Step::PickUp)?;
        }
        if self.report(home, stop.lift, Step::DropOff)? {
            self.carried.extend(label);
        }
        Ok(())
    }

    /// Tells whether the report was taken: the lift may have been called off meanwhile.
    fn report(&mut self, home: &Path, lift: LiftNumber, step: Step) -> Result<bool, Gone> {
        let at = Timestamp(jiff::Timestamp::now().as_millisecond());
        let report = Report { report: ReportId::fresh(&mut self.rng), lift, step, at };
        Ok(ask(home, Request::Report { report })?.is_some())
    }
}

/// Works until it is told to stop or nobody answers.
fn work_until(stop: &AtomicBool, pause: &mut StdRng, mut one_thing: impl FnMut() -> Result<(), Gone>) {
    while !stop.load(Ordering::Relaxed) && one_thing().is_ok() {
        thread::sleep(Duration::from_millis(pause.random_range(BREATH_MS)));
    }
}

#[test]
fn no_power_cut_parts_two_coops() {
    let mut rng = StdRng::seed_from_u64(seed("crash across"));
    let mut left: u32 =
        std::env::var("JITNEY_KILLS_ACROSS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    while left > 0 {
        let kills = left.min(KILLS_A_PAIR);
        cut_the_power(kills, &mut rng);
        left -= kills;
    }
}

/// A coop whose power is cut now and then.
struct Site {
    machine: Machine,
    node: Option<Node>,
    address: String,
}

impl Site {
    fn open(home: &Path, name: &str) -> Site {
        let machine = Machine::founded(home, name);
        let node = machine.up(&[TCP]);
        // Lifts of the days to come are driven here within seconds.
        machine.ok(&["coop", "set-policy", "report-early", "10000"]);
        let address = node.addresses[0].clone();
        Site { machine, node: Some(node), address }
    }

    fn cut(&mut self) {
        self.node.take().expect("it runs").kill();
    }

    /// Starts it again where it was, if its power was cut; its disk holds what it should.
    fn start(&mut self) {
        if self.node.is_none() {
            audit(self.machine.home());
            self.node = Some(self.machine.up(&[&self.address]));
        }
    }
}

/// Lets two coops work through so many power cuts.
fn cut_the_power(kills: u32, rng: &mut StdRng) {
    let dir = tempfile::tempdir().expect("a directory");
    let mut willow = Site::open(&dir.path().join("willow"), "Willow Lifts");
    let mut elm = Site::open(&dir.path().join("elm"), "Elm Drivers");
    federate(&[&willow.machine, &elm.machine]);
    let home = |label: &str| work::place(label, work::point(47.38, 8.54));
    let rider = |_| willow.machine.admit(work::person("Ada Miller", home("12 Mill Lane")), Role::Rider);
    let volunteer = || work::person("Ben Carter", home("7 Oak Rd"));
    let driver = |_| work::driver(&elm.machine, volunteer(), work::van(), Consent::Standing);
    // Once: midnight may come meanwhile.
    let days: Vec<Date> = (0..DAYS).map(work::day).collect();
    let mut dispatcher = Dispatcher {
        riders: (0..PEOPLE).map(rider).collect(),
        days: days.clone(),
        rng: StdRng::from_rng(rng),
        trips: BTreeMap::new(),
        asked: 0,
        unanswered: 0,
    };
    let mut driving = Driving {
        drivers: (0..PEOPLE).map(driver).collect(),
        days,
        rng: StdRng::from_rng(rng),
        carried: BTreeSet::new(),
    };
    for _ in 0..kills {
        // Mostly they speak with each other when the power fails, sometimes not yet again.
        if rng.random_ratio(3, 4) {
            connected(&willow.machine, 1);
        }
        let stop = AtomicBool::new(false);
        let cut_after = Duration::from_millis(rng.random_range(WORK_MS));
        let whose = rng.random_range(0..5);
        let [mut at_willow, mut at_elm] = [StdRng::from_rng(rng), StdRng::from_rng(rng)];
        let homes = [willow.machine.home().to_owned(), elm.machine.home().to_owned()];
        thread::scope(|scope| {
            scope.spawn(|| work_until(&stop, &mut at_willow, || dispatcher.one_thing(&homes[0])));
            scope.spawn(|| work_until(&stop, &mut at_elm, || driving.one_thing(&homes[1])));
            thread::sleep(cut_after);
            if whose != 0 && whose != 1 {
                willow.cut();
            }
            if whose != 2 && whose != 3 {
                elm.cut();
            }
            stop.store(true, Ordering::Relaxed);
        });
        willow.start();
        elm.start();
        dispatcher.compare(&willow.machine);
    }
    let mut last = None;
    until("both coops to say the same", || {
        let trips = dispatcher.compare(&willow.machine);
        let apart = disagreement(&trips, &driving, &willow.machine, &elm.machine);
        if apart != last {
            println!("{}", apart.as_deref().unwrap_or("both say the same"));
        }
        last = apart;
        last.is_none().then_some(())
    });
    let trips = dispatcher.compare(&willow.machine);
    let [confirmed, completed, cancelled] =
        [CONFIRMED, COMPLETED, CANCELLED].map(|how| labels(&trips, how).len());
    println!("{} trips: {confirmed} confirmed, {completed} completed, {cancelled} cancelled", trips.len());
    assert!(confirmed > 3 && completed > 3 && cancelled > 3, "much was done");
}

const CONFIRMED: fn(&Carriage) -> bool = |carriage| matches!(carriage, Carriage::Confirmed { .. });
const COMPLETED: fn(&Carriage) -> bool =
    |carriage| matches!(carriage, Carriage::Over { outcome: Outcome::Completed, .. });
const CANCELLED: fn(&Carriage) -> bool =
    |carriage| matches!(carriage, Carriage::Over { outcome: Outcome::Cancelled, .. });

/// Returns where the trips go that stand so.
fn labels(trips: &BTreeMap<TripId, Trip>, how: fn(&Carriage) -> bool) -> BTreeSet<String> {
    let label = |trip: &Trip| trip.places.as_ref().map(|places| places.to.label.clone()).unwrap_or_default();
    trips.values().filter(|trip| how(&trip.carriage)).map(label).collect()
}

/// Holds what the one coop tells its riders against what the other's drivers have in their calendars, and says what
/// does not agree yet: letters may be under way.
fn disagreement(
    trips: &BTreeMap<TripId, Trip>,
    driving: &Driving,
    willow: &Machine,
    elm: &Machine,
) -> Option<String> {
    let waiting = |coop: &Machine| coop.status().federation.is_none_or(|f| f.outbox > 0);
    if waiting(willow) || waiting(elm) {
        return Some("letters wait".to_owned());
    }
    let (confirmed, completed) = (labels(trips, CONFIRMED), labels(trips, COMPLETED));
    let cancelled = labels(trips, CANCELLED);
    let mut lifts = BTreeMap::<String, usize>::new();
    for (driver, day) in
        driving.drivers.iter().flat_map(|driver| driving.days.iter().map(move |day| (*driver, *day)))
    {
        let manifest = reply!(elm.ask(Request::Manifest { driver, day: Some(day) }), Manifest);
        let picked_up = manifest.stops.iter().filter(|stop| stop.leg == Leg::PickUp && stop.done.is_some());
        let picked_up: BTreeSet<LiftNumber> = picked_up.map(|stop| stop.lift).collect();
        for stop in manifest.stops.iter().filter(|stop| stop.leg == Leg::DropOff && stop.done.is_none()) {
            let Some(details) = &stop.details else {
                return Some(format!("no details of lift {}", stop.lift));
            };
            let label = &details.places.to.label;
            // Who was called off while on board is brought home.
            if !(picked_up.contains(&stop.lift) && cancelled.contains(label)) {
                *lifts.entry(label.clone()).or_default() += 1;
            }
        }
    }
    let fetched: BTreeSet<String> = lifts.keys().cloned().collect();
    if fetched != confirmed {
        let only = |these: &BTreeSet<String>, those| these.difference(those).cloned().collect::<Vec<_>>();
        return Some(format!(
            "only told: {:?}, only in a calendar: {:?}",
            only(&confirmed, &fetched),
            only(&fetched, &confirmed)
        ));
    }
    if lifts.values().any(|times| *times > 1) {
        return Some(format!("somebody is fetched twice: {lifts:?}"));
    }
    let unsettled = driving.carried.iter().find(|at| !completed.contains(*at) && !cancelled.contains(*at));
    unsettled.map(|label| format!("{label} was carried, and is not settled"))
}
