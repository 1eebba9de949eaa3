//! Booking while the caller speaks: find the rider, take an earlier trip again or type where and when.

use askama::Template;
use axum::Form;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::ToSpan as _;
use jiff::civil::Date;
use jitney_domain::trip::Timing;
use jitney_domain::{MemberId, Role, TripId};
use jitney_lang::{Args, Lang};
use jitney_node::api::{PlaceAsked, Request, TripAsked, TripFilter};
use jitney_node::map::ATTRIBUTION;
use jitney_node::view::{Member, Trip};
use serde::Deserialize;

use super::book_more::{self, More};
use super::needs::NeedsForm;
use super::people::Match;
use super::whereabouts::{self, Found};
use super::words;
use crate::forms;
use crate::page::{Page, draw_as};
use crate::said::Said;
use crate::site::form_name;
use crate::trouble::Trouble;
use crate::visitor::{Office, Visitor, ask};

/// Most earlier trips that are shown.
const EARLIER_MAX: usize = 6;
/// The words that are typed instead of a place or a time, by their keys: each in every language.
const HOME: &str = "desk-book-word-home";
const CALL: &str = "desk-book-word-call";
const NONE: &str = "desk-book-word-none";

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
    /// A time, or the visitor's word for nothing or for a way home when the rider calls.
    home: String,
    note: String,
    form: String,
    #[serde(flatten)]
    more: More,
    #[serde(flatten)]
    needs: NeedsForm,
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
    /// Partner coops that could be asked first.
    partners: Vec<String>,
    given: Taken,
    needs_form: NeedsForm,
    /// Whether what is rarely said is shown.
    unfolded: bool,
    form: String,
    wrong: Vec<Said>,
    /// Which places could be meant, where that is not clear: as the form takes them, and in words.
    to_choices: Vec<(String, String)>,
    from_choices: Vec<(String, String)>,
    /// What must be said of the map, if there is one.
    map_data: Option<&'static str>,
}

/// What cannot be booked as it was typed.
#[derive(Default)]
struct Unclear {
    wrong: Vec<Said>,
    to: Vec<(String, String)>,
    from: Vec<(String, String)>,
}

impl From<Vec<Said>> for Unclear {
    fn from(wrong: Vec<Said>) -> Self {
        Unclear { wrong, ..Unclear::default() }
    }
}

/// Shows the form with what is known so far.
pub(super) async fn show(Office(visitor): Office, Query(given): Query<Taken>) -> Result<Response, Trouble> {
    form(&visitor, given, Unclear::default()).await
}

async fn form(visitor: &Visitor, mut given: Taken, unclear: Unclear) -> Result<Response, Trouble> {
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
            take_again(&page, &mut given, again, &trips);
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
        given.from = page.say(HOME);
    }
    if given.by.is_empty() {
        "there".clone_into(&mut given.by);
    }
    let places = ask!(visitor, Request::ListPlaces, Places)?.into_iter().map(|place| place.name).collect();
    let partners = book_more::partners(visitor).await;
    let profile = rider.as_ref().and_then(|rider| rider.profile.as_ref());
    let usual = NeedsForm::of(&profile.and_then(|profile| profile.requirement).unwrap_or_default());
    let needs_form = if given.needs.is_sent() { given.needs.clone() } else { usual.clone() };
    let unfolded = given.more.is_said() || needs_form != usual;
    let name = profile.map(|profile| profile.name.clone()).unwrap_or_default();
    let about = profile.map(|profile| {
        let home = profile.home.as_ref().map(|home| home.label.clone());
        let needs = profile.requirement.as_ref().map(|needs| words.needs(needs));
        let note = Some(profile.note.clone());
        let parts = [profile.phone.clone(), home, needs, note].into_iter().flatten();
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    });
    let status = if unclear.wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = if given.form.is_empty() { form_name() } else { given.form.clone() };
    let title = page.say("desk-book");
    let about = about.unwrap_or_default();
    Ok(draw_as(
        status,
        &BookPage {
            page,
            title,
            found,
            rider,
            name,
            about,
            earlier,
            places,
            partners,
            given,
            needs_form,
            unfolded,
            form,
            wrong: unclear.wrong,
            to_choices: unclear.to,
            from_choices: unclear.from,
            map_data: visitor.site.map().are_there().then_some(ATTRIBUTION),
        },
    ))
}

fn again<'t>(given: &Taken, trips: &'t [Trip]) -> Option<&'t Trip> {
    let id: TripId = given.again.parse().ok()?;
    trips.iter().find(|trip| trip.trip == id)
}

/// Fills the form with the places and times of an earlier trip; the day is the caller's to say.
fn take_again(page: &Page, given: &mut Taken, trip: &Trip, trips: &[Trip]) {
    given.from = format!("trip:{}", trip.trip);
    given.to = format!("trip:{}", trip.trip);
    let clock = |timing: &Timing| match timing {
        Timing::PickUp(at) | Timing::Appointment(at) => format!("{}:{:02}", at.hour(), at.minute()),
        Timing::WillCall(_) => page.say(CALL),
    };
    given.time = clock(&trip.timing);
    let by = if matches!(trip.timing, Timing::Appointment(_)) { "there" } else { "fetch" };
    by.clone_into(&mut given.by);
    let home = trip.return_trip.and_then(|home| trips.iter().find(|trip| trip.trip == home));
    given.home = home.map_or_else(String::new, |home| clock(&home.timing));
    if !given.needs.is_sent() {
        given.needs = NeedsForm::of(&trip.requirement);
    }
}

/// Books, and shows what to say to the caller.
pub(super) async fn send(Office(visitor): Office, Form(given): Form<Taken>) -> Result<Response, Trouble> {
    let asked = match asked(&visitor, &given).await? {
        Ok(asked) => asked,
        Err(unclear) => return form(&visitor, given, unclear).await,
    };
    match visitor.answer_once(&given.form, Request::BookTrip(asked)).await {
        Ok(jitney_node::api::Reply::Booked(booked)) => Ok(match booked.trips.first() {
            Some(first) => Redirect::to(&format!("/desk/trip/{}?booked=1", first.trip)).into_response(),
            None => Redirect::to("/desk").into_response(),
        }),
        Ok(_) => Err(Trouble::other_answer(visitor.page())),
        // What was typed stays: the dispatcher mends it while the caller waits. The form gets a new name, for under
        // the old one something else may have been booked.
        Err(fault) if !fault.kind.is_passing() => {
            let wrong = vec![Said::of(&fault, visitor.lang)];
            form(&visitor, Taken { form: String::new(), ..given }, wrong.into()).await
        }
        Err(fault) => Err(Trouble::new(visitor.page(), fault)),
    }
}

/// Reads the form, or says what is wrong with it.
async fn asked(visitor: &Visitor, given: &Taken) -> Result<Result<TripAsked, Unclear>, Trouble> {
    let page = visitor.page();
    let mut wrong: Vec<Said> = Vec::new();
    let mut need = |there: bool, key| {
        if !there {
            wrong.push(page.say(key).into());
        }
    };
    let rider: Option<MemberId> = given.rider.parse().ok();
    let day = day(&given.day, visitor.today());
    let time = forms::time(&given.time);
    let home = forms::filled(&given.home).filter(|home| !is_word(NONE, home));
    let home_time = home.and_then(forms::time);
    let calls = home.is_some_and(|home| is_word(CALL, home));
    need(rider.is_some(), "desk-book-no-rider");
    need(forms::filled(&given.to).is_some(), "desk-book-no-to");
    need(day.is_some(), "desk-book-no-day");
    need(time.is_some(), "desk-book-no-time");
    need(home.is_none() || calls || home_time.is_some(), "desk-book-bad-home");
    let usual = match rider {
        Some(rider) => ask!(visitor, Request::ShowMember(rider), Member)?.profile.and_then(|p| p.requirement),
        None => None,
    };
    let requirement = book_more::requirement(&given.needs, usual);
    let more = given.more.read();
    for key in [requirement.as_ref().err(), more.as_ref().err()].into_iter().flatten() {
        need(false, *key);
    }
    let (Ok(requirement), Ok(more)) = (requirement, more) else { return Ok(Err(wrong.into())) };
    let (Some(rider), Some(day), Some(time), true) = (rider, day, time, wrong.is_empty()) else {
        return Ok(Err(wrong.into()));
    };
    let at = day.to_datetime(time);
    let from = place(visitor, rider, &given.from, |places| places.from).await?;
    let to = place(visitor, rider, &given.to, |places| places.to).await?;
    let (Found::One(from), Found::One(to)) = (&from, &to) else {
        return Ok(Err(unclear(&page, given, from, to)));
    };
    let (from, to) = (from.clone(), to.clone());
    Ok(Ok(TripAsked {
        home: match (home, home_time) {
            (Some(_), _) if calls => Some(Timing::WillCall(day)),
            (_, Some(back)) => Some(Timing::PickUp(day.to_datetime(back))),
            _ => None,
        },
        requirement,
        dwell: more.dwell,
        rule: more.rule,
        offer_to: more.offer_to,
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

/// Tells whether the word is what was typed, in whichever language: who changes the language keeps what was typed.
fn is_word(key: &str, typed: &str) -> bool {
    let typed = typed.trim().to_lowercase();
    Lang::all().iter().any(|lang| lang.text(key, &Args::new()) == typed)
}

/// Says which places nobody knows, and offers those that could be meant.
fn unclear(page: &Page, given: &Taken, from: Found, to: Found) -> Unclear {
    let mut unclear = Unclear::default();
    for (typed, found, choices) in [(&given.from, from, &mut unclear.from), (&given.to, to, &mut unclear.to)]
    {
        match found {
            Found::One(_) => {}
            Found::Several(several) => {
                unclear.wrong.push(page.tell("place-which", "place", typed.trim()).into());
                *choices = several;
            }
            Found::Nothing => unclear.wrong.push(page.tell("place-unknown", "place", typed.trim()).into()),
        }
    }
    unclear
}

async fn place(
    visitor: &Visitor,
    rider: MemberId,
    typed: &str,
    end: impl Fn(jitney_node::person::TripPlaces) -> jitney_node::person::Place,
) -> Result<Found, Trouble> {
    let typed = typed.trim();
    if is_word(HOME, typed) {
        return Ok(Found::One(PlaceAsked::Home));
    }
    if let Some(trip) = typed.strip_prefix("trip:").and_then(|trip| trip.parse::<TripId>().ok()) {
        let trip = *ask!(visitor, Request::ShowTrip(trip), Trip)?;
        let places = trip.places.ok_or_else(|| Trouble::nothing(visitor.page()))?;
        return Ok(Found::One(PlaceAsked::At(end(places))));
    }
    whereabouts::look(visitor, Some(rider), typed).await
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
