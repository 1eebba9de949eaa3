//! Carries messages out beside the loop and tells it how that went.

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::channel::{Channels, Parcel, Posted};
use super::notice::NoticeId;

/// Hands over what comes until it is told to stop, all of it at once: the core gives out a few at a time.
///
/// Told to stop, it brings to an end what has begun and gives back untried what has not.
pub(crate) async fn run(
    channels: Channels,
    mut parcels: mpsc::UnboundedReceiver<Parcel>,
    mut stop: oneshot::Receiver<()>,
    tell: impl Fn(NoticeId, Posted) + Clone + Send + 'static,
) {
    let mut under_way = JoinSet::new();
    loop {
        let parcel = tokio::select! {
            biased;
            _ = &mut stop => break,
            parcel = parcels.recv() => parcel,
        };
        let Some(parcel) = parcel else { break };
        // What has ended need not be kept.
        while under_way.try_join_next().is_some() {}
        let (channels, tell) = (channels.clone(), tell.clone());
        under_way.spawn(async move {
            let (id, kind, reach) = (parcel.id, parcel.kind, parcel.reach);
            let posted = channels.post(parcel).await;
            tracing::info!(target: "jitney::messages", id = id.short(), %kind, channel = %reach, how = ?posted, "a message was handed over");
            tell(id, posted);
        });
    }
    parcels.close();
    while let Some(parcel) = parcels.recv().await {
        tell(parcel.id, Posted::NotTried);
    }
    under_way.join_all().await;
}
