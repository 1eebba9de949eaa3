//! What the node asks of the federation on behalf of its operator and its domain.

use jitney_domain::gossip::{self, GossipBody};
use jitney_domain::{Minutes, Timestamp};
use jitney_identity::{Fingerprint, Hash, PublicKey, SecretKey};

use super::letters::received;
use super::{Cx, Federation, Output};
use crate::act::{ActError, Change};
use crate::bytes::later;
use crate::charter::{Agreement, CHARTER_VERSION, Charter, CharterError, SignedCharter};
use crate::direct::{DirectDraft, DirectError, DirectMessage};
use crate::entry::{EntryError, Kind};
use crate::ids::{ActId, CoopKey, EntryId, Incarnation, MessageId, Version};
use crate::invitation::{InvitationKind, InvitationLink, InvitationSecret, LinkError};
use crate::log::Draft;
use crate::membership::{Decision, InvitationRow, JoiningRow, MAX_INVITATIONS};
use crate::record::{CoopRecord, RecordError, SignedRecord};
use crate::roster::RosterError;
use crate::sync::write;

/// Time that the entry lives by which a renewed record spreads; sync brings it ever after.
const RENEWAL_LIFE: Minutes = Minutes(7 * 24 * 60);

/// Says why a command was refused; then nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// This node belongs to no federation.
    #[error("this node belongs to no federation yet; found one or join one")]
    NoFederation,
    /// This node belongs to a federation.
    #[error("this node belongs to a federation already")]
    AlreadyMember,
    /// This node has asked to join a federation.
    #[error(
        "this node has asked to join a federation, and the coops there have not decided yet; to found one instead, \
         first withdraw that with `jitney federation join --withdraw`"
    )]
    WaitsToJoin,
    /// This node has not asked to join a federation.
    #[error("this node does not wait to join a federation; there is nothing to withdraw")]
    NotJoining,
    /// The coop is not on the roster.
    #[error("coop {coop} is not on the roster")]
    NotOnRoster {
        /// The coop.
        coop: PublicKey,
    },
    /// The command needs the coop key, which is not at hand.
    #[error("this needs the coop key, which is kept offline; provide it for this command")]
    CoopKeyOffline,
    /// Another key was given as coop key.
    #[error("the key given is not the one of coop {expected}")]
    WrongCoopKey {
        /// This coop.
        expected: PublicKey,
    },
    /// Another key was given as node key.
    #[error("the key given is not the one of node {expected}")]
    WrongNodeKey {
        /// This node.
        expected: PublicKey,
    },
    /// The record is another coop's or does not certify this node now.
    #[error("the record is not one of coop {coop} that certifies node {node} now")]
    NotOurRecord {
        /// This coop.
        coop: PublicKey,
        /// This node.
        node: PublicKey,
    },
    /// The record is not newer than the one on the roster.
    #[error("the record has revision {found}, the one on the roster {current}; count up")]
    OldRevision {
        /// Revision given.
        found: u64,
        /// Revision on the roster.
        current: u64,
    },
    /// Nobody of that name asks to be admitted.
    #[error("no coop of that key or fingerprint asks to be admitted")]
    UnknownNewcomer,
    /// There is no such act being decided.
    #[error("act {act} is not being decided; it may have expired or be decided")]
    UnknownAct {
        /// The act.
        act: ActId,
    },
    /// This coop endorsed another act for the same version.
    #[error("this coop endorsed act {other} for version {version}; it binds until {until}")]
    Bound {
        /// Version of the roster.
        version: Version,
        /// The act endorsed.
        other: ActId,
        /// Until when.
        until: Timestamp,
    },
    /// The invitation is for members, not for coops.
    #[error("this invitation is for a member of a coop, not for a coop to join a federation")]
    MemberInvitation,
    /// Too many invitations are open.
    #[error("{MAX_INVITATIONS} invitations are open; wait until some are used or expire")]
    TooManyInvitations,
    /// The kind is this crate's own.
    #[error("entries of kind {kind} are written by the federation itself")]
    ReservedKind {
        /// The kind.
        kind: Kind,
    },
    /// This coop has as many live entries as it may.
    #[error("this coop has as many live entries as a federation accepts; let some expire")]
    TooManyEntries,
    /// Too many messages wait for the coop.
    #[error("too many messages wait for coop {coop}; it has been out of reach for long")]
    OutboxFull {
        /// The coop.
        coop: PublicKey,
    },
    /// The charter is faulty.
    #[error(transparent)]
    Charter(#[from] CharterError),
    /// The record is faulty.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The act is faulty.
    #[error(transparent)]
    Act(#[from] ActError),
    /// The act does not fit the roster.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// The invitation is faulty.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The entry is faulty.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The message is faulty.
    #[error(transparent)]
    Direct(#[from] DirectError),
}

/// What a coop founds a federation with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundParams {
    /// Name of the federation.
    pub name: String,
    /// BLAKE3 of the terms that the members voted.
    pub terms: Hash,
    /// The default agreement between any two coops.
    pub agreement: Agreement,
    /// This coop's record.
    pub record: CoopRecord,
}

/// Names a coop that asks to be admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Newcomer {
    /// By its key.
    Coop(PublicKey),
    /// By the fingerprint of its key, as read over the phone.
    Fingerprint(Fingerprint),
}

impl Federation {
    /// Founds a federation with this coop alone.
    ///
    /// # Errors
    ///
    /// A [`CommandError`] if this node belongs to one or the charter would not hold.
    pub fn found(&mut self, params: FoundParams, cx: &mut Cx<'_>) -> Result<Vec<Output>, CommandError> {
        self.is_free()?;
        self.is_ours(&params.record, cx.now)?;
        let charter = Charter {
            version: CHARTER_VERSION,
            name: params.name,
            founder: params.record,
            founded_at: cx.now,
            terms: params.terms,
            agreement: params.agreement,
        };
        let signed = SignedCharter::sign(&charter, self.coop_key(cx)?)?;
        let federation = signed.federation();
        self.membership.adopt_charter(signed)?;
        self.log.begin(Incarnation(cx.rng.next_u64()));
        let mut out = vec![Output::Federate { federation }];
        self.roster_changed(cx, &mut out);
        self.settle(cx, &mut out);
        Ok(out)
    }

    /// Invites a coop to join; the link is for one coop and lasts `ttl`.
    ///
    /// # Errors
    ///
    /// A [`CommandError`] without a federation or with too many open invitations.
    pub fn invite(
        &mut self,
        ttl: Minutes,
        addresses: Vec<String>,
        cx: &mut Cx<'_>,
    ) -> Result<(InvitationLink, Vec<Output>), CommandError> {
        let federation = self.membership.roster().ok_or(CommandError::NoFederation)?.federation();
        self.membership.expire(cx.now);
        if self.membership.invitations.len() >= MAX_INVITATIONS {
            return Err(CommandError::TooManyInvitations);
        }
        let link = InvitationLink {
            kind: InvitationKind::Federation { federation },
            coop: self.coop,
            node: self.node,
            addresses,
            secret: InvitationSecret::draw(cx.rng),
            expires_at: cx.now.after(ttl),
        };
        link.check(cx.now)?;
        let row = InvitationRow { expires_at: link.expires_at, used_by: None };
        self.membership.invitations.insert(link.secret.hash(), row);
        Ok((link, self.settled(cx)))
    }

    /// Asks to be admitted to the federation that the link leads to, until the coops there have decided.
    ///
    /// # Errors
    ///
    /// A [`CommandError`] if this node belongs to a federation, or link or record are of no use.
    pub fn join(
        &mut self,
        link: InvitationLink,
        record: &CoopRecord,
        cx: &mut Cx<'_>,
    ) -> Result<Vec<Output>, CommandError> {
        if self.membership.roster().is_some() {
            return Err(CommandError::AlreadyMember);
        }
        link.check(cx.now)?;
        self.is_ours(record, cx.now)?;
        let InvitationKind::Federation { federation } = link.kind else {
            return Err(CommandError::MemberInvitation);
        };
        let record = SignedRecord::sign(record, federation, self.coop_key(cx)?)?;
        self.membership.joining.insert((), JoiningRow { link, federation, record });
        self.asking.begin(cx.now);
        self.refresh_peers(cx.now);
        Ok(self.settled(cx))
    }

    /// Asks no longer to be admitted. The coops there are not told: what they sign from now on is not followed.
    ///
    /// # Errors
    ///
    /// A [`CommandError`] if this node belongs to a federation, or has not asked to.
    pub fn withdraw_join(&mut self, cx: &mut Cx<'_>) -> Result<Vec<Output>, CommandError> {
        if self.membership.roster().is_some() {
            return Err(CommandError::AlreadyMember);
        }
        if self.membership.joining.remove(&()).is_none() {
            return Err(CommandError::NotJoining);
        }
        self.asking.begin(cx.now);
        self.refresh_peers(cx.now);
        Ok(self.settled(cx))
    }

    /// Admits a coop: endorses the act that proposes it, or proposes one for a coop that asks this node. If
    /// this coop is bound by another act for the same version, the proposal follows once that is decided.
    ///
    /// # Errors
    ///
    /// A [`CommandError`] if nobody of that name asks, or the coop key is not at hand.
    pub fn admit(&mut self, newcomer: Newcomer, cx: &mut Cx<'_>) -> Result<Vec<Output>, CommandError> {
        self.coop_key(cx)?;
        let coop = self.newcomer(newcomer, cx.now).ok_or(CommandError::UnknownNewcomer)?;
        if let Some((act, _)) = self.membership.proposal_about(&coop, is_admission, cx.now) {
            return self.endorse(act, cx);
        }
        self.membership.applicants.update(&CoopKey(coop), |row| row.decision = Decision::Admit);
        Ok(self.settled(cx))
    }

    /// Declines a coop that asks this node to be admitted.
    ///
    /// # Errors
    ///
    /// [`CommandError::UnknownNewcomer`] if nobody of that name asks.
    pub fn decline(&mut self, newcomer: Newcomer, cx: &mut Cx<'_>) -> Result<Vec<Output>, CommandError> {
        let coop = self.newcomer(newcomer, cx.now).ok_or(CommandError::UnknownNewcomer)?;
        let known = self.membership.applicants.update(&CoopKey(coop), |row| row.decision = Decision::Decline);
        if !known {
            return Err(CommandError::UnknownNewcomer);
        }
        Ok(self.settled(cx))
    }

    /// Expels a coop: endorses the act that proposes so, or proposes one.
    ///
    /// # Errors
    ///
    /// A [`CommandError`] if the coop is not on the roster, this coop is bound by another act for the same
    /// version, or the coop key is not at hand.
    pub fn expel(&mut self, coop: PublicKey, cx: &mut Cx<'_>) -> Result<Vec<Output>, CommandError> {
        let is_meant = |change: &Change| matches!(change, Change::Expel(_));
        self.propose_or_endorse(coop, is_meant, Change::Expel(coop), cx)
    }

    /// Lets a coop sign with another key, because its key was lost or stolen or is to be retired: endorses the
    /// act that proposes just that, or proposes one. The coop hands over its new record, which names the new
    /// key and is signed with it; the coops compare its words by phone, as when they admitted it.
    ///
    /// # Errors
    ///
    /// A [`CommandError`] if the record does not hold or its coop is not on the roster, this coop is bound by
    /// another act for the same version, or the coop key is not at hand.
    pub fn succeed(&mut self, record: &SignedRecord, cx: &mut Cx<'_>) -> Result<Vec<Output>, CommandError> {
        let coop = record.read()?.coop;
        let change = Change::Succeed(record.clone());
        let same = change.clone();
        self.propose_or_endorse(coop, move |proposed| *proposed == same, change, cx)
    }

    fn propose_or_endorse(
        &mut self,
        coop: PublicKey,
        is_meant: impl Fn(&Change) -> bool,
        change: Change,
        cx: &mut Cx<'_>,
    ) -> Result<Vec<Output>, CommandError> {
        if let Some((act, _)) = self.membership.proposal_about(&coop, is_meant, cx.now) {
            return self.endorse(act, cx);
        }
        let mut out = Vec::new();
        self.propose(change, cx, &mut out)?;
        self.settle(cx, &mut out);
        Ok(out)
    }

    /// Endorses an act that is being decided.
    ///
    /// # Errors
    ///
    /// A [`CommandError`] if there is no such act, it does not follow the roster, this coop is bound by
    /// another for the same version, or the coop key is not at hand.
    pub fn endorse(&mut self, act: ActId, cx: &mut Cx<'_>) -> Result<Vec<Output>, CommandError> {
        let mut out = Vec::new();
        self.sign_act(act, cx, &mut out)?;
        self.settle(cx, &mut out);
        Ok(out)
    }

    /// Puts a new record of this coop on the roster: other addresses, other nodes.
    ///
    /// # Errors
    ///
    /// A [`CommandError`] if the record would not hold or the coop key is not at hand.
    pub fn renew(&mut self, record: &CoopRecord, cx: &mut Cx<'_>) -> Result<Vec<Output>, CommandError> {
        let roster = self.membership.roster().ok_or(CommandError::NoFederation)?;
        self.is_ours(record, cx.now)?;
        let current = roster.coop(&self.coop).ok_or(CommandError::NotOnRoster { coop: self.coop })?.revision;
        if record.revision <= current {
            return Err(CommandError::OldRevision { found: record.revision, current });
        }
        let signed = SignedRecord::sign(record, roster.federation(), self.coop_key(cx)?)?;
        let body = write(&signed);
        let expires_at = cx.now.after(RENEWAL_LIFE);
        let mut out = Vec::new();
        self.write_entry(Draft { kind: Kind::RECORD_RENEWED, body: &body, expires_at }, cx, &mut out)?;
        self.settle(cx, &mut out);
        Ok(out)
    }

    /// Appends an entry to this coop's public log. Only a body that has no room for anything personal can
    /// be appended, and its kind comes with it.
    ///
    /// # Errors
    ///
    /// A [`CommandError`] if this coop is not on the roster or the entry would not be accepted.
    pub fn append<B: GossipBody>(
        &mut self,
        body: &B,
        expires_at: Timestamp,
        cx: &mut Cx<'_>,
    ) -> Result<(EntryId, Vec<Output>), CommandError> {
        self.append_bytes(Kind(B::KIND), &gossip::bytes(body), expires_at, cx)
    }

    /// Appends whatever bytes: for [`Federation::append`] and for tests of what is only carried.
    pub(crate) fn append_bytes(
        &mut self,
        kind: Kind,
        body: &[u8],
        expires_at: Timestamp,
        cx: &mut Cx<'_>,
    ) -> Result<(EntryId, Vec<Output>), CommandError> {
        if kind.is_internal() {
            return Err(CommandError::ReservedKind { kind });
        }
        let mut out = Vec::new();
        let id = self.write_entry(Draft { kind, body, expires_at }, cx, &mut out)?.id();
        self.settle(cx, &mut out);
        Ok((id, out))
    }

    /// Sends a coop a message, and again until it is acknowledged or expires. A message to this coop itself
    /// arrives at once.
    ///
    /// # Errors
    ///
    /// A [`CommandError`] if that coop is not on the roster or the message would not be accepted.
    pub fn send(
        &mut self,
        to: PublicKey,
        body: &[u8],
        expires_at: Timestamp,
        cx: &mut Cx<'_>,
    ) -> Result<(MessageId, Vec<Output>), CommandError> {
        let roster = self.membership.roster().ok_or(CommandError::NoFederation)?;
        for coop in [self.coop, to] {
            roster.coop(&coop).ok_or(CommandError::NotOnRoster { coop })?;
        }
        if cx.keys.node.public() != self.node {
            return Err(CommandError::WrongNodeKey { expected: self.node });
        }
        let mut id = MessageId([0; 16]);
        cx.rng.fill_bytes(&mut id.0);
        let (federation, from, issued_at) = (roster.federation(), self.coop, self.dated(cx.now));
        let expires_at = later(expires_at, issued_at.0.saturating_sub(cx.now.0));
        let draft = DirectDraft { federation, from, to, id, issued_at, expires_at, body };
        let message = DirectMessage::sign(draft, cx.keys.node)?;
        let mut out = Vec::new();
        if to == self.coop {
            out.push(received(&message));
            out.push(Output::DirectDelivered { to, id });
        } else if !self.mail.queue(&message, cx.now) {
            return Err(CommandError::OutboxFull { coop: to });
        }
        self.settle(cx, &mut out);
        Ok((id, out))
    }

    /// Notes that a person cleared a coop that had contradicted itself; tells whether there was anything to
    /// clear.
    pub fn clear_equivocation(&mut self, coop: &PublicKey) -> bool {
        self.log.clear(coop)
    }

    /// Begins a new life of this node's log. To be called after a backup was restored, before
    /// [`Input::Start`](super::Input::Start), which may append something; else the log forks.
    pub fn new_incarnation(&mut self, cx: &mut Cx<'_>) {
        if self.log.own.contains(&()) {
            self.log.begin(Incarnation(cx.rng.next_u64()));
        }
    }

    /// Gives up a request to be admitted.
    pub fn abandon_join(&mut self, cx: &mut Cx<'_>) -> Vec<Output> {
        self.membership.joining.remove(&());
        self.refresh_peers(cx.now);
        self.settled(cx)
    }

    fn settled(&mut self, cx: &mut Cx<'_>) -> Vec<Output> {
        let mut out = Vec::new();
        self.settle(cx, &mut out);
        out
    }

    fn is_free(&self) -> Result<(), CommandError> {
        if self.membership.roster().is_some() {
            return Err(CommandError::AlreadyMember);
        }
        if self.membership.joining.contains(&()) {
            return Err(CommandError::WaitsToJoin);
        }
        Ok(())
    }

    fn is_ours(&self, record: &CoopRecord, now: Timestamp) -> Result<(), CommandError> {
        match record.coop == self.coop && record.certifies(&self.node, now) {
            true => Ok(()),
            false => Err(CommandError::NotOurRecord { coop: self.coop, node: self.node }),
        }
    }

    pub(super) fn coop_key<'k>(&self, cx: &Cx<'k>) -> Result<&'k SecretKey, CommandError> {
        let key = cx.keys.coop.ok_or(CommandError::CoopKeyOffline)?;
        let expected = self.membership.roster().map_or(self.coop, |roster| roster.signing_key(&self.coop));
        match key.public() == expected {
            true => Ok(key),
            false => Err(CommandError::WrongCoopKey { expected }),
        }
    }

    /// Finds a coop that asks to be admitted, here or elsewhere.
    fn newcomer(&self, newcomer: Newcomer, now: Timestamp) -> Option<PublicKey> {
        let asking = self.membership.applicants.iter().map(|(coop, _)| coop.0);
        let proposed = self.proposals(now).into_iter().filter_map(|proposal| match proposal.act.change {
            Change::Admit(record) => record.read().ok().map(|record| record.coop),
            Change::Expel(_) | Change::Succeed(_) => None,
        });
        let is_meant = |coop: &PublicKey| match newcomer {
            Newcomer::Coop(key) => *coop == key,
            Newcomer::Fingerprint(words) => coop.fingerprint() == words,
        };
        asking.chain(proposed).find(is_meant)
    }
}

/// Tells whether a change admits a coop.
pub(super) fn is_admission(change: &Change) -> bool {
    matches!(change, Change::Admit(_))
}
