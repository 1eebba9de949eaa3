//! Delegations: what riders let others do for them, signed by the coop.
//!
//! The domain records who may act for whom; the node signs that as a credential, and lets nobody act for a rider
//! without one that holds. It is revoked by its id alone, as members' are: nothing about either is told.

use std::collections::BTreeSet;

use jitney_domain::access::Scope;
use jitney_domain::{MemberId, Timestamp};
use jitney_identity::credential::delegation::{DelegatedScope, DelegationClaims, DelegationCredential};
use jitney_identity::credential::{self, CredentialId};
use jitney_store::Store;
use rand::Rng as _;
use serde::{Deserialize, Serialize};

use super::Core;
use super::revocation::Life;

/// How long a delegation is signed for: long enough for a print of it to be of use.
const LIFE_S: i64 = 365 * 24 * 3600;
/// How far before now it begins, so that slightly different clocks do no harm.
const BEFORE_S: i64 = 24 * 3600;
/// One with less time left than this is signed anew.
const RENEW_S: i64 = 30 * 24 * 3600;

/// What a rider lets a caregiver do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Grant {
    /// For whom.
    pub rider: MemberId,
    /// Who.
    pub caregiver: MemberId,
    /// How far.
    pub scope: Scope,
}

/// A delegation that the coop has signed and that may still hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delegation {
    /// What it says.
    #[serde(flatten)]
    pub grant: Grant,
    /// The credential; none once it is revoked or another says the same.
    pub credential: Option<serde_json::Value>,
    /// How long.
    #[serde(flatten)]
    pub life: Life,
}

impl<S: Store> Core<S> {
    /// Signs what riders have granted since, and revokes what they have not any more.
    pub(super) fn settle_delegations(&mut self, now: Timestamp) {
        let wanted = self.grants();
        let gone =
            self.delegations.iter().filter(|(_, row)| !row.life.revoked && !wanted.contains(&row.grant));
        for id in gone.map(|(id, _)| id.clone()).collect::<Vec<_>>() {
            self.delegations.update(&id, |row| {
                row.life.revoked = true;
                row.credential = None;
            });
        }
        let soon = Timestamp(now.0.saturating_add(RENEW_S.saturating_mul(1000)));
        let signed: BTreeSet<Grant> =
            self.delegations.values().filter(|row| self.holds(row, soon)).map(|row| row.grant).collect();
        for grant in wanted.difference(&signed) {
            self.sign_delegation(*grant, now);
        }
        self.tell_revocations(now);
    }

    /// Returns what riders have granted to caregivers, where both take part.
    fn grants(&self) -> BTreeSet<Grant> {
        let takes_part = |id: &MemberId| self.state.members.get(id).is_some_and(|m| !m.suspended);
        let rows = self.state.caregivers.iter().filter(|(rider, _)| takes_part(rider));
        let all = rows.flat_map(|(rider, row)| row.people.iter().map(|c| (*rider, c)));
        all.filter(|(_, c)| takes_part(&c.member))
            .map(|(rider, c)| Grant { rider, caregiver: c.member, scope: c.scope })
            .collect()
    }

    fn sign_delegation(&mut self, grant: Grant, now: Timestamp) {
        let mut id = [0; 16];
        self.rng.fill_bytes(&mut id);
        let id = format!("urn:jitney:credential:{}", data_encoding::HEXLOWER.encode(&id));
        let signed_at = now.seconds();
        let valid_until = signed_at.saturating_add(LIFE_S);
        let claims = DelegationClaims {
            id: id.clone(),
            coop: self.signing_key(),
            caregiver: grant.caregiver.0,
            rider: grant.rider.0,
            scope: delegated(grant.scope),
            valid_from: signed_at.saturating_sub(BEFORE_S),
            valid_until,
        };
        let issued = credential::issue(&claims, &self.settings.keys.coop, signed_at);
        let (Ok(issued), Ok(id)) = (issued, CredentialId::try_from(id)) else {
            tracing::error!(target: "jitney::members", "a delegation could not be signed");
            return;
        };
        let earlier =
            self.delegations.iter().filter(|(_, row)| row.grant == grant && row.credential.is_some());
        for earlier in earlier.map(|(id, _)| id.clone()).collect::<Vec<_>>() {
            self.delegations.update(&earlier, |row| row.credential = None);
        }
        let credential = Some(issued.as_json().clone());
        self.delegations.insert(id, Delegation { grant, credential, life: Life::until(valid_until) });
    }

    /// Tells whether a delegation is signed by this coop's key and says at this time what its row says.
    fn holds(&self, row: &Delegation, at: Timestamp) -> bool {
        let Some(json) = row.credential.clone().filter(|_| !row.life.revoked) else { return false };
        let Ok(credential) = DelegationCredential::from_value(json) else { return false };
        credential.verify(&self.signing_key(), at.seconds()).is_ok_and(|claims| {
            let Grant { rider, caregiver, scope } = row.grant;
            (claims.rider, claims.caregiver, claims.scope) == (rider.0, caregiver.0, delegated(scope))
        })
    }

    /// Returns the delegation by which a caregiver acts for a rider, if there is one that holds.
    pub(crate) fn delegation(
        &self,
        rider: MemberId,
        caregiver: MemberId,
        now: Timestamp,
    ) -> Option<&Delegation> {
        self.signed(rider, caregiver).find(|row| self.holds(row, now))
    }

    /// Returns until when what is kept as signed about a caregiver holds: for a list, which does not verify it.
    pub(crate) fn signed_until(&self, rider: MemberId, caregiver: MemberId) -> Option<Timestamp> {
        let kept = self.signed(rider, caregiver).find(|row| row.credential.is_some());
        kept.map(|row| Timestamp(row.life.valid_until.saturating_mul(1000)))
    }

    fn signed(&self, rider: MemberId, caregiver: MemberId) -> impl Iterator<Item = &Delegation> {
        let scope = jitney_domain::may_act_for(&self.state, caregiver, rider);
        let grant = scope.map(|scope| Grant { rider, caregiver, scope });
        self.delegations.values().filter(move |row| Some(row.grant) == grant)
    }

    /// Forgets delegations that would hold no more anyway.
    pub(super) fn forget_delegations(&mut self, now: Timestamp) {
        let over = self.delegations.iter().filter(|(_, row)| row.life.valid_until <= now.seconds());
        for id in over.map(|(id, _)| id.clone()).collect::<Vec<_>>() {
            self.delegations.remove(&id);
        }
    }
}

fn delegated(scope: Scope) -> DelegatedScope {
    match scope {
        Scope::See => DelegatedScope::See,
        Scope::Book => DelegatedScope::Book,
    }
}

#[cfg(test)]
#[path = "delegation_tests.rs"]
mod tests;
