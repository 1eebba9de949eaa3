//! Which town a point belongs to, where its own tags do not say.

use std::collections::HashMap;

use super::document::Kind;
use super::rank::metres;
use crate::Spot;

/// Side of a cell, in ten-millionths of a degree: some 1.1 km.
const CELL: i32 = 100_000;
/// Cells around a point in which an address may lend its town, each way.
const LENDING: i32 = 2;

/// Settlements, boundaries and addresses that know their town.
#[derive(Debug, Default)]
pub struct Localities {
    settlements: Vec<(Spot, Kind, String)>,
    boundaries: Vec<Boundary>,
    lenders: HashMap<(i32, i32), Vec<(Spot, String)>>,
}

/// The outline of a municipality.
#[derive(Debug)]
pub(super) struct Boundary {
    name: String,
    rings: Vec<Vec<Spot>>,
    south_west: (i32, i32),
    north_east: (i32, i32),
}

impl Boundary {
    /// Builds an outline from its closed rings. None if there is not one.
    pub(super) fn new(name: String, rings: Vec<Vec<Spot>>) -> Option<Self> {
        let all = || rings.iter().flatten();
        let south_west = (all().map(|s| s.lat()).min()?, all().map(|s| s.lon()).min()?);
        let north_east = (all().map(|s| s.lat()).max()?, all().map(|s| s.lon()).max()?);
        Some(Boundary { name, rings, south_west, north_east })
    }

    /// Tells whether a point lies inside (crossing number, Shimrat 1962).
    fn holds(&self, spot: Spot) -> bool {
        let (lat, lon) = (spot.lat(), spot.lon());
        let in_box = (self.south_west.0..=self.north_east.0).contains(&lat)
            && (self.south_west.1..=self.north_east.1).contains(&lon);
        if !in_box {
            return false;
        }
        let crosses = |a: Spot, b: Spot| {
            if (a.lat() > lat) == (b.lat() > lat) {
                return false;
            }
            let (ay, ax) = (f64::from(a.lat()), f64::from(a.lon()));
            let (by, bx) = (f64::from(b.lat()), f64::from(b.lon()));
            f64::from(lon) < ax + (f64::from(lat) - ay) / (by - ay) * (bx - ax)
        };
        let edges = self.rings.iter().flat_map(|ring| ring.windows(2));
        edges.filter(|edge| matches!(edge, &&[a, b] if crosses(a, b))).count() % 2 == 1
    }

    fn size(&self) -> i64 {
        let side = |from: i32, to: i32| i64::from(to).saturating_sub(i64::from(from));
        side(self.south_west.0, self.north_east.0).saturating_mul(side(self.south_west.1, self.north_east.1))
    }
}

impl Localities {
    pub(super) fn settle(&mut self, at: Spot, kind: Kind, name: String) {
        self.settlements.push((at, kind, name));
    }

    /// Adds boundaries; of several around a point the smallest will count.
    pub(super) fn bound(&mut self, mut boundaries: Vec<Boundary>) {
        boundaries.sort_by_key(|boundary| (boundary.size(), boundary.name.clone()));
        self.boundaries = boundaries;
    }

    /// Notes that an address here belongs to that town.
    pub(super) fn lend(&mut self, at: Spot, town: &str) {
        let here = self.lenders.entry(cell(at)).or_default();
        if !here.iter().any(|(_, known)| known == town) {
            here.push((at, town.to_owned()));
        }
    }

    /// Returns the town of a point: whose boundary it lies in, what addresses around it say, or which
    /// settlement it is near; the empty text in the wilderness.
    pub(super) fn of(&self, at: Spot) -> &str {
        let bounded = self.boundaries.iter().find(|boundary| boundary.holds(at));
        let town = bounded.map(|boundary| &boundary.name);
        town.or_else(|| self.lent(at)).or_else(|| self.nearest(at)).map_or("", String::as_str)
    }

    fn lent(&self, at: Spot) -> Option<&String> {
        let (row, column) = cell(at);
        let around = (-LENDING..=LENDING).flat_map(|up| (-LENDING..=LENDING).map(move |across| (up, across)));
        let near = around.filter_map(|(up, across)| {
            self.lenders.get(&(row.saturating_add(up), column.saturating_add(across)))
        });
        let lenders = near.flatten().map(|(spot, town)| (metres(*spot, at), town));
        lenders.min_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1))).map(|(_, town)| town)
    }

    fn nearest(&self, at: Spot) -> Option<&String> {
        let reach = |kind| match kind {
            Kind::City => 12_000.0,
            Kind::Town => 6_000.0,
            Kind::Village => 4_000.0,
            // A street is in a town rather than in its quarter, unless no town is near.
            _ => 700.0,
        };
        let near = self.settlements.iter().map(|(spot, kind, name)| (metres(*spot, at) / reach(*kind), name));
        let within = near.filter(|(ratio, _)| *ratio <= 2.0);
        within.min_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1))).map(|(_, name)| name)
    }
}

/// Returns the cell of a point.
pub(super) fn cell(at: Spot) -> (i32, i32) {
    (at.lat().div_euclid(CELL), at.lon().div_euclid(CELL))
}

/// Joins lines that share their ends into closed rings; what does not close is left out.
pub(super) fn rings(mut lines: Vec<Vec<i64>>) -> Vec<Vec<i64>> {
    let mut closed = Vec::new();
    let mut ends: HashMap<i64, Vec<usize>> = HashMap::new();
    lines.retain(|line| line.len() > 1);
    for (number, line) in lines.iter().enumerate() {
        for end in [line.first(), line.last()].into_iter().flatten() {
            ends.entry(*end).or_default().push(number);
        }
    }
    let mut used = vec![false; lines.len()];
    for start in 0..lines.len() {
        if used.get(start).copied().unwrap_or(true) {
            continue;
        }
        let mut ring: Vec<i64> = lines.get(start).cloned().unwrap_or_default();
        if let Some(flag) = used.get_mut(start) {
            *flag = true;
        }
        while ring.first() != ring.last() {
            let Some(&end) = ring.last() else { break };
            let next =
                ends.get(&end).and_then(|all| all.iter().copied().find(|&n| used.get(n) == Some(&false)));
            let Some(next) = next else { break };
            if let Some(flag) = used.get_mut(next) {
                *flag = true;
            }
            let Some(line) = lines.get(next) else { break };
            if line.first() == Some(&end) {
                ring.extend(line.iter().skip(1));
            } else {
                ring.extend(line.iter().rev().skip(1));
            }
        }
        if ring.len() > 3 && ring.first() == ring.last() {
            closed.push(ring);
        }
    }
    closed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(lat: i32, lon: i32) -> Spot {
        Spot::new(lat, lon).unwrap()
    }

    #[test]
    fn lines_become_rings_whichever_way_they_run() {
        let found = rings(vec![vec![1, 2, 3], vec![5, 4, 3], vec![5, 1], vec![7, 8], vec![9]]);
        assert_eq!(found, [vec![1, 2, 3, 4, 5, 1]]);
    }

    #[test]
    fn the_smallest_boundary_around_a_point_is_its_town() {
        let square = |name: &str, side: i32| {
            let ring = vec![spot(0, 0), spot(0, side), spot(side, side), spot(side, 0), spot(0, 0)];
            Boundary::new(name.to_owned(), vec![ring]).unwrap()
        };
        let mut all = Localities::default();
        all.bound(vec![square("county", 1000), square("town", 500)]);
        assert_eq!(
            (all.of(spot(100, 100)), all.of(spot(700, 700)), all.of(spot(1500, 7))),
            ("town", "county", "")
        );
    }

    #[test]
    fn without_boundary_the_neighbours_or_the_nearest_settlement_say() {
        let mut all = Localities::default();
        all.settle(spot(0, 0), Kind::City, "Big".to_owned());
        all.settle(spot(500_000, 0), Kind::Village, "Small".to_owned());
        assert_eq!((all.of(spot(20_000, 0)), all.of(spot(450_000, 0))), ("Big", "Small"));
        all.lend(spot(21_000, 0), "Elsewhere");
        assert_eq!((all.of(spot(20_000, 0)), all.of(spot(450_000, 0))), ("Elsewhere", "Small"));
    }
}
