//! Finding the place that somebody typed: among a rider's own, the coop's, and those of the map.
//!
//! All of it happens in this process: the node is asked only for what it keeps, never for what was typed, and
//! nothing of it is logged.

use jitney_domain::{Coordinate, MemberId};
use jitney_geo::places::Places;
use jitney_node::api::{PlaceAsked, Request, TripFilter};
use jitney_node::home::Home;
use jitney_node::lookup::{self, Choice, Hit, Lookup, choose};
use jitney_node::map::Map;
use jitney_node::person::Place;
use jitney_node::view::Trip;

use crate::context::{Context, ask};
use crate::exit::Failure;
use crate::show;

/// How many answers somebody is offered to choose from.
const OFFERED: usize = 5;

/// The places that something typed is looked for in.
pub(crate) struct Finder {
    kept: Lookup,
    map: Option<Places<Vec<u8>>>,
}

impl Finder {
    /// Gathers the places of the coop, those of a rider if one is named, and the map if one was imported.
    ///
    /// One looks first around the rider's home, or else around the coop's places.
    pub(crate) fn new(cx: &Context, rider: Option<MemberId>) -> Result<Self, Failure> {
        let (trips, home) = match rider {
            Some(rider) => (trips(cx, rider)?, home(cx, rider)?),
            None => (Vec::new(), None),
        };
        let named = ask!(cx, Request::ListPlaces, Places)?;
        let kept = Lookup::new(named, &trips, home);
        Ok(Finder { kept, map: Map::of(&Home::at(&cx.home)).places()? })
    }

    /// Looks around another point first.
    pub(crate) fn around(self, focus: Coordinate) -> Self {
        Finder { kept: self.kept.around(focus), ..self }
    }

    /// Returns where one looks first.
    pub(crate) fn focus(&self) -> Option<Coordinate> {
        self.kept.focus()
    }

    /// Returns the map, if one was imported.
    pub(crate) fn map(&self) -> Option<&Places<Vec<u8>>> {
        self.map.as_ref()
    }

    /// Returns the best answers to what was typed, best first.
    pub(crate) fn find(&self, text: &str, limit: usize) -> Vec<Hit> {
        self.kept.find(text, limit, self.map.as_ref())
    }

    /// Returns the place that was typed, if it can be no other. `else_say` is how to choose one by its point.
    pub(crate) fn the_one(&self, text: &str, else_say: &str) -> Result<Place, Failure> {
        let hits = self.find(text, OFFERED);
        match choose(&hits) {
            Choice::One(hit) => Ok(lookup::place(hit)),
            Choice::Several(hits) => Err(Failure::conflict(which(text, hits, else_say))),
            Choice::Nothing if self.map.is_none() => Err(Failure::not_found(format!(
                "nothing is known of \"{text}\": say where it is in degrees of latitude and longitude, or import a map \
                 with `jitney map import`"
            ))),
            Choice::Nothing => Err(Failure::not_found(format!(
                "neither the coop's places nor the map know \"{text}\"; say where it is in degrees of latitude and longitude"
            ))),
        }
    }
}

/// Asks back: what was typed could be any of these, or it is one and should be said in full.
fn which(text: &str, hits: &[Hit], else_say: &str) -> String {
    let named = |hit: &Hit| {
        let caveat = hit.caveat().map_or_else(String::new, |caveat| format!("; {caveat}"));
        format!("{} ({}, {}{caveat})", hit.label, hit.at.lat(), hit.at.lon())
    };
    // What was typed in full comes first, however far away.
    let (exact, like): (Vec<&Hit>, Vec<&Hit>) = hits.iter().partition(|hit| hit.exact);
    let named: Vec<String> = exact.into_iter().chain(like).map(named).collect();
    format!(
        "\"{text}\" could be {}; say it in full, or choose one by its point: {else_say}",
        show::listed(&named, "or")
    )
}

/// Returns the place that was asked for, looked up unless the node knows it by that name.
///
/// Without a map, a name that nobody knows is left to the node, which says how to give it a place.
pub(crate) fn looked_up(
    cx: &Context,
    finder: &mut Option<Finder>,
    rider: MemberId,
    asked: PlaceAsked,
) -> Result<PlaceAsked, Failure> {
    let PlaceAsked::Named(name) = &asked else { return Ok(asked) };
    let finder = match finder {
        Some(finder) => finder,
        none => none.insert(Finder::new(cx, Some(rider))?),
    };
    if finder.kept.is_name(name) || (finder.map.is_none() && finder.find(name, 1).is_empty()) {
        return Ok(asked);
    }
    finder.the_one(name, "\"Label @ lat,lon\"").map(PlaceAsked::At)
}

/// Returns where a rider lives, if that is known.
fn home(cx: &Context, rider: MemberId) -> Result<Option<Coordinate>, Failure> {
    let member = ask!(cx, Request::ShowMember(rider), Member)?;
    Ok(member.profile.as_ref().and_then(|profile| profile.home.as_ref()).map(|home| home.at))
}

/// Returns all trips of a rider.
fn trips(cx: &Context, rider: MemberId) -> Result<Vec<Trip>, Failure> {
    ask!(cx, Request::ListTrips(TripFilter { rider: Some(rider), all: true, ..TripFilter::default() }), Trips)
}
