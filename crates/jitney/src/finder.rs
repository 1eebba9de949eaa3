//! Finding the place that somebody typed: among a rider's own, the coop's, and those of the map.
//!
//! All of it happens in this process: the node is asked only for what it keeps, never for what was typed, and
//! nothing of it is logged.

use std::collections::BTreeMap;

use jitney_domain::{Coordinate, MemberId};
use jitney_geo::places::{Around, Choice, Hit, Places, Saved, Source, choose, find};
use jitney_node::api::{PlaceAsked, Request, TripFilter};
use jitney_node::home::Home;
use jitney_node::map::Map;
use jitney_node::person::Place;

use crate::context::{Context, ask};
use crate::exit::Failure;
use crate::show;

/// How many answers somebody is offered to choose from.
const OFFERED: usize = 5;

/// The places that something typed is looked for in.
pub(crate) struct Finder {
    saved: Vec<Saved>,
    /// Names of the coop's places; such a name means that place and no other.
    names: Vec<String>,
    map: Option<Places<Vec<u8>>>,
    focus: Option<Coordinate>,
}

impl Finder {
    /// Gathers the places of the coop, those of a rider if one is named, and the map if one was imported.
    ///
    /// One looks first around the rider's home, or else around the coop's places.
    pub(crate) fn new(cx: &Context, rider: Option<MemberId>) -> Result<Self, Failure> {
        let (mut saved, home) = match rider {
            Some(rider) => (riders(cx, rider)?, home(cx, rider)?),
            None => (Vec::new(), None),
        };
        let named = ask!(cx, Request::ListPlaces, Places)?;
        let focus = home.or_else(|| middle(named.iter().map(|named| named.place.at)));
        saved.extend(named.iter().map(|named| Saved {
            name: named.name.clone(),
            // A place's label begins with its name when it holds an address too.
            address: named.place.label.strip_prefix(&named.name).unwrap_or(&named.place.label).to_owned(),
            at: named.place.at,
            source: Source::Coop,
        }));
        for saved in &mut saved {
            saved.address = saved.address.trim_start_matches([',', ' ']).to_owned();
        }
        let names = named.into_iter().map(|named| named.name).collect();
        Ok(Finder { saved, names, map: Map::of(&Home::at(&cx.home)).places()?, focus })
    }

    /// Looks around another point first.
    pub(crate) fn around(self, focus: Coordinate) -> Self {
        Finder { focus: Some(focus), ..self }
    }

    /// Returns where one looks first.
    pub(crate) fn focus(&self) -> Option<Coordinate> {
        self.focus
    }

    /// Returns the map, if one was imported.
    pub(crate) fn map(&self) -> Option<&Places<Vec<u8>>> {
        self.map.as_ref()
    }

    /// Returns the best answers to what was typed, best first.
    pub(crate) fn find(&self, text: &str, limit: usize) -> Vec<Hit> {
        find(text, &Around { saved: &self.saved, focus: self.focus, limit }, self.map.as_ref())
    }

    /// Returns the place that was typed, if it can be no other. `else_say` is how to choose one by its point.
    pub(crate) fn the_one(&self, text: &str, else_say: &str) -> Result<Place, Failure> {
        let hits = self.find(text, OFFERED);
        match choose(&hits) {
            Choice::One(hit) => Ok(Place { label: hit.label.clone(), at: hit.at, note: String::new() }),
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
    if finder.names.contains(name) || (finder.map.is_none() && finder.find(name, 1).is_empty()) {
        return Ok(asked);
    }
    finder.the_one(name, "\"Label @ lat,lon\"").map(PlaceAsked::At)
}

/// Returns where a rider lives, if that is known.
fn home(cx: &Context, rider: MemberId) -> Result<Option<Coordinate>, Failure> {
    let member = ask!(cx, Request::ShowMember(rider), Member)?;
    Ok(member.profile.as_ref().and_then(|profile| profile.home.as_ref()).map(|home| home.at))
}

/// Returns the places that a rider has been driven to or from, those used most first.
fn riders(cx: &Context, rider: MemberId) -> Result<Vec<Saved>, Failure> {
    let filter = TripFilter { day: None, rider: Some(rider), all: true };
    let trips = ask!(cx, Request::ListTrips(filter), Trips)?;
    let mut used: BTreeMap<String, (u32, Coordinate)> = BTreeMap::new();
    for place in trips.iter().filter_map(|trip| trip.places.as_ref()).flat_map(|ends| [&ends.from, &ends.to])
    {
        let (times, at) = used.entry(place.label.clone()).or_insert((0, place.at));
        *times = times.saturating_add(1);
        *at = place.at;
    }
    let mut used: Vec<_> = used.into_iter().collect();
    used.sort_by_key(|(_, (times, _))| std::cmp::Reverse(*times));
    let saved = used.into_iter().map(|(name, (_, at))| Saved {
        name,
        address: String::new(),
        at,
        source: Source::Rider,
    });
    Ok(saved.collect())
}

fn middle(points: impl Iterator<Item = Coordinate> + Clone) -> Option<Coordinate> {
    let count = points.clone().count() as f64;
    let lat = points.clone().map(|point| point.lat()).sum::<f64>() / count;
    let lon = points.map(|point| point.lon()).sum::<f64>() / count;
    // Of no points at all the mean is not a number, and no coordinate.
    Coordinate::new(lat, lon).ok()
}
