//! The stream that says that something has changed, for open pages and for programs.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::Event;
use futures::Stream;
use futures::stream::unfold;
use jitney_domain::Actor;
use jitney_node::api::Request;
use jitney_node::daemon::Handle;
use tokio::sync::OwnedSemaphorePermit;

/// Changes that follow each other closely are told once.
const PAUSE: Duration = Duration::from_millis(500);

/// Who watches.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) node: Handle,
    /// The session; the stream ends with it.
    pub(crate) token: String,
    /// The place that the stream takes, if places are counted: given back when the stream ends.
    #[expect(dead_code, reason = "it is held, not read")]
    pub(crate) room: Option<OwnedSemaphorePermit>,
}

/// Says `changed` whenever anything that the node shows may have.
pub(crate) fn changes(watch: Watch) -> impl Stream<Item = Result<Event, Infallible>> {
    let mut written = watch.node.written();
    written.mark_unchanged();
    unfold((written, watch), |(mut written, watch)| async move {
        // The node ends: so does the stream, and whoever watches asks again until there is one.
        written.changed().await.ok()?;
        tokio::time::sleep(PAUSE).await;
        let seq = *written.borrow_and_update();
        let asked = Request::WhoIsSignedIn { token: watch.token.clone() };
        watch.node.ask(Actor::System, asked).await.ok()?;
        Some((Ok(Event::default().event("changed").data(seq.to_string())), (written, watch)))
    })
}
