//! Who is asking: read from the cookie or the token that a request shows, by the node's own record.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::civil::Date;
use jitney_domain::{Actor, MemberId, Role, Timestamp, Zone};
use jitney_lang::Lang;
use jitney_node::api::{Answer, Reply, Request};
use jitney_node::view;

use crate::page::Page;
use crate::site::Site;
use crate::trouble::Trouble;

/// The cookie with the session's token.
pub(crate) const SESSION: &str = "jitney";
/// The same where the connection is encrypted: browsers then let nobody else on the host set it.
pub(crate) const SESSION_SECURE: &str = "__Host-jitney";
/// The cookie with the language that was chosen.
pub(crate) const LANGUAGE: &str = "jitney-language";

/// The cookie of that name, if the request shows it.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let shown = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let pairs = shown.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// The language that was chosen on a page.
fn chosen(parts: &Parts) -> Option<Lang> {
    cookie(&parts.headers, LANGUAGE).and_then(Lang::from_tag)
}

/// The language of the answer: the one that was chosen, else the one that the browser prefers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spoken(pub(crate) Lang);

impl<S: Send + Sync> FromRequestParts<S> for Spoken {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Spoken(chosen(parts).unwrap_or_else(|| preferred(&parts.headers))))
    }
}

/// The language that the browser or program prefers.
pub(crate) fn preferred(headers: &HeaderMap) -> Lang {
    Lang::negotiate(headers.get(ACCEPT_LANGUAGE).and_then(|text| text.to_str().ok()).unwrap_or(""))
}

/// The token that the request shows, if any.
pub(crate) fn token(parts: &Parts, site: &Site) -> Option<String> {
    bearer(&parts.headers).or_else(|| cookie(&parts.headers, session_cookie(site))).map(str::to_owned)
}

/// The token that a program shows, if any.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// Returns the address of who asks: behind a web server of this machine, the one that it names last.
pub(crate) fn client(site: &Site, from: IpAddr, headers: &HeaderMap) -> IpAddr {
    if !(from.is_loopback() && site.public_url().is_some()) {
        return from;
    }
    let named = headers.get("x-forwarded-for").and_then(|text| text.to_str().ok()?.rsplit(',').next());
    named.and_then(|text| text.trim().parse().ok()).unwrap_or(from)
}

/// Returns the name of the cookie with the session's token.
pub(crate) fn session_cookie(site: &Site) -> &'static str {
    if site.is_secure() { SESSION_SECURE } else { SESSION }
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) site: Site,
    pub(crate) lang: Lang,
    pub(crate) session: view::Session,
    pub(crate) token: String,
    pub(crate) zone: Zone,
    /// The path that was asked for, with its query.
    pub(crate) path: String,
}

impl FromRequestParts<Site> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
        let Ok(Spoken(lang)) = Spoken::from_request_parts(parts, site).await;
        let to_sign_in = || Redirect::to("/sign-in").into_response();
        let token = token(parts, site).ok_or_else(to_sign_in)?;
        let asked = Request::WhoIsSignedIn { token: token.clone() };
        let answer = site.node.ask(Actor::System, asked).await;
        let session = match answer {
            Ok(Reply::Session(session)) => session,
            Err(fault) if fault.kind.is_passing() => {
                return Err(Trouble::new(Page::nobody(lang, site), fault).into_response());
            }
            _ => return Err(to_sign_in()),
        };
        // What the coop knows of them goes before what a borrowed device prefers; what was chosen goes before both.
        let known = session.language.as_deref().and_then(Lang::from_tag);
        let lang = known.filter(|_| chosen(parts).is_none()).unwrap_or(lang);
        let zone = Zone::named(&session.zone).map_err(|_| to_sign_in())?;
        let path = parts.extensions.get::<axum::extract::OriginalUri>().map_or(&parts.uri, |uri| &uri.0);
        let path = path.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Ok(Visitor { site: site.clone(), lang, session, token, zone, path })
    }
}

impl Visitor {
    /// In whose name the node is asked.
    pub(crate) fn actor(&self) -> Actor {
        Actor::Member(self.session.member, self.session.role)
    }

    /// Who it is.
    pub(crate) fn member(&self) -> MemberId {
        self.session.member
    }

    /// Asks the node in the visitor's name and language.
    pub(crate) async fn ask(&self, request: Request) -> Result<Reply, Trouble> {
        self.answer(request).await.map_err(|fault| Trouble::new(self.page(), fault))
    }

    /// As [`Visitor::ask`], for who wants to say it otherwise when it is refused.
    pub(crate) async fn answer(&self, request: Request) -> Answer {
        let request = Request::In { language: self.lang.tag().to_owned(), request: Box::new(request) };
        self.site.node.ask(self.actor(), request).await
    }

    /// As [`Visitor::ask`], for what a form asks: one that is sent twice is carried out once. A form without a name
    /// is carried out each time.
    pub(crate) async fn answer_once(&self, form: &str, request: Request) -> Answer {
        if form.is_empty() {
            return self.answer(request).await;
        }
        self.answer(Request::Once { key: form.to_owned(), request: Box::new(request) }).await
    }

    /// What every page shows of the visitor.
    pub(crate) fn page(&self) -> Page {
        Page::of(self)
    }

    /// The node's clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.session.now
    }

    /// What the calendar shows in the coop's zone.
    pub(crate) fn today(&self) -> Date {
        self.session.now.local(&self.zone).date()
    }
}

/// Asks one variant of a reply out of the node.
macro_rules! ask {
    ($visitor:expr, $request:expr, $variant:ident) => {
        match $visitor.ask($request).await? {
            jitney_node::api::Reply::$variant(view) => Ok(view),
            _ => Err($crate::trouble::Trouble::other_answer($visitor.page())),
        }
    };
}
pub(crate) use ask;

/// A visitor in one of the roles that a part of the site is for.
macro_rules! role {
    ($(#[$doc:meta])* $name:ident, $pattern:pat) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub(crate) struct $name(pub(crate) Visitor);

        impl FromRequestParts<Site> for $name {
            type Rejection = Response;

            async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
                let visitor = Visitor::from_request_parts(parts, site).await?;
                match visitor.session.role {
                    $pattern => Ok($name(visitor)),
                    _ => Err(Trouble::elsewhere(visitor.page()).into_response()),
                }
            }
        }
    };
}

role!(
    /// Somebody from the office.
    Office,
    Role::Operator | Role::Dispatcher
);
role!(
    /// A driver.
    AtTheWheel,
    Role::Driver
);
role!(
    /// A rider, or who acts for one.
    RiderSide,
    Role::Rider | Role::Caregiver
);
