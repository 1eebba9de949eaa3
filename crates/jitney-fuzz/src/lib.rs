//! Everything that reads foreign bytes, as functions that take any bytes and must come back.
//!
//! A [`Target`] fails by panicking: because the code under it panicked, or because something it promises did
//! not hold. The same functions run three ways: the tests of this crate replay the committed seeds in
//! `seeds/` and a short, seeded run of mutations of them; `cargo xtask fuzz` feeds them by libFuzzer, guided
//! by coverage, for as long as one likes; and a file that made one fail is replayed by `cargo xtask fuzz
//! TARGET FILE` and then kept among the seeds.
//!
//! Decoders are asked that whatever they accept is written again to the same bytes (binary layouts) or
//! to something that reads the same (JSON). The targets [`federation`](targets::federation) and
//! [`receive`](targets::receive) are different: they read the bytes as a list of deeds, build signed messages
//! of several coops from them, feed the machine that ships, and check after every step what must always hold.

// A target reports by panicking.
#![allow(clippy::unwrap_used, clippy::panic)]

pub mod bytes;
pub mod fixed;
pub mod mutate;
pub mod seeds;
pub mod targets;

/// Name of a seed and its bytes.
pub type Seed = (String, Vec<u8>);

/// Something that reads foreign bytes.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name, also that of the folder of its seeds.
    pub name: &'static str,
    /// What it reads, in a few words.
    pub reads: &'static str,
    /// Longest input worth trying, in bytes: a little above the limit that the code sets itself.
    pub longest: usize,
    /// Reads the bytes; panics if something does not hold.
    pub run: fn(&[u8]),
    /// Makes the seeds anew; they are the same every time.
    pub seeds: fn() -> Vec<Seed>,
}

/// Returns the target of that name.
pub fn target(name: &str) -> Option<&'static Target> {
    targets::ALL.iter().find(|target| target.name == name)
}
