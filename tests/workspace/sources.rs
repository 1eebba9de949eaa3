//! What stands in the files themselves.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::layers::PURE;
use crate::root;

/// Longest source file, in lines; past that a second subject has crept in.
const MAX_LINES: usize = 600;

/// Length in bytes of the licence as its authors publish it.
const LICENCE_BYTES: usize = 34_523;

/// What the source of a pure crate must not mention: time, chance and the world are arguments there.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Utc::now",
    "rand::rng()",
    "thread::sleep",
    "println!",
];

/// Paths of a workplace that mean nothing to whoever clones the project, in two halves so that this
/// file does not mention them, and the folders in which they are forgiven.
const WORKPLACE: &[(&str, &str, &[&str])] = &[("/wo", "rk/", &[]), ("../sha", "red", &["tests", "benches"])];

/// Folders that are built or belong to a tool.
const NOT_OURS: &[&str] = &[".git", "target", "node_modules"];

/// Returns every file below a folder that belongs to the project.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of the project") {
        let path = entry.expect("an entry of a folder").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !NOT_OURS.contains(&name.as_str()) {
                found.extend(files(&path));
            }
        } else {
            found.push(path);
        }
    }
    found
}

/// Returns the Rust files below a folder with their text.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let rust = files(folder).into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    rust.filter_map(|path| fs::read_to_string(&path).ok().map(|text| (path, text))).collect()
}

/// Returns the lines of a source file that are neither comments nor inside its test modules, and the
/// names of test modules that stand in files of their own.
fn product_lines(text: &str) -> (Vec<(usize, &str)>, Vec<&str>) {
    let mut kept = Vec::new();
    let mut modules = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        if line.trim() != "#[cfg(test)]" {
            if !line.trim_start().starts_with("//") {
                kept.push((at + 1, line));
            }
            continue;
        }
        let indent = &line[..line.len() - line.trim_start().len()];
        let Some((_, item)) = lines.by_ref().find(|(_, line)| !line.trim_start().starts_with("#[")) else {
            break;
        };
        if let Some(module) = item.trim().strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
            modules.push(module);
        } else if item.ends_with('{') {
            // rustfmt closes an item where it opened it.
            let end = format!("{indent}}}");
            let _ = lines.by_ref().find(|(_, line)| **line == end);
        }
    }
    (kept, modules)
}

/// Returns what a pure crate's sources mention and must not, a line a mention.
fn impurities(sources: &[(PathBuf, String)]) -> Vec<String> {
    let tests: BTreeSet<&str> = sources.iter().flat_map(|(_, text)| product_lines(text).1).collect();
    let mut found = Vec::new();
    for (path, text) in sources {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let inside_tests = path.components().any(|part| part.as_os_str() == "tests");
        if inside_tests || tests.contains(stem.as_ref()) {
            continue;
        }
        for (number, line) in product_lines(text).0 {
            for word in IMPURE.iter().filter(|word| line.contains(**word)) {
                found.push(format!("{}:{number}: {word}", path.display()));
            }
        }
    }
    found
}

#[test]
fn pure_crates_take_time_chance_and_the_world_as_arguments() {
    for name in PURE {
        let sources = sources(&root().join("crates").join(name).join("src"));
        assert!(!sources.is_empty(), "{name} has no sources");
        assert_eq!(impurities(&sources), Vec::<String>::new());
    }
}

#[test]
fn a_clock_read_in_a_pure_crate_is_found_and_one_in_its_tests_is_not() {
    let lib = "\
/// Never calls `Instant::now`.
pub fn age() {
    Instant::now();
}

#[cfg(test)]
mod tests {
    fn now() {
        Instant::now();
    }
}

fn print() {
    println!(\"x\");
}

#[cfg(test)]
mod window_tests;
";
    let other = "use std::fs;\n";
    let sources =
        [(PathBuf::from("lib.rs"), lib.to_owned()), (PathBuf::from("window_tests.rs"), other.to_owned())];
    assert_eq!(impurities(&sources), ["lib.rs:3: Instant::now", "lib.rs:14: println!"]);
}

#[test]
fn no_source_file_has_a_second_subject() {
    let long: Vec<String> = sources(&root())
        .iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > MAX_LINES)
        .map(|(path, lines)| format!("{} has {lines} lines", path.display()))
        .collect();
    assert_eq!(long, Vec::<String>::new());
}

#[test]
fn no_file_speaks_of_a_workplace() {
    let root = root();
    let mut found = Vec::new();
    let mut read = 0;
    for path in files(&root) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        read += 1;
        let inside = path.strip_prefix(&root).unwrap_or(&path);
        for (first, second, forgiven) in WORKPLACE {
            let in_forgiven = inside.iter().any(|part| forgiven.iter().any(|name| part == *name));
            let word = format!("{first}{second}");
            if let Some(at) = text.lines().position(|line| line.contains(&word)).filter(|_| !in_forgiven) {
                found.push(format!("{}:{}: {word}", inside.display(), at + 1));
            }
        }
    }
    assert!(read > 20, "only {read} files were read");
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn the_licence_is_the_whole_agpl() {
    let text = fs::read_to_string(root().join("LICENSE")).expect("LICENSE stands at the root");
    assert_eq!(text.len(), LICENCE_BYTES);
    assert!(
        text.trim_start().starts_with("GNU AFFERO GENERAL PUBLIC LICENSE\n                       Version 3")
    );
    assert!(text.ends_with("<https://www.gnu.org/licenses/>.\n"));
}
