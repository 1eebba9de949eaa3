//! What a program sends, read strictly, and what it gets.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::problem::Problem;

/// A body of JSON.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Serialize> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            return Err(Problem::not_json());
        }
        // How long it may be and take has been seen to for every request alike.
        let bytes = axum::body::Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|_| Problem::unreadable("the body broke off; send it again"))?;
        let sent: Value = serde_json::from_slice(&bytes)
            .map_err(|error| Problem::unreadable(format!("the body is no JSON: {error}; mend it")))?;
        let read = T::deserialize(&sent).map_err(|error| {
            Problem::invalid(format!("the body is not what is expected here: {error}; see openapi.json"))
        })?;
        let understood = serde_json::to_value(&read).unwrap_or_default();
        if !is_alike(&sent, &understood) {
            return Err(Problem::invalid(
                "the body has a list where an object is expected; name each field, see openapi.json",
            ));
        }
        Ok(Body(read))
    }
}

/// Tells whether lists are where lists were expected: what is read into named fields would take a list as well.
fn is_alike(sent: &Value, read: &Value) -> bool {
    match (sent, read) {
        (Value::Array(sent), Value::Array(read)) => sent.iter().zip(read).all(|(s, r)| is_alike(s, r)),
        (Value::Array(_), _) => false,
        (Value::Object(sent), Value::Object(read)) => {
            sent.iter().all(|(name, value)| read.get(name).is_none_or(|other| is_alike(value, other)))
        }
        _ => true,
    }
}

/// A name or number in the path.
#[derive(Debug)]
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Ok(Path(axum::extract::Path::from_request_parts(parts, state).await?.0))
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Problem::unreadable(format!("{}; see openapi.json", rejection.body_text()))
    }
}

/// What stands behind the question mark.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Ok(Query(axum::extract::Query::from_request_parts(parts, state).await?.0))
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Problem::unreadable(format!("{}; see openapi.json", rejection.body_text()))
    }
}

/// An answer of JSON.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// An answer of JSON about something that was made.
#[derive(Debug)]
pub(crate) struct Created<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, axum::Json(self.0)).into_response()
    }
}

/// It is done, and there is nothing more to say.
#[derive(Debug)]
pub(crate) struct Done;

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_list_in_place_of_named_fields_is_noticed_at_any_depth() {
        assert!(is_alike(&json!({"a": [{"b": 1}]}), &json!({"a": [{"b": 1}], "c": null})));
        assert!(!is_alike(&json!(["x"]), &json!({"code": "x"})));
        assert!(!is_alike(&json!({"a": [[1]]}), &json!({"a": [{"b": 1}]})));
    }
}
