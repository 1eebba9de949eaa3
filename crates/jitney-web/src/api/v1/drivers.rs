//! A driver's offers, manifest, hours and reports.

use jitney_domain::availability::Leave as DomainLeave;
use jitney_domain::{LiftNumber, MemberId, Metres, VehicleId};
use jitney_node::api::{Report, Request};

use super::day::OnDay;
use super::types::driver::{
    Breaks, DriverTime, ExtraHours, Leave, Manifest, Offer, Offers, ReportAsked, TermsAsked, VehicleAsked,
    Week,
};
use crate::api::caller::{Caller, ask};
use crate::api::extract::{Body, Done, Json, Path, Query};
use crate::api::problem::Problem;

/// Lists lifts that a driver is asked for.
#[utoipa::path(get, path = "/drivers/{driver}/offers", tag = "drivers",
    params(("driver" = u32, Path, description = "Who")),
    responses((status = 200, description = "The lifts", body = Offers)))]
pub(crate) async fn list_offers(caller: Caller, Path(driver): Path<u32>) -> Result<Json<Offers>, Problem> {
    let offers = ask!(caller, Request::Offers { driver: MemberId(driver) }, Offers)?;
    Ok(Json(Offers { items: offers.into_iter().map(Offer::from).collect() }))
}

/// Shows a driver's day.
#[utoipa::path(get, path = "/drivers/{driver}/manifest", tag = "drivers",
    params(("driver" = u32, Path, description = "Who"), OnDay),
    responses((status = 200, description = "The day", body = Manifest)))]
pub(crate) async fn show_manifest(
    caller: Caller,
    Path(driver): Path<u32>,
    Query(on): Query<OnDay>,
) -> Result<Json<Manifest>, Problem> {
    let asked = Request::Manifest { driver: MemberId(driver), day: on.day.map(|day| day.0) };
    Ok(Json((*ask!(caller, asked, Manifest)?).into()))
}

/// Shows when a driver is free.
#[utoipa::path(get, path = "/drivers/{driver}/hours", tag = "drivers",
    params(("driver" = u32, Path, description = "Who")),
    responses((status = 200, description = "The time given", body = DriverTime)))]
pub(crate) async fn show_hours(caller: Caller, Path(driver): Path<u32>) -> Result<Json<DriverTime>, Problem> {
    Ok(Json(ask!(caller, Request::ShowHours(MemberId(driver)), Hours)?.into()))
}

/// Says at which hours of every week a driver is free.
#[utoipa::path(put, path = "/drivers/{driver}/hours/weekly", tag = "drivers", request_body = Week,
    params(("driver" = u32, Path, description = "Who")),
    responses((status = 204, description = "It is noted")))]
pub(crate) async fn set_weekly_hours(
    caller: Caller,
    Path(driver): Path<u32>,
    Body(week): Body<Week>,
) -> Result<Done, Problem> {
    let weekly: Result<Vec<_>, Problem> = week.weekly.into_iter().map(TryInto::try_into).collect();
    caller.done(Request::SetWeeklyHours { member: MemberId(driver), weekly: weekly? }).await
}

/// Says which breaks a driver takes every week.
#[utoipa::path(put, path = "/drivers/{driver}/hours/breaks", tag = "drivers", request_body = Breaks,
    params(("driver" = u32, Path, description = "Who")),
    responses((status = 204, description = "It is noted")))]
pub(crate) async fn set_breaks(
    caller: Caller,
    Path(driver): Path<u32>,
    Body(asked): Body<Breaks>,
) -> Result<Done, Problem> {
    let breaks: Result<Vec<_>, Problem> = asked.breaks.into_iter().map(TryInto::try_into).collect();
    caller.done(Request::SetBreaks { member: MemberId(driver), breaks: breaks? }).await
}

/// Gives hours on one day, in addition.
#[utoipa::path(post, path = "/drivers/{driver}/hours/days", tag = "drivers", request_body = ExtraHours,
    params(("driver" = u32, Path, description = "Who")),
    responses((status = 204, description = "It is noted")))]
pub(crate) async fn offer_hours(
    caller: Caller,
    Path(driver): Path<u32>,
    Body(extra): Body<ExtraHours>,
) -> Result<Done, Problem> {
    let (member, date, hours) = (MemberId(driver), extra.day.0, extra.hours.into());
    caller.done(Request::OfferHours { member, date, hours }).await
}

/// Says that a driver is away.
#[utoipa::path(post, path = "/drivers/{driver}/hours/leave", tag = "drivers", request_body = Leave,
    params(("driver" = u32, Path, description = "Who")),
    responses((status = 204, description = "It is noted")))]
pub(crate) async fn take_leave(
    caller: Caller,
    Path(driver): Path<u32>,
    Body(leave): Body<Leave>,
) -> Result<Done, Problem> {
    let leave = DomainLeave { from: leave.from.0, to: leave.to.0 };
    caller.done(Request::TakeLeave { member: MemberId(driver), leave }).await
}

/// Changes what a driver has agreed to; what is left out stays, and a limit that is null is none any more.
#[utoipa::path(patch, path = "/drivers/{driver}/terms", tag = "drivers", request_body = TermsAsked,
    params(("driver" = u32, Path, description = "Who")),
    responses((status = 204, description = "It is noted")))]
pub(crate) async fn set_terms(
    caller: Caller,
    Path(driver): Path<u32>,
    Body(terms): Body<TermsAsked>,
) -> Result<Done, Problem> {
    let asked = Request::SetDriverTerms {
        member: MemberId(driver),
        radius: terms.radius_metres.map(|limit| limit.map(Metres).into()),
        max_trips: terms.max_trips.map(Into::into),
        consent: terms.consent.map(Into::into),
        assistance: terms.assistance.map(Into::into),
        vehicle: terms.vehicle.map(VehicleId),
    };
    caller.done(asked).await
}

/// Adds a vehicle of a driver's.
#[utoipa::path(post, path = "/drivers/{driver}/vehicles", tag = "drivers", request_body = VehicleAsked,
    params(("driver" = u32, Path, description = "Whose")),
    responses((status = 204, description = "It is there")))]
pub(crate) async fn add_vehicle(
    caller: Caller,
    Path(driver): Path<u32>,
    Body(vehicle): Body<VehicleAsked>,
) -> Result<Done, Problem> {
    let capability = vehicle.capability();
    let description = vehicle.description.0;
    caller.done(Request::AddVehicle { owner: MemberId(driver), description, capability }).await
}

/// Notes what a vehicle can carry from now on, and how one recognises it.
#[utoipa::path(put, path = "/vehicles/{vehicle}", tag = "drivers", request_body = VehicleAsked,
    params(("vehicle" = u32, Path, description = "Which")),
    responses((status = 204, description = "It is noted")))]
pub(crate) async fn change_vehicle(
    caller: Caller,
    Path(number): Path<u32>,
    Body(vehicle): Body<VehicleAsked>,
) -> Result<Done, Problem> {
    let capability = Some(vehicle.capability());
    let description = Some(vehicle.description.0);
    caller.done(Request::ChangeVehicle { vehicle: VehicleId(number), capability, description }).await
}

/// Takes a driver's report of a lift. The report carries its own name, by which it counts once for good.
#[utoipa::path(post, path = "/reports", tag = "drivers", request_body = ReportAsked,
    responses((status = 204, description = "It is noted")))]
pub(crate) async fn send_report(caller: Caller, Body(asked): Body<ReportAsked>) -> Result<Done, Problem> {
    let at = asked.at.map_or(caller.session.now, |at| at.0);
    let (report, lift, step) = (asked.report.0, LiftNumber(asked.lift), asked.step()?);
    caller.done(Request::Report { report: Report { report, lift, step, at } }).await
}
