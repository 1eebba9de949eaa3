//! The federation as a state machine: inputs in, outputs out; no clock, no socket, no disk.

mod clock;
mod command;
mod decisions;
mod gossip;
mod io;
mod joining;
mod letters;
mod peers;
mod pull;
mod serve;
mod views;

use std::collections::{BTreeMap, BTreeSet};

use jitney_domain::table::{RowChange, RowError};
use jitney_domain::{Minutes, Timestamp};
use jitney_identity::PublicKey;

use crate::bytes::later;
use crate::ids::{EntryKey, LogId, MailKey};
use crate::log::{CLOCK_SKEW, Log};
use crate::mail::Mail;
use crate::membership::Membership;

pub use command::{CommandError, FoundParams, Newcomer};
pub use io::{Channel, Cx, Input, Keys, Output, Verdict};
pub use views::{Counters, PeerStatus, ProposalView};

/// Time after which a question counts as failed though the network never said so, 2 minutes in milliseconds.
const ANSWER_LONGEST_MS: i64 = 2 * 60_000;

/// Silence after which the clock may have leapt ahead: something is due more often than that.
const LEAP: Minutes = Minutes(60);

/// A question that awaits its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pending {
    peer: PublicKey,
    sent_at: Timestamp,
    about: About,
}

/// What a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Pull,
    Letter(MailKey),
    Join,
}

impl About {
    fn channel(&self) -> Channel {
        match self {
            About::Pull => Channel::Sync,
            About::Letter(_) => Channel::Book,
            About::Join => Channel::Join,
        }
    }
}

/// One node's part in a federation.
#[derive(Debug)]
pub struct Federation {
    coop: PublicKey,
    node: PublicKey,
    membership: Membership,
    log: Log,
    mail: Mail,
    peers: BTreeMap<PublicKey, peers::Peer>,
    /// When a certificate begins or has ended: then the peers are to be looked through again.
    peers_until: Option<Timestamp>,
    connected: BTreeSet<PublicKey>,
    pending: BTreeMap<u64, Pending>,
    publishing: BTreeMap<u64, EntryKey>,
    next_id: u64,
    next_publish: Timestamp,
    next_expiry: Timestamp,
    /// Nothing expires before this moment.
    expire_from: Timestamp,
    /// The clock leapt ahead, or the program has just begun, and the others have not said since that it is right.
    leapt: bool,
    asking: joining::Asking,
    clock: clock::Clock,
    counters: Counters,
    allowed: Option<(BTreeSet<PublicKey>, bool)>,
    /// Pages given to all nodes in the minute that began then.
    served: (Timestamp, u32),
    /// Logs whose manifest showed a hole while the current page is read.
    doubted: BTreeSet<LogId>,
    /// When a log's manifest last showed a hole.
    examined: BTreeMap<LogId, Timestamp>,
    now: Timestamp,
}

impl Federation {
    /// Returns the machine of a node that belongs to no federation yet.
    pub fn new(coop: PublicKey, node: PublicKey) -> Self {
        Federation {
            coop,
            node,
            membership: Membership::default(),
            log: Log::default(),
            mail: Mail::default(),
            peers: BTreeMap::new(),
            peers_until: None,
            connected: BTreeSet::new(),
            pending: BTreeMap::new(),
            publishing: BTreeMap::new(),
            next_id: 1,
            next_publish: Timestamp(0),
            next_expiry: Timestamp(0),
            expire_from: Timestamp(0),
            leapt: true,
            asking: joining::Asking::default(),
            clock: clock::Clock::default(),
            counters: Counters::default(),
            allowed: None,
            served: (Timestamp(0), 0),
            doubted: BTreeSet::new(),
            examined: BTreeMap::new(),
            now: Timestamp(0),
        }
    }

    /// Takes one input and returns what is to be done, in order.
    pub fn handle(&mut self, input: Input, cx: &mut Cx<'_>) -> Vec<Output> {
        let mut out = Vec::new();
        match input {
            Input::Start => self.start(cx, &mut out),
            Input::Connected { peer } => self.connected(peer, cx.now),
            Input::Disconnected { peer } => self.disconnected(peer, cx),
            Input::Subscribed { peer } => self.subscribed(peer, cx.now),
            Input::Gossip { from, token, bytes } => {
                let verdict = self.take_gossip(from, &bytes, cx, &mut out);
                out.push(Output::Verdict { token, verdict });
            }
            Input::Request { from, channel, token, bytes } => {
                self.counters.received(bytes.len());
                self.heard(&from, cx.now);
                let bytes = match channel {
                    Channel::Sync => self.answer_sync(from, &bytes, cx),
                    Channel::Book => self.answer_letter(from, &bytes, cx.now, &mut out),
                    Channel::Join => self.answer_join(from, &bytes, cx.now, &mut out),
                };
                self.counters.sent(bytes.len());
                out.push(Output::Respond { token, bytes });
            }
            Input::Response { id, bytes } => self.response(id, &bytes, cx, &mut out),
            Input::RequestFailed { id } => self.request_failed(id, cx.now),
            Input::Published { id } => self.published(id),
            Input::NotPublished { id } => self.not_published(id, cx.now),
            Input::Wake => {}
        }
        self.settle(cx, &mut out);
        out
    }

    /// Returns the moment at which [`Input::Wake`] is due, if any.
    pub fn next_wake(&self) -> Option<Timestamp> {
        let soonest = [
            self.next_peer_wake(),
            self.mail.next_try(|coop| self.reach(coop).is_some()),
            self.next_entry_wake(),
            self.next_publish_wake(),
            self.next_ask(),
            self.next_lapse(),
        ];
        soonest.into_iter().flatten().min().map(|at| at.max(self.now))
    }

    /// Returns the rows that changed since the last call, to be written in one durable batch before any
    /// output leaves.
    ///
    /// # Errors
    ///
    /// [`RowError`] if a value has no JSON form, which is a fault of the program.
    pub fn drain_changes(&mut self) -> Result<Vec<RowChange>, RowError> {
        crate::rows::drain(&mut self.membership, &mut self.log, &mut self.mail)
    }

    /// Puts one row back as [`Federation::drain_changes`] returned it; when all are, give [`Input::Start`].
    ///
    /// # Errors
    ///
    /// [`RowError`] for bytes that are no such row.
    pub fn restore_row(&mut self, table: u8, key: &[u8], value: &[u8]) -> Result<(), RowError> {
        crate::rows::restore(&mut self.membership, &mut self.log, &mut self.mail, (table, key, value))
    }

    fn start(&mut self, cx: &mut Cx<'_>, out: &mut Vec<Output>) {
        self.mail.rebuild();
        self.log.rebuild();
        if let Some(version) = self.membership.rebuild() {
            out.push(Output::RosterDamaged { version });
        }
        if let Some(roster) = self.membership.roster() {
            out.push(Output::Federate { federation: roster.federation() });
        }
        self.asking.begin(cx.now);
        self.refresh_peers(cx.now);
    }

    /// Does everything that is due, and says whom to let in if that changed.
    fn settle(&mut self, cx: &mut Cx<'_>, out: &mut Vec<Output>) {
        self.notice_leap(cx.now);
        self.now = cx.now;
        self.lapse_due(cx.now);
        self.judge_clock(cx.now, out);
        self.mend_own_log(cx, out);
        self.expire_due(cx, out);
        self.unpark_due(cx, out);
        self.propose_approved(cx, out);
        self.write_manifest(cx, out);
        self.dial_due(cx, out);
        self.pull_due(cx, out);
        self.publish_due(cx.now, out);
        self.letters_due(cx, out);
        self.ask_due(cx, out);
        self.allow(cx.now, out);
    }

    fn allow(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        let strangers = self.membership.expects_strangers(now);
        let as_before = |(roster, open): &(BTreeSet<PublicKey>, bool)| {
            *open == strangers && roster.len() == self.peers.len() && roster.iter().eq(self.peers.keys())
        };
        if !self.allowed.as_ref().is_some_and(as_before) {
            let roster: BTreeSet<_> = self.peers.keys().copied().collect();
            self.allowed = Some((roster.clone(), strangers));
            out.push(Output::Allow { roster, strangers });
        }
    }

    fn response(&mut self, id: u64, bytes: &[u8], cx: &mut Cx<'_>, out: &mut Vec<Output>) {
        let Some(pending) = self.pending.remove(&id) else { return };
        self.counters.received(bytes.len());
        self.heard(&pending.peer, cx.now);
        match pending.about {
            About::Pull => self.pulled(&pending, bytes, cx, out),
            About::Letter(key) => self.letter_answered(key, bytes, cx.now, out),
            About::Join => self.join_answered(bytes, cx, out),
        }
    }

    fn request_failed(&mut self, id: u64, now: Timestamp) {
        let Some(pending) = self.pending.remove(&id) else { return };
        match pending.about {
            About::Pull => self.pull_failed(pending.peer, now),
            About::Letter(key) => self.mail.failed(key, now),
            About::Join => self.asking.failed(now),
        }
    }

    /// Gives up the questions that were never answered.
    fn lapse_due(&mut self, now: Timestamp) {
        let lapsed =
            self.pending.iter().filter(|(_, pending)| later(pending.sent_at, ANSWER_LONGEST_MS) <= now);
        for id in lapsed.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.request_failed(id, now);
        }
    }

    fn next_lapse(&self) -> Option<Timestamp> {
        self.pending.values().map(|pending| later(pending.sent_at, ANSWER_LONGEST_MS)).min()
    }

    /// Asks the others for their clocks before anything expires, if this one leapt ahead; sets every timer
    /// anew if it was set back, else they would wait for a time that was never.
    fn notice_leap(&mut self, now: Timestamp) {
        let ahead = now > self.now.after(LEAP);
        if ahead {
            self.expire_from = now.after(CLOCK_SKEW);
            self.leapt = true;
        }
        if !ahead && now >= self.now.before(Minutes(1)) {
            return;
        }
        self.expire_from = self.expire_from.min(now.after(CLOCK_SKEW));
        if now < self.now.before(CLOCK_SKEW) {
            self.doubt_all_logs(now);
        }
        self.reset_peer_timers(now);
        // Whoever was let go by a clock that was ahead is needed to say that this one is right.
        self.add_peers(now);
        self.next_publish = now;
        self.next_expiry = now;
        self.asking.soon(now);
        for pending in self.pending.values_mut() {
            pending.sent_at = now;
        }
        for coop in self.mail.receivers().collect::<Vec<_>>() {
            self.mail.hasten(&coop, now);
        }
    }

    /// Hands a question to the network.
    fn ask(
        &mut self,
        peer: PublicKey,
        about: About,
        bytes: Vec<u8>,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) -> u64 {
        let id = self.draw_id();
        self.counters.sent(bytes.len());
        out.push(Output::Request { id, peer, channel: about.channel(), bytes });
        self.pending.insert(id, Pending { peer, sent_at: now, about });
        id
    }

    fn draw_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id = id.wrapping_add(1);
        id
    }
}

#[cfg(test)]
mod tests;
