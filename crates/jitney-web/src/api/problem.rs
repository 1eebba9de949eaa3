//! Why a request was not carried out, as RFC 9457 has it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jitney_lang::Lang;
use jitney_node::api::{Fault, FaultKind};
use serde::Serialize;
use utoipa::ToSchema;

/// How an answer says that it is a problem.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request was not carried out (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// What kind of problem it is, for programs: `urn:jitney:problem:` and a word that stays the same.
    #[serde(rename = "type")]
    #[schema(example = "urn:jitney:problem:conflict")]
    kind: String,
    /// The same in a few words.
    title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong and what to do next.
    detail: String,
    /// Seconds to wait, or none.
    #[serde(skip)]
    retry_after: Option<u64>,
    /// What `WWW-Authenticate` says, or none.
    #[serde(skip)]
    challenge: Option<&'static str>,
}

impl Problem {
    fn new(status: StatusCode, word: &str, title: &'static str, detail: impl Into<String>) -> Self {
        Problem {
            kind: format!("urn:jitney:problem:{word}"),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            retry_after: None,
            challenge: None,
        }
    }

    /// What was sent cannot be read.
    pub(crate) fn unreadable(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::BAD_REQUEST, "unreadable", "The request cannot be read", detail)
    }

    /// What was sent can be read and makes no sense.
    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "The request makes no sense", detail)
    }

    /// No token, or one that is not good.
    pub(crate) fn not_signed_in(shown: bool) -> Self {
        let (challenge, detail) = if shown {
            ("Bearer realm=\"jitney\", error=\"invalid_token\"", "this session has ended; sign in again")
        } else {
            ("Bearer realm=\"jitney\"", "sign in with POST /api/v1/sessions and send the token")
        };
        Problem {
            challenge: Some(challenge),
            ..Problem::new(StatusCode::UNAUTHORIZED, "not-signed-in", "Nobody is signed in", detail)
        }
    }

    /// A code that no card has.
    pub(crate) fn wrong_code() -> Self {
        let detail = "no card has this code; look at the card again, or have the office make another";
        Problem {
            challenge: Some("Bearer realm=\"jitney\""),
            ..Problem::new(StatusCode::UNAUTHORIZED, "wrong-code", "The code is wrong", detail)
        }
    }

    /// A change that carries a cookie and does not come from our own pages.
    pub(crate) fn another_site() -> Self {
        let detail = "this came from another site, or with a cookie alone; send the token instead";
        Problem::new(StatusCode::FORBIDDEN, "another-site", "The request came from elsewhere", detail)
    }

    /// Nothing is under this path.
    pub(crate) fn nowhere() -> Self {
        let detail = "nothing is under this path; /api/v1/openapi.json names all that is";
        Problem::new(StatusCode::NOT_FOUND, "nowhere", "There is no such path", detail)
    }

    /// The path is for other methods.
    pub(crate) fn no_such_method() -> Self {
        let detail = "this path has other methods; the header Allow names them";
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "no-such-method", "The path has no such method", detail)
    }

    /// The body came too slowly.
    pub(crate) fn too_slow() -> Self {
        let detail = "the body did not come in time; send it again at once";
        Problem::new(StatusCode::REQUEST_TIMEOUT, "too-slow", "The request came too slowly", detail)
    }

    /// The body is too long.
    pub(crate) fn too_long(most: usize) -> Self {
        let detail = format!("the body is longer than {most} bytes; send less at a time");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-long", "The request is too long", detail)
    }

    /// The body is no JSON.
    pub(crate) fn not_json() -> Self {
        let detail = "send the body with Content-Type: application/json";
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json", "The body is no JSON", detail)
    }

    /// Asked too often.
    pub(crate) fn too_often(seconds: u64) -> Self {
        let detail = format!("this was asked too often; ask again in {seconds} s");
        Problem {
            retry_after: Some(seconds),
            ..Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-often", "Too many requests", detail)
        }
    }

    /// The node answered something else than it was asked.
    pub(crate) fn other_answer() -> Self {
        let detail = "the node answered something else than it was asked; tell the operator";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The node has a problem", detail)
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        // Programs and who uses them have no command line.
        let detail = fault.say(Lang::default()).unwrap_or(fault.message);
        let (status, word, title) = match fault.kind {
            FaultKind::NotFound => (StatusCode::NOT_FOUND, "not-found", "It does not exist"),
            FaultKind::NotAllowed => (StatusCode::FORBIDDEN, "not-allowed", "This is for others"),
            FaultKind::Invalid => return Problem::invalid(detail),
            FaultKind::Conflict => (StatusCode::CONFLICT, "conflict", "Something stands in the way"),
            FaultKind::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy", "The node is busy"),
            FaultKind::Internal => (StatusCode::SERVICE_UNAVAILABLE, "internal", "The node has a problem"),
        };
        Problem::new(status, word, title, detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // It is made of texts and numbers alone, which always have a JSON form.
        let text = serde_json::to_string(&self).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, PROBLEM_JSON)], text).into_response();
        let headers = response.headers_mut();
        if let Some(challenge) = self.challenge {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
