//! The coop's people: find them, see all that is known of one, say who acts for whom.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{Redirect, Response};
use jitney_domain::access::Scope;
use jitney_domain::{MemberId, Role};
use jitney_node::api::{Request, TripFilter};
use jitney_node::person::Profile;
use jitney_node::view::{AccessCard, Carriage, Member, Trip};
use serde::Deserialize;

use super::words;
use crate::forms;
use crate::page::{Page, draw};
use crate::trouble::Trouble;
use crate::visitor::{Office, Visitor, ask};
use crate::wording::Words;

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
    let found = ask!(visitor, Request::ListMembers { role, find: Some(text.to_owned()) }, Members)?;
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
    let asked = Request::ListMembers { role: role_named(&typed.role), find };
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

/// A trip of the member, in a line.
struct TripLine {
    trip: jitney_domain::TripId,
    day: String,
    way: String,
    carried: String,
}

#[derive(Template)]
#[template(path = "desk/member.html")]
struct MemberPage {
    page: Page,
    title: String,
    member: Member,
    profile: Profile,
    roles: String,
    role_choices: Vec<(&'static str, String)>,
    needs: String,
    /// What has been seen, and until when it is good.
    vetting: Vec<(String, String)>,
    vehicles: Vec<(String, String)>,
    caregivers: Vec<(MemberId, String, String)>,
    acts_for: Vec<(MemberId, String, String)>,
    cards: Vec<CardLine>,
    trips: Vec<TripLine>,
    is_rider: bool,
}

struct CardLine {
    card: String,
    role: String,
    since: String,
    devices: usize,
}

/// Shows all that is known of a member.
pub(super) async fn show(Office(visitor): Office, Path(id): Path<MemberId>) -> Result<Response, Trouble> {
    let page = visitor.page();
    let words = words(&visitor);
    let member = *ask!(visitor, Request::ShowMember(id), Member)?;
    let cards = ask!(visitor, Request::ListCards(Some(id)), Cards)?;
    let is_rider = member.roles.contains(&Role::Rider);
    let trips = match is_rider {
        true => {
            let filter = TripFilter { rider: Some(id), ..TripFilter::default() };
            ask!(visitor, Request::ListTrips(filter), Trips)?
        }
        false => Vec::new(),
    };
    let profile = member.profile.clone().unwrap_or_default();
    let may = |scope| page.say(if scope == Scope::Book { "rider-may-book" } else { "rider-may-see" });
    let others = |list: &[jitney_node::view::Entrusted]| {
        list.iter().map(|other| (other.member, other.name.clone(), may(other.scope))).collect::<Vec<_>>()
    };
    Ok(draw(&MemberPage {
        title: if member.profile.is_some() { profile.name.clone() } else { page.say("erased") },
        roles: roles_of(&page, &member),
        role_choices: member_roles(&page, &member),
        needs: profile.requirement.as_ref().map(|needs| words.needs(needs)).unwrap_or_default(),
        vetting: member
            .vetting
            .iter()
            .map(|(item, until)| (page.say(&format!("vetting-{item}")), words.day(*until)))
            .collect(),
        vehicles: member
            .vehicles
            .iter()
            .map(|vehicle| (vehicle.vehicle.to_string(), words.capability(&vehicle.capability)))
            .collect(),
        caregivers: others(&member.caregivers),
        acts_for: others(&member.acts_for),
        cards: cards.iter().map(|card| card_line(&page, words, card)).collect(),
        trips: trips.iter().filter(|trip| !is_over(trip)).map(|trip| line(words, trip)).collect(),
        is_rider,
        profile,
        member,
        page,
    }))
}

fn member_roles(page: &Page, member: &Member) -> Vec<(&'static str, String)> {
    let theirs = ROLES.iter().filter(|(_, role)| member.roles.contains(role));
    theirs.map(|(name, role)| (*name, role_word(page, *role))).collect()
}

fn is_over(trip: &Trip) -> bool {
    matches!(trip.carriage, Carriage::Over { .. })
}

fn line(words: Words<'_>, trip: &Trip) -> TripLine {
    TripLine {
        trip: trip.trip,
        day: format!("{} {}", words.near_day(trip.date), words.wished(&trip.timing)),
        way: format!("{} → {}", words.from(trip), words.to(trip)),
        carried: words.carriage(trip),
    }
}

fn card_line(page: &Page, words: Words<'_>, card: &AccessCard) -> CardLine {
    CardLine {
        card: card.card.to_string(),
        role: role_word(page, card.role),
        since: words.moment(card.issued),
        devices: card.devices,
    }
}

#[derive(Deserialize)]
pub(super) struct Edited {
    name: String,
    phone: String,
    emergency: String,
    note: String,
}

/// Changes how a member is called and reached.
pub(super) async fn profile(
    Office(visitor): Office,
    Path(id): Path<MemberId>,
    Form(edited): Form<Edited>,
) -> Result<Redirect, Trouble> {
    let member = *ask!(visitor, Request::ShowMember(id), Member)?;
    let filled = |text: &str| forms::filled(text).map(str::to_owned);
    let profile = Profile {
        name: edited.name.trim().to_owned(),
        phone: filled(&edited.phone),
        emergency: filled(&edited.emergency),
        note: edited.note.trim().to_owned(),
        ..member.profile.unwrap_or_default()
    };
    visitor.ask(Request::EditMember { member: id, profile }).await?;
    Ok(Redirect::to(&format!("/desk/people/{id}")))
}

#[derive(Deserialize)]
pub(super) struct Named {
    caregiver: MemberId,
    #[serde(default)]
    may: String,
}

/// Lets a caregiver act for the rider.
pub(super) async fn entrust(
    Office(visitor): Office,
    Path(rider): Path<MemberId>,
    Form(named): Form<Named>,
) -> Result<Redirect, Trouble> {
    let scope = if named.may == "book" { Scope::Book } else { Scope::See };
    visitor.ask(Request::Entrust { rider, caregiver: named.caregiver, scope }).await?;
    Ok(Redirect::to(&format!("/desk/people/{rider}")))
}

/// Lets a caregiver act for the rider no longer.
pub(super) async fn dismiss(
    Office(visitor): Office,
    Path(rider): Path<MemberId>,
    Form(named): Form<Named>,
) -> Result<Redirect, Trouble> {
    visitor.ask(Request::Dismiss { rider, caregiver: named.caregiver }).await?;
    Ok(Redirect::to(&format!("/desk/people/{rider}")))
}
