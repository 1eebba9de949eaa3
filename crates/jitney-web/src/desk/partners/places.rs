//! Places to spare on planned runs: ours, that partners are told of, and theirs, that can be asked for.

use askama::Template;
use axum::Form;
use axum::response::{Redirect, Response};
use jiff::civil::Date;
use jitney_domain::{CapacityId, MemberId};
use jitney_node::api::Request;
use jitney_node::view::Capacity;
use serde::Deserialize;

use super::super::words;
use crate::areas::Areas;
use crate::forms::Confirmation;
use crate::page::{Page, draw};
use crate::trouble::Trouble;
use crate::visitor::{Office, ask};
use crate::wording::Words;

/// Places to spare on one run, in words.
struct Spare {
    capacity: String,
    /// Its number on this page.
    row: usize,
    coop: String,
    /// The driver's number, if it is ours.
    driver: Option<String>,
    leaves: String,
    arrives: String,
    way: String,
    places: String,
}

#[derive(Template)]
#[template(path = "desk/places.html")]
struct PlacesPage {
    page: Page,
    title: String,
    today: Date,
    theirs: Vec<Spare>,
    ours: Vec<Spare>,
    map_from: Option<&'static str>,
}

/// Shows the places to spare, partners' and ours.
pub(in crate::desk) async fn show(Office(visitor): Office) -> Result<Response, Trouble> {
    let all = ask!(visitor, Request::ListCapacity, Capacity)?;
    let words = words(&visitor);
    let page = visitor.page();
    let areas = Areas::of(&visitor).await;
    let spares = all.into_iter().enumerate().map(|(row, capacity)| spare(words, &areas, row, capacity));
    let (ours, theirs) = spares.partition(|spare| spare.driver.is_some());
    let (title, map_from) = (page.say("places-title"), areas.map_from());
    Ok(draw(&PlacesPage { title, today: visitor.today(), theirs, ours, map_from, page }))
}

fn spare(words: Words<'_>, areas: &Areas, row: usize, capacity: Capacity) -> Spare {
    Spare {
        capacity: capacity.capacity.to_string(),
        row,
        coop: capacity.coop,
        driver: capacity.driver.map(|driver| driver.to_string()),
        leaves: format!(
            "{}, {}",
            words.near_day(capacity.leaves.from.local(words.zone).date()),
            words.between(&capacity.leaves)
        ),
        arrives: words.between(&capacity.arrives),
        way: areas.way((capacity.from_at, &capacity.from), (capacity.to_at, &capacity.to)),
        places: words.places(capacity.spare, capacity.ramp),
    }
}

fn back() -> Redirect {
    Redirect::to("/desk/partners/places")
}

#[derive(Deserialize)]
pub(in crate::desk) struct OfDriver {
    driver: MemberId,
    day: Date,
}

/// Tells partners of the places to spare on a driver's run.
pub(in crate::desk) async fn post(
    Office(visitor): Office,
    Form(OfDriver { driver, day }): Form<OfDriver>,
) -> Result<Redirect, Trouble> {
    visitor.ask(Request::PostCapacity { driver, day }).await?;
    Ok(back())
}

#[derive(Deserialize)]
pub(in crate::desk) struct Which {
    capacity: CapacityId,
}

/// Takes back what partners were told.
pub(in crate::desk) async fn withdraw(
    Office(visitor): Office,
    Form(Which { capacity }): Form<Which>,
) -> Result<Redirect, Trouble> {
    visitor.ask(Request::WithdrawCapacity(capacity)).await?;
    Ok(back())
}

#[derive(Deserialize)]
pub(in crate::desk) struct ForTrip {
    capacity: CapacityId,
    trip: Confirmation,
}

/// Asks a partner for a place that it has to spare.
pub(in crate::desk) async fn request(
    Office(visitor): Office,
    Form(ForTrip { capacity, trip: Confirmation(trip) }): Form<ForTrip>,
) -> Result<Redirect, Trouble> {
    visitor.ask(Request::AskForPlace { trip, capacity }).await?;
    Ok(Redirect::to(&format!("/desk/trip/{trip}")))
}
