//! Alarms as text: the most urgent first, with whom to phone and what to say.

use std::fmt::Write as _;

use jitney_domain::Zone;
use jitney_domain::alarm::Urgency;
use jitney_node::view::{Alarm, Alarms, Call, Taken};

use super::{count, moment};

/// Returns all alarms.
pub(crate) fn alarms(view: &Alarms, zone: &Zone) -> String {
    if view.alarms.is_empty() {
        return "no alarms".to_owned();
    }
    let now = view.alarms.iter().filter(|alarm| alarm.urgency == Urgency::Now).count();
    let mut text = format!("{}, {now} to see to now\n", count(view.alarms.len(), "alarm", "alarms"));
    for alarm in &view.alarms {
        let _ = write!(text, "\n{}", one(alarm, zone));
    }
    text
}

fn one(alarm: &Alarm, zone: &Zone) -> String {
    let mut text = format!("{}  {}\n", how_soon(alarm.urgency, zone), line(alarm));
    for call in &alarm.calls {
        let _ = writeln!(text, "  {}\n    \"{}\"", whom(call), call.say);
    }
    if let Some(taken) = &alarm.taken {
        let _ = writeln!(text, "  in the hands of {} since {}", hands(taken), moment(taken.at, zone));
    }
    for command in &alarm.next {
        let _ = writeln!(text, "  then {command}");
    }
    if alarm.taken.is_none() {
        let _ = writeln!(text, "  in your hands: jitney alarms take {}", alarm.id.short());
    }
    text
}

fn hands(taken: &Taken) -> &str {
    taken.by.as_deref().unwrap_or("the operator")
}

/// Lists who has taken which alarm.
pub(crate) fn trail(trail: &[Taken], zone: &Zone) -> String {
    if trail.is_empty() {
        return "nobody has taken an alarm yet".to_owned();
    }
    let mut text = String::new();
    for taken in trail {
        let about = taken.trip.map(|trip| format!("  trip {trip}"));
        let about = about.or(taken.lift.map(|lift| format!("  lift {lift}"))).unwrap_or_default();
        let _ = writeln!(text, "{}  {}  {}{about}", moment(taken.at, zone), hands(taken), taken.kind);
    }
    text
}

/// Returns what an alarm is about and what is wrong, on one line.
pub(super) fn line(alarm: &Alarm) -> String {
    format!("{}: {}", alarm.about, alarm.says)
}

fn how_soon(urgency: Urgency, zone: &Zone) -> String {
    match urgency {
        Urgency::Now => "NOW".to_owned(),
        Urgency::Before(by) => format!("before {}", moment(by, zone)),
        Urgency::Today => "today".to_owned(),
    }
}

fn whom(call: &Call) -> String {
    let who = call.by.as_ref().map_or_else(|| "phone".to_owned(), |driver| format!("{driver} phones"));
    match &call.phone {
        Some(phone) => format!("{who} {}, {phone}", call.whom),
        None => format!("{who} {}, whose number is not noted", call.whom),
    }
}
