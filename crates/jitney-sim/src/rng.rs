//! Chance: the one source of everything that is random in a simulation.

use jitney_identity::SecretKey;
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// A stream of chance that a seed determines. Each part of a world has a stream of its own, so that one
/// more draw in one part does not change the others.
#[derive(Debug, Clone)]
pub struct Chance(ChaCha12Rng);

impl Chance {
    /// Begins the stream of a seed.
    pub fn new(seed: u64) -> Self {
        Chance(ChaCha12Rng::seed_from_u64(seed))
    }

    /// Begins another stream, which this one determines.
    pub fn fork(&mut self) -> Self {
        Chance(ChaCha12Rng::from_rng(&mut self.0))
    }

    /// Begins a stream for a node.
    pub fn for_node(&mut self) -> StdRng {
        StdRng::from_rng(&mut self.0)
    }

    /// Tells yes in `per_mille` of a thousand cases.
    pub fn per_mille(&mut self, per_mille: u32) -> bool {
        self.0.random_range(0..1000) < per_mille
    }

    /// Tells yes in `percent` of a hundred cases.
    pub fn percent(&mut self, percent: u32) -> bool {
        self.0.random_range(0..100) < percent
    }

    /// Draws a number from `low` to `high`, both included; `low` if there is none between.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high.max(low))
    }

    /// Draws an index below `length`; zero if there is none.
    pub fn below(&mut self, length: usize) -> usize {
        self.0.random_range(0..length.max(1))
    }

    /// Draws one of several; nothing of none.
    pub fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        let at = self.below(from.len());
        from.get(at).cloned()
    }

    /// Draws a number below `span` as part of one, for coordinates.
    pub fn share(&mut self) -> f64 {
        self.0.random_range(0.0..1.0)
    }

    /// Draws bytes for a key or an id.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// Draws a key.
    pub fn key(&mut self) -> SecretKey {
        SecretKey::from_seed(self.bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_is_one_stream_and_forks_do_not_disturb_each_other() {
        let draws = |seed| {
            let mut chance = Chance::new(seed);
            let mut fork = chance.fork();
            (fork.between(0, 1 << 40), chance.between(0, 1 << 40))
        };
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
        let (mut quiet, mut busy) = (Chance::new(1), Chance::new(1));
        let (_, mut fork) = (quiet.fork(), busy.fork());
        let _: [u8; 64] = fork.bytes();
        assert_eq!(quiet.between(0, 1 << 40), busy.between(0, 1 << 40));
    }
}
