//! The network of a cooperative's node: bytes in, bytes out, peers named by their ed25519 keys.
//!
//! This crate drives libp2p for the federation protocol and is the only one that knows libp2p. It opens
//! and guards connections over TCP and QUIC, spreads records by gossip among the nodes of the federation's
//! roster, and carries requests and their answers on four [`Channel`]s: between coops, from members to
//! their coop, and from newcomers.
//!
//! It does not know what the bytes mean. It checks no signature but the handshake's, decides no
//! membership, stores nothing and never retries: who may connect comes from the node as
//! [`NetCommand::Allow`], whether a gossiped message is sound comes as [`NetCommand::Verdict`], and what
//! was not published or answered comes back as an event for the node to act on. Gossip is the fast path
//! and may lose messages; sync is the truth, and the events say when to sync.
//!
//! Every queue is bounded. While the node is slow to receive events, peers are held back. At the door the [`gate`](NetCommand::Allow) admits the roster, members,
//! and strangers only while an invitation is open.
//!
//! # Example
//!
//! Two nodes on one machine; one asks the other something.
//!
//! ```
//! use std::collections::BTreeSet;
//! use jitney_identity::SecretKey;
//! use jitney_net::{Channel, NetCommand, NetConfig, NetEvent, start};
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let (north, south) = (SecretKey::from_seed([1; 32]), SecretKey::from_seed([2; 32]));
//! let roster = BTreeSet::from([north.public(), south.public()]);
//! let allow = NetCommand::Allow { roster, members: BTreeSet::new(), strangers: false };
//!
//! let listen = vec!["/ip4/127.0.0.1/tcp/0".to_owned()];
//! let config = NetConfig { listen, ..NetConfig::new(north.clone()) };
//! let (north_net, mut of_north) = start(config).await?;
//! let (south_net, mut of_south) = start(NetConfig::new(south)).await?;
//!
//! north_net.commands.send(allow.clone()).await?;
//! south_net.commands.send(allow).await?;
//! let addrs = north_net.local_addrs().to_vec();
//! south_net.commands.send(NetCommand::Dial { peer: Some(north.public()), addrs }).await?;
//!
//! while let Some(event) = of_south.recv().await {
//!     if let NetEvent::Connected { peer, .. } = event {
//!         let bytes = b"what is new?".to_vec();
//!         south_net.commands.send(NetCommand::Request { id: 1, peer, channel: Channel::Sync, bytes }).await?;
//!         break;
//!     }
//! }
//! while let Some(event) = of_north.recv().await {
//!     if let NetEvent::Request { bytes, .. } = event {
//!         assert_eq!(bytes, b"what is new?");
//!         break;
//!     }
//! }
//! north_net.shutdown().await;
//! south_net.shutdown().await;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address;
mod behaviour;
pub mod client;
mod codec;
mod config;
mod driver;
mod error;
mod fence;
mod gate;
mod interface;
pub mod params;
mod traffic;
mod transport;
mod when_woken;

pub use address::{address_with_peer, is_relayed, parse_address, peer_id, public_key, relay_of};
pub use config::{NetConfig, NetLimits};
pub use driver::{NetHandle, start};
pub use error::NetError;
pub use interface::{Channel, NetCommand, NetEvent, Path, Verdict};
pub use libp2p::PeerId;
pub use traffic::{Direction, Flow, Tap, Traffic};
