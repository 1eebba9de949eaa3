//! Tells open pages that something has changed, so that the day is always the one that is.

use std::convert::Infallible;

use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;

use crate::changes::{Watch, changes};
use crate::visitor::Office;

/// Says `changed` whenever anything that the node shows may have.
pub(super) async fn events(Office(visitor): Office) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let watch = Watch { node: visitor.site.node.clone(), token: visitor.token, room: None };
    Sse::new(changes(watch)).keep_alive(KeepAlive::default())
}
