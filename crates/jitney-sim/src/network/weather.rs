//! What the network does to messages.

use std::collections::BTreeSet;

use crate::rng::Chance;

/// How much slower a slow node is.
const SLOW_FACTOR: i64 = 25;
/// Longest extra time of a straggler in milliseconds: longer than a question waits.
const STRAGGLE_MAX_MS: i64 = 40_000;

/// What the network does to messages at present.
#[derive(Debug, Clone)]
pub struct Weather {
    /// Shortest and longest way in milliseconds.
    pub latency_ms: (i64, i64),
    /// Messages of a thousand that are lost.
    pub loss_per_mille: u32,
    /// Gossip of a thousand that comes again, up to half an hour later.
    pub repeat_per_mille: u32,
    /// Messages of a thousand that come very late, and so out of order.
    pub straggle_per_mille: u32,
    /// Connections of a thousand over which the peer's subscription is not heard, as after a quick restart.
    pub mute_per_mille: u32,
    /// Nodes on slow lines.
    pub slow: BTreeSet<usize>,
}

impl Weather {
    /// Returns weather in which everything arrives.
    pub fn fair() -> Self {
        Weather {
            latency_ms: (5, 60),
            loss_per_mille: 0,
            repeat_per_mille: 0,
            straggle_per_mille: 0,
            mute_per_mille: 0,
            slow: BTreeSet::new(),
        }
    }

    /// Draws how long something takes that no weather delays.
    pub(super) fn latency(&self, from: usize, to: usize, chance: &mut Chance) -> i64 {
        let way = chance.between(self.latency_ms.0, self.latency_ms.1);
        let slow = self.slow.contains(&from) || self.slow.contains(&to);
        if slow { way.saturating_mul(SLOW_FACTOR) } else { way }
    }

    /// Draws how long a message takes, and tells whether it straggles.
    pub(super) fn way(&self, from: usize, to: usize, chance: &mut Chance) -> (i64, bool) {
        let latency = self.latency(from, to, chance);
        if chance.per_mille(self.straggle_per_mille) {
            (latency.saturating_add(chance.between(100, STRAGGLE_MAX_MS)), true)
        } else {
            (latency, false)
        }
    }
}
