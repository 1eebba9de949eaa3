//! The manual of the command line is what the program says; `JITNEY_BLESS=1 cargo test` rewrites it.

use std::fs;
use std::path::Path;

#[test]
fn the_manual_is_what_the_program_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cli.md");
    let now = jitney::reference();
    if std::env::var_os("JITNEY_BLESS").is_some() {
        fs::write(&path, &now).expect("docs/cli.md can be written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let differs = kept.lines().zip(now.lines()).position(|(kept, now)| kept != now);
    assert!(
        kept == now,
        "docs/cli.md differs from the program, first in line {:?}; JITNEY_BLESS=1 cargo test -p jitney rewrites it",
        differs.map(|at| at + 1)
    );
}
