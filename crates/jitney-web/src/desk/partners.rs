//! Tickets between partner coops: theirs that we could carry, ours that they offer to carry.

use askama::Template;
use axum::Form;
use axum::response::{Redirect, Response};
use jitney_domain::{ClaimId, MemberId, TicketId};
use jitney_node::api::{Request, TripFilter};
use jitney_node::view::{Ticket, Trip};
use serde::Deserialize;

use super::words;
use crate::page::{Page, draw};
use crate::trouble::Trouble;
use crate::visitor::{Office, ask};
use crate::wording::Words;

/// A partner's ticket.
struct Theirs {
    ticket: String,
    coop: String,
    when: String,
    way: String,
    far: String,
    needs: String,
    claimed: Option<String>,
    offered_until: Option<String>,
    /// Number, name and reason of each driver who could take it.
    can: Vec<(MemberId, String, String)>,
}

/// A claim on a ticket of ours.
struct Claimed {
    trip: jitney_domain::TripId,
    rider: String,
    ticket: String,
    claim: String,
    provider: String,
    when: String,
    until: String,
}

#[derive(Template)]
#[template(path = "desk/partners.html")]
struct PartnersPage {
    page: Page,
    title: String,
    theirs: Vec<Theirs>,
    claims: Vec<Claimed>,
}

/// Shows what partners ask for and what they offer.
pub(super) async fn show(Office(visitor): Office) -> Result<Response, Trouble> {
    let page = visitor.page();
    let words = words(&visitor);
    let tickets = ask!(visitor, Request::ListTickets, Tickets)?;
    let trips = ask!(visitor, Request::ListTrips(TripFilter::default()), Trips)?;
    let theirs = tickets.into_iter().filter(|ticket| !ticket.ours).map(|ticket| told(words, ticket));
    let claims = trips.iter().flat_map(|trip| claims_on(words, trip));
    Ok(draw(&PartnersPage {
        title: page.say("desk-partners"),
        theirs: theirs.collect(),
        claims: claims.collect(),
        page,
    }))
}

fn told(words: Words<'_>, ticket: Ticket) -> Theirs {
    Theirs {
        ticket: ticket.ticket.to_string(),
        coop: ticket.coop,
        when: format!(
            "{}, {}",
            words.near_day(ticket.pick_up.from.local(words.zone).date()),
            words.between(&ticket.pick_up)
        ),
        way: format!("{} → {}", ticket.from, ticket.to),
        far: words.lang.distance(ticket.metres.0, jitney_lang::Unit::Kilometres),
        needs: words.needs(&ticket.requirement),
        claimed: ticket.claimed.map(|lift| lift.to_string()),
        offered_until: ticket.offered_until.map(|until| words.moment(until)),
        can: ticket.can.into_iter().map(|can| (can.driver, can.name, can.reasons.join("; "))).collect(),
    }
}

fn claims_on<'a>(words: Words<'a>, trip: &'a Trip) -> impl Iterator<Item = Claimed> + 'a {
    let ticket = trip.ticket.map(|ticket| ticket.to_string()).unwrap_or_default();
    trip.claims.iter().map(move |claim| Claimed {
        trip: trip.trip,
        rider: words.rider(trip),
        ticket: ticket.clone(),
        claim: claim.claim.to_string(),
        provider: claim.provider.clone(),
        when: words.moment(claim.pick_up_at),
        until: words.moment(claim.hold_until),
    })
}

#[derive(Deserialize)]
pub(super) struct Which {
    ticket: TicketId,
    driver: Option<MemberId>,
    claim: Option<ClaimId>,
}

fn back() -> Redirect {
    Redirect::to("/desk/partners")
}

/// Offers to carry a partner's ticket.
pub(super) async fn claim(Office(visitor): Office, Form(which): Form<Which>) -> Result<Redirect, Trouble> {
    let asked = Request::ClaimTicket { ticket: which.ticket, driver: which.driver, agreed: false };
    visitor.ask(asked).await?;
    Ok(back())
}

/// Says that nobody here can carry a ticket that was offered to us alone.
pub(super) async fn pass(Office(visitor): Office, Form(which): Form<Which>) -> Result<Redirect, Trouble> {
    visitor.ask(Request::PassTicket(which.ticket)).await?;
    Ok(back())
}

/// Gives a ticket of ours to the partner who claimed it.
pub(super) async fn award(Office(visitor): Office, Form(which): Form<Which>) -> Result<Redirect, Trouble> {
    let claim = which.claim.ok_or_else(|| Trouble::nothing(visitor.page()))?;
    visitor.ask(Request::AwardClaim { ticket: which.ticket, claim }).await?;
    Ok(back())
}
