//! `jitney demo` from the outside: it ends well, tells the same story for the same seed, and leaks nothing.

use std::process::{Command, Output};

use serde_json::Value;

fn demo(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jitney"))
        .arg("demo")
        .args(arguments)
        .env_remove("JITNEY_LOG")
        .output()
        .expect("the program can be started")
}

fn summary(seed: &str) -> Value {
    let run = demo(&["--once", "--json", "--seed", seed]);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    serde_json::from_slice(&run.stdout).expect("the summary alone, as JSON")
}

fn count(summary: &Value, part: &str, what: &str) -> u64 {
    summary[part][what].as_u64().unwrap_or_else(|| panic!("no {part}.{what} in {summary}"))
}

#[test]
fn the_same_seed_tells_the_same_story_and_nothing_personal_is_found() {
    let (first, second) = (summary("7"), summary("7"));
    for part in ["seed", "day", "zone", "federation", "coops", "story", "by_coop", "unmet_because"] {
        assert_eq!(first[part], second[part], "{part}");
    }
    for served in ["served_at_home", "by_partners", "unmet", "cancelled", "late_cancelled", "no_show"] {
        assert!(count(&first, "story", served) > 0, "{served}");
    }
    assert_eq!(count(&first, "story", "other"), 0);
    for searched in ["facts", "payloads", "payload_bytes", "files", "file_bytes", "facts_once_opened"] {
        assert!(count(&first, "privacy", searched) > 0, "{searched}");
    }
    assert_eq!(count(&first, "privacy", "findings"), 0);
    assert!(count(&first, "network", "messages") > 0);
}

/// Returns what is told, without the lines that hold what was counted on the wire and on the disks, and where.
fn told(seed: &str) -> String {
    let run = demo(&["--once", "--seed", seed]);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let text = String::from_utf8(run.stdout).expect("text");
    let (story, counted) = text.split_once("The three nodes exchanged").expect("what was counted");
    assert!(counted.contains("Found: nothing."), "{counted}");
    let lines = story.lines().filter(|line| !line.starts_with("Their homes are in"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_same_seed_tells_the_same_story_line_by_line() {
    let (first, second) = (told("5"), told("5"));
    assert!(first.contains("accepted and signed there"), "{first}");
    for (one, other) in first.lines().zip(second.lines()) {
        assert_eq!(one, other);
    }
    assert_eq!(first.lines().count(), second.lines().count());
}

#[test]
fn a_directory_that_is_not_empty_is_left_alone() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let kept = dir.path().join("somebody's file");
    std::fs::write(&kept, "theirs").expect("a file");
    let run = demo(&["--once", "--keep", dir.path().to_str().expect("a path in UTF-8")]);
    assert_eq!(run.status.code(), Some(6), "{}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(std::fs::read_to_string(&kept).expect("the file is there"), "theirs");
}
