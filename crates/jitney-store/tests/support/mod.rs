//! What the tests of the store share: small options, made-up batches, copies of directories.

#![allow(dead_code, reason = "every test binary uses its own part")]

use std::fs;
use std::path::Path;

use jitney_store::{Batch, MemStore, Options, RowChange, SledStore, Store, StoreError, TableTag};

/// Tables the made-up batches write to.
pub const TABLES: u8 = 3;

/// Small segments, so that tests cross them; no reserves.
pub fn small() -> Options {
    Options {
        ballast_bytes: 0,
        free_floor_bytes: 0,
        segment_bytes: 48 * 1024,
        segment_step_bytes: 8 * 1024,
        cache_bytes: 1024 * 1024,
        ..Options::default()
    }
}

/// A source of numbers that gives the same ones for the same seed (SplitMix64).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// The batch with this number: writes, overwrites and deletes, now and then a long value. The same number
/// always gives the same batch.
pub fn batch(seq: u64) -> Batch {
    let mut numbers = Numbers(seq);
    let changes = (0..1 + numbers.below(6))
        .map(|_| {
            let table = TableTag(u8::try_from(numbers.below(u64::from(TABLES))).unwrap());
            let key = numbers.below(150).to_be_bytes()[6..].to_vec();
            let len = if numbers.below(40) == 0 { numbers.below(20_000) } else { numbers.below(600) };
            let value = vec![(seq % 251) as u8; usize::try_from(len).unwrap()];
            RowChange { table, key, value: (numbers.below(5) > 0).then_some(value) }
        })
        .collect();
    Batch { events: seq.to_le_bytes().to_vec(), changes }
}

/// The model after batches 1 to `last`.
pub fn model(last: u64) -> MemStore {
    let mut model = MemStore::new();
    for seq in 1..=last {
        model.commit(&batch(seq)).unwrap();
    }
    model
}

pub type Rows = Vec<(u8, Vec<u8>, Vec<u8>)>;

/// All rows of the tables the made-up batches write to.
pub fn rows(store: &dyn Store) -> Result<Rows, StoreError> {
    let mut all = Vec::new();
    for table in 0..TABLES {
        store.scan(TableTag(table), &mut |key, value| {
            all.push((table, key.to_vec(), value.to_vec()));
            Ok(())
        })?;
    }
    Ok(all)
}

/// Asserts that both hold the same, row by row and by digest.
pub fn assert_same(store: &dyn Store, model: &dyn Store) {
    assert_eq!(store.head(), model.head());
    assert!(rows(store).unwrap() == rows(model).unwrap(), "same digest, other rows");
    store.verify().unwrap();
}

/// A closed store with batches 1 to `last`.
pub fn fill(dir: &Path, last: u64) {
    let (mut store, _) = SledStore::open(dir, &small()).unwrap();
    for seq in store.head().seq + 1..=last {
        store.commit(&batch(seq)).unwrap();
    }
    Box::new(store).close().unwrap();
}

pub fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_dir(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Flips some bits, zeroes a block or cuts the end off.
pub fn damage(path: &Path, numbers: &mut Numbers) -> String {
    let mut bytes = fs::read(path).unwrap();
    let len = bytes.len() as u64;
    let at = numbers.below(len) as usize;
    let what = match numbers.below(3) {
        0 => {
            for _ in 0..1 + numbers.below(8) {
                let at = numbers.below(len) as usize;
                bytes[at] ^= 1 << numbers.below(8);
            }
            "bits flipped"
        }
        1 => {
            let end = bytes.len().min(at + 4096);
            bytes[at..end].fill(0);
            "zeroed"
        }
        _ => {
            bytes.truncate(at);
            "cut off"
        }
    };
    fs::write(path, bytes).unwrap();
    format!("{what} at {at} of {len}")
}
