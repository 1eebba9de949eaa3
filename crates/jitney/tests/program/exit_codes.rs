//! Every exit code that the manual promises, from the real program.

use std::fs;

use crate::support::Machine;

fn office(dir: &tempfile::TempDir) -> Machine {
    let office = Machine::at(dir.path(), "correct horse");
    office.ok(&["coop", "init", "--name", "Willow Lifts", "--timezone", "Europe/Paris"]);
    office
}

/// Asserts that a command ends with this code and one sentence of which this is a part.
fn ends(machine: &Machine, args: &[&str], code: i32, part: &str) {
    let ended = machine.run(args);
    assert_eq!(ended.code, code, "{ended:?}");
    assert!(ended.err.starts_with("error: ") && ended.err.contains(part), "{ended:?}");
}

#[test]
fn what_is_not_there_is_said_to_be_missing() {
    let dir = tempfile::tempdir().unwrap();
    let nothing = Machine::at(dir.path(), "correct horse");
    ends(&nothing, &["up"], 3, "make one with `jitney coop init`");
    ends(&nothing, &["status"], 7, "start it with `jitney up`");
    ends(&nothing, &["drive", "hours"], 3, "use `jitney join LINK`");
    ends(&nothing, &["trip", "show", "10001-5"], 2, "a digit is wrong or two are swapped");
}

#[test]
fn a_node_is_asked_and_says_no_with_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    let office = office(&dir);
    let _node = office.up("/ip4/127.0.0.1/tcp/0");
    ends(&office, &["trip", "show", "10001-4"], 3, "there is no trip 10001-4");
    ends(&office, &["rider", "show", "Ada"], 3, "nobody here is called");
    ends(&office, &["member", "add", "--name", " ", "--role", "rider"], 5, "a member needs a name");
    ends(&office, &["coop", "init", "--name", "W", "--timezone", "Europe/Paris"], 6, "already");
    ends(&office, &["up"], 9, "in use by process");
}

#[test]
fn a_wrong_passphrase_and_wrong_settings_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let office = office(&dir);
    ends(&office.with("horse battery"), &["up"], 8, "the passphrase does not open");
    let settings = dir.path().join("jitney.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, text.replace("listen =", "lissten =")).unwrap();
    ends(&office, &["config", "check"], 10, "lissten");
    ends(&office, &["up"], 10, "compare with `jitney config example`");
}
