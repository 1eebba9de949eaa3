//! The sentence a dispatcher reads back to the caller after booking.

use std::fmt::Write as _;

use jiff::civil::Date;
use jitney_domain::trip::Timing;
use jitney_domain::{Window, Zone};
use jitney_node::view::{Booked, Carriage, Trip};

use super::time::{clock, spoken_clock, spoken_day_from, which};

/// Returns in plain words who is fetched when and where, how they come home, and their confirmation
/// number digit by digit. Of a subscription the first day is read back.
pub(crate) fn read_back(booked: &Booked, zone: &Zone, today: Date) -> String {
    let Some(out) = booked.trips.first() else {
        return match booked.begins {
            Some(date) => format!(
                "Your trips begin on {}; you need not book again. We will tell you who comes when the day is near.",
                spoken_day_from(date, today)
            ),
            None => "Nothing has been booked: the rule names no day that is still to come.".to_owned(),
        };
    };
    let mut text = way_out(out, zone, today);
    let home = booked.trips.iter().find(|trip| trip.outbound == Some(out.trip));
    if let Some(home) = home {
        let _ = write!(text, " {}", way_home(home, out.date, zone, today));
    }
    if booked.subscription.is_some() {
        text.push_str(" From then on you need not book again; call us when a day shall be left out.");
    }
    let _ = write!(text, " Your confirmation number is {}.", spelled(&out.confirmation));
    text
}

fn way_out(trip: &Trip, zone: &Zone, today: Date) -> String {
    let name = trip.rider_name.clone().unwrap_or_else(|| format!("Rider {}", trip.rider));
    let (from, to) = match &trip.places {
        Some(places) => (places.from.label.as_str(), places.to.label.as_str()),
        None => ("the agreed place", "the agreed place"),
    };
    let by = match trip.timing {
        Timing::Appointment(at) => {
            let which = zone.moment(at).map_or("", |moment| which(moment, zone));
            format!(", there by {}{which}", clock(at.time()))
        }
        Timing::PickUp(_) | Timing::WillCall(_) => String::new(),
    };
    let day = spoken_day_from(trip.date, today);
    let when = fetched(trip, zone);
    let mut text = format!("{name}, on {day} we fetch you {when} at {from} and bring you to {to}{by}.");
    match driver(trip, zone) {
        Some(driver) => text.push_str(&driver),
        None => text.push_str(" We will tell you who comes."),
    }
    text
}

fn way_home(trip: &Trip, out: Date, zone: &Zone, today: Date) -> String {
    let day = match trip.date {
        same if same == out => String::new(),
        other => format!(" on {}", spoken_day_from(other, today)),
    };
    match (&trip.timing, &trip.windows) {
        (Timing::WillCall(_), _) | (_, None) => {
            format!("For the way home{day}, call us when you are ready.")
        }
        (_, Some(_)) => format!(
            "For the way home{day} we fetch you {}.{}",
            fetched(trip, zone),
            driver(trip, zone).unwrap_or_default()
        ),
    }
}

/// Says when the rider is fetched: the driver's time once it is certain, else the window.
fn fetched(trip: &Trip, zone: &Zone) -> String {
    match (&trip.carriage, &trip.windows) {
        (Carriage::Confirmed { pick_up_at, .. }, _) => {
            format!("at about {}", spoken_clock(*pick_up_at, trip.date, zone))
        }
        (_, Some(windows)) => between(&windows.pick_up, trip.date, zone),
        (_, None) => "when you call us".to_owned(),
    }
}

/// Says who comes, once that is certain, and how far the time may still move.
fn driver(trip: &Trip, zone: &Zone) -> Option<String> {
    let comes = match &trip.carriage {
        Carriage::Confirmed { card: Some(card), .. } => {
            format!(" {} comes in a {}; the word is \"{}\".", card.driver, card.vehicle, card.word)
        }
        Carriage::Confirmed { provider, .. } => format!(" {provider} comes."),
        _ => return None,
    };
    let stays = trip.windows.map(|windows| {
        format!(" Should the time change, it stays {}.", between(&windows.pick_up, trip.date, zone))
    });
    Some(comes + &stays.unwrap_or_default())
}

fn between(window: &Window, date: Date, zone: &Zone) -> String {
    let [from, to] = [window.from, window.to].map(|at| spoken_clock(at, date, zone));
    format!("between {from} and {to}")
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
    use jitney_domain::{Coordinate, MemberId, Minutes, Requirement, TripId};
    use jitney_node::person::{Place, TripPlaces};

    fn paris() -> Zone {
        Zone::named("Europe/Paris").unwrap()
    }

    const TODAY: Date = jiff::civil::date(2026, 3, 9);

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
            partner: None,
            locked: false,
            driven: None,
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
        let said =
            read_back(&Booked { trips: vec![out, home], subscription: None, begins: None }, &paris(), TODAY);
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
        let said = read_back(&Booked { trips: vec![out], subscription: None, begins: None }, &paris(), TODAY);
        assert!(said.contains("bring you to County Clinic, there by 10:00."));
        assert!(said.contains("we fetch you at about 10:00 at 12 Mill Lane"));
        assert!(said.contains("Ben comes in a blue Toyota Yaris; the word is \"heron\"."));
        assert!(said.contains("Should the time change, it stays between 09:50 and 10:20."), "{said}");
        assert!(!said.contains("way home"));
    }

    #[test]
    fn days_that_are_not_the_obvious_ones_are_named() {
        let said = |trips| read_back(&Booked { trips, subscription: None, begins: None }, &paris(), TODAY);
        let night = said(vec![trip(10_001, Timing::PickUp(datetime(2026, 3, 10, 0, 5, 0, 0)))]);
        assert!(night.contains("on Tuesday 10 March we fetch you between 23:55 on Monday 9 March and 00:25"));
        let out = trip(10_001, Timing::PickUp(datetime(2027, 3, 9, 18, 0, 0, 0)));
        let home = Trip {
            outbound: Some(out.trip),
            ..trip(10_002, Timing::PickUp(datetime(2027, 3, 10, 9, 0, 0, 0)))
        };
        let far = said(vec![out, home]);
        assert!(far.contains("on Tuesday 9 March 2027 we fetch you"), "{far}");
        assert!(far.contains("For the way home on Wednesday 10 March 2027 we fetch you between"), "{far}");
    }

    #[test]
    fn of_trips_that_begin_beyond_what_is_booked_ahead_the_first_day_is_said() {
        let begins = Some(jiff::civil::date(2027, 1, 5));
        let booked = Booked { trips: Vec::new(), subscription: None, begins };
        assert!(
            read_back(&booked, &paris(), TODAY).starts_with("Your trips begin on Tuesday 5 January 2027;")
        );
    }

    #[test]
    fn in_the_night_of_two_equal_hours_it_is_said_which_one_is_meant() {
        let said = |timing| {
            let trips = vec![trip(10_001, timing)];
            read_back(&Booked { trips, subscription: None, begins: None }, &paris(), TODAY)
        };
        let out = said(Timing::PickUp(datetime(2026, 10, 25, 2, 30, 0, 0)));
        let between =
            "between 02:20 (before the clocks are set back) and 02:50 (before the clocks are set back)";
        assert!(out.contains(between), "{out}");
        let out = said(Timing::Appointment(datetime(2026, 10, 25, 2, 30, 0, 0)));
        assert!(out.contains("there by 02:30 (before the clocks are set back)"), "{out}");
        // The window of a trip at three begins in the second of the two hours.
        let out = said(Timing::PickUp(datetime(2026, 10, 25, 3, 0, 0, 0)));
        assert!(out.contains("between 02:50 (after the clocks are set back) and 03:20 at"), "{out}");
        let out = said(Timing::PickUp(datetime(2026, 10, 26, 2, 30, 0, 0)));
        assert!(!out.contains("clocks"), "{out}");
    }
}
