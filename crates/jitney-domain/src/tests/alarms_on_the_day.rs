//! Alarms of the day itself and of partners: who has not reported, what the coops see differently, who is out of
//! reach.

use jiff::civil::date;

use super::alarms::office;
use super::fixture::*;
use crate::alarm::*;
use crate::booking::*;
use crate::*;

impl World {
    /// Returns the first alarm about the trip of a ticket, the day before at noon.
    pub(super) fn alarms_of_ticket(&mut self, ticket: TicketId) -> Kind {
        self.until(moment(MONDAY, 12, 0));
        let trip = self.state(HOME).tickets.get(&ticket).unwrap().trip;
        of_trip(self.state(HOME), &Partners::default(), trip, self.now).remove(0).kind
    }
}

#[test]
fn a_driver_who_has_not_set_out_is_phoned_and_then_the_rider() {
    let mut w = World::alone();
    let (_, _, lift) = w.confirmed();
    w.until(tue(10, 10));
    w.quiet(HOME);
    w.until(tue(10, 11));
    let alarm = w.alarm(HOME);
    let overdue = |progress| Kind::DriverOverdue { progress };
    assert_eq!((&alarm.kind, alarm.urgency), (&overdue(Progress::Booked), Urgency::Now));
    assert_eq!((alarm.since, alarm.calls), (Some(tue(10, 10)), vec![w.driver_call(HOME), w.rider_call()]));
    w.report(HOME, lift, Step::EnRoute).unwrap();
    w.drain();
    w.quiet(HOME);
    w.until(tue(10, 21));
    assert_eq!(w.alarm(HOME).kind, overdue(Progress::EnRoute));
    w.report(HOME, lift, Step::PickUp).unwrap();
    w.drain();
    w.quiet(HOME);
}

#[test]
fn a_partners_driver_who_has_not_reported_alarms_both_offices() {
    let mut w = World::of(2);
    w.confirmed_next_door();
    w.until(tue(10, 11));
    assert_eq!(w.alarm(HOME).calls, [office(NEXT), w.rider_call()]);
    assert_eq!(w.alarm(NEXT).calls, [w.driver_call(NEXT), office(HOME)]);
}

#[test]
fn a_rider_who_does_not_come_to_the_door_is_phoned_by_the_driver_who_stands_there() {
    let mut w = World::of(2);
    let (_, _, _, next_lift) = w.confirmed_next_door();
    let trip = w.book(HOME, 10, 0);
    let lift = w.give_to_willing(trip, tue(10, 0));
    w.until(tue(10, 0));
    w.report(HOME, lift, Step::Arrived).unwrap();
    w.report(NEXT, next_lift, Step::Arrived).unwrap();
    w.drain();
    w.until(tue(10, 10));
    w.quiet(HOME);
    w.until(tue(10, 11));
    let alarms = w.alarms(HOME);
    assert!(alarms.iter().all(|a| a.kind == Kind::RiderNotAtDoor && a.urgency == Urgency::Now));
    let rider = Callee::Rider(w.trip(HOME, trip).details.rider);
    let own = Call { who: Caller::Driver(w.coops[HOME].willing), whom: rider };
    assert_eq!(alarms.iter().map(|a| a.calls.clone()).collect::<Vec<_>>(), [[w.rider_call()], [own]]);
    let theirs = Call { who: Caller::Driver(w.coops[NEXT].willing), whom: Callee::Office(key(1)) };
    assert_eq!(w.alarm(NEXT).calls, [theirs]);
    w.report(NEXT, next_lift, Step::NoShow).unwrap();
    w.report(HOME, lift, Step::PickUp).unwrap();
    w.drain();
    w.quiet(NEXT);
    w.quiet(HOME);
}

#[test]
fn a_rider_on_board_for_too_long_alarms_until_set_down() {
    let mut w = World::alone();
    let (trip, _, lift) = w.confirmed();
    w.until(tue(10, 0));
    w.report(HOME, lift, Step::PickUp).unwrap();
    w.drain();
    let details = w.trip(HOME, trip).details.clone();
    let due = w.now.after(details.dwell.pick_up).after(details.max_ride).after(Minutes(10));
    w.until(due);
    w.quiet(HOME);
    w.until(due.after(Minutes(1)));
    let alarm = w.alarm(HOME);
    assert_eq!((&alarm.kind, alarm.since), (&Kind::OnBoardTooLong, Some(due)));
    assert_eq!(alarm.calls, [w.driver_call(HOME), w.rider_call()]);
    w.report(HOME, lift, Step::DropOff).unwrap();
    w.drain();
    w.quiet(HOME);
}

#[test]
fn an_outcome_that_the_coops_see_differently_makes_each_phone_the_other() {
    let mut w = World::of(2);
    let (_, ticket, claim, lift) = w.confirmed_next_door();
    w.until(tue(10, 0));
    w.report(NEXT, lift, Step::PickUp).unwrap();
    w.drain();
    w.report(NEXT, lift, Step::DropOff).unwrap();
    let mut letter = w.pick(|m| matches!(m, BookingMessage::State { .. }));
    let BookingMessage::State { statement } = &mut letter.message else { unreachable!() };
    statement.outcome = Outcome::Unmet;
    w.drain();
    w.deliver(letter).unwrap();
    w.drain();
    let ours = w.alarm(HOME);
    assert_eq!((&ours.kind, ours.urgency), (&Kind::OutcomeDisputed, Urgency::Today));
    assert_eq!(ours.calls, [office(NEXT), w.rider_call()]);
    let theirs = w.alarm(NEXT);
    assert_eq!((theirs.kind, theirs.calls), (Kind::OutcomeDisputed, vec![office(HOME)]));
    let trip = w.state(HOME).tickets.get(&ticket).unwrap().trip;
    // What is agreed at last is not what the provider says: it keeps its alarm for two weeks.
    w.act(HOME, Command::StateOutcome { trip, outcome: Outcome::NoShow });
    w.drain();
    w.quiet(HOME);
    w.until(moment(date(2026, 3, 24), 8, 0));
    assert_eq!(w.alarm(NEXT).kind, Kind::OutcomeDisputed);
    w.until(moment(date(2026, 3, 25), 8, 0));
    w.quiet(NEXT);
    let _ = (claim, Disagreement::RiderSaysOtherwise);
}

#[test]
fn a_driver_without_the_riders_details_alarms_two_hours_before_until_they_are_there() {
    let mut w = World::of(2);
    let (_, ticket) = w.shared();
    let willing = w.coops[NEXT].willing;
    w.claim(NEXT, ticket, willing, tue(10, 0));
    let mut details = None;
    while !w.wire.is_empty() {
        let letter = w.wire.remove(0);
        match letter.message {
            BookingMessage::Details { .. } => details = Some(letter),
            _ => drop(w.deliver(letter).unwrap()),
        }
    }
    w.until(tue(7, 59));
    w.quiet(NEXT);
    w.until(tue(8, 0));
    let alarm = w.alarm(NEXT);
    assert_eq!((&alarm.kind, alarm.urgency), (&Kind::DetailsMissing, Urgency::Before(tue(10, 0))));
    assert_eq!(alarm.calls, [office(HOME), w.driver_call(NEXT)]);
    w.deliver(details.unwrap()).unwrap();
    w.quiet(NEXT);
}

#[test]
fn a_partner_out_of_reach_alarms_once_for_all_that_is_booked_for_today_and_tomorrow() {
    let mut w = World::of(2);
    let (first, ..) = w.confirmed_next_door();
    let second = w.book(HOME, 14, 0);
    w.act(HOME, Command::ShareTrip(second));
    let ticket = w.ticket(HOME, second).0;
    let willing = w.coops[NEXT].willing;
    w.claim(NEXT, ticket, willing, tue(14, 0));
    w.drain();
    let waiting = [(key(2), w.now)].into();
    let partners = Partners { waiting, ..Partners::default() };
    let alarms = |w: &World, partners: &Partners| all(w.state(HOME), partners, w.now);
    assert_eq!(alarms(&w, &partners), [], "a message may take half an hour");
    w.until(w.now.after(Minutes(30)));
    let alarm = alarms(&w, &partners).remove(0);
    assert_eq!(alarms(&w, &partners).len(), 1);
    let kind = Kind::PartnerUnreachable { coop: key(2) };
    assert_eq!((&alarm.kind, alarm.urgency), (&kind, Urgency::Before(tue(10, 0))));
    assert_eq!((alarm.trips, alarm.calls), (vec![first, second], vec![office(NEXT)]));
    assert_eq!(alarms(&w, &Partners::default()), []);
}

#[test]
fn a_partner_out_of_reach_with_whom_nothing_is_near_is_left_in_peace() {
    let mut w = World::of(2);
    w.now = moment(date(2026, 3, 8), 8, 0);
    w.confirmed_next_door();
    let waiting = [(key(2), w.now.before(Minutes(600)))].into();
    let partners = Partners { waiting, ..Partners::default() };
    assert_eq!(all(w.state(HOME), &partners, w.now), []);
}

#[test]
fn a_message_that_was_lost_and_a_partner_that_contradicts_itself_alarm_while_anything_is_booked() {
    let mut w = World::of(2);
    let (trip, ..) = w.confirmed_next_door();
    let lost = [(key(2), w.now)].into();
    let partners = Partners { lost, at_odds: [key(2)].into(), ..Partners::default() };
    let kinds = |w: &World, coop| {
        let known = if coop == HOME {
            partners.clone()
        } else {
            Partners { at_odds: [key(1)].into(), ..Partners::default() }
        };
        all(w.state(coop), &known, w.now).into_iter().map(|a| a.kind).collect::<Vec<_>>()
    };
    let ours = [Kind::MessageLost { coop: key(2) }, Kind::PartnerAtOdds { coop: key(2) }];
    assert_eq!(kinds(&w, HOME), ours);
    assert_eq!(kinds(&w, NEXT), [Kind::PartnerAtOdds { coop: key(1) }]);
    assert!(alarm::is_booked_with(w.state(HOME), &key(2)));
    w.act(HOME, Command::CancelTrip { trip, with_return: false });
    w.drain();
    assert_eq!((kinds(&w, HOME), kinds(&w, NEXT)), (vec![], vec![]));
    assert!(!alarm::is_booked_with(w.state(HOME), &key(2)));
}
