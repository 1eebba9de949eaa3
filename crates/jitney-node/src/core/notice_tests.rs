//! Power cuts between any two steps of a message's way: nothing that may have left leaves again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{date, time};
use jitney_domain::trip::Timing;
use jitney_domain::{Coordinate, Policy, Role};
use jitney_store::MemStore;
use proptest::prelude::*;
use rand::SeedableRng as _;

use super::*;
use crate::api::{PlaceAsked, Reply, TripAsked};
use crate::notify::notice::Phase;
use crate::notify::{Reach, Rules};
use crate::person::Profile;
use crate::testing::{morning, settings, zone};
use crate::vault::{MemoryKeys, PersonKeys};

/// Keys that outlive the core, as a file does.
#[derive(Debug, Clone, Default)]
struct KeyFile(std::sync::Arc<std::sync::Mutex<MemoryKeys>>);

impl PersonKeys for KeyFile {
    fn put(&mut self, person: MemberId, wrapped: &[u8]) -> Result<(), String> {
        self.0.lock().unwrap().put(person, wrapped)
    }
    fn get(&self, person: MemberId) -> Option<Vec<u8>> {
        self.0.lock().unwrap().get(person)
    }
    fn erase(&mut self, person: MemberId) -> Result<(), String> {
        self.0.lock().unwrap().erase(person)
    }
}

/// A coop that loses power.
struct Coop {
    core: Core<MemStore>,
    keys: KeyFile,
    knows_ids: bool,
    now: Timestamp,
    rider: MemberId,
    /// What is on its way since the node last started.
    on_the_way: Vec<NoticeId>,
    /// How often each message has left.
    left: BTreeMap<NoticeId, u32>,
    /// Messages that may have been taken.
    maybe_taken: BTreeSet<NoticeId>,
}

fn open(store: MemStore, keys: &KeyFile, knows_ids: bool, now: Timestamp) -> Core<MemStore> {
    let rules = Rules { channels: BTreeMap::from([(Reach::Sms, knows_ids)]), ..Rules::default() };
    let rng = StdRng::seed_from_u64(now.0.unsigned_abs());
    Core::open(store, Box::new(keys.clone()), settings(rules), rng, now).unwrap()
}

impl Coop {
    fn new(knows_ids: bool) -> Coop {
        let (keys, now) = (KeyFile::default(), morning());
        let mut core = open(MemStore::new(), &keys, knows_ids, now);
        core.found(zone(), Policy::default(), now).unwrap();
        core.open_post(now);
        let mut coop = Coop {
            core,
            keys,
            knows_ids,
            now,
            rider: MemberId(0),
            on_the_way: Vec::new(),
            left: BTreeMap::new(),
            maybe_taken: BTreeSet::new(),
        };
        let at = Coordinate::new(48.5, 9.0).unwrap();
        let profile = Profile {
            name: "Ada Miller".to_owned(),
            phone: Some("555".to_owned()),
            home: Some(Place { label: "12 Mill Lane".to_owned(), at, note: String::new() }),
            notify: [Reach::Sms].into(),
            ..Profile::default()
        };
        let Reply::Member(member) = coop.ask(Request::AddMember { profile, roles: [Role::Rider].into() })
        else {
            panic!("no member")
        };
        coop.rider = member.member;
        coop
    }

    fn ask(&mut self, request: Request) -> Reply {
        self.step(Input::Ask { id: 1, actor: Actor::Operator, request }).unwrap()
    }

    fn step(&mut self, input: Input) -> Option<Reply> {
        let mut reply = None;
        for output in self.core.step(vec![input], self.now).unwrap() {
            match output {
                Output::Answer { answer, .. } => reply = Some(answer.unwrap()),
                Output::Net(_) => {}
                Output::Post(parcel) => {
                    assert_eq!((parcel.to.as_str(), parcel.reach), ("555", Reach::Sms));
                    if !self.knows_ids {
                        assert!(!self.maybe_taken.contains(&parcel.id), "{:?} may come twice", parcel.id);
                    }
                    let row = self.core.notices.get(&parcel.id).unwrap();
                    assert!(matches!(row.phase, Phase::Sending(_)), "it leaves before it is written");
                    *self.left.entry(parcel.id).or_default() += 1;
                    self.maybe_taken.insert(parcel.id);
                    self.on_the_way.push(parcel.id);
                }
            }
        }
        reply
    }

    fn book(&mut self, nth: u8) {
        let at = Coordinate::new(48.6, 9.1).unwrap();
        let to = PlaceAsked::At(Place { label: "Clinic".to_owned(), at, note: String::new() });
        let day = date(2026, 3, 12).checked_add(jiff::Span::new().days(i64::from(nth))).unwrap();
        let timing = Timing::PickUp(day.to_datetime(time(10, 0, 0, 0)));
        self.ask(Request::BookTrip(TripAsked::one_way(self.rider, PlaceAsked::Home, to, timing)));
    }

    /// Something comes of what left first.
    fn report(&mut self, how: Posted) {
        if self.on_the_way.is_empty() {
            return;
        }
        let id = self.on_the_way.remove(0);
        if matches!(how, Posted::NotTaken | Posted::NotTried) {
            self.maybe_taken.remove(&id);
        }
        self.step(Input::Posted { id, how });
    }

    /// The power goes, and comes back.
    fn crash(&mut self) {
        let fresh = open(MemStore::new(), &KeyFile::default(), self.knows_ids, self.now);
        let store = std::mem::replace(&mut self.core, fresh).into_store().survivors();
        self.core = open(store, &self.keys, self.knows_ids, self.now);
        self.core.open_post(self.now);
        self.on_the_way.clear();
        self.step(Input::Wake);
    }
}

#[derive(Debug, Clone)]
enum Deed {
    Book,
    Report(Posted),
    Wait(i64),
    Crash,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let how = prop_oneof![
        Just(Posted::Sent),
        Just(Posted::NotTaken),
        Just(Posted::NotTried),
        Just(Posted::Unsure),
        Just(Posted::Refused)
    ];
    let deed = prop_oneof![
        2 => Just(Deed::Book),
        4 => how.prop_map(Deed::Report),
        2 => (1_i64..300).prop_map(Deed::Wait),
        1 => Just(Deed::Crash),
    ];
    prop::collection::vec(deed, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_may_have_been_taken_never_leaves_again_unless_it_is_known_by_its_id(
        knows_ids: bool,
        deeds in deeds(),
    ) {
        let mut coop = Coop::new(knows_ids);
        let mut booked = 0;
        for deed in deeds {
            match deed {
                Deed::Book => {
                    coop.book(booked);
                    booked += 1;
                }
                Deed::Report(how) => coop.report(how),
                Deed::Wait(minutes) => {
                    coop.now = Timestamp(coop.now.0 + minutes * 60_000);
                    coop.step(Input::Wake);
                }
                Deed::Crash => coop.crash(),
            }
            // What is booked is told, waits to be, or is shown to the office: nothing is forgotten.
            let of_kind = coop.core.notices.values().filter(|n| n.kind == crate::notify::Kind::Booked);
            prop_assert_eq!(of_kind.count(), usize::from(booked));
            prop_assert!(coop.core.post_on_its_way() <= crate::notify::rules::SENDING_MAX);
        }
    }
}

#[test]
fn a_message_is_sent_again_after_a_crash_only_where_it_is_known_again() {
    for (knows_ids, times) in [(false, 1), (true, 2)] {
        let mut coop = Coop::new(knows_ids);
        coop.book(0);
        coop.crash();
        assert_eq!(coop.left.values().copied().collect::<Vec<_>>(), [times]);
        let unsure = coop.core.untold(coop.now).count();
        assert_eq!(unsure, usize::from(!knows_ids));
    }
}

#[test]
fn an_erased_rider_is_told_nothing_and_nobody_is_alarmed_for_them() {
    let mut coop = Coop::new(false);
    coop.now = zone().moment(date(2026, 3, 9).at(22, 0, 0, 0)).unwrap();
    coop.book(0);
    assert!(coop.left.is_empty(), "it is night");
    coop.core.vault.erase(coop.rider).unwrap();
    coop.now = zone().moment(date(2026, 3, 10).at(9, 0, 0, 0)).unwrap();
    coop.step(Input::Wake);
    assert!(coop.left.is_empty());
    assert_eq!(coop.core.untold(coop.now).count(), 0);
    assert!(coop.core.notices.values().all(|n| matches!(n.phase, Phase::Dropped(..))));
}
