//! The office's desk: book, see the day, give trips to drivers, keep people.

mod alarms;
mod book;
mod book_more;
mod card;
mod day;
mod live;
mod manifests;
mod map;
mod moves;
mod needs;
mod openings;
mod partners;
mod people;
mod plan;
mod read_back;
mod trip;
mod whereabouts;

use axum::Router;
use axum::routing::{get, post};
use tower_http::compression::CompressionLayer;

use crate::rider;
use crate::site::Site;
use crate::visitor::Visitor;
use crate::wording::Words;

/// Returns the pages of this part.
pub(crate) fn routes() -> Router<Site> {
    // Long pages, and nothing on them was written by who asked: what length tells after compression tells a stranger
    // nothing.
    let day = Router::new()
        .route("/", get(day::show))
        .route("/board", get(day::board))
        .route("/map", get(map::show))
        .route("/print", get(day::print))
        .route("/manifests", get(manifests::print))
        .layer(CompressionLayer::new());
    Router::new()
        .merge(day)
        .route("/events", get(live::events))
        .route("/find", get(people::found))
        .route("/where", post(whereabouts::suggest))
        .route("/book", get(book::show).post(book::send))
        .route("/move", get(moves::show).post(moves::send))
        .route("/plan", get(plan::ask_for).post(plan::begin))
        .route("/plan/{plan}", get(plan::show))
        .route("/plan/{plan}/events", get(plan::events))
        .route("/plan/{plan}/end", post(plan::end))
        .route("/plan/{plan}/apply", post(plan::apply))
        .route("/trip/{trip}", get(trip::show))
        .route("/trip/{trip}/sheet", get(rider::trip::sheet))
        .route("/trip/{trip}/lock", post(moves::lock))
        .route("/trip/{trip}/assign", post(trip::assign))
        .route("/trip/{trip}/unassign", post(trip::unassign))
        .route("/trip/{trip}/share", post(trip::share))
        .route("/trip/{trip}/offer", post(trip::offer))
        .route("/trip/{trip}/openings", get(openings::show).post(openings::take))
        .route("/trip/{trip}/ready", post(trip::ready))
        .route("/trip/{trip}/cancel", post(trip::cancel))
        .route("/people", get(people::list))
        .route("/people/new", get(people::profile::ask_new).post(people::profile::admit))
        .route("/people/{member}", get(people::show::show))
        .route("/people/{member}/profile", post(people::profile::change))
        .route("/people/{member}/role", post(people::standing::add_role))
        .route("/people/{member}/standing", post(people::standing::change))
        .route("/people/{member}/erase", get(people::standing::ask_erase).post(people::standing::erase))
        .route("/people/{member}/vet", post(people::driving::vet))
        .route("/people/{member}/terms", post(people::driving::terms))
        .route("/people/{member}/vehicle", post(people::driving::vehicle))
        .route("/people/{member}/hours", post(people::driving::hours))
        .route("/people/{member}/leave", post(people::driving::leave))
        .route("/people/{member}/wish", post(people::ties::wish))
        .route("/people/{member}/apart", post(people::ties::apart))
        .route("/people/{member}/card", post(card::issue))
        .route("/people/{member}/card/revoke", post(card::revoke))
        .route("/people/{member}/entrust", post(people::ties::entrust))
        .route("/people/{member}/dismiss", post(people::ties::dismiss))
        .route("/alarms", get(alarms::show))
        .route("/alarms/take", post(alarms::take))
        .route("/alarms/called", post(alarms::called))
        .route("/partners", get(partners::show))
        .route("/partners/claim", post(partners::claim))
        .route("/partners/pass", post(partners::pass))
        .route("/partners/award", post(partners::award))
        .route("/partners/agreements", get(partners::agreements::show).post(partners::agreements::send))
        .route("/partners/places", get(partners::places::show).post(partners::places::post))
        .route("/partners/places/withdraw", post(partners::places::withdraw))
        .route("/partners/places/ask", post(partners::places::request))
}

fn words(visitor: &Visitor) -> Words<'_> {
    Words { lang: visitor.lang, zone: &visitor.zone, today: visitor.today() }
}
