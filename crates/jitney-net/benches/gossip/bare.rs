//! Swarms of nothing but gossipsub.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures::StreamExt;
use jitney_identity::Hash;
use jitney_net::params::GossipParams;
use libp2p::gossipsub::{
    Behaviour, ConfigBuilder, Event, IdentTopic, MessageAuthenticity, MessageId, ValidationMode,
};
use libp2p::swarm::SwarmEvent;
use libp2p::{Multiaddr, Swarm, SwarmBuilder, identity, noise, tcp, yamux};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{Heard, line};

/// All of them.
pub(crate) struct Network {
    publish: Vec<UnboundedSender<Vec<u8>>>,
    pub(crate) heard: UnboundedReceiver<Heard>,
}

fn behaviour(topic: &IdentTopic, signer: Option<&identity::Keypair>) -> Behaviour {
    let ours = GossipParams::default();
    let (mode, authenticity) = match signer {
        Some(key) => (ValidationMode::Strict, MessageAuthenticity::Signed(key.clone())),
        None => (ValidationMode::Anonymous, MessageAuthenticity::Anonymous),
    };
    let config = ConfigBuilder::default()
        .validation_mode(mode)
        .message_id_fn(|message| MessageId::from(Hash::of(&message.data).as_bytes()[..20].to_vec()))
        .mesh_n(ours.mesh_n)
        .mesh_n_low(ours.mesh_low)
        .mesh_n_high(ours.mesh_high)
        .mesh_outbound_min(ours.mesh_outbound_min)
        .gossip_lazy(ours.gossip_lazy)
        .heartbeat_interval(ours.heartbeat)
        .heartbeat_initial_delay(ours.heartbeat)
        .history_length(ours.history_length)
        .history_gossip(ours.history_gossip)
        .duplicate_cache_time(ours.duplicate_cache)
        .flood_publish(true)
        .max_transmit_size(ours.bytes_max)
        .connection_handler_queue_len(ours.queue)
        .build()
        .unwrap();
    let mut gossip = Behaviour::new(authenticity, config).unwrap();
    gossip.subscribe(topic).unwrap();
    gossip
}

impl Network {
    /// Starts the swarms and connects them; `signed` as gossipsub does by default, so that every node verifies
    /// every message before it passes it on.
    pub(crate) async fn start(
        nodes: u16,
        links: &BTreeSet<(u16, u16)>,
        delay: Duration,
        signed: bool,
    ) -> Self {
        let topic = IdentTopic::new("jitney/1/00000000/records");
        let (mut swarms, mut addresses) = (Vec::new(), Vec::new());
        for _ in 0..nodes {
            let key = identity::Keypair::generate_ed25519();
            let mut swarm = SwarmBuilder::with_existing_identity(key.clone())
                .with_tokio()
                .with_tcp(tcp::Config::default().nodelay(true), noise::Config::new, yamux::Config::default)
                .unwrap()
                .with_behaviour(|_| behaviour(&topic, signed.then_some(&key)))
                .unwrap()
                .with_swarm_config(|config| {
                    config.with_idle_connection_timeout(jitney_net::params::IDLE_TIMEOUT)
                })
                .build();
            swarm.listen_on("/ip4/127.0.0.1/tcp/0".parse().unwrap()).unwrap();
            let address: Multiaddr = loop {
                if let SwarmEvent::NewListenAddr { address, .. } = swarm.select_next_some().await {
                    break address;
                }
            };
            addresses.push(address);
            swarms.push(swarm);
        }
        for (from, to) in links {
            let begin = line::lay(line::socket(&addresses[usize::from(*to)].to_string()), delay).await;
            swarms[usize::from(*from)].dial(line::multiaddr(begin).parse::<Multiaddr>().unwrap()).unwrap();
        }
        let (sender, heard) = unbounded_channel();
        let run = |swarm| {
            let (publish, messages) = unbounded_channel();
            tokio::spawn(drive(swarm, topic.clone(), messages, sender.clone()));
            publish
        };
        Network { publish: swarms.into_iter().map(run).collect(), heard }
    }

    /// Lets a node publish, and returns when.
    pub(crate) async fn publish(&mut self, from: u16, bytes: &[u8]) -> Instant {
        let begun = Instant::now();
        self.publish[usize::from(from)].send(bytes.to_vec()).unwrap();
        begun
    }
}

async fn drive(
    mut swarm: Swarm<Behaviour>,
    topic: IdentTopic,
    mut messages: UnboundedReceiver<Vec<u8>>,
    heard: UnboundedSender<Heard>,
) {
    loop {
        tokio::select! {
            message = messages.recv() => {
                let Some(message) = message else { return };
                swarm.behaviour_mut().publish(topic.clone(), message).unwrap();
            }
            event = swarm.select_next_some() => {
                if let SwarmEvent::Behaviour(Event::Message { message, .. }) = event {
                    let _ = heard.send(Heard { message: Hash::of(&message.data), at: Instant::now() });
                }
            }
        }
    }
}
