//! Views as text for people: aligned tables, times on the coop's wall clock, plain words.
//!
//! Nothing here asks or decides anything; the same view gives the same text.

mod alarm;
mod board;
mod candidates;
mod card;
mod doctor;
mod federation;
mod hours;
mod manifest;
mod member;
mod messages;
mod need;
mod partners;
mod plan;
mod read_back;
mod receipts;
mod status;
mod table;
mod ticket;
mod time;
mod trip;

use jitney_domain::Zone;
use jitney_node::api::Reply;

pub(crate) use manifest::{manifest, paper};
pub(crate) use member::members;
pub(crate) use plan::{day_plan, progress};
pub(crate) use table::Table;
pub(crate) use time::{ago, clock, day, local_clock, moment};
pub(crate) use trip::{booked, still_stands, trip};

/// Returns a reply as text, times in `zone`.
pub(crate) fn reply(reply: &Reply, zone: &Zone) -> String {
    match reply {
        Reply::Done => "done".to_owned(),
        Reply::Status(view) => status::status(view),
        Reply::Policy(policy) => status::policy(policy),
        Reply::Member(view) => member::member(view),
        Reply::Members(views) => member::members(views),
        Reply::Invitation(view) => {
            format!(
                "{}\nvalid until {}; hand it over in private, it works once",
                view.link,
                moment(view.expires, zone)
            )
        }
        Reply::Vehicle(number) => format!("vehicle {number} is noted"),
        Reply::Hours(view) => hours::hours(view, zone),
        Reply::Places(views) => member::places(views),
        Reply::Trip(view) => trip::trip(view, zone),
        Reply::Trips(views) => trip::trips(views, zone),
        Reply::Booked(view) => trip::trips(&view.trips, zone),
        Reply::Candidates(view) => candidates::candidates(view, zone),
        Reply::Openings(view) => candidates::openings(view, zone),
        Reply::DayPlan(view) => plan::day_plan(view, &[], zone),
        Reply::Given(views) => plan::given(views, zone),
        Reply::Subscriptions(views) => trip::subscriptions(views),
        Reply::Board(view) => board::board(view),
        Reply::RoadLines(lines) => count(lines.len(), "road", "roads"),
        Reply::Receipts(views) => receipts::receipts(views, zone),
        Reply::Capacity(views) => partners::capacity(views, zone),
        Reply::Agreements(views) => partners::agreements(views),
        Reply::Alarms(view) => alarm::alarms(view, zone),
        Reply::AlarmTrail(trail) => alarm::trail(trail, zone),
        Reply::Calendar(text) => text.clone(),
        Reply::CalendarSecret(secret) => secret.clone().unwrap_or_else(|| "no card".to_owned()),
        Reply::Messages(views) => messages::messages(views, zone),
        Reply::Tickets(views) => ticket::tickets(views, zone),
        Reply::Offers(views) => ticket::offers(views, zone),
        Reply::Manifest(view) => manifest(view),
        Reply::Succession(view) => format!("signs with {}", view.signing.fingerprint()),
        Reply::Credential(value) => format!("{value:#}"),
        Reply::Me(view) => status::me(view),
        Reply::NewCard(view) => card::new_card(view),
        Reply::Cards(views) => card::cards(views, zone),
        Reply::SignedIn(view) => card::session(&view.session, zone),
        Reply::Session(view) => card::session(view, zone),
        Reply::Roster(view) => federation::roster(view),
        Reply::Health(view) => doctor::health(view, zone),
        Reply::Nodes(views) => federation::nodes(views, zone),
    }
}

/// Returns "a", "a or b", "a, b or c".
pub(crate) fn listed(items: &[impl AsRef<str>], last: &str) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match items.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// Returns "1 trip", "2 trips".
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_reads_like_a_sentence() {
        assert_eq!(listed(&["a", "b", "c"], "or"), "a, b or c");
        assert_eq!(listed(&["a"], "and"), "a");
        assert_eq!(
            (count(1, "trip", "trips"), count(0, "trip", "trips")),
            ("1 trip".into(), "0 trips".into())
        );
    }
}
