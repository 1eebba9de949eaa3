//! Crates depend downward only, and few of them touch the outside world.

use std::collections::BTreeSet;
use std::fs;

use cargo_metadata::{DependencyKind, Package};

use crate::{members, root};

/// Every crate of the product, lowest first, and the ones below that it may depend on.
const LAYERS: &[(&str, &[&str])] = &[
    ("jitney-identity", &[]),
    ("jitney-domain", &["jitney-identity"]),
    ("jitney-federation", &["jitney-identity", "jitney-domain"]),
    ("jitney-geo", &["jitney-identity", "jitney-domain"]),
    ("jitney-dispatch", &["jitney-identity", "jitney-domain", "jitney-geo"]),
    ("jitney-store", &[]),
    ("jitney-net", &["jitney-identity"]),
    ("jitney-lang", &[]),
    (
        "jitney-node",
        &[
            "jitney-identity",
            "jitney-domain",
            "jitney-federation",
            "jitney-geo",
            "jitney-dispatch",
            "jitney-store",
            "jitney-net",
            "jitney-lang",
        ],
    ),
    ("jitney-web", &["jitney-domain", "jitney-lang", "jitney-node"]),
    (
        "jitney-sim",
        &[
            "jitney-identity",
            "jitney-domain",
            "jitney-federation",
            "jitney-geo",
            "jitney-dispatch",
            "jitney-store",
            "jitney-net",
            "jitney-node",
        ],
    ),
    (
        "jitney",
        &[
            "jitney-identity",
            "jitney-domain",
            "jitney-federation",
            "jitney-geo",
            "jitney-net",
            "jitney-node",
            "jitney-web",
        ],
    ),
];

/// Members that are no part of the product; nothing in it may depend on them.
const TOOLS: &[&str] = &["jitney-examples", "jitney-fuzz", "jitney-model", "jitney-tests", "xtask"];

/// The crates that know neither async, nor sockets, nor disk, nor the clock.
pub(crate) const PURE: &[&str] = &[
    "jitney-identity",
    "jitney-domain",
    "jitney-federation",
    "jitney-dispatch",
    "jitney-geo",
    "jitney-lang",
];

/// Crates of others that only one crate of ours may name, by the beginning of their name.
const OWNED: &[(&str, &str)] = &[("libp2p", "jitney-net"), ("sled", "jitney-store")];

/// Crates of others that a pure crate may not name, by the beginning of their name.
const IMPURE: &[&str] = &["tokio", "libp2p", "sled", "async-std", "smol", "mio", "socket2"];

fn names_of(packages: &[Package]) -> BTreeSet<&str> {
    packages.iter().map(|package| package.name.as_str()).collect()
}

#[test]
fn every_member_has_its_place_in_the_table() {
    let members = members();
    let placed: BTreeSet<&str> = LAYERS.iter().map(|(name, _)| *name).chain(TOOLS.iter().copied()).collect();
    assert_eq!(names_of(&members), placed);
}

#[test]
fn the_table_points_downward_only() {
    for (at, (name, below)) in LAYERS.iter().enumerate() {
        for dependency in *below {
            let place = LAYERS.iter().position(|(other, _)| other == dependency);
            assert!(place.is_some_and(|place| place < at), "{name} stands below {dependency}");
        }
    }
}

#[test]
fn crates_depend_only_on_those_below_them() {
    let members = members();
    let ours = names_of(&members);
    let mut seen = 0;
    let mut upward = Vec::new();
    for (name, below) in LAYERS {
        let package = members.iter().find(|package| package.name.as_str() == *name).expect("a member");
        for dependency in &package.dependencies {
            let used = dependency.name.as_str();
            // Tests of a crate may stand on what is above it.
            if !ours.contains(used) || dependency.kind == DependencyKind::Development {
                continue;
            }
            seen += 1;
            if !below.contains(&used) {
                upward.push(format!("{name} must not depend on {used}"));
            }
        }
    }
    assert_eq!(upward, Vec::<String>::new());
    assert!(seen > 0, "no dependency between our crates was seen");
}

#[test]
fn the_network_and_the_database_each_have_one_door() {
    let members = members();
    for (prefix, owner) in OWNED {
        let users: BTreeSet<&str> = members
            .iter()
            .filter(|package| package.dependencies.iter().any(|used| used.name.starts_with(prefix)))
            .map(|package| package.name.as_str())
            .collect();
        assert_eq!(users, BTreeSet::from([*owner]), "only {owner} names {prefix}");
    }
}

#[test]
fn pure_crates_name_nothing_of_the_outside_world() {
    for package in members().iter().filter(|package| PURE.contains(&package.name.as_str())) {
        for dependency in package.dependencies.iter().filter(|used| used.kind == DependencyKind::Normal) {
            let forbidden = IMPURE.iter().any(|prefix| dependency.name.starts_with(prefix));
            assert!(!forbidden, "{} is pure and must not depend on {}", package.name, dependency.name);
        }
    }
}

#[test]
fn every_member_takes_its_lints_from_the_workspace_and_unsafe_code_is_forbidden() {
    let manifest = |text: String| text.parse::<toml::Table>().expect("a manifest is TOML");
    for package in members() {
        let table = manifest(fs::read_to_string(&package.manifest_path).expect("its manifest"));
        let inherits = table.get("lints").and_then(|lints| lints.get("workspace")?.as_bool());
        assert_eq!(inherits, Some(true), "{} needs `[lints] workspace = true`", package.name);
    }
    let workspace =
        manifest(fs::read_to_string(root().join("Cargo.toml")).expect("the workspace's manifest"));
    let level = ["lints", "rust", "unsafe_code"]
        .iter()
        .try_fold(&workspace["workspace"], |table, key| table.get(key))
        .and_then(|level| level.as_str());
    assert_eq!(level, Some("forbid"));
}
