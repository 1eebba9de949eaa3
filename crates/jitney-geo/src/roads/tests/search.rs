//! The hierarchy, its tables and its file against Dijkstra's search.

use proptest::prelude::*;

use super::super::*;

/// Graphs with one-way streets, parallel arcs, loops, ties and parts that cannot be reached.
fn graph() -> impl Strategy<Value = Graph> {
    (2u32..40).prop_flat_map(|vertices| {
        let arc = (0..vertices, 0..vertices, 1u32..6, 0u32..6);
        prop::collection::vec(arc, 0..140).prop_map(move |arcs| Graph {
            vertices,
            arcs: arcs
                .into_iter()
                .map(|(tail, head, millis, metres)| Arc { tail, head, cost: Cost::new(millis, metres) })
                .collect(),
        })
    })
}

type Ends = Vec<Vec<(u32, Cost)>>;

/// Places as doors are: each at one or two vertices, with what it costs to get there; some nowhere.
fn places(most: usize) -> impl Strategy<Value = Vec<Vec<(prop::sample::Index, u32)>>> {
    prop::collection::vec(prop::collection::vec((any::<prop::sample::Index>(), 0u32..9), 0..3), 0..most)
}

fn at(graph: &Graph, places: &[Vec<(prop::sample::Index, u32)>]) -> Ends {
    let end = |(vertex, cost): &(prop::sample::Index, u32)| {
        (vertex.index(graph.vertices as usize) as u32, Cost::new(*cost, 2 * cost))
    };
    places.iter().map(|place| place.iter().map(end).collect()).collect()
}

fn ranked(ends: &Ends, rank: &[u32]) -> Ends {
    let of = |(vertex, cost): &(u32, Cost)| (rank[*vertex as usize], *cost);
    ends.iter().map(|place| place.iter().map(of).collect()).collect()
}

proptest! {
    #[test]
    fn pairs_and_tables_are_what_dijkstra_finds(graph in graph(), from in places(40), to in places(8)) {
        let (from, to) = (at(&graph, &from), at(&graph, &to));
        let (hierarchy, rank) = Hierarchy::of(&graph);
        let mut climb = Climb::new(&hierarchy);
        let (rows, columns) = (ranked(&from, &rank), ranked(&to, &rank));
        let targets = Targets::new(&hierarchy, columns.iter().map(|place| &place[..]));
        let times = targets.times(&mut climb, rows.iter().map(|place| &place[..]));
        let drives = targets.drives(&mut climb, rows.iter().map(|place| &place[..]));
        let mut search = Dijkstra::new(&graph);
        for (row, start) in from.iter().enumerate() {
            let reached = search.from(start).to_vec();
            for (column, ends) in to.iter().enumerate() {
                let ways = ends.iter().map(|(vertex, cost)| reached[*vertex as usize].plus(*cost));
                let best = ways.min().filter(|cost| cost.is_way());
                let pair = hierarchy.way(&mut climb, &rows[row], &columns[column]);
                prop_assert_eq!(Some(pair).filter(|cost| cost.is_way()), best);
                prop_assert_eq!(times.millis(row, column), best.map(Cost::millis));
                prop_assert_eq!(drives.millis(row, column), best.map(Cost::millis));
                prop_assert_eq!(drives.metres(row, column), best.map(Cost::metres));
            }
        }
        prop_assert_eq!(times.metres(0, 0), None);
        prop_assert_eq!(drives.millis(0, to.len()), None);
    }
}

#[test]
fn a_way_longer_than_twelve_days_is_none() {
    let half = Cost::new(1 << 29, 1);
    let arc = |tail, head| Arc { tail, head, cost: half };
    let graph = Graph { vertices: 4, arcs: vec![arc(0, 1), arc(1, 2), arc(2, 3)] };
    let (hierarchy, rank) = Hierarchy::of(&graph);
    let mut climb = Climb::new(&hierarchy);
    let ends: Vec<[(u32, Cost); 1]> = (0..4).map(|v| [(rank[v], Cost::default())]).collect();
    let targets = Targets::new(&hierarchy, ends.iter().map(|end| &end[..]));
    let table = targets.drives(&mut climb, ends.iter().map(|end| &end[..]));
    assert_eq!(table.millis(0, 1), Some(1 << 29));
    assert_eq!((table.millis(0, 2), table.millis(0, 3)), (None, None));
    assert!(!hierarchy.way(&mut climb, &ends[0], &ends[3]).is_way());
}
