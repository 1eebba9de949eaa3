//! Joining a federation: the newcomer's asking, and the inviter's answers.

use jitney_domain::Timestamp;
use jitney_identity::PublicKey;

use super::command::is_admission;
use super::{About, Cx, Federation, Output};
use crate::act::SignedAct;
use crate::bytes::{backoff_ms, later};
use crate::charter::SignedCharter;
use crate::ids::CoopKey;
use crate::join::{
    ASK_AGAIN_MS, ASK_LONGEST_MS, ASK_OFTEN, JoinProgress, JoinRefusal, JoinReply, JoinRequest, MAX_JOIN_ACTS,
};
use crate::membership::{ApplicantRow, Decision, JoiningRow, MAX_APPLICANTS};
use crate::sync::write;

/// How far this node's own asking is, until the program ends.
#[derive(Debug, Default)]
pub(super) struct Asking {
    next: Timestamp,
    asked: u32,
    under_way: bool,
    progress: Option<JoinProgress>,
    /// What the federation is called, once its charter was seen.
    name: Option<String>,
}

impl Asking {
    pub(super) fn begin(&mut self, now: Timestamp) {
        *self = Asking { next: now, ..Asking::default() };
    }

    pub(super) fn soon(&mut self, now: Timestamp) {
        self.next = now;
    }

    pub(super) fn failed(&mut self, now: Timestamp) {
        self.under_way = false;
        let beyond = self.asked.saturating_sub(ASK_OFTEN);
        self.next = later(now, backoff_ms(ASK_AGAIN_MS, ASK_LONGEST_MS, beyond));
    }
}

impl Federation {
    /// Returns what we have asked to join, and what the inviter last said of it; none once we belong.
    pub fn joining(&self) -> Option<(&JoiningRow, Option<&JoinProgress>)> {
        let row = self.membership.joining.get(&()).filter(|_| self.membership.roster().is_none())?;
        Some((row, self.asking.progress.as_ref()))
    }

    /// Returns what the federation is called that we have asked to join, once the inviter has answered.
    pub fn joining_name(&self) -> Option<&str> {
        self.joining().and(self.asking.name.as_deref())
    }

    /// Asks the inviter if it is time to.
    pub(super) fn ask_due(&mut self, cx: &mut Cx<'_>, out: &mut Vec<Output>) {
        if self.next_ask().is_none_or(|at| at > cx.now) {
            return;
        }
        let Some(row) = self.membership.joining.get(&()) else { return };
        let (secret, record) = (row.link.secret, row.record.clone());
        let bytes = write(&JoinRequest { federation: row.federation, secret, record });
        let peer = row.link.node;
        self.asking.under_way = true;
        self.asking.asked = self.asking.asked.saturating_add(1);
        self.ask(peer, About::Join, bytes, cx.now, out);
    }

    /// Returns when the inviter is to be asked next.
    pub(super) fn next_ask(&self) -> Option<Timestamp> {
        let row = self.membership.joining.get(&())?;
        let within_reach = self.peers.get(&row.link.node).is_some_and(|peer| peer.connected);
        let waits = self.membership.roster().is_some() || self.asking.under_way;
        (within_reach && !waits).then_some(self.asking.next)
    }

    /// Takes the inviter's answer.
    pub(super) fn join_answered(&mut self, bytes: &[u8], cx: &mut Cx<'_>, out: &mut Vec<Output>) {
        self.asking.failed(cx.now);
        let Some(row) = self.membership.joining.get(&()) else { return };
        let federation = row.federation;
        let holds = |charter: &SignedCharter| charter.federation() == federation && charter.open().is_ok();
        match JoinReply::decode(bytes) {
            Ok(JoinReply::Pending { charter, progress }) if holds(&charter) => {
                self.asking.name = charter.open().ok().map(|charter| charter.name);
                let before = self.asking.progress.replace(progress);
                if before != Some(progress) {
                    out.push(Output::JoinPending { progress });
                }
            }
            Ok(JoinReply::Admitted { charter, acts }) if holds(&charter) => {
                self.admitted(charter, acts, cx, out);
            }
            Ok(JoinReply::Refused(reason)) if !reason.is_passing() => {
                self.membership.joining.remove(&());
                self.refresh_peers(cx.now);
                out.push(Output::JoinRefused { reason });
            }
            // An answer that makes no sense: asked again later.
            _ => {}
        }
    }

    fn admitted(
        &mut self,
        charter: SignedCharter,
        acts: Vec<SignedAct>,
        cx: &mut Cx<'_>,
        out: &mut Vec<Output>,
    ) {
        if self.membership.roster().is_some() || self.membership.adopt_charter(charter).is_err() {
            return;
        }
        for act in acts {
            // What does not follow is fetched by sync.
            if self.membership.adopt(act).is_err() {
                break;
            }
        }
        if let Some(roster) = self.membership.roster() {
            out.push(Output::Federate { federation: roster.federation() });
        }
        self.roster_changed(cx, out);
    }

    /// Answers a coop that asks to be admitted.
    pub(super) fn answer_join(
        &mut self,
        from: PublicKey,
        bytes: &[u8],
        now: Timestamp,
        out: &mut Vec<Output>,
    ) -> Vec<u8> {
        write(&self.receive(from, bytes, now, out).unwrap_or_else(JoinReply::Refused))
    }

    fn receive(
        &mut self,
        from: PublicKey,
        bytes: &[u8],
        now: Timestamp,
        out: &mut Vec<Output>,
    ) -> Result<JoinReply, JoinRefusal> {
        let request = JoinRequest::decode(bytes).map_err(|_| JoinRefusal::Malformed)?;
        let (Some(roster), Some(charter)) = (self.membership.roster(), self.membership.charter.get(&()))
        else {
            return Err(JoinRefusal::WrongFederation);
        };
        if request.federation != roster.federation() {
            return Err(JoinRefusal::WrongFederation);
        }
        // Looked up before anything is verified: without an invitation a stranger costs nothing.
        let hash = request.secret.hash();
        let invitation = self.membership.invitations.get(&hash).copied();
        let invitation = invitation.ok_or(JoinRefusal::UnknownInvitation)?;
        let coop = request.applicant(&from).ok_or(JoinRefusal::BadRecord)?;
        match invitation.used_by {
            Some(other) if other != coop => return Err(JoinRefusal::UsedInvitation),
            None if invitation.expires_at < now => return Err(JoinRefusal::ExpiredInvitation),
            _ => {}
        }
        let charter = charter.clone();
        if roster.coop(&coop).is_some() {
            let acts = self.membership.acts.values().take(MAX_JOIN_ACTS).cloned().collect();
            return Ok(JoinReply::Admitted { charter, acts });
        }
        self.note_applicant(coop, &request, now, out)?;
        self.membership.invitations.update(&hash, |row| row.used_by = Some(coop));
        Ok(JoinReply::Pending { charter, progress: self.progress(&coop, now) })
    }

    fn note_applicant(
        &mut self,
        coop: PublicKey,
        request: &JoinRequest,
        now: Timestamp,
        out: &mut Vec<Output>,
    ) -> Result<(), JoinRefusal> {
        match self.membership.applicants.get(&CoopKey(coop)) {
            Some(row) if row.decision == Decision::Decline => return Err(JoinRefusal::Declined),
            Some(row) if row.record == request.record || row.decision == Decision::Admit => return Ok(()),
            Some(_) => {}
            None if self.membership.applicants.len() >= MAX_APPLICANTS => return Err(JoinRefusal::Busy),
            None => out.push(Output::ApplicantArrived { coop }),
        }
        let row = ApplicantRow { record: request.record.clone(), asked_at: now, decision: Decision::Waiting };
        self.membership.applicants.insert(CoopKey(coop), row);
        Ok(())
    }

    fn progress(&self, coop: &PublicKey, now: Timestamp) -> JoinProgress {
        let proposal = self.membership.proposal_about(coop, is_admission, now).map(|(act, _)| act);
        let view = self.proposals(now).into_iter().find(|view| Some(view.id) == proposal);
        let signed = view.map_or(0, |view| view.endorsed_by.len());
        let needed = self.membership.roster().map_or(0, |roster| roster.majority());
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        JoinProgress { proposal, signed: count(signed), needed: count(needed) }
    }
}
