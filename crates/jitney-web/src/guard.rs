//! What holds for every request and every answer, whatever the page.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::api::{self, Problem};
use crate::site::{FORM_BYTES_MAX, Site};

/// How long the body of a request may take to come.
const BODY_PATIENCE: Duration = Duration::from_secs(10);

/// Nothing is loaded from elsewhere, nothing written into a page runs, nobody frames us.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";

/// Refuses what another site makes a visitor's browser send.
///
/// Browsers say where a request comes from (`Sec-Fetch-Site`, else `Origin`); one that changes something must
/// come from our own pages. What says neither is no browser, and carries no cookie that it was not given.
pub(crate) async fn same_site(State(site): State<Site>, request: Request, next: Next) -> Response {
    let harmless = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if harmless || is_ours(&site, &request) {
        return next.run(request).await;
    }
    if is_for_programs(request.uri().path()) {
        return Problem::another_site().into_response();
    }
    (StatusCode::FORBIDDEN, "this came from another site; open our own page and try there\n").into_response()
}

/// Tells whether the answer is for a program.
fn is_for_programs(path: &str) -> bool {
    path.starts_with(api::PREFIX)
}

/// Tells whether a request says itself that it comes from our own pages.
pub(crate) fn is_surely_ours(site: &Site, request: &Request) -> bool {
    let says = |name| request.headers().contains_key(name);
    (says("sec-fetch-site") || says("origin")) && is_ours(site, request)
}

/// Reads what a request brings before anybody looks at it: only so long, and only for so long.
pub(crate) async fn whole(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let for_program = is_for_programs(parts.uri.path());
    let refuse = |problem: Problem, status: StatusCode, says: &'static str| {
        let mut response = if for_program { problem.into_response() } else { (status, says).into_response() };
        // What has not been read is in the way of the next request.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    };
    let too_long = || {
        let says = "this is longer than anything that is read here; send less at a time\n";
        refuse(Problem::too_long(FORM_BYTES_MAX), StatusCode::PAYLOAD_TOO_LARGE, says)
    };
    let said =
        parts.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if said.is_some_and(|length: u64| length > FORM_BYTES_MAX as u64) {
        return too_long();
    }
    match tokio::time::timeout(BODY_PATIENCE, to_bytes(body, FORM_BYTES_MAX)).await {
        Ok(Ok(bytes)) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Ok(Err(_)) => too_long(),
        Err(_) => {
            let says = "this came too slowly; send it again at once\n";
            refuse(Problem::too_slow(), StatusCode::REQUEST_TIMEOUT, says)
        }
    }
}

fn is_ours(site: &Site, request: &Request) -> bool {
    let text = |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    match text("sec-fetch-site") {
        Some("same-origin" | "none") => return true,
        Some(_) => return false,
        None => {}
    }
    let Some(origin) = text("origin") else { return true };
    let host = text("host").unwrap_or_default();
    let bare = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    bare == Some(host) || site.public_url() == Some(origin)
}

/// Puts on every answer what browsers need to know to keep it safe.
pub(crate) async fn headers(State(site): State<Site>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(header::HeaderName::from_static("permissions-policy"), "geolocation=(), camera=(), microphone=()");
    if site.is_secure() {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        // What is personal stays in no cache.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
