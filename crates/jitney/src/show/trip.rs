//! Trips, who could take them, and standing orders, as text.

use std::fmt::Write as _;

use jiff::civil::Date;
use jitney_domain::Zone;
use jitney_node::view::{Booked, Carriage, Subscription, Trip};

use super::need::need;
use super::read_back::read_back;
use super::ticket::kilometres;
use super::time::{local_clock, timing, window};
use super::{Table, count, day, moment};

/// Returns who carries a trip, in a few words.
pub(super) fn carriage(trip: &Trip, zone: &Zone) -> String {
    match &trip.carriage {
        Carriage::Unassigned => "nobody yet".to_owned(),
        Carriage::WillCall => "waits for the call".to_owned(),
        Carriage::Offered { shared: false, .. } => "nobody yet".to_owned(),
        Carriage::Offered { claims: 0, .. } => "offered to partners".to_owned(),
        Carriage::Offered { claims, .. } => format!("offered, {}", count(*claims, "claim", "claims")),
        Carriage::Asked { provider, respond_by } => {
            format!("asked {provider}, answer by {}", moment(*respond_by, zone))
        }
        Carriage::Confirmed { provider, pick_up_at, progress, .. } => {
            format!("{provider} at {}, {progress}", local_clock(*pick_up_at, zone))
        }
        Carriage::Over { outcome, provider: None } => outcome.to_string(),
        Carriage::Over { outcome, provider: Some(provider) } => format!("{outcome} ({provider})"),
    }
}

/// Returns the rider's name, or their number where the name is erased.
pub(super) fn rider(trip: &Trip) -> String {
    trip.rider_name.clone().unwrap_or_else(|| format!("rider {}", trip.rider))
}

/// Returns the way: "12 Mill Lane → County Clinic".
pub(super) fn way(trip: &Trip) -> String {
    match &trip.places {
        Some(places) => format!("{} → {}", places.from.label, places.to.label),
        None => "(erased)".to_owned(),
    }
}

/// Returns the list of trips.
pub(crate) fn trips(trips: &[Trip], zone: &Zone) -> String {
    if trips.is_empty() {
        return "no trips".to_owned();
    }
    let mut table = Table::new(&["TRIP", "DAY", "TIME", "RIDER", "WAY", "NEEDS", "CARRIED BY"]);
    for trip in trips {
        table.row([
            trip.confirmation.clone(),
            day(trip.date),
            timing(&trip.timing),
            rider(trip),
            way(trip),
            need(&trip.requirement),
            carriage(trip, zone),
        ]);
    }
    table.to_string()
}

/// Returns all that is known of a trip.
pub(crate) fn trip(trip: &Trip, zone: &Zone) -> String {
    let mut table = Table::bare();
    let mut say = |what: &str, text: String| {
        if !text.is_empty() {
            table.row([what.to_owned(), text]);
        }
    };
    say("trip", trip.confirmation.clone());
    say("rider", format!("{} ({})", rider(trip), trip.rider));
    say("when", format!("{} {}", day(trip.date), timing(&trip.timing)));
    if let Some(windows) = &trip.windows {
        say("fetched", window(&windows.pick_up, zone));
        say("set down", window(&windows.drop_off, zone));
    }
    say("way", format!("{}, {} direct", way(trip), trip.direct));
    if let Some(places) = &trip.places {
        say("door", places.from.note.clone());
        say("note", places.note.clone());
    }
    say("needs", need(&trip.requirement));
    say("carried by", carriage(trip, zone));
    say("locked", if trip.locked { "it stays with whoever has it".to_owned() } else { String::new() });
    if let Carriage::Confirmed { card: Some(card), .. } = &trip.carriage {
        say("driver", format!("{}, {}; the word is \"{}\"", card.driver, card.vehicle, card.word));
    }
    say("driven", trip.driven.map(|far| format!("{} km", kilometres(far))).unwrap_or_default());
    say("return", trip.return_trip.map(|other| other.to_string()).unwrap_or_default());
    say("way out", trip.outbound.map(|other| other.to_string()).unwrap_or_default());
    say("subscription", trip.subscription.map(|order| order.to_string()).unwrap_or_default());
    say("ticket", trip.ticket.map(|ticket| ticket.short()).unwrap_or_default());
    for claim in &trip.claims {
        let text = format!(
            "{} at {}, held until {}",
            claim.provider,
            local_clock(claim.pick_up_at, zone),
            moment(claim.hold_until, zone)
        );
        say(&format!("claim {}", claim.claim.short()), text);
    }
    for note in &trip.attention {
        say("!", note.clone());
    }
    table.to_string()
}

/// Says that the way home was not called off with the way out.
pub(crate) fn still_stands(home: &Trip) -> String {
    format!(
        "The way home still stands: trip {}, {} {}. Call it off too with `jitney trip cancel {}`.",
        home.confirmation,
        day(home.date),
        timing(&home.timing),
        home.confirmation
    )
}

/// Returns what was booked: the trips, and a sentence to read back to the caller.
pub(crate) fn booked(booked: &Booked, zone: &Zone, today: Date) -> String {
    let mut text = String::new();
    if !booked.trips.is_empty() {
        text.push_str(&trips(&booked.trips, zone));
    }
    match (booked.subscription, booked.begins) {
        (Some(subscription), Some(date)) => {
            let _ = writeln!(
                text,
                "subscription {subscription}: begins on {}, booked by itself when that is near",
                day(date)
            );
        }
        (Some(subscription), None) => {
            let _ = writeln!(
                text,
                "subscription {subscription}: {} booked so far",
                count(booked.trips.len(), "trip", "trips")
            );
        }
        (None, _) => {}
    }
    let _ = write!(text, "\nSay: {}", read_back(booked, zone, today));
    text
}

/// Returns the list of standing orders.
pub(crate) fn subscriptions(subscriptions: &[Subscription]) -> String {
    if subscriptions.is_empty() {
        return "no subscriptions".to_owned();
    }
    let mut table =
        Table::new(&["NO", "RIDER", "TIME", "RETURN", "RULE", "EXCEPT", "BOOKED UNTIL", "OFFERED TO"]);
    for order in subscriptions {
        let except: Vec<String> = order.except.iter().map(ToString::to_string).collect();
        let until = match (order.ended, order.booked_until) {
            (Some(ended), _) => format!("ended {}", day(ended)),
            (None, Some(until)) => day(until),
            (None, None) => String::new(),
        };
        table.row([
            order.subscription.to_string(),
            order.rider_name.clone().unwrap_or_else(|| format!("rider {}", order.rider)),
            timing(&order.timing),
            order.home.as_ref().map(timing).unwrap_or_default(),
            order.rule.clone(),
            except.join(" "),
            until,
            order.carried_by.clone().unwrap_or_default(),
        ]);
    }
    table.to_string()
}
