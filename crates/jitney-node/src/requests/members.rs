//! Answers about members.

use jitney_domain::actor::{CommandKind, Right, right};
use jitney_domain::{Actor, Command, Event, MemberId, Refusal, Role, Timestamp};
use jitney_store::Store;
use rand::Rng as _;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::api::{Answer, Fault, Reply, Request};
use crate::core::{Core, invitation_of};
use crate::person::Profile;
use crate::view;

impl<S: Store> Core<S> {
    pub(super) fn answer_about_members(&mut self, actor: Actor, request: Request, now: Timestamp) -> Answer {
        match request {
            Request::AddMember { profile, roles } => {
                profile.check()?;
                if roles.is_empty() {
                    return Err(Fault::invalid("a member needs a role: --role rider, driver or dispatcher"));
                }
                let events = self.command(actor, Command::AddMember { roles }, now)?;
                let member = events.iter().find_map(|e| match e {
                    Event::MemberAdded { member, .. } => Some(*member),
                    _ => None,
                });
                let member = member.ok_or(Refusal::NoCoop)?;
                self.vault.put_profile(member, profile, &mut self.rng)?;
                self.show_member(member, now)
            }
            Request::EditMember { member, profile } => {
                self.known(member)?;
                self.must_keep_members(&actor)?;
                profile.check()?;
                self.vault.put_profile(member, profile, &mut self.rng)?;
                self.show_member(member, now)
            }
            Request::ListMembers { role, find } => Ok(Reply::Members(self.find_members(role, find, now))),
            Request::ShowMember(member) => self.show_member(member, now),
            Request::AddRole { member, role } => self.done(actor, Command::AddRole { member, role }, now),
            Request::Wish { rider, driver, wish } => {
                self.done(actor, Command::SetWish { rider, driver, wish }, now)
            }
            Request::Suspend(member) => self.done(actor, Command::Suspend(member), now),
            Request::Reinstate(member) => self.done(actor, Command::Reinstate(member), now),
            Request::Vet { member, item, valid_until } => {
                self.done(actor, Command::RecordVetting { member, item, valid_until }, now)
            }
            Request::Erase(member) => {
                self.command(actor, Command::Suspend(member), now)?;
                self.revoke_cards(actor, member, now)?;
                self.vault.erase(member)?;
                Ok(Reply::Done)
            }
            Request::Invite { role, member, valid } => {
                let mut secret = [0; 16];
                self.rng.fill_bytes(&mut secret);
                let expires = now.after(valid);
                let (invitation, hash) = invitation_of(&secret);
                let command = Command::Invite { invitation, role, member, secret: hash, expires };
                self.command(actor, command, now)?;
                let link = self.member_link(secret, role, expires)?;
                Ok(Reply::Invitation(view::Invitation { link, expires }))
            }
            Request::Credential(member) => match self.credentials.get(&member) {
                Some(credential) => Ok(Reply::Credential(credential.clone())),
                None => Err(Fault::not_found(format!(
                    "member {member} has no credential; they get one when they enrol a device"
                ))),
            },
            Request::WhoAmI => self.who_am_i(actor),
            other => Err(Fault::invalid(format!("{other:?} is not about members"))),
        }
    }

    fn who_am_i(&self, actor: Actor) -> Answer {
        let Actor::Member(member, _) = actor else {
            return Err(Fault::invalid("you are the operator of this node"));
        };
        let row = self.known(member)?;
        Ok(Reply::Me(view::Me {
            member,
            roles: row.roles.clone(),
            coop: self.settings.face.name.clone(),
            zone: self.state.coop().ok_or(Refusal::NoCoop)?.zone.name().to_owned(),
            credential: self.credentials.get(&member).cloned(),
        }))
    }

    pub(super) fn known(&self, member: MemberId) -> Result<&jitney_domain::member::Member, Fault> {
        Ok(self.state.members.get(&member).ok_or(Refusal::NoMember(member))?)
    }

    /// Editing a profile takes the right to keep members, though no event tells of it.
    fn must_keep_members(&self, actor: &Actor) -> Result<(), Fault> {
        let kind = CommandKind::KeepMembers;
        match right(actor, kind) {
            Right::All => Ok(()),
            _ => Err(Refusal::NotAllowed { actor: *actor, kind }.into()),
        }
    }

    fn show_member(&self, member: MemberId, now: Timestamp) -> Answer {
        self.known(member)?;
        let shown = self.member_view(member, now).ok_or(Refusal::NoMember(member))?;
        Ok(Reply::Member(Box::new(shown)))
    }

    fn find_members(&self, role: Option<Role>, find: Option<String>, now: Timestamp) -> Vec<view::Member> {
        let needle = find.map(|f| plain(&f));
        self.state
            .members
            .iter()
            .filter(|(_, row)| role.is_none_or(|role| row.roles.contains(&role)))
            .filter(|(id, _)| match &needle {
                None => true,
                Some(needle) => {
                    id.to_string() == *needle
                        || self.vault.profile(**id).is_some_and(|p| profile_matches(p, needle))
                }
            })
            .filter_map(|(id, _)| self.member_view(*id, now))
            .collect()
    }

    pub(super) fn member_view(&self, member: MemberId, now: Timestamp) -> Option<view::Member> {
        let row = self.state.members.get(&member)?;
        let coop = self.state.coop()?;
        let today = now.local(&coop.zone).date();
        let driver = row.driver.as_ref();
        let unvetted = driver.and_then(|d| d.unvetted(&coop.policy.required_vetting, today));
        let vehicles = self.state.vehicles.iter().filter(|(_, v)| v.owner == Some(member));
        Some(view::Member {
            member,
            profile: self.vault.profile(member).cloned(),
            roles: row.roles.clone(),
            suspended: row.suspended,
            key: row.key,
            terms: driver.map(|d| d.terms.clone()),
            vetting: driver.map(|d| d.vetting.clone()).unwrap_or_default(),
            not_vetted: unvetted.map(|u| u.to_string()),
            vehicles: vehicles
                .map(|(id, v)| view::Vehicle { vehicle: *id, capability: v.capability })
                .collect(),
            caregivers: self.caregivers_of(member),
            acts_for: self.riders_of(member),
            wishes: row.wishes.iter().map(|(driver, wish)| (*driver, *wish)).collect(),
        })
    }
}

/// Name as one types it, or the digits of the phone number.
fn profile_matches(profile: &Profile, needle: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let number = digits(needle);
    let by_phone = number.len() >= 4
        && number.len() * 2 >= needle.chars().count()
        && profile.phone.as_deref().is_some_and(|p| digits(p).contains(&number));
    let needle = needle.trim();
    by_phone || (!needle.is_empty() && plain(&profile.name).contains(needle))
}

/// Returns a text as a dispatcher may type it: in small letters and without accents.
fn plain(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}
