//! The driver's seat: what is offered, the day's lifts, and a button for every step. Made for a phone.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use jiff::ToSpan as _;
use jiff::civil::Date;
use jitney_domain::booking::Progress;
use jitney_domain::run::Leg;
use jitney_domain::{LiftNumber, Metres, ReportId, Step, Timestamp};
use jitney_node::api::{Reply, Report, Request};
use jitney_node::view::ManifestStop;
use serde::Deserialize;

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
        .route("/hours", get(hours))
        .route("/report", post(report))
        .route("/reports", post(late_report))
        .route("/print", get(print))
        .route("/worker.js", get(assets::driver_worker))
        .route("/app.webmanifest", get(assets::driver_manifest))
        .route("/leave", post(leave))
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
struct Halt {
    lift: LiftNumber,
    pick_up: bool,
    when: String,
    between: String,
    place: String,
    door: String,
    note: String,
    name: String,
    phone: Option<String>,
    word: Option<String>,
    coop: String,
    needs: String,
    state: String,
    navigate: Option<String>,
    done: bool,
    /// What can be reported next, with the word on the button.
    steps: Vec<(&'static str, String)>,
    /// A report that ends the lift without having carried anybody.
    ends: Vec<(&'static str, String)>,
    form: String,
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
}

#[derive(Template)]
#[template(path = "driver/print.html")]
struct PrintPage {
    page: Page,
    title: String,
    day: String,
    halts: Vec<Halt>,
    made: String,
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
    let offers = offers.into_iter().map(|offer| Offered {
        lift: offer.lift,
        when: words.moment(offer.pick_up_at),
        way: page
            .lang
            .text("rider-way", &jitney_lang::Args::new().with("from", offer.from).with("to", offer.to)),
        needs: words.needs(&offer.requirement),
        coop: offer.coop,
        answer_by: words.moment(offer.respond_by),
    });
    let (halts, made, sealed) = manifest(&visitor, &page, day).await?;
    Ok(draw(&DayPage {
        title: page.say("driver-title"),
        day: words.near_day(day),
        before: day.checked_sub(1.day()).ok().filter(|before| *before >= visitor.today()),
        after: day.checked_add(1.day()).ok(),
        offers: offers.collect(),
        halts,
        made,
        sealed,
        page,
    }))
}

async fn print(AtTheWheel(visitor): AtTheWheel, Query(which): Query<Which>) -> Result<Response, Trouble> {
    let page = visitor.page();
    let day = forms::date(&which.day).unwrap_or_else(|| visitor.today());
    let (halts, made, _) = manifest(&visitor, &page, day).await?;
    let day = words(&visitor).day(day);
    Ok(draw(&PrintPage { title: page.say("driver-title"), day, halts, made, page }))
}

/// Returns the stops of a day, when they were looked up, and whether some can be read on the driver's own device
/// alone.
async fn manifest(visitor: &Visitor, page: &Page, day: Date) -> Result<(Vec<Halt>, String, bool), Trouble> {
    let words = words(visitor);
    let asked = Request::Manifest { driver: visitor.member(), day: Some(day) };
    let manifest = *ask!(visitor, asked, Manifest)?;
    let sealed = manifest.stops.iter().any(|stop| stop.sealed.is_some() && stop.details.is_none());
    let halts = manifest.stops.iter().map(|stop| halt(page, words, stop)).collect();
    Ok((halts, words.moment(manifest.made_at), sealed))
}

fn halt(page: &Page, words: Words<'_>, stop: &ManifestStop) -> Halt {
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
        place: place.map_or_else(|| stop.about.clone(), |place| place.label.clone()),
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
            (None, None) => stop.state.clone(),
        },
        navigate: place.map(|place| format!("geo:{},{}", place.at.lat(), place.at.lon())),
        done,
        steps: steps.into_iter().map(button).collect(),
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
fn metres(km: &str) -> Option<u32> {
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

#[derive(Template)]
#[template(path = "driver/hours.html")]
struct HoursPage {
    page: Page,
    title: String,
    weekly: Vec<String>,
    leave: Vec<String>,
    promised: Vec<String>,
    /// Under which address a calendar program reads the lifts.
    calendar: Option<String>,
    wrong: bool,
}

/// A driver's lifts, for a calendar program that shows the driver's secret.
pub(crate) async fn calendar(State(site): State<Site>, Path(secret): Path<String>) -> Response {
    let secret = secret.trim_end_matches(".ics").to_owned();
    match site.node.ask(jitney_domain::Actor::System, Request::CalendarOf { secret }).await {
        Ok(Reply::Calendar(text)) => {
            ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response()
        }
        Err(fault) if fault.kind.is_passing() => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn hours(AtTheWheel(visitor): AtTheWheel, headers: HeaderMap) -> Result<Response, Trouble> {
    hours_page(&visitor, &headers, false).await
}

async fn hours_page(visitor: &Visitor, headers: &HeaderMap, wrong: bool) -> Result<Response, Trouble> {
    let words = words(visitor);
    let page = visitor.page();
    let hours = ask!(visitor, Request::ShowHours(visitor.member()), Hours)?;
    let weekly = hours.availability.weekly.iter().map(|week| {
        let args = jitney_lang::Args::new()
            .with("day", page.say(&format!("weekday-{}", week.day.to_monday_one_offset())))
            .with("from", words.time(week.hours.from))
            .with("to", words.time(week.hours.to));
        page.lang.text("driver-weekly", &args)
    });
    let leave = hours.availability.leave.iter().filter(|leave| leave.to >= visitor.today()).map(|leave| {
        let args =
            jitney_lang::Args::new().with("from", words.day(leave.from)).with("to", words.day(leave.to));
        page.lang.text("driver-leave-from-to", &args)
    });
    let promised = hours.promised.iter().map(|lift| words.moment(lift.pick_up_at));
    let secret = ask!(visitor, Request::CalendarSecret(visitor.member()), CalendarSecret)?;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let here = format!("http://{host}");
    let url = visitor.site.public_url().unwrap_or(&here);
    let calendar = secret.map(|secret| format!("{url}/calendar/{secret}.ics"));
    let (weekly, leave, promised) = (weekly.collect(), leave.collect(), promised.collect());
    Ok(draw(&HoursPage { title: page.say("driver-hours"), weekly, leave, promised, calendar, wrong, page }))
}

#[derive(Deserialize)]
struct Away {
    from: String,
    to: String,
}

async fn leave(
    AtTheWheel(visitor): AtTheWheel,
    headers: HeaderMap,
    Form(away): Form<Away>,
) -> Result<Response, Trouble> {
    let (Some(from), Some(to)) = (forms::date(&away.from), forms::date(&away.to)) else {
        return hours_page(&visitor, &headers, true).await;
    };
    let leave = jitney_domain::availability::Leave { from, to };
    visitor.ask(Request::TakeLeave { member: visitor.member(), leave }).await?;
    Ok(Redirect::to("/drive/hours").into_response())
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
