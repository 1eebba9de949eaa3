//! Direct messages: sending, answering, giving up.

use jitney_domain::Timestamp;
use jitney_identity::PublicKey;

use super::{About, Cx, Federation, Output};
use crate::bytes::later;
use crate::direct::{DirectDraft, DirectError, DirectMessage, DirectRefusal, DirectReply};
use crate::ids::{MailKey, MessageId};
use crate::log::CLOCK_SKEW;
use crate::mail::Arrival;
use crate::sync::{read, write};

/// Longest answer to a direct message in bytes.
pub(crate) const MAX_DIRECT_REPLY_BYTES: usize = 1024;

impl Federation {
    /// Sends what is due to every coop within reach.
    pub(super) fn letters_due(&mut self, cx: &mut Cx<'_>, out: &mut Vec<Output>) {
        for coop in self.mail.receivers().collect::<Vec<_>>() {
            let Some(peer) = self.reach(&coop) else { continue };
            let Some((key, row)) = self.mail.due(&coop, cx.now) else { continue };
            let anew = if self.is_vouched_for() { redated(&row.bytes.0, cx) } else { None };
            let bytes = match anew {
                Some(message) => {
                    self.mail.replace(&key, &message, cx.now);
                    let (body, bytes) = (message.body().to_vec(), message.bytes().to_vec());
                    out.push(Output::DirectReplaced { body, bytes });
                    message.bytes().to_vec()
                }
                None => row.bytes.0.clone(),
            };
            self.mail.sent(key);
            self.ask(peer, About::Letter(key), bytes, cx.now, out);
        }
    }

    /// Takes a message of another coop and answers it.
    pub(super) fn answer_letter(
        &mut self,
        from: PublicKey,
        bytes: &[u8],
        now: Timestamp,
        out: &mut Vec<Output>,
    ) -> Vec<u8> {
        let reply = match self.take_letter(from, bytes, now, out) {
            Ok(id) => DirectReply::Ack(id),
            Err(refusal) => {
                self.counters.letters_refused = self.counters.letters_refused.saturating_add(1);
                DirectReply::Refused(refusal)
            }
        };
        write(&reply)
    }

    fn take_letter(
        &mut self,
        from: PublicKey,
        bytes: &[u8],
        now: Timestamp,
        out: &mut Vec<Output>,
    ) -> Result<MessageId, DirectRefusal> {
        let trusted = self.trusts(&from);
        let Some(roster) = self.membership.roster().filter(|_| trusted) else {
            return Err(DirectRefusal::NotOnRoster);
        };
        let message = DirectMessage::decode(bytes).map_err(|error| match error {
            DirectError::BadSignature { .. } => DirectRefusal::BadSignature,
            _ => DirectRefusal::Malformed,
        })?;
        match self.mail.arrive(&message, &self.coop, roster, now)? {
            Arrival::New => {
                self.counters.letters_received = self.counters.letters_received.saturating_add(1);
                out.push(received(&message));
            }
            Arrival::Again => {
                self.counters.letters_repeated = self.counters.letters_repeated.saturating_add(1);
            }
        }
        Ok(message.id)
    }

    pub(super) fn letter_answered(
        &mut self,
        key: MailKey,
        bytes: &[u8],
        now: Timestamp,
        out: &mut Vec<Output>,
    ) {
        match read::<DirectReply>(bytes, MAX_DIRECT_REPLY_BYTES) {
            Ok(DirectReply::Ack(id)) if id == key.id => {
                if self.mail.done(&key) {
                    out.push(Output::DirectDelivered { to: key.coop, id });
                }
            }
            // One of the two clocks is wrong: by ours it has not expired.
            Ok(DirectReply::Refused(DirectRefusal::Expired)) if self.mail.is_in_time(&key, now) => {
                self.mail.failed(key, now);
            }
            Ok(DirectReply::Refused(reason)) if !reason.is_passing() => self.give_up(key, reason, out),
            _ => self.mail.failed(key, now),
        }
    }

    /// Gives up the messages past their time.
    pub(super) fn letters_expired(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        for key in self.mail.expire(now) {
            out.push(Output::DirectFailed { to: key.coop, id: key.id, reason: DirectRefusal::Expired });
        }
    }

    fn give_up(&mut self, key: MailKey, reason: DirectRefusal, out: &mut Vec<Output>) {
        if self.mail.done(&key) {
            out.push(Output::DirectFailed { to: key.coop, id: key.id, reason });
        }
    }
}

/// Writes a message anew under the same name, if it is dated ahead, by a clock that was or by what others had dated
/// so: until that time came nobody would take it.
fn redated(bytes: &[u8], cx: &Cx<'_>) -> Option<DirectMessage> {
    let old = DirectMessage::parse(bytes).ok().filter(|old| old.issued_at > cx.now.after(CLOCK_SKEW))?;
    let life = old.expires_at.0.saturating_sub(old.issued_at.0);
    let draft = DirectDraft {
        federation: old.federation,
        from: old.from,
        to: old.to,
        id: old.id,
        issued_at: cx.now,
        expires_at: later(cx.now, life),
        body: old.body(),
    };
    DirectMessage::sign(draft, cx.keys.node).ok()
}

/// Returns the output by which the domain learns of a message.
pub(super) fn received(message: &DirectMessage) -> Output {
    Output::DirectReceived {
        from: message.from,
        id: message.id,
        issued_at: message.issued_at,
        body: message.body().to_vec(),
        bytes: message.bytes().to_vec(),
    }
}
