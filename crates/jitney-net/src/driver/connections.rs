//! Which connections there are with a peer, what they travel on, and which of several go.
//!
//! A node that restarts connects anew while its old connections still count here; one that meets another
//! through a relay makes a direct connection beside the relayed one; a peer that tries whether we can be
//! reached opens one more. So a further connection alone does not tell that the others are dead. Each run of
//! a node names itself by a random word in identify: connections of an earlier run are dead.

use std::collections::HashMap;

use jitney_identity::PublicKey;
use libp2p::core::ConnectedPoint;
use libp2p::multiaddr::Protocol;
use libp2p::swarm::ConnectionId;
use libp2p::{Multiaddr, PeerId};
use tokio::time::Instant;

use super::Driver;
use crate::address::{leads_through_relay, public_key, relay_in, without_peer};
use crate::interface::{NetEvent, Path};
use crate::params;

/// What stands between the software's name and the word for its run.
const RUN_MARK: &str = " run/";

/// Is what the task knows of a connected peer.
pub(super) struct Peer {
    pub(super) key: PublicKey,
    pub(super) subscribed: bool,
    pub(super) opened: HashMap<ConnectionId, Open>,
    /// What was last told of it.
    path: Option<Path>,
}

/// Is one connection.
pub(super) struct Open {
    at: Instant,
    addr: Multiaddr,
    path: Path,
    listener: bool,
    /// The word for the peer's run, once it has said so.
    run: Option<String>,
}

impl Peer {
    /// Returns the best way to the peer: direct before relayed, older before newer.
    fn best(&self) -> Option<Path> {
        self.opened.values().min_by_key(|open| (!open.path.is_direct(), open.at)).map(|open| open.path)
    }

    /// Returns which connections an identified one shows to be dead.
    fn stale(&self, newest: ConnectionId) -> Vec<ConnectionId> {
        let Some(new) = self.opened.get(&newest) else { return Vec::new() };
        let others = self.opened.iter().filter(|(id, old)| **id != newest && old.at <= new.at);
        let stale = others.filter(|(_, old)| {
            let much_older = new.at.duration_since(old.at) > params::STALE_AFTER;
            match (&old.run, &new.run) {
                (Some(old), Some(new)) => old != new,
                // It was never identified, so it died young.
                (None, Some(_)) => much_older,
                // Another make of software, which may not name its runs: it dials only when it has no connection.
                (_, None) => much_older && new.listener && old.path.is_direct() == new.path.is_direct(),
            }
        });
        stale.map(|(id, _)| *id).collect()
    }
}

/// Returns how a node names itself: its software and the word for this run.
pub(super) fn with_run(agent: &str) -> String {
    format!("{agent}{RUN_MARK}{:016x}", rand::random::<u64>())
}

fn run_of(agent: &str) -> Option<String> {
    agent.split_once(RUN_MARK).map(|(_, run)| run.to_owned())
}

impl Driver {
    pub(super) fn on_open(&mut self, peer: PeerId, connection: ConnectionId, endpoint: &ConnectedPoint) {
        let Some(key) = public_key(&peer) else {
            // The gate lets no such peer in.
            return self.disconnect(peer);
        };
        self.blind_dials.remove(&connection);
        self.relays_later.remove(&peer);
        let addr = without_peer(endpoint.get_remote_address().clone());
        if endpoint.is_dialer() {
            self.remember(peer, addr.clone());
        }
        let open = Open {
            at: Instant::now(),
            path: self.path_of(endpoint),
            addr: addr.clone(),
            listener: endpoint.is_listener(),
            run: None,
        };
        let state = self.peers.entry(peer).or_insert_with(|| Peer {
            key,
            subscribed: false,
            opened: HashMap::new(),
            path: None,
        });
        let first = state.opened.is_empty();
        state.opened.insert(connection, open);
        if first {
            let (addr, outbound) = (addr.to_string(), endpoint.is_dialer());
            self.emit(NetEvent::Connected { peer: key, addr, outbound });
            self.watch(peer);
        } else {
            self.spare_relays.push_back((Instant::now() + params::RELAYED_GRACE, peer));
        }
        self.tell_path(peer);
    }

    pub(super) fn on_closed(&mut self, peer: PeerId, connection: ConnectionId, remaining: u32) {
        let Some(state) = self.peers.get_mut(&peer) else { return };
        state.opened.remove(&connection);
        if remaining > 0 {
            return self.tell_path(peer);
        }
        let key = state.key;
        self.peers.remove(&peer);
        self.mute.gone(&peer);
        self.emit(NetEvent::Disconnected { peer: key });
        if self.redial.remove(&peer) {
            self.dial_peer(peer, Vec::new());
        }
    }

    /// Learns which run of a node a connection belongs to, and closes those of earlier runs: as long as they
    /// count, the peer would not learn our subscription.
    pub(super) fn identified(&mut self, peer: PeerId, connection: ConnectionId, agent: &str) {
        let roster = self.swarm.behaviour().gate.is_roster(&peer);
        let Some(state) = self.peers.get_mut(&peer) else { return };
        if let Some(open) = state.opened.get_mut(&connection) {
            open.run = run_of(agent);
        }
        let (stale, name) = (if roster { state.stale(connection) } else { Vec::new() }, state.key.short());
        for connection in stale {
            tracing::debug!(target: "jitney::net", peer = name, "closing a connection of an earlier run");
            self.swarm.close_connection(connection);
        }
    }

    /// Closes relayed connections of a peer that has a direct one.
    pub(super) fn spare_relays_of(&mut self, peer: &PeerId) {
        let Some(state) = self.peers.get(peer) else { return };
        if state.opened.values().any(|open| open.path.is_direct()) {
            for (connection, _) in state.opened.iter().filter(|(_, open)| !open.path.is_direct()) {
                self.swarm.close_connection(*connection);
            }
        }
    }

    /// Closes the connection by which we tried an address of a peer, if there is another direct one.
    pub(super) fn tried_for(&mut self, peer: &PeerId, tried: Multiaddr) {
        let Some(state) = self.peers.get(peer) else { return };
        let tried = without_peer(tried);
        let direct = || state.opened.iter().filter(|(_, open)| open.path.is_direct());
        let trial = direct().filter(|(_, open)| !open.listener && open.addr == tried);
        if let Some((connection, _)) = trial.max_by_key(|(_, open)| open.at)
            && direct().count() > 1
        {
            self.swarm.close_connection(*connection);
        }
    }

    fn tell_path(&mut self, peer: PeerId) {
        let Some(state) = self.peers.get_mut(&peer) else { return };
        let best = state.best();
        if state.path != best {
            state.path = best;
            let peer = state.key;
            if let Some(path) = best {
                self.emit(NetEvent::Path { peer, path });
            }
        }
    }

    fn path_of(&self, endpoint: &ConnectedPoint) -> Path {
        let way = match endpoint {
            ConnectedPoint::Dialer { address, .. } => address,
            ConnectedPoint::Listener { local_addr, .. } => local_addr,
        };
        if leads_through_relay(way) {
            Path::Relay(relay_in(way).or_else(|| self.relay_at(way)))
        } else if way.iter().any(|part| part == Protocol::QuicV1) {
            Path::Quic
        } else {
            Path::Tcp
        }
    }

    /// Returns the connected peer at the beginning of an address through a relay.
    fn relay_at(&self, way: &Multiaddr) -> Option<PublicKey> {
        let at: Multiaddr = way.iter().take_while(|part| *part != Protocol::P2pCircuit).collect();
        let there = |open: &Open| open.addr == at;
        self.peers.values().find(|peer| peer.opened.values().any(there)).map(|peer| peer.key)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jitney_identity::SecretKey;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    struct Connections {
        peer: Peer,
        began: Instant,
    }

    impl Connections {
        fn new() -> Self {
            let key = SecretKey::from_seed([1; 32]).public();
            let peer = Peer { key, subscribed: false, opened: HashMap::new(), path: None };
            Self { peer, began: Instant::now() }
        }

        fn open(&mut self, id: usize, after: Duration, path: Path, run: Option<&str>) -> ConnectionId {
            let id = ConnectionId::new_unchecked(id);
            let run = run.map(str::to_owned);
            let addr = Multiaddr::empty();
            let at = self.began + after;
            self.peer.opened.insert(id, Open { at, addr, path, listener: true, run });
            id
        }
    }

    #[test]
    fn connections_of_an_earlier_run_are_stale_however_they_travel() {
        let mut all = Connections::new();
        let old = all.open(1, Duration::ZERO, Path::Tcp, Some("a"));
        let relayed = all.open(2, Duration::ZERO, Path::Relay(None), Some("a"));
        let new = all.open(3, Duration::from_millis(500), Path::Quic, Some("b"));
        let mut stale = all.peer.stale(new);
        stale.sort();
        assert_eq!(stale, [old, relayed]);
        assert!(all.peer.stale(old).is_empty(), "the past does not judge the present");
    }

    #[test]
    fn a_trial_and_a_direct_connection_beside_a_relayed_one_kill_nothing() {
        let mut all = Connections::new();
        all.open(1, Duration::ZERO, Path::Relay(None), Some("a"));
        let direct = all.open(2, LONG, Path::Tcp, Some("a"));
        let trial = all.open(3, LONG * 2, Path::Tcp, Some("a"));
        assert!(all.peer.stale(direct).is_empty() && all.peer.stale(trial).is_empty());
    }

    #[test]
    fn software_that_names_no_runs_is_judged_by_time() {
        let mut all = Connections::new();
        let old = all.open(1, Duration::ZERO, Path::Tcp, None);
        let relayed = all.open(2, Duration::ZERO, Path::Relay(None), None);
        let at_once = all.open(3, Duration::from_millis(900), Path::Tcp, None);
        assert!(all.peer.stale(at_once).is_empty(), "both dialled at once");
        let later = all.open(4, LONG, Path::Tcp, None);
        let mut stale = all.peer.stale(later);
        stale.sort();
        assert_eq!(stale, [old, at_once], "not the relayed one, {relayed}");
    }

    #[test]
    fn a_direct_way_is_better_than_any_relay() {
        let mut all = Connections::new();
        all.open(1, Duration::ZERO, Path::Relay(None), None);
        assert_eq!(all.peer.best(), Some(Path::Relay(None)));
        all.open(2, LONG, Path::Quic, None);
        all.open(3, LONG * 2, Path::Tcp, None);
        assert_eq!(all.peer.best(), Some(Path::Quic));
    }

    #[test]
    fn a_run_is_named_behind_the_software() {
        let (one, other) = (with_run("jitney/0.1"), with_run("jitney/0.1"));
        assert!(one.starts_with("jitney/0.1 run/") && one != other);
        assert_eq!(run_of(&one).map(|run| run.len()), Some(16));
        assert_eq!(run_of("kubo/0.30"), None);
    }
}
