//! The day at a glance, as text.

use std::fmt::Write as _;

use jitney_domain::Zone;
use jitney_domain::run::Leg;
use jitney_node::view::{Board, Run, Trip};

use super::need::need;
use super::time::{local_clock, timing, window};
use super::trip::{carriage, rider, way};
use super::{Table, count, day};

/// Returns the day at a glance: what needs attention, the trips, the runs, how trips ended.
pub(crate) fn board(board: &Board) -> String {
    let Ok(zone) = Zone::named(&board.zone) else {
        return format!("the time zone {} is not known to this program; upgrade it", board.zone);
    };
    let mut text = format!("{}, {}\n", day(board.day), count(board.trips.len(), "trip", "trips"));
    if let Some(first) = &board.most_urgent {
        let alarms = count(board.alarms, "alarm", "alarms");
        let _ = writeln!(text, "{alarms}, see `jitney alarms`; first {}", super::alarm::line(first));
    }
    let pressing: Vec<&Trip> = board.trips.iter().filter(|trip| !trip.attention.is_empty()).collect();
    if !pressing.is_empty() {
        text.push_str("\nNeeds attention\n");
        for trip in pressing {
            for note in &trip.attention {
                let _ = writeln!(text, "! {} {}: {note}", trip.confirmation, rider(trip));
            }
        }
    }
    if !board.trips.is_empty() {
        let _ = write!(text, "\n{}", trips(board, &zone));
    }
    for run in &board.runs {
        let _ = write!(text, "\n{}", self::run(run, &zone));
    }
    if !board.outcomes.is_empty() {
        let ends: Vec<String> = board.outcomes.iter().map(|(outcome, n)| format!("{n} {outcome}")).collect();
        let _ = writeln!(text, "\n{}", ends.join(", "));
    }
    text
}

fn trips(board: &Board, zone: &Zone) -> Table {
    let mut table = Table::new(&["", "TRIP", "TIME", "FETCH", "RIDER", "WAY", "NEEDS", "CARRIED BY"]);
    for trip in &board.trips {
        table.row([
            if trip.attention.is_empty() { String::new() } else { "!".to_owned() },
            trip.confirmation.clone(),
            timing(&trip.timing),
            trip.windows.map(|windows| window(&windows.pick_up, zone)).unwrap_or_default(),
            rider(trip),
            way(trip),
            need(&trip.requirement),
            carriage(trip, zone),
        ]);
    }
    table
}

fn run(run: &Run, zone: &Zone) -> String {
    let mut table = Table::bare();
    for stop in &run.stops {
        let leg = match stop.leg {
            Leg::PickUp => "fetch",
            Leg::DropOff => "set down",
        };
        let whose = match (&stop.trip, &stop.partner) {
            (Some(trip), _) => trip.to_string(),
            (None, Some(partner)) => format!("for {partner}"),
            (None, None) => String::new(),
        };
        let state = match stop.done {
            Some(at) => format!("done {}", local_clock(at, zone)),
            None => stop.state.clone(),
        };
        table.row([
            format!("  {}", local_clock(stop.planned, zone)),
            leg.to_owned(),
            format!("lift {}", stop.lift),
            whose,
            state,
        ]);
    }
    let head = format!(
        "Run {}: {}, vehicle {}, {}",
        run.run,
        run.driver_name,
        run.vehicle,
        window(&run.block, zone)
    );
    format!("{head}\n{table}")
}
