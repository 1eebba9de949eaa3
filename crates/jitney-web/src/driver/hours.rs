//! When a driver drives: weekly hours and leave, noted by the driver; and the lifts in a calendar program.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use jitney_domain::availability::Leave;
use jitney_node::api::{Reply, Request};
use serde::Deserialize;

use super::words;
use crate::forms;
use crate::page::{Page, draw_as};
use crate::site::Site;
use crate::trouble::Trouble;
use crate::visitor::{AtTheWheel, Visitor, ask};
use crate::weekly::{DayField, WeekForm};

#[derive(Template)]
#[template(path = "driver/hours.html")]
struct HoursPage {
    page: Page,
    title: String,
    week: Vec<DayField>,
    week_wrong: bool,
    leave: Vec<String>,
    promised: Vec<String>,
    /// Under which address a calendar program reads the lifts.
    calendar: Option<String>,
    leave_wrong: bool,
}

/// What was typed and cannot be read, so that it stays on the page.
enum Mistake {
    Week(WeekForm),
    Leave,
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

/// Shows a driver's hours and leave.
pub(super) async fn show(AtTheWheel(visitor): AtTheWheel, headers: HeaderMap) -> Result<Response, Trouble> {
    page(&visitor, &headers, None).await
}

async fn page(visitor: &Visitor, headers: &HeaderMap, mistake: Option<Mistake>) -> Result<Response, Trouble> {
    let words = words(visitor);
    let page = visitor.page();
    let hours = ask!(visitor, Request::ShowHours(visitor.member()), Hours)?;
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
    let status = if mistake.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let week = match &mistake {
        Some(Mistake::Week(typed)) => typed.fields(&page),
        _ => WeekForm::of(&hours.availability.weekly).fields(&page),
    };
    Ok(draw_as(
        status,
        &HoursPage {
            title: page.say("driver-hours"),
            week,
            week_wrong: matches!(mistake, Some(Mistake::Week(_))),
            leave: leave.collect(),
            promised: promised.collect(),
            calendar: secret.map(|secret| format!("{url}/calendar/{secret}.ics")),
            leave_wrong: matches!(mistake, Some(Mistake::Leave)),
            page,
        },
    ))
}

/// Notes when the driver drives every week.
pub(super) async fn change(
    AtTheWheel(visitor): AtTheWheel,
    headers: HeaderMap,
    Form(week): Form<WeekForm>,
) -> Result<Response, Trouble> {
    let Some(weekly) = week.read() else {
        return page(&visitor, &headers, Some(Mistake::Week(week))).await;
    };
    visitor.ask(Request::SetWeeklyHours { member: visitor.member(), weekly }).await?;
    Ok(Redirect::to("/drive/hours").into_response())
}

#[derive(Deserialize)]
pub(super) struct Away {
    from: String,
    to: String,
}

/// Notes that the driver is away.
pub(super) async fn leave(
    AtTheWheel(visitor): AtTheWheel,
    headers: HeaderMap,
    Form(away): Form<Away>,
) -> Result<Response, Trouble> {
    let (Some(from), Some(to)) = (forms::date(&away.from), forms::date(&away.to)) else {
        return page(&visitor, &headers, Some(Mistake::Leave)).await;
    };
    visitor.ask(Request::TakeLeave { member: visitor.member(), leave: Leave { from, to } }).await?;
    Ok(Redirect::to("/drive/hours").into_response())
}
