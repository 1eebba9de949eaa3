//! A planned day, as text.

use std::fmt::Write as _;

use jitney_domain::{TripId, Zone};
use jitney_node::view::{Comes, DayPlan, Given, PlanChange, PlanProgress, Trip};

use super::time::local_clock;
use super::trip::rider;
use super::{Table, count, day};

/// Returns how far a search is.
pub(crate) fn progress(progress: &PlanProgress) -> String {
    let unmet = count(progress.unmet, "trip", "trips");
    format!("planning: {:.0} %, {unmet} with nobody so far", progress.done * 100.0)
}

/// Returns what trips that change hands cost.
pub(crate) fn given(given: &[Given], zone: &Zone) -> String {
    let mut table = Table::new(&["TRIP", "RIDER", "NOW", "THEN", "MORE DRIVING"]);
    for Given { trip, rider, from, to, added, .. } in given {
        let who = |comes: &Comes| format!("{} at {}", comes.name, local_clock(comes.at, zone));
        let now = from.as_ref().map_or_else(|| "nobody".to_owned(), who);
        table.row([trip.to_string(), rider.clone(), now, who(to), added.to_string()]);
    }
    table.to_string()
}

/// Returns a plan: what it is worth, whom one would have to tell what, and what nobody would drive.
pub(crate) fn day_plan(plan: &DayPlan, trips: &[Trip], zone: &Zone) -> String {
    let mut text = format!("{}, {} to plan\n", day(plan.day), count(plan.trips, "trip", "trips"));
    let _ = writeln!(
        text,
        "served   {} now, {} by the plan\ndriving  {} now, {} by the plan",
        plan.served_before, plan.served_after, plan.driving_before, plan.driving_after
    );
    let rider = |id: TripId| trips.iter().find(|trip| trip.trip == id).map(rider).unwrap_or_default();
    if !plan.changes.is_empty() {
        let mut table = Table::new(&["TRIP", "RIDER", "NOW", "BY THE PLAN", "PICK-UP"]);
        for change in &plan.changes {
            let who = |comes: &Option<Comes>| match comes {
                Some(comes) => {
                    let asked = if comes.to_be_asked { ", to be asked" } else { "" };
                    format!("{} at {}{asked}", comes.name, local_clock(comes.at, zone))
                }
                None => "nobody".to_owned(),
            };
            table.row([
                change.trip.to_string(),
                rider(change.trip),
                who(&change.from),
                who(&change.to),
                moved(change),
            ]);
        }
        let _ = write!(text, "\n{table}");
    }
    if !plan.unmet.is_empty() {
        let mut table = Table::new(&["NOBODY FOR", "RIDER", "ONE OF THESE WOULD DO"]);
        for unmet in &plan.unmet {
            let promised = if unmet.promised { " (promised)" } else { "" };
            let would_do = match unmet.would_do.is_empty() {
                true => "no single thing".to_owned(),
                false => unmet.would_do.join("; "),
            };
            table.row([format!("{}{promised}", unmet.trip), rider(unmet.trip), would_do]);
        }
        let _ = write!(text, "\n{table}");
    }
    let last = match (plan.applied, plan.moved) {
        (true, moved) => format!("{} given to drivers", count(moved, "trip is", "trips are")),
        (false, 0) => "nothing would change hands".to_owned(),
        (false, _) => "nothing is changed yet; have it so with --apply".to_owned(),
    };
    let _ = write!(text, "\n{last}");
    text
}

/// Says how the time changes that the rider was told.
fn moved(change: &PlanChange) -> String {
    match (&change.from, &change.to) {
        (Some(from), Some(to)) if to.at < from.at => format!("{} earlier", from.at.minutes_since(to.at)),
        (Some(from), Some(to)) if to.at > from.at => format!("{} later", to.at.minutes_since(from.at)),
        (Some(_), Some(_)) => "as told".to_owned(),
        (Some(_), None) => "broken".to_owned(),
        _ => String::new(),
    }
}
