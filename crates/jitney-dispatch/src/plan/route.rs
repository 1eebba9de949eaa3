//! A run as the planner keeps it: its stops with all that makes trying a new one cheap.

use super::label::{DRIVER, Label, Open, Tail};
use super::problem::{ANYWHERE, Amounts, HORIZON, Node, Problem};

/// The node number of the start of a run.
pub(crate) const START: u32 = u32::MAX;
/// The node number of the end of a run.
pub(crate) const END: u32 = u32::MAX - 1;

/// One stop of a run, the start and the end included.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    pub node: u32,
    /// Where the vehicle is; for a stop made anywhere, where it was before.
    pub place: u32,
    pub dwell: i64,
    /// The label of the prefix that ends here.
    pub label: Label,
    /// Earliest and latest begin given only what follows.
    pub after: (i64, i64),
    /// On board on leaving.
    pub load: Amounts,
    pub riders: i32,
    /// On board on leaving and not to be left alone.
    pub guarded: u32,
    /// Cost of legs with nobody on board, from the start to here.
    pub deadhead: i64,
    /// The driver leaves the vehicle here.
    pub leaves_vehicle: bool,
    /// Nobody may be on board here.
    pub alone: bool,
    /// Where in `opens` and `tails` those on board on leaving stand.
    opens: (u32, u32),
}

/// A run with its stops.
#[derive(Debug, Clone, Default)]
pub(crate) struct Route {
    pub vehicle: usize,
    pub points: Vec<Point>,
    opens: Vec<Open>,
    tails: Vec<Tail>,
    /// When each point can be left at the earliest; never falls.
    pub early: Vec<i64>,
    /// When each point must begin at the latest, given what follows; never falls.
    pub late: Vec<i64>,
    /// Everything it costs.
    pub cost: i64,
    /// Rides that count.
    pub rides: u32,
    /// Hash of the set of requests.
    pub hash: u64,
    /// Hash of the vehicle's class and the stops in their order.
    pub stamp: u64,
}

/// Buffers that are used again and again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scratch {
    open: Vec<Open>,
    /// Indexed by request; the last entry is the driver.
    drop_off: Vec<(i64, i64)>,
}

impl Scratch {
    pub fn new(problem: &Problem) -> Self {
        Scratch { open: Vec::new(), drop_off: vec![(0, 0); problem.requests() + 1] }
    }
}

/// Returns a number that stands for a request in hashes of sets (SplitMix64).
pub(crate) fn mark(request: u32) -> u64 {
    let mut z = u64::from(request).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[inline]
pub(crate) fn fits(load: &Amounts, more: &Amounts, places: &Amounts) -> bool {
    (0..places.len()).all(|kind| load[kind] + more[kind] <= places[kind])
}

impl Route {
    /// Returns the run of a vehicle that stays at home.
    pub fn empty(problem: &Problem, vehicle: usize, scratch: &mut Scratch) -> Self {
        let mut route = Route { vehicle, ..Route::default() };
        route.build(problem, &[], scratch);
        route
    }

    /// Number of stops, start and end not counted.
    pub fn len(&self) -> usize {
        self.points.len().saturating_sub(2)
    }

    /// Returns the nodes in driving order.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = u32> + '_ {
        let inner = self.points.get(1..self.points.len().saturating_sub(1)).unwrap_or(&[]);
        inner.iter().map(|point| point.node)
    }

    /// Those on board on leaving point `k`.
    #[inline]
    pub fn opens(&self, k: usize) -> &[Open] {
        let (from, to) = self.points[k].opens;
        &self.opens[from as usize..to as usize]
    }

    /// What the rest of the run after point `k` demands for those on board.
    #[inline]
    pub fn tails(&self, k: usize) -> &[Tail] {
        let (from, to) = self.points[k].opens;
        &self.tails[from as usize..to as usize]
    }

    /// Makes this the run that makes the stops `nodes`; tells whether that is feasible. If not, the run is
    /// unusable until it is built again.
    pub fn build(&mut self, problem: &Problem, nodes: &[u32], scratch: &mut Scratch) -> bool {
        self.forward(problem, nodes, scratch) && {
            self.backward(problem, scratch);
            self.early.clear();
            self.early.extend(self.points.iter().map(|p| p.label.earliest + p.dwell));
            self.late.clear();
            self.late.extend(self.points.iter().map(|p| p.after.1));
            self.reckon(problem);
            true
        }
    }

    fn forward(&mut self, problem: &Problem, nodes: &[u32], scratch: &mut Scratch) -> bool {
        let vehicle = &problem.vehicles[self.vehicle];
        let places = &vehicle.places;
        self.points.clear();
        self.opens.clear();
        let open = &mut scratch.open;
        open.clear();
        let (load, riders, guarded) = problem.aboard[self.vehicle];
        let mut here = Point {
            node: START,
            place: vehicle.start,
            dwell: 0,
            label: Label { earliest: vehicle.from, latest: vehicle.to, off: 0 },
            after: (0, 0),
            load,
            riders,
            guarded,
            deadhead: 0,
            leaves_vehicle: false,
            alone: false,
            opens: (0, 0),
        };
        if let Some(limit) = vehicle.max_duration {
            open.push(Open { request: DRIVER, limit, latest: vehicle.to, off: 0 });
        }
        self.opens.extend_from_slice(open);
        here.opens = (0, self.opens.len() as u32);
        self.points.push(here);
        for &node in nodes {
            let Node { lo, hi, dwell, place, riders, load, leaves_vehicle, alone } =
                problem.nodes[node as usize];
            let terms = &problem.terms[(node / 2) as usize];
            let leg = problem.leg(here.place, place);
            let Some(mut label) = here.label.then(here.dwell + i64::from(leg.time), lo, hi) else {
                return false;
            };
            if terms.limit != i64::MAX && node % 2 == 1 {
                let Some(k) = open.iter().position(|o| o.request == node / 2) else { return false };
                let Some(set_down) = label.sets_down(&open.remove(k)) else { return false };
                label = set_down;
            }
            open.iter_mut().for_each(|o| label.presses(o));
            if alone && here.riders + here.load.iter().map(|x| i32::from(*x)).sum::<i32>() != 0 {
                return false;
            }
            if terms.limit != i64::MAX && node % 2 == 0 {
                let request = node / 2;
                open.push(Open { request, limit: terms.limit, latest: label.latest, off: label.off });
            }
            let others = here.guarded - u32::from(terms.guarded && node % 2 == 1);
            if leaves_vehicle && others > 0 {
                return false;
            }
            here.guarded = others + u32::from(terms.guarded && node % 2 == 0);
            here.deadhead += if here.riders == 0 { i64::from(leg.cost) } else { 0 };
            for (x, y) in here.load.iter_mut().zip(load) {
                *x += y;
            }
            if here.load.iter().zip(places).any(|(x, most)| x > most) {
                return false;
            }
            here.riders += riders;
            let from = self.opens.len() as u32;
            self.opens.extend_from_slice(open);
            here = Point {
                node,
                place: if place == ANYWHERE { here.place } else { place },
                dwell,
                label,
                leaves_vehicle,
                alone,
                opens: (from, self.opens.len() as u32),
                ..here
            };
            self.points.push(here);
        }
        let leg = problem.leg(here.place, vehicle.end);
        let gap = here.dwell + i64::from(leg.time);
        let mut home = here.label.then(gap, vehicle.from, vehicle.to);
        if vehicle.max_duration.is_some() {
            home = home.and_then(|home| home.sets_down(&open[0]));
        }
        // Who stays at home is never late.
        let at_rest = Label { earliest: vehicle.from, latest: vehicle.to, off: gap };
        let Some(label) = home.or(nodes.is_empty().then_some(at_rest)) else { return false };
        let deadhead = here.deadhead + if here.riders == 0 { i64::from(leg.cost) } else { 0 };
        let from = self.opens.len() as u32;
        self.points.push(Point {
            node: END,
            place: vehicle.end,
            dwell: 0,
            label,
            deadhead,
            leaves_vehicle: false,
            alone: false,
            opens: (from, from),
            ..here
        });
        true
    }

    fn backward(&mut self, problem: &Problem, scratch: &mut Scratch) {
        let vehicle = &problem.vehicles[self.vehicle];
        self.tails.clear();
        self.tails.resize(self.opens.len(), Tail::default());
        let last = self.points.len() - 1;
        let slot = |request: u32| if request == DRIVER { problem.requests() } else { request as usize };
        self.points[last].after = (vehicle.from, vehicle.to);
        let home = self.points[last].label.off;
        scratch.drop_off[problem.requests()] = (vehicle.from, home);
        let mut next = (vehicle.from, vehicle.to, home);
        for k in (0..last).rev() {
            let point = self.points[k];
            // Those on board on leaving: what follows begins at the next point.
            let (from, to) = point.opens;
            for i in from as usize..to as usize {
                let (earliest, off) = &mut scratch.drop_off[slot(self.opens[i].request)];
                *earliest = (*earliest).max(next.0 + *off - next.2);
                self.tails[i] = Tail { earliest: *earliest, way: *off - next.2 };
            }
            let gap = next.2 - point.label.off;
            let (lo, hi) = match point.node {
                START => (vehicle.from, vehicle.to),
                node => (problem.nodes[node as usize].lo, problem.nodes[node as usize].hi),
            };
            let mut earliest = lo;
            let latest = hi.min(next.1 - gap);
            if point.node != START && problem.terms[(point.node / 2) as usize].limit != i64::MAX {
                let request = (point.node / 2) as usize;
                if point.node.is_multiple_of(2) {
                    earliest = earliest.max(scratch.drop_off[request].0 - problem.terms[request].limit);
                } else {
                    scratch.drop_off[request] = (earliest, point.label.off);
                }
            }
            self.points[k].after = (earliest, latest);
            next = (earliest, latest, point.label.off);
        }
    }

    fn reckon(&mut self, problem: &Problem) {
        let vehicle = &problem.vehicles[self.vehicle];
        let weights = &problem.weights;
        let (mut cost, mut rides, mut hash) = (0i64, 0u32, 0u64);
        for pair in self.points.windows(2) {
            let leg = problem.leg(pair[0].place, pair[1].place);
            cost += i64::from(leg.cost);
            if weights.rider_permille > 0 {
                let ticks = pair[1].label.off - pair[0].label.off;
                cost += scaled(ticks * i64::from(pair[0].riders), weights.rider_permille);
            }
        }
        let mut stamp = mark(problem.class[self.vehicle]);
        for node in self.nodes() {
            stamp = (stamp ^ u64::from(node)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
            if node % 2 == 0 {
                continue;
            }
            let request = node / 2;
            hash ^= mark(request);
            rides += u32::from(problem.terms[request as usize].counts);
            cost += problem.liking(self.vehicle, request);
        }
        if self.points.len() == 2 {
            cost = 0;
        } else {
            cost += vehicle.fixed_cost;
            cost += scaled(self.points[self.points.len() - 1].deadhead, weights.deadhead_permille);
        }
        cost += weights.fairness * shared(vehicle.rides_before, rides);
        (self.cost, self.rides, self.hash, self.stamp) = (cost, rides, hash, stamp);
    }
}

/// Thousandths of `of`.
#[inline]
pub(crate) fn scaled(of: i64, permille: u32) -> i64 {
    if permille == 0 { 0 } else { (of.clamp(-HORIZON, HORIZON) * i64::from(permille)) / 1000 }
}

/// Returns what `rides` more cost a driver who has `before`, in units of the fairness weight: each costs as
/// much as there were before it.
pub(crate) fn shared(before: u32, rides: u32) -> i64 {
    let (before, rides) = (i64::from(before), i64::from(rides));
    rides * before + rides * (rides - 1) / 2
}
