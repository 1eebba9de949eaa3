//! Builds nodes and waits for what they report.

use std::collections::BTreeSet;
use std::time::Duration;

use jitney_identity::{PublicKey, SecretKey};
use jitney_net::{Channel, NetCommand, NetConfig, NetEvent, NetHandle, start};
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

pub const TCP: &str = "/ip4/127.0.0.1/tcp/0";
pub const QUIC: &str = "/ip4/127.0.0.1/udp/0/quic-v1";
pub const FEDERATION: [u8; 32] = [0xfe; 32];

/// Longer than anything here should take, on a slow machine.
const PATIENCE: Duration = Duration::from_secs(20);

pub fn secret(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

pub fn key(seed: u8) -> PublicKey {
    secret(seed).public()
}

pub fn keys(seeds: &[u8]) -> BTreeSet<PublicKey> {
    seeds.iter().map(|seed| key(*seed)).collect()
}

pub struct Node {
    pub net: NetHandle,
    pub key: PublicKey,
    pub events: Receiver<NetEvent>,
}

impl Node {
    pub async fn new(seed: u8, listen: &[&str]) -> Self {
        Self::with(seed, listen, |_| {}).await
    }

    pub async fn with(seed: u8, listen: &[&str], change: impl FnOnce(&mut NetConfig)) -> Self {
        let listen = listen.iter().map(ToString::to_string).collect();
        let mut config = NetConfig { listen, ..NetConfig::new(secret(seed)) };
        change(&mut config);
        let (net, events) = start(config).await.expect("the node starts");
        Self { net, key: key(seed), events }
    }

    /// A node that lets this roster in and gossips.
    pub async fn federated(seed: u8, listen: &[&str], roster: &[u8]) -> Self {
        let node = Self::new(seed, listen).await;
        node.join(roster).await;
        node
    }

    pub async fn join(&self, roster: &[u8]) {
        self.allow(roster, &[], false).await;
        self.tell(NetCommand::Federate { federation: FEDERATION }).await;
    }

    pub async fn allow(&self, roster: &[u8], members: &[u8], strangers: bool) {
        self.tell(NetCommand::Allow { roster: keys(roster), members: keys(members), strangers }).await;
    }

    pub async fn tell(&self, command: NetCommand) {
        self.net.commands.send(command).await.expect("the node runs");
    }

    pub async fn dial(&self, other: &Node) {
        let addrs = other.net.local_addrs().to_vec();
        self.tell(NetCommand::Dial { peer: Some(other.key), addrs }).await;
    }

    pub async fn ask(&self, id: u64, peer: PublicKey, channel: Channel, bytes: &[u8]) {
        self.tell(NetCommand::Request { id, peer, channel, bytes: bytes.to_vec() }).await;
    }

    pub async fn publish(&self, bytes: &[u8], id: u64) {
        self.tell(NetCommand::Publish { bytes: bytes.to_vec(), id }).await;
    }

    /// Waits for the first event for which `find` gives something, and skips those before.
    pub async fn wait<T>(&mut self, what: &str, mut find: impl FnMut(&NetEvent) -> Option<T>) -> T {
        let mut skipped = Vec::new();
        let found = timeout(PATIENCE, async {
            loop {
                let event = self.events.recv().await.expect("the node ended");
                if let Some(found) = find(&event) {
                    return found;
                }
                skipped.push(event);
            }
        });
        match found.await {
            Ok(found) => found,
            Err(_) => panic!("{what} did not come; what came: {skipped:?}"),
        }
    }

    pub async fn connected(&mut self, other: PublicKey) {
        self.wait("Connected", |event| {
            matches!(event, NetEvent::Connected { peer, .. } if *peer == other).then_some(())
        })
        .await;
    }

    pub async fn disconnected(&mut self, other: PublicKey) {
        self.wait("Disconnected", |event| {
            matches!(event, NetEvent::Disconnected { peer } if *peer == other).then_some(())
        })
        .await;
    }

    pub async fn subscribed(&mut self, other: PublicKey) {
        self.wait("Subscribed", |event| {
            matches!(event, NetEvent::Subscribed { peer } if *peer == other).then_some(())
        })
        .await;
    }

    /// Waits for a gossiped message and returns who passed it on, its token and its bytes.
    pub async fn gossip(&mut self) -> (PublicKey, u64, Vec<u8>) {
        self.wait("Gossip", |event| match event {
            NetEvent::Gossip { from, token, bytes } => Some((*from, *token, bytes.clone())),
            _ => None,
        })
        .await
    }

    /// Waits for a request and answers it with its own bytes, reversed.
    pub async fn answer(&mut self) -> (PublicKey, Channel) {
        let (from, channel, token, mut bytes) = self
            .wait("Request", |event| match event {
                NetEvent::Request { from, channel, token, bytes } => {
                    Some((*from, *channel, *token, bytes.clone()))
                }
                _ => None,
            })
            .await;
        bytes.reverse();
        self.tell(NetCommand::Respond { token, bytes }).await;
        (from, channel)
    }

    /// Waits for what became of a request.
    pub async fn outcome(&mut self, wanted: u64) -> Result<Vec<u8>, String> {
        self.wait("the outcome of a request", |event| match event {
            NetEvent::Response { id, bytes, .. } if *id == wanted => Some(Ok(bytes.clone())),
            NetEvent::RequestFailed { id, reason, .. } if *id == wanted => Some(Err(reason.clone())),
            _ => None,
        })
        .await
    }

    /// Waits for what became of a published message.
    pub async fn publishing(&mut self, wanted: u64) -> Result<(), String> {
        self.wait("the outcome of publishing", |event| match event {
            NetEvent::Published { id } if *id == wanted => Some(Ok(())),
            NetEvent::NotPublished { id, reason } if *id == wanted => Some(Err(reason.clone())),
            _ => None,
        })
        .await
    }

    /// Asserts that nothing of a kind comes for a while.
    pub async fn silent(&mut self, span: Duration, unwanted: impl Fn(&NetEvent) -> bool) {
        let until = tokio::time::Instant::now() + span;
        while let Ok(event) = tokio::time::timeout_at(until, self.events.recv()).await {
            let event = event.expect("the node ended");
            assert!(!unwanted(&event), "unwanted: {event:?}");
        }
    }
}

/// Two connected nodes of one federation that hear each other's gossip.
pub async fn pair(listen: &str) -> (Node, Node) {
    let mut north = Node::federated(1, &[listen], &[1, 2]).await;
    let mut south = Node::federated(2, &[listen], &[1, 2]).await;
    south.dial(&north).await;
    north.subscribed(key(2)).await;
    south.subscribed(key(1)).await;
    (north, south)
}
