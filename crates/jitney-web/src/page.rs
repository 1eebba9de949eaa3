//! What every page shows, and how a page becomes an answer.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use jitney_domain::Role;
use jitney_lang::{Args, Lang};

use crate::Settings;
use crate::site::Site;
use crate::visitor::Visitor;

/// What every page shows.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) lang: Lang,
    /// Who is signed in.
    pub(crate) name: Option<String>,
    /// The coop's name.
    pub(crate) coop: String,
    /// The dispatcher's phone.
    pub(crate) phone: Option<String>,
    /// Where this page is.
    pub(crate) path: String,
    /// Which part of the site it belongs to.
    pub(crate) part: Part,
}

/// The parts of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// For riders and caregivers, and before somebody is signed in.
    Rider,
    /// For drivers.
    Driver,
    /// For the office.
    Desk,
}

impl Page {
    /// A page for nobody in particular.
    pub(crate) fn nobody(lang: Lang, site: &Site) -> Self {
        let Settings { coop, phone, .. } = site.settings().clone();
        Page { lang, name: None, coop, phone, path: "/".to_owned(), part: Part::Rider }
    }

    /// A page for somebody who is signed in.
    pub(crate) fn of(visitor: &Visitor) -> Self {
        Page {
            lang: visitor.lang,
            name: Some(visitor.session.name.clone()),
            coop: visitor.session.coop.clone(),
            phone: visitor.session.coop_phone.clone(),
            path: visitor.path.clone(),
            part: match visitor.session.role {
                Role::Operator | Role::Dispatcher => Part::Desk,
                Role::Driver => Part::Driver,
                Role::Rider | Role::Caregiver => Part::Rider,
            },
        }
    }

    /// Says a sentence in the visitor's language.
    pub(crate) fn say(&self, key: &str) -> String {
        self.lang.text(key, &Args::new())
    }

    /// Says a sentence with one word filled in.
    pub(crate) fn tell(&self, key: &str, name: &str, value: &str) -> String {
        self.lang.text(key, &Args::new().with(name, value))
    }

    /// Says a sentence that counts.
    pub(crate) fn count(&self, key: &str, count: &usize) -> String {
        self.lang.text(key, &Args::new().with("count", *count))
    }

    /// A phone number as a link dials it.
    pub(crate) fn dial(&self, phone: &str) -> String {
        let digits: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        format!("tel:{digits}")
    }

    /// The other languages, with the name that each calls itself.
    pub(crate) fn languages(&self) -> Vec<(&'static str, String)> {
        let others = Lang::all().iter().filter(|lang| **lang != self.lang);
        others.map(|lang| (lang.tag(), lang.text("language-name", &Args::new()))).collect()
    }
}

/// Draws a page.
pub(crate) fn draw(template: &impl Template) -> Response {
    draw_as(StatusCode::OK, template)
}

/// Draws a page that goes with another status.
pub(crate) fn draw_as(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(target: "jitney::web", %error, "a page could not be drawn");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
