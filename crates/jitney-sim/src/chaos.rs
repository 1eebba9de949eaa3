//! What goes wrong: weather, cuts, crashes, full disks, wrong clocks, old backups, treason.

use std::collections::BTreeMap;

use jitney_domain::{Minutes, Timestamp};

use crate::faults::Faults;
use crate::hostile::Traitor;
use crate::network::Weather;
use crate::node::{Backup, Crash};
use crate::rng::Chance;
use crate::world::World;

/// What may strike, each at its own times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stroke {
    Cut,
    Crash,
    Full,
    Clock,
    Backup,
    Restore,
    Upgrade,
    Betray,
}

const STROKES: [Stroke; 8] = [
    Stroke::Cut,
    Stroke::Crash,
    Stroke::Full,
    Stroke::Clock,
    Stroke::Backup,
    Stroke::Restore,
    Stroke::Upgrade,
    Stroke::Betray,
];

/// Lets things go wrong.
#[derive(Debug)]
pub struct Chaos {
    faults: Faults,
    chance: Chance,
    due: BTreeMap<Stroke, Timestamp>,
    full: Option<(Timestamp, usize)>,
    wrong: Option<(Timestamp, usize, i64)>,
    heals: Vec<(Timestamp, usize, usize)>,
    backups: BTreeMap<usize, Backup>,
    traitor: Option<Traitor>,
}

impl Chaos {
    /// Prepares what goes wrong.
    pub fn new(faults: Faults, chance: Chance) -> Self {
        Chaos {
            faults,
            chance,
            due: BTreeMap::new(),
            full: None,
            wrong: None,
            heals: Vec::new(),
            backups: BTreeMap::new(),
            traitor: None,
        }
    }

    /// Lets it begin.
    pub fn begin(&mut self, world: &mut World) {
        if self.faults.traitor_every.is_some() {
            self.traitor = Traitor::join(world, self.chance.fork());
        }
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
        for stroke in STROKES {
            self.draw(stroke, world.now());
        }
    }

    /// Draws when something strikes next, if it ever does.
    fn draw(&mut self, stroke: Stroke, now: Timestamp) {
        let every = match stroke {
            Stroke::Cut => self.faults.cut_every,
            Stroke::Crash => self.faults.crash_every,
            Stroke::Full => self.faults.full_every,
            Stroke::Clock => self.faults.clock_every,
            Stroke::Backup => self.faults.restore_every.map(|every| Minutes(every.0 / 2)),
            Stroke::Restore => self.faults.restore_every,
            Stroke::Upgrade => self.faults.upgrade_every,
            Stroke::Betray => self.faults.traitor_every,
        };
        if let Some(every) = every {
            let at = now.0.saturating_add(self.chance.between(1, every.millis().saturating_mul(2)));
            self.due.insert(stroke, Timestamp(at));
        }
    }

    /// Returns when something goes wrong or is mended next; far away if never.
    pub fn next(&self, now: Timestamp) -> Timestamp {
        let heal = self.heals.iter().map(|(at, ..)| *at).min();
        let mended = [self.full.map(|(at, _)| at), self.wrong.map(|(at, ..)| at), heal];
        let next = self.due.values().copied().chain(mended.into_iter().flatten()).min();
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
        if let Some((_, at, right)) = self.wrong.take_if(|(until, ..)| *until <= now) {
            world.set_clock(at, right);
        }
        let due: Vec<Stroke> = self.due.iter().filter(|(_, at)| **at <= now).map(|(what, _)| *what).collect();
        for stroke in due {
            self.due.remove(&stroke);
            match stroke {
                Stroke::Cut => self.cut(world),
                Stroke::Crash => self.crash(world),
                Stroke::Full => self.fill(world),
                Stroke::Clock => self.misset(world),
                Stroke::Backup => self.back_up(world),
                Stroke::Restore => self.restore(world),
                Stroke::Upgrade => self.upgrade(world),
                Stroke::Betray => self.traitor.iter_mut().for_each(|traitor| traitor.act(world)),
            }
            self.draw(stroke, now);
        }
    }

    /// Sets some node's clock wrong for a while, unless another is wrong already.
    fn misset(&mut self, world: &mut World) {
        if self.wrong.is_none() {
            let at = self.chance.below(world.nodes.len());
            let most = self.faults.clock_most_ms;
            let until = world.now().0.saturating_add(self.chance.between(60_000, 2 * 3_600_000));
            self.wrong = Some((Timestamp(until), at, world.nodes[at].skew_ms));
            world.set_clock(at, self.chance.between(-most, most));
            world.watch.seen.clocks_wrong = world.watch.seen.clocks_wrong.saturating_add(1);
        }
    }

    /// Starts some node as its next version, if its disk lets it.
    fn upgrade(&mut self, world: &mut World) {
        let at = self.chance.below(world.nodes.len());
        if !world.nodes[at].is_full() {
            world.upgrade(at);
        }
    }

    /// Keeps a copy of some node's disk.
    fn back_up(&mut self, world: &mut World) {
        let at = self.chance.below(world.nodes.len());
        self.backups.insert(at, world.nodes[at].back_up());
    }

    /// Brings some node back from its last copy.
    fn restore(&mut self, world: &mut World) {
        let at = self.chance.below(world.nodes.len());
        if let Some(backup) = self.backups.get(&at) {
            world.restore(at, backup);
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
        let one_way = self.chance.percent(self.faults.one_way_percent);
        for (a, b) in pairs {
            if one_way {
                world.net.cut_one_way(a, b);
            } else {
                world.net.cut(a, b);
            }
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
        self.due.clear();
        if let Some((_, at)) = self.full.take() {
            world.fill_disk(at, false);
        }
        if let Some((_, at, right)) = self.wrong.take() {
            world.set_clock(at, right);
        }
        world.net.weather = Weather::fair();
        world.net.heal_all();
        for at in 0..world.nodes.len() {
            world.reprieve(at);
            world.start(at);
        }
    }
}
