//! A process killed at any moment loses nothing it acknowledged.
//!
//! The test starts itself again as a writer, which reports each durable batch on its output, kills it after a
//! random time, and opens what is left. `JITNEY_KILLS` sets how often (100 by default).

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "helpers of tests")]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use jitney_store::{MemStore, SledStore, Store};
use support::{Numbers, assert_same, batch, small};

const WRITER_DIR: &str = "JITNEY_STORE_WRITER_DIR";
const DEFAULT_KILLS: u64 = 100;
const LONGEST_LIFE_MS: u64 = 400;

/// Not a test: the process that is killed. Without its variable it does nothing.
#[test]
fn writer_process() {
    let Some(dir) = std::env::var_os(WRITER_DIR) else { return };
    let (mut store, report) = SledStore::open(Path::new(&dir), &small()).unwrap();
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nopen {} {}", report.head.seq, u8::from(report.rebuilt.is_some())).unwrap();
    for seq in report.head.seq + 1.. {
        store.commit(&batch(seq)).unwrap();
        writeln!(out, "acknowledged {seq}").unwrap();
        out.flush().unwrap();
    }
}

/// Runs a writer for `life` and returns the last batch it acknowledged, and whether it had to rebuild.
fn run_and_kill(dir: &Path, life: Duration) -> (u64, bool) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writer_process", "--nocapture", "--test-threads=1"])
        .env(WRITER_DIR, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let reader = std::thread::spawn(move || {
        let (mut last, mut rebuilt) = (0, false);
        for line in output.lines().map_while(Result::ok) {
            let words: Vec<&str> = line.split(' ').collect();
            match words[..] {
                ["open", seq, flag] => (last, rebuilt) = (seq.parse().unwrap(), flag == "1"),
                ["acknowledged", seq] => last = seq.parse().unwrap_or(last),
                _ => {}
            }
        }
        (last, rebuilt)
    });
    std::thread::sleep(life);
    assert!(
        child.try_wait().unwrap().is_none(),
        "the writer ended by itself: it must run until it is killed"
    );
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

#[test]
fn a_killed_process_loses_nothing_it_acknowledged() {
    let kills = std::env::var("JITNEY_KILLS").map_or(DEFAULT_KILLS, |text| text.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let mut numbers = Numbers(u64::from(std::process::id()));
    let mut model = MemStore::new();
    let mut with_progress = 0;
    for round in 0..kills {
        let life = Duration::from_millis(5 + numbers.below(LONGEST_LIFE_MS));
        let before = model.head().seq;
        let (acknowledged, rebuilt) = run_and_kill(dir.path(), life);
        assert!(!rebuilt, "round {round}: a kill must not damage the rows");
        let (store, report) = SledStore::open(dir.path(), &small()).unwrap();
        assert_eq!(report.rebuilt, None, "round {round}");
        let head = store.head().seq;
        // One more than acknowledged: durable, and killed before it could say so.
        let expected = acknowledged.max(before);
        assert!(
            head == expected || head == expected + 1,
            "round {round}: {expected} acknowledged, {head} there"
        );
        for seq in before + 1..=head {
            model.commit(&batch(seq)).unwrap();
        }
        assert_same(&store, &model);
        with_progress += u64::from(head > before);
        Box::new(store).close().unwrap();
    }
    assert!(with_progress > 0, "some writer must have got to write");
}
