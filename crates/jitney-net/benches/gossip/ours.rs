//! Whole network drivers, each with the machine that judges what comes.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jitney_federation::{Input, Output, Verdict as Judged};
use jitney_identity::{Hash, PublicKey};
use jitney_net::{NetCommand, NetConfig, NetEvent, NetHandle, Verdict, start};
use tokio::sync::mpsc::{Receiver, Sender, UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::federated::{Node, World};
use crate::{Heard, line};

/// All of them.
pub(crate) struct Network {
    nodes: Vec<NetHandle>,
    pub(crate) heard: UnboundedReceiver<Heard>,
}

impl Network {
    /// Starts the nodes and connects them.
    pub(crate) async fn start(
        world: &World,
        nodes: u16,
        links: &BTreeSet<(u16, u16)>,
        delay: Duration,
    ) -> Self {
        let roster: BTreeSet<PublicKey> = (0..nodes).map(|node| world.node_key(node).public()).collect();
        let (sender, heard) = unbounded_channel();
        let mut handles = Vec::new();
        for number in 0..nodes {
            let listen = vec!["/ip4/127.0.0.1/tcp/0".to_owned()];
            let config = NetConfig { listen, ..NetConfig::new(world.node_key(number)) };
            let (handle, inbox) = start(config).await.unwrap();
            let mut judge = world.node(number);
            judge.start();
            tokio::spawn(listen_to(inbox, judge, handle.commands.clone(), sender.clone()));
            let federation = *world.federation().0.as_bytes();
            let allow =
                NetCommand::Allow { roster: roster.clone(), members: BTreeSet::new(), strangers: false };
            handle.commands.send(allow).await.unwrap();
            handle.commands.send(NetCommand::Federate { federation }).await.unwrap();
            handles.push(handle);
        }
        for (from, to) in links {
            let begin = line::lay(line::socket(&handles[usize::from(*to)].local_addrs()[0]), delay).await;
            let addrs = vec![line::multiaddr(begin)];
            let dial = NetCommand::Dial { peer: Some(world.node_key(*to).public()), addrs };
            handles[usize::from(*from)].commands.send(dial).await.unwrap();
        }
        Network { nodes: handles, heard }
    }

    /// Lets a node publish, and returns when.
    pub(crate) async fn publish(&mut self, from: u16, bytes: &[u8]) -> Instant {
        let begun = Instant::now();
        let publish = NetCommand::Publish { bytes: bytes.to_vec(), id: 1 };
        self.nodes[usize::from(from)].commands.send(publish).await.unwrap();
        begun
    }
}

/// Judges what a node hears, as its core would, and says so to its driver.
async fn listen_to(
    mut inbox: Receiver<NetEvent>,
    mut judge: Node,
    commands: Sender<NetCommand>,
    heard: UnboundedSender<Heard>,
) {
    while let Some(event) = inbox.recv().await {
        let NetEvent::Gossip { from, token, bytes } = event else { continue };
        let message = Hash::of(&bytes);
        for output in judge.handle(Input::Gossip { from, token, bytes }) {
            let Output::Verdict { token, verdict } = output else { continue };
            assert_eq!(verdict, Judged::Accept, "every message is good");
            let _ = commands.send(NetCommand::Verdict { token, verdict: Verdict::Accept }).await;
            let _ = heard.send(Heard { message, at: Instant::now() });
        }
    }
}
