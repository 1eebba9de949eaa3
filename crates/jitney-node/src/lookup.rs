//! Finding the place that somebody typed: among a rider's own, the coop's, and those of the map.
//!
//! It happens where it was typed: the node is asked only for what it keeps, and nothing of it is logged.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use jitney_domain::Coordinate;
use jitney_geo::parse_place;
use jitney_geo::places::{Around, Saved, Source, find};

use crate::api::PlaceAsked;
use crate::map::{Map, MapError};
use crate::person::Place;
use crate::view;

pub use jitney_geo::places::{Choice, Hit, Places, choose};

/// Reads a place as it is typed: `home`, a name, or `Label @ 48.52,9.06`.
///
/// # Errors
/// What to write instead.
pub fn typed(text: &str) -> Result<PlaceAsked, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("name a place: home, a place the coop knows, or \"Label @ 48.52,9.06\"".to_owned());
    }
    if text.eq_ignore_ascii_case("home") {
        return Ok(PlaceAsked::Home);
    }
    // The last @ parts label and point: a label may hold one itself.
    let Some((label, point)) = text.rsplit_once('@') else {
        return Ok(PlaceAsked::Named(text.to_owned()));
    };
    let at = parse_place(point).map_err(|error| error.to_string())?;
    let label = label.trim();
    if label.is_empty() {
        return Err("say what the place is called before the @".to_owned());
    }
    Ok(PlaceAsked::At(Place { label: label.to_owned(), at, note: String::new() }))
}

/// Writes a place as [`typed`] reads it.
pub fn written(hit: &Hit) -> String {
    format!("{} @ {}, {}", hit.label, hit.at.lat(), hit.at.lon())
}

/// Returns the place that an answer is.
pub fn place(hit: &Hit) -> Place {
    Place { label: hit.label.clone(), at: hit.at, note: String::new() }
}

/// The places that the coop keeps, among which something typed is looked for before the map is.
#[derive(Clone)]
pub struct Lookup {
    saved: Vec<Saved>,
    /// Names of the coop's places; such a name means that place and no other.
    names: Vec<String>,
    focus: Option<Coordinate>,
}

impl std::fmt::Debug for Lookup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lookup").field("saved", &self.saved.len()).finish_non_exhaustive()
    }
}

impl Lookup {
    /// Gathers the coop's places and those of one rider's trips, used most first. One looks first around the rider's
    /// home, or else around the coop's places.
    pub fn new(named: Vec<view::NamedPlace>, trips: &[view::Trip], home: Option<Coordinate>) -> Self {
        let focus = home.or_else(|| middle(named.iter().map(|named| named.place.at)));
        let mut saved = riders(trips);
        saved.extend(named.iter().map(|named| {
            // A place's label begins with its name when it holds an address too.
            let address = named.place.label.strip_prefix(&named.name).unwrap_or(&named.place.label);
            let address = address.trim_start_matches([',', ' ']).to_owned();
            Saved { name: named.name.clone(), address, at: named.place.at, source: Source::Coop }
        }));
        let names = named.into_iter().map(|named| named.name).collect();
        Lookup { saved, names, focus }
    }

    /// Looks around another point first.
    #[must_use]
    pub fn around(self, focus: Coordinate) -> Self {
        Lookup { focus: Some(focus), ..self }
    }

    /// Returns where one looks first.
    pub fn focus(&self) -> Option<Coordinate> {
        self.focus
    }

    /// Tells whether the coop has a place of this name.
    pub fn is_name(&self, text: &str) -> bool {
        self.names.iter().any(|name| name == text)
    }

    /// Returns the best answers to what was typed, best first.
    pub fn find<B: AsRef<[u8]>>(&self, text: &str, limit: usize, map: Option<&Places<B>>) -> Vec<Hit> {
        find(text, &Around { saved: &self.saved, focus: self.focus, limit }, map)
    }
}

/// Returns the places that a rider has been driven to or from, those used most first.
fn riders(trips: &[view::Trip]) -> Vec<Saved> {
    let mut used: BTreeMap<&str, (u32, Coordinate)> = BTreeMap::new();
    for place in trips.iter().filter_map(|trip| trip.places.as_ref()).flat_map(|ends| [&ends.from, &ends.to])
    {
        let (times, at) = used.entry(&place.label).or_insert((0, place.at));
        *times = times.saturating_add(1);
        *at = place.at;
    }
    let mut used: Vec<_> = used.into_iter().collect();
    used.sort_by_key(|(_, (times, _))| std::cmp::Reverse(*times));
    let saved = used.into_iter().map(|(name, (_, at))| Saved {
        name: name.to_owned(),
        address: String::new(),
        at,
        source: Source::Rider,
    });
    saved.collect()
}

/// Returns the middle of some points, if there are any.
pub(crate) fn middle(points: impl Iterator<Item = Coordinate> + Clone) -> Option<Coordinate> {
    let count = points.clone().count() as f64;
    let lat = points.clone().map(|point| point.lat()).sum::<f64>() / count;
    let lon = points.map(|point| point.lon()).sum::<f64>() / count;
    // Of no points at all the mean is not a number, and no coordinate.
    Coordinate::new(lat, lon).ok()
}

/// When a map was imported, and its places.
type Read = (SystemTime, Arc<Places<Vec<u8>>>);

/// The places of the map, read when they are first looked for, and again when another map has been imported.
#[derive(Debug)]
pub struct MapPlaces {
    map: Option<Map>,
    read: Mutex<Option<Read>>,
}

impl MapPlaces {
    /// The places of this map, of which nothing is read yet.
    pub fn of(map: Option<Map>) -> Self {
        MapPlaces { map, read: Mutex::default() }
    }

    /// Tells whether a map has been imported.
    pub fn are_there(&self) -> bool {
        self.map.as_ref().is_some_and(|map| map.places_file().exists())
    }

    /// Returns the places; `None` if no map was imported.
    ///
    /// # Errors
    /// [`MapError`] if they cannot be read or are not sound.
    pub fn get(&self) -> Result<Option<Arc<Places<Vec<u8>>>>, MapError> {
        let Some(map) = &self.map else { return Ok(None) };
        let imported = fs::metadata(map.places_file()).and_then(|file| file.modified()).ok();
        // A place in which somebody panicked holds what was read before.
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(imported) = imported else {
            *read = None;
            return Ok(None);
        };
        if let Some((_, places)) = read.as_ref().filter(|(of, _)| *of == imported) {
            return Ok(Some(Arc::clone(places)));
        }
        let places = map.places()?.map(Arc::new);
        *read = places.clone().map(|places| (imported, places));
        Ok(places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn home_a_name_and_a_point_are_told_apart() {
        assert_eq!(typed("Home"), Ok(PlaceAsked::Home));
        assert_eq!(typed(" County Clinic "), Ok(PlaceAsked::Named("County Clinic".to_owned())));
        let Ok(PlaceAsked::At(place)) = typed("Café @ the Mill @ 48.52, 9.06") else {
            panic!("a point was typed");
        };
        assert_eq!((place.label.as_str(), place.at.lat()), ("Café @ the Mill", 48.52));
    }

    #[test]
    fn a_point_off_the_globe_or_without_label_is_refused() {
        assert!(typed("Clinic @ 148.52,9.06").is_err());
        assert!(typed("@ 48.52,9.06").is_err());
        assert!(typed("  ").is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_a_place_or_refused(text in "\\PC{0,40}") {
            let _ = typed(&text);
        }

        #[test]
        fn what_is_written_is_read_again(label in "[a-zé@ 0-9]{1,20}[a-z]", lat in -90.0..90.0f64, lon in -180.0..180.0f64) {
            let lookup = Lookup::new(Vec::new(), &[], None);
            let mut hit = lookup.find::<Vec<u8>>("1, 2", 1, None).remove(0);
            hit.label = label.trim().to_owned();
            hit.at = Coordinate::new(lat, lon).unwrap();
            prop_assert_eq!(typed(&written(&hit)), Ok(PlaceAsked::At(place(&hit))));
        }
    }
}
