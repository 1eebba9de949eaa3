//! `jitney place search` and `jitney place nearest`: which place is meant, and what is there.

use clap::Args;
use jitney_domain::{Coordinate, Role};
use jitney_geo::distance;
use jitney_geo::places::{Hit, Source};
use jitney_node::map::ATTRIBUTION;
use serde::Serialize;

use crate::args::Pick;
use crate::context::Context;
use crate::exit::Failure;
use crate::finder::Finder;
use crate::output::Said;
use crate::show::Table;

#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    /// What to look for, also unfinished or with a slip of the hand: "12 mill l", "hauptstr 7 vaduz", "4G22+22 Vaduz"
    #[arg(required = true, num_args = 1.., value_name = "TEXT")]
    text: Vec<String>,
    /// Look around this place first: a point, or the best answer to a text
    #[arg(long, value_name = "PLACE", allow_hyphen_values = true)]
    near: Option<String>,
    /// Put the places of this rider first, by number or name
    #[arg(long, value_name = "RIDER")]
    rider: Option<Pick>,
    /// How many answers at most
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..=50))]
    limit: u8,
}

#[derive(Debug, Args)]
pub(crate) struct NearestArgs {
    /// The point, in degrees of latitude and longitude
    #[arg(value_name = "LAT,LON", value_parser = jitney_geo::parse_place, allow_hyphen_values = true)]
    point: Coordinate,
}

/// An answer as programs read it.
#[derive(Serialize)]
struct Answer<'a> {
    label: &'a str,
    from: &'static str,
    what: String,
    at: Coordinate,
    exact: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    caveat: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metres: Option<u32>,
}

impl SearchArgs {
    pub(super) fn run(self, cx: &Context) -> Result<Said, Failure> {
        let rider = self.rider.as_ref().map(|pick| cx.member(pick, Some(Role::Rider))).transpose()?;
        let mut finder = Finder::new(cx, rider)?;
        if let Some(near) = &self.near {
            let found = finder.find(near, 1);
            let place =
                found.first().ok_or_else(|| Failure::not_found(format!("nothing is found at \"{near}\"")))?;
            finder = finder.around(place.at);
        }
        let text = self.text.join(" ");
        let hits = finder.find(&text, usize::from(self.limit));
        if hits.is_empty() && !cx.json {
            let advice = match finder.map() {
                Some(_) => "leave out what is least sure, such as the number",
                None => "import a map with `jitney map import`",
            };
            return Err(Failure::not_found(format!("nothing answers to \"{text}\"; {advice}")));
        }
        let answers: Vec<Answer<'_>> = hits.iter().map(|hit| answer(hit, finder.focus())).collect();
        cx.show(&answers, |answers| Ok(listed(answers)))
    }
}

fn answer(hit: &Hit, focus: Option<Coordinate>) -> Answer<'_> {
    let (from, what) = match hit.source {
        Source::Rider => ("rider", "the rider's".to_owned()),
        Source::Coop => ("coop", "the coop's".to_owned()),
        Source::Point => ("point", String::new()),
        Source::PlusCode => ("plus-code", String::new()),
        Source::Map(_) => ("map", hit.what.clone()),
    };
    Answer {
        label: &hit.label,
        from,
        what,
        at: hit.at,
        exact: hit.exact,
        caveat: hit.caveat(),
        metres: focus.map(|focus| distance(focus, hit.at).0),
    }
}

fn listed(answers: &[Answer<'_>]) -> String {
    let mut table = Table::new(&["PLACE", "WHAT", "WHERE", "AWAY"]);
    for answer in answers {
        let away =
            answer.metres.map_or_else(String::new, |metres| format!("{:.1} km", f64::from(metres) / 1000.0));
        let what = answer.caveat.clone().unwrap_or_else(|| answer.what.clone());
        let point = format!("{:.5},{:.5}", answer.at.lat(), answer.at.lon());
        table.row([answer.label.to_owned(), what, point, away]);
    }
    let of_map = answers.iter().any(|answer| answer.from == "map");
    if of_map { format!("{table}map data {ATTRIBUTION}") } else { table.to_string() }
}

impl NearestArgs {
    pub(super) fn run(self, cx: &Context) -> Result<Said, Failure> {
        let finder = Finder::new(cx, None)?;
        let map = finder.map().ok_or_else(|| {
            Failure::not_found("no map was imported here; import one with `jitney map import`")
        })?;
        let near = map
            .nearest(self.point)
            .ok_or_else(|| Failure::not_found("the map knows no address and no place within 5 km of it"))?;
        let words = near.words();
        let value = serde_json::json!({ "label": near.label, "metres": near.distance.0, "words": words });
        cx.show(&value, |_| Ok(format!("{words}\nmap data {ATTRIBUTION}")))
    }
}
