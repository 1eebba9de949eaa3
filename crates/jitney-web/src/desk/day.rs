//! The day: what needs attention first, then all trips, then who drives what.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jitney_domain::run::Leg;
use jitney_domain::{Timestamp, TripId};
use jitney_node::api::Request;
use jitney_node::view::{Board, Carriage, Run, Trip};
use serde::Deserialize;

use super::words;
use crate::forms;
use crate::page::{Page, draw};
use crate::trouble::Trouble;
use crate::visitor::{Office, Visitor, ask};
use crate::wording::Words;

/// Width of the time line in its own units.
const WIDTH: i64 = 1000;
const HOUR: i64 = 60 * 60 * 1000;

#[derive(Default, Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    day: String,
}

/// A trip as a row of the board.
pub(super) struct Row {
    trip: TripId,
    fetch: String,
    wished: String,
    rider: String,
    from: String,
    to: String,
    needs: String,
    carried: String,
    attention: Vec<String>,
}

/// A mark on the time line.
struct Mark {
    x: i64,
    width: i64,
    kind: &'static str,
}

/// A stop of a run in words.
struct StopLine {
    when: String,
    pick_up: bool,
    lift: String,
    trip: Option<TripId>,
    partner: String,
    state: String,
}

/// A run with its time line.
struct RunLine {
    driver: String,
    block: String,
    marks: Vec<Mark>,
    stops: Vec<StopLine>,
}

/// Everything of the board that changes.
struct Shown {
    alarms: usize,
    first_alarm: Option<String>,
    rows: Vec<Row>,
    runs: Vec<RunLine>,
    /// Hours of the time line, by where they stand.
    hours: Vec<(i64, String)>,
    now: Option<i64>,
    outcomes: Vec<(String, usize)>,
}

#[derive(Template)]
#[template(path = "desk/day.html")]
struct DayPage {
    page: Page,
    title: String,
    day: Date,
    before: Option<Date>,
    after: Option<Date>,
    board: Shown,
}

#[derive(Template)]
#[template(path = "desk/board.html")]
struct BoardPart {
    page: Page,
    board: Shown,
}

#[derive(Template)]
#[template(path = "desk/print.html")]
struct PrintPage {
    page: Page,
    title: String,
    board: Shown,
}

async fn read(visitor: &Visitor, which: &Which) -> Result<(Page, Date, Shown), Trouble> {
    let day = forms::date(&which.day).unwrap_or_else(|| visitor.today());
    let board = *ask!(visitor, Request::Board { day: Some(day) }, Board)?;
    let page = visitor.page();
    let shown = shown(words(visitor), &board, visitor.now());
    Ok((page, day, shown))
}

/// Shows the day.
pub(super) async fn show(Office(visitor): Office, Query(which): Query<Which>) -> Result<Response, Trouble> {
    let (page, day, board) = read(&visitor, &which).await?;
    let title = words(&visitor).near_day(day);
    let (before, after) = (day.checked_sub(1.day()).ok(), day.checked_add(1.day()).ok());
    Ok(draw(&DayPage { page, title, day, before, after, board }))
}

/// Shows what of the day changes, for a page that is open.
pub(super) async fn board(Office(visitor): Office, Query(which): Query<Which>) -> Result<Response, Trouble> {
    let (page, _, board) = read(&visitor, &which).await?;
    Ok(draw(&BoardPart { page, board }))
}

/// Shows the day as a list on paper.
pub(super) async fn print(Office(visitor): Office, Query(which): Query<Which>) -> Result<Response, Trouble> {
    let (page, day, board) = read(&visitor, &which).await?;
    let title = words(&visitor).day(day);
    Ok(draw(&PrintPage { page, title, board }))
}

/// Returns a trip as a row.
pub(super) fn row(words: Words<'_>, trip: &Trip) -> Row {
    Row {
        trip: trip.trip,
        fetch: words.fetched(trip),
        wished: words.wished(&trip.timing),
        rider: words.rider(trip),
        from: words.from(trip),
        to: words.to(trip),
        needs: words.needs(&trip.requirement),
        carried: words.carriage(trip),
        attention: trip.attention.clone(),
    }
}

fn shown(words: Words<'_>, board: &Board, now: Timestamp) -> Shown {
    let scale = Scale::of(&board.runs);
    let hours = scale.hours().map(|at| (scale.x(at), words.clock(at))).collect();
    let mut outcomes: Vec<(String, usize)> =
        board.outcomes.iter().map(|(outcome, count)| (words.outcome(*outcome), *count)).collect();
    outcomes.sort();
    Shown {
        alarms: board.alarms,
        first_alarm: board.most_urgent.as_ref().map(|alarm| format!("{}: {}", alarm.about, alarm.says)),
        rows: pressing_first(&board.trips).into_iter().map(|trip| row(words, trip)).collect(),
        runs: board.runs.iter().map(|run| line(words, scale, run)).collect(),
        hours,
        now: Some(now).filter(|now| scale.holds(*now)).map(|now| scale.x(now)),
        outcomes,
    }
}

/// Returns trips that need attention first, then those that nobody has, then the others: each group by time.
fn pressing_first(trips: &[Trip]) -> Vec<&Trip> {
    let mut trips: Vec<&Trip> = trips.iter().collect();
    trips.sort_by_key(|trip| match &trip.carriage {
        _ if !trip.attention.is_empty() => 0,
        Carriage::Unassigned | Carriage::Offered { .. } => 1,
        _ => 2,
    });
    trips
}

fn line(words: Words<'_>, scale: Scale, run: &Run) -> RunLine {
    let mut marks = vec![Mark {
        x: scale.x(run.block.from),
        width: (scale.x(run.block.to) - scale.x(run.block.from)).max(1),
        kind: "block",
    }];
    marks.extend(run.stops.iter().map(|stop| Mark {
        x: scale.x(stop.planned) - 2,
        width: 5,
        kind: match (stop.done.is_some(), stop.leg) {
            (true, _) => "done",
            (false, Leg::PickUp) => "fetch",
            (false, Leg::DropOff) => "set-down",
        },
    }));
    let stops = run.stops.iter().map(|stop| StopLine {
        when: words.clock(stop.planned),
        pick_up: stop.leg == Leg::PickUp,
        lift: stop.lift.to_string(),
        trip: stop.trip,
        partner: stop.partner.clone().unwrap_or_default(),
        state: match stop.done {
            Some(at) => {
                words.lang.text("driver-done-at", &jitney_lang::Args::new().with("time", words.clock(at)))
            }
            None => stop.stands.as_ref().map(|told| told.say(words.lang)).unwrap_or_default(),
        },
    });
    let block = words.between(&run.block);
    RunLine { driver: run.driver_name.clone(), block, marks, stops: stops.collect() }
}

/// From when to when the time line goes: whole hours.
#[derive(Debug, Clone, Copy)]
struct Scale {
    from: i64,
    to: i64,
    /// From one hour that is written to the next.
    every: i64,
}

impl Scale {
    fn of(runs: &[Run]) -> Self {
        let stops = || runs.iter().flat_map(|run| &run.stops).map(|stop| stop.planned.0);
        let from = runs.iter().map(|run| run.block.from.0).chain(stops()).min().unwrap_or(0);
        let to = runs.iter().map(|run| run.block.to.0).chain(stops()).max().unwrap_or(0);
        let from = from.div_euclid(HOUR) * HOUR;
        let hours = ((to - from).div_euclid(HOUR) + 1).max(1);
        // At most a dozen are written on the line, at equal distances.
        let every = (hours / 12 + 1) * HOUR;
        let to = from + (hours * HOUR).div_euclid(every) * every + every;
        Scale { from, to, every }
    }

    fn x(self, at: Timestamp) -> i64 {
        (at.0.saturating_sub(self.from)).saturating_mul(WIDTH) / (self.to - self.from)
    }

    fn holds(self, at: Timestamp) -> bool {
        (self.from..self.to).contains(&at.0)
    }

    /// Moments to write on the line.
    fn hours(self) -> impl Iterator<Item = Timestamp> {
        (0..(self.to - self.from) / self.every).map(move |n| Timestamp(self.from + n * self.every))
    }
}
