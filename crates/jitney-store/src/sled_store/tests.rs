//! What only the inside of the store can bring about: half-done commits, failing files, damaged rows.

use std::fs::{self, File};
use std::path::Path;

use super::*;
use crate::{Digest, RowChange};

const T: TableTag = TableTag(1);

fn small() -> Options {
    Options {
        ballast_bytes: 0,
        free_floor_bytes: 0,
        segment_bytes: 64 * 1024,
        segment_step_bytes: 8 * 1024,
        cache_bytes: 1024 * 1024,
        ..Options::default()
    }
}

fn open(dir: &Path) -> (SledStore, OpenReport) {
    SledStore::open(dir, &small()).unwrap()
}

fn put(key: &str, value: &str) -> Batch {
    Batch { events: key.as_bytes().to_vec(), changes: vec![RowChange::put(T, key, value)] }
}

fn close(store: SledStore) {
    Box::new(store).close().unwrap();
}

#[test]
fn a_batch_that_reached_only_the_journal_is_whole_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, _) = open(dir.path());
    store.commit(&put("a", "1")).unwrap();
    store.journal.append(&put("b", "2").encode().unwrap()).unwrap();
    drop(store);
    let (store, report) = open(dir.path());
    assert_eq!((report.head.seq, report.replayed, report.rebuilt), (2, 1, None));
    assert_eq!(store.get(T, b"b").unwrap(), Some(b"2".to_vec()));
    store.verify().unwrap();
}

#[test]
fn a_failed_journal_write_poisons_the_store_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, _) = open(dir.path());
    store.commit(&put("a", "1")).unwrap();
    store.journal.break_file(File::open(dir.path().join("FORMAT")).unwrap());
    assert!(matches!(store.commit(&put("b", "2")), Err(StoreError::Io { .. })));
    assert!(matches!(store.commit(&put("c", "3")), Err(StoreError::Poisoned { .. })));
    assert!(matches!(store.get(T, b"a"), Err(StoreError::Poisoned { .. })));
    assert_eq!(store.head().seq, 1);
    assert!(matches!(Box::new(store).close(), Err(StoreError::Poisoned { .. })));
    let (store, report) = open(dir.path());
    assert_eq!((report.head.seq, report.rebuilt), (1, None));
    assert_eq!(store.get(T, b"b").unwrap(), None);
}

#[test]
fn rows_changed_behind_the_stores_back_are_rebuilt() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, _) = open(dir.path());
    let good = store.commit(&put("a", "1")).unwrap();
    // A row of the right form that nobody committed: only the digest can tell.
    store.engine.insert_new(&[(T, b"x".to_vec(), b"forged".to_vec())]).unwrap();
    assert!(matches!(store.verify(), Err(StoreError::DamagedState { .. })));
    close(store);
    let (store, report) = open(dir.path());
    let rebuilt = report.rebuilt.unwrap();
    assert!(rebuilt.reason.contains("recorded is"), "{}", rebuilt.reason);
    assert!(rebuilt.moved_to.unwrap().ends_with("store.damaged-1"));
    assert_eq!(store.head(), good);
    assert_eq!(store.get(T, b"x").unwrap(), None);
    store.verify().unwrap();
}

#[test]
fn rows_that_forgot_batches_get_them_back() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, _) = open(dir.path());
    for key in ["a", "b", "c"] {
        store.commit(&put(key, key)).unwrap();
    }
    let copy = dir.path().join("older");
    copy_dir(&generations::path(dir.path(), 1), &copy);
    for key in ["d", "e"] {
        store.commit(&put(key, key)).unwrap();
    }
    let head = store.head();
    close(store);
    fs::remove_dir_all(generations::path(dir.path(), 1)).unwrap();
    fs::rename(copy, generations::path(dir.path(), 1)).unwrap();
    let (store, report) = open(dir.path());
    assert_eq!((report.replayed, report.rebuilt), (2, None));
    assert_eq!(store.head(), head);
    store.verify().unwrap();
}

#[test]
fn rows_ahead_of_the_journal_are_not_opened() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, _) = open(dir.path());
    store.commit(&put("a", "1")).unwrap();
    let journal = fs::read(dir.path().join("journal/00000001.log")).unwrap();
    store.commit(&put("b", "2")).unwrap();
    drop(store);
    fs::remove_file(dir.path().join("witness")).unwrap();
    fs::write(dir.path().join("journal/00000001.log"), &journal).unwrap();
    let refused = SledStore::open(dir.path(), &small()).unwrap_err();
    assert!(matches!(refused, StoreError::JournalLost { journal: 1, rows: 2, .. }), "{refused}");
}

#[test]
fn a_store_below_its_witness_was_rolled_back() {
    let (dir, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mut store, _) = open(dir.path());
    store.commit(&put("a", "1")).unwrap();
    close(store);
    copy_dir(dir.path(), copy.path());
    let (mut store, _) = open(dir.path());
    store.commit(&put("b", "2")).unwrap();
    close(store);
    fs::copy(dir.path().join("witness"), copy.path().join("witness")).unwrap();
    let refused = SledStore::open(copy.path(), &small()).unwrap_err();
    assert!(matches!(refused, StoreError::RolledBack { journal: 1, witness: 2, .. }), "{refused}");
}

#[test]
fn a_history_other_than_the_witness_saw_is_refused_again_and_again() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, _) = open(dir.path());
    store.commit(&put("a", "1")).unwrap();
    close(store);
    let other = Committed { seq: 1, digest: Digest::EMPTY.with(T, b"a", b"2") };
    witness::write(dir.path(), other).unwrap();
    for _ in 0..3 {
        let refused = SledStore::open(dir.path(), &small()).unwrap_err();
        assert!(matches!(refused, StoreError::WitnessDisagrees { seq: 1, .. }), "{refused}");
    }
    let names = files::names_in(dir.path()).unwrap();
    assert_eq!(names.iter().filter(|name| name.starts_with("store")).count(), 1, "{names:?}");
}

#[test]
fn a_damaged_witness_is_reported_and_written_anew() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, _) = open(dir.path());
    store.commit(&put("a", "1")).unwrap();
    close(store);
    fs::write(dir.path().join("witness"), b"?").unwrap();
    let (store, report) = open(dir.path());
    assert_eq!(report.witness, crate::WitnessState::Unreadable);
    let head = store.head();
    drop(store);
    assert_eq!(open(dir.path()).1.witness, crate::WitnessState::Saw(head));
}

#[test]
fn a_store_whose_openings_kill_the_process_is_rebuilt() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, _) = open(dir.path());
    store.commit(&put("a", "1")).unwrap();
    close(store);
    fs::write(dir.path().join("store-1.opening"), b"...").unwrap();
    let (store, report) = open(dir.path());
    assert!(report.rebuilt.unwrap().reason.contains("ended the process"));
    store.verify().unwrap();
    drop(store);
    assert!(open(dir.path()).1.rebuilt.is_none());
}

#[test]
fn a_store_that_sled_cannot_open_is_rebuilt_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, _) = open(dir.path());
    store.commit(&put("a", "1")).unwrap();
    close(store);
    // As when a hung thread still holds the old database.
    let data = generations::path(dir.path(), 1).join("db");
    let held = File::open(&data).unwrap();
    held.try_lock().unwrap();
    let (store, report) = open(dir.path());
    assert!(report.rebuilt.is_some());
    store.verify().unwrap();
}

#[test]
fn compaction_gives_space_back_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, _) = open(dir.path());
    for round in 0..30 {
        let changes = (0..60_u32)
            .map(|key| RowChange::put(T, key.to_be_bytes(), vec![round; 900 + (key as usize % 7) * 2000]))
            .collect();
        store.commit(&Batch { events: Vec::new(), changes }).unwrap();
    }
    let head = store.head();
    close(store);
    let eager = Options { compact_factor: 1, compact_above_bytes: 0, ..small() };
    let (store, report) = SledStore::open(dir.path(), &eager).unwrap();
    let compacted = report.compacted.unwrap();
    assert!(compacted.after_bytes < compacted.before_bytes, "{compacted:?}");
    assert_eq!(store.head(), head);
    store.verify().unwrap();
    close(store);
    assert!(!generations::path(dir.path(), 1).exists());
    let (mut store, report) = open(dir.path());
    assert_eq!((report.head, report.rebuilt, report.compacted), (head, None, None));
    store.commit(&put("a", "1")).unwrap();
    store.verify().unwrap();
}

#[test]
fn large_values_shrink_and_grow_without_leaving_pieces() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, _) = open(dir.path());
    for len in [65_536, 5_000, 40_000, 0, 12_289] {
        let batch = Batch { events: Vec::new(), changes: vec![RowChange::put(T, "k", vec![len as u8; len])] };
        store.commit(&batch).unwrap();
        assert_eq!(store.get(T, b"k").unwrap().unwrap().len(), len);
        let pieces = usize::from(rows::further_parts(len));
        assert_eq!(store.engine.count_parts(), pieces, "value of {len} bytes");
    }
    assert_eq!(fs::read_dir(generations::path(dir.path(), 1).join("blobs")).unwrap().count(), 0);
    store.verify().unwrap();
}

#[test]
fn work_is_refused_when_the_disk_is_nearly_full_and_goes_on_when_it_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, _) = open(dir.path());
    store.free_floor_bytes = u64::MAX;
    assert!(matches!(store.commit(&put("a", "1")), Err(StoreError::DiskFull { .. })));
    assert_eq!(store.head().seq, 0);
    store.free_floor_bytes = 0;
    assert_eq!(store.commit(&put("a", "1")).unwrap().seq, 1);
}

#[cfg(unix)]
#[test]
fn files_belong_to_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data");
    let options = Options { ballast_bytes: 1000, ..small() };
    let (mut store, _) = SledStore::open(&dir, &options).unwrap();
    store.commit(&put("a", "1")).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for name in ["", "journal", "store-1"] {
        assert_eq!(mode(&dir.join(name)), 0o700, "{name}");
    }
    for name in ["FORMAT", "lock", "witness", "ballast", "journal/00000001.log", "store-1/db"] {
        assert_eq!(mode(&dir.join(name)), 0o600, "{name}");
    }
}

fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_dir(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
