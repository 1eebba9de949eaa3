//! Promises between two coops: what one of them was told stands with the other, or word that it does not is
//! on its way; and once everything has arrived, both say the same.

use std::collections::{BTreeMap, BTreeSet};

use jitney_domain::booking::{BookingMessage as M, Claim, ClaimPhase, Progress, Ticket, TicketPhase};
use jitney_domain::{ClaimId, Timestamp};
use jitney_federation::{Entry, EntryId};

use super::{Broken, letters};
use crate::node::Node;

/// What the rider was told stands in the provider's calendar, or a cancellation is on its way.
const KEPT_WORD: &str = "3 what is confirmed is in the calendar";
/// Once messages flow again both sides agree.
const AGREED: &str = "4 both sides agree";

/// Holds an originator's tickets and a provider's claims against each other; both must be up.
///
/// Claims that one of them has forgotten by being restored from a backup are passed over.
pub(super) fn between(
    originator: &Node,
    provider: &Node,
    forgotten: &BTreeSet<ClaimId>,
    found: &mut Vec<Broken>,
) {
    let (Some(theirs), Some(ours)) = (originator.state(), provider.state()) else { return };
    for (id, ticket) in theirs.live_tickets() {
        if let TicketPhase::Confirmed(award, _) = &ticket.phase
            && award.provider == provider.coop()
            && !forgotten.contains(&award.claim)
            && let Some(why) = confirmed_but(originator, provider, award.claim)
        {
            found.push((KEPT_WORD, format!("{id:?} is told confirmed by {}, but {why}", provider.name)));
        }
    }
    for (id, claim) in ours.live_claims().filter(|(_, claim)| claim.originator == originator.coop()) {
        if !forgotten.contains(&id)
            && let Some(why) = kept_but(originator, provider, id, claim)
        {
            let number = claim.number;
            found.push((
                KEPT_WORD,
                format!("lift {number} of {} for {}: {why}", provider.name, originator.name),
            ));
        }
    }
}

/// Tells what is wrong with a claim that its originator believes confirmed.
fn confirmed_but(originator: &Node, provider: &Node, id: ClaimId) -> Option<String> {
    let Some(claim) = provider.state()?.claims.get(&id) else {
        return Some("it is not known there".to_owned());
    };
    match &claim.phase {
        ClaimPhase::Confirmed { .. } | ClaimPhase::Stated { .. } => None,
        ClaimPhase::Held { .. } | ClaimPhase::Awarded { .. } => {
            Some("the driver has not said yes".to_owned())
        }
        ClaimPhase::Ended(why) => {
            let letters = letters::about(provider, originator.coop(), id);
            let told = letters.iter().any(|m| matches!(m, M::Refuse { .. } | M::Withdraw { .. }));
            (!told).then(|| format!("it ended ({why:?}) and no word of it is on its way"))
        }
    }
}

/// Tells what is wrong with a claim that keeps a driver's time for another coop's rider.
fn kept_but(originator: &Node, provider: &Node, id: ClaimId, claim: &Claim) -> Option<String> {
    let ticket = originator.state()?.ticket_of_claim(id).map(|(_, ticket)| ticket);
    let awarded = ticket.and_then(Ticket::award).is_some_and(|award| award.claim == id);
    let coming = || letters::about(provider, originator.coop(), id);
    let called_off = || {
        let letters = letters::about(originator, provider.coop(), id);
        letters.iter().any(|m| matches!(m, M::Cancel { .. } | M::TurnDown { .. } | M::Dispute { .. }))
    };
    match &claim.phase {
        ClaimPhase::Held { .. } | ClaimPhase::Ended(_) | ClaimPhase::Stated { .. } => None,
        ClaimPhase::Awarded { .. } if awarded || called_off() => None,
        ClaimPhase::Awarded { .. } => Some("awarded here, not there".to_owned()),
        // Who is on board is brought home whatever the other coop has called off.
        ClaimPhase::Confirmed { progress, .. } if *progress >= Progress::OnBoard && !awarded => None,
        ClaimPhase::Confirmed { .. } => match ticket.map(|ticket| &ticket.phase) {
            Some(TicketPhase::Confirmed(..)) if awarded => None,
            Some(TicketPhase::Awarded(_)) if awarded => {
                let said = coming().iter().any(|m| matches!(m, M::Confirm { .. } | M::State { .. }));
                (!said).then(|| "confirmed here, still awaited there, and no word is on its way".to_owned())
            }
            _ => {
                let late = || coming().iter().any(|m| matches!(m, M::Confirm { .. }));
                let settled = called_off() || late();
                (!settled).then(|| "confirmed here, not awarded there, and nothing calls it off".to_owned())
            }
        },
    }
}

/// Returns what two coops that are up, connected and have nothing left to say still do not agree on.
/// but for what some of them have forgotten by being restored from a backup.
pub fn disagreements(nodes: &[Node], forgotten: &BTreeSet<ClaimId>) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, node) in nodes.iter().enumerate().filter(|(_, node)| !node.lies) {
        let waiting = letters::waiting(node);
        if waiting > 0 {
            found.push((at, format!("{AGREED}: {waiting} letters are still not delivered")));
        }
        for other in nodes.iter().filter(|other| other.key() != node.key() && !other.lies) {
            let mut broken = Vec::new();
            between(node, other, forgotten, &mut broken);
            found.extend(broken.into_iter().map(|(promise, what)| (at, format!("{promise}: {what}"))));
            settled(node, other, forgotten, &mut |what| found.push((at, format!("{AGREED}: {what}"))));
        }
    }
    found
}

/// Holds every claim on a coop's tickets against the ticket, when nothing is on its way.
fn settled(originator: &Node, provider: &Node, forgotten: &BTreeSet<ClaimId>, found: &mut dyn FnMut(String)) {
    let (Some(theirs), Some(ours)) = (originator.state(), provider.state()) else { return };
    let with_us = ours.claims.iter().filter(|(_, claim)| claim.originator == originator.coop());
    for (id, claim) in with_us.filter(|(id, _)| !forgotten.contains(id)) {
        let ticket = theirs.ticket_of_claim(*id).map(|(_, ticket)| ticket);
        let awarded = ticket.filter(|t| t.award().is_some_and(|award| award.claim == *id));
        let agree = match &claim.phase {
            ClaimPhase::Held { .. } => ticket.is_some_and(|t| {
                t.is_live()
                    && t.claims.get(id).is_some_and(|b| b.phase == jitney_domain::booking::BidPhase::Open)
            }),
            ClaimPhase::Awarded { .. } => awarded.is_some_and(|t| matches!(t.phase, TicketPhase::Awarded(_))),
            ClaimPhase::Confirmed { progress, .. } => {
                *progress >= Progress::OnBoard && awarded.is_none()
                    || awarded.is_some_and(|t| match &t.phase {
                        TicketPhase::Confirmed(_, told) => told.progress == *progress,
                        _ => false,
                    })
            }
            ClaimPhase::Stated { statement, disputed, agreed } => match awarded.map(|t| &t.phase) {
                Some(TicketPhase::Settled(_, told)) => told == statement && *agreed,
                Some(TicketPhase::Disputed(_, told)) => told == statement && *disputed,
                _ => *disputed,
            },
            ClaimPhase::Ended(_) => awarded.is_none(),
        };
        if !agree {
            let there = ticket.map(|t| &t.phase);
            found(format!(
                "lift {} of {} is {:?}, at {} the ticket is {there:?}",
                claim.number, provider.name, claim.phase, originator.name
            ));
        }
    }
    for (id, ticket) in theirs.live_tickets() {
        let award = ticket.award().filter(|award| award.provider == provider.coop());
        if award.is_some_and(|a| !ours.claims.contains(&a.claim) && !forgotten.contains(&a.claim)) {
            found(format!("{id:?} is awarded to {}, which knows no such claim", provider.name));
        }
    }
}

/// Returns the nodes whose live log entries differ from those of the first, with how many they lack and
/// have too many. Coops that lie, and what they wrote, are passed over.
pub fn differing_logs(nodes: &[Node], now: Timestamp) -> Vec<(usize, usize, usize)> {
    let entries = |node: &Node| -> Option<BTreeSet<EntryId>> {
        let core = node.core.as_ref().filter(|_| !node.lies)?;
        let entries = core.federation().live_entries(now).filter(|entry| !lies(nodes, entry));
        Some(entries.map(|entry| entry.id()).collect())
    };
    let all: BTreeMap<usize, BTreeSet<EntryId>> =
        nodes.iter().enumerate().filter_map(|(at, node)| entries(node).map(|ids| (at, ids))).collect();
    let Some(first) = all.values().next() else { return Vec::new() };
    all.iter()
        .map(|(at, ids)| (*at, first.difference(ids).count(), ids.difference(first).count()))
        .filter(|(_, lacks, extra)| lacks + extra > 0)
        .collect()
}

/// Tells whether an entry is of a coop that lies.
fn lies(nodes: &[Node], entry: &Entry) -> bool {
    nodes.iter().any(|node| node.lies && node.coop() == entry.header().origin)
}

/// Names a few of the live entries that some nodes hold and others do not, for whoever looks into it.
pub fn one_side_only(nodes: &[Node], now: Timestamp) -> String {
    let cores = || nodes.iter().filter(|node| !node.lies).filter_map(|node| node.core.as_ref());
    let mut held: BTreeMap<EntryId, (usize, String)> = BTreeMap::new();
    let entries = cores().flat_map(|core| core.federation().live_entries(now));
    for entry in entries.filter(|entry| !lies(nodes, entry)) {
        let header = entry.header();
        let told = || {
            let of = nodes.iter().position(|node| node.coop() == header.origin);
            let (kind, life, seq) = (header.kind.0, header.incarnation.0 % 1000, header.seq);
            format!("coop {of:?} kind {kind} life ..{life} no. {seq} of {}", header.issued_at)
        };
        held.entry(entry.id()).or_insert_with(|| (0, told())).0 += 1;
    }
    let all = cores().count();
    let some: Vec<String> =
        held.into_values().filter(|(n, _)| *n < all).map(|(_, told)| told).take(4).collect();
    some.join("; ")
}
