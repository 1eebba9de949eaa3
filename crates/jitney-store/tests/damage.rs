//! Damage is repaired or reported, never silent. `JITNEY_DAMAGES` sets how many copies are damaged (60 by
//! default).

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "helpers of tests")]

mod support;

use std::fs;
use std::path::Path;

use jitney_store::{MemStore, SledStore, Store, StoreError};
use support::{Numbers, assert_same, copy_dir, damage, fill, model, rows, small};

const BATCHES: u64 = 250;
const DEFAULT_DAMAGES: u64 = 60;

fn damages() -> u64 {
    std::env::var("JITNEY_DAMAGES").map_or(DEFAULT_DAMAGES, |text| text.parse().unwrap())
}

/// Damages copies of a store and passes what opening them gives to `judge`.
fn damaged_copies(
    file: impl Fn(&Path, &mut Numbers) -> std::path::PathBuf,
    mut judge: impl FnMut(&str, Result<(SledStore, jitney_store::OpenReport), StoreError>, &MemStore),
) {
    let original = tempfile::tempdir().unwrap();
    fill(original.path(), BATCHES);
    let model = model(BATCHES);
    for seed in 0..damages() {
        let mut numbers = Numbers(seed);
        let copy = tempfile::tempdir().unwrap();
        copy_dir(original.path(), copy.path());
        let path = file(copy.path(), &mut numbers);
        let what = format!("seed {seed}: {}: {}", path.display(), damage(&path, &mut numbers));
        judge(&what, SledStore::open(copy.path(), &small()), &model);
    }
}

#[test]
fn a_damaged_row_store_comes_back_whole_from_the_journal() {
    let mut rebuilt = 0;
    let pick = |dir: &Path, numbers: &mut Numbers| {
        let names = ["db", "db", "db", "conf"];
        dir.join("store-1").join(names[numbers.below(4) as usize])
    };
    damaged_copies(pick, |what, opened, model| {
        let (store, report) = opened.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(store.head() == model.head(), "{what}");
        assert!(rows(&store).unwrap() == rows(model).unwrap(), "{what}");
        rebuilt += u64::from(report.rebuilt.is_some());
        store.verify().unwrap();
    });
    assert!(rebuilt > damages() / 10, "the damage must bite now and then: {rebuilt} of {}", damages());
}

#[test]
fn a_damaged_journal_is_never_taken_for_a_whole_one() {
    let (mut refused, mut found_by_audit) = (0, 0);
    let pick = |dir: &Path, numbers: &mut Numbers| {
        let mut all: Vec<_> =
            fs::read_dir(dir.join("journal")).unwrap().map(|entry| entry.unwrap().path()).collect();
        all.sort();
        let last = all.len() as u64 - 1;
        // Half of the time the newest, which is where crashes happen.
        let which = if numbers.below(2) == 0 { last } else { numbers.below(last + 1) };
        all.swap_remove(which as usize)
    };
    damaged_copies(pick, |what, opened, model| match opened {
        Err(error) => {
            let expected = matches!(
                error,
                StoreError::DamagedJournal { .. }
                    | StoreError::RolledBack { .. }
                    | StoreError::JournalLost { .. }
            );
            assert!(expected, "{what}: {error}");
            refused += 1;
        }
        Ok((store, _)) => {
            assert!(rows(&store).unwrap() == rows(model).unwrap() && store.head() == model.head(), "{what}");
            found_by_audit += u64::from(store.verify().is_err());
        }
    });
    assert!(refused > 5 && found_by_audit > 5, "{refused} refused, {found_by_audit} found by the audit");
}

#[test]
fn a_flipped_bit_in_the_last_acknowledged_batch_is_not_taken_for_a_crash() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 3);
    let path = dir.path().join("journal/00000001.log");
    let good = fs::read(&path).unwrap();
    let end = good.iter().rposition(|byte| *byte != 0).unwrap();
    for witness_there in [true, false] {
        if !witness_there {
            fs::remove_file(dir.path().join("witness")).unwrap();
        }
        let mut bad = good.clone();
        bad[end] ^= 1;
        fs::write(&path, &bad).unwrap();
        let error = SledStore::open(dir.path(), &small()).unwrap_err();
        let expected = matches!(error, StoreError::RolledBack { journal: 2, witness: 3, .. })
            && witness_there
            || matches!(error, StoreError::JournalLost { journal: 2, rows: 3, .. }) && !witness_there;
        assert!(expected, "{error}");
        assert!(fs::read(&path).unwrap() == bad, "nothing may be cut while it is unclear what was lost");
    }
    fs::write(&path, good).unwrap();
    assert_same(&SledStore::open(dir.path(), &small()).unwrap().0, &model(3));
}

#[test]
fn a_journal_that_is_gone_is_not_taken_for_a_new_store() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), 3);
    fs::remove_dir_all(dir.path().join("journal")).unwrap();
    for _ in 0..2 {
        assert!(matches!(SledStore::open(dir.path(), &small()), Err(StoreError::RolledBack { .. })));
    }
    fs::remove_file(dir.path().join("witness")).unwrap();
    assert!(matches!(SledStore::open(dir.path(), &small()), Err(StoreError::JournalLost { .. })));
}

#[test]
fn a_batch_torn_at_any_byte_is_cut_and_all_before_it_stays() {
    let (whole, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fill(dir.path(), 4);
    copy_dir(dir.path(), whole.path());
    fill(whole.path(), 5);
    let path = dir.path().join("journal/00000001.log");
    let (before, after) =
        (fs::read(&path).unwrap(), fs::read(whole.path().join("journal/00000001.log")).unwrap());
    let start = before.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    let end = after.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    let model = model(4);
    // Every place in the header, then some in the payload: each opening costs a few milliseconds.
    for cut in (start..start + 60).chain((start + 60..end).step_by(97)) {
        let mut torn = after[..cut].to_vec();
        torn.resize(before.len().max(cut), 0);
        fs::write(&path, torn).unwrap();
        let (store, report) = SledStore::open(dir.path(), &small()).unwrap();
        assert_eq!(store.head(), model.head(), "cut at {cut}");
        assert_eq!(report.cut_tail_bytes > 0, cut > start, "cut at {cut}");
    }
    assert_same(&SledStore::open(dir.path(), &small()).unwrap().0, &model);
}
