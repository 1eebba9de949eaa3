//! Style sheets, scripts and icons: in the program, so that nothing has to be fetched from anywhere else.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

/// Name, type and content of everything there is.
const ASSETS: &[(&str, &str, &[u8])] = &[
    ("page.css", "text/css; charset=utf-8", include_bytes!("../assets/page.css")),
    ("desk.css", "text/css; charset=utf-8", include_bytes!("../assets/desk.css")),
    ("sign-in.js", "text/javascript; charset=utf-8", include_bytes!("../assets/sign-in.js")),
    ("desk.js", "text/javascript; charset=utf-8", include_bytes!("../assets/desk.js")),
    ("driver.js", "text/javascript; charset=utf-8", include_bytes!("../assets/driver.js")),
    ("icon.svg", "image/svg+xml", include_bytes!("../assets/icon.svg")),
];

/// Serves the asset of that name.
pub(crate) async fn asset(Path(name): Path<String>) -> Response {
    match ASSETS.iter().find(|(known, ..)| *known == name) {
        // A version of the program brings its own assets: browsers ask again after an hour.
        Some((_, kind, bytes)) => {
            ([(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, "public, max-age=3600")], *bytes)
                .into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The part of the driver's page that goes on without a network.
///
/// It is served beside the page, for a browser lets it see only what lies below.
pub(crate) async fn driver_worker() -> Response {
    let kind = (header::CONTENT_TYPE, "text/javascript; charset=utf-8");
    let allowed = (header::HeaderName::from_static("service-worker-allowed"), "/drive");
    ([kind, allowed, (header::CACHE_CONTROL, "no-cache")], include_str!("../assets/driver-worker.js"))
        .into_response()
}

/// What a phone needs to keep the driver's page like a program.
pub(crate) async fn driver_manifest() -> Response {
    let kind = (header::CONTENT_TYPE, "application/manifest+json");
    ([kind, (header::CACHE_CONTROL, "no-cache")], include_str!("../assets/driver.webmanifest"))
        .into_response()
}
