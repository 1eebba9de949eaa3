//! How it stands with the federation, as text: a line a coop, then what is amiss and what to do.

use std::fmt::Write as _;

use jitney_domain::{Timestamp, Zone};
use jitney_node::view::{CoopHealth, Health, NodeHealth, OwnHealth, Reach};

use super::{Table, count, listed, moment};

/// A clock that differs by less is right, in milliseconds.
const CLOCK_RIGHT_MS: i64 = 1_000;

/// Returns how it stands with every coop, and what is to be done.
pub(crate) fn health(view: &Health, zone: &Zone) -> String {
    let mut text = format!("{}, as of {}\n{}", view.federation, moment(view.now, zone), us(&view.us, zone));
    if view.coops.is_empty() {
        text.push_str("\nno other coop belongs yet; invite one with `jitney federation invite`\n");
        return text;
    }
    let mut table = Table::new(&["COOP", "REACHED", "SYNC", "CLOCK", "VERSIONS", "WAITING FOR IT"]);
    for coop in &view.coops {
        for node in &coop.nodes {
            table.row([
                coop.name.clone(),
                reach(&node.reach, view.now, zone),
                sync(node, view.now),
                node.clock_offset_ms.map_or_else(|| "not known".to_owned(), clock),
                node.versions.map_or_else(|| "not known".to_owned(), |(min, max)| versions(min, max)),
                waiting(coop),
            ]);
        }
    }
    let _ = write!(text, "\n{table}");
    for coop in view.coops.iter().filter(|coop| coop.contradicted_since.is_some()) {
        let since = coop.contradicted_since.map(|since| moment(since, zone)).unwrap_or_default();
        let state = if coop.suspended { "nothing new is agreed with it" } else { "cleared since" };
        let _ = writeln!(text, "\n{} contradicted itself, known since {since}; {state}", coop.name);
    }
    if view.problems.is_empty() {
        text.push_str("\nnothing is amiss\n");
    }
    for problem in &view.problems {
        let _ = writeln!(text, "\n! {}\n  next: {}", problem.what, problem.next);
    }
    text
}

fn us(us: &OwnHealth, zone: &Zone) -> String {
    let mut table = Table::bare();
    let mut say = |what: &str, text: String| table.row([what.to_owned(), text]);
    for address in &us.addresses {
        say("we are at", address.clone());
    }
    for tried in &us.tried {
        let outcome = if tried.reached { "works" } else { "does not work" };
        say("tried", format!("{} {outcome}, {} at {}", tried.address, tried.by, moment(tried.at, zone)));
    }
    if us.tried.is_empty() {
        say("tried", "no partner has tried our addresses yet".to_owned());
    }
    if us.is_relay {
        say("relay", "others meet through us".to_owned());
    } else if !us.relays.is_empty() {
        say("relay", format!("others also reach us through {}", listed(&us.relays, "and")));
    }
    say("versions", versions(us.version_min, us.version_max));
    table.to_string()
}

fn versions(min: u16, max: u16) -> String {
    if min == max { max.to_string() } else { format!("{min} to {max}") }
}

fn reach(reach: &Reach, now: Timestamp, zone: &Zone) -> String {
    match reach {
        Reach::Direct { over, since } => {
            format!("directly by {}, for {}", over.to_uppercase(), span(now.0.saturating_sub(since.0)))
        }
        Reach::Relayed { through, since } => format!(
            "through {}, for {}",
            through.as_deref().unwrap_or("a relay"),
            span(now.0.saturating_sub(since.0))
        ),
        Reach::Away { since: Some(since), .. } => format!("not since {}", moment(*since, zone)),
        Reach::Away { since: None, .. } => "not yet".to_owned(),
    }
}

fn sync(node: &NodeHealth, now: Timestamp) -> String {
    let Some(last) = node.last_sync else { return "never".to_owned() };
    let ago = format!("{} ago", span(now.0.saturating_sub(last.0)));
    match (node.we_lack, node.it_lacks) {
        (0, 0) => format!("level, {ago}"),
        (0, it) => format!("it lacked {it}, {ago}"),
        (we, 0) => format!("we lack {we}, {ago}"),
        (we, it) => format!("we lack {we}, it lacked {it}, {ago}"),
    }
}

fn clock(offset_ms: i64) -> String {
    match offset_ms {
        ms if ms.abs() < CLOCK_RIGHT_MS => "right".to_owned(),
        ms if ms < 0 => format!("{} slow", span(ms.saturating_abs())),
        ms => format!("{} fast", span(ms)),
    }
}

fn waiting(coop: &CoopHealth) -> String {
    match coop.mail_oldest_s {
        None => "nothing".to_owned(),
        Some(age) => format!(
            "{}, the oldest for {}",
            count(coop.mail, "message", "messages"),
            span(age.saturating_mul(1000))
        ),
    }
}

/// Returns a span of milliseconds as people say it.
fn span(ms: i64) -> String {
    match ms.max(0) / 1000 {
        s if s < 120 => format!("{s} s"),
        s if s < 2 * 3600 => format!("{} min", s / 60),
        s if s < 2 * 86_400 => format!("{} h", s / 3600),
        s => format!("{} days", s / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use jitney_node::view::Problem;

    use super::*;

    fn node(reach: Reach) -> NodeHealth {
        let node = jitney_identity::SecretKey::from_seed([1; 32]).public();
        let now = Timestamp(1_773_131_400_000);
        NodeHealth {
            node,
            reach,
            is_relay: false,
            we_lack: 0,
            it_lacks: 3,
            last_sync: Some(Timestamp(now.0 - 5_000)),
            clock_offset_ms: Some(-190_000),
            versions: Some((1, 1)),
        }
    }

    #[test]
    fn each_coop_has_a_line_and_each_problem_a_next_step() {
        let (now, zone) = (Timestamp(1_773_131_400_000), Zone::named("Europe/Paris").unwrap());
        let relayed =
            Reach::Relayed { through: Some("Elm Drivers".to_owned()), since: Timestamp(now.0 - 600_000) };
        let coop = CoopHealth {
            name: "Oak Rides".to_owned(),
            coop: node(relayed.clone()).node,
            phone: None,
            nodes: vec![node(relayed)],
            mail: 2,
            mail_oldest_s: Some(7_500),
            contradicted_since: Some(now),
            suspended: true,
        };
        let us = OwnHealth {
            addresses: vec!["/ip4/192.0.2.1/tcp/4190".to_owned()],
            tried: Vec::new(),
            relays: vec!["Elm Drivers".to_owned()],
            is_relay: false,
            clock_offset_ms: 0,
            clock_suspect: false,
            version_min: 1,
            version_max: 2,
        };
        let problem = Problem { what: "something".to_owned(), next: "do it".to_owned() };
        let view =
            Health { federation: "Valley".to_owned(), now, us, coops: vec![coop], problems: vec![problem] };
        let text = health(&view, &zone);
        for part in [
            "others also reach us through Elm Drivers",
            "versions   1 to 2",
            "Oak Rides  through Elm Drivers, for 10 min  it lacked 3, 5 s ago  3 min slow  1         2 messages, the oldest for 2 h",
            "Oak Rides contradicted itself, known since Tue 2026-03-10 09:30; nothing new is agreed with it",
            "! something\n  next: do it",
        ] {
            assert!(text.contains(part), "{part}\n--\n{text}");
        }
    }
}
