//! What is left to chance, drawn from what it happens to.

use crate::rng::Chance;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// A place of the region, people, calls.
    Region,
    People,
    Calls,
    /// What becomes of a call.
    Call,
    /// A driver's day.
    Day,
    /// A drive to a stop, and getting in or out there.
    Stop,
}

/// Returns the stream of one thing, which nothing else disturbs.
pub(super) fn of(seed: u64, what: Of, a: u64, b: u64) -> Chance {
    // The splitmix64 finaliser of Steele, Lea and Flood (2014), over one word after the other.
    let mix = |n: u64| {
        let z = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let step = |sum: u64, word: u64| mix(sum.wrapping_add(0x9e37_79b9_7f4a_7c15) ^ word);
    Chance::new([what as u64, a, b].into_iter().fold(mix(seed), step))
}

/// Draws an index by weights; the last one if they are all zero.
pub(super) fn weighted(chance: &mut Chance, weights: &[u32]) -> usize {
    let sum: i64 = weights.iter().map(|weight| i64::from(*weight)).sum();
    let mut left = chance.between(1, sum);
    weights
        .iter()
        .position(|weight| {
            left -= i64::from(*weight);
            left <= 0
        })
        .unwrap_or(weights.len().saturating_sub(1))
}

/// Draws from a bell around nothing that is three wide on either side at most, with a spread of about one.
pub(super) fn bell(chance: &mut Chance) -> f64 {
    // The sum of four uniform numbers has a variance of a third.
    ((0..4).map(|_| chance.share()).sum::<f64>() - 2.0) * 3.0f64.sqrt()
}
