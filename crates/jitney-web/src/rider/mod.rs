//! The page of riders and of those who act for them: one column, one question a page, nothing that hurries.

mod book;
mod elsewhere;
mod home;
mod people;
pub(crate) mod trip;

use axum::Router;
use axum::routing::{get, post};
use jitney_domain::access::Scope;
use jitney_domain::{MemberId, Role};
use jitney_node::api::Request;
use jitney_node::view;

use crate::site::Site;
use crate::trouble::Trouble;
use crate::visitor::{Visitor, ask};
use crate::wording::Words;

/// Returns the pages of this part.
pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/", get(home::whose))
        .route("/{rider}", get(home::next))
        .route("/{rider}/book", get(book::question).post(book::send))
        .route("/{rider}/book/where", post(elsewhere::look))
        .route("/{rider}/call", post(home::call))
        .route("/{rider}/past", get(home::past))
        .route("/{rider}/people", get(people::show))
        .route("/{rider}/people/dismiss", post(people::dismiss))
        .route("/{rider}/people/{caregiver}", get(people::signed))
        .route("/{rider}/people/{caregiver}/credential", get(people::credential))
        .route("/{rider}/trip/{trip}", get(trip::show))
        .route("/{rider}/trip/{trip}/print", get(trip::print))
        .route("/{rider}/trip/{trip}/ready", post(trip::ready))
        .route("/{rider}/trip/{trip}/cancel", get(trip::may_cancel).post(trip::cancel))
}

/// Whose page it is, and what the visitor may do there.
#[derive(Debug, Clone)]
struct Rider {
    member: view::Member,
    /// The visitor is the rider.
    own: bool,
    /// The visitor may book, change and cancel.
    may_book: bool,
}

impl Rider {
    fn id(&self) -> MemberId {
        self.member.member
    }

    fn name(&self) -> String {
        self.member.profile.as_ref().map(|profile| profile.name.clone()).unwrap_or_default()
    }
}

/// Returns the rider, if the visitor is or acts for them: the node refuses it otherwise.
async fn rider(visitor: &Visitor, rider: MemberId) -> Result<Rider, Trouble> {
    let member = *ask!(visitor, Request::ShowMember(rider), Member)?;
    let own = visitor.session.role == Role::Rider;
    let given = member.caregivers.iter().find(|other| other.member == visitor.member());
    let may_book = own || given.is_some_and(|given| given.scope == Scope::Book);
    Ok(Rider { member, own, may_book })
}

fn words(visitor: &Visitor) -> Words<'_> {
    Words { lang: visitor.lang, zone: &visitor.zone, today: visitor.today() }
}
