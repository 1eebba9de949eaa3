//! Tables of many places to many.
//!
//! After Delling, Goldberg and Werneck (*Faster batched shortest paths in road networks*, 2011; RPHAST): the part of
//! the hierarchy that leads down to the targets is cut out once; then, for several sources at a time, one
//! sweep over it from top to bottom makes every cell. The sources of one sweep stand side by side, so that the
//! processor handles them at once.

use super::cost::{Cost, MILLIS_END};
use super::hierarchy::{Climb, Hierarchy, Hop, Reached};

/// Sources in one sweep.
const LANES: usize = 16;
const NOWHERE: u32 = u32::MAX;
/// [`MILLIS_END`] as the sweep holds it; twice that still fits.
const END: i32 = MILLIS_END as i32;

type Lanes = [i32; LANES];

/// What each of the rows costs to each of the columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    columns: usize,
    millis: Vec<u32>,
    /// Empty in a table of times.
    metres: Vec<u32>,
}

impl Table {
    /// Returns the driving time in milliseconds, or `None` if there is no way or no such cell.
    pub fn millis(&self, row: usize, column: usize) -> Option<u32> {
        let millis = self.millis.get(self.place(row, column)?).copied()?;
        (millis < MILLIS_END).then_some(millis)
    }

    /// Returns the length in metres, or `None` if there is no way, no such cell, or no length in this table.
    pub fn metres(&self, row: usize, column: usize) -> Option<u32> {
        self.millis(row, column)?;
        self.metres.get(self.place(row, column)?).copied()
    }

    fn place(&self, row: usize, column: usize) -> Option<usize> {
        (column < self.columns).then(|| row.checked_mul(self.columns)?.checked_add(column))?
    }
}

/// The part of a hierarchy that leads down to some targets.
#[derive(Debug)]
pub struct Targets<'a> {
    hierarchy: &'a Hierarchy,
    /// By vertex: its place in the sweep, if it takes part.
    place: Vec<u32>,
    /// By place, highest vertex first: where its hops begin.
    first: Vec<u32>,
    /// Hops down to each place; they come from places before.
    hops: Vec<Hop>,
    /// By target: where its ends begin.
    ends_first: Vec<u32>,
    /// Places at which a target is reached, and what it costs from there.
    ends: Vec<Hop>,
}

impl<'a> Targets<'a> {
    /// Cuts out the part that leads to the targets. Each is given by the vertices that lead to it.
    pub fn new<'b>(
        hierarchy: &'a Hierarchy,
        targets: impl Iterator<Item = &'b [(u32, Cost)]> + Clone,
    ) -> Self {
        let mut place = vec![NOWHERE; hierarchy.vertices() as usize];
        let mut part = Vec::new();
        for (vertex, _) in targets.clone().flatten() {
            if place[*vertex as usize] == NOWHERE {
                place[*vertex as usize] = 0;
                part.push(*vertex);
            }
        }
        let mut seen = 0;
        while let Some(vertex) = part.get(seen).copied() {
            seen += 1;
            for hop in hierarchy.down.of_vertex(vertex) {
                if place[hop.to as usize] == NOWHERE {
                    place[hop.to as usize] = 0;
                    part.push(hop.to);
                }
            }
        }
        part.sort_unstable_by(|a, b| b.cmp(a));
        (0_u32..).zip(&part).for_each(|(at, vertex)| place[*vertex as usize] = at);

        let mut first = vec![0];
        let mut hops = Vec::new();
        for vertex in &part {
            let down = hierarchy.down.of_vertex(*vertex);
            hops.extend(down.iter().map(|hop| Hop { to: place[hop.to as usize], ..*hop }));
            first.push(hops.len() as u32);
        }
        let mut ends_first = vec![0];
        let mut ends = Vec::new();
        for target in targets {
            ends.extend(target.iter().map(|(vertex, cost)| Hop {
                to: place[*vertex as usize],
                millis: cost.millis().min(MILLIS_END),
                metres: cost.metres(),
            }));
            ends_first.push(ends.len() as u32);
        }
        Targets { hierarchy, place, first, hops, ends_first, ends }
    }

    /// Makes the table of driving times only, which takes half as long as [`Targets::drives`].
    pub fn times<'b>(&self, climb: &mut Climb, sources: impl Iterator<Item = &'b [(u32, Cost)]>) -> Table {
        self.table::<false>(climb, sources)
    }

    /// Makes the table of driving times and lengths.
    pub fn drives<'b>(&self, climb: &mut Climb, sources: impl Iterator<Item = &'b [(u32, Cost)]>) -> Table {
        self.table::<true>(climb, sources)
    }

    /// Makes the table of driving times and lengths and gives it away row by row, in milliseconds and metres; from
    /// [`MILLIS_END`] milliseconds on there is no way. A few rows at a time stay where the processor has them at hand.
    pub(super) fn rows<'b>(
        &self,
        climb: &mut Climb,
        sources: impl Iterator<Item = &'b [(u32, Cost)]>,
        mut take: impl FnMut(&[u32], &[u32]),
    ) {
        let columns = self.columns();
        let block = LANES * columns;
        let mut table =
            Table { columns, millis: Vec::with_capacity(block), metres: Vec::with_capacity(block) };
        self.sweeps::<true>(climb, sources, &mut table, |table, lanes| {
            for row in 0..lanes {
                let cells = row * columns..(row + 1) * columns;
                take(&table.millis[cells.clone()], &table.metres[cells]);
            }
            table.millis.clear();
            table.metres.clear();
        });
    }

    fn columns(&self) -> usize {
        self.ends_first.len() - 1
    }

    fn table<'b, const METRES: bool>(
        &self,
        climb: &mut Climb,
        sources: impl Iterator<Item = &'b [(u32, Cost)]>,
    ) -> Table {
        let columns = self.columns();
        let cells = columns.saturating_mul(sources.size_hint().0);
        let mut table = Table { columns, millis: Vec::new(), metres: Vec::new() };
        table.millis.reserve(cells);
        table.metres.reserve(if METRES { cells } else { 0 });
        self.sweeps::<METRES>(climb, sources, &mut table, |_, _| ());
        table
    }

    /// Appends a row to the table for each source; tells after each sweep how many it was.
    fn sweeps<'b, const METRES: bool>(
        &self,
        climb: &mut Climb,
        mut sources: impl Iterator<Item = &'b [(u32, Cost)]>,
        table: &mut Table,
        mut after: impl FnMut(&mut Table, usize),
    ) {
        let places = self.first.len() - 1;
        let mut millis = vec![[END; LANES]; places];
        let mut metres = vec![[0; LANES]; if METRES { places } else { 0 }];
        let mut reached = Vec::new();
        loop {
            let mut lanes = 0;
            while lanes < LANES
                && let Some(source) = sources.next()
            {
                climb.forward(self.hierarchy, source, &mut reached);
                self.enter::<METRES>(lanes, &reached, &mut millis, &mut metres);
                lanes += 1;
            }
            if lanes == 0 {
                return;
            }
            self.sweep::<METRES>(&mut millis, &mut metres);
            self.leave::<METRES>(lanes, &millis, &metres, table);
            after(table, lanes);
            millis.fill([END; LANES]);
        }
    }

    fn enter<const METRES: bool>(
        &self,
        lane: usize,
        reached: &[Reached],
        millis: &mut [Lanes],
        metres: &mut [Lanes],
    ) {
        for (vertex, cost) in reached {
            let place = self.place[*vertex as usize];
            if place != NOWHERE && cost.is_way() {
                millis[place as usize][lane] = cost.millis() as i32;
                if METRES {
                    metres[place as usize][lane] = cost.metres() as i32;
                }
            }
        }
    }

    fn sweep<const METRES: bool>(&self, millis: &mut [Lanes], metres: &mut [Lanes]) {
        for place in 0..millis.len() {
            let hops = &self.hops[self.first[place] as usize..self.first[place + 1] as usize];
            let mut time = millis[place];
            let mut way = if METRES { metres[place] } else { [0; LANES] };
            for hop in hops {
                relax::<METRES>(*hop, millis, metres, &mut time, &mut way);
            }
            millis[place] = time;
            if METRES {
                metres[place] = way;
            }
        }
    }

    fn leave<const METRES: bool>(&self, lanes: usize, millis: &[Lanes], metres: &[Lanes], table: &mut Table) {
        let (row, columns) = (table.millis.len(), table.columns);
        let filled = row + lanes * columns;
        table.millis.resize(filled, 0);
        if METRES {
            table.metres.resize(filled, 0);
        }
        for column in 0..columns {
            let (mut time, mut way) = ([END; LANES], [0; LANES]);
            for end in &self.ends[self.ends_first[column] as usize..self.ends_first[column + 1] as usize] {
                relax::<METRES>(*end, millis, metres, &mut time, &mut way);
            }
            for lane in 0..lanes {
                table.millis[row + lane * columns + column] = time[lane] as u32;
                if METRES {
                    table.metres[row + lane * columns + column] = way[lane] as u32;
                }
            }
        }
    }
}

/// Tries whether a hop leads to a place more cheaply, for all sources at once.
#[inline(always)]
fn relax<const METRES: bool>(
    hop: Hop,
    millis: &[Lanes],
    metres: &[Lanes],
    time: &mut Lanes,
    way: &mut Lanes,
) {
    let from = &millis[hop.to as usize];
    // Times before and of the hop are END at most, so that the sum fits and nothing wraps.
    let takes = hop.millis as i32;
    if !METRES {
        for lane in 0..LANES {
            time[lane] = time[lane].min(from[lane].wrapping_add(takes));
        }
        return;
    }
    let from_way = &metres[hop.to as usize];
    for lane in 0..LANES {
        let new_time = from[lane].wrapping_add(takes);
        let new_way = from_way[lane].wrapping_add(hop.metres as i32);
        let better = (new_time < time[lane]) | ((new_time == time[lane]) & (new_way < way[lane]));
        time[lane] = if better { new_time } else { time[lane] };
        way[lane] = if better { new_way } else { way[lane] };
    }
}
