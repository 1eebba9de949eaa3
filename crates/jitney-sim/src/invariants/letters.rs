//! What is on its way between two coops: a letter stays in its sender's outbox until it is delivered.

use jitney_domain::ClaimId;
use jitney_domain::booking::BookingMessage;
use jitney_federation::DirectMessage;
use jitney_identity::PublicKey;

use crate::node::Node;

/// Returns what a node still has to deliver to a coop about a claim, oldest first.
pub(super) fn about(from: &Node, to: PublicKey, claim: ClaimId) -> Vec<BookingMessage> {
    let Some(core) = &from.core else { return Vec::new() };
    let outbox = &core.federation().mail().outbox;
    let mut letters: Vec<(u64, BookingMessage)> = outbox
        .iter()
        .filter(|(key, _)| key.coop == to)
        .filter_map(|(_, row)| {
            let letter = DirectMessage::decode(&row.bytes.0).ok()?;
            let message: BookingMessage = serde_json::from_slice(letter.body()).ok()?;
            (message.claim() == Some(claim)).then_some((row.number, message))
        })
        .collect();
    letters.sort_by_key(|(number, _)| *number);
    letters.into_iter().map(|(_, message)| message).collect()
}

/// Returns how many letters a node still has to deliver.
pub(super) fn waiting(node: &Node) -> usize {
    node.core.as_ref().map_or(0, |core| core.federation().mail().outbox.len())
}
