//! One file a command: its options, and the request that it becomes.

pub(crate) mod agreement;
pub(crate) mod alarms;
pub(crate) mod board;
pub(crate) mod capacity;
pub(crate) mod card;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod coop;
pub(crate) mod drive;
pub(crate) mod driver;
pub(crate) mod federation;
pub(crate) mod invite;
pub(crate) mod join;
pub(crate) mod man;
pub(crate) mod map;
pub(crate) mod member;
pub(crate) mod messages;
pub(crate) mod place;
pub(crate) mod plan;
pub(crate) mod profile;
pub(crate) mod rider;
pub(crate) mod status;
pub(crate) mod subscription;
mod succession;
pub(crate) mod ticket;
pub(crate) mod trip;
pub(crate) mod up;
