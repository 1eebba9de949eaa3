//! What happens by the mere passing of time.

use super::fixture::*;
use crate::booking::{ClaimPhase, Ended, RefusalReason, TicketPhase};
use crate::trip::{Phase, Timing};
use crate::*;

fn last_phase(w: &World, coop: usize) -> &ClaimPhase {
    &w.last_claim(coop).1.phase
}

#[test]
fn a_hold_runs_out_when_nobody_awards_and_the_time_is_free_again() {
    let mut w = World::of(2);
    w.policy(HOME, |p| p.award_first_claim = false);
    let (_, ticket) = w.shared();
    let willing = w.coops[NEXT].willing;
    w.claim(NEXT, ticket, willing, tue(10, 0));
    w.drain();
    let until = w.now.after(Minutes(240));
    w.until(Timestamp(until.0 - 1));
    assert_eq!(*last_phase(&w, NEXT), ClaimPhase::Held { until });
    w.until(until);
    assert_eq!(*last_phase(&w, NEXT), ClaimPhase::Ended(Ended::HoldExpired));
    w.drain();
    w.claim(NEXT, ticket, willing, tue(10, 0));
}

#[test]
fn an_award_lapses_when_the_driver_is_silent_and_the_next_claim_gets_it() {
    let mut w = World::of(3);
    let (_, ticket) = w.shared();
    let (asked, willing) = (w.coops[NEXT].driver, w.coops[THIRD].willing);
    w.claim(NEXT, ticket, asked, tue(10, 0));
    let second = w.claim(THIRD, ticket, willing, tue(10, 0));
    w.drain();
    w.until(w.now.after(Minutes(120)));
    let silent = ClaimPhase::Ended(Ended::Refused(RefusalReason::DriverSilent));
    assert_eq!(*last_phase(&w, NEXT), silent);
    w.drain();
    let TicketPhase::Confirmed(award, _) = &w.state(HOME).tickets.get(&ticket).unwrap().phase else {
        panic!()
    };
    assert_eq!(award.claim, second);
}

#[test]
fn an_award_lapses_here_too_when_the_provider_is_never_heard_of() {
    let mut w = World::of(2);
    let (trip, ticket) = w.shared();
    let willing = w.coops[NEXT].willing;
    w.claim(NEXT, ticket, willing, tue(10, 0));
    let letter = w.wire.remove(0);
    w.deliver(letter).unwrap();
    w.wire.clear(); // the award is lost, and with it whatever would have followed
    let respond_by = w.now.after(Minutes(120));
    assert_eq!(w.state(HOME).next_deadline(), Some(respond_by.after(Minutes(5))));
    w.until(respond_by.after(Minutes(4)));
    assert!(w.ticket(HOME, trip).1.award().is_some(), "a little patience for the way");
    w.until(respond_by.after(Minutes(5)));
    assert!(w.ticket(HOME, trip).1.award().is_none());
    assert_eq!(w.wire.len(), 1, "a cancellation, lest a driver come for nothing: {:?}", w.wire);
}

#[test]
fn what_nobody_took_is_unmet_when_its_window_is_over() {
    let mut w = World::of(2);
    let (shared, ticket) = w.shared();
    let asked_for = w.book(HOME, 10, 0);
    w.until(tue(10, 20));
    assert!(!w.trip(HOME, asked_for).is_closed());
    w.until(Timestamp(tue(10, 20).0 + 1));
    assert_eq!(w.outcome(HOME, asked_for), Outcome::Unmet);
    // Partners know the window to the quarter of an hour.
    w.until(tue(10, 30));
    assert!(!w.trip(HOME, shared).is_closed());
    w.until(Timestamp(tue(10, 30).0 + 1));
    assert_eq!(w.outcome(HOME, shared), Outcome::Unmet);
    assert!(!w.gossip.contains_key(&ticket));
}

#[test]
fn a_trip_awarded_to_somebody_silent_until_its_window_is_over_is_unmet() {
    let mut w = World::alone();
    let (trip, driver) = (w.book(HOME, 10, 0), w.coops[HOME].driver);
    w.until(tue(9, 0));
    w.assign(HOME, trip, driver, tue(10, 0));
    w.drain();
    w.until(tue(10, 40));
    w.drain();
    w.until(tue(10, 41));
    w.drain();
    assert_eq!(w.outcome(HOME, trip), Outcome::Unmet);
    assert!(w.state(HOME).live_claims().next().is_none());
}

#[test]
fn a_will_call_waits_all_its_day_and_no_longer() {
    let mut w = World::alone();
    let booking = w.booking(HOME, Timing::WillCall(TUESDAY));
    w.act(HOME, Command::BookTrip(booking));
    let trip = *w.state(HOME).trips.last().unwrap().0;
    w.until(tue(23, 59));
    assert_eq!(w.trip(HOME, trip).phase, Phase::WillCall);
    w.until(tue(24 - 1, 59).after(Minutes(1)));
    assert_eq!(w.outcome(HOME, trip), Outcome::Cancelled);
}

#[test]
fn a_confirmed_ride_waits_for_its_driver_whatever_the_hour() {
    let mut w = World::alone();
    let (trip, claim, _) = w.confirmed();
    w.until(tue(23, 0));
    assert!(matches!(w.ticket(HOME, trip).1.phase, TicketPhase::Confirmed(..)));
    assert!(w.state(HOME).claims.get(&claim).unwrap().holds_time());
}

#[test]
fn when_nothing_is_due_time_changes_nothing() {
    let mut w = World::alone();
    w.confirmed();
    w.book(HOME, 12, 0);
    let before = w.state(HOME).clone();
    w.until(tue(9, 0));
    assert_eq!(*w.state(HOME), before);
}

#[test]
fn the_next_deadline_is_when_something_happens_and_not_before() {
    let mut w = World::of(2);
    assert_eq!(w.state(HOME).next_deadline(), None);
    w.book(HOME, 11, 0);
    w.shared();
    let willing = w.coops[NEXT].driver;
    let ticket = *w.gossip.keys().next().unwrap();
    w.claim(NEXT, ticket, willing, tue(10, 0));
    w.drain();
    let mut steps = 0;
    for coop in [HOME, NEXT] {
        while let Some(due) = w.state(coop).next_deadline() {
            let before = w.state(coop).clone();
            w.now = Timestamp(due.0 - 1);
            assert_eq!(w.ask(coop, Actor::System, Command::Tick), Ok(vec![]));
            assert_eq!(*w.state(coop), before);
            w.now = due;
            assert_ne!(w.ask(coop, Actor::System, Command::Tick), Ok(vec![]));
            steps += 1;
            assert!(steps < 20, "the same deadline for ever: {due}");
        }
    }
    assert_eq!(steps, 4, "a lapsed award, an unmet ticket, an unmet wish; a silent driver");
}
