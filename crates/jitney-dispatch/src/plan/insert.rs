//! The cheapest feasible place for a request in a run.

use super::dice::Dice;
use super::label::{Label, Open, joins};
use super::problem::{ANYWHERE, Amounts, NO_WAY, Node, Problem, Terms};
use super::route::{END, Point, Route, Scratch, fits, scaled};

/// Where a request goes: its pick-up follows point `after_in` of the run, its drop-off point `after_out`.
/// A job of one stop has both alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    pub after_in: u32,
    pub after_out: u32,
    /// What it costs more than the run without.
    pub delta: i64,
}

/// Buffers for [`Probe`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Buffers {
    open: Vec<Open>,
    spare: Vec<Open>,
    blocked: Vec<bool>,
    behind: Vec<i64>,
}

/// Skips a place now and then, so that the search does not always see the same.
#[derive(Debug)]
pub(crate) struct Blink<'a> {
    pub dice: &'a mut Dice,
    /// Of 2³².
    pub chance: u64,
}

/// Costs more than anything.
const NEVER: i64 = i64::MAX / 2;

/// Where the vehicle is in the new sequence.
#[derive(Debug, Clone, Copy)]
struct Walk {
    label: Label,
    place: u32,
    dwell: i64,
}

/// One request tried in one run.
pub(crate) struct Probe<'a> {
    problem: &'a Problem,
    route: &'a Route,
    request: u32,
    terms: Terms,
    get_in: Node,
    get_out: Node,
    places: &'a Amounts,
    /// What it costs wherever in the run it is put.
    base: i64,
    idle: bool,
    open: &'a mut Vec<Open>,
    spare: &'a mut Vec<Open>,
    blocked: &'a [bool],
    /// By point: what the way over the drop-off costs more at least, if it follows that point or a later one. Empty until
    /// a pick-up is worth the look.
    behind: &'a mut Vec<i64>,
    /// Stops looked at, for the budget.
    pub work: u64,
}

/// Returns the cheapest place for `request` in `route` that costs less than `limit` more, if any.
pub(crate) fn cheapest(
    problem: &Problem,
    route: &Route,
    request: u32,
    limit: i64,
    buffers: &mut Buffers,
    mut blink: Option<Blink<'_>>,
    work: &mut u64,
) -> Option<Spot> {
    let vehicle = route.vehicle;
    let spec = &problem.vehicles[vehicle];
    let terms = problem.terms[request as usize];
    if !problem.may(vehicle, request) {
        return None;
    }
    if terms.counts && spec.max_rides.is_some_and(|most| route.rides >= most) {
        return None;
    }
    let Buffers { open, spare, blocked, behind } = buffers;
    behind.clear();
    block(problem, route, request, blocked);
    let idle = route.len() == 0;
    let already = i64::from(spec.rides_before) + i64::from(route.rides);
    let fairness = if terms.counts { problem.weights.fairness * already } else { 0 };
    let base = problem.liking(vehicle, request) + fairness + if idle { spec.fixed_cost } else { 0 };
    let mut probe = Probe {
        problem,
        route,
        request,
        terms,
        get_in: problem.nodes[2 * request as usize],
        get_out: problem.nodes[2 * request as usize + 1],
        places: &spec.places,
        base,
        idle,
        open,
        spare,
        blocked,
        behind,
        work: 0,
    };
    let mut best = Spot { after_in: 0, after_out: 0, delta: limit };
    let mut found = false;
    let first = if terms.two { &probe.get_in } else { &probe.get_out };
    // Before, the next stop would be too late; after, the run comes too late.
    let (lo, hi) = (first.lo + first.dwell, first.hi);
    let to = route.early.partition_point(|t| *t <= hi).min(route.points.len() - 1);
    let from = if problem.metric { route.late[1..].partition_point(|t| *t < lo).min(to) } else { 0 };
    for i in from..to {
        if let Some(blink) = &mut blink
            && blink.dice.next() >> 32 < blink.chance
        {
            continue;
        }
        let go_on = if terms.two {
            probe.ride_after(i, &mut best, &mut found)
        } else {
            probe.single_after(i, &mut best, &mut found)
        };
        if !go_on {
            break;
        }
    }
    *work += probe.work + 4;
    found.then_some(best)
}

/// Returns what it costs more to serve `request` with a run of these stops, wherever that is cheapest.
pub(crate) fn cheapest_in(problem: &Problem, vehicle: usize, nodes: &[u32], request: u32) -> Option<Spot> {
    let mut scratch = Scratch::new(problem);
    let mut route = Route::empty(problem, vehicle, &mut scratch);
    if !nodes.is_empty() && !route.build(problem, nodes, &mut scratch) {
        return None;
    }
    cheapest(problem, &route, request, i64::MAX / 2, &mut Buffers::default(), None, &mut 0)
}

/// Finds the stretches of the run during which somebody is on board who may not meet `request`.
fn block(problem: &Problem, route: &Route, request: u32, blocked: &mut Vec<bool>) {
    blocked.clear();
    let apart = &problem.apart[request as usize];
    if apart.is_empty() {
        return;
    }
    blocked.resize(route.points.len(), false);
    for other in apart {
        let terms = &problem.terms[*other as usize];
        if !terms.two && !terms.aboard {
            continue;
        }
        let aboard = terms.aboard && problem.may(route.vehicle, *other);
        let out = route.points.iter().position(|p| p.node == 2 * other + 1);
        let Some(out) = out.or(aboard.then_some(route.points.len())) else { continue };
        let get_in = route.points.iter().position(|p| p.node == 2 * other).unwrap_or(0);
        blocked[get_in..out].fill(true);
    }
}

impl Probe<'_> {
    #[inline]
    fn step(&self, from: Walk, node: &Node) -> Option<Walk> {
        let leg = self.problem.leg(from.place, node.place);
        let label = from.label.then(from.dwell + i64::from(leg.time), node.lo, node.hi)?;
        let place = if node.place == ANYWHERE { from.place } else { node.place };
        Some(Walk { label, place, dwell: node.dwell })
    }

    fn walk_at(point: &Point) -> Walk {
        Walk { label: point.label, place: point.place, dwell: point.dwell }
    }

    #[inline]
    fn made_anywhere(&self, point: &Point) -> bool {
        point.node != END && self.problem.nodes[point.node as usize].place == ANYWHERE
    }

    #[inline]
    fn is_blocked(&self, k: usize) -> bool {
        self.blocked.get(k).copied().unwrap_or(false)
    }

    #[inline]
    fn cost(&self, from: u32, to: u32) -> i64 {
        i64::from(self.problem.leg(from, to).cost)
    }

    /// Where the vehicle goes after point `k`: past stops made anywhere.
    #[inline]
    fn onward(&self, k: usize) -> u32 {
        let points = &self.route.points;
        if points[k + 1].place != points[k].place {
            return points[k + 1].place;
        }
        (k + 1..points.len())
            .find(|n| !self.made_anywhere(&points[*n]))
            .map_or(points[k].place, |n| points[n].place)
    }

    #[inline]
    fn old_cost(&self, k: usize) -> i64 {
        if self.idle { 0 } else { self.cost(self.route.points[k].place, self.onward(k)) }
    }

    fn old_time(&self, k: usize) -> i64 {
        let leg = self.problem.leg(self.route.points[k].place, self.onward(k));
        if self.idle { 0 } else { i64::from(leg.time) }
    }

    /// Finds what the drop-off costs at least, wherever it is put behind point `from`.
    fn look_behind(&mut self, from: usize) {
        let points = &self.route.points;
        let last = points.len() - 1;
        self.behind.resize(points.len(), NEVER);
        let metric = self.problem.metric;
        let (lo, hi) = (self.get_out.lo, self.get_out.hi);
        let mut least = NEVER;
        for j in (from + 1..last).rev() {
            // A way round only makes a run later, and what follows has to begin earlier for it.
            let in_time = !metric || (self.route.early[j] <= hi && self.route.late[j + 1] >= lo);
            if in_time {
                self.work += 1;
                let around = self.cost(points[j].place, self.get_out.place)
                    + self.cost(self.get_out.place, self.onward(j))
                    - self.old_cost(j);
                least = least.min(around);
            }
            self.behind[j] = least;
        }
    }

    /// Tries all drop-offs for a pick-up after point `i`; tells whether later pick-ups make sense.
    fn ride_after(&mut self, i: usize, best: &mut Spot, found: &mut bool) -> bool {
        let points = &self.route.points;
        let here = &points[i];
        let metric = self.problem.metric;
        self.work += 1;
        let Some(walk) = self.step(Self::walk_at(here), &self.get_in) else {
            return !metric;
        };
        if !fits(&here.load, &self.terms.load, self.places)
            || self.is_blocked(i)
            || (self.get_in.leaves_vehicle && here.guarded > 0)
        {
            return true;
        }
        let next = &points[i + 1];
        let onward = self.onward(i);
        let to_next = i64::from(self.problem.leg(walk.place, onward).time);
        if metric && !self.made_anywhere(next) && walk.label.earliest + walk.dwell + to_next > next.after.1 {
            return true;
        }
        let old = self.old_cost(i);
        let get_in = self.base + self.cost(here.place, walk.place) - old;
        let detour = get_in + self.cost(walk.place, onward);
        let weighted = !self.problem.plain();
        if metric && !weighted && detour >= best.delta {
            return true;
        }
        let straight = get_in + self.cost(walk.place, self.get_out.place);
        let straight = straight + self.cost(self.get_out.place, onward);
        if !weighted && self.behind.is_empty() {
            self.look_behind(i);
        }
        if !weighted && straight.min(detour.saturating_add(self.behind[i + 1])) >= best.delta {
            return true;
        }
        self.open.clear();
        self.open.extend_from_slice(self.route.opens(i));
        self.open.iter_mut().for_each(|o| walk.label.presses(o));
        let Terms { limit, .. } = self.terms;
        let own = Open { request: self.request, limit, latest: walk.label.latest, off: walk.label.off };
        let bounded = limit != i64::MAX;
        if bounded {
            self.open.push(own);
        }
        self.drop_after(i, i, walk, own, straight, best, found);
        let mut straight_on = true;
        let mut now = walk;
        for (j, point) in points.iter().enumerate().take(points.len() - 1).skip(i + 1) {
            if !weighted && !straight_on && detour.saturating_add(self.behind[j]) >= best.delta {
                break;
            }
            self.work += 1;
            let node = &self.problem.nodes[point.node as usize];
            let Some(walk) = self.step(now, node) else { break };
            now = walk;
            let set_down = point.node % 2 == 1;
            let other = &self.problem.terms[(point.node / 2) as usize];
            if set_down && other.limit != i64::MAX {
                let Some(k) = self.open.iter().position(|o| o.request == point.node / 2) else { break };
                let Some(label) = now.label.sets_down(&self.open.remove(k)) else { break };
                now.label = label;
            }
            if metric && node.place != ANYWHERE && now.label.earliest > point.after.1 {
                break;
            }
            self.open.iter_mut().for_each(|o| now.label.presses(o));
            if other.limit != i64::MAX && !set_down {
                self.open.push(Open {
                    request: point.node / 2,
                    limit: other.limit,
                    latest: now.label.latest,
                    off: now.label.off,
                });
            }
            if point.alone
                || (point.leaves_vehicle && self.terms.guarded)
                || self.is_blocked(j)
                || !fits(&point.load, &self.terms.load, self.places)
                || (bounded && now.label.off - own.off > limit)
                || now.label.earliest > self.get_out.hi
            {
                break;
            }
            if metric && self.route.late[j + 1] < self.get_out.lo {
                straight_on &= node.place == ANYWHERE;
                continue;
            }
            straight_on &= node.place == ANYWHERE;
            let around = self.cost(now.place, self.get_out.place)
                + self.cost(self.get_out.place, self.onward(j))
                - self.old_cost(j);
            // Stops made anywhere lie on the way from her pick-up.
            let delta = if straight_on { straight } else { detour + around };
            // What presses on the pick-up is in `open`; without a longest ride nothing does.
            let own = if bounded { self.own() } else { own };
            self.drop_after(i, j, now, own, delta, best, found);
        }
        true
    }

    fn own(&self) -> Open {
        let own = self.open.iter().find(|o| o.request == self.request);
        own.copied().unwrap_or(Open { request: self.request, limit: i64::MAX, latest: 0, off: 0 })
    }

    /// Tries the drop-off after point `j` of the run.
    #[allow(clippy::too_many_arguments)]
    fn drop_after(
        &mut self,
        i: usize,
        j: usize,
        from: Walk,
        own: Open,
        legs: i64,
        best: &mut Spot,
        found: &mut bool,
    ) {
        if self.get_out.leaves_vehicle && self.route.points[j].guarded > 0 {
            return;
        }
        let mut delta = legs;
        if self.problem.plain() && delta >= best.delta {
            return;
        }
        self.work += 1;
        let Some(mut walk) = self.step(from, &self.get_out) else { return };
        if own.limit != i64::MAX {
            let Some(label) = walk.label.sets_down(&own) else { return };
            walk.label = label;
        }
        if !self.problem.plain() {
            delta += self.weighted(i, j, walk.label.off - own.off);
            if delta >= best.delta {
                return;
            }
        }
        if self.follows(walk, j) {
            *best = Spot { after_in: i as u32, after_out: j as u32, delta };
            *found = true;
        }
    }

    /// Tells whether the run can go on as it was after point `j`.
    fn follows(&mut self, mut walk: Walk, mut j: usize) -> bool {
        let route = self.route;
        let mine = self.request;
        let next = route.points[j + 1];
        if !self.made_anywhere(&next) {
            let leg = self.problem.leg(walk.place, next.place);
            let gap = walk.dwell + i64::from(leg.time);
            // `joins` has this stop press on everybody still on board.
            let open = self.open.iter().filter(|o| o.request != mine);
            return leg.time != NO_WAY && joins(walk.label, open, gap, next.after, route.tails(j));
        }
        // Where a stop is made anywhere, it moves along with what is before it.
        self.spare.clear();
        self.spare.extend(self.open.iter().filter(|o| o.request != mine));
        self.spare.iter_mut().for_each(|o| walk.label.presses(o));
        while self.made_anywhere(&route.points[j + 1]) {
            let node = self.problem.nodes[route.points[j + 1].node as usize];
            let Some(on) = self.step(walk, &node) else { return false };
            walk = on;
            self.spare.iter_mut().for_each(|o| walk.label.presses(o));
            j += 1;
        }
        let next = route.points[j + 1];
        let leg = self.problem.leg(walk.place, next.place);
        let gap = walk.dwell + i64::from(leg.time);
        leg.time != NO_WAY && joins(walk.label, self.spare.iter(), gap, next.after, route.tails(j))
    }

    /// What is not legs: time on board, and legs that are no longer or newly driven with nobody on board.
    fn weighted(&self, i: usize, j: usize, ride: i64) -> i64 {
        let points = &self.route.points;
        let weights = &self.problem.weights;
        let (get_in, get_out) = (self.get_in, self.get_out);
        let time = |a: u32, b: u32| i64::from(self.problem.leg(a, b).time);
        let (a, b) = (points[i], points[j]);
        let (after_a, after_b) = (self.onward(i), self.onward(j));
        let riders = i64::from(self.terms.riders);
        let mut ticks = riders * ride;
        let empty = |k: usize| points[k].riders == 0;
        let mut deadhead = 0;
        if (i + 1..=j).all(|k| self.made_anywhere(&points[k])) {
            let around = time(a.place, get_in.place)
                + get_in.dwell
                + time(get_in.place, get_out.place)
                + get_out.dwell
                + time(get_out.place, after_a);
            ticks += i64::from(a.riders) * (around - self.old_time(i));
            if empty(i) {
                deadhead += self.cost(a.place, get_in.place) + self.cost(get_out.place, after_a);
                deadhead -= self.old_cost(i);
            }
        } else {
            let in_around = time(a.place, get_in.place) + get_in.dwell + time(get_in.place, after_a);
            let out_around = time(b.place, get_out.place) + get_out.dwell + time(get_out.place, after_b);
            ticks += i64::from(a.riders) * (in_around - self.old_time(i));
            ticks += i64::from(b.riders) * (out_around - self.old_time(j));
            if empty(i) {
                deadhead += self.cost(a.place, get_in.place) - self.old_cost(i);
            }
            if empty(j) {
                deadhead += self.cost(get_out.place, after_b) - self.old_cost(j);
            }
            // Between the two everybody had been set down; now she is there.
            deadhead -= points[j].deadhead - points[i + 1].deadhead;
        }
        scaled(ticks, weights.rider_permille) + scaled(deadhead, weights.deadhead_permille)
    }

    /// Tries a job of one stop after point `i`; tells whether later places make sense.
    fn single_after(&mut self, i: usize, best: &mut Spot, found: &mut bool) -> bool {
        let points = &self.route.points;
        let here = points[i];
        self.work += 1;
        let node = self.get_out;
        let Some(walk) = self.step(Self::walk_at(&here), &node) else {
            return !self.problem.metric;
        };
        let nobody = here.riders == 0 && here.load.iter().all(|x| *x == 0);
        let others = here.guarded - u32::from(self.terms.guarded && self.terms.aboard && here.guarded > 0);
        if (node.alone && !nobody) || (node.leaves_vehicle && others > 0) {
            return true;
        }
        let onward = self.onward(i);
        let mut delta = self.base - self.old_cost(i)
            + self.cost(walk.place, onward)
            + if walk.place == here.place { 0 } else { self.cost(here.place, walk.place) };
        if self.terms.aboard && !self.problem.plain() {
            // Once she is out, everything after is driven without her: rare enough to be reckoned in full.
            let Some(full) = self.rebuilt(i) else { return true };
            delta = full;
        } else {
            delta += self.weighted_single(i, walk);
        }
        if delta >= best.delta {
            return true;
        }
        self.open.clear();
        self.open.extend_from_slice(self.route.opens(i));
        if self.follows(walk, i) {
            *best = Spot { after_in: i as u32, after_out: i as u32, delta };
            *found = true;
        }
        true
    }

    /// Returns what the run costs more with a job of one stop after point `i`, by building it.
    fn rebuilt(&self, i: usize) -> Option<i64> {
        let mut nodes: Vec<u32> = self.route.nodes().collect();
        nodes.insert(i, 2 * self.request + 1);
        let mut scratch = Scratch::new(self.problem);
        let mut trial = Route::empty(self.problem, self.route.vehicle, &mut scratch);
        let built = trial.build(self.problem, &nodes, &mut scratch);
        built.then_some(trial.cost - self.route.cost)
    }

    fn weighted_single(&self, i: usize, walk: Walk) -> i64 {
        if self.problem.plain() {
            return 0;
        }
        let here = self.route.points[i];
        let time = |a: u32, b: u32| i64::from(self.problem.leg(a, b).time);
        let onward = self.onward(i);
        let there = if walk.place == here.place { 0 } else { time(here.place, walk.place) };
        let around = there + walk.dwell + time(walk.place, onward);
        let ticks = i64::from(here.riders) * (around - self.old_time(i));
        let deadhead = if here.riders == 0 {
            self.cost(here.place, walk.place) + self.cost(walk.place, onward) - self.old_cost(i)
        } else {
            0
        };
        let weights = &self.problem.weights;
        scaled(ticks, weights.rider_permille) + scaled(deadhead, weights.deadhead_permille)
    }
}
