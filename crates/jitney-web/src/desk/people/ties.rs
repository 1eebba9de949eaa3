//! Who acts for a rider, which drivers a rider wishes for, and with whom they never ride.

use axum::Form;
use axum::extract::Path;
use axum::response::Redirect;
use jitney_domain::MemberId;
use jitney_domain::access::Scope;
use jitney_domain::member::Wish;
use jitney_node::api::Request;
use serde::Deserialize;

use super::back_to;
use crate::trouble::Trouble;
use crate::visitor::Office;

#[derive(Deserialize)]
pub(in crate::desk) struct Named {
    caregiver: MemberId,
    #[serde(default)]
    may: String,
}

/// Lets a caregiver act for the rider.
pub(in crate::desk) async fn entrust(
    Office(visitor): Office,
    Path(rider): Path<MemberId>,
    Form(named): Form<Named>,
) -> Result<Redirect, Trouble> {
    let scope = if named.may == "book" { Scope::Book } else { Scope::See };
    visitor.ask(Request::Entrust { rider, caregiver: named.caregiver, scope }).await?;
    Ok(back_to(rider))
}

/// Lets a caregiver act for the rider no longer.
pub(in crate::desk) async fn dismiss(
    Office(visitor): Office,
    Path(rider): Path<MemberId>,
    Form(named): Form<Named>,
) -> Result<Redirect, Trouble> {
    visitor.ask(Request::Dismiss { rider, caregiver: named.caregiver }).await?;
    Ok(back_to(rider))
}

#[derive(Deserialize)]
pub(in crate::desk) struct Wished {
    driver: MemberId,
    /// `preferred`, `never`, or nothing if it is all one again.
    #[serde(default)]
    wish: String,
}

/// Notes what a rider wishes of a driver.
pub(in crate::desk) async fn wish(
    Office(visitor): Office,
    Path(rider): Path<MemberId>,
    Form(wished): Form<Wished>,
) -> Result<Redirect, Trouble> {
    let wish = match wished.wish.as_str() {
        "preferred" => Some(Wish::Preferred),
        "never" => Some(Wish::Never),
        _ => None,
    };
    visitor.ask(Request::Wish { rider, driver: wished.driver, wish }).await?;
    Ok(back_to(rider))
}

#[derive(Deserialize)]
pub(in crate::desk) struct Apart {
    other: MemberId,
    /// Nothing, if they may ride together again.
    #[serde(default)]
    apart: String,
}

/// Keeps two riders from ever being on board together, or lets them again.
pub(in crate::desk) async fn apart(
    Office(visitor): Office,
    Path(one): Path<MemberId>,
    Form(Apart { other, apart }): Form<Apart>,
) -> Result<Redirect, Trouble> {
    visitor.ask(Request::Apart { one, other, apart: !apart.is_empty() }).await?;
    Ok(back_to(one))
}
