//! The federation's coops, as text.

use std::fmt::Write as _;

use jitney_domain::Zone;
use jitney_node::view::{Node, Roster};

use super::{Table, count};

/// Returns the roster: who belongs, who is there, who waits.
pub(crate) fn roster(roster: &Roster) -> String {
    let mut text = format!(
        "{}, roster {}, {}\nid {}\n\n",
        roster.name,
        roster.version,
        count(roster.coops.len(), "coop", "coops"),
        roster.id
    );
    let mut table = Table::new(&["COOP", "PHONE", "THERE", "KEY IN WORDS"]);
    for coop in &roster.coops {
        let there = match (coop.us, coop.connected) {
            (true, _) => "us",
            (false, true) => "connected",
            (false, false) => "away",
        };
        table.row([
            coop.name.clone(),
            coop.phone.clone().unwrap_or_default(),
            there.to_owned(),
            coop.fingerprint.clone(),
        ]);
    }
    let _ = write!(text, "{table}");
    for barred in roster.coops.iter().filter(|coop| coop.barred) {
        let _ = writeln!(
            text,
            "\n{} has signed contradictory entries: nothing new is agreed with it. Phone it, then \
             `jitney federation clear \"{}\" --why …`",
            barred.name, barred.name
        );
    }
    for waiting in &roster.waiting {
        let next = if waiting.we_signed {
            "we have signed".to_owned()
        } else {
            format!(
                "have the words read to you over the phone, then `jitney federation admit {}`",
                waiting.fingerprint
            )
        };
        let _ = writeln!(
            text,
            "\n{} waits to join, {} of {} signatures; its key is {}; {next}",
            waiting.name, waiting.signed, waiting.needed, waiting.fingerprint
        );
    }
    text
}

/// Returns the nodes that speak for coops.
pub(crate) fn nodes(nodes: &[Node], zone: &Zone) -> String {
    let mut table = Table::new(&["COOP", "SPEAKS UNTIL", "THERE", "KEY IN WORDS"]);
    for node in nodes {
        let there = match (node.us, node.speaks, node.connected) {
            (true, ..) => "this one",
            (_, false, _) => "revoked",
            (_, _, true) => "connected",
            _ => "away",
        };
        table.row([
            node.coop.clone(),
            super::time::moment(node.until, zone),
            there.to_owned(),
            node.fingerprint.clone(),
        ]);
    }
    table.to_string()
}
