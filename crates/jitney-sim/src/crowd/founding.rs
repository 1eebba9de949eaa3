//! A roster of many coops at once: the acts that a majority signed, as rows of a store.

use std::collections::BTreeMap;

use jitney_domain::table::RowChange;
use jitney_domain::{Minutes, Timestamp};
use jitney_federation::act::{self, Change, RosterAct, SignedAct};
use jitney_federation::charter::{Agreement, CHARTER_VERSION, Charter, SignedCharter};
use jitney_federation::membership::Membership;
use jitney_federation::sync::RosterMark;
use jitney_federation::{CoopRecord, FederationId, NodeCert, NodeRecord, SignedRecord};
use jitney_identity::{Hash, SecretKey};

const CHARTERS: u8 = 128;
const ACTS: u8 = 129;

/// A federation and the rows by which a node knows it.
pub(super) struct Founded {
    pub federation: FederationId,
    pub mark: RosterMark,
    pub rows: Vec<RowChange>,
}

/// Founds a federation of coops with these coop and node keys; the first founds it.
pub(super) fn found(keys: &[(SecretKey, SecretKey)], now: Timestamp) -> Result<Founded, String> {
    let word = |error: &dyn std::fmt::Display| error.to_string();
    let (founder, node) = keys.first().ok_or("nobody founds it")?;
    let charter = Charter {
        version: CHARTER_VERSION,
        name: "Sixty Valleys".into(),
        founder: record(founder, node, 0, now),
        founded_at: now,
        terms: Hash::of(b"terms"),
        agreement: Agreement { currency: "EUR".into(), per_km_minor: Some(30), per_trip_minor: None },
    };
    let signed = SignedCharter::sign(&charter, founder).map_err(|e| word(&e))?;
    let federation = signed.federation();
    let mut membership = Membership::default();
    membership.adopt_charter(signed).map_err(|e| word(&e))?;
    for (n, (coop, node)) in keys.iter().enumerate().skip(1) {
        let roster = membership.roster().ok_or("there is no roster")?;
        let record =
            SignedRecord::sign(&record(coop, node, n, now), federation, coop).map_err(|e| word(&e))?;
        let act = RosterAct {
            federation,
            version: roster.version().next(),
            prev: roster.hash(),
            change: Change::Admit(record),
            proposed_at: now,
            expires_at: now.after(Minutes(60)),
        };
        let bytes = act.encode().map_err(|e| word(&e))?;
        let signers = keys.iter().take(roster.majority());
        let signatures: BTreeMap<_, _> =
            signers.map(|(coop, _)| (coop.public(), act::endorse(&bytes.0, coop))).collect();
        membership.adopt(SignedAct { act: bytes, signatures }).map_err(|e| word(&e))?;
    }
    let roster = membership.roster().ok_or("there is no roster")?;
    let mark = RosterMark { version: roster.version(), hash: roster.hash() };
    let mut rows = Vec::new();
    membership.charter.drain_changes(CHARTERS, &mut rows).map_err(|e| word(&e))?;
    membership.acts.drain_changes(ACTS, &mut rows).map_err(|e| word(&e))?;
    Ok(Founded { federation, mark, rows })
}

fn record(coop: &SecretKey, node: &SecretKey, number: usize, now: Timestamp) -> CoopRecord {
    let (from, until) = (now.before(Minutes(60)), now.after(Minutes(300 * 24 * 60)));
    CoopRecord {
        key: None,
        coop: coop.public(),
        name: format!("Valley {number}"),
        phone: None,
        revision: 1,
        nodes: vec![NodeRecord {
            cert: NodeCert::issue(coop, node.public(), from, until),
            addresses: Vec::new(),
        }],
    }
}
