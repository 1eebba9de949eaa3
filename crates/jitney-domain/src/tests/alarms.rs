//! What a dispatcher has to see to: raised by what happens, cleared when it is so no more.

use jiff::civil::date;

use super::fixture::*;
use crate::alarm::{Alarm, Call, Callee, Caller, Kind, Partners, Stage, Unfit, Urgency, all, of_trip};
use crate::availability::Leave;
use crate::booking::{RefusalReason, TicketPhase};
use crate::desk::{TAKEN_FOR, Taken};
use crate::trip::Timing;
use crate::*;

impl World {
    pub(super) fn alarms(&self, coop: usize) -> Vec<Alarm> {
        all(self.state(coop), &Partners::default(), self.now)
    }

    /// Returns the only alarm there is.
    #[track_caller]
    pub(super) fn alarm(&self, coop: usize) -> Alarm {
        let alarms = self.alarms(coop);
        assert_eq!(alarms.len(), 1, "{alarms:#?}");
        alarms.into_iter().next().unwrap()
    }

    #[track_caller]
    pub(super) fn quiet(&self, coop: usize) {
        assert_eq!(self.alarms(coop), []);
    }

    /// Books a way out for Tuesday at ten and a way home.
    pub(super) fn round_trip(&mut self, home: Timing) -> (TripId, TripId) {
        let mut booking = self.booking(HOME, Timing::PickUp(tuesday_at(10, 0)));
        booking.home = Some(home);
        self.act(HOME, Command::BookTrip(booking));
        let last = self.state(HOME).trips.last().unwrap().0.0;
        (TripId(last - 1), TripId(last))
    }

    /// Drives the newest lift of our coop to its end, at the times planned.
    pub(super) fn carry(&mut self, lift: LiftNumber) {
        self.until(tue(10, 0));
        self.report(HOME, lift, Step::PickUp).unwrap();
        self.drain();
        self.until(tue(10, 25));
        self.report(HOME, lift, Step::DropOff).unwrap();
        self.drain();
    }

    pub(super) fn give_to_willing(&mut self, trip: TripId, at: Timestamp) -> LiftNumber {
        let willing = self.coops[HOME].willing;
        self.assign(HOME, trip, willing, at);
        self.drain();
        self.last_claim(HOME).1.number
    }

    pub(super) fn rider_call(&self) -> Call {
        dispatcher(Callee::Rider(self.coops[HOME].rider))
    }

    pub(super) fn driver_call(&self, coop: usize) -> Call {
        dispatcher(Callee::Driver(self.coops[coop].willing))
    }
}

fn dispatcher(whom: Callee) -> Call {
    Call { who: Caller::Dispatcher, whom }
}

pub(super) fn office(coop: usize) -> Call {
    dispatcher(Callee::Office(key(u8::try_from(coop).unwrap() + 1)))
}

#[test]
fn a_return_without_driver_alarms_before_the_outbound_leaves() {
    let mut w = World::alone();
    let (out, home) = w.round_trip(Timing::PickUp(tuesday_at(14, 0)));
    w.give_to_willing(out, tue(10, 0));
    let alarm = w.alarm(HOME);
    let kind = Kind::ReturnWithoutDriver { stage: Stage::AtHome, promise_broken: false };
    assert_eq!((&alarm.kind, alarm.urgency), (&kind, Urgency::Before(tue(10, 0))));
    assert_eq!((alarm.trips.as_slice(), alarm.calls), ([home, out].as_slice(), vec![w.rider_call()]));
    let on_the_board = of_trip(w.state(HOME), &Partners::default(), out, w.now);
    assert_eq!(on_the_board.len(), 1, "the board shows it at the way out too");
    w.until(tue(9, 5));
    assert_eq!(w.alarm(HOME).urgency, Urgency::Now);
    w.give_to_willing(home, tue(14, 0));
    w.quiet(HOME);
}

#[test]
fn a_rider_who_is_out_and_has_no_way_home_comes_before_everything_else() {
    let mut w = World::alone();
    let (out, home) = w.round_trip(Timing::PickUp(tuesday_at(14, 0)));
    let lift = w.give_to_willing(out, tue(10, 0));
    w.book(HOME, 10, 40);
    w.carry(lift);
    let alarms = w.alarms(HOME);
    let kind = Kind::ReturnWithoutDriver { stage: Stage::Out, promise_broken: false };
    assert_eq!((&alarms[0].kind, alarms[0].urgency), (&kind, Urgency::Now));
    assert_eq!(alarms[0].trips[0], home);
    assert_eq!((&alarms[1].kind, alarms.len()), (&Kind::NobodyHasIt, 2));
}

#[test]
fn a_way_home_that_its_driver_gives_back_while_the_rider_is_out_says_that_a_promise_was_broken() {
    let mut w = World::alone();
    let (out, home) = w.round_trip(Timing::PickUp(tuesday_at(14, 0)));
    let lift = w.give_to_willing(out, tue(10, 0));
    let back = w.give_to_willing(home, tue(14, 0));
    w.carry(lift);
    w.quiet(HOME);
    w.report(HOME, back, Step::Decline).unwrap();
    w.drain();
    let alarm = w.alarm(HOME);
    let kind = Kind::ReturnWithoutDriver { stage: Stage::Out, promise_broken: true };
    assert_eq!((alarm.kind, alarm.since), (kind, Some(w.now)));
}

#[test]
fn a_rider_left_behind_stays_in_view_until_another_way_home_is_booked() {
    let mut w = World::alone();
    let (out, _) = w.round_trip(Timing::PickUp(tuesday_at(14, 0)));
    let lift = w.give_to_willing(out, tue(10, 0));
    w.carry(lift);
    w.until(tue(15, 0));
    let alarm = w.alarm(HOME);
    assert_eq!((&alarm.kind, alarm.urgency), (&Kind::LeftBehind, Urgency::Now));
    assert_eq!(alarm.calls, [w.rider_call()]);
    let another = w.book(HOME, 15, 30);
    let willing = w.coops[HOME].willing;
    w.assign(HOME, another, willing, tue(15, 30));
    w.drain();
    w.quiet(HOME);
}

#[test]
fn a_way_home_that_was_called_unmet_in_time_leaves_nobody_behind() {
    let mut w = World::alone();
    let (out, home) = w.round_trip(Timing::PickUp(tuesday_at(14, 0)));
    let lift = w.give_to_willing(out, tue(10, 0));
    w.act(HOME, Command::StateOutcome { trip: home, outcome: Outcome::Unmet });
    w.carry(lift);
    w.until(tue(15, 0));
    w.quiet(HOME);
}

#[test]
fn a_will_call_rider_who_has_called_and_whom_nobody_fetches_is_seen_to_at_once() {
    let mut w = World::alone();
    let (out, home) = w.round_trip(Timing::WillCall(TUESDAY));
    let lift = w.give_to_willing(out, tue(10, 0));
    w.quiet(HOME);
    w.carry(lift);
    w.until(tue(12, 0));
    w.quiet(HOME);
    w.act(HOME, Command::CallReady { trip: home, at: None });
    let alarm = w.alarm(HOME);
    let kind = Kind::ReturnWithoutDriver { stage: Stage::Out, promise_broken: false };
    assert_eq!((&alarm.kind, alarm.urgency, alarm.calls), (&kind, Urgency::Now, vec![w.rider_call()]));
    w.give_to_willing(home, tue(12, 0));
    w.quiet(HOME);
}

#[test]
fn a_will_call_rider_who_does_not_call_for_hours_is_asked_how_it_goes() {
    let mut w = World::alone();
    let (out, home) = w.round_trip(Timing::WillCall(TUESDAY));
    let lift = w.give_to_willing(out, tue(10, 0));
    w.carry(lift);
    w.until(tue(14, 24));
    w.quiet(HOME);
    w.until(tue(14, 25));
    let alarm = w.alarm(HOME);
    assert_eq!((&alarm.kind, alarm.urgency), (&Kind::WillCallSilent, Urgency::Today));
    assert_eq!(alarm.trips, [home]);
    w.act(HOME, Command::CancelTrip { trip: home, with_return: false });
    w.quiet(HOME);
}

#[test]
fn a_trip_that_nobody_has_alarms_a_day_before_and_is_urgent_an_hour_before() {
    let mut w = World::alone();
    let trip = w.book(HOME, 10, 0);
    w.quiet(HOME);
    w.until(moment(MONDAY, 10, 0));
    let alarm = w.alarm(HOME);
    assert_eq!((&alarm.kind, alarm.urgency), (&Kind::NobodyHasIt, Urgency::Before(tue(10, 0))));
    assert_eq!(alarm.calls, [w.rider_call()]);
    w.until(tue(9, 0));
    assert_eq!(w.alarm(HOME).urgency, Urgency::Now);
    w.give_to_willing(trip, tue(10, 0));
    w.quiet(HOME);
}

#[test]
fn a_confirmed_trip_that_its_provider_gives_up_alarms_however_far_away_it_is() {
    let mut w = World::of(3);
    let (_, ticket, _, lift) = w.confirmed_next_door();
    w.quiet(HOME);
    w.report(NEXT, lift, Step::Decline).unwrap();
    w.drain();
    let alarm = w.alarm(HOME);
    let reason = Some(RefusalReason::ProviderFailed);
    let kind = Kind::ProviderFailed { provider: key(2), reason, was_confirmed: true };
    assert_eq!((alarm.kind, alarm.urgency), (kind, Urgency::Before(tue(10, 0))));
    assert_eq!((alarm.since, alarm.calls), (Some(w.now), vec![w.rider_call()]));
    let willing = w.coops[THIRD].willing;
    w.claim(THIRD, ticket, willing, tue(10, 0));
    w.drain();
    w.quiet(HOME);
}

#[test]
fn a_broken_promise_alarms_until_somebody_else_has_said_yes() {
    let mut w = World::of(3);
    let (_, ticket, _, lift) = w.confirmed_next_door();
    let asked = w.coops[THIRD].driver;
    w.report(NEXT, lift, Step::Decline).unwrap();
    w.drain();
    w.claim(THIRD, ticket, asked, tue(10, 0));
    w.drain();
    assert!(matches!(w.state(HOME).tickets.get(&ticket).unwrap().phase, TicketPhase::Awarded(_)));
    let alarm = w.alarm(HOME);
    assert!(matches!(alarm.kind, Kind::ProviderFailed { was_confirmed: true, .. }), "{alarm:?}");
    assert_eq!(alarm.calls, [w.rider_call()]);
    let lift = w.last_claim(THIRD).1.number;
    w.report(THIRD, lift, Step::Accept).unwrap();
    w.drain();
    w.quiet(HOME);
}

#[test]
fn a_lift_given_up_alarms_for_as_long_as_its_coop_cannot_be_told() {
    let mut w = World::of(2);
    let (.., lift) = w.confirmed_next_door();
    w.report(NEXT, lift, Step::Decline).unwrap();
    w.until(tue(9, 0));
    let waiting = |since| Partners { waiting: [(key(1), since)].into(), ..Partners::default() };
    let alarms = |since| all(w.state(NEXT), &waiting(since), w.now);
    assert_eq!(alarms(tue(8, 31)), [], "it may be on its way");
    let [alarm] = alarms(tue(8, 30)).try_into().unwrap();
    assert_eq!((alarm.kind, alarm.calls), (Kind::PartnerUnreachable { coop: key(1) }, vec![office(HOME)]));
    assert_eq!(alarm.lifts, [lift]);
}

#[test]
fn a_lift_called_off_alarms_for_as_long_as_its_driver_may_come_for_nothing() {
    let mut w = World::of(2);
    let (trip, ..) = w.confirmed_next_door();
    w.until(tue(8, 0));
    w.act(HOME, Command::CancelTrip { trip, with_return: false });
    let waiting = |since| Partners { waiting: [(key(2), since)].into(), ..Partners::default() };
    let at = |now, since| all(w.state(HOME), &waiting(since), now);
    assert_eq!(at(tue(8, 29), tue(8, 0)), [], "it may be on its way");
    assert_eq!(at(tue(8, 45), tue(8, 1)), [], "what waits was sent later: they know");
    let [alarm] = at(tue(8, 30), tue(7, 0)).try_into().unwrap();
    assert_eq!(alarm.kind, Kind::CalledOffUntold { provider: key(2) });
    assert_eq!((alarm.urgency, alarm.trips), (Urgency::Before(tue(10, 0)), vec![trip]));
    assert_eq!(alarm.calls, [office(NEXT)]);
    assert_eq!(of_trip(w.state(HOME), &waiting(tue(8, 0)), trip, tue(8, 30)).len(), 1);
    assert_eq!(at(tue(9, 30), tue(8, 0)).len(), 1);
    assert_eq!(at(tue(10, 11), tue(8, 0)), [], "whoever came has left again");
}

#[test]
fn shortly_before_the_pick_up_nobody_waits_long_before_phoning_that_it_is_off() {
    let mut w = World::of(2);
    let (trip, ..) = w.confirmed_next_door();
    w.until(tue(9, 30));
    w.act(HOME, Command::CancelTrip { trip, with_return: false });
    let waiting = Partners { waiting: [(key(2), tue(9, 30))].into(), ..Partners::default() };
    assert_eq!(all(w.state(HOME), &waiting, tue(9, 34)), []);
    let [alarm] = all(w.state(HOME), &waiting, tue(9, 35)).try_into().unwrap();
    assert_eq!(alarm.urgency, Urgency::Now);
}

#[test]
fn a_lift_called_off_while_the_rider_is_on_board_alarms() {
    let mut w = World::of(2);
    let (trip, .., lift) = w.confirmed_next_door();
    w.until(tue(10, 0));
    // The report and the word that it is off cross.
    w.report(NEXT, lift, Step::PickUp).unwrap();
    w.act(HOME, Command::CancelTrip { trip, with_return: false });
    w.drain();
    let alarm = w.alarm(HOME);
    assert_eq!((&alarm.kind, alarm.urgency), (&Kind::BoardedAnyway { provider: key(2) }, Urgency::Now));
    assert_eq!(alarm.calls, [office(NEXT), w.rider_call()]);
    assert_eq!(alarm.trips, [trip]);
    w.until(tue(18, 0));
    w.quiet(HOME);
}

#[test]
fn a_trip_whose_driver_says_no_is_to_be_given_to_somebody_else() {
    let mut w = World::alone();
    let trip = w.book(HOME, 10, 0);
    let asked = w.coops[HOME].driver;
    w.assign(HOME, trip, asked, tue(10, 0));
    w.drain();
    let lift = w.last_claim(HOME).1.number;
    w.report(HOME, lift, Step::Decline).unwrap();
    w.drain();
    let kind = Kind::ProviderFailed {
        provider: key(1),
        reason: Some(RefusalReason::DriverDeclined),
        was_confirmed: false,
    };
    assert_eq!(w.alarm(HOME).kind, kind);
    w.give_to_willing(trip, tue(10, 0));
    w.quiet(HOME);
}

#[test]
fn a_partner_that_does_not_answer_an_award_is_phoned_when_the_pick_up_draws_near() {
    let mut w = World::of(2);
    w.until(tue(6, 0));
    let (_, ticket) = w.shared();
    let asked = w.coops[NEXT].driver;
    w.claim(NEXT, ticket, asked, tue(10, 0));
    w.drain();
    let alarm = w.alarm(HOME);
    let kind = Kind::AwardUnanswered { provider: key(2), respond_by: tue(8, 0) };
    assert_eq!((alarm.kind, alarm.urgency), (kind, Urgency::Before(tue(10, 0))));
    assert_eq!(alarm.calls, [office(NEXT)]);
    let lift = w.last_claim(NEXT).1.number;
    w.report(NEXT, lift, Step::Accept).unwrap();
    w.drain();
    w.quiet(HOME);
}

#[test]
fn a_way_home_that_a_partner_has_not_answered_for_alarms_by_the_time_of_the_way_out() {
    let mut w = World::of(2);
    w.until(tue(6, 30));
    let (out, home) = w.round_trip(Timing::PickUp(tuesday_at(15, 0)));
    w.give_to_willing(out, tue(10, 0));
    w.act(HOME, Command::ShareTrip(home));
    let ticket = w.ticket(HOME, home).0;
    let asked = w.coops[NEXT].driver;
    w.claim(NEXT, ticket, asked, tue(15, 0));
    w.drain();
    let alarm = w.alarm(HOME);
    assert!(matches!(alarm.kind, Kind::AwardUnanswered { .. }), "{alarm:?}");
    assert_eq!(alarm.urgency, Urgency::Before(tue(10, 0)));
}

#[test]
fn a_driver_who_is_asked_and_silent_is_phoned_before_the_answer_counts_no_more() {
    let mut w = World::of(2);
    let (_, ticket) = w.shared();
    let asked = w.coops[NEXT].driver;
    w.claim(NEXT, ticket, asked, tue(10, 0));
    w.drain();
    w.quiet(NEXT);
    w.until(moment(MONDAY, 9, 30));
    let alarm = w.alarm(NEXT);
    let respond_by = moment(MONDAY, 10, 0);
    let kind = Kind::DriverSilent { driver: asked, respond_by };
    assert_eq!((&alarm.kind, alarm.urgency), (&kind, Urgency::Before(respond_by)));
    assert_eq!(alarm.calls, [dispatcher(Callee::Driver(asked))]);
    let lift = w.last_claim(NEXT).1.number;
    w.report(NEXT, lift, Step::Accept).unwrap();
    w.quiet(NEXT);
}

#[test]
fn a_hold_that_nobody_decides_about_alarms_both_coops_before_it_ends() {
    let mut w = World::of(2);
    w.policy(HOME, |p| p.award_first_claim = false);
    let (_, ticket) = w.shared();
    let willing = w.coops[NEXT].willing;
    let claim = w.claim(NEXT, ticket, willing, tue(10, 0));
    w.drain();
    w.quiet(NEXT);
    w.until(moment(MONDAY, 11, 30));
    let until = moment(MONDAY, 12, 0);
    let alarm = w.alarm(NEXT);
    assert_eq!((&alarm.kind, alarm.urgency), (&Kind::HoldEnding { until }, Urgency::Before(until)));
    assert_eq!(alarm.calls, [office(HOME)]);
    let waiting = w.alarms(HOME);
    let ending = waiting.iter().find(|a| a.kind == Kind::ClaimEnding { provider: key(2), until }).unwrap();
    assert_eq!(ending.calls, [office(NEXT)]);
    w.act(HOME, Command::AwardClaim { ticket, claim });
    w.drain();
    w.quiet(NEXT);
    w.quiet(HOME);
}

/// Returns why the only alarm of our coop says that its driver may not drive, with whom to phone.
#[track_caller]
fn may_not(w: &World, coop: usize) -> (Unfit, Vec<Call>) {
    let alarm = w.alarm(coop);
    let Kind::DriverMayNot { driver, why } = alarm.kind else { panic!("{alarm:?}") };
    assert_eq!(driver, w.coops[coop].willing);
    (why, alarm.calls)
}

#[test]
fn a_suspended_driver_alarms_every_lift_until_reinstated() {
    let mut w = World::alone();
    let (trip, _, lift) = w.confirmed();
    let member = w.coops[HOME].willing;
    w.act(HOME, Command::Suspend(member));
    assert_eq!(may_not(&w, HOME), (Unfit::NotActive, vec![w.driver_call(HOME)]));
    let alarm = w.alarm(HOME);
    assert_eq!((alarm.trips, alarm.lifts), (vec![trip], vec![lift]));
    assert_eq!(alarm.urgency, Urgency::Before(tue(10, 0)));
    w.act(HOME, Command::Reinstate(member));
    w.quiet(HOME);
}

#[test]
fn a_paper_that_expires_before_the_day_of_the_ride_alarms_and_one_that_is_good_on_it_does_not() {
    let mut w = World::alone();
    w.confirmed();
    let member = w.coops[HOME].willing;
    let vet = |valid_until| Command::RecordVetting { member, item: VettingItem::Insurance, valid_until };
    w.act(HOME, vet(TUESDAY));
    w.quiet(HOME);
    w.act(HOME, vet(MONDAY));
    let (why, _) = may_not(&w, HOME);
    let expired = Some(MONDAY);
    assert_eq!(why, Unfit::Unvetted(member::Unvetted { item: VettingItem::Insurance, expired }));
    w.act(HOME, vet(date(2027, 1, 1)));
    w.quiet(HOME);
}

#[test]
fn a_paper_that_the_coop_asks_for_only_since_alarms_too() {
    let mut w = World::alone();
    let (trip, ..) = w.confirmed();
    let member = w.coops[HOME].willing;
    w.policy(HOME, |p| p.required_vetting.extend([VettingItem::Training]));
    w.quiet(HOME);
    w.act(HOME, Command::RecordVetting { member, item: VettingItem::Training, valid_until: MONDAY });
    assert!(matches!(may_not(&w, HOME).0, Unfit::Unvetted(_)));
    w.act(HOME, Command::UnassignTrip(trip));
    w.drain();
    w.quiet(HOME);
}

#[test]
fn leave_over_a_partners_ride_makes_its_provider_phone_the_riders_coop() {
    let mut w = World::of(2);
    w.confirmed_next_door();
    w.quiet(NEXT);
    let member = w.coops[NEXT].willing;
    w.act(NEXT, Command::TakeLeave { member, leave: Leave { from: TUESDAY, to: TUESDAY } });
    assert_eq!(may_not(&w, NEXT), (Unfit::OnLeave, vec![w.driver_call(NEXT), office(HOME)]));
    let lift = w.last_claim(NEXT).1.number;
    w.report(NEXT, lift, Step::Decline).unwrap();
    w.quiet(NEXT);
}

#[test]
fn hours_that_are_taken_back_alarm_the_lifts_in_them() {
    let mut w = World::alone();
    w.confirmed();
    let member = w.coops[HOME].willing;
    w.act(HOME, Command::SetWeeklyHours { member, weekly: every_day(hours(9, 12)) });
    w.quiet(HOME);
    w.act(HOME, Command::SetWeeklyHours { member, weekly: every_day(hours(12, 18)) });
    assert_eq!(may_not(&w, HOME).0, Unfit::HoursGone);
    w.act(HOME, Command::OfferHours { member, date: TUESDAY, hours: hours(9, 12) });
    w.quiet(HOME);
}

/// A van with a ramp and one space, for a rider who stays in the wheelchair.
fn in_a_van(w: &mut World) -> (VehicleId, Capability) {
    let member = w.coops[HOME].willing;
    let van = Capability { places: Load { seats: 3, wheelchairs: 1 }, ramp_or_lift: true, ..CAR };
    let vehicle = w.state(HOME).members.get(&member).and_then(|m| m.driver.as_ref()?.terms.vehicle).unwrap();
    w.act(HOME, Command::ChangeVehicle { vehicle, capability: van });
    let mut booking = w.booking(HOME, Timing::PickUp(tuesday_at(10, 0)));
    booking.requirement.mobility = Mobility::Wheelchair;
    w.act(HOME, Command::BookTrip(booking));
    let trip = *w.state(HOME).trips.last().unwrap().0;
    w.give_to_willing(trip, tue(10, 0));
    w.quiet(HOME);
    (vehicle, van)
}

#[test]
fn a_vehicle_that_loses_its_wheelchair_space_or_its_ramp_alarms_the_rides_that_need_it() {
    let mut w = World::alone();
    let (vehicle, van) = in_a_van(&mut w);
    let without_space = Capability { places: Load { seats: 3, wheelchairs: 0 }, ..van };
    w.act(HOME, Command::ChangeVehicle { vehicle, capability: without_space });
    assert_eq!(may_not(&w, HOME).0, Unfit::Incapable(Lack::WheelchairSpace));
    w.act(HOME, Command::ChangeVehicle { vehicle, capability: Capability { ramp_or_lift: false, ..van } });
    assert_eq!(may_not(&w, HOME).0, Unfit::Incapable(Lack::RampOrLift));
    w.act(HOME, Command::ChangeVehicle { vehicle, capability: van });
    w.quiet(HOME);
}

#[test]
fn a_vehicle_out_of_use_alarms_every_ride_in_it() {
    let mut w = World::alone();
    let (vehicle, van) = in_a_van(&mut w);
    let gone = Capability { places: Load::default(), ..van };
    w.act(HOME, Command::ChangeVehicle { vehicle, capability: gone });
    assert_eq!(may_not(&w, HOME).0, Unfit::VehicleGone);
}

#[test]
fn a_vehicle_with_fewer_seats_alarms_the_rides_that_fill_it_together() {
    let mut w = World::alone();
    let member = w.coops[HOME].willing;
    let (first, second) = (w.book(HOME, 10, 0), w.book(HOME, 10, 10));
    w.give_to_willing(first, tue(10, 0));
    let body = w.body(HOME, second);
    let mut plan = w.plan(HOME, &body, member, tue(10, 5));
    // Both on board at once: fetch, fetch, set down, set down.
    let drop_offs = plan.stops.iter().map(|s| s.planned).max().unwrap();
    for (n, stop) in plan.stops.iter_mut().filter(|s| s.leg == run::Leg::DropOff).enumerate() {
        stop.planned = drop_offs.after(Minutes(5 * u32::try_from(n).unwrap()));
    }
    plan.stops.sort_by_key(|stop| stop.planned);
    w.act(HOME, Command::AssignTrip { trip: second, plan, agreed: true });
    w.drain();
    w.quiet(HOME);
    let vehicle = w.state(HOME).runs.values().next().unwrap().frame.vehicle;
    let narrow = Capability { places: Load { seats: 1, wheelchairs: 0 }, ..CAR };
    w.act(HOME, Command::ChangeVehicle { vehicle, capability: narrow });
    let alarms = w.alarms(HOME);
    assert_eq!(alarms.len(), 2, "{alarms:#?}");
    let why = Unfit::Overfull;
    assert!(alarms.iter().all(|a| a.kind == Kind::DriverMayNot { driver: member, why: why.clone() }));
}

#[test]
fn a_vehicle_that_is_not_there_cannot_change_and_the_same_again_is_no_news() {
    let mut w = World::alone();
    let nowhere = Command::ChangeVehicle { vehicle: VehicleId(99), capability: CAR };
    assert_eq!(w.refused(HOME, nowhere), Refusal::NoVehicle(VehicleId(99)));
    let vehicle = *w.state(HOME).vehicles.last().unwrap().0;
    assert_eq!(w.act(HOME, Command::ChangeVehicle { vehicle, capability: CAR }), []);
}

#[test]
fn a_driver_who_went_on_leave_is_not_confirmed_when_the_award_comes() {
    let mut w = World::of(2);
    w.policy(HOME, |p| p.award_first_claim = false);
    let (_, ticket) = w.shared();
    let member = w.coops[NEXT].willing;
    let claim = w.claim(NEXT, ticket, member, tue(10, 0));
    w.drain();
    w.act(NEXT, Command::TakeLeave { member, leave: Leave { from: TUESDAY, to: TUESDAY } });
    w.act(HOME, Command::AwardClaim { ticket, claim });
    w.drain();
    let Kind::ProviderFailed { reason, was_confirmed: false, .. } = w.alarms_of_ticket(ticket) else {
        panic!("the standing yes was taken for a day of leave")
    };
    assert_eq!(reason, Some(RefusalReason::NoLongerQualified));
}

#[test]
fn a_rider_who_asked_to_be_called_waits_until_the_office_has_called() {
    let mut w = World::alone();
    w.until(tue(8, 0));
    let rider = w.coops[HOME].rider;
    w.act(HOME, Command::AskForCall(rider));
    let asked = w.now;
    w.act(HOME, Command::AskForCall(rider));
    let alarm = w.alarm(HOME);
    assert_eq!((&alarm.kind, &alarm.calls), (&Kind::CallBack { rider }, &vec![w.rider_call()]));
    assert_eq!((alarm.since, alarm.urgency), (Some(asked), Urgency::Before(asked.after(Minutes(60)))));
    w.until(tue(9, 30));
    assert_eq!(w.alarm(HOME).urgency, Urgency::Now);
    w.act(HOME, Command::CallMade(rider));
    w.quiet(HOME);
    assert_eq!(w.refused(HOME, Command::CallMade(rider)), Refusal::NoCallAsked(rider));
}

#[test]
fn an_alarm_that_somebody_took_is_in_hand_until_it_is_raised_anew_or_they_have_gone_home() {
    let mut w = World::alone();
    w.until(tue(8, 0));
    let rider = w.coops[HOME].rider;
    w.act(HOME, Command::AskForCall(rider));
    let alarm = w.alarm(HOME);
    let about = Taken { kind: alarm.kind.name().to_owned(), trip: None, lift: None, by: None, at: w.now };
    assert_eq!(alarm.taken(w.state(HOME), w.now), None);
    w.act(HOME, Command::TakeAlarm { alarm: alarm.id(), about });
    assert!(alarm.taken(w.state(HOME), w.now).is_some());
    assert!(alarm.taken(w.state(HOME), w.now.after(TAKEN_FOR).after(Minutes(1))).is_none());
    w.act(HOME, Command::CallMade(rider));
    w.until(tue(8, 30));
    w.act(HOME, Command::AskForCall(rider));
    let again = w.alarm(HOME);
    assert_eq!(again.id(), alarm.id(), "it is about the same");
    assert_eq!(again.taken(w.state(HOME), w.now), None, "nobody has taken it this time");
}
