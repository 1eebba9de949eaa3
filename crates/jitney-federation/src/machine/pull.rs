//! Pulling: asking a node for what is missing here, and taking what it brings.

use std::collections::BTreeMap;

use jitney_domain::Timestamp;
use jitney_identity::PublicKey;

use super::peers::{HINT_SPACING_MS, PULL_INTERVAL, jitter};
use super::{About, Cx, Federation, Output, Pending};
use crate::act::{RosterAct, SignedAct};
use crate::bytes::{backoff_ms, later};
use crate::entry::Entry;
use crate::frontier::{Frontier, Span, behind};
use crate::ids::LogId;
use crate::log::{Accepted, Way};
use crate::membership::Candidate;
use crate::sync::{
    Covered, Have, Hello, MAX_FRONTIER_LOGS, MAX_PAGE_BYTES, RosterMark, SyncPage, SyncReply, SyncRequest,
    Versions, tip, write,
};

/// Pulls in a row that may bring nothing new, although there is more, before the next waits for its time.
const FRUITLESS_MAX: u32 = 16;
/// Nodes that are pulled from in one [`PULL_INTERVAL`] when nothing happens; with more than that connected, each
/// is asked more seldom. What is said then grows with the logs alone, not with logs times nodes.
const PULLED_FROM: usize = 16;
/// Most logs of which it is remembered how far a node has sent them.
const MAX_SENT_LOGS: usize = 4_096;

impl Federation {
    /// Returns what this node says of itself, standing at some version of the roster.
    pub(super) fn hello(&self, roster: RosterMark, now: Timestamp) -> Option<Hello> {
        let federation = self.membership.roster()?.federation();
        Some(Hello {
            federation,
            versions: Versions::OURS,
            now,
            roster,
            records: self.membership.revisions(),
            have: self.have(self.log.lively_frontier(now)),
            proofs: self.told_proofs(),
        })
    }

    /// Returns the logs of coops on the roster against which there are proofs, as many as a hello may name:
    /// one of every coop before a second of any.
    fn told_proofs(&self) -> Vec<LogId> {
        let roster = self.membership.roster();
        let mut ranked = Vec::new();
        let mut before: Option<(PublicKey, usize)> = None;
        for (log, _) in self.log.proofs.iter() {
            if roster.is_none_or(|roster| roster.coop(&log.origin).is_none()) {
                continue;
            }
            let rank = before.filter(|(coop, _)| *coop == log.origin).map_or(0, |(_, n)| n.saturating_add(1));
            before = Some((log.origin, rank));
            ranked.push((rank, *log));
        }
        ranked.sort_unstable();
        ranked.into_iter().map(|(_, log)| log).take(MAX_FRONTIER_LOGS).collect()
    }

    pub(super) fn roster_mark(&self) -> Option<RosterMark> {
        let roster = self.membership.roster()?;
        Some(RosterMark { version: roster.version(), hash: roster.hash() })
    }

    /// Returns a frontier as a hello names it. If there are more logs than fit, the newest of every coop comes
    /// before the second newest of any: a coop that begins ever new logs crowds out its own and nobody else's.
    fn have(&self, frontier: Frontier) -> Vec<Have> {
        let mut spans: Vec<(LogId, Span)> = self.of_roster(frontier).0.into_iter().collect();
        if spans.len() > MAX_FRONTIER_LOGS {
            spans = self.fairly(spans);
        }
        let have = spans.into_iter().take(MAX_FRONTIER_LOGS).map(|(log, span)| {
            let end = self.log.entries.get(&log.at(span.head));
            let tip = end.map(|entry| tip(&entry.id()));
            Have { origin: log.origin, incarnation: log.incarnation, span, tip }
        });
        have.collect()
    }

    /// Puts the newest log of every coop first, then the second newest of each, and so on.
    fn fairly(&self, spans: Vec<(LogId, Span)>) -> Vec<(LogId, Span)> {
        let mut of_coop: BTreeMap<PublicKey, Vec<(LogId, Span)>> = BTreeMap::new();
        for (log, span) in spans {
            of_coop.entry(log.origin).or_default().push((log, span));
        }
        let newest = |log: &LogId| self.log.heads.get(log).map_or(Timestamp(0), |row| row.newest);
        let mut ranked = Vec::new();
        for logs in of_coop.values_mut() {
            logs.sort_by_key(|(log, _)| (std::cmp::Reverse(newest(log)), *log));
            ranked.extend(logs.iter().copied().enumerate());
        }
        ranked.sort_by_key(|(rank, (log, _))| (*rank, *log));
        ranked.into_iter().map(|(_, named)| named).collect()
    }

    /// Returns our entry at the head that a node named, if that node named another one there.
    pub(super) fn other_tip(&self, have: &Have) -> Option<&Entry> {
        let theirs = have.tip.as_ref()?;
        let ours = self.log.entries.get(&have.log().at(have.span.head))?;
        (tip(&ours.id()) != *theirs).then_some(ours)
    }

    /// Returns the part of a frontier that is about coops on the roster; nothing else is told or fetched.
    pub(super) fn of_roster(&self, mut frontier: Frontier) -> Frontier {
        let roster = self.membership.roster();
        frontier.0.retain(|log, _| roster.is_some_and(|roster| roster.coop(&log.origin).is_some()));
        frontier
    }

    /// Returns what this node has of all logs, as far as pulls from that node go: it need not send again
    /// what it said to have sent.
    pub(super) fn reached_with(&self, node: &PublicKey, mut frontier: Frontier) -> Frontier {
        let sent = self.peers.get(node).into_iter().flat_map(|peer| &peer.sent_upto);
        for (log, upto) in sent {
            let span = frontier.0.entry(*log).or_insert_with(|| self.log.span(log, 0));
            if span.head < *upto {
                *span = self.log.span(log, *upto);
            }
        }
        frontier
    }

    /// Pulls from every connected node whose time has come.
    pub(super) fn pull_due(&mut self, cx: &mut Cx<'_>, out: &mut Vec<Output>) {
        let due = self
            .peers
            .iter()
            .filter(|(_, peer)| peer.connected && peer.pull.is_none() && peer.next_pull <= cx.now);
        for node in due.map(|(node, _)| *node).collect::<Vec<_>>() {
            // While another chain of acts is being told, this node speaks as if it stood there.
            let told = self.peers.get(&node).and_then(|peer| peer.candidate.as_ref());
            let told =
                told.map(|told| RosterMark { version: told.roster.version(), hash: told.roster.hash() });
            let Some(mark) = told.or_else(|| self.roster_mark()) else { return };
            let Some(mut hello) = self.hello(mark, cx.now) else { return };
            let reached = self.reached_with(&node, self.log.lively_frontier(cx.now));
            hello.have = self.have(reached);
            let limit = u32::try_from(MAX_PAGE_BYTES).unwrap_or(u32::MAX);
            let bytes = write(&SyncRequest { hello, limit });
            let id = self.ask(node, About::Pull, bytes, cx.now, out);
            if let Some(peer) = self.peers.get_mut(&node) {
                peer.pull = Some(id);
                peer.again = false;
                peer.last_pull = cx.now;
            }
        }
    }

    pub(super) fn pull_failed(&mut self, node: PublicKey, now: Timestamp) {
        if let Some(peer) = self.peers.get_mut(&node) {
            peer.pull = None;
            let wait = backoff_ms(HINT_SPACING_MS, PULL_INTERVAL.millis(), peer.fruitless);
            peer.fruitless = peer.fruitless.saturating_add(1);
            peer.next_pull = later(now, wait);
        }
    }

    /// Takes the answer to a pull.
    pub(super) fn pulled(&mut self, asked: &Pending, bytes: &[u8], cx: &mut Cx<'_>, out: &mut Vec<Output>) {
        let node = asked.peer;
        let Ok(SyncReply::Page(page)) = SyncReply::decode(bytes) else {
            return self.pull_failed(node, cx.now);
        };
        let ours = self.membership.roster().map(|roster| roster.federation());
        if ours != Some(page.hello.federation) {
            return self.pull_failed(node, cx.now);
        }
        if let Some(peer) = self.peers.get_mut(&node) {
            peer.versions = Some(page.hello.versions);
        }
        if Versions::OURS.common(page.hello.versions).is_none() {
            out.push(Output::VersionMismatch { peer: node, theirs: page.hello.versions });
            return self.pull_failed(node, cx.now);
        }
        self.counters.pulls = self.counters.pulls.saturating_add(1);
        let progressed = self.take_page(node, &page, cx, out);
        let theirs = self.of_roster(page.hello.frontier());
        let ahead = behind(&self.reached_with(&node, self.log.frontier()), &theirs) > 0;
        let interval = interval_ms(self.peers.values().filter(|peer| peer.connected).count());
        let Some(peer) = self.peers.get_mut(&node) else { return };
        let middle = Timestamp(asked.sent_at.0.midpoint(cx.now.0));
        peer.pull = None;
        peer.have = theirs;
        peer.last_sync = Some(cx.now);
        peer.offset_ms = Some(page.hello.now.0.saturating_sub(middle.0));
        let wanting = page.more || ahead || peer.candidate.is_some();
        peer.fruitless = if progressed || !wanting { 0 } else { peer.fruitless.saturating_add(1) };
        peer.next_pull = if peer.again || (wanting && progressed) {
            cx.now
        } else if page.more && peer.fruitless <= FRUITLESS_MAX {
            later(cx.now, HINT_SPACING_MS)
        } else {
            later(cx.now, jitter(cx.rng, interval))
        };
        // Who has been told that its clock is wrong must not forget it when the others go.
        if self.is_vouched_for() {
            self.leapt = false;
        }
    }

    /// Takes everything on a page; tells whether any of it was new.
    fn take_page(
        &mut self,
        node: PublicKey,
        page: &SyncPage,
        cx: &mut Cx<'_>,
        out: &mut Vec<Output>,
    ) -> bool {
        let mut progressed = self.take_acts(node, &page.acts, page.more, cx, out);
        for record in &page.records {
            progressed |= self.take_record(record, cx, out);
        }
        for proof in &page.proofs {
            let roster = self.membership.roster();
            let news = roster.and_then(|roster| self.log.accept_proof(proof, roster, cx.now));
            if let Some(log) = news {
                progressed = true;
                out.push(Output::Equivocation { origin: log.origin });
            }
        }
        let level = self.roster_mark() == Some(page.hello.roster);
        let mut held_up = BTreeMap::new();
        self.doubted.clear();
        for blob in &page.entries {
            // Bytes that are no entry come of a newer version or a faulty peer; neither holds anything up.
            let Ok(entry) = Entry::parse(&blob.0) else { continue };
            let key = entry.key();
            match self.take_entry(entry, Way::Sync, cx, out) {
                Ok(Accepted::New { .. }) => progressed = true,
                Ok(Accepted::Duplicate | Accepted::Contradiction) => {}
                Err(refusal) if level || !refusal.is_passing() => {}
                Ok(Accepted::Parked) | Err(_) => {
                    let first = held_up.entry(key.log()).or_insert(key.seq);
                    *first = key.seq.min(*first);
                }
            }
        }
        for covered in &page.covered {
            self.take_covered(node, page, covered, &held_up, cx.now);
        }
        progressed
    }

    /// Notes how far a node has sent what it has of a log, not counting what must come again. The word of
    /// the log's own coop moves the log's head; that of any other node only counts for pulls from it.
    fn take_covered(
        &mut self,
        node: PublicKey,
        page: &SyncPage,
        covered: &Covered,
        held_up: &BTreeMap<LogId, u64>,
        now: Timestamp,
    ) {
        let log = covered.log();
        let Some(roster) = self.membership.roster() else { return };
        let own = self.log.own_log(self.coop) == Some(log);
        if roster.coop(&log.origin).is_none() || own || self.doubted.contains(&log) {
            return;
        }
        let by_its_coop = self.moments(now).iter().any(|at| roster.certifies(&log.origin, &node, *at));
        let upto = held_up.get(&log).map_or(covered.upto, |first| covered.upto.min(first.saturating_sub(1)));
        if by_its_coop {
            let theirs = page.hello.frontier().0.get(&log).map_or(0, |span| span.head);
            self.log.cover(log, upto.min(theirs), now);
        }
        if let Some(peer) = self.peers.get_mut(&node)
            && (peer.sent_upto.len() < MAX_SENT_LOGS || peer.sent_upto.contains_key(&log))
        {
            let sent = peer.sent_upto.entry(log).or_default();
            *sent = upto.max(*sent);
        }
    }

    /// Takes acts of the roster: the next ones of our chain, or those of another chain that a peer tells.
    fn take_acts(
        &mut self,
        node: PublicKey,
        acts: &[SignedAct],
        more: bool,
        cx: &mut Cx<'_>,
        out: &mut Vec<Output>,
    ) -> bool {
        let mut told = self.peers.get_mut(&node).and_then(|peer| peer.candidate.take());
        let (mut adopted, mut followed) = (false, false);
        let mut applied = Vec::new();
        for act in acts {
            if let Some(told) = &mut told {
                followed |= told.take(act);
            } else if let Ok(act) = self.membership.adopt(act.clone()) {
                adopted = true;
                applied.push(act);
            } else {
                told = self.other_chain(act);
                followed |= told.is_some();
            }
        }
        if let Some(chain) = told {
            if self.membership.adopt_chain(chain.clone()) {
                adopted = true;
                let federation = chain.roster.federation();
                let acts = chain.acts.iter().filter_map(|act| RosterAct::decode(&act.act.0, federation).ok());
                applied.extend(acts);
                let version = chain.roster.version();
                out.push(Output::RosterReplaced { version });
            } else if more
                && followed
                && let Some(peer) = self.peers.get_mut(&node)
            {
                peer.candidate = Some(chain);
            }
        }
        if adopted {
            self.void_uncertified(&applied, out);
            self.roster_changed(cx, out);
            self.adopt_decided(cx, out);
        }
        adopted || followed
    }

    /// Begins another chain at an act that stands where one of ours does and is not it.
    fn other_chain(&self, act: &SignedAct) -> Option<Candidate> {
        let roster = self.membership.roster()?;
        let version = RosterAct::decode(&act.act.0, roster.federation()).ok()?.version;
        if version > roster.version() || roster.hash_at(version) == Some(act.id().0) {
            return None;
        }
        let mut chain = Candidate::begin(self.membership.charter.get(&())?)?;
        let shared = self.membership.acts.range(..version).all(|(_, ours)| chain.take(ours));
        (shared && chain.take(act)).then_some(chain)
    }
}

/// Returns the time between two pulls from one node when nothing happens, in milliseconds, while so many are
/// connected.
fn interval_ms(connected: usize) -> i64 {
    let times = i64::try_from(connected.div_ceil(PULLED_FROM)).unwrap_or(i64::MAX).max(1);
    PULL_INTERVAL.millis().saturating_mul(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_many_nodes_are_connected_no_more_than_sixteen_are_pulled_from_in_an_interval() {
        let ten_minutes = PULL_INTERVAL.millis();
        for few in [0, 1, 16] {
            assert_eq!(interval_ms(few), ten_minutes);
        }
        for many in 17_usize..600 {
            let each_interval = many as f64 * ten_minutes as f64 / interval_ms(many) as f64;
            assert!((8.0..=16.0).contains(&each_interval), "{each_interval} of {many}");
        }
    }
}
