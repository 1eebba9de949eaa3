//! Acts on the roster: proposing, endorsing, and what follows when one is decided.

use jitney_domain::Timestamp;
use jitney_identity::PublicKey;

use super::command::{CommandError, is_admission};
use super::{Cx, Federation, Output};
use crate::act::{ACT_LIFE, Change, Endorsed, Proposed, RosterAct, act_id, endorse};
use crate::entry::Kind;
use crate::ids::{ActId, CoopKey, Incarnation, Version};
use crate::log::Draft;
use crate::membership::{Decision, EndorsedRow};
use crate::record::SignedRecord;
use crate::sync::write;

impl Federation {
    /// Proposes an act and endorses it.
    pub(super) fn propose(
        &mut self,
        change: Change,
        cx: &mut Cx<'_>,
        out: &mut Vec<Output>,
    ) -> Result<ActId, CommandError> {
        let key = self.coop_key(cx)?;
        let roster = self.membership.roster().ok_or(CommandError::NoFederation)?;
        let act = RosterAct {
            federation: roster.federation(),
            version: roster.version().next(),
            prev: roster.hash(),
            change,
            proposed_at: cx.now,
            expires_at: cx.now.after(ACT_LIFE),
        };
        roster.check(&act)?;
        let bytes = act.encode()?;
        let id = act_id(&bytes.0);
        self.bind(&act, id, cx.now)?;
        let body = write(&Proposed { signature: endorse(&bytes.0, key), act: bytes });
        let draft = Draft { kind: Kind::ROSTER_PROPOSED, body: &body, expires_at: act.expires_at };
        self.write_entry(draft, cx, out)?;
        Ok(id)
    }

    /// Endorses an act that is being decided; once is enough.
    pub(super) fn sign_act(
        &mut self,
        id: ActId,
        cx: &mut Cx<'_>,
        out: &mut Vec<Output>,
    ) -> Result<(), CommandError> {
        let key = self.coop_key(cx)?;
        let roster = self.membership.roster().ok_or(CommandError::NoFederation)?;
        let row = self.membership.proposals.get(&id).ok_or(CommandError::UnknownAct { act: id })?;
        if row.signatures.contains_key(&self.coop) {
            return Ok(());
        }
        let act = RosterAct::decode(&row.act.0, roster.federation())?;
        if act.expires_at < cx.now {
            return Err(CommandError::UnknownAct { act: id });
        }
        roster.check(&act)?;
        let signature = endorse(&row.act.0, key);
        self.bind(&act, id, cx.now)?;
        let body = write(&Endorsed { act: id, signature });
        let draft = Draft { kind: Kind::ROSTER_ENDORSED, body: &body, expires_at: act.expires_at };
        self.write_entry(draft, cx, out).map(drop)
    }

    /// Binds this coop to one act for a version of the roster until the act expires.
    fn bind(&mut self, act: &RosterAct, id: ActId, now: Timestamp) -> Result<(), CommandError> {
        let bound = self.membership.endorsed.get(&act.version);
        if let Some(row) = bound.filter(|row| row.act != id && row.expires_at >= now) {
            let (version, other, until) = (act.version, row.act, row.expires_at);
            return Err(CommandError::Bound { version, other, until });
        }
        self.membership.endorsed.insert(act.version, EndorsedRow { act: id, expires_at: act.expires_at });
        Ok(())
    }

    /// Proposes the coops that the operator decided to admit, one for each version of the roster.
    pub(super) fn propose_approved(&mut self, cx: &mut Cx<'_>, out: &mut Vec<Output>) {
        for coop in self.approved() {
            let Some(row) = self.membership.applicants.get(&CoopKey(coop)) else { continue };
            let change = Change::Admit(row.record.clone());
            if self.membership.proposal_about(&coop, is_admission, cx.now).is_none()
                && self.may_propose(cx)
                && self.propose(change, cx, out).is_err()
            {
                // Nobody could ever admit it; the operator sees that it waits and may decline it.
                self.membership.applicants.update(&CoopKey(coop), |row| row.decision = Decision::Waiting);
            }
        }
    }

    fn approved(&self) -> Vec<PublicKey> {
        let rows = self.membership.applicants.iter();
        let approved = rows.filter(|(_, row)| row.decision == Decision::Admit);
        let mut approved: Vec<_> = approved.map(|(coop, row)| (row.asked_at, coop.0)).collect();
        approved.sort_unstable();
        approved.into_iter().map(|(_, coop)| coop).collect()
    }

    /// Tells whether nothing stands against proposing the next version: the key is at hand, no other act
    /// binds, and this coop is on the roster.
    fn may_propose(&self, cx: &Cx<'_>) -> bool {
        let Some(roster) = self.membership.roster() else { return false };
        let next: Version = roster.version().next();
        let bound = self.membership.endorsed.get(&next).is_some_and(|row| row.expires_at >= cx.now);
        !bound && self.coop_key(cx).is_ok() && roster.coop(&self.coop).is_some()
    }

    /// Adopts the acts that have found their majority.
    pub(super) fn adopt_decided(&mut self, cx: &mut Cx<'_>, out: &mut Vec<Output>) {
        let adopted = self.membership.adopt_decided(cx.now);
        if !adopted.is_empty() {
            self.void_uncertified(&adopted, out);
            self.roster_changed(cx, out);
        }
    }

    /// Takes a coop's renewed record; what its nodes said that may not speak for it any more is void. Tells
    /// whether the record was newer.
    pub(super) fn take_record(
        &mut self,
        record: &SignedRecord,
        cx: &mut Cx<'_>,
        out: &mut Vec<Output>,
    ) -> bool {
        if self.membership.renew(record) != Ok(true) {
            return false;
        }
        if let Ok(record) = record.read() {
            self.void_entries(&record.coop, out);
        }
        self.roster_changed(cx, out);
        true
    }

    /// Drops what nodes of coops said that sign with another key by these acts, as far as their new records
    /// do not certify it.
    pub(super) fn void_uncertified(&mut self, adopted: &[RosterAct], out: &mut Vec<Output>) {
        let succeeded = adopted.iter().filter(|act| matches!(act.change, Change::Succeed(_)));
        for coop in succeeded.filter_map(RosterAct::subject).collect::<Vec<_>>() {
            self.void_entries(&coop, out);
        }
    }

    fn void_entries(&mut self, coop: &PublicKey, out: &mut Vec<Output>) {
        let Some(roster) = self.membership.roster() else { return };
        let void = self.log.void(coop, roster).into_iter();
        out.extend(void.map(|entry| Output::EntryVoided { entry: Box::new(entry) }));
    }

    /// Does what follows from another roster.
    pub(super) fn roster_changed(&mut self, cx: &mut Cx<'_>, out: &mut Vec<Output>) {
        self.refresh_peers(cx.now);
        let Some(roster) = self.membership.roster() else { return };
        let (federation, version) = (roster.federation(), roster.version());
        let applicants = self.membership.applicants.iter().map(|(coop, _)| *coop);
        let admitted: Vec<CoopKey> = applicants.filter(|coop| roster.coop(&coop.0).is_some()).collect();
        let member = roster.coop(&self.coop).is_some();
        out.push(Output::RosterChanged { version });
        for coop in admitted {
            self.membership.applicants.remove(&coop);
        }
        let joining = self.membership.joining.contains(&());
        if member && joining {
            self.membership.joining.remove(&());
            self.refresh_peers(cx.now);
            if !self.log.own.contains(&()) {
                self.log.begin(Incarnation(cx.rng.next_u64()));
            }
            out.push(Output::Joined { federation });
        } else if !member && !joining {
            out.push(Output::Expelled);
        }
        // Entries that were refused may be welcome now.
        self.pull_from_all(cx.now);
    }

    /// Pulls from every node soon.
    pub(super) fn pull_from_all(&mut self, now: Timestamp) {
        for node in self.peers.keys().copied().collect::<Vec<_>>() {
            self.hint(&node, now);
        }
    }
}
