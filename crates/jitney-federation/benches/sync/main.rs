//! What it costs to take 100,000 entries of twenty coops by sync, against the time that the signatures alone
//! take on the same core; and the memory they then occupy.
//!
//! Two of the machines that ship: one has the entries, the other asks page by page. What each takes is timed
//! apart, as on a real network they are two computers; rows are drained as for a store, and dropped. The bar to
//! compare with is `verify_strict` of ed25519-dalek over the same bytes with the keys decoded beforehand:
//! nothing that verifies one signature after the other on one core can be faster.
//!
//! Run with `cargo bench -p jitney-federation --bench sync`.

#![allow(clippy::print_stdout, clippy::unwrap_used)] // Its lines are its result.

#[path = "../federated/mod.rs"]
mod federated;

use std::alloc::System;
use std::time::{Duration, Instant};

use cap::Cap;
use ed25519_dalek::{Signature, VerifyingKey};
use federated::{NOW, Node, World};
use jitney_domain::Minutes;
use jitney_federation::{Channel, Entry, EntryHeader, Incarnation, Input, Kind, Output};
use jitney_identity::Hash;

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

const COOPS: u16 = 20;
const ENTRIES: u64 = 100_000;

fn main() {
    // `cargo test --benches` passes this to see that a benchmark runs at all.
    let brief = std::env::args().any(|argument| argument == "--test");
    let each = if brief { 20 } else { ENTRIES / u64::from(COOPS) };
    let world = World::of(COOPS);
    let entries: Vec<Entry> = (0..COOPS).flat_map(|coop| log(&world, coop, each)).collect();
    let count = entries.len();
    let bytes: usize = entries.iter().map(|entry| entry.bytes().len()).sum();
    println!("{count} entries of {} bytes each, {COOPS} coops", bytes / count);

    let bare = verify_alone(&entries);
    let parse = timed(|| entries.iter().for_each(|entry| drop(Entry::parse(entry.bytes()).unwrap())));
    let checked = timed(|| entries.iter().for_each(|entry| entry.verify().unwrap()));
    println!("verify_strict alone, keys decoded: {:>7.2} µs an entry", micros(bare, count));
    println!("Entry::verify:                     {:>7.2} µs an entry", micros(checked, count));
    println!("Entry::parse:                      {:>7.2} µs an entry", micros(parse, count));

    let mut giver = world.node(0);
    for entry in &entries {
        giver.hold(entry);
    }
    drop(entries);
    giver.start();
    let before = MEMORY.allocated();
    let mut taker = world.node(1);
    taker.start();
    let sync = sync(&mut giver, &mut taker);
    let held = taker.machine.log().entries.len();
    assert_eq!(held, count, "all entries have come");
    let memory = MEMORY.allocated() - before;

    println!("pages: {}, {:.1} MB on the wire", sync.pages, sync.bytes as f64 / 1e6);
    println!("asking node:                       {:>7.2} µs an entry", micros(sync.taking, count));
    println!("answering node:                    {:>7.2} µs an entry", micros(sync.giving, count));
    println!("memory: {:.1} MB for {held} entries, {} bytes each", memory as f64 / 1e6, memory / held);
    println!(
        "sync comes to {:.2} of the limit that verification sets (bar: at least 0.6); {:.0} entries a second",
        bare.as_secs_f64() / sync.taking.as_secs_f64(),
        count as f64 / sync.taking.as_secs_f64(),
    );
}

fn micros(time: Duration, count: usize) -> f64 {
    time.as_secs_f64() * 1e6 / count as f64
}

fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

/// Returns entries 1, 2, … of a coop: tickets, as long as real ones.
fn log(world: &World, coop: u16, count: u64) -> Vec<Entry> {
    let node = world.node_key(coop);
    let mut prev = Hash::ZERO;
    let write = |seq| {
        let header = EntryHeader {
            kind: Kind::TICKET_OPENED,
            federation: world.federation(),
            origin: world.coop_key(coop).public(),
            node: node.public(),
            incarnation: Incarnation(u64::from(coop) + 1),
            seq,
            prev,
            issued_at: NOW,
            expires_at: NOW.after(Minutes(14 * 24 * 60)),
        };
        let entry = Entry::sign(header, &federated::ticket((u64::from(coop) << 32) | seq), &node).unwrap();
        prev = entry.id().0;
        entry
    };
    (1..=count).map(write).collect()
}

/// Verifies every signature and does nothing else.
fn verify_alone(entries: &[Entry]) -> Duration {
    let signed: Vec<_> = entries
        .iter()
        .map(|entry| {
            let (message, signature) = entry.bytes().split_last_chunk::<64>().unwrap();
            let key = VerifyingKey::from_bytes(entry.header().node.as_bytes()).unwrap();
            let domain = b"jitney/entry/1";
            let message = [&[domain.len() as u8], domain.as_slice(), message].concat();
            (key, message, Signature::from_bytes(signature))
        })
        .collect();
    timed(|| {
        signed.iter().for_each(|(key, message, signature)| key.verify_strict(message, signature).unwrap())
    })
}

/// What a whole sync took.
#[derive(Default)]
struct Sync {
    taking: Duration,
    giving: Duration,
    pages: u32,
    bytes: usize,
}

fn sync(giver: &mut Node, taker: &mut Node) -> Sync {
    let mut sync = Sync::default();
    let mut outputs = taker.handle(Input::Connected { peer: giver.machine.node() });
    giver.handle(Input::Connected { peer: taker.machine.node() });
    loop {
        let asked = outputs.into_iter().find_map(|output| match output {
            Output::Request { id, channel: Channel::Sync, bytes, .. } => Some((id, bytes)),
            _ => None,
        });
        let Some((id, bytes)) = asked else { return sync };
        sync.bytes += bytes.len();
        let from = taker.machine.node();
        let begun = Instant::now();
        let answer = giver.handle(Input::Request { from, channel: Channel::Sync, token: 1, bytes });
        sync.giving += begun.elapsed();
        let bytes = answer.into_iter().find_map(|output| match output {
            Output::Respond { bytes, .. } => Some(bytes),
            _ => None,
        });
        let bytes = bytes.unwrap();
        sync.bytes += bytes.len();
        sync.pages += 1;
        // Half a second for the way; more often nobody may ask.
        for node in [&mut *giver, &mut *taker] {
            node.now.0 += 501;
        }
        let begun = Instant::now();
        outputs = taker.handle(Input::Response { id, bytes });
        sync.taking += begun.elapsed();
    }
}
