//! What a driver's run can take: nobody is in two places, no seat is given twice, no promise is moved.

use jiff::civil::date;

use super::fixture::*;
use crate::availability::Leave;
use crate::booking::{BookingMessage, ClaimPhase, Ended, RefusalReason};
use crate::member::{Consent, DriverTerms};
use crate::run::{Leg, Run, RunFault};
use crate::trip::Timing;
use crate::*;

/// Books and plans a trip, lets `change` spoil the plan, and returns the refusal.
#[track_caller]
fn spoilt(w: &mut World, driver: MemberId, change: impl FnOnce(&mut Plan)) -> Refusal {
    let trip = w.book(HOME, 10, 0);
    let body = w.body(HOME, trip);
    let mut plan = w.plan(HOME, &body, driver, tue(10, 0));
    change(&mut plan);
    w.refused(HOME, Command::AssignTrip { trip, plan, agreed: false })
}

fn need(w: &mut World, requirement: Requirement) -> TripId {
    let ten = Timing::PickUp(tuesday_at(10, 0));
    w.book_for_another(HOME, |booking| booking.requirement = requirement, ten)
}

#[test]
fn a_driver_is_not_sent_to_two_doors_at_once() {
    let mut w = World::alone();
    let driver = w.coops[HOME].driver;
    let (first, second) = (w.book(HOME, 10, 0), w.book(HOME, 10, 0));
    w.assign(HOME, first, driver, tue(10, 0));
    let command = w.assignment(HOME, second, driver, tue(10, 2));
    let refused = w.refused(HOME, command);
    assert_eq!(refused, Refusal::Run(RunFault::Overlap { planned: tue(10, 2) }));
    w.assign(HOME, second, driver, tue(10, 5));
}

#[test]
fn a_driver_has_no_two_runs_at_one_time_even_after_one_was_emptied() {
    let mut w = World::alone();
    let driver = w.coops[HOME].willing;
    let (trip, ..) = w.confirmed();
    let other = w.book(HOME, 12, 0);
    let body = w.body(HOME, other);
    let morning = w.state(HOME).runs.get(&RunId(1)).unwrap().frame;
    let mut longer = w.plan(HOME, &body, driver, tue(12, 0));
    longer.frame.block.from = tue(9, 0);
    let own = stops_of(longer.claim, &body, tue(12, 0)).to_vec();
    longer.stops = own;
    let assign = Command::AssignTrip { trip: other, plan: longer, agreed: false };
    assert_eq!(w.refused(HOME, assign.clone()), Refusal::DriverBusy { driver, run: RunId(1) });
    // Emptied, the first run is no obstacle, and then it is itself obstructed.
    w.act(HOME, Command::UnassignTrip(trip));
    w.drain();
    w.act(HOME, assign);
    let back = w.assignment(HOME, trip, driver, tue(10, 0));
    assert!(matches!(&back, Command::AssignTrip { plan, .. } if plan.frame == morning));
    assert_eq!(w.refused(HOME, back), Refusal::DriverBusy { driver, run: RunId(2) });
}

#[test]
fn two_drivers_do_not_share_a_vehicle_at_one_time() {
    let mut w = World::alone();
    let (one, two) = (w.coops[HOME].driver, w.coops[HOME].willing);
    w.act(HOME, Command::AddVehicle { owner: None, capability: CAR });
    let vehicle = *w.state(HOME).vehicles.last().unwrap().0;
    for member in [one, two] {
        let terms = DriverTerms { vehicle: Some(vehicle), ..DriverTerms::default() };
        w.act(HOME, Command::SetDriverTerms { member, terms });
    }
    let (first, second) = (w.book(HOME, 10, 0), w.book(HOME, 14, 0));
    w.assign(HOME, first, one, tue(10, 0));
    let command = w.assignment(HOME, second, two, tue(14, 0));
    assert_eq!(w.refused(HOME, command), Refusal::VehicleBusy { vehicle, run: RunId(1) });
}

#[test]
fn a_vehicle_is_never_overfull() {
    let mut w = World::alone();
    let driver = w.coops[HOME].driver;
    let pair = Requirement { companions: 1, ..Requirement::default() };
    let (first, second) = (need(&mut w, pair), need(&mut w, pair));
    w.assign(HOME, first, driver, tue(9, 50));
    let command = w.assignment(HOME, second, driver, tue(10, 0));
    let refused = w.refused(HOME, command);
    assert_eq!(refused, Refusal::Run(RunFault::Overfull { planned: tue(10, 0) }));
    // After the first two are set down there is room.
    w.assign(HOME, second, driver, tue(10, 20));
}

#[test]
fn a_plan_keeps_the_drivers_block_and_the_riders_window() {
    let mut w = World::alone();
    let driver = w.coops[HOME].driver;
    let late = w.book(HOME, 17, 45);
    let command = w.assignment(HOME, late, driver, tue(17, 45));
    assert!(matches!(w.refused(HOME, command), Refusal::Run(RunFault::OutsideBlock { .. })));
    let refused = spoilt(&mut w, driver, |plan| plan.stops[0].planned = tue(9, 44));
    assert_eq!(refused, Refusal::Run(RunFault::OutsideWindow { planned: tue(9, 44) }));
}

#[test]
fn a_rider_is_not_on_board_longer_than_promised() {
    let mut w = World::alone();
    let driver = w.coops[HOME].driver;
    let refused = spoilt(&mut w, driver, |plan| plan.stops[1].planned = tue(10, 46));
    assert_eq!(refused, Refusal::Run(RunFault::RideTooLong { ride: Minutes(41), most: Minutes(40) }));
}

#[test]
fn a_plan_asks_of_the_run_exactly_what_the_ticket_asks() {
    let mut w = World::alone();
    let driver = w.coops[HOME].driver;
    let changes: [fn(&mut Plan); 8] = [
        |plan| plan.stops[0].load = Load::default(),
        |plan| plan.stops.iter_mut().for_each(|s| s.load = Load::default()),
        |plan| plan.stops[1].max_ride = Minutes(60),
        |plan| plan.stops[0].dwell = Minutes(1),
        |plan| plan.stops[0].window.to = tue(11, 0),
        |plan| plan.stops[1].window.to = tue(12, 0),
        |plan| plan.stops[0].done = Some(tue(10, 0)),
        |plan| plan.claim = ClaimId::from_bytes([1; 16]),
    ];
    for (n, change) in changes.into_iter().enumerate() {
        let refused = spoilt(&mut w, driver, change);
        assert!(matches!(refused, Refusal::BreaksPromise(_)), "change {n} gave {refused}");
    }
    let unpaired: [fn(&mut Plan); 3] =
        [|plan| plan.stops.truncate(1), |plan| plan.stops.reverse(), |plan| plan.stops.push(plan.stops[1])];
    for (n, change) in unpaired.into_iter().enumerate() {
        let refused = spoilt(&mut w, driver, change);
        assert!(matches!(refused, Refusal::Run(_)), "change {n} gave {refused}");
    }
}

#[test]
fn nobody_elses_agreement_is_touched_for_a_new_rider() {
    let mut w = World::alone();
    let (_, standing, _) = w.confirmed();
    let driver = w.coops[HOME].willing;
    let spoil: [fn(&mut Plan, ClaimId); 4] = [
        |plan, other| plan.stops.retain(|s| s.claim != other),
        |plan, other| {
            plan.stops.iter_mut().filter(|s| s.claim == other).for_each(|s| s.window.to = tue(13, 0))
        },
        |plan, other| {
            plan.stops.iter_mut().filter(|s| s.claim == other).for_each(|s| s.max_ride = Minutes(90))
        },
        |plan, other| {
            plan.stops.iter_mut().filter(|s| s.claim == other).for_each(|s| s.done = Some(tue(9, 0)))
        },
    ];
    let trip = w.book(HOME, 12, 0);
    let body = w.body(HOME, trip);
    for (n, spoil) in spoil.into_iter().enumerate() {
        let mut plan = w.plan(HOME, &body, driver, tue(12, 0));
        spoil(&mut plan, standing);
        let refused = w.refused(HOME, Command::AssignTrip { trip, plan, agreed: false });
        assert_eq!(refused, Refusal::BreaksPromise(RunId(1)), "spoilt by {n}");
    }
    // Within its window the other stop may move.
    let mut plan = w.plan(HOME, &body, driver, tue(12, 0));
    plan.stops.iter_mut().filter(|s| s.claim == standing && s.leg == Leg::PickUp).for_each(|s| {
        s.planned = tue(9, 55);
    });
    w.act(HOME, Command::AssignTrip { trip, plan, agreed: false });
}

#[test]
fn a_new_run_brings_no_stops_of_its_own() {
    let mut w = World::alone();
    let driver = w.coops[HOME].driver;
    let refused = spoilt(&mut w, driver, |plan| {
        let mut smuggled = plan.stops.clone();
        smuggled.iter_mut().for_each(|s| s.claim = ClaimId::from_bytes([3; 16]));
        smuggled.iter_mut().for_each(|s| s.planned = s.planned.after(Minutes(8)));
        plan.stops.extend(smuggled);
        plan.stops.sort_by_key(|s| s.planned);
    });
    assert!(matches!(refused, Refusal::BreaksPromise(_)), "{refused}");
}

#[test]
fn papers_that_expire_before_the_day_keep_a_driver_from_that_day() {
    let mut w = World::alone();
    let driver = w.coops[HOME].driver;
    let item = VettingItem::Insurance;
    w.act(HOME, Command::RecordVetting { member: driver, item, valid_until: MONDAY });
    let refused = spoilt(&mut w, driver, |_| ());
    let Refusal::NotVetted { unvetted, .. } = refused else { panic!("{refused}") };
    assert_eq!((unvetted.item, unvetted.expired), (item, Some(MONDAY)));
    w.act(HOME, Command::RecordVetting { member: driver, item, valid_until: TUESDAY });
    let trip = w.book(HOME, 10, 0);
    w.assign(HOME, trip, driver, tue(10, 0));
}

#[test]
fn a_paper_withdrawn_between_claim_and_award_ends_the_claim() {
    let mut w = World::alone();
    let trip = w.book(HOME, 10, 0);
    let willing = w.coops[HOME].willing;
    w.assign(HOME, trip, willing, tue(10, 0));
    let item = VettingItem::Licence;
    w.act(HOME, Command::RecordVetting { member: willing, item, valid_until: MONDAY });
    w.drain();
    let ended = ClaimPhase::Ended(Ended::Refused(RefusalReason::NoLongerQualified));
    assert_eq!(w.last_claim(HOME).1.phase, ended);
    assert!(w.ticket(HOME, trip).1.award().is_none());
}

#[test]
fn a_paper_that_expires_between_award_and_yes_is_seen_before_the_yes_counts() {
    let mut w = World::alone();
    let (trip, driver) = (w.book(HOME, 10, 0), w.coops[HOME].driver);
    w.assign(HOME, trip, driver, tue(10, 0));
    w.drain();
    let lift = w.last_claim(HOME).1.number;
    let paper =
        |valid_until| Command::RecordVetting { member: driver, item: VettingItem::Licence, valid_until };
    w.act(HOME, paper(MONDAY));
    assert!(matches!(w.report(HOME, lift, Step::Accept), Err(Refusal::NotVetted { .. })));
    w.act(HOME, paper(TUESDAY));
    w.report(HOME, lift, Step::Accept).unwrap();
}

#[test]
fn leave_keeps_a_driver_from_new_runs_and_from_more_on_a_standing_one() {
    let mut w = World::alone();
    let away = |member| Command::TakeLeave { member, leave: Leave { from: TUESDAY, to: TUESDAY } };
    let driver = w.coops[HOME].driver;
    w.act(HOME, away(driver));
    assert_eq!(spoilt(&mut w, driver, |_| ()), Refusal::NotAvailable { driver, date: TUESDAY });
    w.confirmed();
    let willing = w.coops[HOME].willing;
    w.act(HOME, away(willing));
    let more = w.book(HOME, 12, 0);
    let command = w.assignment(HOME, more, willing, tue(12, 0));
    assert_eq!(w.refused(HOME, command), Refusal::NotAvailable { driver: willing, date: TUESDAY });
}

#[test]
fn a_suspended_driver_or_one_of_unknown_vehicle_takes_nothing() {
    let mut w = World::alone();
    let driver = w.coops[HOME].driver;
    let vehicle = VehicleId(77);
    let refused = spoilt(&mut w, driver, |plan| plan.frame.vehicle = vehicle);
    assert_eq!(refused, Refusal::NoVehicle(vehicle));
    let refused = spoilt(&mut w, driver, |plan| plan.frame.date = date(2026, 3, 11));
    assert_eq!(refused, Refusal::NotAvailable { driver, date: date(2026, 3, 11) });
    w.act(HOME, Command::Suspend(driver));
    assert_eq!(spoilt(&mut w, driver, |_| ()), Refusal::Suspended(driver));
}

#[test]
fn vehicle_and_driver_meet_every_part_of_the_requirement() {
    let mut w = World::alone();
    let driver = w.coops[HOME].driver;
    let needs = [
        (Requirement { mobility: Mobility::Wheelchair, ..Default::default() }, Lack::WheelchairSpace),
        (Requirement { companions: 3, ..Default::default() }, Lack::Seats),
        (Requirement { assistance: Assistance::DoorThroughDoor, ..Default::default() }, Lack::Assistance),
    ];
    for (requirement, expected) in needs {
        let trip = need(&mut w, requirement);
        let command = w.assignment(HOME, trip, driver, tue(10, 0));
        let refused = w.refused(HOME, command);
        assert!(matches!(refused, Refusal::Incapable { why, .. } if why == expected), "{refused}");
    }
    let van = Capability { places: Load { seats: 2, wheelchairs: 1 }, ramp_or_lift: true, ..CAR };
    let van_driver = w.new_driver(HOME, Consent::Standing, van);
    let chair = need(&mut w, needs[0].0);
    w.assign(HOME, chair, van_driver, tue(10, 0));
}

#[test]
fn a_claim_name_is_used_once() {
    let mut w = World::alone();
    let (trip, claim, lift) = w.confirmed();
    w.report(HOME, lift, Step::Decline).unwrap();
    w.drain();
    let driver = w.coops[HOME].driver;
    let body = w.body(HOME, trip);
    let mut plan = w.plan(HOME, &body, driver, tue(10, 0));
    plan.stops.iter_mut().for_each(|s| s.claim = claim);
    plan.claim = claim;
    let refused = w.refused(HOME, Command::AssignTrip { trip, plan, agreed: true });
    assert!(matches!(refused, Refusal::LiftState { .. }), "{refused}");
}

#[test]
fn an_ended_lift_leaves_the_run_and_its_time_is_free_again() {
    let mut w = World::alone();
    let (trip, ..) = w.confirmed();
    w.act(HOME, Command::UnassignTrip(trip));
    let letter = w.pick(|m| matches!(m, BookingMessage::Cancel { .. }));
    w.deliver(letter).unwrap();
    assert_eq!(w.state(HOME).runs.get(&RunId(1)).map(Run::trips), Some(0));
    let again = w.book(HOME, 10, 0);
    let willing = w.coops[HOME].willing;
    w.assign(HOME, again, willing, tue(10, 0));
    assert_eq!(w.state(HOME).runs.len(), 1);
}
