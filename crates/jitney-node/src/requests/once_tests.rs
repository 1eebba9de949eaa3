//! A request under a key is carried out once, also across a power cut, and what is kept of it is nothing personal.

use jiff::civil::{date, time};
use jitney_domain::trip::Timing;
use jitney_domain::{Coordinate, Minutes, Policy, Role, TripId};
use jitney_store::TableTag;

use super::*;
use crate::api::{PlaceAsked, TripAsked, TripFilter};
use crate::core::once::{REMEMBERED_FOR, REMEMBERED_MAX};
use crate::core::{Input, tags};
use crate::person::Place;
use crate::testing::{Coop, morning, open, profile};

impl Coop {
    fn once(&mut self, key: &str, request: Request) -> Answer {
        self.ask(Actor::Operator, Request::Once { key: key.to_owned(), request: Box::new(request) })
    }

    fn trips(&mut self) -> usize {
        let filter = TripFilter { all: true, ..TripFilter::default() };
        match self.ask(Actor::Operator, Request::ListTrips(filter)) {
            Ok(Reply::Trips(trips)) => trips.len(),
            other => panic!("{other:?}"),
        }
    }
}

fn ada() -> Request {
    Request::AddMember { profile: profile(), roles: [Role::Rider].into() }
}

fn lift(rider: MemberId, hour: i8) -> Request {
    let at = Coordinate::new(48.6, 9.1).unwrap();
    let to = PlaceAsked::At(Place { label: "Clinic".to_owned(), at, note: String::new() });
    let timing = Timing::PickUp(date(2026, 3, 12).to_datetime(time(hour, 0, 0, 0)));
    Request::BookTrip(TripAsked::one_way(rider, PlaceAsked::Home, to, timing))
}

fn rider_of(answer: Answer) -> MemberId {
    match answer {
        Ok(Reply::Member(member)) => member.member,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_booking_that_is_sent_twice_is_made_once_and_answered_alike() {
    let mut coop = Coop::new();
    let rider = rider_of(coop.once("add", ada()));
    assert_eq!(rider_of(coop.once("add", ada())), rider);
    let first = coop.once("book", lift(rider, 10)).unwrap();
    assert_eq!(coop.once("book", lift(rider, 10)).unwrap(), first);
    assert_eq!(coop.trips(), 1);
    let other = coop.once("book", lift(rider, 11)).unwrap_err();
    assert_eq!(other.kind, FaultKind::Conflict, "{other}");
    coop.once("book again", lift(rider, 15)).unwrap();
    assert_eq!(coop.trips(), 2);
}

#[test]
fn the_same_key_of_somebody_else_is_another() {
    let mut coop = Coop::new();
    let rider = rider_of(coop.ask(Actor::Operator, ada()));
    let other = rider_of(coop.ask(Actor::Operator, ada()));
    for member in [rider, other] {
        let asked = Request::Once { key: "k".to_owned(), request: Box::new(lift(member, 10)) };
        coop.ask(Actor::Member(member, Role::Rider), asked).unwrap();
    }
    assert_eq!(coop.trips(), 2);
}

#[test]
fn after_a_power_cut_it_is_still_known() {
    let mut coop = Coop::new();
    let named =
        Request::AddPlace { name: "clinic".to_owned(), place: profile().home.unwrap(), replace: false };
    coop.once("place", named.clone()).unwrap();
    let card = coop.once("add", ada());
    let rider = rider_of(card);
    coop.once("card", Request::IssueCard { member: rider, role: Role::Rider }).unwrap();
    let mut coop = Coop { core: open(coop.core.into_store()), now: morning() };
    assert_eq!(coop.once("place", named), Ok(Reply::Done));
    let again = coop.once("card", Request::IssueCard { member: rider, role: Role::Rider }).unwrap_err();
    assert_eq!(again.kind, FaultKind::Conflict, "a code is told once: {again}");
    assert_eq!(coop.core.state.cards.len(), 1);
}

#[test]
fn a_refusal_that_did_nothing_is_not_remembered() {
    let mut coop = Coop::new();
    let rider = rider_of(coop.ask(Actor::Operator, ada()));
    assert!(coop.once("k", Request::ShareTrip(TripId(10_001))).is_err());
    coop.once("k", lift(rider, 10)).unwrap();
    assert_eq!(coop.trips(), 1);
}

#[test]
fn who_may_not_ask_is_refused_however_often() {
    let mut coop = Coop::new();
    let rider = rider_of(coop.ask(Actor::Operator, ada()));
    for _ in 0..2 {
        let asked = Request::Once { key: "k".to_owned(), request: Box::new(ada()) };
        let refused = coop.ask(Actor::Member(rider, Role::Rider), asked).unwrap_err();
        assert_eq!(refused.kind, FaultKind::NotAllowed);
    }
}

#[test]
fn what_is_kept_says_nothing_of_anybody_and_is_forgotten() {
    let mut coop = Coop::new();
    let rider = rider_of(coop.once("add", ada()));
    coop.once("a key of mine", lift(rider, 10)).unwrap();
    let mut rows = Vec::new();
    coop.core
        .store
        .scan(TableTag(tags::ONCE), &mut |_, value| {
            rows.push(String::from_utf8(value.to_vec()).unwrap());
            Ok(())
        })
        .unwrap();
    assert_eq!(rows.len(), 2);
    for row in &rows {
        for word in ["Ada", "Mill", "Clinic", "key of mine"] {
            assert!(!row.contains(word), "{row}");
        }
    }
    coop.now = morning().after(REMEMBERED_FOR).after(Minutes(2));
    coop.core.step(vec![Input::Wake], coop.now).unwrap();
    assert!(coop.core.once.is_empty());
}

#[test]
fn what_is_kept_of_one_member_is_bounded() {
    let mut coop = Coop::new();
    let suspend = |n| (format!("key {n}"), Request::SetPolicy(Policy::default()));
    for n in 0..REMEMBERED_MAX + 3 {
        let (key, request) = suspend(n);
        coop.once(&key, request).unwrap();
        coop.now = coop.now.after(Minutes(1));
    }
    assert_eq!(coop.core.once.len(), REMEMBERED_MAX);
}

#[test]
fn a_key_of_a_key_and_a_key_without_end_are_refused() {
    let mut coop = Coop::new();
    let inner = Request::Once { key: "k".to_owned(), request: Box::new(ada()) };
    for (key, request) in [("k".to_owned(), inner), (String::new(), ada()), ("k".repeat(256), ada())] {
        assert_eq!(coop.once(&key, request).unwrap_err().kind, FaultKind::Invalid);
    }
}
