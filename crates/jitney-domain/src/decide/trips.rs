//! Rules for booking, changing and calling off trips.

use jiff::Span;
use jiff::civil::Date;
use rand::Rng;

use super::{Context, active, coop, originator, subscriptions};
use crate::booking::{Progress, TicketPhase};
use crate::command::{Booking, TripChange};
use crate::event::Event;
use crate::impossible::Hindrance;
use crate::member::Role;
use crate::needs::{PARTY_MAX, Requirement};
use crate::outcome::Outcome;
use crate::refusal::Refusal;
use crate::state::{Coop, State};
use crate::time::{Timestamp, Window};
use crate::trip::{Dwell, Link, Phase, Timing, Trip, TripDetails, Way, windows};
use crate::{MemberId, SubscriptionId, TripId};

/// How many months ahead a trip may be booked: who names a later day has mistyped the year.
const BOOK_AHEAD_MONTHS_MAX: i32 = 12;

/// What is asked of one date's trips: the way out and perhaps the way home.
pub(super) struct Asked<'a> {
    pub rider: MemberId,
    pub timing: Timing,
    pub way: Way,
    pub requirement: &'a Requirement,
    pub dwell: Dwell,
    pub home: Option<Timing>,
    pub subscription: Option<SubscriptionId>,
}

pub(super) fn book<R: Rng>(
    state: &State,
    booking: Booking,
    cx: &mut Context<'_, R>,
) -> Result<Vec<Event>, Refusal> {
    active(state, booking.rider, Role::Rider)?;
    check_party(&booking.requirement)?;
    let coop = coop(state)?;
    let usual = coop.policy.dwell;
    let asked = Asked {
        rider: booking.rider,
        timing: booking.timing,
        way: booking.way,
        requirement: &booking.requirement,
        dwell: booking.dwell.unwrap_or(Dwell { pick_up: usual, drop_off: usual }),
        home: booking.home,
        subscription: None,
    };
    match &booking.repeat {
        Some(repeat) => subscriptions::start(state, asked, repeat, cx),
        None => {
            let events = round_trip(coop, &asked, state.next_trip())?;
            check_days(coop, &events, cx.now)?;
            refuse_two_at_once(state, &events)?;
            Ok(events)
        }
    }
}

/// Returns the events of one date: the way out, linked with the way home if there is one.
pub(super) fn round_trip(coop: &Coop, asked: &Asked<'_>, first: TripId) -> Result<Vec<Event>, Refusal> {
    let out = details(coop, asked, asked.timing, asked.way)?;
    let mut events = Vec::with_capacity(2);
    let subscription = asked.subscription;
    let home = match asked.home {
        Some(timing) => {
            let home = details(coop, asked, timing, asked.way.back())?;
            check_order(coop, &out, &home)?;
            Some(home)
        }
        None => None,
    };
    events.push(Event::TripBooked { trip: first, details: out, link: None, subscription });
    if let Some(details) = home {
        let trip = TripId(first.0.saturating_add(1));
        events.push(Event::TripBooked { trip, details, link: Some(Link::Outbound(first)), subscription });
    }
    Ok(events)
}

fn details(coop: &Coop, asked: &Asked<'_>, timing: Timing, way: Way) -> Result<TripDetails, Refusal> {
    let max_ride = coop.policy.max_ride(way.direct);
    let windows = windows(&timing, way.direct, max_ride, &asked.dwell, &coop.policy, &coop.zone)?;
    Ok(TripDetails {
        rider: asked.rider,
        timing,
        way,
        requirement: *asked.requirement,
        dwell: asked.dwell,
        max_ride,
        windows,
    })
}

/// The way home may not begin before the rider is there and has got out; and who has an appointment is
/// still there when it begins.
fn check_order(coop: &Coop, out: &TripDetails, home: &TripDetails) -> Result<(), Refusal> {
    let arrived = match (out.timing, &out.windows) {
        (Timing::Appointment(by), _) => coop.zone.moment(by)?,
        (_, Some(w)) => w.preferred.after(out.dwell.pick_up).after(out.way.direct).after(out.dwell.drop_off),
        (timing, None) => coop.zone.start_of(timing.date())?,
    };
    let leaves = match (&home.windows, home.timing) {
        (Some(windows), _) => windows.preferred,
        (None, timing) if timing.date() >= out.timing.date() => return Ok(()),
        (None, timing) => coop.zone.start_of(timing.date())?,
    };
    let at_once = matches!(out.timing, Timing::Appointment(_)) && leaves == arrived;
    if leaves < arrived || at_once {
        return Err(Refusal::ReturnBeforeOutbound { out: arrived, back: leaves });
    }
    Ok(())
}

fn check_party(requirement: &Requirement) -> Result<(), Refusal> {
    let along = requirement.attendants.saturating_add(requirement.companions);
    if along > PARTY_MAX { Err(Refusal::PartyTooLarge(along)) } else { Ok(()) }
}

/// Refuses trips whose pick-up window, or for a will-call whose day, is over, and those too far ahead.
pub(super) fn check_days(coop: &Coop, events: &[Event], now: Timestamp) -> Result<(), Refusal> {
    events.iter().try_for_each(|event| match event {
        Event::TripBooked { details, .. } => check_day(coop, details, now),
        _ => Ok(()),
    })
}

fn check_day(coop: &Coop, details: &TripDetails, now: Timestamp) -> Result<(), Refusal> {
    match &details.windows {
        Some(w) if w.pick_up.to < now => Err(Refusal::InThePast { when: w.preferred }),
        None if details.timing.date() < now.local(&coop.zone).date() => {
            Err(Refusal::InThePast { when: coop.zone.start_of(details.timing.date())? })
        }
        _ => refuse_far_ahead(coop, details.timing.date(), now),
    }
}

/// Refuses a day on which nobody plans a trip yet. The day of today's date in a year is still good, and whatever a
/// coop books of what comes back.
fn refuse_far_ahead(coop: &Coop, date: Date, now: Timestamp) -> Result<(), Refusal> {
    let today = now.local(&coop.zone).date();
    let ahead = |span: Span| today.checked_add(span).unwrap_or(Date::MAX);
    let last = ahead(Span::new().months(BOOK_AHEAD_MONTHS_MAX))
        .max(ahead(Span::new().days(i64::from(coop.policy.subscription_days))));
    if date > last { Err(Refusal::TooFarAhead { date, last }) } else { Ok(()) }
}

/// Nobody sits in two vehicles. What is compared is the direct way at the time aimed at: windows may touch.
pub(super) fn refuse_two_at_once(state: &State, events: &[Event]) -> Result<(), Refusal> {
    events.iter().try_for_each(|event| match event {
        Event::TripBooked { details, .. } => refuse_busy(state, None, details),
        _ => Ok(()),
    })
}

fn refuse_busy(state: &State, besides: Option<TripId>, details: &TripDetails) -> Result<(), Refusal> {
    let Some(wanted) = on_board(details) else { return Ok(()) };
    let date = details.timing.date();
    let days = [date.yesterday().unwrap_or(date), date, date.tomorrow().unwrap_or(date)];
    let mut standing = days.into_iter().flat_map(|day| state.trips_on(day)).filter(|(id, trip)| {
        Some(*id) != besides && !trip.is_closed() && trip.details.rider == details.rider
    });
    match standing.find(|(_, trip)| on_board(&trip.details).is_some_and(|on| on.overlaps(&wanted))) {
        Some((trip, _)) => Err(Refusal::RiderBusy { trip }),
        None => Ok(()),
    }
}

/// Returns the time the rider sits in the vehicle if all goes as wished; none if no time is known.
fn on_board(details: &TripDetails) -> Option<Window> {
    let from = details.windows?.preferred.after(details.dwell.pick_up);
    Window::new(from, from.after(details.way.direct))
}

pub(super) fn open(state: &State, id: TripId) -> Result<&Trip, Refusal> {
    let trip = state.trips.get(&id).ok_or(Refusal::NoTrip(id))?;
    if trip.is_closed() { Err(Refusal::TripOver(id)) } else { Ok(trip) }
}

/// Returns a trip that may still be given to somebody.
pub(super) fn to_give(state: &State, id: TripId) -> Result<&Trip, Refusal> {
    let trip = open(state, id)?;
    if may_be_given(state, trip) { Ok(trip) } else { Err(Refusal::Suspended(trip.details.rider)) }
}

/// Tells whether a trip may be given to anybody, as far as its rider goes. One who is suspended is still brought home
/// from where somebody brings or has brought them.
pub fn may_be_given(state: &State, trip: &Trip) -> bool {
    !state.is_suspended(trip.details.rider) || brings_home(state, trip)
}

/// Tells whether a trip is the way home of a rider whom somebody has promised to bring out, or has brought.
fn brings_home(state: &State, trip: &Trip) -> bool {
    let Some(Link::Outbound(out)) = trip.link else { return false };
    let Some(out) = state.trips.get(&out) else { return false };
    let ticket = out.ticket().and_then(|ticket| state.tickets.get(&ticket)).map(|ticket| &ticket.phase);
    let carried = matches!(
        ticket,
        Some(TicketPhase::Confirmed(..) | TicketPhase::Disputed(..) | TicketPhase::Settled(..))
    );
    carried || matches!(out.phase, Phase::Closed(Outcome::Completed, _))
}

/// A change of time, way or need takes the trip from whoever has it: what they agreed to is gone.
pub(super) fn change(
    state: &State,
    id: TripId,
    change: TripChange,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let trip = open(state, id)?;
    if change == TripChange::default() {
        return Ok(Vec::new());
    }
    if progress(state, trip, now) >= Progress::OnBoard {
        return Err(Refusal::RiderOnBoard(id));
    }
    let old = &trip.details;
    let requirement = change.requirement.unwrap_or(old.requirement);
    check_party(&requirement)?;
    let coop = coop(state)?;
    let asked = Asked {
        rider: old.rider,
        timing: change.timing.unwrap_or(old.timing),
        way: change.way.unwrap_or(old.way),
        requirement: &requirement,
        dwell: old.dwell,
        home: None,
        subscription: trip.subscription,
    };
    let details = details(coop, &asked, asked.timing, asked.way)?;
    if details == *old {
        return Ok(Vec::new());
    }
    check_day(coop, &details, now)?;
    refuse_busy(state, Some(id), &details)?;
    let still_on = |id: TripId| open(state, id).ok().map(|t| &t.details);
    match trip.link {
        Some(Link::Outbound(out)) => still_on(out).map_or(Ok(()), |out| check_order(coop, out, &details))?,
        Some(Link::Return(home)) => {
            still_on(home).map_or(Ok(()), |home| check_order(coop, &details, home))?
        }
        None => {}
    }
    let mut events = Vec::new();
    if let Some(ticket) = trip.ticket() {
        events.extend(originator::close(state, ticket));
        events.push(Event::TripReopened { trip: id });
    }
    events.push(Event::TripChanged { trip: id, details });
    Ok(events)
}

pub(super) fn cancel(
    state: &State,
    id: TripId,
    with_return: bool,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let trip = open(state, id)?;
    let mut events = cancel_one(state, id, trip, now)?;
    if let (true, Some(Link::Return(home))) = (with_return, trip.link)
        && let Ok(home_trip) = open(state, home)
    {
        events.extend(cancel_one(state, home, home_trip, now)?);
    }
    Ok(events)
}

fn cancel_one(state: &State, id: TripId, trip: &Trip, now: Timestamp) -> Result<Vec<Event>, Refusal> {
    let progress = progress(state, trip, now);
    let late_from = trip.details.windows.map(|w| {
        let notice = state.coop().map(|c| c.policy.late_cancel).unwrap_or_default();
        w.preferred.before(notice)
    });
    let outcome = match progress {
        Progress::OnBoard | Progress::Done => {
            return Err(Refusal::OutcomeImpossible {
                trip: id,
                outcome: Outcome::Cancelled,
                why: Hindrance::AlreadyOnBoard,
            });
        }
        Progress::Arrived => Outcome::CancelledAtDoor,
        _ if late_from.is_some_and(|from| now >= from) => Outcome::LateCancelled,
        _ => Outcome::Cancelled,
    };
    let mut events = trip.ticket().map(|t| originator::close(state, t)).unwrap_or_default();
    events.push(Event::TripClosed { trip: id, outcome });
    Ok(events)
}

/// Returns how far the trip's driver has come, by what we have heard and may believe.
pub(super) fn progress(state: &State, trip: &Trip, now: Timestamp) -> Progress {
    let ticket = trip.ticket().and_then(|ticket| state.tickets.get(&ticket));
    ticket.map_or(Progress::Booked, |ticket| state.progress_of(ticket, now))
}

pub(super) fn call_ready(
    state: &State,
    id: TripId,
    at: Option<Timestamp>,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let trip = open(state, id)?;
    if trip.phase != Phase::WillCall {
        return Err(Refusal::NotWillCall(id));
    }
    let coop = coop(state)?;
    let at = at.unwrap_or(now);
    if at.after(coop.policy.pick_up_late) < now {
        return Err(Refusal::InThePast { when: at });
    }
    let local = at.local(&coop.zone);
    let asked = Asked {
        rider: trip.details.rider,
        timing: Timing::PickUp(local),
        way: trip.details.way,
        requirement: &trip.details.requirement,
        dwell: trip.details.dwell,
        home: None,
        subscription: trip.subscription,
    };
    let mut details = details(coop, &asked, asked.timing, asked.way)?;
    if let Some(w) = &mut details.windows {
        // A rider who stands at the door is fetched when somebody can come, not within minutes.
        let patience = coop.policy.max_ride(details.way.direct).plus(coop.policy.pick_up_late);
        w.preferred = at;
        w.pick_up.from = at;
        w.pick_up.to = at.after(patience);
        w.drop_off.from = at.after(details.dwell.pick_up).after(details.way.direct);
        w.drop_off.to = w.pick_up.to.after(details.dwell.pick_up).after(details.max_ride);
    }
    Ok(vec![Event::TripChanged { trip: id, details }])
}

/// Whoever has a locked trip keeps it: neither a plan nor a person takes it away before it is unlocked. The rider
/// may still change it or call it off, and the driver give it back.
pub(super) fn lock(state: &State, id: TripId, locked: bool) -> Result<Vec<Event>, Refusal> {
    let already = open(state, id)?.locked == locked;
    Ok(if already { Vec::new() } else { vec![Event::TripLocked { trip: id, locked }] })
}
