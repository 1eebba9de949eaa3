//! Two thirds of the coops are out to do harm; the others go on as if they were not.

#![allow(clippy::print_stderr, clippy::unwrap_used)] // Figures, shown with --nocapture; a test ends where it fails.

use std::alloc::System;

use cap::Cap;
use jitney_domain::Minutes;
use jitney_sim::crowd::{Crowd, Report};

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// Most memory that one hostile coop may cost an honest node, the figure of the threat model: what it may have alive in
/// its log, with its indexes.
const MEMORY_PER_HOSTILE: usize = 30 * 1024 * 1024;

/// Runs a crowd, prints what came of it, and holds it to what must hold.
fn among(honest: usize, hostile: usize, length: Minutes) -> Report {
    let mut crowd = Crowd::new(1, honest, hostile).expect("a crowd");
    let before = MEMORY.allocated();
    let report = crowd.run(length);
    let grown = MEMORY.allocated().saturating_sub(before) / honest;
    eprintln!("{report:#?}\n{grown} bytes of memory more for each honest node");
    assert_eq!(report.broken(honest + hostile), Vec::<String>::new());
    assert!(grown <= hostile * MEMORY_PER_HOSTILE, "{grown} bytes");
    // Each attack was tried, or its failure would prove nothing.
    let deeds = report.deeds;
    for count in [
        deeds.contradictions,
        deeds.floods,
        deeds.pages_withholding,
        deeds.false_manifests,
        deeds.letters,
        deeds.replays,
        deeds.malformed,
        deeds.out_of_time,
        deeds.request_floods,
        deeds.proofs,
    ] {
        assert!(count > 0, "{deeds:?}");
    }
    drop(crowd);
    report
}

#[test]
fn four_honest_coops_hear_each_other_among_eight_that_are_not() {
    let report = among(4, 8, Minutes(20));
    assert!(report.entries >= 4);
}

#[test]
#[ignore = "two minutes without optimisation: cargo run --release -p jitney-sim -- --nodes 60 --hostile 40 --seeds 1"]
fn twenty_honest_coops_hear_each_other_among_forty_that_are_not() {
    let report = among(20, 40, Minutes(30));
    assert!(report.entries > 20);
}
