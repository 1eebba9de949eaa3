//! Booking: where to, when, and the way home, a question each; then everything once more before it counts.
//!
//! What was answered stands in the address of the next question, so that going back loses nothing and no page
//! runs out.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::ToSpan as _;
use jiff::civil::{Date, Time};
use jitney_domain::trip::Timing;
use jitney_domain::{MemberId, TripId};
use jitney_lang::Args;
use jitney_node::api::{PlaceAsked, Reply, Request, TripAsked};
use serde::Deserialize;

use super::home::trips_of;
use super::{Rider, elsewhere, rider, words};
use crate::forms;
use crate::page::{Page, draw, draw_as};
use crate::site::form_name;
use crate::trouble::Trouble;
use crate::visitor::{RiderSide, Visitor, ask};

/// Most places of earlier trips that are offered first.
const EARLIER_MAX: usize = 5;
/// So many days are offered, today included; whoever wants a later one phones.
const DAYS: i32 = 15;

/// The answer that the place is none of those offered.
pub(super) const ELSEWHERE: &str = "elsewhere";

/// What has been answered so far.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Answers {
    /// `place:` and a name of the coop's list, `trip:` and an earlier trip that went there, `found:` and the envelope of
    /// a place that was looked for, or [`ELSEWHERE`].
    #[serde(default)]
    pub(super) to: String,
    /// What was typed to look for, in an envelope.
    #[serde(default)]
    pub(super) looked: String,
    /// What was typed is to be changed.
    #[serde(default)]
    pub(super) again: String,
    #[serde(default)]
    pub(super) day: String,
    #[serde(default)]
    pub(super) time: String,
    /// `call`, `at` or `none`.
    #[serde(default)]
    pub(super) home: String,
    #[serde(default)]
    pub(super) home_time: String,
    /// Name of the form, once it is sent.
    #[serde(default)]
    form: String,
}

/// The way home as it is wished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Home {
    WillCall,
    At(Time),
    None,
}

/// What is asked next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Where,
    Elsewhere,
    When { wrong: bool },
    Home { wrong: bool },
    Check { day: Date, time: Time, home: Home },
}

impl Answers {
    fn next(&self) -> Next {
        if self.to.is_empty() {
            return Next::Where;
        }
        if self.to == ELSEWHERE {
            return Next::Elsewhere;
        }
        let (Some(day), Some(time)) = (forms::date(&self.day), forms::time(&self.time)) else {
            return Next::When { wrong: !(self.day.is_empty() && self.time.is_empty()) };
        };
        let home = match (self.home.as_str(), forms::time(&self.home_time)) {
            ("call", _) => Home::WillCall,
            ("none", _) => Home::None,
            ("at", Some(at)) if at > time => Home::At(at),
            (home, _) => return Next::Home { wrong: !home.is_empty() },
        };
        Next::Check { day, time, home }
    }

    /// The place is none of those offered.
    pub(super) fn is_elsewhere(&self) -> bool {
        self.to == ELSEWHERE || self.to.starts_with(elsewhere::FOUND)
    }
}

/// A place to choose.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
}

#[derive(Template)]
#[template(path = "rider/book_where.html")]
struct WherePage {
    page: Page,
    title: String,
    rider: Rider,
    earlier: Vec<Choice>,
    places: Vec<Choice>,
    /// A place can be looked for on the map.
    map: bool,
    given: Answers,
}

#[derive(Template)]
#[template(path = "rider/book_when.html")]
struct WhenPage {
    page: Page,
    title: String,
    rider: Rider,
    days: Vec<Choice>,
    given: Answers,
    wrong: bool,
}

#[derive(Template)]
#[template(path = "rider/book_home.html")]
struct HomePage {
    page: Page,
    title: String,
    rider: Rider,
    given: Answers,
    wrong: bool,
}

#[derive(Template)]
#[template(path = "rider/book_check.html")]
struct CheckPage {
    page: Page,
    title: String,
    rider: Rider,
    given: Answers,
    from: String,
    to: String,
    when: String,
    home: String,
    form: String,
}

/// Asks what has not been answered yet.
pub(super) async fn question(
    RiderSide(visitor): RiderSide,
    Path(id): Path<MemberId>,
    Query(mut given): Query<Answers>,
) -> Result<Response, Trouble> {
    let rider = rider(&visitor, id).await?;
    let page = visitor.page();
    let words = words(&visitor);
    let from = rider.member.profile.as_ref().and_then(|p| p.home.as_ref()).map(|home| home.label.clone());
    let Some(from) = from.filter(|_| rider.may_book) else {
        return Ok(Trouble::call_us(page).into_response());
    };
    // What was found before the node was started anew is asked again; all else stays.
    if elsewhere::is_lost(&visitor, id, &given) {
        ELSEWHERE.clone_into(&mut given.to);
    }
    let map = visitor.site.map().are_there();
    Ok(match given.next() {
        Next::Elsewhere if map => elsewhere::ask_for(&visitor, rider, given).await?,
        Next::Where | Next::Elsewhere => {
            let earlier = earlier(&visitor, id).await?;
            let named = ask!(visitor, Request::ListPlaces, Places)?;
            let new = |label: &str| earlier.iter().all(|choice: &Choice| choice.label != label);
            let places = named.into_iter().filter(|named| new(&named.place.label));
            let places = places
                .map(|named| Choice { value: format!("place:{}", named.name), label: named.place.label })
                .collect::<Vec<_>>();
            if map && earlier.is_empty() && places.is_empty() {
                return elsewhere::ask_for(&visitor, rider, given).await;
            }
            draw(&WherePage { title: page.say("book-where"), rider, earlier, places, map, given, page })
        }
        Next::When { wrong } => {
            let days = (0..DAYS).filter_map(|n| visitor.today().checked_add(n.days()).ok());
            let days =
                days.map(|day| Choice { value: day.to_string(), label: words.near_day(day) }).collect();
            let title = page.say("book-when");
            draw_as(status(wrong), &WhenPage { title, rider, days, given, wrong, page })
        }
        Next::Home { wrong } => {
            let title = page.say("book-home");
            draw_as(status(wrong), &HomePage { title, rider, given, wrong, page })
        }
        Next::Check { day, time, home } => {
            let to = label_of(&visitor, id, &given.to).await?;
            let args = Args::new().with("day", words.near_day(day)).with("time", words.time(time));
            let when = visitor.lang.text("book-check-when", &args);
            let home = match home {
                Home::WillCall => page.say("book-home-call"),
                Home::At(at) => page.tell("book-check-home-at", "time", &words.time(at)),
                Home::None => page.say("book-home-none"),
            };
            let title = page.say("book-check");
            draw(&CheckPage { title, rider, given, from, to, when, home, form: form_name(), page })
        }
    })
}

fn status(wrong: bool) -> StatusCode {
    if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

/// Books what was answered.
pub(super) async fn send(
    RiderSide(visitor): RiderSide,
    Path(id): Path<MemberId>,
    Form(given): Form<Answers>,
) -> Result<Response, Trouble> {
    let Next::Check { day, time, home } = given.next() else {
        return question(RiderSide(visitor), Path(id), Query(given)).await;
    };
    if elsewhere::is_lost(&visitor, id, &given) {
        return question(RiderSide(visitor), Path(id), Query(given)).await;
    }
    let asked = TripAsked {
        home: match home {
            Home::WillCall => Some(Timing::WillCall(day)),
            Home::At(at) => Some(Timing::PickUp(day.to_datetime(at))),
            Home::None => None,
        },
        ..TripAsked::one_way(
            id,
            PlaceAsked::Home,
            place(&visitor, id, &given.to).await?,
            Timing::Appointment(day.to_datetime(time)),
        )
    };
    let booked = match visitor.answer_once(&given.form, Request::BookTrip(asked)).await {
        Ok(Reply::Booked(booked)) => booked,
        Ok(_) => return Err(Trouble::other_answer(visitor.page())),
        Err(fault) => return Err(Trouble::new(visitor.page(), fault)),
    };
    let first = booked.trips.first().ok_or_else(|| Trouble::other_answer(visitor.page()))?;
    Ok(Redirect::to(&format!("/ride/{id}/trip/{}?done=booked", first.trip)).into_response())
}

/// Places to which the rider went before, the newest first.
async fn earlier(visitor: &Visitor, rider: MemberId) -> Result<Vec<Choice>, Trouble> {
    let mut trips = trips_of(visitor, rider).await?;
    trips.sort_by_key(|trip| std::cmp::Reverse((trip.date, trip.trip)));
    let mut choices: Vec<Choice> = Vec::new();
    for trip in trips.iter().filter(|trip| trip.outbound.is_none()) {
        let Some(places) = &trip.places else { continue };
        if choices.len() < EARLIER_MAX && choices.iter().all(|choice| choice.label != places.to.label) {
            choices.push(Choice { value: format!("trip:{}", trip.trip), label: places.to.label.clone() });
        }
    }
    Ok(choices)
}

/// Returns the place that was chosen.
async fn place(visitor: &Visitor, rider: MemberId, chosen: &str) -> Result<PlaceAsked, Trouble> {
    let nothing = || Trouble::nothing(visitor.page());
    if chosen.starts_with(elsewhere::FOUND) {
        return elsewhere::found(visitor, rider, chosen).ok_or_else(nothing);
    }
    match chosen.split_once(':') {
        Some(("place", name)) => Ok(PlaceAsked::Named(name.to_owned())),
        Some(("trip", trip)) => {
            let trip: TripId = trip.parse().map_err(|_| nothing())?;
            let trip = *ask!(visitor, Request::ShowTrip(trip), Trip)?;
            Ok(PlaceAsked::At(trip.places.ok_or_else(nothing)?.to))
        }
        _ => Err(nothing()),
    }
}

async fn label_of(visitor: &Visitor, rider: MemberId, chosen: &str) -> Result<String, Trouble> {
    Ok(match place(visitor, rider, chosen).await? {
        PlaceAsked::At(place) => place.label,
        PlaceAsked::Named(name) => {
            let places = ask!(visitor, Request::ListPlaces, Places)?;
            places.into_iter().find(|place| place.name == name).map_or(name, |place| place.place.label)
        }
        PlaceAsked::Home => String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    fn answers(to: &str, day: &str, at: &str, home: &str, home_time: &str) -> Answers {
        let own = str::to_owned;
        Answers {
            to: own(to),
            day: own(day),
            time: own(at),
            home: own(home),
            home_time: own(home_time),
            ..Answers::default()
        }
    }

    #[test]
    fn one_question_follows_the_other_and_a_wrong_answer_is_asked_again() {
        let next = |to, day, at, home, back| answers(to, day, at, home, back).next();
        assert_eq!(next("", "", "", "", ""), Next::Where);
        assert_eq!(next("elsewhere", "2026-12-01", "9:30", "call", ""), Next::Elsewhere);
        assert_eq!(next("place:Clinic", "", "", "", ""), Next::When { wrong: false });
        assert_eq!(next("place:Clinic", "2026-12-01", "", "", ""), Next::When { wrong: true });
        assert_eq!(next("place:Clinic", "2026-12-01", "noonish", "", ""), Next::When { wrong: true });
        assert_eq!(next("place:Clinic", "2026-12-01", "9h30", "", ""), Next::Home { wrong: false });
        assert_eq!(next("place:Clinic", "2026-12-01", "9:30", "at", ""), Next::Home { wrong: true });
        assert_eq!(next("place:Clinic", "2026-12-01", "9:30", "at", "9:00"), Next::Home { wrong: true });
        let (day, time) = (date(2026, 12, 1), time(9, 30, 0, 0));
        let check = |home| Next::Check { day, time, home };
        assert_eq!(next("trip:1", "2026-12-01", "9:30", "call", ""), check(Home::WillCall));
        assert_eq!(next("trip:1", "2026-12-01", "9:30", "none", "x"), check(Home::None));
        let at = jiff::civil::time(11, 0, 0, 0);
        assert_eq!(next("trip:1", "2026-12-01", "9:30", "at", "11:00"), check(Home::At(at)));
    }
}
