//! Answers about members.

use std::collections::BTreeMap;
use std::ops::Bound;

use jitney_domain::actor::{CommandKind, Right, right};
use jitney_domain::booking::Progress;
use jitney_domain::trip::Trip;
use jitney_domain::{Actor, Command, Event, MemberId, Refusal, Role, Timestamp};
use jitney_store::Store;
use rand::Rng as _;

use crate::api::{Answer, Fault, Reply, Request};
use crate::core::{Core, invitation_of};
use crate::finder::Typed;
use crate::person::Profile;
use crate::view;

impl<S: Store> Core<S> {
    pub(super) fn answer_about_members(&mut self, actor: Actor, request: Request, now: Timestamp) -> Answer {
        match request {
            Request::AddMember { mut profile, roles } => {
                profile.check()?;
                // A vehicle comes later, and its looks with it.
                profile.vehicles.clear();
                if roles.is_empty() {
                    let message = "a member needs a role: --role rider, driver or dispatcher";
                    return Err(Fault::invalid(message).told(view::Told::new("refusal-needs-role")));
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
            Request::EditMember { member, mut profile } => {
                self.known(member)?;
                self.must_keep_members(&actor)?;
                profile.check()?;
                let stood = self.vault.profile(member);
                let moved = stood.and_then(|p| p.home.as_ref()) != profile.home.as_ref();
                profile.vehicles = stood.map(|p| p.vehicles.clone()).unwrap_or_default();
                if moved {
                    self.look_around();
                }
                self.vault.put_profile(member, profile, &mut self.rng)?;
                self.show_member(member, now)
            }
            Request::ListMembers { role, find, after, limit } => {
                Ok(Reply::Members(self.find_members(role, find.as_deref(), after, limit, now)))
            }
            Request::ShowMember(member) => self.show_member(member, now),
            Request::AddRole { member, role } => self.done(actor, Command::AddRole { member, role }, now),
            Request::Wish { rider, driver, wish } => {
                self.done(actor, Command::SetWish { rider, driver, wish }, now)
            }
            Request::Apart { one, other, apart } => {
                self.done(actor, Command::SetApart { one, other, apart }, now)
            }
            Request::Suspend(member) => self.done(actor, Command::Suspend(member), now),
            Request::Reinstate(member) => self.done(actor, Command::Reinstate(member), now),
            Request::Vet { member, item, valid_until } => {
                self.done(actor, Command::RecordVetting { member, item, valid_until }, now)
            }
            Request::Erase(member) => {
                self.known(member)?;
                self.must_keep_members(&actor)?;
                self.refuse_under_way(member, now)?;
                self.command(actor, Command::Suspend(member), now)?;
                self.call_off_all_of(actor, member, now)?;
                self.revoke_cards(actor, member, now)?;
                for other in self.known(member)?.apart.clone() {
                    self.command(actor, Command::SetApart { one: member, other, apart: false }, now)?;
                }
                self.dismiss_all_of(actor, member, now)?;
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

    /// Refuses a rider who is on board: whoever drives must be able to look up where to.
    fn refuse_under_way(&self, rider: MemberId, now: Timestamp) -> Result<(), Fault> {
        let on_board = |trip: &Trip| {
            let ticket = trip.ticket().and_then(|ticket| self.state.tickets.get(&ticket));
            ticket.is_some_and(|ticket| self.state.progress_of(ticket, now) == Progress::OnBoard)
        };
        let mut theirs = self.state.open_trips().filter(|(_, trip)| trip.details.rider == rider);
        match theirs.find(|(_, trip)| on_board(trip)) {
            Some((trip, _)) => Err(Refusal::RiderOnBoard(trip).into()),
            None => Ok(()),
        }
    }

    /// Ends the subscriptions of a rider and calls off the trips ahead: nobody is fetched whose address is gone.
    fn call_off_all_of(&mut self, actor: Actor, rider: MemberId, now: Timestamp) -> Result<(), Fault> {
        let last = now.local(&self.state.coop().ok_or(Refusal::NoCoop)?.zone).date();
        let orders = self.state.subscriptions.iter().filter(|(_, order)| order.pattern.rider == rider);
        let orders: Vec<_> = orders.map(|(subscription, _)| *subscription).collect();
        for subscription in orders {
            self.command(actor, Command::EndSubscription { subscription, last }, now)?;
        }
        let ahead = |trip: &Trip| trip.details.windows.is_none_or(|windows| windows.pick_up.to >= now);
        let theirs = self.state.open_trips().filter(|(_, trip)| trip.details.rider == rider && ahead(trip));
        let trips: Vec<_> = theirs.map(|(trip, _)| trip).collect();
        for trip in trips {
            self.command(actor, Command::CancelTrip { trip, with_return: false }, now)?;
        }
        Ok(())
    }

    /// Editing a profile takes the right to keep members, though no event tells of it.
    fn must_keep_members(&self, actor: &Actor) -> Result<(), Fault> {
        let kind = CommandKind::KeepMembers;
        match right(actor, kind) {
            Right::All => Ok(()),
            _ => Err(Refusal::NotAllowed { actor: *actor, kind }.into()),
        }
    }

    pub(super) fn show_member(&self, member: MemberId, now: Timestamp) -> Answer {
        self.known(member)?;
        let shown = self.member_view(member, now).ok_or(Refusal::NoMember(member))?;
        Ok(Reply::Member(Box::new(shown)))
    }

    fn find_members(
        &self,
        role: Option<Role>,
        find: Option<&str>,
        after: Option<MemberId>,
        limit: Option<usize>,
        now: Timestamp,
    ) -> Vec<view::Member> {
        let fits = |member: &MemberId| {
            let row = self.state.members.get(member);
            row.is_some_and(|row| role.is_none_or(|role| row.roles.contains(&role)))
        };
        let most = limit.unwrap_or(usize::MAX);
        let shown = |member: MemberId| self.member_view(member, now);
        let Some(find) = find else {
            let from = after.map_or(Bound::Unbounded, Bound::Excluded);
            let all = self.state.members.range((from, Bound::Unbounded)).map(|(member, _)| *member);
            return all.filter(fits).take(most).filter_map(shown).collect();
        };
        let typed = Typed::new(find);
        // Who is erased still has a number.
        let erased = typed.number().filter(|member| self.vault.profile(*member).is_none());
        let found = erased.into_iter().chain(self.vault.find(&typed));
        // The order is that of what fits best: a list goes on behind whoever was its last.
        let told = after.map_or(0, |_| 1);
        let found = found.skip_while(|member| after.is_some_and(|after| *member != after)).skip(told);
        found.filter(fits).take(most).filter_map(shown).collect()
    }

    pub(super) fn member_view(&self, member: MemberId, now: Timestamp) -> Option<view::Member> {
        let row = self.state.members.get(&member)?;
        let coop = self.state.coop()?;
        let today = now.local(&coop.zone).date();
        let profile = self.vault.profile(member);
        let driver = row.driver.as_ref();
        let unvetted = driver.and_then(|d| d.unvetted(&coop.policy.required_vetting, today));
        let vehicles = self.state.vehicles.iter().filter(|(_, v)| v.owner == Some(member));
        Some(view::Member {
            member,
            profile: profile.map(|profile| Profile { vehicles: BTreeMap::new(), ..profile.clone() }),
            roles: row.roles.clone(),
            suspended: row.suspended,
            key: row.key,
            terms: driver.map(|d| d.terms.clone()),
            vetting: driver.map(|d| d.vetting.clone()).unwrap_or_default(),
            not_vetted: unvetted.map(|u| crate::refusals::words::unvetted(u).say(self.speaks)),
            vehicles: vehicles
                .map(|(id, v)| view::Vehicle {
                    vehicle: *id,
                    capability: v.capability,
                    description: profile.and_then(|p| p.looks(*id)).map(str::to_owned),
                })
                .collect(),
            caregivers: self.caregivers_of(member),
            acts_for: self.riders_of(member),
            call_asked: self.state.calls.get(&member).map(|asked| asked.at),
            wishes: row.wishes.iter().map(|(driver, wish)| (*driver, *wish)).collect(),
            apart: row.apart.iter().copied().collect(),
        })
    }
}
