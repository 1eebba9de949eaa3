//! What a federation costs each of its nodes as it grows: bytes a day when nothing is amiss, and what it takes
//! to come back after a month away.
//!
//! Every coop writes 60 entries a day that live three days, and its hourly manifests. Of the coops all logs are
//! there with all that lives in them; of the nodes two run, the machines that ship: one has everything, the
//! other asks. What they say to each other is measured to the byte. What gossip carries is reckoned from the
//! size of an entry and the parameters of the mesh, as said at [`COPIES`]. Beyond the most coops that a
//! roster holds the last two sizes are continued in a straight line, and marked so.
//!
//! Run with `cargo bench -p jitney-federation --bench growth`.

#![allow(clippy::print_stdout, clippy::unwrap_used)] // Its lines are its result.

#[path = "../federated/mod.rs"]
mod federated;

use std::time::{Duration, Instant};

use federated::{NOW, Node, World};
use jitney_domain::{Minutes, Timestamp};
use jitney_federation::{Channel, Entry, EntryHeader, Incarnation, Input, Kind, Output};
use jitney_identity::{Hash, PublicKey};

/// Entries that a coop writes each day, beside manifests.
const ENTRIES_A_DAY: u64 = 60;
/// Days that each lives.
const LIFE_DAYS: u64 = 3;
/// Manifests a day, and how many of them live.
const MANIFESTS_A_DAY: u64 = 24;
const MANIFESTS_LIVE: u64 = 2;
/// Pulls a day from one connected node: every ten minutes less a tenth on average.
const PULLS_A_DAY: f64 = 24.0 * 60.0 / 9.0;
/// Copies of a message that a node receives in a mesh of four, and as many it sends: three. Ids told to those
/// outside the mesh: six times to three peers, 22 bytes each.
const COPIES: f64 = 3.0;
const IDS: f64 = 6.0 * 3.0 * 22.0;
const AWAY_DAYS: u64 = 30;

/// What one size of federation comes to.
#[derive(Clone, Copy)]
struct Cost {
    coops: f64,
    live: f64,
    gossip_mb: f64,
    idle_pull_kb: f64,
    sync_mb: f64,
    back_mb: f64,
    back_pages: f64,
    back_s: f64,
}

fn main() {
    // `cargo test --benches` passes this to see that a benchmark runs at all.
    let brief = std::env::args().any(|argument| argument == "--test");
    let sizes: &[u16] = if brief { &[3] } else { &[10, 30, 100, 256] };
    println!(
        "{:>6} {:>8} {:>11} {:>13} {:>11} | {:>9} {:>7} {:>9}",
        "coops", "live", "gossip", "a quiet pull", "pulls", "away 30 d", "pages", "working"
    );
    let costs: Vec<Cost> = sizes.iter().map(|coops| measure(*coops)).collect();
    if let [.., less, more] = costs.as_slice() {
        show(&beyond(less, more, 1000.0), "  reckoned");
    }
}

fn show(cost: &Cost, how: &str) {
    println!(
        "{:>6} {:>8.0} {:>8.1} MB {:>10.1} KB {:>8.1} MB | {:>6.1} MB {:>7.0} {:>7.1} s{how}",
        cost.coops,
        cost.live,
        cost.gossip_mb,
        cost.idle_pull_kb,
        cost.sync_mb,
        cost.back_mb,
        cost.back_pages,
        cost.back_s
    );
}

/// Continues two measured sizes in a straight line; the pulls of a day grow with the size of a pull alone once
/// their number is bounded.
fn beyond(less: &Cost, more: &Cost, coops: f64) -> Cost {
    let along = |of: fn(&Cost) -> f64| {
        of(more) + (of(more) - of(less)) / (more.coops - less.coops) * (coops - more.coops)
    };
    let idle_pull_kb = along(|cost| cost.idle_pull_kb);
    Cost {
        coops,
        live: along(|cost| cost.live),
        gossip_mb: along(|cost| cost.gossip_mb),
        idle_pull_kb,
        sync_mb: idle_pull_kb * pulls_a_day(coops) / 1e3,
        back_mb: along(|cost| cost.back_mb),
        back_pages: along(|cost| cost.back_pages),
        back_s: along(|cost| cost.back_s),
    }
}

/// Nodes of those connected that one pulls from in ten minutes, at most.
const PULLED_FROM: f64 = 16.0;

/// Returns how many pulls a node makes or answers in a day when connected to all others.
fn pulls_a_day(coops: f64) -> f64 {
    let others = coops - 1.0;
    2.0 * PULLS_A_DAY * others / (others / PULLED_FROM).ceil()
}

fn measure(coops: u16) -> Cost {
    let world = World::of(coops);
    let mut giver = world.node(0);
    let (mut live, mut bytes) = (0_usize, 0_usize);
    for coop in 0..coops {
        for entry in living(&world, coop) {
            giver.hold(&entry);
            live += 1;
            bytes += entry.bytes().len();
        }
    }
    giver.start();
    let mut taker = world.node(1);
    for coop in 0..coops {
        // Where each log stood a month ago; all that it held has expired.
        let month = AWAY_DAYS * (ENTRIES_A_DAY + MANIFESTS_A_DAY);
        taker.stand(world.coop_key(coop).public(), Incarnation(u64::from(coop) + 1), last() - month);
    }
    taker.start();
    let begun = taker.handle(Input::Connected { peer: giver.machine.node() });
    giver.handle(Input::Connected { peer: taker.machine.node() });
    let back = talk(&mut giver, &mut taker, begun);
    assert_eq!(taker.machine.log().entries.len(), live, "all that lives has come");

    let later = taker.now.after(Minutes(11));
    (giver.now, taker.now) = (later, later);
    let begun = taker.handle(Input::Wake);
    let quiet = talk(&mut giver, &mut taker, begun);
    assert_eq!(quiet.pages, 1);
    let a_day = f64::from(coops) * (ENTRIES_A_DAY + MANIFESTS_A_DAY) as f64;
    let cost = Cost {
        coops: f64::from(coops),
        live: live as f64,
        gossip_mb: a_day * 2.0 * (COPIES * bytes as f64 / live as f64 + IDS) / 1e6,
        idle_pull_kb: quiet.bytes as f64 / 1e3,
        sync_mb: quiet.bytes as f64 * pulls_a_day(f64::from(coops)) / 1e6,
        back_mb: back.bytes as f64 / 1e6,
        back_pages: f64::from(back.pages),
        back_s: back.working.as_secs_f64(),
    };
    show(&cost, "");
    cost
}

/// Returns the number of the last entry of every log: 40 days of writing.
fn last() -> u64 {
    40 * (ENTRIES_A_DAY + MANIFESTS_A_DAY)
}

/// Returns what lives of a coop's log: its last entries.
fn living(world: &World, coop: u16) -> Vec<Entry> {
    let node = world.node_key(coop);
    let count = ENTRIES_A_DAY * LIFE_DAYS + MANIFESTS_LIVE;
    let mut prev = Hash::of(b"the last that expired");
    let write = |number: u64| {
        let manifest = number + MANIFESTS_LIVE >= count;
        let (kind, life) = match manifest {
            true => (Kind::MANIFEST, Minutes(120)),
            false => (Kind::TICKET_OPENED, Minutes(60 * 24 * 3)),
        };
        let ticket = federated::ticket((u64::from(coop) << 32) | number);
        let census = format!(r#"{{"head":{number},"count":180,"hash":"{}"}}"#, Hash::of(b"ids"));
        let header = EntryHeader {
            kind,
            federation: world.federation(),
            origin: world.coop_key(coop).public(),
            node: node.public(),
            incarnation: Incarnation(u64::from(coop) + 1),
            seq: last() - count + 1 + number,
            prev,
            issued_at: NOW.before(Minutes(15)),
            expires_at: NOW.after(life),
        };
        let body = if manifest { census.as_bytes() } else { &ticket };
        let entry = Entry::sign(header, body, &node).unwrap();
        prev = entry.id().0;
        entry
    };
    (0..count).map(write).collect()
}

/// What a conversation came to.
#[derive(Default)]
struct Talk {
    bytes: usize,
    pages: u32,
    working: Duration,
}

/// Lets the taker ask the giver until it asks no more; two pages a second, as nobody may ask more often.
fn talk(giver: &mut Node, taker: &mut Node, mut outputs: Vec<Output>) -> Talk {
    let mut talk = Talk::default();
    let until = Timestamp(taker.now.0 + 3_600_000);
    while taker.now < until {
        let asked = outputs.into_iter().find_map(|output| match output {
            Output::Request { id, channel: Channel::Sync, bytes, .. } => Some((id, bytes)),
            _ => None,
        });
        let Some((id, bytes)) = asked else { break };
        talk.bytes += bytes.len();
        let from: PublicKey = taker.machine.node();
        let answer = giver.handle(Input::Request { from, channel: Channel::Sync, token: 1, bytes });
        let bytes = answer.into_iter().find_map(|output| match output {
            Output::Respond { bytes, .. } => Some(bytes),
            _ => None,
        });
        let bytes = bytes.unwrap();
        talk.bytes += bytes.len();
        talk.pages += 1;
        for node in [&mut *giver, &mut *taker] {
            node.now.0 += 501;
        }
        let begun = Instant::now();
        outputs = taker.handle(Input::Response { id, bytes });
        talk.working += begun.elapsed();
    }
    talk
}
