//! What a member is in the coop: roles, whether they take part at present, and being forgotten.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::response::{Redirect, Response};
use jitney_domain::{MemberId, Role};
use jitney_node::api::Request;
use serde::Deserialize;

use super::back_to;
use crate::page::{Page, draw};
use crate::trouble::Trouble;
use crate::visitor::{Office, ask};

#[derive(Deserialize)]
pub(in crate::desk) struct Further {
    role: Role,
}

/// Gives a member one more role.
pub(in crate::desk) async fn add_role(
    Office(visitor): Office,
    Path(member): Path<MemberId>,
    Form(Further { role }): Form<Further>,
) -> Result<Redirect, Trouble> {
    visitor.ask(Request::AddRole { member, role }).await?;
    Ok(back_to(member))
}

/// What a member's standing is to be.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::desk) enum Standing {
    Suspend,
    Reinstate,
}

#[derive(Deserialize)]
pub(in crate::desk) struct Said {
    standing: Standing,
}

/// Keeps a member from taking part, or lets them take part again.
pub(in crate::desk) async fn change(
    Office(visitor): Office,
    Path(member): Path<MemberId>,
    Form(Said { standing }): Form<Said>,
) -> Result<Redirect, Trouble> {
    visitor
        .ask(match standing {
            Standing::Suspend => Request::Suspend(member),
            Standing::Reinstate => Request::Reinstate(member),
        })
        .await?;
    Ok(back_to(member))
}

#[derive(Template)]
#[template(path = "desk/erase.html")]
struct ErasePage {
    page: Page,
    title: String,
    member: MemberId,
}

/// Asks whether all that is personal is really to be forgotten.
pub(in crate::desk) async fn ask_erase(
    Office(visitor): Office,
    Path(id): Path<MemberId>,
) -> Result<Response, Trouble> {
    let member = *ask!(visitor, Request::ShowMember(id), Member)?;
    let page = visitor.page();
    let name = member.profile.ok_or_else(|| Trouble::nothing(visitor.page()))?.name;
    Ok(draw(&ErasePage { title: page.tell("erase-title", "name", &name), member: id, page }))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::desk) struct Sure {
    sure: String,
}

/// Forgets all that is personal of a member, if that is what was meant.
pub(in crate::desk) async fn erase(
    Office(visitor): Office,
    Path(member): Path<MemberId>,
    Form(Sure { sure }): Form<Sure>,
) -> Result<Redirect, Trouble> {
    if sure != "yes" {
        return Ok(Redirect::to(&format!("/desk/people/{member}/erase")));
    }
    visitor.ask(Request::Erase(member)).await?;
    Ok(back_to(member))
}
