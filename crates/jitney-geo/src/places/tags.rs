//! What OpenStreetMap's tags say of an element, as far as somebody may look for it.

use super::document::Kind;
use crate::osm::Tags;

/// Longest name that is kept, in characters.
const NAME_MAX: usize = 120;
/// Most other names of one place.
const ALIASES_MAX: usize = 6;

/// Keys of names besides `name`; those of one language come after (`name:mt`).
const OTHER_NAMES: [&str; 7] =
    ["alt_name", "short_name", "official_name", "old_name", "loc_name", "int_name", "nat_name"];

/// What an element is to somebody who looks for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Told {
    /// Its kind, if it is one that is looked for by name.
    pub(super) kind: Option<Kind>,
    pub(super) what: String,
    pub(super) name: String,
    pub(super) aliases: Vec<String>,
    /// House numbers, of one building.
    pub(super) numbers: Vec<String>,
    pub(super) street: String,
    pub(super) city: String,
    pub(super) postcode: String,
}

/// Reads the tags of a point, an outline or a line. None if nobody looks for it.
pub(super) fn told(tags: &Tags<'_>, is_line: bool) -> Option<Told> {
    if tags.is_empty() {
        return None;
    }
    let text = |key: &str| tags.get(key).map(trimmed).unwrap_or_default();
    let street =
        Some(text("addr:street")).filter(|street| !street.is_empty()).unwrap_or_else(|| text("addr:place"));
    let numbers = if street.is_empty() { Vec::new() } else { numbers(&text("addr:housenumber")) };
    let house_name = text("addr:housename");
    let (kind, what) = match kind(tags, is_line) {
        Some((kind, what)) => (Some(kind), what),
        None if !house_name.is_empty() => (Some(Kind::Venue), "house"),
        None => (None, ""),
    };
    let name = Some(text("name")).filter(|name| !name.is_empty()).unwrap_or(house_name);
    let kind = kind.filter(|_| !name.is_empty());
    if kind.is_none() && numbers.is_empty() {
        return None;
    }
    let city = ["addr:city", "addr:town", "addr:village", "addr:suburb", "addr:hamlet"];
    let city = city.into_iter().map(text).find(|city| !city.is_empty());
    let city = city.unwrap_or_else(|| trimmed(text("is_in").split([',', ';']).next().unwrap_or_default()));
    let postcode = ["addr:postcode", "postal_code"].into_iter().map(text).find(|code| !code.is_empty());
    Some(Told {
        aliases: if kind.is_some() { aliases(tags, &name) } else { Vec::new() },
        kind,
        what: what.replace('_', " "),
        name,
        numbers,
        street,
        city,
        postcode: postcode.unwrap_or_default(),
    })
}

fn trimmed(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(NAME_MAX).collect()
}

/// Reads `12;14` and `12, 14` as two numbers of one building.
fn numbers(text: &str) -> Vec<String> {
    let parts = text.split([';', ',']).map(str::trim).filter(|part| part.chars().any(|c| c.is_ascii_digit()));
    parts.map(str::to_owned).take(ALIASES_MAX).collect()
}

fn aliases(tags: &Tags<'_>, name: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let others = tags.iter().filter(|(key, _)| OTHER_NAMES.contains(key) || key.starts_with("name:"));
    for alias in others.flat_map(|(_, value)| value.split(';')).map(trimmed) {
        if !alias.is_empty() && alias != name && !all.contains(&alias) && all.len() < ALIASES_MAX {
            all.push(alias);
        }
    }
    all
}

/// Returns what kind of place it is, and the tag's own word for it.
fn kind<'a>(tags: &Tags<'a>, is_line: bool) -> Option<(Kind, &'a str)> {
    let of = |key: &str| tags.get(key).filter(|value| *value != "no" && *value != "yes");
    if let Some(place) = of("place") {
        let kind = match place {
            "city" => Kind::City,
            "town" => Kind::Town,
            "village" => Kind::Village,
            "suburb" | "hamlet" | "quarter" | "neighbourhood" | "isolated_dwelling" | "borough"
            | "locality" => Kind::Neighbourhood,
            _ => return None,
        };
        return Some((kind, place));
    }
    if let Some(highway) = of("highway") {
        return match highway {
            "bus_stop" => Some((Kind::Stop, "bus stop")),
            "proposed" | "construction" | "platform" | "services" | "rest_area" => None,
            _ if is_line => Some((Kind::Street, "")),
            _ => None,
        };
    }
    if let Some(health) = of("healthcare") {
        return Some((Kind::Health, health));
    }
    if let Some(amenity) = of("amenity") {
        let kind = match amenity {
            "hospital" | "clinic" | "doctors" | "dentist" | "pharmacy" | "nursing_home"
            | "social_facility" => Kind::Health,
            "bus_station" | "ferry_terminal" => Kind::Stop,
            _ => Kind::Venue,
        };
        return Some((kind, amenity));
    }
    if let Some(railway) = of("railway") {
        return matches!(railway, "station" | "halt" | "tram_stop").then_some((Kind::Stop, railway));
    }
    if let Some(stop) = of("public_transport") {
        return matches!(stop, "station" | "platform" | "stop_position").then_some((Kind::Stop, "stop"));
    }
    let venues = ["shop", "office", "tourism", "leisure", "craft", "club", "historic", "aeroway", "sport"];
    if let Some(venue) = venues.into_iter().find_map(of) {
        return Some((Kind::Venue, venue));
    }
    let with_name_only = tags.get("building").is_some()
        || tags.get("shop").is_some()
        || matches!(tags.get("landuse"), Some("cemetery" | "retail" | "industrial" | "commercial"));
    with_name_only.then_some((Kind::Venue, ""))
}
