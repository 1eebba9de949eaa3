//! Signing in and out, and the cards with which members do.

use std::net::SocketAddr;
use std::time::Instant;

use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use jitney_domain::{Actor, MemberId};
use jitney_node::api::{self, Reply};
use serde::Deserialize;
use utoipa::IntoParams;

use super::types::basic;
use super::types::session::{CardAsked, Cards, Code, GoodCard, NewCard, Session, SignedIn};
use crate::api::caller::{Caller, ask};
use crate::api::extract::{Body, Created, Done, Json, Path, Query};
use crate::api::listing::{self, Part};
use crate::api::problem::Problem;
use crate::sign_in::CODE_BYTES_MAX;
use crate::site::Site;
use crate::visitor;

/// Opens a session for whoever shows the code of a card.
#[utoipa::path(post, path = "/sessions", tag = "sessions", request_body = Code,
    responses((status = 201, description = "The session", body = SignedIn)))]
pub(crate) async fn sign_in(
    State(site): State<Site>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Body(shown): Body<Code>,
) -> Result<Created<SignedIn>, Problem> {
    let from = visitor::client(&site, from.ip(), &headers);
    if !site.tries.may_try(from, Instant::now()) {
        return Err(Problem::too_often(crate::tries::SPAN.as_secs()));
    }
    if shown.code.len() > CODE_BYTES_MAX {
        site.tries.wrong(from, Instant::now());
        return Err(Problem::invalid("a card's code is shorter; type what stands on the card"));
    }
    match site.node.ask(Actor::System, api::Request::SignIn { code: shown.code }).await {
        Ok(Reply::SignedIn(signed)) => Ok(Created(signed.into())),
        Ok(_) => Err(Problem::other_answer()),
        Err(fault) if fault.kind.is_passing() => Err(fault.into()),
        Err(_) => {
            site.tries.wrong(from, Instant::now());
            Err(Problem::wrong_code())
        }
    }
}

/// Says who is signed in.
#[utoipa::path(get, path = "/sessions/current", tag = "sessions",
    responses((status = 200, description = "The session", body = Session)))]
pub(crate) async fn who_am_i(caller: Caller) -> Json<Session> {
    Json(caller.session.into())
}

/// Ends the session: its token is good no longer.
#[utoipa::path(delete, path = "/sessions/current", tag = "sessions",
    responses((status = 204, description = "It has ended")))]
pub(crate) async fn sign_out(caller: Caller) -> Result<Done, Problem> {
    let ended = api::Request::SignOut { token: caller.token.clone() };
    caller.site.node.ask(Actor::System, ended).await?;
    Ok(Done)
}

/// Whose cards.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CardFilter {
    /// Of this member only.
    member: Option<u32>,
    /// Go on behind this place: the `next` of the part before.
    #[param(max_length = 1000)]
    after: Option<String>,
    /// So many entries at most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// Lists cards that are good.
#[utoipa::path(get, path = "/cards", tag = "sessions", params(CardFilter),
    responses((status = 200, description = "The cards", body = Cards)))]
pub(crate) async fn list_cards(
    caller: Caller,
    Query(filter): Query<CardFilter>,
) -> Result<Json<Cards>, Problem> {
    let cards = ask!(caller, api::Request::ListCards(filter.member.map(MemberId)), Cards)?;
    let part = Part { after: filter.after, limit: filter.limit };
    let read = |text: &str| text.parse().ok();
    let (cards, next) = listing::part(cards, &part, |card| card.card, read, |card| card.card.to_string())?;
    Ok(Json(Cards { items: cards.into_iter().map(GoodCard::from).collect(), next }))
}

/// Makes a card. Its code is told this once; a request that is sent again under its key is answered with a conflict.
#[utoipa::path(post, path = "/cards", tag = "sessions", request_body = CardAsked,
    responses((status = 201, description = "The card", body = NewCard)))]
pub(crate) async fn make_card(
    caller: Caller,
    Body(asked): Body<CardAsked>,
) -> Result<Created<NewCard>, Problem> {
    let asked = api::Request::IssueCard { member: MemberId(asked.member), role: asked.role.into() };
    Ok(Created(ask!(caller, asked, NewCard)?.into()))
}

/// Takes a card back, with every session that was opened with it.
#[utoipa::path(delete, path = "/cards/{card}", tag = "sessions",
    params(("card" = basic::Card, Path, description = "Which card")),
    responses((status = 204, description = "It is good no longer")))]
pub(crate) async fn revoke_card(caller: Caller, Path(card): Path<basic::Card>) -> Result<Done, Problem> {
    caller.done(api::Request::RevokeCard(card.0)).await
}
