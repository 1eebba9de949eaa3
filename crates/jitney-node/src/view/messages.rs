//! Messages to people as they are shown: of what kind and when, never what they say.

use jitney_domain::{MemberId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::notify::{About, Kind, NoticeId, Phase, Reach};

/// A message to one person on one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Which.
    pub id: NoticeId,
    /// What it is for.
    pub kind: Kind,
    /// About what.
    pub about: About,
    /// To whom.
    pub member: MemberId,
    /// Their name.
    pub name: String,
    /// On which channel.
    pub channel: Reach,
    /// Since when.
    pub made: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    /// How far it has come.
    pub phase: Phase,
}
