//! What durability costs: `SledStore::commit` against a bare sled transaction with flush and fsync, in the same
//! run and interleaved, so that other load on the machine hits both; and the reopening of 100,000 rows.
//!
//! Run with `cargo bench -p jitney-store`.

#![allow(clippy::print_stdout)]

use std::fs::File;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use criterion::Criterion;
use jitney_store::{Batch, Options, RowChange, SledStore, Store, TableTag};
use sled::Transactional;
use sled::transaction::TransactionError;

const TRIPS: TableTag = TableTag(1);
const BY_TIME: TableTag = TableTag(2);
const COMMITS: u64 = 540;
const REOPENED_ROWS: u64 = 100_000;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    // `cargo test --benches` passes this to see that a benchmark runs at all.
    let brief = std::env::args().any(|arg| arg == "--test");
    for group in [1, 64] {
        commits(group, if brief { 2 } else { COMMITS })?;
    }
    let dir = filled(if brief { 500 } else { REOPENED_ROWS })?;
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    criterion.bench_function("reopen 100,000 rows", |bencher| {
        bencher.iter(|| black_box(SledStore::open(dir.path(), &options()).map(|(store, _)| store.head())));
    });
    criterion.final_summary();
    Ok(())
}

fn options() -> Options {
    Options { ballast_bytes: 0, ..Options::default() }
}

/// One trip of about 600 bytes and its index entry, per request of the group.
fn batch(from: u64, group: u64) -> Batch {
    let mut changes = Vec::new();
    for number in from..from + group {
        let key = blake3::hash(&number.to_le_bytes());
        let value: Vec<u8> = key.as_bytes().iter().copied().cycle().take(600).collect();
        changes.push(RowChange::put(TRIPS, *key.as_bytes(), value));
        changes.push(RowChange::put(BY_TIME, number.to_be_bytes(), *key.as_bytes()));
    }
    Batch { events: vec![b'e'; 300], changes }
}

/// The same rows by sled alone: one transaction, flush, fsync; no journal, no digest, no checks.
struct Bare {
    db: sled::Db,
    rows: sled::Tree,
    meta: sled::Tree,
    file: File,
}

impl Bare {
    fn open(dir: &Path) -> Outcome<Bare> {
        let path = dir.join("bare");
        let db = sled::Config::new().path(&path).cache_capacity(options().cache_bytes).open()?;
        let (rows, meta) = (db.open_tree("rows")?, db.open_tree("meta")?);
        Ok(Bare { db, rows, meta, file: File::options().read(true).write(true).open(path.join("db"))? })
    }

    fn commit(&self, batch: &Batch) -> Outcome<()> {
        let done: Result<(), TransactionError<()>> = (&self.rows, &self.meta).transaction(|(rows, meta)| {
            for change in &batch.changes {
                let key = [&[change.table.0], change.key.as_slice()].concat();
                rows.insert(key, change.value.clone().unwrap_or_default())?;
            }
            meta.insert(b"head", b"one")?;
            Ok(())
        });
        done.map_err(|error| format!("{error:?}"))?;
        self.db.flush()?;
        Ok(self.file.sync_all()?)
    }
}

fn commits(group: u64, count: u64) -> Outcome<()> {
    let dir = tempfile::tempdir_in(std::env::var_os("JITNEY_BENCH_DIR").unwrap_or(".".into()))?;
    let (mut store, _) = SledStore::open(&dir.path().join("store"), &options())?;
    let bare = Bare::open(dir.path())?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for number in 0..count {
        let batch = batch(number * group, group);
        let begun = Instant::now();
        store.commit(&batch)?;
        ours.push(begun.elapsed());
        let begun = Instant::now();
        bare.commit(&batch)?;
        theirs.push(begun.elapsed());
    }
    store.verify()?;
    let (ours, theirs) = (Figures::of(ours), Figures::of(theirs));
    println!("\n{group} request(s) a commit, {count} commits each, interleaved:");
    println!("  jitney-store  {}", ours.line(group));
    println!("  bare sled     {}", theirs.line(group));
    println!(
        "  journal, digest and checks: a commit takes {:.2} times the bare one at the median, {:.2} times at p99",
        ratio(ours.median, theirs.median),
        ratio(ours.p99, theirs.p99),
    );
    Ok(())
}

struct Figures {
    median: Duration,
    p99: Duration,
    mean: Duration,
}

impl Figures {
    fn of(mut times: Vec<Duration>) -> Figures {
        times.sort_unstable();
        let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
        let count = u32::try_from(times.len()).unwrap_or(u32::MAX);
        Figures { median: at(50), p99: at(99), mean: times.iter().sum::<Duration>() / count.max(1) }
    }

    fn line(&self, group: u64) -> String {
        let each_second = group as f64 / self.mean.as_secs_f64();
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        format!(
            "{each_second:>8.0} durable requests/s, p50 {:.2} ms, p99 {:.2} ms a commit",
            ms(self.median),
            ms(self.p99)
        )
    }
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

/// Returns a store with so many rows, closed.
fn filled(rows: u64) -> Outcome<tempfile::TempDir> {
    let dir = tempfile::tempdir_in(std::env::var_os("JITNEY_BENCH_DIR").unwrap_or(".".into()))?;
    let (mut store, _) = SledStore::open(dir.path(), &options())?;
    for from in (0..rows / 2).step_by(100) {
        store.commit(&batch(from, 100))?;
    }
    Box::new(store).close()?;
    Ok(dir)
}
