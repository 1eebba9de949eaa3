//! What lies on the node's own disk, which may be damaged or come from a backup.

use std::collections::BTreeMap;

use jitney_domain::State;
use jitney_federation::{Cx, Federation, Input, Keys};
use jitney_node::config::Config;
use jitney_store::{Batch, foreign};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;

use crate::bytes::Bytes;
use crate::fixed;

/// The configuration.
pub(super) fn config(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Config::parse(text) {
        Ok(config) => assert!(config.travel().is_ok() && !config.coop.name.trim().is_empty()),
        Err(why) => assert!(!why.is_empty()),
    }
}

/// A journal: raw bytes; or good frames, some of them bent, so that checksums do not end the search.
pub(super) fn journal(bytes: &[u8]) {
    let mut bytes = Bytes::new(bytes);
    match bytes.byte() % 5 {
        0 => {
            let _ = foreign::segment(bytes.rest());
        }
        1 => {
            let rest = bytes.rest();
            if let Ok(batch) = Batch::decode(rest) {
                assert_eq!(batch.encode().unwrap(), rest, "a batch has one encoding");
            }
        }
        2 => {
            let _ = foreign::witness(bytes.rest());
        }
        3 => foreign::key_slot(bytes.rest()),
        _ => bent_segment(&mut bytes),
    }
}

fn bent_segment(bytes: &mut Bytes<'_>) {
    let (mut written, mut payloads) = (foreign::new_segment(1), Vec::new());
    let mut chain = foreign::GENESIS;
    for seq in 1..=u64::from(bytes.byte() % 6) {
        let payload = bytes.slice(64);
        let (frame, after) = foreign::frame(seq, &chain, payload);
        written.extend(frame);
        payloads.push(payload.to_vec());
        chain = after;
    }
    assert_eq!(foreign::segment(&written).ok().as_ref(), Some(&payloads), "a good segment reads back");
    let frames = payloads.len();
    while !bytes.is_empty() {
        let at = usize::from(bytes.short()) % (written.len() + 1);
        match bytes.byte() % 3 {
            0 => written.truncate(at),
            1 if at < written.len() => written[at] ^= bytes.byte(),
            _ => written.extend(bytes.slice(32)),
        }
    }
    if let Ok(read) = foreign::segment(&written) {
        assert!(read.len() <= frames, "nothing is read that was not written");
        assert_eq!(read, payloads[..read.len()], "what is read is what was written");
    }
}

/// Rows: pieces of the bytes as rows of the domain or the federation, then a start, then what is written back.
pub(super) fn rows(bytes: &[u8]) {
    let mut bytes = Bytes::new(bytes);
    let mut state = State::default();
    let mut machine = Federation::new(fixed::coop(1).public(), fixed::node(1).public());
    while !bytes.is_empty() {
        let table = bytes.byte();
        let key = bytes.slice(64);
        let length = usize::from(bytes.short());
        let value: Vec<u8> =
            (0..length.min(4200)).map_while(|_| (!bytes.is_empty()).then(|| bytes.byte())).collect();
        let _ = state.restore_row(table, key, &value);
        let _ = machine.restore_row(table, key, &value);
    }
    state.reindex();
    let (coop, node, mut rng) = (fixed::coop(1), fixed::node(1), ChaCha12Rng::seed_from_u64(1));
    let mut cx = Cx { now: fixed::NOW, keys: Keys { coop: Some(&coop), node: &node }, rng: &mut rng };
    machine.handle(Input::Start, &mut cx);
    let mut disk = BTreeMap::new();
    for row in machine.drain_changes().unwrap() {
        disk.insert((row.table, row.key), row.value);
    }
    let mut again = Federation::new(fixed::coop(1).public(), fixed::node(1).public());
    for ((table, key), value) in disk {
        if let Some(value) = value {
            again.restore_row(table, &key, &value).unwrap();
        }
    }
    again.handle(Input::Start, &mut cx);
}
