//! Seeded mutations, for the short run that every test run makes.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Values at which lengths, numbers and text tend to break.
const EDGES: [u8; 12] = [0, 1, 0x7f, 0x80, 0xff, b'"', b'{', b'}', b'[', b'-', b'\\', 0xc3];

/// Draws mutations of seeds; the same seed number draws the same ones.
#[derive(Debug)]
pub struct Mutator {
    rng: ChaCha8Rng,
    longest: usize,
}

impl Mutator {
    /// Begins a run of mutations that stay below `longest` bytes.
    pub fn new(seed: u64, longest: usize) -> Self {
        Mutator { rng: ChaCha8Rng::seed_from_u64(seed), longest }
    }

    /// Returns one of the seeds, changed in one to eight places.
    pub fn next(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = match seeds.len() {
            0 => Vec::new(),
            all => seeds[self.rng.random_range(0..all)].clone(),
        };
        for _ in 0..self.rng.random_range(1..=8_u32) {
            self.change(&mut bytes, seeds);
        }
        bytes.truncate(self.longest);
        bytes
    }

    fn place(&mut self, bytes: &[u8]) -> usize {
        self.rng.random_range(0..=bytes.len())
    }

    fn change(&mut self, bytes: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let at = self.place(bytes);
        match self.rng.random_range(0..8_u32) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, self.rng.random()),
            2 => bytes.insert(at, EDGES[self.rng.random_range(0..EDGES.len())]),
            3 | 4 if at < bytes.len() => bytes[at] ^= 1 << self.rng.random_range(0..8_u32),
            5 if at < bytes.len() => bytes[at] = EDGES[self.rng.random_range(0..EDGES.len())],
            6 if at < bytes.len() => {
                let to = self.rng.random_range(at..bytes.len());
                bytes.drain(at..to);
            }
            7 if !seeds.is_empty() => {
                let other = &seeds[self.rng.random_range(0..seeds.len())];
                let from = self.place(other);
                let upto = self.rng.random_range(from..=other.len());
                bytes.splice(at..at, other[from..upto].iter().copied());
            }
            _ => bytes.extend([0; 4]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_mutations_and_another_draws_others() {
        let seeds = [b"{\"hello\":1}".to_vec(), b"JyF1".to_vec()];
        let draw = |seed| {
            let mut mutator = Mutator::new(seed, 40);
            (0..50).map(|_| mutator.next(&seeds)).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert!(draw(3).iter().all(|bytes| bytes.len() <= 40));
    }
}
