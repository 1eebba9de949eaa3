//! A place that is none of those offered: it is typed, looked for among all that the node knows, and chosen.
//!
//! What was typed and what was chosen go on in the address as everything does, but in envelopes that nobody else opens.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use jitney_domain::MemberId;
use jitney_node::api::PlaceAsked;
use jitney_node::lookup::{typed, written};
use jitney_node::map::ATTRIBUTION;
use serde::Deserialize;

use super::book::{Answers, Choice, ELSEWHERE};
use super::{Rider, rider};
use crate::page::{Page, draw, draw_as};
use crate::trouble::Trouble;
use crate::visitor::{RiderSide, Visitor};
use crate::{forms, places};

/// What the answer begins with that is the envelope of a place.
pub(super) const FOUND: &str = "found:";

/// So many places are offered: more are not read.
const OFFERED: usize = 5;
/// So many are looked at for those: streets and towns are among them, to which nobody is driven.
const LOOKED_AT: usize = 12;

/// Returns the place that was chosen among those found.
pub(super) fn found(visitor: &Visitor, rider: MemberId, chosen: &str) -> Option<PlaceAsked> {
    let place = visitor.site.envelopes.open(rider, chosen.strip_prefix(FOUND)?)?;
    typed(&place).ok().filter(|place| matches!(place, PlaceAsked::At(_)))
}

/// Tells whether a place was chosen of which nothing is known any more.
pub(super) fn is_lost(visitor: &Visitor, rider: MemberId, given: &Answers) -> bool {
    given.to.starts_with(FOUND) && found(visitor, rider, &given.to).is_none()
}

/// Where a driver can be sent, of what answers to something typed.
enum Doors {
    These(Vec<Choice>),
    /// There are streets or towns of that name, but which door is meant was not said.
    WhichDoor,
    None,
}

#[derive(Template)]
#[template(path = "rider/book_elsewhere.html")]
struct ElsewherePage {
    page: Page,
    title: String,
    rider: Rider,
    given: Answers,
    typed: String,
    wrong: Option<String>,
    map_from: &'static str,
}

#[derive(Template)]
#[template(path = "rider/book_which.html")]
struct WhichPage {
    page: Page,
    title: String,
    rider: Rider,
    given: Answers,
    typed: String,
    choices: Vec<Choice>,
    map_from: &'static str,
}

/// Asks for the place, or which one is meant once something has been typed.
pub(super) async fn ask_for(
    visitor: &Visitor,
    rider: Rider,
    mut given: Answers,
) -> Result<Response, Trouble> {
    let page = visitor.page();
    ELSEWHERE.clone_into(&mut given.to);
    let typed = visitor.site.envelopes.open(rider.id(), &given.looked).unwrap_or_default();
    let doors = match forms::filled(&typed) {
        Some(text) if given.again.is_empty() => Some(doors(visitor, &rider, text).await?),
        _ => None,
    };
    let wrong = match doors {
        Some(Doors::These(choices)) => {
            let title = page.say("book-which");
            return Ok(draw(&WhichPage { title, rider, given, typed, choices, map_from: ATTRIBUTION, page }));
        }
        Some(Doors::WhichDoor) => Some(page.say("book-elsewhere-door")),
        Some(Doors::None) => Some(page.say("book-elsewhere-nothing")),
        None => None,
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let title = page.say("book-elsewhere-what");
    Ok(draw_as(status, &ElsewherePage { title, rider, given, typed, wrong, map_from: ATTRIBUTION, page }))
}

async fn doors(visitor: &Visitor, whose: &Rider, text: &str) -> Result<Doors, Trouble> {
    let rider = whose.id();
    let home = whose.member.profile.as_ref().and_then(|profile| profile.home.as_ref());
    let kept = places::kept(&visitor.site, visitor.actor(), Some(rider)).await;
    let kept = kept.map_err(|fault| Trouble::new(visitor.page(), fault))?;
    let hits = places::hits(&visitor.site, kept, text.to_owned(), LOOKED_AT).await;
    let mut choices: Vec<Choice> = Vec::new();
    // Nobody is driven from home to home.
    let is_home = |label: &str| home.is_some_and(|home| home.label == label);
    for hit in hits.iter().filter(|hit| hit.is_door() && !is_home(&hit.label)) {
        if choices.len() < OFFERED && choices.iter().all(|choice| choice.label != hit.label) {
            let envelope = visitor.site.envelopes.seal(rider, &written(hit));
            choices.push(Choice { value: format!("{FOUND}{envelope}"), label: hit.label.clone() });
        }
    }
    Ok(match (choices.is_empty(), hits.is_empty()) {
        (false, _) => Doors::These(choices),
        (true, false) => Doors::WhichDoor,
        (true, true) => Doors::None,
    })
}

/// What is typed, and what has been answered so far.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    text: String,
    day: String,
    time: String,
    home: String,
    home_time: String,
}

/// Takes what was typed. It is sent, not asked for by an address: nothing of it is in any log.
pub(super) async fn look(
    RiderSide(visitor): RiderSide,
    Path(id): Path<MemberId>,
    Form(typed): Form<Typed>,
) -> Result<Redirect, Trouble> {
    let rider = rider(&visitor, id).await?;
    let looked = match forms::filled(&typed.text) {
        Some(text) => visitor.site.envelopes.seal(rider.id(), text),
        None => String::new(),
    };
    let answers = [
        ("to", ELSEWHERE),
        ("looked", looked.as_str()),
        ("day", typed.day.as_str()),
        ("time", typed.time.as_str()),
        ("home", typed.home.as_str()),
        ("home_time", typed.home_time.as_str()),
    ];
    let answers = answers.into_iter().filter(|(_, answer)| !answer.is_empty());
    let answers = answers.map(|(name, answer)| format!("{name}={}", forms::in_address(answer)));
    Ok(Redirect::to(&format!("/ride/{id}/book?{}", answers.collect::<Vec<_>>().join("&"))))
}
