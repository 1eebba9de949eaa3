//! A coop that contradicted itself: nothing new with it, what stands stands, until a person clears it.

use super::fixture::*;
use crate::booking::{BookingMessage, ClaimPhase, Ended, RefusalReason, TicketPhase};
use crate::decide::WHY_MAX;
use crate::*;

fn clear(coop: u8) -> Command {
    Command::ClearCoop { coop: key(coop), why: "they had restored a backup twice".to_owned() }
}

fn bar(w: &mut World, coop: usize, them: u8) -> Vec<Event> {
    w.ask(coop, Actor::System, Command::BarCoop(key(them))).unwrap()
}

#[test]
fn a_held_claim_of_a_barred_coop_is_turned_down_and_cannot_be_awarded_by_hand() {
    let mut w = World::of(2);
    w.policy(HOME, |p| p.award_first_claim = false);
    let (_, ticket) = w.shared();
    let willing = w.coops[NEXT].willing;
    let claim = w.claim(NEXT, ticket, willing, tue(10, 0));
    w.drain();
    bar(&mut w, HOME, 2);
    assert_eq!(w.refused(HOME, Command::AwardClaim { ticket, claim }), Refusal::Barred(key(2)));
    w.drain();
    let next_door = &w.state(NEXT).claims.get(&claim).unwrap().phase;
    assert_eq!(*next_door, ClaimPhase::Ended(Ended::TurnedDown), "their driver's time is free again");
}

#[test]
fn a_new_claim_of_a_barred_coop_is_turned_down_at_once_and_never_awarded_by_itself() {
    let mut w = World::of(2);
    let (_, ticket) = w.shared();
    bar(&mut w, HOME, 2);
    let willing = w.coops[NEXT].willing;
    let claim = w.claim(NEXT, ticket, willing, tue(10, 0));
    w.drain();
    assert_eq!(w.state(HOME).tickets.get(&ticket).unwrap().phase, TicketPhase::Open);
    assert_eq!(w.state(NEXT).claims.get(&claim).unwrap().phase, ClaimPhase::Ended(Ended::TurnedDown));
}

#[test]
fn when_an_award_fails_the_next_in_line_is_not_a_barred_coop() {
    let mut w = World::of(3);
    let (_, ticket) = w.shared();
    let (asked, other) = (w.coops[NEXT].driver, w.coops[THIRD].willing);
    w.claim(NEXT, ticket, asked, tue(10, 0));
    w.claim(THIRD, ticket, other, tue(10, 0));
    w.drain();
    bar(&mut w, HOME, 3);
    let lift = w.last_claim(NEXT).1.number;
    w.report(NEXT, lift, Step::Decline).unwrap();
    w.drain();
    assert_eq!(w.state(HOME).tickets.get(&ticket).unwrap().phase, TicketPhase::Open);
    w.until(tue(9, 0));
    w.drain();
    assert_eq!(w.state(HOME).tickets.get(&ticket).unwrap().phase, TicketPhase::Open);
}

#[test]
fn a_ticket_of_a_barred_coop_is_not_claimed_and_a_held_claim_on_it_is_withdrawn() {
    let mut w = World::of(2);
    w.policy(HOME, |p| p.award_first_claim = false);
    let (_, ticket) = w.shared();
    let (driver, willing) = (w.coops[NEXT].driver, w.coops[NEXT].willing);
    let claim = w.claim(NEXT, ticket, willing, tue(10, 0));
    w.drain();
    bar(&mut w, NEXT, 1);
    assert_eq!(w.state(NEXT).claims.get(&claim).unwrap().phase, ClaimPhase::Ended(Ended::Withdrawn));
    let again = w.claim_command(NEXT, ticket, driver, tue(10, 0));
    assert_eq!(w.refused(NEXT, again), Refusal::Barred(key(1)));
    w.drain();
    let bid = w.state(HOME).tickets.get(&ticket).unwrap().claims[&claim];
    assert_eq!(bid.phase, crate::booking::BidPhase::Over);
}

#[test]
fn an_award_that_crossed_the_bar_is_refused_and_nobody_comes_for_nothing() {
    let mut w = World::of(2);
    w.policy(HOME, |p| p.award_first_claim = false);
    let (_, ticket) = w.shared();
    let willing = w.coops[NEXT].willing;
    let claim = w.claim(NEXT, ticket, willing, tue(10, 0));
    w.drain();
    w.act(HOME, Command::AwardClaim { ticket, claim });
    bar(&mut w, NEXT, 1);
    w.drain();
    assert_eq!(w.state(HOME).tickets.get(&ticket).unwrap().phase, TicketPhase::Open);
}

#[test]
fn what_is_awarded_or_confirmed_stands_and_is_carried_out() {
    let mut w = World::of(2);
    let (trip, ticket, _, lift) = w.confirmed_next_door();
    bar(&mut w, HOME, 2);
    bar(&mut w, NEXT, 1);
    w.drain();
    assert!(matches!(w.state(HOME).tickets.get(&ticket).unwrap().phase, TicketPhase::Confirmed(..)));
    w.until(tue(10, 0));
    for step in [Step::PickUp, Step::DropOff] {
        w.report(NEXT, lift, step).unwrap();
    }
    w.drain();
    assert_eq!(w.outcome(HOME, trip), Outcome::Completed);
}

#[test]
fn a_person_clears_with_a_reason_and_then_all_goes_as_before() {
    let mut w = World::of(2);
    assert_eq!(w.refused(HOME, clear(2)), Refusal::NotBarred(key(2)));
    bar(&mut w, HOME, 2);
    assert_eq!(bar(&mut w, HOME, 2), [], "barred is barred");
    let by_itself = w.ask(HOME, Actor::System, clear(2));
    assert!(matches!(by_itself, Err(Refusal::NotAllowed { .. })), "{by_itself:?}");
    for why in ["", "  ", "two\nlines", &"x".repeat(WHY_MAX + 1)] {
        let refused = w.refused(HOME, Command::ClearCoop { coop: key(2), why: why.to_owned() });
        assert_eq!(refused, Refusal::NoReason, "{why:?}");
    }
    w.act(HOME, clear(2));
    let (_, ticket, ..) = w.confirmed_next_door();
    assert!(matches!(w.state(HOME).tickets.get(&ticket).unwrap().phase, TicketPhase::Confirmed(..)));
}

#[test]
fn a_coop_never_bars_itself() {
    let mut w = World::alone();
    assert_eq!(bar(&mut w, HOME, 1), []);
    w.confirmed();
}

#[test]
fn a_confirmation_without_a_credential_that_holds_passes_the_award_to_the_next_in_line() {
    let mut w = World::of(3);
    let (_, ticket) = w.shared();
    let (first, second) = (w.coops[NEXT].willing, w.coops[THIRD].willing);
    let faulty = w.claim(NEXT, ticket, first, tue(10, 0));
    let claimed = w.pick(|m| matches!(m, BookingMessage::Claim { .. }));
    w.deliver(claimed).unwrap();
    let waiting = w.claim(THIRD, ticket, second, tue(10, 0));
    let claimed = w.pick(|m| matches!(m, BookingMessage::Claim { .. }));
    w.deliver(claimed).unwrap();
    let award = w.pick(|m| matches!(m, BookingMessage::Award { .. }));
    w.deliver(award).unwrap();
    w.pick(|m| matches!(m, BookingMessage::Confirm { .. }));
    let events = w.ask(HOME, Actor::System, Command::TurnBack { from: key(2), claim: faulty }).unwrap();
    let reason = Some(RefusalReason::NoLongerQualified);
    assert!(matches!(&events[0], Event::AwardEnded { reason: why, cancelled: true, .. } if *why == reason));
    assert!(matches!(&events[1], Event::TicketAwarded { claim, .. } if *claim == waiting));
    w.drain();
    assert_eq!(w.state(NEXT).claims.get(&faulty).unwrap().phase, ClaimPhase::Ended(Ended::Cancelled));
    assert!(matches!(w.state(THIRD).claims.get(&waiting).unwrap().phase, ClaimPhase::Confirmed { .. }));
}

#[test]
fn turning_back_what_is_not_awarded_cancels_it_and_never_touches_a_confirmed_ride() {
    let mut w = World::of(2);
    let (_, ticket, claim, _) = w.confirmed_next_door();
    assert_eq!(w.act(HOME, Command::TurnBack { from: key(2), claim }), []);
    assert!(matches!(w.state(HOME).tickets.get(&ticket).unwrap().phase, TicketPhase::Confirmed(..)));
    let unknown = ClaimId::from_bytes([9; 16]);
    let events = w.act(HOME, Command::TurnBack { from: key(2), claim: unknown });
    let cancel = BookingMessage::Cancel { claim: unknown };
    assert_eq!(events, [Event::Answered { to: key(2), message: cancel }]);
}

#[test]
fn offers_to_and_from_a_barred_coop_end_and_no_further_one_is_made() {
    let mut w = World::of(2);
    let trip = w.book(HOME, 10, 0);
    let offer = Command::OfferTrip { trip, to: key(2), capacity: None };
    w.act(HOME, offer.clone());
    w.drain();
    let (ticket, _) = w.ticket(HOME, trip);
    assert_eq!(w.state(NEXT).offered.len(), 1);
    bar(&mut w, NEXT, 1);
    assert!(w.state(NEXT).offered.is_empty());
    w.drain();
    assert_eq!(w.state(HOME).tickets.get(&ticket).unwrap().offered, None, "it was passed");
    bar(&mut w, HOME, 2);
    assert_eq!(w.refused(HOME, offer), Refusal::Barred(key(2)));
}
