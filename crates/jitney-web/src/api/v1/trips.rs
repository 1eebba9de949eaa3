//! Trips and standing orders: book, change, dispatch.

use jitney_domain::{MemberId, SubscriptionId};
use jitney_node::api::{Request, TripFilter, TripPosition};
use jitney_node::view;
use serde::Deserialize;
use utoipa::IntoParams;

use super::types::basic::{Day, TripNumber};
use super::types::give::{AllGiven, Gives};
use super::types::partner::PlaceOn;
use super::types::trip::{
    Assign, Booked, Cancel, Candidates, Ended, LastDay, Lock, OfferTo, Openings, Ready, Subscription,
    Subscriptions, Trip, TripAsked, TripChange, Trips,
};
use crate::api::caller::{Caller, ask};
use crate::api::extract::{Body, Created, Done, Json, Path, Query};
use crate::api::listing::{self, Part, Position};
use crate::api::problem::Problem;

/// Which trips.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TripsWanted {
    /// On this day only.
    day: Option<Day>,
    /// Of this rider only; a rider's own if left out by them.
    rider: Option<u32>,
    /// Those that are over too.
    #[serde(default)]
    #[param(required = false)]
    all: bool,
    /// Go on behind this place: the `next` of the part before.
    #[param(max_length = 1000)]
    after: Option<String>,
    /// So many entries at most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// Lists trips.
#[utoipa::path(get, path = "/trips", tag = "trips", params(TripsWanted),
    responses((status = 200, description = "The trips", body = Trips)))]
pub(crate) async fn list_trips(
    caller: Caller,
    Query(wanted): Query<TripsWanted>,
) -> Result<Json<Trips>, Problem> {
    let limit = listing::limit(wanted.limit)?;
    let own = caller.is(jitney_domain::Role::Rider).then_some(caller.member());
    let filter = TripFilter {
        day: wanted.day.map(|day| day.0),
        rider: wanted.rider.map(MemberId).or(own),
        all: wanted.all,
        after: listing::after(wanted.after.as_deref(), Position::read)?,
        limit: Some(limit + 1),
    };
    let position = |trip: &view::Trip| {
        Position(TripPosition::of(trip.trip, &trip.timing, trip.windows.as_ref())).write()
    };
    let (trips, next) = listing::cut(ask!(caller, Request::ListTrips(filter), Trips)?, limit, position);
    Ok(Json(Trips { items: trips.into_iter().map(Into::into).collect(), next }))
}

/// Books a trip, its way home and its repetition as asked.
#[utoipa::path(post, path = "/trips", tag = "trips", request_body = TripAsked,
    responses((status = 201, description = "What was booked", body = Booked)))]
pub(crate) async fn book_trip(
    caller: Caller,
    Body(asked): Body<TripAsked>,
) -> Result<Created<Booked>, Problem> {
    Ok(Created(ask!(caller, Request::BookTrip(asked.try_into()?), Booked)?.into()))
}

async fn trip_after(caller: &Caller, request: Request) -> Result<Json<Trip>, Problem> {
    Ok(Json((*ask!(caller, request, Trip)?).into()))
}

/// Shows a trip.
#[utoipa::path(get, path = "/trips/{trip}", tag = "trips",
    params(("trip" = TripNumber, Path, description = "Which")),
    responses((status = 200, description = "The trip", body = Trip)))]
pub(crate) async fn show_trip(caller: Caller, Path(trip): Path<TripNumber>) -> Result<Json<Trip>, Problem> {
    trip_after(&caller, Request::ShowTrip(trip.0)).await
}

/// Changes a trip; what is left out stays.
#[utoipa::path(patch, path = "/trips/{trip}", tag = "trips", request_body = TripChange,
    params(("trip" = TripNumber, Path, description = "Which")),
    responses((status = 200, description = "The trip", body = Trip)))]
pub(crate) async fn change_trip(
    caller: Caller,
    Path(trip): Path<TripNumber>,
    Body(change): Body<TripChange>,
) -> Result<Json<Trip>, Problem> {
    trip_after(&caller, Request::ChangeTrip { trip: trip.0, change: change.try_into()? }).await
}

/// Calls a trip off.
#[utoipa::path(post, path = "/trips/{trip}/cancel", tag = "trips", request_body = Cancel,
    params(("trip" = TripNumber, Path, description = "Which")),
    responses((status = 200, description = "The trip", body = Trip)))]
pub(crate) async fn cancel_trip(
    caller: Caller,
    Path(trip): Path<TripNumber>,
    Body(cancel): Body<Cancel>,
) -> Result<Json<Trip>, Problem> {
    trip_after(&caller, Request::CancelTrip { trip: trip.0, with_return: cancel.with_return }).await
}

/// Says that a rider is ready who had said they would call.
#[utoipa::path(post, path = "/trips/{trip}/ready", tag = "trips", request_body = Ready,
    params(("trip" = TripNumber, Path, description = "Which")),
    responses((status = 200, description = "The trip", body = Trip)))]
pub(crate) async fn ready_trip(
    caller: Caller,
    Path(trip): Path<TripNumber>,
    Body(ready): Body<Ready>,
) -> Result<Json<Trip>, Problem> {
    trip_after(&caller, Request::ReadyTrip { trip: trip.0, at: ready.at.map(|at| at.0) }).await
}

/// Says who could take a trip and why not the others.
#[utoipa::path(get, path = "/trips/{trip}/candidates", tag = "trips",
    params(("trip" = TripNumber, Path, description = "Which")),
    responses((status = 200, description = "The drivers", body = Candidates)))]
pub(crate) async fn list_candidates(
    caller: Caller,
    Path(trip): Path<TripNumber>,
) -> Result<Json<Candidates>, Problem> {
    Ok(Json(ask!(caller, Request::Candidates(trip.0), Candidates)?.into()))
}

/// Says when each driver could take a trip, if not at the time asked for.
#[utoipa::path(get, path = "/trips/{trip}/openings", tag = "trips",
    params(("trip" = TripNumber, Path, description = "Which")),
    responses((status = 200, description = "The times", body = Openings)))]
pub(crate) async fn list_openings(
    caller: Caller,
    Path(trip): Path<TripNumber>,
) -> Result<Json<Openings>, Problem> {
    Ok(Json(ask!(caller, Request::Openings(trip.0), Openings)?.into()))
}

/// Gives a trip to a driver, or to the best one.
#[utoipa::path(post, path = "/trips/{trip}/assign", tag = "trips", request_body = Assign,
    params(("trip" = TripNumber, Path, description = "Which")),
    responses((status = 200, description = "The trip", body = Trip)))]
pub(crate) async fn assign_trip(
    caller: Caller,
    Path(trip): Path<TripNumber>,
    Body(to): Body<Assign>,
) -> Result<Json<Trip>, Problem> {
    let driver = to.driver.map(MemberId);
    trip_after(&caller, Request::AssignTrip { trip: trip.0, driver, agreed: to.agreed }).await
}

/// Takes a trip from whoever has it.
#[utoipa::path(post, path = "/trips/{trip}/unassign", tag = "trips",
    params(("trip" = TripNumber, Path, description = "Which")),
    responses((status = 200, description = "The trip", body = Trip)))]
pub(crate) async fn unassign_trip(
    caller: Caller,
    Path(trip): Path<TripNumber>,
) -> Result<Json<Trip>, Problem> {
    trip_after(&caller, Request::UnassignTrip(trip.0)).await
}

/// Says whether a trip is left with the driver it has: neither a plan nor a person takes a locked one away.
#[utoipa::path(put, path = "/trips/{trip}/lock", tag = "trips", request_body = Lock,
    params(("trip" = TripNumber, Path, description = "Which")),
    responses((status = 204, description = "It is so")))]
pub(crate) async fn lock_trip(
    caller: Caller,
    Path(trip): Path<TripNumber>,
    Body(lock): Body<Lock>,
) -> Result<Done, Problem> {
    caller.done(Request::LockTrip { trip: trip.0, locked: lock.locked }).await
}

/// Offers a trip to all partners.
#[utoipa::path(post, path = "/trips/{trip}/share", tag = "trips",
    params(("trip" = TripNumber, Path, description = "Which")),
    responses((status = 200, description = "The trip", body = Trip)))]
pub(crate) async fn share_trip(caller: Caller, Path(trip): Path<TripNumber>) -> Result<Json<Trip>, Problem> {
    trip_after(&caller, Request::ShareTrip(trip.0)).await
}

/// Asks one partner before all others.
#[utoipa::path(post, path = "/trips/{trip}/offer", tag = "trips", request_body = OfferTo,
    params(("trip" = TripNumber, Path, description = "Which")),
    responses((status = 200, description = "The trip", body = Trip)))]
pub(crate) async fn offer_trip(
    caller: Caller,
    Path(trip): Path<TripNumber>,
    Body(offer): Body<OfferTo>,
) -> Result<Json<Trip>, Problem> {
    trip_after(&caller, Request::OfferTrip { trip: trip.0, to: offer.to.0 }).await
}

/// Asks a partner for a place that it has to spare.
#[utoipa::path(post, path = "/trips/{trip}/place", tag = "trips", request_body = PlaceOn,
    params(("trip" = TripNumber, Path, description = "Which")),
    responses((status = 204, description = "The partner is asked")))]
pub(crate) async fn ask_for_place(
    caller: Caller,
    Path(trip): Path<TripNumber>,
    Body(place): Body<PlaceOn>,
) -> Result<Done, Problem> {
    caller.done(Request::AskForPlace { trip: trip.0, capacity: place.capacity.0 }).await
}

/// Gives trips to other drivers together, so that two can change places, or says what that would cost.
#[utoipa::path(post, path = "/trips/give", tag = "trips", request_body = Gives,
    responses((status = 200, description = "What changes", body = AllGiven)))]
pub(crate) async fn give_trips(caller: Caller, Body(asked): Body<Gives>) -> Result<Json<AllGiven>, Problem> {
    let gives = asked.gives.into_iter().map(Into::into).collect();
    let asked = Request::GiveTrips { gives, agreed: asked.agreed, apply: asked.apply };
    let given = ask!(caller, asked, Given)?;
    Ok(Json(AllGiven { items: given.into_iter().map(Into::into).collect() }))
}

/// Says how a trip ended.
#[utoipa::path(post, path = "/trips/{trip}/outcome", tag = "trips", request_body = Ended,
    params(("trip" = TripNumber, Path, description = "Which")),
    responses((status = 200, description = "The trip", body = Trip)))]
pub(crate) async fn state_outcome(
    caller: Caller,
    Path(trip): Path<TripNumber>,
    Body(ended): Body<Ended>,
) -> Result<Json<Trip>, Problem> {
    trip_after(&caller, Request::StateOutcome { trip: trip.0, outcome: ended.outcome.into() }).await
}

/// Lists standing orders.
#[utoipa::path(get, path = "/subscriptions", tag = "trips", params(Part),
    responses((status = 200, description = "The standing orders", body = Subscriptions)))]
pub(crate) async fn list_subscriptions(
    caller: Caller,
    Query(part): Query<Part>,
) -> Result<Json<Subscriptions>, Problem> {
    let all = ask!(caller, Request::ListSubscriptions, Subscriptions)?;
    let read = |text: &str| text.parse().ok();
    let (all, next) =
        listing::part(all, &part, |order| order.subscription, read, |order| order.subscription.to_string())?;
    Ok(Json(Subscriptions { items: all.into_iter().map(Subscription::from).collect(), next }))
}

/// Leaves a date out of a standing order.
#[utoipa::path(put, path = "/subscriptions/{subscription}/exceptions/{day}", tag = "trips",
    params(("subscription" = u32, Path, description = "Which"), ("day" = Day, Path, description = "Which day")),
    responses((status = 204, description = "It is left out")))]
pub(crate) async fn except_date(
    caller: Caller,
    Path((subscription, day)): Path<(u32, Day)>,
) -> Result<Done, Problem> {
    caller.done(Request::ExceptDate { subscription: SubscriptionId(subscription), date: day.0 }).await
}

/// Ends a standing order.
#[utoipa::path(post, path = "/subscriptions/{subscription}/end", tag = "trips", request_body = LastDay,
    params(("subscription" = u32, Path, description = "Which")),
    responses((status = 204, description = "It ends")))]
pub(crate) async fn end_subscription(
    caller: Caller,
    Path(subscription): Path<u32>,
    Body(end): Body<LastDay>,
) -> Result<Done, Problem> {
    let subscription = SubscriptionId(subscription);
    caller.done(Request::EndSubscription { subscription, last: end.last.0 }).await
}
