//! A full disk: commands are refused, questions are answered, nothing is lost.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use crate::machine::{Asks as _, Machine, TCP};

/// Size of the disk in MiB.
const DISK_MIB: u64 = 48;

/// Settings of a node that keeps distance from the end of such a disk.
const SETTINGS: &str = "\
[coop]
name = \"Willow Lifts\"

[store]
ballast_mib = 12
free_floor_mib = 8
";

/// A small disk, unmounted when dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<SmallDisk> {
        let dir = tempfile::tempdir().expect("a directory");
        let size = format!("size={DISK_MIB}m");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(dir.path()).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(SmallDisk(dir));
        }
        println!("skipped: this user may not mount a small tmpfs, so a full disk cannot be tried");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn fill(&self) {
        let path = self.path().join("others");
        let mut file = fs::OpenOptions::new().create(true).append(true).open(path).expect("a file");
        for chunk in [vec![7; 64 * 1024], vec![7; 1024], vec![7; 1]] {
            while file.write_all(&chunk).is_ok() {}
        }
    }

    fn free(&self) {
        fs::remove_file(self.path().join("others")).expect("what fills the disk can go");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Whatever is left is the system's to clean.
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

#[test]
fn a_coop_is_not_founded_where_there_is_no_room_for_it() {
    let Some(disk) = SmallDisk::mount() else { return };
    let coop = Machine::at(disk.path().join("home"));
    let init = ["coop", "init", "--name", "Willow Lifts", "--timezone", "Europe/Zurich"];
    // Room for a store and its files, but not for what a node keeps free.
    coop.refuses(1, "free some space", &init);
    coop.refuses(3, "there is no coop", &["up"]);
    disk.fill();
    coop.refuses(1, "free some space, then try again", &init);
}

#[test]
fn on_a_full_disk_commands_are_refused_and_questions_answered() {
    let Some(disk) = SmallDisk::mount() else { return };
    // A coop is founded with more room to spare than this disk has.
    let dir = tempfile::tempdir().expect("a directory");
    let founded = Machine::founded(dir.path().join("home"), "Willow Lifts");
    founded.set(SETTINGS);
    fs::remove_file(founded.home().join("store/ballast")).expect("the usual reserve is larger than the disk");
    let moved = Command::new("cp").arg("-a").args([founded.home(), disk.path()]).status();
    assert!(moved.is_ok_and(|ended| ended.success()), "the home can be moved");
    let coop = Machine::at(disk.path().join("home"));
    let node = coop.up(&[TCP]);
    coop.ok(&["rider", "add", "--name", "Ada Miller"]);
    let digest = coop.status().digest;
    let add = ["rider", "add", "--name", "Cora Lind"];

    disk.fill();
    coop.refuses(1, "free some space", &add);
    assert!(coop.ok(&["rider", "list"]).contains("Ada Miller"));
    assert_eq!(coop.status().digest, digest);

    // Also a node that starts when nothing is left starts, and keeps to the same.
    node.kill();
    disk.fill();
    let node = coop.up(&[TCP]);
    coop.refuses(1, "free some space", &add);
    assert_eq!(coop.status().digest, digest);

    disk.free();
    coop.ok(&add);
    assert_eq!(coop.ok(&["rider", "list"]).lines().count(), 3);
    node.stop();
}
