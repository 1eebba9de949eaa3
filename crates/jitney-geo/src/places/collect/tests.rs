//! A made-up extract, from its elements to answers.

use super::super::{Document, Kind, Places, build};
use super::*;
use crate::osm::write::Extract;

fn collected(extract: &Extract) -> Vec<Document> {
    let bytes = extract.file();
    collect(|| Ok(bytes.as_slice())).unwrap().documents
}

fn labels(extract: &Extract, text: &str) -> Vec<String> {
    let places = Places::open(build(collected(extract)).unwrap()).unwrap();
    places.search(text, None, 5).into_iter().map(|hit| hit.label).collect()
}

/// Two villages with a boundary each, a lane in both, and what stands in it.
fn villages() -> Extract {
    let mut extract = Extract::new();
    let corners = |first: i64, south: f64| {
        [
            (first, south, 9.0),
            (first + 1, south, 9.2),
            (first + 2, south + 0.1, 9.2),
            (first + 3, south + 0.1, 9.0),
        ]
    };
    extract.nodes(&corners(1, 47.0)).nodes(&corners(11, 47.1));
    extract.nodes(&[
        (21, 47.04, 9.1),
        (22, 47.05, 9.1),
        (23, 47.06, 9.1),
        (31, 47.15, 9.1),
        (32, 47.16, 9.1),
    ]);
    extract.nodes(&[(41, 47.05, 9.11), (42, 47.05, 9.12), (43, 47.06, 9.12), (44, 47.06, 9.11)]);
    extract.node(51, 47.051, 9.1, &[("addr:housenumber", "12;14"), ("addr:street", "Mill Lane")]);
    extract.node(
        52,
        47.151,
        9.1,
        &[
            ("addr:housenumber", "3"),
            ("addr:street", "Mill Lane"),
            ("addr:postcode", "9490"),
            ("amenity", "pharmacy"),
            ("name", "Löwen"),
            ("name:en", "Lion"),
        ],
    );
    extract.node(53, 47.05, 9.1, &[("place", "village"), ("name", "Ashford")]);
    extract.node(54, 47.05, 9.1, &[("amenity", "bench")]);
    extract.way(61, &[21, 22, 23], &[("highway", "residential"), ("name", "Mill Lane")]);
    extract.way(62, &[31, 32], &[("highway", "residential"), ("name", "Mill Lane")]);
    let building = [("building", "yes"), ("addr:housenumber", "16"), ("addr:street", "Mill Lane")];
    extract.way(63, &[41, 42, 43, 44, 41], &building);
    extract.way(71, &[1, 2, 3], &[]).way(72, &[1, 4, 3], &[]).way(73, &[11, 12, 13, 14, 11], &[]);
    let boundary =
        |name| [("type", "boundary"), ("boundary", "administrative"), ("admin_level", "8"), ("name", name)];
    extract.relation(
        81,
        &[(MemberKind::Way, 71, "outer"), (MemberKind::Way, 72, "outer")],
        &boundary("Ashford"),
    );
    // One of its lines is not in the extract, and it is a member of itself.
    let members =
        [(MemberKind::Way, 73, "outer"), (MemberKind::Way, 999, "outer"), (MemberKind::Relation, 82, "")];
    extract.relation(82, &members, &boundary("Brook"));
    extract
}

#[test]
fn streets_are_told_apart_by_their_town_and_have_its_houses() {
    let found = collected(&villages());
    let lanes: Vec<&Document> = found.iter().filter(|d| d.kind == Kind::Street).collect();
    let of = |town: &str| {
        let lane = lanes.iter().find(|lane| lane.locality == town).unwrap();
        lane.houses.iter().map(|house| house.number.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(lanes.len(), 2);
    assert_eq!((of("Ashford"), of("Brook")), (vec!["12", "14", "16"], vec!["3"]));
    // The point of a street lies on it; that of a building in its middle.
    let lane = lanes.iter().find(|lane| lane.locality == "Ashford").unwrap();
    assert_eq!((lane.at.lat(), lane.at.lon()), (47.05, 9.1));
    let building = lane.houses.iter().find(|house| house.number == "16").unwrap();
    assert!((building.at.lat() - 47.055).abs() < 1e-6 && (building.at.lon() - 9.115).abs() < 1e-6);
}

#[test]
fn what_was_collected_is_found() {
    let extract = villages();
    assert_eq!(labels(&extract, "mill lane 14"), ["14 Mill Lane, Ashford", "3 Mill Lane, Brook 9490"]);
    assert_eq!(labels(&extract, "lion"), ["Löwen, 3 Mill Lane, Brook 9490"]);
    assert_eq!(labels(&extract, "pharmacy brook"), ["Löwen, 3 Mill Lane, Brook 9490"]);
    assert_eq!(labels(&extract, "ashford")[0], "Ashford");
    assert!(labels(&extract, "bench").is_empty(), "what has no name is not looked for");
}

#[test]
fn an_extract_that_ends_early_is_refused() {
    let bytes = villages().file();
    let cut = &bytes[..bytes.len() - 3];
    assert!(matches!(collect(|| Ok(cut)), Err(CollectError::Read(ReadError::Truncated { .. }))));
}

#[test]
fn the_towns_of_an_extract_are_handed_on() {
    let bytes = villages().file();
    let localities = collect(|| Ok(bytes.as_slice())).unwrap().localities;
    let town = |lat| localities.of(jitney_domain::Coordinate::new(lat, 9.1).unwrap().into()).to_owned();
    assert_eq!([town(47.05), town(47.15), town(60.0)], ["Ashford", "Brook", ""]);
}

#[test]
fn an_extract_with_more_than_can_be_kept_is_refused() {
    let street = |refs: &[i64]| {
        let mut extract = Extract::new();
        extract.way(1, refs, &[("highway", "residential"), ("name", "Mill Lane")]);
        extract
    };
    let mut door = Extract::new();
    door.node(1, 47.05, 9.1, &[("amenity", "pharmacy"), ("name", "Lion")]);
    let mut boundary = Extract::new();
    boundary.way(1, &[1, 2, 3, 1], &[]);
    let tags = [("boundary", "administrative"), ("admin_level", "8"), ("name", "Ashford")];
    boundary.relation(2, &[(MemberKind::Way, 1, "outer")], &tags);
    let mut group = Extract::new();
    group.way(1, &[1, 2, 3, 1], &[]);
    let tags = [("type", "multipolygon"), ("amenity", "pharmacy"), ("name", "Lion")];
    group.relation(2, &[(MemberKind::Way, 1, "outer")], &tags);
    // Points, then what is told of a place; of a boundary its line counts as well.
    for (extract, takes) in
        [(street(&[1, 2, 3]), 3 + TOLD), (door, TOLD), (boundary, 4 + 1 + TOLD), (group, 4 + TOLD)]
    {
        let bytes = extract.file();
        let within = |limit| collect_within(limit, || Ok(bytes.as_slice()));
        assert!(within(takes).is_ok(), "{takes}");
        let refused = within(takes - 1).unwrap_err();
        assert!(matches!(refused, CollectError::TooMuch) && refused.to_string().contains("cut out the area"));
    }
}
