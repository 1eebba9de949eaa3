//! A full disk loses nothing and does not keep the store from opening.
//!
//! Needs the right to mount a small tmpfs; without it the tests say so and end.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "helpers of tests")]

mod support;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use jitney_store::{BallastState, Options, SledStore, Store, StoreError};
use support::{assert_same, batch, model, small};

const DISK_MIB: u64 = 24;

/// A small disk, unmounted when dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<SmallDisk> {
        let dir = tempfile::tempdir().unwrap();
        let size = format!("size={DISK_MIB}m");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(dir.path()).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(SmallDisk(dir));
        }
        eprintln!("skipped: this user may not mount a small tmpfs, so a full disk cannot be tried");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Fills the disk to the last byte.
    fn fill(&self) {
        let mut file =
            fs::OpenOptions::new().create(true).append(true).open(self.path().join("others")).unwrap();
        for chunk in [vec![7; 64 * 1024], vec![7; 1024], vec![7; 1]] {
            while file.write_all(&chunk).is_ok() {}
        }
    }

    fn free(&self) {
        fs::remove_file(self.path().join("others")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn a_store_written_until_the_disk_is_full_reopens_there_and_goes_on_when_there_is_room() {
    let Some(disk) = SmallDisk::mount() else { return };
    let dir = disk.path().join("data");
    let options = Options { ballast_bytes: 6 << 20, ..small() };
    let (mut store, report) = SledStore::open(&dir, &options).unwrap();
    assert_eq!(report.ballast, BallastState::InPlace);
    for seq in 1..=50 {
        store.commit(&batch(seq)).unwrap();
    }
    disk.fill();
    let mut acknowledged = 50;
    let failure = loop {
        match store.commit(&batch(acknowledged + 1)) {
            Ok(done) => acknowledged = done.seq,
            Err(error) => break error,
        }
    };
    assert!(matches!(failure, StoreError::Io { .. } | StoreError::Engine { .. }), "{failure}");
    assert!(matches!(store.commit(&batch(acknowledged + 1)), Err(StoreError::Poisoned { .. })));
    drop(store);

    let (store, report) = SledStore::open(&dir, &options).unwrap();
    assert_eq!(report.ballast, BallastState::Missing, "it was given up to open");
    let head = store.head().seq;
    assert!(head == acknowledged || head == acknowledged + 1, "{acknowledged} acknowledged, {head} there");
    assert_same(&store, &model(head));
    drop(store);

    disk.free();
    let (mut store, report) = SledStore::open(&dir, &options).unwrap();
    assert_eq!((report.ballast, report.rebuilt), (BallastState::InPlace, None));
    for seq in head + 1..=head + 20 {
        store.commit(&batch(seq)).unwrap();
    }
    assert_same(&store, &model(head + 20));
}

#[test]
fn below_the_floor_work_is_refused_before_anything_is_written() {
    let Some(disk) = SmallDisk::mount() else { return };
    let dir = disk.path().join("data");
    let options = Options { free_floor_bytes: 4 << 20, ..small() };
    let (mut store, _) = SledStore::open(&dir, &options).unwrap();
    for seq in 1..=20 {
        store.commit(&batch(seq)).unwrap();
    }
    disk.fill();
    for _ in 0..3 {
        assert!(matches!(store.commit(&batch(21)), Err(StoreError::DiskFull { .. })));
    }
    assert_same(&store, &model(20));
    disk.free();
    store.commit(&batch(21)).unwrap();
    assert_same(&store, &model(21));
}
