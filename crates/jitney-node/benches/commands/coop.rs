//! A coop with riders, and the bookings its office takes.

use std::path::Path;

use jiff::ToSpan as _;
use jiff::civil::{Date, date, time};
use jitney_domain::trip::Timing;
use jitney_domain::{Actor, Coordinate, MemberId, Policy, Role, Timestamp, Zone};
use jitney_identity::{DataKey, SecretKey};
use jitney_node::api::{PlaceAsked, Reply, Request, TripAsked};
use jitney_node::core::{Core, Input, Output};
use jitney_node::person::{Place, Profile};
use jitney_node::settings::{Face, Keys, Settings};
use jitney_store::{KeySlots, Options, SledStore, Store};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::Outcome;

/// Riders of a typical coop.
const RIDERS: usize = 370;
/// Bookings are spread over so many days.
const DAYS: usize = 60;
/// The day on which everything is booked.
const TODAY: Date = date(2026, 3, 9);

/// Returns the moment at which everything is booked.
pub(crate) fn now() -> Outcome<Timestamp> {
    Ok(zone()?.moment(TODAY.at(8, 0, 0, 0))?)
}

fn zone() -> Outcome<Zone> {
    Ok(Zone::named("Europe/Vienna")?)
}

/// Opens a store, without the reserve against a full disk.
pub(crate) fn store(dir: &Path) -> Outcome<SledStore> {
    Ok(SledStore::open(dir, &Options { ballast_bytes: 0, ..Options::default() })?.0)
}

/// Opens a core over a store whose personal keys are in `dir`. The same keys every time: nothing here is secret.
pub(crate) fn open<S: Store>(store: S, dir: &Path) -> Outcome<Core<S>> {
    let keys = Keys {
        coop: SecretKey::from_seed([1; 32]),
        node: SecretKey::from_seed([2; 32]),
        vault: DataKey::from_bytes([3; 32]),
    };
    let face = Face { name: "Linden Lifts".to_owned(), phone: None };
    let settings = Settings {
        face,
        keys,
        travel: Default::default(),
        crowd: jitney_geo::Crowd::default(),
        messages: jitney_node::notify::Rules::default(),
        addresses: Vec::new(),
    };
    let (slots, _) = KeySlots::open(dir)?;
    Ok(Core::open(store, Box::new(slots), settings, StdRng::seed_from_u64(4), now()?)?)
}

/// Opens a core over an empty store and founds a coop.
pub(crate) fn found<S: Store>(store: S, dir: &Path) -> Outcome<Core<S>> {
    let mut core = open(store, dir)?;
    core.found(zone()?, Policy::default(), now()?)?;
    core.step(Vec::new(), now()?)?;
    Ok(core)
}

/// The office, which takes bookings for one rider after the other.
pub(crate) struct Office<S> {
    pub(crate) core: Core<S>,
    now: Timestamp,
    riders: Vec<MemberId>,
    booked: usize,
}

impl<S: Store> Office<S> {
    /// Adds the riders of a typical coop.
    pub(crate) fn new(core: Core<S>) -> Outcome<Office<S>> {
        let mut office = Office { core, now: now()?, riders: Vec::new(), booked: 0 };
        for number in 0..RIDERS {
            let home = office.door(number, 0.0)?;
            let name = format!("Rider Number {number}");
            let phone = Some(format!("+43 2742 {number:05}"));
            let profile = Profile { name, phone, home: Some(home), ..Profile::default() };
            let request = Request::AddMember { profile, roles: [Role::Rider].into() };
            for reply in office.step(vec![ask(request)])? {
                if let Reply::Member(member) = reply {
                    office.riders.push(member.member);
                }
            }
        }
        Ok(office)
    }

    /// Returns the next bookings, as they come in by phone.
    pub(crate) fn bookings(&mut self, count: usize) -> Vec<Input> {
        (0..count).filter_map(|_| self.booking().ok()).map(|asked| ask(Request::BookTrip(asked))).collect()
    }

    fn booking(&mut self) -> Outcome<TripAsked> {
        let number = self.booked;
        self.booked += 1;
        let (round, nth) = (number / self.riders.len(), number % self.riders.len());
        let rider = *self.riders.get(nth).ok_or("no riders")?;
        // Nobody rides twice at a time: every round is another day or, once all days are used up, two hours later.
        let day = TODAY.checked_add(i64::try_from(1 + (round + nth) % DAYS)?.days())?;
        let at = time(i8::try_from(8 + round / DAYS % 6 * 2)?, i8::try_from(nth % 12 * 5)?, 0, 0);
        let to = PlaceAsked::At(self.door(number.wrapping_mul(7), 0.001)?);
        Ok(TripAsked::one_way(rider, PlaceAsked::Home, to, Timing::Appointment(day.to_datetime(at))))
    }

    /// Returns one of some thousand doors within ten kilometres; with an offset, of as many others.
    fn door(&self, number: usize, offset: f64) -> Outcome<Place> {
        let (north, east) = ((number % 61) as f64, (number % 67) as f64);
        let at = Coordinate::new(48.15 + north * 0.002 + offset, 15.55 + east * 0.002)?;
        Ok(Place {
            label: format!("Lindengasse {number}, 3100 St. Pölten"),
            at,
            note: "second bell".to_owned(),
        })
    }

    /// Carries out a step and returns the answers, each of which must be a yes.
    pub(crate) fn step(&mut self, inputs: Vec<Input>) -> Outcome<Vec<Reply>> {
        let mut replies = Vec::new();
        for output in self.core.step(inputs, self.now)? {
            if let Output::Answer { answer, .. } = output {
                replies.push(answer?);
            }
        }
        Ok(replies)
    }
}

/// Returns a question of the operator's.
pub(crate) fn ask(request: Request) -> Input {
    Input::Ask { id: 1, actor: Actor::Operator, request }
}
