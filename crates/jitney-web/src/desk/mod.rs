//! The office's desk: book, see the day, give trips to drivers, keep people.

mod alarms;
mod book;
mod card;
mod day;
mod live;
mod partners;
mod people;
mod read_back;
mod trip;

use axum::Router;
use axum::routing::{get, post};

use crate::site::Site;
use crate::visitor::Visitor;
use crate::wording::Words;

/// Returns the pages of this part.
pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/", get(day::show))
        .route("/board", get(day::board))
        .route("/events", get(live::events))
        .route("/print", get(day::print))
        .route("/find", get(people::found))
        .route("/book", get(book::show).post(book::send))
        .route("/trip/{trip}", get(trip::show))
        .route("/trip/{trip}/assign", post(trip::assign))
        .route("/trip/{trip}/unassign", post(trip::unassign))
        .route("/trip/{trip}/share", post(trip::share))
        .route("/trip/{trip}/ready", post(trip::ready))
        .route("/trip/{trip}/cancel", post(trip::cancel))
        .route("/people", get(people::list))
        .route("/people/{member}", get(people::show))
        .route("/people/{member}/profile", post(people::profile))
        .route("/people/{member}/card", post(card::issue))
        .route("/people/{member}/card/revoke", post(card::revoke))
        .route("/people/{member}/entrust", post(people::entrust))
        .route("/people/{member}/dismiss", post(people::dismiss))
        .route("/alarms", get(alarms::show))
        .route("/partners", get(partners::show))
        .route("/partners/claim", post(partners::claim))
        .route("/partners/pass", post(partners::pass))
        .route("/partners/award", post(partners::award))
}

fn words(visitor: &Visitor) -> Words<'_> {
    Words { lang: visitor.lang, zone: &visitor.zone, today: visitor.today() }
}
