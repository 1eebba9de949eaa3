//! A coop's record on the roster: its public name, and which nodes speak for it.

use std::fmt;

use jitney_domain::Timestamp;
use jitney_identity::{Domain, PublicKey, SecretKey, Signature};
use serde::{Deserialize, Serialize};

use crate::bytes::{Blob, millis};
use crate::ids::FederationId;

/// Longest record in bytes, so that an act which admits it fits into one entry of a public log.
pub const MAX_RECORD_BYTES: usize = 1700;
/// Most nodes a coop may certify at a time.
pub const MAX_NODES: usize = 8;
/// Most addresses of one node.
pub const MAX_ADDRESSES: usize = 8;
/// Longest address in bytes.
pub const MAX_ADDRESS_BYTES: usize = 255;
/// Longest public name of a coop in bytes.
pub const MAX_NAME_BYTES: usize = 120;
/// Longest public telephone number in bytes.
pub const MAX_PHONE_BYTES: usize = 40;

/// Layout of what a node certificate signs.
const CERT_VERSION: u8 = 1;

/// Is a coop key's word that a node speaks for the coop during some time.
///
/// What is signed, in the domain `jitney/node-cert/1`, is `version u8 = 1 | coop [32] | node [32] |
/// not_before u64 ms | not_after u64 ms`, numbers big-endian.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeCert {
    /// The node, which is also its name on the network.
    pub node: PublicKey,
    /// The first moment at which the node may speak for the coop.
    pub not_before: Timestamp,
    /// The last one.
    pub not_after: Timestamp,
    /// The coop key's signature.
    pub signature: Signature,
}

impl NodeCert {
    /// Certifies a node.
    pub fn issue(coop: &SecretKey, node: PublicKey, not_before: Timestamp, not_after: Timestamp) -> Self {
        Self::issue_for(&coop.public(), coop, node, not_before, not_after)
    }

    /// Certifies a node for a coop that signs with another key than the one by which it is known.
    pub fn issue_for(
        coop: &PublicKey,
        key: &SecretKey,
        node: PublicKey,
        not_before: Timestamp,
        not_after: Timestamp,
    ) -> Self {
        let message = Self::message(coop, &node, not_before, not_after);
        NodeCert { node, not_before, not_after, signature: key.sign(Domain::NODE_CERT, &message) }
    }

    /// Tells whether that key signed this for the coop.
    pub fn is_signed_by(&self, coop: &PublicKey, key: &PublicKey) -> bool {
        let message = Self::message(coop, &self.node, self.not_before, self.not_after);
        key.verify(Domain::NODE_CERT, &message, &self.signature).is_ok()
    }

    /// Tells whether the node may speak at that moment.
    pub fn covers(&self, at: Timestamp) -> bool {
        self.not_before <= at && at <= self.not_after
    }

    /// Returns the bytes that are signed.
    pub fn message(
        coop: &PublicKey,
        node: &PublicKey,
        not_before: Timestamp,
        not_after: Timestamp,
    ) -> Vec<u8> {
        let mut bytes = vec![CERT_VERSION];
        bytes.extend_from_slice(coop.as_bytes());
        bytes.extend_from_slice(node.as_bytes());
        bytes.extend_from_slice(&millis(not_before));
        bytes.extend_from_slice(&millis(not_after));
        bytes
    }
}

/// One node of a coop and where it may be found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeRecord {
    /// The coop's word for it.
    #[serde(flatten)]
    pub cert: NodeCert,
    /// Multiaddresses; opaque here.
    #[serde(default)]
    pub addresses: Vec<String>,
}

/// What a coop says of itself on the roster. Public: no member and no rider is ever named here.
///
/// When a node is replaced, its old certificate stays in the record until the last entry that it signed
/// has expired; else coops that join in the meantime cannot read those entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoopRecord {
    /// The coop: the key with which it joined. It stays the coop's name, whatever it signs with later.
    pub coop: PublicKey,
    /// The key that it signs with, if that is no longer the one with which it joined. The other coops decided
    /// so by an act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<PublicKey>,
    /// Its public name.
    pub name: String,
    /// Its public dispatch telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Counted from 1; of two records of a coop the one with the higher revision holds.
    pub revision: u64,
    /// The nodes that speak for it.
    pub nodes: Vec<NodeRecord>,
}

/// Says why a coop's record was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The record is longer than one entry can carry.
    #[error(
        "the coop's record has {length} bytes, at most {MAX_RECORD_BYTES} fit; \
         list fewer nodes or addresses"
    )]
    Oversize {
        /// Bytes there were.
        length: usize,
    },
    /// The record is not the JSON of a record.
    #[error("the coop's record cannot be read: {why}")]
    Malformed {
        /// What the reader stumbled over.
        why: String,
    },
    /// The name is empty, too long, or holds control characters.
    #[error("the {field} of the coop must be 1 to {limit} bytes of plain text")]
    BadText {
        /// Which of the texts.
        field: &'static str,
        /// Longest it may be, in bytes.
        limit: usize,
    },
    /// There are no nodes, or too many.
    #[error("a coop lists 1 to {MAX_NODES} nodes, this one {found}")]
    NodeCount {
        /// Nodes there were.
        found: usize,
    },
    /// There are too many addresses of a node, or one is too long.
    #[error("node {node} has more than {MAX_ADDRESSES} addresses or one over {MAX_ADDRESS_BYTES} bytes")]
    Addresses {
        /// The node.
        node: PublicKey,
    },
    /// The record is signed with a key that the coop does not sign with.
    #[error("coop {coop} signs with {expected}, this record with {found}")]
    OtherKey {
        /// The coop.
        coop: PublicKey,
        /// What it signs with.
        expected: PublicKey,
        /// What the record names.
        found: PublicKey,
    },
    /// A certificate is not the coop's.
    #[error("the certificate of node {node} is not signed by coop {coop}")]
    BadCertificate {
        /// The coop.
        coop: PublicKey,
        /// The node.
        node: PublicKey,
    },
    /// The record as a whole is not signed by the coop for this federation.
    #[error("the record of coop {coop} is not signed by it for this federation")]
    BadSignature {
        /// The coop.
        coop: PublicKey,
    },
}

impl CoopRecord {
    /// Returns the key that the coop signs with.
    pub fn signing_key(&self) -> PublicKey {
        self.key.unwrap_or(self.coop)
    }

    /// Checks lengths, counts and certificates.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, as a [`RecordError`].
    pub fn check(&self) -> Result<(), RecordError> {
        check_text("name", Some(&self.name), MAX_NAME_BYTES)?;
        check_text("phone", self.phone.as_deref(), MAX_PHONE_BYTES)?;
        if self.nodes.is_empty() || self.nodes.len() > MAX_NODES {
            return Err(RecordError::NodeCount { found: self.nodes.len() });
        }
        for NodeRecord { cert, addresses } in &self.nodes {
            let too_long = addresses.iter().any(|address| !is_plain(address, MAX_ADDRESS_BYTES));
            if addresses.len() > MAX_ADDRESSES || too_long {
                return Err(RecordError::Addresses { node: cert.node });
            }
            if !cert.is_signed_by(&self.coop, &self.signing_key()) {
                return Err(RecordError::BadCertificate { coop: self.coop, node: cert.node });
            }
        }
        Ok(())
    }

    /// Tells whether the record is short enough to travel.
    pub fn fits(&self) -> bool {
        serde_json::to_vec(self).is_ok_and(|bytes| bytes.len() <= MAX_RECORD_BYTES)
    }

    /// Returns the record that withdraws a node's certificate: from `since` on the node does not speak for the
    /// coop, and what it said since is void. Of a node that is not listed nothing changes.
    ///
    /// It is a certificate that ends earlier, which every version understands. The node stays listed, without
    /// addresses, as what it said before must stay readable for as long as it lives.
    pub fn withdraw(&self, node: &PublicKey, since: Timestamp, coop: &SecretKey) -> CoopRecord {
        let mut record = CoopRecord { revision: self.revision.saturating_add(1), ..self.clone() };
        let last = Timestamp(since.0.saturating_sub(1));
        record.nodes.retain(|entry| entry.cert.node != *node || entry.cert.not_before <= last);
        for NodeRecord { cert, addresses } in record.nodes.iter_mut().filter(|n| n.cert.node == *node) {
            let not_after = cert.not_after.min(last);
            *cert = NodeCert::issue_for(&self.coop, coop, cert.node, cert.not_before, not_after);
            addresses.clear();
        }
        record
    }

    /// Tells whether the node may speak for the coop at that moment.
    pub fn certifies(&self, node: &PublicKey, at: Timestamp) -> bool {
        self.nodes.iter().any(|entry| entry.cert.node == *node && entry.cert.covers(at))
    }
}

fn is_plain(text: &str, limit: usize) -> bool {
    !text.is_empty() && text.len() <= limit && !text.chars().any(char::is_control)
}

fn check_text(field: &'static str, text: Option<&str>, limit: usize) -> Result<(), RecordError> {
    match text {
        Some(text) if !is_plain(text, limit) => Err(RecordError::BadText { field, limit }),
        _ => Ok(()),
    }
}

/// Is a coop's record as it travels: its exact bytes and the coop key's signature.
///
/// The signature, in the domain `jitney/join/1`, covers the federation's id and then the bytes: it is the
/// coop's consent to stand on the roster of that federation with this record.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedRecord {
    /// The JSON of a [`CoopRecord`].
    pub record: Blob,
    /// The coop key's signature.
    pub signature: Signature,
}

impl SignedRecord {
    /// Writes and signs a record.
    ///
    /// # Errors
    ///
    /// A [`RecordError`] for a record that nobody would accept.
    pub fn sign(
        record: &CoopRecord,
        federation: FederationId,
        coop: &SecretKey,
    ) -> Result<Self, RecordError> {
        let malformed = |e: serde_json::Error| RecordError::Malformed { why: e.to_string() };
        let bytes = serde_json::to_vec(record).map_err(malformed)?;
        let signature = coop.sign(Domain::JOIN, &Self::message(federation, &bytes));
        let signed = SignedRecord { record: Blob(bytes), signature };
        signed.open_by(federation, &record.signing_key())?;
        Ok(signed)
    }

    /// Reads and verifies the record of a coop that signs with the key by which it is known.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, as a [`RecordError`].
    pub fn open(&self, federation: FederationId) -> Result<CoopRecord, RecordError> {
        self.open_by(federation, &self.read()?.coop)
    }

    /// Reads and verifies the record of a coop that is known to sign with that key.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, as a [`RecordError`].
    pub fn open_by(&self, federation: FederationId, key: &PublicKey) -> Result<CoopRecord, RecordError> {
        let record = self.read()?;
        if record.signing_key() != *key {
            let (coop, found) = (record.coop, record.signing_key());
            return Err(RecordError::OtherKey { coop, expected: *key, found });
        }
        let message = Self::message(federation, &self.record.0);
        if key.verify(Domain::JOIN, &message, &self.signature).is_err() {
            return Err(RecordError::BadSignature { coop: record.coop });
        }
        record.check()?;
        Ok(record)
    }

    /// Reads the record without asking whether the signature holds.
    ///
    /// # Errors
    ///
    /// [`RecordError::Oversize`] and [`RecordError::Malformed`].
    pub fn read(&self) -> Result<CoopRecord, RecordError> {
        if self.record.0.len() > MAX_RECORD_BYTES {
            return Err(RecordError::Oversize { length: self.record.0.len() });
        }
        serde_json::from_slice(&self.record.0).map_err(|e| RecordError::Malformed { why: e.to_string() })
    }

    fn message(federation: FederationId, record: &[u8]) -> Vec<u8> {
        [federation.0.as_bytes().as_slice(), record].concat()
    }
}

impl fmt::Debug for SignedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedRecord({} bytes)", self.record.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{key, record};
    use jitney_identity::Hash;

    const FEDERATION: FederationId = FederationId(Hash::from_bytes([9; 32]));

    #[test]
    fn a_record_reads_back_as_it_was_signed() {
        let record = record("orchard", 1);
        let signed = SignedRecord::sign(&record, FEDERATION, &key("orchard")).unwrap();
        assert_eq!(signed.open(FEDERATION), Ok(record));
    }

    #[test]
    fn a_record_signed_for_one_federation_is_no_consent_to_another() {
        let signed = SignedRecord::sign(&record("orchard", 1), FEDERATION, &key("orchard")).unwrap();
        let other = FederationId(Hash::of(b"other"));
        assert!(matches!(signed.open(other), Err(RecordError::BadSignature { .. })));
    }

    #[test]
    fn nobody_signs_for_another_coop() {
        let refused = SignedRecord::sign(&record("orchard", 1), FEDERATION, &key("harbour"));
        assert!(matches!(refused, Err(RecordError::BadSignature { .. })));
    }

    #[test]
    fn a_certificate_of_another_coop_is_refused() {
        let mut record = record("orchard", 1);
        record.nodes = super::tests::record("harbour", 1).nodes;
        assert!(matches!(record.check(), Err(RecordError::BadCertificate { .. })));
    }

    #[test]
    fn a_stretched_certificate_is_refused() {
        let mut record = record("orchard", 1);
        record.nodes[0].cert.not_after = Timestamp(i64::MAX);
        assert!(matches!(record.check(), Err(RecordError::BadCertificate { .. })));
    }

    #[test]
    fn names_and_addresses_are_bounded_plain_text() {
        let mut named = record("orchard", 1);
        named.name = "line\nbreak".into();
        assert!(matches!(named.check(), Err(RecordError::BadText { field: "name", .. })));
        let mut found = record("orchard", 1);
        found.nodes[0].addresses = vec!["/dns/x".into(); MAX_ADDRESSES + 1];
        assert!(matches!(found.check(), Err(RecordError::Addresses { .. })));
        let mut many = record("orchard", 1);
        many.nodes = vec![many.nodes[0].clone(); MAX_NODES];
        let oversize = SignedRecord::sign(&many, FEDERATION, &key("orchard"));
        assert!(matches!(oversize, Err(RecordError::Oversize { .. })));
    }

    #[test]
    fn a_withdrawn_node_speaks_up_to_the_moment_and_is_found_nowhere() {
        let record = record("orchard", 1);
        let (cert, since) = (record.nodes[0].cert.clone(), crate::testing::now());
        let withdrawn = record.withdraw(&cert.node, since, &key("orchard"));
        assert_eq!((withdrawn.check(), withdrawn.revision), (Ok(()), 2));
        assert!(withdrawn.certifies(&cert.node, Timestamp(since.0 - 1)));
        assert!(!withdrawn.certifies(&cert.node, since));
        assert!(withdrawn.nodes[0].addresses.is_empty());
        let again = withdrawn.withdraw(&cert.node, Timestamp(since.0 + 5), &key("orchard"));
        assert!(!again.certifies(&cert.node, since), "what was withdrawn is not given back");
        assert!(record.withdraw(&cert.node, cert.not_before, &key("orchard")).nodes.is_empty());
    }

    #[test]
    fn a_node_speaks_only_while_its_certificate_runs() {
        let record = record("orchard", 1);
        let cert = &record.nodes[0].cert;
        assert!(record.certifies(&cert.node, cert.not_before));
        assert!(record.certifies(&cert.node, cert.not_after));
        assert!(!record.certifies(&cert.node, Timestamp(cert.not_after.0 + 1)));
        assert!(!record.certifies(&cert.node, Timestamp(cert.not_before.0 - 1)));
    }
}
