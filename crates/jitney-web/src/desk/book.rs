//! Booking while the caller speaks: find the rider, take an earlier trip again or type where and when.

use askama::Template;
use axum::Form;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use jiff::ToSpan as _;
use jiff::civil::Date;
use jitney_domain::trip::Timing;
use jitney_domain::{MemberId, Role, TripId};
use jitney_node::api::{PlaceAsked, Request, TripAsked, TripFilter};
use jitney_node::view::{Member, Trip};
use serde::Deserialize;

use super::people::Match;
use super::words;
use crate::forms;
use crate::page::{Page, draw_as};
use crate::site::form_name;
use crate::trouble::Trouble;
use crate::visitor::{Office, Visitor, ask};

/// Most earlier trips that are shown.
const EARLIER_MAX: usize = 6;
/// The place that stands for the rider's home.
const HOME: &str = "home";

/// The form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Taken {
    /// What was typed to find the rider.
    find: String,
    rider: String,
    /// An earlier trip to take again.
    again: String,
    from: String,
    to: String,
    day: String,
    time: String,
    /// `there` if the time is an appointment, `fetch` if it is when the rider is fetched.
    by: String,
    /// `none`, `call`, or a time.
    home: String,
    /// `weekly`, `workdays`, `mwf`, `tts` or nothing.
    repeat: String,
    note: String,
    form: String,
}

/// An earlier trip.
struct Earlier {
    trip: TripId,
    day: String,
    way: String,
    when: String,
}

#[derive(Template)]
#[template(path = "desk/book.html")]
struct BookPage {
    page: Page,
    title: String,
    found: Vec<Match>,
    rider: Option<Member>,
    name: String,
    about: String,
    earlier: Vec<Earlier>,
    places: Vec<String>,
    given: Taken,
    form: String,
    wrong: Vec<String>,
}

/// Shows the form with what is known so far.
pub(super) async fn show(Office(visitor): Office, Query(given): Query<Taken>) -> Result<Response, Trouble> {
    form(&visitor, given, Vec::new()).await
}

async fn form(visitor: &Visitor, mut given: Taken, wrong: Vec<String>) -> Result<Response, Trouble> {
    let page = visitor.page();
    let words = words(visitor);
    let id: Option<MemberId> = given.rider.parse().ok();
    let found = match (id, forms::filled(&given.find)) {
        (None, Some(text)) => super::people::matches(visitor, text, Some(Role::Rider)).await?,
        _ => Vec::new(),
    };
    let rider = match id {
        Some(id) => Some(*ask!(visitor, Request::ShowMember(id), Member)?),
        None => None,
    };
    let mut earlier = Vec::new();
    if let Some(id) = id {
        let filter = TripFilter { rider: Some(id), all: true, ..TripFilter::default() };
        let mut trips = ask!(visitor, Request::ListTrips(filter), Trips)?;
        trips.sort_by_key(|trip| std::cmp::Reverse((trip.date, trip.trip)));
        if let Some(again) = again(&given, &trips) {
            take_again(&mut given, again, &trips);
        }
        let outward = trips.iter().filter(|trip| trip.outbound.is_none()).take(EARLIER_MAX);
        earlier.extend(outward.map(|trip| Earlier {
            trip: trip.trip,
            day: words.day(trip.date),
            way: format!("{} → {}", words.from(trip), words.to(trip)),
            when: words.wished(&trip.timing),
        }));
    }
    if given.from.is_empty() {
        HOME.clone_into(&mut given.from);
    }
    if given.by.is_empty() {
        "there".clone_into(&mut given.by);
    }
    let places = ask!(visitor, Request::ListPlaces, Places)?.into_iter().map(|place| place.name).collect();
    let profile = rider.as_ref().and_then(|rider| rider.profile.as_ref());
    let name = profile.map(|profile| profile.name.clone()).unwrap_or_default();
    let about = profile.map(|profile| {
        let home = profile.home.as_ref().map(|home| home.label.clone());
        let needs = profile.requirement.as_ref().map(|needs| words.needs(needs));
        let note = Some(profile.note.clone());
        let parts = [profile.phone.clone(), home, needs, note].into_iter().flatten();
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    });
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = if given.form.is_empty() { form_name() } else { given.form.clone() };
    let title = page.say("desk-book");
    let about = about.unwrap_or_default();
    Ok(draw_as(
        status,
        &BookPage { page, title, found, rider, name, about, earlier, places, given, form, wrong },
    ))
}

fn again<'t>(given: &Taken, trips: &'t [Trip]) -> Option<&'t Trip> {
    let id: TripId = given.again.parse().ok()?;
    trips.iter().find(|trip| trip.trip == id)
}

/// Fills the form with the places and times of an earlier trip; the day is the caller's to say.
fn take_again(given: &mut Taken, trip: &Trip, trips: &[Trip]) {
    given.from = format!("trip:{}", trip.trip);
    given.to = format!("trip:{}", trip.trip);
    let clock = |timing: &Timing| match timing {
        Timing::PickUp(at) | Timing::Appointment(at) => format!("{}:{:02}", at.hour(), at.minute()),
        Timing::WillCall(_) => "call".to_owned(),
    };
    given.time = clock(&trip.timing);
    let by = if matches!(trip.timing, Timing::Appointment(_)) { "there" } else { "fetch" };
    by.clone_into(&mut given.by);
    let home = trip.return_trip.and_then(|home| trips.iter().find(|trip| trip.trip == home));
    given.home = home.map_or_else(String::new, |home| clock(&home.timing));
}

/// Books, and shows what to say to the caller.
pub(super) async fn send(Office(visitor): Office, Form(given): Form<Taken>) -> Result<Response, Trouble> {
    let asked = match asked(&visitor, &given).await? {
        Ok(asked) => asked,
        Err(wrong) => {
            let wrong = wrong.iter().map(|key| visitor.page().say(key)).collect();
            return form(&visitor, given, wrong).await;
        }
    };
    let name = crate::site::sent_by(&visitor, &given.form);
    let booking = async {
        match visitor.answer(Request::BookTrip(asked)).await {
            Ok(jitney_node::api::Reply::Booked(booked)) => Ok(match booked.trips.first() {
                Some(first) => format!("/desk/trip/{}?booked=1", first.trip),
                None => "/desk".to_owned(),
            }),
            Ok(_) => Err(Trouble::other_answer(visitor.page()).into_response()),
            // What was typed stays: the dispatcher mends it while the caller waits.
            Err(fault) if !fault.kind.is_passing() => {
                Err(form(&visitor, given.clone(), vec![fault.message]).await.into_response())
            }
            Err(fault) => Err(Trouble::new(visitor.page(), fault).into_response()),
        }
    };
    Ok(match visitor.site.once(&name, booking).await {
        Ok(redirect) => redirect.into_response(),
        Err(shown) => shown,
    })
}

/// Reads the form; what is wrong with it is told by keys.
async fn asked(visitor: &Visitor, given: &Taken) -> Result<Result<TripAsked, Vec<&'static str>>, Trouble> {
    let mut wrong = Vec::new();
    let mut need = |there: bool, key| {
        if !there {
            wrong.push(key);
        }
    };
    let rider: Option<MemberId> = given.rider.parse().ok();
    let day = day(&given.day, visitor.today());
    let time = forms::time(&given.time);
    let home = forms::filled(&given.home).filter(|home| *home != "none");
    let home_time = home.and_then(forms::time);
    need(rider.is_some(), "desk-book-no-rider");
    need(forms::filled(&given.to).is_some(), "desk-book-no-to");
    need(day.is_some(), "desk-book-no-day");
    need(time.is_some(), "desk-book-no-time");
    need(home.is_none_or(|home| home == "call" || home_time.is_some()), "desk-book-bad-home");
    let (Some(rider), Some(day), Some(time), true) = (rider, day, time, wrong.is_empty()) else {
        return Ok(Err(wrong));
    };
    let at = day.to_datetime(time);
    let from = place(visitor, &given.from, |places| places.from).await?;
    let to = place(visitor, &given.to, |places| places.to).await?;
    Ok(Ok(TripAsked {
        home: match (home, home_time) {
            (Some("call"), _) => Some(Timing::WillCall(day)),
            (_, Some(back)) => Some(Timing::PickUp(day.to_datetime(back))),
            _ => None,
        },
        rule: rule(&given.repeat),
        note: given.note.trim().to_owned(),
        ..TripAsked::one_way(
            rider,
            from,
            to,
            if given.by == "fetch" { Timing::PickUp(at) } else { Timing::Appointment(at) },
        )
    }))
}

/// Reads a day: `2026-12-01`, `1.12.`, `1/12`, or how many days from today with a plus.
fn day(text: &str, today: Date) -> Option<Date> {
    let text = text.trim();
    if let Some(days) = text.strip_prefix('+') {
        let days: i32 = days.trim().parse().ok()?;
        return today.checked_add(days.days()).ok();
    }
    if let Some(date) = forms::date(text) {
        return Some(date);
    }
    let mut parts = text.trim_end_matches('.').split(['.', '/']);
    let (day, month) = (parts.next()?.trim().parse().ok()?, parts.next()?.trim().parse().ok()?);
    if parts.next().is_some() {
        return None;
    }
    // The next time that the calendar shows this day.
    let this_year = Date::new(today.year(), month, day).ok().filter(|date| *date >= today);
    this_year.or_else(|| Date::new(today.year() + 1, month, day).ok())
}

fn rule(repeat: &str) -> Option<String> {
    let rule = match repeat {
        "weekly" => "FREQ=WEEKLY",
        "workdays" => "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        "mwf" => "FREQ=WEEKLY;BYDAY=MO,WE,FR",
        "tts" => "FREQ=WEEKLY;BYDAY=TU,TH,SA",
        _ => return None,
    };
    Some(rule.to_owned())
}

async fn place(
    visitor: &Visitor,
    typed: &str,
    end: impl Fn(jitney_node::person::TripPlaces) -> jitney_node::person::Place,
) -> Result<PlaceAsked, Trouble> {
    let typed = typed.trim();
    if typed.eq_ignore_ascii_case(HOME) {
        return Ok(PlaceAsked::Home);
    }
    if let Some(trip) = typed.strip_prefix("trip:").and_then(|trip| trip.parse::<TripId>().ok()) {
        let trip = *ask!(visitor, Request::ShowTrip(trip), Trip)?;
        let places = trip.places.ok_or_else(|| Trouble::nothing(visitor.page()))?;
        return Ok(PlaceAsked::At(end(places)));
    }
    Ok(PlaceAsked::Named(typed.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_are_read_as_they_are_typed() {
        let today = date(2026, 11, 26);
        assert_eq!(day("2026-12-01", today), Some(date(2026, 12, 1)));
        assert_eq!(day("1.12.", today), Some(date(2026, 12, 1)));
        assert_eq!(day("1/12", today), Some(date(2026, 12, 1)));
        assert_eq!(day("3/1", today), Some(date(2027, 1, 3)));
        assert_eq!(day("+1", today), Some(date(2026, 11, 27)));
        for text in ["", "31.2", "1.2.3", "+x", "soon"] {
            assert_eq!(day(text, today), None, "{text}");
        }
    }
}
