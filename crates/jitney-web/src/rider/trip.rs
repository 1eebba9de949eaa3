//! One trip: who comes and when, calling it off, saying that one is ready, and a sheet for the fridge.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{Redirect, Response};
use jitney_domain::{MemberId, TripId};
use jitney_lang::Lang;
use jitney_node::api::Request;
use jitney_node::view::Trip;
use serde::Deserialize;

use super::home::{Told, told};
use super::{Rider, rider, words};
use crate::forms::Confirmation;
use crate::page::{Page, draw};
use crate::trouble::Trouble;
use crate::visitor::{Office, RiderSide, Visitor, ask};

#[derive(Template)]
#[template(path = "rider/trip.html")]
struct TripPage {
    page: Page,
    title: String,
    rider: Rider,
    trip: Told,
    home: Option<Told>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "rider/print.html")]
struct PrintPage {
    page: Page,
    title: String,
    name: String,
    trip: Told,
    home: Option<Told>,
    /// Where one goes on from here.
    back: String,
}

#[derive(Template)]
#[template(path = "rider/cancel.html")]
struct CancelPage {
    page: Page,
    title: String,
    rider: Rider,
    trip: Told,
    home: Option<Told>,
}

#[derive(Default, Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    done: String,
}

/// Reads the trip, and its way home while that stands.
async fn read(visitor: &Visitor, trip: TripId) -> Result<(Trip, Option<Trip>), Trouble> {
    let trip = *ask!(visitor, Request::ShowTrip(trip), Trip)?;
    let home = match trip.return_trip {
        Some(home) => Some(*ask!(visitor, Request::ShowTrip(home), Trip)?),
        None => None,
    };
    Ok((trip, home))
}

async fn both(visitor: &Visitor, trip: TripId) -> Result<(Page, Told, Option<Told>), Trouble> {
    let (trip, home) = read(visitor, trip).await?;
    let page = visitor.page();
    let tell = |trip: &Trip| told(&page, words(visitor), trip);
    let (trip, home) = (tell(&trip), home.as_ref().map(tell).filter(|home| !home.over));
    Ok((page, trip, home))
}

/// Shows the trip.
pub(super) async fn show(
    RiderSide(visitor): RiderSide,
    Path((id, Confirmation(trip))): Path<(MemberId, Confirmation)>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Trouble> {
    let rider = rider(&visitor, id).await?;
    let (page, trip, home) = both(&visitor, trip).await?;
    let done = match done.as_str() {
        "booked" => Some(page.say("rider-done-booked")),
        "cancelled" => Some(page.say("rider-done-cancelled")),
        "ready" => Some(page.say("rider-done-ready")),
        _ => None,
    };
    Ok(draw(&TripPage { title: trip.day.clone(), rider, trip, home, done, page }))
}

/// Shows the trip as a sheet of paper.
pub(super) async fn print(
    RiderSide(visitor): RiderSide,
    Path((id, Confirmation(trip))): Path<(MemberId, Confirmation)>,
) -> Result<Response, Trouble> {
    let rider = rider(&visitor, id).await?;
    let back = format!("/ride/{id}/trip/{trip}");
    let (page, trip, home) = both(&visitor, trip).await?;
    Ok(draw(&PrintPage { title: trip.day.clone(), name: rider.name(), trip, home, back, page }))
}

/// The same sheet for the office to print, in the rider's language: for who has no page of their own.
pub(crate) async fn sheet(
    Office(visitor): Office,
    Path(Confirmation(trip)): Path<Confirmation>,
) -> Result<Response, Trouble> {
    let booked = *ask!(visitor, Request::ShowTrip(trip), Trip)?;
    let rider = ask!(visitor, Request::ShowMember(booked.rider), Member)?.profile.unwrap_or_default();
    let lang = rider.language.as_deref().and_then(Lang::from_tag).unwrap_or(visitor.lang);
    let visitor = Visitor { lang, ..visitor };
    let (page, told, home) = both(&visitor, trip).await?;
    let back = format!("/desk/trip/{trip}");
    Ok(draw(&PrintPage { title: told.day.clone(), name: rider.name, trip: told, home, back, page }))
}

/// Asks whether the trip is really to be called off.
pub(super) async fn may_cancel(
    RiderSide(visitor): RiderSide,
    Path((id, Confirmation(trip))): Path<(MemberId, Confirmation)>,
) -> Result<Response, Trouble> {
    let rider = rider(&visitor, id).await?;
    let (page, trip, home) = both(&visitor, trip).await?;
    Ok(draw(&CancelPage { title: page.say("rider-cancel-title"), rider, trip, home, page }))
}

#[derive(Deserialize)]
pub(super) struct Which {
    /// `both` calls the way home off too.
    which: String,
}

/// Calls the trip off.
pub(super) async fn cancel(
    RiderSide(visitor): RiderSide,
    Path((id, Confirmation(trip))): Path<(MemberId, Confirmation)>,
    Form(Which { which }): Form<Which>,
) -> Result<Redirect, Trouble> {
    visitor.ask(Request::CancelTrip { trip, with_return: which == "both" }).await?;
    Ok(Redirect::to(&format!("/ride/{id}/trip/{}?done=cancelled", trip)))
}

/// The rider is ready to be fetched.
pub(super) async fn ready(
    RiderSide(visitor): RiderSide,
    Path((id, Confirmation(trip))): Path<(MemberId, Confirmation)>,
) -> Result<Redirect, Trouble> {
    visitor.ask(Request::ReadyTrip { trip, at: None }).await?;
    Ok(Redirect::to(&format!("/ride/{id}/trip/{}?done=ready", trip)))
}
