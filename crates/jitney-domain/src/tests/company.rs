//! Who is never on board together, and the driver's break between lifts.

use jiff::civil::Weekday;

use super::fixture::*;
use crate::alarm::{Kind, Unfit};
use crate::availability::{BREAKS_MAX, Hours, WeeklyBreak};
use crate::command::Move;
use crate::member::APART_MAX;
use crate::run::Leg;
use crate::*;

fn rider_of(w: &World, trip: TripId) -> MemberId {
    w.trip(HOME, trip).details.rider
}

/// Two trips of Tuesday at ten for two riders, and a plan that fetches both before it sets one down, the first of
/// them given to the driver already.
fn shared_ride(w: &mut World) -> (TripId, TripId, Plan) {
    let driver = w.coops[HOME].willing;
    let (first, second) = (w.book(HOME, 10, 0), w.book(HOME, 10, 0));
    w.give_to_willing(first, tue(9, 50));
    let body = w.body(HOME, second);
    let mut plan = w.plan(HOME, &body, driver, tue(9, 55));
    let last = plan.stops.iter().map(|s| s.planned).max().unwrap();
    let drop_offs = plan.stops.iter_mut().filter(|s| s.leg == Leg::DropOff);
    for (n, stop) in drop_offs.enumerate() {
        stop.planned = last.after(Minutes(5 * u32::try_from(n).unwrap()));
    }
    plan.stops.sort_by_key(|stop| stop.planned);
    (first, second, plan)
}

#[test]
fn riders_who_are_kept_apart_are_not_on_board_together() {
    let mut w = World::alone();
    let (first, second, plan) = shared_ride(&mut w);
    let (one, other) = (rider_of(&w, first), rider_of(&w, second));
    let apart = |apart| Command::SetApart { one, other, apart };
    w.act(HOME, apart(true));
    assert_eq!(
        w.act(HOME, Command::SetApart { one: other, other: one, apart: true }),
        [],
        "it is so already"
    );

    let together = Refusal::RidersApart { rider: other, other: one };
    let assign = Command::AssignTrip { trip: second, plan: plan.clone(), agreed: true };
    assert_eq!(w.refused(HOME, assign.clone()), together);
    let moves = Command::MoveTrips { moves: vec![Move { trip: second, plan }], agreed: true };
    assert_eq!(w.refused(HOME, moves), together);

    // One after the other does them no harm.
    let driver = w.coops[HOME].willing;
    let command = w.assignment(HOME, second, driver, tue(10, 20));
    assert!(w.clone().ask(HOME, Actor::Operator, command).is_ok());
    w.act(HOME, apart(false));
    w.act(HOME, assign);
}

#[test]
fn riders_who_sit_together_already_when_they_are_kept_apart_raise_an_alarm_each() {
    let mut w = World::alone();
    let (first, second, plan) = shared_ride(&mut w);
    w.act(HOME, Command::AssignTrip { trip: second, plan, agreed: true });
    w.drain();
    w.quiet(HOME);
    let (one, other) = (rider_of(&w, first), rider_of(&w, second));
    w.act(HOME, Command::SetApart { one, other, apart: true });
    let driver = w.coops[HOME].willing;
    let alarms = w.alarms(HOME);
    assert_eq!(alarms.len(), 2, "{alarms:#?}");
    assert!(alarms.iter().all(|a| a.kind == Kind::DriverMayNot { driver, why: Unfit::RidersApart }));
    w.act(HOME, Command::UnassignTrip(second));
    w.drain();
    w.quiet(HOME);
}

#[test]
fn two_riders_are_kept_apart_in_both_their_rows_and_in_no_more_than_are_kept() {
    let mut w = World::alone();
    let rider = w.coops[HOME].rider;
    let driver = w.coops[HOME].driver;
    let apart = |one, other| Command::SetApart { one, other, apart: true };
    assert_eq!(w.refused(HOME, apart(rider, rider)), Refusal::OneRider(rider));
    let lacks = Refusal::LacksRole { member: driver, role: Role::Rider };
    assert_eq!(w.refused(HOME, apart(rider, driver)), lacks);
    let nobody = MemberId(77);
    assert_eq!(w.refused(HOME, apart(rider, nobody)), Refusal::NoMember(nobody));
    for _ in 0..APART_MAX {
        let other = w.member(HOME, Role::Rider);
        w.act(HOME, apart(other, rider));
        assert!(w.state(HOME).are_apart(rider, other) && w.state(HOME).are_apart(other, rider));
    }
    let one_more = w.member(HOME, Role::Rider);
    assert_eq!(w.refused(HOME, apart(one_more, rider)), Refusal::TooManyApart(rider));
    let row = w.state(HOME).members.get(&rider).unwrap().clone();
    let kept = serde_json::to_string(&row).unwrap();
    assert_eq!(serde_json::from_str::<crate::member::Member>(&kept).unwrap(), row);
}

fn pause(from: (i8, i8), to: (i8, i8), length: u32) -> WeeklyBreak {
    let between = Hours { from: clock(from.0, from.1), to: clock(to.0, to.1) };
    WeeklyBreak { day: Weekday::Tuesday, between, length: Minutes(length) }
}

#[test]
fn a_driver_is_left_room_for_the_break_that_was_agreed() {
    let mut w = World::alone();
    let member = w.coops[HOME].willing;
    let breaks = |breaks| Command::SetBreaks { member, breaks };
    let noon = breaks(vec![pause((12, 0), (13, 0), 30)]);
    w.act(HOME, noon.clone());
    assert_eq!(w.act(HOME, noon), [], "it is so already");

    // On board until 12:15, and the driver helps until 12:20.
    let (first, second) = (w.book(HOME, 11, 50), w.book(HOME, 12, 40));
    w.give_to_willing(first, tue(11, 50));
    let command = w.assignment(HOME, second, member, tue(12, 45));
    assert_eq!(w.refused(HOME, command), Refusal::NoBreak { driver: member, date: TUESDAY });
    let command = w.assignment(HOME, second, member, tue(12, 50));
    assert!(w.clone().ask(HOME, Actor::Operator, command.clone()).is_ok(), "half an hour is left before it");
    w.act(HOME, breaks(Vec::new()));
    w.act(HOME, command);
    w.drain();
    w.quiet(HOME);

    // What stands is not taken away, but it is said.
    w.act(HOME, breaks(vec![pause((12, 0), (13, 0), 40)]));
    let alarms = w.alarms(HOME);
    assert!(!alarms.is_empty());
    assert!(alarms.iter().all(|a| a.kind == Kind::DriverMayNot { driver: member, why: Unfit::NoBreak }));
}

#[test]
fn nobody_is_on_board_during_a_break_and_one_that_is_past_binds_no_more() {
    let mut w = World::alone();
    let member = w.coops[HOME].willing;
    let trip = w.book(HOME, 10, 0);
    let body = w.body(HOME, trip);
    let mut plan = w.plan(HOME, &body, member, tue(10, 0));
    // Fetched by 10:05, set down at 10:40: she would wait for the end of the break in the car.
    plan.stops[1].planned = tue(10, 40);
    let assign = Command::AssignTrip { trip, plan, agreed: true };
    w.act(HOME, Command::SetBreaks { member, breaks: vec![pause((10, 5), (10, 40), 30)] });
    assert_eq!(w.refused(HOME, assign.clone()), Refusal::NoBreak { driver: member, date: TUESDAY });
    w.act(HOME, Command::SetBreaks { member, breaks: vec![pause((9, 0), (9, 45), 30)] });
    w.until(tue(9, 16));
    w.act(HOME, assign);
}

#[test]
fn breaks_that_make_no_sense_are_refused() {
    let mut w = World::alone();
    let member = w.coops[HOME].driver;
    let refused = |breaks: Vec<WeeklyBreak>| w.clone().refused(HOME, Command::SetBreaks { member, breaks });
    let fits = |length, room| Refusal::BreakDoesNotFit { length: Minutes(length), room: Minutes(room) };
    assert_eq!(refused(vec![pause((13, 0), (12, 0), 30)]), Refusal::EmptyHours);
    assert_eq!(refused(vec![pause((12, 0), (12, 30), 31)]), fits(31, 30));
    assert_eq!(refused(vec![pause((12, 0), (12, 30), 0)]), fits(0, 30));
    let two = vec![pause((12, 0), (13, 0), 30), pause((12, 30), (14, 0), 30)];
    assert_eq!(refused(two), Refusal::BreaksOverlap);
    let many = vec![pause((12, 0), (13, 0), 30); BREAKS_MAX + 1];
    assert_eq!(refused(many), Refusal::TooManyHours);
    let after = vec![pause((12, 0), (13, 0), 60), pause((13, 0), (14, 0), 30)];
    w.act(HOME, Command::SetBreaks { member, breaks: after });
}

#[test]
fn a_locked_trip_is_taken_from_its_driver_by_nobody_but_can_be_called_off() {
    let mut w = World::alone();
    let (trip, claim, lift) = w.confirmed();
    let (driver, locked) = (w.coops[HOME].driver, Refusal::Locked(trip));
    w.act(HOME, Command::LockTrip { trip, locked: true });
    assert_eq!(w.refused(HOME, Command::UnassignTrip(trip)), locked);
    let assign = w.assignment(HOME, trip, driver, tue(10, 0));
    assert_eq!(w.refused(HOME, assign.clone()), locked);
    let Command::AssignTrip { plan, .. } = assign.clone() else { unreachable!() };
    let moves = Command::MoveTrips { moves: vec![Move { trip, plan }], agreed: true };
    assert_eq!(w.refused(HOME, moves.clone()), locked);
    assert!(locked.to_string().contains("a dispatcher can unlock it"), "{locked}");

    let rider = Actor::Member(rider_of(&w, trip), Role::Rider);
    let mut called_off = w.clone();
    called_off.ask(HOME, rider, Command::CancelTrip { trip, with_return: false }).unwrap();
    assert_eq!(called_off.outcome(HOME, trip), Outcome::Cancelled);
    let mut given_back = w.clone();
    given_back.report(HOME, lift, Step::Decline).unwrap();
    given_back.drain();
    assert!(given_back.last_claim(HOME).0 == claim && !given_back.last_claim(HOME).1.holds_time());
    given_back.ask(HOME, Actor::Operator, assign).unwrap();

    w.act(HOME, Command::LockTrip { trip, locked: false });
    w.act(HOME, moves);
}
