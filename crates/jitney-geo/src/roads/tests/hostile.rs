//! Extracts and files that are damaged or built to do harm.

use std::io::Cursor;

use proptest::prelude::*;

use super::super::*;
use crate::osm::MemberKind::{Node, Relation, Way};
use crate::osm::ReadError;
use crate::osm::write::{Extract, TagList};
use crate::{StraightLine, TravelTimes};

const STREET: TagList<'_> = &[("highway", "residential")];

fn read(file: &[u8]) -> Result<Surveyed, ImportError> {
    Surveyed::read(&mut Cursor::new(file))
}

fn village() -> Extract {
    let mut map = Extract::new();
    map.nodes(&[(1, 48.0, 9.0), (2, 48.01, 9.0), (3, 48.01, 9.01), (4, 48.0, 9.01)]);
    map.way(1, &[1, 2, 3], STREET).way(2, &[3, 4, 1], STREET).way(3, &[2, 4], STREET);
    map.relation(
        1,
        &[(Way, 1, "from"), (Node, 3, "via"), (Way, 2, "to")],
        &[("type", "restriction"), ("restriction", "no_right_turn")],
    );
    map
}

#[test]
fn an_extract_without_roads_says_what_to_take() {
    let mut map = Extract::new();
    map.nodes(&[(1, 48.0, 9.0), (2, 48.1, 9.0)]).way(1, &[1, 2], &[("waterway", "river")]);
    assert!(matches!(read(&map.file()), Err(ImportError::NoRoads)));
    // Roads whose nodes are all missing, of one node only, or of none.
    let mut map = Extract::new();
    map.nodes(&[(1, 48.0, 9.0)]).way(1, &[7, 8], STREET).way(2, &[1], STREET).way(3, &[], STREET);
    map.way(4, &[1, 1, 1], STREET);
    assert!(matches!(read(&map.file()), Err(ImportError::NoRoads)));
}

#[test]
fn an_extract_cut_short_is_refused() {
    let file = village().file();
    let outcome = read(&file[..file.len() - 3]);
    assert!(matches!(outcome, Err(ImportError::Read(ReadError::Truncated { .. }))));
}

#[test]
fn absurd_roads_are_cut_and_the_others_stay() {
    let mut map = village();
    // Round the globe, over the pole, and from the Pacific to here.
    map.nodes(&[(10, 90.0, 0.0), (11, -90.0, 180.0), (12, 0.0, -180.0), (13, 48.0, 9.02)]);
    map.way(10, &[10, 11, 12, 1], STREET).way(11, &[1, 13, 12], STREET);
    let (roads, ..) = read(&map.file()).unwrap().prepare();
    let (south_west, north_east) = roads.corners().unwrap();
    assert_eq!((south_west.lat(), north_east.lat()), (480_000_000, 480_100_000));
    assert_eq!((south_west.lon(), north_east.lon()), (90_000_000, 90_200_000));
}

#[test]
fn restrictions_that_name_themselves_or_each_other_do_no_harm() {
    let mut map = village();
    let tags: TagList<'_> = &[("type", "restriction"), ("restriction", "no_u_turn")];
    map.relation(2, &[(Relation, 2, "from"), (Relation, 3, "via"), (Relation, 2, "to")], tags);
    map.relation(3, &[(Relation, 2, "from"), (Relation, 3, "via")], tags);
    map.relation(4, &[(Way, 1, "from"), (Way, 1, "via"), (Way, 1, "to")], tags);
    map.relation(5, &[(Way, 3, "from"), (Node, 2, "via"), (Way, 3, "to")], tags);
    let (_, counts, _) = read(&map.file()).unwrap().prepare();
    // The one of the village, the one over a way that is all three, and the one that turns round.
    assert_eq!(counts.turns, 3);
}

#[test]
fn a_junction_of_a_thousand_forbidden_turns_stays_small() {
    let mut map = Extract::new();
    map.node(0, 48.0, 9.0, &[]);
    for n in 1..=40_i64 {
        map.node(n, 48.0 + 0.001 * (n as f64).sin(), 9.0 + 0.001 * (n as f64).cos(), &[]);
        map.way(n, &[n, 0], STREET);
    }
    for n in 0..1_000 {
        let (from, to) = (1 + n % 40, 1 + n / 40);
        map.relation(
            n,
            &[(Way, from, "from"), (Node, 0, "via"), (Way, to, "to")],
            &[("type", "restriction"), ("restriction", "no_left_turn")],
        );
    }
    let (_, counts, _) = read(&map.file()).unwrap().prepare();
    // The restrictions on one arriving road share one copy at most for each of them.
    assert!(counts.vertices < 41 + 1_000 + 1, "{counts:?}");
}

#[test]
fn a_file_that_is_not_what_was_written_is_refused() {
    let (roads, ..) = read(&village().file()).unwrap().prepare();
    let bytes = roads.to_bytes();
    assert_eq!(Roads::from_bytes(&bytes).unwrap().to_bytes(), bytes);
    let refusal = |bytes: &[u8]| Roads::from_bytes(bytes).unwrap_err();
    assert_eq!(refusal(b""), FileError::NotRoads);
    assert_eq!(refusal(b"PK and so on"), FileError::NotRoads);
    for end in 12..bytes.len() {
        assert_eq!(refusal(&bytes[..end]), FileError::Damaged, "cut at {end}");
    }
    let mut newer = bytes.clone();
    newer[8] = 7;
    assert_eq!(refusal(&newer), FileError::OtherVersion { found: 7 });
    for at in 12..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        assert_eq!(refusal(&damaged), FileError::Damaged, "bit at {at}");
    }
}

proptest! {
    /// With a checksum that is right, as only somebody who means harm would write it.
    #[test]
    fn a_forged_file_is_refused_or_answers(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let (roads, ..) = read(&village().file()).unwrap().prepare();
        let mut bytes = roads.to_bytes();
        let content = bytes.len() - 4;
        for (at, to) in changes {
            bytes[12 + at.index(content - 12)] = to;
        }
        if let Ok(roads) = Roads::from_bytes(&Roads::with_checksum(bytes[..content].to_vec())) {
            let times = RoadTimes::new(roads, StraightLine::default());
            let at = |lat, lon| jitney_domain::Coordinate::new(lat, lon).unwrap();
            let _ = times.travel(at(48.0, 9.0), at(48.01, 9.01));
            let _ = times.travel(at(48.01, 9.01), at(48.002, 9.0));
        }
    }

    #[test]
    fn a_changed_extract_is_imported_or_refused(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut file = village().file();
        let at = at.index(file.len());
        file[at] = to;
        if let Ok(surveyed) = read(&file) {
            let _ = surveyed.prepare();
        }
    }
}
