//! The sentence a dispatcher reads back to the caller after booking.

use std::fmt::Write as _;

use jitney_domain::Zone;
use jitney_domain::trip::Timing;
use jitney_node::view::{Booked, Carriage, Trip};

use super::time::{clock, local_clock, spoken_day};

/// Returns in plain words who is fetched when and where, how they come home, and their confirmation
/// number digit by digit. Of a subscription the first day is read back.
pub(crate) fn read_back(booked: &Booked, zone: &Zone) -> String {
    let Some(out) = booked.trips.first() else {
        return "Nothing has been booked yet.".to_owned();
    };
    let mut text = way_out(out, zone);
    let home = booked.trips.iter().find(|trip| trip.outbound == Some(out.trip));
    if let Some(home) = home {
        let _ = write!(text, " {}", way_home(home, zone));
    }
    if booked.subscription.is_some() {
        text.push_str(" From then on you need not book again; call us when a day shall be left out.");
    }
    let _ = write!(text, " Your confirmation number is {}.", spelled(&out.confirmation));
    text
}

fn way_out(trip: &Trip, zone: &Zone) -> String {
    let name = trip.rider_name.clone().unwrap_or_else(|| format!("Rider {}", trip.rider));
    let (from, to) = match &trip.places {
        Some(places) => (places.from.label.as_str(), places.to.label.as_str()),
        None => ("the agreed place", "the agreed place"),
    };
    let when = match &trip.windows {
        Some(windows) => format!(
            "between {} and {}",
            local_clock(windows.pick_up.from, zone),
            local_clock(windows.pick_up.to, zone)
        ),
        None => "when you call us".to_owned(),
    };
    let by = match trip.timing {
        Timing::Appointment(at) => format!(", there by {}", clock(at.time())),
        Timing::PickUp(_) | Timing::WillCall(_) => String::new(),
    };
    let day = spoken_day(trip.date);
    let mut text = format!("{name}, on {day} we fetch you {when} at {from} and bring you to {to}{by}.");
    match driver(trip) {
        Some(driver) => text.push_str(&driver),
        None => text.push_str(" We will tell you who comes."),
    }
    text
}

fn way_home(trip: &Trip, zone: &Zone) -> String {
    match (&trip.timing, &trip.windows) {
        (Timing::WillCall(_), _) | (_, None) => "For the way home, call us when you are ready.".to_owned(),
        (_, Some(windows)) => format!(
            "For the way home we fetch you between {} and {}.{}",
            local_clock(windows.pick_up.from, zone),
            local_clock(windows.pick_up.to, zone),
            driver(trip).unwrap_or_default()
        ),
    }
}

/// Says who comes, once that is certain.
fn driver(trip: &Trip) -> Option<String> {
    match &trip.carriage {
        Carriage::Confirmed { card: Some(card), .. } => {
            Some(format!(" {} comes in a {}; the word is \"{}\".", card.driver, card.vehicle, card.word))
        }
        Carriage::Confirmed { provider, .. } => Some(format!(" {provider} comes.")),
        _ => None,
    }
}

/// Returns a number digit by digit: "1 0 0 0 1 - 8".
fn spelled(number: &str) -> String {
    let characters: Vec<String> = number.chars().map(String::from).collect();
    characters.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;
    use jitney_domain::booking::{Card, Progress};
    use jitney_domain::trip::Windows;
    use jitney_domain::{Coordinate, MemberId, Minutes, Requirement, TripId, Window};
    use jitney_node::person::{Place, TripPlaces};

    fn paris() -> Zone {
        Zone::named("Europe/Paris").unwrap()
    }

    fn place(label: &str) -> Place {
        Place { label: label.to_owned(), at: Coordinate::new(48.5, 9.0).unwrap(), note: String::new() }
    }

    fn trip(number: u32, timing: Timing) -> Trip {
        let windows = match timing {
            Timing::PickUp(at) | Timing::Appointment(at) => {
                let at = paris().moment(at).unwrap();
                let pick_up = Window { from: at.before(Minutes(10)), to: at.after(Minutes(20)) };
                Some(Windows { pick_up, drop_off: pick_up, preferred: at })
            }
            Timing::WillCall(_) => None,
        };
        Trip {
            trip: TripId(number),
            confirmation: TripId(number).to_string(),
            rider: MemberId(1001),
            rider_name: Some("Ada Miller".to_owned()),
            date: timing.date(),
            timing,
            windows,
            places: Some(TripPlaces {
                from: place("12 Mill Lane"),
                to: place("County Clinic"),
                note: String::new(),
            }),
            requirement: Requirement::default(),
            direct: Minutes(15),
            return_trip: None,
            outbound: None,
            subscription: None,
            ticket: None,
            claims: Vec::new(),
            carriage: Carriage::Unassigned,
            attention: Vec::new(),
        }
    }

    #[test]
    fn the_caller_hears_when_where_and_the_number() {
        let out = trip(10_001, Timing::PickUp(datetime(2026, 3, 10, 10, 0, 0, 0)));
        let home = Trip {
            outbound: Some(out.trip),
            ..trip(10_002, Timing::WillCall(jiff::civil::date(2026, 3, 10)))
        };
        let said = read_back(&Booked { trips: vec![out, home], subscription: None }, &paris());
        let number = spelled(&TripId(10_001).to_string());
        assert_eq!(
            said,
            format!(
                "Ada Miller, on Tuesday 10 March we fetch you between 09:50 and 10:20 at 12 Mill Lane and bring \
                 you to County Clinic. We will tell you who comes. For the way home, call us when you are ready. \
                 Your confirmation number is {number}."
            )
        );
        assert!(number.starts_with("1 0 0 0 1 - "));
    }

    #[test]
    fn once_the_driver_has_confirmed_the_caller_hears_who_comes_and_the_word() {
        let timing = Timing::Appointment(datetime(2026, 3, 10, 10, 0, 0, 0));
        let mut out = trip(10_001, timing);
        out.carriage = Carriage::Confirmed {
            provider: "Ben Carter".to_owned(),
            pick_up_at: out.windows.unwrap().preferred,
            card: Some(Card {
                driver: "Ben".to_owned(),
                vehicle: "blue Toyota Yaris".to_owned(),
                word: "heron".to_owned(),
            }),
            progress: Progress::Booked,
        };
        let said = read_back(&Booked { trips: vec![out], subscription: None }, &paris());
        assert!(said.contains("bring you to County Clinic, there by 10:00."));
        assert!(said.contains("Ben comes in a blue Toyota Yaris; the word is \"heron\"."));
        assert!(!said.contains("way home"));
    }
}
