//! Tells open pages that something has changed, so that the day is always the one that is.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use futures::stream::unfold;

use crate::site::Site;
use crate::visitor::Office;

/// Changes that follow each other closely are told once.
const PAUSE: Duration = Duration::from_millis(500);

/// Says `changed` whenever anything that the node shows may have.
pub(super) async fn events(
    _: Office,
    State(site): State<Site>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut written = site.node.written();
    written.mark_unchanged();
    let changes = unfold(written, |mut written| async move {
        // The node ends: so does the stream, and the page asks again until there is one.
        written.changed().await.ok()?;
        tokio::time::sleep(PAUSE).await;
        let seq = *written.borrow_and_update();
        Some((Ok(Event::default().event("changed").data(seq.to_string())), written))
    });
    Sse::new(changes).keep_alive(KeepAlive::default())
}
