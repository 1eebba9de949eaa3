//! A coop that joined as all did and betrays the others: its node gossips, syncs and dials like any, and beside that says
//! under the same keys whatever an [`Attacker`] and a [`Liar`] draw. Nobody rides or drives there.

use jitney_federation::Channel as Asked;
use jitney_federation::sync::RosterMark;
use jitney_identity::PublicKey;
use jitney_net::{Channel, NetCommand};

use super::attacker::{Attacker, Deed, Deeds};
use super::liar::{Liar, Lies};
use crate::node::Node;
use crate::rng::Chance;
use crate::world::World;
use crate::{people, scenario};

/// Questions from here on are an attacker's own and not its node's.
const IDS: u64 = 1 << 61;

/// A coop that betrays the others.
#[derive(Debug)]
pub struct Traitor {
    at: usize,
    liar: Liar,
    asked: u64,
    chance: Chance,
}

impl Traitor {
    /// Adds a coop to the federation of all others; once admitted it betrays them.
    pub fn join(world: &mut World, mut chance: Chance) -> Option<Self> {
        let host = chance.below(world.nodes.len());
        let at = scenario::add_coop(world, people::policy(&mut chance));
        if !scenario::join(world, at, host) {
            return None;
        }
        let roster = world.nodes[at].core.as_ref()?.federation().roster()?;
        let (federation, mark) =
            (roster.federation(), RosterMark { version: roster.version(), hash: roster.hash() });
        let keys = &world.nodes[at].settings.keys;
        let (coop, node) = (keys.coop.clone(), keys.node.clone());
        let attacker = Attacker::new(coop, node, federation, mark, false, chance.fork());
        world.nodes[at].attacker = Some(attacker);
        Some(Traitor { at, liar: Liar::new(world, at, chance.fork()), asked: 0, chance })
    }

    /// Returns what it did so far, and what it said of bookings.
    pub fn told(&self, world: &World) -> (Deeds, Lies) {
        let deeds = world.nodes[self.at].attacker.as_ref().map(|attacker| attacker.deeds);
        (deeds.unwrap_or_default(), self.liar.lies)
    }

    /// Returns the coop's key.
    pub fn coop(&self, world: &World) -> PublicKey {
        world.nodes[self.at].coop()
    }

    /// Does something to the others, which are the nodes before its own.
    pub fn act(&mut self, world: &mut World) {
        if !world.is_up(self.at) {
            return;
        }
        world.watch.seen.betrayals = world.watch.seen.betrayals.saturating_add(1);
        if self.chance.percent(50) {
            return self.liar.act(world, self.at);
        }
        let victims: Vec<PublicKey> = world.nodes[..self.at].iter().map(Node::coop).collect();
        let now = world.now();
        let Some(attacker) = &mut world.nodes[self.at].attacker else { return };
        let Deed { gossip, requests } = attacker.act(&victims, now);
        for (to, bytes) in gossip {
            world.whisper(self.at, to, bytes);
        }
        for (to, channel, bytes) in requests {
            self.asked = self.asked.wrapping_add(1);
            let (id, peer, channel) = (IDS.wrapping_add(self.asked), world.nodes[to].key(), on(channel));
            world.command(self.at, NetCommand::Request { id, peer, channel, bytes });
        }
    }
}

/// Returns the channel of the network that one of the federation's goes by.
fn on(channel: Asked) -> Channel {
    match channel {
        Asked::Sync => Channel::Sync,
        Asked::Book => Channel::Book,
        Asked::Join => Channel::Join,
    }
}
