//! Fixtures of the unit tests: keys and records that follow from a name.

use jitney_domain::{Minutes, Timestamp};
use jitney_identity::{Hash, SecretKey};

use crate::charter::{Agreement, CHARTER_VERSION, Charter};
use crate::record::{CoopRecord, NodeCert, NodeRecord};

/// A fixed moment in November 2023.
pub(crate) fn now() -> Timestamp {
    Timestamp(1_700_000_000_000)
}

/// The coop key of a coop by its name.
pub(crate) fn key(name: &str) -> SecretKey {
    SecretKey::from_seed(*Hash::of(format!("coop {name}").as_bytes()).as_bytes())
}

/// The node key of a coop by its name.
pub(crate) fn node(name: &str) -> SecretKey {
    SecretKey::from_seed(*Hash::of(format!("node {name}").as_bytes()).as_bytes())
}

/// The record of a coop with one node, certified for a year around [`now`].
pub(crate) fn record(name: &str, revision: u64) -> CoopRecord {
    let week = Minutes(7 * 24 * 60);
    let until = now().after(Minutes(365 * 24 * 60));
    CoopRecord {
        coop: key(name).public(),
        key: None,
        name: name.to_owned(),
        phone: None,
        revision,
        nodes: vec![NodeRecord {
            cert: NodeCert::issue(&key(name), node(name).public(), now().before(week), until),
            addresses: vec![format!("/dns/{name}.example/tcp/4170")],
        }],
    }
}

/// A charter founded by a coop.
pub(crate) fn charter(founder: &str) -> Charter {
    Charter {
        version: CHARTER_VERSION,
        name: "Valley lifts".into(),
        founder: record(founder, 1),
        founded_at: now(),
        terms: Hash::of(b"terms"),
        agreement: Agreement { currency: "EUR".into(), per_km_minor: Some(30), per_trip_minor: None },
    }
}
