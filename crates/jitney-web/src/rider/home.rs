//! The next trips, and the past ones.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use jitney_domain::{MemberId, Role};
use jitney_node::api::{Request, TripFilter};
use jitney_node::view::{Carriage, Trip};

use super::{Rider, rider, words};
use crate::page::{Page, draw};
use crate::trouble::Trouble;
use crate::visitor::{RiderSide, Visitor, ask};
use crate::wording::Words;

/// Most past trips that are shown.
const PAST_MAX: usize = 20;

#[derive(Template)]
#[template(path = "rider/whose.html")]
struct WhosePage {
    page: Page,
    title: String,
    riders: Vec<(MemberId, String)>,
}

/// Leads riders to their page, and caregivers to those for whom they act.
pub(super) async fn whose(RiderSide(visitor): RiderSide) -> Result<Response, Trouble> {
    if visitor.session.role == Role::Rider {
        return Ok(Redirect::to(&format!("/ride/{}", visitor.member())).into_response());
    }
    let me = ask!(visitor, Request::ShowMember(visitor.member()), Member)?;
    let riders: Vec<_> = me.acts_for.into_iter().map(|other| (other.member, other.name)).collect();
    if let [(only, _)] = riders.as_slice() {
        return Ok(Redirect::to(&format!("/ride/{only}")).into_response());
    }
    let page = visitor.page();
    Ok(draw(&WhosePage { title: page.say("rider-whose"), riders, page }))
}

/// A trip as the rider reads it.
pub(super) struct Told {
    pub(super) path: String,
    pub(super) day: String,
    pub(super) way: String,
    pub(super) when: String,
    pub(super) who: String,
    /// The word by which driver and rider know each other.
    pub(super) word: Option<String>,
    pub(super) number: String,
    pub(super) will_call: bool,
    pub(super) over: bool,
}

/// Tells a trip to its rider.
pub(super) fn told(page: &Page, words: Words<'_>, trip: &Trip) -> Told {
    let say = |key: &str| page.say(key);
    let who = match &trip.carriage {
        Carriage::Confirmed { card: Some(card), .. } => page.lang.text(
            "rider-comes",
            &jitney_lang::Args::new()
                .with("driver", card.driver.as_str())
                .with("vehicle", card.vehicle.as_str()),
        ),
        Carriage::Confirmed { provider, .. } => page.tell("rider-provider-comes", "provider", provider),
        Carriage::WillCall => say("rider-call-when-ready"),
        Carriage::Over { outcome, .. } => words.outcome(*outcome),
        _ => say("rider-will-tell"),
    };
    let who = match &trip.carriage {
        Carriage::Confirmed { progress, .. } if *progress != jitney_domain::booking::Progress::Booked => {
            format!("{who} {}", page.tell("rider-progress", "progress", &words.progress(*progress)))
        }
        _ => who,
    };
    let word = match &trip.carriage {
        Carriage::Confirmed { card: Some(card), .. } => Some(card.word.clone()),
        _ => None,
    };
    let over = matches!(trip.carriage, Carriage::Over { .. });
    let when = if over { words.wished(&trip.timing) } else { words.fetched(trip) };
    let when = match words.there_by(trip).filter(|_| !over) {
        Some(by) => format!("{when}, {by}"),
        None => when,
    };
    Told {
        path: trip.trip.to_string(),
        day: words.near_day(trip.date),
        way: page.lang.text(
            "rider-way",
            &jitney_lang::Args::new().with("from", words.from(trip)).with("to", words.to(trip)),
        ),
        when,
        who,
        word,
        number: trip.confirmation.clone(),
        will_call: matches!(trip.carriage, Carriage::WillCall),
        over,
    }
}

#[derive(Template)]
#[template(path = "rider/home.html")]
struct HomePage {
    page: Page,
    title: String,
    rider: Rider,
    trips: Vec<Told>,
    helped_by: Option<String>,
    /// When the rider asked to be called, while nobody has.
    call_asked: Option<String>,
}

/// The next trips.
pub(super) async fn next(
    RiderSide(visitor): RiderSide,
    Path(id): Path<MemberId>,
) -> Result<Response, Trouble> {
    let rider = rider(&visitor, id).await?;
    let filter = TripFilter { rider: Some(id), ..TripFilter::default() };
    let mut trips = ask!(visitor, Request::ListTrips(filter), Trips)?;
    trips.retain(|trip| !matches!(trip.carriage, Carriage::Over { .. }));
    let page = visitor.page();
    let title =
        if rider.own { page.say("rider-title") } else { page.tell("rider-title-of", "name", &rider.name()) };
    let trips = trips.iter().map(|trip| told(&page, words(&visitor), trip)).collect();
    let helped_by = helpers(&page, &rider);
    let call_asked = rider.member.call_asked.map(|at| words(&visitor).moment(at));
    Ok(draw(&HomePage { title, rider, trips, helped_by, call_asked, page }))
}

/// Asks the office to call the rider.
pub(super) async fn call(
    RiderSide(visitor): RiderSide,
    Path(id): Path<MemberId>,
) -> Result<Redirect, Trouble> {
    visitor.ask(Request::AskForCall(id)).await?;
    Ok(Redirect::to(&format!("/ride/{id}")))
}

fn helpers(page: &Page, rider: &Rider) -> Option<String> {
    let names: Vec<&str> = rider.member.caregivers.iter().map(|other| other.name.as_str()).collect();
    let said = || page.tell("rider-helped-by", "names", &names.join(", "));
    (rider.own && !names.is_empty()).then(said)
}

#[derive(Template)]
#[template(path = "rider/past.html")]
struct PastPage {
    page: Page,
    title: String,
    rider: Rider,
    trips: Vec<Told>,
}

/// The past trips, the newest first.
pub(super) async fn past(
    RiderSide(visitor): RiderSide,
    Path(id): Path<MemberId>,
) -> Result<Response, Trouble> {
    let rider = rider(&visitor, id).await?;
    let page = visitor.page();
    let mut trips = trips_of(&visitor, id).await?;
    trips.retain(|trip| matches!(trip.carriage, Carriage::Over { .. }));
    trips.sort_by_key(|trip| std::cmp::Reverse((trip.date, trip.trip)));
    let trips = trips.iter().take(PAST_MAX).map(|trip| told(&page, words(&visitor), trip)).collect();
    Ok(draw(&PastPage { title: page.say("rider-past"), rider, trips, page }))
}

/// Returns all trips of a rider.
pub(super) async fn trips_of(visitor: &Visitor, rider: MemberId) -> Result<Vec<Trip>, Trouble> {
    let filter = TripFilter { rider: Some(rider), all: true, ..TripFilter::default() };
    ask!(visitor, Request::ListTrips(filter), Trips)
}
