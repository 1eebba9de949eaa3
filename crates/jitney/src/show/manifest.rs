//! A driver's day, as text for the screen and for paper.

use std::fmt::Write as _;

use jitney_domain::Zone;
use jitney_domain::run::Leg;
use jitney_node::person::{Place, RiderDetails};
use jitney_node::view::{Manifest, ManifestStop};

use super::need::need;
use super::time::{local_clock, window};
use super::{count, day, moment};

/// Returns a driver's day for the screen.
pub(crate) fn manifest(manifest: &Manifest) -> String {
    lay_out(manifest, false)
}

/// Returns a driver's day for paper: with lines to write times and distances on.
pub(crate) fn paper(manifest: &Manifest) -> String {
    lay_out(manifest, true)
}

fn lay_out(manifest: &Manifest, on_paper: bool) -> String {
    let Ok(zone) = Zone::named(&manifest.zone) else {
        return format!("the time zone {} is not known to this program; upgrade it", manifest.zone);
    };
    let office = manifest.coop_phone.as_ref().map(|phone| format!(", phone {phone}")).unwrap_or_default();
    let mut text = format!(
        "{}: driver {}, {}{office}\n{}, as of {}\n",
        day(manifest.day),
        manifest.driver,
        manifest.coop,
        count(manifest.stops.len(), "stop", "stops"),
        moment(manifest.made_at, &zone)
    );
    for stop in &manifest.stops {
        text.push('\n');
        text.push_str(&self::stop(stop, stop.details.as_ref(), &zone));
        if on_paper {
            text.push_str(lines(stop.leg));
        }
    }
    if !manifest.stops.is_empty() {
        let _ = write!(
            text,
            "\nAt the door, wait {} before a no-show; then phone the office.",
            manifest.wait_limit
        );
    }
    text
}

fn stop(stop: &ManifestStop, details: Option<&RiderDetails>, zone: &Zone) -> String {
    let leg = match stop.leg {
        Leg::PickUp => "FETCH   ",
        Leg::DropOff => "SET DOWN",
    };
    let state = match stop.done {
        Some(at) => format!("done {}", local_clock(at, zone)),
        None => stop.state.clone(),
    };
    let at = local_clock(stop.planned, zone);
    let span = window(&stop.window, zone);
    let mut text = format!("{at}  {leg}  lift {}  ({span})  {state}\n", stop.lift);
    let mut say = |line: &str| {
        if !line.is_empty() {
            let _ = writeln!(text, "       {line}");
        }
    };
    match details {
        None => say(&format!("{} (name and door follow once it is confirmed)", stop.about)),
        Some(details) => {
            let phone = details.phone.as_ref().map(|phone| format!(", phone {phone}")).unwrap_or_default();
            say(&format!("{}{phone}", details.name));
            say(&door(if stop.leg == Leg::PickUp { &details.places.from } else { &details.places.to }));
            if stop.leg == Leg::PickUp {
                say(&format!("the word is \"{}\"; trip {}", details.word, details.confirmation));
                say(&details.places.note);
                let office =
                    details.coop_phone.as_ref().map(|phone| format!(", phone {phone}")).unwrap_or_default();
                say(&format!("rider of {}{office}", details.coop));
            }
        }
    }
    say(&need(&stop.requirement));
    text
}

fn door(place: &Place) -> String {
    let mut text = place.label.clone();
    if !place.note.is_empty() {
        let _ = write!(text, "; {}", place.note);
    }
    text
}

/// Returns what is written by hand at a stop.
fn lines(leg: Leg) -> &'static str {
    match leg {
        Leg::PickUp => "       arrived ____:____   on board ____:____   odometer ____________\n",
        Leg::DropOff => "       set down ____:____   odometer ____________   signed ____________\n",
    }
}
