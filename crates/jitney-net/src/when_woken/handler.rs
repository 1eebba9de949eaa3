//! The handler of one connection.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use libp2p::core::upgrade::{InboundUpgrade, UpgradeInfo};
use libp2p::swarm::Stream;
use libp2p::swarm::handler::{
    ConnectionEvent, ConnectionHandler, ConnectionHandlerEvent, FullyNegotiatedInbound, InboundUpgradeSend,
    ListenUpgradeError, SubstreamProtocol, UpgradeInfoSend,
};

use super::Bell;

/// Name of a protocol that a handler listens for.
pub(super) type Name<H> = <<H as ConnectionHandler>::InboundProtocol as UpgradeInfoSend>::Info;

/// Polls a handler only when there is reason to, and asks it how an incoming stream begins only when one has chosen a
/// protocol: libp2p asks which there are after every turn of a connection, and needs no more than the names then.
pub(crate) struct Handler<H: ConnectionHandler> {
    /// Shared with the streams that are coming in; all are of the one task of the connection.
    inner: Arc<Mutex<H>>,
    bell: Bell,
    offered: Offered<H>,
}

/// What a handler listens for, as it last said.
struct Offered<H: ConnectionHandler> {
    names: Arc<[Name<H>]>,
    /// How long a stream may take to begin.
    timeout: Duration,
}

impl<H: ConnectionHandler> Offered<H> {
    fn by(handler: &H) -> Self {
        let protocol = handler.listen_protocol();
        Self { names: protocol.upgrade().protocol_info().collect(), timeout: *protocol.timeout() }
    }
}

impl<H: ConnectionHandler> Handler<H> {
    pub(super) fn new(inner: H) -> Self {
        let offered = Offered::by(&inner);
        Self { inner: Arc::new(Mutex::new(inner)), bell: Bell::new(), offered }
    }

    /// Returns the handler, to tell it something.
    fn tell(&self) -> MutexGuard<'_, H> {
        self.bell.ring();
        lock(&self.inner)
    }
}

fn lock<H>(handler: &Mutex<H>) -> MutexGuard<'_, H> {
    handler.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets an incoming stream choose one of the protocols of a handler.
pub(crate) struct Offer<H: ConnectionHandler> {
    handler: Arc<Mutex<H>>,
    names: Arc<[Name<H>]>,
}

impl<H: ConnectionHandler> UpgradeInfo for Offer<H> {
    type Info = Name<H>;
    type InfoIter = Names<Name<H>>;

    fn protocol_info(&self) -> Self::InfoIter {
        Names { names: Arc::clone(&self.names), next: 0 }
    }
}

impl<H: ConnectionHandler> InboundUpgrade<Stream> for Offer<H> {
    type Output = (<H::InboundProtocol as InboundUpgradeSend>::Output, H::InboundOpenInfo);
    type Error = (<H::InboundProtocol as InboundUpgradeSend>::Error, H::InboundOpenInfo);
    type Future = BoxFuture<'static, Result<Self::Output, Self::Error>>;

    fn upgrade_inbound(self, stream: Stream, name: Self::Info) -> Self::Future {
        let (upgrade, info) = lock(&self.handler).listen_protocol().into_upgrade();
        let begun = upgrade.upgrade_inbound(stream, name);
        begun
            .map(|begun| match begun {
                Ok(begun) => Ok((begun, info)),
                Err(error) => Err((error, info)),
            })
            .boxed()
    }
}

/// Goes through names that several look at.
pub(crate) struct Names<N> {
    names: Arc<[N]>,
    next: usize,
}

impl<N: Clone> Iterator for Names<N> {
    type Item = N;

    fn next(&mut self) -> Option<N> {
        let name = self.names.get(self.next).cloned();
        self.next = self.next.saturating_add(1);
        name
    }
}

impl<H> ConnectionHandler for Handler<H>
where
    H: ConnectionHandler,
    Name<H>: Sync,
{
    type FromBehaviour = H::FromBehaviour;
    type ToBehaviour = H::ToBehaviour;
    type InboundProtocol = Offer<H>;
    type OutboundProtocol = H::OutboundProtocol;
    type InboundOpenInfo = ();
    type OutboundOpenInfo = H::OutboundOpenInfo;

    fn listen_protocol(&self) -> SubstreamProtocol<Self::InboundProtocol> {
        let offer = Offer { handler: Arc::clone(&self.inner), names: Arc::clone(&self.offered.names) };
        SubstreamProtocol::new(offer, ()).with_timeout(self.offered.timeout)
    }

    fn connection_keep_alive(&self) -> bool {
        lock(&self.inner).connection_keep_alive()
    }

    fn poll(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<ConnectionHandlerEvent<Self::OutboundProtocol, Self::OutboundOpenInfo, Self::ToBehaviour>> {
        let (inner, offered) = (&self.inner, &mut self.offered);
        self.bell.poll(cx, |cx| {
            let mut inner = lock(inner);
            let polled = inner.poll(cx);
            *offered = Offered::by(&inner);
            polled
        })
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Option<Self::ToBehaviour>> {
        lock(&self.inner).poll_close(cx)
    }

    fn on_behaviour_event(&mut self, event: Self::FromBehaviour) {
        self.tell().on_behaviour_event(event);
    }

    fn on_connection_event(
        &mut self,
        event: ConnectionEvent<
            Self::InboundProtocol,
            Self::OutboundProtocol,
            Self::InboundOpenInfo,
            Self::OutboundOpenInfo,
        >,
    ) {
        let event = match event {
            ConnectionEvent::FullyNegotiatedInbound(FullyNegotiatedInbound { protocol, info: () }) => {
                let (protocol, info) = protocol;
                ConnectionEvent::FullyNegotiatedInbound(FullyNegotiatedInbound { protocol, info })
            }
            ConnectionEvent::ListenUpgradeError(ListenUpgradeError { error, info: () }) => {
                let (error, info) = error;
                ConnectionEvent::ListenUpgradeError(ListenUpgradeError { error, info })
            }
            ConnectionEvent::FullyNegotiatedOutbound(begun) => {
                ConnectionEvent::FullyNegotiatedOutbound(begun)
            }
            ConnectionEvent::DialUpgradeError(error) => ConnectionEvent::DialUpgradeError(error),
            ConnectionEvent::AddressChange(change) => ConnectionEvent::AddressChange(change),
            ConnectionEvent::LocalProtocolsChange(change) => ConnectionEvent::LocalProtocolsChange(change),
            ConnectionEvent::RemoteProtocolsChange(change) => ConnectionEvent::RemoteProtocolsChange(change),
            // libp2p may tell more one day; today this is all.
            _ => return,
        };
        self.tell().on_connection_event(event);
    }
}
