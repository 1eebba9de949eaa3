//! Places that the coop has a name for, and all others.

use jitney_domain::MemberId;
use jitney_node::api::Request;
use jitney_node::map::ATTRIBUTION;

use super::types::basic::Line;
use super::types::day::{NamedPlace, PlaceToName, Places};
use super::types::member::Place;
use super::types::place::{PlaceWanted, PlacesFound};
use crate::api::caller::{Caller, ask};
use crate::api::extract::{Body, Done, Json, Path, Query};
use crate::api::listing::{self, Part};
use crate::api::problem::Problem;
use crate::places;

/// Lists the places.
#[utoipa::path(get, path = "/places", tag = "places", params(Part),
    responses((status = 200, description = "The places", body = Places)))]
pub(crate) async fn list_places(caller: Caller, Query(part): Query<Part>) -> Result<Json<Places>, Problem> {
    let all = ask!(caller, Request::ListPlaces, Places)?;
    let read = |text: &str| Some(text.to_owned());
    let (all, next) =
        listing::part(all, &part, |place| place.name.clone(), read, |place| place.name.clone())?;
    Ok(Json(Places { items: all.into_iter().map(NamedPlace::from).collect(), next }))
}

/// Gives a place a name.
#[utoipa::path(put, path = "/places/{name}", tag = "places", request_body = PlaceToName,
    params(("name" = Line, Path, description = "What it is called")),
    responses((status = 204, description = "It has that name")))]
pub(crate) async fn name_place(
    caller: Caller,
    Path(name): Path<Line>,
    Body(asked): Body<PlaceToName>,
) -> Result<Done, Problem> {
    let note = asked.note.unwrap_or_else(|| super::types::basic::Note(String::new()));
    let place = Place { label: asked.label, lat: asked.lat, lon: asked.lon, note }.try_into()?;
    caller.done(Request::AddPlace { name: name.0, place, replace: asked.replace }).await
}

/// Most answers, and how many are meant if none is said.
const ANSWERS_MAX: u8 = 50;
const ANSWERS: u8 = 10;

/// Looks for a place that was typed. Nothing of it is logged.
#[utoipa::path(post, path = "/places/find", tag = "places", request_body = PlaceWanted,
    responses((status = 200, description = "The best answers", body = PlacesFound)))]
pub(crate) async fn find_places(
    caller: Caller,
    Body(wanted): Body<PlaceWanted>,
) -> Result<Json<PlacesFound>, Problem> {
    let limit = wanted.limit.unwrap_or(ANSWERS);
    if !(1..=ANSWERS_MAX).contains(&limit) {
        return Err(Problem::invalid(format!("limit goes from 1 to {ANSWERS_MAX}; mend it")));
    }
    let kept = places::kept(&caller.site, caller.actor(), wanted.rider.map(MemberId)).await?;
    let hits = places::hits(&caller.site, kept, wanted.text.0, usize::from(limit)).await;
    let attribution = caller.site.map().are_there().then(|| ATTRIBUTION.to_owned());
    Ok(Json(PlacesFound { items: hits.into_iter().map(Into::into).collect(), attribution }))
}
