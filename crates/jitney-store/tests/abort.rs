//! A node is built so that a panic ends it. Rows on which sled panics must not keep it from ever starting again.
//!
//! The test starts itself again as an opener that dies where it panics, as often as the node would be restarted.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "helpers of tests")]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use jitney_store::{MemStore, SledStore, Store};
use support::{Numbers, copy_dir, damage, fill, model, rows, small};

const OPENER_DIR: &str = "JITNEY_STORE_OPENER_DIR";
const BATCHES: u64 = 60;
const COPIES: u64 = 40;
/// Starts that may die before the rows are built again.
const DEATHS_MAX: usize = 3;

/// Not a test: the process that opens. Without its variable it does nothing.
#[test]
fn opener_process() {
    let Some(dir) = std::env::var_os(OPENER_DIR) else { return };
    std::panic::set_hook(Box::new(|_| std::process::abort()));
    let (store, _) = SledStore::open(Path::new(&dir), &small()).unwrap();
    drop(store);
}

/// Tells whether an opening ended well.
fn opens(dir: &Path) -> bool {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "opener_process", "--test-threads=1"]).env(OPENER_DIR, dir);
    child.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
}

#[test]
fn damaged_rows_keep_nobody_from_starting_for_good() {
    let original = tempfile::tempdir().unwrap();
    fill(original.path(), BATCHES);
    let model: MemStore = model(BATCHES);
    for seed in 0..COPIES {
        let mut numbers = Numbers(seed);
        let copy = tempfile::tempdir().unwrap();
        copy_dir(original.path(), copy.path());
        let path = copy.path().join("store-1").join("db");
        let what = damage(&path, &mut numbers);

        let deaths = (0..=DEATHS_MAX).take_while(|_| !opens(copy.path())).count();
        assert!(deaths <= DEATHS_MAX, "seed {seed}: {what}: it never starts again");
        let (store, _) = SledStore::open(copy.path(), &small()).unwrap();
        assert!(store.head() == model.head(), "seed {seed}");
        assert!(rows(&store).unwrap() == rows(&model).unwrap(), "seed {seed}");
    }
}

#[test]
fn rows_that_killed_three_openers_are_built_again_at_the_fourth_start() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), BATCHES);
    // What three openings leave that never ended.
    fs::write(dir.path().join("store-1.opening"), "...").unwrap();
    assert!(opens(dir.path()));
    assert!(dir.path().join("store.damaged-1").exists(), "the old rows are kept for inspection");
    let (store, _) = SledStore::open(dir.path(), &small()).unwrap();
    assert!(rows(&store).unwrap() == rows(&model(BATCHES)).unwrap());
}
