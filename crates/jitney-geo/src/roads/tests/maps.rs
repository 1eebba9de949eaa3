//! Small maps, drawn for one rule each.

use std::io::Cursor;

use jitney_domain::{Coordinate, Metres};
use proptest::prelude::*;

use super::super::matrix::Matrix;
use super::super::*;
use crate::osm::MemberKind::{Node, Way};
use crate::osm::write::{Extract, TagList};
use crate::{StraightLine, Travel, TravelTimes};

/// Degrees of latitude in a kilometre; on the equator also of longitude.
const KM: f64 = 1.0 / 111.194_93;
const STREET: TagList<'_> = &[("highway", "residential"), ("maxspeed", "45")]; // driven at 36 km/h, 10 m/s

/// Places nodes on a grid of kilometres around a point of the equator: node `10 y + x` at `x` km east, `y` km north.
fn grid() -> Extract {
    let mut extract = Extract::new();
    let node = |id: i64| (id, (id / 10) as f64 * KM, (id % 10) as f64 * KM);
    extract.nodes(&(0..50).map(node).collect::<Vec<_>>());
    extract
}

fn at(x: f64, y: f64) -> Coordinate {
    Coordinate::new(y * KM, x * KM).unwrap()
}

pub(super) fn import(extract: &Extract) -> (Roads, Counts) {
    let (roads, counts, _) = Surveyed::read(&mut Cursor::new(extract.file())).unwrap().prepare();
    (roads, counts)
}

fn times(extract: &Extract) -> RoadTimes {
    RoadTimes::new(import(extract).0, StraightLine::default())
}

/// Seconds of a drive, rounded.
fn seconds(times: &RoadTimes, from: (f64, f64), to: (f64, f64)) -> Option<i64> {
    times.travel(at(from.0, from.1), at(to.0, to.1)).map(|drive| (drive.millis + 500) / 1000)
}

#[test]
fn a_drive_along_a_street_takes_its_length_over_its_speed() {
    let mut map = grid();
    map.way(1, &[0, 1, 2, 3], STREET);
    let times = times(&map);
    assert_eq!(seconds(&times, (0.0, 0.0), (3.0, 0.0)), Some(300));
    assert_eq!(seconds(&times, (0.5, 0.0), (2.25, 0.0)), Some(175));
    assert_eq!(seconds(&times, (2.25, 0.0), (0.5, 0.0)), Some(175));
    let drive = times.travel(at(0.5, 0.0), at(2.0, 0.0)).unwrap();
    assert!(drive.metres.0.abs_diff(1500) <= 1, "{drive:?}");
    assert_eq!(times.travel(at(0.5, 0.0), at(0.5, 0.0)), Some(Travel::default()));
}

#[test]
fn a_door_beside_the_road_is_reached_slowly() {
    let mut map = grid();
    map.way(1, &[0, 1], STREET);
    let times = times(&map);
    // 50 m of yard at 15 km/h, half a kilometre of street.
    assert_eq!(seconds(&times, (0.25, 0.05), (0.75, 0.0)), Some(12 + 50));
}

#[test]
fn a_one_way_street_is_driven_round_the_other_way() {
    let mut map = grid();
    map.way(1, &[0, 1, 2], &[("highway", "residential"), ("maxspeed", "45"), ("oneway", "yes")]);
    map.way(2, &[2, 12, 11, 10, 0], STREET);
    let times = times(&map);
    assert_eq!(seconds(&times, (0.25, 0.0), (0.75, 0.0)), Some(50));
    // On to the end, round, and in again from its beginning.
    assert_eq!(seconds(&times, (0.75, 0.0), (0.25, 0.0)), Some(125 + 400 + 25));
}

#[test]
fn lights_delay_gates_delay_more_and_bollards_close() {
    let drive = |tags: TagList<'_>| {
        let mut map = grid();
        map.node(99, 0.0, 0.5 * KM, tags);
        map.way(1, &[0, 99, 1], STREET);
        seconds(&times(&map), (0.0, 0.0), (1.0, 0.0))
    };
    assert_eq!(drive(&[]), Some(100));
    assert_eq!(drive(&[("highway", "traffic_signals")]), Some(102));
    assert_eq!(drive(&[("barrier", "gate")]), Some(160));
    assert_eq!(drive(&[("barrier", "bollard")]), None);
    // Private: the way round is open, the straight one is not.
    let mut map = grid();
    map.node(99, 0.0, 0.5 * KM, &[("barrier", "bollard")]);
    map.way(1, &[0, 99, 1], STREET).way(2, &[0, 10, 11, 1], STREET);
    assert_eq!(seconds(&times(&map), (0.0, 0.0), (1.0, 0.0)), Some(300));
}

/// A crossing at node 11: roads from the south (1), west (10), north (21) and east (12).
fn crossing() -> Extract {
    let mut map = grid();
    map.way(1, &[1, 11], STREET).way(2, &[10, 11], STREET);
    map.way(3, &[11, 21], STREET).way(4, &[11, 12], STREET);
    map
}

#[test]
fn a_forbidden_turn_is_not_taken() {
    let south_to_west = |rule: &str, to: i64| {
        let mut map = crossing();
        map.relation(
            1,
            &[(Way, 1, "from"), (Node, 11, "via"), (Way, to, "to")],
            &[("type", "restriction"), ("restriction", rule)],
        );
        let (roads, counts) = import(&map);
        let times = RoadTimes::new(roads, StraightLine::default());
        // From halfway the southern road to halfway the western one.
        (counts.turns, seconds(&times, (1.0, 0.75), (0.75, 1.0)), seconds(&times, (0.75, 1.0), (1.0, 0.75)))
    };
    // Straight on to the end of the road, round there and back: 2.5 km. The other way about stays as it was.
    assert_eq!(south_to_west("no_left_turn", 2), (1, Some(250), Some(50)));
    assert_eq!(south_to_west("only_straight_on", 3), (1, Some(250), Some(50)));
    assert_eq!(south_to_west("no_right_turn", 4), (1, Some(50), Some(50)));
    assert_eq!(south_to_west("only_left_turn", 2), (1, Some(50), Some(50)));
}

#[test]
fn a_restriction_for_others_or_at_times_or_unclear_is_left_aside() {
    let south_to_west = |tags: TagList<'_>, members: &[(crate::osm::MemberKind, i64, &str)]| {
        let mut map = crossing();
        map.relation(1, members, tags);
        seconds(&times(&map), (1.0, 0.75), (0.75, 1.0))
    };
    let members = &[(Way, 1, "from"), (Node, 11, "via"), (Way, 2, "to")][..];
    let no_left = ("restriction", "no_left_turn");
    assert_eq!(south_to_west(&[("type", "restriction"), no_left], members), Some(250));
    assert_eq!(
        south_to_west(&[("type", "restriction"), no_left, ("except", "psv;motorcar")], members),
        Some(50)
    );
    assert_eq!(
        south_to_west(&[("type", "restriction"), ("restriction:hgv", "no_left_turn")], members),
        Some(50)
    );
    let at_times = ("restriction:conditional", "no_left_turn @ (Mo-Fr)");
    assert_eq!(south_to_west(&[("type", "restriction"), at_times], members), Some(50));
    assert_eq!(south_to_west(&[("type", "multipolygon"), no_left], members), Some(50));
    for unclear in [
        &[(Way, 1, "from"), (Node, 11, "via"), (Way, 777, "to")][..],
        &[(Way, 1, "from"), (Node, 777, "via"), (Way, 2, "to")],
        &[(Way, 1, "from"), (Way, 2, "to")],
        &[(Way, 1, "from"), (Way, 1, "from"), (Node, 11, "via"), (Way, 2, "to")],
        &[(crate::osm::MemberKind::Relation, 1, "from"), (Node, 11, "via"), (Way, 2, "to")],
    ] {
        assert_eq!(south_to_west(&[("type", "restriction"), no_left], unclear), Some(50), "{unclear:?}");
    }
}

#[test]
fn turning_round_over_a_short_link_can_be_forbidden() {
    // Two one-way carriageways a kilometre apart, joined by a link: north on way 1, over way 2, south on way 3.
    let drive = |restricted: bool| {
        let mut map = grid();
        let one_way: TagList<'_> = &[("highway", "residential"), ("maxspeed", "45"), ("oneway", "yes")];
        map.way(1, &[0, 10], one_way).way(11, &[10, 20], one_way);
        map.way(2, &[10, 11], STREET);
        map.way(13, &[21, 11], one_way).way(3, &[11, 1], one_way);
        map.way(4, &[20, 21], STREET).way(5, &[1, 0], STREET);
        if restricted {
            map.relation(
                1,
                &[(Way, 1, "from"), (Way, 2, "via"), (Way, 3, "to")],
                &[("type", "restriction"), ("restriction", "no_u_turn")],
            );
        }
        let (roads, counts) = import(&map);
        assert_eq!(counts.turns, u32::from(restricted));
        let times = RoadTimes::new(roads, StraightLine::default());
        // Around the link, and from the link itself, where the restriction says nothing.
        (seconds(&times, (0.0, 0.5), (1.0, 0.5)), seconds(&times, (0.5, 1.0), (1.0, 0.5)))
    };
    assert_eq!(drive(false), (Some(200), Some(100)));
    assert_eq!(drive(true), (Some(400), Some(100)));
}

#[test]
fn an_island_is_reached_by_its_ferry_only() {
    let island = |tags: Option<TagList<'_>>| {
        let mut map = grid();
        map.way(1, &[0, 1, 11, 10, 0], STREET).way(2, &[5, 6, 16, 15, 5], STREET);
        if let Some(tags) = tags {
            map.way(3, &[1, 3, 5], tags);
        }
        seconds(&times(&map), (1.0, 0.0), (5.0, 0.0))
    };
    assert_eq!(island(None), None);
    assert_eq!(island(Some(&[("route", "ferry"), ("foot", "yes")])), None);
    let boat = &[("route", "ferry"), ("motor_vehicle", "yes"), ("duration", "00:25")];
    assert_eq!(island(Some(boat)), Some(25 * 60));
    // 4 km at 5 km/h.
    assert_eq!(island(Some(&boat[..2])), Some(48 * 60));
}

#[test]
fn nobody_gets_on_a_boat_halfway_and_a_yard_cut_off_takes_no_drive() {
    let mut map = grid();
    map.way(1, &[0, 1, 2, 3, 4, 14, 13, 12, 11, 10, 0], STREET);
    map.way(3, &[4, 6], &[("route", "ferry"), ("motorcar", "yes")]).way(4, &[6, 16], STREET);
    // Not joined to anything, and nearer.
    map.nodes(&[(90, 0.3 * KM, 0.2 * KM), (91, 0.3 * KM, 0.4 * KM)]);
    map.way(5, &[90, 91], STREET);
    let (roads, counts) = import(&map);
    // The eleven corners are one vertex each at most; the yard's two ends take no drive.
    assert_eq!((counts.ferries, counts.cut_off), (1, 0));
    assert!(roads.snap(at(5.0, 0.1)).is_none_or(|on| on.away() > 900.0));
}

#[test]
fn beyond_the_map_the_straight_line_answers_and_says_so() {
    let mut map = grid();
    map.way(1, &[0, 1, 2], STREET);
    let times = times(&map);
    assert!(times.on_map(at(1.0, 0.9)) && !times.on_map(at(1.0, 1.1)));
    let (far, near) = (at(1.0, 30.0), at(1.0, 0.0));
    assert_eq!(times.travel(near, far), StraightLine::default().travel(near, far));
    assert_eq!(times.travel(far, near), StraightLine::default().travel(far, near));
}

#[test]
fn a_road_that_leaves_the_extract_ends_at_its_border() {
    let mut map = grid();
    map.way(1, &[0, 1, 777, 2, 3], STREET).way(2, &[555, 666], STREET);
    let (roads, counts) = import(&map);
    assert_eq!((counts.missing, counts.roads), (3, 2));
    let times = RoadTimes::new(roads, StraightLine::default());
    assert_eq!(seconds(&times, (0.0, 0.0), (1.0, 0.0)), Some(100));
    assert_eq!(seconds(&times, (0.0, 0.0), (3.0, 0.0)), None);
}

#[test]
fn nodes_that_come_after_their_ways_are_found() {
    let mut map = Extract::new();
    map.way(1, &[2, 1], STREET);
    map.node(2, 0.0, 0.0, &[]).node(1, 0.0, KM, &[]);
    assert_eq!(seconds(&times(&map), (0.0, 0.0), (1.0, 0.0)), Some(100));
}

#[test]
fn the_matrix_begins_anew_when_it_is_full_and_answers_the_same() {
    let mut map = grid();
    map.way(1, &(0..10).collect::<Vec<_>>(), STREET);
    let (roads, _) = import(&map);
    let spot = |n: usize| Spot::from(at(8.0 * n as f64 / 40.0, 0.0));
    let (mut small, mut large) = (Matrix::of_at_most(5, 12, &roads), Matrix::new(&roads));
    for (from, to) in (0..40).flat_map(|from| (0..40).map(move |to| (from, to))).filter(|(a, b)| a != b) {
        let known = large.drive(&roads, spot(from), spot(to));
        assert!(known.is_some_and(Cost::is_way));
        assert_eq!(small.drive(&roads, spot(from), spot(to)), known);
        assert!(small.len().0 <= 5 && small.len().1 <= 12, "{:?} are kept", small.len());
    }
    assert_eq!(large.len(), (40, 40 * 39));
}

/// A town of random streets, one-way streets, forbidden turns and doors.
fn town() -> impl Strategy<Value = (Extract, Vec<(f64, f64)>)> {
    let street = (0i64..25, any::<bool>(), any::<bool>(), 0usize..3);
    let turn = (0usize..30, 0i64..25, 0usize..30, any::<bool>());
    let streets = prop::collection::vec(street, 10..30);
    let doors = prop::collection::vec((0.0f64..4.0, 0.0f64..4.0), 2..7);
    (streets, prop::collection::vec(turn, 0..12), doors).prop_map(|(streets, turns, doors)| {
        let mut map = grid();
        let spot = |n: i64| 10 * (n / 5) + n % 5;
        for (id, (from, north, one_way, speed)) in (0i64..).zip(&streets) {
            let to = if *north { from + 5 } else { from + 1 };
            if to >= 25 || (!north && to % 5 == 0) {
                continue;
            }
            let limit = ["30", "50", "100"][*speed];
            let oneway = if *one_way { "yes" } else { "no" };
            map.way(
                id,
                &[spot(*from), spot(to)],
                &[("highway", "tertiary"), ("maxspeed", limit), ("oneway", oneway)],
            );
        }
        for (id, (from, via, to, only)) in (0i64..).zip(&turns) {
            let rule = if *only { "only_straight_on" } else { "no_left_turn" };
            let members = [(Way, *from as i64, "from"), (Node, spot(*via), "via"), (Way, *to as i64, "to")];
            map.relation(id, &members, &[("type", "restriction"), ("restriction", rule)]);
        }
        (map, doors)
    })
}

proptest! {
    #[test]
    fn doors_of_a_town_are_reached_as_dijkstra_reaches_them((map, doors) in town()) {
        let Ok(surveyed) = Surveyed::read(&mut Cursor::new(map.file())) else { return Ok(()) };
        let graph = surveyed.graph().clone();
        let (roads, _, rank) = surveyed.prepare();
        let mut vertex = vec![0; rank.len()];
        (0u32..).zip(&rank).for_each(|(v, r)| vertex[*r as usize] = v);
        let plain = |ends: Vec<(u32, Cost)>| -> Vec<(u32, Cost)> {
            ends.into_iter().map(|(r, cost)| (vertex[r as usize], cost)).collect()
        };
        let bytes = roads.to_bytes();
        let times = RoadTimes::new(Roads::from_bytes(&bytes).unwrap(), StraightLine::default());
        let mut search = Dijkstra::new(&graph);
        // One is off the map, one stands there twice.
        let mut all: Vec<Coordinate> = doors.iter().map(|door| at(door.0, door.1)).collect();
        all.extend([at(30.0, 30.0), all[0]]);
        let table = times.table(&all);
        for (cell, drive) in table.iter().enumerate() {
            prop_assert_eq!(*drive, times.travel(all[cell / all.len()], all[cell % all.len()]));
        }
        for from in &doors {
            for to in &doors {
                let (from, to) = (at(from.0, from.1), at(to.0, to.1));
                let Some((start, end)) = roads.snap(from).zip(roads.snap(to)) else { continue };
                let reached = search.from(&plain(roads.starts(&start)));
                let ends = plain(roads.ends(&end));
                let ways = ends.iter().map(|(v, cost)| reached[*v as usize].plus(*cost));
                let best = ways.min().unwrap_or(Cost::NONE).min(roads.straight(&start, &end));
                let doors = super::super::times::access(start.away()).plus(super::super::times::access(end.away()));
                let expected = if from == to { Some(Travel::default()) } else { best.travel().map(|drive| Travel {
                    millis: drive.millis + i64::from(doors.millis()),
                    metres: Metres(drive.metres.0 + doors.metres()),
                }) };
                prop_assert_eq!(times.travel(from, to), expected);
            }
        }
    }

    #[test]
    fn the_nearest_road_is_found((map, doors) in town()) {
        let Ok(surveyed) = Surveyed::read(&mut Cursor::new(map.file())) else { return Ok(()) };
        let (roads, ..) = surveyed.prepare();
        for door in doors {
            let door = at(door.0, door.1);
            let pieces = (0..roads.stretches.len()).flat_map(|stretch| {
                let first = roads.stretches[stretch].first_point;
                first..first + roads.points_of(stretch).len() as u32 - 1
            });
            let least = pieces.map(|piece| roads.distance(door.into(), piece)).fold(f64::INFINITY, f64::min);
            let found = roads.snap(door).map(|on| on.away());
            prop_assert_eq!(found, (least <= SNAP_MAX_METRES).then_some(least));
        }
    }
}

#[test]
fn a_picture_has_the_fast_roads_first_and_all_of_one_speed_or_none() {
    let mut map = grid();
    map.way(1, &[0, 1, 2], &[("highway", "trunk"), ("maxspeed", "110")]);
    map.way(2, &[10, 11, 12], STREET);
    map.way(3, &[20, 21, 22], STREET);
    map.way(4, &[40, 41], STREET);
    let (roads, _) = import(&map);
    let lines = |most| roads.lines(at(-0.5, -0.5), at(3.0, 3.5), Metres(1), most);
    let all = lines(100);
    assert!(all[0].kmh > all[1].kmh && all.windows(2).all(|two| two[0].kmh >= two[1].kmh), "{all:?}");
    let points = |lines: &[Line]| lines.iter().map(|line| line.points.len()).sum::<usize>();
    assert_eq!(points(&all), 9, "the way that lies north of it is left out: {all:?}");
    // There is room for one street but not for the other.
    assert_eq!(points(&lines(7)), 3);
    assert_eq!(points(&lines(9)), 9);
    assert!(lines(2).is_empty());
    // Bends nearer than three kilometres are drawn straight.
    let coarse = roads.lines(at(-0.5, -0.5), at(3.0, 3.5), Metres(3000), 100);
    assert!(coarse.iter().all(|line| line.points.len() == 2), "{coarse:?}");
}
