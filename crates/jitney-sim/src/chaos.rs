//! What goes wrong: weather, cuts, crashes, wrong clocks. Each seed draws some of it.

use jitney_domain::{Minutes, Timestamp};

use crate::network::Weather;
use crate::node::Crash;
use crate::rng::Chance;
use crate::world::World;

/// What may go wrong in a run.
#[derive(Debug, Clone)]
pub struct Faults {
    /// What the network does to messages.
    pub weather: Weather,
    /// Time between two cuts on average; none if there are none.
    pub cut_every: Option<Minutes>,
    /// Longest time that a cut lasts.
    pub cut_most: Minutes,
    /// Time between two crashes on average; none if there are none.
    pub crash_every: Option<Minutes>,
    /// Longest time that a node stays down, in milliseconds.
    pub down_most_ms: i64,
    /// Time between two moments at which some disk is full for a while, on average; none if none ever is.
    pub full_every: Option<Minutes>,
    /// How far clocks are off at most, in milliseconds.
    pub skew_most_ms: i64,
    /// One node of the federation can dial others but not be dialled.
    pub one_behind_a_wall: bool,
}

impl Faults {
    /// Returns a run in which nothing goes wrong.
    pub fn none() -> Self {
        Faults {
            weather: Weather::fair(),
            cut_every: None,
            cut_most: Minutes(0),
            crash_every: None,
            down_most_ms: 0,
            full_every: None,
            skew_most_ms: 0,
            one_behind_a_wall: false,
        }
    }

    /// Draws a random part of all that can go wrong.
    pub fn draw(nodes: usize, chance: &mut Chance) -> Self {
        let mut weather = Weather::fair();
        if chance.percent(60) {
            weather.loss_per_mille = 10 + u32::try_from(chance.between(0, 150)).unwrap_or(0);
        }
        if chance.percent(50) {
            weather.repeat_per_mille = 100;
        }
        if chance.percent(50) {
            weather.straggle_per_mille = 60;
        }
        if chance.percent(40) {
            weather.mute_per_mille = 200;
        }
        if chance.percent(30) {
            weather.slow.insert(chance.below(nodes));
        }
        let cut_every = chance.percent(60).then(|| Minutes(if chance.percent(30) { 20 } else { 90 }));
        let crash_every = chance.percent(60).then(|| Minutes(if chance.percent(30) { 15 } else { 90 }));
        Faults {
            weather,
            cut_every,
            cut_most: Minutes(if chance.percent(20) { 600 } else { 60 }),
            crash_every,
            down_most_ms: if chance.percent(20) { 4 * 3_600_000 } else { 600_000 },
            full_every: chance.percent(20).then_some(Minutes(120)),
            skew_most_ms: if chance.percent(50) { 30_000 } else { 0 },
            one_behind_a_wall: chance.percent(30),
        }
    }

    /// Draws crashes and nothing else, one after the other.
    pub fn crashes(every: Minutes) -> Self {
        Faults { crash_every: Some(every), down_most_ms: 300_000, ..Faults::none() }
    }
}

/// Lets things go wrong.
#[derive(Debug)]
pub struct Chaos {
    faults: Faults,
    chance: Chance,
    next_cut: Option<Timestamp>,
    next_crash: Option<Timestamp>,
    next_full: Option<Timestamp>,
    full: Option<(Timestamp, usize)>,
    heals: Vec<(Timestamp, usize, usize)>,
}

impl Chaos {
    /// Prepares what goes wrong.
    pub fn new(faults: Faults, chance: Chance) -> Self {
        Chaos {
            faults,
            chance,
            next_cut: None,
            next_crash: None,
            next_full: None,
            full: None,
            heals: Vec::new(),
        }
    }

    /// Lets it begin.
    pub fn begin(&mut self, world: &mut World) {
        world.net.weather = self.faults.weather.clone();
        for node in &mut world.nodes {
            node.skew_ms = self.chance.between(-self.faults.skew_most_ms, self.faults.skew_most_ms);
        }
        if self.faults.one_behind_a_wall {
            let behind = self.chance.below(world.nodes.len());
            for from in 0..world.nodes.len() {
                world.net.wall(from, behind);
            }
        }
        self.next_cut = self.draw(self.faults.cut_every, world.now());
        self.next_crash = self.draw(self.faults.crash_every, world.now());
        self.next_full = self.draw(self.faults.full_every, world.now());
    }

    fn draw(&mut self, every: Option<Minutes>, now: Timestamp) -> Option<Timestamp> {
        let twice = every?.millis().saturating_mul(2);
        Some(Timestamp(now.0.saturating_add(self.chance.between(1, twice))))
    }

    /// Returns when something goes wrong or is mended next; far away if never.
    pub fn next(&self, now: Timestamp) -> Timestamp {
        let heal = self.heals.iter().map(|(at, ..)| *at).min();
        let emptied = self.full.map(|(at, _)| at);
        let next =
            [self.next_cut, self.next_crash, self.next_full, emptied, heal].into_iter().flatten().min();
        next.unwrap_or(Timestamp(i64::MAX)).max(now)
    }

    /// Lets what is due go wrong, and mends what is due.
    pub fn strike(&mut self, world: &mut World) {
        let now = world.now();
        let (due, later): (Vec<_>, Vec<_>) = self.heals.drain(..).partition(|(at, ..)| *at <= now);
        self.heals = later;
        for (_, a, b) in due {
            world.net.heal(a, b);
        }
        if let Some((_, at)) = self.full.take_if(|(until, _)| *until <= now) {
            world.fill_disk(at, false);
        }
        if self.next_full.is_some_and(|at| at <= now) {
            self.fill(world);
            self.next_full = self.draw(self.faults.full_every, now);
        }
        if self.next_cut.is_some_and(|at| at <= now) {
            self.cut(world);
            self.next_cut = self.draw(self.faults.cut_every, now);
        }
        if self.next_crash.is_some_and(|at| at <= now) {
            self.crash(world);
            self.next_crash = self.draw(self.faults.crash_every, now);
        }
    }

    /// Fills some node's disk for up to half an hour, unless another is full already.
    fn fill(&mut self, world: &mut World) {
        if self.full.is_none() {
            let at = self.chance.below(world.nodes.len());
            let until = world.now().0.saturating_add(self.chance.between(1_000, 1_800_000));
            self.full = Some((Timestamp(until), at));
            world.fill_disk(at, true);
            world.watch.seen.full_disks = world.watch.seen.full_disks.saturating_add(1);
        }
    }

    /// Cuts two nodes from each other, or some of them from all others.
    fn cut(&mut self, world: &mut World) {
        let nodes = world.nodes.len();
        let until = Timestamp(
            world.now().0.saturating_add(self.chance.between(1_000, self.faults.cut_most.millis())),
        );
        world.watch.seen.cuts = world.watch.seen.cuts.saturating_add(1);
        let pairs: Vec<(usize, usize)> = if self.chance.percent(50) {
            let a = self.chance.below(nodes);
            vec![(a, self.chance.below(nodes))]
        } else {
            let side: Vec<bool> = (0..nodes).map(|_| self.chance.percent(50)).collect();
            let all = (0..nodes).flat_map(|a| (0..a).map(move |b| (a, b)));
            all.filter(|(a, b)| side[*a] != side[*b]).collect()
        };
        for (a, b) in pairs {
            world.net.cut(a, b);
            self.heals.push((until, a, b));
        }
    }

    fn crash(&mut self, world: &mut World) {
        let at = self.chance.below(world.nodes.len());
        let how = match self.chance.below(5) {
            0 => Crash::Stop,
            1 => Crash::Kill,
            2 => Crash::AfterWrite,
            3 => Crash::BeforeWrite,
            _ => Crash::MidOutput(self.chance.below(4)),
        };
        let down = self.chance.between(200, self.faults.down_most_ms);
        world.crash(at, how, Some(down));
    }

    /// Mends everything and starts every node that is down.
    pub fn end(&mut self, world: &mut World) {
        self.heals.clear();
        (self.next_cut, self.next_crash, self.next_full) = (None, None, None);
        if let Some((_, at)) = self.full.take() {
            world.fill_disk(at, false);
        }
        world.net.weather = Weather::fair();
        world.net.heal_all();
        for at in 0..world.nodes.len() {
            world.reprieve(at);
            world.start(at);
        }
    }
}
