//! Credentials that no longer hold: ours, told to all by our public log; and partners', as theirs tell.
//!
//! A credential holds for months, so whoever is suspended, changes their key or loses a role or a vetting item
//! would keep one that says too much. It is revoked by its id alone: nothing about the member is told.

use jitney_domain::member::CredentialRevoked;
use jitney_domain::{ClaimId, MemberId, Minutes, Timestamp};
use jitney_federation::Entry;
use jitney_identity::PublicKey;
use jitney_identity::credential::{
    CredentialId, CredentialRole, MembershipClaims, MembershipCredential, VettingItem,
};
use jitney_store::Store;
use serde::{Deserialize, Serialize};

use super::Core;

/// How long an entry that revokes lives: as long as an entry may.
const TOLD_LIFE: Minutes = Minutes(30 * 24 * 60);
/// A revocation with less time left than this is told again.
const TELL_AGAIN: Minutes = Minutes(10 * 24 * 60);
/// Most revocations told at a time, so that partners' quotas bear them; the others follow at the next look.
const TOLD_AT_ONCE: usize = 64;

/// How long a credential of ours holds, and whether it was revoked before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    /// First second at which it no longer holds.
    pub valid_until: i64,
    /// It is revoked.
    pub revoked: bool,
    /// Until when partners are told so.
    pub told_until: Option<Timestamp>,
}

/// A credential of ours that may still hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// Whose.
    pub member: MemberId,
    /// The member's key.
    pub subject: PublicKey,
    /// What it says the member does.
    pub roles: Vec<CredentialRole>,
    /// What it says was checked, with the first second at which that no longer counts.
    pub vetting: Vec<(VettingItem, i64)>,
    /// How long.
    #[serde(flatten)]
    pub life: Life,
}

impl Life {
    /// Returns that of a credential just issued.
    pub(super) fn until(valid_until: i64) -> Self {
        Life { valid_until, revoked: false, told_until: None }
    }

    /// Returns until when partners are to be told now that it is revoked, if they are to be told at all.
    fn tell_until(&self, now: Timestamp) -> Option<Timestamp> {
        let end = Timestamp(self.valid_until.saturating_mul(1000));
        let told = self.told_until.unwrap_or(Timestamp(0));
        let due = self.revoked && end > now && told < end && told < now.after(TELL_AGAIN);
        due.then(|| end.min(now.after(TOLD_LIFE)))
    }
}

impl Issued {
    fn of(member: MemberId, claims: &MembershipClaims) -> Self {
        let met = claims.vetting.iter().filter(|v| v.met);
        Issued {
            member,
            subject: claims.subject,
            roles: claims.roles.clone(),
            vetting: met.map(|v| (v.item, v.valid_until)).collect(),
            life: Life::until(claims.valid_until),
        }
    }

    /// Tells whether it says something that the newer one does not.
    fn says_more_than(&self, newer: &Issued) -> bool {
        let covered = |(item, until): &(VettingItem, i64)| {
            newer
                .vetting
                .iter()
                .any(|(other, end)| other == item && end >= &(*until).min(self.life.valid_until))
        };
        self.subject != newer.subject
            || !self.roles.iter().all(|role| newer.roles.contains(role))
            || !self.vetting.iter().all(covered)
    }
}

/// The credential with which a partner confirmed a trip of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Which coop.
    pub coop: PublicKey,
    /// Which credential.
    pub credential: CredentialId,
}

impl<S: Store> Core<S> {
    /// Keeps a member's new credential; earlier ones that say more than it are revoked.
    pub(super) fn keep_credential(&mut self, member: MemberId, json: serde_json::Value, now: Timestamp) {
        let parsed = MembershipCredential::from_value(json.clone());
        let named = parsed.as_ref().ok().and_then(|c| CredentialId::try_from(c.claims().id.clone()).ok());
        let (Ok(credential), Some(id)) = (parsed, named) else { return };
        let newer = Issued::of(member, credential.claims());
        self.remember_newest(member);
        self.revoke_where(|row| row.member == member && row.says_more_than(&newer));
        self.issued.insert(id, newer);
        self.credentials.insert(member, json);
        self.tell_revocations(now);
    }

    /// Revokes all credentials of a member who takes part no more.
    pub(super) fn revoke_member(&mut self, member: MemberId, now: Timestamp) {
        self.remember_newest(member);
        self.revoke_where(|row| row.member == member);
        self.credentials.remove(&member);
        self.tell_revocations(now);
    }

    /// Notes the member's newest credential, which may be older than the list of those issued.
    fn remember_newest(&mut self, member: MemberId) {
        let Some(json) = self.credentials.get(&member).cloned() else { return };
        let Ok(credential) = MembershipCredential::from_value(json) else { return };
        let Ok(id) = CredentialId::try_from(credential.claims().id.clone()) else { return };
        if !self.issued.contains(&id) {
            self.issued.insert(id, Issued::of(member, credential.claims()));
        }
    }

    fn revoke_where(&mut self, is_meant: impl Fn(&Issued) -> bool) {
        let meant = self.issued.iter().filter(|(_, row)| !row.life.revoked && is_meant(row));
        for id in meant.map(|(id, _)| id.clone()).collect::<Vec<_>>() {
            self.issued.update(&id, |row| row.life.revoked = true);
        }
    }

    /// Tells partners of what is revoked and would still hold, and again before what was told expires.
    pub(super) fn tell_revocations(&mut self, now: Timestamp) {
        let us = self.coop_key();
        if self.federation.roster().is_none_or(|roster| roster.coop(&us).is_none()) {
            return;
        }
        let members = self.issued.iter().map(|(id, row)| (id, &row.life));
        let delegations = self.delegations.iter().map(|(id, row)| (id, &row.life));
        let rows =
            members.chain(delegations).filter_map(|(id, life)| Some((id.clone(), life.tell_until(now)?)));
        let rows: Vec<_> = rows.take(TOLD_AT_ONCE).collect();
        for (credential, expires) in rows {
            let body = CredentialRevoked { credential: credential.clone() };
            if self.append(&body, expires, now) {
                self.issued.update(&credential, |row| row.life.told_until = Some(expires));
                self.delegations.update(&credential, |row| row.life.told_until = Some(expires));
            }
        }
    }

    /// Forgets credentials that hold no more, and those shown for trips that are over.
    pub(super) fn forget_credentials(&mut self, now: Timestamp) {
        let over = self.issued.iter().filter(|(_, row)| row.life.valid_until <= now.seconds());
        for id in over.map(|(id, _)| id.clone()).collect::<Vec<_>>() {
            self.issued.remove(&id);
        }
        self.forget_delegations(now);
        let live = |claim: &ClaimId| {
            self.state
                .ticket_of_claim(*claim)
                .is_some_and(|(_, t)| t.is_live() && t.award().is_some_and(|a| a.claim == *claim))
        };
        for claim in self.shown.iter().map(|(claim, _)| *claim).filter(|c| !live(c)).collect::<Vec<_>>() {
            self.shown.remove(&claim);
        }
        self.revocations.retain(|_, expires| *expires > now);
    }

    /// Takes a partner's word that a credential of its no longer holds.
    pub(super) fn revocation_seen(&mut self, entry: &Entry) {
        let Ok(body) = serde_json::from_slice::<CredentialRevoked>(entry.body()) else { return };
        let (coop, expires) = (entry.header().origin, entry.header().expires_at);
        let touched = self.shown.values().any(|s| s.coop == coop && s.credential == body.credential);
        if touched {
            let coop = self.coop_name(&coop);
            tracing::warn!(
                target: "jitney::booking",
                coop,
                "a coop has withdrawn the credential of a driver who is to come for a rider of ours; see `jitney board`"
            );
        }
        let known = self.revocations.entry((coop, body.credential)).or_insert(expires);
        *known = expires.max(*known);
    }

    /// Tells whether a coop has said that a credential of its no longer holds.
    pub(crate) fn is_revoked(&self, coop: &PublicKey, credential: &CredentialId) -> bool {
        self.revocations.contains_key(&(*coop, credential.clone()))
    }

    /// Tells whether the driver who is to come under a claim has lost their credential since.
    pub(crate) fn has_lost_credential(&self, claim: &ClaimId) -> bool {
        self.shown.get(claim).is_some_and(|shown| self.is_revoked(&shown.coop, &shown.credential))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issued() -> Issued {
        Issued {
            member: MemberId(1001),
            subject: jitney_identity::SecretKey::from_seed([1; 32]).public(),
            roles: vec![CredentialRole::Rider, CredentialRole::Driver],
            vetting: vec![(VettingItem::Licence, 500)],
            life: Life::until(1000),
        }
    }

    #[test]
    fn an_older_credential_says_more_if_anything_in_it_was_lost() {
        let older = issued();
        assert!(!older.says_more_than(&issued()));
        let longer =
            Issued { vetting: vec![(VettingItem::Licence, 900)], life: Life::until(2000), ..issued() };
        assert!(!older.says_more_than(&longer), "a renewed licence takes nothing away");
        assert!(longer.says_more_than(&older), "a licence that ends earlier does");
        assert!(older.says_more_than(&Issued { vetting: Vec::new(), ..issued() }));
        assert!(older.says_more_than(&Issued { roles: vec![CredentialRole::Rider], ..issued() }));
        let subject = jitney_identity::SecretKey::from_seed([2; 32]).public();
        assert!(older.says_more_than(&Issued { subject, ..issued() }), "the lost device holds the old key");
    }

    #[test]
    fn a_revocation_is_told_until_the_credential_ends_and_no_longer() {
        let day = |n: i64| Timestamp(n * 86_400_000);
        let fresh = Life::until(45 * 86_400);
        assert_eq!(fresh.tell_until(day(0)), None, "it still holds");
        let revoked = Life { revoked: true, ..fresh };
        assert_eq!(revoked.tell_until(day(0)), Some(day(30)), "an entry lives no longer");
        let told = Life { told_until: Some(day(30)), ..revoked.clone() };
        assert_eq!(told.tell_until(day(20)), None);
        assert_eq!(told.tell_until(day(21)), Some(day(45)), "again before it expires");
        let to_the_end = Life { told_until: Some(day(45)), ..told };
        assert_eq!(to_the_end.tell_until(day(44)), None);
        assert_eq!(revoked.tell_until(day(45)), None, "it has ended by itself");
    }

    #[test]
    fn vetting_beyond_the_end_of_a_credential_adds_nothing_to_it() {
        let older = Issued { vetting: vec![(VettingItem::Licence, 9000)], ..issued() };
        let newer = Issued { vetting: vec![(VettingItem::Licence, 1000)], ..issued() };
        assert!(!older.says_more_than(&newer));
    }
}
