//! What a visitor sees when something does not go.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jitney_node::api::{Fault, FaultKind};

use crate::page::{Page, draw_as};
use crate::said::Said;
use crate::site::Site;
use crate::visitor::Spoken;

/// Something that did not go, with the page on which to say so.
#[derive(Debug)]
pub(crate) struct Trouble {
    page: Box<Page>,
    status: StatusCode,
    /// What to say, by its key.
    key: &'static str,
    /// What more there is to say to the office and to drivers.
    reason: Option<Said>,
}

impl Trouble {
    /// What the node refused.
    pub(crate) fn new(page: Page, fault: Fault) -> Self {
        let (status, key) = match fault.kind {
            FaultKind::NotFound => (StatusCode::NOT_FOUND, "trouble-not-found"),
            FaultKind::NotAllowed => (StatusCode::FORBIDDEN, "trouble-not-allowed"),
            FaultKind::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "trouble-invalid"),
            FaultKind::Conflict => (StatusCode::CONFLICT, "trouble-conflict"),
            FaultKind::Busy => (StatusCode::SERVICE_UNAVAILABLE, "trouble-busy"),
            FaultKind::Internal => (StatusCode::SERVICE_UNAVAILABLE, "trouble-internal"),
        };
        let reason = Some(Said::of(&fault, page.lang));
        Trouble { page: Box::new(page), status, key, reason }
    }

    /// What cannot be read of a form; `key` says which part, and how it is written.
    pub(crate) fn unread(page: Page, key: &str) -> Self {
        let reason = Some(Said::from(page.say(key)));
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Trouble { page: Box::new(page), status, key: "trouble-invalid", reason }
    }

    /// Nothing is there.
    pub(crate) fn nothing(page: Page) -> Self {
        Trouble {
            page: Box::new(page),
            status: StatusCode::NOT_FOUND,
            key: "trouble-not-found",
            reason: None,
        }
    }

    /// Something that the pages cannot do for this rider, but the office can.
    pub(crate) fn call_us(page: Page) -> Self {
        Trouble { page: Box::new(page), status: StatusCode::CONFLICT, key: "trouble-call-us", reason: None }
    }

    /// A part of the site that is for others.
    pub(crate) fn elsewhere(page: Page) -> Self {
        let status = StatusCode::FORBIDDEN;
        Trouble { page: Box::new(page), status, key: "trouble-elsewhere", reason: None }
    }

    /// The node answered something else than it was asked.
    pub(crate) fn other_answer(page: Page) -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Trouble { page: Box::new(page), status, key: "trouble-internal", reason: None }
    }
}

#[derive(Template)]
#[template(path = "trouble.html")]
struct TroublePage<'a> {
    page: &'a Page,
    title: String,
    says: String,
    reason: Option<&'a Said>,
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        // Riders are not bothered with words of the trade.
        let reason = self.reason.as_ref().filter(|_| self.page.part != crate::page::Part::Rider);
        let title = self.page.say("trouble-title");
        let says = self.page.say(self.key);
        draw_as(self.status, &TroublePage { page: &self.page, title, says, reason })
    }
}

/// What is said where no page is.
pub(crate) async fn nowhere(State(site): State<Site>, Spoken(lang): Spoken) -> Trouble {
    Trouble::nothing(Page::nobody(lang, &site))
}
