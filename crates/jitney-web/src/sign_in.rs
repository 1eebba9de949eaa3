//! Signing in with a card, signing out, choosing a language.

use std::net::SocketAddr;
use std::time::Instant;

use askama::Template;
use axum::Form;
use axum::extract::{ConnectInfo, FromRequestParts as _, Query, Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use jitney_domain::{Actor, Role};
use jitney_lang::Lang;
use jitney_node::api::{self, Reply};
use serde::Deserialize;

use crate::page::{Page, draw, draw_as};
use crate::site::Site;
use crate::trouble::Trouble;
use crate::visitor::{LANGUAGE, Spoken, Visitor, client, session_cookie};

/// How long a browser keeps a cookie: as long as it keeps any. The node knows when a session ends.
const KEEP_SECONDS: u32 = 400 * 24 * 60 * 60;
/// Longest text that may be a code.
pub(crate) const CODE_BYTES_MAX: usize = 64;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    page: Page,
    title: String,
    wrong: Option<String>,
}

fn form(lang: Lang, site: &Site, wrong: Option<&str>) -> SignInPage {
    let page = Page { path: "/sign-in".to_owned(), ..Page::nobody(lang, site) };
    SignInPage { title: page.say("sign-in-title"), wrong: wrong.map(|key| page.say(key)), page }
}

/// Leads everybody to their own part.
pub(crate) async fn home(visitor: Visitor) -> Redirect {
    Redirect::to(match visitor.session.role {
        Role::Operator | Role::Dispatcher => "/desk",
        Role::Driver => "/drive",
        Role::Rider | Role::Caregiver => "/ride",
    })
}

/// Asks for the code.
pub(crate) async fn ask(State(site): State<Site>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    if Visitor::from_request_parts(&mut parts, &site).await.is_ok() {
        return Redirect::to("/").into_response();
    }
    let Ok(Spoken(lang)) = Spoken::from_request_parts(&mut parts, &site).await;
    draw(&form(lang, &site, None))
}

#[derive(Deserialize)]
pub(crate) struct Shown {
    code: String,
}

/// Opens a session for who shows the code of a card.
pub(crate) async fn enter(
    State(site): State<Site>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    Spoken(lang): Spoken,
    headers: HeaderMap,
    Form(shown): Form<Shown>,
) -> Response {
    let from = client(&site, from.ip(), &headers);
    if !site.tries.may_try(from, Instant::now()) {
        return draw_as(StatusCode::TOO_MANY_REQUESTS, &form(lang, &site, Some("sign-in-too-often")));
    }
    let again = |key| draw_as(StatusCode::UNPROCESSABLE_ENTITY, &form(lang, &site, Some(key)));
    if shown.code.len() > CODE_BYTES_MAX {
        site.tries.wrong(from, Instant::now());
        return again("sign-in-wrong");
    }
    match site.node.ask(Actor::System, api::Request::SignIn { code: shown.code }).await {
        Ok(Reply::SignedIn(signed)) => {
            let cookie = set_cookie(&site, session_cookie(&site), &signed.token, KEEP_SECONDS);
            ([(SET_COOKIE, cookie)], Redirect::to("/")).into_response()
        }
        Err(fault) if fault.kind.is_passing() => {
            Trouble::new(Page::nobody(lang, &site), fault).into_response()
        }
        _ => {
            site.tries.wrong(from, Instant::now());
            again("sign-in-wrong")
        }
    }
}

/// Ends the session.
pub(crate) async fn leave(visitor: Visitor) -> Response {
    let ended = api::Request::SignOut { token: visitor.token.clone() };
    if let Err(fault) = visitor.site.node.ask(Actor::System, ended).await {
        return Trouble::new(visitor.page(), fault).into_response();
    }
    let cookie = set_cookie(&visitor.site, session_cookie(&visitor.site), "", 0);
    ([(SET_COOKIE, cookie)], Redirect::to("/sign-in")).into_response()
}

#[derive(Deserialize)]
pub(crate) struct Chosen {
    to: String,
    #[serde(default)]
    back: String,
}

/// Goes on in another language.
pub(crate) async fn language(State(site): State<Site>, Query(chosen): Query<Chosen>) -> Response {
    // Only to a page of ours: browsers read `//host` and `/\host` as another site.
    let bytes = chosen.back.as_bytes();
    let ours = bytes.first() == Some(&b'/') && !matches!(bytes.get(1), Some(b'/' | b'\\'));
    let back = if ours && !chosen.back.contains(char::is_control) { chosen.back.as_str() } else { "/" };
    match Lang::from_tag(&chosen.to) {
        Some(lang) => {
            let cookie = set_cookie(&site, LANGUAGE, lang.tag(), KEEP_SECONDS);
            ([(SET_COOKIE, cookie)], Redirect::to(back)).into_response()
        }
        None => Redirect::to(back).into_response(),
    }
}

fn set_cookie(site: &Site, name: &str, value: &str, seconds: u32) -> String {
    let secure = if site.is_secure() { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}
