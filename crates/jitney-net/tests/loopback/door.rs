use std::time::Duration;

use jitney_net::{Channel, NetCommand, NetError, NetEvent, address_with_peer, client};

use crate::harness::{Node, TCP, key, pair, secret};

const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_refused_without_invitation_and_joins_with_one() {
    let mut node = Node::new(1, &[TCP]).await;
    let addrs = node.net.local_addrs().to_vec();
    let (stranger, host) = (secret(7), key(1));
    let ask = |channel| client::ask(&stranger, &host, &addrs, channel, b"ih".to_vec(), PATIENCE);

    node.allow(&[1], &[], false).await;
    assert!(matches!(ask(Channel::Join).await, Err(NetError::Refused { .. })));
    let who = node.wait("Refused", |event| match event {
        NetEvent::Refused { peer, .. } => Some(*peer),
        _ => None,
    });
    assert_eq!(who.await, Some(key(7)));

    node.allow(&[1], &[], true).await;
    let (answer, from) = tokio::join!(ask(Channel::Join), node.answer());
    assert_eq!((answer.unwrap(), from), (b"hi".to_vec(), (key(7), Channel::Join)));
    for closed in [Channel::Member, Channel::Book, Channel::Sync] {
        assert!(matches!(ask(closed).await, Err(NetError::Refused { .. })), "{closed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_still_arrives_when_it_closes_the_invitation() {
    let mut node = Node::new(1, &[TCP]).await;
    node.allow(&[1], &[], true).await;
    let addrs = node.net.local_addrs().to_vec();
    let (guest, host) = (secret(7), key(1));
    let asking = client::ask(&guest, &host, &addrs, Channel::Join, b"ih".to_vec(), PATIENCE);
    let answering = async {
        let token = node
            .wait("Request", |event| match event {
                NetEvent::Request { token, .. } => Some(*token),
                _ => None,
            })
            .await;
        node.allow(&[1], &[], false).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        node.tell(NetCommand::Respond { token, bytes: b"hi".to_vec() }).await;
    };
    assert_eq!(tokio::join!(asking, answering).0.unwrap(), b"hi");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_the_roster_is_disconnected_and_stays_out() {
    let (mut north, mut south) = pair(TCP).await;
    north.allow(&[1], &[], false).await;
    north.disconnected(key(2)).await;
    south.disconnected(key(1)).await;
    south.dial(&north).await;
    north.wait("Refused", |event| matches!(event, NetEvent::Refused { .. }).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_meets_the_inviter_it_dialled_as_a_guest() {
    let mut inviter = Node::new(1, &[TCP]).await;
    inviter.allow(&[1], &[], true).await;
    let mut newcomer = Node::new(4, &[]).await;
    newcomer.dial(&inviter).await;
    newcomer.connected(key(1)).await;
    newcomer.ask(1, key(1), Channel::Join, b"ih").await;
    inviter.answer().await;
    assert_eq!(newcomer.outcome(1).await, Ok(b"hi".to_vec()));
    newcomer.ask(2, key(1), Channel::Sync, b"all of it").await;
    assert!(newcomer.outcome(2).await.unwrap_err().contains("no part"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dial_that_fails_says_why() {
    let north = Node::new(1, &[TCP]).await;
    let mut south = Node::new(2, &[]).await;
    let dials = [
        (Some(key(1)), "/ip4/127.0.0.1/tcp/1".to_owned(), "refused"),
        (Some(key(1)), "nonsense".to_owned(), "not a usable address"),
        (Some(key(1)), address_with_peer("/ip4/127.0.0.1/tcp/1", &key(3)), "another node"),
        (Some(key(3)), north.net.local_addrs()[0].clone(), "another node"),
        (None, "/ip4/127.0.0.1/tcp/1".to_owned(), "refused"),
        (None, north.net.local_addrs()[0].clone(), "neither on the roster"),
    ];
    for (peer, addr, expected) in dials {
        south.tell(NetCommand::Dial { peer, addrs: vec![addr] }).await;
        let reason = south.wait("DialFailed", |event| match event {
            NetEvent::DialFailed { reason, .. } => Some(reason.clone()),
            _ => None,
        });
        let reason = reason.await;
        assert!(reason.contains(expected), "{reason}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_that_dial_each_other_at_once_are_connected_once() {
    let mut north = Node::federated(1, &[TCP], &[1, 2]).await;
    let mut south = Node::federated(2, &[TCP], &[1, 2]).await;
    tokio::join!(north.dial(&south), south.dial(&north));
    north.connected(key(2)).await;
    south.connected(key(1)).await;
    let again =
        |event: &NetEvent| matches!(event, NetEvent::Connected { .. } | NetEvent::Disconnected { .. });
    tokio::join!(north.silent(Duration::from_secs(1), again), south.silent(Duration::from_secs(1), again));
    north.publish(b"once", 1).await;
    assert_eq!(south.gossip().await.2, b"once");
}
