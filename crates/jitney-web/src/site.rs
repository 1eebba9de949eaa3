//! What all pages share, and which page is where.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use jitney_node::daemon::Handle;
use jitney_node::envelope::Envelopes;
use jitney_node::lookup::MapPlaces;

use crate::api::{self, Limits};
use crate::plans::Plans;
use crate::tries::Tries;
use crate::{Settings, assets, desk, driver, guard, rider, sign_in};

/// Longest form or body that is read, in bytes.
pub(crate) const FORM_BYTES_MAX: usize = 64 * 1024;

/// What all pages share.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) node: Handle,
    pub(crate) tries: Arc<Tries>,
    /// How often programs may ask.
    pub(crate) limits: Arc<Limits>,
    /// Searches for a day's plan.
    pub(crate) plans: Plans,
    /// Seals what stands in addresses and is nobody's business.
    pub(crate) envelopes: Arc<Envelopes>,
    map: Arc<MapPlaces>,
    settings: Arc<Settings>,
}

impl Site {
    pub(crate) fn new(node: Handle, settings: &Settings) -> Self {
        let settings = Arc::new(settings.clone());
        let map = Arc::new(MapPlaces::of(settings.map.clone()));
        Site {
            node,
            tries: Arc::default(),
            limits: Arc::default(),
            plans: Plans::default(),
            envelopes: Arc::default(),
            map,
            settings,
        }
    }

    /// Returns under which address people reach the pages, if that was said.
    pub(crate) fn public_url(&self) -> Option<&str> {
        self.settings.public_url.as_deref()
    }

    /// What is known of the coop before somebody is signed in.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns the addresses and places of the map.
    pub(crate) fn map(&self) -> Arc<MapPlaces> {
        Arc::clone(&self.map)
    }

    /// Tells whether people reach the pages over an encrypted connection.
    pub(crate) fn is_secure(&self) -> bool {
        self.public_url().is_some_and(|url| url.starts_with("https://"))
    }
}

/// Returns a fresh name for a form.
pub(crate) fn form_name() -> String {
    format!("{:032x}", rand::random::<u128>())
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
        .nest(api::PREFIX.trim_end_matches('/'), api::routes(&site))
        .fallback(crate::trouble::nowhere)
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(from_fn(guard::whole))
        .layer(from_fn_with_state(site.clone(), guard::same_site))
        .layer(from_fn_with_state(site.clone(), guard::headers))
        .with_state(site)
}
