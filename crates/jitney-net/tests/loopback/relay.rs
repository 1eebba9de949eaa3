//! Nodes that cannot dial each other meet through a third, and go their own way as soon as they can.

use std::collections::BTreeMap;
use std::time::Duration;

use jitney_identity::PublicKey;
use jitney_net::{Channel, NetCommand, NetError, NetEvent, Path, address_with_peer, start};

use crate::harness::{Node, QUIC, TCP, key, keys, secret};

/// A relay that says where it is, as one on the internet does.
async fn relay(seed: u8, roster: &[u8]) -> Node {
    // Which port is free shows only once somebody has listened on it.
    let probe = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("/ip4/127.0.0.1/tcp/{}", probe.local_addr().expect("bound").port());
    drop(probe);
    let node = Node::with(seed, &[&address], |config| {
        config.external = config.listen.clone();
        config.relay = true;
    })
    .await;
    node.join(roster).await;
    node
}

async fn use_relay(node: &Node, relay: &Node) {
    let relays = BTreeMap::from([(relay.key, relay.net.local_addrs().to_vec())]);
    node.tell(NetCommand::Relays { relays }).await;
}

/// Waits until a relay keeps a place for the node and returns the address through it.
async fn reserved(node: &mut Node) -> String {
    node.wait("Reserved", |event| match event {
        NetEvent::Reserved { addr, .. } => Some(addr.clone()),
        _ => None,
    })
    .await
}

async fn path(node: &mut Node, other: PublicKey, wanted: impl Fn(Path) -> bool) {
    node.wait("Path", |event| match event {
        NetEvent::Path { peer, path } if *peer == other && wanted(*path) => Some(()),
        _ => None,
    })
    .await;
}

#[tokio::test]
async fn a_node_that_listens_nowhere_is_reached_through_a_relay_and_gossips() {
    let roster = [1, 2, 3];
    let relay = relay(1, &roster).await;
    let mut ada = Node::federated(2, &[], &roster).await;
    let mut ben = Node::federated(3, &[], &roster).await;
    use_relay(&ben, &relay).await;
    let circuit = reserved(&mut ben).await;
    assert!(circuit.ends_with("/p2p-circuit") && circuit.contains("/p2p/"), "{circuit}");

    ada.tell(NetCommand::Dial { peer: Some(ben.key), addrs: vec![circuit] }).await;
    ada.connected(ben.key).await;
    path(&mut ada, ben.key, |path| path == Path::Relay(Some(key(1)))).await;
    path(&mut ben, ada.key, |path| path == Path::Relay(Some(key(1)))).await;
    ada.subscribed(ben.key).await;
    // More than libp2p's own relays let through in all: a page of sync.
    ada.ask(7, ben.key, Channel::Sync, &vec![9; 60_000]).await;
    for _ in 0..4 {
        assert_eq!(ben.answer().await, (ada.key, Channel::Sync));
        assert_eq!(ada.outcome(7).await.expect("an answer").len(), 60_000);
        ada.ask(7, ben.key, Channel::Sync, &vec![9; 60_000]).await;
    }
}

#[tokio::test]
async fn a_relayed_connection_becomes_direct_and_stays_one_connection() {
    let roster = [1, 2, 3];
    let relay = relay(1, &roster).await;
    let mut ada = Node::federated(2, &[TCP, QUIC], &roster).await;
    let mut ben = Node::federated(3, &[TCP, QUIC], &roster).await;
    use_relay(&ada, &relay).await;
    use_relay(&ben, &relay).await;
    reserved(&mut ada).await;
    let circuit = reserved(&mut ben).await;
    ada.tell(NetCommand::Dial { peer: Some(ben.key), addrs: vec![circuit] }).await;
    ada.connected(ben.key).await;
    path(&mut ada, ben.key, Path::is_direct).await;
    path(&mut ben, ada.key, Path::is_direct).await;
    // The relayed connection is closed beside it, and neither gossip nor requests notice.
    tokio::time::sleep(jitney_net::params::RELAYED_GRACE + Duration::from_secs(2)).await;
    while let Ok(event) = ada.events.try_recv() {
        assert!(!matches!(event, NetEvent::Disconnected { .. }), "{event:?}");
    }
    ada.publish(b"still here", 1).await;
    assert_eq!(ben.gossip().await.2, b"still here");
    ada.ask(8, ben.key, Channel::Book, b"abc").await;
    ben.answer().await;
    assert_eq!(ada.outcome(8).await, Ok(b"cba".to_vec()));
}

#[tokio::test]
async fn a_direct_address_is_preferred_to_a_relay() {
    let roster = [1, 2, 3];
    let relay = relay(1, &roster).await;
    let mut ada = Node::federated(2, &[TCP], &roster).await;
    let mut ben = Node::federated(3, &[TCP], &roster).await;
    use_relay(&ben, &relay).await;
    let mut addrs = vec![reserved(&mut ben).await];
    addrs.extend(ben.net.local_addrs().iter().cloned());
    ada.tell(NetCommand::Dial { peer: Some(ben.key), addrs }).await;
    let way = ada.wait("Path", |event| match event {
        NetEvent::Path { peer, path } if *peer == key(3) => Some(*path),
        _ => None,
    });
    assert_eq!(way.await, Path::Tcp);
}

#[tokio::test]
async fn a_dead_direct_address_is_no_reason_to_wait_long_for_the_relay() {
    let roster = [1, 2, 3];
    let relay = relay(1, &roster).await;
    let mut ada = Node::federated(2, &[], &roster).await;
    let mut ben = Node::federated(3, &[], &roster).await;
    use_relay(&ben, &relay).await;
    let circuit = reserved(&mut ben).await;
    let began = std::time::Instant::now();
    // Nobody listens on port 1.
    let addrs = vec!["/ip4/127.0.0.1/tcp/1".to_owned(), circuit];
    ada.tell(NetCommand::Dial { peer: Some(ben.key), addrs }).await;
    ada.connected(ben.key).await;
    assert!(began.elapsed() < jitney_net::params::DIRECT_HEAD_START, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_relay_serves_nobody_beyond_the_roster() {
    let relay = relay(1, &[1, 2]).await;
    relay.tell(NetCommand::Allow { roster: keys(&[1, 2]), members: keys(&[3]), strangers: true }).await;
    // A member and a stranger, who both may connect, ask for a place.
    for seed in [3, 4] {
        let mut outsider = Node::federated(seed, &[TCP], &[1, seed]).await;
        use_relay(&outsider, &relay).await;
        let why = outsider.wait("Unreserved", |event| match event {
            NetEvent::Unreserved { relay, reason } if *relay == key(1) => Some(reason.clone()),
            NetEvent::Reserved { .. } => panic!("{seed} has a place"),
            _ => None,
        });
        let why = why.await;
        assert!(!why.is_empty());
    }
}

#[tokio::test]
async fn a_relay_that_does_not_say_where_it_is_does_not_start() {
    let mut config = jitney_net::NetConfig::new(secret(1));
    config.listen = vec![TCP.to_owned()];
    config.relay = true;
    match start(config).await {
        Err(error @ NetError::RelayWithoutAddress) => {
            assert!(error.to_string().contains("--external-address"), "{error}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_place_is_asked_for_again_when_the_relay_is_back() {
    let roster = [1, 2];
    let first = relay(1, &roster).await;
    let address = first.net.local_addrs()[0].clone();
    let mut ben = Node::federated(2, &[TCP], &roster).await;
    use_relay(&ben, &first).await;
    let circuit = reserved(&mut ben).await;
    assert!(circuit.starts_with(&address_with_peer(&address, &key(1))), "{circuit}");
    first.net.shutdown().await;
    ben.wait("Unreserved", |event| matches!(event, NetEvent::Unreserved { .. }).then_some(())).await;
    let again = Node::with(1, &[&address], |config| {
        config.external = config.listen.clone();
        config.relay = true;
    })
    .await;
    again.join(&roster).await;
    assert_eq!(reserved(&mut ben).await, circuit);
}

#[tokio::test]
async fn a_peer_tries_our_address_and_the_trial_closes_no_connection() {
    let roster = [1, 2];
    let mut ada = Node::federated(1, &[TCP], &roster).await;
    let mut ben = Node::federated(2, &[TCP], &roster).await;
    ada.dial(&ben).await;
    ada.connected(ben.key).await;
    let (addr, by) = ada
        .wait("Tried", |event| match event {
            NetEvent::Tried { addr, by, reached: true } => Some((addr.clone(), *by)),
            _ => None,
        })
        .await;
    assert_eq!((&addr, by), (&ada.net.local_addrs()[0], ben.key));
    ada.ask(5, ben.key, Channel::Book, b"abc").await;
    ben.answer().await;
    assert_eq!(ada.outcome(5).await, Ok(b"cba".to_vec()));
    let mut since = std::iter::from_fn(|| ada.events.try_recv().ok());
    assert!(!since.any(|event| matches!(event, NetEvent::Disconnected { .. })));
}
