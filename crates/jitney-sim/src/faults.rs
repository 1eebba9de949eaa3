//! What may go wrong in a run. Each seed draws a part of it, as in swarm testing (Groce et al., ISSTA 2012):
//! a run in which some faults never happen reaches states that one with all of them does not.

use jitney_domain::Minutes;

use crate::network::Weather;
use crate::rng::Chance;

/// How wrong a clock that is set wrong is at most in an ordinary run, in milliseconds: five minutes.
const CLOCK_MOST_MS: i64 = 5 * 60_000;
/// The same in a run with wild clocks: hours, and weeks like those of a small board that keeps no time while it is off.
const WILD_CLOCKS_MS: [i64; 2] = [5 * 3_600_000, 21 * 24 * 3_600_000];

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
    /// Of a hundred cuts so many cut one direction only.
    pub one_way_percent: u32,
    /// Time between two moments at which some clock is set wrong for a while, on average; none if none ever is.
    pub clock_every: Option<Minutes>,
    /// How wrong such a clock is at most, in milliseconds.
    pub clock_most_ms: i64,
    /// Time between two moments at which some node comes back from an old backup, on average; none if none
    /// ever does.
    pub restore_every: Option<Minutes>,
    /// Time after which some node is upgraded, on average, again and again; none if none ever is.
    pub upgrade_every: Option<Minutes>,
    /// One node of the federation can dial others but not be dialled.
    pub one_behind_a_wall: bool,
    /// One more coop joins and does the others harm, at such times on average; none if all are honest.
    pub traitor_every: Option<Minutes>,
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
            one_way_percent: 0,
            clock_every: None,
            clock_most_ms: 0,
            restore_every: None,
            upgrade_every: None,
            one_behind_a_wall: false,
            traitor_every: None,
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
            one_way_percent: if chance.percent(50) { 40 } else { 0 },
            clock_every: chance.percent(25).then_some(Minutes(180)),
            clock_most_ms: CLOCK_MOST_MS,
            restore_every: chance.percent(15).then_some(Minutes(240)),
            upgrade_every: chance.percent(20).then_some(Minutes(300)),
            one_behind_a_wall: chance.percent(30),
            traitor_every: None,
        }
    }

    /// Lets a coop betray the others in one of five runs. It is drawn apart from all else, so that a run without one
    /// stays the run that it is.
    pub fn with_traitor(self, seed: u64) -> Self {
        let mut chance = Chance::new(seed ^ 0x7472_6169_746f_7273);
        let traitor_every = chance.percent(20).then(|| Minutes(if chance.percent(50) { 4 } else { 15 }));
        Faults { traitor_every, ..self }
    }

    /// Lets clocks be wrong by hours and weeks, more often than not.
    pub fn with_wild_clocks(self, chance: &mut Chance) -> Self {
        let clock_most_ms = chance.pick(&WILD_CLOCKS_MS).unwrap_or(CLOCK_MOST_MS);
        Faults { clock_every: Some(Minutes(180)), clock_most_ms, ..self }
    }

    /// Draws crashes and nothing else, one after the other.
    pub fn crashes(every: Minutes) -> Self {
        Faults { crash_every: Some(every), down_most_ms: 300_000, ..Faults::none() }
    }
}
