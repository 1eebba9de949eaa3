//! Every sentence of every page stands in the language files, and nothing stands there in vain.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn files(dir: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found
}

fn here(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(below)
}

/// Everything of a template that a browser would show and that is neither markup nor filled in.
fn bare_text(template: &str) -> String {
    let mut text = template.to_owned();
    for (open, close) in [("{%", "%}"), ("{{", "}}"), ("<!", ">"), ("<", ">"), ("&", ";")] {
        while let Some(from) = text.find(open) {
            let to = text[from..].find(close).unwrap() + from + close.len();
            text.replace_range(from..to, " ");
        }
    }
    text
}

#[test]
fn no_page_has_words_of_its_own() {
    for path in files(&here("templates"), ".html") {
        let template = fs::read_to_string(&path).unwrap();
        let bare = bare_text(&template);
        let words: Vec<&str> =
            bare.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
        assert!(words.is_empty(), "{}: {words:?}", path.display());
    }
}

fn keys() -> BTreeSet<String> {
    let locales = here("../jitney-lang/locales/en");
    let text: String = files(&locales, ".ftl").iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let key = |line: &str| {
        let (key, _) = line.split_once(" =")?;
        key.starts_with(|c: char| c.is_ascii_lowercase()).then(|| key.to_owned())
    };
    text.lines().filter_map(key).collect()
}

#[test]
fn every_sentence_is_used_somewhere() {
    let sources: String = [
        files(&here("src"), ".rs"),
        files(&here("templates"), ".html"),
        files(&here("../jitney-lang/src"), ".rs"),
        files(&here("../jitney-node/src"), ".rs"),
    ]
    .concat()
    .iter()
    .map(|path| fs::read_to_string(path).unwrap())
    .collect();
    let built = [
        "weekday-",
        "month-",
        "driver-step-",
        "vetting-",
        "role-",
        "repeat-",
        "told-kind-",
        "reach-",
        "alarm-kind-",
    ];
    let unused: Vec<String> = keys()
        .into_iter()
        .filter(|key| !sources.contains(&format!("\"{key}\"")) && !built.iter().any(|b| key.starts_with(b)))
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn every_kind_of_alarm_has_its_words() {
    let source = fs::read_to_string(here("../jitney-domain/src/alarm/mod.rs")).unwrap();
    let names = source.split("pub fn name(&self)").nth(1).unwrap().split("\n    }\n").next().unwrap();
    let names: Vec<&str> = names.split('"').skip(1).step_by(2).collect();
    assert!(names.len() > 20, "{names:?}");
    let keys = keys();
    for name in names {
        assert!(keys.contains(&format!("alarm-kind-{name}")), "{name}");
    }
}
