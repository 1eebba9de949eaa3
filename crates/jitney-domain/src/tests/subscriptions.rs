//! Standing orders.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};

use super::fixture::*;
use crate::subscription::RuleError;
use crate::trip::{Link, Phase, Timing};
use crate::*;

const FIRST: SubscriptionId = SubscriptionId(1);

fn standing_order(w: &World, timing: Timing, rule: &str) -> Booking {
    let mut booking = w.booking(HOME, timing);
    booking.repeat = Some(Repeat { rule: rule.to_owned(), except: BTreeSet::new() });
    booking
}

fn dates(w: &World) -> Vec<String> {
    let open = w.state(HOME).open_trips().filter(|(_, t)| t.subscription == Some(FIRST));
    open.map(|(_, t)| t.details.timing.date().strftime("%m-%d").to_string()).collect()
}

#[test]
fn trips_are_booked_as_far_ahead_as_the_coop_books_and_every_day_a_little_further() {
    let mut w = World::alone();
    let order = standing_order(&w, Timing::Appointment(tuesday_at(10, 0)), "FREQ=WEEKLY;BYDAY=TU,TH");
    w.act(HOME, Command::BookTrip(order));
    // Monday the 9th and 21 days: up to the 30th.
    assert_eq!(dates(&w), ["03-10", "03-12", "03-17", "03-19", "03-24", "03-26"]);
    w.until(moment(MONDAY, 20, 0));
    assert_eq!(dates(&w).len(), 6);
    w.until(tue(0, 1));
    assert_eq!(dates(&w).last().unwrap(), "03-31");
    let booked = w.state(HOME).trips.len();
    w.until(tue(0, 2));
    assert_eq!(w.state(HOME).trips.len(), booked);
}

#[test]
fn ten_oclock_stays_ten_oclock_when_the_clocks_change() {
    let mut w = World::alone();
    let saturday = Timing::PickUp(date(2026, 3, 14).at(10, 0, 0, 0));
    w.act(HOME, Command::BookTrip(standing_order(&w.clone(), saturday, "FREQ=DAILY")));
    let zone = paris();
    for (_, trip) in w.state(HOME).open_trips() {
        let told = trip.details.windows.unwrap().preferred.local(&zone);
        assert_eq!(told.time(), clock(10, 0));
    }
    let preferred = |day| {
        let (_, trip) = w.state(HOME).trips_on(date(2026, 3, day)).next().unwrap();
        trip.details.windows.unwrap().preferred
    };
    assert_eq!(preferred(29).minutes_since(preferred(28)), Minutes(23 * 60));
}

#[test]
fn on_a_date_on_which_the_time_is_missing_the_trip_is_an_hour_later() {
    let mut w = World::alone();
    let night = Timing::PickUp(date(2026, 3, 27).at(2, 30, 0, 0));
    w.act(HOME, Command::BookTrip(standing_order(&w.clone(), night, "FREQ=DAILY")));
    assert_eq!(dates(&w), ["03-27", "03-28", "03-29", "03-30"]);
    let (_, trip) = w.state(HOME).trips_on(date(2026, 3, 29)).next().unwrap();
    assert_eq!(trip.details.timing, Timing::PickUp(date(2026, 3, 29).at(3, 30, 0, 0)));
}

#[test]
fn a_night_too_short_for_the_way_home_does_not_stop_time_for_everybody() {
    let mut w = World::alone();
    w.policy(HOME, |p| p.subscription_days = 2);
    let mut order = standing_order(&w, Timing::PickUp(tuesday_at(1, 40)), "FREQ=DAILY");
    order.home = Some(Timing::PickUp(tuesday_at(3, 0)));
    w.act(HOME, Command::BookTrip(order));
    // On the 29th three follows a quarter to two within a quarter of an hour.
    w.until(moment(date(2026, 3, 27), 12, 0));
    w.until(moment(date(2026, 3, 28), 12, 0));
    let row = w.state(HOME).subscriptions.get(&FIRST).unwrap();
    assert!(row.except.contains(&date(2026, 3, 29)));
    assert_eq!(w.state(HOME).trips_on(date(2026, 3, 30)).count(), 2);
}

#[test]
fn a_return_comes_back_with_its_way_out_also_the_morning_after() {
    let mut w = World::alone();
    let mut order = standing_order(&w, Timing::PickUp(tuesday_at(18, 0)), "FREQ=WEEKLY;BYDAY=TU");
    order.home = Some(Timing::PickUp(date(2026, 3, 11).at(9, 0, 0, 0)));
    w.act(HOME, Command::BookTrip(order));
    let mut seen = 0;
    for (_, trip) in w.state(HOME).open_trips() {
        if let Some(Link::Outbound(out)) = trip.link {
            let nights = trip.details.timing.date().since(w.trip(HOME, out).details.timing.date()).unwrap();
            assert_eq!(nights.get_days(), 1);
            seen += 1;
        }
    }
    assert_eq!(seen, 3);
    // The night of the 17th is called off with its morning, and no other.
    w.act(HOME, Command::ExceptDate { subscription: FIRST, date: date(2026, 3, 17) });
    assert_eq!(dates(&w), ["03-10", "03-11", "03-24", "03-25"]);
    w.act(HOME, Command::EndSubscription { subscription: FIRST, last: TUESDAY });
    assert_eq!(dates(&w), ["03-10", "03-11"]);
}

#[test]
fn an_excepted_date_is_called_off_and_does_not_come_back() {
    let mut w = World::alone();
    let order = standing_order(&w, Timing::PickUp(tuesday_at(10, 0)), "FREQ=DAILY");
    w.act(HOME, Command::BookTrip(order));
    let leave_out = |date| Command::ExceptDate { subscription: FIRST, date };
    w.act(HOME, leave_out(date(2026, 3, 12)));
    assert!(!dates(&w).contains(&"03-12".to_owned()));
    // One that is not booked yet is simply not booked.
    w.act(HOME, leave_out(date(2026, 4, 2)));
    assert_eq!(w.act(HOME, leave_out(date(2026, 4, 2))), []);
    w.until(moment(date(2026, 3, 14), 9, 0));
    let all = dates(&w);
    assert!(!all.contains(&"04-02".to_owned()) && all.contains(&"04-03".to_owned()));
    assert!(!all.contains(&"03-12".to_owned()));
}

#[test]
fn only_dates_that_the_rule_names_and_that_are_to_come_are_left_out() {
    let mut w = World::alone();
    let order = standing_order(&w, Timing::PickUp(tuesday_at(10, 0)), "FREQ=WEEKLY;UNTIL=20260324");
    w.act(HOME, Command::BookTrip(order));
    let leave_out = |date| Command::ExceptDate { subscription: FIRST, date };
    for off in [date(2026, 3, 11), date(2026, 3, 31)] {
        let refused = w.refused(HOME, leave_out(off));
        assert_eq!(refused, Refusal::NoTripOnDate { subscription: FIRST, date: off });
    }
    w.until(moment(date(2026, 3, 18), 8, 0));
    assert!(matches!(w.refused(HOME, leave_out(date(2026, 3, 17))), Refusal::InThePast { .. }));
    w.act(HOME, leave_out(date(2026, 3, 24)));
}

#[test]
fn dates_left_out_from_the_start_are_not_booked() {
    let mut w = World::alone();
    let mut order = standing_order(&w, Timing::PickUp(tuesday_at(10, 0)), "FREQ=WEEKLY");
    order.repeat.as_mut().unwrap().except.insert(date(2026, 3, 17));
    let mut slip = order.clone();
    slip.repeat.as_mut().unwrap().except.insert(date(2026, 3, 18));
    w.act(HOME, Command::BookTrip(order));
    assert_eq!(dates(&w), ["03-10", "03-24"]);
    // A day that is none of the rule's is a slip of the hand: she would be fetched on the one that was meant.
    slip.timing = Timing::PickUp(tuesday_at(14, 0));
    let refused = w.refused(HOME, Command::BookTrip(slip));
    assert!(matches!(refused, Refusal::Rule(RuleError::NothingToLeaveOut { .. })), "{refused}");
}

#[test]
fn an_ended_subscription_books_nothing_more_and_rests() {
    let mut w = World::alone();
    let order = standing_order(&w, Timing::PickUp(tuesday_at(10, 0)), "FREQ=WEEKLY");
    w.act(HOME, Command::BookTrip(order));
    let end = |last| Command::EndSubscription { subscription: FIRST, last };
    w.act(HOME, end(date(2026, 3, 17)));
    assert_eq!(dates(&w), ["03-10", "03-17"]);
    assert_eq!(w.act(HOME, end(date(2026, 4, 30))), []);
    w.now = moment(date(2026, 4, 20), 9, 0);
    w.ask(HOME, Actor::System, Command::Tick).unwrap();
    assert_eq!(dates(&w), Vec::<String>::new());
    w.now = moment(date(2026, 4, 21), 9, 0);
    assert_eq!(w.ask(HOME, Actor::System, Command::Tick), Ok(vec![]));
}

#[test]
fn a_suspended_riders_order_rests_and_goes_on_without_catching_up() {
    let mut w = World::alone();
    w.policy(HOME, |p| p.subscription_days = 3);
    let order = standing_order(&w, Timing::PickUp(tuesday_at(10, 0)), "FREQ=DAILY");
    w.act(HOME, Command::BookTrip(order));
    let rider = w.coops[HOME].rider;
    w.act(HOME, Command::Suspend(rider));
    w.until(moment(date(2026, 3, 20), 8, 0));
    assert_eq!(dates(&w), Vec::<String>::new());
    w.act(HOME, Command::Reinstate(rider));
    w.until(moment(date(2026, 3, 20), 8, 1));
    assert_eq!(dates(&w), ["03-20", "03-21", "03-22", "03-23"]);
}

#[test]
fn a_will_call_can_come_back_too() {
    let mut w = World::alone();
    let order = standing_order(&w, Timing::WillCall(MONDAY), "FREQ=DAILY;COUNT=3");
    w.act(HOME, Command::BookTrip(order));
    assert_eq!(dates(&w), ["03-09", "03-10", "03-11"]);
    assert!(w.state(HOME).open_trips().all(|(_, t)| t.phase == Phase::WillCall));
}

#[test]
fn an_order_that_cannot_be_followed_is_refused() {
    let mut w = World::alone();
    let at_ten = Timing::PickUp(tuesday_at(10, 0));
    let hourly = standing_order(&w, at_ten, "FREQ=HOURLY");
    let refused = w.refused(HOME, Command::BookTrip(hourly));
    assert!(matches!(refused, Refusal::Rule(RuleError::TooOften { .. })));
    let off = standing_order(&w, at_ten, "FREQ=WEEKLY;BYDAY=WE");
    let refused = w.refused(HOME, Command::BookTrip(off));
    assert!(matches!(refused, Refusal::Rule(RuleError::FirstDateOff { .. })));
    let past: Date = date(2026, 3, 3);
    let past = standing_order(&w, Timing::PickUp(past.at(10, 0, 0, 0)), "FREQ=WEEKLY");
    assert!(matches!(w.refused(HOME, Command::BookTrip(past)), Refusal::InThePast { .. }));
    let unknown = Command::ExceptDate { subscription: SubscriptionId(9), date: TUESDAY };
    assert_eq!(w.refused(HOME, unknown), Refusal::NoSubscription(SubscriptionId(9)));
}
