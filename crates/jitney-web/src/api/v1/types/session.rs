//! Sessions and cards.

use jitney_node::view;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::basic::{self, Moment};
use super::words::Role;
use crate::api::listing::listing;

/// The code of a card.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Code {
    /// As it stands on the card; small letters, spaces and dashes do not matter.
    #[schema(max_length = 64)]
    pub(crate) code: String,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Session {
    /// Who.
    member: u32,
    /// Their name.
    name: String,
    /// In which role.
    role: Role,
    /// The coop's public name.
    coop: String,
    /// The dispatcher's phone.
    coop_phone: Option<String>,
    /// The coop's time zone: wall-clock times are meant there.
    zone: String,
    /// The node's clock.
    now: Moment,
    /// Until when.
    until: Moment,
}

impl From<view::Session> for Session {
    fn from(session: view::Session) -> Self {
        Session {
            member: session.member.0,
            name: session.name,
            role: session.role.into(),
            coop: session.coop,
            coop_phone: session.coop_phone,
            zone: session.zone,
            now: session.now.into(),
            until: session.until.into(),
        }
    }
}

/// A session just opened.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignedIn {
    /// Shown as `Authorization: Bearer` from now on; told this once.
    token: String,
    /// Who it stands for.
    session: Session,
}

impl From<view::SignedIn> for SignedIn {
    fn from(signed: view::SignedIn) -> Self {
        SignedIn { token: signed.token, session: signed.session.into() }
    }
}

/// Whose card, and in which role.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CardAsked {
    /// Whose.
    pub(crate) member: u32,
    /// In which role it lets them act.
    pub(crate) role: Role,
}

/// A card just made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewCard {
    /// Which card.
    card: basic::Card,
    /// The code to print on it; told this once.
    code: String,
    /// Whose.
    member: u32,
    /// Their name.
    name: String,
    /// In which role it lets them act.
    role: Role,
}

impl From<view::NewCard> for NewCard {
    fn from(card: view::NewCard) -> Self {
        NewCard {
            card: card.card.into(),
            code: card.code,
            member: card.member.0,
            name: card.name,
            role: card.role.into(),
        }
    }
}

/// A card that is good.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GoodCard {
    /// Which card.
    card: basic::Card,
    /// Whose.
    member: u32,
    /// Their name.
    name: String,
    /// In which role it lets them act.
    role: Role,
    /// Since when.
    issued: Moment,
    /// On how many devices they are signed in with it.
    devices: usize,
}

impl From<view::AccessCard> for GoodCard {
    fn from(card: view::AccessCard) -> Self {
        GoodCard {
            card: card.card.into(),
            member: card.member.0,
            name: card.name,
            role: card.role.into(),
            issued: card.issued.into(),
            devices: card.devices,
        }
    }
}

listing!(
    /// Cards, by id.
    Cards of GoodCard
);
