//! Direct messages on their way: the durable outbox, and which were delivered here.
//!
//! To each coop one message is under way at a time, the oldest first, until it is acknowledged, refused for
//! good, or expired; so they arrive in the order of sending. Each is handed on exactly once, however often
//! it arrives.

use std::collections::BTreeMap;

use jitney_domain::table::Table;
use jitney_domain::{Minutes, Timestamp};
use jitney_identity::PublicKey;
use serde::{Deserialize, Serialize};

use crate::bytes::{Blob, backoff_ms, later};
use crate::direct::{DirectMessage, DirectRefusal};
use crate::ids::{MailKey, MessageId};
use crate::log::CLOCK_SKEW;
use crate::roster::Roster;

/// Time before a message that got no answer is sent again, in milliseconds; doubles with every attempt.
pub const RESEND_FIRST_MS: i64 = 2_000;
/// Longest time between two attempts, 15 minutes in milliseconds.
pub const RESEND_LONGEST_MS: i64 = 15 * 60_000;
/// Most messages that wait for one coop.
pub const MAX_WAITING_PER_COOP: usize = 10_000;
/// Most messages of one coop that are remembered as delivered.
pub const MAX_DELIVERED_PER_COOP: usize = 100_000;
/// Time that a delivered message is remembered beyond its expiry, a day: a clock set back replays nothing.
pub const REMEMBER_DELIVERED: Minutes = Minutes(24 * 60);
/// Most delivered messages that are forgotten at a time, so that what follows fits one durable batch of the
/// store.
const MAX_FORGOTTEN: usize = 1_000;

/// A message that is not acknowledged yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// The message as it travels.
    pub bytes: Blob,
    /// Place in the order of sending.
    pub number: u64,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// Until when it is tried.
    pub expires_at: Timestamp,
    /// How often it was tried in vain since the other coop was last heard of.
    pub attempts: u32,
    /// When it is tried next.
    pub next_try: Timestamp,
}

/// A message that was delivered here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveredRow {
    /// When the message expires.
    pub expires_at: Timestamp,
}

/// Direct messages on their way out and those that came in.
#[derive(Debug, Default)]
pub struct Mail {
    /// Messages not acknowledged yet, by receiver; table 141.
    pub outbox: Table<MailKey, OutboxRow>,
    /// Messages delivered here, by sender; table 142.
    pub delivered: Table<MailKey, DeliveredRow>,
    queues: BTreeMap<PublicKey, BTreeMap<u64, MessageId>>,
    under_way: BTreeMap<PublicKey, MailKey>,
    next_number: u64,
    forget_at: Timestamp,
    /// How many messages of each coop are remembered as delivered.
    remembered: BTreeMap<PublicKey, usize>,
}

/// What an incoming message turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// It is new.
    New,
    /// It was delivered before.
    Again,
}

impl Mail {
    /// Rebuilds the order of sending from the rows.
    pub fn rebuild(&mut self) {
        self.queues.clear();
        for (key, row) in self.outbox.iter() {
            self.queues.entry(key.coop).or_default().insert(row.number, key.id);
            self.next_number = self.next_number.max(row.number.saturating_add(1));
        }
        self.remembered.clear();
        for (key, _) in self.delivered.iter() {
            let count = self.remembered.entry(key.coop).or_default();
            *count = count.saturating_add(1);
        }
    }

    /// Queues a message; tells whether there was room.
    pub fn queue(&mut self, message: &DirectMessage, now: Timestamp) -> bool {
        let queue = self.queues.entry(message.to).or_default();
        if queue.len() >= MAX_WAITING_PER_COOP {
            return false;
        }
        let number = self.next_number;
        self.next_number = number.saturating_add(1);
        queue.insert(number, message.id);
        let row = OutboxRow {
            bytes: Blob(message.bytes().to_vec()),
            number,
            queued_at: message.issued_at.max(now),
            expires_at: message.expires_at,
            attempts: 0,
            next_try: now,
        };
        self.outbox.insert(MailKey { coop: message.to, id: message.id }, row);
        true
    }

    /// Returns the coops for which messages wait.
    pub fn receivers(&self) -> impl Iterator<Item = PublicKey> {
        self.queues.keys().copied()
    }

    /// Returns how many messages wait for each coop.
    pub fn waiting(&self) -> impl Iterator<Item = (PublicKey, usize)> {
        self.queues.iter().map(|(coop, queue)| (*coop, queue.len()))
    }

    /// Returns since when the oldest message waits for each coop.
    pub fn waiting_since(&self) -> impl Iterator<Item = (PublicKey, Timestamp)> {
        self.receivers().filter_map(|coop| self.first(&coop).map(|(_, row)| (coop, row.queued_at)))
    }

    /// Returns the message to the coop that is to be sent now.
    pub fn due(&self, coop: &PublicKey, now: Timestamp) -> Option<(MailKey, &OutboxRow)> {
        let (key, row) = self.first(coop)?;
        (!self.under_way.contains_key(coop) && row.next_try <= now).then_some((key, row))
    }

    /// Puts a message in the place of one of the same name.
    pub(crate) fn replace(&mut self, key: &MailKey, message: &DirectMessage, now: Timestamp) {
        self.outbox.update(key, |row| {
            row.bytes = Blob(message.bytes().to_vec());
            row.queued_at = now;
            row.expires_at = message.expires_at;
        });
    }

    /// Tells whether a message waits and has not expired by this node's clock.
    pub(crate) fn is_in_time(&self, key: &MailKey, now: Timestamp) -> bool {
        self.outbox.get(key).is_some_and(|row| row.expires_at >= now)
    }

    /// Notes that a message was handed to the network.
    pub fn sent(&mut self, key: MailKey) {
        self.under_way.insert(key.coop, key);
    }

    /// Notes that an attempt came to nothing; the next one waits longer.
    pub fn failed(&mut self, key: MailKey, now: Timestamp) {
        self.under_way.remove(&key.coop);
        self.outbox.update(&key, |row| {
            let wait = backoff_ms(RESEND_FIRST_MS, RESEND_LONGEST_MS, row.attempts);
            row.attempts = row.attempts.saturating_add(1);
            row.next_try = later(now, wait);
        });
    }

    /// Takes a message out, because it is acknowledged or never will be; tells whether it was there.
    pub fn done(&mut self, key: &MailKey) -> bool {
        if self.under_way.get(&key.coop) == Some(key) {
            self.under_way.remove(&key.coop);
        }
        let Some(row) = self.outbox.remove(key) else { return false };
        if let Some(queue) = self.queues.get_mut(&key.coop) {
            queue.remove(&row.number);
            if queue.is_empty() {
                self.queues.remove(&key.coop);
            }
        }
        true
    }

    /// Tries again soon what waits for a coop, because it was heard of.
    pub fn hasten(&mut self, coop: &PublicKey, soonest: Timestamp) {
        let Some((key, row)) = self.first(coop) else { return };
        if row.next_try > soonest {
            self.outbox.update(&key, |row| {
                row.next_try = soonest;
                row.attempts = 0;
            });
        }
    }

    /// Takes out the messages that are past their time and returns their keys.
    pub fn expire(&mut self, now: Timestamp) -> Vec<MailKey> {
        let mut expired = Vec::new();
        for coop in self.receivers().collect::<Vec<_>>() {
            while let Some((key, _)) = self.first(&coop).filter(|(_, row)| row.expires_at < now) {
                self.done(&key);
                expired.push(key);
            }
        }
        if self.forget_at <= now {
            let old = self.delivered.iter().filter(|(_, row)| row.expires_at.after(REMEMBER_DELIVERED) < now);
            let old: Vec<MailKey> = old.map(|(key, _)| *key).take(MAX_FORGOTTEN).collect();
            if old.len() < MAX_FORGOTTEN {
                self.forget_at = now.after(REMEMBER_DELIVERED);
            }
            for key in old {
                self.forget(&key);
            }
        }
        expired
    }

    /// Returns the next moment at which something is to be sent to a coop within reach.
    pub fn next_try(&self, within_reach: impl Fn(&PublicKey) -> bool) -> Option<Timestamp> {
        let ready =
            self.queues.keys().filter(|coop| within_reach(coop) && !self.under_way.contains_key(coop));
        ready.filter_map(|coop| self.first(coop)).map(|(_, row)| row.next_try).min()
    }

    /// Returns the next moment at which a message expires.
    pub fn next_expiry(&self) -> Option<Timestamp> {
        self.queues.keys().filter_map(|coop| self.first(coop)).map(|(_, row)| later(row.expires_at, 1)).min()
    }

    /// Judges an incoming message whose signature holds, and remembers it if it is new.
    pub(crate) fn arrive(
        &mut self,
        message: &DirectMessage,
        us: &PublicKey,
        roster: &Roster,
        now: Timestamp,
    ) -> Result<Arrival, DirectRefusal> {
        if message.federation != roster.federation() {
            return Err(DirectRefusal::WrongFederation);
        }
        if message.to != *us {
            return Err(DirectRefusal::NotForUs);
        }
        if roster.coop(&message.from).is_none() {
            return Err(DirectRefusal::NotOnRoster);
        }
        if !roster.certifies(&message.from, &message.node, message.issued_at) {
            return Err(DirectRefusal::BadSignature);
        }
        let key = MailKey { coop: message.from, id: message.id };
        if self.delivered.contains(&key) {
            return Ok(Arrival::Again);
        }
        if message.expires_at < now {
            return Err(DirectRefusal::Expired);
        }
        if message.issued_at > now.after(CLOCK_SKEW) {
            return Err(DirectRefusal::TooEarly);
        }
        let remembered = self.remembered.entry(message.from).or_default();
        if *remembered >= MAX_DELIVERED_PER_COOP {
            return Err(DirectRefusal::Busy);
        }
        *remembered = remembered.saturating_add(1);
        self.delivered.insert(key, DeliveredRow { expires_at: message.expires_at });
        Ok(Arrival::New)
    }

    /// Forgets a message that was delivered.
    fn forget(&mut self, key: &MailKey) {
        if self.delivered.remove(key).is_some()
            && let Some(count) = self.remembered.get_mut(&key.coop)
        {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.remembered.remove(&key.coop);
            }
        }
    }

    fn first(&self, coop: &PublicKey) -> Option<(MailKey, &OutboxRow)> {
        let (_, id) = self.queues.get(coop)?.first_key_value()?;
        let key = MailKey { coop: *coop, id: *id };
        self.outbox.get(&key).map(|row| (key, row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charter::SignedCharter;
    use crate::direct::DirectDraft;
    use crate::testing::{charter, key, node, now};

    fn roster() -> Roster {
        Roster::found(&SignedCharter::sign(&charter("orchard"), &key("orchard")).unwrap()).unwrap().0
    }

    fn message(n: u8) -> DirectMessage {
        let draft = DirectDraft {
            federation: roster().federation(),
            from: key("orchard").public(),
            to: key("harbour").public(),
            id: MessageId([n; 16]),
            issued_at: now(),
            expires_at: now().after(Minutes(60)),
            body: b"claim",
        };
        DirectMessage::sign(draft, &node("orchard")).unwrap()
    }

    fn mail() -> Mail {
        let mut mail = Mail::default();
        for n in [9, 1, 5] {
            assert!(mail.queue(&message(n), now()));
        }
        mail
    }

    fn next(mail: &Mail, now: Timestamp) -> Option<u8> {
        mail.due(&key("harbour").public(), now).map(|(key, _)| key.id.0[0])
    }

    #[test]
    fn messages_leave_in_the_order_of_sending_one_at_a_time() {
        let mut mail = mail();
        let mut order = Vec::new();
        while let Some((key, _)) = mail.due(&key("harbour").public(), now()) {
            mail.sent(key);
            assert_eq!(next(&mail, now()), None, "one is under way");
            order.push(key.id.0[0]);
            assert!(mail.done(&key));
        }
        assert_eq!(order, [9, 1, 5]);
        assert!(mail.outbox.is_empty() && mail.receivers().next().is_none());
    }

    #[test]
    fn a_coop_is_waited_for_since_its_oldest_message_was_queued() {
        let mut mail = mail();
        assert!(mail.queue(&message(7), now().after(Minutes(1))));
        let harbour = key("harbour").public();
        assert_eq!(mail.waiting_since().collect::<Vec<_>>(), [(harbour, now())]);
        for id in [9, 1, 5] {
            mail.done(&MailKey { coop: harbour, id: MessageId([id; 16]) });
        }
        assert_eq!(mail.waiting_since().collect::<Vec<_>>(), [(harbour, now().after(Minutes(1)))]);
    }

    #[test]
    fn an_attempt_in_vain_waits_twice_as_long_until_the_coop_is_heard_of() {
        let mut mail = mail();
        let (first, _) = mail.due(&key("harbour").public(), now()).unwrap();
        mail.sent(first);
        mail.failed(first, now());
        assert_eq!(next(&mail, later(now(), 1_999)), None);
        assert_eq!(next(&mail, later(now(), 2_000)), Some(9));
        mail.failed(first, now());
        assert_eq!(mail.next_try(|_| true), Some(later(now(), 4_000)));
        assert_eq!(mail.next_try(|_| false), None);
        assert_eq!(mail.next_expiry(), Some(later(now().after(Minutes(60)), 1)));
        mail.hasten(&key("harbour").public(), later(now(), 100));
        assert_eq!(next(&mail, later(now(), 100)), Some(9));
        assert_eq!(mail.outbox.get(&first).unwrap().attempts, 0);
    }

    #[test]
    fn the_order_of_sending_survives_a_restart() {
        let mut mail = mail();
        let mut back = Mail::default();
        let mut rows = Vec::new();
        mail.outbox.drain_changes(141, &mut rows).unwrap();
        for row in rows {
            back.outbox.restore_row(141, &row.key, &row.value.unwrap()).unwrap();
        }
        back.rebuild();
        assert_eq!(next(&back, now()), Some(9));
        back.queue(&message(3), now());
        assert_eq!(back.outbox.values().map(|row| row.number).max(), Some(3));
    }

    #[test]
    fn what_nobody_fetched_expires_and_is_reported() {
        let mut mail = mail();
        assert!(mail.expire(now().after(Minutes(60))).is_empty());
        let expired = mail.expire(later(now().after(Minutes(60)), 1));
        assert_eq!(expired.iter().map(|key| key.id.0[0]).collect::<Vec<_>>(), [9, 1, 5]);
        assert!(mail.outbox.is_empty() && mail.waiting_since().next().is_none());
    }

    #[test]
    fn a_message_is_new_once_and_again_however_late() {
        let (roster, mut mail) = (roster(), Mail::default());
        let us = key("harbour").public();
        assert_eq!(mail.arrive(&message(1), &us, &roster, now()), Ok(Arrival::New));
        assert_eq!(mail.arrive(&message(1), &us, &roster, now()), Ok(Arrival::Again));
        let late = now().after(Minutes(61));
        mail.expire(late);
        assert_eq!(mail.arrive(&message(1), &us, &roster, late), Ok(Arrival::Again));
        assert_eq!(mail.arrive(&message(2), &us, &roster, late), Err(DirectRefusal::Expired));
        mail.expire(now().after(Minutes(60)).after(REMEMBER_DELIVERED).after(Minutes(24 * 60 + 2)));
        assert!(mail.delivered.is_empty());
    }

    #[test]
    fn however_many_messages_are_forgotten_at_once_one_batch_of_the_store_holds_them() {
        let mut mail = Mail::default();
        for n in 0..=MAX_FORGOTTEN {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&n.to_be_bytes());
            let key = MailKey { coop: key("orchard").public(), id: MessageId(id) };
            mail.delivered.insert(key, DeliveredRow { expires_at: now() });
        }
        let late = now().after(REMEMBER_DELIVERED).after(Minutes(1));
        for left in [1, 0, 0] {
            mail.expire(late);
            assert_eq!(mail.delivered.len(), left);
        }
    }

    #[test]
    fn what_is_remembered_of_a_coop_is_counted_alike_after_a_restart() {
        let (roster, mut mail) = (roster(), Mail::default());
        let us = key("harbour").public();
        for n in 1..=3 {
            mail.arrive(&message(n), &us, &roster, now()).unwrap();
        }
        let mut rows = Vec::new();
        mail.delivered.drain_changes(142, &mut rows).unwrap();
        let mut back = Mail::default();
        for row in rows {
            back.delivered.restore_row(142, &row.key, &row.value.unwrap()).unwrap();
        }
        back.rebuild();
        let counted = BTreeMap::from([(key("orchard").public(), 3)]);
        assert_eq!((&mail.remembered, &back.remembered), (&counted, &counted));
        back.expire(now().after(Minutes(60)).after(REMEMBER_DELIVERED).after(Minutes(1)));
        assert!(back.delivered.is_empty() && back.remembered.is_empty());
    }

    #[test]
    fn a_message_that_is_not_ours_to_take_is_refused_by_name() {
        let (roster, mut mail) = (roster(), Mail::default());
        let us = key("harbour").public();
        let mut judge = |message: &DirectMessage, us: &PublicKey, now| mail.arrive(message, us, &roster, now);
        assert_eq!(judge(&message(1), &key("mill").public(), now()), Err(DirectRefusal::NotForUs));
        let mut stranger = message(1);
        stranger.from = key("mill").public();
        assert_eq!(judge(&stranger, &us, now()), Err(DirectRefusal::NotOnRoster));
        let mut forged = message(1);
        forged.node = node("mill").public();
        assert_eq!(judge(&forged, &us, now()), Err(DirectRefusal::BadSignature));
        assert_eq!(judge(&message(1), &us, now().before(Minutes(11))), Err(DirectRefusal::TooEarly));
        let mut foreign = message(1);
        foreign.federation.0 = jitney_identity::Hash::ZERO;
        assert_eq!(judge(&foreign, &us, now()), Err(DirectRefusal::WrongFederation));
        assert!(mail.delivered.is_empty());
    }
}
