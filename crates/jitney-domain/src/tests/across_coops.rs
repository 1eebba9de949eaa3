//! A rider of one coop, a driver of another.

use super::fixture::*;
use crate::booking::{BookingMessage, ClaimPhase, Ended, Progress, RefusalReason, TicketPhase};
use crate::*;

fn claim_phase(w: &World, coop: usize, claim: ClaimId) -> &ClaimPhase {
    &w.state(coop).claims.get(&claim).unwrap().phase
}

fn ticket_phase(w: &World, ticket: TicketId) -> &TicketPhase {
    &w.state(HOME).tickets.get(&ticket).unwrap().phase
}

#[test]
fn a_neighbour_carries_from_claim_to_settlement() {
    let mut w = World::of(2);
    let (trip, ticket, claim, lift) = w.confirmed_next_door();
    let TicketPhase::Confirmed(award, confirmation) = ticket_phase(&w, ticket) else { panic!() };
    assert_eq!((award.claim, award.provider), (claim, key(2)));
    assert_eq!(confirmation.pick_up_at, tue(10, 0));
    let row = w.state(NEXT).claims.get(&claim).unwrap();
    assert_eq!(row.details.as_deref(), Some("a sealed box"));
    assert!(w.gossip.contains_key(&ticket));
    w.until(tue(9, 55));
    for step in [Step::EnRoute, Step::Arrived, Step::PickUp] {
        w.report(NEXT, lift, step).unwrap();
    }
    w.drain();
    let TicketPhase::Confirmed(_, confirmation) = ticket_phase(&w, ticket) else { panic!() };
    assert_eq!(confirmation.progress, Progress::OnBoard);
    w.until(tue(10, 30));
    w.report(NEXT, lift, Step::DropOff).unwrap();
    w.drain();
    assert_eq!(w.outcome(HOME, trip), Outcome::Completed);
    assert!(matches!(claim_phase(&w, NEXT, claim), ClaimPhase::Stated { agreed: true, .. }));
    assert!(!w.gossip.contains_key(&ticket), "a ticket that is over leaves the gossip");
    assert!(w.state(NEXT).trips.is_empty(), "the rider stays a stranger next door");
}

#[test]
fn a_ticket_tells_partners_nothing_that_links_two_rides_of_one_rider() {
    let mut w = World::of(2);
    let (first, ticket) = w.shared();
    assert_eq!(w.act(HOME, Command::ShareTrip(first)), [], "shared is shared");
    let rider = w.coops[HOME].rider;
    let told = serde_json::to_string(&w.gossip[&ticket].1).unwrap();
    assert!(!told.contains(&rider.to_string()) && !told.contains(&first.0.to_string()));
    w.act(HOME, Command::UnassignTrip(first));
    w.act(HOME, Command::ShareTrip(first));
    assert_ne!(w.ticket(HOME, first).0, ticket);
}

#[test]
fn the_first_claim_gets_the_award_and_the_second_is_turned_down_on_confirmation() {
    let mut w = World::of(3);
    let (_, ticket) = w.shared();
    let (asked, other) = (w.coops[NEXT].driver, w.coops[THIRD].willing);
    let first = w.claim(NEXT, ticket, asked, tue(10, 0));
    let second = w.claim(THIRD, ticket, other, tue(10, 0));
    w.drain();
    assert!(matches!(claim_phase(&w, NEXT, first), ClaimPhase::Awarded { .. }));
    assert!(matches!(claim_phase(&w, THIRD, second), ClaimPhase::Held { .. }), "kept while it may be needed");
    let lift = w.last_claim(NEXT).1.number;
    w.report(NEXT, lift, Step::Accept).unwrap();
    w.drain();
    assert_eq!(*claim_phase(&w, THIRD, second), ClaimPhase::Ended(Ended::TurnedDown));
}

#[test]
fn a_provider_who_declines_makes_room_for_the_next_claim() {
    let mut w = World::of(3);
    let (_, ticket) = w.shared();
    let (asked, other) = (w.coops[NEXT].driver, w.coops[THIRD].willing);
    w.claim(NEXT, ticket, asked, tue(10, 0));
    let second = w.claim(THIRD, ticket, other, tue(10, 0));
    w.drain();
    let lift = w.last_claim(NEXT).1.number;
    w.report(NEXT, lift, Step::Decline).unwrap();
    w.drain();
    let TicketPhase::Confirmed(award, _) = ticket_phase(&w, ticket) else { panic!() };
    assert_eq!(award.claim, second);
}

#[test]
fn a_confirmed_ride_given_up_is_open_again_and_neighbours_hear_of_it() {
    let mut w = World::of(3);
    let (_, ticket, claim, lift) = w.confirmed_next_door();
    w.gossip.clear();
    w.report(NEXT, lift, Step::Decline).unwrap();
    w.drain();
    let failed = ClaimPhase::Ended(Ended::Refused(RefusalReason::ProviderFailed));
    assert_eq!(*claim_phase(&w, NEXT, claim), failed);
    assert_eq!(*ticket_phase(&w, ticket), TicketPhase::Open);
    let willing = w.coops[THIRD].willing;
    let rescue = w.claim(THIRD, ticket, willing, tue(10, 5));
    w.drain();
    let TicketPhase::Confirmed(award, confirmation) = ticket_phase(&w, ticket) else { panic!() };
    assert_eq!((award.claim, confirmation.pick_up_at), (rescue, tue(10, 5)));
}

#[test]
fn a_coop_that_decides_by_hand_awards_when_the_dispatcher_says_so() {
    let mut w = World::of(3);
    w.policy(HOME, |p| p.award_first_claim = false);
    let (trip, ticket) = w.shared();
    let (one, two) = (w.coops[NEXT].willing, w.coops[THIRD].willing);
    let first = w.claim(NEXT, ticket, one, tue(10, 0));
    let second = w.claim(THIRD, ticket, two, tue(10, 10));
    w.drain();
    assert_eq!(*ticket_phase(&w, ticket), TicketPhase::Open);
    w.act(HOME, Command::AwardClaim { ticket, claim: second });
    assert_eq!(w.act(HOME, Command::AwardClaim { ticket, claim: second }), []);
    let other = Command::AwardClaim { ticket, claim: first };
    assert_eq!(w.refused(HOME, other.clone()), Refusal::TripTaken(trip));
    w.drain();
    assert_eq!(w.refused(HOME, other), Refusal::TripTaken(trip));
    assert_eq!(*claim_phase(&w, NEXT, first), ClaimPhase::Ended(Ended::TurnedDown));
    assert!(matches!(claim_phase(&w, THIRD, second), ClaimPhase::Confirmed { .. }));
}

#[test]
fn a_claim_whose_hold_has_run_out_is_not_awarded() {
    let mut w = World::of(2);
    w.policy(HOME, |p| p.award_first_claim = false);
    let (_, ticket) = w.shared();
    let willing = w.coops[NEXT].willing;
    let claim = w.claim(NEXT, ticket, willing, tue(10, 0));
    w.drain();
    // The neighbour holds for four hours; its letter that it no longer does is late.
    w.until(w.now.after(Minutes(240)));
    assert_eq!(w.refused(HOME, Command::AwardClaim { ticket, claim }), Refusal::BidGone(claim));
    w.drain();
    assert_eq!(w.refused(HOME, Command::AwardClaim { ticket, claim }), Refusal::BidGone(claim));
    let unknown = ClaimId::from_bytes([1; 16]);
    assert_eq!(w.refused(HOME, Command::AwardClaim { ticket, claim: unknown }), Refusal::NoClaim(unknown));
    let nothing = TicketId::from_bytes([1; 16]);
    assert_eq!(w.refused(HOME, Command::AwardClaim { ticket: nothing, claim }), Refusal::NoTicket(nothing));
}

#[test]
fn an_own_driver_can_still_take_a_shared_trip_and_needs_no_leave_to() {
    let mut w = World::of(2);
    w.policy(HOME, |p| p.award_first_claim = false);
    let (trip, ticket) = w.shared();
    let (own, theirs) = (w.coops[HOME].willing, w.coops[NEXT].willing);
    let claim = w.claim(NEXT, ticket, theirs, tue(10, 0));
    w.drain();
    w.assign(HOME, trip, own, tue(10, 0));
    w.drain();
    let TicketPhase::Confirmed(award, _) = ticket_phase(&w, ticket) else { panic!() };
    assert_eq!(award.provider, key(1));
    assert_eq!(*claim_phase(&w, NEXT, claim), ClaimPhase::Ended(Ended::TurnedDown));
}

#[test]
fn partners_cannot_fill_a_ticket_with_claims_so_that_its_own_coop_finds_no_room() {
    let mut w = World::of(2);
    w.policy(HOME, |p| p.award_first_claim = false);
    let (trip, ticket) = w.shared();
    let claim = |seed: u8| BookingMessage::Claim {
        ticket,
        claim: ClaimId::from_bytes([seed; 16]),
        hold_until: tue(10, 0),
        pick_up_at: tue(10, 0),
        rate: None,
    };
    for seed in 0..80 {
        let letter = Letter { from: key(2), to: key(1), message: claim(seed) };
        w.deliver(letter).unwrap();
    }
    assert_eq!(w.state(HOME).tickets.get(&ticket).unwrap().claims.len(), 64);
    w.wire.clear();
    let willing = w.coops[HOME].willing;
    w.assign(HOME, trip, willing, tue(10, 0));
    let letter = w.wire.remove(0);
    w.deliver(letter).unwrap();
    assert_eq!(w.ticket(HOME, trip).1.award().unwrap().provider, key(1));
}

#[test]
fn claims_on_what_is_not_offered_are_turned_down() {
    let mut w = World::of(2);
    let trip = w.book(HOME, 10, 0);
    let driver = w.coops[HOME].driver;
    w.assign(HOME, trip, driver, tue(10, 0));
    w.drain();
    let unshared = w.ticket(HOME, trip).0;
    let (_, shared) = w.shared();
    let nobodys = TicketId::from_bytes([9; 16]);
    let cases = [(unshared, tue(10, 0)), (nobodys, tue(10, 0)), (shared, tue(11, 0))];
    for (n, (ticket, at)) in (8..).zip(cases) {
        let claim = ClaimId::from_bytes([n; 16]);
        let message =
            BookingMessage::Claim { ticket, claim, hold_until: tue(9, 0), pick_up_at: at, rate: None };
        w.deliver(Letter { from: key(2), to: key(1), message }).unwrap();
        let answer = w.wire.remove(0);
        assert_eq!((answer.to, answer.message), (key(2), BookingMessage::TurnDown { claim }));
    }
}

#[test]
fn a_trip_called_off_frees_the_neighbours_driver() {
    let mut w = World::of(2);
    let (trip, ticket, claim, _) = w.confirmed_next_door();
    w.act(HOME, Command::CancelTrip { trip, with_return: false });
    assert!(!w.gossip.contains_key(&ticket));
    w.drain();
    assert_eq!(*claim_phase(&w, NEXT, claim), ClaimPhase::Ended(Ended::Cancelled));
    let row = w.state(NEXT).claims.get(&claim).unwrap();
    assert_eq!(row.details, None, "what is not needed any more is forgotten");
    assert_eq!(w.state(NEXT).runs.get(&row.run).unwrap().stops, []);
}

#[test]
fn a_past_ticket_or_one_claimed_already_is_not_claimed() {
    let mut w = World::of(2);
    let (_, ticket) = w.shared();
    let (one, two) = (w.coops[NEXT].driver, w.coops[NEXT].willing);
    w.claim(NEXT, ticket, one, tue(10, 0));
    let again = w.claim_command(NEXT, ticket, two, tue(10, 0));
    assert!(matches!(w.refused(NEXT, again), Refusal::LiftState { .. }));
    let mut w = World::of(2);
    let (_, ticket) = w.shared();
    let late = w.claim_command(NEXT, ticket, two, tue(10, 0));
    w.now = tue(10, 31);
    assert_eq!(w.refused(NEXT, late), Refusal::TicketPast(ticket));
}

#[test]
fn an_award_that_asks_to_wait_for_ever_waits_until_the_ride() {
    let mut w = World::of(2);
    let (_, ticket) = w.shared();
    let asked = w.coops[NEXT].driver;
    let claim = w.claim(NEXT, ticket, asked, tue(10, 0));
    let message = BookingMessage::Award { ticket, claim, respond_by: Timestamp(i64::MAX) };
    w.deliver(Letter { from: key(1), to: key(2), message }).unwrap();
    assert_eq!(*claim_phase(&w, NEXT, claim), ClaimPhase::Awarded { respond_by: tue(10, 30) });
}

#[test]
fn a_confirmation_for_another_time_is_not_taken_and_the_next_claim_gets_the_award() {
    let mut w = World::of(3);
    let (_, ticket) = w.shared();
    let (one, two) = (w.coops[NEXT].driver, w.coops[THIRD].willing);
    let first = w.claim(NEXT, ticket, one, tue(10, 0));
    let second = w.claim(THIRD, ticket, two, tue(10, 0));
    w.drain();
    let lift = w.last_claim(NEXT).1.number;
    w.report(NEXT, lift, Step::Accept).unwrap();
    let mut letter = w.pick(|m| matches!(m, BookingMessage::Confirm { .. }));
    if let BookingMessage::Confirm { pick_up_at, .. } = &mut letter.message {
        *pick_up_at = tue(11, 0);
    }
    w.deliver(letter).unwrap();
    w.drain();
    let TicketPhase::Confirmed(award, _) = ticket_phase(&w, ticket) else { panic!() };
    assert_eq!(award.claim, second);
    assert_eq!(*claim_phase(&w, NEXT, first), ClaimPhase::Ended(Ended::Cancelled));
}

#[test]
fn a_disputed_ride_waits_for_two_people_and_the_dispatcher_settles_it() {
    let mut w = World::of(2);
    let (trip, ticket, claim, lift) = w.confirmed_next_door();
    w.until(tue(10, 0));
    w.report(NEXT, lift, Step::PickUp).unwrap();
    w.report(NEXT, lift, Step::DropOff).unwrap();
    let mut letter = w.pick(|m| matches!(m, BookingMessage::State { .. }));
    if let BookingMessage::State { statement } = &mut letter.message {
        statement.outcome = Outcome::Cancelled; // not a provider's to say
    }
    w.deliver(letter).unwrap();
    w.drain();
    assert!(matches!(ticket_phase(&w, ticket), TicketPhase::Disputed(..)));
    assert!(matches!(claim_phase(&w, NEXT, claim), ClaimPhase::Stated { disputed: true, .. }));
    w.act(HOME, Command::StateOutcome { trip, outcome: Outcome::Completed });
    assert_eq!(w.outcome(HOME, trip), Outcome::Completed);
    w.drain();
    assert!(matches!(ticket_phase(&w, ticket), TicketPhase::Settled(..)));
    assert!(
        matches!(claim_phase(&w, NEXT, claim), ClaimPhase::Stated { agreed: true, .. }),
        "it is over there too"
    );
}

#[test]
fn who_says_before_the_day_how_a_trip_ended_does_not_carry_it() {
    let mut w = World::of(2);
    let (trip, ticket, claim, _) = w.confirmed_next_door();
    let outcome = Outcome::NoShow;
    let statement = Statement { ticket, claim, outcome, picked_up: None, dropped_off: None, metres: None };
    let message = BookingMessage::State { statement };
    w.deliver(Letter { from: key(2), to: key(1), message: message.clone() }).unwrap();
    assert_eq!(*ticket_phase(&w, ticket), TicketPhase::Open, "others may have it");
    let BookingMessage::Dispute { claim: disputed, .. } = w.wire.remove(0).message else { panic!() };
    assert_eq!(disputed, claim);
    assert!(matches!(w.trip(HOME, trip).phase, crate::trip::Phase::Ticketed(_)));
    // Said again on the day it changes nothing: nothing is awarded there any more.
    w.until(tue(10, 10));
    w.deliver(Letter { from: key(2), to: key(1), message }).unwrap();
    assert!(!matches!(ticket_phase(&w, ticket), TicketPhase::Settled(..)));
}

#[test]
fn six_hours_before_the_pick_up_a_trip_may_be_over() {
    let mut w = World::of(2);
    let (trip, ticket, claim, _) = w.confirmed_next_door();
    w.until(w.state(HOME).tickets.get(&ticket).unwrap().body.pick_up.window().from.before(Minutes(360)));
    let outcome = Outcome::NoShow;
    let statement = Statement { ticket, claim, outcome, picked_up: None, dropped_off: None, metres: None };
    w.deliver(Letter { from: key(2), to: key(1), message: BookingMessage::State { statement } }).unwrap();
    assert_eq!(w.outcome(HOME, trip), outcome);
}

#[test]
fn who_says_before_the_day_that_the_rider_is_on_board_keeps_nobody_from_calling_off() {
    for early in [true, false] {
        let mut w = World::of(2);
        let (trip, ticket, claim, _) = w.confirmed_next_door();
        let window = w.state(HOME).tickets.get(&ticket).unwrap().body.pick_up.window();
        let limit = window.from.before(Minutes(360));
        w.until(Timestamp(limit.0 - i64::from(early)));
        let message = BookingMessage::Status { claim, progress: Progress::OnBoard, at: w.now };
        w.deliver(Letter { from: key(2), to: key(1), message }).unwrap();
        let cancelled = w.ask(HOME, Actor::Operator, Command::CancelTrip { trip, with_return: false });
        assert_eq!(cancelled.is_ok(), early, "{cancelled:?}");
        assert_eq!(*ticket_phase(&w, ticket) == TicketPhase::Closed, early);
    }
}

#[test]
fn who_rides_with_an_own_driver_is_on_board_whatever_the_clock_shows() {
    let mut w = World::of(1);
    let (trip, _, lift) = w.confirmed();
    w.until(tue(10, 5));
    w.report(HOME, lift, Step::PickUp).unwrap();
    w.drain();
    w.now = tue(10, 5).before(Minutes(14 * 24 * 60));
    assert_eq!(w.refused(HOME, Command::UnassignTrip(trip)), Refusal::RiderOnBoard(trip));
}

#[test]
fn a_provider_may_say_that_it_failed() {
    let mut w = World::of(2);
    let (trip, _, claim, lift) = w.confirmed_next_door();
    w.until(tue(10, 10));
    w.report(NEXT, lift, Step::NoShow).unwrap();
    let mut letter = w.pick(|m| matches!(m, BookingMessage::State { .. }));
    if let BookingMessage::State { statement } = &mut letter.message {
        statement.outcome = Outcome::MissedTrip;
    }
    w.deliver(letter).unwrap();
    assert_eq!(w.outcome(HOME, trip), Outcome::MissedTrip);
    let BookingMessage::Agree { statement } = w.wire.remove(0).message else { panic!() };
    // Countersigning something that was not said changes nothing.
    let said = claim_phase(&w, NEXT, claim).clone();
    w.deliver(Letter { from: key(1), to: key(2), message: BookingMessage::Agree { statement } }).unwrap();
    assert_eq!(*claim_phase(&w, NEXT, claim), said);
}
