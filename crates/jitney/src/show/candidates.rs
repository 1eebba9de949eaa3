//! Who could take a trip, and when, as text.

use jitney_domain::Zone;
use jitney_node::view::{Candidate, Candidates, Openings, Unable};

use super::Table;
use super::time::{local_clock, window};

/// Returns who could take a trip and why not the others.
pub(crate) fn candidates(candidates: &Candidates, zone: &Zone) -> String {
    let mut text = String::new();
    if candidates.can.is_empty() {
        text.push_str("none of our drivers can take it\n");
    } else {
        let mut table = Table::new(&["DRIVER", "NAME", "FETCHES", "THERE AT", "MORE DRIVING", "WHY"]);
        for candidate in &candidates.can {
            table.row([
                candidate.driver.to_string(),
                candidate.name.clone(),
                local_clock(candidate.pick_up_at, zone),
                local_clock(candidate.drop_off_at, zone),
                candidate.added.to_string(),
                reasons(candidate),
            ]);
        }
        text.push_str(&table.to_string());
    }
    text.push_str(&cannot(&candidates.cannot));
    text
}

/// Returns when each driver could take a trip, and why the others never could that day.
pub(crate) fn openings(openings: &Openings, zone: &Zone) -> String {
    let mut text = String::new();
    if openings.can.is_empty() {
        text.push_str("none of our drivers can take it at any time that day\n");
    } else {
        let mut table =
            Table::new(&["MOVED", "DRIVER", "NAME", "FETCHED", "THERE AT", "MORE DRIVING", "WHY"]);
        for opening in &openings.can {
            let candidate = &opening.candidate;
            table.row([
                opening.moved.clone(),
                candidate.driver.to_string(),
                candidate.name.clone(),
                window(&opening.pick_up, zone),
                local_clock(candidate.drop_off_at, zone),
                candidate.added.to_string(),
                reasons(candidate),
            ]);
        }
        text.push_str(&table.to_string());
    }
    text.push_str(&cannot(&openings.cannot));
    text
}

fn reasons(candidate: &Candidate) -> String {
    let mut reasons = candidate.reasons.clone();
    if candidate.ask {
        reasons.push("must be asked".to_owned());
    }
    reasons.join("; ")
}

fn cannot(unable: &[Unable]) -> String {
    if unable.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["CANNOT", "NAME", "WHY"]);
    for unable in unable {
        table.row([unable.driver.to_string(), unable.name.clone(), unable.why.clone()]);
    }
    format!("\n{table}")
}
