//! Serving: what another node may have, one page at a time.

use std::collections::BTreeMap;

use jitney_domain::Timestamp;
use jitney_identity::PublicKey;
use rand::RngExt;

use super::{Cx, Federation};
use crate::act::SignedAct;
use crate::bytes::{Blob, later};
use crate::frontier::{Range, behind, diff};
use crate::ids::{LogId, Version};
use crate::log::{MAX_PROOFS_PER_COOP, ProofRow};
use crate::sync::{
    Covered, MAX_FRONTIER_LOGS, MAX_PAGE_RECORDS, Room, RosterMark, SyncPage, SyncRefusal, SyncReply,
    SyncRequest, Versions, write,
};

/// Requests that a node may make in a minute.
pub(crate) const REQUESTS_PER_MINUTE: u32 = 120;

/// Pages that all nodes together are given in a minute, 62 MB, before each is held to its share of them: however
/// many ask without end, whoever asks now and then is answered.
pub(crate) const PAGES_PER_MINUTE: u32 = 600;

/// Most proofs of equivocation on one page, so that whoever lies a lot does not crowd out the entries.
const PROOFS_A_PAGE: usize = 8;

/// Characters that one signature and the coop's name take in JSON, in bytes before base64.
const SIGNATURE_CHARS: usize = 110;

impl Federation {
    /// Answers a request for what was missed.
    pub(super) fn answer_sync(&mut self, from: PublicKey, bytes: &[u8], cx: &mut Cx<'_>) -> Vec<u8> {
        write(&match self.serve(from, bytes, cx) {
            Ok(page) => SyncReply::Page(Box::new(page)),
            Err(refusal) => SyncReply::Refused(refusal),
        })
    }

    fn serve(&mut self, from: PublicKey, bytes: &[u8], cx: &mut Cx<'_>) -> Result<SyncPage, SyncRefusal> {
        self.may_ask(&from, cx.now)?;
        let request = SyncRequest::decode(bytes).map_err(|_| SyncRefusal::Malformed)?;
        let mark = self.roster_mark().ok_or(SyncRefusal::WrongFederation)?;
        let hello = self.hello(mark, cx.now).ok_or(SyncRefusal::WrongFederation)?;
        if hello.federation != request.hello.federation {
            return Err(SyncRefusal::WrongFederation);
        }
        if Versions::OURS.common(request.hello.versions).is_none() {
            return Err(SyncRefusal::Version);
        }
        self.note_news(from, &request, cx);
        self.served.1 = self.served.1.saturating_add(1);
        let mut page = SyncPage {
            hello,
            acts: Vec::new(),
            records: Vec::new(),
            proofs: Vec::new(),
            entries: Vec::new(),
            covered: Vec::new(),
            more: false,
        };
        self.fill(&mut page, &request, cx);
        Ok(page)
    }

    /// Counts a request, and refuses it if its node asks too often, or more than its share while all together do.
    fn may_ask(&mut self, from: &PublicKey, now: Timestamp) -> Result<(), SyncRefusal> {
        let over = |since: Timestamp| later(since, 60_000) <= now || since > now;
        if over(self.served.0) {
            self.served = (now, 0);
        }
        let connected = self.peers.values().filter(|peer| peer.connected).count();
        let share = PAGES_PER_MINUTE.checked_div(u32::try_from(connected).unwrap_or(u32::MAX)).unwrap_or(0);
        let most = if self.served.1 < PAGES_PER_MINUTE { REQUESTS_PER_MINUTE } else { share.max(1) };
        let peer = self.peers.get_mut(from).ok_or(SyncRefusal::NotOnRoster)?;
        if over(peer.asked.0) {
            peer.asked = (now, 0);
        }
        peer.asked.1 = peer.asked.1.saturating_add(1);
        if peer.asked.1 > most { Err(SyncRefusal::Busy) } else { Ok(()) }
    }

    /// Pulls from the asker in turn if its request shows that it has something: only one of two nodes may be
    /// able to dial the other.
    fn note_news(&mut self, from: PublicKey, request: &SyncRequest, cx: &Cx<'_>) {
        let theirs = self.of_roster(request.hello.frontier());
        let entries = behind(&self.reached_with(&from, self.log.frontier()), &theirs) > 0;
        let acts = self.roster_mark().is_some_and(|ours| {
            request.hello.roster.version > ours.version
                || (request.hello.roster.version == ours.version && request.hello.roster.hash != ours.hash)
        });
        let ours = self.membership.revisions();
        let records = request.hello.records.iter();
        let records =
            records.into_iter().any(|(coop, theirs)| ours.get(coop).is_none_or(|ours| ours < theirs));
        let forks = request.hello.have.iter().filter_map(|have| self.other_tip(have));
        let forks = forks.into_iter().any(|entry| !self.log.proofs.contains(&entry.header().log()));
        let member = |log: &LogId| self.membership.roster().is_some_and(|r| r.coop(&log.origin).is_some());
        let proofs = request.hello.proofs.iter().any(|log| member(log) && self.log.wants_proof(log));
        if let Some(peer) = self.peers.get_mut(&from) {
            peer.have = theirs;
        }
        if entries || acts || records || forks || proofs {
            self.hint(&from, cx.now);
        }
    }

    fn fill(&self, page: &mut SyncPage, request: &SyncRequest, cx: &mut Cx<'_>) {
        let mut room = Room::new(request.limit);
        for act in self.acts_beyond(&request.hello.roster) {
            let length = act.act.0.len().saturating_add(act.signatures.len().saturating_mul(SIGNATURE_CHARS));
            // The first always fits, however many coops signed it.
            if room.take(length) || page.acts.is_empty() {
                page.acts.push(act.clone());
            }
        }
        for record in self.membership.renewals_beyond(&request.hello.records) {
            if room.take(record.record.0.len()) {
                page.records.push(record.clone());
            }
        }
        let known = &request.hello.proofs;
        for row in self.proofs_beyond(known).take(PROOFS_A_PAGE) {
            let length = row.proof.first.0.len().saturating_add(row.proof.second.0.len());
            if room.take(length) {
                page.proofs.push(row.proof.clone());
            }
        }
        for entry in request.hello.have.iter().filter_map(|have| self.other_tip(have)) {
            if !known.contains(&entry.header().log()) && room.take(entry.bytes().len()) {
                page.entries.push(Blob(entry.bytes().to_vec()));
            }
        }
        let mut ranges = diff(&self.of_roster(self.log.frontier()), &request.hello.frontier());
        if !ranges.is_empty() {
            // Whose log comes first is left to chance: nobody can crowd out the others.
            let first = cx.rng.random_range(0..ranges.len());
            ranges.rotate_left(first);
        }
        // Expired is what both clocks say is: one that is ahead would have the asker pass over what lives.
        let expired_by = cx.now.min(request.hello.now);
        let mut covered = BTreeMap::new();
        let share = MAX_PAGE_RECORDS.checked_div(ranges.len()).unwrap_or(0).max(1);
        let mut rest = Vec::new();
        for range in ranges {
            rest.extend(self.fill_range(page, &range, &mut room, share, &mut covered, expired_by));
        }
        for range in rest {
            self.fill_range(page, &range, &mut room, usize::MAX, &mut covered, expired_by);
        }
        let covered = covered.into_iter().take(MAX_FRONTIER_LOGS);
        page.covered = covered
            .map(|(log, upto)| Covered { origin: log.origin, incarnation: log.incarnation, upto })
            .collect();
        let untold = self.proofs_beyond(known).nth(PROOFS_A_PAGE).is_some();
        page.more = room.is_full() || untold;
    }

    /// Returns the proofs against coops on the roster that the asker lacks and would keep.
    fn proofs_beyond<'a>(&'a self, known: &'a [LogId]) -> impl Iterator<Item = &'a ProofRow> {
        let roster = self.membership.roster();
        let wanted = move |log: &LogId| {
            let theirs = known.iter().filter(|other| other.origin == log.origin);
            roster.is_some_and(|roster| roster.coop(&log.origin).is_some())
                && !known.contains(log)
                && theirs.count() < MAX_PROOFS_PER_COOP
        };
        self.log.proofs.iter().filter(move |(log, _)| wanted(log)).map(|(_, row)| row)
    }

    /// Puts up to `share` entries of one stretch on the page and notes how far the log is covered by them;
    /// returns what is left of the stretch beyond its share.
    fn fill_range(
        &self,
        page: &mut SyncPage,
        range: &Range,
        room: &mut Room,
        share: usize,
        covered: &mut BTreeMap<LogId, u64>,
        expired_by: Timestamp,
    ) -> Option<Range> {
        let (mut upto, mut last, mut left) = (range.head, range.after, None);
        for (taken, entry) in self.log.live_in(range, expired_by).enumerate() {
            let beyond = taken >= share;
            if beyond || !room.take(entry.bytes().len()) {
                upto = upto.min(last);
                left = beyond.then_some(Range { after: last, ..*range });
                break;
            }
            last = entry.header().seq;
            page.entries.push(Blob(entry.bytes().to_vec()));
        }
        if upto > range.after {
            covered.insert(range.log, upto);
        }
        left
    }

    /// Returns the acts that the asker lacks: those after its version if it stands on our chain, all if it
    /// stands on another that is not longer.
    fn acts_beyond(&self, theirs: &RosterMark) -> impl Iterator<Item = &SignedAct> {
        let roster = self.membership.roster();
        let on_our_chain = roster.and_then(|roster| roster.hash_at(theirs.version)) == Some(theirs.hash);
        let longer = roster.is_some_and(|roster| theirs.version > roster.version());
        let after = if on_our_chain || longer { theirs.version } else { Version(0) };
        self.membership.acts.range(after.next()..).map(|(_, act)| act)
    }
}
