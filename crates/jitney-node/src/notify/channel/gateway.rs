//! An HTTP gateway: one message as JSON in the body of a POST, its id as `Idempotency-Key`.

use std::io;
use std::time::Duration;

use ureq::{Error, Timeout};

use super::{Parcel, Posted};
use crate::http;

/// Hands the message over; blocks.
pub(super) fn post(url: &str, token: Option<&str>, patience: Duration, parcel: &Parcel) -> Posted {
    let Ok(body) = serde_json::to_vec(parcel) else { return Posted::Refused };
    let agent = http::agent(url, patience);
    let key = parcel.id.to_string();
    let mut request = agent
        .post(url)
        .header("Content-Type", "application/json")
        .header("Idempotency-Key", &key)
        .header("User-Agent", "jitney");
    if let Some(token) = token {
        request = request.header("Authorization", token);
    }
    match request.send(&body[..]) {
        Ok(answer) => by_status(answer.status().as_u16()),
        Err(error) => by_error(&error),
    }
}

/// What a gateway's answer means (RFC 9110, section 15).
fn by_status(status: u16) -> Posted {
    match status {
        200..=299 => Posted::Sent,
        // Asked too soon, too often, or with what the operator has to mend first: it was not taken.
        401 | 403 | 404 | 407 | 408 | 425 | 429 | 503 => {
            tracing::warn!(target: "jitney::messages", status, "the gateway takes no message at present");
            Posted::NotTaken
        }
        300..=499 => {
            tracing::warn!(target: "jitney::messages", status, "the gateway has refused a message for good");
            Posted::Refused
        }
        // Something broke behind it, perhaps after the message had gone out.
        _ => Posted::Unsure,
    }
}

fn by_error(error: &Error) -> Posted {
    let nothing_left = match error {
        Error::BadUri(_) | Error::HostNotFound | Error::ConnectionFailed | Error::Http(_) | Error::Tls(_) => {
            true
        }
        Error::Timeout(when) => matches!(when, Timeout::Resolve | Timeout::Connect),
        Error::Io(error) => error.kind() == io::ErrorKind::ConnectionRefused,
        _ => false,
    };
    tracing::warn!(target: "jitney::messages", nothing_left, "the gateway did not answer");
    if nothing_left { Posted::NotTaken } else { Posted::Unsure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_surely_not_taken_is_tried_again() {
        assert_eq!(by_status(202), Posted::Sent);
        assert_eq!(by_status(503), Posted::NotTaken);
        assert_eq!(by_status(401), Posted::NotTaken);
        assert_eq!(by_status(400), Posted::Refused);
        assert_eq!(by_status(302), Posted::Refused);
        assert_eq!(by_status(500), Posted::Unsure);
        assert_eq!(by_status(504), Posted::Unsure);
        assert_eq!(by_error(&Error::HostNotFound), Posted::NotTaken);
        assert_eq!(by_error(&Error::Timeout(Timeout::Connect)), Posted::NotTaken);
        assert_eq!(by_error(&Error::Timeout(Timeout::RecvResponse)), Posted::Unsure);
        let broken = io::Error::from(io::ErrorKind::ConnectionReset);
        assert_eq!(by_error(&Error::Io(broken)), Posted::Unsure);
    }
}
