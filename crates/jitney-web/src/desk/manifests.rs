//! The sheets of all drivers of a day, to print: for who has no telephone that can show them.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use jitney_domain::MemberId;
use jitney_node::api::Request;
use jitney_node::view::Board;
use serde::Deserialize;

use super::words;
use crate::areas::Areas;
use crate::driver::{Halt, halt};
use crate::forms;
use crate::page::{Page, draw};
use crate::trouble::Trouble;
use crate::visitor::{Office, ask};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    day: String,
}

/// What one driver takes along.
struct Sheet {
    driver: String,
    halts: Vec<Halt>,
    made: String,
}

#[derive(Template)]
#[template(path = "desk/manifests.html")]
struct SheetsPage {
    page: Page,
    title: String,
    day: String,
    sheets: Vec<Sheet>,
    map_from: Option<&'static str>,
}

/// Shows the sheets, one driver after the other.
pub(super) async fn print(Office(visitor): Office, Query(which): Query<Which>) -> Result<Response, Trouble> {
    let day = forms::date(&which.day).unwrap_or_else(|| visitor.today());
    let board: Box<Board> = ask!(visitor, Request::Board { day: Some(day) }, Board)?;
    let (page, words) = (visitor.page(), words(&visitor));
    // A driver may have two runs on a day, and has one sheet.
    let runs = board.runs.iter().filter(|run| !run.stops.is_empty());
    let drivers: BTreeMap<MemberId, &str> = runs.map(|run| (run.driver, run.driver_name.as_str())).collect();
    let areas = Areas::of(&visitor).await;
    let mut sheets = Vec::new();
    for (driver, name) in drivers {
        let manifest = *ask!(visitor, Request::Manifest { driver, day: Some(day) }, Manifest)?;
        sheets.push(Sheet {
            driver: name.to_owned(),
            halts: manifest
                .stops
                .iter()
                .map(|stop| halt(&page, words, &areas, stop, visitor.now()))
                .collect(),
            made: words.moment(manifest.made_at),
        });
    }
    sheets.sort_by(|one, other| one.driver.cmp(&other.driver));
    let (title, day) = (page.say("desk-manifests"), words.day(day));
    Ok(draw(&SheetsPage { title, day, sheets, map_from: areas.map_from(), page }))
}
