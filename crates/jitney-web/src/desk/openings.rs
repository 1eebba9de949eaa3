//! When could we take her? The times at which each driver could take a trip that nobody can take as it was asked.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::response::{Redirect, Response};
use jiff::ToSpan as _;
use jiff::civil::DateTime;
use jitney_domain::TripId;
use jitney_domain::trip::Timing;
use jitney_node::api::{Request, TripChangeAsked};
use serde::Deserialize;

use super::words;
use crate::forms::Confirmation;
use crate::page::{Page, draw};
use crate::trouble::Trouble;
use crate::visitor::{Office, ask};

/// The furthest that a form moves a trip, in minutes.
const SHIFT_MAX: u32 = 24 * 60;

/// A time at which a driver could take the trip.
struct Shown {
    shift: i32,
    name: String,
    fetched: String,
    there: String,
    /// By how much the trip moves.
    moved: String,
    reasons: String,
}

#[derive(Template)]
#[template(path = "desk/openings.html")]
struct OpeningsPage {
    page: Page,
    title: String,
    trip: TripId,
    asked: String,
    can: Vec<Shown>,
    cannot: Vec<(String, String)>,
}

/// Shows when each driver could take the trip, the nearest to the time asked for first.
pub(super) async fn show(
    Office(visitor): Office,
    Path(Confirmation(id)): Path<Confirmation>,
) -> Result<Response, Trouble> {
    let page = visitor.page();
    let words = words(&visitor);
    let trip = *ask!(visitor, Request::ShowTrip(id), Trip)?;
    let openings = ask!(visitor, Request::Openings(id), Openings)?;
    let can = openings.can.into_iter().map(|opening| Shown {
        shift: opening.shift,
        name: opening.candidate.name,
        fetched: words.between(&opening.pick_up),
        there: words.clock(opening.there_by),
        moved: page.tell(
            if opening.shift < 0 { "openings-earlier" } else { "openings-later" },
            "by",
            &words.lang.duration(opening.shift.unsigned_abs()),
        ),
        reasons: opening.candidate.reasons.join("; "),
    });
    let cannot = openings.cannot.into_iter().map(|unable| (unable.name, unable.why));
    Ok(draw(&OpeningsPage {
        title: page.tell("openings-title", "number", &trip.confirmation),
        trip: id,
        asked: format!("{}, {}", words.near_day(trip.date), words.wished(&trip.timing)),
        can: can.collect(),
        cannot: cannot.collect(),
        page,
    }))
}

#[derive(Deserialize)]
pub(super) struct Moved {
    shift: i32,
}

/// Moves the trip to one of these times.
pub(super) async fn take(
    Office(visitor): Office,
    Path(Confirmation(id)): Path<Confirmation>,
    Form(Moved { shift }): Form<Moved>,
) -> Result<Redirect, Trouble> {
    let trip = *ask!(visitor, Request::ShowTrip(id), Trip)?;
    let timing = moved(trip.timing, shift).ok_or_else(|| Trouble::nothing(visitor.page()))?;
    let change = TripChangeAsked { timing: Some(timing), ..TripChangeAsked::default() };
    visitor.ask(Request::ChangeTrip { trip: id, change }).await?;
    Ok(Redirect::to(&format!("/desk/trip/{id}")))
}

/// Returns the time so many minutes later; none for a trip without a time.
fn moved(timing: Timing, shift: i32) -> Option<Timing> {
    let later = |at: DateTime| {
        let shift = Some(shift).filter(|shift| shift.unsigned_abs() <= SHIFT_MAX)?;
        at.checked_add(shift.minutes()).ok()
    };
    match timing {
        Timing::PickUp(at) => later(at).map(Timing::PickUp),
        Timing::Appointment(at) => later(at).map(Timing::Appointment),
        Timing::WillCall(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_trip_is_moved_on_the_wall_clock_and_not_out_of_sight() {
        let day = date(2026, 12, 1);
        let half_past = Timing::PickUp(day.at(9, 30, 0, 0));
        assert_eq!(moved(half_past, -45), Some(Timing::PickUp(day.at(8, 45, 0, 0))));
        assert_eq!(moved(half_past, i32::MIN + 1), None);
        assert_eq!(moved(half_past, i32::MIN), None);
        assert_eq!(moved(Timing::WillCall(day), 10), None);
    }
}
