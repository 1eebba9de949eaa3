//! Answers about the nodes that speak for coops, and withdrawing one of ours that was lost.

use jitney_domain::Timestamp;
use jitney_federation::NodeRecord;
use jitney_identity::{Fingerprint, PublicKey};
use jitney_store::Store;

use super::federation::conflict;
use crate::api::{Answer, Fault, FaultKind, Reply};
use crate::core::Core;
use crate::view;

impl<S: Store> Core<S> {
    pub(super) fn nodes_reply(&self, now: Timestamp) -> Answer {
        let roster = self.federation.roster().ok_or_else(|| self.alone())?;
        let connected: Vec<PublicKey> =
            self.federation.peers().iter().filter(|p| p.connected).map(|p| p.node).collect();
        let view = |coop: &str, NodeRecord { cert, addresses }: &NodeRecord| view::Node {
            coop: coop.to_owned(),
            node: cert.node,
            fingerprint: cert.node.fingerprint().to_string(),
            from: cert.not_before,
            until: cert.not_after,
            speaks: cert.covers(now),
            connected: connected.contains(&cert.node),
            us: cert.node == self.federation.node(),
            addresses: addresses.clone(),
        };
        let mut coops: Vec<_> = roster.coops().collect();
        coops.sort_by(|one, other| one.name.cmp(&other.name));
        let nodes = coops.iter().flat_map(|coop| coop.nodes.iter().map(|node| view(&coop.name, node)));
        Ok(Reply::Nodes(nodes.collect()))
    }

    /// Withdraws the certificate of a node of ours: what it said since is void everywhere, and nobody lets
    /// it in.
    pub(super) fn withdraw_node(&mut self, who: &str, since: Option<Timestamp>, now: Timestamp) -> Answer {
        let us = self.coop_key();
        let roster = self.federation.roster().ok_or_else(|| self.alone())?;
        let record = roster.coop(&us).ok_or_else(|| self.alone())?;
        let words = who.parse::<Fingerprint>().ok();
        let is_meant = |node: &&NodeRecord| {
            node.cert.node.to_string() == who.trim() || Some(node.cert.node.fingerprint()) == words
        };
        let node = record.nodes.iter().find(is_meant).map(|n| n.cert.node).ok_or_else(|| {
            Fault::not_found(format!(
                "no node of ours has the words \"{who}\"; list them with `jitney federation node list`"
            ))
        })?;
        if node == self.federation.node() {
            return Err(Fault::new(
                FaultKind::Conflict,
                "this is the node you are asking: nobody would let it in any more; withdraw it from another node of \
                 the coop",
            ));
        }
        if since.is_some_and(|since| since > now) {
            return Err(Fault::invalid("a node is withdrawn from a moment on that has passed, or from now"));
        }
        let withdrawn = record.withdraw(&node, since.unwrap_or(now), &self.settings.keys.coop);
        let (machine, mut cx) = self.machine(now);
        let outputs = machine.renew(&withdrawn, &mut cx).map_err(conflict)?;
        self.let_out(outputs, now);
        Ok(Reply::Done)
    }
}
