//! How fast a way is driven, by its tags.
//!
//! Speeds by class and surface follow the car profile of the Open Source Routing Machine (OSRM), so that its
//! answers and these can be compared: nobody drives the limit all along, so a limit counts four fifths.

use crate::osm::Tags;

use super::access::{self, Directions};

/// Share of a limit that is really driven.
const OF_LIMIT: f64 = 0.8;
const KMH_PER_MPH: f64 = 1.609_344;
/// Speed of a ferry that does not say how long it takes, in km/h.
const FERRY_KMH: f64 = 5.0;
/// Longest crossing that is believed, in milliseconds: a day.
const CROSSING_MAX_MILLIS: u32 = 24 * 3_600_000;

/// Speeds in km/h by value of `highway`. What is not in it is no road for cars.
const CLASSES: [(&str, f64); 14] = [
    ("motorway", 90.0),
    ("motorway_link", 45.0),
    ("trunk", 85.0),
    ("trunk_link", 40.0),
    ("primary", 65.0),
    ("primary_link", 30.0),
    ("secondary", 55.0),
    ("secondary_link", 25.0),
    ("tertiary", 40.0),
    ("tertiary_link", 20.0),
    ("unclassified", 25.0),
    ("residential", 25.0),
    ("living_street", 10.0),
    ("service", 15.0),
];

/// Most in km/h by value of `surface`, `tracktype` and `smoothness`.
const SURFACES: [(&str, f64); 29] = [
    ("cement", 80.0),
    ("compacted", 80.0),
    ("fine_gravel", 80.0),
    ("paving_stones", 60.0),
    ("metal", 60.0),
    ("bricks", 60.0),
    ("grass", 40.0),
    ("wood", 40.0),
    ("sett", 40.0),
    ("grass_paver", 40.0),
    ("gravel", 40.0),
    ("unpaved", 40.0),
    ("ground", 40.0),
    ("dirt", 40.0),
    ("pebblestone", 40.0),
    ("cobblestone", 30.0),
    ("clay", 30.0),
    ("earth", 20.0),
    ("stone", 20.0),
    ("rocky", 20.0),
    ("sand", 20.0),
    ("mud", 10.0),
    ("grade1", 60.0),
    ("grade2", 40.0),
    ("grade3", 30.0),
    ("grade4", 25.0),
    ("grade5", 20.0),
    ("bad", 40.0),
    ("very_bad", 20.0),
];

/// Limits in km/h by what a `maxspeed` names in place of a number; after a colon, the zone.
const ZONES: [(&str, f64); 7] = [
    ("urban", 50.0),
    ("rural", 90.0),
    ("trunk", 110.0),
    ("motorway", 130.0),
    ("zone30", 30.0),
    ("living_street", 10.0),
    // Nobody drives for ever as fast as the car can.
    ("none", 140.0),
];
/// Zones of countries whose limits are others.
const COUNTRY_ZONES: [(&str, f64); 44] = [
    ("ar:rural", 110.0),
    ("ar:urban", 40.0),
    ("at:rural", 100.0),
    ("at:trunk", 100.0),
    ("be-bru:rural", 70.0),
    ("be-bru:urban", 30.0),
    ("be-vlg:rural", 70.0),
    ("be:motorway", 120.0),
    ("bg:motorway", 140.0),
    ("by:motorway", 110.0),
    ("by:urban", 60.0),
    ("ca-on:rural", 80.0),
    ("ch:motorway", 120.0),
    ("ch:rural", 80.0),
    ("ch:trunk", 100.0),
    ("de:living_street", 7.0),
    ("de:motorway", 140.0),
    ("de:rural", 100.0),
    ("dk:rural", 80.0),
    ("es:trunk", 90.0),
    ("fr:rural", 80.0),
    ("gb:motorway", 70.0 * KMH_PER_MPH),
    ("gb:nsl_dual", 70.0 * KMH_PER_MPH),
    ("gb:nsl_single", 60.0 * KMH_PER_MPH),
    ("lv:living_street", 20.0),
    ("nl:rural", 80.0),
    ("nl:trunk", 100.0),
    ("no:motorway", 110.0),
    ("no:rural", 80.0),
    ("ph:motorway", 100.0),
    ("ph:rural", 80.0),
    ("ph:urban", 40.0),
    ("pl:expressway", 120.0),
    ("pl:motorway", 140.0),
    ("pl:rural", 100.0),
    ("ro:trunk", 100.0),
    ("ru:living_street", 20.0),
    ("ru:motorway", 110.0),
    ("ru:urban", 60.0),
    ("uk:motorway", 70.0 * KMH_PER_MPH),
    ("uk:nsl_dual", 70.0 * KMH_PER_MPH),
    ("uk:nsl_single", 60.0 * KMH_PER_MPH),
    ("za:rural", 100.0),
    ("za:urban", 60.0),
];

/// How a way is driven.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Pace {
    /// At a speed in km/h.
    Kmh(f64),
    /// In so many milliseconds, however long it is.
    Millis(u32),
}

/// A way that cars use.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Drivable {
    /// From its first node to its last, if that is allowed.
    pub forward: Option<Pace>,
    /// From its last node to its first, if that is allowed.
    pub backward: Option<Pace>,
    /// Whether it is a boat: nobody gets on or off halfway.
    pub ferry: bool,
}

/// Returns how a way is driven, or `None` if cars do not use it.
pub(super) fn drivable(tags: Tags<'_>) -> Option<Drivable> {
    let ferry = tags.has("route", "ferry");
    let (forward, backward) = if ferry { ferry_paces(tags)? } else { road_paces(tags)? };
    let Directions { forward: there, backward: back } = access::directions(tags);
    let way = Drivable { forward: there.then_some(forward), backward: back.then_some(backward), ferry };
    (there || back).then_some(way)
}

fn ferry_paces(tags: Tags<'_>) -> Option<(Pace, Pace)> {
    // Boats carry cars only where it says so; many are for people on foot.
    if access::open(tags) != Some(true) {
        return None;
    }
    let pace = tags.get("duration").and_then(duration).map_or(Pace::Kmh(FERRY_KMH), Pace::Millis);
    Some((pace, pace))
}

fn road_paces(tags: Tags<'_>) -> Option<(Pace, Pace)> {
    let highway = tags.get("highway")?;
    let class = CLASSES.iter().find(|(name, _)| *name == highway).map(|(_, kmh)| *kmh)?;
    if access::open(tags) == Some(false) || tags.has("area", "yes") || tags.has("impassable", "yes") {
        return None;
    }
    let surface = ["surface", "tracktype", "smoothness"].iter().filter_map(|key| tags.get(key));
    let cap = surface.filter_map(|value| lookup(&SURFACES, value)).fold(f64::INFINITY, f64::min);
    let slow_service =
        matches!(tags.get("service"), Some("alley" | "parking_aisle" | "drive-through" | "driveway"));
    let plain = if highway == "service" && slow_service { class.min(10.0) } else { class };
    let everywhere = tags.get("maxspeed").and_then(limit);
    let pace = |direction| {
        let limit = tags.get(direction).and_then(limit).or(everywhere);
        Pace::Kmh(limit.map_or(plain, |limit| limit * OF_LIMIT).min(cap))
    };
    Some((pace("maxspeed:forward"), pace("maxspeed:backward")))
}

fn lookup(table: &[(&str, f64)], name: &str) -> Option<f64> {
    table.iter().find(|(own, _)| *own == name).map(|(_, kmh)| *kmh)
}

/// Reads a limit in km/h: `50`, `30 mph`, `FR:urban`, `none`. `None` for what is no limit.
fn limit(value: &str) -> Option<f64> {
    let value = value.split(';').next()?.trim();
    let number = value.find(|c: char| !c.is_ascii_digit() && c != '.').map_or(value, |end| &value[..end]);
    let kmh = match number.parse::<f64>() {
        Ok(number) if value.ends_with("mph") => number * KMH_PER_MPH,
        Ok(number) => number,
        Err(_) => {
            let zone = value.to_ascii_lowercase();
            let name = zone.split_once(':').map_or(zone.as_str(), |(_, name)| name);
            lookup(&COUNTRY_ZONES, &zone).or_else(|| lookup(&ZONES, name))?
        }
    };
    (1.0..=200.0).contains(&kmh).then_some(kmh)
}

/// Reads how long something takes, in milliseconds: `25` (minutes), `1:30`, `1:30:00`, `PT1H30M` (ISO 8601).
fn duration(value: &str) -> Option<u32> {
    let seconds = match value.trim().strip_prefix("PT") {
        Some(iso) => iso_seconds(iso)?,
        None => {
            let mut parts = value.trim().split(':').map(|part| part.parse::<u32>().ok());
            let (first, second, third) = (parts.next()??, parts.next(), parts.next());
            match (second, third) {
                (None, _) => first.checked_mul(60)?,
                (Some(minutes), None) => first.checked_mul(3600)?.checked_add(minutes?.checked_mul(60)?)?,
                (Some(minutes), Some(seconds)) => {
                    first.checked_mul(3600)?.checked_add(minutes?.checked_mul(60)?)?.checked_add(seconds?)?
                }
            }
        }
    };
    seconds.checked_mul(1000).filter(|millis| (1..=CROSSING_MAX_MILLIS).contains(millis))
}

fn iso_seconds(text: &str) -> Option<u32> {
    let mut seconds = 0_u32;
    let mut number = 0_u32;
    for letter in text.chars() {
        let unit = match letter {
            'H' => 3600,
            'M' => 60,
            'S' => 1,
            digit => {
                number = number.checked_mul(10)?.checked_add(digit.to_digit(10)?)?;
                continue;
            }
        };
        seconds = seconds.checked_add(number.checked_mul(unit)?)?;
        number = 0;
    }
    Some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::osm::tags_for_tests as with;
    use proptest::prelude::*;

    fn way(tags: &[(&'static str, &'static str)]) -> Option<Drivable> {
        with(tags, drivable)
    }

    fn kmh(tags: &[(&'static str, &'static str)]) -> (f64, f64) {
        match way(tags) {
            Some(Drivable { forward: Some(Pace::Kmh(there)), backward: Some(Pace::Kmh(back)), .. }) => {
                ((there * 10.0).round() / 10.0, (back * 10.0).round() / 10.0)
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_limit_counts_four_fifths_and_the_class_where_there_is_none() {
        assert_eq!(kmh(&[("highway", "residential")]), (25.0, 25.0));
        assert_eq!(kmh(&[("highway", "residential"), ("maxspeed", "50")]), (40.0, 40.0));
        assert_eq!(kmh(&[("highway", "primary"), ("maxspeed", "40 mph")]), (51.5, 51.5));
        assert_eq!(kmh(&[("highway", "primary"), ("maxspeed", "DE:rural")]), (80.0, 80.0));
        assert_eq!(kmh(&[("highway", "primary"), ("maxspeed", "XX:urban")]), (40.0, 40.0));
        assert_eq!(kmh(&[("highway", "primary"), ("maxspeed", "walk")]), (65.0, 65.0));
        assert_eq!(kmh(&[("highway", "motorway"), ("oneway", "no"), ("maxspeed", "none")]), (112.0, 112.0));
        let both = [("highway", "primary"), ("maxspeed", "50"), ("maxspeed:backward", "100")];
        assert_eq!(kmh(&both), (40.0, 80.0));
    }

    #[test]
    fn a_bad_surface_slows_down() {
        assert_eq!(kmh(&[("highway", "primary"), ("surface", "gravel")]), (40.0, 40.0));
        assert_eq!(kmh(&[("highway", "primary"), ("surface", "asphalt")]), (65.0, 65.0));
    }

    #[test]
    fn footways_private_roads_and_areas_are_no_roads() {
        for tags in [
            &[("highway", "footway")][..],
            &[("highway", "service"), ("access", "private")],
            &[("highway", "residential"), ("motor_vehicle", "no")],
            &[("highway", "service"), ("area", "yes")],
            &[("building", "yes")],
        ] {
            assert_eq!(way(tags), None, "{tags:?}");
        }
    }

    #[test]
    fn a_ferry_for_cars_takes_as_long_as_it_says() {
        let boat = [("route", "ferry"), ("motor_vehicle", "yes"), ("duration", "00:25")];
        let pace = way(&boat).unwrap();
        assert_eq!((pace.forward, pace.ferry), (Some(Pace::Millis(25 * 60_000)), true));
        assert_eq!(way(&boat[..2]).unwrap().forward, Some(Pace::Kmh(FERRY_KMH)));
        assert_eq!(way(&boat[..1]), None);
        for (text, minutes) in [("25", 25), ("1:30", 90), ("01:30:00", 90), ("PT1H30M", 90), ("PT25M", 25)] {
            assert_eq!(duration(text), Some(minutes * 60_000), "{text}");
        }
        for text in ["", "soon", "0", "-5", "99999", "1:2:3x", "PT", "4294967295"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_limit_and_a_duration_or_not(text in "\\PC*") {
            prop_assert!(limit(&text).is_none_or(|kmh| (1.0..=200.0).contains(&kmh)));
            let _ = duration(&text);
        }
    }
}
