//! A node's condition, the coop's rules and a member's own membership, as text.

use jitney_domain::Policy;
use jitney_node::view::{FederationStatus, Joining, Me, Status};

use super::{Table, count, moment};

/// Returns a node's condition.
pub(crate) fn status(status: &Status) -> String {
    let mut table = Table::bare();
    let mut say = |what: &str, text: String| table.row([what.to_owned(), text]);
    say("coop", status.coop.clone());
    say("key", status.key.to_string());
    say("in words", status.fingerprint.clone());
    say("node", status.node.to_string());
    let now =
        jitney_domain::Zone::named(&status.zone).map(|zone| moment(status.now, &zone)).unwrap_or_default();
    say("clock", format!("{now} {}", status.zone));
    let members: Vec<String> =
        status.members.iter().map(|(role, number)| count(*number, role, &format!("{role}s"))).collect();
    say("members", if members.is_empty() { "none yet".to_owned() } else { members.join(", ") });
    say("trips", format!("{} open", status.open_trips));
    say(
        "stored",
        format!("step {}, {}, digest {}", status.sequence, bytes(status.disk), short(&status.digest)),
    );
    for address in &status.listening {
        say("listening", address.clone());
    }
    match (&status.federation, &status.joining, &status.not_admitted) {
        (Some(federation), ..) => say("federation", self::federation(federation)),
        (None, Some(joining), _) => say("federation", self::joining(joining)),
        (None, None, Some(why)) => say("federation", format!("none; this coop was not admitted: {why}")),
        (None, None, None) => say("federation", "none; this coop works alone".to_owned()),
    }
    if let Some(trouble) = &status.driving_times {
        say("roads", format!("! {}: {}", trouble.what, trouble.next));
    }
    table.to_string()
}

fn federation(view: &FederationStatus) -> String {
    let mut text = format!(
        "{} (roster {}): {}, {} connected, {}",
        view.name,
        view.roster_version,
        count(view.coops, "coop", "coops"),
        view.connected,
        count(view.entries, "live entry", "live entries"),
    );
    if view.outbox > 0 {
        let oldest = view.outbox_oldest_s.unwrap_or(0) / 60;
        text.push_str(&format!(
            "; {} not acknowledged yet, the oldest for {oldest} min",
            count(view.outbox, "message", "messages")
        ));
    }
    text
}

fn joining(view: &Joining) -> String {
    let see = if view.signed.is_some() { "; they see us with `jitney federation roster`" } else { "" };
    format!("this coop {view}{see}")
}

/// Returns a number of bytes as people read it.
fn bytes(number: u64) -> String {
    const MIB: u64 = 1024 * 1024;
    if number < MIB { format!("{} KiB", number / 1024) } else { format!("{} MiB", number / MIB) }
}

fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}

/// Returns the coop's rules, each as it is set.
pub(crate) fn policy(policy: &Policy) -> String {
    let mut table = Table::bare();
    if let Ok(serde_json::Value::Object(rules)) = serde_json::to_value(policy) {
        for (name, value) in rules {
            let value = match value {
                serde_json::Value::Array(items) => {
                    let items: Vec<&str> = items.iter().filter_map(serde_json::Value::as_str).collect();
                    items.join(",")
                }
                other => other.to_string(),
            };
            table.row([name.replace('_', "-"), value]);
        }
    }
    table.to_string()
}

/// Returns who a member is to their coop.
pub(crate) fn me(me: &Me) -> String {
    let roles: Vec<String> = me.roles.iter().map(ToString::to_string).collect();
    format!("member {} of {}: {}", me.member, me.coop, roles.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_listed_as_they_are_set() {
        let text = policy(&Policy::default());
        assert!(text.contains("wait-limit"));
        assert!(text.contains("licence,criminal-record,insurance"));
        assert_eq!((bytes(4096), bytes(5 << 20)), ("4 KiB".to_owned(), "5 MiB".to_owned()));
    }
}
