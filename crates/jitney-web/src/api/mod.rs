//! The API for programs: JSON under `/api/v1`, described in `docs/openapi.json` and told of in `docs/api.md`.
//!
//! It asks the node as the pages do, in the name of whoever signed in, so the domain's one table of rights decides
//! here too. A version has types of its own, so that what the node shows may change without breaking a program.

mod caller;
mod extract;
mod limits;
mod listing;
mod problem;
pub(crate) mod v1;

use axum::Router;
use axum::http::header;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::site::Site;

pub(crate) use limits::Limits;
pub(crate) use problem::Problem;

/// Under which path all of it is.
pub(crate) const PREFIX: &str = "/api/";

/// The description of the API, as a test makes it from the handlers and compares it.
const DESCRIPTION: &str = include_str!("../../../../docs/openapi.json");

async fn description() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], DESCRIPTION)
}

async fn nowhere() -> Problem {
    Problem::nowhere()
}

async fn no_such_method() -> Problem {
    Problem::no_such_method()
}

/// Returns the API, to be nested under [`PREFIX`].
pub(crate) fn routes(site: &Site) -> Router<Site> {
    let v1 = v1::router().route("/openapi.json", get(description));
    Router::new()
        .nest("/v1", v1)
        .fallback(nowhere)
        .method_not_allowed_fallback(no_such_method)
        .layer(from_fn_with_state(site.clone(), caller::meet))
}
