//! How members get in on the pages: cards, sessions, and who acts for whom.
//!
//! A card is a code on paper that the coop hands over; it stands in for a password that nobody has to invent. Who
//! shows it opens a session on the device at hand. The tables keep hashes: neither a code nor a session can be
//! made from what is stored.

use jitney_identity::Hash;
use serde::{Deserialize, Serialize};

use crate::member::Role;
use crate::time::Timestamp;
use crate::{CardId, MemberId};

/// Most cards of a member that are good at once; the oldest goes for the next.
pub const CARDS_MAX: usize = 8;

/// Most sessions of a card; the oldest goes for the next.
pub const SESSIONS_MAX: usize = 16;

/// Most caregivers of a rider.
pub const CAREGIVERS_MAX: usize = 8;

/// A card that is good until it is revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Whose.
    pub member: MemberId,
    /// In which role it lets them act.
    pub role: Role,
    /// Hash of the code.
    pub secret: Hash,
    /// Since when.
    pub issued: Timestamp,
}

/// A device on which a member has signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// With which card: it ends with the card.
    pub card: CardId,
    /// Who.
    pub member: MemberId,
    /// In which role.
    pub role: Role,
    /// Since when.
    pub opened: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// What a caregiver may do for a rider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// See who comes and when.
    See,
    /// Book, change and cancel too.
    Book,
}

/// Caregivers of a rider, with what each may do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caregivers {
    /// Who, what and since when; in the order of being named.
    pub people: Vec<Caregiver>,
}

/// A caregiver of a rider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caregiver {
    /// Who.
    pub member: MemberId,
    /// What they may do.
    pub scope: Scope,
    /// Since when.
    pub since: Timestamp,
}

impl Caregivers {
    /// Returns what `member` may do, if they are one of them.
    pub fn scope_of(&self, member: MemberId) -> Option<Scope> {
        self.people.iter().find(|c| c.member == member).map(|c| c.scope)
    }
}
