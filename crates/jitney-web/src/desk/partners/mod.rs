//! What goes between partner coops: tickets of theirs that we could carry, trips of ours that they have or are
//! asked for, what was agreed with each, and places to spare.

pub(super) mod agreements;
pub(super) mod places;

use askama::Template;
use axum::Form;
use axum::response::{Redirect, Response};
use jitney_domain::{ClaimId, MemberId, TicketId};
use jitney_node::api::{Request, TripFilter};
use jitney_node::view::{Carriage, Ticket, Trip};
use serde::Deserialize;

use super::words;
use crate::areas::Areas;
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
    claimed_before: bool,
    offered_until: Option<String>,
    /// Number, name and reason of each driver who could take it.
    can: Vec<(MemberId, String, String)>,
    /// Why nobody could.
    nobody: Option<String>,
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

/// A trip of ours that partners are asked for or have.
struct Ours {
    trip: jitney_domain::TripId,
    rider: String,
    when: String,
    carried: String,
    /// The partner that is asked before all others.
    asked_first: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/partners.html")]
struct PartnersPage {
    page: Page,
    title: String,
    theirs: Vec<Theirs>,
    claims: Vec<Claimed>,
    ours: Vec<Ours>,
    map_from: Option<&'static str>,
}

/// Shows what partners ask for, what they offer, and what they have of ours.
pub(super) async fn show(Office(visitor): Office) -> Result<Response, Trouble> {
    let page = visitor.page();
    let words = words(&visitor);
    let tickets = ask!(visitor, Request::ListTickets, Tickets)?;
    let trips = ask!(visitor, Request::ListTrips(TripFilter::default()), Trips)?;
    let areas = Areas::of(&visitor).await;
    let theirs = tickets.into_iter().filter(|ticket| !ticket.ours).map(|ticket| told(words, &areas, ticket));
    let claims = trips.iter().flat_map(|trip| claims_on(words, trip));
    let ours = trips.iter().filter(|trip| with_partners(trip)).map(|trip| Ours {
        trip: trip.trip,
        rider: words.rider(trip),
        when: format!("{}, {}", words.near_day(trip.date), words.fetched(trip)),
        carried: words.carriage(trip),
        asked_first: trip.partner.clone().filter(|_| matches!(trip.carriage, Carriage::Offered { .. })),
    });
    Ok(draw(&PartnersPage {
        title: page.say("desk-partners"),
        theirs: theirs.collect(),
        claims: claims.collect(),
        ours: ours.collect(),
        map_from: areas.map_from(),
        page,
    }))
}

/// Tells whether partners are asked for a trip, or one of them has it.
fn with_partners(trip: &Trip) -> bool {
    let over = matches!(trip.carriage, Carriage::Over { .. });
    !over && (trip.partner.is_some() || matches!(trip.carriage, Carriage::Offered { shared: true, .. }))
}

fn told(words: Words<'_>, areas: &Areas, ticket: Ticket) -> Theirs {
    Theirs {
        ticket: ticket.ticket.to_string(),
        coop: ticket.coop,
        when: format!(
            "{}, {}",
            words.near_day(ticket.pick_up.from.local(words.zone).date()),
            words.between(&ticket.pick_up)
        ),
        way: areas.way((ticket.from_at, &ticket.from), (ticket.to_at, &ticket.to)),
        far: words.lang.distance(ticket.metres.0, jitney_lang::Unit::Kilometres),
        needs: words.needs(&ticket.requirement),
        claimed: ticket.claimed.map(|lift| lift.to_string()),
        claimed_before: ticket.claimed_before,
        nobody: ticket.why_nobody.map(|why| why.why),
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
