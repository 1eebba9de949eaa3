//! Keys kept, replaced, forgotten, torn and damaged.

#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::fs;

use super::*;

fn open(dir: &Path) -> KeySlots {
    KeySlots::open(dir).unwrap().0
}

fn file(dir: &Path) -> PathBuf {
    dir.join(KEYS_FILE)
}

#[test]
fn keys_are_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let mut keys = open(dir.path());
    keys.put(PersonId(1), b"one").unwrap();
    keys.put(PersonId(2), &[2; MAX_WRAPPED_KEY_BYTES]).unwrap();
    drop(keys);
    let (keys, report) = KeySlots::open(dir.path()).unwrap();
    assert_eq!(report, KeySlotsReport { persons: 2, ..KeySlotsReport::default() });
    let all: Vec<_> = keys.iter().collect();
    assert_eq!(all, [(PersonId(1), &b"one"[..]), (PersonId(2), &[2; 96][..])]);
}

#[test]
fn an_erased_key_is_nowhere_in_the_file_and_its_slot_is_used_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut keys = open(dir.path());
    keys.put(PersonId(1), b"secret-of-one").unwrap();
    keys.put(PersonId(2), b"secret-of-two").unwrap();
    assert!(keys.erase(PersonId(1)).unwrap());
    assert!(!keys.erase(PersonId(1)).unwrap());
    let bytes = fs::read(file(dir.path())).unwrap();
    assert!(!bytes.windows(13).any(|w| w == b"secret-of-one"));
    keys.put(PersonId(3), b"three").unwrap();
    assert_eq!(fs::metadata(file(dir.path())).unwrap().len(), 2 * SLOT_BYTES as u64);
    drop(keys);
    let keys = open(dir.path());
    assert_eq!(keys.get(PersonId(1)), None);
    assert_eq!(keys.get(PersonId(2)), Some(&b"secret-of-two"[..]));
}

#[test]
fn a_replaced_key_leaves_nothing_behind_also_when_a_crash_came_between() {
    let dir = tempfile::tempdir().unwrap();
    let mut keys = open(dir.path());
    keys.put(PersonId(1), b"old-wrapping").unwrap();
    let before = fs::read(file(dir.path())).unwrap();
    keys.put(PersonId(1), b"new-wrapping").unwrap();
    drop(keys);
    let mut crashed = before;
    crashed.extend_from_slice(&fs::read(file(dir.path())).unwrap()[SLOT_BYTES..]);
    fs::write(file(dir.path()), crashed).unwrap();
    let keys = open(dir.path());
    assert_eq!(keys.get(PersonId(1)), Some(&b"new-wrapping"[..]));
    let bytes = fs::read(file(dir.path())).unwrap();
    assert!(!bytes.windows(12).any(|w| w == b"old-wrapping"));
}

#[test]
fn a_slot_torn_at_any_byte_is_ignored_and_its_place_used_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut keys = open(dir.path());
    keys.put(PersonId(1), b"one").unwrap();
    keys.put(PersonId(2), &[9; MAX_WRAPPED_KEY_BYTES]).unwrap();
    drop(keys);
    let good = fs::read(file(dir.path())).unwrap();
    for cut in SLOT_BYTES + 1..2 * SLOT_BYTES {
        fs::write(file(dir.path()), &good[..cut]).unwrap();
        let (mut keys, report) = KeySlots::open(dir.path()).unwrap();
        assert_eq!((report.persons, report.torn_tail, report.damaged.len()), (1, true, 0), "cut at {cut}");
        keys.put(PersonId(3), b"three").unwrap();
        drop(keys);
        let (keys, report) = KeySlots::open(dir.path()).unwrap();
        assert_eq!((report.persons, report.torn_tail), (2, false));
        assert_eq!(keys.get(PersonId(3)), Some(&b"three"[..]));
    }
}

#[test]
fn a_damaged_slot_is_reported_and_the_other_keys_still_work() {
    let dir = tempfile::tempdir().unwrap();
    let mut keys = open(dir.path());
    for person in 1..=3 {
        keys.put(PersonId(person), b"wrapped-key").unwrap();
    }
    drop(keys);
    let good = fs::read(file(dir.path())).unwrap();
    for bit in 0..SLOT_BYTES * 8 {
        let mut bad = good.clone();
        bad[SLOT_BYTES + bit / 8] ^= 1 << (bit % 8);
        fs::write(file(dir.path()), bad).unwrap();
        let (keys, report) = KeySlots::open(dir.path()).unwrap();
        assert_eq!(report, KeySlotsReport { persons: 2, torn_tail: false, damaged: vec![1] }, "bit {bit}");
        assert!(keys.get(PersonId(1)).is_some() && keys.get(PersonId(3)).is_some());
    }
}

#[test]
fn erasing_also_clears_what_a_damaged_slot_still_holds_of_the_person() {
    let dir = tempfile::tempdir().unwrap();
    let mut keys = open(dir.path());
    keys.put(PersonId(1), b"wrapped-key").unwrap();
    keys.put(PersonId(2), b"other").unwrap();
    drop(keys);
    let mut bytes = fs::read(file(dir.path())).unwrap();
    bytes[SLOT_BYTES - 1] ^= 1;
    fs::write(file(dir.path()), bytes).unwrap();
    let mut keys = open(dir.path());
    assert!(keys.erase(PersonId(1)).unwrap());
    assert!(!fs::read(file(dir.path())).unwrap().windows(11).any(|w| w == b"wrapped-key"));
}

#[test]
fn a_key_that_does_not_fit_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut keys = open(dir.path());
    for len in [0, MAX_WRAPPED_KEY_BYTES + 1] {
        let refused = keys.put(PersonId(1), &vec![0; len]);
        assert!(matches!(refused, Err(StoreError::WrappedKeyLength { .. })));
    }
    assert_eq!(fs::metadata(file(dir.path())).unwrap().len(), 0);
}

#[test]
fn only_one_process_has_the_keys_open() {
    let dir = tempfile::tempdir().unwrap();
    let _keys = open(dir.path());
    assert!(matches!(KeySlots::open(dir.path()), Err(StoreError::Locked { .. })));
}
