//! Who asks: read from the token once, before anything else, and bounded in how often they may.

use std::net::SocketAddr;
use std::time::Instant;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use jitney_domain::{Actor, MemberId, Role};
use jitney_lang::Lang;
use jitney_node::api::{self, KEY_BYTES_MAX, Reply};
use jitney_node::view;

use super::limits::Asker;
use super::problem::Problem;
use crate::guard;
use crate::site::Site;
use crate::visitor;

/// The header with the name that a program gives a request.
const KEY: &str = "idempotency-key";
/// The same as it is written.
pub(crate) const KEY_HEADER: &str = "Idempotency-Key";

/// Somebody who is signed in and asks.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) site: Site,
    pub(crate) session: view::Session,
    pub(crate) token: String,
    /// The language that the coop knows them to speak, else the one that the request prefers.
    lang: Lang,
    /// What the program calls this request: under that key it is carried out once.
    key: Option<String>,
}

/// What is known of who asks, for whoever needs it.
#[derive(Debug, Clone)]
enum Met {
    Caller(Box<Caller>),
    Nobody { shown: bool },
}

/// Finds out who asks and whether they may ask once more.
pub(super) async fn meet(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    let met = match recognise(&site, &mut request).await {
        Ok(met) => met,
        Err(problem) => return problem.into_response(),
    };
    let asker = match &met {
        Met::Caller(caller) => Asker::Member(caller.session.member),
        Met::Nobody { .. } => Asker::Stranger(client(&site, &request)),
    };
    if let Err(seconds) = site.limits.take(asker, Instant::now()) {
        return Problem::too_often(seconds).into_response();
    }
    request.extensions_mut().insert(met);
    next.run(request).await
}

async fn recognise(site: &Site, request: &mut Request) -> Result<Met, Problem> {
    let harmless = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let bearer = visitor::bearer(request.headers()).map(str::to_owned);
    let by_token = bearer.is_some();
    let cookie = || visitor::cookie(request.headers(), visitor::session_cookie(site)).map(str::to_owned);
    let Some(token) = bearer.or_else(cookie) else { return Ok(Met::Nobody { shown: false }) };
    // A browser adds a cookie by itself, whoever makes it ask.
    if !by_token && !harmless && !guard::is_surely_ours(site, request) {
        return Err(Problem::another_site());
    }
    let key = key(request.headers())?;
    match site.node.ask(Actor::System, api::Request::WhoIsSignedIn { token: token.clone() }).await {
        Ok(Reply::Session(session)) => {
            let known = session.language.as_deref().and_then(Lang::from_tag);
            let lang = known.unwrap_or_else(|| visitor::preferred(request.headers()));
            Ok(Met::Caller(Box::new(Caller { site: site.clone(), session, token, lang, key })))
        }
        Err(fault) if fault.kind.is_passing() => Err(fault.into()),
        _ => Ok(Met::Nobody { shown: true }),
    }
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut all = headers.get_all(KEY).iter();
    let Some(key) = all.next() else { return Ok(None) };
    let is_key =
        |key: &str| (1..=KEY_BYTES_MAX).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
    let key = key.to_str().ok().map(str::trim).filter(|key| is_key(key));
    match (key, all.next()) {
        (Some(key), None) => Ok(Some(key.to_owned())),
        _ => Err(Problem::unreadable(format!(
            "Idempotency-Key is one text of 1 to {KEY_BYTES_MAX} visible characters; draw a UUID"
        ))),
    }
}

fn client(site: &Site, request: &Request) -> std::net::IpAddr {
    let from = request.extensions().get::<ConnectInfo<SocketAddr>>();
    // A connection always has one; a test may not.
    let from = from.map_or(std::net::Ipv4Addr::UNSPECIFIED.into(), |ConnectInfo(from)| from.ip());
    visitor::client(site, from, request.headers())
}

impl FromRequestParts<Site> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, Problem> {
        match parts.extensions.get::<Met>() {
            Some(Met::Caller(caller)) => Ok(Caller::clone(caller)),
            Some(Met::Nobody { shown }) => Err(Problem::not_signed_in(*shown)),
            None => Err(Problem::not_signed_in(false)),
        }
    }
}

impl Caller {
    /// In whose name the node is asked.
    pub(crate) fn actor(&self) -> Actor {
        Actor::Member(self.session.member, self.session.role)
    }

    /// Who it is.
    pub(crate) fn member(&self) -> MemberId {
        self.session.member
    }

    /// Whether they ask in that role.
    pub(crate) fn is(&self, role: Role) -> bool {
        self.session.role == role
    }

    /// Asks the node in the caller's name and language; what changes something is carried out once under the caller's
    /// key.
    pub(crate) async fn ask(&self, request: api::Request) -> Result<Reply, Problem> {
        let request = match &self.key {
            Some(key) if !request.only_reads() => {
                api::Request::Once { key: key.clone(), request: Box::new(request) }
            }
            _ => request,
        };
        let request = api::Request::In { language: self.lang.tag().to_owned(), request: Box::new(request) };
        Ok(self.site.node.ask(self.actor(), request).await?)
    }

    /// Asks for something that has nothing to tell but that it is done.
    pub(crate) async fn done(&self, request: api::Request) -> Result<super::extract::Done, Problem> {
        self.ask(request).await?;
        Ok(super::extract::Done)
    }
}

/// Asks one variant of a reply out of the node.
macro_rules! ask {
    ($caller:expr, $request:expr, $variant:ident) => {
        match $caller.ask($request).await? {
            jitney_node::api::Reply::$variant(view) => Ok(view),
            _ => Err($crate::api::problem::Problem::other_answer()),
        }
    };
}
pub(crate) use ask;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_text_of_visible_characters() {
        let keys = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(KEY, value.parse().unwrap());
            }
            key(&headers)
        };
        let most = "k".repeat(KEY_BYTES_MAX);
        assert_eq!(keys(&[]).unwrap(), None);
        assert_eq!(keys(&["a-1"]).unwrap().as_deref(), Some("a-1"));
        assert_eq!(keys(&[&most]).unwrap(), Some(most.clone()));
        let longer = format!("{most}k");
        for wrong in
            [["", "a b"].as_slice(), &["a b"], &["a\tb"], &["é"], &[""], &[" "], &[&longer], &["a", "a"]]
        {
            assert!(keys(wrong).is_err(), "{wrong:?}");
        }
    }
}
