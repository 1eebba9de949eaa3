//! A driver's time, as text.

use jitney_domain::Zone;
use jitney_domain::availability::Hours as Span;
use jitney_node::view::Hours;

use super::{Table, clock, day, moment};

fn span(hours: &Span) -> String {
    format!("{}-{}", clock(hours.from), clock(hours.to))
}

/// Returns a driver's hours, extra days and leave.
pub(crate) fn hours(view: &Hours, zone: &Zone) -> String {
    let mut table = Table::bare();
    let given = &view.availability;
    for weekly in &given.weekly {
        let name = format!("{:?}", weekly.day);
        table.row(["every".to_owned(), name, span(&weekly.hours)]);
    }
    for pause in &given.breaks {
        let row =
            ["break".to_owned(), format!("{:?}", pause.day), span(&pause.between), pause.length.to_string()];
        table.row(row);
    }
    for (date, hours) in &given.days {
        table.row(["on".to_owned(), day(*date), span(hours)]);
    }
    for leave in &given.leave {
        table.row(["away".to_owned(), day(leave.from), format!("to {}", day(leave.to))]);
    }
    if given.weekly.is_empty() && given.days.is_empty() && given.leave.is_empty() && given.breaks.is_empty() {
        return "no hours given yet; give some with `jitney drive availability --weekly \"mon 9:00-13:00\"`"
            .to_owned();
    }
    let mut text = table.to_string();
    for lift in &view.promised {
        text.push_str(&format!(
            "! lift {} at {} is still the driver's: phone the office, or say no with `jitney drive decline {}`\n",
            lift.lift,
            moment(lift.pick_up_at, zone),
            lift.lift
        ));
    }
    text
}
