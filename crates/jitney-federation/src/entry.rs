//! The public log entry: a fixed binary header, an opaque body, a signature over the bytes that travel.
//!
//! ```text
//! version u8 = 1 | kind u16 | federation [32] | origin [32] | node [32] | incarnation u64 | seq u64
//! | prev [32] | issued_at u64 ms | expires_at u64 ms | body_len u16 | body | signature [64]
//! ```
//!
//! Numbers are big-endian. The signature is the node key's, in the domain `jitney/entry/1`, over all bytes
//! before it; the id is BLAKE3 of all bytes. Nothing is ever encoded again to be verified.

use std::fmt;

use jitney_domain::booking::{TicketBody, TicketClosed};
use jitney_domain::gossip::GossipBody as _;
use jitney_domain::{Minutes, Timestamp};
use jitney_identity::{Domain, Hash, PublicKey, SecretKey, Signature};
use serde::{Deserialize, Serialize};

use crate::bytes::{Reader, millis, moment};
use crate::ids::{EntryId, EntryKey, FederationId, Incarnation, LogId};

/// Longest entry, all told, in bytes.
pub const MAX_ENTRY_BYTES: usize = 4096;
/// Bytes of an entry that are not its body: header and signature.
pub const ENTRY_OVERHEAD_BYTES: usize = 229;
/// Longest body of an entry in bytes.
pub const MAX_ENTRY_BODY_BYTES: usize = 3867;
/// Longest time an entry may live, 30 days: what bounds the disk.
pub const MAX_ENTRY_LIFE: Minutes = Minutes(30 * 24 * 60);
/// Layout of entries that this program writes and reads.
pub const ENTRY_VERSION: u8 = 1;

/// What an entry says. Unknown kinds are verified, kept and relayed, not interpreted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Kind(pub u16);

impl Kind {
    /// A trip ticket was opened.
    pub const TICKET_OPENED: Kind = Kind(TicketBody::KIND);
    /// A trip ticket was changed.
    pub const TICKET_CHANGED: Kind = Kind(17);
    /// A trip ticket was closed.
    pub const TICKET_CLOSED: Kind = Kind(TicketClosed::KIND);
    /// Spare seats on a planned run are offered.
    pub const CAPACITY_POSTED: Kind = Kind(24);
    /// Spare seats are no longer offered.
    pub const CAPACITY_WITHDRAWN: Kind = Kind(25);
    /// Membership credentials are revoked.
    pub const CREDENTIAL_REVOKED: Kind = Kind(32);
    /// Aggregate statistics of the coop.
    pub const STATISTICS: Kind = Kind(40);
    /// What is live in the log: reveals withheld entries.
    pub const MANIFEST: Kind = Kind(48);
    /// An act on the roster is proposed.
    pub const ROSTER_PROPOSED: Kind = Kind(64);
    /// An act on the roster is endorsed.
    pub const ROSTER_ENDORSED: Kind = Kind(65);
    /// A coop renews its own record on the roster.
    pub const RECORD_RENEWED: Kind = Kind(66);

    /// Tells whether this crate itself acts on entries of the kind, so that nobody else need to.
    pub fn is_internal(self) -> bool {
        matches!(self, Kind::MANIFEST | Kind::ROSTER_PROPOSED | Kind::ROSTER_ENDORSED | Kind::RECORD_RENEWED)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kind({})", self.0)
    }
}

/// Says what is wrong with the bytes of an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// There are more bytes than any entry has.
    #[error("an entry has at most {MAX_ENTRY_BYTES} bytes, this one has {length}")]
    Oversize {
        /// Bytes there were.
        length: usize,
    },
    /// The bytes end before the entry does.
    #[error("the entry is cut off after {length} bytes")]
    Truncated {
        /// Bytes there were.
        length: usize,
    },
    /// There are bytes after the signature.
    #[error("{extra} bytes follow the signature of the entry")]
    TrailingBytes {
        /// Bytes too many.
        extra: usize,
    },
    /// The layout is of another version.
    #[error("entries of version {version} are not understood; upgrade this node")]
    UnknownVersion {
        /// The version given.
        version: u8,
    },
    /// The entry belongs to another federation.
    #[error("the entry belongs to federation {found}")]
    WrongFederation {
        /// The federation it names.
        found: FederationId,
    },
    /// A key in the header is not an ed25519 public key.
    #[error("the {which} key of the entry is not an ed25519 public key")]
    BadKey {
        /// Which of the keys: origin or node.
        which: &'static str,
    },
    /// Entries are counted from 1; the first names no predecessor and every other one does.
    #[error("entry number {seq} has no fitting predecessor")]
    BadPlace {
        /// The number given.
        seq: u64,
    },
    /// The entry expires before it is issued, more than 30 days after, or beyond all time.
    #[error(
        "an entry lives at most 30 days; this one is issued at {issued_at} ms and expires at {expires_at} ms"
    )]
    BadValidity {
        /// Milliseconds since 1970.
        issued_at: u64,
        /// Milliseconds since 1970.
        expires_at: u64,
    },
    /// The signature is not the node's over these bytes.
    #[error("the entry is not signed by node {node}")]
    BadSignature {
        /// The node named in the header.
        node: PublicKey,
    },
}

/// The fixed part of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryHeader {
    /// What the body says.
    pub kind: Kind,
    /// The federation it belongs to.
    pub federation: FederationId,
    /// The coop that speaks.
    pub origin: PublicKey,
    /// The node of that coop that signs.
    pub node: PublicKey,
    /// Which life of the log.
    pub incarnation: Incarnation,
    /// Number in the log, counted from 1.
    pub seq: u64,
    /// Id of the entry before, or zero for the first.
    pub prev: Hash,
    /// When it was written, by the writer's clock.
    pub issued_at: Timestamp,
    /// From when on it means nothing any more.
    pub expires_at: Timestamp,
}

impl EntryHeader {
    /// Returns the place of the entry.
    pub fn key(&self) -> EntryKey {
        self.log().at(self.seq)
    }

    /// Returns the log the entry stands in.
    pub fn log(&self) -> LogId {
        LogId { origin: self.origin, incarnation: self.incarnation }
    }

    fn check(&self) -> Result<(), EntryError> {
        if self.seq == 0 || (self.seq == 1) != (self.prev == Hash::ZERO) {
            return Err(EntryError::BadPlace { seq: self.seq });
        }
        let latest = self.issued_at.after(MAX_ENTRY_LIFE);
        if self.issued_at.0 < 0 || self.expires_at < self.issued_at || self.expires_at > latest {
            return Err(EntryError::BadValidity {
                issued_at: u64::try_from(self.issued_at.0).unwrap_or(0),
                expires_at: u64::try_from(self.expires_at.0).unwrap_or(0),
            });
        }
        Ok(())
    }

    fn encode(&self, body: &[u8], body_length: u16) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(body.len().saturating_add(ENTRY_OVERHEAD_BYTES));
        bytes.push(ENTRY_VERSION);
        bytes.extend_from_slice(&self.kind.0.to_be_bytes());
        bytes.extend_from_slice(self.federation.0.as_bytes());
        bytes.extend_from_slice(self.origin.as_bytes());
        bytes.extend_from_slice(self.node.as_bytes());
        bytes.extend_from_slice(&self.incarnation.0.to_be_bytes());
        bytes.extend_from_slice(&self.seq.to_be_bytes());
        bytes.extend_from_slice(self.prev.as_bytes());
        bytes.extend_from_slice(&millis(self.issued_at));
        bytes.extend_from_slice(&millis(self.expires_at));
        bytes.extend_from_slice(&body_length.to_be_bytes());
        bytes.extend_from_slice(body);
        bytes
    }
}

/// An entry of a public log, with the bytes that were signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    header: EntryHeader,
    bytes: Vec<u8>,
    id: EntryId,
}

impl Entry {
    /// Writes an entry and signs it; the header's node becomes the signer's.
    ///
    /// # Errors
    ///
    /// [`EntryError::Oversize`] for a body over [`MAX_ENTRY_BODY_BYTES`], [`EntryError::BadPlace`] and
    /// [`EntryError::BadValidity`] for a header that nobody would accept.
    pub fn sign(mut header: EntryHeader, body: &[u8], node: &SecretKey) -> Result<Self, EntryError> {
        let oversize = EntryError::Oversize { length: body.len().saturating_add(ENTRY_OVERHEAD_BYTES) };
        if body.len() > MAX_ENTRY_BODY_BYTES {
            return Err(oversize);
        }
        header.node = node.public();
        header.check()?;
        let mut bytes = header.encode(body, u16::try_from(body.len()).map_err(|_| oversize)?);
        let signature = node.sign(Domain::ENTRY, &bytes);
        bytes.extend_from_slice(signature.as_bytes());
        Ok(Entry { header, id: EntryId(Hash::of(&bytes)), bytes })
    }

    /// Reads and verifies an entry of one federation. Whether its origin may speak there, and whether it is
    /// live, is not asked here.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, as an [`EntryError`].
    pub fn decode(bytes: &[u8], federation: FederationId) -> Result<Self, EntryError> {
        let entry = Self::parse(bytes)?;
        if entry.header.federation != federation {
            return Err(EntryError::WrongFederation { found: entry.header.federation });
        }
        entry.verify()?;
        Ok(entry)
    }

    /// Reads an entry without asking whether its signature holds.
    ///
    /// # Errors
    ///
    /// Every [`EntryError`] but [`EntryError::BadSignature`] and [`EntryError::WrongFederation`].
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > MAX_ENTRY_BYTES {
            return Err(EntryError::Oversize { length: bytes.len() });
        }
        let mut reader = Reader::new(bytes);
        let truncated = EntryError::Truncated { length: bytes.len() };
        match reader.u8() {
            Some(ENTRY_VERSION) => {}
            Some(version) => return Err(EntryError::UnknownVersion { version }),
            None => return Err(truncated),
        }
        let raw = RawHeader::read(&mut reader).ok_or(truncated.clone())?;
        reader.take(usize::from(raw.body_length)).ok_or(truncated.clone())?;
        reader.array::<64>().ok_or(truncated)?;
        if reader.remaining() > 0 {
            return Err(EntryError::TrailingBytes { extra: reader.remaining() });
        }
        let header = raw.header()?;
        header.check()?;
        Ok(Entry { header, bytes: bytes.to_vec(), id: EntryId(Hash::of(bytes)) })
    }

    /// Checks the signature.
    ///
    /// # Errors
    ///
    /// [`EntryError::BadSignature`] if the node did not sign these bytes.
    pub fn verify(&self) -> Result<(), EntryError> {
        let refused = EntryError::BadSignature { node: self.header.node };
        let signed = self.bytes.split_last_chunk::<64>();
        let (message, signature) = signed.ok_or(refused.clone())?;
        let signature = Signature::from_bytes(*signature);
        self.header.node.verify(Domain::ENTRY, message, &signature).map_err(|_| refused)
    }

    /// Returns the header.
    pub fn header(&self) -> &EntryHeader {
        &self.header
    }

    /// Returns the body: JSON, which this crate does not read but for its own kinds.
    pub fn body(&self) -> &[u8] {
        let end = self.bytes.len().saturating_sub(64);
        let start = ENTRY_OVERHEAD_BYTES.saturating_sub(64);
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// Returns the bytes as they travel.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the hash of all bytes.
    pub fn id(&self) -> EntryId {
        self.id
    }

    /// Returns the place of the entry.
    pub fn key(&self) -> EntryKey {
        self.header.key()
    }
}

/// A header whose keys and moments are not looked at yet.
struct RawHeader {
    kind: u16,
    federation: [u8; 32],
    origin: [u8; 32],
    node: [u8; 32],
    incarnation: u64,
    seq: u64,
    prev: [u8; 32],
    issued_at: u64,
    expires_at: u64,
    body_length: u16,
}

impl RawHeader {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(RawHeader {
            kind: reader.u16()?,
            federation: reader.array()?,
            origin: reader.array()?,
            node: reader.array()?,
            incarnation: reader.u64()?,
            seq: reader.u64()?,
            prev: reader.array()?,
            issued_at: reader.u64()?,
            expires_at: reader.u64()?,
            body_length: reader.u16()?,
        })
    }

    fn header(&self) -> Result<EntryHeader, EntryError> {
        let validity = || EntryError::BadValidity { issued_at: self.issued_at, expires_at: self.expires_at };
        let key = |bytes, which| PublicKey::from_bytes(bytes).map_err(|_| EntryError::BadKey { which });
        Ok(EntryHeader {
            kind: Kind(self.kind),
            federation: FederationId(Hash::from_bytes(self.federation)),
            origin: key(&self.origin, "origin")?,
            node: key(&self.node, "node")?,
            incarnation: Incarnation(self.incarnation),
            seq: self.seq,
            prev: Hash::from_bytes(self.prev),
            issued_at: moment(self.issued_at).ok_or_else(validity)?,
            expires_at: moment(self.expires_at).ok_or_else(validity)?,
        })
    }
}

#[cfg(test)]
mod tests;
