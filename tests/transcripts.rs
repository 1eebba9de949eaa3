//! Plays every page in `tests/transcripts` with the real binary.
//!
//! `TRANSCRIPTS=join` plays the pages with `join` in their name; `UPDATE_TRANSCRIPTS=1` rewrites those
//! that no longer tell the truth.

use std::path::Path;

use jitney_tests::{Mode, Programs, jitney, run_folder};

#[test]
fn every_page_of_the_manual_tells_the_truth() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("transcripts");
    let programs = Programs::new().with("jitney", jitney().unwrap_or_else(|error| panic!("{error}")));
    let report =
        run_folder(&folder, &programs, &Mode::from_environment()).expect("the folder is in the repository");
    assert!(report.commands > 0, "no page in {} has a command to type", folder.display());
    assert!(
        report.problems.is_empty(),
        "{} problems in {} pages; where the page is wrong, UPDATE_TRANSCRIPTS=1 rewrites it\n\n{}",
        report.problems.len(),
        report.pages,
        report.problems.join("\n\n")
    );
}
