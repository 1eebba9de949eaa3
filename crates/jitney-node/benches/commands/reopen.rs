//! The reopening of a node, in a process of its own so that its peak memory is that of opening alone.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use jitney_node::api::Request;
use jitney_node::core::Input;
use jitney_store::{SledStore, Store};

use crate::coop::{self, Office, ask};
use crate::figures::{micros, ratio};
use crate::{Outcome, directory};

/// Tells this program to reopen what lies in the directory named next.
pub(crate) const FLAG: &str = "--reopen";
/// Bookings that share a durable write while the node is filled.
const GROUP: usize = 500;

/// Fills a node, closes it, and lets another process open it again.
pub(crate) fn run(trips: usize) -> Outcome<()> {
    let dir = directory()?;
    let began = Instant::now();
    fill(dir.path(), trips)?;
    println!("\n{trips} trips booked in {:.1} s; reopening them:", began.elapsed().as_secs_f64());
    let status = Command::new(std::env::current_exe()?).arg(FLAG).arg(dir.path()).status()?;
    if status.success() { Ok(()) } else { Err(format!("the reopening process ended with {status}").into()) }
}

fn fill(dir: &Path, trips: usize) -> Outcome<()> {
    let mut office = Office::new(coop::found(coop::store(dir)?, dir)?)?;
    let mut left = trips;
    while left > 0 {
        let inputs = office.bookings(left.min(GROUP));
        left -= inputs.len();
        office.step(inputs)?;
    }
    Ok(Box::new(office.core.into_store()).close()?)
}

/// Opens the node in `dir` and prints what it took.
pub(crate) fn measure(dir: &Path) -> Outcome<()> {
    let (store, opened) = timed(|| coop::store(dir))?;
    let after_store = memory("VmHWM:")?;
    let on_disk = store.size_on_disk();
    let ((rows, bytes), scanned) = timed(|| scan(&store))?;
    let (mut core, decoded) = timed(|| coop::open(store, dir))?;
    println!("  {rows} rows of {:.1} MB, {:.0} MB on disk", bytes as f64 / 1e6, on_disk as f64 / 1e6);
    println!("  the store opens in {:.2} s and every row in it is checked", opened.as_secs_f64());
    println!("  the core reads and indexes them in {:.2} s", decoded.as_secs_f64());
    println!(
        "  opening a node takes {:.2} times as long as opening its store; reading alone takes {:.2} of it",
        ratio(opened + decoded, opened),
        ratio(scanned, opened),
    );
    println!(
        "  peak memory {:.0} MB ({:.0} MB with the store alone), {:.0} MB resident after",
        memory("VmHWM:")?,
        after_store,
        memory("VmRSS:")?
    );
    let now = coop::now()?;
    let (_, looked) = timed(|| Ok(std::hint::black_box(core.next_wake(now))))?;
    let (_, woke) = timed(|| Ok(core.step(vec![Input::Wake], now)?))?;
    let (_, woke_again) = timed(|| Ok(core.step(vec![Input::Wake], now)?))?;
    let (_, board) = timed(|| Ok(core.step(vec![ask(Request::Board { day: None })], now)?))?;
    println!(
        "  then: when to wake {:.0} µs, first wake {:.0} µs, next wake {:.0} µs, the day's board {:.0} µs",
        micros(looked),
        micros(woke),
        micros(woke_again),
        micros(board),
    );
    Ok(())
}

fn timed<T>(work: impl FnOnce() -> Outcome<T>) -> Outcome<(T, Duration)> {
    let began = Instant::now();
    let done = work()?;
    Ok((done, began.elapsed()))
}

/// Reads every row and returns how many there are and their bytes.
fn scan(store: &SledStore) -> Outcome<(usize, usize)> {
    let (mut rows, mut bytes) = (0, 0);
    for table in 0..=u8::MAX {
        store.scan(jitney_store::TableTag(table), &mut |key, value| {
            rows += 1;
            bytes += key.len() + value.len();
            Ok(())
        })?;
    }
    Ok((rows, bytes))
}

/// Returns one of this process's figures of memory, in MB (10^6 bytes).
fn memory(what: &str) -> Outcome<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(what)).ok_or("no such figure of memory")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib * 1024.0 / 1e6)
}
