//! How cooperatives find together: charter, roster, public logs, frontier sync, direct messages.
//!
//! This crate is a protocol and nothing else. It is a state machine that takes [`Input`]s (a connection, a
//! message, the passing of time) and returns [`Output`]s (messages to send, nodes to dial, entries for the
//! domain). It knows no socket, no disk and no clock; a node drives it over libp2p, a simulator over queues,
//! a test by hand. Time, keys and randomness come with every call in a [`Cx`].
//!
//! It does not know what the coops talk about: the bodies of entries and direct messages are opaque bytes,
//! save for its own few kinds by which the roster changes.
//!
//! **Gossip is the fast path, sync is the truth.** An entry goes out from a durable outbox; what anybody
//! missed is fetched by comparing [`Frontier`]s on every connect, on a hint, and every ten minutes.
//! **Persist, then speak**: what changed is drained as rows ([`Federation::drain_changes`]), and outputs may
//! leave only when those rows are durable.
//!
//! ```
//! use jitney_domain::booking::TicketClosed;
//! use jitney_domain::{Minutes, TicketId, Timestamp};
//! use jitney_federation::{
//!     Agreement, CoopRecord, Cx, Federation, FoundParams, Input, Keys, NodeCert, NodeRecord, Output,
//! };
//! use jitney_identity::{Hash, SecretKey};
//! use rand::SeedableRng;
//!
//! let (coop, node) = (SecretKey::from_seed([1; 32]), SecretKey::from_seed([2; 32]));
//! let now = Timestamp(1_700_000_000_000);
//! let mut rng = rand::rngs::StdRng::seed_from_u64(7);
//! let mut cx = Cx { now, keys: Keys { coop: Some(&coop), node: &node }, rng: &mut rng };
//!
//! let until = now.after(Minutes(365 * 24 * 60));
//! let record = CoopRecord {
//!     coop: coop.public(),
//!     key: None,
//!     name: "Orchard Lifts".into(),
//!     phone: None,
//!     revision: 1,
//!     nodes: vec![NodeRecord {
//!         cert: NodeCert::issue(&coop, node.public(), now, until),
//!         addresses: vec![],
//!     }],
//! };
//! let agreement = Agreement { currency: "EUR".into(), per_km_minor: Some(30), per_trip_minor: None };
//! let params = FoundParams { name: "Valley".into(), terms: Hash::of(b"our terms"), agreement, record };
//!
//! let mut federation = Federation::new(coop.public(), node.public());
//! federation.handle(Input::Start, &mut cx);
//! federation.found(params, &mut cx)?;
//! let closed = TicketClosed { ticket: TicketId::from_bytes([9; 16]) };
//! let (id, outputs) = federation.append(&closed, now.after(Minutes(60)), &mut cx)?;
//! assert!(matches!(&outputs[..], [Output::EntryAccepted { entry }] if entry.id() == id));
//! assert!(!federation.drain_changes()?.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::unwrap_used, clippy::arithmetic_side_effects))]
#![warn(missing_docs)]

pub mod act;
mod bytes;
pub mod charter;
pub mod direct;
pub mod entry;
pub mod frontier;
mod ids;
pub mod invitation;
pub mod join;
pub mod log;
pub mod machine;
pub mod mail;
pub mod membership;
pub mod record;
pub mod roster;
pub mod rows;
pub mod sync;
#[cfg(test)]
mod testing;

pub use act::{ActError, Change, RosterAct, SignedAct};
pub use bytes::Blob;
pub use charter::{Agreement, Charter, CharterError, SignedCharter};
pub use direct::{DirectError, DirectMessage, DirectRefusal, DirectReply};
pub use entry::{Entry, EntryError, EntryHeader, Kind};
pub use frontier::{Frontier, Range, Ranges, Span, diff};
pub use ids::{
    ActId, CoopKey, EntryId, EntryKey, FederationId, Incarnation, LogId, MailKey, MessageId, SecretHash,
    Version,
};
pub use invitation::{InvitationKind, InvitationLink, InvitationSecret, LinkError};
pub use join::{JoinProgress, JoinRefusal};
pub use log::{EntryRefusal, EquivocationProof};
pub use machine::{
    Channel, CommandError, Counters, Cx, Federation, FoundParams, Input, Keys, Newcomer, Output, PeerStatus,
    ProposalView, Verdict,
};
pub use record::{CoopRecord, NodeCert, NodeRecord, RecordError, SignedRecord};
pub use roster::{Roster, RosterError};
