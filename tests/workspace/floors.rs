//! Versions below which a dependency is known to be dangerous.
//!
//! Several advisories of the network crates reached the RustSec database months late or not at all, so
//! the floors stand here and hold without it.

use std::collections::BTreeMap;
use std::fs;

use cargo_metadata::semver::Version;

use crate::root;

/// The least version of a crate that is safe, and why.
struct Floor {
    krate: &'static str,
    at_least: &'static str,
    advisories: &'static str,
    what: &'static str,
}

const fn floor(
    krate: &'static str,
    at_least: &'static str,
    advisories: &'static str,
    what: &'static str,
) -> Floor {
    Floor { krate, at_least, advisories, what }
}

/// A crate that is not in the tree passes; one in several versions must pass with each.
const FLOORS: &[Floor] = &[
    floor("libp2p", "0.45.1", "CVE-2022-23486, RUSTSEC-2022-0084", "unbounded resources"),
    floor("libp2p-core", "0.31.1", "RUSTSEC-2022-0009, RUSTSEC-2019-0004", "unverified keys and signatures"),
    floor(
        "libp2p-gossipsub",
        "0.50.1",
        "CVE-2026-33040, CVE-2026-34219, CVE-2026-95859, RUSTSEC-2026-0536, GHSA-vrx6-jcp8-vm7m",
        "PRUNE and GRAFT messages panic or exhaust memory",
    ),
    floor("libp2p-quic", "0.13.1", "GHSA-5hq8-qhww-jm7q", "a refused certificate panics"),
    floor(
        "libp2p-rendezvous",
        "0.17.1",
        "CVE-2026-35405, CVE-2026-35457, RUSTSEC-2026-0527",
        "unbounded tables",
    ),
    floor(
        "yamux",
        "0.13.10",
        "CVE-2026-31814, CVE-2026-32314, CVE-2024-32984",
        "frames panic or exhaust memory",
    ),
    floor(
        "quinn-proto",
        "0.11.15",
        "CVE-2026-31812, RUSTSEC-2026-0037, CVE-2026-25800, RUSTSEC-2026-0185, RUSTSEC-2024-0373",
        "packets panic or exhaust memory",
    ),
    floor("hickory-proto", "0.26.1", "RUSTSEC-2026-0118, -0119, -0120", "endless loop and quadratic names"),
    floor(
        "ring",
        "0.17.12",
        "RUSTSEC-2025-0009, CVE-2025-4432",
        "QUIC header mask panics with overflow checks",
    ),
    floor(
        "rustls-webpki",
        "0.103.13",
        "RUSTSEC-2026-0049, -0098, -0099, -0104",
        "revocation matched wrongly, panics",
    ),
    floor("snow", "0.9.5", "RUSTSEC-2024-0011", "nonce advanced by forged messages"),
    floor("lru", "0.18.2", "RUSTSEC-2026-0002, RUSTSEC-2026-0253", "unsound"),
    floor("ed25519-dalek", "2.0.0", "RUSTSEC-2022-0093", "signing oracle with a foreign public key"),
    floor("curve25519-dalek", "4.1.3", "RUSTSEC-2024-0344", "timing reveals scalars"),
    floor("h2", "0.4.16", "RUSTSEC-2026-0258", "unbounded empty DATA frames"),
];

/// Crates of the floor table that are surely in the tree: without them the table would guard nothing.
const PRESENT: &[&str] =
    &["libp2p", "libp2p-gossipsub", "libp2p-quic", "yamux", "quinn-proto", "ed25519-dalek"];

/// Crates that must not be in the tree, and why.
const ABSENT: &[(&str, &str)] = &[
    ("bincode", "RUSTSEC-2025-0141, unmaintained"),
    ("openssl-sys", "transport security is noise and rustls"),
    ("native-tls", "transport security is noise and rustls"),
];

/// The one version of sled whose ways of failing were measured and are guarded against.
const SLED: &str = "0.34.7";

/// Returns every version of every crate in `Cargo.lock`.
fn locked() -> BTreeMap<String, Vec<Version>> {
    let text = fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock is committed");
    let lock: toml::Table = text.parse().expect("Cargo.lock is TOML");
    let mut versions: BTreeMap<String, Vec<Version>> = BTreeMap::new();
    for package in lock["package"].as_array().expect("packages") {
        let field = |name: &str| package[name].as_str().expect("every package has a name and a version");
        let version = Version::parse(field("version")).expect("a semantic version");
        versions.entry(field("name").to_owned()).or_default().push(version);
    }
    versions
}

/// Returns what is wrong with the versions locked, a line a crate.
fn below_floor(locked: &BTreeMap<String, Vec<Version>>) -> Vec<String> {
    let mut wrong = Vec::new();
    for floor in FLOORS {
        let least = Version::parse(floor.at_least).expect("a semantic version");
        for version in locked.get(floor.krate).into_iter().flatten().filter(|version| **version < least) {
            let Floor { krate, at_least, advisories, what } = floor;
            wrong.push(format!("{krate} {version} is below {at_least}: {what} ({advisories})"));
        }
    }
    wrong
}

#[test]
fn no_dependency_is_below_its_floor() {
    assert_eq!(below_floor(&locked()), Vec::<String>::new());
}

#[test]
fn a_version_below_its_floor_is_named_with_its_advisory() {
    let mut locked = locked();
    locked.insert("yamux".into(), vec![Version::new(0, 12, 1), Version::new(0, 13, 10)]);
    let wrong = below_floor(&locked);
    assert_eq!(wrong.len(), 1);
    assert!(wrong[0].starts_with("yamux 0.12.1 is below 0.13.10"), "{wrong:?}");
    assert!(wrong[0].contains("CVE-2026-32314"), "{wrong:?}");
}

#[test]
fn the_table_guards_what_is_really_used() {
    let locked = locked();
    for krate in PRESENT {
        assert!(FLOORS.iter().any(|floor| floor.krate == *krate), "{krate} has no floor");
        assert!(locked.contains_key(*krate), "{krate} is not in Cargo.lock");
    }
}

#[test]
fn sled_is_the_version_that_was_measured() {
    let versions = &locked()["sled"];
    assert_eq!(versions, &[Version::parse(SLED).expect("a semantic version")]);
}

#[test]
fn what_must_not_be_in_the_tree_is_not() {
    let locked = locked();
    for (krate, why) in ABSENT {
        assert!(!locked.contains_key(*krate), "{krate} must not be in the tree: {why}");
    }
}
