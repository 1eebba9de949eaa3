//! Another driver for a trip, or two trips that change places: what it costs first, then done or refused as a whole.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use jitney_domain::{MemberId, TripId};
use jitney_node::api::{Give, GiveTo, Reply, Request};
use jitney_node::view::{Candidates, Given};
use serde::Deserialize;

use super::words;
use crate::forms::{Confirmation, filled};
use crate::page::{Page, draw_as};
use crate::said::Said;
use crate::trouble::Trouble;
use crate::visitor::{Office, Visitor};
use crate::wording::Words;

/// What was typed: a trip, and a driver or another trip.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    trip: String,
    to: String,
    with: String,
    agreed: String,
}

/// A driver who could take the trip.
struct Can {
    driver: MemberId,
    name: String,
    fetches: String,
    more: String,
    reasons: String,
}

/// What would happen to one trip.
struct Line {
    trip: TripId,
    rider: String,
    from: String,
    to: String,
    more: String,
    reasons: String,
}

#[derive(Template)]
#[template(path = "desk/move.html")]
struct MovePage {
    page: Page,
    title: String,
    asked: Asked,
    wrong: Option<String>,
    /// Why the node does not do it.
    refused: Option<Said>,
    trip: Option<TripId>,
    lines: Vec<Line>,
    ask: bool,
    can: Vec<Can>,
    cannot: Vec<(String, String)>,
}

/// What of the form is there.
enum Read {
    Nothing,
    Trip(TripId),
    Gives(TripId, Vec<Give>),
    Wrong(&'static str),
}

impl Asked {
    fn read(&self) -> Read {
        let trip = match filled(&self.trip).map(str::parse::<TripId>) {
            None => return Read::Nothing,
            Some(Err(_)) => return Read::Wrong("move-bad-trip"),
            Some(Ok(trip)) => trip,
        };
        let give = |trip, to| Give { trip, to };
        match (filled(&self.to), filled(&self.with)) {
            (None, None) => Read::Trip(trip),
            (Some(to), _) => match to.parse().map(MemberId) {
                Ok(to) => Read::Gives(trip, vec![give(trip, GiveTo::Driver(to))]),
                Err(_) => Read::Wrong("move-bad-driver"),
            },
            (None, Some(with)) => match with.parse::<TripId>() {
                Ok(with) => Read::Gives(
                    trip,
                    vec![give(trip, GiveTo::DriverOf(with)), give(with, GiveTo::DriverOf(trip))],
                ),
                Err(_) => Read::Wrong("move-bad-trip"),
            },
        }
    }
}

/// Shows what the move would cost, or who could take the trip.
pub(super) async fn show(Office(visitor): Office, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    draw_move(&visitor, asked, None).await
}

/// Carries the move out, all of it or nothing.
pub(super) async fn send(Office(visitor): Office, Form(asked): Form<Asked>) -> Result<Response, Trouble> {
    let Read::Gives(trip, gives) = asked.read() else { return draw_move(&visitor, asked, None).await };
    let agreed = !asked.agreed.is_empty();
    match visitor.answer(Request::GiveTrips { gives, agreed, apply: true }).await {
        Ok(_) => Ok(Redirect::to(&format!("/desk/trip/{trip}")).into_response()),
        Err(fault) if fault.kind.is_passing() => Err(Trouble::new(visitor.page(), fault)),
        Err(fault) => draw_move(&visitor, asked, Some(Said::of(&fault, visitor.lang))).await,
    }
}

async fn draw_move(visitor: &Visitor, asked: Asked, mut refused: Option<Said>) -> Result<Response, Trouble> {
    let page = visitor.page();
    let words = words(visitor);
    let (mut wrong, mut lines, mut ask, mut listed) = (None, Vec::new(), false, None);
    let trip = match asked.read() {
        Read::Nothing => None,
        Read::Wrong(key) => {
            wrong = Some(page.say(key));
            None
        }
        Read::Trip(trip) => {
            listed = Some(trip);
            Some(trip)
        }
        Read::Gives(trip, gives) => {
            if refused.is_none() {
                match visitor.answer(Request::GiveTrips { gives, agreed: true, apply: false }).await {
                    Ok(Reply::Given(given)) => {
                        ask = given.iter().any(|given| given.to.to_be_asked);
                        lines = given.iter().map(|given| line(words, given)).collect();
                    }
                    Ok(_) => return Err(Trouble::other_answer(page)),
                    Err(fault) => refused = Some(Said::of(&fault, page.lang)),
                }
            }
            listed = Some(trip).filter(|_| refused.is_some());
            Some(trip)
        }
    };
    let mut candidates = None;
    if let Some(trip) = listed {
        match visitor.answer(Request::Candidates(trip)).await {
            Ok(Reply::Candidates(found)) => candidates = Some(found),
            Ok(_) => return Err(Trouble::other_answer(page)),
            Err(fault) => refused = refused.or(Some(Said::of(&fault, page.lang))),
        }
    }
    let (can, cannot) = candidates.map(|found| sort(words, &found)).unwrap_or_default();
    let status = match (&wrong, &refused) {
        (Some(_), _) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, Some(_)) => StatusCode::CONFLICT,
        (None, None) => StatusCode::OK,
    };
    let title = page.say("move-title");
    Ok(draw_as(status, &MovePage { title, asked, wrong, refused, trip, lines, ask, can, cannot, page }))
}

fn line(words: Words<'_>, given: &Given) -> Line {
    let comes = |comes: &jitney_node::view::Comes| format!("{}, {}", comes.name, words.clock(comes.at));
    Line {
        trip: given.trip,
        rider: given.rider.clone(),
        from: given
            .from
            .as_ref()
            .map(comes)
            .unwrap_or_else(|| words.lang.text("carried-nobody", &jitney_lang::Args::new())),
        to: comes(&given.to),
        more: words.lang.duration(given.added.0),
        reasons: given.reasons.join("; "),
    }
}

fn sort(words: Words<'_>, found: &Candidates) -> (Vec<Can>, Vec<(String, String)>) {
    let can = found.can.iter().map(|can| Can {
        driver: can.driver,
        name: can.name.clone(),
        fetches: words.clock(can.pick_up_at),
        more: words.lang.duration(can.added.0),
        reasons: can.reasons.join("; "),
    });
    (can.collect(), found.cannot.iter().map(|one| (one.name.clone(), one.why.clone())).collect())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Lock {
    locked: String,
}

/// Leaves the trip with whoever has it, or lets it be given to others again.
pub(super) async fn lock(
    Office(visitor): Office,
    Path(Confirmation(trip)): Path<Confirmation>,
    Form(lock): Form<Lock>,
) -> Result<Redirect, Trouble> {
    visitor.ask(Request::LockTrip { trip, locked: !lock.locked.is_empty() }).await?;
    Ok(Redirect::to(&format!("/desk/trip/{trip}")))
}
