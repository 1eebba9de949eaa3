//! Who acts for the rider, with what the coop has signed about it.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Redirect, Response};
use jitney_domain::MemberId;
use jitney_domain::access::Scope;
use jitney_lang::Args;
use jitney_node::api::Request;
use jitney_node::view::Entrusted;
use serde::Deserialize;

use super::{Rider, rider, words};
use crate::page::{Page, draw};
use crate::trouble::Trouble;
use crate::visitor::{RiderSide, Visitor, ask};

/// Media type of a W3C Verifiable Credential, Data Model 2.0.
const CREDENTIAL: &str = "application/vc";

/// Somebody who acts for the rider, as the page tells it.
struct Person {
    member: MemberId,
    name: String,
    /// What they may do, since when.
    may: String,
    /// Until when the coop's signature holds, where the visitor may read it.
    signed: Option<String>,
}

#[derive(Template)]
#[template(path = "rider/people.html")]
struct PeoplePage {
    page: Page,
    title: String,
    rider: Rider,
    people: Vec<Person>,
}

#[derive(Template)]
#[template(path = "rider/signed.html")]
struct SignedPage {
    page: Page,
    title: String,
    rider: Rider,
    person: Person,
    signed: String,
    number: String,
}

/// Who acts for the rider.
pub(super) async fn show(
    RiderSide(visitor): RiderSide,
    Path(id): Path<MemberId>,
) -> Result<Response, Trouble> {
    let rider = rider(&visitor, id).await?;
    let page = visitor.page();
    let people = rider.member.caregivers.iter().map(|other| person(&visitor, &page, &rider, other));
    Ok(draw(&PeoplePage { title: page.say("rider-people"), people: people.collect(), rider, page }))
}

fn person(visitor: &Visitor, page: &Page, rider: &Rider, other: &Entrusted) -> Person {
    let words = words(visitor);
    let day = |at: jitney_domain::Timestamp| words.day(at.local(words.zone).date());
    let key = if other.scope == Scope::Book { "rider-may-book-since" } else { "rider-may-see-since" };
    let may_read = rider.own || other.member == visitor.member();
    let signed = other.signed_until.filter(|_| may_read);
    let signed = signed.map(|until| {
        let args = Args::new().with("coop", visitor.session.coop.as_str()).with("day", day(until));
        page.lang.text("rider-signed", &args)
    });
    Person {
        member: other.member,
        name: other.name.clone(),
        may: page.tell(key, "day", &day(other.since)),
        signed,
    }
}

#[derive(Deserialize)]
pub(super) struct Dismissed {
    caregiver: MemberId,
}

/// Lets somebody act for the rider no longer.
pub(super) async fn dismiss(
    RiderSide(visitor): RiderSide,
    Path(id): Path<MemberId>,
    Form(form): Form<Dismissed>,
) -> Result<Redirect, Trouble> {
    visitor.ask(Request::Dismiss { rider: id, caregiver: form.caregiver }).await?;
    Ok(Redirect::to(&format!("/ride/{id}/people")))
}

/// Shows what the coop has signed about a caregiver, to be printed.
pub(super) async fn signed(
    RiderSide(visitor): RiderSide,
    Path((id, caregiver)): Path<(MemberId, MemberId)>,
) -> Result<Response, Trouble> {
    let asked = Request::Delegation { rider: id, caregiver };
    let credential = ask!(visitor, asked, Credential)?;
    let rider = rider(&visitor, id).await?;
    let page = visitor.page();
    let other = rider.member.caregivers.iter().find(|other| other.member == caregiver);
    let person = other.map(|other| person(&visitor, &page, &rider, other));
    // The node gives the credential of a caregiver only, and only to who may read it.
    let Some((signed, person)) = person.and_then(|person| Some((person.signed.clone()?, person))) else {
        return Ok(Redirect::to(&format!("/ride/{id}/people")).into_response());
    };
    let number = number(credential.get("id").and_then(|id| id.as_str()).unwrap_or_default());
    Ok(draw(&SignedPage { title: page.say("rider-signed-title"), rider, person, signed, number, page }))
}

/// Returns what tells a credential from others, in groups that can be read out.
fn number(id: &str) -> String {
    let digits: Vec<char> = id.rsplit(':').next().unwrap_or_default().chars().collect();
    digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// The credential itself, for whoever wants to verify it.
pub(super) async fn credential(
    RiderSide(visitor): RiderSide,
    Path((rider, caregiver)): Path<(MemberId, MemberId)>,
) -> Result<Response, Trouble> {
    let credential = ask!(visitor, Request::Delegation { rider, caregiver }, Credential)?;
    let kept = "attachment; filename=\"delegation.json\"";
    let headers = [(header::CONTENT_TYPE, CREDENTIAL), (header::CONTENT_DISPOSITION, kept)];
    Ok((headers, credential.to_string()).into_response())
}
