//! Addresses and names: multiaddresses as text, libp2p peer ids as ed25519 keys.
//!
//! A libp2p peer id of an ed25519 key is the key itself, in the identity multihash of its protobuf form
//! (libp2p specification "peer-ids"), so the two turn into each other without loss.

use std::net::{IpAddr, SocketAddr};

use jitney_identity::{PublicKey, SecretKey};
use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId, identity};

use crate::error::NetError;

/// What precedes the 32 key bytes in the bytes of an ed25519 peer id: identity multihash of 36 bytes
/// (`00 24`), then protobuf field 1 = key type ed25519 and field 2 = 32 bytes (`08 01 12 20`).
const ED25519_PEER_ID: [u8; 6] = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];

/// Returns the libp2p peer id of a key.
pub fn peer_id(key: &PublicKey) -> PeerId {
    let key = identity::ed25519::PublicKey::try_from_bytes(key.as_bytes())
        .expect("a PublicKey is a point on the curve by construction");
    identity::PublicKey::from(key).to_peer_id()
}

/// Returns the key in a peer id, or nothing if the peer id is not that of a sound ed25519 key.
pub fn public_key(peer: &PeerId) -> Option<PublicKey> {
    let bytes = peer.to_bytes();
    let key: &[u8; 32] = bytes.strip_prefix(&ED25519_PEER_ID)?.try_into().ok()?;
    PublicKey::from_bytes(key).ok()
}

/// Returns the key pair in libp2p's form.
pub(crate) fn keypair(secret: &SecretKey) -> identity::Keypair {
    let mut seed = secret.to_seed();
    identity::Keypair::ed25519_from_bytes(&mut seed[..]).expect("a seed has 32 bytes by type")
}

/// Returns the address with the key of the node that is expected there: `…/p2p/12D3Koo…`.
///
/// The address is taken as it is; one that names a peer already is returned unchanged.
pub fn address_with_peer(addr: &str, key: &PublicKey) -> String {
    let named = match addr.rsplit_once("/p2p-circuit") {
        Some((_, beyond)) => beyond.contains("/p2p/"),
        None => addr.contains("/p2p/"),
    };
    if named {
        return addr.to_owned();
    }
    format!("{}/p2p/{}", addr.trim_end_matches('/'), peer_id(key))
}

/// Reads an address such as `/dns4/coop.example/tcp/4010` or `/ip4/192.0.2.1/udp/4010/quic-v1`, with or
/// without a trailing `/p2p/…`, and returns it in canonical form without, and the key from there.
///
/// The address may lead through a relay: that of the relay, `/p2p/` and its peer id, `/p2p-circuit`.
///
/// # Errors
///
/// [`NetError::BadAddress`] if it is no multiaddress, not TCP or QUIC on an IP address or a DNS name, or
/// names a peer or a relay that is not an ed25519 key.
///
/// ```
/// let (addr, key) = jitney_net::parse_address("/ip4/192.0.2.1/tcp/4010")?;
/// assert_eq!((addr.as_str(), key), ("/ip4/192.0.2.1/tcp/4010", None));
/// # Ok::<(), jitney_net::NetError>(())
/// ```
pub fn parse_address(addr: &str) -> Result<(String, Option<PublicKey>), NetError> {
    let (addr, key) = parse_multiaddr(addr)?;
    Ok((addr.to_string(), key))
}

/// Reads an address like [`parse_address`] and keeps it in libp2p's form.
pub(crate) fn parse_multiaddr(text: &str) -> Result<(Multiaddr, Option<PublicKey>), NetError> {
    let bad = |reason: String| NetError::BadAddress { addr: text.to_owned(), reason };
    let mut addr: Multiaddr = text.trim().parse().map_err(|error| bad(format!("{error}")))?;
    let mut key = None;
    if let Some(Protocol::P2p(peer)) = addr.iter().last() {
        key = Some(public_key(&peer).ok_or_else(|| bad("its peer is not an ed25519 key".to_owned()))?);
        addr.pop();
    }
    let parts: Vec<Protocol<'_>> = addr.iter().collect();
    let host = matches!(
        parts.first(),
        Some(Protocol::Ip4(_) | Protocol::Ip6(_) | Protocol::Dns(_) | Protocol::Dns4(_) | Protocol::Dns6(_))
    );
    let (port, relay) = match parts.get(1..) {
        Some([Protocol::Tcp(_), relay @ ..] | [Protocol::Udp(_), Protocol::QuicV1, relay @ ..]) => {
            (true, relay)
        }
        _ => (false, [].as_slice()),
    };
    let way = match relay {
        [] => true,
        [Protocol::P2p(relay), Protocol::P2pCircuit] => public_key(relay).is_some(),
        _ => false,
    };
    if host && port && way {
        Ok((addr, key))
    } else {
        Err(bad("it must be an IP address or DNS name, then tcp/PORT or udp/PORT/quic-v1".to_owned()))
    }
}

/// Tells whether an address leads through a relay.
pub fn is_relayed(addr: &str) -> bool {
    addr.contains("/p2p-circuit")
}

/// Returns the relay through which an address leads, if it names one.
pub fn relay_of(addr: &str) -> Option<PublicKey> {
    // Looked at for every address of a roster: most need no reading.
    if is_relayed(addr) { parse_multiaddr(addr).ok().and_then(|(addr, _)| relay_in(&addr)) } else { None }
}

/// Tells whether an address leads through a relay.
pub(crate) fn leads_through_relay(addr: &Multiaddr) -> bool {
    addr.iter().any(|part| part == Protocol::P2pCircuit)
}

/// Returns the relay through which an address leads, if it names one.
pub(crate) fn relay_in(addr: &Multiaddr) -> Option<PublicKey> {
    let before = addr.iter().take_while(|part| *part != Protocol::P2pCircuit);
    let named =
        before.filter_map(|part| if let Protocol::P2p(peer) = part { public_key(&peer) } else { None });
    if leads_through_relay(addr) { named.last() } else { None }
}

/// Returns an address without the peer at its end.
pub(crate) fn without_peer(mut addr: Multiaddr) -> Multiaddr {
    if let Some(Protocol::P2p(_)) = addr.iter().last() {
        addr.pop();
    }
    addr
}

/// Says whether an address is TCP or QUIC, and where, if it names an IP address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Socket {
    Tcp(SocketAddr),
    Udp(SocketAddr),
}

impl Socket {
    /// Returns the socket an address stands for, or nothing for a DNS name.
    pub(crate) fn of(addr: &Multiaddr) -> Option<Self> {
        let mut parts = addr.iter();
        let ip: IpAddr = match parts.next()? {
            Protocol::Ip4(ip) => ip.into(),
            Protocol::Ip6(ip) => ip.into(),
            _ => return None,
        };
        match parts.next()? {
            Protocol::Tcp(port) => Some(Self::Tcp(SocketAddr::new(ip, port))),
            Protocol::Udp(port) => Some(Self::Udp(SocketAddr::new(ip, port))),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(seed: u8) -> PublicKey {
        SecretKey::from_seed([seed; 32]).public()
    }

    #[test]
    fn a_key_and_its_peer_id_turn_into_each_other() {
        for seed in 0..20 {
            let peer = peer_id(&key(seed));
            assert!(peer.to_string().starts_with("12D3Koo"));
            assert_eq!(public_key(&peer), Some(key(seed)));
        }
    }

    #[test]
    fn the_libp2p_key_pair_has_the_same_public_half() {
        let secret = SecretKey::from_seed([7; 32]);
        assert_eq!(keypair(&secret).public().to_peer_id(), peer_id(&secret.public()));
    }

    #[test]
    fn a_peer_id_that_is_no_ed25519_key_is_none() {
        assert_eq!(public_key(&PeerId::random()), None);
    }

    #[test]
    fn an_address_gives_back_the_key_it_was_given() {
        let with = address_with_peer("/ip6/::1/udp/4010/quic-v1", &key(1));
        assert_eq!(address_with_peer(&with, &key(2)), with, "a peer is never replaced");
        let (addr, found) = parse_address(&with).unwrap();
        assert_eq!((addr.as_str(), found), ("/ip6/::1/udp/4010/quic-v1", Some(key(1))));
    }

    #[test]
    fn an_address_through_a_relay_names_relay_and_peer() {
        let at_relay = address_with_peer("/ip4/192.0.2.1/tcp/4010", &key(1));
        let circuit = format!("{at_relay}/p2p-circuit");
        assert_eq!(parse_address(&circuit).unwrap(), (circuit.clone(), None));
        let to_peer = address_with_peer(&circuit, &key(2));
        assert_eq!(parse_address(&to_peer).unwrap(), (circuit.clone(), Some(key(2))));
        assert_eq!((relay_of(&to_peer), is_relayed(&to_peer)), (Some(key(1)), true));
        assert_eq!((relay_of(&at_relay), is_relayed(&at_relay)), (None, false));
        for wrong in ["/ip4/192.0.2.1/tcp/4010/p2p-circuit", &format!("{at_relay}/p2p-circuit/p2p-circuit")] {
            assert!(parse_address(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_cannot_be_dialled_is_refused_with_the_text() {
        for text in ["", "/", "localhost:4010", "/ip4/1.2.3.4", "/memory/4", "/tcp/3", "/ip4/1.2.3.4/udp/9"] {
            match parse_address(text) {
                Err(NetError::BadAddress { addr, .. }) => assert_eq!(addr, text),
                other => panic!("{text:?} gave {other:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic_and_what_is_accepted_is_canonical(text in "\\PC{0,80}") {
            if let Ok((addr, None)) = parse_address(&text) {
                prop_assert_eq!(parse_address(&addr).unwrap().0, addr);
            }
        }
    }
}
