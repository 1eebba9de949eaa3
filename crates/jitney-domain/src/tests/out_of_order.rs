//! Letters that come late, twice, in another order, or from somebody else.

use super::fixture::*;
use crate::booking::{
    BidPhase, BookingMessage, ClaimPhase, Disagreement, Ended, Progress, RefusalReason, TicketPhase,
};
use crate::*;

fn claim_phase(w: &World, coop: usize, claim: ClaimId) -> ClaimPhase {
    w.state(coop).claims.get(&claim).unwrap().phase.clone()
}

fn ticket_phase(w: &World, ticket: TicketId) -> &TicketPhase {
    &w.state(HOME).tickets.get(&ticket).unwrap().phase
}

/// A trip shared and claimed next door by a driver who has to be asked, awarded, and agreed to: the
/// confirmation is in hand and not delivered.
fn confirmation_in_hand(w: &mut World) -> (TripId, TicketId, ClaimId, Letter) {
    let (trip, ticket) = w.shared();
    let asked = w.coops[NEXT].driver;
    let claim = w.claim(NEXT, ticket, asked, tue(10, 0));
    w.drain();
    let lift = w.last_claim(NEXT).1.number;
    w.report(NEXT, lift, Step::Accept).unwrap();
    let letter = w.pick(|m| matches!(m, BookingMessage::Confirm { .. }));
    (trip, ticket, claim, letter)
}

#[test]
fn a_late_confirmation_after_a_cancellation_frees_the_provider_and_overwrites_nothing() {
    let mut w = World::of(2);
    let (trip, ticket, claim, confirm) = confirmation_in_hand(&mut w);
    w.act(HOME, Command::CancelTrip { trip, with_return: false });
    let cancel = w.pick(|m| matches!(m, BookingMessage::Cancel { .. }));
    w.deliver(confirm).unwrap();
    assert_eq!(*ticket_phase(&w, ticket), TicketPhase::Closed);
    assert_eq!(w.outcome(HOME, trip), Outcome::Cancelled);
    w.drain();
    assert_eq!(claim_phase(&w, NEXT, claim), ClaimPhase::Ended(Ended::Cancelled));
    // The first cancellation, later than the second, finds nothing to do.
    assert_eq!(w.deliver(cancel), Ok(vec![]));
}

#[test]
fn a_late_confirmation_never_takes_the_trip_from_whoever_has_it_now() {
    let mut w = World::of(3);
    let (_, ticket, late, confirm) = confirmation_in_hand(&mut w);
    w.until(w.now.after(Minutes(125)));
    assert_eq!(*ticket_phase(&w, ticket), TicketPhase::Open, "the award has lapsed");
    let willing = w.coops[THIRD].willing;
    let second = w.claim(THIRD, ticket, willing, tue(10, 0));
    w.drain();
    w.deliver(confirm).unwrap();
    w.drain();
    let TicketPhase::Confirmed(award, _) = ticket_phase(&w, ticket) else { panic!() };
    assert_eq!(award.claim, second);
    assert_eq!(claim_phase(&w, NEXT, late), ClaimPhase::Ended(Ended::Cancelled));
    assert!(matches!(claim_phase(&w, THIRD, second), ClaimPhase::Confirmed { .. }));
}

#[test]
fn every_letter_of_a_ride_delivered_twice_is_as_good_as_once() {
    let mut once = World::of(2);
    let (_, ticket, claim, lift) = once.confirmed_next_door();
    once.until(tue(10, 0));
    let mut twice = once.clone();
    for (world, copies) in [(&mut once, 1), (&mut twice, 2)] {
        for step in [Step::EnRoute, Step::Arrived, Step::PickUp, Step::DropOff] {
            world.report(NEXT, lift, step).unwrap();
        }
        while !world.wire.is_empty() {
            let letter = world.wire.remove(0);
            for _ in 0..copies {
                world.deliver(letter.clone()).unwrap();
            }
        }
    }
    assert_eq!(once.state(HOME), twice.state(HOME));
    assert_eq!(once.state(NEXT), twice.state(NEXT));
    assert!(matches!(ticket_phase(&twice, ticket), TicketPhase::Settled(..)));
    assert!(matches!(claim_phase(&twice, NEXT, claim), ClaimPhase::Stated { agreed: true, .. }));
}

#[test]
fn the_whole_handshake_delivered_twice_makes_one_booking() {
    let mut w = World::of(2);
    let (_, ticket) = w.shared();
    let willing = w.coops[NEXT].willing;
    let claim = w.claim(NEXT, ticket, willing, tue(10, 0));
    let mut letters = 0;
    while !w.wire.is_empty() {
        let letter = w.wire.remove(0);
        w.deliver(letter.clone()).unwrap();
        w.deliver(letter).unwrap();
        letters += 1;
    }
    assert_eq!(letters, 4, "claim, award, confirmation, details");
    assert!(matches!(ticket_phase(&w, ticket), TicketPhase::Confirmed(..)));
    assert!(matches!(claim_phase(&w, NEXT, claim), ClaimPhase::Confirmed { .. }));
}

#[test]
fn a_withdrawal_that_overtakes_its_claim_ends_in_a_refusal_not_in_a_booking() {
    let mut w = World::of(2);
    let (_, ticket) = w.shared();
    let asked = w.coops[NEXT].driver;
    let claim = w.claim(NEXT, ticket, asked, tue(10, 0));
    let said = w.pick(|m| matches!(m, BookingMessage::Claim { .. }));
    let lift = w.last_claim(NEXT).1.number;
    w.report(NEXT, lift, Step::Decline).unwrap();
    w.drain();
    w.deliver(said).unwrap();
    w.drain();
    assert_eq!(*ticket_phase(&w, ticket), TicketPhase::Open);
    let bid = w.state(HOME).tickets.get(&ticket).unwrap().claims[&claim];
    assert_eq!(bid.phase, BidPhase::Over);
}

#[test]
fn a_cancellation_that_overtakes_its_award_leaves_nobody_waiting() {
    let mut w = World::of(2);
    let (trip, ticket) = w.shared();
    let willing = w.coops[NEXT].willing;
    let claim = w.claim(NEXT, ticket, willing, tue(10, 0));
    let said = w.pick(|m| matches!(m, BookingMessage::Claim { .. }));
    w.deliver(said).unwrap();
    let award = w.pick(|m| matches!(m, BookingMessage::Award { .. }));
    w.act(HOME, Command::CancelTrip { trip, with_return: false });
    w.drain();
    w.deliver(award).unwrap();
    let refusal = w.wire.remove(0);
    let expected = BookingMessage::Refuse { claim, reason: RefusalReason::HoldExpired };
    assert_eq!(refusal.message, expected);
    assert_eq!(w.deliver(refusal), Ok(vec![]));
    assert_eq!(claim_phase(&w, NEXT, claim), ClaimPhase::Ended(Ended::Cancelled));
}

#[test]
fn a_refusal_that_overtakes_the_confirmation_stands() {
    let mut w = World::of(2);
    let (_, ticket, claim, confirm) = confirmation_in_hand(&mut w);
    let lift = w.last_claim(NEXT).1.number;
    w.report(NEXT, lift, Step::Decline).unwrap();
    w.drain();
    assert_eq!(*ticket_phase(&w, ticket), TicketPhase::Open);
    w.deliver(confirm).unwrap();
    w.drain();
    assert_eq!(*ticket_phase(&w, ticket), TicketPhase::Open);
    assert!(matches!(claim_phase(&w, NEXT, claim), ClaimPhase::Ended(_)));
}

#[test]
fn a_statement_that_overtakes_the_confirmation_settles_the_ride_and_frees_the_others() {
    let mut w = World::of(3);
    let (trip, ticket, claim, confirm) = confirmation_in_hand(&mut w);
    let other = w.coops[THIRD].willing;
    let waiting = w.claim(THIRD, ticket, other, tue(10, 0));
    w.drain();
    w.now = tue(10, 0);
    let lift = w.last_claim(NEXT).1.number;
    w.report(NEXT, lift, Step::PickUp).unwrap();
    w.report(NEXT, lift, Step::DropOff).unwrap();
    w.drain();
    assert_eq!(w.outcome(HOME, trip), Outcome::Completed);
    assert!(matches!(claim_phase(&w, NEXT, claim), ClaimPhase::Stated { agreed: true, disputed: false, .. }));
    assert_eq!(claim_phase(&w, THIRD, waiting), ClaimPhase::Ended(Ended::TurnedDown));
    assert_eq!(w.deliver(confirm), Ok(vec![]), "late, and nothing is cancelled for it");
}

#[test]
fn progress_never_goes_back() {
    let mut w = World::of(2);
    let (_, ticket, _, lift) = w.confirmed_next_door();
    w.until(tue(10, 0));
    for step in [Step::EnRoute, Step::Arrived, Step::PickUp] {
        w.report(NEXT, lift, step).unwrap();
    }
    w.wire.reverse();
    w.drain();
    let TicketPhase::Confirmed(_, confirmation) = ticket_phase(&w, ticket) else { panic!() };
    assert_eq!(confirmation.progress, Progress::OnBoard);
}

#[test]
fn details_too_long_or_before_the_confirmation_are_not_kept() {
    let mut w = World::of(2);
    let (_, ticket) = w.shared();
    let asked = w.coops[NEXT].driver;
    let claim = w.claim(NEXT, ticket, asked, tue(10, 0));
    w.drain();
    let send = |w: &mut World, length: usize| {
        let message = BookingMessage::Details { claim, sealed: "x".repeat(length) };
        w.deliver(Letter { from: key(1), to: key(2), message })
    };
    assert_eq!(send(&mut w, 10), Ok(vec![]));
    let lift = w.last_claim(NEXT).1.number;
    w.report(NEXT, lift, Step::Accept).unwrap();
    assert_eq!(send(&mut w, 24 * 1024 + 1), Ok(vec![]));
    assert_eq!(send(&mut w, 24 * 1024).unwrap().len(), 1);
}

#[test]
fn a_third_coop_has_no_say() {
    let mut w = World::of(3);
    let (trip, ticket, claim, lift) = w.confirmed_next_door();
    w.until(tue(10, 0));
    w.report(NEXT, lift, Step::PickUp).unwrap();
    w.drain();
    let before = (w.state(HOME).clone(), w.state(NEXT).clone());
    let Some(row) = w.state(NEXT).claims.get(&claim) else { panic!() };
    let statement = Statement {
        ticket,
        claim,
        outcome: Outcome::NoShow,
        picked_up: row.picked_up,
        dropped_off: None,
        metres: None,
    };
    let at = tue(10, 0);
    let confirm = BookingMessage::Confirm {
        claim,
        pick_up_at: at,
        credential: None,
        seal_to: key(3),
        card: String::new(),
    };
    let to_originator = [
        BookingMessage::Claim { ticket, claim, hold_until: tue(12, 0), pick_up_at: at, rate: None },
        BookingMessage::Withdraw { claim },
        BookingMessage::Refuse { claim, reason: RefusalReason::ProviderFailed },
        confirm,
        BookingMessage::Status { claim, progress: Progress::Done, at },
        BookingMessage::State { statement: statement.clone() },
    ];
    let to_provider = [
        BookingMessage::Award { ticket, claim, respond_by: at },
        BookingMessage::TurnDown { claim },
        BookingMessage::Cancel { claim },
        BookingMessage::Details { claim, sealed: "for somebody else".to_owned() },
        BookingMessage::Agree { statement },
        BookingMessage::Dispute { claim, why: Disagreement::NotConfirmed },
    ];
    for (reader, messages) in [(1, to_originator), (2, to_provider)] {
        for message in messages {
            let answer = w.deliver(Letter { from: key(3), to: key(reader), message: message.clone() });
            assert_eq!(answer, Err(Refusal::NotTheirs), "{message:?}");
        }
    }
    assert_eq!((w.state(HOME), w.state(NEXT)), (&before.0, &before.1));
    assert!(!w.trip(HOME, trip).is_closed());
    assert_eq!(w.wire, []);
}

#[test]
fn letters_about_claims_nobody_knows_are_answered_so_that_nobody_waits() {
    let mut w = World::of(2);
    let (claim, ticket) = (ClaimId::from_bytes([1; 16]), TicketId::from_bytes([1; 16]));
    let at = tue(10, 0);
    let statement = Statement {
        ticket,
        claim,
        outcome: Outcome::Completed,
        picked_up: None,
        dropped_off: None,
        metres: None,
    };
    let confirm = BookingMessage::Confirm {
        claim,
        pick_up_at: at,
        credential: None,
        seal_to: key(2),
        card: String::new(),
    };
    let reason = RefusalReason::UnknownClaim;
    let why = Disagreement::NotConfirmed;
    let questions = [
        (
            BookingMessage::Award { ticket, claim, respond_by: at },
            Some(BookingMessage::Refuse { claim, reason }),
        ),
        (confirm, Some(BookingMessage::Cancel { claim })),
        (
            BookingMessage::State { statement: statement.clone() },
            Some(BookingMessage::Dispute { claim, why }),
        ),
        (BookingMessage::Withdraw { claim }, None),
        (BookingMessage::Refuse { claim, reason }, None),
        (BookingMessage::Status { claim, progress: Progress::Done, at }, None),
        (BookingMessage::Cancel { claim }, None),
        (BookingMessage::TurnDown { claim }, None),
        (BookingMessage::Details { claim, sealed: String::new() }, None),
        (BookingMessage::Agree { statement }, None),
        (BookingMessage::Dispute { claim, why }, None),
    ];
    for (question, answer) in questions {
        w.deliver(Letter { from: key(2), to: key(1), message: question.clone() }).unwrap();
        let sent = w.wire.pop().map(|letter| letter.message);
        assert_eq!(sent, answer, "{question:?}");
    }
}

#[test]
fn an_award_of_another_ticket_under_our_claims_name_is_refused() {
    let mut w = World::of(2);
    let (_, ticket) = w.shared();
    let asked = w.coops[NEXT].driver;
    let claim = w.claim(NEXT, ticket, asked, tue(10, 0));
    let ticket = TicketId::from_bytes([1; 16]);
    let message = BookingMessage::Award { ticket, claim, respond_by: tue(9, 0) };
    let answer = w.deliver(Letter { from: key(1), to: key(2), message });
    assert_eq!(answer, Err(Refusal::NotTheirs));
}
