//! Parts of a graph within which one can drive from everywhere to everywhere.

use super::graph::{Adjacency, Graph};

/// Numbers the strongly connected parts after Tarjan (1972), without recursion. Returns the part of each vertex and
/// how many vertices each part has.
pub(super) fn parts(graph: &Graph) -> (Vec<u32>, Vec<u32>) {
    const UNSEEN: u32 = u32::MAX;
    let leaving = Adjacency::by(graph, |arc| arc.tail);
    let count = graph.vertices as usize;
    let mut part = vec![UNSEEN; count];
    let mut sizes = Vec::new();
    // When a vertex was first seen, and the earliest vertex on the path that it leads back to.
    let (mut seen, mut low) = (vec![UNSEEN; count], vec![0_u32; count]);
    let (mut path, mut open) = (Vec::new(), Vec::new());
    let mut clock = 0;
    for root in 0..graph.vertices {
        if seen[root as usize] == UNSEEN {
            path.push((root, 0));
        }
        while let Some((vertex, at)) = path.pop() {
            let v = vertex as usize;
            if at == 0 {
                (seen[v], low[v]) = (clock, clock);
                clock += 1;
                open.push(vertex);
            }
            match leaving.of(vertex).get(at) {
                Some(arc) => {
                    path.push((vertex, at + 1));
                    let head = graph.arcs[*arc as usize].head as usize;
                    if seen[head] == UNSEEN {
                        path.push((head as u32, 0));
                    } else if part[head] == UNSEEN {
                        low[v] = low[v].min(seen[head]);
                    }
                }
                None => {
                    if low[v] == seen[v] {
                        let number = sizes.len() as u32;
                        let first = open.iter().rposition(|one| *one == vertex).unwrap_or_default();
                        sizes.push((open.len() - first) as u32);
                        open.drain(first..).for_each(|one| part[one as usize] = number);
                    }
                    if let Some((parent, _)) = path.last() {
                        low[*parent as usize] = low[*parent as usize].min(low[v]);
                    }
                }
            }
        }
    }
    (part, sizes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roads::{Arc, Cost, Dijkstra};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn two_vertices_share_a_part_if_each_reaches_the_other(
            ends in prop::collection::vec((0u32..12, 0u32..12), 0..40),
        ) {
            let cost = Cost::new(1, 1);
            let arcs = ends.iter().map(|(tail, head)| Arc { tail: *tail, head: *head, cost }).collect();
            let graph = Graph { vertices: 12, arcs };
            let (part, sizes) = parts(&graph);
            prop_assert_eq!(sizes.iter().sum::<u32>(), 12);
            let mut search = Dijkstra::new(&graph);
            let reach: Vec<Vec<bool>> =
                (0..12).map(|v| search.from(&[(v, Cost::default())]).iter().map(|c| c.is_way()).collect()).collect();
            for a in 0..12 {
                for b in 0..12 {
                    prop_assert_eq!(part[a] == part[b], reach[a][b] && reach[b][a]);
                }
                prop_assert_eq!(sizes[part[a] as usize] as usize, part.iter().filter(|p| **p == part[a]).count());
            }
        }
    }
}
