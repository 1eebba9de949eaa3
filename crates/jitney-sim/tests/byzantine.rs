//! Forty coops of sixty are out to do harm; the other twenty go on as if they were not.

#![allow(clippy::print_stderr)] // Figures, shown with --nocapture.

use jitney_domain::Minutes;
use jitney_federation::log::{MAX_LIVE_PER_COOP, MAX_LOGS_PER_COOP, MAX_PARKED, MAX_PROOFS_PER_COOP};
use jitney_sim::crowd::{Crowd, Report};

/// Longest that an honest entry takes to an honest node: two sync periods.
const TWO_SYNCS_MS: i64 = 20 * 60_000;

fn must_hold(report: &Report, coops: usize) {
    eprintln!("{report:#?}");
    assert!(report.entries > 20);
    assert_eq!(report.missing, 0, "an honest entry has not reached an honest node");
    assert!(report.took_ms.2 <= TWO_SYNCS_MS, "{:?}", report.took_ms);
    assert_eq!(report.letters.0, report.letters.1, "letters between honest coops arrive once each");
    assert_eq!(report.blamed, 0, "an honest coop is accused");
    let bulk = report.bulk;
    assert!(bulk.entries_of_one <= MAX_LIVE_PER_COOP && bulk.heads_of_one <= MAX_LOGS_PER_COOP);
    assert!(bulk.parked <= MAX_PARKED && bulk.proofs_of_one <= MAX_PROOFS_PER_COOP);
    assert!(bulk.proofs <= coops * MAX_PROOFS_PER_COOP);
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
}

#[test]
#[ignore = "takes minutes: cargo test --release -p jitney-sim --test byzantine -- --ignored --nocapture"]
fn twenty_honest_coops_hear_each_other_among_forty_that_are_not() {
    let mut crowd = Crowd::new(1, 20, 40).unwrap();
    must_hold(&crowd.run(Minutes(30)), 60);
}
