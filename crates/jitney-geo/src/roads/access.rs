//! Where a car may go, by the tags of a way or a point.
//!
//! Rules of the [OpenStreetMap wiki](https://wiki.openstreetmap.org/wiki/Key:access): the tag for the more special
//! kind of traffic wins over the more general one. Conditional tags are not read: a way that is closed at times
//! counts as its plain tags say.

use crate::osm::Tags;

/// Keys of access that concern a car, the most special first.
const KEYS: [&str; 4] = ["motorcar", "motor_vehicle", "vehicle", "access"];
/// Values that keep cars out. Whoever delivers, calls on somebody or lives there may go in, as drivers of a coop do.
const CLOSED: [&str; 9] =
    ["no", "private", "agricultural", "forestry", "emergency", "psv", "bus", "military", "restricted"];

/// Returns whether the access tags let a car pass; `None` if they do not say.
pub(super) fn open(tags: Tags<'_>) -> Option<bool> {
    let value = KEYS.iter().find_map(|key| tags.get(key))?;
    Some(!value.split(';').all(|one| CLOSED.contains(&one.trim())))
}

/// Directions in which a way may be driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Directions {
    pub forward: bool,
    pub backward: bool,
}

/// Returns the directions in which a way may be driven, access left aside.
pub(super) fn directions(tags: Tags<'_>) -> Directions {
    let both = Directions { forward: true, backward: true };
    let forward = Directions { forward: true, backward: false };
    let special = ["oneway:motorcar", "oneway:motor_vehicle", "oneway"].iter().find_map(|key| tags.get(key));
    match special {
        Some("yes" | "true" | "1") => forward,
        Some("-1" | "reverse") => Directions { forward: false, backward: true },
        Some("no" | "false" | "0") => both,
        // Changes by the hour: nobody can plan with it.
        Some("reversible" | "alternating") => Directions { forward: false, backward: false },
        _ if tags.has("junction", "roundabout") || tags.has("junction", "circular") => forward,
        _ if tags.has("highway", "motorway") => forward,
        _ => both,
    }
}

/// What a point of a way does to whoever passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Point {
    /// Nothing.
    #[default]
    Plain,
    /// Traffic lights. Those for one direction only count for that one.
    Signals { forward: bool, backward: bool },
    /// A gate that somebody must open.
    Gate,
    /// No car passes.
    Closed,
}

/// Barriers that a driver opens and closes again.
const GATES: [&str; 6] = ["gate", "lift_gate", "swing_gate", "sliding_gate", "hampshire_gate", "chain"];
/// Barriers that bar only the wide, the high or the fast, or nobody.
const PASSED: [&str; 10] = [
    "kerb",
    "height_restrictor",
    "toll_booth",
    "border_control",
    "cattle_grid",
    "entrance",
    "sally_port",
    "no",
    "speed_bump",
    "rumble_strip",
];
/// Milliseconds lost at traffic lights on average: whoever is lucky loses none.
pub(super) const SIGNALS_MILLIS: u32 = 2_000;
/// Milliseconds to get out, open a gate, drive through, and close it.
pub(super) const GATE_MILLIS: u32 = 60_000;

impl Point {
    /// Reads the tags of a point.
    pub fn of(tags: Tags<'_>) -> Self {
        if tags.is_empty() {
            return Point::Plain;
        }
        match (tags.get("barrier"), open(tags)) {
            (None, _) => Point::signals(tags),
            (Some(_), Some(false)) => Point::Closed,
            (Some(barrier), _) if GATES.contains(&barrier) => Point::Gate,
            (Some(barrier), access) if access == Some(true) || PASSED.contains(&barrier) => {
                Point::signals(tags)
            }
            (Some(_), _) => Point::Closed,
        }
    }

    fn signals(tags: Tags<'_>) -> Self {
        if !tags.has("highway", "traffic_signals") {
            return Point::Plain;
        }
        match tags.get("traffic_signals:direction") {
            Some("forward") => Point::Signals { forward: true, backward: false },
            Some("backward") => Point::Signals { forward: false, backward: true },
            _ => Point::Signals { forward: true, backward: true },
        }
    }

    /// Returns the milliseconds lost by passing along the way's direction, or against it.
    pub fn millis(self, along: bool) -> u32 {
        match self {
            Point::Signals { forward, backward } if (along && forward) || (!along && backward) => {
                SIGNALS_MILLIS
            }
            Point::Gate => GATE_MILLIS,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::osm::tags_for_tests as with;

    #[test]
    fn the_more_special_tag_wins() {
        let open = |tags: &[(&'static str, &'static str)]| with(tags, super::open);
        assert_eq!(open(&[]), None);
        assert_eq!(open(&[("access", "no"), ("motor_vehicle", "yes")]), Some(true));
        assert_eq!(open(&[("motorcar", "no"), ("motor_vehicle", "yes")]), Some(false));
        assert_eq!(open(&[("vehicle", "private")]), Some(false));
        assert_eq!(open(&[("motor_vehicle", "destination")]), Some(true));
        assert_eq!(open(&[("motor_vehicle", "agricultural;forestry")]), Some(false));
        assert_eq!(open(&[("motor_vehicle", "forestry;destination")]), Some(true));
    }

    #[test]
    fn one_way_streets_are_one_way_however_it_is_said() {
        let ways = |tags: &[(&'static str, &'static str)]| {
            let Directions { forward, backward } = with(tags, directions);
            (forward, backward)
        };
        assert_eq!(ways(&[("highway", "residential")]), (true, true));
        assert_eq!(ways(&[("oneway", "yes")]), (true, false));
        assert_eq!(ways(&[("oneway", "-1")]), (false, true));
        assert_eq!(ways(&[("junction", "roundabout")]), (true, false));
        assert_eq!(ways(&[("highway", "motorway")]), (true, false));
        assert_eq!(ways(&[("highway", "motorway"), ("oneway", "no")]), (true, true));
        assert_eq!(ways(&[("oneway", "yes"), ("oneway:motor_vehicle", "no")]), (true, true));
        assert_eq!(ways(&[("oneway", "reversible")]), (false, false));
    }

    #[test]
    fn bollards_close_gates_delay_and_kerbs_do_neither() {
        let point = |tags: &[(&'static str, &'static str)]| with(tags, Point::of);
        assert_eq!(point(&[("barrier", "bollard")]), Point::Closed);
        assert_eq!(point(&[("barrier", "bollard"), ("motor_vehicle", "yes")]), Point::Plain);
        assert_eq!(point(&[("barrier", "gate")]), Point::Gate);
        assert_eq!(point(&[("barrier", "gate"), ("access", "private")]), Point::Closed);
        assert_eq!(point(&[("barrier", "kerb")]), Point::Plain);
        assert_eq!(point(&[("name", "Oak"), ("access", "no")]), Point::Plain);
        let lights = point(&[("highway", "traffic_signals")]);
        assert_eq!((lights.millis(true), lights.millis(false)), (SIGNALS_MILLIS, SIGNALS_MILLIS));
        let lights = point(&[("highway", "traffic_signals"), ("traffic_signals:direction", "backward")]);
        assert_eq!((lights.millis(true), lights.millis(false)), (0, SIGNALS_MILLIS));
        assert_eq!(Point::Gate.millis(true), GATE_MILLIS);
    }
}
