//! The coop's people: find them, see all that is known of one, and change it; a file a subject.

pub(super) mod driving;
pub(super) mod profile;
pub(super) mod show;
pub(super) mod standing;
pub(super) mod ties;

use askama::Template;
use axum::extract::Query;
use axum::response::{Redirect, Response};
use jitney_domain::{MemberId, Role};
use jitney_node::api::Request;
use jitney_node::view::Member;
use serde::Deserialize;

use crate::forms;
use crate::page::{Page, draw};
use crate::trouble::Trouble;
use crate::visitor::{Office, Visitor, ask};

/// Most people that are shown for what was typed.
const FOUND_MAX: usize = 8;
/// Most people on one page of the list.
const LISTED_MAX: usize = 100;

/// Somebody who was found.
pub(super) struct Match {
    pub(super) member: MemberId,
    pub(super) name: String,
    pub(super) about: String,
}

/// Returns who answers to what was typed: a number, a part of the name or of the phone number.
pub(super) async fn matches(
    visitor: &Visitor,
    text: &str,
    role: Option<Role>,
) -> Result<Vec<Match>, Trouble> {
    // A few more than are shown, for those who are suspended.
    let asked =
        Request::ListMembers { role, find: Some(text.to_owned()), after: None, limit: Some(4 * FOUND_MAX) };
    let found = ask!(visitor, asked, Members)?;
    Ok(found.iter().filter(|member| !member.suspended).take(FOUND_MAX).map(found_one).collect())
}

fn found_one(member: &Member) -> Match {
    let profile = member.profile.as_ref();
    let phone = profile.and_then(|p| p.phone.clone());
    let home = profile.and_then(|p| p.home.as_ref()).map(|home| home.label.clone());
    Match {
        member: member.member,
        name: name_of(member),
        about: [phone, home].into_iter().flatten().collect::<Vec<_>>().join(" · "),
    }
}

fn name_of(member: &Member) -> String {
    member.profile.as_ref().map(|profile| profile.name.clone()).unwrap_or_default()
}

#[derive(Template)]
#[template(path = "desk/found.html")]
struct FoundPart {
    page: Page,
    found: Vec<Match>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    find: String,
    role: String,
}

/// Shows riders who answer to what has been typed so far.
pub(super) async fn found(Office(visitor): Office, Query(typed): Query<Typed>) -> Result<Response, Trouble> {
    let found = match forms::filled(&typed.find) {
        Some(text) => matches(&visitor, text, Some(Role::Rider)).await?,
        None => Vec::new(),
    };
    Ok(draw(&FoundPart { page: visitor.page(), found }))
}

/// A member as a row.
struct Row {
    member: MemberId,
    name: String,
    roles: String,
    phone: String,
    home: String,
    warning: bool,
}

#[derive(Template)]
#[template(path = "desk/people.html")]
struct PeoplePage {
    page: Page,
    title: String,
    find: String,
    role: String,
    /// Value and name of every role.
    roles: Vec<(&'static str, String)>,
    rows: Vec<Row>,
    more: bool,
}

const ROLES: [(&str, Role); 5] = [
    ("rider", Role::Rider),
    ("driver", Role::Driver),
    ("caregiver", Role::Caregiver),
    ("dispatcher", Role::Dispatcher),
    ("operator", Role::Operator),
];

fn role_named(name: &str) -> Option<Role> {
    ROLES.iter().find(|(known, _)| *known == name).map(|(_, role)| *role)
}

fn role_word(page: &Page, role: Role) -> String {
    let name = ROLES.iter().find(|(_, known)| *known == role).map_or("rider", |(name, _)| *name);
    page.say(&format!("role-{name}"))
}

fn roles_of(page: &Page, member: &Member) -> String {
    let mut roles: Vec<String> = member.roles.iter().map(|role| role_word(page, *role)).collect();
    if member.suspended {
        roles.push(page.say("suspended"));
    }
    roles.join(", ")
}

/// Lists members.
pub(super) async fn list(Office(visitor): Office, Query(typed): Query<Typed>) -> Result<Response, Trouble> {
    let page = visitor.page();
    let find = forms::filled(&typed.find).map(str::to_owned);
    let asked = Request::ListMembers {
        role: role_named(&typed.role),
        find,
        after: None,
        limit: Some(LISTED_MAX + 1),
    };
    let members = ask!(visitor, asked, Members)?;
    let rows = members.iter().take(LISTED_MAX).map(|member| {
        let profile = member.profile.clone().unwrap_or_default();
        Row {
            member: member.member,
            name: if member.profile.is_some() { profile.name } else { page.say("erased") },
            roles: roles_of(&page, member),
            phone: profile.phone.unwrap_or_default(),
            home: profile.home.map(|home| home.label).unwrap_or_default(),
            warning: member.not_vetted.is_some(),
        }
    });
    let roles = ROLES.iter().map(|(name, role)| (*name, role_word(&page, *role))).collect();
    Ok(draw(&PeoplePage {
        title: page.say("desk-people"),
        find: typed.find,
        role: typed.role,
        roles,
        rows: rows.collect(),
        more: members.len() > LISTED_MAX,
        page,
    }))
}

/// Leads back to the member's page.
fn back_to(member: MemberId) -> Redirect {
    Redirect::to(&format!("/desk/people/{member}"))
}
