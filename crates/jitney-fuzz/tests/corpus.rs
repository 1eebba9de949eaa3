//! Every target on its committed seeds, and on a short, seeded run of mutations of them.
//!
//! `JITNEY_BLESS=1 cargo test -p jitney-fuzz --test corpus` writes seeds that are missing; a seed once
//! committed is never changed.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // Helpers may fail; what is printed shows what to replay.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use jitney_fuzz::mutate::Mutator;
use jitney_fuzz::{Target, targets};

/// Longest time spent on mutations for one target.
const PATIENCE: Duration = Duration::from_millis(1500);
/// Most mutations for one target.
const MUTATIONS: u32 = 2_000;

fn folder(target: &Target) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target.name)
}

fn committed(target: &Target) -> BTreeMap<String, Vec<u8>> {
    let Ok(files) = fs::read_dir(folder(target)) else { return BTreeMap::new() };
    let files = files.map(|file| file.unwrap().path());
    files
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect()
}

#[test]
fn every_target_has_its_seeds_and_no_seed_was_changed() {
    let mut seen = 0;
    for target in targets::ALL {
        let mut found = committed(target);
        for (name, bytes) in (target.seeds)() {
            assert!(bytes.len() <= target.longest, "{}/{name} is longer than the target reads", target.name);
            if std::env::var_os("JITNEY_BLESS").is_some() && !found.contains_key(&name) {
                fs::create_dir_all(folder(target)).unwrap();
                fs::write(folder(target).join(&name), &bytes).unwrap();
                found.insert(name.clone(), bytes.clone());
            }
            assert_eq!(found.get(&name), Some(&bytes), "seed {}/{name}", target.name);
            seen += 1;
        }
        assert!(!found.is_empty(), "{} has no seeds", target.name);
    }
    assert!(seen > 80, "only {seen} seeds");
}

#[test]
fn no_folder_of_seeds_is_without_a_target() {
    let folders = fs::read_dir(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("seeds")).unwrap();
    for folder in folders {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(jitney_fuzz::target(&name).is_some(), "seeds/{name} belongs to no target");
    }
}

#[test]
fn the_seeds_of_every_target_hold() {
    for target in targets::ALL {
        for (name, bytes) in committed(target) {
            println!("{}/{name}", target.name);
            (target.run)(&bytes);
        }
    }
}

#[test]
fn mutations_of_the_seeds_hold() {
    for target in targets::ALL {
        let seeds: Vec<Vec<u8>> = committed(target).into_values().collect();
        let begun = Instant::now();
        let mut done = 0;
        while done < MUTATIONS && begun.elapsed() < PATIENCE {
            let bytes = Mutator::new(u64::from(done), target.longest).next(&seeds);
            // Printed before, so that a failure shows what to replay.
            println!("{} {done}: mutation {done} of {} seeds", target.name, seeds.len());
            (target.run)(&bytes);
            done += 1;
        }
        assert!(done > 20, "only {done} mutations of {} in {PATIENCE:?}", target.name);
    }
}
