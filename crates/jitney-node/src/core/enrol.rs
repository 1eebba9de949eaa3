//! Members' keys and credentials.

use jitney_domain::member::VettingItem;
use jitney_domain::{Actor, Command, Event, InvitationId, MemberId, Role, Timestamp};
use jitney_identity::credential::{
    self, CredentialRole, MembershipClaims, MembershipCredential, VettingClaim,
};
use jitney_identity::{Hash, PublicKey};
use jitney_store::Store;
use rand::Rng as _;

use super::Core;
use crate::api::{Enrol, Enrolled, Fault, FaultKind};

/// How long a credential is valid: short enough that a lost one does little harm.
const CREDENTIAL_LIFE_S: i64 = 90 * 24 * 3600;

/// How far before now a credential begins, so that slightly different clocks do no harm.
const CREDENTIAL_BEFORE_S: i64 = 24 * 3600;

/// A credential with less time left than this is issued anew.
const CREDENTIAL_RENEW_S: i64 = 30 * 24 * 3600;
const DAY_MS: i64 = 24 * 3_600_000;

/// Returns the id and the hash under which an invitation's secret is kept.
///
/// The id says which invitation; the hash proves the secret without keeping it.
pub fn invitation_of(secret: &[u8; 16]) -> (InvitationId, Hash) {
    let mut named = b"jitney/invitation/1".to_vec();
    named.extend(secret);
    let hash = Hash::of(&named);
    let mut id = [0; 16];
    id.copy_from_slice(hash.as_bytes().split_at(16).0);
    (InvitationId::from_bytes(id), Hash::of(hash.as_bytes()))
}

impl<S: Store> Core<S> {
    /// Enrols the key that the connection has proved, if the invitation is good.
    pub(super) fn enrol(&mut self, key: PublicKey, asked: Enrol, now: Timestamp) -> Result<Enrolled, Fault> {
        let unknown = || Fault::from(jitney_domain::Refusal::NoInvitation);
        let bytes = data_encoding::HEXLOWER.decode(asked.enrol.as_bytes()).map_err(|_| unknown())?;
        let secret: [u8; 16] = bytes.try_into().map_err(|_| unknown())?;
        let (invitation, secret) = invitation_of(&secret);
        let adds = self.state.invitations.get(&invitation).is_some_and(|i| i.member.is_none());
        let known = self.state.member_of_key(&key).is_some();
        if adds && !known && asked.profile.as_ref().is_none_or(|p| p.name.trim().is_empty()) {
            return Err(Fault::invalid("this invitation is for a new member: say who you are with --name"));
        }
        if let Some(profile) = &asked.profile {
            profile.check()?;
        }
        let command = Command::Enrol { invitation, secret, key };
        let events = self.command(Actor::Stranger(key), command, now)?;
        let member = self.state.member_of_key(&key).ok_or_else(unknown)?;
        let added = events.iter().any(|e| matches!(e, Event::MemberAdded { .. }));
        if let (true, Some(profile)) = (added, asked.profile) {
            self.vault.put_profile(member, profile, &mut self.rng)?;
        }
        let credential = self.credentials.get(&member).cloned().ok_or_else(|| {
            Fault::new(FaultKind::Internal, "no credential could be issued; tell your coop")
        })?;
        Ok(Enrolled { coop_name: self.settings.face.name.clone(), coop: self.coop_key(), member, credential })
    }

    /// Builds and signs a member's credential from what the coop knows now.
    pub(super) fn credential_for(&mut self, member: MemberId, now: Timestamp) -> Option<serde_json::Value> {
        let row = self.state.members.get(&member)?;
        let mut id = [0; 16];
        self.rng.fill_bytes(&mut id);
        let issued_at = now.seconds();
        let claims = MembershipClaims {
            id: format!("urn:jitney:credential:{}", data_encoding::HEXLOWER.encode(&id)),
            coop: self.signing_key(),
            subject: row.key?,
            roles: row.roles.iter().map(|r| credential_role(*r)).collect(),
            vetting: self.vetting_claims(member),
            valid_from: issued_at.saturating_sub(CREDENTIAL_BEFORE_S),
            valid_until: issued_at.saturating_add(CREDENTIAL_LIFE_S),
        };
        match credential::issue(&claims, &self.settings.keys.coop, issued_at) {
            Ok(credential) => Some(credential.as_json().clone()),
            Err(error) => {
                tracing::error!(target: "jitney::members", %error, "a credential could not be issued");
                None
            }
        }
    }

    /// Issues credentials anew that will expire within a month, or that name a key with which the coop does not
    /// sign any more, and delegations; looks once a day.
    pub(super) fn renew_credentials(&mut self, now: Timestamp) {
        let day_ago = Timestamp(now.0.saturating_sub(DAY_MS));
        if self.credentials_looked.is_some_and(|last| last > day_ago) {
            return;
        }
        self.credentials_looked = Some(now);
        self.settle_delegations(now);
        let soon = now.seconds().saturating_add(CREDENTIAL_RENEW_S);
        let old: Vec<MemberId> = self
            .credentials
            .iter()
            .filter(|(id, _)| self.state.members.get(id).is_some_and(|m| !m.suspended))
            .filter(|(_, json)| {
                let issuer = self.signing_key();
                MembershipCredential::from_value((*json).clone())
                    .is_ok_and(|c| c.claims().valid_until < soon || c.claims().coop != issuer)
            })
            .map(|(id, _)| *id)
            .collect();
        for member in old {
            if let Some(credential) = self.credential_for(member, now) {
                self.keep_credential(member, credential, now);
            }
        }
    }

    fn vetting_claims(&self, member: MemberId) -> Vec<VettingClaim> {
        let Some(coop) = self.state.coop() else { return Vec::new() };
        let driver = self.state.members.get(&member).and_then(|m| m.driver.as_ref());
        let items = driver.into_iter().flat_map(|d| &d.vetting);
        items
            .filter_map(|(item, until)| {
                let end = until.tomorrow().ok()?.at(0, 0, 0, 0);
                let valid_until = coop.zone.moment(end).ok()?.seconds();
                Some(VettingClaim { item: vetting_item(*item), met: true, valid_until })
            })
            .collect()
    }
}

fn credential_role(role: Role) -> CredentialRole {
    match role {
        Role::Rider => CredentialRole::Rider,
        Role::Driver => CredentialRole::Driver,
        Role::Dispatcher => CredentialRole::Dispatcher,
        Role::Operator => CredentialRole::Operator,
        Role::Caregiver => CredentialRole::Caregiver,
    }
}

fn vetting_item(item: VettingItem) -> credential::VettingItem {
    match item {
        VettingItem::Licence => credential::VettingItem::Licence,
        VettingItem::DrivingRecord => credential::VettingItem::DrivingRecord,
        VettingItem::CriminalRecord => credential::VettingItem::CriminalRecord,
        VettingItem::Insurance => credential::VettingItem::Insurance,
        VettingItem::VehicleInspection => credential::VettingItem::VehicleInspection,
        VettingItem::Training => credential::VettingItem::Training,
    }
}
