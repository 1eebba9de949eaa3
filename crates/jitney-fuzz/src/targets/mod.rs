//! The targets, by what they read.

pub mod federation;
mod local;
mod map;
mod node;
mod people;
mod places;
pub mod receive;
mod wire;

pub(crate) use places::town;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Target, seeds};

/// All of them.
pub const ALL: &[Target] = &[
    Target {
        name: "entry",
        reads: "an entry of a public log",
        longest: 4200,
        run: wire::entry,
        seeds: seeds::entry,
    },
    Target {
        name: "direct",
        reads: "a direct message",
        longest: 8192,
        run: wire::direct,
        seeds: seeds::direct,
    },
    Target {
        name: "charter",
        reads: "a signed charter",
        longest: 12_000,
        run: wire::charter,
        seeds: seeds::charter,
    },
    Target {
        name: "record",
        reads: "a coop's signed record",
        longest: 4096,
        run: wire::record,
        seeds: seeds::record,
    },
    Target {
        name: "act",
        reads: "an act of the roster with signatures",
        longest: 8192,
        run: wire::act,
        seeds: seeds::act,
    },
    Target {
        name: "proof",
        reads: "a proof of equivocation",
        longest: 12_000,
        run: wire::proof,
        seeds: seeds::proof,
    },
    Target {
        name: "sync-request",
        reads: "a sync request",
        longest: 16_384,
        run: wire::sync_request,
        seeds: seeds::sync_request,
    },
    Target {
        name: "sync-page",
        reads: "an answer to one",
        longest: 16_384,
        run: wire::sync_page,
        seeds: seeds::sync_page,
    },
    Target {
        name: "join-request",
        reads: "a request to join",
        longest: 8300,
        run: wire::join_request,
        seeds: seeds::join_request,
    },
    Target {
        name: "join-reply",
        reads: "an answer to one",
        longest: 16_384,
        run: wire::join_reply,
        seeds: seeds::join_reply,
    },
    Target { name: "link", reads: "an invitation link", longest: 4200, run: wire::link, seeds: seeds::link },
    Target {
        name: "booking",
        reads: "bodies of booking messages, tickets and spare places, and that they are no more",
        longest: 8192,
        run: wire::booking,
        seeds: seeds::booking,
    },
    Target {
        name: "names",
        reads: "keys, fingerprints, hashes, ids, cells, addresses as text",
        longest: 512,
        run: wire::names,
        seeds: seeds::names,
    },
    Target {
        name: "extract",
        reads: "an OpenStreetMap extract",
        longest: 4096,
        run: map::extract,
        seeds: seeds::extract,
    },
    Target { name: "roads", reads: "a file of roads", longest: 4096, run: map::roads, seeds: seeds::roads },
    Target {
        name: "credential",
        reads: "a credential of membership or delegation",
        longest: 17_000,
        run: people::credential,
        seeds: seeds::credential,
    },
    Target {
        name: "sealed",
        reads: "sealed cards and details",
        longest: 17_000,
        run: people::sealed_box,
        seeds: seeds::sealed_box,
    },
    Target {
        name: "key-file",
        reads: "a key file",
        longest: 4200,
        run: people::key_file,
        seeds: seeds::key_file,
    },
    Target {
        name: "member",
        reads: "what a member's device sends",
        longest: 8192,
        run: people::member,
        seeds: seeds::member,
    },
    Target {
        name: "config",
        reads: "the configuration file",
        longest: 8192,
        run: local::config,
        seeds: seeds::config,
    },
    Target {
        name: "places",
        reads: "the file of places, what is searched in it, lists of addresses",
        longest: 8192,
        run: places::run,
        seeds: seeds::places,
    },
    Target {
        name: "journal",
        reads: "a segment of the journal, key slots, the witness",
        longest: 8192,
        run: local::journal,
        seeds: seeds::journal,
    },
    Target {
        name: "rows",
        reads: "stored rows of domain and federation",
        longest: 8192,
        run: local::rows,
        seeds: seeds::rows,
    },
    Target {
        name: "federation",
        reads: "deeds that feed the federation's machine",
        longest: 2048,
        run: federation::run,
        seeds: seeds::federation,
    },
    Target {
        name: "receive",
        reads: "deeds that feed the domain",
        longest: 2048,
        run: receive::run,
        seeds: seeds::receive,
    },
    Target {
        name: "node",
        reads: "deeds that feed a whole node",
        longest: 2048,
        run: node::run,
        seeds: seeds::node,
    },
];

/// Checks that what was read is written to something that reads the same.
fn reads_back<T: Serialize + DeserializeOwned + PartialEq>(value: &T) -> Vec<u8> {
    let written = serde_json::to_vec(value).expect("what was read can be written");
    let again: T = serde_json::from_slice(&written).expect("what was written can be read");
    assert!(again == *value, "it reads back as something else: {}", String::from_utf8_lossy(&written));
    written
}
