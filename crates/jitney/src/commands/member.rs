//! `jitney member`: the list of members.

use clap::{Args, Subcommand};
use jiff::civil::Date;
use jitney_domain::{MemberId, Role, VettingItem};
use jitney_node::api::{Reply, Request};
use jitney_node::person::{Place, Profile};

use super::profile::ProfileArgs;
use crate::args::{Day, Pick, ROLES, VETTING_ITEMS, word};
use crate::context::{Context, ask};
use crate::exit::Failure;
use crate::finder::Finder;
use crate::output::Said;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Admit a member
    Add(AddArgs),
    /// List members
    List(ListArgs),
    /// Show all that is known of a member
    Show(OneArgs),
    /// Change what is known of a member; what is not said stays
    Edit(EditArgs),
    /// Keep a member from taking part; their history stays
    Suspend(OneArgs),
    /// Let a suspended member take part again
    Reinstate(OneArgs),
    /// Change what a member does
    #[command(subcommand)]
    Role(RoleCommand),
    /// Note what has been seen of a driver, and until when it holds
    Vet(VetArgs),
    /// Forget all that is personal of a member and call off what is booked; the record of trips stays
    Erase(EraseArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// Full name
    #[arg(long)]
    name: String,
    /// What they do; may be given again
    #[arg(long = "role", value_name = "ROLE", required = true, value_parser = word::<Role>(ROLES))]
    roles: Vec<Role>,
    #[command(flatten)]
    profile: ProfileArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// In this role only
    #[arg(long, value_parser = word::<Role>(ROLES))]
    role: Option<Role>,
    /// With this in their name or phone number
    #[arg(long, value_name = "TEXT")]
    find: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct OneArgs {
    /// The member, by number or name
    member: Pick,
}

#[derive(Debug, Args)]
pub(crate) struct EditArgs {
    /// The member, by number or name
    member: Pick,
    /// Full name
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    profile: ProfileArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RoleCommand {
    /// Give a member one more role
    Add {
        /// The member, by number or name
        member: Pick,
        /// Which role
        #[arg(value_parser = word::<Role>(ROLES))]
        role: Role,
    },
}

#[derive(Debug, Args)]
pub(crate) struct VetArgs {
    /// The driver, by number or name
    member: Pick,
    /// What has been seen; may be given again
    #[arg(long = "item", value_name = "ITEM", required = true, value_parser = word::<VettingItem>(VETTING_ITEMS))]
    items: Vec<VettingItem>,
    /// The last day on which it holds
    #[arg(long, value_name = "DATE")]
    until: Day,
}

#[derive(Debug, Args)]
pub(crate) struct EraseArgs {
    /// The member, by number or by their full name
    member: Pick,
    /// Do it: what is erased cannot be brought back
    #[arg(long, required = true)]
    yes: bool,
}

impl Command {
    pub(crate) fn run(self, cx: &Context) -> Result<Said, Failure> {
        match self {
            Command::Add(args) => args.run(cx),
            Command::List(args) => args.run(cx),
            Command::Show(args) => cx.tell(Request::ShowMember(cx.member(&args.member, None)?), ""),
            Command::Edit(args) => args.run(cx),
            Command::Suspend(args) => {
                let member = cx.member(&args.member, None)?;
                cx.tell(
                    Request::Suspend(member),
                    format!("member {member} takes part in nothing until reinstated"),
                )
            }
            Command::Reinstate(args) => {
                let member = cx.member(&args.member, None)?;
                cx.tell(Request::Reinstate(member), format!("member {member} takes part again"))
            }
            Command::Role(RoleCommand::Add { member, role }) => {
                let member = cx.member(&member, None)?;
                cx.tell(Request::AddRole { member, role }, format!("member {member} is a {role} now"))
            }
            Command::Vet(args) => args.run(cx),
            Command::Erase(args) => {
                let member = to_erase(cx, &args.member)?;
                cx.tell(Request::Erase(member), format!("all that was personal of member {member} is erased"))
            }
        }
    }
}

/// Returns the member to erase: by number, or by a name said in full. What cannot be undone is not done to
/// whoever answers to a part of a name.
fn to_erase(cx: &Context, pick: &Pick) -> Result<MemberId, Failure> {
    let member = cx.member(pick, None)?;
    let Pick::Name(said) = pick else { return Ok(member) };
    let profile = ask!(cx, Request::ShowMember(member), Member)?.profile;
    let name = profile.map(|profile| profile.name).unwrap_or_default();
    if name.to_lowercase() == said.to_lowercase() {
        return Ok(member);
    }
    Err(Failure::conflict(format!(
        "\"{said}\" is {member} {name}; what is erased cannot be brought back, so say the full name or the number"
    )))
}

/// Looks up a member's address.
fn address(cx: &Context, text: &str) -> Result<Place, Failure> {
    Finder::new(cx, None)?.the_one(text, "--at LAT,LON")
}

/// Admits a member in these roles.
pub(super) fn add(
    cx: &Context,
    name: String,
    roles: impl IntoIterator<Item = Role>,
    profile: ProfileArgs,
) -> Result<Said, Failure> {
    let profile = profile.over(Profile { name, ..Profile::default() }, |text| address(cx, text))?;
    cx.tell(Request::AddMember { profile, roles: roles.into_iter().collect() }, "")
}

impl AddArgs {
    fn run(self, cx: &Context) -> Result<Said, Failure> {
        add(cx, self.name, self.roles, self.profile)
    }
}

impl ListArgs {
    fn run(self, cx: &Context) -> Result<Said, Failure> {
        list(cx, self.role, self.find)
    }
}

/// Lists members, without asking for the zone that a list of names does not need.
pub(super) fn list(cx: &Context, role: Option<Role>, find: Option<String>) -> Result<Said, Failure> {
    let members = ask!(cx, Request::ListMembers { role, find, after: None, limit: None }, Members)?;
    cx.show(&members, |members| Ok(crate::show::members(members)))
}

impl EditArgs {
    fn run(self, cx: &Context) -> Result<Said, Failure> {
        let member = cx.member(&self.member, None)?;
        let stood = ask!(cx, Request::ShowMember(member), Member)?;
        let mut profile = stood
            .profile
            .ok_or_else(|| Failure::conflict(format!("member {member} has been erased; admit them anew")))?;
        profile.name = self.name.unwrap_or(profile.name);
        let profile = self.profile.over(profile, |text| address(cx, text))?;
        cx.tell(Request::EditMember { member, profile }, format!("member {member} is changed"))
    }
}

impl VetArgs {
    fn run(self, cx: &Context) -> Result<Said, Failure> {
        let member = cx.member(&self.member, Some(Role::Driver))?;
        let valid_until: Date = cx.date(self.until)?;
        let mut last = Reply::Done;
        for item in &self.items {
            last = cx.ask(Request::Vet { member, item: *item, valid_until })?;
        }
        let names: Vec<String> = self.items.iter().map(ToString::to_string).collect();
        let seen = crate::show::listed(&names, "and");
        cx.say(&last, format!("{seen} of driver {member} noted until {}", crate::show::day(valid_until)))
    }
}
