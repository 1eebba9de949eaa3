//! What the dispatcher says to the caller once a trip is booked.

use jitney_domain::trip::Timing;
use jitney_lang::Args;
use jitney_node::view::{Carriage, Trip};

use crate::wording::Words;

/// Returns who is fetched when and where, how they come home, who comes, and the number digit by digit.
pub(super) fn read_back(words: Words<'_>, out: &Trip, home: Option<&Trip>) -> String {
    let args = Args::new()
        .with("name", words.rider(out))
        .with("day", words.day(out.date))
        .with("when", words.fetched(out))
        .with("from", words.from(out))
        .with("to", words.to(out));
    let mut sentences = vec![words.lang.text("read-back-out", &args)];
    if let Some(by) = words.there_by(out) {
        sentences.push(words.lang.text("read-back-by", &Args::new().with("by", by)));
    }
    sentences.push(driver(words, out));
    if let Some(home) = home {
        sentences.push(match home.timing {
            Timing::WillCall(_) => words.lang.text("read-back-home-call", &Args::new()),
            _ => words.lang.text("read-back-home", &Args::new().with("when", words.fetched(home))),
        });
    }
    let number: Vec<String> = out.confirmation.chars().map(String::from).collect();
    sentences.push(words.lang.text("read-back-number", &Args::new().with("number", number.join(" "))));
    sentences.join(" ")
}

fn driver(words: Words<'_>, trip: &Trip) -> String {
    match &trip.carriage {
        Carriage::Confirmed { card: Some(card), .. } => {
            let args = Args::new()
                .with("driver", card.driver.as_str())
                .with("vehicle", card.vehicle.as_str())
                .with("word", card.word.as_str());
            words.lang.text("read-back-driver", &args)
        }
        Carriage::Confirmed { provider, .. } => {
            words.lang.text("rider-provider-comes", &Args::new().with("provider", provider.as_str()))
        }
        _ => words.lang.text("rider-will-tell", &Args::new()),
    }
}
