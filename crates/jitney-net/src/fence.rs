//! Keeps gossip among roster nodes.
//!
//! gossipsub's own blacklist drops what a peer sends, but a blacklisted peer may still subscribe and hear
//! everything. Behind the fence a connection of anybody else has no gossip protocol at all.

use std::collections::{HashMap, HashSet};
use std::task::{Context, Poll};

use libp2p::core::Endpoint;
use libp2p::core::transport::PortUse;
use libp2p::swarm::behaviour::{ConnectionClosed, ConnectionEstablished};
use libp2p::swarm::derive_prelude::Either;
use libp2p::swarm::{
    ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent, THandlerOutEvent,
    ToSwarm, dummy,
};
use libp2p::{Multiaddr, PeerId};

/// Offers a behaviour only on connections whose peer is on the roster when they open.
///
/// Who joins the roster later gets it with the next connection; who leaves must be disconnected.
pub(crate) struct Fence<B> {
    inner: B,
    roster: HashSet<PeerId>,
    inside: HashMap<PeerId, HashSet<ConnectionId>>,
}

impl<B> Fence<B> {
    pub(crate) fn new(inner: B) -> Self {
        Self { inner, roster: HashSet::new(), inside: HashMap::new() }
    }

    /// Replaces who is offered the behaviour.
    pub(crate) fn allow(&mut self, roster: HashSet<PeerId>) {
        self.roster = roster;
    }

    pub(crate) fn inner_mut(&mut self) -> &mut B {
        &mut self.inner
    }

    /// Returns how many connections of a peer are inside, or nothing if this one is not.
    fn count(&self, peer: &PeerId, connection: ConnectionId) -> Option<usize> {
        self.inside.get(peer).filter(|inside| inside.contains(&connection)).map(HashSet::len)
    }

    /// Takes a connection out and returns how many of its peer remain, or nothing if it was not inside.
    fn remove(&mut self, peer: &PeerId, connection: ConnectionId) -> Option<usize> {
        let inside = self.inside.get_mut(peer)?;
        if !inside.remove(&connection) {
            return None;
        }
        let remaining = inside.len();
        if remaining == 0 {
            self.inside.remove(peer);
        }
        Some(remaining)
    }
}

impl<B: NetworkBehaviour> NetworkBehaviour for Fence<B> {
    type ConnectionHandler = Either<THandler<B>, dummy::ConnectionHandler>;
    type ToSwarm = B::ToSwarm;

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        if !self.roster.contains(&peer) {
            return Ok(Either::Right(dummy::ConnectionHandler));
        }
        let handler = self.inner.handle_established_inbound_connection(connection, peer, local, remote)?;
        self.inside.entry(peer).or_default().insert(connection);
        Ok(Either::Left(handler))
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        addr: &Multiaddr,
        role: Endpoint,
        port: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        if !self.roster.contains(&peer) {
            return Ok(Either::Right(dummy::ConnectionHandler));
        }
        let handler =
            self.inner.handle_established_outbound_connection(connection, peer, addr, role, port)?;
        self.inside.entry(peer).or_default().insert(connection);
        Ok(Either::Left(handler))
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        match event {
            FromSwarm::ConnectionEstablished(open) => {
                if let Some(count) = self.count(&open.peer_id, open.connection_id) {
                    let other_established = count.saturating_sub(1);
                    let open = ConnectionEstablished { other_established, ..open };
                    self.inner.on_swarm_event(FromSwarm::ConnectionEstablished(open));
                }
            }
            FromSwarm::ConnectionClosed(closed) => {
                if let Some(remaining_established) = self.remove(&closed.peer_id, closed.connection_id) {
                    let closed = ConnectionClosed { remaining_established, ..closed };
                    self.inner.on_swarm_event(FromSwarm::ConnectionClosed(closed));
                }
            }
            FromSwarm::AddressChange(change) => {
                if self.count(&change.peer_id, change.connection_id).is_some() {
                    self.inner.on_swarm_event(FromSwarm::AddressChange(change));
                }
            }
            other => self.inner.on_swarm_event(other),
        }
    }

    fn on_connection_handler_event(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        event: THandlerOutEvent<Self>,
    ) {
        match event {
            Either::Left(event) => self.inner.on_connection_handler_event(peer, connection, event),
            Either::Right(never) => match never {},
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        self.inner.poll(cx).map(|event| event.map_in(Either::Left))
    }
}
