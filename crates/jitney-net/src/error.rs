//! What can go wrong when a node opens its doors or a member asks one.

use std::time::Duration;

use jitney_identity::PublicKey;

use crate::params::ParamsError;

/// Says why the network could not be used, with what to do next.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NetError {
    /// Another program listens on that port already.
    #[error("{addr} is taken by another program; stop it, or listen on another port")]
    PortTaken {
        /// The address that was asked for.
        addr: String,
    },
    /// The text is no address this crate can use.
    #[error("{addr:?} is not a usable address: {reason}; write it like /ip4/192.0.2.1/tcp/4010")]
    BadAddress {
        /// The text that was refused.
        addr: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A relay that cannot say where it is: nobody could be told how to come through it.
    #[error(
        "a relay must say where others reach it; add `--external-address /ip4/ADDRESS/tcp/PORT` \
         or external under [network] in the configuration"
    )]
    RelayWithoutAddress,
    /// The system refused to listen there.
    #[error(
        "cannot listen on {addr}: {reason}; give an address of this machine with --listen or listen under \
         [network], such as /ip4/0.0.0.0/tcp/4010"
    )]
    Listen {
        /// The address that was asked for.
        addr: String,
        /// What the system said.
        reason: String,
    },
    /// The transports could not be built.
    #[error("cannot build the network transports: {reason}")]
    Transport {
        /// What the transport said.
        reason: String,
    },
    /// The gossip parameters contradict each other.
    #[error(transparent)]
    Params(#[from] ParamsError),
    /// No connection to the node came about.
    #[error("the node {node} cannot be reached: {reason}; check its address and that it runs")]
    Unreachable {
        /// The node that was dialled.
        node: PublicKey,
        /// What every address said.
        reason: String,
    },
    /// The node closed the door: it does not know this key, or does not serve this channel to it.
    #[error("the node {node} refused the request: {reason}")]
    Refused {
        /// The node that was asked.
        node: PublicKey,
        /// What was seen of the refusal.
        reason: String,
    },
    /// The request is larger than any node accepts.
    #[error("the request has {bytes} bytes, at most {limit} are allowed")]
    TooLarge {
        /// Length in bytes of the request.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// No answer came in time; whether the node acted on the request is unknown.
    #[error("the node {node} did not answer within {after:?}; whether it acted is unknown")]
    TimedOut {
        /// The node that was asked.
        node: PublicKey,
        /// How long was waited.
        after: Duration,
    },
}
