//! What somebody has to see to, and who must phone whom.

use askama::Template;
use axum::Form;
use axum::response::{Redirect, Response};
use jitney_domain::alarm::{Kind, Urgency};
use jitney_domain::{AlarmId, MemberId, TripId};
use jitney_node::api::Request;
use jitney_node::view::{Alarm, Call, Taken};
use serde::Deserialize;

use super::words;
use crate::page::{Page, draw};
use crate::trouble::Trouble;
use crate::visitor::{Office, ask};
use crate::wording::Words;

/// Most lines of the trail that are shown.
const TRAIL_MAX: usize = 50;

struct Shown {
    id: AlarmId,
    soon: String,
    pressing: bool,
    about: String,
    says: String,
    calls: Vec<Call>,
    trip: Option<TripId>,
    /// Whose call is due, if it is about one.
    waits: Option<MemberId>,
    /// Who has it in hand, and since when.
    taken: Option<String>,
}

/// An alarm that somebody took.
struct Past {
    when: String,
    who: String,
    kind: String,
    trip: Option<TripId>,
}

#[derive(Template)]
#[template(path = "desk/alarms.html")]
struct AlarmsPage {
    page: Page,
    title: String,
    alarms: Vec<Shown>,
    trail: Vec<Past>,
}

/// Shows all alarms, the most urgent first.
pub(super) async fn show(Office(visitor): Office) -> Result<Response, Trouble> {
    let page = visitor.page();
    let words = words(&visitor);
    let found = ask!(visitor, Request::Alarms, Alarms)?;
    let alarms = found.alarms.into_iter().map(|alarm| shown(&page, words, alarm)).collect();
    let trail = ask!(visitor, Request::AlarmTrail, AlarmTrail)?;
    let trail = trail.iter().take(TRAIL_MAX).map(|taken| past(&page, words, taken)).collect();
    Ok(draw(&AlarmsPage { title: page.say("desk-alarms"), alarms, trail, page }))
}

fn past(page: &Page, words: Words<'_>, taken: &Taken) -> Past {
    Past {
        when: words.moment(taken.at),
        who: who(page, taken),
        kind: page.say(&format!("alarm-kind-{}", taken.kind)),
        trip: taken.trip,
    }
}

fn who(page: &Page, taken: &Taken) -> String {
    taken.by.clone().unwrap_or_else(|| page.say("role-operator"))
}

#[derive(Deserialize)]
pub(super) struct Named {
    alarm: String,
}

/// Takes an alarm in hand.
pub(super) async fn take(Office(visitor): Office, Form(named): Form<Named>) -> Result<Redirect, Trouble> {
    visitor.ask(Request::TakeAlarm { alarm: named.alarm }).await?;
    Ok(Redirect::to("/desk/alarms"))
}

#[derive(Deserialize)]
pub(super) struct Called {
    rider: MemberId,
}

/// Notes that a rider who waited for a call has been called.
pub(super) async fn called(Office(visitor): Office, Form(called): Form<Called>) -> Result<Redirect, Trouble> {
    visitor.ask(Request::CallMade(called.rider)).await?;
    Ok(Redirect::to("/desk/alarms"))
}

fn shown(page: &Page, words: Words<'_>, alarm: Alarm) -> Shown {
    let waits = match alarm.kind {
        Kind::CallBack { rider } => Some(rider),
        _ => None,
    };
    let taken = alarm.taken.as_ref().map(|taken| {
        let args =
            jitney_lang::Args::new().with("who", who(page, taken)).with("time", words.moment(taken.at));
        page.lang.text("alarm-in-hand", &args)
    });
    Shown {
        id: alarm.id,
        waits,
        taken,
        soon: match alarm.urgency {
            Urgency::Now => page.say("alarm-now"),
            Urgency::Before(by) => page.tell("alarm-before", "time", &words.moment(by)),
            Urgency::Today => page.say("alarm-today"),
        },
        pressing: alarm.urgency == Urgency::Now,
        about: alarm.about,
        says: alarm.says,
        calls: alarm.calls,
        trip: alarm.trips.first().copied(),
    }
}
