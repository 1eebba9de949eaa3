//! One trip: what to say to the caller, who could take it and why, and everything that can be done with it.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{Redirect, Response};
use jitney_domain::{MemberId, TripId};
use jitney_node::api::Request;
use jitney_node::view::{Candidates, Carriage, Trip};
use serde::Deserialize;

use super::read_back::read_back;
use super::words;
use crate::forms::Confirmation;
use crate::page::{Page, draw};
use crate::trouble::Trouble;
use crate::visitor::{Office, ask};

/// A driver who could take the trip.
struct Can {
    driver: MemberId,
    name: String,
    fetches: String,
    there: String,
    more: String,
    reasons: String,
    ask: bool,
}

#[derive(Template)]
#[template(path = "desk/trip.html")]
struct TripPage {
    page: Page,
    title: String,
    booked: bool,
    say: String,
    trip: Trip,
    day: String,
    when: String,
    way: String,
    needs: String,
    carried: String,
    card: Option<String>,
    /// How far a driver of ours has reported to have driven.
    driven: Option<String>,
    home: Option<Trip>,
    can: Vec<Can>,
    cannot: Vec<(String, String)>,
    open: bool,
    over: bool,
    will_call: bool,
    may_share: bool,
    /// The partners that could be asked before all others: key and name.
    partners: Vec<(String, String)>,
}

#[derive(Default, Deserialize)]
pub(super) struct Just {
    #[serde(default)]
    booked: String,
}

/// Shows the trip.
pub(super) async fn show(
    Office(visitor): Office,
    Path(Confirmation(id)): Path<Confirmation>,
    Query(just): Query<Just>,
) -> Result<Response, Trouble> {
    let trip = *ask!(visitor, Request::ShowTrip(id), Trip)?;
    let home = match trip.return_trip {
        Some(home) => Some(*ask!(visitor, Request::ShowTrip(home), Trip)?),
        None => None,
    };
    let open = matches!(trip.carriage, Carriage::Unassigned | Carriage::Offered { .. });
    let candidates = match open {
        true => Some(ask!(visitor, Request::Candidates(id), Candidates)?),
        false => None,
    };
    let partners = match open {
        true => ask!(visitor, Request::ListAgreements, Agreements)?,
        false => Vec::new(),
    };
    let words = words(&visitor);
    let page = visitor.page();
    let (can, cannot) = candidates.map(|c| sort(words, &c)).unwrap_or_default();
    let card = match &trip.carriage {
        Carriage::Confirmed { card: Some(card), .. } => {
            Some(format!("{}, {}, “{}”", card.driver, card.vehicle, card.word))
        }
        _ => None,
    };
    Ok(draw(&TripPage {
        title: page.tell("desk-trip", "number", &trip.confirmation),
        booked: !just.booked.is_empty(),
        say: read_back(words, &trip, home.as_ref()),
        day: words.near_day(trip.date),
        when: words.fetched(&trip),
        way: format!("{} → {}", words.from(&trip), words.to(&trip)),
        needs: words.needs(&trip.requirement),
        carried: words.carriage(&trip),
        card,
        driven: trip.driven.map(|driven| words.lang.distance(driven.0, jitney_lang::Unit::Kilometres)),
        can,
        cannot,
        open,
        over: matches!(trip.carriage, Carriage::Over { .. }),
        will_call: matches!(trip.carriage, Carriage::WillCall),
        may_share: matches!(trip.carriage, Carriage::Unassigned | Carriage::Offered { shared: false, .. }),
        partners: partners.into_iter().map(|partner| (partner.coop.to_string(), partner.name)).collect(),
        trip,
        home,
        page,
    }))
}

fn sort(words: crate::wording::Words<'_>, candidates: &Candidates) -> (Vec<Can>, Vec<(String, String)>) {
    let can = candidates.can.iter().map(|c| Can {
        driver: c.driver,
        name: c.name.clone(),
        fetches: words.clock(c.pick_up_at),
        there: words.clock(c.drop_off_at),
        more: words.lang.duration(c.added.0),
        reasons: c.reasons.join("; "),
        ask: c.ask,
    });
    (can.collect(), candidates.cannot.iter().map(|c| (c.name.clone(), c.why.clone())).collect())
}

fn back(trip: TripId) -> Redirect {
    Redirect::to(&format!("/desk/trip/{trip}"))
}

#[derive(Deserialize)]
pub(super) struct ToDriver {
    driver: MemberId,
    #[serde(default)]
    agreed: String,
}

/// Gives the trip to a driver.
pub(super) async fn assign(
    Office(visitor): Office,
    Path(Confirmation(trip)): Path<Confirmation>,
    Form(to): Form<ToDriver>,
) -> Result<Redirect, Trouble> {
    let agreed = !to.agreed.is_empty();
    visitor.ask(Request::AssignTrip { trip, driver: Some(to.driver), agreed }).await?;
    Ok(back(trip))
}

/// Takes the trip from whoever has it.
pub(super) async fn unassign(
    Office(visitor): Office,
    Path(Confirmation(trip)): Path<Confirmation>,
) -> Result<Redirect, Trouble> {
    visitor.ask(Request::UnassignTrip(trip)).await?;
    Ok(back(trip))
}

/// Offers the trip to partners.
pub(super) async fn share(
    Office(visitor): Office,
    Path(Confirmation(trip)): Path<Confirmation>,
) -> Result<Redirect, Trouble> {
    visitor.ask(Request::ShareTrip(trip)).await?;
    Ok(back(trip))
}

#[derive(Deserialize)]
pub(super) struct ToPartner {
    to: String,
}

/// Asks one partner before all others.
pub(super) async fn offer(
    Office(visitor): Office,
    Path(Confirmation(trip)): Path<Confirmation>,
    Form(ToPartner { to }): Form<ToPartner>,
) -> Result<Redirect, Trouble> {
    visitor.ask(Request::OfferTrip { trip, to }).await?;
    Ok(back(trip))
}

/// The rider has called: they are ready.
pub(super) async fn ready(
    Office(visitor): Office,
    Path(Confirmation(trip)): Path<Confirmation>,
) -> Result<Redirect, Trouble> {
    visitor.ask(Request::ReadyTrip { trip, at: None }).await?;
    Ok(back(trip))
}

#[derive(Default, Deserialize)]
pub(super) struct Both {
    #[serde(default)]
    both: String,
}

/// Calls the trip off.
pub(super) async fn cancel(
    Office(visitor): Office,
    Path(Confirmation(trip)): Path<Confirmation>,
    Form(both): Form<Both>,
) -> Result<Redirect, Trouble> {
    visitor.ask(Request::CancelTrip { trip, with_return: !both.both.is_empty() }).await?;
    Ok(back(trip))
}
