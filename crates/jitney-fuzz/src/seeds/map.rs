//! Seeds of maps: a village, whole and in pieces.

use std::io::Cursor;

use jitney_geo::osm::MemberKind::{Node, Way};
use jitney_geo::osm::write::{Extract, header, raw_blob};
use jitney_geo::roads::Surveyed;

use super::named;
use crate::Seed;

/// A village with a one-way street, a gate, a ferry and a forbidden turn.
fn village() -> Extract {
    let street = [("highway", "residential"), ("maxspeed", "30 mph")];
    let mut map = Extract::new();
    map.nodes(&[
        (1, 48.0, 9.0),
        (2, 48.01, 9.0),
        (3, 48.01, 9.01),
        (4, 48.0, 9.01),
        (5, 48.02, 9.0),
        (6, 48.03, 9.0),
    ]);
    map.node(7, 48.005, 9.0, &[("barrier", "gate")]);
    map.way(1, &[1, 7, 2, 3], &street).way(2, &[3, 4, 1], &[("highway", "primary"), ("oneway", "yes")]);
    map.way(3, &[2, 5], &[("route", "ferry"), ("motor_vehicle", "yes"), ("duration", "PT5M")]);
    map.way(4, &[5, 6], &street).way(5, &[2, 4], &street);
    map.relation(
        1,
        &[(Way, 1, "from"), (Node, 2, "via"), (Way, 5, "to")],
        &[("type", "restriction"), ("restriction", "no_right_turn")],
    );
    map.relation(
        2,
        &[(Way, 2, "from"), (Way, 1, "via"), (Way, 5, "to")],
        &[("type", "restriction"), ("restriction", "only_u_turn")],
    );
    map
}

/// A file that is not packed, so that these seeds do not change with the library that packs. One that is packed is
/// kept among them.
fn plain(map: &Extract) -> Vec<u8> {
    let head = raw_blob("OSMHeader", &header(&["OsmSchema-V0.6", "DenseNodes"]));
    [&[0], &head[..], &raw_blob("OSMData", &map.block())].concat()
}

pub(crate) fn extract() -> Vec<Seed> {
    vec![
        named("village", plain(&village())),
        named("village-block", [&[1], &village().block()[..]].concat()),
        named("empty", plain(&Extract::new())),
    ]
}

pub(crate) fn roads() -> Vec<Seed> {
    let (roads, ..) = Surveyed::read(&mut Cursor::new(village().file())).unwrap().prepare();
    vec![named("village", roads.to_bytes())]
}
