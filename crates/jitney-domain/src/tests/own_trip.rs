//! A trip of our rider in a car of ours: the same path as across coops, with letters to ourselves.

use super::fixture::*;
use crate::booking::{BookingMessage, ClaimPhase, Ended, Progress, RefusalReason, TicketPhase};
use crate::member::Consent;
use crate::trip::{Phase, Timing};
use crate::*;

fn phase(w: &World, trip: TripId) -> &'static str {
    match w.ticket(HOME, trip).1.phase {
        TicketPhase::Open => "open",
        TicketPhase::Awarded(_) => "awarded",
        TicketPhase::Confirmed(..) => "confirmed",
        TicketPhase::Settled(..) => "settled",
        TicketPhase::Disputed(..) => "disputed",
        TicketPhase::Closed => "closed",
    }
}

fn claim_phase(w: &World) -> ClaimPhase {
    w.last_claim(HOME).1.phase.clone()
}

/// Hands on the only letter there is.
#[track_caller]
fn hand_on(w: &mut World) {
    assert_eq!(w.wire.len(), 1, "{:?}", w.wire);
    let letter = w.wire.remove(0);
    w.deliver(letter).unwrap();
}

#[test]
fn a_trip_goes_from_wish_to_settlement_step_by_step() {
    let mut w = World::alone();
    let driver = w.coops[HOME].driver;
    let trip = w.book(HOME, 10, 0);
    w.assign(HOME, trip, driver, tue(10, 0));
    assert!(matches!(claim_phase(&w), ClaimPhase::Held { .. }));
    assert_eq!(phase(&w, trip), "open");
    hand_on(&mut w);
    assert_eq!(phase(&w, trip), "awarded");
    hand_on(&mut w);
    assert!(matches!(claim_phase(&w), ClaimPhase::Awarded { .. }));
    assert_eq!(w.wire, []);
    let lift = w.last_claim(HOME).1.number;
    w.report(HOME, lift, Step::Accept).unwrap();
    assert!(matches!(claim_phase(&w), ClaimPhase::Confirmed { .. }));
    assert_eq!(phase(&w, trip), "awarded");
    hand_on(&mut w);
    assert_eq!(phase(&w, trip), "confirmed");
    hand_on(&mut w);
    assert_eq!(w.last_claim(HOME).1.details.as_deref(), Some("a sealed box"));
    for (at, step, seen) in [
        (tue(9, 40), Step::EnRoute, Progress::EnRoute),
        (tue(9, 58), Step::Arrived, Progress::Arrived),
        (tue(10, 3), Step::PickUp, Progress::OnBoard),
    ] {
        w.until(at);
        w.report(HOME, lift, step).unwrap();
        w.drain();
        let TicketPhase::Confirmed(_, confirmation) = &w.ticket(HOME, trip).1.phase else { panic!() };
        assert_eq!((confirmation.progress, confirmation.progress_at), (seen, at));
    }
    w.report(HOME, lift, Step::Miles(Metres(9400))).unwrap();
    w.until(tue(10, 25));
    let ticket = w.ticket(HOME, trip).0;
    w.report(HOME, lift, Step::DropOff).unwrap();
    w.drain();
    assert_eq!(w.outcome(HOME, trip), Outcome::Completed);
    let TicketPhase::Settled(_, statement) = &w.state(HOME).tickets.get(&ticket).unwrap().phase else {
        panic!()
    };
    assert_eq!(statement.picked_up, Some(tue(10, 3)));
    assert_eq!(statement.dropped_off, Some(tue(10, 25)));
    assert_eq!(statement.metres, Some(Metres(9400)));
    let ClaimPhase::Stated { agreed, disputed, statement: ours } = claim_phase(&w) else { panic!() };
    assert_eq!((agreed, disputed, &ours), (true, false, statement));
    let run = w.state(HOME).runs.get(&RunId(1)).unwrap();
    assert!(run.stops.iter().all(|s| s.done.is_some()));
}

#[test]
fn a_standing_yes_or_a_yes_on_the_phone_confirms_without_asking() {
    let mut w = World::alone();
    let (trip, ..) = w.confirmed();
    assert_eq!(phase(&w, trip), "confirmed");
    let driver = w.coops[HOME].driver;
    let second = w.book(HOME, 12, 0);
    let body = w.body(HOME, second);
    let plan = w.plan(HOME, &body, driver, tue(12, 0));
    w.act(HOME, Command::AssignTrip { trip: second, plan, agreed: true });
    w.drain();
    assert_eq!(phase(&w, second), "confirmed");
}

#[test]
fn a_driver_who_declines_frees_the_trip_before_and_after_a_yes() {
    for consent in [Consent::Ask, Consent::Standing] {
        let mut w = World::alone();
        let (trip, driver) = (w.book(HOME, 10, 0), w.new_driver(HOME, consent, CAR));
        w.assign(HOME, trip, driver, tue(10, 0));
        w.drain();
        let lift = w.last_claim(HOME).1.number;
        w.report(HOME, lift, Step::Decline).unwrap();
        w.drain();
        assert_eq!(phase(&w, trip), "open");
        let reason = match consent {
            Consent::Ask => RefusalReason::DriverDeclined,
            Consent::Standing => RefusalReason::ProviderFailed,
        };
        assert_eq!(claim_phase(&w), ClaimPhase::Ended(Ended::Refused(reason)));
        // Somebody else can have it.
        let willing = w.coops[HOME].willing;
        w.assign(HOME, trip, willing, tue(10, 0));
        w.drain();
        assert_eq!(phase(&w, trip), "confirmed");
    }
}

#[test]
fn a_driver_who_declines_while_only_held_withdraws_the_claim() {
    let mut w = World::alone();
    let (trip, willing) = (w.book(HOME, 10, 0), w.coops[HOME].willing);
    w.assign(HOME, trip, willing, tue(10, 0));
    let lift = w.last_claim(HOME).1.number;
    w.report(HOME, lift, Step::Decline).unwrap();
    w.drain();
    assert_eq!(claim_phase(&w), ClaimPhase::Ended(Ended::Withdrawn));
    assert_eq!(phase(&w, trip), "open");
    assert!(w.ticket(HOME, trip).1.award().is_none());
}

#[test]
fn nobody_is_given_a_trip_that_somebody_has() {
    let mut w = World::alone();
    let (trip, claim, _) = w.confirmed();
    let driver = w.coops[HOME].driver;
    let command = w.assignment(HOME, trip, driver, tue(10, 0));
    assert_eq!(w.refused(HOME, command), Refusal::TripTaken(trip));
    assert_eq!(w.refused(HOME, Command::ShareTrip(trip)), Refusal::TripTaken(trip));
    // Nor while our own claim is still on its way.
    let second = w.book(HOME, 12, 0);
    w.assign(HOME, second, driver, tue(12, 0));
    let willing = w.coops[HOME].willing;
    let command = w.assignment(HOME, second, willing, tue(12, 0));
    assert!(matches!(w.refused(HOME, command), Refusal::LiftState { .. }));
    assert!(w.ticket(HOME, trip).1.award_of(claim, key(1)).is_some());
}

#[test]
fn an_unassigned_trip_is_wanted_again_and_its_driver_free() {
    let mut w = World::alone();
    let (trip, claim, _) = w.confirmed();
    let old = w.ticket(HOME, trip).0;
    w.act(HOME, Command::UnassignTrip(trip));
    w.drain();
    assert_eq!(w.trip(HOME, trip).phase, Phase::Requested);
    let ended = &w.state(HOME).claims.get(&claim).unwrap().phase;
    assert_eq!(*ended, ClaimPhase::Ended(Ended::Cancelled));
    let driver = w.coops[HOME].driver;
    w.assign(HOME, trip, driver, tue(10, 0));
    assert_ne!(w.ticket(HOME, trip).0, old, "a fresh ticket links nothing");
    assert_eq!(w.act(HOME, Command::UnassignTrip(trip)).last(), Some(&Event::TripReopened { trip }));
    assert_eq!(w.act(HOME, Command::UnassignTrip(trip)), []);
}

#[test]
fn two_trips_swap_drivers_in_one_decision_or_not_at_all() {
    let mut w = World::alone();
    let (driver, willing) = (w.coops[HOME].driver, w.coops[HOME].willing);
    let (first, second) = (w.book(HOME, 10, 0), w.book(HOME, 10, 0));
    w.assign(HOME, first, driver, tue(10, 0));
    w.assign(HOME, second, willing, tue(10, 0));
    w.drain();
    let place = |w: &mut World, trip, driver| {
        let body = w.body(HOME, trip);
        let mut plan = w.plan(HOME, &body, driver, tue(10, 0));
        // As the run is once the other trip has left it.
        plan.stops.retain(|stop| stop.claim == plan.claim);
        Move { trip, plan }
    };
    let swap = vec![place(&mut w, first, willing), place(&mut w, second, driver)];
    let before = w.state(HOME).clone();
    // While one of them stands where the other is to go, nothing happens at all.
    let half = Command::MoveTrips { moves: swap[..1].to_vec(), agreed: true };
    assert!(matches!(w.refused(HOME, half), Refusal::BreaksPromise(_)));
    assert_eq!(*w.state(HOME), before);

    w.act(HOME, Command::MoveTrips { moves: swap, agreed: true });
    w.drain();
    let driver_of = |w: &World, trip| {
        let ticket = w.trip(HOME, trip).ticket().unwrap();
        let (_, claim) = w.state(HOME).live_claims_on(ticket).next().unwrap();
        w.state(HOME).runs.get(&claim.run).unwrap().frame.driver
    };
    assert_eq!((driver_of(&w, first), driver_of(&w, second)), (willing, driver));
    assert_eq!((phase(&w, first), phase(&w, second)), ("confirmed", "confirmed"));
}

#[test]
fn a_plan_that_has_been_overtaken_by_the_clock_is_made_anew() {
    let mut w = World::alone();
    let trip = w.book(HOME, 10, 0);
    let (body, driver) = (w.body(HOME, trip), w.coops[HOME].driver);
    let moves = vec![Move { trip, plan: w.plan(HOME, &body, driver, tue(10, 0)) }];
    // The window is still open, but nobody can be there ten minutes ago.
    w.until(tue(10, 10));
    let refused = w.refused(HOME, Command::MoveTrips { moves, agreed: true });
    assert_eq!(refused, Refusal::PlanPast { planned: tue(10, 0) });
}

#[test]
fn who_is_on_board_is_not_moved() {
    let mut w = World::alone();
    let (trip, _, lift) = w.confirmed();
    w.until(tue(10, 0));
    w.report(HOME, lift, Step::PickUp).unwrap();
    w.drain();
    let body = w.body(HOME, trip);
    let driver = w.coops[HOME].driver;
    let moves = vec![Move { trip, plan: w.plan(HOME, &body, driver, tue(10, 10)) }];
    assert_eq!(w.refused(HOME, Command::MoveTrips { moves, agreed: true }), Refusal::RiderOnBoard(trip));
    let one = Move { trip, plan: w.plan(HOME, &body, driver, tue(10, 10)) };
    let many = vec![one; MOVES_MAX + 1];
    let refused = w.refused(HOME, Command::MoveTrips { moves: many, agreed: true });
    assert_eq!(refused, Refusal::TooManyMoves(MOVES_MAX + 1));
}

#[test]
fn needs_that_change_after_the_yes_take_the_trip_back() {
    let mut w = World::alone();
    let (trip, ..) = w.confirmed();
    let requirement = Some(Requirement { mobility: Mobility::Wheelchair, ..Requirement::default() });
    let change = TripChange { requirement, ..TripChange::default() };
    w.act(HOME, Command::ChangeTrip { trip, change });
    w.drain();
    assert_eq!(w.trip(HOME, trip).phase, Phase::Requested);
    assert!(w.state(HOME).live_claims().next().is_none());
    assert_eq!(w.body(HOME, trip).load, Load { seats: 0, wheelchairs: 1 });
}

#[test]
fn a_trip_can_be_called_off_at_every_step_and_the_driver_is_freed() {
    let steps: [(&str, &[Step], Outcome); 5] = [
        ("wanted", &[], Outcome::Cancelled),
        ("asked", &[], Outcome::Cancelled),
        ("confirmed", &[Step::Accept], Outcome::Cancelled),
        ("on the way", &[Step::Accept, Step::EnRoute], Outcome::LateCancelled),
        ("at the door", &[Step::Accept, Step::EnRoute, Step::Arrived], Outcome::CancelledAtDoor),
    ];
    for (name, steps, outcome) in steps {
        let mut w = World::alone();
        let (trip, driver) = (w.book(HOME, 10, 0), w.coops[HOME].driver);
        if name != "wanted" {
            w.assign(HOME, trip, driver, tue(10, 0));
            w.drain();
        }
        for step in steps {
            if *step == Step::EnRoute {
                w.until(tue(9, 40));
            }
            let lift = w.last_claim(HOME).1.number;
            w.report(HOME, lift, *step).unwrap();
            w.drain();
        }
        w.act(HOME, Command::CancelTrip { trip, with_return: false });
        w.drain();
        assert_eq!(w.outcome(HOME, trip), outcome, "{name}");
        assert!(w.state(HOME).live_claims().next().is_none(), "{name}");
        assert!(w.state(HOME).live_tickets().next().is_none(), "{name}");
    }
}

#[test]
fn a_trip_called_off_while_the_claim_is_on_its_way_holds_nobody() {
    let mut w = World::alone();
    let (trip, willing) = (w.book(HOME, 10, 0), w.coops[HOME].willing);
    w.assign(HOME, trip, willing, tue(10, 0));
    w.act(HOME, Command::CancelTrip { trip, with_return: false });
    w.drain();
    assert_eq!(claim_phase(&w), ClaimPhase::Ended(Ended::TurnedDown));
}

#[test]
fn a_rider_on_board_is_neither_cancelled_nor_changed_nor_reassigned_nor_missed() {
    let mut w = World::alone();
    let (trip, _, lift) = w.confirmed();
    w.until(tue(10, 2));
    w.report(HOME, lift, Step::PickUp).unwrap();
    w.drain();
    w.until(tue(10, 40));
    let cancel = Command::CancelTrip { trip, with_return: false };
    assert!(matches!(w.refused(HOME, cancel), Refusal::OutcomeImpossible { .. }));
    assert_eq!(w.refused(HOME, Command::UnassignTrip(trip)), Refusal::RiderOnBoard(trip));
    let timing = Some(Timing::PickUp(tuesday_at(12, 0)));
    let change = TripChange { timing, ..TripChange::default() };
    assert_eq!(w.refused(HOME, Command::ChangeTrip { trip, change }), Refusal::RiderOnBoard(trip));
    let missed = Command::StateOutcome { trip, outcome: Outcome::MissedTrip };
    assert!(matches!(w.refused(HOME, missed), Refusal::OutcomeImpossible { .. }));
    assert!(w.report(HOME, lift, Step::Decline).is_err());
    assert!(w.report(HOME, lift, Step::NoShow).is_err());
    assert!(w.report(HOME, lift, Step::CancelledAtDoor).is_err());
}

#[test]
fn a_rider_who_boarded_before_the_cancellation_arrived_is_brought_home() {
    let mut w = World::alone();
    let (trip, claim, lift) = w.confirmed();
    w.until(tue(10, 2));
    w.report(HOME, lift, Step::PickUp).unwrap();
    let status = w.pick(|m| matches!(m, BookingMessage::Status { .. }));
    w.act(HOME, Command::CancelTrip { trip, with_return: false });
    w.drain();
    let riding = &w.state(HOME).claims.get(&claim).unwrap().phase;
    assert!(matches!(riding, ClaimPhase::Confirmed { progress: Progress::OnBoard, .. }));
    w.deliver(status).unwrap();
    w.report(HOME, lift, Step::DropOff).unwrap();
    w.drain();
    // The two records differ, and both sides know it.
    assert!(matches!(claim_phase(&w), ClaimPhase::Stated { disputed: true, .. }));
    assert!(matches!(w.outcome(HOME, trip), Outcome::LateCancelled));
}

#[test]
fn a_dispatcher_states_only_what_can_be() {
    let mut w = World::alone();
    let (trip, ..) = w.confirmed();
    let state = |outcome| Command::StateOutcome { trip, outcome };
    for outcome in
        [Outcome::Completed, Outcome::NoShow, Outcome::TurnedDown, Outcome::Unmet, Outcome::MissedTrip]
    {
        let refused = w.refused(HOME, state(outcome));
        assert!(matches!(refused, Refusal::OutcomeImpossible { .. }), "{outcome}: {refused}");
    }
    w.until(tue(10, 21));
    w.act(HOME, state(Outcome::MissedTrip));
    w.drain();
    assert_eq!(w.outcome(HOME, trip), Outcome::MissedTrip);
    assert!(w.state(HOME).live_claims().next().is_none());
    let wish = w.book(HOME, 16, 0);
    w.act(HOME, Command::StateOutcome { trip: wish, outcome: Outcome::TurnedDown });
    assert_eq!(w.outcome(HOME, wish), Outcome::TurnedDown);
}

#[test]
fn a_lock_stays_on_a_trip_through_drivers_until_it_is_taken_off_or_the_trip_is_over() {
    let mut w = World::alone();
    let (trip, driver) = (w.book(HOME, 10, 0), w.new_driver(HOME, Consent::Standing, CAR));
    let lock = |locked| Command::LockTrip { trip, locked };
    let locked = |w: &World| w.state(HOME).trips.get(&trip).unwrap().locked;
    assert_eq!(w.act(HOME, lock(false)), vec![], "it is so already");
    w.act(HOME, lock(true));
    w.assign(HOME, trip, driver, tue(10, 0));
    w.drain();
    let lift = w.last_claim(HOME).1.number;
    w.report(HOME, lift, Step::Decline).unwrap();
    w.drain();
    assert!(locked(&w));
    w.act(HOME, lock(false));
    assert!(!locked(&w));
    w.act(HOME, Command::CancelTrip { trip, with_return: false });
    w.refused(HOME, lock(true));
}
