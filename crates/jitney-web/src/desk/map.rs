//! The day on a map: drawn here, of the coop's own data and the roads of its own map, and said as a list for who cannot see it.

mod plane;
mod roads;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use jiff::civil::Date;
use jitney_domain::run::Leg;
use jitney_domain::{Coordinate, TripId};
use jitney_node::api::Request;
use jitney_node::map::ATTRIBUTION;
use jitney_node::view::{Board, Carriage, Run, Trip};
use plane::{HEIGHT, Plane, WIDTH};
use roads::Roads;
use serde::Deserialize;

use super::words;
use crate::forms;
use crate::page::{Page, draw};
use crate::trouble::Trouble;
use crate::visitor::{Office, ask};
use crate::wording::Words;

/// Kinds of lines, each with a colour and a pattern of its own; beyond, they are used again under another number.
const LINES: usize = 8;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    day: String,
}

/// A place on the picture.
struct Dot {
    x: i64,
    y: i64,
    pick_up: bool,
}

/// A stop in words.
struct Said {
    at: String,
    pick_up: bool,
    rider: String,
    place: String,
}

/// A run as a line and in words.
struct Line {
    number: usize,
    kind: usize,
    driver: String,
    block: String,
    /// Points as SVG has them.
    points: String,
    dots: Vec<Dot>,
    /// Where its number stands.
    sign: Option<(i64, i64)>,
    stops: Vec<Said>,
}

/// A trip that nobody has.
struct Alone {
    trip: TripId,
    from: (i64, i64),
    to: (i64, i64),
    when: String,
    rider: String,
    way: String,
}

#[derive(Template)]
#[template(path = "desk/map.html")]
struct MapPage {
    page: Page,
    title: String,
    day: Date,
    width: i64,
    height: i64,
    /// Lines of the grid: upright ones, level ones.
    upright: Vec<i64>,
    level: Vec<i64>,
    roads: Vec<Roads>,
    /// What must be said of the map, if there is one.
    map_data: Option<&'static str>,
    /// How long the bar is on the picture, and what that is.
    bar: (i64, String),
    lines: Vec<Line>,
    alone: Vec<Alone>,
}

/// Shows the map of the day.
pub(super) async fn show(Office(visitor): Office, Query(which): Query<Which>) -> Result<Response, Trouble> {
    let day = forms::date(&which.day).unwrap_or_else(|| visitor.today());
    let board: Box<Board> = ask!(visitor, Request::Board { day: Some(day) }, Board)?;
    let words = words(&visitor);
    let trips: BTreeMap<TripId, &Trip> = board.trips.iter().map(|trip| (trip.trip, trip)).collect();
    let plane =
        Plane::of(board.trips.iter().filter_map(|t| t.places.as_ref()).flat_map(|p| [p.from.at, p.to.at]));
    let behind = match plane.corners().filter(|_| !board.trips.is_empty()) {
        Some((south_west, north_east)) => {
            let asked = Request::RoadLines { south_west, north_east, grain: plane.grain() };
            roads::draw(&plane, &ask!(visitor, asked, RoadLines)?)
        }
        None => Vec::new(),
    };
    let runs = board.runs.iter().filter(|run| !run.stops.is_empty());
    let lines = runs.enumerate().map(|(nth, run)| line(words, &plane, &trips, nth, run)).collect();
    let alone = board.trips.iter().filter(|trip| is_alone(trip));
    let (upright, level) = plane.grid();
    let page = visitor.page();
    Ok(draw(&MapPage {
        title: format!("{}: {}", page.say("map-title"), words.near_day(day)),
        day,
        width: WIDTH,
        height: HEIGHT,
        upright,
        level,
        bar: plane.bar(),
        map_data: (!behind.is_empty()).then_some(ATTRIBUTION),
        roads: behind,
        lines,
        alone: alone.filter_map(|trip| on_its_own(words, &plane, trip)).collect(),
        page,
    }))
}

fn is_alone(trip: &Trip) -> bool {
    matches!(trip.carriage, Carriage::Unassigned | Carriage::Offered { .. })
}

fn on_its_own(words: Words<'_>, plane: &Plane, trip: &Trip) -> Option<Alone> {
    let places = trip.places.as_ref()?;
    Some(Alone {
        trip: trip.trip,
        from: plane.point(places.from.at),
        to: plane.point(places.to.at),
        when: words.fetched(trip),
        rider: words.rider(trip),
        way: format!("{} → {}", places.from.label, places.to.label),
    })
}

fn line(words: Words<'_>, plane: &Plane, trips: &BTreeMap<TripId, &Trip>, nth: usize, run: &Run) -> Line {
    let (mut points, mut dots, mut stops) = (Vec::new(), Vec::new(), Vec::new());
    for stop in &run.stops {
        let pick_up = stop.leg == Leg::PickUp;
        let trip = stop.trip.and_then(|trip| trips.get(&trip)).copied();
        let place = trip.and_then(|trip| trip.places.as_ref()).map(|places| match stop.leg {
            Leg::PickUp => &places.from,
            Leg::DropOff => &places.to,
        });
        // Where a partner's rider lives is known to the driver alone.
        if let Some(at) = place.map(|place: &jitney_node::person::Place| -> Coordinate { place.at }) {
            let (x, y) = plane.point(at);
            points.push(format!("{x},{y}"));
            dots.push(Dot { x, y, pick_up });
        }
        stops.push(Said {
            at: words.clock(stop.planned),
            pick_up,
            rider: trip.map(|trip| words.rider(trip)).or(stop.partner.clone()).unwrap_or_default(),
            place: place.map(|place| place.label.clone()).unwrap_or_default(),
        });
    }
    Line {
        number: nth + 1,
        kind: nth % LINES,
        driver: run.driver_name.clone(),
        block: words.between(&run.block),
        points: points.join(" "),
        sign: dots.first().map(|dot| (dot.x, dot.y)),
        dots,
        stops,
    }
}
