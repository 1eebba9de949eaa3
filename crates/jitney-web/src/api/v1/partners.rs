//! Partner coops: tickets, spare places, agreements.

use jitney_domain::MemberId;
use jitney_node::api::Request;

use super::types::basic::{Line, Spare, Ticket};
use super::types::partner::{
    AgreementAsked, Agreements, Award, Capacities, ClaimAsked, OpenCapacity, OpenTicket, SpareOn, Tickets,
};
use crate::api::caller::{Caller, ask};
use crate::api::extract::{Body, Done, Json, Path, Query};
use crate::api::listing::{self, Part};
use crate::api::problem::Problem;

/// Lists tickets that are open to partners, ours and theirs.
#[utoipa::path(get, path = "/tickets", tag = "partners", params(Part),
    responses((status = 200, description = "The tickets", body = Tickets)))]
pub(crate) async fn list_tickets(caller: Caller, Query(part): Query<Part>) -> Result<Json<Tickets>, Problem> {
    let all = ask!(caller, Request::ListTickets, Tickets)?;
    let read = |text: &str| text.parse().ok();
    let (all, next) = listing::part(all, &part, |t| t.ticket, read, |t| t.ticket.to_string())?;
    Ok(Json(Tickets { items: all.into_iter().map(OpenTicket::from).collect(), next }))
}

/// Offers to carry a partner's ticket.
#[utoipa::path(post, path = "/tickets/{ticket}/claim", tag = "partners", request_body = ClaimAsked,
    params(("ticket" = Ticket, Path, description = "Which")),
    responses((status = 204, description = "It is claimed")))]
pub(crate) async fn claim_ticket(
    caller: Caller,
    Path(ticket): Path<Ticket>,
    Body(asked): Body<ClaimAsked>,
) -> Result<Done, Problem> {
    let driver = asked.driver.map(MemberId);
    caller.done(Request::ClaimTicket { ticket: ticket.0, driver, agreed: asked.agreed }).await
}

/// Says that nobody here can carry a ticket that was offered to us alone.
#[utoipa::path(post, path = "/tickets/{ticket}/pass", tag = "partners",
    params(("ticket" = Ticket, Path, description = "Which")),
    responses((status = 204, description = "The partner is told")))]
pub(crate) async fn pass_ticket(caller: Caller, Path(ticket): Path<Ticket>) -> Result<Done, Problem> {
    caller.done(Request::PassTicket(ticket.0)).await
}

/// Gives a ticket of ours to the partner who claimed it.
#[utoipa::path(post, path = "/tickets/{ticket}/award", tag = "partners", request_body = Award,
    params(("ticket" = Ticket, Path, description = "Which")),
    responses((status = 204, description = "The partner is asked")))]
pub(crate) async fn award_ticket(
    caller: Caller,
    Path(ticket): Path<Ticket>,
    Body(award): Body<Award>,
) -> Result<Done, Problem> {
    caller.done(Request::AwardClaim { ticket: ticket.0, claim: award.claim.0 }).await
}

/// Lists places to spare on runs, ours and theirs.
#[utoipa::path(get, path = "/capacity", tag = "partners", params(Part),
    responses((status = 200, description = "The spare places", body = Capacities)))]
pub(crate) async fn list_capacity(
    caller: Caller,
    Query(part): Query<Part>,
) -> Result<Json<Capacities>, Problem> {
    let all = ask!(caller, Request::ListCapacity, Capacity)?;
    let read = |text: &str| text.parse().ok();
    let (all, next) = listing::part(all, &part, |c| c.capacity, read, |c| c.capacity.to_string())?;
    Ok(Json(Capacities { items: all.into_iter().map(OpenCapacity::from).collect(), next }))
}

/// Tells partners of the places to spare on a driver's run.
#[utoipa::path(post, path = "/capacity", tag = "partners", request_body = SpareOn,
    responses((status = 204, description = "Partners are told")))]
pub(crate) async fn post_capacity(caller: Caller, Body(spare): Body<SpareOn>) -> Result<Done, Problem> {
    caller.done(Request::PostCapacity { driver: MemberId(spare.driver), day: spare.day.0 }).await
}

/// Takes back what partners were told of places to spare.
#[utoipa::path(delete, path = "/capacity/{capacity}", tag = "partners",
    params(("capacity" = Spare, Path, description = "Which")),
    responses((status = 204, description = "Partners are told")))]
pub(crate) async fn withdraw_capacity(caller: Caller, Path(capacity): Path<Spare>) -> Result<Done, Problem> {
    caller.done(Request::WithdrawCapacity(capacity.0)).await
}

/// Says what holds between us and each partner.
#[utoipa::path(get, path = "/agreements", tag = "partners",
    responses((status = 200, description = "The agreements", body = Agreements)))]
pub(crate) async fn list_agreements(caller: Caller) -> Result<Json<Agreements>, Problem> {
    let all = ask!(caller, Request::ListAgreements, Agreements)?;
    Ok(Json(Agreements { items: all.into_iter().map(Into::into).collect() }))
}

/// Notes what was agreed with a partner, in place of what was noted before.
#[utoipa::path(put, path = "/agreements/{coop}", tag = "partners", request_body = AgreementAsked,
    params(("coop" = Line, Path, description = "By name, fingerprint words or did:key")),
    responses((status = 204, description = "It is noted")))]
pub(crate) async fn set_agreement(
    caller: Caller,
    Path(coop): Path<Line>,
    Body(asked): Body<AgreementAsked>,
) -> Result<Done, Problem> {
    caller.done(Request::SetAgreement { with: coop.0, agreement: Some(asked.into()) }).await
}

/// Takes an agreement back: what holds with all partners holds with this one again.
#[utoipa::path(delete, path = "/agreements/{coop}", tag = "partners",
    params(("coop" = Line, Path, description = "By name, fingerprint words or did:key")),
    responses((status = 204, description = "It is taken back")))]
pub(crate) async fn end_agreement(caller: Caller, Path(coop): Path<Line>) -> Result<Done, Problem> {
    caller.done(Request::SetAgreement { with: coop.0, agreement: None }).await
}
