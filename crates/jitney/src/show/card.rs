//! Cards and sessions as text.

use jitney_domain::Zone;
use jitney_node::view::{AccessCard, NewCard, Session};

use super::{Table, count, moment};

/// Returns what is written on a new card.
pub(crate) fn new_card(view: &NewCard) -> String {
    format!(
        "{}\ncard {} of {} ({}), as {}; the code is shown this once, hand it over in private",
        view.code,
        view.card.short(),
        view.name,
        view.member,
        view.role
    )
}

/// Returns the list of cards.
pub(crate) fn cards(views: &[AccessCard], zone: &Zone) -> String {
    if views.is_empty() {
        return "no cards; issue one with `jitney card issue`".to_owned();
    }
    let mut table = Table::new(&["CARD", "NO", "NAME", "AS", "SINCE", "SIGNED IN"]);
    for card in views {
        table.row([
            card.card.short(),
            card.member.to_string(),
            card.name.clone(),
            card.role.to_string(),
            moment(card.issued, zone),
            count(card.devices, "device", "devices"),
        ]);
    }
    table.to_string()
}

/// Returns who is signed in.
pub(crate) fn session(view: &Session, zone: &Zone) -> String {
    format!("{} ({}), as {}, until {}", view.name, view.member, view.role, moment(view.until, zone))
}
