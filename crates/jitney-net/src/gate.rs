//! The door: who may connect at all, and as what.

use std::collections::HashSet;
use std::convert::Infallible;
use std::fmt;
use std::task::{Context, Poll};

use libp2p::core::Endpoint;
use libp2p::core::transport::PortUse;
use libp2p::swarm::{
    ConnectionDenied, ConnectionId, DialError, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent,
    THandlerOutEvent, ToSwarm, dummy,
};
use libp2p::{Multiaddr, PeerId};

use crate::address::{leads_through_relay, public_key};
use crate::interface::Channel;
use crate::params::KNOWN_PEERS_MAX;

/// Says as what a peer is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// A node of the federation.
    Roster,
    /// A member of this coop.
    Member,
    /// A stranger while an invitation is open, or a node that we dialled by key.
    Guest,
}

impl Standing {
    /// Tells whether a peer of this standing may use a channel.
    pub(crate) fn may_use(self, channel: Channel) -> bool {
        match channel {
            Channel::Sync | Channel::Book => self == Self::Roster,
            Channel::Member => self != Self::Guest,
            Channel::Join => true,
        }
    }
}

/// Says why the door stayed shut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Denied {
    Unknown,
    TooManyStrangers,
    NotEd25519,
    Relayed,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "its key is neither on the roster nor a member's, and no invitation is open",
            Self::TooManyStrangers => "too many strangers are connected, try again in a minute",
            Self::Relayed => "only nodes of the roster may come through a relay",
            Self::NotEd25519 => "its key is not a sound ed25519 key",
        })
    }
}

impl std::error::Error for Denied {}

/// Decides at every finished handshake whether the peer may stay; at first nobody may.
///
/// Must stand in the behaviour before everything that keeps state of connections: gossipsub remembers a
/// connection that a later behaviour denies.
#[derive(Debug)]
pub(crate) struct Gate {
    roster: HashSet<PeerId>,
    members: HashSet<PeerId>,
    strangers: bool,
    strangers_max: usize,
    /// Nodes that we dialled by key although they are neither.
    dialled: HashSet<PeerId>,
    /// Strangers who are connected.
    guests: HashSet<PeerId>,
}

impl Gate {
    pub(crate) fn new(strangers_max: usize) -> Self {
        Self {
            roster: HashSet::new(),
            members: HashSet::new(),
            strangers: false,
            strangers_max,
            dialled: HashSet::new(),
            guests: HashSet::new(),
        }
    }

    /// Replaces who may connect.
    pub(crate) fn allow(&mut self, roster: HashSet<PeerId>, members: HashSet<PeerId>, strangers: bool) {
        self.dialled.retain(|peer| !roster.contains(peer) && !members.contains(peer));
        (self.roster, self.members, self.strangers) = (roster, members, strangers);
    }

    /// Notes that we want to meet a peer, even if only as a guest.
    pub(crate) fn expect(&mut self, peer: PeerId) {
        let known = self.roster.contains(&peer) || self.members.contains(&peer);
        if !known && self.dialled.len() < KNOWN_PEERS_MAX {
            self.dialled.insert(peer);
        }
    }

    /// Tells whether a peer is on the roster.
    pub(crate) fn is_roster(&self, peer: &PeerId) -> bool {
        self.roster.contains(peer)
    }

    /// Returns as what a peer is met now.
    pub(crate) fn standing(&self, peer: &PeerId) -> Result<Standing, Denied> {
        if self.roster.contains(peer) {
            Ok(Standing::Roster)
        } else if self.members.contains(peer) {
            Ok(Standing::Member)
        } else if public_key(peer).is_none() {
            Err(Denied::NotEd25519)
        } else if self.dialled.contains(peer) {
            Ok(Standing::Guest)
        } else if !self.strangers {
            Err(Denied::Unknown)
        } else if self.guests.contains(peer) || self.guests.len() < self.strangers_max {
            Ok(Standing::Guest)
        } else {
            Err(Denied::TooManyStrangers)
        }
    }

    /// Lets a peer in whose key the handshake has proved, at the far end of a circuit as anywhere else.
    fn enter(&self, peer: &PeerId, way: &Multiaddr) -> Result<dummy::ConnectionHandler, ConnectionDenied> {
        let standing = self.standing(peer).map_err(ConnectionDenied::new)?;
        if standing != Standing::Roster && leads_through_relay(way) {
            return Err(ConnectionDenied::new(Denied::Relayed));
        }
        Ok(dummy::ConnectionHandler)
    }
}

impl NetworkBehaviour for Gate {
    type ConnectionHandler = dummy::ConnectionHandler;
    type ToSwarm = Infallible;

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.enter(&peer, local)
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        addr: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.enter(&peer, addr)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        match event {
            FromSwarm::ConnectionEstablished(open) => {
                let stranger = !self.dialled.contains(&open.peer_id);
                if stranger && self.standing(&open.peer_id) == Ok(Standing::Guest) {
                    self.guests.insert(open.peer_id);
                }
            }
            FromSwarm::ConnectionClosed(closed) if closed.remaining_established == 0 => {
                self.guests.remove(&closed.peer_id);
                self.dialled.remove(&closed.peer_id);
            }
            FromSwarm::DialFailure(failure) => {
                let under_way = matches!(failure.error, DialError::DialPeerConditionFalse(_));
                if let Some(peer) = failure.peer_id.filter(|_| !under_way) {
                    self.dialled.remove(&peer);
                }
            }
            _ => {}
        }
    }

    fn on_connection_handler_event(&mut self, _: PeerId, _: ConnectionId, event: THandlerOutEvent<Self>) {
        match event {}
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use jitney_identity::SecretKey;

    use super::*;
    use crate::address::peer_id;

    fn peer(seed: u8) -> PeerId {
        peer_id(&SecretKey::from_seed([seed; 32]).public())
    }

    fn gate(strangers: bool) -> Gate {
        let mut gate = Gate::new(2);
        gate.allow([peer(1)].into(), [peer(2)].into(), strangers);
        gate
    }

    #[test]
    fn at_first_nobody_may_enter() {
        assert_eq!(Gate::new(8).standing(&peer(1)), Err(Denied::Unknown));
    }

    #[test]
    fn roster_and_members_enter_and_strangers_only_by_invitation() {
        assert_eq!(gate(false).standing(&peer(1)), Ok(Standing::Roster));
        assert_eq!(gate(false).standing(&peer(2)), Ok(Standing::Member));
        assert_eq!(gate(false).standing(&peer(3)), Err(Denied::Unknown));
        assert_eq!(gate(true).standing(&peer(3)), Ok(Standing::Guest));
        assert_eq!(gate(true).standing(&PeerId::random()), Err(Denied::NotEd25519));
    }

    #[test]
    fn only_so_many_strangers_are_met_at_once() {
        let mut gate = gate(true);
        gate.guests = [peer(3), peer(4)].into();
        assert_eq!(gate.standing(&peer(5)), Err(Denied::TooManyStrangers));
        assert_eq!(gate.standing(&peer(3)), Ok(Standing::Guest), "who is in may open a second connection");
        assert_eq!(gate.standing(&peer(1)), Ok(Standing::Roster), "who is known needs no seat");
    }

    #[test]
    fn a_node_we_dialled_is_a_guest_until_it_is_expelled_from_the_roster() {
        let mut gate = gate(false);
        gate.expect(peer(3));
        assert_eq!(gate.standing(&peer(3)), Ok(Standing::Guest));
        gate.allow([peer(3)].into(), HashSet::new(), false);
        assert_eq!(gate.standing(&peer(3)), Ok(Standing::Roster));
        gate.allow(HashSet::new(), HashSet::new(), false);
        assert_eq!(gate.standing(&peer(3)), Err(Denied::Unknown));
    }

    #[test]
    fn through_a_relay_come_only_nodes_of_the_roster() {
        let gate = gate(true);
        let direct: Multiaddr = "/ip4/192.0.2.1/tcp/4010".parse().unwrap();
        let circuit: Multiaddr = format!("{direct}/p2p/{}/p2p-circuit", peer(9)).parse().unwrap();
        for (seed, direct_too, relayed_too) in [(1, true, true), (2, true, false), (3, true, false)] {
            assert_eq!(gate.enter(&peer(seed), &direct).is_ok(), direct_too, "{seed}");
            assert_eq!(gate.enter(&peer(seed), &circuit).is_ok(), relayed_too, "{seed}");
        }
    }

    #[test]
    fn each_channel_is_for_those_it_is_meant_for() {
        let table = [
            (Standing::Roster, [true, true, true, true]),
            (Standing::Member, [false, false, true, true]),
            (Standing::Guest, [false, false, false, true]),
        ];
        for (standing, may) in table {
            assert_eq!(Channel::ALL.map(|channel| standing.may_use(channel)), may, "{standing:?}");
        }
    }
}
