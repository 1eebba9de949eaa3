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
    ends(&nothing, &["status"], 3, "there is no coop in ");
    ends(&nothing, &["status"], 3, "make one with `jitney coop init`, or say where yours is with --home DIR");
    ends(&nothing, &["drive", "hours"], 3, "use `jitney join LINK`");
    ends(&nothing, &["trip", "show", "10001-5"], 2, "a digit is wrong or two are swapped");
}

#[test]
fn a_coop_without_a_name_and_a_clock_that_is_none_are_refused_before_anything_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let home = Machine::at(&dir.path().join("coop"), "correct horse");
    for name in ["", "  "] {
        let init = ["coop", "init", "--name", name, "--timezone", "Europe/Paris"];
        ends(&home, &init, 5, "say what members and partners call it with --name");
    }
    let init = ["coop", "init", "--name", "W", "--timezone", "Europe/Paris"];
    ends(&home.when("garbage"), &init, 10, "JITNEY_NOW is \"garbage\"; write it like 2026-03-09T08:00:00Z");
    assert!(!home.home().exists());
    home.ok(&init);
    ends(&home, &["status"], 7, "is not running; start it with `jitney up`");
    let _node = home.up("/ip4/127.0.0.1/tcp/0");
    ends(&home.when("garbage"), &["status"], 10, "or unset it");
    home.ok(&["rider", "add", "--name", "Ada", "--address", "12 Mill Lane", "--at", "47.38,8.54"]);
    home.ok(&["place", "add", "Clinic", "--at", "47.40,8.55"]);
    let book =
        |when| ["trip", "book", "--rider", "ada", "--from", "home", "--to", "Clinic", "--pickup", when];
    ends(&home, &book("2099-01-01 9:00"), 5, "2099-01-01 is too far ahead, trips are booked until ");
}

#[test]
fn what_is_booked_but_not_assigned_is_said_to_be_booked() {
    let dir = tempfile::tempdir().unwrap();
    let office = office(&dir).when("2030-03-04T08:00:00Z");
    let _node = office.up("/ip4/127.0.0.1/tcp/0");
    office.ok(&["rider", "add", "--name", "Ada", "--address", "12 Mill Lane", "--at", "47.38,8.54"]);
    office.ok(&["place", "add", "Clinic", "--at", "47.40,8.55"]);
    let book = ["trip", "book", "--rider", "ada", "--from", "home", "--to", "Clinic", "--assign", "--pickup"];
    let ended = office.run(&[&book[..], &["tomorrow 9:00"]].concat());
    assert_eq!(ended.code, 6, "{ended:?}");
    let says = "error: trip 10001-4 is booked, but not assigned: none of our drivers can take trip 10001-4";
    assert!(ended.err.starts_with(says) && ended.out.contains("10001-4"), "{ended:?}");
    let gap = office.run(&[&book[..], &["2030-03-31 2:30"]].concat());
    assert!(gap.err.contains("2030-03-31 02:30 does not exist in Europe/Paris"), "{gap:?}");
    assert!(office.ok(&["exit-codes"]).contains("what the error says was done, such as booking, is done"));
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

#[test]
fn what_the_system_refuses_is_said_with_a_next_step() {
    let dir = tempfile::tempdir().unwrap();
    let far = dir.path().join("x".repeat(120));
    let far = Machine::at(&far, "correct horse");
    let init = ["coop", "init", "--name", "Elm", "--timezone", "Europe/Paris"];
    ends(&far, &init, 5, "choose a shorter one with --home DIR");
    assert!(!far.home().exists(), "nothing is made where no command could reach the node");
    ends(&far, &["status"], 5, "choose a shorter one with --home DIR");

    let office = office(&dir);
    // The log has begun by then; the last line is what is wrong.
    let ended = office.run(&["up", "--listen", "/ip4/203.0.113.7/tcp/4010"]);
    let last = ended.err.lines().last().unwrap_or_default();
    assert!(last.starts_with("error: ") && last.contains("give an address of this machine"), "{ended:?}");
    assert_eq!(ended.code, 1);
    let found = ["federation", "found", "--name", "Valley", "--terms", "/nowhere/terms.txt"];
    ends(&office, &found, 3, "name a text file with them, or leave --terms out");
    let key = dir.path().join("keys/vault.key");
    fs::write(&key, b"\xff\xfe").unwrap();
    ends(&office, &["up"], 1, "keys/vault.key cannot be used");
    ends(&office, &["up"], 1, "it is damaged; restore it from a backup");
    fs::write(&key, "no key").unwrap();
    ends(&office, &["up"], 1, "keys/vault.key cannot be opened");
    ends(&office, &["up"], 1, "restore it from a backup");
    fs::remove_file(&key).unwrap();
    ends(&office, &["up"], 3, "bring it back from your backup");
}

#[test]
fn a_dispatcher_and_whom_to_forget_may_be_named() {
    let dir = tempfile::tempdir().unwrap();
    let office = office(&dir);
    let _node = office.up("/ip4/127.0.0.1/tcp/0");
    for (name, role) in [
        ("Ida Holm", "dispatcher"),
        ("Ida Moor", "dispatcher"),
        ("Ida Frey", "rider"),
        ("Berta Lind", "rider"),
    ] {
        office.ok(&["member", "add", "--name", name, "--role", role]);
    }
    assert!(office.ok(&["--as", "ida holm", "rider", "list"]).contains("Berta Lind"));
    ends(
        &office,
        &["--as", "ida", "rider", "list"],
        6,
        "could be 1001 Ida Holm or 1002 Ida Moor; say the number",
    );
    ends(
        &office,
        &["--as", "berta", "rider", "list"],
        3,
        "no dispatcher is called \"berta\": 1004 Berta Lind is none",
    );
    ends(&office, &["--as", "zoe", "rider", "list"], 3, "nobody here is called \"zoe\"");

    ends(&office, &["member", "erase", "ida", "--yes"], 6, "say the number");
    ends(
        &office,
        &["member", "erase", "bert", "--yes"],
        6,
        "\"bert\" is 1004 Berta Lind; what is erased cannot",
    );
    assert!(office.ok(&["rider", "list"]).contains("Berta Lind"));
    assert!(office.ok(&["member", "erase", "berta lind", "--yes"]).contains("member 1004 is erased"));
    assert!(!office.ok(&["rider", "list"]).contains("Berta Lind"));
    ends(&office, &["coop", "set-policy", "wait-limit", "long"], 5, "a whole number of minutes");
}
