//! How much later a record reaches fifty nodes because they are ours, compared with fifty swarms of nothing but
//! gossipsub: same payload, same links, same mesh parameters, TCP on the loopback, in this one process.
//!
//! Each of our nodes is the whole network driver (gate, four request channels, identify, scores) and the
//! machine that verifies every entry before it is passed on and drains its rows. There are two bare networks:
//! one passes on whatever comes, the other verifies gossipsub's own signatures, as is its default. No disk is
//! involved in any. The networks take turns message by message, so that other load on the machine hits all.
//!
//! Once without any way between nodes: then fifty nodes share the cores of this machine, forty-nine verifications
//! of one message that elsewhere happen side by side happen here one after the other, and what is compared is the
//! work. And once over lines that take their time, as coops are connected: what is compared is how long a record is
//! under way.
//!
//! Run with `cargo bench -p jitney-net --bench gossip`.

#![allow(clippy::print_stdout, clippy::unwrap_used)] // Its lines are its result.

mod bare;
#[path = "../../../jitney-federation/benches/federated/mod.rs"]
mod federated;
mod line;
mod ours;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use federated::{NOW, World};
use jitney_domain::Minutes;
use jitney_federation::{Entry, EntryHeader, Incarnation, Kind};
use jitney_identity::Hash;
use tokio::sync::mpsc::UnboundedReceiver;

const NODES: u16 = 50;
/// Links that each node dials; it has about twice as many.
const DIALS: u16 = 3;
const MESSAGES: usize = 300;
/// Pause between two messages.
const PAUSE: Duration = Duration::from_millis(15);
/// How long a line between two nodes takes one way: 20 ms there and back are usual between two homes of a region.
const LINE: Duration = Duration::from_millis(10);
/// How long one message may take to reach everybody.
const PATIENCE: Duration = Duration::from_secs(20);

/// A message has come to a node: which, and when.
struct Heard {
    message: Hash,
    at: Instant,
}

fn main() {
    // `cargo test --benches` passes this to see that a benchmark runs at all.
    let brief = std::env::args().any(|argument| argument == "--test");
    let (nodes, messages) = if brief { (5, 3) } else { (NODES, MESSAGES) };
    for line in [Duration::ZERO, LINE] {
        println!("\nlines of {} ms", line.as_millis());
        // One of its own for each: what the first leaves running must not disturb the second.
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(compare(nodes, messages, line));
    }
}

/// Returns who dials whom: a ring, and chords that make it short.
fn links(nodes: u16) -> BTreeSet<(u16, u16)> {
    let steps = [1, 7, 19].into_iter().take(usize::from(DIALS));
    let dial = |node: u16| steps.clone().map(move |step| (node, (node + step) % nodes));
    let pairs = (0..nodes).flat_map(dial).filter(|(a, b)| a != b);
    let mut seen = BTreeSet::new();
    pairs.filter(|(a, b)| seen.insert((*a.min(b), *a.max(b)))).collect()
}

async fn compare(nodes: u16, messages: usize, line: Duration) {
    let world = World::of(nodes);
    let links = links(nodes);
    let mut bare = bare::Network::start(nodes, &links, line, false).await;
    let mut signed = bare::Network::start(nodes, &links, line, true).await;
    let mut ours = ours::Network::start(&world, nodes, &links, line).await;
    // The mesh takes a few heartbeats to form.
    tokio::time::sleep(Duration::from_secs(if nodes > 10 { 8 } else { 3 })).await;
    let (mut alone, mut verified, mut with_us) = (Vec::new(), Vec::new(), Vec::new());
    let mut work = [0; 3];
    for number in 0..messages {
        let from = u16::try_from(number).unwrap() % nodes;
        let entry = entry(&world, from, u64::try_from(number).unwrap() / u64::from(nodes) + 1);
        let receivers = usize::from(nodes) - 1;
        let before = processor_time();
        let begun = bare.publish(from, entry.bytes()).await;
        alone.extend(arrivals(&mut bare.heard, entry.id().0, begun, receivers).await);
        tokio::time::sleep(PAUSE).await;
        work[0] += processor_time() - before;
        let before = processor_time();
        let begun = signed.publish(from, entry.bytes()).await;
        verified.extend(arrivals(&mut signed.heard, entry.id().0, begun, receivers).await);
        tokio::time::sleep(PAUSE).await;
        work[1] += processor_time() - before;
        let before = processor_time();
        let begun = ours.publish(from, entry.bytes()).await;
        with_us.extend(arrivals(&mut ours.heard, entry.id().0, begun, receivers).await);
        tokio::time::sleep(PAUSE).await;
        work[2] += processor_time() - before;
    }
    let bytes = entry(&world, 0, 1).bytes().len();
    println!("{messages} messages of {bytes} bytes to {} nodes, {} links", nodes - 1, links.len());
    let [alone, verified, with_us] = [alone, verified, with_us].map(Spread::of);
    let line = |name: &str, spread: &Spread, work: u64| {
        let each = work as f64 / 1e6 / messages as f64;
        println!(
            "{name:<32} median {:>6.2} ms, p99 {:>6.2} ms, {each:>6.2} ms of processor time a message",
            spread.median, spread.p99
        );
    };
    line("gossipsub, nothing verified", &alone, work[0]);
    line("gossipsub, its own signatures", &verified, work[1]);
    line("jitney, every entry verified", &with_us, work[2]);
    for (name, other) in [("nothing verified", &alone), ("its own signatures", &verified)] {
        let (median, p99) = (with_us.median / other.median, with_us.p99 / other.p99);
        println!("against gossipsub, {name}: median {median:.2}, p99 {p99:.2} times (bar: at most 1.25)");
    }
}

/// Returns the entry of that number of a coop; each begins a log of its own, so that none has a gap.
fn entry(world: &World, coop: u16, number: u64) -> Entry {
    let node = world.node_key(coop);
    let header = EntryHeader {
        kind: Kind::TICKET_OPENED,
        federation: world.federation(),
        origin: world.coop_key(coop).public(),
        node: node.public(),
        incarnation: Incarnation(number),
        seq: 1,
        prev: Hash::ZERO,
        issued_at: NOW,
        expires_at: NOW.after(Minutes(600)),
    };
    Entry::sign(header, &federated::ticket((number << 16) | u64::from(coop)), &node).unwrap()
}

/// Returns what all threads of this process have worked so far, in nanoseconds; nothing where Linux does not say it.
fn processor_time() -> u64 {
    let of = |task: std::io::Result<std::fs::DirEntry>| {
        let text = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    };
    std::fs::read_dir("/proc/self/task").into_iter().flatten().filter_map(of).sum()
}

/// Waits until a message has come to everybody and returns after how long to each, in milliseconds.
async fn arrivals(
    heard: &mut UnboundedReceiver<Heard>,
    message: Hash,
    begun: Instant,
    receivers: usize,
) -> Vec<f64> {
    let mut times = Vec::new();
    while times.len() < receivers {
        let next = tokio::time::timeout(PATIENCE, heard.recv()).await;
        let Ok(Some(next)) = next else { panic!("a message came to {} of {receivers} nodes", times.len()) };
        if next.message == message {
            times.push(next.at.duration_since(begun).as_secs_f64() * 1000.0);
        }
    }
    times
}

/// The middle and the tail of a sample, in milliseconds.
struct Spread {
    median: f64,
    p99: f64,
}

impl Spread {
    fn of(mut times: Vec<f64>) -> Self {
        times.sort_by(f64::total_cmp);
        let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
        Spread { median: at(50), p99: at(99) }
    }
}
