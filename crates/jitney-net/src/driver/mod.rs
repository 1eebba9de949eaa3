//! The network task: one loop that owns the swarm.
//!
//! It does three things at a time: hand events to the node, take commands, and poll the swarm. While the
//! node is slow to take events the swarm is not polled, so peers are held back by their own transports;
//! commands are still taken, so a node that waits for room in the command queue is never waited for in turn.

mod command;
mod connections;
mod mute;
mod relays;
mod swarm_event;

pub(crate) use swarm_event::dial_reason;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use futures::StreamExt;
use jitney_identity::PublicKey;
use libp2p::gossipsub::MessageId;
use libp2p::request_response::OutboundRequestId;
use libp2p::swarm::behaviour::NewExternalAddrCandidate;
use libp2p::swarm::{ConnectionId, FromSwarm, NetworkBehaviour as _};
use libp2p::{Multiaddr, PeerId, Swarm};
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::address::{keypair, parse_multiaddr};
use crate::behaviour::{Behaviour, OwnTopic, ResponseChannel, gossip};
use crate::config::{NetConfig, NetLimits};
use crate::error::NetError;
use crate::interface::{Channel, NetCommand, NetEvent};
use crate::params;
use crate::traffic::{Meter, Traffic};
use crate::transport;

use connections::{Peer, with_run};
use mute::{End, Mute};
use relays::Relays;

/// Is a running network: give it commands, ask it for its addresses and traffic, shut it down.
///
/// The network also shuts down when every sender of commands is gone.
#[derive(Debug)]
pub struct NetHandle {
    /// Takes commands; bounded, so a sender may have to wait.
    pub commands: mpsc::Sender<NetCommand>,
    addrs: Vec<String>,
    meter: Arc<Meter>,
    task: JoinHandle<()>,
}

impl NetHandle {
    /// Returns the addresses of the listeners at the start, without `/p2p/…`; those that come up later are
    /// told by [`NetEvent::Listening`].
    pub fn local_addrs(&self) -> &[String] {
        &self.addrs
    }

    /// Returns what crossed the wire since the start.
    pub fn traffic(&self) -> Traffic {
        self.meter.traffic()
    }

    /// Closes every connection in good order and waits for that, at most
    /// [`params::SHUTDOWN_TIMEOUT`]; a peer then knows at once and a restart is not met with silence.
    pub async fn shutdown(self) {
        // A closed queue means that the task has ended or is ending.
        let _ = self.commands.send(NetCommand::Shutdown).await;
        if let Err(error) = self.task.await {
            tracing::error!(target: "jitney::net", %error, "the network task did not end in good order");
        }
    }
}

/// Starts a node's network on the current tokio runtime and returns, when every listener is bound, the way to it and
/// what it reports.
///
/// Up to [`params::EVENT_QUEUE`] events wait to be received, then peers are held back until there is room. Who drops
/// the receiver shuts the network down.
///
/// # Errors
///
/// [`NetError::PortTaken`], [`NetError::BadAddress`] and [`NetError::Listen`] for an address that cannot be
/// used; [`NetError::RelayWithoutAddress`] for a relay that names none; [`NetError::Transport`] and
/// [`NetError::Params`] if libp2p cannot be set up.
pub async fn start(config: NetConfig) -> Result<(NetHandle, mpsc::Receiver<NetEvent>), NetError> {
    let key = keypair(&config.secret);
    if config.relay && config.external.is_empty() {
        return Err(NetError::RelayWithoutAddress);
    }
    let config = NetConfig { agent: with_run(&config.agent), ..config };
    let (gossip, topic) = gossip()?;
    let mut swarm = transport::relayed_swarm(&key, |client| Behaviour::new(&key, &config, gossip, client))?;
    let addrs = transport::listen(&mut swarm, &config.listen).await?;
    for text in &config.external {
        let (addr, _) = parse_multiaddr(text)?;
        // Said by the operator, and tried by peers all the same.
        let reach = swarm.behaviour_mut().seldom.reach.inner_mut();
        reach.on_swarm_event(FromSwarm::NewExternalAddrCandidate(NewExternalAddrCandidate { addr: &addr }));
        swarm.add_external_address(addr);
    }
    let meter = Arc::new(Meter::new(config.tap));
    let (commands, commands_in) = mpsc::channel(params::COMMAND_QUEUE);
    let (events, events_out) = mpsc::channel(params::EVENT_QUEUE);
    let mut driver = Driver::new(swarm, commands_in, events, config.limits, Arc::clone(&meter), topic);
    for addr in addrs.clone() {
        driver.emit(NetEvent::Listening { addr });
    }
    let task = tokio::spawn(driver.run());
    Ok((NetHandle { commands, addrs, meter, task }, events_out))
}

struct Driver {
    swarm: Swarm<Behaviour>,
    commands: mpsc::Receiver<NetCommand>,
    events: mpsc::Sender<NetEvent>,
    /// Events that found the queue full.
    backlog: VecDeque<NetEvent>,
    limits: NetLimits,
    meter: Arc<Meter>,
    topic: OwnTopic,
    peers: HashMap<PeerId, Peer>,
    /// Where peers were reached, or are said to be, best first.
    known: HashMap<PeerId, Vec<Multiaddr>>,
    /// Dials of addresses without a key.
    blind_dials: HashMap<ConnectionId, String>,
    next_token: u64,
    /// Gossiped messages that wait for a verdict.
    unjudged: BTreeMap<u64, (MessageId, PeerId)>,
    /// Requests of peers that wait for the node.
    unanswered: BTreeMap<u64, (Channel, ResponseChannel)>,
    /// Requests of the node that wait for a peer.
    asked: HashMap<(Channel, OutboundRequestId), u64>,
    mute: Mute,
    /// Mute peers to dial again as soon as they are disconnected.
    redial: HashSet<PeerId>,
    relays: Relays,
    /// Peers that are being dialled directly, and when and where to try through relays as well.
    relays_later: HashMap<PeerId, (Instant, Vec<Multiaddr>)>,
    /// Peers with more than one connection, and when to close relayed ones beside direct ones.
    spare_relays: VecDeque<(Instant, PeerId)>,
    /// Guests who may no longer stay, and when they must be gone.
    leaving: VecDeque<(Instant, PeerId)>,
    refusals: Refusals,
}

impl Driver {
    fn new(
        swarm: Swarm<Behaviour>,
        commands: mpsc::Receiver<NetCommand>,
        events: mpsc::Sender<NetEvent>,
        limits: NetLimits,
        meter: Arc<Meter>,
        topic: OwnTopic,
    ) -> Self {
        Self {
            swarm,
            commands,
            events,
            backlog: VecDeque::new(),
            mute: Mute::new(limits.mute_grace),
            limits,
            meter,
            topic,
            peers: HashMap::new(),
            known: HashMap::new(),
            blind_dials: HashMap::new(),
            next_token: 0,
            unjudged: BTreeMap::new(),
            unanswered: BTreeMap::new(),
            asked: HashMap::new(),
            redial: HashSet::new(),
            relays: Relays::default(),
            relays_later: HashMap::new(),
            spare_relays: VecDeque::new(),
            leaving: VecDeque::new(),
            refusals: Refusals::default(),
        }
    }

    async fn run(mut self) {
        loop {
            let deadline = self.deadline();
            let quiet = self.backlog.is_empty();
            tokio::select! {
                // The node's own word first: a verdict lets a message go on to everybody behind us.
                biased;
                open = has_room(&self.events), if !quiet => if open { self.hand_over() } else { break },
                command = self.commands.recv(), if self.backlog.len() < params::ANSWER_QUEUE => match command {
                    None | Some(NetCommand::Shutdown) => break,
                    Some(command) => self.on_command(command),
                },
                () = sleep_until(deadline), if deadline.is_some() => self.on_deadline(Instant::now()),
                event = self.swarm.select_next_some(), if quiet => self.on_swarm_event(event),
            }
        }
        self.close().await;
    }

    /// Returns when to look at what is due.
    fn deadline(&self) -> Option<Instant> {
        let queues = [&self.leaving, &self.spare_relays].map(|queue| queue.front().map(|(at, _)| *at));
        let dials = self.relays_later.values().map(|(at, _)| *at).min();
        queues.into_iter().chain([self.mute.next(), self.relays.next(), dials]).flatten().min()
    }

    /// Hands an event to the node, or keeps it until there is room.
    fn emit(&mut self, event: NetEvent) {
        if !self.backlog.is_empty() {
            self.backlog.push_back(event);
            return;
        }
        match self.events.try_send(event) {
            Ok(()) => {}
            Err(TrySendError::Full(event)) => self.backlog.push_back(event),
            // Nobody listens any more: end as if every sender of commands were gone.
            Err(TrySendError::Closed(_)) => self.commands.close(),
        }
    }

    /// Hands over what is kept, as far as there is room.
    fn hand_over(&mut self) {
        while let Some(event) = self.backlog.pop_front() {
            if let Err(error) = self.events.try_send(event) {
                self.backlog.push_front(error.into_inner());
                break;
            }
        }
    }

    /// Tells of somebody who was turned away, unless too many were this second.
    fn refuse(&mut self, peer: Option<PublicKey>, reason: String) {
        tracing::debug!(target: "jitney::net", peer = ?peer.map(|key| key.short()), reason, "turned away");
        if self.refusals.may_tell(Instant::now()) {
            self.emit(NetEvent::Refused { peer, reason });
        }
    }

    fn token(&mut self) -> u64 {
        self.next_token = self.next_token.wrapping_add(1);
        self.next_token
    }

    /// Starts the clock of a connected roster peer that does not hear our gossip though it should.
    fn watch(&mut self, peer: PeerId) {
        let roster = self.swarm.behaviour().gate.is_roster(&peer);
        let silent = self.peers.get(&peer).is_some_and(|peer| !peer.subscribed);
        if roster && silent && self.topic.get().is_some() {
            let end = if self.known.contains_key(&peer) { End::Dialler } else { End::Listener };
            self.mute.watch(peer, end, Instant::now());
        }
    }

    fn on_deadline(&mut self, now: Instant) {
        for peer in self.mute.due(now) {
            let name = self.peers.get(&peer).map(|peer| peer.key.short());
            tracing::info!(target: "jitney::net", peer = name, "connected but silent: connecting anew");
            if self.known.contains_key(&peer) {
                self.redial.insert(peer);
            }
            self.disconnect(peer);
        }
        self.reserve(now);
        let due = self.relays_later.iter().filter(|(_, (at, _))| *at <= now).map(|(peer, _)| *peer);
        for peer in due.collect::<Vec<_>>() {
            self.dial_through_relays(peer);
        }
        while let Some((_, peer)) = self.spare_relays.front().copied().filter(|(at, _)| *at <= now) {
            self.spare_relays.pop_front();
            self.spare_relays_of(&peer);
        }
        while let Some((_, peer)) = self.leaving.front().copied().filter(|(at, _)| *at <= now) {
            self.leaving.pop_front();
            if self.swarm.behaviour().gate.standing(&peer).is_err() {
                self.disconnect(peer);
            }
        }
    }

    fn disconnect(&mut self, peer: PeerId) {
        // An error only says that it was not connected.
        let _ = self.swarm.disconnect_peer_id(peer);
    }

    /// Closes every connection so that peers know at once, and gives the last packets time to leave.
    async fn close(mut self) {
        let connected: Vec<PeerId> = self.swarm.connected_peers().copied().collect();
        for peer in connected {
            self.disconnect(peer);
        }
        let deadline = Instant::now() + params::SHUTDOWN_TIMEOUT;
        while self.swarm.connected_peers().next().is_some() {
            if tokio::time::timeout_at(deadline, self.swarm.select_next_some()).await.is_err() {
                break;
            }
        }
        let linger = Instant::now() + params::SHUTDOWN_LINGER;
        while tokio::time::timeout_at(linger, self.swarm.select_next_some()).await.is_ok() {}
    }
}

/// Waits for room in the queue of events and tells whether anybody still takes from it.
async fn has_room(events: &mpsc::Sender<NetEvent>) -> bool {
    events.reserve().await.is_ok()
}

async fn sleep_until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

/// Counts refusals so that a flood at the door does not drown the node.
#[derive(Debug, Default)]
struct Refusals {
    second: Option<Instant>,
    told: u32,
}

impl Refusals {
    fn may_tell(&mut self, now: Instant) -> bool {
        if self.second.is_none_or(|second| now.duration_since(second).as_secs() >= 1) {
            (self.second, self.told) = (Some(now), 0);
        }
        self.told = self.told.saturating_add(1);
        self.told <= params::REFUSALS_PER_SECOND_MAX
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_flood_of_refusals_is_told_a_few_times_a_second() {
        let (mut refusals, now) = (Refusals::default(), Instant::now());
        let told = |refusals: &mut Refusals, now| (0..100).filter(|_| refusals.may_tell(now)).count();
        assert_eq!(told(&mut refusals, now), 8);
        assert_eq!(told(&mut refusals, now + Duration::from_millis(900)), 0);
        assert_eq!(told(&mut refusals, now + Duration::from_secs(1)), 8);
    }
}
