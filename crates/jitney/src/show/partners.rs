//! Agreements with partner coops and places to spare, as text.

use jitney_domain::{Load, Zone};
use jitney_node::view::{Agreement, Capacity};

use super::time::window;
use super::{Table, count, day, listed};

/// Returns what holds between us and each partner.
pub(crate) fn agreements(agreements: &[Agreement]) -> String {
    if agreements.is_empty() {
        return "no partner coops".to_owned();
    }
    let mut table = Table::new(&["ORDER", "COOP", "CLAIM", "AWARD", "DETOUR", "NOTICE", "RATE", "FROM"]);
    for agreement in agreements {
        let alone = |yes| if yes { "by itself" } else { "by hand" }.to_owned();
        table.row([
            agreement.rank.to_string(),
            agreement.name.clone(),
            alone(agreement.claim),
            alone(agreement.award),
            agreement.max_detour.map_or_else(|| "any".to_owned(), |most| most.to_string()),
            agreement.least_notice.to_string(),
            agreement.rate.to_string(),
            if agreement.agreed.is_some() { "agreement" } else { "policy" }.to_owned(),
        ]);
    }
    table.to_string()
}

/// Returns the places to spare.
pub(crate) fn capacity(all: &[Capacity], zone: &Zone) -> String {
    if all.is_empty() {
        return "no places to spare".to_owned();
    }
    let headings = ["PLACES", "COOP", "DAY", "LEAVES", "ARRIVES", "FROM", "TO", "FREE"];
    let mut table = Table::new(&headings);
    for one in all {
        table.row([
            one.capacity.short(),
            if one.run.is_some() { "ours".to_owned() } else { one.coop.clone() },
            day(one.leaves.from.local(zone).date()),
            window(&one.leaves, zone),
            window(&one.arrives, zone),
            one.from.clone(),
            one.to.clone(),
            places(one.spare, one.ramp),
        ]);
    }
    table.to_string()
}

fn places(spare: Load, ramp: bool) -> String {
    let mut words = Vec::new();
    if spare.seats > 0 {
        words.push(count(usize::from(spare.seats), "seat", "seats"));
    }
    if spare.wheelchairs > 0 {
        words.push(count(usize::from(spare.wheelchairs), "wheelchair space", "wheelchair spaces"));
    }
    if ramp {
        words.push("ramp or lift".to_owned());
    }
    listed(&words, "and")
}
