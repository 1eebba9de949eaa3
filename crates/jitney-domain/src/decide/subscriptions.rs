//! Rules for standing orders.

use jiff::civil::Date;
use rand::Rng;

use super::trips::{Asked, round_trip};
use super::{Context, coop, trips};
use crate::command::Repeat;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::state::{Coop, State};
use crate::subscription::{Pattern, RuleError, Subscription, check_rule};
use crate::time::Timestamp;
use crate::trip::{Link, Trip};
use crate::{SubscriptionId, TripId};

/// Most dates that may be left out of one standing order.
pub const EXCEPTIONS_MAX: usize = 1000;

/// Begins a standing order and books its trips as far ahead as the coop books.
pub(super) fn start<R: Rng>(
    state: &State,
    asked: Asked<'_>,
    repeat: &Repeat,
    cx: &mut Context<'_, R>,
) -> Result<Vec<Event>, Refusal> {
    let coop = coop(state)?;
    if repeat.except.len() > EXCEPTIONS_MAX {
        return Err(Refusal::TooManyExceptions);
    }
    // The first date must be bookable as it stands; later ones follow the same words.
    let first_trips = round_trip(coop, &asked, state.next_trip())?;
    trips::check_days(coop, &first_trips, cx.now)?;
    trips::refuse_two_at_once(state, &first_trips)?;
    let id = state.next_subscription();
    let pattern = Pattern {
        rider: asked.rider,
        timing: asked.timing,
        way: asked.way,
        requirement: *asked.requirement,
        dwell: asked.dwell,
        home: asked.home,
    };
    check_rule(&repeat.rule, pattern.first(), &coop.zone)?;
    let subscription = Subscription {
        pattern: pattern.clone(),
        rule: repeat.rule.clone(),
        except: repeat.except.clone(),
        booked_until: None,
        ended: None,
        carried_by: None,
    };
    for date in &repeat.except {
        if !subscription.falls_on(*date, &coop.zone)? {
            return Err(RuleError::NothingToLeaveOut { date: *date, rule: repeat.rule.clone() }.into());
        }
    }
    let mut events = vec![Event::SubscriptionStarted {
        subscription: id,
        pattern,
        rule: repeat.rule.clone(),
        except: repeat.except.clone(),
    }];
    events.extend(extend(coop, id, &subscription, state.next_trip(), cx.now)?);
    Ok(events)
}

/// Books what is due of one subscription. A time that the clocks jump over is booked as much later as they
/// jump; a date on which the way home would then begin too early is left out and excepted.
fn extend(
    coop: &Coop,
    id: SubscriptionId,
    subscription: &Subscription,
    mut next: TripId,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let today = now.local(&coop.zone).date();
    let horizon = today
        .checked_add(jiff::Span::new().days(i64::from(coop.policy.subscription_days)))
        .unwrap_or(Date::MAX);
    let wanted_until = subscription.ended.map_or(horizon, |last| last.min(horizon));
    if subscription.booked_until.is_some_and(|until| until >= wanted_until) {
        return Ok(Vec::new());
    }
    let pattern = &subscription.pattern;
    let mut events = Vec::new();
    for date in subscription.due(today, horizon, &coop.zone)? {
        let asked = Asked {
            rider: pattern.rider,
            timing: pattern.timing.on(date).shown(&coop.zone),
            way: pattern.way,
            requirement: &pattern.requirement,
            dwell: pattern.dwell,
            home: pattern.home_on(date).map(|home| home.shown(&coop.zone)),
            subscription: Some(id),
        };
        match round_trip(coop, &asked, next) {
            Ok(trips) => {
                next = TripId(next.0.saturating_add(u32::try_from(trips.len()).unwrap_or(u32::MAX)));
                events.extend(trips);
            }
            Err(_) => events.push(Event::SubscriptionDateExcepted { subscription: id, date }),
        }
    }
    events.push(Event::SubscriptionExtended { subscription: id, until: horizon });
    Ok(events)
}

/// Books what has come due of all subscriptions since yesterday.
pub(super) fn extend_all(state: &State, now: Timestamp) -> Result<Vec<Event>, Refusal> {
    let coop = coop(state)?;
    let mut events = Vec::new();
    let mut next = state.next_trip();
    for (id, subscription) in state.subscriptions.iter() {
        let rider_active = state.members.get(&subscription.pattern.rider).is_some_and(|m| !m.suspended);
        if !rider_active {
            continue;
        }
        // A rule that cannot be followed any more must not keep time from passing for everybody else.
        let Ok(more) = extend(coop, *id, subscription, next, now) else { continue };
        let booked = more.iter().filter(|e| matches!(e, Event::TripBooked { .. })).count();
        next = TripId(next.0.saturating_add(u32::try_from(booked).unwrap_or(u32::MAX)));
        events.extend(more);
    }
    Ok(events)
}

/// Leaves out one date and calls off what was booked for it.
pub(super) fn except(
    state: &State,
    id: SubscriptionId,
    date: Date,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let row = state.subscriptions.get(&id).ok_or(Refusal::NoSubscription(id))?;
    if row.except.contains(&date) {
        return Ok(Vec::new());
    }
    let zone = &coop(state)?.zone;
    if date < now.local(zone).date() {
        return Err(Refusal::InThePast { when: zone.start_of(date)? });
    }
    if !row.falls_on(date, zone)? {
        return Err(Refusal::NoTripOnDate { subscription: id, date });
    }
    let mut events = vec![Event::SubscriptionDateExcepted { subscription: id, date }];
    events.extend(call_off(state, id, |begins| begins == date, now)?);
    Ok(events)
}

/// Ends a standing order and calls off what was booked after its last day.
pub(super) fn end(
    state: &State,
    id: SubscriptionId,
    last: Date,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let row = state.subscriptions.get(&id).ok_or(Refusal::NoSubscription(id))?;
    if row.ended.is_some_and(|ended| ended <= last) {
        return Ok(Vec::new());
    }
    let mut events = vec![Event::SubscriptionEnded { subscription: id, last }];
    events.extend(call_off(state, id, |begins| begins > last, now)?);
    Ok(events)
}

/// Calls off what is booked of a standing order for the days named. A way home belongs to the day of its
/// way out, also when it is a day later.
fn call_off(
    state: &State,
    id: SubscriptionId,
    on: impl Fn(Date) -> bool,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let begins = |trip: &Trip| match trip.link {
        Some(Link::Outbound(out)) => state.trips.get(&out).unwrap_or(trip).details.timing.date(),
        _ => trip.details.timing.date(),
    };
    let mut events = Vec::new();
    for (trip, _) in state.open_trips().filter(|(_, t)| t.subscription == Some(id) && on(begins(t))) {
        events.extend(trips::cancel(state, trip, false, now)?);
    }
    Ok(events)
}
