//! What every command is given: where the data is, in whose name, and how to ask the node.

use std::cell::OnceCell;
use std::path::PathBuf;

use jiff::civil::{Date, DateTime};
use jitney_domain::{Actor, MemberId, Role, Timestamp, Zone};
use jitney_node::api::{Call, Reply, Request};
use jitney_node::control::{self, ControlError, Search};
use jitney_node::home::Home;
use jitney_node::view::{self, PlanProgress};
use serde::Serialize;

use crate::args::{Day, Pick, Today, When};
use crate::device::Folder;
use crate::env::Environment;
use crate::exit::Failure;
use crate::output::{Said, inner};
use crate::show;

/// How many members are named to a dispatcher who could have meant any of them.
const NAMED_MAX: usize = 5;

/// What every command is given.
#[derive(Debug)]
pub(crate) struct Context {
    /// Where the data is.
    pub(crate) home: PathBuf,
    /// Answers are shown as JSON.
    pub(crate) json: bool,
    /// In which dispatcher's name; none for the operator.
    acting: Option<Pick>,
    /// That dispatcher, once looked up.
    actor: OnceCell<Actor>,
    /// Where the passphrase is.
    pub(crate) passphrase_file: Option<PathBuf>,
    /// What the environment says.
    pub(crate) env: Environment,
    /// The coop's zone and the node's clock, once asked for.
    clock: OnceCell<(Zone, Timestamp)>,
}

/// Asks one variant of a reply out of the node, or fails as if it spoke another version.
macro_rules! ask {
    ($cx:expr, $request:expr, $variant:ident) => {
        match $cx.ask($request)? {
            jitney_node::api::Reply::$variant(view) => Ok(view),
            _ => Err($crate::exit::Failure::other_answer()),
        }
    };
}
pub(crate) use ask;

impl Context {
    /// Builds a context.
    pub(crate) fn new(
        home: PathBuf,
        json: bool,
        acting: Option<Pick>,
        passphrase_file: Option<PathBuf>,
        env: Environment,
    ) -> Self {
        Context { home, json, acting, actor: OnceCell::new(), passphrase_file, env, clock: OnceCell::new() }
    }

    /// Asks the node that runs in this home.
    pub(crate) fn ask(&self, request: Request) -> Result<Reply, Failure> {
        self.ask_told(request, |_| {}, |_| {})
    }

    /// Asks the node that runs in this home; `begun` gets the way to end a long search, `told` hears how far it is.
    pub(crate) fn ask_told(
        &self,
        request: Request,
        begun: impl FnOnce(Search),
        told: impl FnMut(PlanProgress),
    ) -> Result<Reply, Failure> {
        self.ask_as(self.actor()?, request, begun, told)
    }

    fn ask_as(
        &self,
        actor: Option<Actor>,
        request: Request,
        begun: impl FnOnce(Search),
        told: impl FnMut(PlanProgress),
    ) -> Result<Reply, Failure> {
        match control::call_told(&self.home, &Call { actor, request }, begun, told) {
            Err(ControlError::NotRunning { .. }) if Folder::of(&self.home).joined() => {
                Err(Failure::not_found(
                    "this home is a member's device, which has `jitney drive`; the office works on the coop's machine",
                ))
            }
            Err(ControlError::NotRunning { .. }) if !Home::at(&self.home).exists() => {
                Err(Failure::not_found(format!(
                    "there is no coop in {}; make one with `jitney coop init`, or say where yours is with --home DIR",
                    self.home.display()
                )))
            }
            answer => Ok(answer??),
        }
    }

    /// Returns in whose name the node is asked; whoever may use its socket may look up who that is.
    fn actor(&self) -> Result<Option<Actor>, Failure> {
        let Some(acting) = &self.acting else { return Ok(None) };
        if let Some(actor) = self.actor.get() {
            return Ok(Some(*actor));
        }
        let member = self.member_by(acting, Some(Role::Dispatcher), &|request| {
            self.ask_as(None, request, |_| {}, |_| {})
        })?;
        Ok(Some(*self.actor.get_or_init(|| Actor::Member(member, Role::Dispatcher))))
    }

    /// Asks the node and says what it answers, or `done` if it only did as it was told.
    pub(crate) fn tell(&self, request: Request, done: impl Into<String>) -> Result<Said, Failure> {
        let reply = self.ask(request)?;
        self.say(&reply, done)
    }

    /// Says a reply, or `done` if it holds nothing.
    pub(crate) fn say(&self, reply: &Reply, done: impl Into<String>) -> Result<Said, Failure> {
        if self.json {
            let value = serde_json::to_value(reply).map_err(|_| Failure::other_answer())?;
            return Said::json(&inner(value));
        }
        Ok(Said::text(match reply {
            Reply::Done => done.into(),
            other => show::reply(other, &self.zone()?),
        }))
    }

    /// Says a view: as JSON, or as the text that `text` makes of it.
    pub(crate) fn show<V: Serialize>(
        &self,
        view: &V,
        text: impl FnOnce(&V) -> Result<String, Failure>,
    ) -> Result<Said, Failure> {
        if self.json { Said::json(view) } else { text(view).map(Said::text) }
    }

    /// Returns the coop's time zone.
    pub(crate) fn zone(&self) -> Result<Zone, Failure> {
        self.clock().map(|(zone, _)| zone)
    }

    /// Returns the day that "today" means: in the coop's zone, by the clock that was fixed for us, or
    /// else by the node's.
    pub(crate) fn today(&self) -> Result<Today, Failure> {
        let (zone, node_now) = self.clock()?;
        let now = self.env.fixed_now()?.unwrap_or(node_now);
        Ok(Today(now.local(&zone).date()))
    }

    /// Returns the date of a day as it was said.
    pub(crate) fn date(&self, day: Day) -> Result<Date, Failure> {
        match day {
            Day::Date(date) => Ok(date),
            relative => Ok(relative.on(self.today()?)),
        }
    }

    /// Returns the moment of a time as it was said; without a day, today is meant.
    pub(crate) fn local(&self, when: When) -> Result<DateTime, Failure> {
        let today = if when.is_relative() { self.today()? } else { Today(Date::default()) };
        Ok(when.at(today, today.0))
    }

    /// Returns the member that was named; by name, if just one in that role answers to it.
    pub(crate) fn member(&self, pick: &Pick, role: Option<Role>) -> Result<MemberId, Failure> {
        self.member_by(pick, role, &|request| self.ask(request))
    }

    fn member_by(
        &self,
        pick: &Pick,
        role: Option<Role>,
        ask: &dyn Fn(Request) -> Result<Reply, Failure>,
    ) -> Result<MemberId, Failure> {
        let list = |role, name: &str| match ask(Request::ListMembers {
            role,
            find: Some(name.to_owned()),
            after: None,
            limit: None,
        })? {
            Reply::Members(members) => Ok(members),
            _ => Err(Failure::other_answer()),
        };
        let name = match pick {
            Pick::Number(member) => return Ok(*member),
            Pick::Name(name) => name.clone(),
        };
        let found = list(role, &name)?;
        if let (true, Some(role)) = (found.is_empty(), role) {
            let others = list(None, &name)?;
            the_one(&name, &others)?;
            let others: Vec<String> = others.iter().take(NAMED_MAX).map(called).collect();
            return Err(Failure::not_found(format!(
                "no {role} is called \"{name}\": {} is none; see `jitney member role add --help`",
                show::listed(&others, "and")
            )));
        }
        the_one(&name, &found)
    }

    fn clock(&self) -> Result<(Zone, Timestamp), Failure> {
        if let Some(known) = self.clock.get() {
            return Ok(known.clone());
        }
        let status = ask!(self, Request::Status, Status)?;
        let zone = zone_named(&status.zone)?;
        Ok(self.clock.get_or_init(|| (zone, status.now)).clone())
    }
}

/// Returns the zone of that name, which a node told.
pub(crate) fn zone_named(name: &str) -> Result<Zone, Failure> {
    Zone::named(name).map_err(|error| Failure::internal(error.to_string()))
}

/// Returns a member's number and name.
fn called(member: &view::Member) -> String {
    match &member.profile {
        Some(profile) => format!("{} {}", member.member, profile.name),
        None => member.member.to_string(),
    }
}

/// Returns the one member found: the only one, or the only one of just that name, or the only one with a
/// name of which that is a whole word.
fn the_one(name: &str, found: &[view::Member]) -> Result<MemberId, Failure> {
    let name_of =
        |member: &view::Member| member.profile.as_ref().map(|p| p.name.to_lowercase()).unwrap_or_default();
    let wanted = name.to_lowercase();
    let only = |test: &dyn Fn(&str) -> bool| {
        let mut fitting = found.iter().filter(|member| test(&name_of(member)));
        fitting.next().filter(|_| fitting.next().is_none()).map(|member| member.member)
    };
    let whole_word = |called: &str| called.split_whitespace().any(|word| word == wanted);
    if let Some(member) =
        only(&|_| true).or_else(|| only(&|called| called == wanted)).or_else(|| only(&whole_word))
    {
        return Ok(member);
    }
    if found.is_empty() {
        let next = "list all with `jitney member list`";
        return Err(Failure::not_found(format!("nobody here is called \"{name}\"; {next}")));
    }
    let mut names: Vec<String> = found.iter().take(NAMED_MAX).map(called).collect();
    if found.len() > NAMED_MAX {
        names.push(format!("{} others", found.len() - NAMED_MAX));
    }
    Err(Failure::conflict(format!("\"{name}\" could be {}; say the number", show::listed(&names, "or"))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;
    use jitney_node::person::Profile;

    fn member(number: u32, name: &str) -> view::Member {
        view::Member {
            member: MemberId(number),
            profile: Some(Profile { name: name.to_owned(), ..Profile::default() }),
            roles: [Role::Rider].into(),
            suspended: false,
            key: None,
            terms: None,
            vetting: Default::default(),
            not_vetted: None,
            vehicles: Vec::new(),
            caregivers: Vec::new(),
            acts_for: Vec::new(),
            call_asked: None,
            wishes: Default::default(),
            apart: Default::default(),
        }
    }

    #[test]
    fn a_member_is_known_by_name_if_nobody_else_could_be_meant() {
        let found = [member(1, "Ada Miller"), member(2, "Berta Adams"), member(3, "Ada")];
        assert_eq!(the_one("ada", &found), Ok(MemberId(3)));
        assert_eq!(the_one("ada", &found[..2]), Ok(MemberId(1)));
        assert_eq!(the_one("bert", &found[1..2]), Ok(MemberId(2)));
        assert_eq!(the_one("eve", &[]).unwrap_err().exit, Exit::NotFound);
    }

    #[test]
    fn of_several_the_dispatcher_is_told_who_they_are() {
        let found = [member(1, "Ada Miller"), member(2, "Ada Smith")];
        let failure = the_one("ada", &found).unwrap_err();
        assert_eq!(failure.message, "\"ada\" could be 1 Ada Miller or 2 Ada Smith; say the number");
        let many: Vec<view::Member> = (1..=20).map(|number| member(number, "Ada")).collect();
        assert!(the_one("ada", &many).unwrap_err().message.contains("or 15 others; say the number"));
    }
}
