//! No decoder takes memory out of proportion to what it reads.

use cap::Cap;
use jitney_fuzz::mutate::Mutator;
use jitney_fuzz::targets;
use std::alloc::System;

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// What a decoder may take at once: this much for each byte that it reads (JSON values and several copies of
/// what was read, written again and read again) …
const PER_BYTE: usize = 120;
/// … and this much besides.
const BESIDES: usize = 512 * 1024;
/// Targets that build a world around what they read, and one that may derive a key.
const WORLDS: [&str; 5] = ["federation", "receive", "node", "rows", "key-file"];

#[test]
fn no_decoder_takes_memory_out_of_proportion_to_what_it_reads() {
    let mut read = 0;
    for target in targets::ALL.iter().filter(|target| !WORLDS.contains(&target.name)) {
        let seeds: Vec<Vec<u8>> = (target.seeds)().into_iter().map(|(_, bytes)| bytes).collect();
        // Everything that is made once is made now.
        seeds.iter().for_each(|seed| (target.run)(seed));
        let mutations = (0..200).map(|n| Mutator::new(n, target.longest).next(&seeds));
        for bytes in seeds.iter().cloned().chain(mutations) {
            let limit = PER_BYTE * bytes.len() + BESIDES;
            MEMORY.set_limit(MEMORY.allocated() + limit).unwrap();
            (target.run)(&bytes);
            MEMORY.set_limit(usize::MAX).unwrap();
            read += 1;
        }
    }
    assert!(read > 3000, "only {read} inputs were read");
}
