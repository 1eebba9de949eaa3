//! Forbidden turns against a search that remembers by which road it came.

use std::io::Cursor;

use proptest::prelude::*;

use super::super::*;
use crate::osm::MemberKind::{Node, Way};
use crate::osm::write::Extract;

/// A street between two nodes of a grid of five by five, and whether it is one-way.
type Street = (i64, i64, bool);
/// From a street over a node to a street, or, if true, nowhere else.
type Rule = (usize, i64, usize, bool);

fn streets() -> impl Strategy<Value = Vec<Street>> {
    let street = (0i64..25, any::<bool>(), any::<bool>(), any::<bool>());
    prop::collection::vec(street, 4..30).prop_map(|all| {
        let ends = all.into_iter().filter_map(|(from, north, turned, one_way)| {
            let to = if north { from + 5 } else { from + 1 };
            let inside = if north { to < 25 } else { to % 5 != 0 };
            inside.then_some(if turned { (to, from, one_way) } else { (from, to, one_way) })
        });
        ends.collect()
    })
}

fn drawn(streets: &[Street], rules: &[Rule]) -> Extract {
    let mut map = Extract::new();
    let node = |id: i64| (id, (id / 5) as f64 * 0.01, (id % 5) as f64 * 0.013);
    map.nodes(&(0..25).map(node).collect::<Vec<_>>());
    for (id, (from, to, one_way)) in (0..).zip(streets) {
        map.way(
            id,
            &[*from, *to],
            &[("highway", "tertiary"), ("oneway", if *one_way { "yes" } else { "no" })],
        );
    }
    for (id, (from, via, to, only)) in (0..).zip(rules) {
        let kind = if *only { "only_right_turn" } else { "no_right_turn" };
        let members = [(Way, *from as i64, "from"), (Node, *via, "via"), (Way, *to as i64, "to")];
        map.relation(id, &members, &[("type", "restriction"), ("restriction", kind)]);
    }
    map
}

/// A street in one of its directions: 2 n there, 2 n + 1 back.
fn ends(streets: &[Street], lane: usize) -> (i64, i64) {
    let (from, to, _) = streets[lane / 2];
    if lane.is_multiple_of(2) { (from, to) } else { (to, from) }
}

fn open(streets: &[Street], lane: usize) -> bool {
    lane < 2 * streets.len() && (lane.is_multiple_of(2) || !streets[lane / 2].2)
}

/// Returns the streets that may be driven after one. Rules hold in their order; one that allows only what an earlier
/// one has forbidden is left aside.
fn after(streets: &[Street], rules: &[Rule], lane: usize) -> Vec<usize> {
    let here = ends(streets, lane).1;
    let leaves = |next: usize| open(streets, next) && ends(streets, next).0 == here;
    let mut onward: Vec<usize> = (0..2 * streets.len()).filter(|next| leaves(*next)).collect();
    for (_, _, to, only) in rules.iter().filter(|(from, via, ..)| lane / 2 == *from && here == *via) {
        let Some(target) = [2 * to, 2 * to + 1].into_iter().find(|next| leaves(*next)) else { continue };
        match only {
            true if onward.contains(&target) => onward = vec![target],
            true => {}
            false => onward.retain(|next| *next != target),
        }
    }
    onward
}

/// Returns what it costs from the end of a street to the end of every other, turn by turn.
fn costs(streets: &[Street], rules: &[Rule], cost: &[Cost], from: usize) -> Vec<Cost> {
    let mut best = vec![Cost::NONE; cost.len()];
    best[from] = Cost::default();
    // Bellman and Ford: as often as it takes.
    loop {
        let mut changed = false;
        for lane in (0..cost.len()).filter(|lane| open(streets, *lane)) {
            for next in after(streets, rules, lane) {
                let onward = best[lane].plus(cost[next]);
                if onward < best[next] {
                    best[next] = onward;
                    changed = true;
                }
            }
        }
        if !changed {
            return best;
        }
    }
}

proptest! {
    #[test]
    fn the_shortest_legal_way_is_found(
        streets in streets(),
        drawn_rules in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), any::<prop::sample::Index>(), any::<bool>()), 0..10),
    ) {
        prop_assume!(!streets.is_empty());
        let rules: Vec<Rule> = drawn_rules
            .iter()
            .map(|(from, at_end, to, only)| {
                let (from, to) = (from.index(streets.len()), to.index(streets.len()));
                (from, if *at_end { streets[from].1 } else { streets[from].0 }, to, *only)
            })
            .collect();
        let surveyed = Surveyed::read(&mut Cursor::new(drawn(&streets, &rules).file())).unwrap();
        let edges = &surveyed.edges.edges;
        prop_assert_eq!(edges.len(), streets.len());
        let cost = (0..2 * edges.len()).map(|lane| Cost::new(edges[lane / 2].millis[lane % 2], edges[lane / 2].metres));
        let cost: Vec<Cost> = cost.collect();
        let mut search = Dijkstra::new(surveyed.graph());
        for from in (0..cost.len()).filter(|lane| open(&streets, *lane)) {
            let legal = costs(&streets, &rules, &cost, from);
            let reached = search.from(&[(surveyed.turned.head_of[from], Cost::default())]);
            let mut found = vec![Cost::NONE; cost.len()];
            for (arc, lane) in surveyed.graph().arcs.iter().zip(&surveyed.turned.lane_of) {
                let lane = *lane as usize;
                found[lane] = found[lane].min(reached[arc.tail as usize].plus(arc.cost));
            }
            for lane in (0..cost.len()).filter(|lane| *lane != from) {
                prop_assert_eq!(found[lane], legal[lane], "from {} to {}", from, lane);
            }
        }
    }
}
