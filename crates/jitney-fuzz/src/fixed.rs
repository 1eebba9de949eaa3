//! The small federation that seeds and targets share: four coops, keys of one repeated byte.

use std::sync::LazyLock;

use jitney_domain::{Minutes, Timestamp};
use jitney_federation::act::{ACT_LIFE, endorse};
use jitney_federation::charter::CHARTER_VERSION;
use jitney_federation::{
    Agreement, Change, Charter, CoopRecord, FederationId, NodeCert, NodeRecord, Roster, RosterAct, SignedAct,
    SignedCharter, SignedRecord,
};
use jitney_identity::{Hash, SecretKey};

/// The present of the seeds, in November 2023.
pub const NOW: Timestamp = Timestamp(1_700_000_000_000);
/// Coops on the roster are numbered from 1 to this; the first is ours and founded it.
pub const COOPS: u8 = 4;
/// A coop that is not on the roster.
pub const OUTSIDER: u8 = 9;

/// Returns the coop key of a coop by its number.
pub fn coop(number: u8) -> SecretKey {
    SecretKey::from_seed([number; 32])
}

/// Returns the node key of a coop by its number.
pub fn node(number: u8) -> SecretKey {
    SecretKey::from_seed([100_u8.wrapping_add(number); 32])
}

/// Returns the record of a coop by its number.
pub fn record(number: u8, revision: u64) -> CoopRecord {
    let key = coop(number);
    let (from, until) = (NOW.before(Minutes(60 * 24 * 60)), NOW.after(Minutes(400 * 24 * 60)));
    CoopRecord {
        key: None,
        coop: key.public(),
        name: format!("Coop {number}"),
        phone: Some("+33 1 55 55 01 00".into()),
        revision,
        nodes: vec![NodeRecord {
            cert: NodeCert::issue(&key, node(number).public(), from, until),
            addresses: vec![format!("/dns4/coop-{number}.example/tcp/4170")],
        }],
    }
}

/// A federation as it is kept.
#[derive(Debug)]
pub struct World {
    /// Its charter.
    pub charter: SignedCharter,
    /// The acts by which coops 2 to [`COOPS`] were admitted.
    pub acts: Vec<SignedAct>,
    /// The roster that follows.
    pub roster: Roster,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let charter = Charter {
        version: CHARTER_VERSION,
        name: "Valley lifts".into(),
        founder: record(1, 1),
        founded_at: NOW,
        terms: Hash::of(b"terms"),
        agreement: Agreement { currency: "EUR".into(), per_km_minor: Some(30), per_trip_minor: None },
    };
    let charter = SignedCharter::sign(&charter, &coop(1)).unwrap();
    let (mut roster, _) = Roster::found(&charter).unwrap();
    let mut acts = Vec::new();
    for number in 2..=COOPS {
        let record = SignedRecord::sign(&record(number, 1), roster.federation(), &coop(number)).unwrap();
        let signed = act(&roster, Change::Admit(record), 1..number);
        roster.apply(&signed).unwrap();
        acts.push(signed);
    }
    World { charter, acts, roster }
});

/// Returns an act that follows the roster, signed by coops of those numbers.
pub fn act(roster: &Roster, change: Change, signers: impl IntoIterator<Item = u8>) -> SignedAct {
    let act = RosterAct {
        federation: roster.federation(),
        version: roster.version().next(),
        prev: roster.hash(),
        change,
        proposed_at: NOW,
        expires_at: NOW.after(ACT_LIFE),
    };
    let act = act.encode().unwrap();
    let sign = |number: u8| (coop(number).public(), endorse(&act.0, &coop(number)));
    let signatures = signers.into_iter().map(sign).collect();
    SignedAct { act, signatures }
}

/// Returns the federation.
pub fn world() -> &'static World {
    &WORLD
}

/// Returns its name.
pub fn federation() -> FederationId {
    WORLD.roster.federation()
}

/// Returns its roster.
pub fn roster() -> Roster {
    WORLD.roster.clone()
}
