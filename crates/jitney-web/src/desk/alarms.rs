//! What somebody has to see to, and who must phone whom.

use askama::Template;
use axum::response::Response;
use jitney_domain::TripId;
use jitney_domain::alarm::Urgency;
use jitney_node::api::Request;
use jitney_node::view::{Alarm, Call};

use super::words;
use crate::page::{Page, draw};
use crate::trouble::Trouble;
use crate::visitor::{Office, ask};
use crate::wording::Words;

struct Shown {
    soon: String,
    pressing: bool,
    about: String,
    says: String,
    calls: Vec<Call>,
    trip: Option<TripId>,
}

#[derive(Template)]
#[template(path = "desk/alarms.html")]
struct AlarmsPage {
    page: Page,
    title: String,
    alarms: Vec<Shown>,
}

/// Shows all alarms, the most urgent first.
pub(super) async fn show(Office(visitor): Office) -> Result<Response, Trouble> {
    let page = visitor.page();
    let words = words(&visitor);
    let found = ask!(visitor, Request::Alarms, Alarms)?;
    let alarms = found.alarms.into_iter().map(|alarm| shown(&page, words, alarm)).collect();
    Ok(draw(&AlarmsPage { title: page.say("desk-alarms"), alarms, page }))
}

fn shown(page: &Page, words: Words<'_>, alarm: Alarm) -> Shown {
    Shown {
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
