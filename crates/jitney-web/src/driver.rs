//! The driver's seat: what is offered, the day's lifts, and a button for every step. Made for a phone.

mod hours;

pub(crate) use hours::calendar;

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use jiff::ToSpan as _;
use jiff::civil::Date;
use jitney_domain::booking::Progress;
use jitney_domain::run::Leg;
use jitney_domain::{LiftNumber, Metres, ReportId, Step, Timestamp};
use jitney_node::api::{Report, Request};
use jitney_node::view::ManifestStop;
use serde::Deserialize;

use crate::areas::Areas;
use crate::assets;
use crate::forms;
use crate::page::{Page, draw};
use crate::site::Site;
use crate::trouble::Trouble;
use crate::visitor::{AtTheWheel, Visitor, ask};
use crate::wording::Words;

/// Returns the pages of this part.
pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/", get(day))
        .route("/hours", get(hours::show).post(hours::change))
        .route("/report", post(report))
        .route("/reports", post(late_report))
        .route("/print", get(print))
        .route("/worker.js", get(assets::driver_worker))
        .route("/app.webmanifest", get(assets::driver_manifest))
        .route("/leave", post(hours::leave))
        .route("/{unknown}", get(nowhere))
}

async fn nowhere(visitor: Visitor, Path(_): Path<String>) -> Trouble {
    Trouble::nothing(visitor.page())
}

/// A lift that is offered.
struct Offered {
    lift: LiftNumber,
    when: String,
    way: String,
    needs: String,
    coop: String,
    answer_by: String,
}

/// A stop as the driver reads it.
pub(crate) struct Halt {
    pub(crate) lift: LiftNumber,
    pub(crate) pick_up: bool,
    pub(crate) when: String,
    pub(crate) between: String,
    pub(crate) place: String,
    pub(crate) door: String,
    pub(crate) note: String,
    pub(crate) name: String,
    pub(crate) phone: Option<String>,
    pub(crate) word: Option<String>,
    pub(crate) coop: String,
    pub(crate) needs: String,
    pub(crate) state: String,
    pub(crate) navigate: Option<String>,
    pub(crate) done: bool,
    /// What can be reported next, with the word on the button.
    pub(crate) steps: Vec<(&'static str, String)>,
    /// A report that ends the lift without having carried anybody.
    pub(crate) ends: Vec<(&'static str, String)>,
    /// From when on nobody's being there can be reported, if that is not yet.
    pub(crate) not_before: Option<String>,
    pub(crate) form: String,
}

#[derive(Template)]
#[template(path = "driver/day.html")]
struct DayPage {
    page: Page,
    title: String,
    day: String,
    before: Option<Date>,
    after: Option<Date>,
    offers: Vec<Offered>,
    halts: Vec<Halt>,
    made: String,
    sealed: bool,
    map_from: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "driver/print.html")]
struct PrintPage {
    page: Page,
    title: String,
    day: String,
    halts: Vec<Halt>,
    made: String,
    map_from: Option<&'static str>,
}

#[derive(Default, Deserialize)]
struct Which {
    #[serde(default)]
    day: String,
}

fn words(visitor: &Visitor) -> Words<'_> {
    Words { lang: visitor.lang, zone: &visitor.zone, today: visitor.today() }
}

async fn day(AtTheWheel(visitor): AtTheWheel, Query(which): Query<Which>) -> Result<Response, Trouble> {
    let words = words(&visitor);
    let page = visitor.page();
    let day = forms::date(&which.day).unwrap_or_else(|| visitor.today());
    let offers = ask!(visitor, Request::Offers { driver: visitor.member() }, Offers)?;
    let areas = Areas::of(&visitor).await;
    let offers = offers.into_iter().map(|offer| Offered {
        lift: offer.lift,
        when: words.moment(offer.pick_up_at),
        way: areas.way((offer.from_at, &offer.from), (offer.to_at, &offer.to)),
        needs: words.needs(&offer.requirement),
        coop: offer.coop,
        answer_by: words.moment(offer.respond_by),
    });
    let (halts, made, sealed) = manifest(&visitor, &page, &areas, day).await?;
    Ok(draw(&DayPage {
        title: page.say("driver-title"),
        day: words.near_day(day),
        before: day.checked_sub(1.day()).ok().filter(|before| *before >= visitor.today()),
        after: day.checked_add(1.day()).ok(),
        offers: offers.collect(),
        halts,
        made,
        sealed,
        map_from: areas.map_from(),
        page,
    }))
}

async fn print(AtTheWheel(visitor): AtTheWheel, Query(which): Query<Which>) -> Result<Response, Trouble> {
    let page = visitor.page();
    let day = forms::date(&which.day).unwrap_or_else(|| visitor.today());
    let areas = Areas::of(&visitor).await;
    let (halts, made, _) = manifest(&visitor, &page, &areas, day).await?;
    let day = words(&visitor).day(day);
    Ok(draw(&PrintPage {
        title: page.say("driver-title"),
        day,
        halts,
        made,
        map_from: areas.map_from(),
        page,
    }))
}

/// Returns the stops of a day, when they were looked up, and whether some can be read on the driver's own device
/// alone.
async fn manifest(
    visitor: &Visitor,
    page: &Page,
    areas: &Areas,
    day: Date,
) -> Result<(Vec<Halt>, String, bool), Trouble> {
    let words = words(visitor);
    let asked = Request::Manifest { driver: visitor.member(), day: Some(day) };
    let manifest = *ask!(visitor, asked, Manifest)?;
    let sealed = manifest.stops.iter().any(|stop| stop.sealed.is_some() && stop.details.is_none());
    let halts = manifest.stops.iter().map(|stop| halt(page, words, areas, stop, visitor.now())).collect();
    Ok((halts, words.moment(manifest.made_at), sealed))
}

pub(crate) fn halt(
    page: &Page,
    words: Words<'_>,
    areas: &Areas,
    stop: &ManifestStop,
    now: Timestamp,
) -> Halt {
    let pick_up = stop.leg == Leg::PickUp;
    let details = stop.details.as_ref();
    let place = details.map(|d| if pick_up { &d.places.from } else { &d.places.to });
    let button = |step: &'static str| (step, page.say(&format!("driver-step-{step}")));
    let done = stop.done.is_some();
    let (steps, ends) = match (stop.progress.filter(|_| !done), pick_up) {
        (Some(Progress::Booked), true) => (vec!["en-route", "arrived", "pick-up"], vec![]),
        (Some(Progress::EnRoute), true) => (vec!["arrived", "pick-up"], vec![]),
        (Some(Progress::Arrived), true) => (vec!["pick-up"], vec!["no-show", "cancelled-at-door"]),
        (Some(Progress::OnBoard), false) => (vec!["drop-off"], vec![]),
        _ => (vec![], vec![]),
    };
    Halt {
        lift: stop.lift,
        pick_up,
        when: words.clock(stop.planned),
        between: words.between(&stop.window),
        place: place.map_or_else(|| areas.say(stop.about_at, &stop.about), |place| place.label.clone()),
        door: place.map(|place| place.note.clone()).unwrap_or_default(),
        note: details.map(|d| d.places.note.clone()).unwrap_or_default(),
        name: details.map(|d| d.name.clone()).unwrap_or_default(),
        phone: details.and_then(|d| d.phone.clone()),
        word: details.map(|d| d.word.clone()),
        coop: details.map(|d| d.coop.clone()).unwrap_or_default(),
        needs: words.needs(&stop.requirement),
        state: match (stop.done, stop.progress) {
            (Some(at), _) => page.tell("driver-done-at", "time", &words.clock(at)),
            (None, Some(progress)) => words.progress(progress),
            (None, None) => stop.stands.as_ref().map(|told| told.say(words.lang)).unwrap_or_default(),
        },
        navigate: place.map(|place| format!("geo:{},{}", place.at.lat(), place.at.lon())),
        done,
        steps: steps.into_iter().map(button).collect(),
        not_before: stop
            .no_show_from
            .filter(|from| *from > now && !ends.is_empty())
            .map(|from| words.clock(from)),
        ends: ends.into_iter().map(button).collect(),
        form: format!("{:032x}", rand::random::<u128>()),
    }
}

/// A report as the page's buttons send it.
#[derive(Debug, Deserialize)]
struct Pressed {
    /// Name of the report: sent twice, it counts once.
    report: ReportId,
    lift: LiftNumber,
    step: String,
    #[serde(default)]
    km: String,
}

fn step(name: &str, km: &str) -> Option<Step> {
    Some(match name {
        "en-route" => Step::EnRoute,
        "arrived" => Step::Arrived,
        "pick-up" => Step::PickUp,
        "drop-off" => Step::DropOff,
        "no-show" => Step::NoShow,
        "cancelled-at-door" => Step::CancelledAtDoor,
        "accept" => Step::Accept,
        "decline" => Step::Decline,
        "distance" => Step::Miles(Metres(metres(km)?)),
        _ => return None,
    })
}

/// Reads kilometres with an optional fraction.
pub(crate) fn metres(km: &str) -> Option<u32> {
    let km: f64 = km.trim().replace(',', ".").parse().ok()?;
    let metres = (km * 1000.0).round();
    // At most as far as anybody drives in a day; the cast is exact.
    (0.0..=2_000_000.0).contains(&metres).then_some(metres as u32)
}

async fn report(AtTheWheel(visitor): AtTheWheel, Form(pressed): Form<Pressed>) -> Result<Redirect, Trouble> {
    let invalid = || Trouble::nothing(visitor.page());
    let step = step(&pressed.step, &pressed.km).ok_or_else(invalid)?;
    let report = Report { report: pressed.report, lift: pressed.lift, step, at: visitor.now() };
    visitor.ask(Request::Report { report }).await?;
    Ok(Redirect::to("/drive"))
}

/// A report that was made while there was no network.
#[derive(Debug, Deserialize)]
struct Kept {
    #[serde(flatten)]
    pressed: Pressed,
    /// When the button was pressed, milliseconds since 1970.
    at: Timestamp,
}

async fn late_report(AtTheWheel(visitor): AtTheWheel, Json(kept): Json<Kept>) -> Response {
    let Some(step) = step(&kept.pressed.step, &kept.pressed.km) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    let report = Report { report: kept.pressed.report, lift: kept.pressed.lift, step, at: kept.at };
    match visitor.answer(Request::Report { report }).await {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(fault) => Trouble::new(visitor.page(), fault).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_read_with_either_sign_and_only_sensible_ones() {
        assert_eq!(metres("12.5"), Some(12_500));
        assert_eq!(metres(" 12,5 "), Some(12_500));
        for text in ["", "-1", "NaN", "inf", "1e9", "far"] {
            assert_eq!(metres(text), None, "{text}");
        }
    }
}
