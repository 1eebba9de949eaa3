//! Sockets: TCP with noise and yamux, QUIC, names, and the ports to listen on.

use std::collections::HashMap;
use std::io;
use std::net::{TcpListener, UdpSocket};

use futures::StreamExt;
use libp2p::dns::{ResolverConfig, ResolverOpts};
use libp2p::swarm::{self, NetworkBehaviour, SwarmEvent};
use libp2p::{Multiaddr, Swarm, SwarmBuilder, TransportError, identity, noise, relay, tcp, yamux};

use crate::address::{Socket, parse_multiaddr};
use crate::error::NetError;
use crate::params;

/// Builds a swarm that dials TCP, QUIC and DNS names.
pub(crate) fn swarm<B: NetworkBehaviour>(
    key: &identity::Keypair,
    behaviour: B,
) -> Result<Swarm<B>, NetError> {
    let wrong = |error: noise::Error| NetError::Transport { reason: error.to_string() };
    let sockets = || {
        SwarmBuilder::with_existing_identity(key.clone())
            .with_tokio()
            .with_tcp(tcp::Config::default().nodelay(true), noise::Config::new, yamux::Config::default)
            .map(|builder| builder.with_quic())
    };
    let config = |config: swarm::Config| config.with_idle_connection_timeout(params::IDLE_TIMEOUT);
    match sockets().map_err(wrong)?.with_dns() {
        Ok(builder) => {
            let Ok(builder) = builder.with_behaviour(|_| behaviour);
            Ok(builder.with_swarm_config(config).build())
        }
        Err(error) => {
            tell_without_names(&error);
            let builder =
                sockets().map_err(wrong)?.with_dns_config(ResolverConfig::default(), ResolverOpts::default());
            let Ok(builder) = builder.with_behaviour(|_| behaviour);
            Ok(builder.with_swarm_config(config).build())
        }
    }
}

/// Builds a swarm like [`swarm`] that can also dial and listen through relays.
pub(crate) fn relayed_swarm<B: NetworkBehaviour>(
    key: &identity::Keypair,
    behaviour: impl FnOnce(relay::client::Behaviour) -> B,
) -> Result<Swarm<B>, NetError> {
    let wrong = |error: noise::Error| NetError::Transport { reason: error.to_string() };
    let sockets = || {
        SwarmBuilder::with_existing_identity(key.clone())
            .with_tokio()
            .with_tcp(tcp::Config::default().nodelay(true), noise::Config::new, yamux::Config::default)
            .map(|builder| builder.with_quic())
    };
    let config = |config: swarm::Config| config.with_idle_connection_timeout(params::IDLE_TIMEOUT);
    match sockets().map_err(wrong)?.with_dns() {
        Ok(builder) => {
            let builder = builder.with_relay_client(noise::Config::new, yamux::Config::default);
            let Ok(builder) = builder.map_err(wrong)?.with_behaviour(|_, client| behaviour(client));
            Ok(builder.with_swarm_config(config).build())
        }
        Err(error) => {
            tell_without_names(&error);
            let builder = sockets()
                .map_err(wrong)?
                .with_dns_config(ResolverConfig::default(), ResolverOpts::default())
                .with_relay_client(noise::Config::new, yamux::Config::default);
            let Ok(builder) = builder.map_err(wrong)?.with_behaviour(|_, client| behaviour(client));
            Ok(builder.with_swarm_config(config).build())
        }
    }
}

fn tell_without_names(error: &io::Error) {
    tracing::warn!(
        target: "jitney::net",
        %error,
        "the system's name servers are unknown: only numeric addresses can be dialled until restart"
    );
}

/// Listens on every address and waits until each says where it can be reached.
///
/// Meanwhile nobody gets in, since the gate lets nobody in before it is told whom.
pub(crate) async fn listen<B: NetworkBehaviour>(
    swarm: &mut Swarm<B>,
    listen: &[String],
) -> Result<Vec<String>, NetError> {
    let mut waiting = HashMap::new();
    for text in listen {
        let (addr, _) = parse_multiaddr(text)?;
        check_free(&addr, text)?;
        let id = swarm.listen_on(addr).map_err(|error| listen_error(text, error))?;
        waiting.insert(id, text.clone());
    }
    let mut addrs = Vec::new();
    let deadline = tokio::time::Instant::now() + params::LISTEN_TIMEOUT;
    while let Some(slow) = waiting.values().next().cloned() {
        match tokio::time::timeout_at(deadline, swarm.select_next_some()).await {
            Ok(SwarmEvent::NewListenAddr { listener_id, address }) => {
                waiting.remove(&listener_id);
                addrs.push(address.to_string());
            }
            Ok(SwarmEvent::ListenerClosed { listener_id, reason, .. }) => {
                if let Some(addr) = waiting.remove(&listener_id) {
                    let reason = reason.err().map_or("the listener closed".to_owned(), |e| e.to_string());
                    return Err(NetError::Listen { addr, reason });
                }
            }
            Ok(_) => {}
            Err(_) => {
                return Err(NetError::Listen { addr: slow, reason: "no address came up".to_owned() });
            }
        }
    }
    Ok(addrs)
}

/// Refuses a port on which somebody listens.
///
/// libp2p listens on TCP with `SO_REUSEPORT`, so two nodes of one user would share a port in silence, each
/// getting half of the connections.
fn check_free(addr: &Multiaddr, text: &str) -> Result<(), NetError> {
    let bound = match Socket::of(addr) {
        Some(Socket::Tcp(socket)) if socket.port() != 0 => TcpListener::bind(socket).map(drop),
        Some(Socket::Udp(socket)) if socket.port() != 0 => UdpSocket::bind(socket).map(drop),
        _ => Ok(()),
    };
    bound.map_err(|error| io_error(text, &error))
}

fn listen_error(text: &str, error: TransportError<io::Error>) -> NetError {
    match error {
        TransportError::Other(error) => io_error(text, &error),
        TransportError::MultiaddrNotSupported(_) => NetError::Listen {
            addr: text.to_owned(),
            reason: "listen on an IP address, not a name".to_owned(),
        },
    }
}

fn io_error(text: &str, error: &io::Error) -> NetError {
    let addr = text.to_owned();
    if error.kind() == io::ErrorKind::AddrInUse {
        NetError::PortTaken { addr }
    } else {
        NetError::Listen { addr, reason: error.to_string() }
    }
}
