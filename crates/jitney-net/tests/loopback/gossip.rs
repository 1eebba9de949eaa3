use std::time::Duration;

use jitney_net::{NetCommand, NetEvent, Verdict, params};

use crate::harness::{FEDERATION, Node, QUIC, TCP, key, pair};

async fn two_nodes_gossip(listen: &str) {
    let (mut north, mut south) = pair(listen).await;
    north.publish(b"ticket opened", 1).await;
    assert_eq!(north.publishing(1).await, Ok(()));
    let (from, token, bytes) = south.gossip().await;
    assert_eq!((from, bytes.as_slice()), (key(1), b"ticket opened".as_slice()));
    south.tell(NetCommand::Verdict { token, verdict: Verdict::Accept }).await;
    south.publish(b"ticket claimed", 2).await;
    assert_eq!(north.gossip().await.2, b"ticket claimed");
    assert_eq!(north.net.traffic().gossip.messages_in, 1);
    assert_eq!(north.net.traffic().gossip.bytes_out, 13);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_gossip_over_tcp() {
    two_nodes_gossip(TCP).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_gossip_over_quic() {
    two_nodes_gossip(QUIC).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_message_is_passed_on_and_a_rejected_one_is_not() {
    let roster = [1, 2, 3];
    let mut middle = Node::federated(2, &[TCP], &roster).await;
    let mut west = Node::federated(1, &[], &roster).await;
    let mut east = Node::federated(3, &[], &roster).await;
    for node in [&mut west, &mut east] {
        node.dial(&middle).await;
        node.subscribed(key(2)).await;
        middle.subscribed(node.key).await;
    }
    west.publish(b"forged", 1).await;
    let (_, token, _) = middle.gossip().await;
    middle.tell(NetCommand::Verdict { token, verdict: Verdict::Reject }).await;
    west.publish(b"sound", 2).await;
    let (_, token, _) = middle.gossip().await;
    middle.tell(NetCommand::Verdict { token, verdict: Verdict::Accept }).await;
    let (from, _, bytes) = east.gossip().await;
    assert_eq!((from, bytes.as_slice()), (key(2), b"sound".as_slice()));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sends_nothing_but_what_is_invalid_goes_unread_and_nobody_else_does() {
    const FORGED: u64 = 9;
    let roster = [1, 2, 3];
    let mut middle = Node::federated(2, &[TCP], &roster).await;
    let mut west = Node::federated(1, &[], &roster).await;
    let mut east = Node::federated(3, &[], &roster).await;
    for node in [&mut west, &mut east] {
        node.dial(&middle).await;
        node.subscribed(key(2)).await;
        middle.subscribed(node.key).await;
    }
    for id in 1..=FORGED {
        west.publish(format!("forged {id}").as_bytes(), id).await;
        let (from, token, _) = middle.gossip().await;
        assert_eq!(from, west.key);
        middle.tell(NetCommand::Verdict { token, verdict: Verdict::Reject }).await;
    }
    // The verdict is carried out before anything that is asked after it.
    middle.publish(b"told by the middle", 1).await;
    assert_eq!(middle.publishing(1).await, Ok(()));
    west.publish(b"sound for once", FORGED + 1).await;
    assert_eq!(west.publishing(FORGED + 1).await, Ok(()));
    let unread = tokio::time::timeout(Duration::from_secs(2), middle.gossip()).await;
    assert!(unread.is_err(), "{unread:?}");
    east.publish(b"sound", 1).await;
    let (from, _, bytes) = middle.gossip().await;
    assert_eq!((from, bytes.as_slice()), (east.key, b"sound".as_slice()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_hears_is_given_back_and_a_second_publication_counts_as_done() {
    let mut north = Node::new(1, &[TCP]).await;
    north.publish(b"a", 1).await;
    assert!(north.publishing(1).await.unwrap_err().contains("no federation"));
    north.join(&[1, 2]).await;
    north.publish(b"a", 2).await;
    assert!(north.publishing(2).await.unwrap_err().contains("no peer"));
    north.publish(&[0; params::GOSSIP_BYTES_MAX + 1], 3).await;
    assert!(north.publishing(3).await.unwrap_err().contains("16385 bytes"));

    let mut south = Node::federated(2, &[], &[1, 2]).await;
    south.dial(&north).await;
    north.subscribed(key(2)).await;
    for id in [4, 5] {
        north.publish(b"a", id).await;
        assert_eq!(north.publishing(id).await, Ok(()));
    }
    assert_eq!(south.gossip().await.2, b"a");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_federation_founded_while_connected_gossips_at_once() {
    let mut north = Node::new(1, &[TCP]).await;
    let mut south = Node::new(2, &[]).await;
    north.allow(&[1, 2], &[], false).await;
    south.allow(&[1, 2], &[], false).await;
    south.dial(&north).await;
    north.connected(key(2)).await;
    south.connected(key(1)).await;
    // North hears of the topic before it knows it is its own.
    south.tell(NetCommand::Federate { federation: FEDERATION }).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    north.tell(NetCommand::Federate { federation: FEDERATION }).await;
    north.subscribed(key(2)).await;
    south.subscribed(key(1)).await;
    north.publish(b"founded", 1).await;
    assert_eq!(south.gossip().await.2, b"founded");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_on_the_roster_neither_hears_nor_is_heard() {
    let (mut north, mut south) = pair(TCP).await;
    // East believes that it belongs; for north it is a member.
    north.allow(&[1, 2], &[3], false).await;
    let mut east = Node::federated(3, &[], &[1, 3]).await;
    east.dial(&north).await;
    east.connected(key(1)).await;
    north.connected(key(3)).await;
    east.publish(b"let me in", 1).await;
    assert!(east.publishing(1).await.is_err());
    north.publish(b"among us", 2).await;
    assert_eq!(south.gossip().await.2, b"among us");
    let heard = |event: &NetEvent| matches!(event, NetEvent::Gossip { .. } | NetEvent::Subscribed { .. });
    tokio::join!(east.silent(Duration::from_secs(2), heard), north.silent(Duration::from_secs(2), heard));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_the_roster_while_connected_gossips_soon() {
    let quick = |config: &mut jitney_net::NetConfig| config.limits.mute_grace = Duration::from_millis(500);
    let mut north = Node::with(1, &[TCP], quick).await;
    north.join(&[1]).await;
    north.allow(&[1], &[], true).await;
    let mut east = Node::with(3, &[], quick).await;
    east.dial(&north).await;
    east.connected(key(1)).await;
    north.connected(key(3)).await;
    // Admitted: both hold a connection without gossip and get a new one.
    north.allow(&[1, 3], &[], false).await;
    east.join(&[1, 3]).await;
    north.subscribed(key(3)).await;
    east.subscribed(key(1)).await;
    east.publish(b"thank you", 1).await;
    assert_eq!(north.gossip().await.2, b"thank you");
}
