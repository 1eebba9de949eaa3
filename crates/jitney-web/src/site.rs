//! What all pages share, and which page is where.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use axum::routing::{get, post};
use jitney_node::daemon::Handle;
use tokio::sync::Mutex;

use crate::tries::Tries;
use crate::visitor::Visitor;
use crate::{Settings, assets, desk, driver, guard, rider, sign_in};

/// Longest form that is read, in bytes.
const FORM_BYTES_MAX: usize = 64 * 1024;
/// Most forms that are remembered as sent.
const SENT_MAX: usize = 1024;

/// What all pages share.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) node: Handle,
    pub(crate) tries: Arc<Tries>,
    /// Forms that were sent, with where they led: one sent twice is carried out once.
    pub(crate) sent: Arc<Mutex<VecDeque<(String, String)>>>,
    settings: Arc<Settings>,
}

impl Site {
    pub(crate) fn new(node: Handle, settings: &Settings) -> Self {
        Site { node, tries: Arc::default(), sent: Arc::default(), settings: Arc::new(settings.clone()) }
    }

    /// Returns under which address people reach the pages, if that was said.
    pub(crate) fn public_url(&self) -> Option<&str> {
        self.settings.public_url.as_deref()
    }

    /// What is known of the coop before somebody is signed in.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Tells whether people reach the pages over an encrypted connection.
    pub(crate) fn is_secure(&self) -> bool {
        self.public_url().is_some_and(|url| url.starts_with("https://"))
    }

    /// Carries out what a form asks for, unless the same form has been sent before; returns where it leads. A
    /// form without a name is carried out each time.
    pub(crate) async fn once<E>(
        &self,
        form: &str,
        act: impl Future<Output = Result<String, E>>,
    ) -> Result<Redirect, E> {
        if form.is_empty() {
            return act.await.map(|leads| Redirect::to(&leads));
        }
        let mut sent = self.sent.lock().await;
        if let Some((_, led)) = sent.iter().find(|(known, _)| known == form) {
            return Ok(Redirect::to(led));
        }
        let leads = act.await?;
        if sent.len() >= SENT_MAX {
            sent.pop_front();
        }
        sent.push_back((form.to_owned(), leads.clone()));
        Ok(Redirect::to(&leads))
    }
}

/// Returns a fresh name for a form.
pub(crate) fn form_name() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// Returns the name of a form as it is remembered: with who sent it.
pub(crate) fn sent_by(visitor: &Visitor, form: &str) -> String {
    if form.is_empty() { String::new() } else { format!("{}:{form}", visitor.member()) }
}

/// Returns all pages.
pub(crate) fn router(site: Site) -> Router {
    Router::new()
        .route("/", get(sign_in::home))
        .route("/sign-in", get(sign_in::ask).post(sign_in::enter))
        .route("/sign-out", post(sign_in::leave))
        .route("/language", get(sign_in::language))
        .route("/calendar/{secret}", get(driver::calendar))
        .route("/assets/{name}", get(assets::asset))
        .nest("/ride", rider::routes())
        .nest("/drive", driver::routes())
        .nest("/desk", desk::routes())
        .fallback(crate::trouble::nowhere)
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(from_fn_with_state(site.clone(), guard::same_site))
        .layer(from_fn_with_state(site.clone(), guard::headers))
        .with_state(site)
}
