//! Which place is meant: the rider's home, one that the coop has a name for, one of the rider's own, or one of the map.

use askama::Template;
use axum::Form;
use axum::response::Response;
use jitney_domain::MemberId;
use jitney_node::api::PlaceAsked;
use jitney_node::lookup::{Choice, Hit, Lookup, choose, place, typed, written};
use serde::Deserialize;

use crate::page::{Page, draw};
use crate::places;
use crate::trouble::Trouble;
use crate::visitor::{Office, Visitor};

/// How many places are offered to choose from.
const OFFERED: usize = 7;

/// What was found of something typed.
pub(super) enum Found {
    /// It can be no other place.
    One(PlaceAsked),
    /// Several could be meant: as the form takes them, and in words.
    Several(Vec<(String, String)>),
    /// Nobody knows it.
    Nothing,
}

/// Looks for a place that was typed, around a rider's places if one is named.
pub(super) async fn look(visitor: &Visitor, rider: Option<MemberId>, text: &str) -> Result<Found, Trouble> {
    // A point is taken as it is; one that is none is looked for as a name is.
    if let Ok(PlaceAsked::At(place)) = typed(text) {
        return Ok(Found::One(PlaceAsked::At(place)));
    }
    let kept = kept(visitor, rider).await?;
    if kept.is_name(text) {
        return Ok(Found::One(PlaceAsked::Named(text.to_owned())));
    }
    let page = visitor.page();
    let hits = hits(visitor, kept, text).await;
    Ok(match choose(&hits) {
        Choice::One(hit) => Found::One(PlaceAsked::At(place(hit))),
        Choice::Several(hits) => {
            Found::Several(hits.iter().map(|hit| (written(hit), said(&page, hit))).collect())
        }
        Choice::Nothing => Found::Nothing,
    })
}

async fn kept(visitor: &Visitor, rider: Option<MemberId>) -> Result<Lookup, Trouble> {
    let kept = places::kept(&visitor.site, visitor.actor(), rider).await;
    kept.map_err(|fault| Trouble::new(visitor.page(), fault))
}

async fn hits(visitor: &Visitor, kept: Lookup, text: &str) -> Vec<Hit> {
    places::hits(&visitor.site, kept, text.to_owned(), OFFERED).await
}

/// A place with what has to be known before it is taken.
fn said(page: &Page, hit: &Hit) -> String {
    let mut words = hit.label.clone();
    if !hit.what.is_empty() {
        words.push_str(&format!(" ({})", hit.what));
    }
    if hit.caveat().is_some() {
        words.push_str(&format!(" – {}", page.say("place-number-unsure")));
    }
    words
}

#[derive(Template)]
#[template(path = "desk/suggested.html")]
struct Suggested {
    hits: Vec<(String, String)>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    text: String,
    rider: String,
}

/// Suggests places while one is being typed. It is sent, not asked for by an address: nothing of it is in any log.
pub(super) async fn suggest(Office(visitor): Office, Form(typed): Form<Typed>) -> Result<Response, Trouble> {
    let kept = kept(&visitor, typed.rider.parse().ok()).await?;
    let hits = hits(&visitor, kept, &typed.text).await;
    let page = visitor.page();
    let hits = hits.iter().map(|hit| (hit.label.clone(), said(&page, hit))).collect();
    Ok(draw(&Suggested { hits }))
}
