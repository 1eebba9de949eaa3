//! Answers about coops that are to sign with another key: see decision 13.

use jitney_domain::Timestamp;
use jitney_federation::Change;
use jitney_identity::Fingerprint;
use jitney_store::Store;

use crate::api::{Answer, Fault, FaultKind, Reply};
use crate::core::Core;
use crate::view;

impl<S: Store> Core<S> {
    /// Says what stands on the roster about us and with which key we sign there, for the next key to sign.
    pub(super) fn draft_succession(&self, now: Timestamp) -> Answer {
        let roster = self.federation.roster().ok_or_else(alone)?;
        let listed = roster.coop(&self.coop_key()).ok_or_else(alone)?;
        let record = self.own_record(now);
        let (federation, signing) = (roster.federation(), listed.signing_key());
        Ok(Reply::Succession(Box::new(view::succession::Succession { federation, record, signing })))
    }

    /// Signs that another coop signs with another key from now on, if that key has the words that were read
    /// over the phone.
    pub(super) fn succeed_coop(&mut self, signed: &str, words: &str, now: Timestamp) -> Answer {
        let unread =
            || Fault::invalid("this is not what `jitney coop key prepare` has printed; have it sent again");
        let signed = view::succession::read_succession(signed).ok_or_else(unread)?;
        let record = signed.read().map_err(|e| Fault::invalid(e.to_string()))?;
        let key = record.signing_key();
        if words.parse::<Fingerprint>().ok() != Some(key.fingerprint()) && words.trim() != key.to_string() {
            return Err(Fault::new(
                FaultKind::NotAllowed,
                format!(
                    "its new key has the words {}, not those that you were told; nothing was signed",
                    key.fingerprint()
                ),
            ));
        }
        // Our own word comes after another's: two proposals would bind the coops to different acts for a week.
        let proposed = || {
            let acts = self.federation.proposals(now).into_iter().map(|proposal| proposal.act.change);
            acts.into_iter().any(|change| matches!(change, Change::Succeed(of) if of == signed))
        };
        if record.coop == self.coop_key() && !proposed() {
            return Err(Fault::new(
                FaultKind::Conflict,
                "another coop signs first; once its signature has come here, sign as well if there are only two of you",
            ));
        }
        let (machine, mut cx) = self.machine(now);
        let outputs =
            machine.succeed(&signed, &mut cx).map_err(|e| Fault::new(FaultKind::Conflict, e.to_string()))?;
        self.let_out(outputs, now);
        Ok(Reply::Done)
    }
}

fn alone() -> Fault {
    Fault::not_found("this coop belongs to no federation: nobody else has to learn of another key")
}
