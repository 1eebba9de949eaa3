//! Booking, changing and calling off before anybody has the trip.

use jiff::civil::{Date, date};

use super::fixture::*;
use crate::needs::PARTY_MAX;
use crate::trip::{Dwell, Link, Phase, Timing, Windows};
use crate::*;

fn windows(w: &World, trip: TripId) -> Windows {
    w.trip(HOME, trip).details.windows.unwrap()
}

fn round_trip(w: &World, out: Timing, home: Timing) -> Command {
    let mut booking = w.booking(HOME, out);
    booking.home = Some(home);
    Command::BookTrip(booking)
}

fn change_timing(trip: TripId, timing: Timing) -> Command {
    Command::ChangeTrip { trip, change: TripChange { timing: Some(timing), ..TripChange::default() } }
}

const OUT: TripId = TripId(10_001);
const BACK: TripId = TripId(10_002);

#[test]
fn a_pick_up_time_gives_a_window_around_it() {
    let mut w = World::alone();
    let trip = w.book(HOME, 10, 0);
    let found = windows(&w, trip);
    assert_eq!(found.pick_up, Window { from: tue(9, 50), to: tue(10, 20) });
    assert_eq!(found.preferred, tue(10, 0));
    // Five minutes to board and twenty to drive at the least, forty at the most.
    assert_eq!(found.drop_off, Window { from: tue(10, 15), to: tue(11, 5) });
}

#[test]
fn an_appointment_is_reached_in_time_whatever_the_minute_and_whoever_drives() {
    let mut w = World::alone();
    for minute in 0..60 {
        let trip = w.book_for_another(HOME, |_| {}, Timing::Appointment(tuesday_at(10, minute)));
        let by = tue(10, minute).before(Minutes(5));
        assert_eq!(windows(&w, trip).drop_off.to, by);
        let told = w.body(HOME, trip).drop_off.window();
        assert!(told.to <= by, "a partner is told to be there by {} for {by}", told.to);
        assert!(told.from < told.to);
    }
}

#[test]
fn a_return_is_linked_both_ways_and_goes_the_way_back() {
    let mut w = World::alone();
    let (out, home) = (Timing::Appointment(tuesday_at(10, 0)), Timing::PickUp(tuesday_at(11, 30)));
    w.act(HOME, round_trip(&w.clone(), out, home));
    assert_eq!(w.trip(HOME, OUT).link, Some(Link::Return(BACK)));
    assert_eq!(w.trip(HOME, BACK).link, Some(Link::Outbound(OUT)));
    assert_eq!(w.trip(HOME, BACK).details.way, way().back());
    assert_eq!(w.state(HOME).trips_on(TUESDAY).count(), 2);
}

#[test]
fn a_return_before_the_way_out_is_refused() {
    let mut w = World::alone();
    let at = |hour, minute| Timing::PickUp(tuesday_at(hour, minute));
    // Five minutes to get in, twenty to drive, five to get out.
    let early = round_trip(&w, at(10, 0), at(10, 29));
    let expected = Refusal::ReturnBeforeOutbound { out: tue(10, 30), back: tue(10, 29) };
    assert_eq!(w.refused(HOME, early), expected);
    for (hour, minute) in [(9, 59), (10, 0)] {
        let in_vain = round_trip(&w, Timing::Appointment(tuesday_at(10, 0)), at(hour, minute));
        assert!(matches!(w.refused(HOME, in_vain), Refusal::ReturnBeforeOutbound { .. }));
    }
    let day_before = round_trip(&w, at(10, 0), Timing::WillCall(MONDAY));
    assert!(matches!(w.refused(HOME, day_before), Refusal::ReturnBeforeOutbound { .. }));
    let will_call_out = round_trip(&w, Timing::WillCall(TUESDAY), Timing::PickUp(MONDAY.at(12, 0, 0, 0)));
    assert!(matches!(w.refused(HOME, will_call_out), Refusal::ReturnBeforeOutbound { .. }));
    w.act(HOME, round_trip(&w.clone(), at(10, 0), at(10, 30)));
}

#[test]
fn nobody_is_booked_into_two_vehicles_at_one_time() {
    let mut w = World::alone();
    let at = |hour, minute| Timing::PickUp(tuesday_at(hour, minute));
    let book = |w: &World, timing| Command::BookTrip(w.booking(HOME, timing));
    let first = w.book(HOME, 10, 0);
    let busy = Refusal::RiderBusy { trip: first };
    assert_eq!(w.refused(HOME, book(&w.clone(), at(10, 19))), busy);
    assert_eq!(w.refused(HOME, book(&w.clone(), at(9, 41))), busy);
    // Set down at twenty-five past, fetched again at once: tight, but a rider's own affair.
    w.act(HOME, book(&w.clone(), at(10, 20)));
    let later = *w.state(HOME).trips.last().unwrap().0;
    assert_eq!(w.refused(HOME, change_timing(later, at(10, 10))), busy);
    // What moves is not in its own way, and what is off is in nobody's.
    w.act(HOME, change_timing(later, at(10, 25)));
    w.act(HOME, Command::CancelTrip { trip: first, with_return: false });
    w.act(HOME, book(&w.clone(), at(10, 0)));
}

#[test]
fn neither_half_of_a_round_trip_moves_past_the_other() {
    let mut w = World::alone();
    let at = |hour| Timing::PickUp(tuesday_at(hour, 0));
    w.act(HOME, round_trip(&w.clone(), at(10), at(12)));
    let refused = w.refused(HOME, change_timing(OUT, at(13)));
    assert!(matches!(refused, Refusal::ReturnBeforeOutbound { .. }));
    let refused = w.refused(HOME, change_timing(BACK, at(9)));
    assert!(matches!(refused, Refusal::ReturnBeforeOutbound { .. }));
    w.act(HOME, change_timing(OUT, at(11)));
    // Once the return is off, nothing stands in the way.
    w.act(HOME, Command::CancelTrip { trip: BACK, with_return: false });
    w.act(HOME, change_timing(OUT, at(13)));
}

#[test]
fn the_way_out_does_not_move_past_the_day_of_a_will_call_return() {
    let mut w = World::alone();
    let out = Timing::PickUp(tuesday_at(10, 0));
    w.act(HOME, round_trip(&w.clone(), out, Timing::WillCall(TUESDAY)));
    let next_day = Timing::PickUp(date(2026, 3, 11).at(10, 0, 0, 0));
    assert!(matches!(w.refused(HOME, change_timing(OUT, next_day)), Refusal::ReturnBeforeOutbound { .. }));
}

#[test]
fn a_will_call_return_waits_and_begins_when_the_rider_calls() {
    let mut w = World::alone();
    let out = Timing::PickUp(tuesday_at(10, 0));
    w.act(HOME, round_trip(&w.clone(), out, Timing::WillCall(TUESDAY)));
    assert_eq!(w.trip(HOME, BACK).phase, Phase::WillCall);
    assert_eq!(w.refused(HOME, Command::ShareTrip(BACK)), Refusal::NoTimeYet(BACK));
    assert_eq!(w.refused(HOME, Command::CallReady { trip: OUT, at: None }), Refusal::NotWillCall(OUT));
    w.now = tue(13, 7);
    w.act(HOME, Command::CallReady { trip: BACK, at: None });
    assert_eq!(w.trip(HOME, BACK).phase, Phase::Requested);
    let found = windows(&w, BACK);
    assert_eq!((found.pick_up.from, found.preferred), (tue(13, 7), tue(13, 7)));
    // Whoever can come within the hour is welcome.
    assert_eq!(found.pick_up.to, tue(14, 7));
    let again = w.refused(HOME, Command::CallReady { trip: BACK, at: None });
    assert_eq!(again, Refusal::NotWillCall(BACK));
}

#[test]
fn a_call_in_the_hour_that_comes_twice_means_now() {
    let mut w = World::alone();
    let sunday = date(2026, 10, 25);
    w.now = moment(sunday, 0, 30);
    let booking = w.booking(HOME, Timing::WillCall(sunday));
    w.act(HOME, Command::BookTrip(booking));
    w.now = moment(sunday, 1, 30).after(Minutes(120)); // half past two for the second time
    w.act(HOME, Command::CallReady { trip: OUT, at: None });
    let found = windows(&w, OUT);
    assert_eq!((found.pick_up.from, found.preferred), (w.now, w.now));
}

#[test]
fn a_fixed_trip_can_become_a_will_call_and_be_called() {
    let mut w = World::alone();
    let trip = w.book(HOME, 10, 0);
    w.act(HOME, change_timing(trip, Timing::WillCall(TUESDAY)));
    assert_eq!(w.trip(HOME, trip).phase, Phase::WillCall);
    w.act(HOME, Command::CallReady { trip, at: Some(tue(11, 0)) });
    assert_eq!(w.trip(HOME, trip).phase, Phase::Requested);
}

#[test]
fn the_past_is_not_booked_moved_to_or_called_for() {
    let mut w = World::alone();
    w.now = tue(12, 0);
    let pick_up = |hour, minute| Timing::PickUp(tuesday_at(hour, minute));
    let over = Command::BookTrip(w.booking(HOME, pick_up(11, 39)));
    assert_eq!(w.refused(HOME, over), Refusal::InThePast { when: tue(11, 39) });
    let yesterday = Command::BookTrip(w.booking(HOME, Timing::WillCall(MONDAY)));
    assert_eq!(w.refused(HOME, yesterday), Refusal::InThePast { when: moment(MONDAY, 0, 0) });
    // Within the window there is still time.
    let trip = w.book(HOME, 11, 40);
    let refused = w.refused(HOME, change_timing(trip, pick_up(9, 0)));
    assert!(matches!(refused, Refusal::InThePast { .. }));
    let refused = w.refused(HOME, change_timing(trip, Timing::WillCall(MONDAY)));
    assert!(matches!(refused, Refusal::InThePast { .. }));
    let will_call = w.booking(HOME, Timing::WillCall(TUESDAY));
    w.act(HOME, Command::BookTrip(will_call));
    let trip = *w.state(HOME).trips.last().unwrap().0;
    let refused = w.refused(HOME, Command::CallReady { trip, at: Some(tue(9, 0)) });
    assert!(matches!(refused, Refusal::InThePast { .. }));
}

#[test]
fn a_mistyped_year_is_refused_when_booking_and_when_changing() {
    let mut w = World::alone();
    w.now = tue(8, 0);
    let on = |date: Date| Timing::PickUp(date.at(10, 0, 0, 0));
    let last = date(2027, 3, 10);
    let far = |date| Refusal::TooFarAhead { date, last };
    let mistyped = date(2099, 3, 10);
    let booking = Command::BookTrip(w.booking(HOME, on(mistyped)));
    assert_eq!(w.refused(HOME, booking), far(mistyped));
    let booking = Command::BookTrip(w.booking(HOME, on(last.tomorrow().unwrap())));
    assert_eq!(w.refused(HOME, booking), far(last.tomorrow().unwrap()));
    let back = round_trip(&w, on(TUESDAY), on(mistyped));
    assert_eq!(w.refused(HOME, back), far(mistyped));
    let a_year_on = w.booking(HOME, on(last));
    w.act(HOME, Command::BookTrip(a_year_on));
    let trip = *w.state(HOME).trips.last().unwrap().0;
    assert_eq!(w.refused(HOME, change_timing(trip, on(mistyped))), far(mistyped));
    let says = far(mistyped).to_string();
    assert_eq!(says, "2099-03-10 is too far ahead, trips are booked until 2027-03-10: check the year");
}

#[test]
fn a_party_has_a_largest_size() {
    let mut w = World::alone();
    let mut booking = w.booking(HOME, Timing::PickUp(tuesday_at(10, 0)));
    booking.requirement = Requirement { attendants: 200, companions: 100, ..Requirement::default() };
    assert_eq!(w.refused(HOME, Command::BookTrip(booking.clone())), Refusal::PartyTooLarge(255));
    booking.requirement = Requirement { companions: PARTY_MAX, ..Requirement::default() };
    w.act(HOME, Command::BookTrip(booking));
    let requirement = Some(Requirement { companions: PARTY_MAX + 1, ..Requirement::default() });
    let more = Command::ChangeTrip { trip: OUT, change: TripChange { requirement, ..TripChange::default() } };
    assert_eq!(w.refused(HOME, more), Refusal::PartyTooLarge(PARTY_MAX + 1));
}

#[test]
fn a_time_in_the_missing_hour_is_refused_out_and_back() {
    let mut w = World::alone();
    let sunday: Date = date(2026, 3, 29);
    let gap = Timing::PickUp(sunday.at(2, 30, 0, 0));
    let booking = Command::BookTrip(w.booking(HOME, gap));
    assert!(matches!(w.refused(HOME, booking), Refusal::Zone(ZoneError::Nonexistent { .. })));
    let saturday = Timing::PickUp(date(2026, 3, 28).at(20, 0, 0, 0));
    let back = round_trip(&w, saturday, gap);
    assert!(matches!(w.refused(HOME, back), Refusal::Zone(ZoneError::Nonexistent { .. })));
    assert!(w.state(HOME).trips.is_empty());
}

#[test]
fn nothing_changes_when_nothing_is_changed() {
    let mut w = World::alone();
    let (trip, claim, _) = w.confirmed();
    w.act(HOME, Command::ChangeTrip { trip, change: TripChange::default() });
    w.act(HOME, change_timing(trip, Timing::PickUp(tuesday_at(10, 0))));
    assert!(w.ticket(HOME, trip).1.award_of(claim, key(1)).is_some());
}

#[test]
fn the_usual_dwell_is_the_coops_unless_the_rider_needs_longer() {
    let mut w = World::alone();
    let trip = w.book(HOME, 10, 0);
    assert_eq!(w.trip(HOME, trip).details.dwell.pick_up, Minutes(5));
    let mut booking = w.booking(HOME, Timing::PickUp(tuesday_at(12, 0)));
    booking.dwell = Some(Dwell { pick_up: Minutes(15), drop_off: Minutes(10) });
    w.act(HOME, Command::BookTrip(booking));
    assert_eq!(w.body(HOME, BACK).dwell_pick_up, Minutes(15));
    assert_eq!(windows(&w, BACK).drop_off.from, tue(12, 25));
}

#[test]
fn a_cancellation_is_late_within_the_notice_the_coop_asks_for() {
    for (now, outcome) in [(tue(7, 59), Outcome::Cancelled), (tue(8, 0), Outcome::LateCancelled)] {
        let mut w = World::alone();
        let trip = w.book(HOME, 10, 0);
        w.now = now;
        w.act(HOME, Command::CancelTrip { trip, with_return: false });
        assert_eq!(w.outcome(HOME, trip), outcome);
        let again = Command::CancelTrip { trip, with_return: false };
        assert_eq!(w.refused(HOME, again), Refusal::TripOver(trip));
    }
}

#[test]
fn a_round_trip_is_called_off_whole_or_half() {
    for with_return in [false, true] {
        let mut w = World::alone();
        let out = Timing::PickUp(tuesday_at(10, 0));
        w.act(HOME, round_trip(&w.clone(), out, Timing::WillCall(TUESDAY)));
        w.act(HOME, Command::CancelTrip { trip: OUT, with_return });
        assert_eq!(w.trip(HOME, BACK).is_closed(), with_return);
    }
}

#[test]
fn a_moved_trip_is_found_on_its_new_day_only() {
    let mut w = World::alone();
    let trip = w.book(HOME, 10, 0);
    let wednesday = date(2026, 3, 11);
    w.act(HOME, change_timing(trip, Timing::PickUp(wednesday.at(10, 0, 0, 0))));
    assert_eq!(w.state(HOME).trips_on(TUESDAY).count(), 0);
    assert_eq!(w.state(HOME).trips_on(wednesday).count(), 1);
    let mut rebuilt = w.state(HOME).clone();
    rebuilt.reindex();
    assert_eq!(&rebuilt, w.state(HOME));
}
