//! Entries: what comes by gossip or sync, what this node writes and publishes, what expires.

use jitney_domain::{Minutes, Timestamp};
use jitney_identity::PublicKey;

use super::command::CommandError;
use super::{Cx, Federation, Output, Verdict};
use crate::act::{Endorsed, Proposed};
use crate::bytes::later;
use crate::entry::{Entry, EntryError, Kind};
use crate::ids::{ActId, EntryKey, Incarnation};
use crate::log::{Accepted, CLOCK_SKEW, Draft, EntryRefusal, Finding, MANIFEST_LIFE, MAX_LIVE_PER_COOP, Way};
use crate::record::SignedRecord;
use crate::sync::write;

/// Time before entries that gossip did not take are offered again, half a minute in milliseconds.
pub(crate) const PUBLISH_AGAIN_MS: i64 = 30_000;
/// Least time between two manifests of one log that find something missing.
const MANIFEST_SPACING: Minutes = Minutes(30);
/// Most entries that are offered to gossip at a time.
pub(crate) const MAX_PUBLISHING: usize = 64;

impl Federation {
    pub(super) fn take_gossip(
        &mut self,
        from: PublicKey,
        bytes: &[u8],
        cx: &mut Cx<'_>,
        out: &mut Vec<Output>,
    ) -> Verdict {
        self.counters.received(bytes.len());
        self.heard(&from, cx.now);
        let taken = match Entry::parse(bytes) {
            Ok(entry) => self.take_entry(entry, Way::Gossip, cx, out),
            // What newer nodes write is not their fault.
            Err(EntryError::UnknownVersion { .. }) => return Verdict::Ignore,
            Err(_) => return Verdict::Reject,
        };
        match taken {
            Ok(Accepted::New { gap, .. }) => {
                if gap {
                    self.hint(&from, cx.now);
                }
                Verdict::Accept
            }
            Ok(Accepted::Contradiction) => Verdict::Accept,
            Ok(Accepted::Duplicate | Accepted::Parked) => Verdict::Ignore,
            Err(EntryRefusal::Faulty(_)) => Verdict::Reject,
            Err(EntryRefusal::NotOnRoster { .. } | EntryRefusal::NotCertified { .. }) => {
                // The sender may know of an act that is still on its way here.
                self.hint(&from, cx.now);
                Verdict::Ignore
            }
            Err(_) => Verdict::Ignore,
        }
    }

    /// Takes an entry of any coop and acts on it.
    pub(super) fn take_entry(
        &mut self,
        entry: Entry,
        way: Way,
        cx: &mut Cx<'_>,
        out: &mut Vec<Output>,
    ) -> Result<Accepted, EntryRefusal> {
        let key = entry.key();
        let Some(roster) = self.membership.roster() else {
            return Err(EntryRefusal::NotOnRoster { origin: key.origin });
        };
        let surely = self.surely(cx.now);
        let taken = self.log.accept(entry, way, roster, cx.now, surely);
        self.counters.took(&taken);
        match taken {
            Ok(Accepted::New { contradiction, .. }) => {
                if contradiction {
                    out.push(Output::Equivocation { origin: key.origin });
                }
                self.guard_own_log(&key, cx, out);
                self.act_on(&key, cx, out);
            }
            Ok(Accepted::Contradiction) => out.push(Output::Equivocation { origin: key.origin }),
            _ => {}
        }
        taken
    }

    /// Begins a new life of the own log if somebody else writes the current one.
    fn guard_own_log(&mut self, key: &EntryKey, cx: &mut Cx<'_>, out: &mut Vec<Output>) {
        let own = self.log.own.get(&()).map_or(0, |own| own.seq);
        if self.log.own_log(self.coop) == Some(key.log()) && key.seq > own {
            self.log.begin(Incarnation(cx.rng.next_u64()));
            out.push(Output::OwnLogAhead);
        }
    }

    /// Acts on an entry that is new: this crate's own kinds here, all others go to the domain.
    fn act_on(&mut self, key: &EntryKey, cx: &mut Cx<'_>, out: &mut Vec<Output>) {
        let Some(entry) = self.log.entries.get(key).cloned() else { return };
        match entry.header().kind {
            Kind::ROSTER_PROPOSED => {
                let Ok(body) = serde_json::from_slice::<Proposed>(entry.body()) else { return };
                let noted = self.membership.note_proposal(key.origin, &body.act, body.signature, cx.now);
                if let Some(act) = noted {
                    self.gather_endorsements(act, cx.now);
                    out.push(Output::ProposalSeen { act });
                    self.adopt_decided(cx, out);
                }
            }
            Kind::ROSTER_ENDORSED => {
                let Ok(body) = serde_json::from_slice::<Endorsed>(entry.body()) else { return };
                if self.membership.note_endorsement(body.act, key.origin, body.signature) {
                    out.push(Output::ProposalSeen { act: body.act });
                    self.adopt_decided(cx, out);
                }
            }
            Kind::RECORD_RENEWED => {
                let Ok(record) = serde_json::from_slice::<SignedRecord>(entry.body()) else { return };
                self.take_record(&record, cx, out);
            }
            Kind::MANIFEST => self.examine(&entry, cx.now, out),
            _ => out.push(Output::EntryAccepted { entry: Box::new(entry) }),
        }
    }

    /// Collects the endorsements of an act that came before the act itself.
    fn gather_endorsements(&mut self, act: ActId, now: Timestamp) {
        let endorsements = self.log.live(now).filter(|entry| entry.header().kind == Kind::ROSTER_ENDORSED);
        let bodies = endorsements.filter_map(|entry| {
            let body: Endorsed = serde_json::from_slice(entry.body()).ok()?;
            (body.act == act).then_some((entry.header().origin, body.signature))
        });
        for (coop, signature) in bodies.collect::<Vec<_>>() {
            self.membership.note_endorsement(act, coop, signature);
        }
    }

    fn examine(&mut self, manifest: &Entry, now: Timestamp, out: &mut Vec<Output>) {
        let (log, seq) = (manifest.header().log(), manifest.header().seq);
        // Each false one sets off a pull from everybody, so that of one log they count only so often.
        let last = self.examined.get(&log).copied().filter(|last| *last <= now);
        if last.is_some_and(|last| last.after(MANIFEST_SPACING) > now) {
            return;
        }
        if self.log.examine(manifest, now) != Finding::Missing {
            return;
        }
        self.examined.retain(|_, last| last.after(MANIFEST_SPACING) > now);
        self.examined.insert(log, now);
        self.doubted.insert(log);
        let mut withheld = false;
        for (node, peer) in &mut self.peers {
            // Who said to have sent everything before the manifest did not, or had not had it itself.
            let said_all = peer.sent_upto.remove(&log).and_then(|upto| upto.checked_add(1));
            let to_blame = said_all.is_some_and(|next| next >= seq);
            withheld |= to_blame;
            if to_blame {
                out.push(Output::Withheld { origin: log.origin, by: *node });
            }
        }
        if withheld {
            self.pull_from_all(now);
        }
    }

    /// Appends an entry to the own log and acts on it.
    pub(super) fn write_entry(
        &mut self,
        draft: Draft<'_>,
        cx: &mut Cx<'_>,
        out: &mut Vec<Output>,
    ) -> Result<Entry, CommandError> {
        let roster = self.membership.roster().ok_or(CommandError::NoFederation)?;
        if roster.coop(&self.coop).is_none() {
            return Err(CommandError::NotOnRoster { coop: self.coop });
        }
        if cx.keys.node.public() != self.node {
            return Err(CommandError::WrongNodeKey { expected: self.node });
        }
        if self.log.held_of(&self.coop) >= MAX_LIVE_PER_COOP {
            return Err(CommandError::TooManyEntries);
        }
        let dated = self.dated(cx.now);
        let entry = self.log.append(roster.federation(), self.coop, cx.keys.node, draft, dated)?;
        self.act_on(&entry.key(), cx, out);
        Ok(entry)
    }

    /// Writes the hourly manifest if it is due.
    pub(super) fn write_manifest(&mut self, cx: &mut Cx<'_>, out: &mut Vec<Output>) {
        let log = self.log.own_log(self.coop);
        let Some(census) = log.and_then(|log| self.log.manifest_due(&log, cx.now)) else { return };
        let body = write(&census);
        let expires_at = self.dated(cx.now).after(MANIFEST_LIFE);
        let draft = Draft { kind: Kind::MANIFEST, body: &body, expires_at };
        if self.write_entry(draft, cx, out).is_err() {
            // Nobody would take it; an hour later things may be different.
            self.log.own.update(&(), |own| own.manifest_at = cx.now);
        }
    }

    /// Offers to gossip what it has not taken yet, if anybody listens.
    pub(super) fn publish_due(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        if self.next_publish > now || !self.peers.values().any(|peer| peer.subscribed) {
            return;
        }
        let room = MAX_PUBLISHING.saturating_sub(self.publishing.len());
        let waiting = self.log.unpublished.iter().map(|(key, ())| *key);
        let waiting = waiting.filter(|key| !self.publishing.values().any(|other| other == key));
        for key in waiting.take(room).collect::<Vec<_>>() {
            let Some(bytes) = self.log.entries.get(&key).map(|entry| entry.bytes().to_vec()) else {
                self.log.unpublished.remove(&key);
                continue;
            };
            let id = self.draw_id();
            self.publishing.insert(id, key);
            self.counters.sent(bytes.len());
            out.push(Output::Publish { id, bytes });
        }
    }

    pub(super) fn published(&mut self, id: u64) {
        if let Some(key) = self.publishing.remove(&id) {
            self.log.unpublished.remove(&key);
        }
    }

    pub(super) fn not_published(&mut self, id: u64, now: Timestamp) {
        if self.publishing.remove(&id).is_some() {
            self.next_publish = later(now, PUBLISH_AGAIN_MS);
        }
    }

    pub(super) fn next_publish_wake(&self) -> Option<Timestamp> {
        let waits = self.log.unpublished.len() > self.publishing.len();
        let listened_to = self.peers.values().any(|peer| peer.subscribed);
        (waits && listened_to && self.publishing.len() < MAX_PUBLISHING).then_some(self.next_publish)
    }

    /// Takes up the entries from the future whose time has come.
    pub(super) fn unpark_due(&mut self, cx: &mut Cx<'_>, out: &mut Vec<Output>) {
        if self.log.next_parked().is_none_or(|at| at > cx.now) || self.may_be_ahead() {
            return;
        }
        for entry in self.log.unpark(cx.now) {
            // Refused ones are counted; nobody waits for a verdict on them any more.
            let _counted = self.take_entry(entry, Way::Sync, cx, out);
        }
    }

    /// Drops what is past its time, unless the clock is in doubt.
    pub(super) fn expire_due(&mut self, cx: &mut Cx<'_>, out: &mut Vec<Output>) {
        if self.clock.is_suspect() || cx.now < self.expire_from {
            return;
        }
        let expired_by = self.expired_by(cx.now);
        for entry in self.log.expire(expired_by) {
            out.push(Output::EntryExpired { entry: Box::new(entry) });
        }
        self.letters_expired(expired_by, out);
        if self.next_expiry <= cx.now {
            self.next_expiry = cx.now.after(CLOCK_SKEW);
            self.membership.expire(cx.now);
            self.refresh_peers(cx.now);
        } else if self.peers_until.is_some_and(|until| until <= cx.now) {
            self.refresh_peers(cx.now);
        }
    }

    /// Returns when something expires, a certificate too, or a manifest or an entry from the future is due.
    pub(super) fn next_entry_wake(&self) -> Option<Timestamp> {
        let log = self.log.own_log(self.coop);
        let manifest = log.and_then(|log| self.log.next_manifest(&log, self.now));
        let expiry = [self.log.next_expiry(), self.mail.next_expiry()].into_iter().flatten().min();
        let kept_longer = self.now.0.saturating_sub(self.expired_by(self.now).0);
        let expiry = expiry.filter(|_| !self.clock.is_suspect());
        let expiry = expiry.map(|at| later(at, kept_longer).max(self.expire_from));
        let certified =
            self.peers_until.filter(|_| !self.clock.is_suspect()).map(|at| at.max(self.expire_from));
        let parked = self.log.next_parked().filter(|_| !self.may_be_ahead());
        [expiry, certified, parked, manifest].into_iter().flatten().min()
    }
}
